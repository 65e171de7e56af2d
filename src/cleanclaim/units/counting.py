"""Units of one day from its minutes, with the reasons in plain words.

The same code as the tables: a day of a few services is a table of a few rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias

import polars as pl

from cleanclaim.reference import procedures
from cleanclaim.units.allocation import allocate, day_totals
from cleanclaim.units.service_table import ServiceTableError
from cleanclaim.units.unit_rules import UnitRules, current_rules
from cleanclaim.units.wording import counted, joined

Timed: TypeAlias = Callable[[str], bool | None] | Collection[str] | None
"""Which codes are 15-minute codes: a function of the code, the codes themselves, or, when `None`, the reference."""

_SCHEMA = {
    "day_id": pl.Int64,
    "code": pl.String,
    "minutes": pl.Int64,
    "is_timed": pl.Boolean,
    "preference": pl.Int64,
    "first_minutes": pl.Int64,
    "each_minutes": pl.Int64,
}


class UnitMethod(StrEnum):
    """How a payer counts the units of 15-minute codes."""

    EIGHT_MINUTE = "eight_minute"
    """Medicare's: the day's minutes are pooled."""
    MIDPOINT = "midpoint"
    """CPT's: each code alone."""

    @property
    def label(self) -> str:
        """The method as people name it."""
        return "8-minute rule" if self is UnitMethod.EIGHT_MINUTE else "midpoint rule"


@dataclass(frozen=True, slots=True)
class Tie:
    """Codes with equal remaining minutes, of which not all could take a unit."""

    codes: tuple[str, ...]
    takers: tuple[str, ...]
    remaining_minutes: int
    is_open: bool
    """No stored choice decided, only the order of the services."""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """The units of one day by one method; `None` is unknown."""

    method: UnitMethod
    units: dict[str, int | None]
    supported_units: int | None
    """Units of the 15-minute codes together."""
    timed_minutes: int | None
    ties: tuple[Tie, ...]
    notes: tuple[str, ...]
    """What a person should know beside the count: ties, short services that ride on the pool, services left out."""
    explanation: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """One day by both methods, for a payer whose method is unknown."""

    eight_minute: UnitCount
    midpoint: UnitCount
    agree: bool | None
    """Whether every code takes the same units by both; `None` when a count is unknown."""
    larger_supported: int | None
    explanation: str


def count_units(
    minutes: Mapping[str, int | None],
    method: UnitMethod = UnitMethod.EIGHT_MINUTE,
    *,
    timed: Timed = None,
    prefer: Sequence[str] = (),
    rules: UnitRules | None = None,
) -> UnitCount:
    """Count the units of one day and explain them.

    Args:
        minutes: code → one-on-one minutes of the day, `None` when unknown; of an untimed code they do not matter.
        method: how the payer counts.
        timed: which codes are 15-minute codes.
        prefer: the therapist's choice in a tie, first choice first.
        rules: the numbers to count by; the published ones when absent.

    Raises:
        ServiceTableError: minutes that are not a whole number of 0 or more; names the code.

    >>> day = count_units({"97110": 23, "97140": 15}, timed={"97110", "97140"})
    >>> day.units
    {'97110': 2, '97140': 1}
    >>> day.explanation
    '38 timed minutes support 3 units: 97110 takes 2 (23 min), 97140 takes 1 (15 min)'
    >>> count_units({"97110": 33, "97140": 7}, timed={"97110", "97140"}).notes
    ("97140's 7 minutes ride on the pool: they are under 8, and the day's total supports the unit",)
    >>> count_units({"97112": 20, "97110": 20}, timed={"97110", "97112"}, prefer=["97110"]).units
    {'97112': 1, '97110': 2}
    """
    rules = rules or current_rules()
    table = day_table(minutes, timed=timed, prefer=prefer)
    rows = allocate(table, rules).to_dicts()
    totals = day_totals(table, rules).to_dicts()
    supported = totals[0][f"supported_units_{method}"] if totals else 0
    total = totals[0]["total_timed_minutes"] if totals else 0
    ties = _ties(rows, rules) if method is UnitMethod.EIGHT_MINUTE else ()
    return UnitCount(
        method=method,
        units={row["code"]: row[f"units_{method}"] for row in rows},
        supported_units=supported,
        timed_minutes=total,
        ties=ties,
        notes=tuple(_notes(rows, ties, rules)) if method is UnitMethod.EIGHT_MINUTE else (),
        explanation=_explanation(rows, method, total, supported),
    )


