"""Compute the planned facts over tables: each step once, children reading parents through dense row keys.

Keys are row numbers, so a claim's column reaches its lines by one gather, whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts import plain_steps
from cleanclaim.facts.alike import FEW_ROWS, Alike
from cleanclaim.facts.derive import derive_day_codes, derive_days, derive_pairs, numbered_codes
from cleanclaim.facts.folds import Groups, is_foldable
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.kit import Aggregate, Context, Stage
from cleanclaim.facts.memory import Memory, computed, computed_by_kind
from cleanclaim.facts.plan import Cell, Collect, Compute, Gather, Recall, Run, Step, outputs
from cleanclaim.lines.schema import KEYS
from cleanclaim.lines.tables import Tables
from cleanclaim.pricing.exact import flags, integers


@dataclass(slots=True)
class Workspace:
    """The growing frames. `crashed` names columns whose step failed, and why."""

    frames: Frames
    context: Context
    crashed: dict[Cell, str] = field(default_factory=dict)
    alike: Alike = field(init=False)

    def __post_init__(self) -> None:
        """The frames' columns are numbered as they are asked for."""
        self.alike = Alike(self.frames)

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
        codes = numbered_codes(frames["lines"], frames["services"])
        frames["lines"], frames["services"], frames["day_codes"] = derive_day_codes(
            frames["claims"], frames["days"], frames["lines"], frames["services"], codes
        )
        if with_pairs:
            frames["pairs"] = derive_pairs(frames["claims"], frames["lines"], context, codes)
        made = Frames({name: _in_order(frame) for name, frame in frames.items()})
        if codes is not None:
            made.know_numbers("lines", "code", codes[: frames["lines"].height])
            made.know_numbers("services", "service_code", codes[frames["lines"].height :])
        return cls(made, context)

    def apply(self, step: Step) -> None:
        """Run one step of a plan."""
        if self.frames.are_few:
            self._apply_to_few(step)
            return
        match step:
            case Gather():
                self._gather(step)
            case Compute(table=table, layers=layers):
                for layer in layers:
                    self._compute(table, layer)
            case Collect():
                self._collect(step)
            case Run(stage=stage):
                self._run(stage)
            case Recall(stages=stages, memory=memory):
                self._recall(stages, memory)

    def _apply_to_few(self, step: Step) -> None:
        match step:
            case Gather():
                plain_steps.gather(step, self.frames)
            case Compute():
                plain_steps.compute(step, self.frames)
            case Collect():
                if not plain_steps.collect(step, self.frames):
                    self._collect(step)
            case Run(stage=stage):
                plain_steps.run(stage, self.frames, self.context)
            case Recall():
                plain_steps.recall(step, self.frames, self.context)

    def _compute(self, table: str, layer: Sequence[Formula]) -> None:
        """Add columns by expressions; in a tall table, what is asked of few kinds of row is asked once of each."""
        by_kind, directly = self.alike.together(table, layer)
        answered = [(self.alike.rows(table, asked.reads, kinds).select(asked.exprs), kinds) for kinds, asked in by_kind]
        self.frames.compute(table, directly.exprs)
        for answers, kinds in answered:
            self.frames.spread(table, answers.get_columns(), kinds)

    def _run(self, stage: Stage) -> None:
        """Add the columns of a stage; where its answers follow from a row's own values, once for each kind of row."""
        kinds = self.alike.kinds(stage.over, stage.needs) if stage.is_by_row else None
        if kinds is None:
            read = plain_steps.read_by(stage, self.frames, self.alike.kinds)
            answers, repeated = computed_by_kind(stage, read, self.context)
            if repeated is None:
                self.frames.add(stage.over, answers)
            else:
                self.frames.spread(stage.over, answers, repeated)
        else:
            asked = {stage.over: self.alike.rows(stage.over, stage.needs, kinds)}
            self.frames.spread(stage.over, computed(stage, asked, self.context), kinds)

    def _recall(self, stages: Sequence[Stage], memory: Memory) -> None:
        """Look up what follows from a few columns; in a tall table, once for each kind of row."""
        table, needs = stages[0].over, stages[0].needs
        kinds = self.alike.kinds(table, needs)
        if kinds is None:
            self.frames.add(table, memory.answer(self.frames.holding(table, needs), self.context))
        else:
            answers = memory.answer(self.alike.rows(table, needs, kinds), self.context, rows_differ=True)
            self.frames.spread(table, answers, kinds)

    def give_back(self, cells: Iterable[Cell]) -> None:
        """Let go of columns that nobody reads any more; few rows take too little memory to be worth it."""
        if self.frames.are_few:
            return
        by_table: dict[str, set[str]] = {}
        for table, name in cells:
            by_table.setdefault(table, set()).add(name)
        for table, names in by_table.items():
            self.frames.give_back(table, names)
            self.alike.give_back(table, names)

    def apply_isolated(self, step: Step, error: BaseException) -> None:
        """Mark the step's columns as crashed and fill them with null, so that other steps can go on."""
        for table, name in outputs(step):
            self.crashed[(table, name)] = f"{type(error).__name__} while computing {name}"
            self.frames.compute(table, [pl.lit(None).alias(name)])

    def _gather(self, step: Gather) -> None:
        """Read a parent's columns by row number: at once for a table of few rows, else when they are wanted."""
        key = self.frames.column(step.table, step.key)
        if len(key) > FEW_ROWS and not key.null_count():
            self.frames.read(step.table, step.owner, step.names, step.key)
            return
        names = list(dict.fromkeys(name for name, _ in step.names))
        read = self.frames.holding(step.owner, names).select(names)[key]
        self.frames.add(step.table, [read.get_column(name).alias(alias) for name, alias in step.names])

    def _collect(self, step: Collect) -> None:
        known = (aggregate.known for _, aggregate in step.columns if aggregate.known is not None)
        receiver = self.frames.holding(step.table, (*step.by, *known))
        if step.by == (KEYS[step.table],):
            added = self._collected_by_row(step, receiver)
        else:
            added = self._collected_by_value(step, receiver)
        self.frames.add(step.table, added)

    def _summed_up(self, step: Collect) -> pl.DataFrame:
        """The rows that are summed up, with what is read of them."""
        read = [name for _, aggregate in step.columns for name in aggregate.needs]
        return self.frames.holding(step.of, (*step.by, *read))

    def _collected_by_row(self, step: Collect, receiver: pl.DataFrame) -> list[pl.Series]:
        """Sum up by the receiver's own key, which is its row number: no join is needed, and for most no grouping."""
        (key,) = step.by
        values = self._values(step.of, [formula for formula in step.values if formula is not None])
        groups_of_rows = Groups.of(integers(self.frames.column(step.of, key)), receiver.height)
        by_name: dict[str, pl.Series] = {}
        left: list[tuple[str, Aggregate]] = []
        for name, aggregate in step.columns:
            value = values.get(name)
            if aggregate.fold is None or value is None or not is_foldable(aggregate.fold, value):
                left.append((name, aggregate))
            else:
                shown = None if aggregate.known is None else flags(receiver.get_column(aggregate.known)).yes
                by_name[name] = groups_of_rows.folded(aggregate.fold, value, shown)
        if left:
            read = [name for _, aggregate in left for name in aggregate.needs]
            rows = self.frames.holding(step.of, (key, *read))
            if groups_of_rows.runs is not None and groups_of_rows.rows is None:
                rows = rows.with_columns(rows.get_column(key).set_sorted())
            by_name.update({column.name: column for column in _grouped_by_row(rows, key, left, receiver)})
        return [by_name[name] for name, _ in step.columns]

    def _values(self, table: str, formulas: Sequence[Formula]) -> dict[str, pl.Series]:
        """What expressions answer for every row of a table; in a tall table, asked once of each kind of row."""
        by_kind, directly = self.alike.together(table, formulas)
        found = [
            kinds.spread(answers)
            for kinds, asked in by_kind
            for answers in self.alike.rows(table, asked.reads, kinds).select(asked.exprs).get_columns()
        ]
        if directly.formulas:
            # A key first, so that a constant is as high as the table.
            key = KEYS[table]
            rows = self.frames.holding(table, (key, *directly.reads))
            found += rows.select(key, *directly.exprs).drop(key).get_columns()
        return {column.name: column for column in found}

    def _collected_by_value(self, step: Collect, receiver: pl.DataFrame) -> list[pl.Series]:
        """Sum up by columns that any number of the receiver's rows may share."""
        summed = (
            self._summed_up(step)
            .group_by(step.by)
            .agg(_PRESENT, *(aggregate.expr.alias(f"{_OWN}{name}") for name, aggregate in step.columns))
        )
        known = [aggregate.known for _, aggregate in step.columns if aggregate.known is not None]
        keys = receiver.select(list(dict.fromkeys((*step.by, *known))))
        joined = keys.join(summed, on=step.by, how="left", maintain_order="left")
        key_known = pl.all_horizontal(*(pl.col(name).is_not_null() for name in step.by))
        return joined.select(_filled(name, aggregate, key_known) for name, aggregate in step.columns).get_columns()


