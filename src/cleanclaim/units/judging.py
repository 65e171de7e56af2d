"""Billed units against documented minutes, both ways: too many, too few, as supported, or no data.

A count that is unknown still has bounds: the whole units of the minutes that are known. A verdict is given when it
holds within the bounds, whichever way a tie is broken; for an unknown method, when it holds by both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from cleanclaim.units.allocation import allocate, day_totals
from cleanclaim.units.counting import Timed, UnitMethod, day_table
from cleanclaim.units.service_table import ServiceTableError
from cleanclaim.units.unit_rules import UnitRules, current_rules
from cleanclaim.units.wording import counted


class Verdict(StrEnum):
    """How billed units stand to what the minutes support."""

    AS_SUPPORTED = "as supported"
    OVER = "over"
    UNDER = "under"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class UnitJudgment:
    """One day judged: the 15-minute codes together, and each code."""

    day: Verdict
    codes: dict[str, Verdict]
    billed_units: int | None
    """Units billed of 15-minute codes; `None` when one is unknown, or whether a billed code is one."""
    supported_units: dict[UnitMethod, int | None]
    explanation: str
    """One sentence on the day."""


_EMPTY_DAY = {
    "total_timed_minutes": 0,
    **{f"supported_units_{method}": 0 for method in UnitMethod},
    **{f"units_{method}_at_least": 0 for method in UnitMethod},
}
"""The totals of a day without services."""


class _Bounds(NamedTuple):
    """The fewest and most units there can be; `most` is `None` without a bound."""

    least: int
    most: int | None
    certain: bool
    """The count itself is known, up to the choice in a tie."""


def judge_billed(
    billed: Mapping[str, int | None],
    minutes: Mapping[str, int | None],
    method: UnitMethod | None = None,
    *,
    timed: Timed = None,
    rules: UnitRules | None = None,
) -> UnitJudgment:
    """Judge one day's billed units, too many and too few, by code and together.

    An untimed code is one event and one unit here: leave out codes that count areas, extremities or wounds.

    Args:
        billed: code → units billed, `None` unknown. A code that is not here was not billed.
        minutes: code → minutes, `None` unknown. A code that is not here has unknown minutes.
        method: how the payer counts; when `None`, both methods must lead to the same verdict.
        timed: which codes are 15-minute codes, as for `count_units`.
        rules: the numbers to count by; the published ones when absent.

    Raises:
        ServiceTableError: units or minutes that are not a whole number of 0 or more; names the code.

    >>> day = judge_billed({"97110": 2}, {"97110": 22}, UnitMethod.EIGHT_MINUTE, timed={"97110"})
    >>> day.day, day.explanation
    (<Verdict.OVER: 'over'>, '2 timed units billed; 22 timed minutes support 1 by the 8-minute rule')
    >>> judge_billed({"97110": 2}, {"97110": None}, timed={"97110"}).day
    <Verdict.NO_DATA: 'no data'>
    """
    for code, units in billed.items():
        if units is not None and (type(units) is not int or units < 0):
            raise ServiceTableError(f"{code}: billed {units!r} units; expected a whole number of 0 or more, or None")
    rules = rules or current_rules()
    documented = {**minutes, **{code: None for code in billed if code not in minutes}}
    table = day_table(documented, timed=timed)
    rows = allocate(table, rules).to_dicts()
    totals = day_totals(table, rules).to_dicts()
    day = next(iter(totals), _EMPTY_DAY)
    methods = tuple(UnitMethod) if method is None else (method,)

    codes = {}
    for row in rows:
        units = billed.get(row["code"], 0)
        codes[row["code"]] = _verdict(units or 0, units, [_code_bounds(row, item, rules) for item in methods])
    may_be_timed = [billed.get(row["code"], 0) for row in rows if row["is_timed"] is not False]
    least = sum(billed.get(row["code"], 0) or 0 for row in rows if row["is_timed"])
    most = None if None in may_be_timed else sum(units or 0 for units in may_be_timed)
    billed_units = least if least == most else None
    supported = {item: day[f"supported_units_{item}"] for item in methods}
    return UnitJudgment(
        day=_verdict(least, most, [_day_bounds(day, item) for item in methods]),
        codes=codes,
        billed_units=billed_units,
        supported_units=supported,
        explanation=_explanation(billed_units, day["total_timed_minutes"], supported),
    )


def _verdict(least: int, most: int | None, bounds: Sequence[_Bounds]) -> Verdict:
    """Hold what is billed, from `least` to `most`, against the bounds of every method that may apply."""
    if all(bound.most is not None and least > bound.most for bound in bounds):
        return Verdict.OVER
    if most is not None and all(most < bound.least for bound in bounds):
        return Verdict.UNDER
    if least == most and all(bound.certain and bound.least <= least for bound in bounds):
        within = all(bound.most is not None and least <= bound.most for bound in bounds)
        return Verdict.AS_SUPPORTED if within else Verdict.NO_DATA
    return Verdict.NO_DATA


def _code_bounds(row: Mapping[str, Any], method: UnitMethod, rules: UnitRules) -> _Bounds:
    units = row[f"units_{method}"]
    if not row["is_timed"] or method is UnitMethod.MIDPOINT:
        return _Bounds(units or 0, units, certain=units is not None)
    if units is not None:
        return _Bounds(row["units_eight_minute_least"], row["units_eight_minute_most"], certain=True)
    if row["minutes"] is None:
        return _Bounds(0, None, certain=False)
    # Whatever the other codes bring, a code takes its whole units, and at most one more for what is over.
    whole, over = divmod(row["minutes"], rules.minutes_per_unit)
    return _Bounds(whole, whole + (over > 0), certain=over == 0)


def _day_bounds(day: Mapping[str, Any], method: UnitMethod) -> _Bounds:
    supported = day[f"supported_units_{method}"]
    return _Bounds(day[f"units_{method}_at_least"], supported, certain=supported is not None)


def _explanation(billed: int | None, minutes: int | None, supported: Mapping[UnitMethod, int | None]) -> str:
    units = "Timed units billed are unknown" if billed is None else f"{counted(billed, 'timed unit')} billed"
    units = units[0].upper() + units[1:]
    if minutes is None:
        return f"{units}; timed minutes are unknown"
    verb = "supports" if minutes == 1 else "support"
    counts = ", ".join(f"{number or 'none'} by the {method.label}" for method, number in supported.items())
    time = counted(minutes, "timed minute")
    return f"{units}; {time} {verb} {counts}"
