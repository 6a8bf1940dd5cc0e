"""Items as no tablet should send them, and what each is answered: its status, and the reason if it has one.

All are texts in which `@ID` stands for the item's own instance id and `@ANSWERS` for good answers. A lone surrogate
from `\\udc80` to `\\udcff` is one raw byte, from 0x80 to 0xff, that is no UTF-8.
"""

import json
from collections.abc import Iterable, Mapping

from tests.submissions.household import ANSWERS

GOOD = '{"instance_id": "@ID", "form_id": "household", "version": "1", "answers": {@ANSWERS}}'

Expected = Mapping[str, tuple[str, str]]


def as_bytes(item: str, instance_id: str) -> bytes:
    text = item.replace("@ANSWERS", json.dumps(ANSWERS)[1:-1]).replace("@ID", instance_id)
    return text.encode("utf-8", "surrogateescape")


def answer(value: str, name: str = "respondent") -> str:
    return GOOD.replace("@ANSWERS", f'@ANSWERS, "{name}": {value}')


def member(name: str, value: str) -> str:
    members = {"instance_id": '"@ID"', "form_id": '"household"', "version": '"1"', "answers": "{@ANSWERS}", name: value}
    return "{" + ", ".join(f'"{key}": {each}' for key, each in members.items()) + "}"


def spoiled(part: str, by: str) -> str:
    return GOOD.replace(part, by)


def members(name: str, values: Iterable[str], expected: str) -> Expected:
    return {f"{name} {value[:30]!a}": (member(name, value), expected) for value in values}


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


