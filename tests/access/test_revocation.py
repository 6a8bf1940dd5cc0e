"""A revocation counts from its commit on: in the same process, and when another process commits it."""

from app.access.policy import Role
from tests.support.commands import call_elsewhere, environment, seconds_until
from tests.support.server import Caller, Server


def _is_out(caller: Caller) -> bool:
    answer = caller.get("/communities")
    assert answer.status_code in (200, 401)
    return bool(answer.status_code == 401)


def test_revoked_here_is_out_at_the_next_request(server: Server) -> None:
    admin, tablet = server.enrol(Role.ADMIN), server.enrol(Role.ENUMERATOR, name="tablet")
    assert not _is_out(tablet)
    assert admin.delete("/enrolments/tablet").status_code == 204
    assert _is_out(tablet)
    assert not _is_out(admin)


def test_admin_may_end_the_own_token(server: Server) -> None:
    admin = server.enrol(Role.ADMIN, name="boss")
    assert admin.delete("/enrolments/boss").status_code == 204
    assert _is_out(admin)


def test_revoked_by_another_process_is_out_beside_the_running_server(server: Server) -> None:
    tablet, other = server.enrol(name="tablet"), server.enrol(name="other")
    assert not _is_out(tablet)
    done = call_elsewhere(environment(server.app.state.settings), "revoke", "tablet")
    assert (done.code, done.out) == (0, "tablet: 1 token revoked\n")
    assert seconds_until(lambda: _is_out(tablet)) < 1
    assert not _is_out(other)


def test_enrolled_by_another_process_is_in_at_the_first_request(server: Server) -> None:
    assert _is_out(server.nobody())
    done = call_elsewhere(environment(server.app.state.settings), "enrol", "tablet", "--role", "enumerator", "--json")
    assert not _is_out(Caller(server.client, done.json["token"]))


def test_revoking_twice_ends_nothing_more(server: Server) -> None:
    admin = server.enrol(Role.ADMIN)
    server.enrol(name="tablet")
    for _ in range(2):
        assert admin.delete("/enrolments/tablet").status_code == 204
