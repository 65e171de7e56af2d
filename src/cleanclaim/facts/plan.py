"""In what order facts are computed: only those that are asked for, each after what it needs.

A plan is made once per set of rules and used for one visit or for an archive alike. For one visit it is the number
of steps that takes time, not the work in them, so columns that can be added together are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from cleanclaim.facts.catalogue import Catalogue, catalogue
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.kit import Aggregate, Fact, Reach, Stage
from cleanclaim.facts.memory import Memory

Cell = tuple[str, str]
"""A column of a table: (table, name)."""

Kind = tuple[object, ...]
"""What columns share that are added in one step: what is done, the table, and what it is done with."""


@dataclass(frozen=True, slots=True)
class Gather:
    """Read columns of another table through a key column."""

    table: str
    owner: str
    key: str
    names: tuple[tuple[str, str], ...]
    """(name on the owner, name on this table)."""
    dtypes: tuple[pl.DataType | type[pl.DataType], ...]


@dataclass(frozen=True, slots=True)
class Compute:
    """Add columns by expressions over the table itself; each layer reads the columns of those before it."""

    table: str
    layers: tuple[tuple[Formula, ...], ...]


@dataclass(frozen=True, slots=True)
class Collect:
    """Add columns by aggregating another table over shared key columns."""

    table: str
    of: str
    by: tuple[str, ...]
    columns: tuple[tuple[str, Aggregate], ...]
    formulas: tuple[Formula, ...]
    """The expressions of the aggregates, in the same order."""
    values: tuple[Formula | None, ...]
    """What is folded of each row of `of`, where an aggregate is a fold, in the same order."""


@dataclass(frozen=True, slots=True)
class Run:
    """Add the columns of a stage."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class Recall:
    """Add the columns of lookups that read the same columns; what they answered is remembered."""

    stages: tuple[Stage, ...]
    memory: Memory


Step = Gather | Compute | Collect | Run | Recall


def outputs(step: Step) -> tuple[Cell, ...]:
    """The columns a step adds."""
    match step:
        case Gather(table=table, names=names):
            return tuple((table, name) for _, name in names)
        case Compute(table=table, layers=layers):
            return tuple((table, formula.name) for layer in layers for formula in layer)
        case Collect(table=table, columns=columns):
            return tuple((table, name) for name, _ in columns)
        case Run(stage=stage):
            return tuple((stage.over, column.name) for column in stage.adds)
        case Recall(stages=stages):
            return tuple((stage.over, column.name) for stage in stages for column in stage.adds)


def apart(step: Step) -> tuple[Step, ...]:
    """The step as steps of one column each, as far as its columns can be computed apart."""
    match step:
        case Compute(table=table, layers=layers):
            return tuple(Compute(table, ((formula,),)) for layer in layers for formula in layer)
        case Collect(table=table, of=of, by=by, columns=columns, formulas=formulas, values=values):
            each = zip(columns, formulas, values, strict=True)
            return tuple(Collect(table, of, by, (column,), (formula,), (value,)) for column, formula, value in each)
        case Recall(stages=stages):
            return tuple(Run(stage) for stage in stages)
        case _:
            return (step,)


class CircleError(ValueError):
    """Facts that need each other in a circle."""


