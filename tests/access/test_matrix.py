"""Who gets in where: every operation of the API, tried by every kind of caller, against a table that people review.

A cell of `matrix.csv` is the status that the caller is answered. All use what belongs to the north.
"""

import csv
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.access.policy import Role
from app.submissions.identity import content_hash
from app.submissions.incoming import Library
from app.submissions.rebuild import score_new_frameworks
from tests.attachments.photos import bring
from tests.support import village, workshops
from tests.support.instances import as_xml
from tests.support.server import Caller, Server
from tests.support.village import Villages

MATRIX = Path(__file__).parent / "matrix.csv"
HELD = village.interview(version="9")
CONTESTED = village.interview()
UNWANTED = village.interview()
SUBJECTS = {"held": HELD, "conflicts": CONTESTED, "erase": UNWANTED}
"""What the doors under these names are asked about: as often as it is asked, it stays held, contested and erased."""


EMPTY = hashlib.sha256(b"").hexdigest()
FILE = {"name": "leaver", "size": 0, "sha256": EMPTY}
UNSENT = {"name": "unsent.jpg", "size": 1, "sha256": EMPTY}


def _sha256(item: dict[str, Any]) -> str:
    return content_hash(item["form_id"], item["version"], None, item["answers"]).hex()


BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/batches"): {"batch_id": "matrix", "items": []},
    ("POST", "/api/v1/instances/have"): {"instance_ids": []},
    ("POST", "/api/v1/held/{instance_id}/mend"): {
        "sha256": _sha256(HELD),
        "reason": "asked again",
        "answers": {"minutes": 20},
    },
    ("POST", "/api/v1/replays"): {"form_id": "household"},
    ("POST", "/api/v1/conflicts/{instance_id}/resolve"): {"keep": _sha256(CONTESTED), "reason": "asked again"},
    ("POST", "/api/v1/frameworks/preview"): village.FRAMEWORK,
    ("POST", "/api/v1/releases"): {"framework": "safety", "title": "Baseline"},
    ("POST", "/api/v1/facts"): workshops.facts(),
    ("POST", "/api/v1/workshops"): workshops.workshop(),
    ("POST", "/api/v1/submissions/{instance_id}/review"): {"state": "approved"},
    ("POST", "/api/v1/submissions/{instance_id}/erase"): {"reason": "asked for"},
    ("POST", "/api/v1/reviews"): {"state": "approved", "instance_ids": []},
    ("POST", "/api/v1/forms"): village.FORM,
    ("POST", "/api/v1/submissions/{instance_id}/attachments"): FILE,
    ("POST", "/api/v1/conflicts/{instance_id}/files"): {
        "name": FILE["name"],
        "keep": EMPTY,
        "reason": "the other is blurred",
    },
    ("POST", "/api/v1/enrolments"): {"name": "newcomer", "role": "enumerator", "communities": [village.NORTH]},
}
PARAMETERS = {"/api/v1/releases/compare": ("a", "b")}
"""Where the release goes that everybody asks for, outside of the path."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _expected() -> dict[tuple[str, str, str], int]:
    with MATRIX.open(newline="") as source:
        return {
            (row["method"], row["path"], caller): int(status)
            for row in csv.DictReader(source)
            for caller, status in row.items()
            if caller not in ("method", "path")
        }


def _operations(server: Server) -> dict[str, set[str]]:
    return {path: {method.upper() for method in own} for path, own in server.app.openapi()["paths"].items()}


def _callers(villages: Villages) -> dict[str, Caller]:
    server = villages.server
    revoked = server.enrol(Role.ADMIN, name="revoked")
    server.revoke("revoked")
    return {
        "nobody": server.nobody(),
        "garbage": Caller(server.client, "tgh_" + "x" * 43),
        "expired": server.enrol(Role.ADMIN, now=datetime.now(UTC) - timedelta(days=31)),
        "revoked": revoked,
        "enumerator": villages.north[Role.ENUMERATOR],
        "coordinator": villages.north[Role.COORDINATOR],
        "analyst": villages.north[Role.ANALYST],
        "admin": server.enrol(Role.ADMIN),
        "other_enumerator": villages.south[Role.ENUMERATOR],
        "other_coordinator": villages.south[Role.COORDINATOR],
        "other_analyst": villages.south[Role.ANALYST],
    }


def _ask(villages: Villages, caller: Caller, method: str, path: str, release_id: str = "0", workshop: str = "") -> int:
    place = "erase" if path.endswith("/erase") else path.removeprefix("/api/v1/").split("/")[0]
    subject = SUBJECTS.get(place, villages.items["north"])
    instance_id = subject["instance_id"]
    names = {"form_id": "household", "version": "1", "name": "leaver", "node": "total", "release_id": release_id}
    names |= {"instance_id": instance_id, "token": caller.token or "nobody", "sha256": "0" * 64}
    names["workshop_id"] = workshop or "none"
    if "{upload_id}" in path:
        own = villages.north[Role.ENUMERATOR].post(f"/submissions/{instance_id}/attachments", json=UNSENT)
        names["upload_id"] = own.json()["upload_id"]
    options: dict[str, Any] = {"json": body} if (body := BODIES.get((method, path))) else {}
    if path.endswith("/submission"):
        options = {"files": {"xml_submission_file": as_xml(village.FORM, villages.items["north"])}}
    options["params"] = dict.fromkeys(PARAMETERS.get(path, ()), release_id)
    headers = {**caller.headers, "Upload-Offset": "0"}
    answer = caller.client.request(method, path.format(**names), headers=headers, **options)
    if answer.status_code == 201 and path.endswith("/enrolments"):
        villages.server.revoke("newcomer")
    return answer.status_code


def test_every_caller_gets_in_where_the_table_says(villages: Villages) -> None:
    other = {**CONTESTED, "answers": {**CONTESTED["answers"], "minutes": 90}}
    villages.north[Role.ENUMERATOR].send(HELD, CONTESTED, other, UNWANTED)
    path = f"/submissions/{villages.items['north']['instance_id']}/attachments"
    assert villages.north[Role.ENUMERATOR].post(path, json=FILE).json()["complete"]
    for content in (b"", b"other content"):
        bring(villages.north[Role.ENUMERATOR], CONTESTED["instance_id"], FILE["name"], content)
    score_new_frameworks(villages.server.database, Library.of(villages.server.database))
    release = villages.server.enrol(Role.ADMIN).post("/releases", json=BODIES["POST", "/api/v1/releases"]).json()
    expected = _expected()
    held = villages.north[Role.COORDINATOR].post("/workshops", json=workshops.workshop()).json()["id"]
    found = {}
    for caller_name, caller in _callers(villages).items():
        villages.server.enrol(Role.ENUMERATOR, [village.NORTH], name="leaver")
        for path, methods in _operations(villages.server).items():
            for method in methods:
                release_id = release["release_id"]
                found[method, path, caller_name] = _ask(villages, caller, method, path, release_id, held)
        villages.server.revoke("leaver")
    assert found.keys() == expected.keys(), "a new route or caller needs its row in matrix.csv, and a thought"
    differing = {cell: (found[cell], expected[cell]) for cell in expected if found[cell] != expected[cell]}
    assert not differing, "found, expected"


def test_other_methods_are_open_to_nobody(villages: Villages) -> None:
    admin = villages.server.enrol(Role.ADMIN)
    for path, methods in _operations(villages.server).items():
        for method in METHODS - methods:
            for caller in (admin, villages.server.nobody()):
                assert _ask(villages, caller, method, path) == 405, (method, path)


def test_only_a_bearer_token_counts(villages: Villages) -> None:
    token = villages.north[Role.COORDINATOR].token
    for header in ("", "Bearer", "Bearer ", f"Basic {token}", f"bearer{token}", f"Bearer {token}x", "Bearer \xe9"):
        headers = {"Authorization": header.encode("latin-1")}
        answer = villages.server.client.get("/api/v1/fieldwork", headers=headers)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["slug"]) == (401, "token_missing")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_token_counts_in_no_other_place(villages: Villages) -> None:
    token = villages.north[Role.COORDINATOR].token or ""
    client = villages.server.client
    client.cookies.set("token", token)
    for name in ("token", "access_token"):
        assert client.get("/api/v1/fieldwork", params={name: token}).status_code == 401
