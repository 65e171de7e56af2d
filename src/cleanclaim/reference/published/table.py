"""What a reader of published files is asked, and what it hands back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import PurePosixPath

import polars as pl

from cleanclaim.reference.published.dating import calendar_year, first_day
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import HEAD_ROWS, Row, rows
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.reading import TableError, read_toml

_REASONS = "published_reasons.toml"
_NO_SIGN = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said about the files, beside their content."""

    kind: Kind | None = None
    begins: date | None = None
    """First day of the edition, where neither title nor name tells."""


@dataclass(frozen=True, slots=True)
class Table:
    """One part of an edition, read and checked."""

    kind: Kind
    begins: date
    """First day of the edition, which names it."""
    valid_from: date
    valid_through: date
    """The days for which it answers with certainty: an edition that carries its own history reaches back."""
    frame: pl.DataFrame
    version: str = ""
    note: str = ""
    parts: tuple[Part, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """The edition's name: its first day."""
        return self.begins.isoformat()


def head_of(part: Part) -> list[Row]:
    """The first rows of a part."""
    return list(rows(part, HEAD_ROWS))


def below(part: Part, header: int) -> Iterator[Row]:
    """The rows below a header that hold anything."""
    return (row for row in rows(part) if row.number > header and row.filled())


def names_of(part: Part) -> tuple[str, ...]:
    """The part's own name, then that of the archive it lay in: both may tell the edition."""
    pieces = part.name.split(": ")
    return tuple(PurePosixPath(piece).name for piece in reversed(pieces))


def first_day_of(part: Part, asked: Asked, titles: Sequence[str] = ()) -> date:
    """The first day of the edition: as the user said, else by the name, else by the title.

    Raises:
        PublishedFileError: none of them tells.
    """
    found = asked.begins or first_day((*names_of(part), *titles))
    if found is None:
        raise PublishedFileError(f"{part.name}: neither its title nor its name tells its first day; say it with --from")
    return found


def year_of(part: Part, asked: Asked, said: Sequence[str]) -> int:
    """The calendar year of the edition: as its title says, else as the user said, else by the name.

    Raises:
        PublishedFileError: the user says another year than the title, or none of them tells.
    """
    titled = calendar_year(said)
    wished = None if asked.begins is None else asked.begins.year
    if titled is not None and wished is not None and titled != wished:
        raise PublishedFileError(f"{part.name}: its title says {titled}; --from says {wished}")
    found = titled or wished or calendar_year(names_of(part))
    if found is None:
        raise PublishedFileError(f"{part.name}: neither its title nor its name tells the year; say it with --from")
    return found


def titles(head: Sequence[Row], header: int) -> tuple[str, ...]:
    """What stands above the header: title, notices, day of release."""
    above = (row for row in head if row.number < header)
    return tuple(cell for row in above for cell in row.cells if cell.strip())


@cache
def reasons(group: str) -> dict[str, str]:
    """A publisher's reason, in small letters without signs → our key; `group` is `pairs` or `limits`.

    Raises:
        TableError: a phrase stands twice.
    """
    found: dict[str, str] = {}
    for key, phrases in read_toml(_REASONS)[group].items():
        for phrase in phrases:
            if found.setdefault(plain(phrase), key) != key:
                raise TableError(f"{_REASONS}: {group}: {phrase!r} stands under two keys")
    return found


def plain(text: str) -> str:
    """A phrase in small letters without blanks and signs."""
    return _NO_SIGN.sub("", text.lower())