def _grouped_by_row(
    rows: pl.DataFrame, key: str, columns: Sequence[tuple[str, Aggregate]], receiver: pl.DataFrame
) -> list[pl.Series]:
    """Aggregates that want the rows of each group together."""
    summed = rows.group_by(key).agg(aggregate.expr.alias(name) for name, aggregate in columns)
    groups = integers(summed.get_column(key))
    place = np.full(receiver.height, -1)
    place[groups.values[groups.known]] = np.flatnonzero(groups.known)
    added: list[pl.Series] = []
    for known in dict.fromkeys(aggregate.known for _, aggregate in columns):
        own = [(name, aggregate) for name, aggregate in columns if aggregate.known == known]
        shown = np.ones(receiver.height, np.bool_) if known is None else flags(receiver.get_column(known)).yes
        added.extend(_at(summed, place, shown, own))
    return added


def _at(
    summed: pl.DataFrame,
    place: npt.NDArray[np.int64],
    shown: npt.NDArray[np.bool_],
    columns: Sequence[tuple[str, Aggregate]],
) -> list[pl.Series]:
    """The group's value at each place; the empty value at −1; unknown where nothing is `shown`."""
    own = [summed.get_column(name) for name, _ in columns]
    if shown.all() and np.array_equal(place, np.arange(summed.height)):
        return own
    if (place < 0).any() or not shown.all():
        own = [
            pl.concat([column, pl.Series(values=[aggregate.empty, None], dtype=column.dtype)])
            for column, (_, aggregate) in zip(own, columns, strict=True)
        ]
        place = np.where(shown, np.where(place < 0, summed.height, place), summed.height + 1)
    return pl.DataFrame(own)[pl.Series(place)].get_columns()


