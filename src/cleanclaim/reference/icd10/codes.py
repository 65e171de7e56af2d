"""ICD-10-CM codes one by one and as a table: title, side, chapter, 7th character, and what they are on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from cleanclaim.reference.icd10 import sequencing, seventh
from cleanclaim.reference.icd10.data import CATEGORY, CODE_KINDS, code_list
from cleanclaim.reference.icd10.replacing import replacements
from cleanclaim.reference.icd10.sides import Side
from cleanclaim.reference.icd10.states import Period, State, period_on, periods, periods_frame, state_on
from cleanclaim.reference.icd10.writing import dotted, normalize
from cleanclaim.reference.published.editions import by_editions
from cleanclaim.sources import Source

# A clinic uses a few hundred codes; a batch of claims a few thousand.
_REMEMBERED = 16_384


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
    index = period_on(found, day)
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
        periods_frame()
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
