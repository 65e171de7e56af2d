"""Cut an archive by patient: every row of a patient goes to one block, blocks small enough to judge in memory.

Files are read once, a slice at a time; each slice's rows are laid into the folder of their block. A slice that is
done is marked, so that an audit that was interrupted goes on after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from cleanclaim.audit import x12_inputs
from cleanclaim.audit.block import SET_ASIDE, Rows, Settings, placed
from cleanclaim.audit.inputs import ArchiveFile, slices
from cleanclaim.audit.packing import FILE, NUMBER, PATIENT
from cleanclaim.lines.from_columns import read_cells

LINES_A_BLOCK = 400_000
"""Billed lines of a block: some 1.3 GB of memory while it is judged. A larger one would spread further what any block
takes, and hold more."""

_BLOCK = "audit_block"

PATIENTS, THERAPISTS = "patients", "therapists"
"""By whom an archive is cut: what a rule looks at beside a claim is in the claim's block."""

_OWNERS = {PATIENTS: (PATIENT, "patient", "claim_key"), THERAPISTS: ("rendering_npi", "claim_key")}
"""Whose a row is: the first of these that is known, else the row's own."""


def blocks_for(lines: int) -> int:
    """How many blocks an archive of so many lines is cut into."""
    return max(1, -(-lines // LINES_A_BLOCK))


@dataclass(frozen=True, slots=True)
class Cut:
    """Where and how an archive is cut: into how many blocks below a folder, and by whom."""

    folder: Path
    blocks: int
    ways: tuple[str, ...]
    """`PATIENTS` or `THERAPISTS` or both."""

    def lay(self, rows: pl.DataFrame, place: str, kind: str) -> None:
        """Lay rows of one kind (`cells` or `claims`) into the folders of their blocks."""
        for way in self.ways:
            owned = rows.with_columns(_owner(way, rows).hash().alias(_BLOCK) % self.blocks)
            for (block,), own in owned.partition_by(_BLOCK, as_dict=True, include_key=False).items():
                _write(own, self.folder / way / f"block-{block:05}" / f"{place}.{kind}.arrow")
        if THERAPISTS in self.ways:
            named = pl.col("rendering_npi").is_not_null() & (pl.col("rendering_npi") != "")
            unnamed = rows.filter(named.not_()) if "rendering_npi" in rows.columns else rows
            self.keep(unnamed.select(pl.col("date_of_service").unique()).drop_nulls(), "unnamed", place)

    def keep(self, frame: pl.DataFrame, kind: str, place: str) -> None:
        """Keep a frame beside the blocks, unless it is empty."""
        if frame.height:
            _write(frame, self.folder / kind / f"{place}.arrow")


def spill(files: Sequence[ArchiveFile], cut: Cut, settings: Settings, told: Callable[[int], None]) -> None:
    """Lay the rows of all files into the folders of their blocks; what was done before is not done again.

    Args:
        files: the archive, in a fixed order.
        cut: where and how; the same as when it was begun.
        settings: what the audit is made with.
        told: called with the number of lines after each part of a file, also of parts that were done before.
    """
    for number, file in enumerate(files):
        laid = _claim_file(file, number, cut, settings) if file.kind == "x12" else _table(file, number, cut)
        for part, (lines, lay) in enumerate(laid):
            mark = cut.folder / "done" / f"{number:05}-{part:05}"
            if not mark.exists():
                lay(f"{number:05}-{part:05}")
                mark.parent.mkdir(parents=True, exist_ok=True)
                mark.touch()
            told(lines)


Laying = Iterator[tuple[int, Callable[[str], None]]]
"""By part of a file: how many lines it has, and what lays it out under a name."""


def _claim_file(file: ArchiveFile, number: int, cut: Cut, settings: Settings) -> Laying:
    packs = {payer.id: payer for payer in settings.payers}
    for part in x12_inputs.parts(
        file.path, number, as_of=settings.as_of, default_payer=settings.default_payer, packs=packs
    ):
        yield part.claims.select(pl.col("lines").list.len().sum()).item(), partial(_lay_claims, cut, part)


def _lay_claims(cut: Cut, part: x12_inputs.Part, place: str) -> None:
    cut.lay(part.claims, place, "claims")
    cut.keep(part.payments, "payments", place)
    cut.keep(part.set_aside, "refused", place)


def _table(file: ArchiveFile, number: int, cut: Cut) -> Laying:
    first = 0
    for frame in slices(file):
        yield frame.height, partial(_lay_lines, cut, frame, first, number)
        first += frame.height


def _lay_lines(cut: Cut, frame: pl.DataFrame, first: int, number: int, place: str) -> None:
    read = read_cells(frame)
    aside = read.refused.select(pl.lit(number).cast(pl.Int64).alias("file"), pl.col("row") + first, "field", "expected")
    cut.keep(aside.select(list(SET_ASIDE)), "refused", place)
    cells = placed(read, pl.lit(number), pl.int_range(first, first + frame.height))
    cut.lay(cells, place, "cells")


def _owner(way: str, rows: pl.DataFrame) -> pl.Series:
    """Whose each row is, as text: what follows from the text is the same wherever and in which order rows are cut."""
    known = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in _OWNERS[way] if name in rows.columns]
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


def block_of(folder: Path, way: str, block: int) -> Rows | None:
    """The rows of one block, in the order of the files; nothing where it has none."""
    held = {kind: _read(folder / way / f"block-{block:05}", kind) for kind in ("cells", "claims")}
    return None if held["cells"] is None and held["claims"] is None else Rows(**held)


def _read(folder: Path, kind: str) -> pl.DataFrame | None:
    parts = [pl.read_ipc(path) for path in sorted(folder.glob(f"*.{kind}.arrow"))]
    return pl.concat(parts, how="diagonal_relaxed", rechunk=True) if parts else None


def payments_in(folder: Path) -> pl.DataFrame:
    """What the payment files of the archive paid, summed by claim; columns of `PAYMENTS`."""
    paid = [pl.read_ipc(path) for path in sorted((folder / "payments").glob("*.arrow"))]
    every = pl.concat([pl.DataFrame(schema=x12_inputs.PAYMENTS), *paid])
    return every.group_by("claim").agg(pl.col("paid_cents").sum())


def days_without_therapist(folder: Path) -> frozenset[date]:
    """Days on which some row of the archive names no therapist."""
    days = [pl.read_ipc(path).to_series() for path in sorted((folder / "unnamed").glob("*.arrow"))]
    return frozenset(pl.concat(days).unique().to_list()) if days else frozenset()


def refused_in(folder: Path) -> Iterator[pl.DataFrame]:
    """The cells that could not be read, by slice."""
    for path in sorted((folder / "refused").glob("*.arrow")):
        yield pl.read_ipc(path)
