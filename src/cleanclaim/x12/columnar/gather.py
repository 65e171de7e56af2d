"""Columns out of placed segments: one look-up of segments for each kind of segment, one gather for each column.

Text never passes through Python: the columns point into the block's own bytes (`arrow`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cleanclaim.x12.columnar import arrow, filled_tables, finding, values
from cleanclaim.x12.columnar.cells import Extents, head
from cleanclaim.x12.columnar.column_map import ColumnMap, ColumnSpec, Repeat, TableSpec
from cleanclaim.x12.columnar.filled_tables import Rows
from cleanclaim.x12.columnar.finding import Slots, Sorted
from cleanclaim.x12.columnar.keys import Keys
from cleanclaim.x12.columnar.layouts import layout_of, rows_sought
from cleanclaim.x12.columnar.placing import Placed, within
from cleanclaim.x12.columnar.tokens import Codes, Flags, Offsets, Tokens, Words, tag_name
from cleanclaim.x12.problems import Problem

_EXPECTED = {
    "cents": "dollars, at most two decimals",
    "thousandths": "a number, at most three decimals",
    "whole": "a whole number",
    "first_day": "CCYYMMDD",
    "last_day": "CCYYMMDD",
}
_FOUND = {"cents": "no amount", "thousandths": "no number", "whole": "no number"}
_PLACES = {"cents": 2, "thousandths": 3, "whole": 0}

Keyed = NDArray[np.integer[Any]]
_NO_ROWS = np.zeros(0, dtype=np.int64)


def dtype(column: ColumnSpec) -> pl.DataType | type[pl.DataType]:
    """The Polars type of a column."""
    if column.type == "text":
        return pl.String
    return pl.Date if column.type.endswith("_day") else pl.Int64


def schema(spec: TableSpec) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Column name → type of a table, in order: its key, the keys around it, the number of its segment, its columns."""
    found: dict[str, pl.DataType | type[pl.DataType]] = {}
    for name in (*((spec.key,) if spec.key else ()), *(owner for owner in spec.owners if owner != spec.key)):
        found[name] = pl.Int64
    found |= dict.fromkeys((link.name for link in spec.links), pl.Int64)
    found["segment"] = pl.Int64
    if spec.shows_loop:
        found["loop"] = pl.String
    if spec.repeat is not None:
        found["position"] = pl.Int64
    return found | {column.name: dtype(column) for column in spec.columns}


@cache
def _empty(spec: TableSpec) -> pl.DataFrame:
    """The table without rows."""
    return pl.DataFrame(schema=schema(spec))


