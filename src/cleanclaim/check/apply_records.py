"""Apply fixes where they came from: visits as JSON, flat lines as CSV, professional claims as segments.

A change is made only where its old value still stands in the file; otherwise it is refused, with the reason. What
is not touched stays as it is: other lines of a CSV or JSON Lines file and other segments byte for byte. A JSON
document that is touched is written anew with the same content and order.

`cleanclaim.check.fixes` applies the same changes to tables.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cleanclaim.check.findings import Change
from cleanclaim.lines.from_flat import FlatTables, column_of, delimiter_of, plain_name, pointers_of, words_of
from cleanclaim.lines.tables import Tables
from cleanclaim.x12 import Segment, X12File
from cleanclaim.x12.claim_tables import ClaimTables

_MOVED = "the value in the file is no longer the one that was checked"
_NOT_STATED = "the file does not state this value"
_NOT_HERE = "this cannot be changed in a file of this kind"
_LETTERS = "ABCDEFGHIJKL"


class Refusal(NamedTuple):
    """A change that was not made, and why."""

    change: Change
    why: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The file after the changes, those made, and those refused."""

    data: bytes
    made: tuple[Change, ...]
    refused: tuple[Refusal, ...]


class _RefusedError(Exception):
    """Why a change is not made."""


def _in_order(changes: Iterable[Change]) -> list[Change]:
    """Fields first, then rows removed from the last on, so that no position moves under a later change."""
    unique = list(dict.fromkeys(changes))
    fields = [change for change in unique if change.field]
    return fields + sorted((change for change in unique if not change.field), key=lambda item: -item.key)


def _each(changes: Iterable[Change], make: Callable[[Change], None]) -> tuple[list[Change], list[Refusal]]:
    made: list[Change] = []
    refused: list[Refusal] = []
    for change in _in_order(changes):
        try:
            make(change)
        except _RefusedError as reason:
            refused.append(Refusal(change, str(reason)))
        else:
            made.append(change)
    return made, refused


def _require(current: object, old: object) -> None:
    if (tuple(current) if isinstance(current, list) else current) != old:
        raise _RefusedError(_MOVED)


def without_position(pointers: Sequence[int], removed: int, instead: int | None) -> list[int]:
    """Pointers after the diagnosis at a position is gone: to its twin where there is one, later ones moved up."""
    moved = [instead if pointer == removed else pointer for pointer in pointers]
    kept = [pointer - (pointer > removed) for pointer in moved if pointer is not None]
    return list(dict.fromkeys(kept))


def _twin(codes: Sequence[str], position: int) -> int | None:
    """The position of the same diagnosis elsewhere in the list."""
    bare = [code.replace(".", "").upper() for code in codes]
    return next((n for n, code in enumerate(bare, 1) if n != position and code == bare[position - 1]), None)


# --- visits ----------------------------------------------------------------------------------------------


def apply_to_visits(
    data: bytes, suffix: str, keys: Sequence[str], tables: Tables, changes: Iterable[Change]
) -> Rewritten:
    """Make the changes in the billed lines and diagnoses of a visit file.

    Args:
        data: the file, JSON (`.json`) or JSON Lines (`.jsonl`).
        suffix: which of the two it is.
        keys: visit id by `claim_id`.
        tables: the tables that the changes refer to.
        changes: the changes.
    """
    document = _Visits(data.decode("utf-8-sig"), suffix)
    editor = _VisitEditor(document, keys, tables)
    made, refused = _each(changes, editor.make)
    return Rewritten(document.text().encode() if made else data, tuple(made), tuple(refused))


