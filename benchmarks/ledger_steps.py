"""A clinic's money in any order, for a night: a million random steps in the database, with crashes between statements.

`./dev bench ledger_steps`; a part of it: `STEPS=20000 SEED=7 ./dev bench ledger_steps`. `WORKERS` processes (as many as
there are cores) live side by side; `POSTGRES=1` asks PostgreSQL. With `STATE=FILE` the lives that are done are written
down, and the same command goes on where it was ended.

The steps are those of the tests (`tests.practice.accounts.any_order`): the product's own code on a database, held
against a count of every cent that shares nothing with it. They come in lives of three hundred, each of them in one
database transaction that is rolled back: it begins with the sample clinic as it was loaded. The sample clinic is loaded
once; each process has a copy of it. A life that fails prints its seed, with which it is the same life again
(`SEED=… STEPS=300 WORKERS=1`), and ends all of them with exit code 1.

What is checked, here as in the short form of the test suite (two lives of sixty steps):

- after every step, what it wrote: the amounts of each line, patient, payer and document that it moved, and no others;
  and in the count, that every cent of every line is somewhere and that the cash is what was paid;
- after every crash and every fifty steps, the whole ledger, added up anew, against the whole count; and that the step,
  done again, does what is missing and nothing twice;
- at a life's end, all that `cleanclaim ledger verify` asks (every transaction's digest, every line, every document and
  the cash), every patient's account, the protected amounts and the day sheet.

Not checked: several people at once (`practice_load`), a machine that loses power, and what the rules say of a visit,
which is judged once a process and not in every life. Almost nine tenths of what a step costs are the product's own code
(a visit that is judged first among it): it is not the checks that a night waits for.

Rates are told twice: by the clock, and by the time that the processors spent on it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.postgres import Cluster

STEPS = int(os.environ.get("STEPS", "1000000"))
SEED = int(os.environ.get("SEED", "1"))
WORKERS = int(os.environ.get("WORKERS", "0")) or os.cpu_count() or 1
STATE = os.environ.get("STATE", "")
LIFE = 300
TOLD_EVERY = 60.0
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of the machine's memory, where it has one
_LOADED = "practice.sqlite3"
_TEMPLATE = "practice"


@dataclass
class Told:
    """What some lives came to."""

    lives: int = 0
    steps: int = 0
    done: int = 0
    refused: int = 0
    crashed: int = 0
    processor: float = 0.0
    by_kind: dict[str, int] = field(default_factory=dict)

    def add(self, other: Told) -> None:
        """One more of them."""
        for name in ("lives", "steps", "done", "refused", "crashed", "processor"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, count in other.by_kind.items():
            self.by_kind[kind] = self.by_kind.get(kind, 0) + count


@dataclass
class Night:
    """How far a night has come: all that its lives came to, and by seed those that are done."""

    told: Told = field(default_factory=Told)
    seeds: list[int] = field(default_factory=list)

    @classmethod
    def read(cls) -> Night:
        """The night that the state file tells of; a new one where there is none."""
        if not STATE or not Path(STATE).is_file():
            return cls()
        kept = json.loads(Path(STATE).read_text(encoding="utf-8"))
        return cls(Told(**kept["told"]), kept["seeds"])

    def write(self) -> None:
        """Write it down, whole or not at all."""
        if STATE:
            fresh = Path(f"{STATE}.new")
            fresh.write_text(json.dumps({"told": asdict(self.told), "seeds": sorted(self.seeds)}), encoding="utf-8")
            fresh.replace(STATE)

    def left(self) -> Iterator[tuple[int, int]]:
        """The lives that are still to be lived: their seeds, and how many steps each has."""
        done = set(self.seeds)
        for place in range(-(-STEPS // LIFE)):
            if SEED + place not in done:
                yield SEED + place, min(LIFE, STEPS - place * LIFE)


def main() -> None:
    """Load the sample clinic once, live, and say how far it came; exit with 1 where a life does not hold."""
    home = Path(tempfile.mkdtemp(prefix="cleanclaim-steps-", dir=MEMORY if MEMORY.is_dir() else None))
    os.environ.update(CLEANCLAIM_HOME=str(home), CLEANCLAIM_DEMO="1", CLEANCLAIM_DEMO_DAY="2026-09-25")
    os.environ["POLARS_MAX_THREADS"] = "1"
    cluster = None
    signal.signal(signal.SIGTERM, lambda *_asked: sys.exit(1))  # whoever ends it early leaves nothing behind
    try:
        if os.environ.get("POSTGRES"):
            from tests import postgres

            cluster = postgres.start()
            os.environ["CLEANCLAIM_DATABASE"] = cluster.address(postgres.OWNER)
        held = _lives(home, cluster)
    finally:
        if cluster is not None:
            cluster.stop()
        shutil.rmtree(home, ignore_errors=True)
    if not held:
        sys.exit(1)


def _lives(home: Path, cluster: Cluster | None) -> bool:
    """All lives; whether each of them held."""
    processes = multiprocessing.get_context("spawn")
    with processes.Pool(1) as loading:
        vendor = loading.apply(_load)
    night = Night.read()
    before, started, told = night.told.steps, time.perf_counter(), time.perf_counter()
    places = processes.SimpleQueue()
    for place in range(WORKERS):
        places.put(_copy(home, place, cluster))
    with processes.Pool(WORKERS, _begin, (places,)) as pool:
        for seed, life, why in pool.imap_unordered(_live, night.left()):
            if why:
                sys.stdout.write(f"{why}\nSEED={seed} STEPS={LIFE} WORKERS=1: it does not hold\n")
                return False
            night.told.add(life)
            night.seeds.append(seed)
            night.write()
            if time.perf_counter() - told > TOLD_EVERY:
                told = time.perf_counter()
                _tell(night.told, (night.told.steps - before) / (told - started))
    took = time.perf_counter() - started
    _tell(night.told, (night.told.steps - before) / took)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(night.told.by_kind.items()))
    sys.stdout.write(f"{kinds}\n{vendor}: every ledger holds\n")
    return True


def _tell(told: Told, rate: float) -> None:
    by_processor = told.steps / told.processor if told.processor else 0.0
    sys.stdout.write(
        f"{told.steps:,} steps in {told.lives:,} lives: {told.done:,} done, {told.refused:,} refused, "
        f"{told.crashed:,} crashed; {rate:.0f} a second, {by_processor:.1f} a second of a processor\n"
    )
    sys.stdout.flush()


def _copy(home: Path, place: int, cluster: Cluster | None) -> str:
    """A copy of the loaded clinic for one process; its address for `CLEANCLAIM_DATABASE`."""
    if cluster is None:
        copied = home / f"{place}.sqlite3"
        shutil.copyfile(home / _LOADED, copied)
        return f"sqlite:///{copied}"
    import psycopg

    from tests import postgres

    name = f"{_TEMPLATE}_{place}"
    with psycopg.connect(host=str(cluster.folder), user="postgres", dbname="postgres", autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} OWNER {postgres.OWNER}".encode())
    return cluster.address(postgres.OWNER, name)


# --- in a process of its own -----------------------------------------------------------------------------------------


def _load() -> str:
    """Load the sample clinic, with the same keys every time; says on which database."""
    from cleanclaim.practice import serving

    serving.prepare(migrate=True)
    from django.db import connection

    from cleanclaim.practice.demo import load_folder
    from tests.practice.conftest import DAY, FOLDER

    keys = SimpleNamespace(urandom=random.Random(0).randbytes)
    with patch.object(uuid, "os", keys):
        load_folder(FOLDER, serving.DEMO_SLUG, on=DAY)
    vendor = connection.vendor
    if vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return vendor


def _begin(places: Any) -> None:  # noqa: ANN401 - a queue of addresses
    """A process begins: it takes a copy of the clinic, and sets Django up on it."""
    address = places.get()
    os.environ["CLEANCLAIM_DATABASE"] = address
    from cleanclaim.practice import serving

    serving.set_up()
    from django.db import connection

    if urlsplit(address).scheme == "sqlite":
        with connection.cursor() as cursor:
            # All of a life is one transaction that is rolled back: what it changes stays in memory.
            for pragma in ("cache_size=-200000", "temp_store=MEMORY", "synchronous=OFF"):
                cursor.execute(f"PRAGMA {pragma}")


def _live(life: tuple[int, int]) -> tuple[int, Told, str]:
    """One life: its seed, what it came to, and why it does not hold, if it does not."""
    from django.db import transaction

    from cleanclaim.practice import serving, tenancy
    from cleanclaim.practice.models import Clinic
    from tests.practice.accounts.any_order import Life

    seed, count = life
    clinic = Clinic.objects.get(slug=serving.DEMO_SLUG)
    started = time.process_time()
    told, why = Told(), ""
    with transaction.atomic(), tenancy.scope([clinic.pk]):
        lived = Life(clinic, seed)
        try:
            lived.live(count)
        except BaseException:  # noqa: BLE001 - whatever it was, the life does not hold
            why = traceback.format_exc()
        transaction.set_rollback(True)
    if not why:
        processor = time.process_time() - started
        told = Told(1, count, lived.done, lived.refused, lived.crashed, processor, lived.done_by_kind)
    return seed, told, why
