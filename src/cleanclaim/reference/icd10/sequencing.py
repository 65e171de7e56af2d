"""The order of diagnoses: what may not stand first, what wants a companion, what a note in words excludes."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import polars as pl

from cleanclaim.reference.icd10 import seventh
from cleanclaim.reference.icd10.data import CATEGORY, code_list, loaded_notes, nearest, path_of, toml
from cleanclaim.reference.published.editions import by_editions
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.sources import Source


class FirstProblem(StrEnum):
    """Why a code may not stand first on a claim."""

    EXTERNAL_CAUSE = "external cause"
    ORGANISM = "organism"
    MANIFESTATION = "manifestation"
    SEQUELA = "sequela"
    """Certain only as to order: where no other condition is treated, the guidelines allow the injury alone."""


class CodeFirst(StrEnum):
    """How a code-first note speaks."""

    REQUIRED = "required"
    """It asks for the underlying condition outright."""
    WHERE_IT_APPLIES = "where it applies"
    """It names a condition that the patient may or may not have."""


class Relation(StrEnum):
    """How a code stands to the others of its claim."""

    ALSO = "also"
    AFTER = "after"
    NOT_WITH = "not with"


@dataclass(frozen=True, slots=True)
class CodeFirstNote:
    """The code-first note that holds for a code, where it stands and what it says."""

    kind: CodeFirst
    place: str
    note: str


@dataclass(frozen=True, slots=True)
class Companion:
    """A code that wants another beside or before it, or that may not stand beside another."""

    prefix: str
    relation: Relation
    others: tuple[str, ...]
    """Prefixes; `*` is any other code that is not an external cause."""
    seventh: str
    """The 7th characters of the other code that count; empty for any."""
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class CompanionProblem:
    """A claim that lacks the companion of `code`, or has `other` beside it."""

    code: str
    other: str | None
    companion: Companion


def _range(name: str) -> tuple[str, str]:
    """First and last category of a named range."""
    row = toml("sequencing.toml")[name]
    return row["first"], row["last"]


@cache
def source() -> Source:
    """Where the order of codes was read."""
    return Source.from_table(toml("sequencing.toml")["source"])


def is_external_cause(code: str) -> bool:
    """Whether the code tells how an injury happened (V00-Y99)."""
    first, last = _external_cause()
    return first <= code[:CATEGORY] <= last


def is_organism(code: str) -> bool:
    """Whether the code names a germ behind a disease coded elsewhere (B95-B97)."""
    first, last = _organism()
    return first <= code[:CATEGORY] <= last


@cache
def _external_cause() -> tuple[str, str]:
    """First and last category of external causes."""
    return _range("external_cause")


@cache
def _organism() -> tuple[str, str]:
    """First and last category of organisms."""
    return _range("organism")


def external_cause_expr(code: str) -> pl.Expr:
    """The same as `is_external_cause` over a column of codes without dots."""
    first, last = _external_cause()
    return pl.col(code).str.slice(0, CATEGORY).is_between(pl.lit(first), pl.lit(last))


def organism_expr(code: str) -> pl.Expr:
    """The same as `is_organism` over a column of codes without dots."""
    first, last = _organism()
    return pl.col(code).str.slice(0, CATEGORY).is_between(pl.lit(first), pl.lit(last))


def is_manifestation(code: str) -> bool | None:
    """Whether a code without its dot is a manifestation; `None` for an unknown code or where it is not known."""
    position = code_list().position.get(code)
    return None if position is None else code_list().manifestation[position]


@by_editions(Kind.ICD10_NOTES)
def _code_first() -> dict[str, CodeFirstNote]:
    """Prefix to its code-first note."""
    if loaded := loaded_notes():
        rows = loaded.table().filter(pl.col("note_kind").is_in(["required", "where_it_applies"]))
        return {
            owner: CodeFirstNote(CodeFirst[kind.upper()], owner, note)
            for kind, owner, note in rows.select("note_kind", "owner", "note").iter_rows()
        }
    text = path_of("code_first.csv").read_text(encoding="utf-8")
    return {
        row["prefix"]: CodeFirstNote(CodeFirst[row["kind"].upper()], row["prefix"], row["note"])
        for row in csv.DictReader(text.splitlines())
    }


def code_first(code: str) -> CodeFirstNote | None:
    """The nearest code-first note above a code without its dot, or `None`."""
    prefix = nearest(_code_first(), code)
    return None if prefix is None else _code_first()[prefix]


_BRACKETS = re.compile(r"\(([^()]*)\)")
_NAMED = re.compile(r"([A-Z]\d[0-9A-Z])\.?([0-9A-Z]{0,4})(?:-([A-Z]\d[0-9A-Z])\.?([0-9A-Z]{0,4}))?-?")
"""A code, the beginning of one, or a range of either, as notes write them: `P35.0`, `I70.23-`, `K85-K86.-`."""


def _named(note: str) -> tuple[tuple[str, str], ...]:
    """The codes that a note names in brackets, as first and last prefix; what it says of them in words is left out."""
    parts = (part.strip() for brackets in _BRACKETS.findall(note) for part in brackets.split(","))
    found = [match for match in map(_NAMED.fullmatch, parts) if match is not None]
    return tuple((one[1] + one[2], one[3] + one[4] if one[3] else one[1] + one[2]) for one in found)


@by_editions(Kind.ICD10_NOTES)
def _puts_first() -> dict[str, tuple[tuple[str, str], ...]]:
    """Prefix to the codes that its code-first note names."""
    return {prefix: _named(note.note) for prefix, note in _code_first().items()}


def puts_first(code: str, other: str) -> str | None:
    """The place whose code-first note names the other code for this one, both without dots; `None` for no such note."""
    note = code_first(code)
    if note is None or other.startswith(note.place):
        return None
    ranges = _puts_first()[note.place]
    named = any(first <= other[: len(first)] and other[: len(last)] <= last for first, last in ranges)
    return note.place if named else None


def first_problem(code: str) -> FirstProblem | None:
    """Why a code without its dot may not stand first, or `None`.

    A manifestation counts only where its title and its code-first note agree, so `None` is not a promise for the few
    codes whose `is_manifestation` is unknown.
    """
    if is_external_cause(code):
        return FirstProblem.EXTERNAL_CAUSE
    if is_organism(code):
        return FirstProblem.ORGANISM
    if is_manifestation(code):
        return FirstProblem.MANIFESTATION
    return FirstProblem.SEQUELA if seventh.phase(code) is seventh.Phase.SEQUELA else None


@cache
def companions() -> tuple[Companion, ...]:
    """Every rule of `sequencing.toml` about companions."""
    return tuple(
        Companion(
            row["code"],
            Relation[row["relation"].upper()],
            tuple(row["others"]),
            row["seventh"],
            row["words"],
            row["place"],
        )
        for row in toml("sequencing.toml")["companion"]
    )


def _matches(companion: Companion, other: str) -> bool:
    """Whether the other code is one that the companion speaks of."""
    if "*" in companion.others:
        return not is_external_cause(other)
    if not other.startswith(companion.others):
        return False
    return not companion.seventh or (seventh.character(other) or " ") in companion.seventh


def companion_problems(codes: Sequence[str]) -> list[CompanionProblem]:
    """What the companion rules find in the diagnoses of one claim, in their order, codes without dots."""
    found: list[CompanionProblem] = []
    for position, code in enumerate(codes):
        for companion in companions():
            if not code.startswith(companion.prefix):
                continue
            around = [other for place, other in enumerate(codes) if place != position]
            if companion.relation is Relation.NOT_WITH:
                found += [CompanionProblem(code, other, companion) for other in around if _matches(companion, other)]
            else:
                seen = codes[:position] if companion.relation is Relation.AFTER else around
                if not any(_matches(companion, other) for other in seen):
                    found.append(CompanionProblem(code, None, companion))
    return found
