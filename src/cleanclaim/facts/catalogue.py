"""All facts and stages, found by walking this package: one file each, no list to keep."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache

import polars as pl

import cleanclaim.facts
from cleanclaim.facts.interpreter.formula import Kinds
from cleanclaim.facts.kit import Fact, Stage
from cleanclaim.lines.schema import FLAG, KEY, SCHEMA, TEXT, Column

PARENTS: dict[str, dict[str, str]] = {
    "claims": {"days": "day_id"},
    "lines": {"claims": "claim_id", "day_codes": "day_code_id", "days": "day_id"},
    "services": {"claims": "claim_id", "day_codes": "day_code_id", "days": "day_id"},
    "diagnoses": {"claims": "claim_id"},
    "days": {"claims": "claim_id"},
    "day_codes": {"days": "day_id", "claims": "claim_id"},
    "pairs": {"claims": "claim_id"},
}
"""Table → tables whose columns it may read, by which key column. `pairs` also reads both of its lines."""

PAIR_SIDES: dict[str, str] = {"first_": "first_line_id", "second_": "second_line_id"}
"""On `pairs`, `first_units` is the units of the line in column 1 of the edit, `second_units` of column 2."""

DERIVED: dict[str, tuple[Column, ...]] = {
    "days": (
        Column("day_id", KEY, "key", "one patient, day, discipline, billing NPI, coverage"),
        Column("claim_id", KEY, "key", "the first claim of the day that is judged"),
    ),
    "day_codes": (
        Column("day_code_id", KEY, "key", "one procedure code of one day, billed or furnished"),
        Column("day_id", KEY, "key", "its day"),
        Column("claim_id", KEY, "key", "the claim that stands for the day"),
        Column("day_code", TEXT, "procedure code", "the code; null where it is unknown"),
        Column("day_code_order", KEY, "position", "order of first appearance in the day"),
    ),
    "pairs": (
        Column("pair_id", KEY, "key", "two lines of a day that meet in a pair edit"),
        Column("claim_id", KEY, "key", "the claim of the line in column 2"),
        Column("first_line_id", KEY, "key", "the line in column 1: paid"),
        Column("second_line_id", KEY, "key", "the line in column 2: denied"),
        Column("bypass_allowed", FLAG, "flag", "a modifier may separate the two"),
        Column("pair_is_confirmed", FLAG, "flag", "the edition covers the date of service"),
        Column("pair_edition", TEXT, "text", "the edition or payer file that has the pair"),
    ),
}
"""Columns of the tables that are derived, not read."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every known column by table: where it comes from."""

    facts: dict[tuple[str, str], Fact]
    stages: dict[tuple[str, str], Stage]
    inputs: dict[tuple[str, str], Column]

    def owner(self, table: str, name: str) -> tuple[str, str, str]:
        """Where `name` as read on `table` lives: (owning table, key column to reach it, name there).

        The key is empty when the table owns the column itself.

        Raises:
            KeyError: no table within reach has the column.
        """
        if self.has(table, name):
            return table, "", name
        if table == "pairs":
            for prefix, key in PAIR_SIDES.items():
                if name.startswith(prefix):
                    return "lines", key, name.removeprefix(prefix)
        for parent, key in PARENTS[table].items():
            if self.has(parent, name):
                return parent, key, name
        raise KeyError(f"table {table} has no column or fact {name!r}, and neither has a table it belongs to")

    def has(self, table: str, name: str) -> bool:
        """Whether the table itself owns the column."""
        key = (table, name)
        return key in self.inputs or key in self.facts or key in self.stages

    def dtype(self, table: str, name: str) -> pl.DataType | type[pl.DataType]:
        """The declared type of a column as read on the table."""
        owner, _, plain = self.owner(table, name)
        key = (owner, plain)
        if key in self.facts:
            return self.facts[key].dtype
        if key in self.stages:
            return next(column.dtype for column in self.stages[key].adds if column.name == plain)
        return self.inputs[key].dtype

    def kinds(self, table: str) -> Kinds:
        """The types, as text, of the columns that may be read on a table."""
        return lambda name: str(self.dtype(table, name))

    def lacks(self, table: str, name: str) -> str:
        """What to call the missing input when this column is unknown."""
        owner, _, plain = self.owner(table, name)
        key = (owner, plain)
        if key in self.facts:
            return self.facts[key].lacks
        if key in self.stages:
            return self.stages[key].lacks
        return self.inputs[key].meaning.partition(";")[0]


@cache
def catalogue() -> Catalogue:
    """Walk the package once and index every fact and stage; two with one name on one table are an error."""
    facts: dict[tuple[str, str], Fact] = {}
    stages: dict[tuple[str, str], Stage] = {}
    inputs = {(table, column.name): column for table, columns in {**SCHEMA, **DERIVED}.items() for column in columns}
    for table in ("lines", "services"):
        inputs[(table, "day_code_id")] = DERIVED["day_codes"][0]
    inputs[("claims", "day_id")] = Column("day_id", DERIVED["days"][0].dtype, "key", "the day the claim belongs to")
    for module_info in pkgutil.walk_packages(cleanclaim.facts.__path__, prefix="cleanclaim.facts."):
        module = importlib.import_module(module_info.name)
        declared = [*_listed(module, "fact", "facts"), *_listed(module, "stage", "stages")]
        for item in declared:
            names = [item.name] if isinstance(item, Fact) else [column.name for column in item.adds]
            for name in names:
                key = (item.over, name)
                if key in facts or key in stages or key in inputs:
                    raise ValueError(f"{module_info.name}: column {name!r} of table {item.over} is defined twice")
                if isinstance(item, Fact):
                    facts[key] = item
                else:
                    stages[key] = item
    return Catalogue(facts, stages, inputs)


def _listed(module: object, one: str, many: str) -> list[Fact | Stage]:
    found = list(getattr(module, many, ()))
    single = getattr(module, one, None)
    if isinstance(single, Fact | Stage):
        found.append(single)
    return [item for item in found if isinstance(item, Fact | Stage)]
