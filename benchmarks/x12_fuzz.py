"""A million damaged interchanges read: none stops the reader, harms another, or loses a claim in silence.

    ./dev bench x12_fuzz                                            a million, for a night
    MUTATIONS=50000 FIRST=7 STATE=FILE WORKERS=2 ./dev bench x12_fuzz

Mutations stand by the hundred in files among whole interchanges (`tests.x12.columnar.damaged_files`); what is read of
each file is held against a plain reading of it (`tests.x12.columnar.judged_reading`). Of every eighth file it is also
asked whether kernels read the same, of others whether smaller blocks and more threads do, down to blocks of one level:
rows, the rows around them and problems must be the same. `FIRST` is the number of the first file; with `STATE` the
files that are done are written down, and the same command goes on where it was ended.

A file that fails prints its number (`FIRST=… MUTATIONS=1`), and ends all of them with exit code 1. So does one that
takes more than `LONGEST` seconds of processor time, and a process that grows by more than `GROWTH` megabytes after its
first files.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ASKED = int(os.environ.get("MUTATIONS", "1000000"))
FIRST = int(os.environ.get("FIRST", "0"))
WORKERS = int(os.environ.get("WORKERS", "1"))
STATE = os.environ.get("STATE", "")
LONGEST = 120
GROWTH = 300
TOLD_EVERY = 60.0
_WARM = 8
"""Files after which a process has all that it keeps: maps, and every shape read alone."""
_SMALLER = 1 << 16
_CUTS = ((64, 1, False), (300, 1, True), (700, 3, False)) * 3
"""Small blocks: bytes, threads, and whether kernels read them. Each is asked of another few interchanges of a file."""
_APART = 37


@dataclass
class Told:
    """What the files that are done came to."""

    mutations: int = 0
    bytes: int = 0
    problems: int = 0
    processor: float = 0.0
    slowest: float = 0.0
    megabytes: int = 0
    files: list[int] = field(default_factory=list)

    @classmethod
    def read(cls) -> Told:
        """What the state file tells of; nothing where there is none."""
        if not STATE or not Path(STATE).is_file():
            return cls()
        return cls(**json.loads(Path(STATE).read_text(encoding="utf-8")))

    def write(self) -> None:
        """Write it down, whole or not at all."""
        if STATE:
            fresh = Path(f"{STATE}.new")
            fresh.write_text(json.dumps(asdict(self)), encoding="utf-8")
            fresh.replace(STATE)

    def add(self, other: Told) -> None:
        """One more file."""
        for name in ("mutations", "bytes", "problems", "processor"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest, self.megabytes = max(self.slowest, other.slowest), max(self.megabytes, other.megabytes)
        self.files += other.files

    def __str__(self) -> str:
        """One line."""
        rate = self.mutations / self.processor if self.processor else 0.0
        return (
            f"{self.mutations:,} mutations in {len(self.files):,} files, {self.bytes / 1e6:,.0f} MB: "
            f"{self.problems:,} problems reported; {self.processor:,.0f} s of a processor, {rate:,.0f} a second; "
            f"the slowest file {self.slowest:.1f} s; a process at most {self.megabytes:,} MB"
        )


def main() -> None:
    """Read the files, and say what they came to; exit with 1 where one does not hold."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    signal.signal(signal.SIGTERM, lambda *_asked: sys.exit(1))  # whoever ends it early leaves nothing behind
    from tests.x12.columnar.damaged_files import MUTATIONS

    told, begun, last = Told.read(), time.perf_counter(), time.perf_counter()
    done = set(told.files)
    wanted: Iterator[int] = (number for number in range(FIRST, FIRST - (-ASKED // MUTATIONS)) if number not in done)
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        for one, why in pool.imap_unordered(_read, wanted):
            if why:
                sys.stdout.write(f"{why}\nFIRST={one.files[0]} MUTATIONS=1: it does not hold\n")
                sys.exit(1)
            told.add(one)
            told.write()
            if time.perf_counter() - last > TOLD_EVERY:
                last = time.perf_counter()
                sys.stdout.write(f"{told}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{told}; {time.perf_counter() - begun:,.0f} s by the clock: every file holds\n")


# --- in a process of its own -----------------------------------------------------------------------------------------

_GROWN: list[int] = []
"""What a process held after each of its files, in megabytes."""


def _read(number: int) -> tuple[Told, str]:
    """One file: what it came to, and why it does not hold, if it does not."""
    told = Told(files=[number])
    signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        _hold(number, told)
    except BaseException:  # noqa: BLE001 - whatever it was, the file does not hold
        return told, traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return told, ""


def _hold(number: int, told: Told) -> None:
    """Read a file and hold what was read against what is in it; `told` is told what it came to."""
    from cleanclaim.x12.columnar.cutting import BLOCK
    from cleanclaim.x12.columnar.reader import read_blocks
    from tests.x12.columnar.damaged_files import MUTATIONS, file_of
    from tests.x12.columnar.judged_reading import assert_alike, assert_same, judge

    begun = time.process_time()
    file = file_of(number)
    data = file.data
    reading = time.process_time()
    found = list(read_blocks(data, threads=1))
    told.slowest = time.process_time() - reading
    told.problems = judge(file, found)
    match number % 8:
        case 0:
            assert_same(list(read_blocks(data, threads=1, block_size=BLOCK, is_compiled=True)), found)
        case 1:
            cut = list(read_blocks(data, threads=3, block_size=_SMALLER))
            judge(file, cut)
            assert_alike(cut, found)
        case 2 | 5:
            for place, (block_size, threads, is_compiled) in enumerate(_CUTS):
                few = file.few(number + place * _APART)
                whole = list(read_blocks(few.data, threads=1))
                cut = list(read_blocks(few.data, threads=threads, block_size=block_size, is_compiled=is_compiled))
                judge(few, cut)
                assert_alike(cut, whole)
    told.mutations, told.bytes = MUTATIONS, len(data)
    told.processor = time.process_time() - begun
    told.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    _GROWN.append(told.megabytes)
    grown = _GROWN[-1] - _GROWN[: _WARM + 1][-1]
    assert grown <= GROWTH, f"the process has grown by {grown} MB since its first files"


def _too_long(*_asked: Any) -> None:  # noqa: ANN401 - a signal's number and frame
    raise AssertionError(f"it takes more than {LONGEST} seconds of processor time")


if __name__ == "__main__":
    main()
