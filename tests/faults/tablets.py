"""Tablets as their makers should build them: what lies on one, and how it is written into a batch."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from app.submissions.identity import content_hash, instance_uuid, raw_hash
from tests.faults.reference import Batch, Content

TODAY = datetime(2026, 11, 21, tzinfo=UTC)
WRONG_BY_DAYS = (0, 0, 1, -1, -20_413, 26_702)
"""Clocks stand at today, a day off, in 1970 or in 2099."""


@dataclass
class Tablet:
    """`sent` tells of each interview in which epoch and when the server was last known to have it."""

    name: str
    token: str
    wrong_by: timedelta
    epoch: str
    outbox: list[Content] = field(default_factory=list)
    sent: dict[Content, tuple[str, int]] = field(default_factory=dict)
    unanswered: tuple[str, Batch] | None = None
    batches: int = 0

    def next_batch(self, random: Random, at_least: int = 1) -> tuple[str, Batch]:
        """The batch that was not answered once more, its id with other items, or a new batch."""
        if self.unanswered and random.random() < 0.6:
            return self.unanswered
        size = min(len(self.outbox), max(at_least, random.randint(1, 6)))
        batch = [(spelled(content, random), content) for content in random.sample(self.outbox, size)]
        if not self.unanswered or random.random() < 0.8:
            self.batches += 1
        self.unanswered = (f"batch {self.batches}", batch)
        return self.unanswered

    def body(self, batch_id: str, batch: Batch) -> bytes:
        sent_at = (TODAY + self.wrong_by).isoformat()
        return json.dumps({"batch_id": batch_id, "sent_at": sent_at, "items": [item(*each) for each in batch]}).encode()

    def keep_for_now(self, contents: list[Content], epoch: str, moment: int) -> None:
        """The server has these; they may go once a backup has them too."""
        self.sent |= dict.fromkeys(contents, (epoch, moment))
        self.outbox = [content for content in self.outbox if content not in self.sent]

    def let_go(self, epoch: str, moment: int) -> None:
        """Delete what the server had when this backup was made."""
        self.sent = {
            content: (known_in, at) for content, (known_in, at) in self.sent.items() if known_in != epoch or at > moment
        }

    def queue(self, contents: list[Content]) -> None:
        self.outbox += [content for content in contents if content not in self.outbox]


def spelled(content: Content, random: Random) -> str:
    """An id as programs write it. Content that cannot be read is known by its bytes alone, and stays as it is."""
    own = content.instance_id
    return (
        random.choice((own, own.upper(), f"{{{own.removeprefix('uuid:')}}}", f"urn:{own}")) if content.readable else own
    )


def item(given_id: str, content: Content) -> dict[str, Any]:
    """The interview on the wire."""
    answers = {
        "start": content.started_at,
        "consent": "yes",
        "community": content.community,
        "minutes": content.minutes,
        "respondent": "Warga" if content.readable else "\0",
    }
    members = {"instance_id": given_id, "form_id": "household", "version": content.version, "answers": answers}
    return {**members, "deprecated_id": content.edits} if content.edits else members


def sha256(content: Content) -> str:
    """The hash by which a tablet knows whether the server has this very content."""
    own = item(content.instance_id, content)
    if not content.readable:
        return raw_hash(json.dumps(own).encode()).hex()
    return content_hash("household", content.version, instance_uuid(content.edits), own["answers"]).hex()
