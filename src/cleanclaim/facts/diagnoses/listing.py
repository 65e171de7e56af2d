"""What the ICD-10-CM lists say of each diagnosis on the date of service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import DAY, FLAG, TEXT, Column
from cleanclaim.reference import icd10
from cleanclaim.reference.icd10 import seventh
from cleanclaim.reference.published.editions import by_editions

_REMEMBERED = 32_768
_SHOWN = 4
"""Codes to look at instead, as many as fit in a sentence."""
_FULL = 7

_WORDING = (
    Column("diagnosis_code", TEXT, "ICD-10-CM", "the code without dot, spaces and small letters"),
    Column("diagnosis_as_written", TEXT, "ICD-10-CM", "the code as people write it, with its dot"),
    Column("diagnosis_is_well_formed", FLAG, "flag", "a letter and a digit, or QA, then one to five letters or digits"),
    Column("diagnosis_side", TEXT, "code", "right, left, bilateral, unspecified; empty where the code names no side"),
    Column("diagnosis_by_side", TEXT, "text", "the codes that name the side instead"),
    Column("is_external_cause", FLAG, "flag", "tells how an injury happened (V00 to Y99)"),
    Column("is_organism", FLAG, "flag", "a germ behind a disease coded elsewhere (B95 to B97)"),
    Column("is_manifestation", FLAG, "flag", "a manifestation of a disease coded elsewhere"),
    Column("is_sequela", FLAG, "flag", "an injury with 7th character S: a late effect"),
    Column("seventh_is_missing", FLAG, "flag", "the category wants a 7th character that the code has not"),
    Column("seventh_is_foreign", FLAG, "flag", "the 7th character is not among those of the category"),
    Column("seventh_choices", TEXT, "text", "the 7th characters of the category"),
)
_DATED = (
    Column("diagnosis_state", TEXT, "code", "billable, header, not yet, ended, unknown code; null: date not read"),
    Column("diagnosis_begins_on", DAY, "date", "the first day of a code that has not begun"),
    Column("diagnosis_ended_on", DAY, "date", "the last day of a code that has ended"),
    Column("diagnosis_instead", TEXT, "text", "codes billable on the day to look at instead"),
)


def _several(codes: Iterable[str]) -> str:
    """Codes as people write them, the first few; empty for none."""
    written = [icd10.dotted(code) for code in codes]
    return ", ".join(written[:_SHOWN]) + (" …" if len(written) > _SHOWN else "")


@by_editions(*icd10.KINDS, most=_REMEMBERED)
def _wording(text: str) -> tuple[object, ...]:
    """What does not depend on the day; the order is that of `_WORDING`."""
    code = icd10.normalize(text)
    listed = icd10.get(code)
    sides = icd10.siblings(code)
    named = [sides[side] for side in (icd10.Side.RIGHT, icd10.Side.LEFT, icd10.Side.BILATERAL) if side in sides]
    allowed = seventh.allowed(code)
    is_foreign = (
        listed is None
        and len(code) == _FULL
        and icd10.lacks_seventh(code[:-1])
        and code[-1] not in (seventh.allowed(code[:-1]) or "")
    )
    return (
        code,
        icd10.dotted(code),
        icd10.is_well_formed(code),
        None if listed is None else (listed.side.value if listed.side else ""),
        _several(named),
        icd10.is_external_cause(code),
        icd10.is_organism(code),
        None if listed is None else listed.is_manifestation,
        None if listed is None else listed.is_sequela,
        icd10.lacks_seventh(code),
        is_foreign,
        ", ".join(allowed or ""),
    )


@by_editions(*icd10.KINDS, most=_REMEMBERED)
def _dated(text: str, day: date) -> tuple[object, ...]:
    """What the code is on the day; the order is that of `_DATED`."""
    found = icd10.status(text, day)
    if found.state is icd10.State.OUTSIDE_DATES:
        return (None, None, None, None)
    return (
        found.state.value,
        found.valid_from if found.state is icd10.State.NOT_YET else None,
        found.valid_through if found.state is icd10.State.ENDED else None,
        _several(found.replacements),
    )


def _look_up(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    asked = frames["diagnoses"].select(pl.col("diagnosis").alias("text"), pl.col("date_of_service").alias("day"))
    distinct = asked.unique(maintain_order=True)
    answers = pl.DataFrame(
        [
            (
                *((None,) * len(_WORDING) if text is None else _wording(text)),
                *((None,) * len(_DATED) if text is None or day is None else _dated(text, day)),
            )
            for text, day in distinct.iter_rows()
        ],
        schema={column.name: column.dtype for column in (*_WORDING, *_DATED)},
        orient="row",
    )
    if distinct.height == asked.height:
        return answers
    return asked.join(
        distinct.hstack(answers), on=["text", "day"], how="left", nulls_equal=True, maintain_order="left"
    ).drop("text", "day")


stage = Stage(
    name="diagnosis-listing",
    over="diagnoses",
    needs=("diagnosis", "date_of_service"),
    adds=(*_WORDING, *_DATED),
    compute=_look_up,
    lacks="a listed diagnosis, or lists and notes of ICD-10-CM that settle it for the date of service",
    is_lookup=True,
)
