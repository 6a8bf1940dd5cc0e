from collections import defaultdict
from typing import Any

LANGUAGES = {"Bahasa Indonesia (id)", "English (en)"}
TRANSLATED = {"label", "hint", "constraint_message", "required_message"}
UNSEEN = {"start", "end", "today", "deviceid", "calculate", "end_group", "end_repeat"}


def test_every_text_stands_in_both_languages(form: dict[str, Any]) -> None:
    for row in (*form["survey"], *form["choices"]):
        languages = defaultdict(set)
        for header, text in row.items():
            column, _, language = header.partition("::")
            if column in TRANSLATED:
                assert text.strip() == text != "", row
                languages[column].add(language)
        assert all(spoken == LANGUAGES for spoken in languages.values()), row


def test_everything_that_people_see_has_a_label(form: dict[str, Any]) -> None:
    seen = [row for row in form["survey"] if row["type"] not in UNSEEN]
    assert [row["name"] for row in (*seen, *form["choices"]) if "label::English (en)" not in row] == []


def test_a_constraint_says_what_it_wants(form: dict[str, Any]) -> None:
    constrained = [row for row in form["survey"] if "constraint" in row]
    assert [row["name"] for row in constrained if "constraint_message::English (en)" not in row] == []


def test_no_question_is_left_untranslated(form: dict[str, Any]) -> None:
    pairs = [(row.get("label::Bahasa Indonesia (id)"), row.get("label::English (en)")) for row in form["survey"]]
    assert [indonesian for indonesian, english in pairs if indonesian and indonesian == english] == []


def test_indonesian_comes_first(form: dict[str, Any]) -> None:
    assert form["settings"]["default_language"] == "Bahasa Indonesia (id)"


def test_frameworks_are_labelled_in_both_languages(framework: dict[str, Any]) -> None:
    labelled: list[dict[str, Any]] = [framework, *framework["indicators"], *framework.get("bands", [])]
    nodes = [framework["tree"]]
    while nodes:
        node = nodes.pop()
        labelled.append(node)
        nodes += [child for child in node["children"] if "children" in child]
    assert [each["id"] for each in labelled if not all(each["label"].get(code) for code in ("id", "en"))] == []
    assert framework["note"].keys() == {"id", "en"}


def test_our_own_drafts_say_that_they_are(framework: dict[str, Any]) -> None:
    assert framework["provenance"] == "project-draft"
