"""Read the committed ICD-10-CM files, once each and only when asked for."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any

import polars as pl

from cleanclaim.reference.lookup import Edition
from cleanclaim.reference.published.dating import fiscal_year_of
from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.store import LoadedEdition
from cleanclaim.sources import Source

CODE_KINDS = (Kind.ICD10_CODES, Kind.ICD10_ADDENDA)
"""Kinds of loaded files that the code list depends on."""
KINDS = (*CODE_KINDS, Kind.ICD10_NOTES)
"""Kinds of loaded files that anything said of diagnoses depends on."""

CATEGORY = 3
"""Length of a category, the shortest code there is."""

_AFTER_EVERY_CODE = "~"
# A year's flag as a digit: header 0, billable 1, not listed 2.
_BASE = 3
_NOT_LISTED = 2
_ONE_DAY = timedelta(days=1)


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


@by_editions(*CODE_KINDS)
def fiscal_years() -> tuple[FiscalYear, ...]:
    """The editions that answer, oldest first, without a gap: shipped and loaded.

    A loaded edition stands in the place of a shipped one that began on the same day, and ends the one before it. One
    that leaves a gap to all others does not answer.
    """
    found = {year.valid_from: year for year in shipped_years()}
    for item in loaded_codes():
        last = fiscal_year_of(item.begins)[1]
        found[item.begins] = FiscalYear(column_of(item), item.begins, last, _billable(item), item.source)
    ordered = [found[day] for day in sorted(found)]
    cut = [
        replace(year, valid_through=min(year.valid_through, later.valid_from - _ONE_DAY))
        for year, later in pairwise(ordered)
    ]
    return _without_gap((*cut, ordered[-1]))


def _without_gap(years: tuple[FiscalYear, ...]) -> tuple[FiscalYear, ...]:
    """The run of editions around those that are shipped."""
    shipped = {year.valid_from for year in shipped_years()}
    runs: list[list[FiscalYear]] = []
    for year in years:
        if runs and (year.valid_from - runs[-1][-1].valid_through).days == 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return tuple(next(run for run in runs if any(year.valid_from in shipped for year in run)))


def loaded_codes() -> tuple[LoadedEdition, ...]:
    """The loaded order files and addenda, oldest first; of one day the order file, which is whole."""
    found = {item.name: item for kind in reversed(CODE_KINDS) for item in current().of(kind)}
    return tuple(found[name] for name in sorted(found))


def column_of(edition: LoadedEdition) -> str:
    """The name of a loaded edition's column of flags."""
    return f"loaded_{edition.name}"


def _billable(edition: LoadedEdition) -> int:
    return int(flags_of(edition).get_column("is_billable").sum())


@by_editions(*CODE_KINDS)
def flags_of(edition: LoadedEdition) -> pl.DataFrame:
    """Code, is_billable and label of a loaded edition; addenda are applied to the edition before them."""
    if edition.kind is Kind.ICD10_CODES:
        return edition.table()
    changes = edition.table()
    deleted, added = (changes.filter(action=action).drop("action") for action in ("delete", "add"))
    base = _edition_before(edition).join(deleted, on="code", how="anti")
    return pl.concat([base, added.unique("code", keep="last")]).unique("code", keep="last").sort("code")


def _edition_before(edition: LoadedEdition) -> pl.DataFrame:
    """Code, is_billable and label of the newest edition that began before this one."""
    loaded = [item for item in loaded_codes() if item.name < edition.name]
    shipped = [year for year in shipped_years() if year.valid_from < edition.begins]
    if loaded and (not shipped or loaded[-1].begins >= shipped[-1].valid_from):
        return flags_of(loaded[-1])
    if not shipped:
        raise Icd10DataError(f"addenda of {edition.name}: no edition before them; load its order file instead")
    flag = shipped[-1].column
    return (
        _shipped_codes().filter(pl.col(flag).is_not_null()).select("code", pl.col(flag).alias("is_billable"), "label")
    )


@cache
def shipped_years() -> tuple[FiscalYear, ...]:
    """The editions that are shipped, oldest first, without a gap."""
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


@by_editions(*CODE_KINDS)
def read_from() -> date:
    """The first day for which the code lists answer."""
    return fiscal_years()[0].valid_from


@by_editions(*CODE_KINDS)
def known_through() -> date:
    """The last day for which anything is known."""
    day: date = toml("provenance.toml")["horizon"]["known_through"]
    return max(day, fiscal_years()[-1].valid_through)


def loaded_notes() -> LoadedEdition | None:
    """The loaded edition of the notes that answers; None where none is newer than the one shipped."""
    newest = current().newest(Kind.ICD10_NOTES)
    return newest if newest and newest.name >= toml("provenance.toml")["tabular"]["edition"] else None


@by_editions(Kind.ICD10_NOTES)
def tabular_edition() -> Edition:
    """The edition of the tabular list whose notes answer, and the days it was in force."""
    if loaded := loaded_notes():
        return Edition(loaded.name, loaded.valid_from, loaded.valid_through)
    row = toml("provenance.toml")["tabular"]
    return Edition(row["edition"], row["confirmed_from"], row["confirmed_through"])


@by_editions(Kind.ICD10_NOTES)
def tabular_source() -> Source:
    """Where the notes were read."""
    if loaded := loaded_notes():
        return loaded.source
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


@by_editions(*CODE_KINDS)
def code_list() -> CodeList:
    """The code list: what is shipped, with the flags and the new codes of loaded editions."""
    frame = _shipped_codes()
    for item in loaded_codes():
        flags = flags_of(item).rename({"is_billable": column_of(item), "label": "new_label"})
        frame = frame.join(flags, on="code", how="full", coalesce=True).with_columns(
            pl.coalesce("label", "new_label").alias("label")
        )
        frame = frame.drop("new_label")
    return CodeList(frame.sort("code").pipe(_with_chapters) if loaded_codes() else frame)


def _with_chapters(frame: pl.DataFrame) -> pl.DataFrame:
    """Chapter and side of codes that only a loaded edition lists: of its category, and by the title's own words."""
    chapters = frame.drop_nulls("chapter").select(pl.col("code").str.slice(0, CATEGORY).alias("category"), "chapter")
    words = pl.col("label").str.to_lowercase()
    is_new = pl.all_horizontal(pl.col(year.column).is_null() for year in shipped_years())
    right, left = words.str.contains(r"\bright\b"), words.str.contains(r"\bleft\b")
    side = pl.when(right & left.not_()).then(pl.lit("right")).when(left & right.not_()).then(pl.lit("left"))
    return (
        frame.drop("chapter")
        .with_columns(pl.col("code").str.slice(0, CATEGORY).alias("category"))
        .join(chapters.unique("category"), on="category", how="left", maintain_order="left")
        .with_columns(pl.when(is_new).then(side).otherwise("side").alias("side"))
        .drop("category")
    )


@cache
def _shipped_codes() -> pl.DataFrame:
    return pl.read_parquet(path_of("codes.parquet").read_bytes())


def nearest(table: dict[str, Any], code: str) -> str | None:
    """The longest prefix of the code, the code itself among them, that the table holds."""
    for length in range(len(code), CATEGORY - 1, -1):
        if code[:length] in table:
            return code[:length]
    return None