def compare_methods(
    minutes: Mapping[str, int | None],
    *,
    timed: Timed = None,
    prefer: Sequence[str] = (),
    rules: UnitRules | None = None,
) -> MethodComparison:
    """Count one day by both methods, for a payer whose method is unknown. Arguments as for `count_units`.

    >>> both = compare_methods({"97112": 24, "97110": 23}, timed={"97110", "97112"})
    >>> both.agree, both.larger_supported
    (False, 4)
    >>> both.explanation
    'The methods differ: the 8-minute rule gives 97112 2, 97110 1 (3 in all), the midpoint rule 97112 2, 97110 2 (4)'
    """
    eight = count_units(minutes, UnitMethod.EIGHT_MINUTE, timed=timed, prefer=prefer, rules=rules)
    midpoint = count_units(minutes, UnitMethod.MIDPOINT, timed=timed, prefer=prefer, rules=rules)
    if eight.supported_units is None or midpoint.supported_units is None:
        return MethodComparison(eight, midpoint, None, None, eight.explanation)
    agree = eight.units == midpoint.units
    if agree:
        words = f"Both methods give {_listed(eight)} ({eight.supported_units} timed in all)"
    else:
        words = (
            f"The methods differ: the 8-minute rule gives {_listed(eight)} ({eight.supported_units} in all), "
            f"the midpoint rule {_listed(midpoint)} ({midpoint.supported_units})"
        )
    return MethodComparison(eight, midpoint, agree, max(eight.supported_units, midpoint.supported_units), words)


def day_table(minutes: Mapping[str, int | None], *, timed: Timed = None, prefer: Sequence[str] = ()) -> pl.DataFrame:
    """Lay the minutes of one day out as the table that `allocate` reads, with `day_id` 1.

    Raises:
        ServiceTableError: minutes that are not a whole number of 0 or more; names the code.
    """
    for code, value in minutes.items():
        if value is not None and (type(value) is not int or value < 0):
            raise ServiceTableError(f"{code}: minutes are {value!r}; expected a whole number of 0 or more, or None")
    preference = {code: place for place, code in reversed(list(enumerate(prefer)))}
    rows = [(1, code, value, *_basis(code, timed), preference.get(code)) for code, value in minutes.items()]
    names = ("day_id", "code", "minutes", "is_timed", "first_minutes", "each_minutes", "preference")
    return pl.DataFrame(rows, schema={name: _SCHEMA[name] for name in names}, orient="row")


def _basis(code: str, timed: Timed) -> tuple[bool | None, int | None, int | None]:
    """Whether a code is a 15-minute code, and its own first and further blocks."""
    if callable(timed):
        return timed(code), None, None
    if timed is not None:
        return code in timed, None, None
    procedure = procedures.get(code)
    if procedure is None:
        return None, None, None
    each = procedure.minutes_each
    if procedure.minutes_first is not None and each is None:
        each = _add_on_blocks().get(code)
    return procedure.is_timed, procedure.minutes_first, each


@cache
def _add_on_blocks() -> Mapping[str, int]:
    """Minutes of each further block, by the code of the first block, where further blocks go on an add-on code."""
    blocks: dict[str, int] = {}
    for code in procedures.all_codes():
        procedure = procedures.get(code)
        if procedure is not None and procedure.minutes_each is not None:
            blocks |= dict.fromkeys(procedure.add_on_to, procedure.minutes_each)
    return blocks


def _ties(rows: Sequence[dict[str, Any]], rules: UnitRules) -> tuple[Tie, ...]:
    """The tie of a day, if there is one: its codes are those that another choice would give more or fewer units."""
    tied = [row for row in rows if row["units_eight_minute_least"] != row["units_eight_minute_most"]]
    if not tied:
        return ()
    takers = [row for row in tied if row["units_eight_minute"] > row["units_eight_minute_least"]]
    return (
        Tie(
            codes=tuple(row["code"] for row in tied),
            takers=tuple(row["code"] for row in takers),
            remaining_minutes=tied[0]["minutes"] % rules.minutes_per_unit,
            is_open=any(row["tie_open"] for row in tied),
        ),
    )


