"""A synthetic year from its making to its figures, in stages that are kept: stopped, it goes on where it was.

    year → months at the billing desks → the two desks' years → figures

The months are billed one after the other, for a later month is judged in the light of the earlier ones. The two desks'
years know nothing of each other: with several processes each has its own, and files and posts a month as soon as it is
billed, while the next one is.
"""

from __future__ import annotations

import errno
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from cleanclaim.private_files import write_private
from cleanclaim.simulation import figures, keeping
from cleanclaim.simulation.arm import ArmYear, Month, run_arm
from cleanclaim.simulation.books import as_json
from cleanclaim.simulation.desk import Desk, Outcome, Worked
from cleanclaim.simulation.material import population
from cleanclaim.simulation.year import Truth, Year, make_year, of_month, truth_of

BY_HABIT, WITH_CHECKS = "by-habit", "with-checks"
DESKS = (BY_HABIT, WITH_CHECKS)
_MONTHS = 12
_BILLED_ON = 3
"""The day of the next month on which a month's visits are looked at."""
_MARK = "year.json"
_LOOKS_EVERY = 0.2
"""Seconds after which a desk looks again whether the next month is billed."""
_KILOBYTES_TO_MEGABYTES = 1_024


Advance = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""


class OtherYearError(ValueError):
    """A folder that holds another year than the one that is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which year: how many visits are treated, from which seed, and how rough the payers are."""

    visits: int
    seed: int
    scenario: str


@dataclass(slots=True)
class Told:
    """What a run came to: the report, and what it took (seconds by stage, megabytes at the most)."""

    report: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: int = 0


def simulate(asked: Asked, out: Path, *, jobs: int, advance: Advance) -> Told:
    """Run a year, or go on with one that was stopped.

    Args:
        asked: which year.
        out: where everything is kept: `report.json`, and a folder of each desk with claims, answers and the ledger.
        jobs: processes that work at a time.
        advance: told the stage, how much of it is done, and of how much.

    Raises:
        OtherYearError: the folder holds another year.
    """
    told = Told({})
    _mark(out, asked)
    with _timed(told, "notes written"):
        year = make_year(asked.visits, asked.seed)
    with _desks_at_work(asked, out, truth_of(year), jobs) as desks_done:
        with _timed(told, "billed and worked"):
            worked = _billed(year, asked, out, jobs, advance)
        with _timed(told, "answered, posted and paid"):
            desks = desks_done(advance)
    told.report = {
        "year": population().year,
        "visits": asked.visits,
        "seed": asked.seed,
        "scenario": asked.scenario,
        "entered": figures.of_year(year, worked),
        "desks": desks,
        "faults": figures.all_faults(desks.values()),
    }
    told.megabytes = _peak()
    write_private(out / "key.json", _json(_key(year)))
    return told


def _mark(out: Path, asked: Asked) -> None:
    """Write down which year the folder holds, or see that it is this one."""
    mark, wanted = out / _MARK, {"visits": asked.visits, "seed": asked.seed, "scenario": asked.scenario}
    if mark.exists():
        try:
            there = json.loads(mark.read_text("utf-8"))
        except ValueError:
            there = None
        if there != wanted:
            raise OtherYearError(f"{out}: holds another year; expected an empty folder, or {_MARK} with {wanted}")
        return
    if out.exists() and any(out.iterdir()):
        raise OtherYearError(f"{out}: holds other files; expected an empty folder")
    write_private(mark, _json(wanted))


