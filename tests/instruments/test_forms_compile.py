import re
from typing import Any

from pyxform.xls2xform import convert


def test_pyxform_makes_an_xform_in_both_languages_without_a_warning(form: dict[str, Any]) -> None:
    warnings: list[str] = []
    workbook = {"settings": [form["settings"]], "survey": form["survey"], "choices": form["choices"]}
    xform = convert(workbook, warnings=warnings).xform
    assert warnings == []
    languages = re.findall(r'<translation lang="([^"]+)"( default="true\(\)")?', xform)
    assert sorted(languages) == [("Bahasa Indonesia (id)", ' default="true()"'), ("English (en)", "")]
