"""A file of an archive, and the lines of a table as frames of the dictionary's columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cleanclaim.audit import x12_inputs
from cleanclaim.audit.tuva import as_lines, is_medical_claim
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
    return int(_scan(file).select(pl.len()).collect(engine="streaming").item())


def slice_of(file: ArchiveFile, place: int, *, is_last: bool) -> pl.DataFrame:
    """One of the file's slices of `SLICE` lines, by place from 0; columns by the dictionary's names.

    Args:
        file: a table.
        place: which slice.
        is_last: take all lines to the file's end, whatever their number.

    Raises:
        ArchiveError: it cannot be read, or lacks a column without which nothing can be judged.
    """
    return _collected(file, _lines_of(file).slice(place * SLICE, None if is_last else SLICE))


def require_lines(file: ArchiveFile) -> None:
    """Refuse a table that holds no billed lines; its columns are looked at, not its rows.

    Raises:
        ArchiveError: it cannot be read, or lacks a column without which nothing can be judged.
    """
    _lines_of(file)


def _lines_of(file: ArchiveFile) -> pl.LazyFrame:
    scan = _scan(file)
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


def _scan(file: ArchiveFile) -> pl.LazyFrame:
    readers: Mapping[str, Callable[[], pl.LazyFrame]] = {
        "parquet": lambda: pl.scan_parquet(file.path),
        # Every column as text: what a cell means is decided once, by the dictionary.
        "csv": lambda: pl.scan_csv(
            file.path, infer_schema=False, separator="\t" if file.path.lower().endswith("tsv") else ","
        ),
    }
    try:
        scan = readers[file.kind]()
        scan.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ArchiveError(f"{file.name}: cannot be read; expected {file.kind.upper()} of billed lines") from error
    return scan


def _collected(file: ArchiveFile, scan: pl.LazyFrame) -> pl.DataFrame:
    try:
        return scan.collect(engine="streaming")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ArchiveError(f"{file.name}: breaks off or is damaged; expected {file.kind.upper()}") from error
