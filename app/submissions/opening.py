"""Opening what was sent, by whichever door it came: an item of a batch in JSON, or an interview in XML.

XML says no types, so it is read by its form. What it is read by may be published later than it came.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from app.forms.catalogue import PublishedForm
from app.forms.instances import Instance, is_instance, read
from app.forms.questions import Form
from app.problems import InvalidXml, TruncatedXml
from app.submissions.envelope import RawItem, reopened
from app.submissions.identity import META, usable_id

Find = Callable[[str, str], PublishedForm | None]
"""Finds a published form by its id and version."""

ENCRYPTED = "encrypted"
"""The fault of an interview that its sender has encrypted: its files are known, its answers are not."""

AS_SENT: Mapping[str, Any] = {}


def opened(raw: bytes, find: Find, changes: Mapping[str, Any] = AS_SENT) -> RawItem:
    """An item from its kept bytes. XML is read by the form that it names, or that `changes` names instead."""
    if not is_instance(raw):
        return reopened(raw)
    try:
        return item_of(raw, read(raw), find, changes)
    except (InvalidXml, TruncatedXml) as problem:
        return RawItem(raw, None, problem.slug)


def item_of(raw: bytes, instance: Instance, find: Find, changes: Mapping[str, Any] = AS_SENT) -> RawItem:
    """An interview in XML as an item of a batch would say it.

    XForms takes any text for an id, and tablets send again for ever what is refused. So another id than ours stands for
    itself as a UUID, and an interview without one is known by its bytes: sent again, it is the same.
    """
    names = {"form_id": instance.form_id, "version": instance.version, **changes}
    published = find(str(names["form_id"]), str(names["version"]))
    content = {
        "instance_id": usable_id(instance.instance_id) or usable_id(hashlib.sha256(raw).hexdigest()),
        "form_id": instance.form_id,
        "version": instance.version,
        "deprecated_id": usable_id(instance.deprecated_id),
        "answers": _answers(instance, published.form if published else None),
    }
    return RawItem(raw, content, ENCRYPTED if instance.encrypted else None, instance.answers)


def _answers(instance: Instance, form: Form | None) -> dict[str, Any]:
    """The answers, and beside them which file tells how the interview went. What else stands in its meta block is not
    taken over: its name may hold answers to personal questions."""
    answers = instance.answers(form)
    if audit := instance.meta.get("audit"):
        answers[META] = {"audit": audit}
    return answers
