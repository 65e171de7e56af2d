"""What the published list says of the modifiers on each line, by the date of service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import TEXTS, Column
from cleanclaim.reference import modifiers
from cleanclaim.reference.modifiers import ModifierFamily

_HAVE_RULES_OF_THEIR_OWN = frozenset(
    {
        frozenset(pair)
        for pair in (
            ("GP", "GO"), ("GP", "GN"), ("GO", "GN"), ("CQ", "CO"), ("GA", "KX"), ("GZ", "KX"), ("96", "97"),
            ("59", "XE"), ("59", "XP"), ("59", "XS"), ("59", "XU"),
        )
    }
)  # fmt: skip
"""Contradictions that a rule of its own names."""
_NAMED_APART = frozenset({"25", "51", "AT"})
"""Modifiers foreign to therapy that a rule of its own names."""


_Row = tuple[str, int | None, list[str], list[str] | None, list[str] | None, list[str], list[str]]
_SCHEMA = pl.Schema(
    {
        "key": pl.String(),
        "period": pl.Int64(),
        "modifiers_not_listed": pl.List(pl.String()),
        "modifiers_ended": pl.List(pl.String()),
        "modifiers_not_begun": pl.List(pl.String()),
        "modifiers_in_conflict": pl.List(pl.String()),
        "modifiers_foreign": pl.List(pl.String()),
    }
)


@cache
def _turns() -> tuple[date, ...]:
    """The days on which some modifier begins or has just ended: between two of them the list does not change."""
    described = modifiers.all_modifiers()
    begins = {item.valid_from for item in described if item.valid_from is not None}
    ends = {item.valid_through + timedelta(days=1) for item in described if item.valid_through is not None}
    return tuple(sorted(begins | ends))


def _row(key: str, period: int | None) -> _Row:
    """What is said of one list of modifiers between two turns."""
    codes = sorted(set(key.split()))
    described = [item for code in codes if (item := modifiers.get(code)) is not None]
    not_listed = [code for code in codes if not modifiers.is_listed(code)]
    clashing = {
        code
        for item in described
        for other in item.conflicts
        if other in codes and frozenset((item.code, other)) not in _HAVE_RULES_OF_THEIR_OWN
        for code in (item.code, other)
    }
    foreign = [
        item.code
        for item in described
        if item.on_therapy_codes is False
        and item.code not in _NAMED_APART
        and item.family is not ModifierFamily.FUNCTIONAL_REPORTING
    ]
    if period is None:
        return (key, None, not_listed, None, None, sorted(clashing), foreign)
    day = _turns()[period - 1] if period else _turns()[0] - timedelta(days=1)
    ended = [item.code for item in described if item.valid_through is not None and item.valid_through < day]
    not_begun = [item.code for item in described if item.valid_from is not None and day < item.valid_from]
    return (key, period, not_listed, ended, not_begun, sorted(clashing), foreign)


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    lines = frames["lines"]
    turns = pl.Series(_turns(), dtype=pl.Date)
    period = turns.search_sorted(lines.get_column("date_of_service"), side="right").cast(pl.Int64)
    asked = lines.select(
        pl.col("modifiers").list.join(" ").alias("key"),
        pl.when(pl.col("date_of_service").is_not_null()).then(period).alias("period"),
    )
    said = pl.DataFrame([_row(*pair) for pair in asked.unique().iter_rows()], schema=_SCHEMA, orient="row")
    joined = asked.join(said, on=["key", "period"], how="left", nulls_equal=True, maintain_order="left")
    return joined.drop("key", "period")


stage = Stage(
    name="modifier-standing",
    over="lines",
    needs=("modifiers", "date_of_service"),
    adds=(
        Column("modifiers_not_listed", TEXTS, "codes", "modifiers that the published list does not have"),
        Column("modifiers_ended", TEXTS, "codes", "modifiers whose last day lies before the date of service"),
        Column("modifiers_not_begun", TEXTS, "codes", "modifiers whose first day lies after the date of service"),
        Column("modifiers_in_conflict", TEXTS, "codes", "modifiers of the line that contradict each other"),
        Column("modifiers_foreign", TEXTS, "codes", "modifiers that never belong on a therapy code"),
    ),
    compute=_compute,
    lacks="the date of service",
    is_lookup=True,
)
