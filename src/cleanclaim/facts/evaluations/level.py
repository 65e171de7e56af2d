"""The level of evaluation that each documented component reaches, as a position: 0 is the lowest."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, TEXT, Column
from cleanclaim.reference.evaluation_levels import levels

_COMPONENTS = ("history_level", "elements_level", "presentation_level", "decision_level")


def _reach(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    table = levels()
    found = frames["claims"].select("history_factors", "elements_examined", "presentation", "decision_making")
    if all(column.null_count() == found.height for column in found):
        # Treatment visits, which are most visits, document none of the four.
        return pl.DataFrame([pl.Series(column.name, [None], column.dtype) for column in _ADDS])[[0] * found.height]
    reached = found.select(
        _by_count(col.history_factors, table.history_factors).alias("history_level"),
        _by_count(col.elements_examined, table.elements_examined).alias("elements_level"),
        _by_word(col.presentation, table.presentation).alias("presentation_level"),
        _by_word(col.decision_making, table.decision_making).alias("decision_level"),
    )
    complete = pl.all_horizontal(pl.col(name).is_not_null() for name in _COMPONENTS)
    lowest = pl.when(complete).then(pl.min_horizontal(_COMPONENTS))
    return reached.with_columns(lowest.alias("supported_level")).with_columns(
        pl.col("supported_level")
        .replace_strict(dict(enumerate(table.codes)), return_dtype=pl.String)
        .alias("supported_evaluation_code")
    )


def _by_count(count: pl.Expr, least: tuple[int, ...]) -> pl.Expr:
    """The highest level whose least count is reached; below the first it is still the lowest."""
    level = pl.lit(0, pl.Int64)
    for position, needed in enumerate(least[1:], start=1):
        level = pl.when(count >= needed).then(pl.lit(position, pl.Int64)).otherwise(level)
    return pl.when(count.is_not_null()).then(level)


def _by_word(word: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    """The position of the word; unknown for a word that is not listed."""
    return word.replace_strict(
        {listed: position for position, listed in enumerate(words)}, default=None, return_dtype=pl.Int64
    )


def _billed(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    positions = {code: position for position, code in enumerate(levels().codes)}
    level = col.code.replace_strict(positions, default=-1, return_dtype=pl.Int64)
    return frames["lines"].select(pl.when(col.code.is_not_null()).then(level).alias("billed_level"))


_ADDS = (
    Column("history_level", COUNT, "position", "level that the history factors reach"),
    Column("elements_level", COUNT, "position", "level that the elements examined reach"),
    Column("presentation_level", COUNT, "position", "level that the presentation reaches"),
    Column("decision_level", COUNT, "position", "level that the decision making reaches"),
    Column("supported_level", COUNT, "position", "level that all four reach; null until all are documented"),
    Column("supported_evaluation_code", TEXT, "procedure code", "the code of that level"),
)

stages = (
    Stage(
        name="evaluation-components",
        over="claims",
        needs=("history_factors", "elements_examined", "presentation", "decision_making"),
        adds=_ADDS,
        compute=_reach,
        lacks="the four components of the evaluation: history factors, elements, presentation, decision making",
        is_lookup=True,
    ),
    Stage(
        name="billed-evaluation-level",
        over="lines",
        needs=("code",),
        adds=(Column("billed_level", COUNT, "position", "level of the evaluation billed; −1 for any other code"),),
        compute=_billed,
        lacks="the billed code",
        is_lookup=True,
    ),
)

fact = Fact(
    name="bills_leveled_evaluation",
    over="lines",
    dtype=pl.Boolean,
    unit="flag",
    meaning="a physical therapy evaluation that has a level",
    lacks="the billed code",
    expr=col.billed_level >= 0,
)
