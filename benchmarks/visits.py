"""How long a check takes: one visit through all facts and rules, and a large batch from notes to files.

The batch is the sample clinic, multiplied under new keys, so that its notes, payers and mistakes stay real.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from cleanclaim.bill.job import bill, the_judge
from cleanclaim.bill.output import Written, write_claim_files, write_documents
from cleanclaim.bill.prepare import prepare
from cleanclaim.facts.kit import Context
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.records import Patient, Visit
from cleanclaim.records.reading import Loaded, read_folder
from cleanclaim.reference.payers import load_folder

CLINIC = Path(__file__).parent.parent / "examples" / "clinic-day"
AS_OF = date(2026, 11, 16)
BATCH = 10_000
PROCESSES = 2


def main() -> None:
    """Print the median for one visit, and visits per second for the batch."""
    loaded = read_folder(CLINIC)
    assert loaded.clinic is not None
    packs = {payer.id: payer for payer in load_folder(CLINIC / "payers")}
    _one_visit(loaded, Context(payers=packs))
    patients, visits = _multiplied(loaded, BATCH)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        billed = bill(loaded.clinic, patients, visits, as_of=AS_OF, packs=packs, processes=PROCESSES)
        checked = time.perf_counter()
        written = Written()
        write_claim_files(
            billed, loaded.clinic, Path(folder), created=datetime(2026, 11, 16).astimezone(), written=written
        )
        write_documents(billed, [], Path(folder), written)
        ended = time.perf_counter()
    _say(f"bill, {len(visits):,} visits: {len(visits) / (ended - started):,.0f} visits/s to 837P, findings and JSON")
    _say(f"  of which notes, rules and claims {checked - started:.1f} s, files {ended - checked:.1f} s")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    other = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    _say(f"  peak memory {own:,.0f} MB, and {other:,.0f} MB of the process that reads notes beside it")


def _one_visit(loaded: Loaded, context: Context) -> None:
    assert loaded.clinic is not None
    judge = the_judge()
    times = []
    for visit in loaded.visits:
        (item,) = prepare([visit], loaded.patients, loaded.clinic, context.payers)
        tables = tables_of([item.case], loaded.clinic, AS_OF)
        judge.judge(tables, context).findings()
        started = time.perf_counter()
        judge.judge(tables, context).findings()
        times.append((time.perf_counter() - started) * 1e3)
    median = statistics.median(times)
    _say(f"one visit, all facts and {len(judge.rules)} rules: median {median:.1f} ms over {len(times)} visits")


def _multiplied(loaded: Loaded, count: int) -> tuple[dict[str, Patient], list[Visit]]:
    patients: dict[str, Patient] = {}
    visits: list[Visit] = []
    for copy in _copies():
        for key, patient in loaded.patients.items():
            patients[f"{key}-{copy}"] = patient.model_copy(update={"id": f"{key}-{copy}"})
        for visit in loaded.visits:
            changed = {"id": f"{visit.id}-{copy}", "patient_id": f"{visit.patient_id}-{copy}"}
            visits.append(visit.model_copy(update=changed))
            if len(visits) == count:
                return patients, visits
    raise AssertionError("the copies never end")


def _copies() -> Iterator[int]:
    copy = 0
    while True:
        yield copy
        copy += 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
