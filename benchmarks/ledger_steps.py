"""A clinic's money in any order, for a night: a million random steps in the database, with crashes between statements.

`./dev bench ledger_steps`; a part of it: `STEPS=20000 SEED=7 ./dev bench ledger_steps`. `POSTGRES=1` asks PostgreSQL.

The same steps as in the tests (claims, answers, reversals, payments, refunds, write-offs, replacements, deposits), in
lives of three hundred: each begins with the sample clinic as it was loaded, ends with `ledger verify`, and is rolled
back. A life that fails prints its seed, with which it is the same life again.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanclaim.practice.models import Clinic
    from tests.practice.accounts.any_order import Steps

STEPS = int(os.environ.get("STEPS", "1000000"))
SEED = int(os.environ.get("SEED", "1"))
LIFE = 300
TOLD_EVERY = 60.0


def main() -> None:
    """Load the sample clinic once, live, and say how far it came."""
    os.environ.update(
        CLEANCLAIM_HOME=tempfile.mkdtemp(prefix="cleanclaim-steps-"), CLEANCLAIM_DEMO="1",
        CLEANCLAIM_DEMO_DAY="2026-09-25",
    )  # fmt: skip
    if not os.environ.get("POSTGRES"):
        _lives()
        return
    from tests import postgres

    cluster = postgres.start()
    try:
        os.environ["CLEANCLAIM_DATABASE"] = cluster.address(postgres.OWNER)
        _lives()
    finally:
        cluster.stop()


def _lives() -> None:
    from cleanclaim.practice import serving

    serving.prepare(migrate=True)
    from django.db import connection

    from cleanclaim.practice.demo import load_folder
    from tests.practice.conftest import DAY, FOLDER

    clinic = load_folder(FOLDER, "millrace", on=DAY)
    started = told = time.perf_counter()
    done = crashed = refused = steps = 0
    for seed in range(SEED, SEED + -(-STEPS // LIFE)):
        count = min(LIFE, STEPS - steps)
        life = _life(clinic, seed, count)
        steps += count
        done, crashed, refused = done + life.done, crashed + life.crashed, refused + life.refused
        if time.perf_counter() - told > TOLD_EVERY:
            told = time.perf_counter()
            sys.stdout.write(f"{steps:,} steps, {steps / (told - started):.0f} a second\n")
            sys.stdout.flush()
    took = time.perf_counter() - started
    sys.stdout.write(
        f"{connection.vendor}: {steps:,} steps in {took:,.0f} s: {done:,} done, {refused:,} refused, "
        f"{crashed:,} crashed; every ledger holds\n"
    )


def _life(clinic: Clinic, seed: int, count: int) -> Steps:
    from django.db import transaction

    from cleanclaim.practice import tenancy
    from tests.practice.accounts.any_order import Steps

    with transaction.atomic(), tenancy.scope([clinic.pk]):
        life = Steps(clinic, seed)
        try:
            for _step in range(count):
                life.step()
            life.check_all()
        except BaseException:
            sys.stdout.write(f"SEED={seed} STEPS={count}: it does not hold\n")
            raise
        transaction.set_rollback(True)
        return life