class Planner:
    """Orders the columns that are asked for and everything they need."""

    def __init__(self, known: Catalogue | None = None, given: Collection[Cell] = ()) -> None:
        """Start with nothing asked for; columns that are `given` are at hand and need nothing."""
        self._catalogue = known or catalogue()
        self._given = frozenset(given)
        self._needs: dict[Cell, tuple[Cell, ...]] = {}
        self._producer: dict[Cell, Gather | Fact | Stage | None] = {}

    def ask(self, table: str, names: Iterable[str]) -> None:
        """Ask for columns of a table, its parents included."""
        for name in names:
            self._visit((table, name), ())

    def needs(self, cell: Cell) -> tuple[Cell, ...]:
        """What the column reads directly; empty for an input."""
        return self._needs.get(cell, ())

    def reach(self, cells: Iterable[Cell]) -> Reach:
        """Whose claims these columns, and what they need, depend on."""
        found = Reach.PATIENT
        pending, seen = list(cells), set[Cell]()
        while pending:
            cell = pending.pop()
            if cell not in seen:
                seen.add(cell)
                producer = self._producer.get(cell)
                if isinstance(producer, Stage):
                    found = max(found, producer.reach)
                pending.extend(self.needs(cell))
        return found

    def inputs(self) -> frozenset[Cell]:
        """Every column that is read and not computed: what is given, and what comes with the tables."""
        return frozenset(cell for cell, producer in self._producer.items() if producer is None)

    def tables(self) -> frozenset[str]:
        """Every table of which some column is asked for, directly or on the way."""
        return frozenset(table for table, _ in self._needs)

    def _visit(self, cell: Cell, trail: tuple[Cell, ...]) -> None:
        if cell in trail:
            raise CircleError(" → ".join(f"{table}.{name}" for table, name in (*trail, cell)))
        if cell in self._needs:
            return
        table, name = cell
        if cell in self._given:
            self._needs[cell], self._producer[cell] = (), None
            return
        owner, key, plain = self._catalogue.owner(table, name)
        needs: list[Cell]
        producer: Gather | Fact | Stage | None
        if key:
            needs = [(owner, plain), *([] if key.endswith("_line_id") else [(table, key)])]
            producer = Gather(table, owner, key, ((plain, name),), (self._catalogue.dtype(owner, plain),))
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
        """The steps, each after what it needs, and few of them.

        Columns of one kind and table are held back until all of them can be added in one step, as long as
        another step can go before; where none can, the step that adds the most columns goes.
        """
        waiting: dict[Kind, list[Cell]] = {}
        done: set[Cell] = set()
        for cell, producer in self._producer.items():
            if producer is None:
                done.add(cell)
            else:
                waiting.setdefault(self._kind(cell), []).append(cell)
        steps: list[Step] = []
        while waiting:
            ready = {kind: self._ready(cells, done) for kind, cells in waiting.items()}
            kind = min(
                (kind for kind, layers in ready.items() if layers),
                key=lambda kind: _urgency(waiting[kind], ready[kind]),
            )
            layers = ready[kind]
            steps.extend(self._steps_for(layers))
            done.update(cell for layer in layers for cell in layer)
            waiting[kind] = [cell for cell in waiting[kind] if cell not in done]
            if not waiting[kind]:
                del waiting[kind]
        return tuple(steps)

    def _kind(self, cell: Cell) -> Kind:
        """What columns must share to be added in one step."""
        producer = self._producer[cell]
        match producer:
            case Gather(table=table, owner=owner, key=key):
                return ("gather", table, owner, key)
            case Fact(over=table, aggregate=None):
                return ("compute", table)
            case Fact(over=table, aggregate=Aggregate(of=of, by=by)):
                return ("collect", table, of, by)
            case Stage(is_lookup=True, over=table, needs=needs):
                return ("recall", table, needs)
            case Stage(name=name):
                return ("run", name)
            case _:
                return ()

    def _ready(self, cells: list[Cell], done: set[Cell]) -> list[list[Cell]]:
        """Those of the columns of one kind that can be added now, in layers; only expressions have more than one."""
        layers: list[list[Cell]] = []
        own: set[Cell] = set()
        while True:
            layer = [
                cell
                for cell in cells
                if cell not in own and all(need in done or need in own for need in self._needs[cell])
            ]
            if layer:
                layers.append(layer)
                own.update(layer)
            if not layer or self._kind(cells[0])[0] != "compute":
                return layers

    def _steps_for(self, layers: list[list[Cell]]) -> Iterator[Step]:
        """The step that adds the columns, which are of one kind."""
        producers = [self._producer[cell] for cell in layers[0]]
        match producers[0]:
            case Gather(table=table, owner=owner, key=key):
                own = [producer for producer in producers if isinstance(producer, Gather)]
                names = tuple(name for producer in own for name in producer.names)
                yield Gather(table, owner, key, names, tuple(dtype for producer in own for dtype in producer.dtypes))
            case Fact(over=table, aggregate=None):
                yield Compute(table, tuple(tuple(self._formulas(layer)) for layer in layers))
            case Fact(over=table, aggregate=Aggregate(of=of, by=by)):
                facts = [producer for producer in producers if isinstance(producer, Fact)]
                named = [(fact.name, fact.aggregate) for fact in facts if fact.aggregate is not None]
                formulas = [
                    Formula(fact.name, fact.aggregate.expr, fact.dtype, self._catalogue.kinds(of), aggregate=True)
                    for fact in facts
                    if fact.aggregate is not None
                ]
                values = [self._value(name, aggregate) for name, aggregate in named]
                yield Collect(table, of, by, tuple(named), tuple(formulas), tuple(values))
            case Stage(is_lookup=True):
                stages = tuple({stage.name: stage for stage in producers if isinstance(stage, Stage)}.values())
                yield Recall(stages, Memory(stages))
            case Stage() as stage:
                yield Run(stage)

    def _value(self, name: str, aggregate: Aggregate) -> Formula | None:
        """What is folded of each row, as a column of that name."""
        fold = aggregate.fold
        if fold is None:
            return None
        dtype = pl.Int64 if fold.how == "total" else pl.Boolean
        return Formula(name, fold.value.alias(name), dtype, self._catalogue.kinds(aggregate.of))

    def _formulas(self, layer: list[Cell]) -> Iterator[Formula]:
        for cell in layer:
            fact = self._producer[cell]
            if isinstance(fact, Fact) and fact.expr is not None:
                yield Formula(fact.name, fact.expr.alias(fact.name), fact.dtype, self._catalogue.kinds(fact.over))


def _urgency(waiting: list[Cell], ready: list[list[Cell]]) -> tuple[bool, int]:
    """Steps that leave nothing of their kind behind go first, then those that add the most columns."""
    count = sum(len(layer) for layer in ready)
    return count < len(waiting), -count
