"""An index over millions of pair edits that answers one visit in microseconds and an archive by one sorted search.

Four arrays, memory-mapped where they come from a file, so that a single check reads only the pages it touches: the
distinct codes in order; for each edit that was ever in force a key of both codes and its last day, in order; its
first day; its modifier indicator. The first key at or after (pair, day) is the edit that ends next; it holds if it
had begun by then. Edits of one pair of codes do not overlap, so no other can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

VOID = 9
_FILES = ("codes", "keys", "begins", "indicators")
_TEXT = "S6"
"""One character more than a code has, so that a longer text equals no code."""
_DAY_BITS = 24
_DAY_OFFSET = 1 << 22
_FOREVER = _DAY_OFFSET - 1
_EVER = -_DAY_OFFSET + 1
_EPOCH = date(1970, 1, 1).toordinal()
_FEW = 400


class PairIndexError(ValueError):
    """A table without an edit, or an index file that cannot be read."""


@dataclass(frozen=True)
class PairIndex:
    """The edits that were ever in force; compared and kept by identity."""

    codes: npt.NDArray[np.bytes_]
    keys: npt.NDArray[np.int64]
    begins: npt.NDArray[np.int32]
    indicators: npt.NDArray[np.int8]

    __hash__ = object.__hash__

    @classmethod
    def of(cls, frame: pl.DataFrame) -> PairIndex:
        """Index edits: `column_1`, `column_2`, `begins_on`, `ended_on` (Date, null open), `modifier_indicator`.

        Where the table gives no first days, an edit begins the day after the edit before it, of the same two codes
        in either order, ended; the first of them was always in force.

        Where edits of one order overlap, the one that began last answers for the days they share.

        Raises:
            PairIndexError: no edit was ever in force.
        """
        ever = frame.filter(pl.col("modifier_indicator") != VOID)
        names = pl.concat([ever.get_column("column_1"), ever.get_column("column_2")]).unique().sort()
        numbered = pl.Enum(names)
        first, second = (_integers(ever.get_column(name).cast(numbered)) for name in ("column_1", "column_2"))
        begins, ends = _days(ever.get_column("begins_on"), _EVER), _days(ever.get_column("ended_on"), _FOREVER)
        if ever.get_column("begins_on").null_count() == ever.height:
            unordered = np.minimum(first, second) * len(names) + np.maximum(first, second)
            begins = _day_after_the_one_before(unordered, ends)
        edits = _Edits(first * len(names) + second, begins, ends, _integers(ever.get_column("modifier_indicator")))
        edits = _one_at_a_time(edits.taken(np.flatnonzero(begins <= ends)))
        if not len(edits.pair):
            raise PairIndexError("no edit was ever in force; expected a table of edits")
        return cls(
            codes=_encoded(names),
            keys=(edits.pair << _DAY_BITS) + edits.ends + _DAY_OFFSET,
            begins=edits.begins.astype(np.int32),
            indicators=edits.indicators.astype(np.int8),
        )

    def write(self, folder: Path) -> None:
        """Write the arrays beside the table."""
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> PairIndex:
        """Map the arrays of a folder into memory.

        Raises:
            PairIndexError: one of them is absent or damaged.
        """
        try:
            arrays = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _FILES]
        except (OSError, ValueError) as error:
            raise PairIndexError(f"{folder}: its index cannot be read; load the edition again") from error
        return cls(*arrays)

    def indicators_on(self, column_1: pl.Series, column_2: pl.Series, days: pl.Series) -> pl.Series:
        """The modifier indicator of the edit in this order on that day; null where none is in force or one is null."""
        if len(days) <= _FEW:
            first, second = (self._numbers(column.to_list()) for column in (column_1, column_2))
        else:
            first, second = self._numbers_of_many(column_1), self._numbers_of_many(column_2)
        number = days.to_physical().cast(pl.Int64)
        known = number.is_not_null().to_numpy() & (first >= 0) & (second >= 0)
        day = number.fill_null(0).to_numpy()
        place, held = self._search(first, second, day)
        held &= known
        found = np.where(held, self.indicators[place], -1).astype(np.int64)
        return pl.Series("indicator", found).set(pl.Series(~held), None)

    def stand(self, column_1: Sequence[str | None], column_2: Sequence[str | None]) -> npt.NDArray[np.bool_]:
        """Whether each two codes stand in the table in this order, whatever the day."""
        first, second = self._numbers(column_1), self._numbers(column_2)
        pair = first * len(self.codes) + second
        place = np.minimum(np.searchsorted(self.keys, pair << _DAY_BITS), len(self.keys) - 1)
        found: npt.NDArray[np.bool_] = (first >= 0) & (second >= 0) & (self.keys[place] >> _DAY_BITS == pair)
        return found

    def indicator_on(self, column_1: str, column_2: str, day: date) -> int | None:
        """The modifier indicator of the edit in this order on that day, or None."""
        first, second = self._numbers([column_1]), self._numbers([column_2])
        if first[0] < 0 or second[0] < 0:
            return None
        place, held = self._search(first, second, np.array([day.toordinal() - _EPOCH]))
        return int(self.indicators[place[0]]) if held[0] else None

    def _search(
        self, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], day: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Where the edit that ends next stands, and whether it is of that pair and had begun."""
        pair = first * len(self.codes) + second
        place = np.searchsorted(self.keys, (pair << _DAY_BITS) + day + _DAY_OFFSET, side="left")
        inside = np.minimum(place, len(self.keys) - 1)
        held = (place < len(self.keys)) & (self.keys[inside] >> _DAY_BITS == pair) & (self.begins[inside] <= day)
        return inside, held

    def _numbers(self, codes: Sequence[str | None]) -> npt.NDArray[np.int64]:
        """The place of each code among the codes of the table; −1 for one that it lacks."""
        asked = np.array([(code or "").encode("ascii", "replace") for code in codes], dtype=_TEXT)
        place = np.minimum(np.searchsorted(self.codes, asked), len(self.codes) - 1)
        return np.where(self.codes[place] == asked, place, -1)

    def _numbers_of_many(self, codes: pl.Series) -> npt.NDArray[np.int64]:
        met = codes.unique().drop_nulls()
        known = dict(zip(met.to_list(), self._numbers(met.to_list()).tolist(), strict=True))
        return codes.replace_strict(known, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()


@dataclass(frozen=True, slots=True)
class _Edits:
    """Edits as arrays: the pair's number, first and last day since 1970, indicator."""

    pair: npt.NDArray[np.int64]
    begins: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    indicators: npt.NDArray[np.int64]

    def taken(self, places: npt.NDArray[np.intp]) -> _Edits:
        """Those at the places."""
        return _Edits(self.pair[places], self.begins[places], self.ends[places], self.indicators[places])


def _day_after_the_one_before(pair: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The first day of each edit, where only last days are known."""
    order = np.lexsort((ends, pair))
    begins = np.full(len(ends), _EVER)
    follows = pair[order[1:]] == pair[order[:-1]]
    begins[order[1:][follows]] = ends[order[:-1][follows]] + 1
    return begins


def _one_at_a_time(edits: _Edits) -> _Edits:
    """The edits by pair and last day, with overlaps resolved."""
    ordered = edits if _is_ordered(edits) else edits.taken(np.lexsort((edits.begins, edits.ends, edits.pair)))
    clash = (ordered.pair[1:] == ordered.pair[:-1]) & (ordered.begins[1:] <= ordered.ends[:-1])
    if not clash.any():
        return ordered
    clashing = np.isin(ordered.pair, ordered.pair[1:][clash])
    groups: dict[int, list[tuple[int, int, int]]] = {}
    columns = (ordered.pair, ordered.begins, ordered.ends, ordered.indicators)
    for pair, *span in zip(*(column[clashing].tolist() for column in columns), strict=True):
        groups.setdefault(pair, []).append((span[0], span[1], span[2]))
    swept = np.array([(pair, *span) for pair, spans in groups.items() for span in _swept(spans)], dtype=np.int64).T
    plain = ordered.taken(np.flatnonzero(~clashing))
    both = [
        np.concatenate(pieces)
        for pieces in zip((plain.pair, plain.begins, plain.ends, plain.indicators), swept, strict=True)
    ]
    return (joined := _Edits(*both)).taken(np.lexsort((joined.ends, joined.pair)))


def _is_ordered(edits: _Edits) -> bool:
    """Whether pair and last day rise from each edit to the next, as in a table that was kept."""
    key = (edits.pair << _DAY_BITS) + edits.ends
    return bool((key[1:] > key[:-1]).all())


def _swept(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Periods that do not overlap: on each day the edit that began last."""
    starts = sorted({day for begins, ends, _ in spans for day in (begins, ends + 1)})
    found = []
    for start, after in pairwise(starts):
        holding = [span for span in spans if span[0] <= start <= span[1]]
        if holding:
            found.append((start, after - 1, max(holding)[2]))
    return found


def _integers(column: pl.Series) -> npt.NDArray[np.int64]:
    return column.to_physical().cast(pl.Int64).to_numpy()


def _days(column: pl.Series, when_open: int) -> npt.NDArray[np.int64]:
    return column.to_physical().cast(pl.Int64).fill_null(when_open).to_numpy()


def _encoded(names: pl.Series) -> npt.NDArray[np.bytes_]:
    return np.array([name.encode("ascii") for name in names.to_list()], dtype=_TEXT)
