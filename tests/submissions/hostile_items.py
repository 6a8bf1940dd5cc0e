"""Items as no tablet should send them, each with the answer that it gets: its status, and why.

`{id}` stands for the item's own instance id, `{answers}` for the members of good answers.
"""

import json
from collections.abc import Mapping

from tests.submissions.household import ANSWERS

ITEM = '{"instance_id": "{id}", "form_id": "household", "version": "1", "answers": {{answers}}}'

Bytes = str | bytes


def with_answer(value: Bytes, name: Bytes = "respondent") -> bytes:
    """A good item with one answer more, its bytes as given."""
    return in_place(ITEM, "{answers}", b'{answers}, "' + _bytes(name) + b'": ' + _bytes(value))


def with_member(name: str, value: Bytes) -> bytes:
    """A good item with another value for one of its own members, or with one member more."""
    members = {"instance_id": '"{id}"', "form_id": '"household"', "version": '"1"', "answers": "{{answers}}"}
    parts = [b'"' + key.encode() + b'": ' + _bytes(each) for key, each in {**members, name: value}.items()]
    return b"{" + b", ".join(parts) + b"}"


def without_member(name: str) -> bytes:
    return with_member(name, "null")


def in_place(item: Bytes, old: str, new: Bytes) -> bytes:
    return _bytes(item).replace(old.encode(), _bytes(new))


