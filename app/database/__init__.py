"""The one place that knows databases: engines, transactions, durability, and word of change.

Work is a function of a `Session`. `Database.write` runs it, commits, and only then returns: what it returned is on
disk. Nobody else commits.
"""

from app.database.columns import EnumText, Server, UuidBytes, as_uuid, table_of
from app.database.epoch import load_identity, renew_epoch
from app.database.insert import insert_into
from app.database.ready import Ready, ReadyQuery, ReadyRows, made_once
from app.database.sequence import settled_seq, take_seqs
from app.database.serving import serving
from app.database.store import Database, Snapshot, Work, changed, generation

__all__ = [
    "Database",
    "EnumText",
    "Ready",
    "ReadyQuery",
    "ReadyRows",
    "Server",
    "Snapshot",
    "UuidBytes",
    "Work",
    "as_uuid",
    "changed",
    "generation",
    "insert_into",
    "load_identity",
    "made_once",
    "renew_epoch",
    "serving",
    "settled_seq",
    "table_of",
    "take_seqs",
]
