"""A name and a password prove themselves without travelling, to those who know no more than what is kept of a token."""

from datetime import UTC, datetime, timedelta

import pytest

from app.access.digest import ALGORITHMS, REALM, Credentials, Nonces, read_credentials, secrets_of
from tests.openrosa.wire import Challenge

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
NAME, TOKEN = "tablet-7", "tgh_secret"


def answered(nonce: str, algorithm: str = "MD5", method: str = "POST", token: str = TOKEN) -> Credentials | None:
    """What ODK Collect writes."""
    challenge = Challenge(REALM, nonce, algorithm, "", False)
    return read_credentials(challenge.answer(method, "/openrosa/submission?deviceID=x", NAME, token))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_right_answer_matches_and_no_other(algorithm: str) -> None:
    secret = secrets_of(NAME, TOKEN)[algorithm]
    given = answered("n", algorithm)
    assert given is not None
    assert given.match(secret, "POST")
    assert not given.match(secret, "GET")
    assert not given.match(secrets_of("tablet-8", TOKEN)[algorithm], "POST")
    wrong = answered("n", algorithm, token="tgh_other")
    assert wrong is not None
    assert not wrong.match(secret, "POST")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_secret_is_as_in_the_standard(algorithm: str) -> None:
    """RFC 7616, 3.9.1."""
    realm, nonce = "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    expected = {
        "MD5": "8ca523f5e9506fed4657c9700eebdbec",
        "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    }
    given = Credentials("Mufasa", algorithm, nonce, "/dir/index.html", expected[algorithm], "00000001", cnonce)
    secret = ALGORITHMS[algorithm](f"Mufasa:{realm}:Circle of Life".encode()).digest()
    assert given.match(secret, "GET")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic dGFibGV0OnRva2Vu",
        "Digest",
        'Digest username="a"',
        'Digest username="a", realm="other", nonce="n", uri="/", qop=auth, nc=00000001, cnonce="c", response="r"',
        'Digest username="a", realm="Tangguh", nonce="n", uri="/", nc=00000001, cnonce="c", response="r"',
        'Digest username="a", realm="Tangguh", nonce="n", uri="/", qop=auth-int, nc=00000001, cnonce="c", response="r"',
        'Digest username="a", realm="Tangguh", nonce="n", uri="/", qop=auth, nc=zzzzzzzz, cnonce="c", response="r"',
        'Digest username="a", realm="Tangguh", nonce="n", uri="/", qop=auth, nc=00000001, cnonce="c", response="r", '
        "algorithm=MD5-sess",
    ],
)
def test_anything_else_is_no_answer(header: str) -> None:
    assert read_credentials(header) is None


def test_a_name_may_hold_quotation_marks() -> None:
    header = (
        r'Digest username="Bu \"Sri\" A\\B", realm="Tangguh", nonce="n", uri="/", qop=auth, nc=00000001, '
        'cnonce="c", response="r"'
    )
    given = read_credentials(header)
    assert given is not None
    assert given.username == r'Bu "Sri" A\B'


def test_a_nonce_is_ours_and_good_for_an_hour() -> None:
    nonces = Nonces()
    nonce = nonces.new(NOW)
    assert nonces.good(nonce, NOW)
    assert nonces.good(nonce, NOW + timedelta(minutes=59))
    assert not nonces.good(nonce, NOW + timedelta(minutes=61))
    assert not nonces.good(nonce, NOW - timedelta(minutes=1))
    assert not Nonces().good(nonce, NOW), "another process, or another start of this one"
    for other in ("", "x", "é", nonce[:-4] + "AAAA", "BBBB" + nonce[4:]):
        assert not nonces.good(other, NOW)


def test_every_challenge_is_told_and_md5_comes_first() -> None:
    first, second = Nonces().challenges(NOW, stale=True)
    assert "algorithm=MD5" in first
    assert "algorithm=SHA-256" in second
    assert all("stale=true" in each for each in (first, second))
    assert not any("stale" in each for each in Nonces().challenges(NOW, stale=False))
