"""The units of a visit's day in words: what each code takes, what the minutes support, and what is left or too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cleanclaim.bill.job import Billed
from cleanclaim.units.counting import UnitMethod, compare_methods, count_units

_OF_DAY = ("claim_id", "payer_unit_method", "timed_minutes", "timed_units", "supported_units")
_OF_CODE = (
    "claim_id",
    "day_code",
    "code_minutes",
    "billed_units_in_all",
    "supported_code_units",
    "day_code_is_timed",
    "services_furnished",
    "units_eight_minute_least",
    "units_eight_minute_most",
)
"""Columns of `days` and `day_codes` that are told of."""


@dataclass(frozen=True, slots=True)
class CodeUnits:
    """One code of the day. `supported` is what its minutes take by the payer's method; `None` is unknown."""

    code: str
    minutes: int | None
    billed: int | None
    supported: int | None
    is_timed: bool | None
    tied: bool

    @property
    def difference(self) -> int | None:
        """Units billed above what is supported; below zero: left unbilled."""
        return None if self.billed is None or self.supported is None else self.billed - self.supported


@dataclass(frozen=True, slots=True)
class UnitStory:
    """The day's units: the sentence, notes beside it, each code, and the totals of 15-minute codes."""

    sentence: str
    notes: tuple[str, ...]
    codes: tuple[CodeUnits, ...]
    method: str
    timed_minutes: int | None
    timed_units: int | None
    supported_units: int | None
    tied: tuple[str, ...]

    @property
    def over(self) -> int:
        """Timed units billed above what the day's minutes support."""
        return max(0, (self.timed_units or 0) - (self.supported_units or 0)) if self._both_known else 0

    @property
    def left(self) -> int:
        """Timed units that the day's minutes support and nobody bills."""
        return max(0, (self.supported_units or 0) - (self.timed_units or 0)) if self._both_known else 0

    @property
    def _both_known(self) -> bool:
        return self.timed_units is not None and self.supported_units is not None


def tell_units(billed: Billed, preference: Sequence[str]) -> UnitStory:
    """The units of the first claim's day, from the facts that its rules were judged by.

    Args:
        billed: the engine's answer.
        preference: the therapist's choice in a tie, first choice first.
    """
    frames = billed.verdicts.workspace.frames
    days = frames.holding("days", _OF_DAY).select(_OF_DAY).filter(pl.col("claim_id") == 0).rows(named=True)
    rows = frames.holding("day_codes", _OF_CODE).select(_OF_CODE).filter(pl.col("claim_id") == 0).rows(named=True)
    day: dict[str, Any] = days[0] if days else {}
    # A tie stays one when a choice is stored: the therapist may still choose otherwise.
    tied = tuple(
        row["day_code"]
        for row in rows
        if day.get("payer_unit_method") == UnitMethod.EIGHT_MINUTE
        and row["units_eight_minute_least"] != row["units_eight_minute_most"]
    )
    codes = tuple(
        CodeUnits(
            code=row["day_code"],
            minutes=row["code_minutes"],
            billed=row["billed_units_in_all"],
            supported=row["supported_code_units"],
            is_timed=row["day_code_is_timed"],
            tied=row["day_code"] in tied,
        )
        for row in rows
        if row["day_code"] is not None
    )
    furnished = {
        row["day_code"]: row["code_minutes"]
        for row in rows
        if row["day_code"] is not None and row["services_furnished"] != 0
    }
    method = day.get("payer_unit_method")
    sentence = ""
    notes: tuple[str, ...] = ()
    if furnished and method is None:
        both = compare_methods(furnished, prefer=preference)
        sentence, notes = both.explanation, both.eight_minute.notes
    elif furnished and method is not None:
        counted = count_units(furnished, UnitMethod(method), prefer=preference)
        sentence, notes = counted.explanation, counted.notes
    if any(row["day_code"] is None for row in rows):
        notes = (*notes, "what is still in question is not counted yet")
    return UnitStory(
        sentence=sentence,
        notes=notes,
        codes=codes,
        method=UnitMethod(method).label if method else "",
        timed_minutes=day.get("timed_minutes"),
        timed_units=day.get("timed_units"),
        supported_units=day.get("supported_units"),
        tied=tied,
    )
