"""What a database refuses is told without the values: they are answers of people."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.database import Database


def test_parameters_stay_out_of_error_messages(database: Database) -> None:
    statement = text("INSERT INTO community (code, name) VALUES (:code, :name)")
    with pytest.raises(SQLAlchemyError) as caught:
        database.write(lambda session: session.execute(statement, {"code": "x", "name": "Warga Contoh"}))
    assert "Warga Contoh" not in str(caught.value)
    assert "Warga Contoh" not in repr(caught.value)
