"""What a file of another system asks of the calendar: one slot to book, move, cancel or mark as a no-show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Ask(StrEnum):
    """What is asked."""

    BOOK = "book"
    """There is to be such an appointment, as it stands here: made, moved or changed."""
    CANCEL = "cancel"
    NO_SHOW = "no_show"
    LEAVE_OUT = "leave_out"
    """There is to be none: one that was imported before is canceled."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken: the segment or property, and what was expected. It holds no value of the file."""

    field: str
    expected: str


@dataclass(frozen=True, slots=True)
class WhoIsMeant:
    """What a file says of a patient; whatever it leaves out is empty."""

    number: str = ""
    family_name: str = ""
    given_name: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class WantedSlot:
    """One event of a file. `row` counts events from 1; `place` names the event's line or message for people.

    `provider` is whatever names who treats: the clinic's key, an NPI, an e-mail address or a family name. A
    cancellation needs no more than its key.
    """

    row: int
    place: str
    key: str
    ask: Ask
    starts_at: datetime | None = None
    minutes: int | None = None
    patient: WhoIsMeant = field(default_factory=WhoIsMeant)
    provider: str = ""
    kind: str = ""
    problems: tuple[Problem, ...] = ()


class UnreadableFileError(ValueError):
    """A file that is none of the format at all; says what was expected."""
