"""Cut an archive by patient: every row of a patient goes to one block, blocks small enough to judge in memory.

Files are read once, a slice at a time; each slice's rows are laid into the folder of their block. A slice that is
done is marked, so that an audit that was interrupted goes on after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from polars import selectors

from cleanclaim.audit import x12_inputs
from cleanclaim.audit.block import SET_ASIDE, Rows, Settings, placed
from cleanclaim.audit.inputs import SLICE, UNREAD, ArchiveFile, Slice, slice_of
from cleanclaim.audit.packing import FILE, NUMBER, PATIENT
from cleanclaim.audit.payments import PAYMENTS, STATED
from cleanclaim.lines.cells import REFUSALS, Cells, read_cells

LINES_A_BLOCK = 1_000_000
"""Billed lines of a block: some 1.4 GB of memory while it is judged. A larger one would spread further what any block
takes, and hold more."""

_BLOCK = "audit_block"

_OWNERS = (PATIENT, "patient", "claim_key")
"""Whose a row is: the first of these that is known, else the row's own."""


def blocks_for(lines: int) -> int:
    """How many blocks an archive of so many lines is cut into."""
    return max(1, -(-lines // LINES_A_BLOCK))


@dataclass(frozen=True, slots=True)
class Cut:
    """Where and how an archive is cut: into how many blocks of patients, below a folder."""

    folder: Path
    blocks: int

    def lay_cells(self, cells: Cells, place: str) -> None:
        """Lay lines with what they say of their claims into the folders of their blocks."""
        firsts = cells.rows.select(FILE, NUMBER)[cells.runs.starts]
        block = self._block_of(cells.heads.hstack(firsts))
        of_row = np.repeat(block.to_numpy(), cells.runs.counts)
        self._lay(_narrow(cells.heads), block, place, "heads")
        self._lay(_narrow(cells.rows), pl.Series(of_row), place, "cells")
        self._keep_unnamed(cells.heads, place)

    def lay_claims(self, claims: pl.DataFrame, place: str) -> None:
        """Lay the claims of a claim file into the folders of their blocks."""
        self._lay(claims, self._block_of(claims), place, "claims")
        self._keep_unnamed(claims, place)

    def _block_of(self, rows: pl.DataFrame) -> pl.Series:
        return _owner(rows).hash() % self.blocks

    def _lay(self, rows: pl.DataFrame, block: pl.Series, place: str, kind: str) -> None:
        parted = rows.with_columns(block.alias(_BLOCK)).partition_by(_BLOCK, as_dict=True, include_key=False)
        for (number,), own in parted.items():
            _write(own, _folder_of(self.folder, number) / f"{place}.{kind}.arrow")

    def _keep_unnamed(self, rows: pl.DataFrame, place: str) -> None:
        """Keep the days of rows that name no therapist."""
        named = pl.col("rendering_npi").is_not_null() & (pl.col("rendering_npi") != "")
        unnamed = rows.filter(named.not_()) if "rendering_npi" in rows.columns else rows
        self.keep(unnamed.select(pl.col("date_of_service").unique()).drop_nulls(), "unnamed", place)

    def keep(self, frame: pl.DataFrame, kind: str, place: str) -> None:
        """Keep a frame beside the blocks, unless it is empty."""
        if frame.height:
            _write(frame, self.folder / kind / f"{place}.arrow")


@dataclass(frozen=True, slots=True)
class Piece:
    """What of an archive is cut at once: a slice of a table, or a whole claim file."""

    cut: Cut
    settings: Settings
    file: ArchiveFile
    number: int
    """The file's number."""
    place: int = 0
    """Which slice of a table, from 0."""
    is_last: bool = True
    """Whether the table has no slice after it."""

    def done(self) -> Iterator[int]:
        """Lay the rows into the folders of their blocks; the number of lines after each part, whenever it was laid.

        Raises:
            ArchiveError: the file cannot be read.
        """
        if self.file.kind == "x12":
            yield from self._claims()
        else:
            yield self._slice()

    def _slice(self) -> int:
        mark = self._mark(self.place)
        if mark.exists():
            return int(mark.read_text("utf-8"))
        part = slice_of(self.file, self.place, is_last=self.is_last)
        self.cut.keep(part.unread.select(pl.lit(self.number, pl.Int64).alias("file"), *UNREAD), "unread", mark.name)
        self.cut.keep(part.stated, "stated", mark.name)
        if part.lines.height:
            self._lay_lines(part, mark.name)
        _mark(mark, part.lines.height)
        return part.lines.height

    def _lay_lines(self, part: Slice, name: str) -> None:
        read = read_cells(part.lines)
        refused = read.refused.with_columns(part.numbers[read.refused.get_column("row")].alias("row"))
        refused = refused.with_columns(pl.lit(self.number, pl.Int64).alias("file"))
        self.cut.keep(refused.select(list(SET_ASIDE)), "refused", name)
        self.cut.lay_cells(placed(read, pl.lit(self.number), part.numbers), name)

    def _claims(self) -> Iterator[int]:
        settings = self.settings
        packs = {payer.id: payer for payer in settings.payers}
        for place, part in enumerate(
            x12_inputs.parts(
                self.file.path, self.number, as_of=settings.as_of, default_payer=settings.default_payer, packs=packs
            )
        ):
            mark, lines = self._mark(place), int(part.claims.select(pl.col("lines").list.len().sum()).item())
            if not mark.exists():
                self.cut.lay_claims(part.claims, mark.name)
                self.cut.keep(part.payments, "payments", mark.name)
                self.cut.keep(part.set_aside, "refused", mark.name)
                _mark(mark, lines)
            yield lines

    def _mark(self, place: int) -> Path:
        return self.cut.folder / "done" / f"{self.number:05}-{place:05}"


def pieces_of(files: Sequence[ArchiveFile], lines: Sequence[int], cut: Cut, settings: Settings) -> list[Piece]:
    """The pieces of an archive, in its order.

    Args:
        files: the archive, in a fixed order.
        lines: how many lines each has.
        cut: where and how; the same as when it was begun.
        settings: what the audit is made with.
    """
    found: list[Piece] = []
    for number, (file, height) in enumerate(zip(files, lines, strict=True)):
        slices = 1 if file.kind == "x12" else max(1, -(-height // SLICE))
        found += [Piece(cut, settings, file, number, place, place == slices - 1) for place in range(slices)]
    return found


def _mark(path: Path, lines: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"unfinished-{path.name}")
    unfinished.write_text(str(lines), "utf-8")
    unfinished.replace(path)


def _folder_of(folder: Path, block: int) -> Path:
    return folder / "patients" / f"block-{block:05}"


def _owner(rows: pl.DataFrame) -> pl.Series:
    """Whose each row is, as text: what follows from the text is the same wherever and in which order rows are cut."""
    known = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in _OWNERS if name in rows.columns]
    named = rows.select(pl.coalesce(pl.lit(None, pl.String), *known).alias("owner")).to_series()
    if named.len() == rows.height and not named.null_count():
        return named
    own = pl.format("row {} of file {}", pl.col(NUMBER), pl.col(FILE))
    return rows.select(pl.coalesce(*known, own)).to_series()


def _write(frame: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    frame.write_ipc(unfinished, compression="lz4")
    unfinished.replace(path)


def block_of(folder: Path, block: int) -> Rows | None:
    """The rows of one block, in the order of the files; nothing where it has none."""
    heads, rows, claims = (_read(_folder_of(folder, block), kind) for kind in ("heads", "cells", "claims"))
    read = None if heads is None or rows is None else (_wide(heads), _wide(rows))
    cells = None if read is None else Cells(*read, pl.DataFrame(schema=REFUSALS))
    return None if cells is None and claims is None else Rows(cells, claims)


def _read(folder: Path, kind: str) -> pl.DataFrame | None:
    parts = [pl.read_ipc(path) for path in sorted(folder.glob(f"*.{kind}.arrow"))]
    return pl.concat(parts, how="diagonal_relaxed", rechunk=True) if parts else None


def _narrow(cells: pl.DataFrame) -> pl.DataFrame:
    """Whole numbers in the least room that holds them: what is cut is written, packed and read again."""

    def narrowed(column: pl.Series) -> pl.Series:
        if column.dtype == pl.List(pl.Int64):
            return column.cast(pl.List(column.explode().shrink_dtype().dtype))
        return column.shrink_dtype() if column.dtype == pl.Int64 else column

    return pl.DataFrame([narrowed(column) for column in cells.get_columns()])


def _wide(cells: pl.DataFrame) -> pl.DataFrame:
    """The same with the dictionary's types."""
    return cells.cast({selectors.integer(): pl.Int64, selectors.list(selectors.integer()): pl.List(pl.Int64)})


def payments_in(folder: Path) -> pl.DataFrame:
    """What the payment files of the archive paid, in its order; columns of `PAYMENTS`."""
    paid = [pl.read_ipc(path) for path in sorted((folder / "payments").glob("*.arrow"))]
    return pl.concat([pl.DataFrame(schema=PAYMENTS), *paid])


def stated_in(folder: Path) -> pl.DataFrame:
    """What tables of the archive themselves say was paid for their lines; columns of `STATED`."""
    stated = [pl.read_ipc(path) for path in sorted((folder / "stated").glob("*.arrow"))]
    return pl.concat([pl.DataFrame(schema=STATED), *stated])


def days_without_therapist(folder: Path) -> frozenset[date]:
    """Days on which some row of the archive names no therapist."""
    days = [pl.read_ipc(path).to_series() for path in sorted((folder / "unnamed").glob("*.arrow"))]
    return frozenset(pl.concat(days).unique().to_list()) if days else frozenset()


def refused_in(folder: Path) -> Iterator[pl.DataFrame]:
    """The cells that could not be read, by slice."""
    for path in sorted((folder / "refused").glob("*.arrow")):
        yield pl.read_ipc(path)


def unread_in(folder: Path) -> pl.DataFrame:
    """Row groups of tables that could not be read: `file`, `group`, `first` and `last` row, all from 0, in order."""
    parts = [pl.read_ipc(path) for path in sorted((folder / "unread").glob("*.arrow"))]
    # A row group may lie in two slices.
    return (
        pl.concat([pl.DataFrame(schema={"file": pl.Int64, **UNREAD}), *parts])
        .group_by("file", "group")
        .agg(pl.col("first").min(), pl.col("last").max())
        .sort("file", "group")
    )
