from app.cli.demo.imagination import imagine
from app.cli.demo.script import Script
from app.communities.areas import Areas
from app.forms.questions import Form


def test_the_same_seed_imagines_the_same_interviews(script: Script, form: Form, areas: Areas) -> None:
    once, again = (list(imagine(script, form, areas, count=60, seed=5)) for _ in range(2))
    assert once == again


def test_another_seed_imagines_others(script: Script, form: Form, areas: Areas) -> None:
    ids = [{each.instance_id for each in imagine(script, form, areas, count=60, seed=seed)} for seed in (5, 6)]
    assert ids[0].isdisjoint(ids[1])


def test_more_interviews_begin_with_the_same_ones(script: Script, form: Form, areas: Areas) -> None:
    few, many = (
        {each.instance_id: each for each in imagine(script, form, areas, count=count, seed=5)} for count in (60, 90)
    )
    assert few.items() <= many.items()


def test_as_many_as_asked_for_beside_the_corrections(script: Script, form: Form, areas: Areas) -> None:
    imagined = list(imagine(script, form, areas, count=90, seed=5))
    assert sum(each.deprecated_id is None for each in imagined) == 90
    assert len({each.instance_id for each in imagined}) == len(imagined)
