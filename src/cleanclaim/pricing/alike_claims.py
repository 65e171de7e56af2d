"""Which claims are priced alike, so that one of them is priced for all.

A million lines are some hundred kinds of line on some thousand kinds of claim. A claim that meets no other claim of
its patient and day is priced by its settings, the rates of its date and its lines alone; only the yearly deductible
looks further. So claims that agree in these have the same allowed amounts, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.pricing.exact import Flags, Integers, absent, integers, is_one_of
from cleanclaim.pricing.kinds import Kinds, from_one

_BITS = 21
"""A claim is looked up among the claims like it by so many bits of a number made of all that counts."""
_ODD: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
"""Odd numbers with bits all over, to mix by."""

_Mixed = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Standing:
    """The claims that stand for themselves and for those like them; claims without lines are left out."""

    owner: Integers
    """Row of its claim, of each line of the table."""
    claims: Integers
    """Rows of the claims that stand, in order."""
    lines: Integers
    """Rows of their lines, in order."""
    of_line: Integers
    """Of each line of the table: the place among `lines` of the one that stands for it."""


def standing_claims(
    claims: pl.DataFrame,
    owner: Integers,
    claim_kind: npt.NDArray[np.integer],
    line_kind: npt.NDArray[np.integer],
    changes: Integers,
) -> Standing | None:
    """Find the claims that are priced alike.

    Args:
        claims: the columns of `ACROSS_CLAIMS`.
        owner: row of `claims` of each line.
        claim_kind: a number from 0 by claim; claims of one number agree in every other setting of a price.
        line_kind: a number from 0 by line; lines of one number agree in all that a price reads of a line.
        changes: days since 1970, in order, between which rates are the same.

    Returns:
        None where the lines of a claim do not follow each other.
    """
    if not (owner[1:] >= owner[:-1]).all():
        return None
    height = claims.height
    count = np.bincount(owner, minlength=height)
    begins = np.cumsum(count) - count
    place = np.arange(len(owner)) - begins[owner]
    setting, meets = _settings(claims, claim_kind, changes)
    stands_for = _first_like(_marks(setting, count, begins, place, line_kind), np.flatnonzero(~meets & (count > 0)))
    alike = (setting[stands_for] == setting) & (count[stands_for] == count)
    stands_for = np.where(alike, stands_for, np.arange(height))
    # What was looked up by a part of a number is compared whole: claims that only share the part stand for themselves.
    differs = line_kind[begins[stands_for][owner] + place] != line_kind
    stands_for[owner[differs]] = owner[differs]
    stands = (stands_for == np.arange(height)) & (count > 0)
    few_begins = np.zeros(height, np.int64)
    few_begins[stands] = np.cumsum(count[stands]) - count[stands]
    return Standing(
        owner=owner,
        claims=np.flatnonzero(stands),
        lines=np.flatnonzero(stands[owner]),
        of_line=few_begins[stands_for][owner] + place,
    )


def _settings(claims: pl.DataFrame, claim_kind: npt.NDArray[np.integer], changes: Integers) -> tuple[Integers, Flags]:
    """A number for what a price asks of each claim, and the claims that meet another of their patient and day."""
    day = integers(claims["date_of_service"])
    period = np.searchsorted(changes, day.values, side="right")
    providers = (claims["billing_npi"], claims["billing_tax_id"])
    known = [day.known, ~absent(claims["patient_id"])]
    known += [~absent(provider) & ~is_one_of(provider, ("",)) for provider in providers]
    flags = sum(each.astype(np.int64) << place for place, each in enumerate(known))
    setting = Kinds.by([claim_kind, period, np.asarray(flags)]).of_row
    together = Kinds.by([from_one(claims["patient_id"]), from_one(claims["date_of_service"])]).of_row
    meets = known[0] & known[1] & (np.bincount(together) > 1)[together]
    return setting, meets


def _marks(
    setting: Integers, count: Integers, begins: Integers, place: Integers, line_kind: npt.NDArray[np.integer]
) -> _Mixed:
    """A number for each claim's setting and its lines in their order: equal where these are, and seldom elsewhere."""
    first, second, third = (np.uint64(odd) for odd in _ODD)
    by_line = (line_kind.astype(np.uint64) + np.uint64(1)) * first
    by_line ^= by_line >> np.uint64(29)
    by_line *= (place.astype(np.uint64) * np.uint64(2) + np.uint64(1)) * second
    marks = setting.astype(np.uint64) * third
    some = np.flatnonzero(count)
    if len(some):
        marks[some] ^= np.add.reduceat(by_line, begins[some])
    marks *= first
    return marks


def _first_like(marks: _Mixed, rows: Integers) -> Integers:
    """For each of these rows one with the same last bits of its mark, the same for all of them; for others itself."""
    place = (marks[rows] >> np.uint64(64 - _BITS)).astype(np.int64)
    one = np.zeros(1 << _BITS, np.int32)
    one[place] = rows
    found = np.arange(len(marks))
    found[rows] = one[place]
    return found
