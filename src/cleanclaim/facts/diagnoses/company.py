"""How the diagnoses of a claim stand to each other: kept apart, listed twice, or without the code they want beside."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.diagnoses.lists import Lists, numbered
from cleanclaim.facts.kit import Context, Fact, Stage, values_of
from cleanclaim.facts.spread import Repeated
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import FLAG, TEXT, Column
from cleanclaim.pricing.kinds import numbers
from cleanclaim.reference import icd10
from cleanclaim.reference.published.editions import by_editions

_REMEMBERED = 65_536
_FEW = 200
"""Up to this many rows Python is done before a query has begun."""
_LACKS = "every diagnosis of the claim"

_COLUMNS = (
    Column("is_kept_apart", FLAG, "flag", "a note keeps it apart from a diagnosis that stands before it"),
    Column("kept_apart_from", TEXT, "ICD-10-CM", "that diagnosis"),
    Column("kept_apart_by", TEXT, "ICD-10-CM", "the code under which the note stands"),
    Column("is_repeated_diagnosis", FLAG, "flag", "the same code stands before it"),
    Column("stands_beside_unfit", FLAG, "flag", "a note in words keeps it from another diagnosis of the claim"),
    Column("unfit_companion", TEXT, "ICD-10-CM", "that diagnosis"),
    Column("unfit_because", TEXT, "text", "the note, in our words"),
    Column("lacks_companion", FLAG, "flag", "it wants another diagnosis beside or before it, and has none"),
    Column("wanted_companion", TEXT, "text", "what it wants, in words"),
    Column("stands_before_cause", FLAG, "flag", "a diagnosis that its code-first note names stands behind it"),
    Column("cause_behind", TEXT, "ICD-10-CM", "that diagnosis"),
    Column("cause_noted_under", TEXT, "ICD-10-CM", "the code under which that note stands"),
)


@by_editions(*icd10.KINDS, most=_REMEMBERED)
def _kept_apart(code: str, other: str) -> str | None:
    """The code under which a note keeps two diagnoses apart, or `None`.

    Opposite sides are not kept apart: the guidelines allow conditions that have nothing to do with each other.
    """
    for conflict in icd10.excludes1_conflicts([code, other]):
        if not conflict.opposite_sides:
            return icd10.dotted(conflict.exclusion.place)
    return None


def _row(codes: tuple[str | None, ...], place: int) -> tuple[object, ...]:
    """How one diagnosis stands to the others of its claim; the order is that of `_COLUMNS`."""
    code, before = codes[place], codes[:place]
    if code is None:
        return (None,) * len(_COLUMNS)
    others = before + codes[place + 1 :]
    known = [other for other in others if other is not None]
    # What was found stands; that nothing was found holds only where every other diagnosis is known.
    none_before = None if None in before else False
    none_beside = None if None in others else False
    apart = next(((other, note) for other in before if other and (note := _kept_apart(code, other))), (None, None))
    problems = [item for item in icd10.companion_problems(_known_codes(before, code, codes)) if item.code == code]
    unfit = next((item for item in problems if item.other is not None and item.other in known), None)
    wanting = next((item for item in problems if item.other is None), None)
    behind = codes[place + 1 :]
    cause = next(((other, note) for other in behind if other and (note := icd10.puts_first(code, other))), (None, None))
    return (
        True if apart[0] else none_before,
        apart[0] and icd10.dotted(apart[0]),
        apart[1],
        True if code in before else none_before,
        True if unfit else none_beside,
        unfit.other and icd10.dotted(unfit.other) if unfit else None,
        unfit.companion.words if unfit else None,
        False if wanting is None else (True if None not in others else None),
        wanting.companion.words if wanting else None,
        True if cause[0] else (None if None in behind else False),
        cause[0] and icd10.dotted(cause[0]),
        cause[1] and icd10.dotted(cause[1]),
    )


def _known_codes(before: tuple[str | None, ...], code: str, codes: tuple[str | None, ...]) -> list[str]:
    """The known codes of a claim, those before this one before it."""
    after = codes[len(before) + 1 :]
    return [*(other for other in before if other), code, *(other for other in after if other)]


@by_editions(*icd10.KINDS, most=_REMEMBERED)
def _company(codes: tuple[str | None, ...]) -> tuple[tuple[object, ...], ...]:
    """The columns of `_COLUMNS` for the diagnoses of one claim, in order."""
    return tuple(zip(*(_row(codes, place) for place in range(len(codes))), strict=True))


def _meet(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame | Repeated:  # noqa: ARG001
    """Each list of diagnoses that occurs is judged once, however many claims have it."""
    diagnoses = frames["diagnoses"]
    if diagnoses.height <= _FEW:
        return _few_meet(diagnoses)
    claim, position = (diagnoses.get_column(name).to_numpy() for name in ("claim_id", "position"))
    codes = diagnoses.get_column("diagnosis_code")
    lists = Lists.of(claim, position, numbered(numbers(codes)))
    asked, _ = lists.rows()
    told = codes.gather(asked).to_list()
    sizes = lists.counts[lists.stands]
    ends = np.cumsum(sizes)
    begin = ends - sizes
    rows = [
        row
        for first, last in zip(begin.tolist(), ends.tolist(), strict=True)
        for row in zip(*_company(tuple(told[first:last])), strict=True)
    ]
    answers = pl.DataFrame(rows, schema={item.name: item.dtype for item in _COLUMNS}, orient="row")
    # The answers of a list stand one below the other: a diagnosis finds its own by its place in the list.
    place = np.repeat(begin[lists.kind] - lists.starts, lists.counts) + np.arange(len(claim))
    back = np.empty(len(claim), np.int32)
    back[lists.order] = place
    return Repeated(answers, back)


def _few_meet(diagnoses: pl.DataFrame) -> pl.DataFrame:
    """The same for few rows, without a query."""
    names = ("diagnosis_id", "claim_id", "position", "diagnosis_code")
    claims: dict[int, list[tuple[int, int, str | None]]] = {}
    for key, claim, position, code in zip(*(diagnoses.get_column(name).to_list() for name in names), strict=True):
        claims.setdefault(claim, []).append((position, key, code))
    rows: list[tuple[object, ...]] = [()] * diagnoses.height
    for listed in claims.values():
        listed.sort(key=lambda entry: entry[0])
        answers = zip(*_company(tuple(code for _, _, code in listed)), strict=True)
        for (_, key, _), answer in zip(listed, answers, strict=True):
            rows[key] = answer
    return pl.DataFrame(rows, schema={item.name: item.dtype for item in _COLUMNS}, orient="row")


def _is_confirmed(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    edition = icd10.tabular_edition()
    day = pl.col("date_of_service")
    confirmed = day.is_between(edition.confirmed_from, edition.confirmed_through)
    return frames["claims"].select(
        confirmed.alias("diagnosis_notes_are_confirmed"),
        pl.when(confirmed)
        .then(pl.lit(f"the notes of {edition.name}"))
        .otherwise(
            pl.format("the notes of {} (unconfirmed for {})", pl.lit(edition.name), day.dt.to_string("%Y-%m-%d"))
        )
        .alias("diagnosis_notes"),
    )


stages = (
    Stage(
        name="diagnosis-company",
        over="diagnoses",
        needs=("diagnosis_id", "claim_id", "position", "diagnosis_code"),
        adds=_COLUMNS,
        compute=_meet,
        lacks=_LACKS,
    ),
    Stage(
        name="diagnosis-notes",
        over="claims",
        needs=("date_of_service",),
        adds=(
            Column(
                "diagnosis_notes_are_confirmed",
                FLAG,
                "flag",
                "the notes that keep diagnoses apart were in force that day; false: another year's were used",
            ),
            Column("diagnosis_notes", TEXT, "text", "the edition of the notes, and that it is unconfirmed where it is"),
        ),
        compute=_is_confirmed,
        lacks="the date of service",
        is_lookup=True,
    ),
)

fact = Fact(
    name="claim_diagnoses",
    over="claims",
    dtype=pl.List(pl.String),
    unit="codes",
    meaning="all diagnoses of the claim, in order",
    lacks=_LACKS,
    aggregate=values_of(col.diagnosis_as_written, of="diagnoses", by=("claim_id",), known="knows_diagnoses"),
)
