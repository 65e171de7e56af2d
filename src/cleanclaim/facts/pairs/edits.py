"""Whose edit a pair is, on what edition it rests, and whether a modifier asks for both to be paid."""

from __future__ import annotations

from functools import reduce

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.facts.pair_edits import MEDICARE_LIST, OWN_LIST
from cleanclaim.lines.columns import col

SEPARATING = ("59", "XE", "XP", "XS", "XU")
"""Modifiers that say two services were apart."""
SITES = (
    *("LT", "RT", "E1", "E2", "E3", "E4", "LC", "LD", "LM", "RC", "RI"),
    *("FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"),
    *("TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"),
)
"""Modifiers that name a part of the body: two lines with different ones are apart."""
_VISIT = r"^(99[234][0-9]{2}|980[01][0-9]|920[01][24]|G0402|G043[89])$"
"""Codes of a clinician's visit: evaluation and management, examinations of the eyes, Medicare's yearly visits."""
_OF_KIND = (
    (_VISIT, ("24", "25", "57")),
    (r"^(8[0-9]{4}|[0-9]{4}U)$", ("91",)),
    (r"^[1-6][0-9]{4}$", ("58", "78", "79")),
)
"""Further modifiers that Medicare's edits heed, each on codes of one kind: visits, tests, operations.

The whole list is that of CMS's NCCI policy manual, chapter I; 27 is left out, which hospitals alone use.
"""


def _carries(modifiers: pl.Expr, wanted: tuple[str, ...] = SEPARATING) -> pl.Expr:
    return _those(modifiers, wanted).list.len() > 0


def _those(modifiers: pl.Expr, wanted: tuple[str, ...]) -> pl.Expr:
    return modifiers.list.set_intersection(pl.lit(list(wanted), dtype=pl.List(pl.String)))


def _of_kind(code: pl.Expr, modifiers: pl.Expr) -> pl.Expr:
    """Whether a modifier that is heeded on codes of this kind is on the line."""
    told = [code.str.contains(pattern) & _carries(modifiers, wanted) for pattern, wanted in _OF_KIND]
    return reduce(lambda left, right: left | right, told)


def _two_sites() -> pl.Expr:
    """Whether both lines name a part of the body and share none."""
    sites = (col.first_modifiers, col.second_modifiers, pl.concat_list(col.first_modifiers, col.second_modifiers))
    first, second, either = (_those(modifiers, SITES).list.len() for modifiers in sites)
    # A part that both name is counted once among those of either.
    return (first > 0) & (second > 0) & (first + second == either)


facts = (
    Fact(
        name="pair_applies",
        over="pairs",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the payer applies the list that holds this edit; null where that was not read",
        lacks="whether the payer applies Medicare's pair edits (not in the payer's file)",
        expr=pl.when(col.pair_edition == OWN_LIST)
        .then(pl.lit(value=True))
        .when(col.payer_pair_edits == MEDICARE_LIST)
        .then(pl.lit(value=True)),
    ),
    Fact(
        name="pair_basis",
        over="pairs",
        dtype=pl.String,
        unit="text",
        meaning="the list the edit stands in, with its edition, and that it is unconfirmed where it is",
        lacks="the date of service",
        expr=pl.when(col.pair_edition == OWN_LIST)
        .then(pl.lit("the payer's own list"))
        .when(col.pair_is_confirmed)
        .then(pl.format("the edition of {}", col.pair_edition))
        .otherwise(
            pl.format(
                "the edition of {} (unconfirmed for {})", col.pair_edition, col.date_of_service.dt.to_string("%Y-%m-%d")
            )
        ),
    ),
    Fact(
        name="first_is_separated",
        over="pairs",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the line in column 1 carries 59 or an X modifier",
        lacks="modifiers of the line",
        expr=_carries(col.first_modifiers),
    ),
    Fact(
        name="second_is_separated",
        over="pairs",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the line in column 2 carries 59 or an X modifier",
        lacks="modifiers of the line",
        expr=_carries(col.second_modifiers),
    ),
    Fact(
        name="told_apart_otherwise",
        over="pairs",
        dtype=pl.Boolean,
        unit="flag",
        meaning="another modifier than 59 or X tells the two apart: 24, 25 or 57 on a visit, 91 on a test, 58, 78 or "
        "79 on an operation, or two parts of the body",
        lacks="modifiers of both lines",
        expr=_of_kind(col.first_code, col.first_modifiers)
        | _of_kind(col.second_code, col.second_modifiers)
        | _two_sites(),
    ),
    Fact(
        name="separating_words",
        over="pairs",
        dtype=pl.String,
        unit="text",
        meaning="which modifier would separate the code in column 2",
        lacks="the code",
        expr=pl.when(col.second_code.str.contains(_VISIT))
        .then(pl.lit("25 on the visit"))
        .otherwise(pl.lit("59 or an X modifier")),
    ),
    Fact(
        name="separate_service_words",
        over="pairs",
        dtype=pl.String,
        unit="text",
        meaning="on what terms the code in column 2 is paid beside that in column 1",
        lacks="the code",
        expr=pl.when(col.second_code.str.contains(_VISIT))
        .then(pl.lit("as a visit that stands apart"))
        .otherwise(pl.lit("at a separate time")),
    ),
)