class _Visits:
    """The visits of a file by id, and how to write the file again."""

    def __init__(self, text: str, suffix: str) -> None:
        self.by_id: dict[str, dict[str, Any]] = {}
        self._place_of: dict[str, int] = {}
        self._touched: set[int] = set()
        self._is_lines = suffix == ".jsonl"
        self._text = text
        self._pieces = text.splitlines(keepends=True) if self._is_lines else [text]
        self._roots: list[Any] = [_parsed(piece) for piece in self._pieces]
        for place, root in enumerate(self._roots):
            for visit in root if isinstance(root, list) else [root]:
                if isinstance(visit, dict) and isinstance(visit.get("id"), str):
                    self.by_id.setdefault(visit["id"].strip(), visit)
                    self._place_of.setdefault(visit["id"].strip(), place)

    def touch(self, key: str) -> None:
        """Remember that this visit's piece is to be written anew."""
        self._touched.add(self._place_of[key])

    def text(self) -> str:
        """The file as it is now."""
        if not self._is_lines:
            spaces = re.search(r"\n( +|\t)\S", self._text)
            indent = spaces[1] if spaces else None
            ending = "\n" if self._text.endswith("\n") else ""
            return json.dumps(self._roots[0], ensure_ascii=False, indent=indent) + ending
        pieces = list(self._pieces)
        for place in self._touched:
            ending = pieces[place][len(pieces[place].rstrip("\r\n")) :]
            pieces[place] = json.dumps(self._roots[place], ensure_ascii=False) + ending
        return "".join(pieces)


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


@dataclass(frozen=True, slots=True)
class _VisitEditor:
    document: _Visits
    keys: Sequence[str]
    tables: Tables

    def make(self, change: Change) -> None:
        """Make one change."""
        row = self.tables.frame(change.table).row(change.key, named=True)
        key = self.keys[row["claim_id"]]
        visit = self.document.by_id.get(key)
        if visit is None:
            raise _RefusedError("the visit is no longer in the file")
        if change.table == "lines":
            self._line(visit, row["line_number"] - 1, change)
        elif change.table == "diagnoses":
            self._diagnosis(visit, row["position"], change)
        else:
            raise _RefusedError(_NOT_HERE)
        self.document.touch(key)

    def _line(self, visit: dict[str, Any], place: int, change: Change) -> None:
        billed = visit.get("billed")
        if billed is None:
            raise _RefusedError("the visit has no billed lines: they were proposed from what was done")
        if place >= len(billed):
            raise _RefusedError(_MOVED)
        if not change.field:
            del billed[place]
            return
        if change.field not in {"code", "modifiers", "units", "pointers", "charge_cents"}:
            raise _RefusedError(_NOT_HERE)
        line = billed[place]
        stated = line.get(change.field, [] if change.field == "modifiers" else None)
        if stated is None:
            raise _RefusedError(_NOT_STATED)
        _require(_upper(stated), change.old)
        line[change.field] = _plain(change.new)

    def _diagnosis(self, visit: dict[str, Any], position: int, change: Change) -> None:
        codes = visit.get("diagnoses")
        if not codes or position > len(codes):
            raise _RefusedError(_MOVED)
        if change.field:
            _require(codes[position - 1].strip(), change.old)
            codes[position - 1] = change.new
            return
        instead = _twin(codes, position)
        del codes[position - 1]
        for line in visit.get("billed") or []:
            if line.get("pointers"):
                line["pointers"] = without_position(line["pointers"], position, instead)


def _upper(value: Any) -> Any:  # noqa: ANN401 - a code, modifiers, a number
    if isinstance(value, list):
        return [_upper(item) for item in value]
    return value.strip().upper() if isinstance(value, str) else value


def _plain(value: Any) -> Any:  # noqa: ANN401 - a code, modifiers, a number
    return list(value) if isinstance(value, tuple) else value


# --- flat lines ------------------------------------------------------------------------------------------


def apply_to_rows(data: bytes, flat: FlatTables, changes: Iterable[Change]) -> Rewritten:
    """Make the changes in the rows of a CSV file; rows that are not touched stay byte for byte.

    Args:
        data: the file.
        flat: the tables read from it, of this file alone.
        changes: the changes.
    """
    editor = _RowEditor(data.decode("utf-8-sig"), flat)
    made, refused = _each(changes, editor.make)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return Rewritten(mark + editor.text().encode() if made else data, tuple(made), tuple(refused))


