"""Of several files that came under one name, a coordinator sees all and chooses which one counts."""

import hashlib
from typing import Any

import pytest
from sqlmodel import select

from app.access.policy import Role
from app.access.tables import AuditEntry
from app.attachments.tables import FileRuling
from app.attachments.verify import forget
from tests.attachments.photos import bring, interview, photo
from tests.support.server import Caller, Server

NAME = "roof.jpg"


def sha256(seed: int) -> str:
    return hashlib.sha256(photo(seed)).hexdigest()


def path(item: dict[str, Any]) -> str:
    return f"/submissions/{item['instance_id']}/attachments"


def resolve(caller: Caller, item: dict[str, Any], keep: str, name: str = NAME) -> Any:
    body = {"name": name, "keep": keep, "reason": "the other is blurred"}
    return caller.post(f"/conflicts/{item['instance_id']}/files", json=body)


def standing(caller: Caller, item: dict[str, Any]) -> list[tuple[str, bool, bool]]:
    files = caller.get(path(item)).json()["files"]
    return [(file["sha256"], file["counts"], file["waits"]) for file in files]


def waiting(caller: Caller) -> list[str]:
    page = caller.get("/submissions", params={"files": "waiting"}).json()
    return [each["instance_id"] for each in page["submissions"]]


@pytest.fixture
def item(tablet: Caller) -> dict[str, Any]:
    """An interview with two photographs under one name, and one whose photograph came twice."""
    item, other = interview(house={"roof": NAME}), interview(house={"roof": NAME})
    tablet.send(other, item)
    for seed in (1, 2):
        bring(tablet, item["instance_id"], NAME, photo(seed))
        bring(tablet, other["instance_id"], NAME, photo(1))
    return item


def test_the_chosen_one_counts_and_the_other_is_kept(tablet: Caller, office: Caller, item: dict[str, Any]) -> None:
    assert standing(office, item) == [(sha256(1), True, False), (sha256(2), False, True)]
    assert waiting(office) == [item["instance_id"]]
    told = resolve(office, item, sha256(2)).json()
    number = told.pop("number")
    assert told == {
        "instance_id": item["instance_id"],
        "name": NAME,
        "kept": sha256(2),
        "set_aside": [sha256(1)],
    }
    assert standing(office, item) == standing(tablet, item) == [(sha256(2), True, False), (sha256(1), False, False)]
    assert waiting(office) == []
    assert office.get(f"{path(item)}/{NAME}").content == photo(2)
    assert office.get(f"{path(item)}/{sha256(1)}").content == photo(1)
    (resolution,) = office.get(path(item)).json()["resolutions"]
    assert (resolution["number"], resolution["kept"], resolution["reason"]) == (
        number,
        sha256(2),
        "the other is blurred",
    )
    assert "resolutions" not in tablet.get(path(item)).json()


def test_a_file_called_like_the_hash_of_another_is_not_taken_for_it(tablet: Caller, office: Caller) -> None:
    item = interview(house={"roof": NAME})
    tablet.send(item)
    bring(tablet, item["instance_id"], NAME, photo(1))
    bring(tablet, item["instance_id"], sha256(1), photo(2))
    assert office.get(f"{path(item)}/{sha256(1)}").content == photo(1)
    assert office.get(f"{path(item)}/{sha256(2)}").content == photo(2)


def test_the_last_word_counts(office: Caller, item: dict[str, Any]) -> None:
    for seed in (2, 1, 2, 1):
        assert resolve(office, item, sha256(seed).upper()).status_code == 200
    assert [counts for _, counts, _ in standing(office, item)] == [True, False]
    assert standing(office, item)[0][0] == sha256(1)
    kept = [each["kept"] for each in office.get(path(item)).json()["resolutions"]]
    assert kept == [sha256(1), sha256(2)] * 2


def test_what_comes_afterwards_waits_again(tablet: Caller, office: Caller, item: dict[str, Any]) -> None:
    resolve(office, item, sha256(2))
    bring(tablet, item["instance_id"], NAME, photo(1))
    assert waiting(office) == []
    bring(tablet, item["instance_id"], NAME, photo(3))
    assert standing(office, item) == [
        (sha256(2), True, False),
        (sha256(1), False, False),
        (sha256(3), False, True),
    ]
    assert waiting(office) == [item["instance_id"]]


def test_only_what_came_under_that_name_can_be_chosen(tablet: Caller, office: Caller, item: dict[str, Any]) -> None:
    bring(tablet, item["instance_id"], "other.jpg", photo(4))
    refused = resolve(office, item, sha256(4))
    assert (refused.status_code, refused.json()["slug"]) == (422, "invalid_request")
    assert resolve(office, item, sha256(4), "other.jpg").status_code == 404, "there is nothing to decide"
    assert resolve(office, item, sha256(1), "nothing.jpg").status_code == 404
    assert resolve(office, interview(), sha256(1)).status_code == 404
    assert resolve(office, {"instance_id": "none"}, sha256(1)).status_code == 404


def test_a_decision_on_what_is_lost_lets_the_first_count_again(
    fieldwork: Server, office: Caller, item: dict[str, Any]
) -> None:
    resolve(office, item, sha256(2))
    forget(fieldwork.database, fieldwork.app.state.depot.store, [bytes.fromhex(sha256(2))])
    assert standing(office, item) == [(sha256(1), True, False)]


def test_a_decision_is_recorded_without_the_name(fieldwork: Server, office: Caller, item: dict[str, Any]) -> None:
    number = resolve(office, item, sha256(2)).json()["number"]
    with fieldwork.database.read() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "file_chosen")).all()
    assert (entry.subject, entry.details) == (
        item["instance_id"],
        {"number": number, "kept": sha256(2), "set_aside": [sha256(1)]},
    )


def test_decisions_go_with_their_interview(fieldwork: Server, office: Caller, item: dict[str, Any]) -> None:
    resolve(office, item, sha256(2))
    fieldwork.enrol(Role.ADMIN).post(f"/submissions/{item['instance_id']}/erase", json={"reason": "asked for"})
    with fieldwork.database.read() as session:
        assert session.exec(select(FileRuling)).all() == []
