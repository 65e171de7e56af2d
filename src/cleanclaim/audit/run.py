"""Run an audit: cut the archive, judge its blocks, gather what was found.

Each block's result is written before the next is asked for, so that an interrupted audit goes on where it stopped.
Results are gathered in the order of claims, so that the same archive and settings give the same bytes whatever the
number of processes.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from math import ceil
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

import polars as pl

from cleanclaim.audit import in_order, kept
from cleanclaim.audit.archive import LeftOut
from cleanclaim.audit.block import (
    CLAIMS,
    FRAMES,
    Beside,
    Judged,
    Rows,
    Settings,
    furthest_reach,
    judge_block,
)
from cleanclaim.audit.decided import with_contents
from cleanclaim.audit.inputs import ArchiveFile, count_lines
from cleanclaim.audit.payments import with_paid, with_stated
from cleanclaim.audit.spill import (
    Cut,
    Piece,
    block_of,
    blocks_for,
    days_without_therapist,
    payments_in,
    pieces_of,
    refused_in,
    stated_in,
    unread_in,
)
from cleanclaim.check.summary import at_most
from cleanclaim.facts.kit import Reach

Told = Callable[[str, int, int], None]
"""Called with the stage (`cut`, `judge`), how much of it is done, and how much there is."""

WORKER = {
    "POLARS_MAX_THREADS": "1",
    # Memory that a column leaves is kept for the next, by NumPy and by Polars: given back, it is cleared page by page
    # before it comes again.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
}
"""Environment of a process that judges blocks: one thread, for blocks are what runs side by side."""

_PARTED = ("kept_claims", "kept_services")
"""Frames that judging by patients leaves, parted by therapist."""
_BETWEEN = ("peers", *_PARTED)
"""Frames that one way of judging leaves for the next."""

_PATIENTS_A_THERAPISTS_BLOCK = 2.5
"""Blocks of patients for each block of therapists, of whose claims little is kept."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of a whole archive: the frames of `cleanclaim.audit.block.FRAMES` but those between, and their files.

    In `findings`, `claims` and `set_aside`, `file` is a place in `files` and `row` a row of it, both from 0. Where the
    settings ask for it, `findings` has what each is about in a column `content` more.
    """

    frames: dict[str, pl.DataFrame]
    files: tuple[ArchiveFile, ...]
    lines: int
    left_out: tuple[LeftOut, ...] = ()
    """Row groups of tables that could not be read."""


@dataclass(frozen=True, slots=True)
class Task:
    """One block to judge: where it lies, by which rules, and what is known of claims outside it."""

    folder: Path
    block: int
    patients_blocks: int
    """Into how many blocks of patients the archive is cut."""
    reach: Reach
    settings: Settings
    beside: Beside

    @property
    def result(self) -> Path:
        """The folder of its frames, there once it is done."""
        return result_of(self.folder, self.reach, self.block)

    def done(self) -> Iterator[int]:
        """Judge the block, which lies on this machine's disk, and write its frames; 1, for the one block."""
        # Handed over, not held here: rows give their memory back once they are laid out.
        rows = list(filter(None, [load(self)]))
        keep(self, judge_block(rows.pop(), self.settings, self.reach, self.beside) if rows else None)
        yield 1


Runner = Callable[[Sequence[Piece | Task]], Iterable[int]]
"""Does tasks, here or elsewhere, and yields what each has done: the lines that it cut, or the one block it judged."""


def run_audit(
    files: Sequence[ArchiveFile],
    settings: Settings,
    folder: Path,
    *,
    running: AbstractContextManager[Runner],
    told: Told,
) -> Gathered:
    """Audit the files; work that lies in `folder` is gone on with.

    Rules that look at a patient's claims alone are judged by blocks of patients. Those that look at a therapist's are
    judged by blocks of therapists, from what was kept of the patients' claims; those that compare therapists last,
    when every therapist's figures are known.

    Args:
        files: the archive.
        settings: what it is judged with; the same as when the work was begun.
        folder: where blocks and their results are kept until the audit is done.
        running: opens what it is cut and blocks are judged by: `in_processes`, a cluster, or `in_turn` as it is.
        told: told of progress.
    """
    with running as runner, ThreadPoolExecutor(1) as beside:
        # To ask all rules how far they look takes as long as a process takes to start.
        furthest = beside.submit(copy_context().run, furthest_reach, settings)
        blocks = cut(files, folder, settings, runner, told)
        # Patients' blocks tell the claims, and therapists' what therapists are compared by, whatever is asked for.
        judged = [reach for reach in Reach if reach <= furthest.result()]
        whole = sum(_count(reach, blocks) for reach in judged)
        done = 0
        for reach in judged:
            tasks = _tasks(folder, blocks, reach, settings)
            waiting = [task for task in tasks if not task.result.is_dir()]
            done += len(tasks) - len(waiting)
            told("judge", done, whole)
            for one in runner(waiting):
                done += one
                told("judge", done, whole)
    # What judged has given its memory back.
    return gather(files, folder, judged, blocks)


