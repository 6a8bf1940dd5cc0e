"""Who may what: one table, one function, deny by default."""

from enum import StrEnum


class Role(StrEnum):
    ENUMERATOR = "enumerator"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    ADMIN = "admin"


class Right(StrEnum):
    READ_COMMUNITIES = "read_communities"
    READ_FORMS = "read_forms"
    PUBLISH_FORMS = "publish_forms"
    SEND_INTERVIEWS = "send_interviews"
    READ_OWN_SUBMISSIONS = "read_own_submissions"
    READ_SUBMISSIONS = "read_submissions"
    READ_PERSONAL_ANSWERS = "read_personal_answers"
    SEE_FIELDWORK = "see_fieldwork"
    SETTLE_FIELDWORK = "settle_fieldwork"
    READ_SCORES = "read_scores"
    READ_EXPORTS = "read_exports"
    READ_FACTS = "read_facts"
    RECORD_FACTS = "record_facts"
    PREVIEW_FRAMEWORKS = "preview_frameworks"
    PUBLISH_RELEASES = "publish_releases"
    READ_METERS = "read_meters"
    ERASE = "erase"
    ENROL_ENUMERATORS = "enrol_enumerators"
    ENROL_ANYONE = "enrol_anyone"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ENUMERATOR: frozenset(
        {Right.READ_COMMUNITIES, Right.READ_FORMS, Right.SEND_INTERVIEWS, Right.READ_OWN_SUBMISSIONS}
    ),
    Role.COORDINATOR: frozenset(
        {
            Right.READ_COMMUNITIES,
            Right.READ_SUBMISSIONS,
            Right.READ_PERSONAL_ANSWERS,
            Right.SEE_FIELDWORK,
            Right.SETTLE_FIELDWORK,
            Right.PUBLISH_FORMS,
            Right.READ_FACTS,
            Right.RECORD_FACTS,
            Right.ENROL_ENUMERATORS,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Right.READ_COMMUNITIES,
            Right.READ_SUBMISSIONS,
            Right.READ_SCORES,
            Right.READ_EXPORTS,
            Right.READ_FACTS,
        }
    ),
    Role.ADMIN: frozenset(Right),
}


def may(role: Role, right: Right) -> bool:
    """Whether this role has this right. Whether it holds for a given community is asked beside it."""
    return right in RIGHTS.get(role, frozenset())
