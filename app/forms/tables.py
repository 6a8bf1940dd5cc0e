"""The memory of what we ask: published versions of forms, which never change."""

from datetime import datetime

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field, SQLModel


class FormVersion(SQLModel, table=True):
    """A version as it is served: `content` are the bytes, `sha256` their hash. `ordinal` counts publications."""

    __tablename__ = "form_version"

    form_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary(32))
    title: str
    languages: list[str] = Field(sa_type=JSON)
    content: bytes
    published_at: datetime
    ordinal: int


class XForm(SQLModel, table=True):
    """A version as ODK Collect reads it: `xml` are the bytes that are served, `md5` their hash in hexadecimal digits.

    `itemsets` is the file itemsets.csv that goes with it, where it asks by select_one_external. A version has none that
    pyxform refused.
    """

    form_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    md5: str
    xml: bytes
    itemsets: bytes | None = None


class FormFile(SQLModel, table=True):
    """A file that a version takes choices, values or pictures from: it is published with it, and as lasting."""

    __tablename__ = "form_file"

    form_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary(32))
    content: bytes


class FormMapping(SQLModel, table=True):
    """What became of the questions and choices of one version in a later one, as it was published."""

    __tablename__ = "form_mapping"

    form_id: str = Field(primary_key=True)
    from_version: str = Field(primary_key=True)
    to_version: str = Field(primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary(32))
    content: bytes
    published_at: datetime
