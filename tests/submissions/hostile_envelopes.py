"""Bodies as no tablet should send them, and what each is answered: the HTTP status, and the problem's slug.

`@GOOD` stands for a good interview. A lone surrogate from `\\udc80` to `\\udcff` is one raw byte that is no UTF-8.
"""

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from backports import zstd

from tests.submissions.hostile_items import nested

BATCH = '{"batch_id": "a batch", "items": [@GOOD]}'
JSON = {"Content-Type": "application/json"}
MIB = 2**20


@dataclass(frozen=True)
class Envelope:
    """`pack` turns the finished text into the body."""

    text: str
    expected: str
    headers: Mapping[str, str] = field(default_factory=dict)
    pack: Callable[[bytes], bytes] = bytes

    def body(self, batch_id: str, good: str) -> bytes:
        text = self.text.replace("a batch", batch_id).replace("@GOOD", good)
        return self.pack(text.encode("utf-8", "surrogateescape"))


def gzipped(pack: Callable[[bytes], bytes], expected: str, encoding: str = "gzip") -> Envelope:
    return Envelope(BATCH, expected, {"Content-Encoding": encoding}, pack)


def typed(content_type: str, expected: str) -> Envelope:
    return Envelope(BATCH, expected, {"Content-Type": content_type})


def with_member(member: str) -> str:
    return '{"batch_id": "a batch", ' + member + ', "items": [@GOOD]}'


def named(batch_ids: Iterable[str], expected: str) -> dict[str, Envelope]:
    return {f"batch_id {each[:30]!a}": Envelope(BATCH.replace('"a batch"', each), expected) for each in batch_ids}


def _form_encoded(batch: bytes) -> bytes:
    return b"batch_id=a&items=" + batch


