"""The whole table of pair edits: how long it takes to load, in how much memory, and what a check against it costs.

The edition is made up, in CMS's own layout and size: 2,546,017 edits in four zipped parts, 1,669,820 of them in force,
the edits that are shipped among them, so that both tables give the same findings. Loading runs in a process of its
own. A check is the pair rules over each visit of the sample clinic, and over that clinic multiplied; the shipped and
the loaded table take turns, and each figure is the median.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.visits import AS_OF, CLINIC, _multiplied
from cleanclaim.bill.prepare import prepare
from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Context
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.lines.tables import Tables
from cleanclaim.records.reading import read_folder
from cleanclaim.reference import ncci
from cleanclaim.reference.payers import load_folder
from cleanclaim.reference.published.editions import BUILT_IN, Editions, using
from cleanclaim.reference.published.store import read_manifest
from cleanclaim.rules import book

EDITS = 2_546_017
ACTIVE = 1_669_820
PARTS = 4
CODES = 12_800
ARCHIVE = 4_000
MOST_SECONDS = 20
MOST_MEGABYTES = 1_500
MOST_RATIO = 1.5
HEAD = (
    "CPT only copyright 2025 American Medical Association.  All rights reserved.\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\t"
    "Modifier 0=not allowed 1=allowed 9=not applicable\tPTP Edit Rationale\r\n"
)
_LOAD = """
import resource, sys, time
from datetime import date
from pathlib import Path
from cleanclaim.reference.published.load import load_files
started = time.perf_counter()
[kept], _ = load_files([Path(word) for word in sys.argv[1:]], today=date(2026, 11, 21))
taken = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_SELF)
print(kept.rows, taken, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)
"""


def main() -> None:
    """Make the edition, load it, and check against it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        parts = made_edition(place)
        data = place / "data"
        environment = {**os.environ, "CLEANCLAIM_DATA": str(data)}
        command = [sys.executable, "-c", _LOAD, *map(str, parts)]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - ours
        rows, seconds, processor, megabytes = ran.stdout.split()
        assert int(rows) == EDITS
        _say(
            f"{EDITS:,} edits loaded in {float(seconds):.1f} s ({float(processor):.1f} s of processor time), "
            f"{int(megabytes):,} MB; expected {MOST_SECONDS} s and {MOST_MEGABYTES:,} MB at most"
        )
        stored = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
        _say(f"  kept in {stored / 2**20:.0f} MB")
        _compare(Editions(read_manifest(data)))


def made_edition(folder: Path) -> list[Path]:
    """Four zips of a made-up edition of 2026-07-01."""
    pick = random.Random(7)
    shipped = ncci.shipped_pairs().filter(pl.col("modifier_indicator") != ncci.VOID, pl.col("ended_on").is_null())
    rows = {(first, second): indicator for first, second, indicator in shipped.select(shipped.columns[:3]).iter_rows()}
    known = sorted({code for pair in rows for code in pair})
    codes = [f"{pick.randrange(100, 100_000):05d}" for _ in range(CODES)] + [f"G{n:04d}" for n in range(0, 3_000, 10)]
    codes = [code for code in codes if code not in set(known)]
    in_force = list(rows.items())
    while len(rows) < ACTIVE:
        pair = (pick.choice(codes), pick.choice(codes))
        if pair not in rows:
            rows[pair] = pick.randrange(2)
            in_force.append((pair, rows[pair]))
    ended: dict[tuple[str, str], int] = {}
    while len(ended) < EDITS - ACTIVE:
        pair = (pick.choice(codes), pick.choice(codes))
        if pair not in rows and pair not in ended:
            ended[pair] = pick.choice((0, 1, 1, 9))
    reason = "Standards of medical/surgical practice"
    lines = [f"{a}\t{b}\t\t20200101\t*\t{indicator}\t{reason}\r\n" for (a, b), indicator in in_force]
    lines += [
        f"{a}\t{b}\t\t20100101\t{'20100101' if indicator == 9 else '20191231'}\t{indicator}\t{reason}\r\n"
        for (a, b), indicator in ended.items()
    ]
    lines.sort()
    paths = []
    for number in range(PARTS):
        name = f"ccipra-v322r0-f{number + 1}"
        part = lines[number * len(lines) // PARTS : (number + 1) * len(lines) // PARTS]
        with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(f"{name}.TXT", HEAD + "".join(part))
        paths.append(folder / f"{name}.zip")
    return paths


def _compare(loaded: Editions) -> None:
    read = read_folder(CLINIC)
    assert read.clinic is not None
    packs = {payer.id: payer for payer in load_folder(CLINIC / "payers")}
    context = Context(payers=packs)
    pairs = Judge([rule for rule in book.rules() if rule.code.startswith("PR")])
    every = Judge(book.rules())
    visits: list[Tables] = []
    for visit in read.visits:
        (item,) = prepare([visit], read.patients, read.clinic, packs)
        visits.append(tables_of([item.case], read.clinic, AS_OF))
    patients, many = _multiplied(read, ARCHIVE)
    archive = tables_of([item.case for item in prepare(many, patients, read.clinic, packs)], read.clinic, AS_OF)
    _say_ratio(
        f"one visit, {len(pairs.rules)} pair rules",
        "ms",
        1e3,
        [_judging(pairs, one, context) for one in visits],
        loaded,
        5,
    )
    some = [_judging(every, one, context) for one in visits[::3]]
    _say_ratio(f"one visit, all {len(every.rules)} rules", "ms", 1e3, some, loaded, 3)
    several = [_judging(pairs, archive, context)]
    _say_ratio(f"{ARCHIVE:,} visits at once, {len(pairs.rules)} pair rules", "s", 1, several, loaded, 9)


def _judging(judge: Judge, tables: Tables, context: Context) -> Callable[[], int]:
    return lambda: len(judge.judge(tables, context).findings())


def _say_ratio(
    what: str, unit: str, scale: float, runs: list[Callable[[], int]], loaded: Editions, rounds: int
) -> None:
    """The median of each table's best rounds, and how they compare."""
    best: dict[str, list[float]] = {"shipped": [], "loaded": []}
    for run in runs:
        times: dict[str, list[float]] = {"shipped": [], "loaded": []}
        for _ in range(rounds):
            for name, editions in (("shipped", BUILT_IN), ("loaded", loaded)):
                with using(editions):
                    run()
                    started = time.process_time()
                    run()
                    times[name].append(time.process_time() - started)
        for name, measured in times.items():
            best[name].append(min(measured))
    shipped, full = (statistics.median(best[name]) * scale for name in ("shipped", "loaded"))
    _say(
        f"{what}: {shipped:.2f} {unit} with the shipped pairs, {full:.2f} {unit} with all: {full / shipped:.2f} times; "
        f"expected {MOST_RATIO} at most"
    )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
