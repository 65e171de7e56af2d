"""What a fact is, and the only aggregates there are: those in which an unknown row makes the result unknown.

Polars left alone leans towards "clean": the sum of nothing known is 0, `any` of nulls is false, `all` of nulls
is true. Here an aggregate over rows of which one is unknown is unknown, unless logic decides without it (one
true row is enough for "any", one false row for "not every").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Literal

import polars as pl

from cleanclaim.facts.spread import Repeated
from cleanclaim.lines.schema import Column
from cleanclaim.reference.payers import Payer

FrameFunction = Callable[[Mapping[str, pl.DataFrame], "Context"], pl.DataFrame | Repeated]


class Reach(IntEnum):
    """Whose claims an answer may depend on; of an archive, that many are at hand at once."""

    PATIENT = 0
    """The patient's own."""
    THERAPIST = 1
    """Those of one rendering provider, whoever the patient is."""
    ARCHIVE = 2
    """All that there are."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a check is made with besides the tables: the clinic's own payer files and assistant method."""

    payers: dict[str, Payer] = field(default_factory=dict)
    """Payer files of the clinic by payer id; they stand before the built-in ones."""
    assistant_method: str = "percentage"
    """How an assistant's share is tested: `percentage` or `simple`."""
    days_without_therapist: frozenset[date] = frozenset()
    """Days on which a claim that is not at hand names no therapist: of an archive, only a part is at hand at once."""
    peers: pl.DataFrame | None = None
    """What therapists of a whole archive are compared by (see `cleanclaim.facts.peers.standing`)."""


@dataclass(frozen=True, slots=True)
class Fold:
    """An aggregate that whole columns answer: what of each row, and how it is put together."""

    how: Literal["total", "any", "every"]
    value: pl.Expr
    """A number for a total, a flag for the others; it follows from the row's own columns alone."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Rows of one table summed up for the rows of another that share the key columns `by`.

    `empty` is the value where no row shares the key. `known` names a flag on the receiving table: where it is
    not true, an absent row proves nothing and the result is unknown. `fold` says the same as `expr`, where that is a
    sum, a count or a flag of the group.
    """

    of: str
    by: tuple[str, ...]
    expr: pl.Expr
    needs: tuple[str, ...]
    empty: object
    known: str | None = None
    fold: Fold | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One derived column: an expression over its table, or an aggregate of another table.

    `expr` follows from the row's own columns alone, whatever the other rows: it may be asked of one row of each kind.
    `lacks` is said to the user where the fact is unknown: the input that is missing, in words.
    """

    name: str
    over: str
    dtype: pl.DataType | type[pl.DataType]
    unit: str
    meaning: str
    lacks: str
    expr: pl.Expr | None = None
    aggregate: Aggregate | None = None

    def needs(self) -> tuple[str, ...]:
        """Columns of its own table that the fact reads."""
        if self.expr is not None:
            return tuple(sorted(set(self.expr.meta.root_names())))
        if self.aggregate is None:
            raise ValueError(f"fact {self.name} has neither an expression nor an aggregate")
        return tuple(sorted({*self.aggregate.by, *((self.aggregate.known,) if self.aggregate.known else ())}))


@dataclass(frozen=True, slots=True)
class Stage:
    """Several columns computed at once by a function: a lookup in reference tables, units, prices.

    `compute` receives the frames, of which it may read the columns of its own table named in `needs` and those
    of other tables named in `reads`, and the context. It returns a frame of its table's height, rows in the
    table's order, with exactly the columns of `adds`; or these columns once for all rows that it answers alike.
    """

    name: str
    over: str
    needs: tuple[str, ...]
    adds: tuple[Column, ...]
    compute: FrameFunction
    lacks: str
    reads: tuple[tuple[str, str], ...] = ()
    """Columns of other tables: (table, name)."""
    is_lookup: bool = False
    """A row's answer follows from its own values in `needs` and the reference tables alone, whatever the other rows
    and the context, and none of them tells who the patient is: it may be remembered for the next such row."""
    is_by_row: bool = False
    """A row's answer follows from its own values in `needs`, the reference tables and the context, whatever the
    other rows: of rows that are alike in `needs` one is asked."""
    reach: Reach = Reach.PATIENT
    """Whose claims, beside the row's own, the answer depends on."""


def _roots(*expressions: pl.Expr) -> tuple[str, ...]:
    return tuple(sorted({name for expression in expressions for name in expression.meta.root_names()}))


def _counted(value: pl.Expr, where: pl.Expr | None) -> pl.Expr:
    """The value where the condition holds, 0 where it does not, unknown where the condition is unknown."""
    if where is None:
        return value
    return pl.when(where).then(value).when(where.not_()).then(0)


