"""Apply fixes to flat lines: CSV and Parquet files, one row a line.

Rows of a CSV that are not touched stay byte for byte, in the manner in which each cell was written. A Parquet file
keeps its columns, their types and their order.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import polars as pl

from cleanclaim.check.findings import Change
from cleanclaim.check.rewriting import (
    MOVED,
    NOT_HERE,
    NOT_STATED,
    RefusedError,
    Rewritten,
    amount_like,
    charge_for,
    require,
    rewrite,
    twin_of,
    whole_number,
    without_position,
)
from cleanclaim.lines.flat_cells import pointers_of, words_of
from cleanclaim.lines.flat_columns import DOLLARS, column_of, plain_name
from cleanclaim.lines.flat_files import cell_text, delimiter_of
from cleanclaim.lines.from_flat import FlatTables
from cleanclaim.money import AmountError, parse_cents

_LETTERS = "ABCDEFGHIJKL"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FIELDS = frozenset({"code", "modifiers", "units", "pointers"})
_CHARGE, _TOTAL = "charge_cents", "total_charge_cents"


def apply_to_rows(
    data: bytes, flat: FlatTables, changes: Iterable[Change], charges: Mapping[str, int] | None = None
) -> Rewritten:
    """Make the changes in the rows of a CSV file; rows that are not touched stay byte for byte.

    Args:
        data: the file.
        flat: the tables read from it, of this file alone.
        changes: the changes.
        charges: the clinic's charge for a unit, in cents, by code; a stated charge follows its units, and a stated
            total the charges.
    """
    rows = _CsvRows(data, flat)
    return rewrite(changes, _RowEditor(rows, flat, charges or {}).make, rows.data, data)


def apply_to_parquet(
    data: bytes, flat: FlatTables, changes: Iterable[Change], charges: Mapping[str, int] | None = None
) -> Rewritten:
    """Make the changes in the rows of a Parquet file; arguments as for `apply_to_rows`."""
    rows = _ParquetRows(data, flat)
    return rewrite(changes, _RowEditor(rows, flat, charges or {}).make, rows.data, data)


class _Rows(Protocol):
    """The rows of a file as text, whatever holds them."""

    @property
    def headings(self) -> Mapping[str, str]:
        """The name of a column in the file, by the dictionary's name."""

    def cell(self, line_id: int, column: str) -> str | None:
        """The text of a cell; `None` where the row has none."""

    def put(self, line_id: int, column: str, text: str) -> None:
        """Write a cell that is there."""

    def remove(self, line_id: int) -> None:
        """Take the row out."""

    def data(self) -> bytes:
        """The file as it is now."""


class _CsvRows:
    def __init__(self, data: bytes, flat: FlatTables) -> None:
        self._mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
        text = data.decode("utf-8-sig")
        self._flat = flat
        self._delimiter = delimiter_of(text)
        # Lines as the CSV reader counts them, with their ends.
        self._lines = io.StringIO(text, newline="").readlines()
        header = [plain_name(name) for name in next(csv.reader(self._lines, delimiter=self._delimiter))]
        self.headings = {column_of(name): name for name in header}
        self._places = {column_of(name): place for place, name in enumerate(header)}
        self._cells: dict[int, list[str]] = {}
        self._changed: set[int] = set()
        self._gone: set[int] = set()

    def _row(self, line_id: int) -> list[str]:
        if line_id not in self._cells:
            row = self._flat.rows[line_id]
            pieces = self._lines[row.first_line - 1 : row.last_line]
            self._cells[line_id] = next(csv.reader(pieces, delimiter=self._delimiter))
        return self._cells[line_id]

    def cell(self, line_id: int, column: str) -> str | None:
        place, cells = self._places.get(column), self._row(line_id)
        return None if place is None or place >= len(cells) else cells[place]

    def put(self, line_id: int, column: str, text: str) -> None:
        self._row(line_id)[self._places[column]] = text
        self._changed.add(line_id)

    def remove(self, line_id: int) -> None:
        self._gone.add(line_id)

    def data(self) -> bytes:
        lines = list(self._lines)
        for line_id in self._changed - self._gone:
            row = self._flat.rows[line_id]
            last = lines[row.last_line - 1]
            ending = last[len(last.rstrip("\r\n")) :]
            stream = io.StringIO(newline="")
            csv.writer(stream, delimiter=self._delimiter, lineterminator="").writerow(self._cells[line_id])
            lines[row.first_line - 1 : row.last_line] = [
                stream.getvalue() + ending,
                *[""] * (row.last_line - row.first_line),
            ]
        for line_id in self._gone:
            row = self._flat.rows[line_id]
            lines[row.first_line - 1 : row.last_line] = [""] * (row.last_line - row.first_line + 1)
        return self._mark + "".join(lines).encode()


