"""Add-on codes: which code is paid only beside another, on a day, and beside which.

A loaded edition of Medicare's add-on list answers for every code of its days; else the listing of therapy codes does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.dates import LookupStatus
from cleanclaim.reference import procedures
from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.store import LoadedEdition

_KIND = Kind.ADD_ON_CODES
_COMPLETE = 1
_Row = tuple[str | None, int, date | None, date | None]


@dataclass(frozen=True, slots=True)
class AddOn:
    """Whether a code needs another beside it, and which."""

    needs_base: bool
    bases: tuple[str, ...]
    bases_are_all: bool
    """Whether no other code will do: false where the contractor decides, or adds to the list."""
    edition: str
    """The loaded edition that says so; empty for the listing of therapy codes."""


NO_ADD_ON = AddOn(needs_base=False, bases=(), bases_are_all=True, edition="")


def loaded() -> LoadedEdition | None:
    """The loaded edition that answers, or None."""
    return current().newest(_KIND)


def find(code: str, day: date) -> AddOn | None:
    """What is said of a code on a day; None where neither a loaded list nor the listing of codes tells."""
    edition = loaded()
    rows = [row for row in _rows().get(code, ()) if _holds(row, day)]
    if edition is not None and rows:
        bases = tuple(sorted({primary for primary, *_ in rows if primary is not None}))
        are_all = all(kind == _COMPLETE for _, kind, _, _ in rows)
        return AddOn(needs_base=True, bases=bases, bases_are_all=are_all, edition=edition.name)
    listed = procedures.on(code, day)
    if listed.value is not None and listed.value.is_add_on:
        return AddOn(needs_base=True, bases=listed.value.add_on_to, bases_are_all=True, edition="")
    if listed.status is LookupStatus.FOUND or (edition is not None and edition.valid_from <= day):
        return NO_ADD_ON
    return None


def _holds(row: _Row, day: date) -> bool:
    _, _, begins, ends = row
    return (begins is None or begins <= day) and (ends is None or day <= ends)


@by_editions(_KIND)
def _rows() -> dict[str, list[_Row]]:
    """Add-on code → its rows in the loaded edition."""
    edition = loaded()
    found: dict[str, list[_Row]] = {}
    if edition is not None:
        for code, *row in edition.table().iter_rows():
            found.setdefault(code, []).append((row[0], row[1], row[2], row[3]))
    return found
