"""Filling a database with a synthetic fieldwork: tablets are enrolled, their interviews sent, their tokens ended."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx
import uvicorn
from sqlmodel import Session

from app.access.enrol import enrol, revoke
from app.access.policy import Role
from app.cli.demo.imagination import imagine
from app.cli.demo.parcels import parcels
from app.cli.demo.play import Surprise, Tally, play
from app.cli.demo.script import Script
from app.cli.screen import fail
from app.communities.areas import Areas
from app.communities.queries import load_areas
from app.database import Database
from app.database.claim import Claim, Occupied
from app.database.engines import file_of
from app.forms.catalogue import Catalogue
from app.forms.questions import Form
from app.main import create_app
from app.problems import NameTaken
from app.settings import Settings

SCRIPT = Path(__file__).parents[3] / "survey_forms" / "ucra" / "demo.json"
TABLETS = ("demo-tablet-1", "demo-tablet-2")
PATIENCE_SECONDS = 60


def fill(settings: Settings, interviews: int, seed: int, url: str | None, tell: Callable[[int], None]) -> Tally:
    """Play the script's fieldwork with this many interviews into a migrated database; `tell` hears how many arrived.

    They go to the server at `url`, which must serve this database; without one, to a server of this process. Ends the
    command with an error when the form or its communities are not published, or the server does not keep its word.
    """
    script = Script.model_validate_json(SCRIPT.read_bytes())
    if url is None and (file := file_of(settings.database_url)) is not None:
        _must_not_be_served(file)
    database = Database(settings.database_url, settings.database_connections)
    try:
        form, areas = _published(database, script)
        imagined = list(imagine(script, form, areas, interviews, seed))
        with _enrolled(database) as tokens, _door(settings, url) as client:
            return play(client, tokens, form, parcels(imagined, len(tokens), seed), tell)
    except Surprise as surprise:
        fail(str(surprise))
    except httpx.HTTPError as error:
        fail(f"the server at {url or 'this process'} does not answer: {error}")
    finally:
        database.close()


def _must_not_be_served(database_file: Path) -> None:
    try:
        Claim(database_file).release()
    except Occupied as occupied:
        fail(f"{occupied} Or play through it: tangguh demo --url http://…")


def _published(database: Database, script: Script) -> tuple[Form, Areas]:
    form = Catalogue(database).find(script.form, script.version)
    with database.read() as session:
        areas = load_areas(session)
    unknown = [code for code in script.communities if code not in areas]
    if form is None or unknown:
        missing = f"the form {script.form} {script.version}" if form is None else f"community {unknown[0]}"
        fail(f"{missing} is not published. Run: tangguh publish survey_forms")
    unplaced = [area.name for code in script.communities if not ((area := areas[code]).centroid and area.period)]
    if unplaced:
        fail(f"{', '.join(unplaced)}: a centroid and a period are needed to imagine interviews there.")
    return form.form, areas


@contextmanager
def _enrolled(database: Database) -> Iterator[list[str]]:
    """A token for each tablet, of no use afterwards."""
    tokens = database.write(_enrol)
    try:
        yield list(tokens.values())
    finally:
        database.write(lambda session: [revoke(session, name, now=datetime.now(UTC)) for name in tokens])


def _enrol(session: Session) -> dict[str, str]:
    tokens: dict[str, str] = {}
    for tablet in TABLETS:
        for n in count(1):
            name = tablet if n == 1 else f"{tablet}-{n}"
            with suppress(NameTaken):
                now = datetime.now(UTC)
                tokens[name] = enrol(session, name, Role.ENUMERATOR, [], now=now, days=1, synthetic=True)
                break
    return tokens


@contextmanager
def _door(settings: Settings, url: str | None) -> Iterator[httpx.Client]:
    """A client of the server at `url`, or of one that lives in this process for as long."""
    if url is not None:
        with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
            yield client
        return
    config = uvicorn.Config(
        create_app(settings), loop="uvloop", http="httptools", ws="none", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],), name="tangguh-demo", daemon=True)
        thread.start()
        while thread.is_alive() and not server.started:
            time.sleep(0.01)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            # A proxy of the environment knows no way to this process.
            with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
