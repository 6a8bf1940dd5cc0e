"""The tree of areas: what lies within what, and by which codes a place is found."""

from hypothesis import given
from hypothesis import strategies as st

from app.communities.areas import Area, Areas
from tests.support.village import COMMUNITIES, NORTH, SOUTH

AREAS = Areas(Area.model_validate(each) for each in COMMUNITIES)


def test_within_is_the_area_and_all_below() -> None:
    assert AREAS.within(["city"]) == set(AREAS)
    assert AREAS.within(["north"]) == {"north", NORTH}
    assert AREAS.within([NORTH]) == {NORTH}
    assert AREAS.within([]) == set()
    assert AREAS.within(["unknown", SOUTH]) == {"unknown", SOUTH}


@given(st.data())
def test_within_follows_every_tree(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))
    parents = {f"a{n}": f"a{data.draw(st.integers(0, n - 1))}" if n else None for n in range(size)}
    areas = Areas(Area(code=code, name="x", level="x", parent=parent) for code, parent in parents.items())
    start = data.draw(st.sampled_from(sorted(parents)))
    inside = areas.within([start])
    for code in parents:
        ancestors = set()
        above: str | None = code
        while above is not None:
            ancestors.add(above)
            above = parents[above]
        assert (code in inside) is (start in ancestors)


def test_within_ends_even_in_a_circle() -> None:
    circle = [Area(code="a", name="x", level="x", parent="b"), Area(code="b", name="x", level="x", parent="a")]
    assert Areas(circle).within(["a"]) == {"a", "b"}


def test_place_is_found_by_either_code_and_never_by_name() -> None:
    for code in (NORTH, "3374", f" {NORTH} "):
        found = AREAS.find(code)
        assert found is not None
        assert found.code == NORTH
    for other in ("Tanjung", "", "337", "NORTH.1"):
        assert AREAS.find(other) is None


def test_own_code_wins_over_the_bps_code_of_another() -> None:
    areas = Areas([Area(code="33", name="x", level="x"), Area(code="44", name="y", level="x", bps_code="33")])
    found = areas.find("33")
    assert found is not None
    assert found.name == "x"
