"""Run an audit: cut the archive, judge its blocks, gather what was found.

Each block's result is written before the next is asked for, so that an interrupted audit goes on where it stopped.
Results are gathered in the order of claims, so that the same archive and settings give the same bytes whatever the
number of processes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from cleanclaim.audit.block import (
    CLAIMS,
    FINDINGS,
    FRAMES,
    Beside,
    Judged,
    Rows,
    Settings,
    at_stake,
    judge_block,
    the_judge,
)
from cleanclaim.audit.inputs import ArchiveFile, count_lines
from cleanclaim.audit.spill import (
    PATIENTS,
    THERAPISTS,
    Cut,
    block_of,
    blocks_for,
    days_without_therapist,
    payments_in,
    refused_in,
    spill,
)
from cleanclaim.facts.kit import Reach

Told = Callable[[str, int, int], None]
"""Called with the stage (`cut`, `judge`), how much of it is done, and how much there is."""

_WORKER = {
    "POLARS_MAX_THREADS": "1",
    # Memory that a column leaves is kept for the next, by NumPy and by Polars: given back, it is cleared page by page
    # before it comes again.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
}
"""Environment of a process that judges blocks: one thread, for blocks are what runs side by side."""

_BETWEEN = ("peers", "compared")
"""Frames that one way of judging leaves for the next."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of a whole archive: the frames of `cleanclaim.audit.block.FRAMES` but those between, and their files.

    In `findings`, `claims` and `set_aside`, `file` is a place in `files` and `row` a row of it, both from 0.
    """

    frames: dict[str, pl.DataFrame]
    files: tuple[ArchiveFile, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class Task:
    """One block to judge: where it lies, by which rules, and what is known of claims outside it."""

    folder: Path
    block: int
    reach: Reach
    settings: Settings
    beside: Beside

    @property
    def way(self) -> str:
        """By whom the archive was cut for these rules."""
        return PATIENTS if self.reach is Reach.PATIENT else THERAPISTS

    @property
    def result(self) -> Path:
        """The folder of its frames, there once it is done."""
        return self.folder / f"judged-{self.reach.name.lower()}-{self.block:05}"


Runner = Callable[[Sequence[Task]], Iterable[object]]
"""Judges tasks with `judge_and_keep`, here or elsewhere, and yields once for each that is done."""


def run_audit(
    files: Sequence[ArchiveFile], settings: Settings, folder: Path, *, runner: Runner, told: Told
) -> Gathered:
    """Audit the files; work that lies in `folder` is gone on with.

    Rules that look at a patient's claims alone are judged by blocks of patients. Those that look at a therapist's are
    judged by blocks of therapists, and those that compare therapists last, when every therapist's figures are known.

    Args:
        files: the archive.
        settings: what it is judged with; the same as when the work was begun.
        folder: where blocks and their results are kept until the audit is done.
        runner: how blocks are judged: `in_turn`, `in_processes`, or on a cluster.
        told: told of progress.
    """
    reaches = (reach for reach in Reach if the_judge(settings.select, settings.ignore, reach).rules)
    furthest = max(reaches, default=Reach.PATIENT)
    # Patients' blocks tell the claims, and therapists' blocks what therapists are compared by, whatever is asked for.
    judged = [reach for reach in Reach if reach <= furthest]
    ways = [PATIENTS] if furthest is Reach.PATIENT else [PATIENTS, THERAPISTS]
    blocks = cut(files, folder, ways, settings, told)
    done = 0
    # Patients' and therapists' blocks know nothing of each other: the same processes judge them.
    for at_once in ((Reach.PATIENT, Reach.THERAPIST), (Reach.ARCHIVE,)):
        tasks = [task for reach in at_once if reach in judged for task in _tasks(folder, blocks, reach, settings)]
        waiting = [task for task in tasks if not task.result.is_dir()]
        done += len(tasks) - len(waiting)
        told("judge", done, len(judged) * blocks)
        for _ in runner(waiting):
            done += 1
            told("judge", done, len(judged) * blocks)
    return gather(files, folder, judged, blocks)


def _leave_interrupts() -> None:
    """An interrupt is for the process that hands out the blocks; those that judge finish what they are at."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_local(
    files: Sequence[ArchiveFile], settings: Settings, folder: Path, *, processes: int, told: Told
) -> Gathered:
    """`run_audit` in so many processes of this machine."""
    return run_audit(files, settings, folder, runner=in_processes(processes), told=told)


def _tasks(folder: Path, blocks: int, reach: Reach, settings: Settings) -> list[Task]:
    """The blocks to judge by the rules that look so far; what these need of others' claims is there."""
    beside = _beside(folder, blocks, reach)
    return [Task(folder, block, reach, settings, beside) for block in range(blocks)]


def _beside(folder: Path, blocks: int, reach: Reach) -> Beside:
    if reach is Reach.PATIENT:
        return Beside()
    days = days_without_therapist(folder)
    if reach is Reach.THERAPIST:
        return Beside(days)
    return Beside(days, _frames(folder, [Reach.THERAPIST], blocks, "peers"))


