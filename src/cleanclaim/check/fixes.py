"""Apply fixes to tables: a change is made only where the old value is still there.

Records and 837 segments have their own appliers beside their readers; all of them take the same changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from cleanclaim.check.findings import Change, Finding, cell_value
from cleanclaim.lines.schema import KEYS, dtypes
from cleanclaim.lines.tables import Tables


@dataclass(frozen=True, slots=True)
class Applied:
    """The tables after the changes, and the changes refused because the old value had moved."""

    tables: Tables
    made: tuple[Change, ...]
    refused: tuple[Change, ...]


def changes_of(findings: Iterable[Finding], *, safe_only: bool) -> tuple[Change, ...]:
    """The changes that the findings propose, each once, in order; `safe_only` leaves out what needs a name."""
    wanted = (finding for finding in findings if finding.fix_safety == "safe" or not safe_only)
    return tuple(dict.fromkeys(change for finding in wanted for change in finding.changes))


def apply(tables: Tables, changes: Iterable[Change]) -> Applied:
    """Make the changes.

    Fields are changed before rows are removed; the rows that remain are keyed anew, without gaps.
    """
    made: list[Change] = []
    refused: list[Change] = []
    values: dict[tuple[str, str], list[Any]] = {}
    gone: dict[str, set[int]] = {}
    for change in changes:
        if not change.field:
            gone.setdefault(change.table, set()).add(change.key)
            made.append(change)
            continue
        place = (change.table, change.field)
        if place not in values:
            values[place] = tables.frame(change.table).get_column(change.field).to_list()
        column = values[place]
        if change.key >= len(column) or cell_value(column[change.key]) != change.old:
            refused.append(change)
            continue
        column[change.key] = list(change.new) if isinstance(change.new, tuple) else change.new
        made.append(change)
    frames = {name: tables.frame(name) for name in ("claims", "lines", "services", "diagnoses")}
    for (table, field), column in values.items():
        series = pl.Series(field, column, dtype=dtypes(table)[field])
        frames[table] = frames[table].with_columns(series)
    for table, keys in gone.items():
        frames[table] = _without(frames[table], table, keys)
    return Applied(replace(tables, **frames), tuple(made), tuple(refused))


def _without(frame: pl.DataFrame, table: str, keys: set[int]) -> pl.DataFrame:
    key = KEYS[table]
    kept = frame.filter(pl.col(key).is_in(list(keys)).not_())
    return kept.with_columns(pl.int_range(kept.height, dtype=pl.Int64).alias(key))
