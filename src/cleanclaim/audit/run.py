"""Run an audit on this machine: cut the archive, judge its blocks in processes, gather what they found.

Each block's result is written before the next is asked for, so that an interrupted audit goes on where it stopped.
Results are gathered in the order of claims, so that the same archive and settings give the same bytes whatever the
number of processes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from cleanclaim.audit.block import FRAMES, Judged, Settings, judge_block
from cleanclaim.audit.inputs import ArchiveFile, count_lines
from cleanclaim.audit.spill import block_of, blocks_for, refused_in, spill

Told = Callable[[str, int, int], None]
"""Called with the stage (`cut`, `judge`), how much of it is done, and how much there is."""

_UNBOUND = "POLARS_MAX_THREADS"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of a whole archive: the frames of `cleanclaim.audit.block.FRAMES`, and the files they came from."""

    frames: dict[str, pl.DataFrame]
    files: tuple[ArchiveFile, ...]
    lines: int


def run_local(
    files: Sequence[ArchiveFile], settings: Settings, folder: Path, *, processes: int, told: Told
) -> Gathered:
    """Audit the files in processes of this machine; work that lies in `folder` is gone on with.

    Args:
        files: the archive.
        settings: what it is judged with; the same as when the work was begun.
        folder: where blocks and their results are kept until the audit is done.
        processes: how many blocks are judged at once; 1 is this process.
        told: told of progress.
    """
    blocks = cut(files, folder, told)
    waiting = [block for block in range(blocks) if not is_judged(folder, block)]
    done = blocks - len(waiting)
    told("judge", done, blocks)
    if processes == 1 or len(waiting) == 1:
        finished: Iterable[int] = (judge_and_keep(folder, block, settings) for block in waiting)
    else:
        finished = _in_processes(folder, waiting, settings, processes)
    for count, _ in enumerate(finished, start=done + 1):
        told("judge", count, blocks)
    return gather(files, folder, blocks)


def cut(files: Sequence[ArchiveFile], folder: Path, told: Told) -> int:
    """Cut the archive into blocks below the folder, and say how many there are."""
    plan = folder / "blocks.json"
    if plan.exists():
        known = json.loads(plan.read_text("utf-8"))
        lines, blocks = int(known["lines"]), int(known["blocks"])
    else:
        lines = sum(count_lines(file) for file in files)
        blocks = blocks_for(lines)
        plan.parent.mkdir(parents=True, exist_ok=True)
        plan.write_text(json.dumps({"lines": lines, "blocks": blocks}), "utf-8")
    done = 0

    def counted(rows: int) -> None:
        nonlocal done
        done += rows
        told("cut", done, lines)

    spill(files, folder, blocks, counted)
    return blocks


def judge_and_keep(folder: Path, block: int, settings: Settings) -> int:
    """Judge one block and write its frames; the number of the block is returned."""
    cells = block_of(folder, block)
    if cells is not None:
        keep(judge_block(cells, settings), folder, block)
    else:
        (folder / f"judged-{block:05}").mkdir(exist_ok=True)
    return block


def keep(judged: Judged, folder: Path, block: int) -> None:
    """Write a block's frames at once: a reader finds all of them or none."""
    unfinished = folder / f"unfinished-{block:05}"
    unfinished.mkdir(exist_ok=True)
    for name, frame in judged.frames().items():
        frame.write_ipc(unfinished / f"{name}.arrow", compression="lz4")
    unfinished.replace(folder / f"judged-{block:05}")


def is_judged(folder: Path, block: int) -> bool:
    """Whether the block's frames lie there already."""
    return (folder / f"judged-{block:05}").is_dir()


def _in_processes(folder: Path, blocks: Sequence[int], settings: Settings, processes: int) -> Iterator[int]:
    """Judge blocks in processes of their own, each with one thread: blocks are what runs side by side."""
    before = os.environ.get(_UNBOUND)
    os.environ[_UNBOUND] = "1"
    try:
        # A process that is forked after Polars has begun to work may wait for a lock for ever.
        with ProcessPoolExecutor(min(processes, len(blocks)), mp_context=get_context("spawn")) as pool:
            waiting: set[Future[int]] = {pool.submit(judge_and_keep, folder, block, settings) for block in blocks}
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
    finally:
        if before is None:
            del os.environ[_UNBOUND]
        else:
            os.environ[_UNBOUND] = before


def gather(files: Sequence[ArchiveFile], folder: Path, blocks: int) -> Gathered:
    """The frames of all blocks as one, in an order that does not depend on how the archive was cut."""
    parts: dict[str, list[pl.DataFrame]] = {name: [pl.DataFrame(schema=schema)] for name, schema in FRAMES.items()}
    for block in range(blocks):
        for name in FRAMES:
            path = folder / f"judged-{block:05}" / f"{name}.arrow"
            if path.exists():
                parts[name].append(pl.read_ipc(path))
    parts["set_aside"].extend(refused_in(folder))
    frames = {name: pl.concat(own, how="vertical_relaxed") for name, own in parts.items()}
    counted = ["passed", "found", "not_applicable", "no_data"]
    frames["verdicts"] = (
        frames["verdicts"].group_by("rule").agg(pl.col(counted).sum(), pl.col("crashed").max()).sort("rule")
    )
    frames["gaps"] = frames["gaps"].group_by("rule", "missing").agg(pl.col("rows").sum()).sort("rule", "missing")
    frames["claims"] = frames["claims"].sort(
        "date_of_service", "claim", "billing_npi", "rendering_npi", "payer", maintain_order=True
    )
    frames["findings"] = frames["findings"].sort(
        "date_of_service", "claim", "billing_npi", "rule", "place", "arguments", maintain_order=True
    )
    frames["set_aside"] = frames["set_aside"].sort("file", "row", "field")
    return Gathered(frames, tuple(files), int(frames["claims"].get_column("lines").sum()))