class _RowEditor:
    def __init__(self, text: str, flat: FlatTables) -> None:
        self._flat = flat
        self._delimiter = delimiter_of(text)
        # Lines as the CSV reader counts them, with their ends.
        self._lines = io.StringIO(text, newline="").readlines()
        header = next(csv.reader(self._lines, delimiter=self._delimiter))
        self._places = {column_of(plain_name(name)): place for place, name in enumerate(header)}
        self._cells: dict[int, list[str]] = {}
        self._gone: set[int] = set()

    def text(self) -> str:
        """The file as it is now."""
        lines = list(self._lines)
        for line_id, cells in self._cells.items():
            row = self._flat.rows[line_id]
            last = lines[row.last_line - 1]
            ending = last[len(last.rstrip("\r\n")) :]
            stream = io.StringIO(newline="")
            csv.writer(stream, delimiter=self._delimiter, lineterminator="").writerow(cells)
            lines[row.first_line - 1 : row.last_line] = [
                stream.getvalue() + ending,
                *[""] * (row.last_line - row.first_line),
            ]
        for line_id in self._gone:
            row = self._flat.rows[line_id]
            lines[row.first_line - 1 : row.last_line] = [""] * (row.last_line - row.first_line + 1)
        return "".join(lines)

    def make(self, change: Change) -> None:
        """Make one change."""
        if change.table == "lines":
            self._line(change)
        elif change.table == "diagnoses":
            self._diagnosis(change)
        else:
            raise _RefusedError(_NOT_HERE)

    def _row(self, line_id: int) -> list[str]:
        row = self._flat.rows[line_id]
        if line_id not in self._cells:
            if not row.first_line:
                raise _RefusedError(_NOT_HERE)
            pieces = self._lines[row.first_line - 1 : row.last_line]
            self._cells[line_id] = next(csv.reader(pieces, delimiter=self._delimiter))
        return self._cells[line_id]

    def _place(self, name: str, cells: Sequence[str]) -> int:
        place = self._places.get(name)
        if place is None or place >= len(cells):
            raise _RefusedError(_NOT_STATED)
        return place

    def _line(self, change: Change) -> None:
        if not change.field:
            self._gone.add(change.key)
            return
        cells = self._row(change.key)
        if change.field == "charge_cents":
            raise _RefusedError(_NOT_HERE)
        place = self._place(change.field, cells)
        read, written = _CELLS.get(change.field, (str.upper, lambda value, _: str(value)))
        _require(read(cells[place].strip()), change.old)
        cells[place] = written(change.new, cells[place])

    def _diagnosis(self, change: Change) -> None:
        row = self._flat.tables.diagnoses.row(change.key, named=True)
        lines = self._flat.tables.lines
        claim_lines = lines.filter(claim_id=row["claim_id"]).get_column("line_id").to_list()
        position = row["position"]
        for line_id in claim_lines:
            cells = self._row(line_id)
            place = self._place("diagnoses", cells)
            codes = words_of(cells[place])
            if not codes:
                continue
            if position > len(codes):
                raise _RefusedError(_MOVED)
            if change.field:
                _require(codes[position - 1], change.old)
                cells[place] = _rejoined([*codes[: position - 1], change.new, *codes[position:]], cells[place])
                continue
            instead = _twin(codes, position)
            cells[place] = _rejoined([*codes[: position - 1], *codes[position:]], cells[place])
            self._move_pointers(cells, position, instead)

    def _move_pointers(self, cells: list[str], removed: int, instead: int | None) -> None:
        place = self._places.get("pointers")
        if place is not None and place < len(cells) and cells[place].strip():
            pointers = without_position(pointers_of(cells[place]), removed, instead)
            cells[place] = _pointer_cell(pointers, cells[place])


def _rejoined(words: Sequence[str], like: str) -> str:
    """Words with what stood between the words of the cell before; a blank where there was nothing between."""
    between = re.search(r"(?<=\w)[\s,;:|]+(?=\w)", like)
    return (between[0] if between else " ").join(words)


def _pointer_cell(pointers: Iterable[int], like: str) -> str:
    if not any(sign.isalpha() for sign in like):
        return _rejoined([str(pointer) for pointer in pointers], like)
    letters = [_LETTERS[pointer - 1] for pointer in pointers]
    return "".join(letters) if len(words_of(like)) == 1 else _rejoined(letters, like)


def _number(text: str) -> int | None:
    digits = text.removesuffix(".00").removesuffix(".0")
    return int(digits) if digits.removeprefix("-").isdigit() else None


