"""The 159 golden interviews, posted in random batches, twice, by three devices at once, in any order."""

import csv
import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.access.policy import Role
from tests.support import golden
from tests.support.server import Caller, Server

COLUMNS = {
    "estimate": "estimate",
    "standard_error": "se",
    "df": "df",
    "ci_low": "ci_t_low",
    "ci_high": "ci_t_high",
    "n": "n",
    "n_psu": "n_psu",
    "n_strata": "n_strata",
    "n_effective": "n_eff_kish",
    "design_effect": "deff_wr",
    "cv": "cv",
}


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "golden" / "open"


@pytest.fixture
def fieldwork(server: Server, folder: Path) -> Server:
    server.publish(*(golden.load(folder / name) for name in ("communities.json", "form.json", "scoring_spec.json")))
    return server


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_interview_is_kept_once_and_scored(fieldwork: Server, folder: Path, seed: int) -> None:
    random_ = random.Random(seed)
    items = golden.items(folder)
    devices = [fieldwork.enrol(Role.ENUMERATOR) for _ in range(3)]
    statuses: Counter[str] = Counter()
    threads = [
        threading.Thread(target=_send, args=(device, _shuffled(items, random_), random_.randint(1, 40), statuses))
        for device in devices
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == {"accepted": 159, "duplicate": 159 * 5}

    admin = fieldwork.enrol(Role.ADMIN)
    kept = admin.get("/submissions", params={"limit": 1000}).json()["submissions"]
    assert len({each["instance_id"] for each in kept}) == len(kept) == 159
    assert not any(each["flags"] for each in kept)
    _assert_scores(fieldwork, folder)
    _assert_means(admin, folder)
    assert admin.get("/integrity").json()["ok"]


def _shuffled(items: list[dict[str, Any]], random_: random.Random) -> list[dict[str, Any]]:
    twice = items * 2
    random_.shuffle(twice)
    return twice


def _send(device: Caller, items: list[dict[str, Any]], size: int, statuses: Counter[str]) -> None:
    for start in range(0, len(items), size):
        answer = device.send(*items[start : start + size])
        for receipt in answer["receipts"]:
            statuses[receipt["status"]] += 1


def _assert_scores(fieldwork: Server, folder: Path) -> None:
    from sqlmodel import select

    from app.scoring.catalogue import load_frameworks
    from app.scoring.tables import ScoredInterview
    from tests.support.scored import by_indicator, values_of

    with fieldwork.database.read() as session:
        (published,) = load_frameworks(session)
        kept = session.exec(select(ScoredInterview)).all()
    found = {f"uuid:{row.instance_id}": by_indicator(published.framework, values_of(row)) for row in kept}
    with (folder / "expected" / "ucra_open_scores.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == len(found) == 159
    for row in rows:
        scores = found[golden.instance_id(row.pop("submission_id"))]
        for indicator, expected in row.items():
            if expected in ("", "NA"):
                assert isinstance(scores[indicator], str)
            else:
                assert scores[indicator] == pytest.approx(float(expected), abs=1e-6)


def _assert_means(admin: Caller, folder: Path) -> None:
    by = ["community", "sex", "stratum"]
    answer = admin.get("/scores", params={"framework": "ucra-golden", "by": by}).json()
    found = {(row["node"], *(*row["domain"].items(), ("", ""))[0]): row for row in answer["scores"]}
    compared = 0
    for file, case in [("estimates", "ucrao_full"), ("composites", "ucrao_full_arithmetic")]:
        with (folder / "expected" / f"ucra_open_{file}.csv").open(newline="") as source:
            for row in csv.DictReader(source):
                is_asked = row["statistic"] in ("mean", "composite") and row["case_id"] == case
                if is_asked and row["variable"] != "one":
                    _assert_row(found[row["variable"], row["domain_var"], row["domain"]], row)
                    compared += 1
    assert compared > 90


def _assert_row(score: dict[str, Any], row: dict[str, str]) -> None:
    for member, column in COLUMNS.items():
        if row[column] != "":
            expected = float(row[column])
            assert score[member] == pytest.approx(expected, abs=1e-6 * max(1, abs(expected))), (member, row)
