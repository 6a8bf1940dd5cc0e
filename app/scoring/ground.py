"""What a framework is checked against: the questions of the forms that it asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.forms.faults import did_you_mean, quoted
from app.forms.questions import Form, Group, Question
from app.scoring.framework import locate

# A place in the document, what is wrong there, what to do about it.
Finding = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """What rules are checked against: the framework's own form, all forms by id, the missing codes."""

    home: str
    forms: Mapping[str, Form]
    codes: Mapping[str, str]

    def question(self, reference: str) -> Question | None:
        """The question that is meant, if there is one."""
        form_id, name = locate(reference, self.home)
        form = self.forms.get(form_id)
        return form.find(name) if form else None

    def choices(self, reference: str) -> Mapping[str, object] | None:
        """The question's choices, if it has a list that the form itself holds."""
        question = self.question(reference)
        if question is None or question.list_name is None:
            return None
        return self.forms[locate(reference, self.home).form_id].choices.get(question.list_name)

    def unfound(self, reference: str, path: str) -> Iterator[Finding]:
        """Why a reference leads to no single answer of an interview.

        Nothing is said when the framework's own form is missing, which would repeat itself at every question.
        """
        form_id, name = locate(reference, self.home)
        form = self.forms.get(form_id)
        if form is None:
            if form_id != self.home:
                remedy = did_you_mean(form_id, self.forms, "Publish that form first, or correct its id.")
                yield path, f"There is no form {quoted(form_id)}.", remedy
            return
        question = form.find(name)
        if question is None:
            remedy = did_you_mean(name, _names(form.root), "Correct the name, or add the question.")
            yield path, f"The form {quoted(form_id)} has no question {quoted(name)}.", remedy
        elif question.name != name:
            yield path, f"{quoted(name)} is a path.", f"Write only the name, {quoted(question.name)}."
        elif _in_repeat(form.root, question):
            remedy = "Ask a question outside of repeats, such as a calculate that sums the repeat up."
            yield path, f"{quoted(name)} is inside a repeat and has many answers in one interview.", remedy


def _names(group: Group) -> Iterator[str]:
    for child in group.children.values():
        if isinstance(child, Question):
            yield child.name
        else:
            yield from _names(child)


def _in_repeat(root: Group, question: Question) -> bool:
    group = root
    for name in question.path[:-1]:
        child = group.children[name]
        if isinstance(child, Question):
            return False
        group = child
        if group.repeat:
            return True
    return False
