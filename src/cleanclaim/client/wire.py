"""What every document of the API shares: what is sent is closed and bounded, what is answered may grow.

Server and client use the same declarations, so that neither can say what the other does not know.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cleanclaim.records.model import Record

D = TypeVar("D")

MAX_TEXT = 20_000
"""The longest text that any document may hold, in characters."""
MAX_NUMBER = 999_999_999
"""The largest whole number that any document may hold; cents, units, counts and years are far below."""

Line10 = Annotated[str, StringConstraints(max_length=10)]
Line20 = Annotated[str, StringConstraints(max_length=20)]
Line25 = Annotated[str, StringConstraints(max_length=25)]
Line30 = Annotated[str, StringConstraints(max_length=30)]
Line60 = Annotated[str, StringConstraints(max_length=60)]
Line80 = Annotated[str, StringConstraints(max_length=80)]
Line200 = Annotated[str, StringConstraints(max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
GivenName = Annotated[str, StringConstraints(min_length=1, max_length=35, strip_whitespace=True)]
Key38 = Annotated[str, StringConstraints(min_length=1, max_length=38, strip_whitespace=True)]
Cents = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
Count = Annotated[int, Field(ge=0, le=10_000)]


def _by_the_clock(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a time by the clinic's own clock, without a time zone")
    return value


Clock = Annotated[time, AfterValidator(_by_the_clock)]
"""A time of day by the clinic's clock."""


class Sent(Record):
    """A document that a program sends: fields not named here are refused."""


class Answer(BaseModel):
    """A document that the API answers with; later versions may add fields to it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Stored(Answer):
    """What every stored document says of itself.

    `key` stands in addresses and tells nothing; `version` goes up with every change and is the document's ETag.
    """

    key: UUID
    version: int
    created_at: datetime
    changed_at: datetime


class Page(Answer, Generic[D]):
    """Some documents of a list; `next` is the cursor of the rest, null where there is none."""

    items: tuple[D, ...]
    next: str | None = None


class Misfit(Answer):
    """One value that does not fit: where it stands, and what was expected there. The value is not repeated."""

    place: str
    """`body`, `query`, `path` or `header`, then the field's path: `body.name.family_name`."""
    expected: str


class Problem(Answer):
    """Why a call was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: tuple[Misfit, ...] = ()