class _ParquetRows:
    def __init__(self, data: bytes, flat: FlatTables) -> None:
        self._frame = pl.read_parquet(io.BytesIO(data))
        self._flat = flat
        self._names = {column_of(plain_name(name)): name for name in self._frame.columns}
        self.headings = {column: plain_name(name) for column, name in self._names.items()}
        self._columns: dict[str, list[Any]] = {}
        self._gone: set[int] = set()

    def _values(self, column: str) -> list[Any]:
        if column not in self._columns:
            self._columns[column] = self._frame.get_column(self._names[column]).to_list()
        return self._columns[column]

    def cell(self, line_id: int, column: str) -> str | None:
        if column not in self._names:
            return None
        return cell_text(self._values(column)[self._flat.rows[line_id].number - 1])

    def put(self, line_id: int, column: str, text: str) -> None:
        dtype = self._frame.schema[self._names[column]]
        # Text is cast by Polars, so that an amount in a decimal or float column is the nearest there is to what stands.
        words = words_of(text) if isinstance(dtype, pl.List) else [text]
        inner = dtype.inner if isinstance(dtype, pl.List) else dtype
        values = pl.Series(words, dtype=pl.String).cast(inner).to_list()
        self._values(column)[self._flat.rows[line_id].number - 1] = values if isinstance(dtype, pl.List) else values[0]

    def remove(self, line_id: int) -> None:
        self._gone.add(self._flat.rows[line_id].number - 1)

    def data(self) -> bytes:
        changed = [
            pl.Series(self._names[column], values, dtype=self._frame.schema[self._names[column]])
            for column, values in self._columns.items()
        ]
        kept = [row for row in range(self._frame.height) if row not in self._gone]
        stream = io.BytesIO()
        self._frame.with_columns(changed)[kept].write_parquet(stream)
        return stream.getvalue()


