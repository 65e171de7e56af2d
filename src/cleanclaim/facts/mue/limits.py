"""The unit limit of each code of a day, how it is counted, and on what edition it rests."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.dates import LookupStatus
from cleanclaim.facts.kit import Context, Fact, Stage, every_row
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, FLAG, TEXT, Column
from cleanclaim.reference import mue
from cleanclaim.reference.lookup import attach

_LACKS = "procedure code and date of service, or a unit limit list that would hold the code"


def _look_up(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    asked = frames["day_codes"].select(pl.col("day_code").alias("code"), pl.col("date_of_service").alias("day"))
    take = {"units": "limit_units", "mai": "limit_mai", "edition": "edition"}
    take |= {name: name for name in ("confirmed_from", "confirmed_through")}
    found = attach(asked, mue.table(), by={"code": "code"}, day="day", take=take, status="listing")
    scope = {code: mue.would_hold(code) for code in asked.get_column("code").unique() if code is not None}
    in_scope = asked.get_column("code").replace_strict(scope, default=None, return_dtype=pl.Boolean)
    is_listed = pl.col("listing") == LookupStatus.FOUND.value
    return found.with_columns(in_scope.alias("in_scope"), _silence(asked)).select(
        "limit_units",
        "limit_mai",
        pl.when(is_listed)
        .then(pl.lit(value=True))
        .when(pl.col("in_scope") & pl.col("day").is_not_null())
        .then(pl.lit(value=False))
        .alias("has_unit_limit"),
        pl.when(is_listed)
        .then(pl.col("day").is_between(pl.col("confirmed_from"), pl.col("confirmed_through")))
        .when("in_scope")
        .then("silence_is_an_answer")
        .alias("limit_is_confirmed"),
        pl.when(pl.col("day").is_between(pl.col("confirmed_from"), pl.col("confirmed_through")))
        .then(pl.format("the edition of {}", "edition"))
        .otherwise(
            pl.format("the edition of {} (unconfirmed for {})", "edition", pl.col("day").dt.to_string("%Y-%m-%d"))
        )
        .alias("limit_basis"),
    )


def _silence(asked: pl.DataFrame) -> pl.Series:
    """Whether an edition in force that day would list the code if it had a limit."""
    codes = asked.get_column("code")
    listing = {code: mue.listing_editions(code) for code in codes.unique() if code is not None}
    confirmed = {
        editions: pl.any_horizontal(
            pl.lit(value=False),
            *(pl.col("day").is_between(item.confirmed_from, item.confirmed_through) for item in editions),
        )
        for editions in dict.fromkeys(listing.values())
    }
    numbers = {editions: number for number, editions in enumerate(confirmed)}
    group = codes.replace_strict(
        {code: numbers[editions] for code, editions in listing.items()}, default=None, return_dtype=pl.Int64
    )
    answers = [pl.when(pl.col("group") == numbers[editions]).then(answer) for editions, answer in confirmed.items()]
    return (
        asked.select("day", group.alias("group"))
        # Beside other columns, so that without an edition to ask there is still an answer for each row.
        .with_columns(pl.coalesce(*answers, pl.lit(None, pl.Boolean)).alias("silence_is_an_answer"))
        .get_column("silence_is_an_answer")
    )


stage = Stage(
    name="unit-limits",
    over="day_codes",
    needs=("day_code", "date_of_service"),
    adds=(
        Column("limit_units", COUNT, "units", "the most units of the code by Medicare's list; null where it has none"),
        Column("limit_mai", COUNT, "code", "how they are counted: 1 per line, 2 per day and absolute, 3 per day"),
        Column("has_unit_limit", FLAG, "flag", "the list has a limit for the code; null where it would not hold it"),
        Column("limit_is_confirmed", FLAG, "flag", "the list that answers was in force that day"),
        Column("limit_basis", TEXT, "text", "the edition the limit stands in, and that it is unconfirmed where it is"),
    ),
    compute=_look_up,
    lacks=_LACKS,
    is_lookup=True,
)

facts = (
    Fact(
        name="billed_units_in_all",
        over="day_codes",
        dtype=pl.Int64,
        unit="units",
        meaning="units billed under the code that day where the patient's other claims are at hand; else unknown",
        lacks="the patient's other claims of the day",
        expr=pl.when(col.knows_history).then(col.billed_units),
    ),
    Fact(
        name="line_limits_are_confirmed",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the list that answers for each line's code was in force that day",
        lacks=_LACKS,
        aggregate=every_row(col.limit_is_confirmed, of="lines", by=("claim_id",)),
    ),
    Fact(
        name="limits_are_confirmed",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="units were judged by limits in force that day, or the payer applies none; false: by another edition",
        lacks="whether the payer applies Medicare's unit limits (not in the payer's file)",
        expr=pl.when(col.payer_mue_applies.not_())
        .then(pl.lit(value=True))
        .when(col.payer_mue_applies)
        .then(col.line_limits_are_confirmed),
    ),
)
