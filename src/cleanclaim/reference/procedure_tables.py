"""Procedure codes as tables, for joins by code and date: attributes, therapy designations, fee schedule statuses.

What was loaded stands beside or before what is shipped: a therapy code list decides over its year, a release of the fee
schedule gives the status of codes that are not listed here.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import polars as pl

from cleanclaim.reference import fee_schedule
from cleanclaim.reference.procedures import MedicareStatus, Procedure, Therapy, all_codes, get, known_through
from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind

_ONE_DAY = timedelta(days=1)


@cache
def table() -> pl.DataFrame:
    """One row per code, sorted by code, for joins by code and date.

    Columns: code, label, section, family, basis, unit, encounter, evaluation_level, medicare_code (String);
    minutes_first, minutes_each, patients (Int64); is_timed, is_evaluation, is_reevaluation, is_group, is_add_on
    (Boolean, never null); one_on_one, medicare_patient_chargeable (Boolean, null unknown); therapy_always,
    therapy_sometimes (Boolean: the last designation read, null unknown; `therapy_table()` has the dates);
    valid_from, valid_through, known_through (Date; null bounds are open); disciplines, add_on_to, replaced_by
    (lists of String, never null).
    """
    rows = [_row(procedure) for procedure in map(_procedure, all_codes())]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


@by_editions(Kind.THERAPY_CODES)
def therapy_table() -> pl.DataFrame:
    """One row per code and period of a known Medicare therapy designation.

    Columns: code, therapy ("always", "sometimes" or "none"), confidence (String), valid_from, valid_through
    (Date). A code and date without a row is unknown. In the year of a loaded therapy code list the list decides, and
    a listed code that it lacks is no therapy code.
    """
    found = _shipped_therapy()
    for year in current().of(Kind.THERAPY_CODES):
        first, last = year.valid_from, year.valid_through
        before = found.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") < first)).with_columns(
            pl.min_horizontal("valid_through", pl.lit(first - _ONE_DAY)).alias("valid_through")
        )
        after = found.filter(pl.col("valid_through").is_null() | (pl.col("valid_through") > last)).with_columns(
            pl.max_horizontal("valid_from", pl.lit(last + _ONE_DAY)).alias("valid_from")
        )
        listed = year.table().select("code", "therapy")
        others = pl.Series("code", sorted(set(all_codes()) - set(listed["code"].to_list())), dtype=pl.String)
        of_year = pl.concat([listed, others.to_frame().with_columns(pl.lit(Therapy.NONE.value).alias("therapy"))])
        of_year = of_year.with_columns(
            pl.lit("seen").alias("confidence"), pl.lit(first).alias("valid_from"), pl.lit(last).alias("valid_through")
        )
        found = pl.concat([before, after, of_year]).sort("code", "valid_from")
    return found


@cache
def _shipped_therapy() -> pl.DataFrame:
    rows = [
        (code, item.value.value, item.source.confidence.value, item.valid_from, item.valid_through)
        for code in all_codes()
        for item in _procedure(code).therapy.values
        if item.value is not Therapy.UNKNOWN
    ]
    schema = {
        "code": pl.String,
        "therapy": pl.String,
        "confidence": pl.String,
        "valid_from": pl.Date,
        "valid_through": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


@by_editions(Kind.RELATIVE_VALUES)
def medicare_status_table() -> pl.DataFrame:
    """One row per code and period of a Medicare fee schedule status that was read.

    Columns: code, medicare_status (String, a `MedicareStatus`), valid_from, valid_through (Date). Loaded releases of
    the fee schedule add the codes that are not listed here, where their letter is one of those statuses.
    """
    shipped = _shipped_statuses()
    if not current().of(Kind.RELATIVE_VALUES):
        return shipped
    others = fee_schedule.rvu_table().filter(
        pl.col("edition").str.starts_with(Kind.RELATIVE_VALUES.value),
        pl.col("modifier") == "",
        pl.col("code").is_in(all_codes()).not_(),
    )
    letters = {letter: status.value for letter, status in _STATUS_LETTERS.items()}
    named = pl.col("status").replace_strict(letters, default=None, return_dtype=pl.String).alias("medicare_status")
    return pl.concat([shipped, others.select("code", named, "valid_from", "valid_through").drop_nulls()])


@cache
def _shipped_statuses() -> pl.DataFrame:
    rows = [
        (code, item.value.value, item.valid_from, item.valid_through)
        for code in all_codes()
        for item in _procedure(code).medicare_status.values
    ]
    schema = {"code": pl.String, "medicare_status": pl.String, "valid_from": pl.Date, "valid_through": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


# Letters of the fee schedule; those of injections, anesthesia and the like have no status of ours.
_STATUS_LETTERS = {
    "A": MedicareStatus.ACTIVE,
    "B": MedicareStatus.BUNDLED,
    "C": MedicareStatus.CONTRACTOR_PRICED,
    "E": MedicareStatus.EXCLUDED,
    "I": MedicareStatus.INVALID,
    "N": MedicareStatus.NONCOVERED,
    "P": MedicareStatus.BUNDLED,
    "R": MedicareStatus.RESTRICTED,
    "X": MedicareStatus.EXCLUDED,
}

_SCHEMA = pl.Schema(
    {
        "code": pl.String(),
        "label": pl.String(),
        "section": pl.String(),
        "family": pl.String(),
        "basis": pl.String(),
        "unit": pl.String(),
        "minutes_first": pl.Int64(),
        "minutes_each": pl.Int64(),
        "is_timed": pl.Boolean(),
        "one_on_one": pl.Boolean(),
        "disciplines": pl.List(pl.String),
        "therapy_always": pl.Boolean(),
        "therapy_sometimes": pl.Boolean(),
        "is_evaluation": pl.Boolean(),
        "evaluation_level": pl.String(),
        "is_reevaluation": pl.Boolean(),
        "is_group": pl.Boolean(),
        "patients": pl.Int64(),
        "is_add_on": pl.Boolean(),
        "add_on_to": pl.List(pl.String),
        "encounter": pl.String(),
        "medicare_code": pl.String(),
        "medicare_patient_chargeable": pl.Boolean(),
        "valid_from": pl.Date(),
        "valid_through": pl.Date(),
        "known_through": pl.Date(),
        "replaced_by": pl.List(pl.String),
    }
)


def _row(procedure: Procedure) -> tuple[Any, ...]:
    last = procedure.therapy.values[-1].value if procedure.therapy.values else Therapy.UNKNOWN
    unknown = last is Therapy.UNKNOWN
    return (
        procedure.code,
        procedure.label,
        procedure.section.value,
        procedure.family.value,
        procedure.basis.value,
        procedure.unit,
        procedure.minutes_first,
        procedure.minutes_each,
        procedure.is_timed,
        procedure.one_on_one,
        [item.value for item in procedure.disciplines],
        None if unknown else last is Therapy.ALWAYS,
        None if unknown else last is Therapy.SOMETIMES,
        procedure.is_evaluation,
        procedure.evaluation_level.value if procedure.evaluation_level else None,
        procedure.is_reevaluation,
        procedure.is_group,
        procedure.patients,
        procedure.is_add_on,
        list(procedure.add_on_to),
        procedure.encounter.value if procedure.encounter else None,
        procedure.medicare_code or None,
        procedure.medicare_patient_chargeable,
        procedure.valid_from,
        procedure.valid_through,
        known_through(),
        list(procedure.replaced_by),
    )


def _procedure(code: str) -> Procedure:
    """A code that is listed.

    Raises:
        KeyError: it is not.
    """
    found = get(code)
    if found is None:
        raise KeyError(code)
    return found
