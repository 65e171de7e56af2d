"""Provider numbers and taxonomy codes of a claim: present, well formed, with a right check digit, listed.

The last digit of an NPI is its check digit: Luhn's sum over 80840 and the ten digits is a multiple of ten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from cleanclaim.facts.identity.described import described
from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import TEXT, Column
from cleanclaim.reference import taxonomy
from cleanclaim.reference.published.editions import by_editions
from cleanclaim.reference.published.kinds import Kind

_REMEMBERED = 65_536
_NPI = re.compile(r"[0-9]{10}", re.ASCII)
_PREFIX = 24
"""What the prefix 80840 adds to Luhn's sum."""
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""The digit sum of each digit doubled."""


@lru_cache(maxsize=_REMEMBERED)
def npi_state(text: str) -> tuple[str]:
    """`absent`, `malformed` (not ten digits), `check_digit` (the last digit does not fit) or `well_formed`."""
    if not text.strip():
        return ("absent",)
    if not _NPI.fullmatch(text):
        return ("malformed",)
    digits = [int(digit) for digit in text]
    summed = _PREFIX + sum(_DOUBLED[digit] for digit in digits[0::2]) + sum(digits[1::2])
    return ("check_digit",) if summed % 10 else ("well_formed",)


@by_editions(Kind.TAXONOMY, most=_REMEMBERED)
def _taxonomy(text: str) -> tuple[str, str, str]:
    """State, role and discipline; the role of a code without one of ours says whether it is a person's."""
    if not text.strip():
        return "absent", "", ""
    if not taxonomy.is_well_formed(text):
        return "malformed", "", ""
    known = taxonomy.get(text)
    if known is not None:
        return "listed", known.role.value, known.discipline.value
    if not taxonomy.is_listed(text):
        return "not_listed", "", ""
    return "listed", "person" if taxonomy.is_individual(text) else "organization", ""


def _npi_column(name: str, whose: str) -> Column:
    return Column(name, TEXT, "code", f"NPI of {whose}: absent, malformed, check_digit (it does not fit), well_formed")


def _taxonomy_columns(who: str, whose: str) -> tuple[Column, ...]:
    return (
        Column(f"{who}_taxonomy_state", TEXT, "code", f"taxonomy of {whose}: absent, malformed, not_listed, listed"),
        Column(
            f"{who}_taxonomy_role",
            TEXT,
            "code",
            f"taxonomy of {whose}: therapist, assistant, clinic, other, person, organization; empty when not listed",
        ),
        Column(f"{who}_taxonomy_discipline", TEXT, "code", f"taxonomy of {whose}: PT, OT, SLP, AT, several, or empty"),
    )


def _stage(name: str, lacks: str, npis: Mapping[str, Column], taxonomies: Mapping[str, tuple[Column, ...]]) -> Stage:
    """The numbers of some providers of a claim: claims that name the same are asked once."""

    def describe(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        claims = frames["claims"]
        columns: list[pl.Series] = []
        for npi, column in npis.items():
            columns += described(claims.get_column(npi), npi_state, (column,))
        for code, several in taxonomies.items():
            columns += described(claims.get_column(code), _taxonomy, several)
        return pl.DataFrame(columns)

    return Stage(
        name=name,
        over="claims",
        needs=(*npis, *taxonomies),
        adds=(*npis.values(), *(column for several in taxonomies.values() for column in several)),
        compute=describe,
        lacks=lacks,
        is_by_row=True,
    )


stages = (
    _stage(
        "provider-numbers",
        "NPI and taxonomy code of clinic and therapist",
        {
            "billing_npi": _npi_column("billing_npi_state", "the clinic"),
            "rendering_npi": _npi_column("rendering_npi_state", "the therapist"),
        },
        {
            "billing_taxonomy": _taxonomy_columns("billing", "the clinic"),
            "rendering_taxonomy": _taxonomy_columns("rendering", "the therapist"),
        },
    ),
    # Apart: who refers goes with the patient, so that both together would be many more kinds of claims.
    _stage(
        "numbers-of-others",
        "NPI of the referring and the supervising provider",
        {
            "referring_npi": _npi_column("referring_npi_state", "the referring provider"),
            "supervising_npi": _npi_column("supervising_npi_state", "the supervising provider"),
        },
        {},
    ),
)
