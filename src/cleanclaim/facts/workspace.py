"""Compute the planned facts over tables: each step once, children reading parents through dense row keys.

Keys are row numbers, so a claim's column reaches its lines by one gather, whatever their number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from cleanclaim.facts.derive import derive_day_codes, derive_days, derive_pairs
from cleanclaim.facts.kit import Aggregate, Context
from cleanclaim.facts.plan import Cell, Collect, Compute, Gather, Run, Step, outputs
from cleanclaim.lines.schema import KEYS
from cleanclaim.lines.tables import Tables


@dataclass(slots=True)
class Workspace:
    """The growing frames. `crashed` names columns whose step failed, and why."""

    frames: dict[str, pl.DataFrame]
    context: Context
    crashed: dict[Cell, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Tables, context: Context, *, with_pairs: bool) -> Workspace:
        """Set up the frames of the input tables and of those derived from them.

        Raises:
            ValueError: a table's keys are not its row numbers.
        """
        frames = {name: tables.frame(name) for name in ("claims", "lines", "services", "diagnoses")}
        for name, frame in frames.items():
            _require_dense(name, frame)
        frames["claims"], frames["days"] = derive_days(frames["claims"])
        frames["lines"], frames["services"], frames["day_codes"] = derive_day_codes(
            frames["claims"], frames["days"], frames["lines"], frames["services"]
        )
        workspace = cls(frames, context)
        if with_pairs:
            frames["pairs"] = derive_pairs(frames["claims"], frames["lines"], context)
        return workspace

    def apply(self, step: Step) -> None:
        """Run one step of a plan."""
        match step:
            case Gather():
                self._gather(step)
            case Compute(table=table, expressions=expressions):
                self.frames[table] = self.frames[table].with_columns(*(expr for _, expr in expressions))
            case Collect():
                self._collect(step)
            case Run(stage=stage):
                frame = self.frames[stage.over]
                added = stage.compute(self.frames, self.context)
                expected = {column.name: column.dtype for column in stage.adds}
                if added.height != frame.height or set(added.columns) != set(expected):
                    raise ValueError(
                        f"stage {stage.name} returned {added.height} rows of {sorted(added.columns)}; "
                        f"expected {frame.height} rows of {sorted(expected)}"
                    )
                self.frames[stage.over] = frame.hstack(
                    [_typed(added.get_column(name), dtype) for name, dtype in expected.items()]
                )

    def apply_isolated(self, step: Step, error: BaseException) -> None:
        """Mark the step's columns as crashed and fill them with null, so that other steps can go on."""
        for table, name in outputs(step):
            self.crashed[(table, name)] = f"{type(error).__name__} while computing {name}"
            self.frames[table] = self.frames[table].with_columns(pl.lit(None).alias(name))

    def _gather(self, step: Gather) -> None:
        """Read a parent's columns by row number: one gather for all of them, without a query."""
        child, parent = self.frames[step.table], self.frames[step.owner]
        columns = pl.DataFrame([parent.get_column(name) for name in dict.fromkeys(name for name, _ in step.names)])
        read = columns[child.get_column(step.key)]
        self.frames[step.table] = child.hstack([read.get_column(name).alias(alias) for name, alias in step.names])

    def _collect(self, step: Collect) -> None:
        receiver, source = self.frames[step.table], self.frames[step.of]
        summed = source.group_by(step.by).agg(
            _PRESENT, *(aggregate.expr.alias(f"{_OWN}{name}") for name, aggregate in step.columns)
        )
        known = [aggregate.known for _, aggregate in step.columns if aggregate.known is not None]
        keys = receiver.select(list(dict.fromkeys((*step.by, *known))))
        joined = keys.join(summed, on=step.by, how="left", maintain_order="left")
        key_known = pl.all_horizontal(*(pl.col(name).is_not_null() for name in step.by))
        added = joined.select(_filled(name, aggregate, key_known) for name, aggregate in step.columns)
        self.frames[step.table] = receiver.hstack(added.get_columns())


_OWN = "__own_"
_PRESENT = pl.lit(value=True).alias("__present")


def _filled(name: str, aggregate: Aggregate, key_known: pl.Expr) -> pl.Expr:
    """The group's value; the empty value where no row has a known key; unknown where absence proves nothing."""
    present = pl.col("__present").is_not_null()
    value = pl.when(present).then(pl.col(f"{_OWN}{name}")).when(key_known).then(_empty(aggregate))
    return (value if aggregate.known is None else pl.when(pl.col(aggregate.known)).then(value)).alias(name)


def _empty(aggregate: Aggregate) -> pl.Expr:
    if aggregate.empty == []:
        return pl.lit([], dtype=pl.List(pl.String))
    return pl.lit(aggregate.empty)


def _typed(column: pl.Series, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    return column if column.dtype == dtype else column.cast(dtype)


def _require_dense(name: str, frame: pl.DataFrame) -> None:
    keys = frame.get_column(KEYS[name])
    if keys.null_count() or not (keys == pl.int_range(frame.height, eager=True)).all():
        raise ValueError(f"table {name}: keys must be the row numbers 0 to {frame.height - 1}")
