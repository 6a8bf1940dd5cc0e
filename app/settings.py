"""What an installation may choose. Every setting is an environment variable `TANGGUH_…`."""

import re
from datetime import timedelta, timezone
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

WIB_HOURS = 7
WIB = timezone(timedelta(hours=WIB_HOURS), "WIB")
"""Western Indonesian time, the clock of the fieldwork: days are counted in it. It has no summer time."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TANGGUH_", frozen=True)

    data: Path = Field(Path("data"), description="Folder of the embedded database and of other local files.")
    database_url: str = Field(
        "", description="`sqlite:///…` (default: `tangguh.db` in the data folder) or `postgresql://…`."
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on.")
    port: int = Field(8000, ge=1, le=65_535, description="Port that the server listens on.")
    max_items: int = Field(500, ge=1, description="Most interviews in one batch.")
    max_bytes: int = Field(4_000_000, ge=1_000, description="Largest batch in bytes, counted after decompression.")
    max_item_bytes: int = Field(1_000_000, ge=1_000, description="Largest single interview in bytes.")
    token_days: int = Field(180, ge=1, le=36_500, description="Days until a new access token expires.")
    database_connections: int = Field(8, ge=2, description="Most database connections that one process opens.")
    database_deadline_seconds: float = Field(
        20,
        gt=0,
        description="Longest wait for PostgreSQL to answer a statement or a commit; after it the answer is 503.",
    )
    head_seconds: float = Field(15, gt=0, description="Longest time for the head of a request to arrive.")
    pause_seconds: float = Field(
        30, gt=0, description="Longest pause within a body, and the start that a slow one gets."
    )
    min_bytes_per_second: float = Field(256, gt=0, description="Slowest average of a body after that start.")
    max_connections: int = Field(500, ge=2, description="Most client connections of one process.")
    max_bytes_in_flight: int = Field(
        16_000_000,
        ge=1_000,
        description="Most bytes of bodies that one process holds at once; a quarter for each token.",
    )
    stop_seconds: int = Field(30, ge=1, description="Longest time to finish what has begun before stopping.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="`json` or `text`; `auto` is text on a terminal."
    )

    @field_validator("database_url")
    @classmethod
    def _one_that_we_claim(cls, url: str) -> str:
        if not re.match(r"(sqlite:///(?!:memory:)|postgres(ql)?(\+psycopg)?://).", url):
            raise ValueError("write sqlite:///path/to/tangguh.db or postgresql://user@host/database")
        return url

    @model_validator(mode="before")
    @classmethod
    def _embedded_by_default(cls, values: dict[str, object]) -> dict[str, object]:
        if not values.get("database_url"):
            folder = Path(str(values.get("data") or "data"))
            return {**values, "database_url": f"sqlite:///{folder / 'tangguh.db'}"}
        return values
