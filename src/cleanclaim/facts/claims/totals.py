"""The lines of a claim counted and summed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import CENTS, COUNT, Column
from cleanclaim.pricing.exact import as_column, integers


def _add_up(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    height, lines = frames["claims"].height, frames["lines"]
    owner, charge = lines.get_column("claim_id").to_numpy(), integers(lines.get_column("charge_cents"))
    cents, known = np.zeros(height, np.int64), np.ones(height, np.bool_)
    np.add.at(cents, owner, charge.values)
    # A claim of which one charge is unknown has an unknown sum.
    known[owner[~charge.known]] = False
    count = pl.Series("line_count", np.bincount(owner, minlength=height), dtype=pl.Int64)
    return pl.DataFrame([count, as_column("line_charges_cents", cents, known)])


stage = Stage(
    name="claim-totals",
    over="claims",
    needs=("claim_id",),
    reads=(("lines", "claim_id"), ("lines", "charge_cents")),
    adds=(
        Column("line_count", COUNT, "lines", "lines of the claim"),
        Column("line_charges_cents", CENTS, "cents", "the charges of all lines together"),
    ),
    compute=_add_up,
    lacks="charge of each line",
)
