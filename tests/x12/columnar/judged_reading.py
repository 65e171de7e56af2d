"""Whether what was read of a damaged file is right, held against a plain reading of it that shares nothing with ours.

- Blocks laid end to end are the file, and their segments are as many as there are.
- A whole interchange gives the tables that it gives when it is read alone, cell for cell, and no problem.
- In every other, each segment that begins a row of a table has that row, or a problem stands at it, before it, or up to
  the claim behind it.
- Where nothing is said to be wrong, nothing is: envelopes are whole and count right, every segment has a meaning, and
  each line is its claim's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cleanclaim.x12.columnar.column_map import load_map, map_names
from cleanclaim.x12.columnar.reader import Block, read_tables
from cleanclaim.x12.delimiters import Delimiters
from tests.x12.columnar.damaged_files import DamagedFile, Lump
from tests.x12.columnar.plain_x12 import begun_rows, faults_of_envelopes, names_of, owners_of_lines
from tests.x12.columnar.small_interchanges import Shape, shapes

Frames = Mapping[str, pl.DataFrame]
_TABLE_OF = {
    "transaction_key": "transactions", "billing_level_key": "billing_levels", "coverage_key": "coverages",
    "dependent_key": "dependents", "claim_key": "claims", "line_key": "lines", "decision_key": "decisions",
    "answer_key": "answers", "segment_fault_key": "segment_faults", "subscriber_key": "subscribers",
    "benefit_key": "benefits", "party_key": "parties",
}  # fmt: skip
"""By key: the table whose rows have it. Columns that end with `party_key` are keys of parties, too."""


def laid_together(found: Sequence[Block]) -> dict[str, pl.DataFrame]:
    """All tables of some blocks, with what is wrong as `problems`."""
    parts: dict[str, list[pl.DataFrame]] = {"problems": []}
    for block in found:
        parts["problems"].append(block.problems)
        for name, table in block.tables.items():
            parts.setdefault(name, []).append(table)
    return {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in parts.items()}


def judge(file: DamagedFile, found: Sequence[Block]) -> int:
    """Hold what was read of a file against what is in it; how many problems were reported.

    Raises `AssertionError` naming the mutations at fault.
    """
    assert b"".join(block.raw for block in found) == file.data, f"file {file.number}: other bytes than its own"
    frames = laid_together(found)
    lumps = file.lumps
    end = lumps[-1].first + len(lumps[-1].segments)
    counted = sum(block.segments for block in found)
    assert counted >= end - 1, f"file {file.number}: {counted} segments, at least {end - 1} there"
    reading = _Reading(file, lumps, frames)
    reading.whole_ones_are_as_alone()
    reading.others_are_read_or_reported()
    return frames["problems"].height


_OF_LEVELS = frozenset({"billing_levels", "coverages", "dependents"})
_IN_DOUBT = frozenset(
    {
        "a claim that a lost level may have stood before",
        "a level that is not the one around it",
        "no level that this one can belong to",
    }
)
"""What is said where a lost level is told by what stands far behind it: of a transaction in several blocks each block
tells its own, and gives a claim to nobody sooner than the whole does."""

_TOO_LATE = "a segment behind what its transaction holds"
"""What is said of a transaction's own segment that stands in another block than its header, and is not read."""


def assert_same(ours: Sequence[Block], theirs: Sequence[Block]) -> None:
    """The same was read, to the last key and problem."""
    one, other = laid_together(ours), laid_together(theirs)
    assert one.keys() == other.keys()
    for name in sorted(one):
        assert one[name].schema == other[name].schema, name
        assert one[name].equals(other[name]), name


def assert_alike(ours: Sequence[Block], theirs: Sequence[Block]) -> None:
    """The same was read of a file, however it was cut: the rows, the rows around them, and the problems.

    Keys are held by the segments of the rows that have them, as levels that are lost have keys, too.
    """
    one, other = laid_together(ours), laid_together(theirs)
    assert one.keys() == other.keys()
    said = {found for each in (one, other) for found in each["problems"]["found"].unique().to_list()}
    is_doubted, is_late = not said.isdisjoint(_IN_DOUBT), _TOO_LATE in said
    for name in sorted(one.keys() - {"problems"}):
        if (is_doubted and name in _OF_LEVELS) or (is_late and name == "transactions"):
            continue
        plain, expected = (_without_keys(each, name, is_doubted=is_doubted) for each in (one, other))
        assert plain.height == expected.height, f"{name}: {plain.height} rows, {expected.height} expected"
        for column in sorted({*plain.columns, *expected.columns}):
            pair = [each[column] if column in each.columns else None for each in (plain, expected)]
            are_same = all(each is None or each.null_count() == len(each) for each in pair)
            if pair[0] is not None and pair[1] is not None:
                are_same = pair[0].equals(pair[1])
            assert are_same, f"{name}: other values of {column}"
    if not is_doubted and not is_late:
        assert sorted(one["problems"].rows()) == sorted(other["problems"].rows())


