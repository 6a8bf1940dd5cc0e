"""Files of interviews: photographs, recordings, documents. Each content is kept once, whatever names it.

`Depot` is where bytes come in and stay; `attach` and its neighbours say in the database which interview has which file.
"""

from app.attachments.attach import attach, attachments_of, discard, plain_name, remove_attachments
from app.attachments.depot import Depot, Draft, open_depot
from app.attachments.rulings import rulings_of, waiting
from app.attachments.store import Content, Store
from app.attachments.tables import Attachment, FileRuling

__all__ = [
    "Attachment",
    "Content",
    "Depot",
    "Draft",
    "FileRuling",
    "Store",
    "attach",
    "attachments_of",
    "discard",
    "open_depot",
    "plain_name",
    "remove_attachments",
    "rulings_of",
    "waiting",
]
