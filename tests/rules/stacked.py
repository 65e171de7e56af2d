"""Examples laid below one another, each with patients of its own, so that one call judges thousands of them.

Only rules that ask no further than the patient (`Reach.PATIENT`) say the same of an example among others as alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.plan import Cell
from cleanclaim.lines.schema import KEYS, SCHEMA
from cleanclaim.lines.tables import Tables

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Copy:
    """One example among the others: its place in what was laid down, and an input column of it that is unknown."""

    example: int
    blank: Cell | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """The tables of many copies, and the copy that each claim belongs to."""

    tables: Tables
    copy_of_claim: Numbers

    def rows_of_copies(self, frame: pl.DataFrame) -> list[Numbers]:
        """The rows of each copy in a frame that tells the claims of its rows, in the frame's order."""
        copies = self.copy_of_claim[frame.get_column("claim_id").to_numpy()]
        ends = np.cumsum(np.bincount(copies, minlength=self.copy_of_claim[-1] + 1))
        return np.split(np.argsort(copies, kind="stable"), ends[:-1])


def stacked(parts: Sequence[Tables], copies: Sequence[Copy]) -> Stack:
    """The copies of the parts below one another, keyed anew."""
    heights = {table: np.array([part.frame(table).height for part in parts], dtype=np.int64) for table in SCHEMA}
    chosen = np.array([copy.example for copy in copies], dtype=np.int64)
    claims_before = _starts(heights["claims"][chosen])
    frames: dict[str, pl.DataFrame] = {}
    copy_of_claim = np.empty(0, dtype=np.int64)
    for table in SCHEMA:
        owners = np.repeat(np.arange(len(chosen)), heights[table][chosen])
        within = np.arange(len(owners)) - _starts(heights[table][chosen])[owners]
        frame = pl.concat([part.frame(table) for part in parts])[within + _starts(heights[table])[chosen][owners]]
        key = pl.int_range(frame.height, dtype=pl.Int64).alias(KEYS[table])
        if table == "claims":
            copy_of_claim = owners
            apart = pl.Series(owners) * (pl.col("patient_id").max() + 1)
            frame = frame.with_columns(key, pl.col("patient_id") + apart)
        else:
            frame = frame.with_columns(key, pl.col("claim_id") + pl.Series(claims_before[owners]))
        frames[table] = _blanked(frame, table, owners, copies)
    return Stack(Tables(**frames), copy_of_claim)


def _starts(heights: Numbers) -> Numbers:
    """How many rows there are before each."""
    return np.cumsum(heights) - heights


def _blanked(frame: pl.DataFrame, table: str, owners: Numbers, copies: Sequence[Copy]) -> pl.DataFrame:
    """The frame with null where a copy's column is unknown."""
    unknown: dict[str, list[int]] = {}
    for number, copy in enumerate(copies):
        if copy.blank is not None and copy.blank[0] == table:
            unknown.setdefault(copy.blank[1], []).append(number)
    return frame.with_columns(
        pl.when(pl.Series(~np.isin(owners, numbers))).then(pl.col(name)).alias(name)
        for name, numbers in unknown.items()
    )