def _without_keys(frames: Frames, name: str, *, is_doubted: bool) -> pl.DataFrame:
    """A table with the segments that begin the rows around each row for their keys, where those are not in doubt."""
    found = frames[name]
    for column in [one for one in found.columns if one.endswith("_key")]:
        table = "parties" if column.endswith("party_key") else _TABLE_OF[column]
        if table != name and table in frames and not is_doubted:
            keys, begins = found[column].to_list(), frames[table]["segment"].to_list()
            around = pl.Series(f"{column}_segment", [None if key is None else begins[key] for key in keys], pl.Int64)
            found = found.with_columns(around)
        found = found.drop(column)
    # A table of several kinds of segments has those of each kind together in each block.
    return found.sort("segment", *(one for one in ("position", "rarc") if one in found.columns), maintain_order=True)


@dataclass(frozen=True, slots=True)
class _Library:
    """Every shape read alone, by table: their rows one after the other, and where those of each shape stand."""

    frames: dict[str, pl.DataFrame]
    places: dict[str, dict[str, tuple[int, int]]]


@cache
def _library(delimiters: Delimiters) -> _Library:
    parts: dict[str, list[pl.DataFrame]] = defaultdict(list)
    places: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    heights: dict[str, int] = defaultdict(int)
    for shape in shapes():
        tables = read_tables(shape.written(delimiters), threads=1)
        assert tables.pop("problems").height == 0, shape.name
        for name, table in tables.items():
            places[name][shape.name] = (heights[name], heights[name] + table.height)
            heights[name] += table.height
            parts[name].append(table)
    return _Library({name: pl.concat(some, how="diagonal_relaxed") for name, some in parts.items()}, places)


