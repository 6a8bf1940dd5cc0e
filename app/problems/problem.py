"""What every problem has, and how it is told."""

from typing import Any, ClassVar, Literal

PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

Retry = Literal["later", "never", "after_fix"]


class Problem(Exception):
    """One thing that went wrong. Facts given by name fill the texts and become members of the answer."""

    slug: ClassVar[str]
    status: ClassVar[int]
    retry: ClassVar[Retry]
    title: ClassVar[str]
    en: ClassVar[str]
    id: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.slug, facts)

    @property
    def message(self) -> dict[str, str]:
        return {"id": self.id.format(**self.facts), "en": self.en.format(**self.facts)}

    def document(self) -> dict[str, Any]:
        """The answer's body: the RFC 9457 members, `slug`, `retry`, `message` and the facts."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.message["en"],
            "slug": self.slug,
            "retry": self.retry,
            "message": self.message,
            **self.facts,
        }

    def __str__(self) -> str:
        return self.message["en"]


def answers(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The answers that tell these problems, by status, as OpenAPI describes them."""
    told: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        told.setdefault(problem.status, {"description": "", "content": PROBLEM_CONTENT})
        told[problem.status]["description"] += f"`{problem.slug}`: {problem.title}. "
    return told


def catalogue() -> list[type[Problem]]:
    """Every problem, each in the order of its file."""
    return Problem.__subclasses__()
