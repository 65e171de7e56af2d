"""Texts of a claim that are longer than their place in a claim file.

The lengths are those of the guide of the professional claim; which text goes where is said here.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from cleanclaim.facts.alike import Alike
from cleanclaim.facts.few_rows import few_or_many
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.kit import Stage
from cleanclaim.facts.spread import Repeated
from cleanclaim.lines.schema import FLAG, TEXT, Column
from cleanclaim.pricing.exact import flags
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
"""Columns that hold two lines of the guide's `address_line` and the blank between them. How long the longer line is
stands in a column of its own, `…_longest`, where the source tells lines apart."""

_NUMBER = "claim_key"
"""The column of the clinic's number of the claim, which is another on every claim."""

_LINES = {f"{column}_longest": column for column in _STREETS}


@cache
def _most() -> dict[str, tuple[int, str]]:
    """Column → the most characters it may have, and what to call it."""
    lengths, limits = load_guide().lengths, load_guide().limits
    most = {column: (lengths[place], label) for column, (place, label) in _PLACES.items()}
    most |= {column: (2 * lengths["address_line"] + 1, label) for column, label in _STREETS.items()}
    most[_NUMBER] = (limits["claim_id_length"], "claim number")
    return most


@cache
def _longest() -> dict[str, tuple[int, str]]:
    """Column of the longest line → the most characters it may have, and what to call the street."""
    length = load_guide().lengths["address_line"]
    return {column: (length, _STREETS[street]) for column, street in _LINES.items()}


def _few(claims: pl.DataFrame) -> pl.DataFrame:
    most = _most()
    rows = []
    for row in claims.select([*most, *_LINES]).iter_rows(named=True):
        too_long: dict[str, bool | None] = {}
        for column, (length, label) in most.items():
            text = row[column]
            too_long[f"{label} (at most {length})"] = None if text is None else len(text) > length
        for column, (length, label) in _longest().items():
            too_long[f"{label} (at most {length} in a line)"] = _line_too_long(row[column], row[_LINES[column]], length)
        longer = [words for words, is_longer in too_long.items() if is_longer]
        rows.append((True if longer else (None if None in too_long.values() else False), ", ".join(longer)))
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in stage.adds}, orient="row")


def _line_too_long(longest: int | None, street: str | None, length: int) -> bool | None:
    """Whether a line of the street is too long; a street that fits into one line has none."""
    if longest is not None:
        return longest > length
    return False if street is not None and len(street) <= length else None


def _many(claims: pl.DataFrame) -> pl.DataFrame | Repeated:
    """Asked once of claims that are alike in all but their number, which is told by its length."""
    others = [name for name in stage.needs if name != _NUMBER]
    kinds = Alike(Frames({"claims": claims})).kinds("claims", others)
    if kinds is None:
        return _asked(claims)
    most, _ = _most()[_NUMBER]
    # What a claim's number may be: as long as there is room, longer, or unknown.
    numbers = pl.Series(_NUMBER, ["", "#" * (most + 1), None], dtype=pl.String)
    number = flags(claims.get_column(_NUMBER).str.len_chars() > most)
    of_number = np.where(number.yes, 1, np.where(number.no, 0, 2))
    of_each = claims.select(others)[kinds.rows]
    answers = [
        _asked(of_each.with_columns(one.new_from_index(0, of_each.height)))
        for one in (numbers[:1], numbers[1:2], numbers[2:])
    ]
    return Repeated(pl.concat(answers), of_number * of_each.height + kinds.of_row)


def _asked(claims: pl.DataFrame) -> pl.DataFrame:
    longer = {
        f"{label} (at most {length})": pl.col(column).str.len_chars() > length
        for column, (length, label) in _most().items()
    }
    for column, (length, label) in _longest().items():
        fits = pl.col(_LINES[column]).str.len_chars() <= length
        longer[f"{label} (at most {length} in a line)"] = (
            pl.when(pl.col(column).is_not_null()).then(pl.col(column) > length).when(fits).then(pl.lit(value=False))
        )
    named = [pl.when(is_longer).then(pl.lit(words)) for words, is_longer in longer.items()]
    return claims.select(
        pl.any_horizontal(*longer.values()).alias("has_long_field"),
        pl.concat_str(named, separator=", ", ignore_nulls=True).alias("long_fields"),
    )


stage = Stage(
    name="field-lengths",
    over="claims",
    needs=(_NUMBER, *_PLACES, *_STREETS, *_LINES),
    adds=(
        Column("has_long_field", FLAG, "flag", "a text of the claim is longer than its place in a claim file"),
        Column("long_fields", TEXT, "words", "which texts are too long, and the most characters of each"),
    ),
    compute=few_or_many(_few, _many),
    lacks="names, addresses and numbers of the claim",
)