class _RowEditor:
    def __init__(self, rows: _Rows, flat: FlatTables, charges: Mapping[str, int]) -> None:
        self._rows = rows
        self._flat = flat
        self._charges = charges
        self._gone: set[int] = set()

    def make(self, change: Change) -> list[Change]:
        """Make one change; returns what followed."""
        if change.table == "lines":
            return self._line(change)
        if change.table == "diagnoses":
            self._diagnosis(change)
        elif change.table == "claims" and change.field == _TOTAL:
            lines = self._lines_of(change.key)
            for line_id in lines:
                require(self._cents(line_id, _TOTAL), change.old)
            for line_id in lines:
                self._put_cents(line_id, _TOTAL, change.new)
        else:
            raise RefusedError(NOT_HERE)
        return []

    def _lines_of(self, claim_id: int) -> list[int]:
        lines = self._flat.tables.lines.filter(claim_id=claim_id).get_column("line_id").to_list()
        return [line_id for line_id in lines if line_id not in self._gone]

    def _text(self, line_id: int, column: str) -> str:
        text = self._rows.cell(line_id, column)
        if text is None:
            raise RefusedError(NOT_STATED)
        return text

    # --- lines ------------------------------------------------------------------------------------------

    def _line(self, change: Change) -> list[Change]:
        line = change.key
        if not change.field:
            charge = self._cents(line, _CHARGE)
            followed = list(self._total(line, -charge)) if charge else []
            self._rows.remove(line)
            self._gone.add(line)
            return followed
        if change.field not in _FIELDS:
            raise RefusedError(NOT_HERE if self._rows.cell(line, change.field) is not None else NOT_STATED)
        text = self._text(line, change.field)
        read, written = _CELLS.get(change.field, (str.upper, lambda value, _: str(value)))
        require(read(text.strip()), change.old)
        followed = list(self._charge(change)) if change.field == "units" else []
        self._rows.put(line, change.field, written(change.new, text))
        return followed

    def _charge(self, change: Change) -> Iterator[Change]:
        """The charge follows the units, and the claim's total the charge."""
        line = change.key
        charge = self._cents(line, _CHARGE)
        if charge is None:
            return
        code = (self._rows.cell(line, "code") or "").strip().upper()
        new = charge_for(code, (change.old, change.new), charge, self._charges)
        if new == charge:
            return
        total = list(self._total(line, new - charge))
        self._put_cents(line, _CHARGE, new)
        yield Change("lines", line, _CHARGE, charge, new)
        yield from total

    def _total(self, line: int, more: int) -> Iterator[Change]:
        """The total in every row of the claim that states one, after a charge has changed by so many cents."""
        claim_id = self._flat.tables.lines.item(line, "claim_id")
        totals = {other: self._cents(other, _TOTAL) for other in self._lines_of(claim_id)}
        for other, total in totals.items():
            if total is not None:
                self._put_cents(other, _TOTAL, total + more)
        stated = next((total for total in totals.values() if total is not None), None)
        if stated is not None:
            yield Change("claims", claim_id, _TOTAL, stated, stated + more)

    def _cents(self, line_id: int, column: str) -> int | None:
        """The amount in a cell, in cents; `None` where there is none."""
        text = (self._rows.cell(line_id, column) or "").strip()
        if not text:
            return None
        if self._rows.headings[column] not in DOLLARS:
            return whole_number(text)
        try:
            return parse_cents(text)
        except AmountError as error:
            raise RefusedError("the charge in the file is no amount") from error

    def _put_cents(self, line_id: int, column: str, cents: int) -> None:
        text = self._text(line_id, column)
        if self._rows.headings[column] in DOLLARS:
            self._rows.put(line_id, column, amount_like(text, cents))
        else:
            self._rows.put(line_id, column, str(cents))

    # --- diagnoses --------------------------------------------------------------------------------------

    def _diagnosis(self, change: Change) -> None:
        row = self._flat.tables.diagnoses.row(change.key, named=True)
        position = row["position"]
        for line_id in self._lines_of(row["claim_id"]):
            text = self._text(line_id, "diagnoses")
            codes = words_of(text)
            if not codes:
                continue
            if position > len(codes):
                raise RefusedError(MOVED)
            if change.field:
                require(codes[position - 1], change.old)
                self._rows.put(
                    line_id, "diagnoses", _rejoined([*codes[: position - 1], change.new, *codes[position:]], text)
                )
                continue
            instead = twin_of(codes, position)
            self._rows.put(line_id, "diagnoses", _rejoined([*codes[: position - 1], *codes[position:]], text))
            written = self._rows.cell(line_id, "pointers") or ""
            if written.strip():
                pointers = without_position(pointers_of(written), position, instead)
                self._rows.put(line_id, "pointers", _pointer_cell(pointers, written))


def _rejoined(words: Sequence[str], like: str) -> str:
    """Words with what stood between the words of the cell before; a blank where there was nothing between."""
    between = re.search(r"(?<=\w)[\s,;:|]+(?=\w)", like)
    return (between[0] if between else " ").join(words)


def _pointer_cell(pointers: Iterable[int], like: str) -> str:
    if not any(sign.isalpha() for sign in like):
        return _rejoined([str(pointer) for pointer in pointers], like)
    letters = [_LETTERS[pointer - 1] for pointer in pointers]
    return "".join(letters) if len(words_of(like)) == 1 else _rejoined(letters, like)


_CELLS: Mapping[str, tuple[Callable[[str], object], Callable[[Any, str], str]]] = {
    "modifiers": (lambda text: words_of(text.upper()), _rejoined),
    "pointers": (pointers_of, _pointer_cell),
    "units": (whole_number, lambda value, _: str(value)),
}
"""How a cell is read, and how a new value is written in the manner of the old cell."""
