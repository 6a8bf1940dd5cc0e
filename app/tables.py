"""Every table of the house, for migrations."""

from app.access.tables import AuditEntry, Holder, Token
from app.attachments.tables import Attachment, DiscardedContent, Upload
from app.communities.tables import Community
from app.database import Server
from app.forms.tables import FormFile, FormMapping, FormVersion, XForm
from app.scoring.tables import FrameworkVersion, ScoredInterview
from app.submissions.tables import Batch, Correction, Heartbeat, Ruling, SetAside, Submission

__all__ = [
    "Attachment",
    "AuditEntry",
    "Batch",
    "Community",
    "Correction",
    "DiscardedContent",
    "FormFile",
    "FormMapping",
    "FormVersion",
    "FrameworkVersion",
    "Heartbeat",
    "Holder",
    "Ruling",
    "ScoredInterview",
    "Server",
    "SetAside",
    "Submission",
    "Token",
    "Upload",
    "XForm",
]
