"""Cut an archive by patient: every row of a patient goes to one block, blocks small enough to judge in memory.

Files are read once, a slice at a time; each slice's rows are laid into the folder of their block. A slice that is
done is marked, so that an audit that was interrupted goes on after it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from cleanclaim.audit.block import FILE, IS_REFUSED, NUMBER, SET_ASIDE
from cleanclaim.audit.inputs import ArchiveFile, slices
from cleanclaim.lines.from_columns import read_cells

LINES_A_BLOCK = 150_000
"""Billed lines of a block: some 1 GB of memory while it is judged."""

_BLOCK = "audit_block"

PATIENTS, THERAPISTS = "patients", "therapists"
"""By whom an archive is cut: what a rule looks at beside a claim is in the claim's block."""

_OWNERS = {PATIENTS: ("patient", "claim_key"), THERAPISTS: ("rendering_npi", "claim_key")}
"""Whose a row is: the first of these that is known, else the row's own."""


def blocks_for(lines: int) -> int:
    """How many blocks an archive of so many lines is cut into."""
    return max(1, -(-lines // LINES_A_BLOCK))


def spill(
    files: Sequence[ArchiveFile], folder: Path, blocks: int, ways: Sequence[str], told: Callable[[int], None]
) -> None:
    """Lay the rows of all files into `blocks` folders below `folder`; what was done before is not done again.

    Args:
        files: the archive, in a fixed order.
        folder: where the blocks lie.
        blocks: how many there are; the same as when a spill was begun.
        ways: by whom the archive is cut, `PATIENTS` or `THERAPISTS` or both.
        told: called with the number of rows after each slice, also of slices that were done before.
    """
    for number, file in enumerate(files):
        first = 0
        for part, frame in enumerate(slices(file)):
            mark = folder / "done" / f"{number:05}-{part:05}"
            if not mark.exists():
                _lay(frame, first, (number, part), folder, blocks, ways)
                mark.parent.mkdir(parents=True, exist_ok=True)
                mark.touch()
            first += frame.height
            told(frame.height)


def _lay(
    frame: pl.DataFrame, first: int, place: tuple[int, int], folder: Path, blocks: int, ways: Sequence[str]
) -> None:
    number, part = place
    read = read_cells(frame)
    refused = pl.Series([False]).new_from_index(0, frame.height)
    if read.refused.height:
        refused = refused.scatter(read.refused.get_column("row").unique(), True)
        _write(
            read.refused.select(
                pl.lit(number).cast(pl.Int64).alias("file"), pl.col("row") + first, "field", "expected"
            ).select(list(SET_ASIDE)),
            folder / "refused" / f"{number:05}-{part:05}.arrow",
        )
    cells = read.cells.with_columns(
        pl.int_range(first, first + frame.height, dtype=pl.Int64).alias(NUMBER),
        pl.lit(number).cast(pl.Int64).alias(FILE),
        refused.alias(IS_REFUSED),
    )
    for way in ways:
        owned = cells.with_columns(_owner(way, cells.columns).hash().alias(_BLOCK) % blocks)
        for (block,), rows in owned.partition_by(_BLOCK, as_dict=True, include_key=False).items():
            _write(rows, folder / way / f"block-{block:05}" / f"{number:05}-{part:05}.arrow")
    if THERAPISTS in ways:
        named = pl.col("rendering_npi").is_not_null() & (pl.col("rendering_npi") != "")
        unnamed = cells.filter(named.not_()) if "rendering_npi" in cells.columns else cells
        days = unnamed.select(pl.col("date_of_service").unique()).drop_nulls()
        if days.height:
            _write(days, folder / "unnamed" / f"{number:05}-{part:05}.arrow")


def _owner(way: str, names: Collection[str]) -> pl.Expr:
    """Whose row it is, as text: what follows from the text is the same wherever and in which order rows are cut."""
    known = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in _OWNERS[way] if name in names]
    own = pl.format("row {} of file {}", pl.col(NUMBER), pl.col(FILE))
    return pl.coalesce(*known, own)


def _write(frame: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    frame.write_ipc(unfinished, compression="lz4")
    unfinished.replace(path)


def block_of(folder: Path, way: str, block: int) -> pl.DataFrame | None:
    """The rows of one block, in the order of the files; nothing where it has none."""
    parts = [pl.read_ipc(path) for path in sorted((folder / way / f"block-{block:05}").glob("*.arrow"))]
    return pl.concat(parts, how="diagonal_relaxed") if parts else None


def days_without_therapist(folder: Path) -> frozenset[date]:
    """Days on which some row of the archive names no therapist."""
    days = [pl.read_ipc(path).to_series() for path in sorted((folder / "unnamed").glob("*.arrow"))]
    return frozenset(pl.concat(days).unique().to_list()) if days else frozenset()


def refused_in(folder: Path) -> Iterator[pl.DataFrame]:
    """The cells that could not be read, by slice."""
    for path in sorted((folder / "refused").glob("*.arrow")):
        yield pl.read_ipc(path)