def filled(item: Bytes, instance_id: str) -> bytes:
    """The item with its own id and good answers."""
    members = json.dumps(ANSWERS)[1:-1]
    return in_place(in_place(item, "{answers}", members), "{id}", instance_id)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def _bytes(text: Bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


NUMBERS: Mapping[str, tuple[bytes, str]] = {
    "1e999": (with_answer("1e999", "income"), "held number_too_large"),
    "-1e999": (with_answer("-1e999", "income"), "held number_too_large"),
    "NaN": (with_answer("NaN", "income"), "held invalid_json"),
    "Infinity": (with_answer("Infinity", "income"), "held invalid_json"),
    "-Infinity": (with_answer("-Infinity", "income"), "held invalid_json"),
    "5000 digits": (with_answer("1" * 5_000, "income"), "held invalid_json"),
    "2^63": (with_answer(str(2**63), "income"), "held number_too_large"),
    "-2^63": (with_answer(str(-(2**63)), "income"), "held number_too_large"),
    "2^63-1": (with_answer(str(2**63 - 1), "income"), "accepted"),
    "2^53+1 as an integer": (with_member("answers", '{"minutes": 9007199254740993, {answers}}'), "held duplicate_key"),
    "1e-999": (with_answer("1e-999", "income"), "accepted"),
    "leading zero": (with_answer("01", "income"), "held invalid_json"),
    "nothing behind the point": (with_answer("1.", "income"), "held invalid_json"),
    "hexadecimal": (with_answer("0x10", "income"), "held invalid_json"),
    "full-width digits": (with_answer("１２", "income"), "held invalid_json"),
}
TEXTS: Mapping[str, tuple[bytes, str]] = {
    "NUL": (with_answer(r'"a\u0000b"'), "held nul"),
    "raw NUL": (with_answer(b'"a\x00b"'), "held invalid_json"),
    "lone surrogate": (with_answer(r'"\ud800"'), "held not_unicode"),
    "surrogates in the wrong order": (with_answer(r'"\udc00\ud800"'), "held not_unicode"),
    "a pair of surrogates": (with_answer(r'"\ud83d\ude00"'), "accepted"),
    "not UTF-8": (with_answer(b'"a\xffb"'), "held not_unicode"),
    "overlong UTF-8": (with_answer(b'"\xc0\x80"'), "held not_unicode"),
    "surrogate in UTF-8": (with_answer(b'"\xed\xa0\x80"'), "held not_unicode"),
    "cut UTF-8": (with_answer(b'"\xe2\x82"'), "held not_unicode"),
    "Latin-1": (with_answer("Jalan Pahlawan é".encode("latin-1").join((b'"', b'"'))), "held not_unicode"),
    "raw line end": (with_answer('"a\nb"'), "held invalid_json"),
    "unknown escape": (with_answer(r'"\x41"'), "held invalid_json"),
    "turned around": (with_answer('"\u202egpj.exe"'), "accepted"),
    "no character": (with_answer('"\uffff"'), "accepted"),
    "control character": (with_answer(r'"\u001b[2J"'), "accepted"),
    "SQL": (with_answer('"\'); DROP TABLE submission; --"'), "accepted"),
    "100 kB": (with_answer('"' + "x" * 100_000 + '"'), "accepted"),
}
SHAPES: Mapping[str, tuple[bytes, str]] = {
    "member twice": (in_place(ITEM, '"version"', '"version": "2", "version"'), "held duplicate_key"),
    "answer twice": (with_answer('"1", "respondent": "2"'), "held duplicate_key"),
    "answer twice in two normal forms": (with_answer('1, "e\u0301": 2', "é"), "held duplicate_key"),
    "two ids": (in_place(ITEM, '"{id}"', '"{id}", "instance_id": "uuid:' + "0" * 32 + '"'), "rejected no_instance_id"),
    "no name": (with_answer("1", ""), "accepted"),
    "NUL in a name": (with_answer("1", r"a\u0000"), "held nul"),
    "lone surrogate in a name": (with_answer("1", r"\udfff"), "held not_unicode"),
    "not UTF-8 in a name": (with_answer("1", b"\xfe"), "held not_unicode"),
    "name of 10 kB": (with_answer("1", "n" * 10_000), "accepted"),
    "name of a dunder": (with_answer('{"constructor": 1}', "__proto__"), "accepted"),
    "nested 30 times": (with_answer(nested(30)), "accepted"),
    "nested 40 times": (with_answer(nested(40)), "held too_deep"),
    "nested 40 times beside": (with_member("more", nested(40)), "held too_deep"),
    "nested 900 times": (with_answer(nested(900)), "held too_deep"),
    "nested 20 000 times": (with_answer(nested(20_000)), "held too_deep"),
    "50 000 misfits": (with_answer("[" + "1," * 50_000 + "1]", "member_"), "accepted"),
    "single quotes": (in_place(ITEM, '"household"', "'household'"), "held invalid_json"),
    "comma at the end": (in_place(ITEM, '"1"', '"1",'), "held invalid_json"),
    "comment": (in_place(ITEM, '"1"', '"1" /* one */'), "held invalid_json"),
    "colon missing": (in_place(ITEM, '"version":', '"version"'), "held invalid_json"),
    "closed by another bracket": (ITEM[:-1].encode() + b"]", "held invalid_json"),
    "over the limit": (with_answer('"' + "x" * 1_000_001 + '"'), "rejected item_too_large"),
    **{f"item {value}": (value.encode(), "rejected no_instance_id") for value in ("null", "7", '"x"', "true", "[]", "{}")},
    **{f"item {value}": (value.encode(), "rejected no_instance_id") for value in ("tru", "-", "x y", '"a\x01"', "{}}}")[:4]},
}
ANSWER_TREES: Mapping[str, tuple[bytes, str]] = {
    f"answers {value}": (with_member("answers", value), "held incomplete_item")
    for value in ("null", "[]", "[{}]", '""', '"{}"', "0", "true")
}
IDS: Mapping[str, tuple[bytes, str]] = {
    **{
        f"instance_id {value[:20]!r}": (with_member("instance_id", json.dumps(value)), "rejected no_instance_id")
        for value in (
            *("", " ", "uuid:", "1", "../../etc/passwd", "x" * 10_000, "uuid:" + "0" * 31, "uuid:" + "0" * 33),
            *("uuid:\uff10" + "0" * 31, "uuid:\u0430" + "0" * 31, "uuid:\x00" + "0" * 32, "uuid:uuid:" + "0" * 32),
            *("uuid:" + "0" * 32 + "\n" + "0" * 32, "\ud800", "uuid:0000000g-0000-0000-0000-000000000000"),
        )
    },
    **{
        f"instance_id {value}": (with_member("instance_id", value), "rejected no_instance_id")
        for value in ("null", "7", "1e999", "true", '["{id}"]', '{"id": "{id}"}')
    },
    "instance_id not UTF-8": (with_member("instance_id", b'"{id}\xff"'), "rejected no_instance_id"),
    "instance_id missing": (ITEM.replace('"instance_id": "{id}", ', "").encode(), "rejected no_instance_id"),
    "instance_id nested": (b'{"answers": {"instance_id": "{id}"}}', "rejected no_instance_id"),
    "instance_id spaced": (with_member("instance_id", '"  {id}\\n"'), "accepted"),
    "instance_id escaped": (with_member("instance_id", '"\\u007b{id}}"').replace(b"uuid:", b""), "accepted"),
}
MEMBERS: Mapping[str, tuple[bytes, str]] = {
    **{
        f"{name} {value[:20]}": (with_member(name, value), "held incomplete_item")
        for name in ("form_id", "version")
        for value in ("null", "7", "1e5", "true", "[]", '{"a": "b"}')
    },
    **{
        f"{name} {value[:20]}": (with_member(name, value), "held unknown_form")
        for name in ("form_id", "version")
        for value in ('""', '"2"', '"../x"', '"' + "v" * 10_000 + '"', '"{slug}"', '" household"', '"\u202e"')
    },
    "form_id NUL": (with_member("form_id", r'"household\u0000"'), "held nul"),
    "version lone surrogate": (with_member("version", r'"\udc80"'), "held not_unicode"),
    "form_id not UTF-8": (with_member("form_id", b'"\xff"'), "held not_unicode"),
    **{
        f"device_seq {value[:20]}": (with_member("device_seq", value), "accepted")
        for value in ("-1", '"17"', "1.5", "true", "[1]", "{}", str(2**63 - 1))
    },
    **{
        f"device_seq {value[:20]}": (with_member("device_seq", value), "held number_too_large")
        for value in (str(2**63), str(2**64), "1" * 400, "1e999")
    },
    **{
        f"deprecated_id {value[:20]}": (with_member("deprecated_id", value), "held deprecated_id")
        for value in ("7", "true", "[]", "{}", '"garbage"', '"uuid:"', '"' + "x" * 10_000 + '"', r'"\u0000"', "0", "false")
    },
    "deprecated_id empty": (with_member("deprecated_id", '""'), "accepted"),
    "deprecated_id null": (with_member("deprecated_id", "null"), "accepted"),
    "deprecated_id self": (with_member("deprecated_id", '"{id}"'), "edited"),
    "deprecated_id in braces": (with_member("deprecated_id", '"{' + "12" * 16 + '}"'), "edited"),
    "unknown member": (with_member("hint", '{"a": [1, 2]}'), "accepted"),
    "unknown member not UTF-8": (with_member("hint", b'"\xff"'), "held not_unicode"),
    "unknown member NUL": (with_member("hint", r'"\u0000"'), "held nul"),
    "community number": (in_place(with_answer("1"), "{answers}", '"community": 7, "consent": "yes"'), "held unknown_community"),
}
HOSTILE_ITEMS: Mapping[str, tuple[bytes, str]] = {**NUMBERS, **TEXTS, **SHAPES, **ANSWER_TREES, **IDS, **MEMBERS}
