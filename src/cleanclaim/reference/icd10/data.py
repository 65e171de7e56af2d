"""Read the committed ICD-10-CM files, once each and only when asked for."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any

import polars as pl

from cleanclaim.reference.lookup import Edition
from cleanclaim.sources import Source

CATEGORY = 3
"""Length of a category, the shortest code there is."""

_AFTER_EVERY_CODE = "~"
# A year's flag as a digit: header 0, billable 1, not listed 2.
_BASE = 3
_NOT_LISTED = 2


class Icd10DataError(ValueError):
    """A committed file does not say what the loader expects; the message names the file and the entry."""


def path_of(name: str) -> Any:  # noqa: ANN401  (importlib's Traversable moves between Python versions)
    """The committed file of that name."""
    return files("cleanclaim") / "reference" / "data" / "icd10" / name


@cache
def toml(name: str) -> dict[str, Any]:
    """A committed TOML file as nested dictionaries; callers do not change it."""
    return tomllib.loads(path_of(name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """One yearly edition of the code list: its column of flags, its days and who published it."""

    column: str
    valid_from: date
    valid_through: date
    billable_codes: int
    source: Source


@cache
def fiscal_years() -> tuple[FiscalYear, ...]:
    """The editions read, oldest first, without a gap."""
    years = tuple(
        FiscalYear(
            row["column"],
            row["valid_from"],
            row["valid_through"],
            row["billable_codes"],
            Source.from_table(row["source"]),
        )
        for row in toml("provenance.toml")["edition"]
    )
    for earlier, later in pairwise(years):
        if (later.valid_from - earlier.valid_through).days != 1:
            raise Icd10DataError(f"provenance.toml: {later.column} does not begin the day after {earlier.column} ends")
    return years


@cache
def read_from() -> date:
    """The first day for which the code lists answer."""
    return fiscal_years()[0].valid_from


@cache
def known_through() -> date:
    """The last day for which anything is known."""
    day: date = toml("provenance.toml")["horizon"]["known_through"]
    return day


@cache
def tabular_edition() -> Edition:
    """The edition of the tabular list whose notes are loaded, and the days it was in force."""
    row = toml("provenance.toml")["tabular"]
    return Edition(row["edition"], row["confirmed_from"], row["confirmed_through"])


@cache
def tabular_source() -> Source:
    """Where the notes were read."""
    return Source.from_table(toml("provenance.toml")["tabular"]["source"])


@cache
def guidelines_source() -> Source:
    """The official guidelines behind the order of codes and the exception to Excludes1."""
    return Source.from_table(toml("provenance.toml")["guidelines"]["source"])


class CodeList:
    """Every code ever listed in the years read, in order, as plain lists for fast single lookups."""

    def __init__(self, frame: pl.DataFrame) -> None:
        """Take the columns of `codes.parquet`, sorted by code."""
        self.frame = frame
        self.codes: list[str] = frame["code"].to_list()
        self.position: dict[str, int] = {code: number for number, code in enumerate(self.codes)}
        columns = [year.column for year in fiscal_years()]
        digits = [pl.col(name).cast(pl.Int64).fill_null(_NOT_LISTED) * _BASE**i for i, name in enumerate(columns)]
        numbered = frame.select(*columns, pl.sum_horizontal(digits).alias("number"))
        self._flags: list[int] = numbered["number"].to_list()
        self._patterns = {row[-1]: row[:-1] for row in numbered.unique().iter_rows()}

    def flags(self, position: int) -> tuple[bool | None, ...]:
        """The yearly flags of the code at a position: true billable, false header, `None` not listed."""
        return self._patterns[self._flags[position]]

    def patterns(self) -> list[tuple[bool | None, ...]]:
        """Every combination of yearly flags that occurs."""
        return [self._patterns[number] for number in sorted(self._patterns)]

    @cached_property
    def labels(self) -> list[str]:
        """The official title of each code."""
        return self.frame["label"].to_list()

    @cached_property
    def side(self) -> list[str | None]:
        """The side of each code, or `None`."""
        return self.frame["side"].to_list()

    @cached_property
    def group(self) -> list[int | None]:
        """The number that codes share which differ only in their side."""
        return self.frame["side_group"].to_list()

    @cached_property
    def seventh(self) -> list[str | None]:
        """The 7th character of each full code whose category has them."""
        return self.frame["seventh"].to_list()

    @cached_property
    def members(self) -> dict[int, list[int]]:
        """The positions of the codes of each side group."""
        found: dict[int, list[int]] = {}
        for position, number in enumerate(self.group):
            if number is not None:
                found.setdefault(number, []).append(position)
        return found

    @cached_property
    def chapter(self) -> list[int | None]:
        """The chapter of each code."""
        return self.frame["chapter"].to_list()

    @cached_property
    def manifestation(self) -> list[bool | None]:
        """Whether each code is a manifestation; `None` where title and note disagree."""
        return self.frame["is_manifestation"].to_list()

    def below(self, prefix: str) -> range:
        """The positions of the codes that begin with the prefix, the prefix itself among them."""
        return range(bisect_left(self.codes, prefix), bisect_left(self.codes, prefix + _AFTER_EVERY_CODE))


@cache
def code_list() -> CodeList:
    """The committed code list."""
    return CodeList(pl.read_parquet(path_of("codes.parquet").read_bytes()))


def nearest(table: dict[str, Any], code: str) -> str | None:
    """The longest prefix of the code, the code itself among them, that the table holds."""
    for length in range(len(code), CATEGORY - 1, -1):
        if code[:length] in table:
            return code[:length]
    return None
