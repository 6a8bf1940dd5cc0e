"""Odd characters in an address are answered with a problem, on every database, and never with an excuse."""

from app.access.policy import Role
from tests.support.server import Server

ADDRESSES = [
    "/submissions?form_id={}",
    "/submissions?community={}",
    "/submissions?since={}",
    "/submissions?cursor={}",
    "/submissions/{}",
    "/forms/{}",
    "/forms/household/versions/{}",
    "/scores?framework={}",
    "/scores?round={}",
    "/scores.csv?by={}",
    "/facts?node={}",
    "/workshops?community={}",
    "/workshops/{}",
    "/fieldwork?form_id={}",
]


MOMENTS_OUTSIDE = ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"]

ODD = ["%00", "a%00b", "%ED%A0%80", "%FF", "%F0%9F%98%80", "..%2F..%2Fetc", "'; --", "9" * 40]


def test_odd_characters_never_look_like_a_broken_server(server: Server) -> None:
    admin = server.enrol(Role.ADMIN)
    for odd in ODD:
        for address in ADDRESSES:
            assert admin.get(address.format(odd)).status_code in (200, 404, 422), (address, odd)
        assert admin.delete(f"/enrolments/{odd}").status_code == 404, odd


def test_moments_that_leave_the_calendar_in_utc(server: Server) -> None:
    admin = server.enrol(Role.ADMIN)
    for moment in MOMENTS_OUTSIDE:
        answer = admin.get(f"/submissions?since={moment}")
        assert (answer.status_code, answer.json()["where"]) == (422, "query.since")
