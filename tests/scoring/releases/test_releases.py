"""Released numbers: kept byte for byte with what they were made from, and compared."""

import copy
import hashlib
from typing import Any

import orjson
import pytest
from sqlmodel import select

from app.access.policy import Role
from app.access.tables import AuditEntry
from app.submissions.incoming import Library
from app.submissions.rebuild import score_new_frameworks
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview, version_of

ASKED = {"framework": "safety", "title": "Baseline 2026"}


def _publish(server: Server, *documents: Any) -> None:
    server.publish(*documents)
    score_new_frameworks(server.database, Library.of(server.database))


@pytest.fixture
def admin(server: Server) -> Caller:
    """Eight interviews in the north, seven in the south."""
    _publish(server, COMMUNITIES, FORM, FRAMEWORK)
    server.enrol().send(*(interview(NORTH) for _ in range(8)), *(interview(SOUTH, warned="no") for _ in range(7)))
    return server.enrol(Role.ADMIN)


def _released(caller: Caller, **members: Any) -> Any:
    answer = caller.post("/releases", json={**ASKED, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_numbers_stay_when_interviews_come(admin: Caller, server: Server) -> None:
    analyst = server.enrol(Role.ANALYST)
    now = analyst.get("/scores", params={"framework": "safety", "by": "community"}).json()
    manifest = _released(admin, by="community")
    path = f"/releases/{manifest['release_id']}"
    before = analyst.get(path)
    assert before.json() == now
    server.enrol().send(*(interview(NORTH, warned="no") for _ in range(6)))
    assert analyst.get("/scores", params={"by": "community"}).json() != now
    assert analyst.get(path).content == before.content


def test_manifest_holds_the_hashes_of_what_it_was_made_from(admin: Caller, server: Server) -> None:
    manifest = _released(admin, by="community", note="First reading")
    numbers = admin.get(f"/releases/{manifest['release_id']}").content
    assert manifest["numbers"] == {
        "sha256": hashlib.sha256(numbers).hexdigest(),
        "bytes": len(numbers),
        "rows": 9,
        "suppressed": 0,
    }
    form = server.enrol(Role.ENUMERATOR).get("/forms/household").content
    assert manifest["forms"] == [{"form_id": "household", "version": "1", "sha256": hashlib.sha256(form).hexdigest()}]
    assert manifest["framework"]["sha256"] == orjson.loads(numbers)["framework"]["sha256"]
    assert (manifest["watermark"]["submissions"], manifest["watermark"]["seq"]) == (15, 15)
    assert manifest["software"]["name"] == "tangguh"
    assert (manifest["title"], manifest["note"], manifest["communities"]) == ("Baseline 2026", "First reading", [])
    served = admin.get(f"/releases/{manifest['release_id']}/manifest")
    assert served.json() == manifest


def test_bytes_are_served_with_a_strong_etag(admin: Caller) -> None:
    release_id = _released(admin)["release_id"]
    for path in (f"/releases/{release_id}", f"/releases/{release_id}/manifest"):
        answer = admin.get(path)
        assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
        again = admin.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_asking_twice_releases_once(admin: Caller, server: Server) -> None:
    first, again = _released(admin), _released(admin)
    assert again == first
    assert len(admin.get("/releases").json()) == 1
    assert _released(admin, title="Another")["release_id"] != first["release_id"]
    with server.database.read() as session:
        actions = [entry.subject for entry in session.exec(select(AuditEntry)) if entry.action == "release_published"]
    assert len(actions) == 2
    assert actions[0] == first["release_id"]


def test_few_people_are_hidden_for_good(admin: Caller, server: Server) -> None:
    server.enrol().send(*(interview(NORTH, sex="m", warned="no") for _ in range(4)))
    manifest = _released(admin, by="sex")
    rows = admin.get(f"/releases/{manifest['release_id']}").json()["scores"]
    by_sex = {row["domain"]["sex"]: row for row in rows if row["node"] == "warning" and row["domain"]}
    assert by_sex["m"]["suppressed"] == "suppressed:n"
    assert by_sex["f"]["suppressed"] == "suppressed:complementary"
    for row in by_sex.values():
        assert row["estimate"] is row["n"] is row["standard_error"] is None
        assert (row["children"], row["missing"]) == ([], {})
    assert manifest["numbers"]["suppressed"] == 6


def test_one_dimension_at_most(admin: Caller) -> None:
    for odd in ({"by": ["community", "sex"]}, {"by": "weight"}, {"title": " "}, {"title": None}, {"other": 1}):
        assert admin.post("/releases", json={**ASKED, **odd}).status_code == 422
    assert admin.post("/releases", json={**ASKED, "version": "9"}).status_code == 404


def test_framework_that_is_still_scoring_waits(admin: Caller, server: Server) -> None:
    server.publish(version_of(FRAMEWORK, "2"))
    answer = admin.post("/releases", json=ASKED)
    assert (answer.status_code, answer.json()["slug"]) == (409, "still_scoring")
    assert _released(admin, version="1")


def test_others_are_absent(admin: Caller, server: Server) -> None:
    everybody = _released(admin)["release_id"]
    own = _released(server.enrol(Role.ADMIN, ["north"]), by="community")
    assert own["communities"] == ["north"]
    rows = admin.get(f"/releases/{own['release_id']}").json()["scores"]
    assert {row["domain"].get("community") for row in rows} == {None, NORTH}
    north, south = server.enrol(Role.ANALYST, ["north"]), server.enrol(Role.ANALYST, ["south"])
    assert [each["release_id"] for each in north.get("/releases").json()] == [own["release_id"]]
    assert south.get("/releases").json() == []
    absent = south.get("/releases/none")
    for path in (f"/releases/{own['release_id']}", f"/releases/{everybody}/manifest"):
        refused = south.get(path)
        assert (refused.status_code, refused.content) == (404, absent.content)
    assert south.get("/releases/compare", params={"a": everybody, "b": everybody}).content == absent.content
    for role in (Role.ENUMERATOR, Role.COORDINATOR, Role.ANALYST):
        assert server.enrol(role).post("/releases", json=ASKED).status_code == 403


def _compared(caller: Caller, a: Any, b: Any) -> Any:
    return caller.get("/releases/compare", params={"a": a["release_id"], "b": b["release_id"]})


def test_comparison_tells_the_rows_that_differ(admin: Caller, server: Server) -> None:
    a = _released(admin, by="community")
    server.enrol().send(*(interview(NORTH, warned="no") for _ in range(8)), *(interview("city") for _ in range(5)))
    b = _released(admin, by="community")
    told = _compared(server.enrol(Role.ANALYST), a, b).json()
    assert (told["a"]["release_id"], told["same_version"], told["flags"]) == (a["release_id"], True, [])
    changed = {(row["node"], row["domain"].get("community")): row for row in told["changed"]}
    north = changed["warning", NORTH]
    assert (north["a"]["estimate"], north["b"]["estimate"], north["difference"]) == (5, 3, -2)
    assert {"estimate", "n"} <= set(north["members"])
    assert not any(community == SOUTH for _, community in changed)
    assert {row["domain"]["community"] for row in told["added"]} == {"city"}
    assert (told["removed"], told["unchanged"]) == ([], 3)
    back = _compared(admin, b, a).json()
    assert back["removed"] == told["added"]
    assert _compared(admin, a, a).json()["changed"] == []


def test_comparison_of_versions_is_flagged_and_of_frameworks_refused(admin: Caller, server: Server) -> None:
    harsher = version_of(FRAMEWORK, "2", indicators=copy.deepcopy(FRAMEWORK["indicators"]))
    harsher["indicators"][0]["rule"]["map"]["no"] = 3
    _publish(server, harsher, version_of(FRAMEWORK, "1", id="other"))
    a, b, other = _released(admin, version="1"), _released(admin, version="2"), _released(admin, framework="other")
    told = _compared(admin, a, b).json()
    assert (told["same_version"], told["flags"]) == (False, ["different_versions"])
    assert {row["node"] for row in told["changed"]} == {"total", "warning"}
    assert _compared(admin, a, _released(admin, version="1", round="x")).json()["flags"] == ["different_rounds"]
    refused = _compared(admin, a, other)
    assert (refused.status_code, refused.json()["slug"]) == (409, "not_comparable")