_OWN = "__own_"
_PRESENT = pl.lit(value=True).alias("__present")


def _filled(name: str, aggregate: Aggregate, key_known: pl.Expr) -> pl.Expr:
    """The group's value; the empty value where no row has the key; unknown where absence proves nothing."""
    present = pl.col("__present").is_not_null()
    value = pl.when(present).then(pl.col(f"{_OWN}{name}")).when(key_known).then(_empty(aggregate))
    return (value if aggregate.known is None else pl.when(pl.col(aggregate.known)).then(value)).alias(name)


def _empty(aggregate: Aggregate) -> pl.Expr:
    if aggregate.empty == []:
        return pl.lit([], dtype=pl.List(pl.String))
    return pl.lit(aggregate.empty)


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """A tall table that knows which of its keys never fall from row to row: by those it is grouped without hashing."""
    if frame.height <= FEW_ROWS:
        return frame
    keys = [frame.get_column(name) for name in KEYS.values() if name in frame.columns]
    rising = [key for key in keys if not key.null_count() and (np.diff(key.to_numpy()) >= 0).all()]
    return frame.with_columns(key.set_sorted() for key in rising)


def _require_dense(name: str, frame: pl.DataFrame) -> None:
    keys = frame.get_column(KEYS[name])
    if keys.null_count() or not np.array_equal(keys.to_numpy(), np.arange(frame.height)):
        raise ValueError(f"table {name}: keys must be the row numbers 0 to {frame.height - 1}")
