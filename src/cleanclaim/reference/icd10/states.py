"""What an ICD-10-CM code is over time: billable, header, not yet, ended, or no data."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import polars as pl

from cleanclaim.reference.icd10.data import (
    CODE_KINDS,
    Icd10DataError,
    code_list,
    fiscal_years,
    known_through,
    read_from,
    toml,
)
from cleanclaim.reference.published.editions import by_editions
from cleanclaim.sources import Source

_ONE_DAY = timedelta(days=1)


class State(StrEnum):
    """What a code is on one day."""

    BILLABLE = "billable"
    HEADER = "header"
    """Listed, but only its more specific codes may be billed."""
    NOT_YET = "not yet"
    """Begins on a later day."""
    ENDED = "ended"
    """Could be billed before that day and no longer can; it may still stand as a header."""
    UNKNOWN_CODE = "unknown code"
    """In none of the years read."""
    OUTSIDE_DATES = "outside dates"
    """The day lies outside the years read: no data."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which a code was in one state, both inclusive, and whether its ends are the true ones.

    `valid_from` of the first period is the first day read, not the code's own first day: `start_known` is false.
    """

    state: State
    valid_from: date
    valid_through: date
    start_known: bool
    end_known: bool
    source: Source


def _state(flags: tuple[bool | None, ...], year: int) -> State:
    """The state in one year, given the flags of all years."""
    flag = flags[year]
    if flag:
        return State.BILLABLE
    if any(flags[:year]):
        return State.ENDED
    if flag is not None:
        return State.HEADER
    return State.ENDED if any(earlier is not None for earlier in flags[:year]) else State.NOT_YET


@by_editions(*CODE_KINDS)
def _pattern_periods(flags: tuple[bool | None, ...]) -> tuple[Period, ...]:
    """The periods of every code with these yearly flags; equal neighbors are one period."""
    years = fiscal_years()
    periods: list[Period] = []
    first = 0
    for number in range(len(years)):
        state = _state(flags, first)
        if number + 1 < len(years) and _state(flags, number + 1) is state:
            continue
        last = number + 1 == len(years)
        periods.append(
            Period(
                state,
                years[first].valid_from,
                years[number].valid_through,
                start_known=first > 0,
                end_known=not last,
                source=years[first].source,
            )
        )
        first = number + 1
    return tuple(periods)


@by_editions(*CODE_KINDS)
def _dated() -> dict[str, tuple[Period, ...]]:
    """Periods of single codes before the first year read."""
    table = toml("dated.toml")
    sources = {name: Source.from_table(row) for name, row in table["sources"].items()}
    found: dict[str, list[Period]] = {}
    for row in table["period"]:
        state = State[row["state"].upper()]
        for code in row["codes"]:
            if code not in code_list().position:
                raise Icd10DataError(f"dated.toml: {code} is not in the code list")
            found.setdefault(code, []).append(
                Period(
                    state,
                    row["valid_from"],
                    row["valid_through"],
                    start_known=state is not State.NOT_YET,
                    end_known=True,
                    source=sources[row["source"]],
                )
            )
    return {code: tuple(sorted(periods, key=lambda period: period.valid_from)) for code, periods in found.items()}


@by_editions(*CODE_KINDS)
def _dated_periods(code: str, flags: tuple[bool | None, ...]) -> tuple[Period, ...]:
    """The periods of a code that is known before the first year read: dated ones, then those of the years."""
    periods: list[Period] = []
    earlier_billable = False
    for period in _dated()[code] + _pattern_periods(flags):
        state = State.ENDED if period.state is State.HEADER and earlier_billable else period.state
        earlier_billable |= state is State.BILLABLE
        previous = periods[-1] if periods else None
        if previous is not None and previous.state is state and period.valid_from - previous.valid_through == _ONE_DAY:
            periods[-1] = Period(
                state,
                previous.valid_from,
                period.valid_through,
                start_known=previous.start_known,
                end_known=period.end_known,
                source=previous.source,
            )
        else:
            start_known = previous is not None or period.start_known
            periods.append(
                Period(
                    state,
                    period.valid_from,
                    period.valid_through,
                    start_known=start_known,
                    end_known=period.end_known,
                    source=period.source,
                )
            )
    return tuple(periods)


def periods(code: str) -> tuple[Period, ...]:
    """The states of a code over time, oldest first, without a gap; empty for an unknown code."""
    listed = code_list()
    position = listed.position.get(code)
    if position is None:
        return ()
    flags = listed.flags(position)
    return _dated_periods(code, flags) if code in _dated() else _pattern_periods(flags)


def period_on(found: tuple[Period, ...], day: date) -> int | None:
    """The index of the period that holds on the day."""
    index = bisect_right(found, day, key=lambda period: period.valid_from) - 1
    return index if index >= 0 and day <= found[index].valid_through else None


def state_on(code: str, day: date) -> State:
    """The state of a code without its dot on a day: the short form of `status`."""
    found = periods(code)
    if not found:
        return State.UNKNOWN_CODE if read_from() <= day <= known_through() else State.OUTSIDE_DATES
    index = period_on(found, day)
    return State.OUTSIDE_DATES if index is None else found[index].state


def periods_frame() -> pl.DataFrame:
    """One row per code and period."""
    rows = []
    listed = code_list()
    years = [year.column for year in fiscal_years()]
    for flags in listed.patterns():
        rows += [(*flags, p.state.value, p.valid_from, p.valid_through, p.start_known, p.end_known)
                 for p in _pattern_periods(flags)]  # fmt: skip
    names = ["state", "valid_from", "valid_through", "start_known", "end_known"]
    types = [pl.String, pl.Date, pl.Date, pl.Boolean, pl.Boolean]
    schema = dict.fromkeys(years, pl.Boolean) | dict(zip(names, types, strict=True))
    patterns = pl.DataFrame(rows, schema=schema, orient="row")
    special = list(_dated())
    plain = listed.frame.filter(~pl.col("code").is_in(special)).select("code", *years)
    plain = plain.join(patterns, on=years, how="left", nulls_equal=True).select("code", *names)
    dated_rows = [
        (code, p.state.value, p.valid_from, p.valid_through, p.start_known, p.end_known)
        for code in special
        for p in periods(code)
    ]
    dated_schema = {"code": pl.String} | dict(zip(names, types, strict=True))
    return pl.concat([plain, pl.DataFrame(dated_rows, schema=dated_schema, orient="row")])
