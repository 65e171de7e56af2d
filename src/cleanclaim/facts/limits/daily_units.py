"""Units of a day that count towards the payer's daily limit, over whoever the limit counts together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.frames import numbers_of
from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, Column
from cleanclaim.pricing.exact import Integers, Known, absent, as_column, flags, integers, shared
from cleanclaim.pricing.kinds import Kinds, from_one

_LACKS = "the payer's daily limit, units and codes of each line, and the patient's other claims of the day"
_APPLIES = col.payer_daily_unit_cap_applies_to
_NEEDS = (
    "claim_id",
    "patient_id",
    "date_of_service",
    "payer",
    "discipline",
    "rendering_npi",
    "billing_npi",
    "billing_tax_id",
    "knows_history",
    "payer_daily_unit_cap_units",
    "payer_daily_unit_cap_scope",
)


def _count(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims, lines = frames["claims"], frames["lines"]
    limited = ~absent(claims.get_column("payer_daily_unit_cap_units"))
    # Most payers state no daily limit, and then there is nothing to count together.
    if not limited.any():
        return pl.DataFrame([pl.Series(column.name, [None] * claims.height, dtype=pl.Int64) for column in stage.adds])
    of_lines = _units_of_claims(lines, claims.height)
    units, counted = of_lines.values, of_lines.known & limited
    patient, day, payer = (_placed(frames, name) for name in ("patient_id", "date_of_service", "payer"))
    who = from_one(claims.select(who=_WHO).to_series())
    same_day = Kinds.by((patient, day, payer)).of_row
    together = Kinds.by((same_day, who)).of_row
    # Of a patient whose claims of the day cannot all be told apart, nobody knows what counts together.
    loose = shared(same_day, who == 0) | shared(patient, (day == 0) | (payer == 0))
    known = limited & ~loose & ~shared(together, ~counted) & flags(claims.get_column("knows_history")).yes
    total = np.zeros(claims.height, np.int64)
    np.add.at(total, together, units)
    return pl.DataFrame(
        [
            as_column("claim_capped_units", units, counted),
            as_column("day_capped_units", total[together], known),
        ]
    )


def _placed(frames: Mapping[str, pl.DataFrame], name: str) -> Integers:
    """A column of claims as numbers from 1, and 0 for null."""
    own = numbers_of(frames, "claims", name)
    return np.where(own.known, own.values + 1, 0)


def _units_of_claims(lines: pl.DataFrame, height: int) -> Known:
    """The units of each claim's lines that count; unknown where that, or their number, is unknown for some line."""
    owner = integers(lines.get_column("claim_id")).values
    counts, stated = flags(lines.get_column("counts_in_daily_cap")), integers(lines.get_column("units"))
    total, known = np.zeros(height, np.int64), np.ones(height, np.bool_)
    np.add.at(total, owner, np.where(counts.yes, stated.values, 0))
    known[owner[~counts.no & ~(counts.yes & stated.known)]] = False
    return Known(total, known)


_SCOPE = col.payer_daily_unit_cap_scope
_WHO = (
    pl.when(_SCOPE == "provider")
    .then("rendering_npi")
    .when(_SCOPE == "discipline")
    .then(pl.concat_str("discipline", "billing_npi", separator=" "))
    .when(_SCOPE == "tax_id")
    .then("billing_tax_id")
    .when(_SCOPE == "all_providers")
    .then(pl.lit(""))
)
"""Whose units count together with the claim's."""


stage = Stage(
    name="daily-units",
    over="claims",
    needs=_NEEDS,
    reads=tuple(("lines", name) for name in ("claim_id", "units", "counts_in_daily_cap")),
    adds=(
        Column("claim_capped_units", COUNT, "units", "units of this claim that count towards the payer's daily limit"),
        Column(
            "day_capped_units",
            COUNT,
            "units",
            "units of the day that count towards the payer's daily limit, on all claims at hand",
        ),
    ),
    compute=_count,
    lacks=_LACKS,
)

facts = (
    Fact(
        name="counts_in_daily_cap",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="units of the line count towards the payer's daily limit",
        lacks="the payer's daily limit, or the code of the line",
        expr=pl.when(_APPLIES == "all")
        .then(pl.lit(value=True))
        .when(_APPLIES == "timed")
        .then(col.is_timed)
        .when((_APPLIES == "listed") & col.code.is_not_null())
        .then(col.payer_daily_unit_cap_codes.list.contains(col.code)),
    ),
    Fact(
        name="place_has_daily_cap",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the payer's daily limit holds at this place of service",
        lacks="the payer's daily limit, or the place of service",
        expr=pl.when(col.payer_has_daily_unit_cap.not_())
        .then(pl.lit(value=False))
        .when(col.payer_daily_unit_cap_except_places.list.len() == 0)
        .then(pl.lit(value=True))
        .when(col.place_of_service.is_not_null())
        .then(col.payer_daily_unit_cap_except_places.list.contains(col.place_of_service).not_()),
    ),
)
