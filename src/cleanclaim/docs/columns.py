"""Every column of every table as the pages need it: where it lives, what it means, what it is made of."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import dataclass
from functools import cached_property

import polars as pl

import cleanclaim.facts
from cleanclaim.docs.markdown import code, link, plain
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.kit import Fact, Stage
from cleanclaim.lines.schema import Column

TABLES: dict[str, str] = {
    "claims": "One row a claim: one visit of one patient to one payer, with what is known of patient, coverage, plan "
    "of care, authorization and note.",
    "lines": "One row a billed line, in the order of the claim.",
    "services": "One row a thing done at a visit, billed or not.",
    "diagnoses": "One row a diagnosis of a claim, in its order.",
    "days": "One row for each patient, day, discipline, billing NPI and coverage: what units are counted over.",
    "day_codes": "One row for each procedure code of a day, billed or furnished.",
    "pairs": "One row for two lines that meet in a pair edit.",
}
"""The tables in the order in which they are shown, each with what a row is."""

_TYPES: dict[str, str] = {
    "Int64": "whole number",
    "String": "text",
    "Boolean": "yes or no",
    "Date": "date",
    "List(String)": "list of texts",
    "List(Int64)": "list of whole numbers",
    "List(Date)": "list of dates",
}


@dataclass(frozen=True, slots=True)
class Derived:
    """A column that is computed: a fact, or one of the columns that a stage adds."""

    table: str
    name: str
    dtype: pl.DataType | type[pl.DataType]
    unit: str
    meaning: str
    maker: Fact | Stage
    module: str


class Columns:
    """The data dictionary: input columns by table, derived columns with the file each comes from."""

    def __init__(self) -> None:
        """Index the catalogue."""
        self._catalogue = catalogue()

    def inputs(self, table: str) -> list[Column]:
        """The columns of a table that are read, not computed."""
        return [column for (owner, _), column in self._catalogue.inputs.items() if owner == table]

    def derived(self, table: str) -> list[Derived]:
        """The computed columns of a table, by name."""
        return sorted((item for item in self._derived if item.table == table), key=lambda item: item.name)

    def path(self, table: str, name: str) -> str:
        """The page of a column as read on `table`, below `facts/`."""
        owner, _, own = self._catalogue.owner(table, name)
        if (owner, own) in self._catalogue.inputs:
            return f"{owner}/index.md#{own}"
        return f"{owner}/{own}.md"

    def described(self, table: str, name: str, folder: str) -> str:
        """A link to a column as read on `table`, with its meaning; `folder` is the way to `facts/`."""
        owner, _, own = self._catalogue.owner(table, name)
        found = self._catalogue.inputs.get((owner, own))
        meaning = found.meaning if found else self._by_cell[(owner, own)].meaning
        return f"{link(code(name), folder + self.path(table, name))}: {plain(meaning)}"

    @cached_property
    def _by_cell(self) -> dict[tuple[str, str], Derived]:
        return {(item.table, item.name): item for item in self._derived}

    @cached_property
    def _derived(self) -> tuple[Derived, ...]:
        found: list[Derived] = []
        for (table, name), fact in self._catalogue.facts.items():
            found.append(Derived(table, name, fact.dtype, fact.unit, fact.meaning, fact, self._modules[id(fact)]))
        for (table, name), stage in self._catalogue.stages.items():
            added = next(column for column in stage.adds if column.name == name)
            module = self._modules[id(stage)]
            found.append(Derived(table, name, added.dtype, added.unit, added.meaning, stage, module))
        return tuple(found)

    @cached_property
    def _modules(self) -> dict[int, str]:
        """The module in which each fact and stage is declared."""
        where: dict[int, str] = {}
        for info in pkgutil.walk_packages(cleanclaim.facts.__path__, prefix="cleanclaim.facts."):
            module = importlib.import_module(info.name)
            for _, value in inspect.getmembers(module):
                for item in value if isinstance(value, tuple | list) else (value,):
                    if isinstance(item, Fact | Stage):
                        where.setdefault(id(item), info.name)
        return where


def type_name(dtype: pl.DataType | type[pl.DataType]) -> str:
    """A type as people say it."""
    return _TYPES.get(str(dtype), str(dtype))