def _serve() -> None:
    """Make this process one that does what another hands out.

    An interrupt is for that one, and what is begun is finished; where that one is gone, however it ended, so is this.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    """End this process at once when the other has ended: whatever is written appears whole or not at all."""
    parent.join()
    os._exit(1)


def result_of(folder: Path, reach: Reach, block: int) -> Path:
    """Where the frames of a block lie once it is judged."""
    return folder / f"judged-{reach.name.lower()}-{block:05}"


def _count(reach: Reach, blocks: int) -> int:
    """How many blocks are judged by rules that look so far, of an archive of so many blocks of patients."""
    return blocks if reach is Reach.PATIENT else ceil(blocks / _PATIENTS_A_THERAPISTS_BLOCK)


def _tasks(folder: Path, blocks: int, reach: Reach, settings: Settings) -> list[Task]:
    """The blocks to judge by the rules that look so far; what these need of others' claims is there."""
    beside = _beside(folder, blocks, reach)
    return [Task(folder, block, blocks, reach, settings, beside) for block in range(_count(reach, blocks))]


def _beside(folder: Path, blocks: int, reach: Reach) -> Beside:
    if reach is Reach.PATIENT:
        return Beside()
    days = days_without_therapist(folder)
    if reach is Reach.THERAPIST:
        return Beside(days)
    return Beside(days, _frames(folder, [Reach.THERAPIST], blocks, "peers"))


def cut(files: Sequence[ArchiveFile], folder: Path, settings: Settings, runner: Runner, told: Told) -> int:
    """Cut the archive into blocks below the folder, and say how many there are."""
    plan = folder / "blocks.json"
    if plan.exists():
        known = json.loads(plan.read_text("utf-8"))
        lines, blocks = known["lines"], int(known["blocks"])
    else:
        lines = [count_lines(file) for file in files]
        blocks = blocks_for(sum(lines))
        plan.parent.mkdir(parents=True, exist_ok=True)
        plan.write_text(json.dumps({"lines": lines, "blocks": blocks}), "utf-8")
    done = 0
    for rows in runner(pieces_of(files, lines, Cut(folder, blocks), settings)):
        done += rows
        told("cut", done, sum(lines))
    return blocks


def load(task: Task) -> Rows | None:
    """The rows of the task's block; nothing where it has none."""
    if task.reach is Reach.PATIENT:
        return block_of(task.folder, task.block)
    columns = list(kept.CLAIMS if task.reach is Reach.THERAPIST else kept.OF_ARCHIVE)
    parts = []
    for block in range(task.patients_blocks):
        claims, services = _kept_in(task.folder, block, task.block)
        if claims.exists():
            has_services = task.reach is Reach.THERAPIST and services.exists()
            own = pl.read_ipc(services) if has_services else pl.DataFrame(schema=kept.SERVICES)
            parts.append((pl.read_ipc(claims, columns=columns), own))
    return Rows(kept=kept.together(parts)) if parts else None


def _kept_in(folder: Path, patients: int, therapists: int) -> tuple[Path, Path]:
    """Where claims and services lie that a block of patients kept for one of therapists."""
    place = result_of(folder, Reach.PATIENT, patients)
    return place / f"kept-claims-{therapists:05}.arrow", place / f"kept-services-{therapists:05}.arrow"


