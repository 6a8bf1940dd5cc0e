"""The commands that keep the data safe: a copy, a copy put back, files compared, and the word to the tablets."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.attachments import open_depot
from app.attachments.verify import compare, forget
from app.cli.commands import AsJson, app, opened
from app.cli.screen import fail, out, progress, show_json
from app.database import renew_epoch
from app.database.backup import back_up
from app.database.engines import file_of
from app.database.restore import restore as put_back
from app.settings import Settings


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to make; in a folder it gets a name.")],
    as_json: AsJson = False,
) -> None:
    """Copy the embedded database, checked and on disk. Works beside a running server."""
    source = _file() or _not_here("copied", "pg_dump -Fc, or pgBackRest")
    if not source.exists():
        fail(f"{source}: there is no database yet.")
    with progress("Copying"):
        copy, manifest = back_up(source, target)
    if as_json:
        show_json({"file": str(copy), **asdict(manifest)})
    else:
        out.print(f"{copy}: {manifest.interviews} interviews, {manifest.bytes} bytes, read back whole and on disk")
        out.print(f"Attachments are not in it: copy {Settings().attachments} too, after this.")


@app.command()
def restore(
    copy: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A copy.")],
    force: Annotated[bool, typer.Option("--force", help="Even if the database holds data; it is kept aside.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a copy in the place of the embedded database, under a new epoch. The server must be stopped."""
    database_file = _file() or _not_here("restored", "pg_restore, or pgBackRest")
    with progress("Restoring"):
        done = put_back(copy, database_file, force=force)
    if as_json:
        facts = {"restored": asdict(done.manifest), "epoch": str(done.epoch)}
        show_json(facts | {"aside": str(done.aside) if done.aside else None})
        return
    out.print(f"{database_file}: {done.manifest.interviews} interviews as of {done.manifest.made_at}")
    if done.aside:
        out.print(f"what was there is kept as {done.aside}")
    out.print(f"Attachments are not in a copy: put {Settings().attachments} back too, then: tangguh files")
    out.print(
        "Next: tangguh serve. Tablets will offer again what they sent since then; revoke again whom you revoked, and "
        "enrol again whom you enrolled since then."
    )


@app.command()
def files(
    read: Annotated[bool, typer.Option("--read", help="Read every file, and compare its hash.")] = False,
    forget_lost: Annotated[bool, typer.Option("--forget-lost", help="Have tablets bring again what is lost.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare the attachments that the database names with those that the store holds."""
    settings = Settings()
    store = open_depot(settings).store
    with opened() as database, progress("Looking for files") as tell:
        found = compare(database, store, read=read, tell=tell)
        forgotten = forget(database, store, found.lost) if forget_lost and found.lost else 0
    if as_json:
        lost = [sha256.hex() for sha256 in found.lost]
        show_json({"contents": found.contents, "bytes": found.bytes, "lost": lost, "forgotten": forgotten})
    else:
        out.print(f"{found.contents} contents, {found.bytes} bytes, {len(found.lost)} lost")
        if forgotten:
            out.print(f"{forgotten} names were forgotten: their interviews say again that they are missing")
    if found.lost and not forget_lost:
        fail(f"{settings.attachments} lacks what the database names: put it back, or use --forget-lost.")


@app.command("renew-epoch")
def renew(as_json: AsJson = False) -> None:
    """Have every tablet offer again what it still holds: after the data were put back by other means than restore."""
    with opened() as database:
        database.write(renew_epoch)
        epoch = str(database.server().epoch)
    if as_json:
        show_json({"epoch": epoch})
    else:
        out.print(f"a new epoch begins: {epoch}. Tablets will offer again what they still hold.")


def _file() -> Path | None:
    return file_of(Settings().database_url)


def _not_here(done: str, tools: str) -> NoReturn:
    fail(f"a PostgreSQL database is {done} with its own tools ({tools}); see docs/operations.md.")
