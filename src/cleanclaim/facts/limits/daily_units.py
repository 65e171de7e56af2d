"""Units of a day that count towards the payer's daily limit, over whoever the limit counts together."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, Column

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
    cap = claims.get_column("payer_daily_unit_cap_units")
    # Most payers state no daily limit, and then there is nothing to count together.
    if cap.null_count() == claims.height:
        return pl.DataFrame([pl.Series(column.name, [None] * claims.height, dtype=pl.Int64) for column in stage.adds])
    counted = lines.select("claim_id", units=_COUNTED).group_by("claim_id").agg(pl.col("units").sum(), _SOME_UNKNOWN)
    of_claim = claims.select("claim_id").join(counted, on="claim_id", how="left", maintain_order="left")
    own = of_claim.select(
        pl.when(pl.col("unknown").eq_missing(pl.lit(value=True)).not_() & cap.is_not_null())
        .then(pl.col("units").fill_null(0))
        .alias("claim_capped_units")
    ).get_column("claim_capped_units")
    who = (
        pl.when(pl.col("payer_daily_unit_cap_scope") == "provider")
        .then("rendering_npi")
        .when(pl.col("payer_daily_unit_cap_scope") == "discipline")
        .then(pl.concat_str("discipline", "billing_npi", separator=" "))
        .when(pl.col("payer_daily_unit_cap_scope") == "tax_id")
        .then("billing_tax_id")
        .when(pl.col("payer_daily_unit_cap_scope") == "all_providers")
        .then(pl.lit(""))
    )
    keyed = claims.select(*_NEEDS, who.alias("who"), own)
    same_day = ("patient_id", "date_of_service", "payer")
    together = (*same_day, "who")
    units = pl.col("claim_capped_units")
    # Of a patient whose claims of the day cannot all be told apart, nobody knows what counts together.
    whole = (
        (pl.col("who").null_count().over(same_day) == 0)
        & (pl.col("date_of_service").null_count().over("patient_id") == 0)
        & (pl.col("payer").null_count().over("patient_id") == 0)
    )
    known = whole & (units.null_count().over(together) == 0) & pl.col("knows_history")
    return keyed.select(
        units, pl.when(known & cap.is_not_null()).then(units.sum().over(together)).alias("day_capped_units")
    )


_COUNTED = (
    pl.when(pl.col("counts_in_daily_cap"))
    .then("units")
    .when(pl.col("counts_in_daily_cap").not_())
    .then(pl.lit(0, pl.Int64))
)
"""Units of a line that count; null where that, or their number, is unknown."""
_SOME_UNKNOWN = (pl.col("units").null_count() > 0).alias("unknown")


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
