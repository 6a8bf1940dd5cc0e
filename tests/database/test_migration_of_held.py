"""What was held and sent again before corrections were known goes on being counted as told twice."""

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from app.database import Database
from app.database.store import MIGRATIONS

ROW = """
    INSERT INTO set_aside (instance_id, sha256, kind, reason, seq, raw, device_id, synthetic, batch_id, received_at,
                           settled_at)
    VALUES (:id, :id, 'held', 'unknown_form', 1, :id, :id, false, 'b', '2026-11-01 00:00:00', :settled_at)
"""


def test_told_again_is_what_was_settled(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["url"] = url
    command.upgrade(configuration, "0001")
    engine = create_engine(url)
    with engine.begin() as connection:
        for number, settled_at in ((b"1" * 16, "2026-11-02 00:00:00"), (b"2" * 16, None)):
            connection.execute(text(ROW), {"id": number, "settled_at": settled_at})
    engine.dispose()
    database = Database(url)
    database.migrate()
    with database.read() as session:
        told_again = session.execute(text("SELECT told_again FROM set_aside ORDER BY instance_id")).scalars().all()
    database.close()
    assert [bool(each) for each in told_again] == [True, False]
