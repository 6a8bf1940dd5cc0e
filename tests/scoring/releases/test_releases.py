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
from tests.support.workshops import workshop

GUARDED = version_of(FRAMEWORK, "1", policy={"n_suppress": 5})
ASKED = {"framework": "safety", "title": "Baseline 2026"}


def _publish(server: Server, *documents: Any) -> None:
    server.publish(*documents)
    score_new_frameworks(server.database, Library.of(server.database))


@pytest.fixture
def admin(server: Server) -> Caller:
    """Eight interviews in the north, seven in the south."""
    _publish(server, COMMUNITIES, FORM, GUARDED)
    server.enrol().send(*(interview(NORTH) for _ in range(8)), *(interview(SOUTH, warned="no") for _ in range(7)))
    return server.enrol(Role.ADMIN)


def _released(caller: Caller, **members: Any) -> Any:
    answer = caller.post("/releases", json={**ASKED, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_numbers_stay_when_interviews_come(admin: Caller, server: Server) -> None:
    analyst = server.enrol(Role.ANALYST)
    now = analyst.get("/scores", params={"framework": "safety", "by": "community"}).json()
    manifest = _released(admin, by=["community"])
    path = f"/releases/{manifest['release_id']}"
    before = analyst.get(path)
    assert before.json() == now
    server.enrol().send(*(interview(NORTH, warned="no") for _ in range(6)))
    assert analyst.get("/scores", params={"by": "community"}).json() != now
    assert analyst.get(path).content == before.content


def test_agreed_numbers_are_released_with_the_hash_of_what_was_agreed(admin: Caller) -> None:
    survey = _released(admin, by=["community"])
    assert (survey["score"], survey["values"]["count"]) == ("survey", 0)
    assert admin.post("/workshops", json=workshop()).status_code == 201
    agreed = _released(admin, by=["community"], score="agreed", audience="public")
    assert (agreed["score"], agreed["values"]["count"]) == ("agreed", 2)
    held = admin.get(f"/releases/{agreed['release_id']}").json()
    rows = {(row["node"], row["domain"].get("community")): row for row in held["scores"]}
    assert (rows["warning", NORTH]["estimate"], rows["warning", NORTH]["source"]) == (4.8, "agreed")
    assert "mixed_sources" in rows["total", NORTH]["flags"]
    assert [each["score"] for each in admin.get("/releases").json()] == ["agreed", "survey"]
    told = admin.get("/releases/compare", params={"a": survey["release_id"], "b": agreed["release_id"]}).json()
    assert told["flags"] == ["different_sources", "different_audiences"]
    changed = {(row["node"], row["domain"].get("community")): row["difference"] for row in told["changed"]}
    assert changed["warning", NORTH] == pytest.approx(-0.2)


def test_the_hash_of_what_was_agreed_moves_with_it(admin: Caller) -> None:
    first = _released(admin, score="agreed")
    admin.post("/workshops", json=workshop())
    assert _released(admin, score="agreed")["values"]["sha256"] != first["values"]["sha256"]


def test_agreed_numbers_are_of_communities(admin: Caller) -> None:
    answer = admin.post("/releases", json={**ASKED, "score": "agreed", "by": ["sex"]})
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")


def test_manifest_holds_the_hashes_of_what_it_was_made_from(admin: Caller, server: Server) -> None:
    manifest = _released(admin, by=["community"], note="First reading")
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
    assert (manifest["title"], manifest["note"], manifest["audience"]) == ("Baseline 2026", "First reading", "analysts")
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
    for audience in ("analysts", "public"):
        manifest = _released(admin, by=["sex"], audience=audience)
        rows = admin.get(f"/releases/{manifest['release_id']}").json()["scores"]
        by_sex = {row["domain"]["sex"]: row for row in rows if row["node"] == "warning" and row["domain"]}
        assert by_sex["m"]["suppressed"] == "suppressed:n"
        assert by_sex["f"]["suppressed"] == "suppressed:complementary"
        for row in by_sex.values():
            assert row["estimate"] is row["n"] is row["standard_error"] is None
            assert (row["children"], row["missing"]) == ([], {})
        assert manifest["numbers"]["suppressed"] == 6


def test_analysts_see_two_dimensions_at_once_and_the_public_one(admin: Caller) -> None:
    for by in (["community*sex"], ["round", "sex*community"]):
        assert _released(admin, by=by)
        refused = admin.post("/releases", json={**ASKED, "by": by, "audience": "public"})
        assert (refused.status_code, refused.json()["slug"]) == (422, "invalid_request")
    assert _released(admin, by=["community", "sex"], audience="public")
    assert _released(admin, round="baseline", audience="public"), "a round is one"
    within = {**ASKED, "by": ["community"], "round": "baseline"}
    assert admin.post("/releases", json=within).status_code == 201
    assert admin.post("/releases", json={**within, "audience": "public"}).status_code == 422
    assert admin.post("/releases", json={**ASKED, "by": ["community*sex*round"]}).status_code == 422


def test_public_is_told_no_exact_count_of_people(admin: Caller, server: Server) -> None:
    server.enrol().send(*(interview(NORTH, warned="dk") for _ in range(3)), interview(SOUTH, warned="dk"))
    manifest = _released(admin, by=["community"], audience="public")
    document = admin.get(f"/releases/{manifest['release_id']}").json()
    rows = {row["domain"].get("community"): row for row in document["scores"] if row["node"] == "warning"}
    exact = {row["domain"].get("community"): row for row in _now(admin) if row["node"] == "warning"}
    assert [(row["n"], row["missing"]) for row in exact.values()] == [
        (15, {"dont_know": 4}),
        (8, {"dont_know": 3}),
        (7, {"dont_know": 1}),
    ]
    assert [(row["n"], row["missing"]) for row in rows.values()] == [
        (15, {"dont_know": 5}),
        (10, {"dont_know": 5}),
        (5, {}),
    ]
    assert document["watermark"]["submissions"] == manifest["watermark"]["submissions"] == 20
    for community, row in rows.items():
        assert (row["estimate"], row["ci_low"]) == (exact[community]["estimate"], exact[community]["ci_low"])
        assert not row.keys() & {"df", "n_psu", "n_strata", "n_effective", "design_effect"}


def test_public_is_not_told_that_few_were_asked_in_a_round(admin: Caller, server: Server) -> None:
    server.enrol().send(*(interview(NORTH, round="late") for _ in range(2)))
    manifest = _released(admin, round="late", audience="public")
    assert manifest["watermark"]["submissions"] == 0
    rows = admin.get(f"/releases/{manifest['release_id']}").json()["scores"]
    assert {(row["suppressed"], row["n"]) for row in rows} == {("suppressed:n", None)}


def _now(caller: Caller) -> Any:
    return caller.get("/scores", params={"framework": "safety", "by": "community"}).json()["scores"]


def test_odd_requests_release_nothing(admin: Caller) -> None:
    for odd in ({"by": "sex"}, {"by": ["weight"]}, {"title": " "}, {"title": None}, {"other": 1}, {"audience": "all"}):
        assert admin.post("/releases", json={**ASKED, **odd}).status_code == 422
    assert admin.post("/releases", json={**ASKED, "version": "9"}).status_code == 404
    assert admin.get("/releases").json() == []


def test_framework_that_is_still_scoring_waits(admin: Caller, server: Server) -> None:
    server.publish(version_of(FRAMEWORK, "2"))
    answer = admin.post("/releases", json=ASKED)
    assert (answer.status_code, answer.json()["slug"]) == (409, "still_scoring")
    assert _released(admin, version="1")


def test_what_is_not_for_the_public_is_absent_for_who_may_see_a_part(admin: Caller, server: Server) -> None:
    inner, public = (_released(admin, audience=each)["release_id"] for each in ("analysts", "public"))
    north = server.enrol(Role.ANALYST, ["north"])
    assert [each["release_id"] for each in north.get("/releases").json()] == [public]
    assert north.get(f"/releases/{public}").content == admin.get(f"/releases/{public}").content
    absent = north.get("/releases/none")
    for path in (f"/releases/{inner}", f"/releases/{inner}/manifest"):
        refused = north.get(path)
        assert (refused.status_code, refused.content) == (404, absent.content)
    assert north.get("/releases/compare", params={"a": public, "b": inner}).content == absent.content
    assert {each["release_id"] for each in server.enrol(Role.ANALYST).get("/releases").json()} == {inner, public}


def test_only_admins_of_all_communities_release(admin: Caller, server: Server) -> None:
    """The numbers of a part and those of all could be subtracted."""
    refused = server.enrol(Role.ADMIN, ["north"]).post("/releases", json=ASKED)
    assert (refused.status_code, refused.json()["slug"]) == (403, "partial_release")
    for role in (Role.ENUMERATOR, Role.COORDINATOR, Role.ANALYST):
        assert server.enrol(role).post("/releases", json=ASKED).json()["slug"] == "not_allowed"
    assert admin.get("/releases").json() == []


def test_release_names_no_interview(admin: Caller) -> None:
    """So that nothing has to be taken out of it when one is erased."""
    manifest = _released(admin, by=["community*sex"])
    kept = admin.get("/submissions").json()
    told = orjson.dumps(manifest).decode() + admin.get(f"/releases/{manifest['release_id']}").text
    ids = [each["instance_id"].removeprefix("uuid:") for each in kept["submissions"]]
    assert ids
    assert not any(each in told or each.replace("-", "") in told for each in ids)


def _compared(caller: Caller, a: Any, b: Any) -> Any:
    return caller.get("/releases/compare", params={"a": a["release_id"], "b": b["release_id"]})


def test_comparison_tells_the_rows_that_differ(admin: Caller, server: Server) -> None:
    a = _released(admin, by=["community"])
    server.enrol().send(*(interview(NORTH, warned="no") for _ in range(8)), *(interview("city") for _ in range(5)))
    b = _released(admin, by=["community"])
    told = _compared(server.enrol(Role.ANALYST), a, b).json()
    assert (told["a"]["release_id"], told["flags"]) == (a["release_id"], [])
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


def test_comparison_says_what_else_is_different(admin: Caller) -> None:
    a = _released(admin)
    assert _compared(admin, a, _released(admin, round="x")).json()["flags"] == ["different_rounds"]
    assert _compared(admin, a, _released(admin, audience="public")).json()["flags"] == ["different_audiences"]


def test_comparison_of_versions_or_frameworks_is_refused(admin: Caller, server: Server) -> None:
    """A new version scores old rounds, too, so that both can be released by it."""
    harsher = version_of(GUARDED, "2", indicators=copy.deepcopy(GUARDED["indicators"]))
    harsher["indicators"][0]["rule"]["map"]["no"] = 3
    _publish(server, harsher, version_of(GUARDED, "1", id="other"))
    a, b, other = _released(admin, version="1"), _released(admin, version="2"), _released(admin, framework="other")
    for one, two, status, slug in ((a, b, 422, "unequal_versions"), (a, other, 409, "not_comparable")):
        refused = _compared(admin, one, two)
        assert (refused.status_code, refused.json()["slug"]) == (status, slug)
    again = _released(admin, version="2", title="Once more")
    assert _compared(admin, b, again).json()["changed"] == []
