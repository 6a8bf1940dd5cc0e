"""The commands of `tangguh`."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.access.collect import DRAWN, code_of, settings_of
from app.access.enrol import enrol as give_token
from app.access.enrol import revoke as end_tokens
from app.access.policy import Right, Role, may
from app.cli.against import old_version, show, succession, successions
from app.cli.documents import Reading, read_documents, rehearse
from app.cli.documents import publish as publish_documents
from app.cli.failures import EXPECTED, one_line
from app.cli.preview import framework_in, preview_of
from app.cli.preview import show as show_preview
from app.cli.screen import complain, fail, out, progress, show_json, warn
from app.database import Database
from app.forms.catalogue import Catalogue
from app.problems import NotFound
from app.settings import Settings
from app.submissions.incoming import Library
from app.submissions.rebuild import Rebuilding, score_new_frameworks
from app.submissions.rebuild import rebuild as derive_again
from app.submissions.receipt import Status
from app.submissions.settling.replay import replay as try_held

app = typer.Typer(
    name="tangguh",
    help="Questionnaires out, interviews in exactly once, scores that explain themselves.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Paths = Annotated[list[Path], typer.Argument(help="JSON files, or folders of them.")]


@contextmanager
def opened() -> Iterator[Database]:
    """The database of the environment, brought up to date."""
    settings = Settings()
    database = Database(settings.database_url, settings.database_connections)
    try:
        database.migrate()
        yield database
    finally:
        database.close()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="Port to listen on.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs PostgreSQL.")] = 1,
    demo: Annotated[
        bool,
        typer.Option(help="Publish survey_forms/, fill an empty database with synthetic interviews, print tokens."),
    ] = False,
) -> None:
    """Serve. Runs pending migrations first."""
    from app.cli.serving import run

    with opened() as database:
        if workers > 1 and database.embedded:
            fail("SQLite has one writer, so it is served by one process. Use --workers 1, or PostgreSQL.")
    run(Settings(), host, port, workers, demo=demo)


@app.command()
def publish(paths: Paths, as_json: AsJson = False) -> None:
    """Check forms, mappings, frameworks and communities, and publish them. Works beside a running server."""
    with opened() as database:
        reading = _read_beside_published(database, paths)
        if reading.faults:
            _tell_faults(reading.faults, as_json=as_json)
        following = successions(reading.documents, Catalogue(database))
        warnings = [*reading.warnings, *(each for one in following for each in one.warnings())]
        done = database.write(lambda session: publish_documents(session, reading.documents))
        with progress("Scoring what is kept") as tell:
            rescored = score_new_frameworks(database, Library.of(database), lambda state: tell(state.interviews))
        with progress("Trying what is held") as tell:
            used = _replay(database, tell)
    if as_json:
        told = {"rescored": rescored, "replayed": used, "warnings": warnings}
        show_json({"published": [vars(each) for each in done], **told})
        return
    for each in done:
        out.print(f"{'published' if each.new else 'unchanged'}  {each.kind:<12} {each.name}")
    if rescored:
        out.print(f"scored     {rescored} interviews that were kept before")
    if used:
        out.print(f"used       {used} interviews that were held")
    for warning in warnings:
        warn(warning)


@app.command()
def check(
    paths: Paths,
    offline: Annotated[bool, typer.Option(help="Do not look at what is published.")] = False,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|FORM_ID[@VERSION]",
            help="Say what a form changes against this version: safe, needs mapping, breaking. "
            "Exit with 1 if answers of both cannot be joined; a mapping among the PATHS settles what needs one.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say everything that is wrong with forms, mappings, frameworks and communities, and publish nothing."""
    with nullcontext() if offline else opened() as database:
        old = old_version(against, Catalogue(database) if database else None) if against else None
        reading = _read_beside_published(database, paths, old) if database else read_documents(paths, None, old)
    if not as_json:
        for file, opinion in reading.opinions.items():
            out.print(f"{file}: pyxform {opinion}")
        for warning in reading.warnings:
            warn(warning)
    if reading.faults:
        _tell_faults(reading.faults, as_json=as_json, pyxform=reading.opinions)
    compared = succession(reading.documents, old) if old else None
    if as_json:
        described = compared.document() if compared else {}
        told = {"warnings": reading.warnings, "pyxform": reading.opinions}
        show_json({"faults": [], "documents": len(reading.documents), **told, **described})
    else:
        out.print(f"{len(reading.documents)} documents are in order.")
        if compared:
            show(compared)
    if compared and compared.unsettled:
        raise typer.Exit(1)