def _billed(year: Year, asked: Asked, out: Path, jobs: int, advance: Advance) -> list[Worked]:
    desk = Desk(year, asked.seed, max(jobs - 1, 1))
    found: list[Worked] = []
    reader = keeping.Reader()
    for month in range(1, _MONTHS + 1):
        file, visits = _month_file(out, month), of_month(year, month)
        if file.exists():
            worked = list(reader.read(file.read_bytes()))
            desk.remember(visits, worked)
        else:
            as_of = date(population().year + month // _MONTHS, month % _MONTHS + 1, _BILLED_ON)
            worked = desk.month(visits, as_of)
            write_private(file, keeping.written(worked))
        for one in worked:
            # The claims are kept with the month: a year of them is a good deal of memory.
            one.habitual = one.checked = one.superbill = None
        found.extend(worked)
        advance("Billing", month, _MONTHS)
    return found


def _month_file(out: Path, month: int) -> Path:
    return out / "months" / f"{month:02d}.jsonl"


# --- the desks' years -----------------------------------------------------------------------------------------


@contextmanager
def _desks_at_work(asked: Asked, out: Path, truth: Truth, jobs: int) -> Iterator[Callable[[Advance], dict[str, Any]]]:
    """The desks' years: with several processes they begin at once and wait for the months.

    What is given is called when all months are billed: it waits for the desks that are not done, and tells the figures.
    """
    left = [name for name in DESKS if not _figures_file(out, name).exists()]

    def told(advance: Advance, waits: Mapping[str, Callable[[], object]]) -> dict[str, Any]:
        for done, name in enumerate(DESKS):
            advance("Payers", done, len(DESKS))
            if name in waits:
                waits[name]()
        advance("Payers", len(DESKS), len(DESKS))
        return {name: json.loads(_figures_file(out, name).read_text("utf-8")) for name in DESKS}

    if jobs == 1 or not left:
        yield lambda advance: told(advance, {name: partial(desk_year, asked, out, name, truth) for name in left})
        return
    # A process that is forked while Polars runs can hang.
    context = multiprocessing.get_context("spawn")
    given_up = context.Event()
    with ProcessPoolExecutor(len(left), context, initializer=_stop_with, initargs=(given_up,)) as pool:
        futures = {name: pool.submit(desk_year, asked, out, name, truth) for name in left}
        try:
            yield lambda advance: told(advance, {name: future.result for name, future in futures.items()})
        finally:
            given_up.set()


class _Stop:
    """Whether the months that this process waits for will still come."""

    given_up: Event | None = None


def _stop_with(given_up: Event) -> None:
    _Stop.given_up = given_up


def _months(out: Path, name: str) -> Iterator[Month]:
    """A desk's months, each as soon as it is kept."""
    reader = keeping.Reader()
    for number in range(1, _MONTHS + 1):
        file = _month_file(out, number)
        while not file.exists():
            if _Stop.given_up is None or _Stop.given_up.wait(_LOOKS_EVERY):
                raise FileNotFoundError(errno.ENOENT, "expected a month that is billed", str(file))
        worked = list(reader.read(file.read_bytes()))
        filings = [one.checked if name == WITH_CHECKS else one.habitual for one in worked]
        yield Month(
            filings=[one for one in filings if one is not None],
            superbills=[(one.key, one.entered, one.superbill) for one in worked if one.superbill is not None],
            objected={
                one.key for one in worked if one.blocking and (name == BY_HABIT or one.outcome is Outcome.SET_ASIDE)
            },
        )


def desk_year(asked: Asked, out: Path, name: str, truth: Truth) -> None:
    """One desk's year, from the months that are kept; writes its files, its ledger and its figures."""
    folder = out / name

    def keep(file: str, data: bytes) -> None:
        write_private(folder / file, data)

    found: ArmYear = run_arm(
        _months(out, name),
        truth,
        seed=asked.seed,
        scenario=asked.scenario,
        disputes=name == WITH_CHECKS,
        keep=keep,
    )
    ledger = "".join(f"{as_json(item)}\n" for item in found.clearing.books.book)
    write_private(folder / "ledger.jsonl", ledger.encode())
    write_private(_figures_file(out, name), _json(figures.of_arm(found)))


def _figures_file(out: Path, name: str) -> Path:
    return out / name / "figures.json"


# --- beside ---------------------------------------------------------------------------------------------------


def _key(year: Year) -> dict[str, Any]:
    """The answer key: every slip, in the words of somebody who watched."""
    return {
        "slips": [
            {
                "slip": one.name,
                "of": key,
                "visits": list(one.visits),
                "who": one.who,
                "what": one.what,
                "can_be_set_right": one.is_mendable,
            }
            for key, found in sorted(year.slips.items())
            for one in found
        ]
    }


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


@contextmanager
def _timed(told: Told, stage: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    told.seconds[stage] = time.monotonic() - begun


def _peak() -> int:
    """The most memory that this process or one of its children took, in megabytes."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    scale = _KILOBYTES_TO_MEGABYTES if sys.platform != "darwin" else _KILOBYTES_TO_MEGABYTES**2
    return max(own, children) // scale
