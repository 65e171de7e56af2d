"""Flat files of billed lines, CSV or Parquet, as rows of text: one row a line, cells by the column's name.

What a cell means is not asked here, but for the columns without which nothing can be judged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from cleanclaim.lines.flat_columns import ALIASES, REQUIRED, plain_name

SUFFIXES = (".csv", ".tsv", ".parquet")


class FlatFileError(ValueError):
    """A flat file that cannot be used at all: names it, and what was expected."""


@dataclass(frozen=True, slots=True)
class FlatRow:
    """One row as text: `number` counts rows of data from 1; `first_line` to `last_line` are lines of the file."""

    file: str
    number: int
    cells: Mapping[str, str]
    first_line: int = 0
    last_line: int = 0


def read_flat(path: Path) -> list[FlatRow]:
    """Read a CSV (comma, semicolon or tab; UTF-8) or Parquet file into rows of text.

    Raises:
        FlatFileError: the file cannot be read, has no rows, lacks a needed column or names one twice.
    """
    rows = list(_parquet(path) if path.suffix == ".parquet" else _csv(path))
    if not rows:
        raise FlatFileError(f"{path}: has no rows; expected a header and one row for each billed line")
    names = set(rows[0].cells)
    for wanted in REQUIRED:
        if ALIASES.get(wanted, wanted) not in {ALIASES.get(name, name) for name in names}:
            raise FlatFileError(
                f"{path}: lacks the column {wanted}, and has {', '.join(sorted(names)) or 'none'}; "
                f"expected at least {', '.join(REQUIRED)}"
            )
    given = [ALIASES.get(name, name) for name in names]
    twice = next((name for name in sorted(names) if given.count(ALIASES.get(name, name)) > 1), None)
    if twice is not None:
        raise FlatFileError(
            f"{path}: column {twice} and another are the same; expected {ALIASES.get(twice, twice)} once"
        )
    return rows


def _csv(path: Path) -> Iterator[FlatRow]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FlatFileError(f"{path}: cannot be read; expected a CSV file") from error
    except UnicodeDecodeError as error:
        raise FlatFileError(
            f"{path}: is not UTF-8 at byte {error.start}; expected “CSV UTF-8”, as spreadsheets save it"
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        header = [plain_name(name) for name in next(reader, [])]
        twice = next((name for name in header if name and header.count(name) > 1), None)
        if twice is not None:
            raise FlatFileError(f"{path}: column {twice} comes twice; expected each column once")
        begins = reader.line_num
        for number, cells in enumerate(reader, start=1):
            first, begins = begins + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise FlatFileError(
                    f"{path}, row {number}: {len(cells)} cells; expected {len(header)}, as in the header"
                )
            named = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            yield FlatRow(path.name, number, {k: v for k, v in named.items() if k}, first, begins)
    except csv.Error as error:
        raise FlatFileError(f"{path}: is not CSV: {error}") from error


def delimiter_of(text: str) -> str:
    """The delimiter of a CSV text: whichever of comma, semicolon and tab divides its first line most often."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _parquet(path: Path) -> Iterator[FlatRow]:
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FlatFileError(f"{path}: cannot be read; expected a Parquet file") from error
    names = [plain_name(name) for name in frame.columns]
    for number, cells in enumerate(frame.iter_rows(), start=1):
        yield FlatRow(path.name, number, {name: cell_text(cell) for name, cell in zip(names, cells, strict=True)})


def cell_text(value: object) -> str:
    """A value of a typed file as the text that a CSV would hold."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(cell_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()