def _notes(rows: Sequence[dict[str, Any]], ties: Sequence[Tie], rules: UnitRules) -> Iterator[str]:
    for tie in ties:
        settled = (
            "no choice is stored, so the order of the services decides; the therapist may choose otherwise"
            if tie.is_open
            else "the stored choice decides"
        )
        yield (
            f"{joined(tie.codes)} tie at {counted(tie.remaining_minutes, 'remaining minute')} for "
            f"{counted(len(tie.takers), 'unit')}: {joined(tie.takers)} {_takes(len(tie.takers))}; {settled}"
        )
    for row in rows:
        code, minutes, units = row["code"], row["minutes"], row["units_eight_minute"]
        if row["thin"]:
            yield (
                f"{code} takes {counted(units, 'unit')} with {counted(minutes, 'minute')}, held up by minutes of codes "
                f"that take none: a person should look before it is billed"
            )
        elif row["rides_on_pool"]:
            remaining = minutes % rules.minutes_per_unit
            which = (
                f"{code}'s last {counted(remaining, 'minute')}"
                if minutes > remaining
                else (f"{code}'s {counted(minutes, 'minute')}")
            )
            ride, are = ("rides", "it is") if remaining == 1 else ("ride", "they are")
            yield (
                f"{which} {ride} on the pool: {are} under {rules.least_pooled_minutes}, and the day's total supports "
                f"the unit"
            )
        elif row["not_billed_pooled"]:
            yield (
                f"{code}'s {counted(minutes, 'minute')} take no unit: other codes come first; they "
                f"stay in the day's total, so document them"
            )
    for row in rows:
        if row["add_on_units"]:
            yield f"{row['code']}'s minutes also hold {counted(row['add_on_units'], 'unit')} of its add-on code"


def _explanation(rows: Sequence[dict[str, Any]], method: UnitMethod, total: int | None, supported: int | None) -> str:
    timed = [row for row in rows if row["is_timed"]]
    others = [row for row in rows if row["is_timed"] is False]
    if total is None or supported is None:
        parts = [_unknown(rows)]
    elif not timed:
        parts = ["No 15-minute code"]
    elif method is UnitMethod.EIGHT_MINUTE:
        support = "supports" if total == 1 else "support"
        parts = [
            f"{counted(total, 'timed minute')} {support} {counted(supported, 'unit')}: {_shares(timed, method)}",
        ]
    else:
        parts = [f"Each code counts alone: {_shares(timed, method)}, {counted(supported, 'unit')} in all"]
    once = [row["code"] for row in others if row["first_minutes"] is None and row["each_minutes"] is None]
    if once:
        parts.append(f"{joined(once)} {'is' if len(once) == 1 else 'are'} untimed, 1 unit each")
    parts.extend(
        f"{row['code']} counts by blocks of its own, {_units(row['units_midpoint'])}"
        for row in others
        if row["code"] not in once
    )
    return "; ".join(parts)


def _unknown(rows: Sequence[dict[str, Any]]) -> str:
    without_minutes = [row["code"] for row in rows if row["is_timed"] and row["minutes"] is None]
    without_basis = [row["code"] for row in rows if row["is_timed"] is None and row["minutes"] != 0]
    reasons = []
    if without_minutes:
        reasons.append(f"the minutes of {joined(without_minutes)} are unknown")
    if without_basis:
        reasons.append(f"whether {joined(without_basis)} counts by 15 minutes is unknown")
    return f"No data on timed units: {joined(reasons)}"


def _shares(rows: Sequence[dict[str, Any]], method: UnitMethod) -> str:
    return ", ".join(f"{row['code']} takes {row[f'units_{method}'] or 'none'} ({row['minutes']} min)" for row in rows)


def _units(number: int | None) -> str:
    return "units unknown" if number is None else counted(number, "unit")


def _takes(number: int) -> str:
    return "takes it" if number == 1 else "take them"


def _listed(count: UnitCount) -> str:
    return ", ".join(f"{code} {units}" for code, units in count.units.items()) or "no units"
