"""HCPCS Level II codes of a loaded edition: whether a code is listed, has begun, has ended. Nothing is shipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.store import LoadedEdition

_KIND = Kind.HCPCS


@dataclass(frozen=True, slots=True)
class HcpcsCode:
    """A listed code with the day it was added and its last day, null where there is none."""

    code: str
    begins_on: date | None
    ended_on: date | None


def loaded() -> LoadedEdition | None:
    """The loaded edition that answers, or None."""
    return current().newest(_KIND)


def get(code: str) -> HcpcsCode | None:
    """The code in the loaded edition; None where it is not listed, or nothing is loaded (see `loaded`)."""
    return _codes().get(code)


@by_editions(_KIND)
def _codes() -> dict[str, HcpcsCode]:
    edition = loaded()
    rows = [] if edition is None else edition.table().rows()
    return {row[0]: HcpcsCode(*row) for row in rows}
