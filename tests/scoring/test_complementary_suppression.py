"""What is hidden cannot be had back by subtraction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.disclosure import Disclosed, Line, Policy, judge, protect

POLICY = Policy()


@pytest.mark.parametrize(
    ("cell", "suppressed", "flags"),
    [
        (Disclosed(0), None, ("no_data",)),
        (Disclosed(0, unanimous=True), None, ("no_data",)),
        (Disclosed(4), "suppressed:n", ()),
        (Disclosed(4, unanimous=True, top_share=1), "suppressed:n", ()),
        (Disclosed(5), None, ("small_n",)),
        (Disclosed(9, n_psu=1), None, ("small_n", "se_not_available")),
        (Disclosed(10, n_psu=2), None, ()),
        (Disclosed(9, unanimous=True), "suppressed:homogeneous", ()),
        (Disclosed(10, unanimous=True), None, ()),
        (Disclosed(50, top_share=0.81), "suppressed:dominance", ()),
        (Disclosed(50, top_share=0.8), None, ()),
    ],
)
def test_a_cell_by_itself(cell: Disclosed, suppressed: str | None, flags: tuple[str, ...]) -> None:
    verdict = judge(cell, POLICY)
    assert (verdict.suppressed, verdict.flags) == (suppressed, flags)


def codes(cells: dict[str, Disclosed], lines: list[Line]) -> dict[str, str | None]:
    return {key: verdict.suppressed for key, verdict in protect(cells, lines, POLICY).items()}


def test_without_a_margin_neighbours_stay() -> None:
    assert codes({"f": Disclosed(4), "m": Disclosed(21)}, []) == {"f": "suppressed:n", "m": None}


def test_a_hidden_answer_of_all_hides_a_neighbour_too() -> None:
    cells = {"f": Disclosed(8, unanimous=True), "m": Disclosed(21), "x": Disclosed(0), "all": Disclosed(29)}
    assert codes(cells, [Line("all", ["f", "m", "x"])]) == {
        "f": "suppressed:homogeneous",
        "m": "suppressed:complementary",
        "x": None,
        "all": None,
    }


def test_a_margin_that_is_one_hidden_cell_hides_too() -> None:
    cells = {"f": Disclosed(8, unanimous=True), "m": Disclosed(0), "all": Disclosed(8)}
    assert codes(cells, [Line("all", ["f", "m"])])["all"] == "suppressed:complementary"


def test_rows_and_columns_protect_each_other() -> None:
    cells = {
        **{"a/f": Disclosed(3), "a/m": Disclosed(20), "b/f": Disclosed(30), "b/m": Disclosed(40)},
        **{"a": Disclosed(23), "b": Disclosed(70), "f": Disclosed(33), "m": Disclosed(60), "": Disclosed(93)},
    }
    lines = [
        *(Line("a", ["a/f", "a/m"]), Line("b", ["b/f", "b/m"]), Line("f", ["a/f", "b/f"]), Line("m", ["a/m", "b/m"])),
        *(Line("", ["a", "b"]), Line("", ["f", "m"])),
    ]
    got = codes(cells, lines)
    assert {key for key, hidden in got.items() if hidden} == {"a/f", "a/m", "b/f", "b/m"}
    assert got["a/f"] == "suppressed:n"


def test_a_hidden_margin_is_not_the_sum_of_published_cells() -> None:
    cells = {"a": Disclosed(4), "b": Disclosed(70), "b/f": Disclosed(30), "b/m": Disclosed(40), "all": Disclosed(74)}
    got = codes(cells, [Line("all", ["a", "b"]), Line("b", ["b/f", "b/m"])])
    assert {key for key, hidden in got.items() if hidden} == {"a", "b", "b/f"}


counts = st.lists(st.integers(0, 40), min_size=1, max_size=5)


@given(rows=st.lists(counts, min_size=1, max_size=4).filter(lambda rows: len({len(row) for row in rows}) == 1))
def test_no_line_gives_a_hidden_cell_away(rows: list[list[int]]) -> None:
    width = range(len(rows[0]))
    cells = {f"{r}/{c}": Disclosed(n) for r, row in enumerate(rows) for c, n in enumerate(row)}
    cells |= {f"row {r}": Disclosed(sum(row)) for r, row in enumerate(rows)}
    cells |= {f"column {c}": Disclosed(sum(row[c] for row in rows)) for c in width}
    lines = [Line(f"row {r}", [f"{r}/{c}" for c in width]) for r in range(len(rows))]
    lines += [Line(f"column {c}", [f"{r}/{c}" for r in range(len(rows))]) for c in width]
    cells["all"] = Disclosed(sum(map(sum, rows)))
    lines += [Line("all", [f"row {r}" for r in range(len(rows))]), Line("all", [f"column {c}" for c in width])]
    verdicts = protect(cells, lines, POLICY)
    assert verdicts == protect(cells, lines[::-1], POLICY)
    for line in lines:
        hidden = [cells[key].n for key in line.members if verdicts[key].suppressed]
        if verdicts[line.margin].suppressed:
            assert hidden
        else:
            assert not hidden or (len(hidden) > 1 and sum(hidden) >= POLICY.least)
    for key, cell in cells.items():
        assert not 0 < cell.n < POLICY.least or verdicts[key].suppressed == "suppressed:n"
        assert cell.n or not verdicts[key].suppressed
