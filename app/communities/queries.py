"""Reading the register of communities."""

from sqlmodel import Session, col, select

from app.communities.areas import Area, Areas
from app.communities.tables import Community


def load_areas(session: Session) -> Areas:
    rows = session.exec(select(Community.description).order_by(col(Community.code)))
    return Areas(Area.model_validate(description) for description in rows)
