"""In what order facts are computed: only those that are asked for, each after what it needs.

A plan is made once per set of rules and used for one visit or for an archive alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from cleanclaim.facts.catalogue import Catalogue, catalogue
from cleanclaim.facts.kit import Aggregate, Fact, Stage

Cell = tuple[str, str]
"""A column of a table: (table, name)."""


@dataclass(frozen=True, slots=True)
class Gather:
    """Read columns of another table through a key column."""

    table: str
    owner: str
    key: str
    names: tuple[tuple[str, str], ...]
    """(name on the owner, name on this table)."""


@dataclass(frozen=True, slots=True)
class Compute:
    """Add columns by expressions over the table itself."""

    table: str
    expressions: tuple[tuple[str, pl.Expr], ...]


@dataclass(frozen=True, slots=True)
class Collect:
    """Add columns by aggregating another table over shared key columns."""

    table: str
    of: str
    by: tuple[str, ...]
    columns: tuple[tuple[str, Aggregate], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Add the columns of a stage."""

    stage: Stage


Step = Gather | Compute | Collect | Run


def outputs(step: Step) -> tuple[Cell, ...]:
    """The columns a step adds."""
    match step:
        case Gather(table=table, names=names):
            return tuple((table, name) for _, name in names)
        case Compute(table=table, expressions=expressions):
            return tuple((table, name) for name, _ in expressions)
        case Collect(table=table, columns=columns):
            return tuple((table, name) for name, _ in columns)
        case Run(stage=stage):
            return tuple((stage.over, column.name) for column in stage.adds)


class CircleError(ValueError):
    """Facts that need each other in a circle."""


class Planner:
    """Orders the columns that are asked for and everything they need."""

    def __init__(self, known: Catalogue | None = None) -> None:
        """Start with nothing asked for."""
        self._catalogue = known or catalogue()
        self._needs: dict[Cell, tuple[Cell, ...]] = {}
        self._producer: dict[Cell, object] = {}

    def ask(self, table: str, names: Iterable[str]) -> None:
        """Ask for columns of a table, its parents included."""
        for name in names:
            self._visit((table, name), ())

    def needs(self, cell: Cell) -> tuple[Cell, ...]:
        """What the column reads directly; empty for an input."""
        return self._needs.get(cell, ())

    def tables(self) -> frozenset[str]:
        """Every table of which some column is asked for, directly or on the way."""
        return frozenset(table for table, _ in self._needs)

    def _visit(self, cell: Cell, trail: tuple[Cell, ...]) -> None:
        if cell in trail:
            raise CircleError(" → ".join(f"{table}.{name}" for table, name in (*trail, cell)))
        if cell in self._needs:
            return
        table, name = cell
        owner, key, plain = self._catalogue.owner(table, name)
        needs: list[Cell]
        producer: object
        if key:
            needs = [(owner, plain), *([] if key.endswith("_line_id") else [(table, key)])]
            producer = Gather(table, owner, key, ((plain, name),))
        elif cell in self._catalogue.facts:
            fact = self._catalogue.facts[cell]
            needs = [(table, root) for root in fact.needs()]
            if fact.aggregate is not None:
                aggregate = fact.aggregate
                needs += [(aggregate.of, root) for root in (*aggregate.by, *aggregate.needs)]
            producer = fact
        elif cell in self._catalogue.stages:
            stage = self._catalogue.stages[cell]
            needs = [*((table, root) for root in stage.needs), *stage.reads]
            producer = stage
        else:
            needs, producer = [], None
        for need in needs:
            self._visit(need, (*trail, cell))
        self._needs[cell] = tuple(needs)
        self._producer[cell] = producer

    def steps(self) -> tuple[Step, ...]:
        """The steps, level by level; within a level one step per table and kind."""
        level: dict[Cell, int] = {}
        for cell, needs in self._needs.items():
            level[cell] = 1 + max((level[need] for need in needs), default=-1) if self._producer[cell] else 0
        done: set[str] = set()
        steps: list[Step] = []
        for depth in sorted(set(level.values())):
            cells = [cell for cell, at in level.items() if at == depth and self._producer[cell]]
            steps.extend(self._gathers(cells))
            steps.extend(self._computes(cells))
            steps.extend(self._collects(cells))
            for cell in cells:
                producer = self._producer[cell]
                if isinstance(producer, Stage) and producer.name not in done:
                    done.add(producer.name)
                    steps.append(Run(producer))
        return tuple(steps)

    def _gathers(self, cells: list[Cell]) -> list[Step]:
        grouped: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        for cell in cells:
            producer = self._producer[cell]
            if isinstance(producer, Gather):
                grouped.setdefault((producer.table, producer.owner, producer.key), []).extend(producer.names)
        return [Gather(table, owner, key, tuple(names)) for (table, owner, key), names in grouped.items()]

    def _computes(self, cells: list[Cell]) -> list[Step]:
        grouped: dict[str, list[tuple[str, pl.Expr]]] = {}
        for table, name in cells:
            producer = self._producer[(table, name)]
            if isinstance(producer, Fact) and producer.expr is not None:
                grouped.setdefault(table, []).append((name, producer.expr.alias(name)))
        return [Compute(table, tuple(expressions)) for table, expressions in grouped.items()]

    def _collects(self, cells: list[Cell]) -> list[Step]:
        grouped: dict[tuple[str, str, tuple[str, ...]], list[tuple[str, Aggregate]]] = {}
        for table, name in cells:
            producer = self._producer[(table, name)]
            if isinstance(producer, Fact) and producer.aggregate is not None:
                aggregate = producer.aggregate
                grouped.setdefault((table, aggregate.of, aggregate.by), []).append((name, aggregate))
        return [Collect(table, of, by, tuple(columns)) for (table, of, by), columns in grouped.items()]