_CELLS: Mapping[str, tuple[Callable[[str], object], Callable[[Any, str], str]]] = {
    "modifiers": (lambda text: words_of(text.upper()), _rejoined),
    "pointers": (pointers_of, _pointer_cell),
    "units": (_number, lambda value, _: str(value)),
}
"""How a cell is read, and how a new value is written in the manner of the old cell."""


# --- professional claims ---------------------------------------------------------------------------------


def apply_to_segments(file: X12File, claims: ClaimTables, changes: Iterable[Change]) -> Rewritten:
    """Make the changes in the segments of a professional claim file; other segments stay byte for byte.

    A line cannot be removed so: its number, the claim's total and the transaction's count would follow.

    Args:
        file: the file as segments; it is changed.
        claims: the tables read from it, of this file alone.
        changes: the changes.
    """
    editor = _SegmentEditor(file, claims)
    made, refused = _each(changes, editor.make)
    return Rewritten(file.write(), tuple(made), tuple(refused))


class _SegmentEditor:
    def __init__(self, file: X12File, claims: ClaimTables) -> None:
        self._claims = claims
        self._ordered = list(file.segments())
        self._by_number = {segment.number: place for place, segment in enumerate(self._ordered)}

    def make(self, change: Change) -> None:
        """Make one change."""
        if change.table == "lines" and change.field:
            segment = self._ordered[self._by_number[self._claims.line_segments[change.key]]]
            if segment.id != "SV1":
                raise _RefusedError(_NOT_HERE)
            self._line(segment, change)
        elif change.table == "diagnoses":
            self._diagnosis(change)
        else:
            raise _RefusedError(_NOT_HERE)

    def _line(self, segment: Segment, change: Change) -> None:
        parts = segment.parts(1)
        separator = segment.delimiters.component
        if change.field == "modifiers":
            # The qualifier, the code, four modifiers, and what may follow them.
            _require([part for part in parts[2:6] if part], change.old)
            if len(change.new) > 4:  # noqa: PLR2004 - a line has four modifiers
                raise _RefusedError("a claim line holds four modifiers at most")
            rest = parts[6:]
            modifiers = [*change.new, *[""] * (4 - len(change.new))] if any(rest) else list(change.new)
            segment.put(1, separator.join([*parts[:2], *modifiers, *(rest if any(rest) else [])]))
        elif change.field == "code":
            _require(parts[1] if len(parts) > 1 else "", change.old)
            segment.put(1, separator.join([parts[0], change.new, *parts[2:]]))
        elif change.field == "units":
            _require(_number(segment.text(4)), change.old)
            segment.put(4, str(change.new))
        elif change.field == "pointers":
            _require([int(part) for part in segment.parts(7) if part.isdigit()], change.old)
            segment.put(7, separator.join(map(str, change.new)))
        else:
            raise _RefusedError(_NOT_HERE)

    def _diagnosis(self, change: Change) -> None:
        row = self._claims.tables.diagnoses.row(change.key, named=True)
        start = self._by_number[self._claims.claims[row["claim_id"]].segment]
        found = [
            (segment, place)
            for segment in self._of_claim(start)
            if segment.id == "HI"
            for place in range(1, len(segment.elements))
            if segment.parts(place)[0] in {"ABK", "ABF", "BK", "BF"}
        ]
        if row["position"] > len(found):
            raise _RefusedError(_MOVED)
        if not change.field:
            raise _RefusedError(_NOT_HERE)
        segment, place = found[row["position"] - 1]
        parts = segment.parts(place)
        written = parts[1] if len(parts) > 1 else ""
        _require(written.replace(".", ""), str(change.old).replace(".", ""))
        new = change.new.replace(".", "")
        if new != written:
            segment.put(place, segment.delimiters.component.join([parts[0], new, *parts[2:]]))

    def _of_claim(self, start: int) -> Iterable[Segment]:
        """The claim's own segments, from its first to its first line."""
        yield self._ordered[start]
        for segment in self._ordered[start + 1 :]:
            if segment.id in {"LX", "CLM", "HL", "SE"}:
                return
            yield segment


__all__ = ["Refusal", "Rewritten", "apply_to_rows", "apply_to_segments", "apply_to_visits", "without_position"]
