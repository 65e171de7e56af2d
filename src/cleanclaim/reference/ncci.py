"""Medicare's procedure-to-procedure edits: those that a user loaded, else those shipped for therapists' codes.

A loaded edition holds the practitioner edits of every specialty with their first and last days, so it answers with
certainty for every day through the end of its quarter. What is shipped is one edition cut to the codes of
`scope.toml`; it kept the day on which an edit ended but not the day on which it began, so only the quarter of the
edition is certain: for any other day an answer is unconfirmed. After the quarter a later edition may have ended or
added an edit; before it an edit may not have begun. An edit that had ended before the day is not active, and one that
was voided (ended on the day it began) never was.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.reference.lookup import Edition, LookupTableError
from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.pair_index import PairIndex
from cleanclaim.reference.published.store import TABLE, LoadedEdition

NEVER = 0
"""Modifier indicator: no modifier separates the two codes."""
WITH_MODIFIER = 1
"""Modifier indicator: 59 or an X modifier on either code separates them where the services were separate."""
VOID = 9
"""Modifier indicator: the edit ended on the day it began and never applied."""

_SHIPPED = pl.Schema(
    {
        "column_1": pl.String,
        "column_2": pl.String,
        "modifier_indicator": pl.Int64,
        "ended_on": pl.Date,
        "reason": pl.String,
    }
)
_COLUMNS = ("column_1", "column_2", "modifier_indicator", "begins_on", "ended_on", "reason")
_KIND = Kind.PTP_PRACTITIONER


@dataclass(frozen=True, slots=True)
class PairEdit:
    """One edit: of two codes of one provider, patient and day, column 1 is paid and column 2 is not."""

    column_1: str
    column_2: str
    modifier_indicator: int
    begins_on: date | None
    """First day of the edit; None where the edition does not tell."""
    ended_on: date | None
    """Last day of the edit; None where it was active in the edition."""
    reason: str
    confirmed: bool
    """Whether the edition speaks for the day asked for with certainty."""


def loaded() -> LoadedEdition | None:
    """The loaded edition that answers; None where none is, or what is shipped is newer."""
    newest = current().newest(_KIND)
    return newest if newest is not None and newest.valid_through >= _shipped_edition().confirmed_through else None


@by_editions(_KIND)
def edition() -> Edition:
    """The edition that answers, and the days that it speaks for."""
    found = loaded()
    return Edition(found.name, found.valid_from, found.valid_through) if found else _shipped_edition()


def pairs() -> pl.DataFrame:
    """Every row of the edition that answers, ended and void ones too; a loaded one is read from its file.

    Columns: column_1, column_2 (String), modifier_indicator (Int64: 0 never, 1 with a modifier, 9 void), begins_on
    (Date, null: not told), ended_on (Date, null: active in the edition), reason (String, our own key).
    """
    found = loaded()
    return found.table().select(_COLUMNS) if found else shipped_pairs()


@cache
def shipped_pairs() -> pl.DataFrame:
    """Every row of the edition that is shipped, with the columns of `pairs`."""
    rows = pl.read_csv(_data("pairs.csv"), schema=_SHIPPED)
    return rows.with_columns(pl.lit(None, pl.Date).alias("begins_on")).select(_COLUMNS)


def indicators(column_1: pl.Series, column_2: pl.Series, days: pl.Series) -> pl.Series:
    """The modifier indicator of the edit of each two codes in this order on each day; null where there is none.

    Null says nothing about codes outside the table's scope (see `in_scope`); outside the days of the edition it is
    as unconfirmed as an indicator is.
    """
    return _index().indicators_on(column_1, column_2, days)


def stand(column_1: Sequence[str | None], column_2: Sequence[str | None]) -> npt.NDArray[np.bool_]:
    """Whether each two codes stand in the edition in this order, on whatever day; unknown codes stand in none."""
    return _index().stand(column_1, column_2)


def find(code_a: str, code_b: str, day: date) -> PairEdit | None:
    """The edit between two codes on a day, in either order; None where the edition has none for that day.

    None says nothing about a code outside the table's scope (see `covers`), and outside the edition's
    days it is as unconfirmed as an edit is.
    """
    index = _index()
    for first, second in ((code_a, code_b), (code_b, code_a)):
        indicator = index.indicator_on(first, second, day)
        if indicator is not None:
            return _edit(first, second, indicator, day)
    return None


def history(code_a: str, code_b: str) -> pl.DataFrame:
    """Every row of `pairs()` about two codes, in either order, oldest end first: what was, and what was voided."""
    codes = [code_a, code_b]
    found = loaded()
    rows = pl.scan_parquet(found.folder / TABLE).select(_COLUMNS) if found else shipped_pairs().lazy()
    return (
        rows.filter(pl.col("column_1").is_in(codes), pl.col("column_2").is_in(codes))
        .sort("ended_on", nulls_last=True)
        .collect()
    )


def _edit(first: str, second: str, indicator: int, day: date) -> PairEdit:
    """The row behind an indicator: of those of this order that had not ended, the one that ends next."""
    rows = [row for row in _rows_of(first, second) if row["modifier_indicator"] == indicator]
    held = [row for row in rows if row["ended_on"] is None or row["ended_on"] >= day]
    begun = [row for row in held if row["begins_on"] is None or row["begins_on"] <= day]
    return PairEdit(**begun[0], confirmed=edition().confirms(day))


def _rows_of(first: str, second: str) -> list[dict[str, Any]]:
    """The rows of two codes in this order, oldest end first."""
    if loaded() is None:
        return _shipped_rows().get((first, second), [])
    return history(first, second).filter(column_1=first, column_2=second).rows(named=True)


def covers(code_a: str, code_b: str) -> bool:
    """Whether the table would hold an edit between these codes.

    A loaded edition holds every code; of what is shipped one code is a therapist's, the other that or beside.
    """
    if loaded() is not None:
        return all(len(code) == len("97110") for code in (code_a, code_b))
    therapist_a, therapist_b = is_therapist_code(code_a), is_therapist_code(code_b)
    return (therapist_a or therapist_b) and all(
        known or _within(code, "beside") for code, known in ((code_a, therapist_a), (code_b, therapist_b))
    )


def is_therapist_code(code: str) -> bool:
    """Whether the scope counts the code, current or ended, among those that therapists bill."""
    return _within(code, "therapist")


def in_scope(code: str) -> bool:
    """Whether the table would hold the code: every one where an edition is loaded, else a therapist's or one beside."""
    return loaded() is not None or in_shipped_scope(code)


