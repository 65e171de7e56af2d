"""Treatment days in a row on which the same codes and units were billed.

Only days at hand can be compared. The number is exact where the row was begun by a day billed otherwise, or where the
patient's other claims are all at hand; else it is a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import COUNT, Column

_KEY = ("patient_id", "discipline")
_NEEDS = ("claim_id", *_KEY, "date_of_service", "knows_history", "visits_before")


def _billed(lines: pl.DataFrame) -> pl.DataFrame:
    """What each claim bills as one text; null where a code or a number of units is unknown."""
    one = pl.concat_str("code", pl.lit("x"), pl.col("units").cast(pl.String))
    return (
        lines.select("claim_id", one.alias("one"))
        .group_by("claim_id")
        .agg(pl.when(pl.col("one").null_count() == 0).then(pl.col("one").sort().str.join(" ")).alias("billed"))
    )


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims, lines = frames["claims"], frames["lines"]
    if claims.height == 1:
        has_key = claims.item(0, "date_of_service") is not None and claims.item(0, "discipline") is not None
        known = has_key and lines.height and not _some_unknown(lines)
        whole = claims.item(0, "knows_history") and claims.item(0, "visits_before") == 0
        row = (1 if known else None, 1 if known and whole else None)
        return pl.DataFrame([row], schema={column.name: column.dtype for column in stage.adds}, orient="row")
    keyed = claims.select(*_NEEDS).join(_billed(lines), on="claim_id", how="left", maintain_order="left")
    placed = pl.all_horizontal(pl.col(name).is_not_null() for name in (*_KEY, "date_of_service"))
    days = (
        keyed.filter(placed)
        .group_by(*_KEY, "date_of_service")
        .agg(
            pl.when(pl.col("billed").null_count() == 0).then(pl.col("billed").sort().str.join(" ")).alias("billed"),
            (pl.col("knows_history").all(ignore_nulls=False) & (pl.col("visits_before") == 0).all(ignore_nulls=False))
            .fill_null(value=False)
            .alias("whole"),
        )
        .sort(*_KEY, "date_of_service")
    )
    before = pl.col("billed").shift(1).over(_KEY)
    alike = (pl.col("billed") == before).fill_null(value=False)
    first = pl.int_range(pl.len()).over(_KEY) == 0
    # A row begun by a day of known and other billing is exact; one begun by the first day at hand only where all are.
    exact_start = pl.when(first).then(pl.col("whole")).otherwise(before.is_not_null())
    rows = days.with_columns(alike.not_().cum_sum().over(_KEY).alias("row"), exact_start.alias("begun"))
    counted = rows.with_columns(
        (pl.int_range(pl.len()).over((*_KEY, "row")) + 1).alias("alike_days_at_least"),
        pl.col("begun").first().over((*_KEY, "row")).alias("exact"),
    )
    found = keyed.join(counted, on=[*_KEY, "date_of_service"], how="left", maintain_order="left")
    count = pl.when(pl.col("billed_right").is_not_null()).then(pl.col("alike_days_at_least"))
    return found.select(
        count.cast(pl.Int64).alias("alike_days_at_least"),
        pl.when("exact").then(count).cast(pl.Int64).alias("alike_days_at_most"),
    )


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
