"""Areas as they are published, and the tree that their parents make."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]


class Period(BaseModel):
    """First and last day of the fieldwork, both included."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    begins: date = Field(alias="from")
    ends: date = Field(alias="until")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Period":
        if self.ends < self.begins:
            raise ValueError("'until' lies before 'from'")
        return self


class Point(BaseModel):
    """WGS 84, in degrees."""

    model_config = ConfigDict(extra="forbid")

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Area(BaseModel):
    """One community: `code` (Kemendagri) is its key; `bps_code` and `aliases` are other names for the same place."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    name: str = Field(min_length=1)
    level: str = Field(min_length=1)
    parent: Code | None = None
    bps_code: str | None = None
    aliases: list[str] = []
    centroid: Point | None = None
    hazards: list[str] = []
    targets: dict[str, Annotated[int, Field(ge=0, le=1_000_000_000)]] = {}
    period: Period | None = None


class Areas(Mapping[str, Area]):
    """The published areas by code."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = {area.code: area for area in areas}
        self._codes = {area.bps_code: area.code for area in self._areas.values() if area.bps_code}
        self._codes |= {code: code for code in self._areas}
        self._within: dict[frozenset[str], frozenset[str]] = {}

    def __getitem__(self, code: str) -> Area:
        return self._areas[code]

    def __iter__(self) -> Any:
        return iter(self._areas)

    def __len__(self) -> int:
        return len(self._areas)

    def find(self, code: str) -> Area | None:
        """The area with this Kemendagri or BPS code. Names are no keys: they repeat, even inside one city."""
        return self._areas.get(self._codes.get(code.strip(), ""))

    def within(self, codes: Iterable[str]) -> frozenset[str]:
        """These codes and all that lie below them, known or not."""
        asked = frozenset(codes)
        if asked not in self._within:
            self._within[asked] = self._subtree(asked)
        return self._within[asked]

    def _subtree(self, codes: frozenset[str]) -> frozenset[str]:
        inside = set(codes)
        while below := {a.code for a in self._areas.values() if a.parent in inside} - inside:
            inside |= below
        return frozenset(inside)