def in_shipped_scope(code: str) -> bool:
    """Whether what is shipped was cut to hold the code: a therapist's, or one billed beside them."""
    return is_therapist_code(code) or _within(code, "beside")


@by_editions(_KIND)
def _index() -> PairIndex:
    """The index of the edition that answers."""
    found = loaded()
    return PairIndex.open(found.folder) if found else _shipped_index()


@cache
def _shipped_index() -> PairIndex:
    return PairIndex.of(shipped_pairs())


@cache
def _shipped_edition() -> Edition:
    """The edition that is shipped, and the quarter that it speaks for."""
    entry = tomllib.loads(_data("edition.toml").decode("utf-8"))
    return Edition(entry["name"], entry["from"], entry["through"])


@cache
def _shipped_rows() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Column 1 and column 2 → the rows of the edition that is shipped, the earliest end first."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in shipped_pairs().sort("ended_on", nulls_last=True).iter_rows(named=True):
        found.setdefault((row["column_1"], row["column_2"]), []).append(row)
    return found


@cache
def _scope() -> dict[str, tuple[tuple[str, str], ...]]:
    """Group → its ranges of codes, both ends taken."""
    entry: dict[str, Any] = tomllib.loads(_data("scope.toml").decode("utf-8"))
    found = {}
    for group, ranges in entry.items():
        ends = [(text[:5], text[-5:]) for text in ranges]
        for text, (first, last) in zip(ranges, ends, strict=True):
            if text not in (first, f"{first}-{last}") or first > last:
                raise LookupTableError(f"scope.toml: {group} holds {text!r}; expected a code or first-last")
        found[group] = tuple(ends)
    return found


def _within(code: str, group: str) -> bool:
    """Whether a code of five characters lies in one of the group's ranges."""
    return len(code) == len("97110") and any(first <= code <= last for first, last in _scope()[group])


def _data(name: str) -> bytes:
    """A file of the committed edits."""
    return (resources.files("cleanclaim.reference") / "data" / "ncci" / name).read_bytes()
