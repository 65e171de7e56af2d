"""Run an audit: cut the archive, judge its blocks, gather what was found.

Each block's result is written before the next is asked for, so that an interrupted audit goes on where it stopped.
Results are gathered in the order of claims, so that the same archive and settings give the same bytes whatever the
number of processes.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

import polars as pl

from cleanclaim.audit import kept
from cleanclaim.audit.block import Beside, Judged, Rows, Settings, furthest_reach, judge_block
from cleanclaim.audit.gathering import Gathered, Told, gather
from cleanclaim.audit.inputs import ArchiveFile
from cleanclaim.audit.spill import Cut, Piece, block_of, days_without_therapist, pieces_of
from cleanclaim.audit.work_plan import WorkPlan, planned
from cleanclaim.facts.kit import Reach

WORKER = {
    "POLARS_MAX_THREADS": "1",
    # Memory that a column leaves is kept for the next, by NumPy and by Polars: given back, it is cleared page by page
    # before it comes again.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
}
"""Environment of a process that judges blocks: one thread, for blocks are what runs side by side."""


@dataclass(frozen=True, slots=True)
class Task:
    """One block to judge: where it lies, by which rules, and what is known of claims outside it."""

    plan: WorkPlan
    block: int
    reach: Reach
    settings: Settings
    beside: Beside

    @property
    def result(self) -> Path:
        """The folder of its frames, there once it is done."""
        return self.plan.result(self.reach, self.block)

    def done(self) -> Iterator[int]:
        """Judge the block, which lies on this machine's disk, and write its frames; 1, for the one block."""
        # Handed over, not held here: rows give their memory back once they are laid out.
        rows = list(filter(None, [self.load()]))
        self.keep(judge_block(rows.pop(), self.settings, self.reach, self.beside) if rows else None)
        yield 1

    def load(self) -> Rows | None:
        """The rows of the block; nothing where it has none."""
        if self.reach is Reach.PATIENT:
            return block_of(self.plan.folder, self.block)
        columns = list(kept.CLAIMS if self.reach is Reach.THERAPIST else kept.OF_ARCHIVE)
        parts = []
        for block in range(self.plan.blocks):
            claims, services = self.plan.kept(block, self.block)
            if claims.exists():
                has_services = self.reach is Reach.THERAPIST and services.exists()
                own = pl.read_ipc(services) if has_services else pl.DataFrame(schema=kept.SERVICES)
                parts.append((pl.read_ipc(claims, columns=columns), own))
        return Rows(kept=kept.together(parts)) if parts else None

    def keep(self, judged: Judged | None) -> None:
        """Write the block's frames at once: a reader finds all of them or none."""
        self.plan.keep(self.reach, self.block, judged)


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
        plan = cut(files, folder, settings, runner, told)
        # Patients' blocks tell the claims, and therapists' what therapists are compared by, whatever is asked for.
        judged = [reach for reach in Reach if reach <= furthest.result()]
        whole = sum(plan.blocks_of(reach) for reach in judged)
        done = 0
        for reach in judged:
            tasks = _tasks(plan, reach, settings)
            waiting = [task for task in tasks if not task.result.is_dir()]
            done += len(tasks) - len(waiting)
            told("judge", done, whole)
            for one in runner(waiting):
                done += one
                told("judge", done, whole)
    # What judged has given its memory back.
    return gather(files, plan, judged, told)


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


def _tasks(plan: WorkPlan, reach: Reach, settings: Settings) -> list[Task]:
    """The blocks to judge by the rules that look so far; what these need of others' claims is there."""
    beside = _beside(plan, reach)
    return [Task(plan, block, reach, settings, beside) for block in range(plan.blocks_of(reach))]


def _beside(plan: WorkPlan, reach: Reach) -> Beside:
    if reach is Reach.PATIENT:
        return Beside()
    days = days_without_therapist(plan.folder)
    if reach is Reach.THERAPIST:
        return Beside(days)
    return Beside(days, plan.frames([Reach.THERAPIST], "peers"))


def cut(files: Sequence[ArchiveFile], folder: Path, settings: Settings, runner: Runner, told: Told) -> WorkPlan:
    """Cut the archive into blocks below the folder, and say how it is parted."""
    plan, lines = planned(files, folder)
    done = 0
    for rows in runner(pieces_of(files, lines, Cut(folder, plan.blocks), settings)):
        done += rows
        told("cut", done, sum(lines))
    return plan


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
