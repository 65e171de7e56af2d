"""ICD-10-CM codes and what they are on a day: billable, header, not yet, ended, or no data."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import polars as pl

from cleanclaim.reference.icd10 import sequencing, seventh
from cleanclaim.reference.icd10.data import (
    CATEGORY,
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

_SUGGESTIONS = 12
# A clinic uses a few hundred codes; a batch of claims a few thousand.
_REMEMBERED = 16_384
# From fiscal year 2027 one category has a letter in its second place: QA0, genetic disorders.
_WRITTEN = re.compile(r"(?:[A-Z][0-9]|QA)[0-9A-Z]{1,5}")
# Recovery is where therapy normally stands, so its codes are proposed before those of active treatment.
_SEVENTH_ORDER = {"D": 0, "A": 1, "S": 3}
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


class Side(StrEnum):
    """The side of the body that a code's title names."""

    RIGHT = "right"
    LEFT = "left"
    BILATERAL = "bilateral"
    UNSPECIFIED = "unspecified"
    """The title says that the side is not specified, and codes with a side stand beside it."""


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


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One code, without its dot, and what does not depend on the day."""

    code: str
    label: str
    chapter: int | None
    side: Side | None
    """`None` where the title names no side."""
    is_external_cause: bool
    is_organism: bool
    """A germ (B95-B97) behind a disease that is coded elsewhere."""
    is_manifestation: bool | None
    """`None` where the title speaks of a disease coded elsewhere and no note asks for it: not known."""
    seventh: str | None
    """The 7th character, where the category has them."""
    periods: tuple[Period, ...]

    @property
    def dotted(self) -> str:
        """The code as people write it, `M25.561`."""
        return dotted(self.code)

    @property
    def category(self) -> str:
        """The first three characters."""
        return self.code[:CATEGORY]

    @property
    def never_first(self) -> bool | None:
        """Whether the code may never stand first on a claim; `None` where that is not known."""
        if self.is_external_cause or self.is_organism:
            return True
        return self.is_manifestation

    @property
    def is_sequela(self) -> bool:
        """Whether the 7th character says that this is a late effect."""
        return self.seventh is not None and seventh.phase(self.code) is seventh.Phase.SEQUELA


@dataclass(frozen=True, slots=True)
class DiagnosisStatus:
    """What a code is on a day, the bounds of that, what to look at instead, and who says so.

    `valid_from` and `valid_through` bound the billable days next to the day asked for (the ones around it, the ones
    that ended or the ones to come); `None` where that bound was not read or does not exist.
    """

    code: str
    day: date
    state: State
    valid_from: date | None
    valid_through: date | None
    replacements: tuple[str, ...]
    source: Source | None

    @property
    def is_billable(self) -> bool | None:
        """Whether the code may be billed on that day; `None` for no data."""
        if self.state is State.OUTSIDE_DATES:
            return None
        return self.state is State.BILLABLE


def normalize(text: str) -> str:
    """Drop dots, spaces and case: `m25.561 ` becomes `M25561`. The result need not be a code."""
    return text.strip().replace(".", "").replace(" ", "").upper()


def dotted(code: str) -> str:
    """Write a code for people, with its dot after the third character."""
    return f"{code[:CATEGORY]}.{code[CATEGORY:]}" if len(code) > CATEGORY else code


def is_well_formed(text: str) -> bool:
    """Whether text could be a code: a letter and a digit, or QA, then one to five letters or digits."""
    return _WRITTEN.fullmatch(normalize(text)) is not None


# --- periods ---------------------------------------------------------------------------------------------


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


# --- single codes ----------------------------------------------------------------------------------------


def get(code: str) -> Diagnosis | None:
    """The code, with or without its dot, or `None` when it is in none of the years read."""
    return _diagnosis(normalize(code))


@by_editions(*CODE_KINDS, most=_REMEMBERED)
def _diagnosis(key: str) -> Diagnosis | None:
    """The diagnosis of a normalized code."""
    listed = code_list()
    position = listed.position.get(key)
    if position is None:
        return None
    side = listed.side[position]
    return Diagnosis(
        key,
        listed.labels[position],
        listed.chapter[position],
        None if side is None else Side(side),
        sequencing.is_external_cause(key),
        sequencing.is_organism(key),
        listed.manifestation[position],
        seventh.character(key),
        periods(key),
    )


def _period_on(found: tuple[Period, ...], day: date) -> int | None:
    """The index of the period that holds on the day."""
    index = bisect_right(found, day, key=lambda period: period.valid_from) - 1
    return index if index >= 0 and day <= found[index].valid_through else None


def state_on(code: str, day: date) -> State:
    """The state of a code without its dot on a day: the short form of `status`."""
    found = periods(code)
    if not found:
        return State.UNKNOWN_CODE if read_from() <= day <= known_through() else State.OUTSIDE_DATES
    index = _period_on(found, day)
    return State.OUTSIDE_DATES if index is None else found[index].state


def status(code: str, day: date) -> DiagnosisStatus:
    """What the code, with or without its dot, is on the day, and what to look at when it cannot be billed."""
    return _status(normalize(code), day)


@by_editions(*CODE_KINDS, most=_REMEMBERED)
def _status(key: str, day: date) -> DiagnosisStatus:
    """The status of a normalized code."""
    found = periods(key)
    if not found:
        state = state_on(key, day)
        near = replacements(key, day) if state is State.UNKNOWN_CODE else ()
        return DiagnosisStatus(key, day, state, None, None, near, None)
    index = _period_on(found, day)
    if index is None:
        return DiagnosisStatus(key, day, State.OUTSIDE_DATES, None, None, (), None)
    here = found[index]
    if here.state is State.BILLABLE:
        bounds: Period | None = here
    elif here.state is State.ENDED:
        bounds = next((period for period in reversed(found[:index]) if period.state is State.BILLABLE), None)
    else:
        bounds = next((period for period in found[index + 1 :] if period.state is State.BILLABLE), None)
    return DiagnosisStatus(
        key,
        day,
        here.state,
        bounds.valid_from if bounds and bounds.start_known else None,
        bounds.valid_through if bounds and bounds.end_known else None,
        () if here.state is State.BILLABLE else replacements(key, day),
        here.source,
    )


# --- replacements ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Replaced:
    """One entry of `replacements.toml`."""

    pattern: re.Pattern[str]
    written: str
    by: tuple[str, ...]
    note: str


@cache
def _replaced() -> tuple[_Replaced, ...]:
    """The committed replacements."""
    return tuple(
        _Replaced(re.compile(row["code"].replace("?", "(.)")), row["code"], tuple(row["by"]), row["note"])
        for row in toml("replacements.toml")["replaced"]
    )


def _fill(form: str, characters: tuple[str, ...]) -> str:
    """Put the characters in place of the question marks."""
    for character in characters:
        form = form.replace("?", character, 1)
    return form


def _preference(code: str) -> tuple[int, bool, str]:
    """Recovery, active treatment, other 7th characters, late effects; then a named side first; then the code."""
    character = seventh.character(code)
    listed = code_list()
    unspecified = listed.side[listed.position[code]] == Side.UNSPECIFIED
    return (0 if character is None else _SEVENTH_ORDER.get(character, 2), unspecified, code)


def billable_below(prefix: str, day: date, limit: int | None = None) -> tuple[str, ...]:
    """The codes below a prefix that can be billed on the day, recovery first; not the prefix itself."""
    codes = code_list().codes
    found = [codes[i] for i in code_list().below(prefix) if codes[i] != prefix]
    open_ones = [code for code in found if state_on(code, day) is State.BILLABLE]
    return tuple(sorted(open_ones, key=_preference)[:limit])


def expand(form: str, day: date) -> tuple[str, ...]:
    """The billable codes of a form on a day: `M722` is that code alone, `M67A0-` every code below."""
    if form.endswith("-"):
        return billable_below(form[:-1], day)
    return (form,) if state_on(form, day) is State.BILLABLE else ()


def replacement_note(code: str) -> str | None:
    """Why a code was replaced, in plain words, where that is written down."""
    key = normalize(code)
    return next((entry.note for entry in _replaced() if entry.pattern.fullmatch(key)), None)


def _predecessors(code: str, day: date) -> list[str]:
    """The codes billable on the day that a later code took the place of."""
    found = []
    for entry in _replaced():
        for form in entry.by:
            stem = form.removesuffix("-")
            pattern = stem.replace("?", "(.)") + (".+" if form.endswith("-") else "")
            if (match := re.fullmatch(pattern, code)) is not None:
                found.append(_fill(entry.written, match.groups()))
    found += [code[:length] for length in range(len(code) - 1, CATEGORY - 1, -1)]
    return [other for other in found if state_on(other, day) is State.BILLABLE]


def replacements(code: str, day: date, limit: int = _SUGGESTIONS) -> tuple[str, ...]:
    """Codes billable on the day to look at instead of one that is not.

    An ended code gives what took its place, then its own children; a header its children; a code that has not begun
    what stood in its place; an unknown code the children of its longest known beginning. At most `limit`, the likeliest
    for therapy first. A suggestion, never an equivalent: the note decides.
    """
    key = normalize(code)
    found: list[str] = []
    for entry in _replaced():
        if (match := entry.pattern.fullmatch(key)) is not None:
            for form in entry.by:
                found += expand(_fill(form, match.groups()), day)
    state = state_on(key, day)
    if state is State.NOT_YET:
        found += _predecessors(key, day)
    elif state is State.UNKNOWN_CODE:
        known = next((key[:n] for n in range(len(key) - 1, CATEGORY, -1) if key[:n] in code_list().position), None)
        found += billable_below(known, day, limit) if known else ()
    else:
        found += billable_below(key, day)
    return tuple(other for other in dict.fromkeys(found) if other != key)[:limit]


# --- sides -----------------------------------------------------------------------------------------------


def siblings(code: str) -> dict[Side, str]:
    """The codes that differ from this one only in their side, itself among them; empty where there are none."""
    listed = code_list()
    position = listed.position.get(normalize(code))
    number = None if position is None else listed.group[position]
    if number is None:
        return {}
    found: dict[Side, str] = {}
    for member in listed.members[number]:
        side = listed.side[member]
        if side is not None:
            found.setdefault(Side(side), listed.codes[member])
    return found


def on_side(code: str, side: Side) -> str | None:
    """The code that says the same of another side, or `None`: `M25561` on the left is `M25562`."""
    return siblings(code).get(side)


# --- the table -------------------------------------------------------------------------------------------


def _periods_frame() -> pl.DataFrame:
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


@by_editions(*CODE_KINDS)
def table() -> pl.DataFrame:
    """Every code over time, one row per code and period, sorted by code and `valid_from`.

    `valid_from` and `valid_through` are the days for which the row answers, both inclusive and never null, so it can be
    joined as of a date; `start_known` and `end_known` tell whether they are the true first and last day or only the
    bounds of what was read. A day in no row is no data. `billable` is true only in state `billable`.

    Columns: code, valid_from, valid_through, state, billable, start_known, end_known, label, side, is_unspecified_side,
    chapter, is_external_cause, is_organism, is_manifestation (null: not known), seventh, seventh_phase.
    """
    listed = code_list()
    phases = {letter: phase.value for letter, phase in seventh.phases().items()}
    kept = listed.frame.select("code", "label", "side", "chapter", "is_manifestation", "seventh").with_columns(
        (pl.col("side") == Side.UNSPECIFIED.value).fill_null(value=False).alias("is_unspecified_side"),
        sequencing.external_cause_expr("code").alias("is_external_cause"),
        sequencing.organism_expr("code").alias("is_organism"),
        pl.col("seventh").replace_strict(phases, default=None, return_dtype=pl.String).alias("seventh_phase"),
    )
    return (
        _periods_frame()
        .with_columns((pl.col("state") == State.BILLABLE.value).alias("billable"))
        .join(kept, on="code", how="left")
        .select(
            *("code", "valid_from", "valid_through", "state", "billable", "start_known", "end_known", "label", "side"),
            *("is_unspecified_side", "chapter", "is_external_cause", "is_organism", "is_manifestation"),
            *("seventh", "seventh_phase"),
        )
        .sort("code", "valid_from")
    )


def with_state(frame: pl.DataFrame, *, code: str, day: str, state: str = "diagnosis_state") -> pl.DataFrame:
    """Add the state of each row's code on its day; rows keep their order.

    Codes are written without a dot. A null code or day gives a null state: not known.

    Raises:
        polars.exceptions.ColumnNotFoundError: a named column is absent.
    """
    if frame.is_empty():
        return frame.with_columns(pl.lit(None, dtype=pl.String).alias(state))
    pairs = frame.select(pl.col(code).alias("code"), pl.col(day).alias("day")).unique().drop_nulls()
    known = pl.DataFrame(
        [(key, on, state_on(key, on).value) for key, on in pairs.iter_rows()],
        schema={code: pl.String, day: pl.Date, state: pl.String},
        orient="row",
    )
    return frame.join(known, on=[code, day], how="left", maintain_order="left")
