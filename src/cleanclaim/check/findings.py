"""What a check says: findings, what could not be judged, and changes that would fix a finding."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cleanclaim.dates import with_written_days
from cleanclaim.money import dollars


def cell_value(value: object) -> object:
    """A cell of a table as a change holds it: a list becomes a tuple, which compares and does not change."""
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Change:
    """One change that a fix makes: a field of a row from `old` to `new`; no field: the row goes."""

    table: str
    key: int
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that objects to one row, ready to be read.

    `cents` is the amount at stake where a price is known. `changes` is the fix, empty where there is none.
    """

    code: str
    name: str
    severity: str
    table: str
    key: int
    claim_id: int
    place: str
    message: str
    arguments: dict[str, Any] = field(default_factory=dict)
    cents: int | None = None
    fix_title: str = ""
    fix_safety: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def said(self) -> str:
        """The message as people read it, its days written out; `message` is kept, compared and told to programs."""
        return with_written_days(self.message)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """One row that a rule could not judge, and the inputs that are missing, in words."""

    code: str
    table: str
    key: int
    claim_id: int
    missing: tuple[str, ...]


_SPOKEN_WITH_A_VOWEL = frozenset("AEFHILMNORSX")
"""Letters whose names begin with a vowel: an OT, an SLP, an MD; but a PT, a UPIN."""


def _with_article(abbreviation: str) -> str:
    """A credential as it is spoken, letter by letter, with its article; a word that is none, as it is read."""
    letters = _SPOKEN_WITH_A_VOWEL if abbreviation.isupper() else frozenset("aeiou")
    return f"{'an' if abbreviation[:1] in letters else 'a'} {abbreviation}"


def form_of(noun: str, *, is_one: bool) -> str:
    """A noun that is counted in a message, for one or for more: `unit`, or both forms as in `code is/codes are`."""
    one, _, several = noun.partition("/")
    return one if is_one else several or f"{one}s"


class _Words(string.Formatter):
    """Writes values for people: `money`, `article`, `count unit`, lists, dates; an unknown value as `unknown`.

    `count minute supports/minutes support` tells both forms where more than an s sets them apart.
    """

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - the formatter’s own signature
        counted, _, noun = format_spec.partition(" ")
        if counted == "count":
            return f"{'unknown' if value is None else value} {form_of(noun, is_one=value == 1)}"
        if value is None:
            return "unknown"
        if format_spec == "money":
            return dollars(value)
        if format_spec == "article":
            return _with_article(str(value))
        if format_spec == "minutes_of_day":
            return f"{value // 60:02d}:{value % 60:02d}"
        if isinstance(value, list | tuple):
            return ", ".join(str(item) for item in value) or "none"
        if isinstance(value, date):
            return value.isoformat()
        return str(value) or "none"


_WORDS = _Words()


def render(message: str, row: Mapping[str, Any]) -> str:
    """The rule's message with the row's values. Messages are the rule book's own, never a user's text."""
    return _WORDS.vformat(message, (), row)


def place_of(table: str, row: Mapping[str, Any]) -> str:
    """Where in the claim the row is, as a person would say it; a line of another claim is named with its claim."""
    match table:
        case "lines":
            return f"line {row['line_number']}"
        case "services":
            return f"service {row['service_number']}"
        case "diagnoses":
            return f"diagnosis {row['position']}"
        case "pairs":
            first, second = row["first_line_number"], row["second_line_number"]
            if row["first_claim_id"] != row["claim_id"]:
                return f"line {second} and line {first} of {row['first_claim_key'] or 'another claim'}"
            return f"lines {min(first, second)} and {max(first, second)}"
        case "days":
            return "day"
        case "day_codes":
            return str(row["day_code"])
        case _:
            return "claim"
