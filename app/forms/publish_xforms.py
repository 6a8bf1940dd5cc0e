"""XForms for what was published before there were any."""

import orjson
from sqlmodel import Session, and_, col, select

from app.database import Database, changed
from app.forms.publish import xform_row
from app.forms.tables import FormVersion, XForm
from app.forms.xform import CompiledXForm, try_xform


def make_missing_xforms(database: Database) -> int:
    """Make the XForms that published versions lack; returns how many. One that pyxform refuses goes on lacking it."""
    with database.read() as session:
        missing = _missing(session)
    made = {
        key: xform
        for key, content in missing.items()
        if isinstance(xform := try_xform(" ".join(key), orjson.loads(content)), CompiledXForm)
    }

    def keep(session: Session) -> int:
        still = _missing(session).keys() & made.keys()
        session.add_all(xform_row(*key, made[key]) for key in still)
        if still:
            changed(session)
        return len(still)

    return database.write(keep) if made else 0


def _missing(session: Session) -> dict[tuple[str, str], bytes]:
    same = and_(col(XForm.form_id) == FormVersion.form_id, col(XForm.version) == FormVersion.version)
    rows = session.exec(select(FormVersion).outerjoin(XForm, same).where(col(XForm.md5).is_(None)))
    return {(row.form_id, row.version): row.content for row in rows}