@app.command()
def preview(
    framework: Annotated[Path, typer.Argument(help="A framework that is not published yet.")],
    against: Annotated[
        str | None,
        typer.Option(metavar="ID[@VERSION]", help="A published framework; the latest of the same id if left out."),
    ] = None,
    round: Annotated[str | None, typer.Option(help="Only the interviews of this round.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which numbers a framework would move, and why, before it is published. Keeps nothing."""
    with opened() as database, progress("Scoring with both versions") as tell:
        reading, document = framework_in(framework, Catalogue(database))
        if reading.faults:
            _tell_faults(reading.faults, as_json=as_json)
        told = preview_of(database, document, against, round, tell)
    if as_json:
        show_json(told)
    else:
        show_preview(told)


@app.command("import-xlsform")
def import_xlsform(
    file: Annotated[Path, typer.Argument(help="An .xlsx or .xls file.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write the JSON.")] = None,
) -> None:
    """Turn an XLSForm into a form document, losing nothing."""
    from app.forms.document import lay_out
    from app.forms.spreadsheet import read_spreadsheet

    if not file.is_file():
        fail(f"{file}: there is no such file.")
    try:
        document = read_spreadsheet(file)
    except ValueError as error:
        fail(str(error))
    target = output or file.with_suffix(".json")
    target.write_text(lay_out(document), encoding="utf-8")
    out.print(f"wrote {target}. Next: tangguh check {target}")


@app.command("export-xlsform")
def export_xlsform(
    form_id: Annotated[str, typer.Argument(help="A published form.")],
    version: Annotated[str | None, typer.Option(help="Its version; the latest if left out.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write the .xlsx.")] = None,
) -> None:
    """Write a published form as an XLSForm."""
    from app.forms.spreadsheet import write_spreadsheet

    with opened() as database:
        published = Catalogue(database).find(form_id, version)
    if published is None:
        fail(f"no form '{form_id}'{f' version {version!r}' if version else ''} is published.")
    target = output or Path(f"{form_id}.xlsx")
    write_spreadsheet(json.loads(published.content), target)
    out.print(f"wrote {target}")


@app.command()
def enrol(
    name: Annotated[str, typer.Argument(help="What the holder is called: a person's code, a tablet, a programme.")],
    role: Annotated[Role, typer.Option(help="What the holder may do.")],
    community: Annotated[list[str] | None, typer.Option(help="Only here and below; repeatable.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until the token expires.")] = None,
    qr: Annotated[
        bool, typer.Option("--qr", help="Print a QR code too: settings for ODK Collect if the holder may send.")
    ] = False,
    save_qr: Annotated[
        Path | None, typer.Option("--save-qr", metavar="FILE.png|FILE.svg", help="Save the QR code as a picture.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody a token, shown here once."""
    from app.communities.queries import load_areas

    codes = community or []
    if save_qr and save_qr.suffix.lower() not in (".png", ".svg"):
        fail(f"{save_qr}: a QR code is saved as .png or .svg.")
    if save_qr:
        # Before anybody is enrolled: a token whose code cannot be saved would be lost.
        save_qr.touch(0o600)
        save_qr.chmod(0o600)
    with opened() as database:
        with database.read() as session:
            unknown = sorted(set(codes) - set(load_areas(session)))
        if unknown:
            fail(f"no community {', '.join(unknown)} is published. See: tangguh publish survey_forms/communities")
        lifetime = days or Settings().token_days
        token = database.write(
            lambda session: give_token(session, name, role, codes, now=datetime.now(UTC), days=lifetime)
        )
    code = _code(name, role, token)
    if save_qr:
        code.save(str(save_qr), **DRAWN)
    if as_json:
        show_json({"name": name, "role": role, "communities": codes, "days": lifetime, "token": token})
        return
    out.print(f"{name} ({role}) has this token for {lifetime} days. It is shown once:")
    print(token)
    if qr:
        code.terminal(out=sys.stdout, compact=True)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Whose tokens end now.")], as_json: AsJson = False) -> None:
    """End every token of a name, at once."""
    with opened() as database:
        try:
            count = database.write(lambda session: end_tokens(session, name, now=datetime.now(UTC)))
        except NotFound:
            fail(f"nobody is enrolled as '{name}'.")
    if as_json:
        show_json({"name": name, "revoked": count})
    else:
        out.print(f"{name}: {count} token{'' if count == 1 else 's'} revoked")


@app.command()
def demo(
    interviews: Annotated[int, typer.Option(min=1, help="How many interviews to play.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed plays the same fieldwork.")] = 1,
    url: Annotated[str | None, typer.Option(help="A running server; without it one is started for the play.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play a synthetic fieldwork through the HTTP door. Everything it leaves is marked as synthetic."""
    from app.cli.demo import fill

    with opened():
        pass
    with progress("Playing interviews", interviews) as tell:
        tally = fill(Settings(), interviews, seed, url, tell)
    if as_json:
        show_json(vars(tally))
    else:
        out.print(str(tally))


@app.command()
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit with 1 on any difference.")] = False,
    as_json: AsJson = False,
) -> None:
    """Derive everything again from the kept raw interviews."""
    with opened() as database, progress("Deriving") as tell:
        task = Rebuilding(Library.of(database), check=check)
        result = derive_again(database, task, lambda state: tell(state.interviews))
    if as_json:
        show_json({"interviews": result.interviews, "differences": dict(result.differences)})
    else:
        found = ", ".join(f"{count} {kind}" for kind, count in sorted(result.differences.items())) or "none"
        out.print(f"{result.interviews} interviews derived again; differences: {found}")
    if check and result.differences:
        raise typer.Exit(1)


@app.command()
def replay(
    form: Annotated[str | None, typer.Option(help="Only what is held of this form.")] = None, as_json: AsJson = False
) -> None:
    """Try everything that is held, and use what can be used now. Publishing does this, too."""
    with opened() as database, progress("Trying what is held") as tell:
        tally = try_held(database, lambda: Library.of(database), datetime.now(UTC), form_id=form, tell=tell)
    if as_json:
        show_json({"tried": tally.total(), **{str(status): count for status, count in sorted(tally.items())}})
    else:
        found = ", ".join(f"{count} {status}" for status, count in sorted(tally.items())) or "nothing is held"
        out.print(f"{tally.total()} held interviews tried: {found}")


@app.command(context_settings={"ignore_unknown_options": True})
def bench(
    case: Annotated[str, typer.Argument(help="Which benchmark; 'list' names them.")] = "list",
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Passed on to the benchmark; '-- --help' shows what it takes.")
    ] = None,
) -> None:
    """Run the project's own benchmarks: figures as a ratio to the raw limit of this machine."""
    folder = Path(__file__).parents[2] / "benchmarks"
    if not folder.is_dir():
        fail("benchmarks/ is not part of an installed package; run this in a checkout.")
    sys.path.insert(0, str(folder.parent))
    from importlib import import_module

    known = sorted(path.stem for path in folder.glob("[a-z]*.py") if path.stem != "machine")
    if case not in known:
        out.print(f"benchmarks: {', '.join(known)}")
        raise typer.Exit(0 if case == "list" else 2)
    import_module(f"benchmarks.{case}").main(arguments or [])


def main() -> None:
    """Run a command; every expected failure is one clear line and a non-zero exit."""
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], standalone_mode=False))
    except EXPECTED as failure:
        complain(one_line(failure))
        sys.exit(getattr(failure, "exit_code", 1))


def _code(name: str, role: Role, token: str) -> Any:
    """What a holder scans: settings for ODK Collect for those who send, else the token alone."""
    import segno

    settings = Settings()
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    if may(role, Right.SEND_INTERVIEWS):
        return code_of(settings_of(address, name, token))
    return segno.make_qr(token)


def _replay(database: Database, tell: Callable[[int], None]) -> int:
    """Use what was held until now; returns how many interviews."""
    tally = try_held(database, lambda: Library.of(database), datetime.now(UTC), tell=tell)
    return tally.total() - tally[Status.HELD]


def _read_beside_published(database: Database, paths: list[Path], old: Any = None) -> Reading:
    """The documents, with all that speaks against publishing them beside what is published."""
    reading = read_documents(paths, Catalogue(database), old)
    if not reading.faults:
        reading.faults += database.write(lambda session: rehearse(session, reading.documents))
    return reading


def _tell_faults(faults: list[str], *, as_json: bool, **besides: object) -> None:
    if as_json:
        show_json({"faults": faults, **besides})
    else:
        for fault in faults:
            out.print(fault)
    fail(f"{len(faults)} fault{'' if len(faults) == 1 else 's'}; nothing was published.")