def keep(task: Task, judged: Judged | None) -> None:
    """Write a block's frames at once: a reader finds all of them or none."""
    unfinished = task.result.with_name(f"unfinished-{task.result.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name, frame in ({} if judged is None else judged.frames()).items():
        if name not in _PARTED:
            frame.write_ipc(unfinished / f"{name}.arrow", compression="lz4")
    if judged is not None:
        therapists = _count(Reach.THERAPIST, task.patients_blocks)
        for block, *frames in kept.by_therapist(judged.kept_claims, judged.kept_services, therapists):
            for frame, path in zip(frames, _kept_in(task.folder, task.block, block), strict=True):
                if frame.height:
                    frame.write_ipc(unfinished / path.name, compression="lz4")
    unfinished.replace(task.result)


def in_turn(tasks: Sequence[Piece | Task]) -> Iterator[int]:
    """Do one task after the other in this process."""
    for task in tasks:
        yield from task.done()


def _all_of(task: Piece | Task) -> int:
    """Do a task in a process that does many: what stays, as rules and tables do, is not looked through again."""
    done = sum(task.done())
    gc.collect()
    gc.freeze()
    return done


@contextmanager
def in_processes(processes: int) -> Iterator[Runner]:
    """Do tasks in so many processes, each with one thread: blocks are what runs side by side.

    They are started for the first tasks that are more than one, and serve all that come after.
    """
    with as_they_were(WORKER), ExitStack() as opened:

        @cache
        def pool() -> ProcessPoolExecutor:
            os.environ.update(WORKER)
            # A process that is forked after Polars has begun to work may wait for a lock for ever.
            made = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_serve)
            # After an interrupt the tasks at work are finished, and no other is begun.
            opened.callback(made.shutdown, wait=True, cancel_futures=True)
            return made

        def run(tasks: Sequence[Piece | Task]) -> Iterator[int]:
            if processes == 1 or len(tasks) <= 1:
                yield from in_turn(tasks)
                return
            waiting = iter(tasks)
            # Not one more than are done at once: an interrupt waits for those.
            running = {pool().submit(_all_of, task) for task in islice(waiting, processes)}
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool().submit(_all_of, task) for task in islice(waiting, len(finished))}
                for future in finished:
                    yield future.result()

        yield run


@contextmanager
def as_they_were(names: Iterable[str]) -> Iterator[None]:
    """Give environment variables back the values they had, whatever they are set to inside."""
    before = {name: os.environ.get(name) for name in names}
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def gather(files: Sequence[ArchiveFile], folder: Path, reaches: Sequence[Reach], blocks: int) -> Gathered:
    """The frames of all blocks as one, in an order that does not depend on how the archive was cut."""
    frames = {name: _frames(folder, reaches, blocks, name) for name in ("verdicts", "gaps", "set_aside")}
    claims = in_order.claims(partial(_frames, folder, [Reach.PATIENT], blocks))
    beyond = [reach for reach in reaches if reach is not Reach.PATIENT]
    further = {name: _frames(folder, beyond, blocks, name) for name in ("findings", "contents")}
    claims, further["findings"] = in_order.meeting(claims, further["findings"])

    def found(name: str, columns: Sequence[str]) -> pl.DataFrame:
        return pl.concat([_frames(folder, [Reach.PATIENT], blocks, name, columns), further[name].select(columns)])

    findings = in_order.findings(found, frames["verdicts"].get_column("rule").unique())
    payments = payments_in(folder)
    if payments.height:
        claims = with_paid(claims, payments)
    stated = stated_in(folder)
    if stated.height:
        claims = with_stated(claims, stated)
    counted = ["passed", "found", "not_applicable", "no_data"]
    set_aside = pl.concat([frames["set_aside"], *refused_in(folder)])
    return Gathered(
        {
            "findings": with_contents(findings, claims),
            "verdicts": frames["verdicts"]
            .group_by("rule")
            .agg(pl.col(counted).sum(), pl.col("crashed").max())
            .sort("rule"),
            "gaps": frames["gaps"].group_by("rule", "missing").agg(pl.col("rows").sum()).sort("rule", "missing"),
            "claims": claims.with_columns(at_most(pl.col("lost_cents")).alias("lost_cents")).select(list(CLAIMS)),
            "set_aside": set_aside.unique().sort("file", "row", "field", "expected"),
        },
        tuple(files),
        int(claims.get_column("lines").sum()),
        tuple(
            LeftOut(files[file].path, f"row group {group + 1} (rows {first + 1:,} to {last + 1:,}) {_DAMAGED}", True)
            for file, group, first, last in unread_in(folder).iter_rows()
        ),
    )


_DAMAGED = "is damaged and not read; expected whole pages of Parquet"


def _frames(
    folder: Path, reaches: Sequence[Reach], blocks: int, name: str, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """One of the frames of all blocks, one below the other; all its columns or some."""
    places = [result_of(folder, reach, block) for reach in reaches for block in range(_count(reach, blocks))]
    own = [pl.scan_ipc(place / f"{name}.arrow") for place in places if (place / f"{name}.arrow").exists()]
    asked = list(FRAMES[name]) if columns is None else list(columns)
    return pl.concat([pl.LazyFrame(schema=FRAMES[name]), *own]).select(asked).collect()
