"""Reasons whose amount a provider gives up by contract or law, and by that alone.

The group code CO says only that the patient is not billed; most reasons under it are denials that can be corrected or
appealed. So what is given up is a list of its own, with its sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cleanclaim.reference.reading import Entry, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "contractual_adjustments.toml"


@dataclass(frozen=True, slots=True)
class ContractualReason:
    """One reason (CARC), in our own words, and who says so."""

    code: str
    label: str
    source: Source


def find(reason: str) -> ContractualReason | None:
    """The reason, where its amount under group CO is given up; `None` for every other, listed or not."""
    return _reasons().get(reason.strip().upper())


def codes() -> tuple[str, ...]:
    """All reasons, in the order of the file."""
    return tuple(_reasons())


@cache
def _reasons() -> dict[str, ContractualReason]:
    document = read_toml(_FILE)
    sources = read_sources(_FILE, document.get("sources"))
    found = {}
    for code, table in document["reason"].items():
        entry = Entry(f"{_FILE}, reason.{code}", table, sources)
        found[code] = ContractualReason(code, entry.text("label"), entry.source())
        entry.done()
    return found
