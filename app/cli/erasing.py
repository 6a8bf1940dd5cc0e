"""The command that destroys an interview for good."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.commands import AsJson, app, opened
from app.cli.screen import fail, out, progress, show_json
from app.problems import NotFound
from app.submissions.destroy import Order
from app.submissions.erasing.erase import erase as destroy_for_good


@app.command()
def erase(
    instance_id: Annotated[str, typer.Argument(help="The interview, as uuid:….")],
    reason: Annotated[str, typer.Option(help="By whose wish or order; it is kept, so it should name nobody.")],
    as_json: AsJson = False,
) -> None:
    """Destroy an interview and all its revisions for good. Copies keep what they hold."""
    with opened() as database, progress("Erasing"):
        try:
            gone = destroy_for_good(database, instance_id, Order(reason, None, datetime.now(UTC)))
        except NotFound:
            fail(f"no interview '{instance_id}' is here.")
    if as_json:
        show_json(gone)
        return
    out.print(f"{instance_id}: {gone['contents']} contents destroyed under {len(gone['erased'])} ids")
    if not gone["scrubbed"]:
        out.print("Their bytes may still lie in the free space of the database: see docs/operations.md, Erasing.")
