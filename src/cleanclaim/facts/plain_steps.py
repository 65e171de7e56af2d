"""The steps of a plan over a few rows, by plain values: what Python answers is not asked of a query.

Stages are computed as ever, over frames that hold what they read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from cleanclaim.facts import unchanged
from cleanclaim.facts.frames import Frames, KindsBy, Part
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.interpreter.parts import BeyondError
from cleanclaim.facts.kit import Aggregate, Context, Stage
from cleanclaim.facts.memory import computed
from cleanclaim.facts.plain_table import Row
from cleanclaim.facts.plan import Collect, Compute, Gather, Recall


def gather(step: Gather, frames: Frames) -> None:
    """Read a parent's columns by row number."""
    parents = frames.rows(step.owner, frozenset(name for name, _ in step.names))
    children = frames.rows(step.table, frozenset((step.key,)))
    own = [None if (place := child[step.key]) is None else parents[place] for child in children]
    for (name, alias), dtype in zip(step.names, step.dtypes, strict=True):
        frames.note(step.table, alias, dtype, [None if parent is None else parent[name] for parent in own])


def compute(step: Compute, frames: Frames) -> None:
    """Add columns by expressions, those that are not followed by a query."""
    for layer in step.layers:
        left: list[pl.Expr] = []
        for formula in layer:
            values = answers(formula, frames, step.table)
            if values is None:
                left.append(formula.expr)
            else:
                frames.note(step.table, formula.name, formula.dtype, values)
        if left:
            frames.compute(step.table, left)


def answers(formula: Formula, frames: Frames, table: str) -> list[Any] | None:
    """What an expression answers for each row; nothing where it is left to a query."""
    followed = formula.followed()
    if followed is None:
        return None
    answer = followed.answer
    try:
        return [answer(row) for row in frames.rows(table, followed.names)]
    except BeyondError:
        return None


def collect(step: Collect, frames: Frames) -> bool:
    """Sum up rows of another table for the rows that share their keys; false where that is left to a query."""
    groups = _groups(frames.rows(step.of, frozenset(step.by)), step.by)
    known = (aggregate.known for _, aggregate in step.columns if aggregate.known is not None)
    receivers = frames.rows(step.table, frozenset((*step.by, *known)))
    found: list[list[Any]] = []
    for formula in step.formulas:
        followed = formula.followed()
        if followed is None:
            return False
        frames.rows(step.of, followed.names)
        try:
            summed = {key: followed.answer(rows) for key, rows in groups.items()}
        except BeyondError:
            return False
        _, aggregate = step.columns[len(found)]
        found.append([_received(row, step.by, summed, aggregate) for row in receivers])
    for formula, values in zip(step.formulas, found, strict=True):
        frames.note(step.table, formula.name, formula.dtype, values)
    return True


def _groups(rows: Iterable[Row], by: tuple[str, ...]) -> dict[tuple[Any, ...], list[Row]]:
    """The rows by their keys; those of which a key is unknown belong to nobody."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        key = tuple(row[name] for name in by)
        if None not in key:
            groups.setdefault(key, []).append(row)
    return groups


def _received(row: Row, by: tuple[str, ...], summed: dict[tuple[Any, ...], Any], aggregate: Aggregate) -> object:
    """The group's value; the empty value where no row has the key; unknown where absence proves nothing."""
    key = tuple(row[name] for name in by)
    if None in key or (aggregate.known is not None and row[aggregate.known] is not True):
        return None
    return summed.get(key, aggregate.empty)


def run(stage: Stage, frames: Frames, context: Context) -> None:
    """Add the columns of a stage."""
    remembered = unchanged.counts()
    if remembered is None:
        frames.add(stage.over, computed(stage, read_by(stage, frames), context))
        return
    answer = remembered.answer(stage, frames, lambda: computed(stage, read_by(stage, frames), context))
    for name, dtype, values in answer:
        frames.note(stage.over, name, dtype, values)


def read_by(stage: Stage, frames: Frames, kinds: KindsBy | None = None) -> Part:
    """The frames with the columns that a stage reads, and who tells the kinds of their rows."""
    wanted: dict[str, list[str]] = {stage.over: list(stage.needs)}
    for table, name in stage.reads:
        wanted.setdefault(table, []).append(name)
    return Part(frames, wanted, kinds)


def recall(step: Recall, frames: Frames, context: Context) -> None:
    """Look up what follows from a few columns; only what was not met before is asked."""
    stage = step.stages[0]
    names = stage.needs
    rows = frames.rows(stage.over, frozenset(names))
    keys = [
        tuple(tuple(value) if isinstance(value, list) else value for value in map(row.__getitem__, names))
        for row in rows
    ]
    found = step.memory.values(keys, lambda: frames.holding(stage.over, names)[list(names)], context)
    columns = [column for each in step.stages for column in each.adds]
    for place, column in enumerate(columns):
        frames.note(stage.over, column.name, column.dtype, [values[place] for values in found])
