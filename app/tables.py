"""Every table of the house, for migrations."""

from app.access.tables import AuditEntry, Holder, Token
from app.attachments.tables import Attachment, DiscardedContent, FileRuling, Upload
from app.communities.tables import Community
from app.database import Server
from app.forms.tables import FormFile, FormMapping, FormVersion, XForm
from app.scoring.facts.tables import Fact, Workshop, WorkshopEntry
from app.scoring.releases.tables import Release
from app.scoring.tables import FrameworkVersion, ScoreCell, ScoredInterview, ScoreEntry
from app.submissions.tables import Batch, Correction, Erasure, Heartbeat, Review, Ruling, SetAside, Submission

__all__ = [
    "Attachment",
    "AuditEntry",
    "Batch",
    "Community",
    "Correction",
    "DiscardedContent",
    "Erasure",
    "Fact",
    "FileRuling",
    "FormFile",
    "FormMapping",
    "FormVersion",
    "FrameworkVersion",
    "Heartbeat",
    "Holder",
    "Release",
    "Review",
    "Ruling",
    "ScoreCell",
    "ScoreEntry",
    "ScoredInterview",
    "Server",
    "SetAside",
    "Submission",
    "Token",
    "Upload",
    "Workshop",
    "WorkshopEntry",
    "XForm",
]
