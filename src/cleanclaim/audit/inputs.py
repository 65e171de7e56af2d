"""A file of an archive, and the lines of a table as frames of the dictionary's columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from cleanclaim.audit import broken_lines, x12_inputs
from cleanclaim.audit.packing import NUMBER
from cleanclaim.audit.payments import STATED
from cleanclaim.audit.row_groups import FooterError, rows_of_groups
from cleanclaim.audit.tuva import PAID, as_lines, is_medical_claim
from cleanclaim.lines.flat_columns import REQUIRED, column_of, plain_name

SLICE = 500_000
"""Rows of a file held at a time."""

SUFFIXES = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    **dict.fromkeys((".837", ".835", ".837p", ".edi", ".x12"), "x12"),
}
_CHUNK = 1 << 20


class ArchiveError(ValueError):
    """An archive that cannot be audited: names the path, and what was expected."""


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file of an archive: a path or the address of an object, and how it is read."""

    path: str
    kind: str
    """`parquet`, `csv` or `x12`."""
    broken: tuple[str, ...] = ()
    """What is said of lines of a CSV that cannot be read; the others are read one by one."""

    @property
    def name(self) -> str:
        """The path as the user gave it."""
        return self.path

    def is_remote(self) -> bool:
        """Whether it is an object's address, not a file of this machine."""
        return "://" in self.path

    def sha256(self) -> str:
        """The digest of a local file's bytes; empty for an object, whose store keeps one."""
        if self.is_remote():
            return ""
        digest = hashlib.sha256()
        with Path(self.path).open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


def kind_of(path: str) -> str:
    """How a file is read, by how its name ends: `parquet`, `csv` or `x12`.

    Raises:
        ArchiveError: it is of no kind that is read.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ArchiveError(f"{path}: is not read; expected a file that ends in {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]


def count_lines(file: ArchiveFile) -> int:
    """How many billed lines the file has; of a claim or payment file, about how many."""
    if file.kind == "x12":
        return x12_inputs.count_lines(file.path)
    if file.broken:
        return broken_lines.count_rows(Path(file.path), _separator(file))
    return int(_scan(file).select(pl.len()).collect(engine="streaming").item())


@dataclass(frozen=True, slots=True)
class Slice:
    """Some lines of a table, and those among them that cannot be read."""

    lines: pl.DataFrame
    """Columns by the dictionary's names."""
    numbers: pl.Series
    """Which row of the table each line is, from 0."""
    stated: pl.DataFrame
    """What the table says was paid for the lines, with the columns of `STATED`; empty where it has no such column."""
    unread: pl.DataFrame
    """Columns of `UNREAD`."""


UNREAD: dict[str, type[pl.DataType]] = {"group": pl.Int64, "first": pl.Int64, "last": pl.Int64}
"""Columns of rows that cannot be read: the row group of a Parquet file, its first row and its last, all from 0."""


def slice_of(file: ArchiveFile, place: int, *, is_last: bool) -> Slice:
    """One of the file's slices of `SLICE` lines, by place from 0, without the row groups that cannot be read.

    Args:
        file: a table.
        place: which slice.
        is_last: take all lines to the file's end, whatever their number.

    Raises:
        ArchiveError: it cannot be read, or lacks a column without which nothing can be judged.
    """
    first, count = place * SLICE, None if is_last else SLICE
    if file.broken:
        return _between_broken_lines(file, first, count)
    try:
        return Slice(*_rows(file, first, count), pl.DataFrame(schema=UNREAD))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        around = None if file.kind != "parquet" or file.is_remote() else _around_damage(file, first, count)
        if around is None:
            raise ArchiveError(f"{file.name}: breaks off or is damaged; expected {file.kind.upper()}") from error
        return around


_Parted = tuple[pl.DataFrame, pl.Series, pl.DataFrame]


