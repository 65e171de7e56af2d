"""Whether a HCPCS Level II code is listed on a day: by the loaded edition, else by the one quarter that is shipped.

A code that is listed is listed, whatever the day. One that is not is only known to be none within the days of the
edition: before, it may have ended since; after, it may be new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from cleanclaim.reference import hcpcs
from cleanclaim.reference.reading import read_csv, read_toml
from cleanclaim.sources import Source

_LISTED = "hcpcs_listed.csv"
_ABOUT = "hcpcs_listed.toml"


@dataclass(frozen=True, slots=True)
class ShippedListing:
    """The codes of the quarter that is shipped, the days it covers, and where it was read."""

    codes: frozenset[str]
    covers_from: date
    covers_through: date
    source: Source


@cache
def shipped() -> ShippedListing:
    """The listing that is shipped."""
    about = read_toml(_ABOUT)
    codes = frozenset(row["code"] for _, row in read_csv(_LISTED, ("code",)))
    return ShippedListing(codes, about["covers_from"], about["covers_through"], Source.from_table(about["source"]))


def is_listed(code: str, day: date | None) -> bool | None:
    """Whether the code is a HCPCS Level II code on the day; `None` where no edition can tell."""
    edition = hcpcs.loaded()
    if edition is not None:
        found, begins, ends = hcpcs.get(code) is not None, edition.valid_from, edition.valid_through
    else:
        found, begins, ends = code in shipped().codes, shipped().covers_from, shipped().covers_through
    if found:
        return True
    return False if day is not None and begins <= day <= ends else None
