"""Load published files: recognize, read and check all of them, then keep each edition; a wrong one changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from cleanclaim.reference.published import pairs
from cleanclaim.reference.published.editions import refresh
from cleanclaim.reference.published.kinds import Kind, record
from cleanclaim.reference.published.opening import Part, PublishedFileError, open_file
from cleanclaim.reference.published.pair_index import PairIndex
from cleanclaim.reference.published.recognition import Recognized, recognize
from cleanclaim.reference.published.store import (
    LoadedEdition,
    NewEdition,
    SourceFile,
    data_folder,
    keep,
    read_manifest,
    write_edition,
)
from cleanclaim.reference.published.table import Asked, Table

_TENTHS_EXPECTED = 8
"""An edition with fewer tenths of the rows of the one before it is taken for cut off."""

_PREFERRED = (".csv", ".txt", ".tsv", ".xlsx", ".xml")
"""Of several layouts of one table in an archive the first of these that is recognized is read."""

PAIRS = frozenset({Kind.PTP_PRACTITIONER, Kind.PTP_OUTPATIENT})


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of the files given, and what in them is no table that is known here."""

    editions: tuple[NewEdition, ...]
    passed_over: tuple[str, ...]


def read_files(paths: Sequence[Path], asked: Asked | None = None) -> Read:
    """Recognize, read and check files without keeping anything.

    Raises:
        PublishedFileError: a file holds no table that is known, or one that is cut off or wrong; two files hold
            different tables of the same edition.
    """
    asked = asked or Asked()
    found: list[Recognized] = []
    passed_over: list[str] = []
    for path in paths:
        known, unknown = _recognized(open_file(path), asked)
        if not known:
            raise PublishedFileError(f"{path.name}: no layout that is known; {_EXPECTED}")
        found += known
        passed_over += unknown
    tables = [item.read(asked) for item in found]
    groups: dict[tuple[Kind, str], list[Table]] = {}
    for table in tables:
        groups.setdefault((table.kind, table.name), []).append(table)
    return Read(tuple(_edition(group) for group in groups.values()), tuple(passed_over))


_EXPECTED = "expected one of those of docs/reference-files.md, as its publisher hands it out"


def load_files(
    paths: Sequence[Path], asked: Asked | None = None, *, today: date, fewer: bool = False, folder: Path | None = None
) -> tuple[list[LoadedEdition], Read]:
    """Read files and keep their editions in the data folder; look-ups answer from them at once.

    Args:
        paths: The files, or archives of them. All parts of an edition are given together.
        asked: What the user said about them.
        today: The day of loading, for the provenance.
        fewer: Take an edition that has far fewer rows than the one before it.
        folder: Another data folder than the user's.

    Raises:
        PublishedFileError: as `read_files`, or an edition shrank; nothing was kept then.
        StoreError: the data folder is damaged.
        OSError: the data folder cannot be written.
    """
    place = folder or data_folder()
    if place is None:
        raise PublishedFileError("there is no home folder to keep editions in; set CLEANCLAIM_DATA to a folder")
    read = read_files(paths, asked)
    before = read_manifest(place)
    if not fewer:
        for edition in read.editions:
            _refuse_shrunk(edition, before)
    kept = [keep(place, edition, today, index_of(edition.kind)) for edition in read.editions]
    refresh()
    return kept, read


def keep_apart(edition: NewEdition, folder: Path, today: date) -> LoadedEdition:
    """Write an edition into a folder of its own, to compare with; the user's editions stay as they are."""
    return write_edition(folder, edition, today, index_of(edition.kind))


def index_of(kind: Kind) -> Callable[[pl.DataFrame, Path], None] | None:
    """What is written beside the table of a kind, for look-ups that cannot read it whole."""
    return _write_pair_index if kind in PAIRS else None


def _write_pair_index(frame: pl.DataFrame, folder: Path) -> None:
    PairIndex.of(frame).write(folder)


def _recognized(parts: Iterable[Part], asked: Asked) -> tuple[list[Recognized], list[str]]:
    """The parts that are known, one layout of each table, and the names of the others."""
    known: list[Recognized] = []
    unknown: list[str] = []
    ordered = sorted(parts, key=lambda part: (part.stem, _rank(part), part.name))
    for _, layouts in itertools.groupby(ordered, key=lambda part: part.stem):
        names = []
        for part in layouts:
            found = recognize(part)
            if found is not None and (asked.kind is None or found.kind is asked.kind or _fits(found.kind, asked.kind)):
                known.append(found if asked.kind is None else Recognized(part, found.head, asked.kind, found.reader))
                break
            names.append(part.name)
        else:
            unknown += names
    return known, unknown


def _fits(found: Kind, said: Kind) -> bool:
    """Whether two kinds share a layout, so that the user's word decides."""
    alike = (
        {Kind.PTP_PRACTITIONER, Kind.PTP_OUTPATIENT},
        {Kind.MUE_PRACTITIONER, Kind.MUE_OUTPATIENT},
        {Kind.ADJUSTMENT_REASONS, Kind.REMITTANCE_REMARKS},
    )
    return any({found, said} <= kinds for kinds in alike)


def _rank(part: Part) -> int:
    return _PREFERRED.index(part.suffix) if part.suffix in _PREFERRED else len(_PREFERRED)


def _edition(group: Sequence[Table]) -> NewEdition:
    table = pairs.combine(group) if group[0].kind in PAIRS else _only(group)
    return NewEdition(
        kind=table.kind,
        name=table.name,
        version=table.version,
        valid_from=table.valid_from,
        valid_through=table.valid_through,
        frame=table.frame,
        files=tuple(SourceFile(part.name, part.sha256) for part in table.parts),
        note=table.note,
    )


def _only(group: Sequence[Table]) -> Table:
    """The one table of an edition; two files of it must say the same."""
    # Two relative value files of a release differ in the conversion factor; the one with it is meant.
    first, *others = sorted(group, key=lambda table: bool(table.note))
    if first.kind is Kind.RELATIVE_VALUES and not first.note:
        others = [table for table in others if not table.note]
    for other in others:
        if not other.frame.equals(first.frame):
            names = " and ".join(part.name for table in (first, other) for part in table.parts)
            raise PublishedFileError(f"{names}: two different tables of the edition of {first.name}; expected one")
    return first


def _refuse_shrunk(new: NewEdition, before: Iterable[LoadedEdition]) -> None:
    earlier = [item for item in before if item.kind is new.kind and item.name <= new.name]
    if not earlier:
        return
    last = max(earlier, key=lambda item: item.name)
    if 10 * new.frame.height < _TENTHS_EXPECTED * last.rows:
        names = ", ".join(file.name for file in new.files)
        raise PublishedFileError(
            f"{names}: {new.frame.height:,} rows of {record(new.kind).label}; the edition of {last.name} has "
            f"{last.rows:,}, so the file may be cut off: --fewer-rows takes it all the same"
        )