def cut(files: Sequence[ArchiveFile], folder: Path, ways: Sequence[str], settings: Settings, told: Told) -> int:
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

    spill(files, Cut(folder, blocks, tuple(ways)), settings, counted)
    return blocks


def judge_and_keep(task: Task) -> None:
    """Judge one block of this machine's disk and write its frames."""
    rows = load(task)
    keep(task, None if rows is None else judge_block(rows, task.settings, task.reach, task.beside))


def load(task: Task) -> Rows | None:
    """The rows of the task's block; nothing where it has none."""
    if task.reach is not Reach.ARCHIVE:
        return block_of(task.folder, task.way, task.block)
    kept = replace(task, reach=Reach.THERAPIST).result / "compared.arrow"
    return Rows(compared=pl.read_ipc(kept)) if kept.exists() else None


def keep(task: Task, judged: Judged | None) -> None:
    """Write a block's frames at once: a reader finds all of them or none."""
    unfinished = task.result.with_name(f"unfinished-{task.result.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name, frame in ({} if judged is None else judged.frames()).items():
        frame.write_ipc(unfinished / f"{name}.arrow", compression="lz4")
    unfinished.replace(task.result)


def in_turn(tasks: Sequence[Task]) -> Iterator[object]:
    """Judge one block after the other in this process."""
    for task in tasks:
        judge_and_keep(task)
        yield None


def in_processes(processes: int) -> Runner:
    """Judge blocks in so many processes, each with one thread: blocks are what runs side by side."""

    def run(tasks: Sequence[Task]) -> Iterator[object]:
        if processes == 1 or len(tasks) <= 1:
            yield from in_turn(tasks)
            return
        before = {name: os.environ.get(name) for name in _WORKER}
        os.environ.update(_WORKER)
        try:
            # A process that is forked after Polars has begun to work may wait for a lock for ever.
            pool = ProcessPoolExecutor(
                min(processes, len(tasks)), mp_context=get_context("spawn"), initializer=_leave_interrupts
            )
            try:
                waiting = iter(tasks)
                # Not one more than are judged at once: an interrupt waits for those.
                running = {pool.submit(judge_and_keep, task) for task in islice(waiting, processes)}
                while running:
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    running |= {pool.submit(judge_and_keep, task) for task in islice(waiting, len(finished))}
                    for future in finished:
                        yield future.result()
            finally:
                # After an interrupt the blocks at work are finished, and no other is begun.
                pool.shutdown(wait=True, cancel_futures=True)
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value

    return run


def gather(files: Sequence[ArchiveFile], folder: Path, reaches: Sequence[Reach], blocks: int) -> Gathered:
    """The frames of all blocks as one, in an order that does not depend on how the archive was cut."""
    frames = {name: _frames(folder, reaches, blocks, name) for name in FRAMES if name not in _BETWEEN}
    counted = ["passed", "found", "not_applicable", "no_data"]
    claims, findings = frames["claims"], frames["findings"]
    # A claim that one way of cutting sets aside is not told of by the other, nor is what it is allowed.
    allowed = claims.select("file", "row", pl.col("allowed_cents").alias("claim_allowed_cents"))
    findings = findings.drop("claim_allowed_cents").join(allowed, on=["file", "row"]).select(list(FINDINGS))
    staked = at_stake(findings, ["file", "row"])
    claims = claims.drop("findings", "lost_cents", "left_cents").join(staked, on=["file", "row"], how="left")
    lost = pl.col("lost_cents").fill_null(0)
    capped = pl.when(pl.col("allowed_cents").is_null()).then(lost).otherwise(pl.min_horizontal(lost, "allowed_cents"))
    paid = payments_in(folder).rename({"paid_cents": "paid"})
    claims = claims.join(paid, on="claim", how="left").with_columns(
        capped.alias("lost_cents"),
        pl.col("left_cents").fill_null(0),
        pl.col("findings").fill_null(0),
        pl.col("paid").alias("paid_cents"),
    )
    set_aside = pl.concat([frames["set_aside"], *refused_in(folder)])
    return Gathered(
        {
            "findings": findings.sort("file", "row", "rule", "place", "arguments"),
            "verdicts": frames["verdicts"]
            .group_by("rule")
            .agg(pl.col(counted).sum(), pl.col("crashed").max())
            .sort("rule"),
            "gaps": frames["gaps"].group_by("rule", "missing").agg(pl.col("rows").sum()).sort("rule", "missing"),
            "claims": claims.select(list(CLAIMS)).sort("file", "row"),
            "set_aside": set_aside.unique().sort("file", "row", "field", "expected"),
        },
        tuple(files),
        int(claims.get_column("lines").sum()),
    )


def _frames(folder: Path, reaches: Sequence[Reach], blocks: int, name: str) -> pl.DataFrame:
    """One of the frames of all blocks, one below the other."""
    places = [folder / f"judged-{reach.name.lower()}-{block:05}" for reach in reaches for block in range(blocks)]
    own = [pl.read_ipc(place / f"{name}.arrow") for place in places if (place / f"{name}.arrow").exists()]
    return pl.concat([pl.DataFrame(schema=FRAMES[name]), *own])
