"""The API's description of itself, completed by what FastAPI cannot know."""

from collections.abc import Callable
from typing import Any, get_args

from app.problems import InvalidRequest, Retry, answers
from app.submissions.protocol import BatchIn

TEXT = {"type": "string"}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong, and what to do next (RFC 9457). Facts stand beside these members.",
    "required": ["type", "title", "status", "detail", "slug", "retry", "message"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "slug": {**TEXT, "description": "Names the problem, and never changes its meaning."},
        "retry": {**TEXT, "enum": list(get_args(Retry)), "description": "What to do with one's copy."},
        "message": {"type": "object", "required": ["id", "en"], "properties": {"id": TEXT, "en": TEXT}},
    },
}


def complete(generate: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The description that FastAPI generates, with problems in their real shape, and with the shape of a batch: its
    route takes the raw body."""
    document = generate()
    schemas = document["components"]["schemas"]
    batch = BatchIn.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= batch.pop("$defs", {}) | {"BatchIn": batch, "Problem": PROBLEM}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operations in document["paths"].values():
        for operation in operations.values():
            if "422" in operation["responses"]:
                operation["responses"]["422"] = answers(InvalidRequest)[InvalidRequest.status]
    return document
