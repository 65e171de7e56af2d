"""How fast an archive is audited: the curve over its size, the time of each stage, memory, and a cluster beside it.

Each size is audited in this process, for the time of its stages, then again by the command, which starts, adds up and
writes the report too. Seconds are those of the clock; the core's microseconds a line vary less with what else the
machine is doing. With `block` only one block is judged, in this process, by the processor's time: a figure for a
machine that is shared (`POLARS_MAX_THREADS=1 ./dev python -m benchmarks.audit block`).

`./dev bench audit` takes a million lines; `./dev python -m benchmarks.audit 1 3 10` takes those millions. Every enabled
rule runs: the run fails if one has no verdict, or crashed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Self

import polars as pl
import psutil

from benchmarks import _archive as archive
from cleanclaim.audit.archive import archive_of
from cleanclaim.audit.block import Rows, Settings, judge_block
from cleanclaim.audit.dask_engine import on_cluster
from cleanclaim.audit.gathering import Gathered
from cleanclaim.audit.run import Runner, cut, in_processes, in_turn, run_audit
from cleanclaim.audit.spill import LINES_A_BLOCK, block_of
from cleanclaim.cli.output import ExitCode
from cleanclaim.facts.kit import Reach
from cleanclaim.rules.book import active_rules

PROCESSES = 2
_COMMAND = "from cleanclaim.cli.main import run; run()"
SETTINGS = Settings(as_of=date(2026, 11, 16))


def main(millions: Sequence[float] = (1,)) -> None:
    """Print a row for each size, then the same on a Dask cluster of two workers for the smallest."""
    print("lines       claims     cut s  judge s  gather s   all s  lines/s  core µs/line  peak MB  findings")
    with tempfile.TemporaryDirectory() as folder:
        first: Gathered | None = None
        for size in millions:
            place = Path(folder) / f"{size}"
            archive.write(place, int(size * 1e6))
            found = _audited(place, Path(folder) / f"work-{size}", in_processes(PROCESSES), "processes")
            first = found if first is None else first
            _commanded(place, Path(folder) / f"report-{size}")
        place = Path(folder) / f"{millions[0]}"
        again = _audited(place, Path(folder) / "work-dask", on_cluster(workers=PROCESSES), "dask")
        assert first is not None
        assert all(frame.equals(again.frames[name]) for name, frame in first.frames.items())
        assert first.stretches.claims.collect().equals(again.stretches.claims.collect())
        assert first.stretches.findings.collect().equals(again.stretches.findings.collect())
        print("dask finds what processes find")


def one_block() -> None:
    """Print what a line of one block takes of one core, judged by patient and by therapist; the second time counts."""
    with tempfile.TemporaryDirectory() as folder:
        archive.write(Path(folder) / "archive", LINES_A_BLOCK)
        work = Path(folder) / "work"
        cut(archive_of([str(Path(folder) / "archive")]).files, work, SETTINGS, in_turn, lambda *_: None)
        rows = block_of(work, 0)
        assert rows is not None
        assert rows.cells is not None
        lines = rows.cells.height
        for reach, name in ((Reach.PATIENT, "patients"), (Reach.THERAPIST, "therapists")):
            judge_block(rows, SETTINGS, reach)
            began = time.process_time()
            found = judge_block(rows, SETTINGS, reach)
            used = (time.process_time() - began) / lines * 1e6
            print(f"{name}: {lines:,} lines, {used:.1f} core µs a line, {found.findings.height:,} findings")
            rows = Rows(kept={"claims": found.kept_claims, "services": found.kept_services})


def _audited(place: Path, work: Path, running: AbstractContextManager[Runner], name: str) -> Gathered:
    marks: dict[str, float] = {}
    started, used = time.perf_counter(), _core_seconds()

    def told(stage: str, _done: int, _all: int) -> None:
        marks[stage] = time.perf_counter() - started

    with _Peak(psutil.Process()) as peak:
        found = run_audit(archive_of([str(place)]).files, SETTINGS, work, running=running, told=told)
    ended = time.perf_counter() - started
    # A cluster's workers are still there: what they used is not known yet.
    each = f"{(_core_seconds() - used) / found.lines * 1e6:.1f}" if name == "processes" else "-"
    verdicts = found.frames["verdicts"]
    assert set(verdicts.get_column("rule")) == {rule.code for rule in active_rules()}
    assert set(verdicts.get_column("crashed")) == {""}
    told_of = (found.stretches.claims, found.stretches.findings)
    claims, findings = (int(rows.select(pl.len()).collect().item()) for rows in told_of)
    print(
        f"{found.lines:>10,} {claims:>9,} {marks['cut']:>8.1f} {marks['judge'] - marks['cut']:>8.1f} "
        f"{ended - marks['judge']:>9.1f} {ended:>7.1f} {found.lines / ended:>8,.0f} {each:>13} {peak.megabytes:>8,.0f} "
        f"{findings:>9,}  {name}"
    )
    return found


def _commanded(place: Path, report: Path) -> None:
    """Audit it by the command, and say what all of it took."""
    asked = ["audit", str(place), "--out", str(report), "--as-of", SETTINGS.as_of.isoformat()]
    started = time.perf_counter()
    with (
        subprocess.Popen(  # noqa: S603 - this Python, our own command
            [sys.executable, "-c", _COMMAND, *asked, "--processes", str(PROCESSES)], stdout=subprocess.DEVNULL
        ) as command,
        _Peak(psutil.Process(command.pid)) as peak,
    ):
        command.wait()
    ended = time.perf_counter() - started
    assert command.returncode == ExitCode.FINDINGS
    assert (report / "manifest.json").is_file()
    print(f"{'the same by the command, with its report':>48} {ended:>7.1f} {'':22} {peak.megabytes:>8,.0f}")


def _core_seconds() -> float:
    """What this process and those that it started and that have ended used of a core."""
    used = psutil.Process().cpu_times()
    return float(used.user + used.system + used.children_user + used.children_system)


class _Peak:
    """The most memory that a process and those it started held at once, looked at ten times a second."""

    def __init__(self, process: psutil.Process) -> None:
        self.megabytes = 0.0
        self._process = process
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            held = 0
            try:
                watched = [self._process, *self._process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for process in watched:
                try:
                    held += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.megabytes = max(self.megabytes, held / 2**20)


if __name__ == "__main__":
    if sys.argv[1:] == ["block"]:
        one_block()
    else:
        main([float(size) for size in sys.argv[1:]] or (1,))
