"""Texts of a claim that are longer than their place in a claim file.

The lengths are those of the guide of the professional claim; which text goes where is said here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, TEXT, Column
from cleanclaim.x12.guide import load_guide

_PLACES: dict[str, tuple[str, str]] = {
    "patient_family_name": ("last_name", "patient's family name"),
    "patient_given_name": ("first_name", "patient's given name"),
    "subscriber_family_name": ("last_name", "subscriber's family name"),
    "member_id": ("identifier", "member number"),
    "patient_city": ("city", "patient's city"),
    "billing_name": ("last_name", "clinic's name"),
    "billing_city": ("city", "clinic's city"),
    "rendering_family_name": ("last_name", "therapist's family name"),
    "rendering_given_name": ("first_name", "therapist's given name"),
    "referring_family_name": ("last_name", "referring provider's family name"),
    "referring_given_name": ("first_name", "referring provider's given name"),
    "authorization_number": ("reference", "authorization number"),
    "original_reference": ("reference", "original reference"),
    "claim_number": ("reference", "carrier's claim number"),
}
"""Column → its length in the guide, and what to call it."""

_STREETS = {"patient_street": "patient's street", "billing_street": "clinic's street"}
"""Columns that hold two lines of the guide's `address_line` and the blank between them."""


_FEW = 200
"""Up to this many claims Python is done before a query has begun."""


@cache
def _most() -> dict[str, tuple[int, str]]:
    """Column → the most characters it may have, and what to call it."""
    lengths, limits = load_guide().lengths, load_guide().limits
    most = {column: (lengths[place], label) for column, (place, label) in _PLACES.items()}
    most |= {column: (2 * lengths["address_line"] + 1, label) for column, label in _STREETS.items()}
    most["claim_key"] = (limits["claim_id_length"], "claim number")
    return most


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims = frames["claims"]
    return _few(claims) if claims.height <= _FEW else _many(claims)


def _few(claims: pl.DataFrame) -> pl.DataFrame:
    most = _most()
    rows = []
    for row in claims.select(list(most)).iter_rows():
        longer = [
            f"{label} (at most {length})"
            for text, (length, label) in zip(row, most.values(), strict=True)
            if text is not None and len(text) > length
        ]
        rows.append((True if longer else (None if None in row else False), ", ".join(longer)))
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in stage.adds}, orient="row")


def _many(claims: pl.DataFrame) -> pl.DataFrame:
    most = _most()
    longer = {label: pl.col(column).str.len_chars() > length for column, (length, label) in most.items()}
    named = [
        pl.when(is_longer).then(pl.lit(f"{label} (at most {length})"))
        for (label, is_longer), (length, _) in zip(longer.items(), most.values(), strict=True)
    ]
    return claims.select(
        pl.any_horizontal(*longer.values()).alias("has_long_field"),
        pl.concat_str(named, separator=", ", ignore_nulls=True).alias("long_fields"),
    )


stage = Stage(
    name="field-lengths",
    over="claims",
    needs=("claim_key", *_PLACES, *_STREETS),
    adds=(
        Column("has_long_field", FLAG, "flag", "a text of the claim is longer than its place in a claim file"),
        Column("long_fields", TEXT, "words", "which texts are too long, and the most characters of each"),
    ),
    compute=_compute,
    lacks="names, addresses and numbers of the claim",
)
