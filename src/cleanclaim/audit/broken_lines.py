"""A CSV with lines that cannot be read: which they are, and all the others.

Only a table that Polars refuses as a whole, or that breaks off, is read here, line by line. A line is broken that has
more fields than the heading, or a quotation mark without its other half; and the last one, where the file ends within
it. It counts as a row, so that the rows after it keep their numbers.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

_LONGEST = 50
"""Lines that a field in quotation marks may go over; where it goes on, its first line is broken."""
_NAMED = 20
_ROWS_AT_ONCE = 20_000
_QUOTE = '"'


@dataclass(frozen=True, slots=True)
class _Record:
    """One row: its fields, or, where it is broken, what was expected."""

    line: int
    """Its first line in the file, from 1."""
    fields: tuple[str, ...] = ()
    expected: str = ""


def broken_lines(path: Path, separator: str) -> tuple[str, ...]:
    """What is said of each line that cannot be read, the first twenty and how many more; nothing where all can be."""
    if _is_whole(path, separator):
        return ()
    broken = [record for record in _records(path, separator) if record.expected]
    said = [f"line {record.line} is not read; expected {record.expected}" for record in broken[:_NAMED]]
    if len(broken) > _NAMED:
        said.append(f"{len(broken) - _NAMED} lines more are not read, the last of them line {broken[-1].line}")
    # What Polars refuses and what is nevertheless read here need not agree in everything.
    return tuple(said) or ("is read line by line; expected CSV without stray quotation marks",)


def count_rows(path: Path, separator: str) -> int:
    """How many rows the table has, broken ones too."""
    return sum(1 for _ in _records(path, separator))


def rows_of(path: Path, separator: str, first: int, count: int | None) -> tuple[pl.DataFrame, pl.Series]:
    """The rows that can be read of those from `first` (from 0) on, as text; and which rows of the table they are."""
    names = _heading(path, separator)
    frames = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
    numbers: list[int] = []
    wanted = islice(_records(path, separator), first, None if count is None else first + count)
    numbered = ((number, record) for number, record in enumerate(wanted, start=first) if not record.expected)
    while part := list(islice(numbered, _ROWS_AT_ONCE)):
        numbers += [number for number, _ in part]
        width = len(names)
        rows = (
            [*(cell or None for cell in record.fields), *[None] * (width - len(record.fields))] for _, record in part
        )
        frames.append(pl.DataFrame(list(rows), schema=dict.fromkeys(names, pl.String), orient="row"))
    return pl.concat(frames), pl.Series(numbers, dtype=pl.Int64)


def _is_whole(path: Path, separator: str) -> bool:
    """Whether Polars reads the table to its end, and the file does not end within a row."""
    try:
        scan = pl.scan_csv(path, infer_schema=False, separator=separator)
        width = len(scan.collect_schema())
        scan.select(pl.all().count()).collect(engine="streaming")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return False
    return not _breaks_off(path, separator, width)


def _breaks_off(path: Path, separator: str, width: int) -> bool:
    """Whether the last line has no end, and fewer fields than the heading."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        start = max(0, size - (1 << 16))
        stream.seek(start)
        tail = stream.read()
    last = tail.rpartition(b"\n")[2]
    # A first line, or one longer than what was looked at, is left as it is.
    if not last or b"\n" not in tail:
        return False
    return len(_fields(last.decode("utf-8", "replace"), separator) or ()) < width


def _heading(path: Path, separator: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(_fields(stream.readline().rstrip("\r\n"), separator) or ())


def _records(path: Path, separator: str) -> Iterator[_Record]:
    width = len(_heading(path, separator))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = enumerate(stream, start=1)
        next(lines, None)
        ahead: deque[tuple[int, str]] = deque()
        while True:
            if not ahead:
                ahead.extend(islice(lines, 1))
            if not ahead:
                return
            number, text = ahead.popleft()
            if text.strip():
                yield _record(number, text, ahead, lines, separator, width)


def _record(
    number: int, text: str, ahead: deque[tuple[int, str]], lines: Iterator[tuple[int, str]], separator: str, width: int
) -> _Record:
    """The row that begins with a line; lines that belong to it are taken from those ahead."""
    taken = 0
    while text.count(_QUOTE) % 2 and taken < _LONGEST:
        if taken == len(ahead):
            ahead.extend(islice(lines, 1))
        if taken == len(ahead):
            break
        text += ahead[taken][1]
        taken += 1
    fields = None if text.count(_QUOTE) % 2 else _fields(text.rstrip("\r\n"), separator)
    if fields is None or (taken and len(fields) != width):
        return _Record(number, expected="each quotation mark with its other half")
    if len(fields) > width:
        return _Record(number, expected=f"{width} fields, as the heading has; found {len(fields)}")
    if len(fields) < width and not text.endswith(("\n", "\r")):
        return _Record(number, expected=f"{width} fields, as the heading has; the file breaks off after {len(fields)}")
    for _ in range(taken):
        ahead.popleft()
    return _Record(number, fields)


def _fields(text: str, separator: str) -> tuple[str, ...] | None:
    try:
        return tuple(next(csv.reader([text], delimiter=separator, strict=True), ()))
    except csv.Error:
        return None
