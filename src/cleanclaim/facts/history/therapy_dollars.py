"""Allowed therapy dollars of the year before each line: the dated statement, and the lines at hand on top.

Medicare counts the allowed dollars of a patient and calendar year over all providers, PT and SLP together and OT
apart. A claim states them as an interval of a day (`ytd_at_least_cents`, `ytd_at_most_cents`, `ytd_as_of`). Lines
at hand of later days come on top of both bounds; lines of earlier days may be among the stated dollars or not, so
they come on top of the upper bound only. Lines are taken by day, history first, then claim by claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import CENTS, FLAG, Column

Integers = npt.NDArray[np.integer[Any]]

_THERAPY = ("GP", "GO", "GN")
_NEVER_ALLOWED = ("GY", "GZ")
_DAYS = 1 << 22
"""More than the days of any calendar: a group and a day make one sortable number."""


def _dollars(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims, lines = frames["claims"], frames["lines"]
    counts = lines.select(_counts().alias("counts_towards_threshold"))
    work = _work(claims, lines.hstack(counts))
    if not work.height:
        return counts.with_columns(
            pl.lit(None, pl.Int64).alias("year_before_at_least_cents"),
            pl.lit(None, pl.Int64).alias("year_before_at_most_cents"),
        )
    group = work.get_column("group").to_numpy()
    place = group * _DAYS + work.get_column("day").to_numpy()
    cents = _before(work.get_column("cents").to_numpy())
    unknown = _before((~work.get_column("known")).cast(pl.Int64).to_numpy())
    row = np.arange(work.height)
    as_of = work.get_column("as_of")
    has_as_of = as_of.is_not_null().to_numpy()
    stated_until = np.searchsorted(place, group * _DAYS + as_of.fill_null(_DAYS - 1).to_numpy(), side="right")
    begin = np.searchsorted(place, group * _DAYS, side="left")
    later = np.where(has_as_of, cents[row] - cents[np.minimum(stated_until, row)], 0)
    before = cents[row] - cents[begin]
    unknown_before = unknown[row] - unknown[begin]
    answered = work.select(
        "line_id",
        (pl.col("ytd_at_least_cents").fill_null(0) + pl.Series(later)).alias("year_before_at_least_cents"),
        pl.when(pl.Series(unknown_before == 0))
        .then(pl.col("ytd_at_most_cents") + pl.Series(before))
        .alias("year_before_at_most_cents"),
    )
    return (
        lines.select("line_id")
        .hstack(counts)
        .join(answered, on="line_id", how="left", maintain_order="left")
        .drop("line_id")
    )


def _counts() -> pl.Expr:
    """Whether a line is allowed as therapy at all: a therapy modifier, and none that asks for a denial."""
    modifiers = pl.col("modifiers").list
    therapy = pl.any_horizontal(modifiers.contains(code) for code in _THERAPY)
    return therapy & pl.any_horizontal(modifiers.contains(code) for code in _NEVER_ALLOWED).not_()


def _work(claims: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines that count towards a threshold, or may: by group, day, history first, claim and line.

    `group` numbers patient, year and disciplines that share a threshold; `known` tells whether the amount is.
    """
    owners = lines.get_column("claim_id")
    of_claim = claims.select(
        "patient_id",
        "date_of_service",
        "is_history",
        "payer_therapy_threshold_applies",
        (pl.col("discipline") == "OT").alias("is_ot"),
        "ytd_at_least_cents",
        "ytd_at_most_cents",
        "ytd_as_of",
    )[owners.to_list()]
    wide = lines.select("line_id", "claim_id", "allowed_cents", "counts_towards_threshold").hstack(of_claim)
    applies = pl.col("payer_therapy_threshold_applies")
    # Of one whose payer is unknown the amount is unknown; one of a payer without a threshold does not count.
    return (
        wide.filter(
            pl.col("counts_towards_threshold")
            & (applies.is_null() | applies)
            & pl.col("date_of_service").is_not_null()
            & pl.col("is_ot").is_not_null()
        )
        .with_columns(
            pl.col("date_of_service").dt.year().alias("year"),
            pl.col("date_of_service").to_physical().cast(pl.Int64).alias("day"),
            pl.col("ytd_as_of").to_physical().cast(pl.Int64).alias("as_of"),
            (pl.col("allowed_cents").is_not_null() & applies.is_not_null()).alias("known"),
        )
        .with_columns(pl.when(pl.col("known")).then(pl.col("allowed_cents")).otherwise(0).alias("cents"))
        .sort("patient_id", "year", "is_ot", "day", pl.col("is_history").not_(), "line_id")
        .with_columns(pl.struct("patient_id", "year", "is_ot").rle_id().cast(pl.Int64).alias("group"))
    )


def _before(amounts: Integers) -> Integers:
    """The sum of the rows before each row, and of all rows at the end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(amounts, dtype=np.int64)])


stage = Stage(
    name="therapy-dollars",
    over="lines",
    needs=("line_id", "claim_id", "modifiers", "allowed_cents"),
    reads=tuple(
        ("claims", name)
        for name in (
            "patient_id",
            "date_of_service",
            "is_history",
            "payer_therapy_threshold_applies",
            "discipline",
            "ytd_at_least_cents",
            "ytd_at_most_cents",
            "ytd_as_of",
        )
    ),
    adds=(
        Column("counts_towards_threshold", FLAG, "flag", "billed as therapy, and not for a denial"),
        Column(
            "year_before_at_least_cents",
            CENTS,
            "cents",
            "allowed therapy dollars of the year before this line, at least",
        ),
        Column("year_before_at_most_cents", CENTS, "cents", "the same, at most"),
    ),
    compute=_dollars,
    lacks="allowed therapy dollars of the year so far, with the day they were read",
)
