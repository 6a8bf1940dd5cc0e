"""Serving, and what `make run` adds: the instruments, a synthetic fieldwork, and a token a role to try it with."""

import gc
import json
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from sqlmodel import Session, col, select

from app.access.enrol import enrol, revoke
from app.access.guard import Doorkeeper
from app.access.policy import Role
from app.access.tables import Holder
from app.attachments import open_depot
from app.attachments.uploads import clear_away
from app.cli.demo import fill
from app.cli.documents import publish, read_documents
from app.cli.screen import fail, out, progress
from app.database import Database
from app.database.claim import Claim
from app.database.engines import file_of
from app.forms.publish_xforms import make_missing_xforms
from app.main import create_app
from app.problems import TokenMissing, Unavailable
from app.settings import Settings
from app.submissions.counts import stored
from app.submissions.incoming import Library
from app.submissions.rebuild import count_all, score_new_frameworks
from app.submissions.settling.replay import replay
from app.traffic.connections import PatientProtocol
from app.traffic.log import configuration
from app.traffic.meters import SEVERAL

SURVEY_FORMS = Path(__file__).parents[2] / "survey_forms"
INTERVIEWS = 200


class AnnouncingServer(uvicorn.Server):
    """Says where it is only when it can be reached there."""

    lines: tuple[str, ...] = ()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _collect_garbage_rarely()
        # Answers to small questions wait for the writer's thread this long, several times each; Python's own is 5 ms.
        sys.setswitchinterval(0.001)
        for line in self.lines:
            out.print(line)


def _collect_garbage_rarely() -> None:
    """What stands at the start stays; what a batch leaves has no cycles. Measured: 10 to 15 % less CPU an interview."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def run(settings: Settings, host: str | None, port: int | None, workers: int, *, demo: bool) -> None:
    """Serve until interrupted. What a framework has not scored yet is scored first, and what is held is tried."""
    address, number = host or settings.host, port or settings.port
    _must_be_ours(settings)
    _must_be_free(address, number)
    lines = [*(_try_out(settings) if demo else ()), f"Tangguh serves on http://{address}:{number}"]
    _catch_up(settings)
    options: dict[str, Any] = {
        "host": address,
        "port": number,
        "loop": "uvloop",
        "http": PatientProtocol,
        "ws": "none",
        "factory": True,
        "access_log": False,
        "log_config": configuration(settings.log_format),
        "log_level": "warning",
        "timeout_graceful_shutdown": settings.stop_seconds,
    }
    if workers > 1:
        for line in lines:
            out.print(line)
        with TemporaryDirectory(prefix="tangguh-meters-") as folder:
            os.environ[SEVERAL] = folder
            uvicorn.run("app.cli.serving:create_worker", workers=workers, **options)
        return
    server = AnnouncingServer(uvicorn.Config("app.main:create_app", **options))
    server.lines = (*lines, "  what it is   /", "  the API      /docs", "  stop with    Ctrl+C")
    # uvicorn gives itself the signal again when it has stopped; being told to stop is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run()


def create_worker() -> Callable[..., Awaitable[None]]:
    """The application in one of several processes. It ends with the process that started it: a worker left alone
    would keep the port, so that nobody could start the server again."""
    threading.Thread(target=_end_with_parent, name="tangguh-parent", daemon=True).start()
    return create_app()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _catch_up(settings: Settings) -> None:
    """Finish what a publication, an erasure or an earlier release left to be done, and forget old uploads."""
    database = Database(settings.database_url, settings.database_connections)
    make_missing_xforms(database)
    with progress("Scoring what is kept") as tell:
        score_new_frameworks(database, Library.of(database), lambda state: tell(state.interviews))
        count_all(database)
    replay(database, lambda: Library.of(database), datetime.now(UTC))
    try:
        clear_away(database, open_depot(settings), datetime.now(UTC) - timedelta(days=settings.upload_days))
    except Unavailable:
        out.print("The store of attachments does not answer: files are refused until it does.")
    database.close()


def _try_out(settings: Settings) -> list[str]:
    """Publish the instruments, fill an empty database, and give a token a role. Returns what to tell about it."""
    database = Database(settings.database_url, settings.database_connections)
    try:
        reading = read_documents([SURVEY_FORMS], None)
        if reading.faults:
            fail("survey_forms/ has faults; see: tangguh check survey_forms")
        database.write(lambda session: publish(session, reading.documents))
        tokens = _tokens(database, settings)
        with database.read() as session:
            empty = not any(stored(session).values())
    finally:
        database.close()
    if empty:
        with progress("Playing a synthetic fieldwork", INTERVIEWS) as tell:
            out.print(str(fill(settings, INTERVIEWS, 1, None, tell)))
    return ["Tokens to try it with (in this database only; end them with tangguh revoke NAME):", *tokens]


def _tokens(database: Database, settings: Settings) -> list[str]:
    """A valid token a role. They are kept readable for their owner, beside the database, so that the next start shows
    the same ones; a token that is no longer valid is replaced."""
    kept = settings.data / "try-out-tokens.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    doorkeeper = Doorkeeper(database)
    for role in Role:
        name = f"try-{role}"
        try:
            doorkeeper.admit(known.get(role, ""), datetime.now(UTC))
        except TokenMissing:
            known[role] = database.write(partial(_fresh, name=name, role=role, days=settings.token_days))
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(known, indent=1))
    return [f"  {role:<12} {known[role]}" for role in Role]


def _fresh(session: Session, *, name: str, role: Role, days: int) -> str:
    now = datetime.now(UTC)
    if session.exec(select(Holder).where(col(Holder.name) == name)).first() is not None:
        revoke(session, name, now=now)
    return enrol(session, name, role, [], now=now, days=days)


def _must_be_ours(settings: Settings) -> None:
    """Say at once that somebody else serves the database; whoever comes in between is refused when serving begins."""
    if (file := file_of(settings.database_url)) is not None:
        Claim(file).release()


def _must_be_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(f"cannot listen on {host}:{port} ({error.strerror}). Choose another with --port or TANGGUH_PORT.")