class _Reading:
    """What was read of one file, by the interchange that each row comes from."""

    def __init__(self, file: DamagedFile, lumps: Sequence[Lump], frames: Frames) -> None:
        self.file = file
        self.lumps = lumps
        self.frames = {name: frame for name, frame in frames.items() if name != "problems"}
        # Segment 0 is the file as a whole; what stands past the last is the wild ones'.
        self.starts = np.array([lump.first for lump in lumps] + [lumps[-1].first + len(lumps[-1].segments)])
        self.owners = {name: self._owner(frame) for name, frame in self.frames.items()}
        at = np.sort(frames["problems"]["segment"].to_numpy())
        self.problems: list[list[int]] = [[] for _ in range(len(lumps) + 1)]
        for place, segment in zip((np.searchsorted(self.starts, at, "right") - 1).tolist(), at.tolist(), strict=True):
            if place >= 0:
                self.problems[place].append(segment)

    def _owner(self, frame: pl.DataFrame) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.searchsorted(self.starts, frame["segment"].to_numpy(), "right") - 1
        return found

    # --- whole interchanges ------------------------------------------------------------------------------------------

    def whole_ones_are_as_alone(self) -> None:
        """Their tables are those that each gives when it is read alone, and nothing is reported of them."""
        is_whole = np.array([lump.is_whole for lump in self.lumps] + [False])
        for place in np.flatnonzero(is_whole).tolist():
            assert not self.problems[place], f"{self._named(place)}: whole, and reported at {self.problems[place]}"
        for delimiters in dict.fromkeys(lump.pieces[0].delimiters for lump in self.lumps):
            like = np.array([lump.pieces[0].delimiters == delimiters for lump in self.lumps] + [False])
            library = _library(delimiters)
            for name in sorted({*self.frames, *library.frames}):
                self._is_as_alone(name, np.flatnonzero(is_whole & like), library)

    def _is_as_alone(self, name: str, wanted: NDArray[np.int64], library: _Library) -> None:
        places = library.places.get(name, {})
        ranges = [places.get(self.lumps[lump].pieces[0].shape.name, (0, 0)) for lump in wanted.tolist()]
        rows = np.concatenate([np.arange(*one) for one in ranges]) if ranges else np.zeros(0, dtype=np.int64)
        of = np.repeat(wanted, [end - begin for begin, end in ranges])
        if name not in self.frames:
            assert not len(rows), f"file {self.file.number}: no {name}, expected {len(rows)}"
            return
        inside = np.flatnonzero(np.isin(self.owners[name], wanted))
        inside = inside[np.argsort(self.owners[name][inside], kind="stable")]
        owners = self.owners[name][inside]
        if not np.array_equal(owners, of):
            self._miscounted(name, owners, of, wanted)
        if not len(rows):
            return
        expected = library.frames[name][rows]
        read = self._moved_back(self.frames[name][inside], owners)
        absent = [column for column in expected.columns if column not in read.columns]
        assert _is_void(expected.select(absent)), f"file {self.file.number}: {name} without {absent}"
        if name == "transactions":
            numbers = pl.Series([f"{self.lumps[lump].pieces[0].place:09d}" for lump in owners.tolist()])
            expected = expected.with_columns(interchange_number=numbers)
        shared = [column for column in expected.columns if column in read.columns]
        if not read.select(shared).equals(expected.select(shared)):
            self._differs(name, read, expected, owners, shared)
        beyond = read.drop(shared)
        assert _is_void(beyond), f"file {self.file.number}: {name} with {beyond.columns}"

    def _moved_back(self, frame: pl.DataFrame, owners: NDArray[np.int64]) -> pl.DataFrame:
        """The rows with segments and keys counted from the first of each interchange."""
        moved = [pl.Series("segment", frame["segment"].to_numpy() - self.starts[owners] + 1)]
        for column in frame.columns:
            if not column.endswith("_key"):
                continue
            table = "parties" if column.endswith("party_key") else _TABLE_OF[column]
            base = np.searchsorted(self.owners[table], owners) if table in self.owners else np.zeros_like(owners)
            moved.append(frame[column] - pl.Series(base))
        return frame.with_columns(moved)

    def _miscounted(
        self, name: str, read: NDArray[np.int64], expected: NDArray[np.int64], wanted: NDArray[np.int64]
    ) -> None:
        for lump in wanted.tolist():
            ours, theirs = int((read == lump).sum()), int((expected == lump).sum())
            assert ours == theirs, f"{self._named(lump)}: {ours} {name}, alone {theirs}"
        raise AssertionError(f"file {self.file.number}: {name} out of order")

    def _differs(
        self, name: str, read: pl.DataFrame, expected: pl.DataFrame, owners: NDArray[np.int64], shared: list[str]
    ) -> None:
        for column in shared:
            same = read[column].eq_missing(expected[column]).to_numpy()
            for row in np.flatnonzero(~same)[:1].tolist():
                raise AssertionError(
                    f"{self._named(int(owners[row]))}: {name}.{column} {read[column][row]!r}, alone {expected[column][row]!r}"
                )
        raise AssertionError(f"file {self.file.number}: {name} of other types: {read.schema}, alone {expected.schema}")

    def _named(self, lump: int) -> str:
        around = self.lumps[max(0, lump - 1) : lump + 2]
        numbers = [piece.number for one in around for piece in one.pieces]
        return f"file {self.file.number}, interchange {self.lumps[lump].pieces[0].place} (mutations around {numbers})"

    # --- damaged ones ------------------------------------------------------------------------------------------------

    def others_are_read_or_reported(self) -> None:
        """Each segment that begins a row has it, or a problem stands there or before; and silence means health."""
        begun = {name: frozenset(frame["segment"].to_list()) for name, frame in self.frames.items()}
        lines = self._claims_of_lines()
        for place, lump in enumerate(self.lumps):
            if lump.is_whole:
                continue
            reported = self.problems[place]
            first = reported[0] if reported else lump.first + len(lump.segments)
            piece = lump.pieces[0]
            names = names_of(lump.segments, piece.delimiters)
            claims = [at for at, name in enumerate(names) if name == "CLM"]
            for at, table in begun_rows(lump.segments, piece.shape.kind, piece.delimiters):
                segment = lump.first + at
                # Whose subscriber a person was is known, and said, only at the claim behind them.
                until = lump.first + next((claim for claim in claims if claim > at), at)
                assert segment in begun.get(table, ()) or first <= until, (
                    f"{self._named(place)}: segment {at} begins a row of {table} that is neither read nor reported"
                )
            if reported:
                continue
            found = faults_of_envelopes(lump.segments, piece.delimiters)
            assert not found, f"{self._named(place)}: nothing is reported, but {found[0]}"
            unknown = [at for at, name in enumerate(names) if name not in _known_names(piece.shape)]
            assert not unknown, f"{self._named(place)}: nothing is reported, but segment {unknown[0]} means nothing"
            for at, claim in owners_of_lines(lump.segments, piece.shape.kind, piece.delimiters):
                told = lines.get(lump.first + at)
                assert told == (None if claim is None else lump.first + claim), (
                    f"{self._named(place)}: the line at segment {at} is not said to be of the claim at {claim}"
                )

    def _claims_of_lines(self) -> dict[int, int | None]:
        """By the segment that begins a line: the one that begins its claim."""
        lines, claims = self.frames.get("lines"), self.frames.get("claims")
        if lines is None or claims is None:
            return {}
        of_claim = claims["segment"].to_list()
        pairs = zip(lines["segment"].to_list(), lines["claim_key"].to_list(), strict=True)
        return {line: None if claim is None else of_claim[claim] for line, claim in pairs}


def _is_void(frame: pl.DataFrame) -> bool:
    """Whether nothing stands in a table."""
    return all(column.null_count() == frame.height for column in frame)


@cache
def _known_names(shape: Shape) -> frozenset[str]:
    """The segments that mean something in a kind of file: those of the maps for it."""
    kind = shape.kind.removesuffix("CA").removesuffix("P").removesuffix("I")
    found = {"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"}
    for name in map_names():
        loops = load_map(name).loops
        if load_map(name).kind == kind:
            found |= set(loops.names.of_name)
    return frozenset(found)
