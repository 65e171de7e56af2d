"""Medicare's procedure-to-procedure edits between codes that therapists bill, and what is billed beside them.

The table holds the practitioner edits of one edition, cut to the codes of `scope.toml`. It kept the day on
which an edit ended but not the day on which it began, so only the quarter of the edition is certain: for any
other day an answer is unconfirmed. After the quarter a later edition may have ended or added an edit; before
it an edit may not have begun. An edit that had ended before the day is not active, and one that was voided
(ended on the day it began) never was.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from cleanclaim.reference.lookup import Edition, LookupTableError

NEVER = 0
"""Modifier indicator: no modifier separates the two codes."""
WITH_MODIFIER = 1
"""Modifier indicator: 59 or an X modifier on either code separates them where the services were separate."""
VOID = 9
"""Modifier indicator: the edit ended on the day it began and never applied."""

_SCHEMA = pl.Schema(
    {
        "column_1": pl.String,
        "column_2": pl.String,
        "modifier_indicator": pl.Int64,
        "ended_on": pl.Date,
        "reason": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class PairEdit:
    """One edit: of two codes of one provider, patient and day, column 1 is paid and column 2 is not."""

    column_1: str
    column_2: str
    modifier_indicator: int
    ended_on: date | None
    """Last day of the edit; None where it was active in the edition."""
    reason: str
    confirmed: bool
    """Whether the day asked for lies in the quarter of the edition."""


@cache
def pairs() -> pl.DataFrame:
    """Every row of the edition, ended and void ones too.

    Columns: column_1, column_2 (String), modifier_indicator (Int64: 0 never, 1 with a modifier, 9 void),
    ended_on (Date, null: active in the edition), reason (String, our own key).
    """
    return pl.read_csv(_data("pairs.csv"), schema=_SCHEMA)


@cache
def dated_pairs() -> pl.DataFrame:
    """The edits that were ever in force, for `reference.lookup.attach` by both codes in alphabetical order.

    Columns: code_low, code_high, column_1, column_2, modifier_indicator, reason, valid_from, valid_through.
    `valid_from` only keeps successive edits of one pair apart: null, or the day after the one before ended.
    Whether the answer is confirmed for a day is the edition's to say.
    """
    ever = pairs().filter(pl.col("modifier_indicator") != VOID)
    return (
        ever.with_columns(
            pl.min_horizontal("column_1", "column_2").alias("code_low"),
            pl.max_horizontal("column_1", "column_2").alias("code_high"),
        )
        .sort("code_low", "code_high", "ended_on", nulls_last=True)
        .with_columns(pl.col("ended_on").shift(1).over("code_low", "code_high").dt.offset_by("1d").alias("valid_from"))
        .select(
            "code_low",
            "code_high",
            "column_1",
            "column_2",
            "modifier_indicator",
            "reason",
            "valid_from",
            pl.col("ended_on").alias("valid_through"),
        )
    )


@cache
def edition() -> Edition:
    """The edition that was read, and the quarter that it speaks for."""
    entry = tomllib.loads(_data("edition.toml").decode("utf-8"))
    return Edition(entry["name"], entry["from"], entry["through"])


def find(code_a: str, code_b: str, day: date) -> PairEdit | None:
    """The edit between two codes on a day, in either order; None where the edition has none for that day.

    None says nothing about a code outside the table's scope (see `covers`), and outside the edition's
    quarter it is as unconfirmed as an edit is.
    """
    confirmed = edition().confirms(day)
    for edit in _index().get(_key(code_a, code_b), ()):
        if edit.ended_on is None or day <= edit.ended_on:
            return replace(edit, confirmed=confirmed)
    return None


def history(code_a: str, code_b: str) -> pl.DataFrame:
    """Every row of `pairs()` about two codes, in either order, oldest end first: what was, and what was voided."""
    codes = [code_a, code_b]
    return (
        pairs()
        .filter(pl.col("column_1").is_in(codes), pl.col("column_2").is_in(codes))
        .sort("ended_on", nulls_last=True)
    )


def covers(code_a: str, code_b: str) -> bool:
    """Whether the table would hold an edit between these codes: one is a therapist's, the other that or beside."""
    therapist_a, therapist_b = is_therapist_code(code_a), is_therapist_code(code_b)
    return (therapist_a or therapist_b) and all(
        known or _within(code, "beside") for code, known in ((code_a, therapist_a), (code_b, therapist_b))
    )


def is_therapist_code(code: str) -> bool:
    """Whether the scope counts the code, current or ended, among those that therapists bill."""
    return _within(code, "therapist")


def in_scope(code: str) -> bool:
    """Whether the edit tables were cut to hold the code: a therapist's, or one billed beside them."""
    return is_therapist_code(code) or _within(code, "beside")


@cache
def _index() -> dict[tuple[str, str], tuple[PairEdit, ...]]:
    """Both codes in order → the edits that were ever in force, the earliest end first."""
    found: dict[tuple[str, str], list[PairEdit]] = {}
    for row in dated_pairs().iter_rows(named=True):
        edit = PairEdit(
            column_1=row["column_1"],
            column_2=row["column_2"],
            modifier_indicator=row["modifier_indicator"],
            ended_on=row["valid_through"],
            reason=row["reason"],
            confirmed=False,
        )
        found.setdefault((row["code_low"], row["code_high"]), []).append(edit)
    return {key: tuple(edits) for key, edits in found.items()}


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


def _key(code_a: str, code_b: str) -> tuple[str, str]:
    """Both codes in alphabetical order."""
    return (code_a, code_b) if code_a <= code_b else (code_b, code_a)


def _data(name: str) -> bytes:
    """A file of the committed edits."""
    return (resources.files("cleanclaim.reference") / "data" / "ncci" / name).read_bytes()
