"""Treatment days in a row on which the same codes and units were billed.

Only days at hand can be compared. The number is exact where the row was begun by a day billed otherwise, or where the
patient's other claims are all at hand; else it is a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanclaim.facts.keys import joined, key_in
from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import COUNT, Column
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, Known, as_column, flags
from cleanclaim.pricing.kinds import numbers

_KEY = ("patient_id", "discipline")
_NEEDS = ("claim_id", *_KEY, "date_of_service", "knows_history", "visits_before")


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims, lines = frames["claims"], frames["lines"]
    if claims.height == 1:
        has_key = claims.item(0, "date_of_service") is not None and claims.item(0, "discipline") is not None
        known = has_key and lines.height and not _some_unknown(lines)
        whole = claims.item(0, "knows_history") and claims.item(0, "visits_before") == 0
        row = (1 if known else None, 1 if known and whole else None)
        return pl.DataFrame([row], schema={column.name: column.dtype for column in stage.adds}, orient="row")
    group = key_in(frames, "claims", _KEY)
    day = numbers(claims.get_column("date_of_service"))
    met = joined(group, day)
    placed = met.known
    _, first, place = distinct(met.values[placed])
    of_claim = np.full(claims.height, -1, np.int64)
    of_claim[placed] = place
    count = len(first)
    begins = np.ones(count, np.bool_)
    begins[1:] = np.diff(group.values[placed][first]) != 0
    bills = _Bills.of(lines, key_in(frames, "lines", ("code", "units")), of_claim, count)
    alike = bills.as_the_day_before & ~begins
    start = np.maximum.accumulate(np.where(alike, 0, np.arange(count))) if count else np.zeros(0, np.int64)
    length = np.arange(count) - start + 1
    whole = flags(claims.get_column("knows_history")).yes & (_numbered(claims, "visits_before") == 0)
    all_whole = np.bincount(of_claim[placed & ~whole], minlength=count) == 0
    # A row begun by a day of known and other billing is exact; one begun by the first day at hand only where all are.
    before_known = np.concatenate([np.zeros(1, np.bool_), bills.known])[:count]
    exact = np.where(begins, all_whole, before_known)[start]
    known = placed & np.concatenate([bills.known, np.zeros(1, np.bool_)])[of_claim]
    at_most = known & np.concatenate([exact, np.zeros(1, np.bool_)])[of_claim]
    rows = np.concatenate([length, np.zeros(1, np.int64)])[of_claim]
    return pl.DataFrame([as_column("alike_days_at_least", rows, known), as_column("alike_days_at_most", rows, at_most)])


def _numbered(claims: pl.DataFrame, name: str) -> Integers:
    """A column of counts, -1 where unknown."""
    return claims.get_column(name).fill_null(-1).to_numpy().astype(np.int64)


class _Bills(NamedTuple):
    """By treatment day, in order: whether all that is billed is known, and is what the day before billed."""

    known: Flags
    as_the_day_before: Flags
    """Of a known bill after a known one, whether both have the same codes and units, whatever their order."""

    @classmethod
    def of(cls, lines: pl.DataFrame, item: Known, of_claim: Integers, days: int) -> _Bills:
        """Gather the lines of each day; `item` is code and units of each, `of_claim` the day of each claim, or -1."""
        day = of_claim[lines.get_column("claim_id").to_numpy()]
        dated = day >= 0
        count = np.bincount(day[dated], minlength=days)
        known = (count > 0) & (np.bincount(day[dated & ~item.known], minlength=days) == 0)
        kept = dated & item.known
        # Lines mostly stand day by day, and a stable sort has them soon in order.
        own, everything = item.values[kept], np.ones(int(kept.sum()), np.bool_)
        order = np.argsort(joined(Known(day[kept], everything), Known(own, everything)).values, kind="stable")
        of_line, items = day[kept][order], own[order]
        filled = np.bincount(of_line, minlength=days)
        start = np.cumsum(filled) - filled
        same = np.zeros(days, np.bool_)
        same[1:] = known[1:] & known[:-1] & (count[1:] == count[:-1])
        compared = same[of_line]
        place = np.arange(len(of_line)) - start[of_line]
        other = start[of_line[compared] - 1] + place[compared]
        differs = items[compared] != items[other]
        same &= np.bincount(of_line[compared][differs], minlength=days) == 0
        return cls(known, same)


def _some_unknown(lines: pl.DataFrame) -> bool:
    return bool(lines.get_column("code").null_count() or lines.get_column("units").null_count())


stage = Stage(
    name="alike-visits",
    over="claims",
    needs=_NEEDS,
    reads=(("lines", "claim_id"), ("lines", "code"), ("lines", "units")),
    adds=(
        Column(
            "alike_days_at_least",
            COUNT,
            "days",
            "treatment days in a row, this one included, with the same codes and units, at least",
        ),
        Column("alike_days_at_most", COUNT, "days", "the same, at most; null where earlier days are not at hand"),
    ),
    compute=_compute,
    lacks="codes and units of this and the patient's earlier visits",
)
