"""Unpacking: whatever was packed comes out, nothing cut or spoiled does, and never more than the cap."""

import gzip
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from app.problems import InvalidGzip, InvalidZstd, TooManyBytes, TruncatedGzip, TruncatedZstd
from app.submissions.decompression import decompress

MIB = 2**20
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zstd": zstd.compress, "": bytes}
PACKED = pytest.mark.parametrize("encoding", ["gzip", "zstd"])


@given(st.binary(max_size=200), st.sampled_from(sorted(PACKERS)))
def test_what_was_packed_comes_out(body: bytes, encoding: str) -> None:
    assert decompress(PACKERS[encoding](body), encoding, 200) == body


@given(st.binary(max_size=100), st.sampled_from(["gzip", "zstd"]), st.data())
def test_cut_anywhere_it_is_called_cut(body: bytes, encoding: str, data: st.DataObject) -> None:
    packed = PACKERS[encoding](body)
    cut = packed[: data.draw(st.integers(0, len(packed) - 1))]
    with pytest.raises((TruncatedGzip, TruncatedZstd)):
        decompress(cut, encoding, 100)


@given(st.binary(min_size=1, max_size=100), st.data())
def test_a_spoiled_gzip_never_gives_other_bytes(body: bytes, data: st.DataObject) -> None:
    packed = bytearray(gzip.compress(body))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(InvalidGzip, TruncatedGzip, TooManyBytes):
        assert decompress(bytes(packed), "gzip", 100) == body


@pytest.mark.parametrize("encoding", PACKERS)
def test_the_cap_is_on_what_comes_out(encoding: str) -> None:
    pack = PACKERS[encoding]
    assert len(decompress(pack(bytes(1_000)), encoding, 1_000)) == 1_000
    with pytest.raises(TooManyBytes):
        decompress(pack(bytes(1_001)), encoding, 1_000)


@PACKED
def test_a_bomb_costs_no_more_than_the_cap(encoding: str) -> None:
    bomb = PACKERS[encoding](bytes(200 * MIB))
    tracemalloc.start()
    with pytest.raises(TooManyBytes):
        decompress(bomb, encoding, MIB)
    assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["GZIP", " gzip ", "x-gzip"])
def test_other_spellings_of_gzip(encoding: str) -> None:
    assert decompress(gzip.compress(b"{}"), encoding, 10) == b"{}"


@PACKED
@given(bodies=st.lists(st.binary(max_size=50), min_size=1, max_size=5))
def test_packed_piece_by_piece(encoding: str, bodies: list[bytes]) -> None:
    packed = b"".join(PACKERS[encoding](body) for body in bodies)
    assert decompress(packed, encoding, 250) == b"".join(bodies)


@PACKED
def test_the_cap_is_on_all_pieces_together(encoding: str) -> None:
    with pytest.raises(TooManyBytes):
        decompress(PACKERS[encoding](bytes(300)) * 4, encoding, 1_000)


@PACKED
def test_of_many_pieces_the_last_may_be_cut_or_spoiled(encoding: str) -> None:
    whole = PACKERS[encoding](b"whole")
    with pytest.raises((TruncatedGzip, TruncatedZstd)):
        decompress(whole + whole[:-1], encoding, 100)
    with pytest.raises((InvalidGzip, InvalidZstd)):
        decompress(whole + b"more", encoding, 100)


@PACKED
def test_a_body_of_countless_pieces_is_refused_at_once(encoding: str) -> None:
    with pytest.raises((InvalidGzip, InvalidZstd)):
        decompress(PACKERS[encoding](b"") * 100_000, encoding, 1_000)
