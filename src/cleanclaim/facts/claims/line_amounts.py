"""Which of charge, units and date a line leaves empty, in words."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_WORDS = {"charge_cents": "charge", "units": "units", "line_date": "date"}


def _left_empty(name: str) -> pl.Expr:
    return pl.col(name).is_null() & col.line_fields_absent.list.contains(name)


fact = Fact(
    name="line_amounts_absent",
    over="lines",
    dtype=pl.String,
    unit="words",
    meaning="which of charge, units and date the source leaves empty",
    lacks="whether charge, units and date of the line are left empty",
    expr=pl.concat_str(
        [pl.when(_left_empty(name)).then(pl.lit(word)) for name, word in _WORDS.items()],
        separator=", ",
        ignore_nulls=True,
    ),
)
