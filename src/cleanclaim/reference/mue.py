"""Medicare's medically unlikely edits: the most units of a code that one provider bills one patient in a day.

Two editions were read: the whole list of 2024-07-01 and, of the second quarter of 2026, the codes judged by
day with appeal (adjudication indicator 3). Each speaks with certainty for its own quarter. For other days the
nearest earlier edition answers, and says that it is unconfirmed; a day before the first edition is answered
by the first. A limit of 0 is Medicare's own decision not to cover a code, not a limit for payers who do.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import polars as pl

from cleanclaim.reference.lookup import Edition

PER_LINE = 1
"""Adjudication indicator: judged line by line."""
PER_DAY_ABSOLUTE = 2
"""Adjudication indicator: judged over the day, never more."""
PER_DAY = 3
"""Adjudication indicator: judged over the day; more may be paid where the record shows the need."""

_SCHEMA = pl.Schema({"code": pl.String, "edition": pl.String, "units": pl.Int64, "mai": pl.Int64, "reason": pl.String})


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """The most units of a code, and how they are counted."""

    code: str
    units: int
    mai: int
    """Adjudication indicator: 1 per line, 2 per day and absolute, 3 per day and open to appeal."""
    reason: str
    """Our own key; empty where the edition was read without its reasons."""
    edition: str
    confirmed: bool
    """Whether the day asked for lies in the quarter of the edition."""


@cache
def editions() -> tuple[Edition, ...]:
    """The editions that were read, oldest first."""
    entries = tomllib.loads(_data("editions.toml").decode("utf-8"))["edition"]
    found = (Edition(entry["name"], entry["from"], entry["through"]) for entry in entries)
    return tuple(sorted(found, key=lambda edition: edition.confirmed_from))


@cache
def table() -> pl.DataFrame:
    """One row per code and edition, for `reference.lookup.attach` by code.

    Columns: code, units, mai (Int64), reason, edition (String), valid_from, valid_through, confirmed_from,
    confirmed_through (Date). The row answers from `valid_from` through `valid_through`, null is open; outside
    the confirmed days the answer is unconfirmed.
    """
    names = editions()
    dates = pl.DataFrame(
        {
            "edition": [edition.name for edition in names],
            "confirmed_from": [edition.confirmed_from for edition in names],
            "confirmed_through": [edition.confirmed_through for edition in names],
        }
    )
    rows = pl.read_csv(_data("mue.csv"), schema=_SCHEMA).with_columns(pl.col("reason").fill_null(""))
    begins, is_first = pl.col("confirmed_from"), pl.int_range(pl.len()).over("code") == 0
    return (
        rows.join(dates, on="edition", how="left", maintain_order="left", validate="m:1")
        .sort("code", "confirmed_from")
        .with_columns(
            pl.when(~is_first | (begins > names[0].confirmed_from)).then(begins).alias("valid_from"),
            begins.shift(-1).over("code").dt.offset_by("-1d").alias("valid_through"),
        )
        .select(
            "code",
            "units",
            "mai",
            "reason",
            "edition",
            "valid_from",
            "valid_through",
            "confirmed_from",
            "confirmed_through",
        )
    )


def get(code: str, day: date) -> UnitLimit | None:
    """The limit of a code on a day; None where no edition read by then lists the code.

    None says nothing about codes outside the scope of the table, see `ncci.in_scope`.
    """
    for begins, ends, edition, limit in _index().get(code, ()):
        if (begins is None or begins <= day) and (ends is None or day <= ends):
            return UnitLimit(*limit, edition=edition.name, confirmed=edition.confirms(day))
    return None


@cache
def _index() -> dict[str, list[tuple[date | None, date | None, Edition, tuple[str, int, int, str]]]]:
    """Code → first day, last day, edition, and the limit."""
    by_name = {edition.name: edition for edition in editions()}
    found: dict[str, list[tuple[date | None, date | None, Edition, tuple[str, int, int, str]]]] = {}
    for row in table().iter_rows(named=True):
        limit = (row["code"], row["units"], row["mai"], row["reason"])
        answers = (row["valid_from"], row["valid_through"], by_name[row["edition"]], limit)
        found.setdefault(row["code"], []).append(answers)
    return found


def _data(name: str) -> bytes:
    """A file of the committed limits."""
    return (resources.files("cleanclaim.reference") / "data" / "mue" / name).read_bytes()
