"""Every setting stands in docs/settings.md with its default, and an odd value is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings

PAGE = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `TANGGUH_")]


def test_page_has_a_row_for_every_setting_and_no_other() -> None:
    expected = []
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default != "" else ""
        expected.append(f"| `TANGGUH_{name.upper()}` | {default} | {field.description} |")
    assert expected == ROWS


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANGGUH_PORT", "9000")
    monkeypatch.setenv("TANGGUH_DATA", "/srv/tangguh")
    settings = Settings()
    assert (settings.port, settings.database_url) == (9000, "sqlite:////srv/tangguh/tangguh.db")


def test_database_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in (
        "sqlite:///x.db",
        "sqlite:////x.db",
        "postgresql://a@b/c",
        "postgresql:///c?host=/run",
        "postgres://a/b",
    ):
        monkeypatch.setenv("TANGGUH_DATABASE_URL", url)
        assert Settings().database_url == url
    monkeypatch.setenv("TANGGUH_DATABASE_URL", "")
    assert Settings().database_url == "sqlite:///data/tangguh.db"


def test_attachments_may_be_in_a_folder_or_in_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(data=Path("/srv")).attachments == "/srv/attachments"
    for place in ("elsewhere", "s3://bucket", "s3://bucket/a/b?region=id-1", "s3://b?endpoint=http://s3:9000&region=r"):
        monkeypatch.setenv("TANGGUH_ATTACHMENTS", place)
        assert Settings().attachments == place


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "70000"),
        ("MAX_ITEMS", "0"),
        ("MAX_BYTES", "999"),
        ("MAX_ITEM_BYTES", "many"),
        ("TOKEN_DAYS", "0"),
        ("TOKEN_DAYS", "999999999"),
        ("DATABASE_CONNECTIONS", "1"),
        ("HEAD_SECONDS", "0"),
        ("MIN_BYTES_PER_SECOND", "0"),
        ("MAX_CONNECTIONS", "1"),
        ("STOP_SECONDS", "-1"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "tangguh.db"),
        ("ATTACHMENTS", "http://bucket"),
        ("ATTACHMENTS", "s3://"),
        ("ATTACHMENTS", "s3://bucket?endpoint=x&secret=y"),
        ("MAX_FILE_BYTES", "0"),
        ("UPLOAD_DAYS", "0"),
    ],
)
def test_odd_values_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TANGGUH_{name}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [error["loc"] for error in refused.value.errors()] == [(name.lower(),)]
