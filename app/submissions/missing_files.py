"""Which files that interviews name have not come, as the database tells it."""

from typing import Any

from sqlalchemy import exists, func
from sqlmodel import Session, col

from app.attachments import Attachment
from app.submissions.tables import Submission


def missing_files(session: Session) -> tuple[Any, Any]:
    """A row for each file that a `Submission` names, to be joined to it, and whether that one is missing."""
    if session.get_bind().dialect.name == "postgresql":
        each = func.json_array_elements_text(Submission.files).table_valued("value").render_derived()
    else:
        each = func.json_each(Submission.files).table_valued("value")
    came = exists().where(
        col(Attachment.instance_id) == col(Submission.instance_id), col(Attachment.name) == each.c.value
    )
    return each, ~came.correlate(Submission, each)
