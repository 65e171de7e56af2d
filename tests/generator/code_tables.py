"""Published tables as the generator reads them for itself: pairs, unlikely units, diagnoses and what excludes them."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib import resources

import polars as pl


@cache
def edits() -> dict[tuple[str, str], int]:
    """Pairs of codes in force in 2024-Q3, either way round, with their modifier indicator."""
    found: dict[tuple[str, str], int] = {}
    path = resources.files("cleanclaim.reference") / "data" / "ncci" / "pairs.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["ended_on"] and row["modifier_indicator"] in {"0", "1"}:
                found[row["column_1"], row["column_2"]] = int(row["modifier_indicator"])
                found[row["column_2"], row["column_1"]] = int(row["modifier_indicator"])
    return found


@cache
def unlikely() -> dict[str, int]:
    """Units of a code and day above which Medicare calls them unlikely, edition of 2024-07-01."""
    path = resources.files("cleanclaim.reference") / "data" / "mue" / "mue.csv"
    with path.open(encoding="utf-8") as file:
        return {row["code"]: int(row["units"]) for row in csv.DictReader(file) if row["edition"] == "2024-07-01"}


@cache
def billable(year: int) -> frozenset[str]:
    """Diagnoses billable in a fiscal year, without dots; before 2025 those of 2025."""
    with resources.as_file(resources.files("cleanclaim.reference") / "data" / "icd10" / "codes.parquet") as path:
        table = pl.read_parquet(path)
    return frozenset(table.filter(pl.col(f"fy{max(year, 2025)}")).get_column("code").to_list())


@cache
def known_diagnoses() -> frozenset[str]:
    """Every code and header of the table."""
    with resources.as_file(resources.files("cleanclaim.reference") / "data" / "icd10" / "codes.parquet") as path:
        return frozenset(pl.read_parquet(path).get_column("code").to_list())


@cache
def exclusions() -> dict[str, tuple[str, ...]]:
    """Codes that may not stand beside the owner of the note, by owner."""
    with resources.as_file(resources.files("cleanclaim.reference") / "data" / "icd10" / "excludes1.parquet") as path:
        table = pl.read_parquet(path)
    found: dict[str, list[str]] = {}
    for owner, excluded in table.select("owner", "excluded").iter_rows():
        found.setdefault(owner, []).append(excluded)
    return {owner: tuple(codes) for owner, codes in found.items()}


def excluded(one: str, other: str) -> bool:
    """Whether a note of either code, or of a header above it, forbids the other beside it."""
    one, other = one.replace(".", ""), other.replace(".", "")
    return any(
        mine.startswith(owner) and any(theirs.startswith(code) for code in codes)
        for mine, theirs in ((one, other), (other, one))
        for owner in (mine[:length] for length in range(3, len(mine) + 1))
        for codes in (exclusions().get(owner, ()),)
    )


def fiscal_year(day: date) -> int:
    """The year of ICD-10-CM that a day of service falls in."""
    return day.year + (day.month >= 10)


def valid_on(code: str, day: date) -> bool:
    """Whether a diagnosis may be billed on a day of service."""
    return code.replace(".", "") in billable(fiscal_year(day))