TEXTS: Mapping[str, Envelope] = {
    "empty": Envelope("", "400 truncated_json"),
    "blank": Envelope(" \r\n\t", "400 truncated_json"),
    **{each: Envelope(each, "400 invalid_json") for each in ("null", "7", '"x"', "[@GOOD]", "@", "'{}'", "NaN", "\0")},
    "cut in an item": Envelope(BATCH[:-2], "400 truncated_json", pack=lambda body: body[:-20]),
    "cut behind the items": Envelope(BATCH[:-1], "400 truncated_json"),
    "cut in a text that ends in a backslash": Envelope(r'{"batch_id": "a\"b\\"c\"', "400 invalid_json"),
    "cut in a text of nothing but quotes": Envelope('{"items": [{"a": "' + r"\"" * 500_000, "400 truncated_json"),
    "more behind the end": Envelope(BATCH + " ,", "400 invalid_json"),
    "two batches": Envelope(BATCH + BATCH, "400 invalid_json"),
    "byte order mark": Envelope("\ufeff" + BATCH, "400 invalid_json"),
    "UTF-16": Envelope(BATCH, "400 invalid_json", pack=lambda body: body.decode().encode("utf-16")),
    "UTF-16 without a mark": Envelope(BATCH, "400 invalid_json", pack=lambda body: body.decode().encode("utf-16-le")),
    "UTF-32": Envelope(BATCH, "400 invalid_json", pack=lambda body: body.decode().encode("utf-32-be")),
    "noise": Envelope("\udc80\udc81\udcfe\udcff", "400 invalid_json"),
    "vertical tab": Envelope("\v" + BATCH, "400 invalid_json"),
    "items separated by nothing": Envelope(BATCH.replace("@GOOD", "@GOOD {}"), "400 invalid_json"),
    "comma behind the last item": Envelope(BATCH.replace("@GOOD", "@GOOD,"), "400 invalid_json"),
    "an item that swallows the end": Envelope(BATCH.replace("@GOOD", '@GOOD, {"a": [1}'), "400 invalid_json"),
}
MEMBERS: Mapping[str, Envelope] = {
    "{}": Envelope("{}", "400 invalid_batch"),
    "no items": Envelope('{"batch_id": "a batch"}', "400 invalid_batch"),
    **{
        f"items {each}": Envelope(BATCH.replace("[@GOOD]", each), "400 invalid_batch")
        for each in ("null", "@GOOD", "{}", '""', "0", "false")
    },
    "no batch_id": Envelope('{"items": [@GOOD]}', "400 invalid_batch"),
    **named(("null", "7", "true", "[]", '["a"]', '""', f'"{"x" * 10_000}"', r'"a\u0000"'), "400 invalid_batch"),
    **named((r'"\ud800"', '"\udcff"', r'"a\nb"', '"\u200b"', '"\u202e"'), "400 invalid_batch"),
    "batch_id twice": Envelope(with_member('"batch_id": "another"'), "400 duplicate_key"),
    "items twice": Envelope(with_member('"items": []'), "400 duplicate_key"),
    "outbox twice": Envelope(with_member('"device": {"outbox": 1, "outbox": 2}'), "400 duplicate_key"),
    "100 000 names and one of them twice": Envelope(
        with_member('"device": {' + ",".join(f'"{n % 99_999}":0' for n in range(100_000)) + "}"), "400 duplicate_key"
    ),
    "device a text": Envelope(with_member('"device": "tablet"'), "400 invalid_batch"),
    "NaN": Envelope(with_member('"device": {"battery": NaN}'), "400 invalid_json"),
    "5000 digits": Envelope(with_member('"device": {"outbox": ' + "1" * 5_000 + "}"), "400 invalid_json"),
    "a member of 1 MB": Envelope(with_member(f'"more": "{"x" * MIB}"'), "400 invalid_batch"),
    "100 000 members": Envelope(with_member(",".join(f'"{n}": 0' for n in range(100_000))), "400 invalid_batch"),
    "nested 5000 times": Envelope(with_member(f'"more": {nested(5_000)}'), "400 invalid_json"),
}
LIMITS: Mapping[str, Envelope] = {
    "nested 100 000 times": Envelope(with_member(f'"more": {nested(100_000)}'), "413 too_complex"),
    "answers nested 100 000 times": Envelope(BATCH.replace("@GOOD", nested(100_000)), "413 too_complex"),
    "opened 100 000 times": Envelope("[" * 100_001, "413 too_complex"),
    "100 000 items": Envelope(BATCH.replace("@GOOD", "@GOOD" + ",{}" * 100_000), "413 too_complex"),
    "100 000 numbers": Envelope(BATCH.replace("@GOOD", "@GOOD" + ",0" * 100_000), "413 too_many_items"),
    "501 items": Envelope(BATCH.replace("@GOOD", "@GOOD" + ",{}" * 500), "413 too_many_items"),
    "100 000 items of 20 MB": Envelope(BATCH.replace("@GOOD", "{}," * 100_000 + " " * 20 * MIB), "413 too_many_bytes"),
    "one byte too many": Envelope(BATCH, "413 too_many_bytes", pack=lambda body: body.ljust(4_000_001)),
}
PACKED: Mapping[str, Envelope] = {
    "gzip bomb": gzipped(lambda _: gzip.compress(bytes(200 * MIB), 9), "413 too_many_bytes"),
    "zstd bomb": gzipped(lambda _: zstd.compress(bytes(200 * MIB)), "413 too_many_bytes", "zstd"),
    "gzip in gzip": gzipped(lambda body: gzip.compress(gzip.compress(body)), "400 invalid_json"),
    "gzip in gzip, both named": gzipped(
        lambda body: gzip.compress(gzip.compress(body)), "415 unsupported_encoding", "gzip, gzip"
    ),
    "cut gzip": gzipped(lambda body: gzip.compress(body)[:-9], "400 truncated_gzip"),
    "nothing as gzip": gzipped(lambda _: b"", "400 truncated_gzip"),
    "gzip of nothing": gzipped(lambda _: gzip.compress(b""), "400 truncated_json"),
    "plain as gzip": gzipped(bytes, "400 invalid_gzip"),
    "zstd as gzip": gzipped(zstd.compress, "400 invalid_gzip"),
    "gzip with a wrong checksum": gzipped(lambda body: gzip.compress(body)[:-8] + bytes(8), "400 invalid_gzip"),
    "gzip and more": gzipped(lambda body: gzip.compress(body) + b"more", "400 invalid_gzip"),
    "gzip of 20 000 pieces": gzipped(lambda _: gzip.compress(b"") * 20_000, "400 invalid_gzip"),
    "gzip bomb in pieces": gzipped(lambda _: gzip.compress(bytes(MIB)) * 50, "413 too_many_bytes"),
    "gzip that does not say so": Envelope(BATCH, "400 invalid_json", pack=gzip.compress),
    "cut zstd": gzipped(lambda body: zstd.compress(body)[:-5], "400 truncated_zstd", "zstd"),
    "nothing as zstd": gzipped(lambda _: b"", "400 truncated_zstd", "zstd"),
    "plain as zstd": gzipped(bytes, "400 invalid_zstd", "zstd"),
    "zstd with a window of 1 GiB": gzipped(
        lambda _: bytes.fromhex("28b52ffd00a0") + bytes(20), "400 invalid_zstd", "zstd"
    ),
    **{
        f"encoding {each}": gzipped(bytes, "415 unsupported_encoding", each)
        for each in ("br", "deflate", "compress", "x")
    },
}
TYPES: Mapping[str, Envelope] = {
    "no content type": typed("", "415 unsupported_type"),
    "text/plain": typed("text/plain", "415 unsupported_type"),
    "multipart": typed("multipart/form-data; boundary=x", "415 unsupported_type"),
    "form-encoded": Envelope(
        BATCH, "415 unsupported_type", {"Content-Type": "application/x-www-form-urlencoded"}, _form_encoded
    ),
    "XML": typed("application/xml", "415 unsupported_type"),
    "nearly JSON": typed("application/jsonp", "415 unsupported_type"),
    "JSON in the second place": typed("text/plain; application/json", "415 unsupported_type"),
}
GOOD_AFTER_ALL: Mapping[str, Envelope] = {
    "JSON in capitals": typed("Application/JSON; charset=utf-8", "200"),
    "gzip": gzipped(gzip.compress, "200"),
    "gzip in pieces": gzipped(lambda body: gzip.compress(body[:30]) + gzip.compress(body[30:]), "200"),
    "zstd": gzipped(zstd.compress, "200", "zstd"),
    "zstd in pieces": gzipped(lambda body: zstd.compress(body[:30]) + zstd.compress(body[30:]), "200", "zstd"),
    "encoding identity": gzipped(bytes, "200", "identity"),
    "members in another order": Envelope('\n{"items":\t[@GOOD ] , "batch_id": "a batch"}\r\n', "200"),
    "unknown members": Envelope(with_member('"hint": {"a": [1e999, "\udcff", {"b": null}]}'), "200"),
    "odd heartbeat": Envelope(
        with_member(
            r'"sent_at": "0001-01-01T00:00:00+14:00", "device": {"outbox": -1, "battery": 1e999, '
            rf'"free_bytes": {10**400}, "app_version": "\ud800\u0000", "oldest_unsent_at": 7}}'
        ),
        "200",
    ),
    "no heartbeat": Envelope(with_member('"sent_at": null, "device": null'), "200"),
    "as large as may be": Envelope(BATCH, "200", pack=lambda body: body.ljust(4_000_000)),
}
HOSTILE_ENVELOPES: Mapping[str, Envelope] = {**TEXTS, **MEMBERS, **LIMITS, **PACKED, **TYPES, **GOOD_AFTER_ALL}
