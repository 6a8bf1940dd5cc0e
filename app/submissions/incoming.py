"""One item of a batch on its way in: what it is, which form it answers, and whether it can be used."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from app.access.tables import Holder
from app.attachments import plain_name
from app.communities.areas import Areas
from app.communities.queries import load_areas
from app.database import Database
from app.forms.answers import Answers, Scalar
from app.forms.carrying import Carrying
from app.forms.catalogue import Catalogue, PublishedForm
from app.forms.flags import Flag
from app.forms.instances import read
from app.forms.media import named_files
from app.forms.protection import is_answered
from app.forms.questions import Form
from app.problems import ItemTooLarge, NoInstanceId, Problem, UnknownCommunity, UnknownForm, UnreadableAnswers
from app.scoring.catalogue import Frameworks, PublishedFramework
from app.scoring.reading import UNASKED
from app.settings import WIB
from app.submissions.envelope import RawItem, readable_member
from app.submissions.identity import Unreadable, canonical, content_hash, instance_uuid, raw_hash
from app.submissions.item import Incoming, Interview
from app.submissions.opening import item_of

LONGEST_ECHO = 100
CHUNK = 25
"""Items read before other requests get their turn; 500 at once would hold them up for a twentieth of a second."""


@dataclass(frozen=True)
class Library:
    """What is published now, and so what an interview can mean."""

    catalogue: Catalogue
    areas: Areas
    frameworks: Frameworks

    _forms: dict[tuple[str, str], PublishedForm] = field(default_factory=dict)
    _readers: dict[str, list[PublishedFramework]] = field(default_factory=dict)
    _carryings: dict[tuple[str, str], Carrying | None] = field(default_factory=dict)

    def form(self, form_id: str, version: str) -> PublishedForm | None:
        found = self._forms.get((form_id, version)) or self.catalogue.find(form_id, version)
        if found:
            self._forms[form_id, version] = found
        return found

    def reading(self, form_id: str) -> list[PublishedFramework]:
        if form_id not in self._readers:
            self._readers[form_id] = list(self.frameworks.reading(form_id))
        return self._readers[form_id]

    def carried(self, interview: Interview, values: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """The values as frameworks read them: under the names that mappings gave them in later versions."""
        key = interview.form_id, interview.version
        if key not in self._carryings:
            self._carryings[key] = self.catalogue.carrying(*key)
        carrying = self._carryings[key]
        return carrying.values(values) if carrying else values

    @classmethod
    def of(cls, database: Database) -> "Library":
        """What is published in this database."""
        with database.read() as session:
            return cls(Catalogue(database), load_areas(session), Frameworks(database))


@dataclass(frozen=True, slots=True)
class Source:
    """From whom interviews came, and when."""

    holder: Holder
    received_at: dt.datetime


def read_items(
    items: Iterable[RawItem], library: Library, source: Source, max_item_bytes: int
) -> Iterator[list[Incoming]]:
    """The items as they will be judged, some at a time. Never raises: what is wrong with one becomes its `problem`."""
    one = partial(_read_item, library=library, source=source, max_item_bytes=max_item_bytes)
    rest = iter(items)
    # Mapped, so that the content of an item is let go before the next one is parsed.
    while some := list(map(one, islice(rest, CHUNK))):
        # Scored together: a processor is twice as fast at what it has just done for another interview.
        for each in some:
            if each.interview is not None and each.instance_id is not None:
                score(each.interview, each.instance_id, library)
        yield some


def read_item(item: RawItem, library: Library, source: Source, max_item_bytes: int) -> Incoming:
    """The same for one of them."""
    ((incoming,),) = read_items([item], library, source, max_item_bytes)
    return incoming


def _read_item(item: RawItem, library: Library, source: Source, max_item_bytes: int) -> Incoming:
    content = item.content if isinstance(item.content, dict) else {}
    given = content.get("instance_id")
    if given is None and item.fault:
        given = readable_member(item.raw, "instance_id")
    incoming = Incoming(_shown(given), item.raw, instance_uuid(given), raw_hash(item.raw))
    if len(item.raw) > max_item_bytes:
        incoming.instance_id, incoming.problem = None, ItemTooLarge(max_item_bytes=max_item_bytes)
    elif incoming.instance_id is None:
        incoming.problem = NoInstanceId()
    else:
        _read(incoming, content, item, library, source)
    return incoming


def read_instance(xml: bytes, library: Library, source: Source, max_item_bytes: int) -> Incoming:
    """An interview in XML as it will be judged: the same as if it had come in a batch.

    Raises `TruncatedXml` and `InvalidXml`; anything else that is wrong becomes its `problem`.
    """
    return read_item(item_of(xml, read(xml), library.form), library, source, max_item_bytes)


def _read(incoming: Incoming, content: Mapping[str, Any], item: RawItem, library: Library, source: Source) -> None:
    form_id, version, answers = (content.get(name) for name in ("form_id", "version", "answers"))
    incoming.device_seq = _device_seq(content.get("device_seq"))
    incoming.named_form = (_shown(form_id), _shown(version))
    deprecated_id = instance_uuid(content.get("deprecated_id"))
    try:
        if item.fault:
            raise Unreadable(item.fault)
        if not isinstance(form_id, str) or not isinstance(version, str) or not isinstance(answers, dict):
            raise Unreadable("incomplete_item")
        if content.get("deprecated_id") not in (None, "") and deprecated_id is None:
            raise Unreadable("deprecated_id")
        # All else too, so that whoever opens the kept bytes of an interview can read them.
        canonical({name: value for name, value in content.items() if name != "answers"})
        incoming.sha256 = content_hash(form_id, version, deprecated_id, answers)
        if item.untyped is not None:
            incoming.untyped_sha256 = partial(_untyped_hash, form_id, version, deprecated_id, item.untyped)
    except Unreadable as error:
        incoming.problem = UnreadableAnswers(reason=str(error))
        return
    published = library.form(form_id, version)
    if published is None:
        incoming.problem = UnknownForm(form_id=_shown(form_id), version=_shown(version))
        return
    try:
        incoming.interview = interpret(published, answers, library, source)
        incoming.interview.deprecated_id = deprecated_id
    except Problem as problem:
        incoming.problem = problem


def _untyped_hash(
    form_id: str, version: str, deprecated_id: UUID | None, untyped: Callable[[], dict[str, Any]]
) -> bytes | None:
    try:
        return content_hash(form_id, version, deprecated_id, untyped())
    except Unreadable:
        return None


def interpret(published: PublishedForm, answers: Mapping[str, Any], library: Library, source: Source) -> Interview:
    """What these answers mean by this form now, but not yet to the frameworks. Raises `UnknownCommunity` when they
    cannot be placed."""
    form, holder = published.form, source.holder
    read = published.read(answers)
    interview = Interview(form.form_id, form.version, flags=read.flags)
    interview.community = _community(form, read, library.areas)
    if holder.communities and interview.community not in library.areas.within(holder.communities):
        interview.flags.append(Flag("outside_area", form.fieldwork.community or "community"))
    interview.round = _text(read.values.get(form.fieldwork.round or "round"))
    interview.enumerator = _text(read.values.get(form.fieldwork.enumerator or "enumerator")) or holder.name
    began, ended = (_moment(read.values, question) for question in published.clock)
    interview.started_at, interview.ended_at = _utc(began), _utc(ended)
    named = named_files(published.file_questions, answers)
    interview.files = sorted({plain_name(file.name) for file in named})
    interview.refusal = _refused(form, read)
    if interview.refusal:
        _flag_personal_answers(form, answers, read)
    judged = published.logic.judge(answers, ended or began or source.received_at.astimezone(WIB))
    for flag in judged.flags:
        read.add(flag)
    if not interview.refusal:
        interview.values = {**read.values, **dict.fromkeys(judged.unasked, UNASKED)} if judged.unasked else read.values
    return interview


def score(interview: Interview, instance_id: UUID, library: Library) -> None:
    """What an interview contributes to each framework that reads its form. Its values are let go."""
    if interview.values is None:
        return
    values, interview.values = library.carried(interview, interview.values), None
    for published in library.reading(interview.form_id):
        framework, content = published.framework, published.contribution(interview.form_id, values, instance_id)
        if content.place.weight is None:
            interview.flags.append(Flag("invalid_weight", framework.design.weight or ""))
        interview.contributions.append((framework.id, framework.version, content.dumped()))


def _community(form: Form, read: Answers, areas: Areas) -> str | None:
    question = form.find(form.fieldwork.community or "community")
    if question is None:
        return None
    answer = read.values.get(question.name)
    area = areas.find(answer) if isinstance(answer, str) else None
    if area is None:
        raise UnknownCommunity(question="/".join(question.path))
    return area.code


def _refused(form: Form, read: Answers) -> bool:
    consent = form.fieldwork.consent
    if consent is None:
        return False
    answer = read.values.get(consent.question)
    return answer is not None and answer not in consent.given


def _flag_personal_answers(form: Form, answers: Mapping[str, Any], read: Answers) -> None:
    for name in (*form.fieldwork.personal, *form.fieldwork.sensitive):
        if is_answered(form, answers, name):
            read.flags.append(Flag("personal_without_consent", name))


def _moment(values: Mapping[str, Scalar], question: str | None) -> dt.datetime | None:
    """A moment of the tablet's clock, in its zone; without an offset it is taken as WIB."""
    text = values.get(question or "")
    if not isinstance(text, str):
        return None
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=WIB)


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    try:
        return moment and moment.astimezone(dt.UTC)
    except OverflowError:
        return None


def _text(value: Scalar | None) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None


def _device_seq(value: Any) -> int | None:
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    return value if usable else None


def _shown(value: Any) -> str | None:
    """A text of the sender's, short and printable enough to be stored and said again."""
    if not isinstance(value, str):
        return None
    return value[:LONGEST_ECHO].encode("utf-8", "replace").decode().replace("\0", "�")