def honest_sum(value: pl.Expr) -> pl.Expr:
    """The sum of a group's rows; unknown if any of them is unknown."""
    return pl.when(value.null_count() == 0).then(value.sum())


def total(
    value: pl.Expr, *, of: str, by: tuple[str, ...], where: pl.Expr | None = None, known: str | None = None
) -> Aggregate:
    """The sum over the rows (that satisfy `where`); unknown if any of them is unknown; 0 for no rows."""
    counted = _counted(value, where)
    return Aggregate(of, by, honest_sum(counted), _roots(counted), 0, known, Fold("total", counted))


def count_rows(*, of: str, by: tuple[str, ...], where: pl.Expr, known: str | None = None) -> Aggregate:
    """How many rows satisfy `where`; unknown if for any row the condition is unknown."""
    counted = where.cast(pl.Int64)
    return Aggregate(of, by, honest_sum(counted), _roots(where), 0, known, Fold("total", counted))


def any_row(condition: pl.Expr, *, of: str, by: tuple[str, ...], known: str | None = None) -> Aggregate:
    """Whether some row satisfies the condition: true if one does, else unknown if one is unknown, else false."""
    expr = condition.any(ignore_nulls=False)
    return Aggregate(of, by, expr, _roots(condition), False, known, Fold("any", condition))


def every_row(condition: pl.Expr, *, of: str, by: tuple[str, ...], known: str | None = None) -> Aggregate:
    """Whether all rows satisfy the condition: false if one does not, else unknown if one is unknown, else true."""
    expr = condition.all(ignore_nulls=False)
    return Aggregate(of, by, expr, _roots(condition), True, known, Fold("every", condition))


def count_same(by: tuple[str, ...], *, of: str, known: str | None = None) -> Aggregate:
    """How many rows share the key columns."""
    return Aggregate(of, by, pl.len().cast(pl.Int64), (), 0, known, Fold("total", pl.lit(1, pl.Int64)))


def only_value(value: pl.Expr, *, of: str, by: tuple[str, ...], known: str | None = None) -> Aggregate:
    """The value all rows share; unknown if they differ or any is unknown."""
    shared = pl.when((value.null_count() == 0) & (value.n_unique() == 1)).then(value.first())
    return Aggregate(of, by, shared, _roots(value), None, known)


def values_of(value: pl.Expr, *, of: str, by: tuple[str, ...], known: str | None = None) -> Aggregate:
    """All rows' values as a list, in row order; unknown if any is unknown; empty for no rows."""
    listed = pl.when(value.null_count() == 0).then(value.implode())
    return Aggregate(of, by, listed, _roots(value), [], known)


def least(
    value: pl.Expr, *, of: str, by: tuple[str, ...], where: pl.Expr | None = None, known: str | None = None
) -> Aggregate:
    """The smallest value of the rows (that satisfy `where`); unknown if any is unknown, or if there is none."""
    if where is None:
        expr = pl.when(value.null_count() == 0).then(value.min())
        return Aggregate(of, by, expr, _roots(value), None, known)
    inside = pl.when(where).then(value)
    unknown = where.is_null() | (where & value.is_null())
    expr = pl.when(unknown.any().not_()).then(inside.min())
    return Aggregate(of, by, expr, _roots(value, where), None, known)


def greatest(
    value: pl.Expr, *, of: str, by: tuple[str, ...], where: pl.Expr | None = None, known: str | None = None
) -> Aggregate:
    """The largest value of the rows (that satisfy `where`); unknown if any is unknown, or if there is none."""
    if where is None:
        expr = pl.when(value.null_count() == 0).then(value.max())
        return Aggregate(of, by, expr, _roots(value), None, known)
    inside = pl.when(where).then(value)
    unknown = where.is_null() | (where & value.is_null())
    expr = pl.when(unknown.any().not_()).then(inside.max())
    return Aggregate(of, by, expr, _roots(value, where), None, known)


def running(value: pl.Expr, *, by: tuple[str, ...], order: tuple[str, ...], inclusive: bool) -> pl.Expr:
    """The sum of the rows so far in `order` within the key; unknown from the first unknown row on.

    `inclusive` says whether the row itself is counted.
    """
    known = value.fill_null(0)
    unknown = value.is_null().cast(pl.Int64)
    summed = known.cum_sum().over(by, order_by=order)
    unknown_so_far = unknown.cum_sum().over(by, order_by=order)
    if inclusive:
        return pl.when(unknown_so_far == 0).then(summed)
    return pl.when(unknown_so_far - unknown == 0).then(summed - known)