@dataclass(slots=True, eq=False)
class Gatherer:
    """Reads the tables of one stretch of transactions of one kind; value problems are gathered on the way."""

    tokens: Tokens
    placed: Placed
    columns: ColumnMap
    keys: Keys
    first: int
    problems: list[Problem] = field(default_factory=list)
    _by_name: tuple[Offsets, Offsets] | None = None
    _placed_in: dict[str, tuple[Offsets, Offsets]] = field(default_factory=dict)
    _said: dict[tuple[str, int], Words] = field(default_factory=dict)
    _row_of: Codes | None = None
    _extents: dict[int, tuple[Offsets, Extents]] = field(default_factory=dict)
    _sorted_out: dict[TableSpec, Sorted] = field(default_factory=dict)
    _slots: dict[TableSpec, Slots] = field(default_factory=dict)

    def tables(self, wanted: Collection[str] | None = None) -> dict[str, pl.DataFrame]:
        """All tables of the map, or those of them that are wanted, empty ones too."""
        found: dict[str, pl.DataFrame] = {}
        specs = [spec for spec in self.columns.tables if wanted is None or spec.name in wanted]
        if self.tokens.signs is not None:
            placed, sought = self.placed, rows_sought(self.columns)
            every = finding.sorted_out(placed.names, placed.home, self.tokens.widths, sought)
            self._sorted_out = dict(zip(self.columns.tables, every, strict=True))
            of_loops = [(spec, self._rows(spec)) for spec in specs if not spec.segment]
            of_loops = [(spec, rows) for spec, rows in of_loops if len(rows)]
            self._slots = filled_tables.looked_up(self.tokens, self.placed, self.keys, of_loops)
        for spec in specs:
            frame = self._table(spec)
            before = found.get(spec.name)
            if before is None or not before.height:
                found[spec.name] = frame
            elif frame.height:
                found[spec.name] = pl.concat([before, frame])
        return found

    def _table(self, spec: TableSpec) -> pl.DataFrame:
        self._extents.clear()
        self._placed_in.clear()
        self._said.clear()
        self._row_of = None
        rows: Offsets = self._rows(spec)
        if not len(rows):
            return _empty(spec).clone()
        frame = _Frame(self)
        groups: Offsets | None = None
        offsets: Offsets | None = None
        if spec.repeat is not None:
            rows, groups = self._groups(rows, spec.repeat)
            if not len(rows):
                return _empty(spec).clone()
            offsets = groups * spec.repeat.step
        if self.tokens.signs is not None:
            return self._filled(spec, rows, groups)
        self._identify(frame, spec, rows, groups)
        found: dict[tuple[str, tuple[str, ...], int], Offsets] = {}
        for column in spec.columns:
            if spec.segment:
                is_grouped = spec.repeat is not None and column.element >= spec.repeat.first
                frame.read(column, [(rows, column.element)], offsets if is_grouped else None)
                continue
            sources = []
            for segment, element in ((column.segment, column.element), *column.others):
                wanted = (segment, column.where, column.at)
                if wanted not in found:
                    found[wanted] = self._lookup(spec, rows, *wanted)
                sources.append((found[wanted], element))
            frame.read(column, sources, None)
        return frame.collect()

    def _filled(self, spec: TableSpec, segments: Offsets, groups: Offsets | None) -> pl.DataFrame:
        """A table read by kernels."""
        own = segments.astype(np.int32, copy=False)
        slots = filled_tables.taken(own, self._sorted_out[spec].widest) if spec.segment else self._slots[spec]
        rows = Rows(own, None if groups is None else groups.astype(np.int32, copy=False), slots)
        layout = layout_of(spec, self.placed.table)
        made = filled_tables.table(self.tokens, self.placed, self.keys, layout, rows, self.first)
        self._report_nobodys(made.nobodys, spec.needs)
        for one in made.bad:
            self.report(one.column, one.segments, one.elements)
        return made.frame

    # --- rows -------------------------------------------------------------------------------------------

    def _rows(self, spec: TableSpec) -> Offsets:
        if spec.segment and self.tokens.signs is not None:
            return self._where(self._sorted_out[spec].rows, spec.at, spec.where)
        if not spec.segment:
            return self.keys.rows[spec]
        loops = tuple(map(self.placed.table.number, spec.loops))
        rows = self._segments(spec.segment)
        rows = rows[within(self.placed, loops, rows)] if loops else rows[self.placed.home[rows] >= 0]
        return self._where(rows, spec.at, spec.where)

    def _segments(self, name: str) -> Offsets:
        """Segments of that name."""
        number = self.placed.table.number_of(name)
        if number == self.placed.table.name_count:
            # No segment of that name has a meaning in the guide, so none stands in a loop.
            return _NO_ROWS
        if self._by_name is None:
            names = self.placed.names
            counts = np.bincount(names, minlength=self.placed.table.name_count + 1)
            self._by_name = (np.argsort(names, kind="stable"), np.concatenate(([0], np.cumsum(counts))))
        order, bounds = self._by_name
        found: Offsets = order[bounds[number] : bounds[number + 1]]
        return found

    def _where(self, rows: Offsets, position: int, wanted: Sequence[str]) -> Offsets:
        """Of these segments, those whose element, or its first component, has one of the values."""
        if not wanted or not len(rows):
            return rows
        return rows[_is_one_of(self._heads(rows, position), wanted)]

    def _heads(self, segments: Offsets, position: int) -> Words:
        """What `head` gives for the element, or its first component, of each of these segments."""
        if self.tokens.signs is not None:
            return filled_tables.heads(self.tokens, segments, position)
        cells = self.tokens.cells
        return cells.heads.take(cells.component(self.tokens.spread(segments), position, 0))

    def _groups(self, rows: Offsets, repeat: Repeat) -> tuple[Offsets, Offsets]:
        """Each segment once for every group of elements that are not all empty, and the number of that group."""
        if self.tokens.signs is not None:
            return filled_tables.groups_of(self.tokens, rows, repeat)
        extents, cells = self.tokens.spread(rows), self.tokens.cells
        widest = int(self.tokens.widths[rows].max()) - 1
        count = min(repeat.count, max(0, -(-(widest - repeat.first + 1) // repeat.step)))
        found, numbers = [], []
        for group in range(count):
            is_there = np.zeros(len(rows), dtype=np.bool_)
            for element in range(repeat.first + group * repeat.step, repeat.first + (group + 1) * repeat.step):
                is_there |= cells.lengths.take(cells.element(extents, element)) > 0
            there = rows[is_there]
            found.append(there)
            numbers.append(np.full(len(there), group))
        if not found:
            return rows[:0], rows[:0]
        segments, groups = np.concatenate(found), np.concatenate(numbers)
        order = np.lexsort((groups, segments))
        return segments[order], groups[order]

    def _identify(self, frame: _Frame, spec: TableSpec, rows: Offsets, groups: Offsets | None) -> None:
        if spec.key:
            frame.keys(spec.key, self.keys.first[spec.name] + np.arange(len(rows)))
        for owner in spec.owners:
            if owner != spec.key:
                keys = self.keys.owner(owner).at(rows)
                frame.keys(owner, keys)
                if owner == spec.needs:
                    self._report_nobodys(rows[keys < 0], owner)
        for link in spec.links:
            frame.keys(link.name, self.keys.links[link.name].at(rows))
        frame.keys("segment", rows + self.first)
        if spec.shows_loop:
            frame.words("loop", self.placed.home[rows], self.placed.table.ids)
        if groups is not None:
            frame.keys("position", groups + 1)

    def _report_nobodys(self, segments: Offsets, owner: str) -> None:
        """One line for each segment that begins a row which belongs to nothing, but should to what has that key."""
        name_of_owner = owner.removesuffix("_key").replace("_", " ")
        for segment in segments.tolist():
            loop, name = self.placed.table.ids[self.placed.home[segment]], tag_name(int(self.tokens.tags[segment]))
            found = f"a segment without the {name_of_owner} that it belongs to"
            self.problems.append(Problem(segment + self.first, loop, name, found, f"the {name_of_owner} before it"))

    def _lookup(self, spec: TableSpec, rows: Offsets, name: str, where: tuple[str, ...], position: int) -> Offsets:
        """For each row the first such segment of its occurrence of the loop; -1 where there is none."""
        found = np.full(len(rows), -1, dtype=np.int64)
        known = self._placed_in.get(name)
        if known is None:
            known = self._placed_in[name] = self._place(spec, rows, name)
        segments, places = known
        if where and len(segments):
            said = self._said.get((name, position))
            if said is None:
                said = self._said[name, position] = self._heads(segments, position)
            wanted = np.flatnonzero(_is_one_of(said, where))
            segments, places = segments.take(wanted), places.take(wanted)
        # The first of several counts: it is written last.
        found[places[::-1]] = segments[::-1]
        return found

    def _place(self, spec: TableSpec, rows: Offsets, name: str) -> tuple[Offsets, Offsets]:
        """The segments of that name in the table's loops, and the row of each."""
        segments = self._segments(name)
        if not len(segments):
            return segments, segments
        loops = [self.placed.table.number(loop) for loop in spec.loops]
        segments = segments[within(self.placed, loops, segments)]
        at = self.placed.begins.take(segments)
        if self._row_of is None:
            # The place beyond all segments is that of what began before the first of them: its row is in another block.
            self._row_of = np.full(len(self.tokens) + 1, -1, dtype=np.int32)
            self._row_of[rows] = np.arange(len(rows), dtype=np.int32)
        places = self._row_of.take(np.where(at < 0, len(self.tokens), at))
        here = places >= 0
        return (segments, places) if here.all() else (segments[here], places[here])

    def cells_of(self, column: ColumnSpec, segments: Offsets, element: int, offsets: Offsets | None) -> Offsets | None:
        """The texts of an element, or of one component of it, of each segment; `offsets` are added to its number.

        `None` where no segment is as long, or none has the component: a column without anything costs nothing.
        """
        known = self._extents.get(id(segments))
        if known is None:
            # The segments are kept with their extents, so that their identity stays theirs.
            known = self._extents[id(segments)] = (segments, self.tokens.spread(segments))
        extents, cells = known[1], self.tokens.cells
        if offsets is None and element >= extents.widest:
            return None
        at = element if offsets is None else element + offsets
        if not column.component:
            return cells.element(extents, at)
        found = cells.component(extents, at, column.component - 1)
        return found if column.component == 1 or int(found.min()) < cells.empty else None

    def report(self, column: ColumnSpec, segments: Offsets, elements: Offsets) -> None:
        """One line for each text of a column that is no value of its type."""
        for segment, element in zip(segments.tolist(), elements.tolist(), strict=True):
            home = int(self.placed.home[segment])
            name = f"{column.segment}{element:02d}" + (f"-{column.component}" if column.component else "")
            loop = self.placed.table.ids[home] if home >= 0 else ""
            found = _FOUND.get(column.type, "no date")
            problem = Problem(int(segment) + self.first, loop, name, found, _EXPECTED[column.type])
            self.problems.append(problem)


def _is_one_of(said: Words, wanted: Sequence[str]) -> Flags:
    """Which of these texts, of which the heads are given, are one of a few."""
    good: Flags = said == np.uint64(head(wanted[0]))
    for value in wanted[1:]:
        good |= said == np.uint64(head(value))
    return good


class _Valued(NamedTuple):
    """A column of numbers or days before it is read: its texts, and where they stand."""

    column: ColumnSpec
    cells: Offsets
    segments: Offsets
    element: int
    offsets: Offsets | None


@dataclass(slots=True, eq=False)
class _Frame:
    """The columns of one table until they are all there: all texts are made at once, and all values of one type."""

    gatherer: Gatherer
    fields: dict[str, arrow.Field | None] = field(default_factory=dict)
    texts: dict[str, Offsets] = field(default_factory=dict)
    valued: dict[str, list[_Valued]] = field(default_factory=dict)
    height: int = 0

    def keys(self, name: str, numbers: Keyed) -> None:
        """A column of keys, null where there is none."""
        self.height = len(numbers)
        is_whole = not len(numbers) or int(numbers.min()) >= 0
        self.fields[name] = arrow.numbers(name, numbers, None if is_whole else numbers >= 0)

    def words(self, name: str, numbers: NDArray[np.int16], words: Sequence[str]) -> None:
        """A column of few words, given by number."""
        self.fields[name] = arrow.words(name, numbers, words)

    def read(self, column: ColumnSpec, sources: Sequence[tuple[Offsets, int]], offsets: Offsets | None) -> None:
        """One column, from these segments and elements; the first segment of a row that is not -1 counts."""
        segments, element = sources[0]
        for others, other in sources[1:]:
            if not (segments >= 0).any():
                segments, element = others, other
            elif (others >= 0).any():
                offsets = np.where((segments < 0) & (others >= 0), other - element, 0 if offsets is None else offsets)
                segments = np.where(segments >= 0, segments, others)
        # Its place among the columns is held.
        self.fields[column.name] = None
        if int(segments.max()) < 0:
            self.fields[column.name] = _nothing(column, self.height)
            return
        cells = self.gatherer.cells_of(column, segments, element, offsets)
        if cells is None:
            self.fields[column.name] = _nothing(column, self.height)
            return
        if column.type == "text":
            self.texts[column.name] = cells
        else:
            self.valued.setdefault(column.type, []).append(_Valued(column, cells, segments, element, offsets))

    def collect(self) -> pl.DataFrame:
        """The table."""
        if self.texts:
            self.fields |= arrow.texts(self.gatherer.tokens.cells, self.texts)
        for kind, group in self.valued.items():
            self._evaluate(kind, group)
        return arrow.frame([one for one in self.fields.values() if one is not None], self.height)

    def _evaluate(self, kind: str, group: Sequence[_Valued]) -> None:
        """All columns of one type."""
        tokens = self.gatherer.tokens
        cells = group[0].cells if len(group) == 1 else np.concatenate([one.cells for one in group])
        if kind.endswith("_day"):
            parsed = values.days_of(tokens, cells, is_last=kind == "last_day")
        else:
            parsed = values.decimals_of(tokens, cells, _PLACES[kind])
        is_bad = bool(parsed.bad.any())
        made = arrow.days if kind.endswith("_day") else arrow.numbers
        for place, one in enumerate(group):
            part = slice(place * self.height, (place + 1) * self.height)
            if is_bad:
                bad = np.flatnonzero(parsed.bad[part])
                elements = np.full(len(bad), one.element)
                if one.offsets is not None:
                    elements += one.offsets[bad]
                self.gatherer.report(one.column, one.segments[bad], elements)
            self.fields[one.column.name] = made(one.column.name, parsed.values[part], parsed.known[part])


def _nothing(column: ColumnSpec, height: int) -> arrow.Field:
    """A column of which the file has nothing: empty texts, no values."""
    form = arrow.TEXT if column.type == "text" else arrow.DAY if column.type.endswith("_day") else arrow.NUMBER
    return arrow.nothing(column.name, form, height)