NUMBERS: Expected = {
    "1e999": (answer("1e999", "income"), "held number_too_large"),
    "-1e999": (answer("-1e999", "income"), "held number_too_large"),
    "NaN": (answer("NaN", "income"), "held invalid_json"),
    "Infinity": (answer("Infinity", "income"), "held invalid_json"),
    "-Infinity": (answer("-Infinity", "income"), "held invalid_json"),
    "5000 digits": (answer("1" * 5_000, "income"), "held invalid_json"),
    "2^63": (answer(str(2**63), "income"), "held number_too_large"),
    "-2^63": (answer(str(-(2**63)), "income"), "held number_too_large"),
    "2^63-1": (answer(str(2**63 - 1), "income"), "accepted"),
    "1e-999": (answer("1e-999", "income"), "accepted"),
    "leading zero": (answer("01", "income"), "held invalid_json"),
    "nothing behind the point": (answer("1.", "income"), "held invalid_json"),
    "hexadecimal": (answer("0x10", "income"), "held invalid_json"),
    "full-width digits": (answer("\uff11\uff12", "income"), "held invalid_json"),
}
TEXTS: Expected = {
    "NUL": (answer(r'"a\u0000b"'), "held nul"),
    "raw NUL": (answer('"a\0b"'), "held invalid_json"),
    "lone surrogate": (answer(r'"\ud800"'), "held not_unicode"),
    "surrogates in the wrong order": (answer(r'"\udc00\ud800"'), "held not_unicode"),
    "pair of surrogates": (answer(r'"\ud83d\ude00"'), "accepted"),
    "not UTF-8": (answer('"a\udcffb"'), "held not_unicode"),
    "overlong UTF-8": (answer('"\udcc0\udc80"'), "held not_unicode"),
    "surrogate in UTF-8": (answer('"\udced\udca0\udc80"'), "held not_unicode"),
    "cut UTF-8": (answer('"\udce2\udc82"'), "held not_unicode"),
    "raw line end": (answer('"a\nb"'), "held invalid_json"),
    "unknown escape": (answer(r'"\x41"'), "held invalid_json"),
    "written from right to left": (answer('"\u202egpj.exe"'), "accepted"),
    "no character": (answer('"\uffff"'), "accepted"),
    "terminal escape": (answer(r'"\u001b[2J"'), "accepted"),
    "SQL": (answer('"\'); DROP TABLE submission; --"'), "accepted"),
    "100 kB": (answer('"' + "x" * 100_000 + '"'), "accepted"),
}
SHAPES: Expected = {
    "member twice": (spoiled('"version"', '"version": "2", "version"'), "held duplicate_key"),
    "answer twice": (answer('"1", "respondent": "2"'), "held duplicate_key"),
    "answer twice in two normal forms": (answer('1, "e\u0301": 2', "\u00e9"), "held duplicate_key"),
    "two ids": (spoiled('"@ID"', f'"@ID", "instance_id": "{"0" * 32}"'), "rejected no_instance_id"),
    "question without a name": (answer("1", ""), "accepted"),
    "NUL in a name": (answer("1", r"a\u0000"), "held nul"),
    "lone surrogate in a name": (answer("1", r"\udfff"), "held not_unicode"),
    "not UTF-8 in a name": (answer("1", "\udcfe"), "held not_unicode"),
    "name of 10 kB": (answer("1", "n" * 10_000), "accepted"),
    "name with a meaning elsewhere": (answer('{"constructor": 1}', "__proto__"), "accepted"),
    "nested 30 times": (answer(nested(30)), "accepted"),
    "nested 40 times": (answer(nested(40)), "held too_deep"),
    "nested 40 times beside the answers": (member("more", nested(40)), "held too_deep"),
    "nested 900 times": (answer(nested(900)), "held too_deep"),
    "nested 20 000 times": (answer(nested(20_000)), "held too_deep"),
    "50 000 misfits": (spoiled("@ANSWERS", f'@ANSWERS, "more": [{"1," * 50_000}1]'), "accepted"),
    "50 000 unknown names": (answer(", ".join(['"0"', *(f'"{n}": 0' for n in range(50_000))])), "accepted"),
    "single quotes": (spoiled('"household"', "'household'"), "held invalid_json"),
    "comma at the end": (spoiled('"1"', '"1",,'), "held invalid_json"),
    "comment": (spoiled('"1"', '"1" /* one */'), "held invalid_json"),
    "colon missing": (spoiled('"version":', '"version"'), "held invalid_json"),
    "closed by another bracket": (GOOD[:-1] + "]", "held invalid_json"),
    "over the limit": (answer('"' + "x" * 1_000_001 + '"'), "rejected item_too_large"),
    **{f"item {each}": (each, "rejected no_instance_id") for each in ("null", "7", '"x"', "true", "[]", "{}", "1e999")},
    **{f"item {each!a}": (each, "rejected no_instance_id") for each in ("tru", "-", "x y", '"\1"', "\udcff", "{1]")},
    **members("answers", ("null", "[]", "[{}]", '""', '"{}"', "0", "true"), "held incomplete_item"),
}
MOMENTS: Expected = {
    f"started at {each}": (member("answers", f'{{"start": "{each}", "community": "33.74.01"}}'), "accepted")
    for each in (
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999999-12:00", "2026-W01-1T00"),
        *("2026-11-21T24:00:00Z", "2026-11-21T09:00:00+23:59", "2026-11-21T09:00", "T", "-0001-01-01T00:00:00Z"),
    )
}
IDS: Expected = {
    **members(
        "instance_id",
        (
            *('""', '" "', '"uuid:"', '"1"', '"../../etc/passwd"', f'"{"x" * 10_000}"'),
            *(f'"{"0" * 31}"', f'"{"0" * 33}"'),
            *(f'"\uff10{"0" * 31}"', f'"\u0430{"0" * 31}"', rf'"{"0" * 32}\u0000"', f'"{"g" * 32}"', r'"\ud800"'),
            *("null", "7", "1e999", "true", '["@ID"]', '{"id": "@ID"}', '"@ID\udcff"', '"@ID @ID"', '"uuid:@ID"'),
        ),
        "rejected no_instance_id",
    ),
    "instance_id missing": (GOOD.replace('"instance_id": "@ID", ', ""), "rejected no_instance_id"),
    "instance_id among the answers": (
        answer('"@ID"', "instance_id").replace('"@ID"', "null", 1),
        "rejected no_instance_id",
    ),
    **members("instance_id", ('"  @ID\\n"', r'"\u0075rn:@ID"'), "accepted"),
}
MEMBERS: Expected = {
    **members("form_id", ("null", "7", "1e5", "true", "[]", '{"a": 1}'), "held incomplete_item"),
    **members("version", ("null", "7", "1e5", "true", "[]", '{"a": 1}'), "held incomplete_item"),
    **members("form_id", ('""', '"x"', '"../x"', f'"{"x" * 10_000}"', '"{slug}"', '"household "'), "held unknown_form"),
    **members("version", ('""', '"2"', '"1.0"', f'"{"1" * 10_000}"', '"\u202e1"'), "held unknown_form"),
    **members("form_id", (r'"household\u0000"',), "held nul"),
    **members("version", (r'"\udc80"', '"\udc80"'), "held not_unicode"),
    **members("device_seq", ("-1", '"17"', "1.5", "true", "[1]", "{}", "null", str(2**63 - 1)), "accepted"),
    **members("device_seq", (str(2**63), str(2**70), "1" * 400, "1e999"), "held number_too_large"),
    **members(
        "deprecated_id",
        ("7", "0", "true", "false", "[]", "{}", '"garbage"', '"uuid:"', f'"{"x" * 10_000}"', r'"\u0000"'),
        "held deprecated_id",
    ),
    **members("deprecated_id", ("null", '""'), "accepted"),
    **members("deprecated_id", ('"@ID"', '"{12341234-1234-1234-1234-123412341234}"'), "edited"),
    **members("unknown", ('{"a": [1, 2]}', "1.5"), "accepted"),
    **members("unknown", ('"\udcff"', '{"\udcff": 1}'), "held not_unicode"),
    **members("unknown", (r'"\u0000"',), "held nul"),
    **members("answers", ('{"community": 7}', '{"community": "nowhere"}', "{}"), "held unknown_community"),
}
HOSTILE_ITEMS: Expected = {**NUMBERS, **TEXTS, **SHAPES, **MOMENTS, **IDS, **MEMBERS}