def _rows(file: ArchiveFile, first: int, count: int | None) -> _Parted:
    """So many rows from one on, their numbers, and what was paid for them."""
    some = _scan(file).slice(first, count).with_row_index(NUMBER, offset=first)
    try:
        return _parted(_as_lines(file, some).collect(engine="streaming"))
    except OSError as error:
        raise ArchiveError(f"{file.name}: breaks off or is damaged; expected {file.kind.upper()}") from error


def _parted(lines: pl.DataFrame) -> _Parted:
    stated = pl.DataFrame(schema=STATED)
    if PAID in lines.columns:
        payee = pl.col("billing_npi") if "billing_npi" in lines.columns else pl.lit(None, pl.String)
        stated = lines.select("claim", payee.alias("payee_npi"), pl.col(PAID).alias("paid_cents"))
    return lines.drop(NUMBER, PAID, strict=False), lines.get_column(NUMBER).cast(pl.Int64), stated


def _between_broken_lines(file: ArchiveFile, first: int, count: int | None) -> Slice:
    rows, numbers = broken_lines.rows_of(Path(file.path), _separator(file), first, count)
    lines = _as_lines(file, rows.with_columns(numbers.alias(NUMBER)).lazy()).collect()
    return Slice(*_parted(lines), pl.DataFrame(schema=UNREAD))


def _around_damage(file: ArchiveFile, first: int, count: int | None) -> Slice | None:
    """What can be read of a slice, row group by row group: a damaged page spoils its group alone.

    `None`: where the groups begin is not known either.
    """
    try:
        groups = rows_of_groups(Path(file.path))
    except (FooterError, OSError):
        return None
    end = sum(groups) if count is None else min(first + count, sum(groups))
    parts = [_rows(file, 0, 0)]
    unread: list[tuple[int, int, int]] = []
    begin = 0
    for number, height in enumerate(groups):
        start, stop = max(begin, first), min(begin + height, end)
        begin += height
        if start >= stop:
            continue
        try:
            parts.append(_rows(file, start, stop - start))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            unread.append((number, start, stop - 1))
    lines, numbers, stated = zip(*parts, strict=True)
    whole = (pl.concat(lines), pl.concat(numbers), pl.concat(stated))
    return Slice(*whole, pl.DataFrame(unread, schema=UNREAD, orient="row"))


def require_lines(file: ArchiveFile) -> None:
    """Refuse a table that holds no billed lines; its columns are looked at, not its rows.

    Raises:
        ArchiveError: it cannot be read, or lacks a column without which nothing can be judged.
    """
    _as_lines(file, _scan(file))


def _as_lines(file: ArchiveFile, scan: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of the table under the dictionary's names, with `NUMBER` where they have it."""
    given_names = scan.collect_schema().names()
    names = [plain_name(name) for name in given_names]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ArchiveError(f"{file.name}: has the column {twice} twice; expected each once")
    scan = scan.rename(dict(zip(given_names, names, strict=True)))
    if is_medical_claim(names):
        scan = as_lines(scan)
        names = scan.collect_schema().names()
    given = {column_of(name) for name in names}
    for wanted in REQUIRED:
        if column_of(wanted) not in given:
            raise ArchiveError(f"{file.name}: lacks the column {wanted}; expected at least {', '.join(REQUIRED)}")
    return scan


def with_broken_lines(file: ArchiveFile) -> ArchiveFile:
    """A CSV of this machine with what is said of the lines that cannot be read; it is read once to its end."""
    return replace(file, broken=broken_lines.broken_lines(Path(file.path), _separator(file)))


def _separator(file: ArchiveFile) -> str:
    return "\t" if file.path.lower().endswith("tsv") else ","


def _scan(file: ArchiveFile) -> pl.LazyFrame:
    readers: Mapping[str, Callable[[], pl.LazyFrame]] = {
        "parquet": lambda: pl.scan_parquet(file.path),
        # Every column as text: what a cell means is decided once, by the dictionary.
        "csv": lambda: pl.scan_csv(file.path, infer_schema=False, separator=_separator(file)),
    }
    try:
        scan = readers[file.kind]()
        scan.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ArchiveError(f"{file.name}: cannot be read; expected {file.kind.upper()} of billed lines") from error
    return scan
