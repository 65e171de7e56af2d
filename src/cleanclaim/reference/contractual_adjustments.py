"""Reasons whose amount a provider gives up by contract or law, and by that alone; and those that repeat another payer.

The group code CO says only that the patient is not billed; most reasons under it are denials that can be corrected or
appealed. So what is given up is a list of its own, with its sources. So is what a later payer says of the amounts that
those before it had settled.
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
    return _reasons("reason").get(reason.strip().upper())


def repeats_an_earlier_payer(reason: str) -> bool:
    """Whether a later payer uses the reason for what those before it paid and adjusted."""
    return reason.strip().upper() in _reasons("earlier_payer")


def codes() -> tuple[str, ...]:
    """All reasons that are given up, in the order of the file."""
    return tuple(_reasons("reason"))


@cache
def _reasons(kind: str) -> dict[str, ContractualReason]:
    document = read_toml(_FILE)
    sources = read_sources(_FILE, document.get("sources"))
    found = {}
    for code, table in document[kind].items():
        entry = Entry(f"{_FILE}, {kind}.{code}", table, sources)
        found[code] = ContractualReason(code, entry.text("label"), entry.source())
        entry.done()
    return found
