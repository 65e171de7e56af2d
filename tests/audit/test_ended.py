"""An audit that is ended from outside leaves no process behind, and goes on where it stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import psutil
import pytest

from benchmarks import _archive as archive
from cleanclaim.audit.archive import archive_of
from cleanclaim.audit.block import Settings
from cleanclaim.audit.gathering import Gathered
from cleanclaim.audit.run import in_turn, run_audit
from tests.audit.made import same

SETTINGS = Settings(as_of=date(2026, 11, 16))
PATIENCE = 60
"""Seconds after which a test fails rather than waits on."""

AUDIT = """
import sys
from datetime import date
from pathlib import Path

from cleanclaim.audit import spill
from cleanclaim.audit.archive import archive_of
from cleanclaim.audit.block import Settings
from cleanclaim.audit.run import in_processes, run_audit

if __name__ == "__main__":
    spill.LINES_A_BLOCK = 100
    files = archive_of([sys.argv[1]]).files
    settings = Settings(as_of=date(2026, 11, 16))
    run_audit(files, settings, Path(sys.argv[2]), running=in_processes(2), told=lambda *_: None)
"""
"""An audit of many blocks in two processes."""


def audited(place: Path, work: Path) -> Gathered:
    files = archive_of([str(place)]).files
    return run_audit(files, SETTINGS, work, running=nullcontext(in_turn), told=lambda *_: None)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is one way to end a process there")
@pytest.mark.parametrize("ending", ["SIGTERM", "SIGKILL"])
def test_processes_that_judge_end_with_the_one_that_started_them(ending: str, tmp_path: Path) -> None:
    place, work, script = tmp_path / "archive", tmp_path / "work", tmp_path / "audit.py"
    archive.write(place, 1_000)
    script.write_text(AUDIT, "utf-8")
    with subprocess.Popen([sys.executable, script, place, work]) as audit:  # noqa: S603 - this Python, this script
        try:
            until = time.monotonic() + PATIENCE
            while not list(work.glob("judged-*")):
                assert audit.poll() is None
                assert time.monotonic() < until
                time.sleep(0.02)
            judging = psutil.Process(audit.pid).children(recursive=True)
        finally:
            audit.send_signal(signal.Signals[ending])

    assert audit.returncode == -signal.Signals[ending]
    assert len(judging) >= 2
    _, left = psutil.wait_procs(judging, timeout=PATIENCE)
    for process in left:
        process.kill()
    assert left == []
    finished = len(list(work.glob("judged-*")))
    again, whole = audited(place, work), audited(place, tmp_path / "another")
    assert finished < len(list(work.glob("judged-*")))
    same(whole, again)
