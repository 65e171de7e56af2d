"""Rows of earlier blocks that rows of later ones refer to: those of loops that are open where a block ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from cleanclaim.x12.columnar.keys import KeyState


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """Rows of one table by key, as values, so that a few rows do not keep the bytes of blocks before in memory."""

    schema: Mapping[str, pl.DataType]
    rows: Mapping[int, tuple[Any, ...]]


class Around(Mapping[str, pl.DataFrame]):
    """Tables of such rows by name, made when they are first asked for."""

    def __init__(self, carried: Mapping[str, Carried]) -> None:
        self._carried = {name: one for name, one in carried.items() if one.rows}
        self._made: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        """The rows of this table, in order; `KeyError` where there are none."""
        made = self._made.get(name)
        if made is None:
            kept = self._carried[name]
            rows = [kept.rows[key] for key in sorted(kept.rows)]
            made = self._made[name] = pl.DataFrame(rows, schema=dict(kept.schema), orient="row")
        return made

    def __iter__(self) -> Iterator[str]:
        """The names of these tables."""
        return iter(self._carried)

    def __len__(self) -> int:
        """How many tables there are."""
        return len(self._carried)


def carried_on(
    before: Mapping[str, Carried], tables: Mapping[str, pl.DataFrame], state: KeyState
) -> dict[str, Carried]:
    """The rows that are open after a block with these tables, before which others were."""
    open_keys: dict[str, set[int]] = {}
    for (table, _), number in state.open.items():
        open_keys.setdefault(table, set()).add(number)
    open_keys.setdefault("parties", set()).update(state.links.values())
    found = {}
    for name, keys in open_keys.items():
        kept = _kept(keys, tables.get(name), before.get(name))
        if kept is not None:
            found[name] = kept
    return found


def _kept(keys: set[int], table: pl.DataFrame | None, before: Carried | None) -> Carried | None:
    if table is None or not table.height:
        if before is None:
            return None if table is None else Carried(table.schema, {})
        return Carried(before.schema, {key: row for key, row in before.rows.items() if key in keys})
    rows = {} if before is None else {key: row for key, row in before.rows.items() if key in keys}
    # Keys count up, so that a key is the place of its row.
    first = table.item(0, 0)
    rows |= {key: table.row(key - first) for key in keys if 0 <= key - first < table.height}
    return Carried(table.schema, rows)
