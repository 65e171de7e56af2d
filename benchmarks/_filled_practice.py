"""A practice of a billing company with 200,000 claims of two years, on PostgreSQL, for measuring.

The sample clinic's patients are multiplied with all that belongs to them, sealed as it is in a practice; one claim in
twelve is still open. Filling takes minutes: `KEEP=FOLDER` keeps the practice there, and what is there already is
measured as it is, so remove the folder when the tables have changed. `CLAIMS=20000 CLINICS=2` makes a smaller one.

It is a morning: the workers have asked what the patients lack whose pages are opened (`begin_the_day`), as they do of
all patients in care when a clinic's day begins.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.postgres import Cluster

CLAIMS = int(os.environ.get("CLAIMS", "200000"))
CLINICS = int(os.environ.get("CLINICS", "8"))
KEEP = os.environ.get("KEEP", "")
DAY = date(2026, 9, 25)
"""The day on which everybody works: the sample clinic's."""
FOLDER = Path(__file__).parent.parent / "examples" / "clinic-day"
_FILLED = "filled"
_OPENED = 1_000
"""Patients of each clinic whose pages are opened: twenty pages of the list."""
_AT_ONCE = 50
_SETTINGS = ("shared_buffers=256MB", "work_mem=16MB", "max_connections=60")


@contextmanager
def filled_practice() -> Iterator[Cluster]:
    """The server with the practice in it; the environment names it, as the role that the app connects as."""
    from tests import postgres

    kept = Path(KEEP).resolve() if KEEP else None
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    home = tempfile.mkdtemp(prefix="cleanclaim-load-") if kept is None else str(kept / "home")
    cluster = postgres.start(*_SETTINGS, kept=None if kept is None else kept / "server")
    os.environ.update(
        CLEANCLAIM_HOME=home, CLEANCLAIM_DEMO="1", CLEANCLAIM_DEMO_DAY=DAY.isoformat(),
        CLEANCLAIM_DATABASE=cluster.address(postgres.OWNER),
    )  # fmt: skip
    try:
        if kept is None or not (kept / _FILLED).exists():
            _fill(cluster.address("postgres"))
            if kept is not None:
                (kept / _FILLED).touch()
        _act_as_the_app(cluster.address(postgres.APP))
        yield cluster
    finally:
        cluster.stop()


def begin_the_day() -> None:
    """Do what workers do when a clinic's day begins, for the patients whose pages are opened.

    What is kept of an earlier run stays, where neither day nor program are others.
    """
    from django.db import transaction

    from cleanclaim.practice import tenancy
    from cleanclaim.practice.engine.patients.kept_readiness import keep_of, state_of
    from cleanclaim.practice.models import Clinic, KeptReadiness, Patient

    started, asked = time.process_time(), 0
    for clinic in Clinic.objects.order_by("slug"):
        with transaction.atomic(), tenancy.scope([clinic.pk]):
            people = list(Patient.objects.values_list("pk", flat=True)[:_OPENED])
            kept = dict(KeptReadiness.objects.filter(asked_on=DAY).values_list("pk", "state"))
        for place in range(0, len(people), _AT_ONCE):
            with transaction.atomic(), tenancy.scope([clinic.pk]):
                piece = people[place : place + _AT_ONCE]
                changed = [key for key in piece if key not in kept or kept[key] != state_of(clinic, key)]
                keep_of(clinic, changed, on=DAY)
                asked += len(changed)
    print(f"asked what {asked:,} patients lack in {time.process_time() - started:,.0f} s of processor time")


def _act_as_the_app(address: str) -> None:
    """From now on this process, and those it starts, are the role that owns no table."""
    os.environ["CLEANCLAIM_DATABASE"] = address
    from cleanclaim.practice import serving

    serving.set_up()
    from django.db import connection

    from tests import postgres

    connection.settings_dict["USER"] = postgres.APP


def _fill(superuser: str) -> None:
    """Migrate, load the sample clinic, and multiply its claims; `superuser` is the database as its superuser."""
    from cleanclaim.practice import serving

    serving.prepare(migrate=True)
    import psycopg
    from django.db import connection

    from benchmarks._practice_rows import multiply
    from cleanclaim.practice import row_security, tenancy
    from cleanclaim.practice.demo import load_folder
    from tests import postgres

    started = time.perf_counter()
    made = 0
    for number in range(CLINICS):
        clinic = load_folder(FOLDER, f"clinic-{number}", on=serving.DEMO_DAY)
        with tenancy.scope([clinic.pk]):
            made += multiply(superuser, clinic, CLAIMS // CLINICS)
    row_security.grant(connection, postgres.APP)
    connection.close()
    with psycopg.connect(superuser, autocommit=True) as session:
        session.execute("VACUUM ANALYZE")  # as the database does by itself in a practice that grows day by day
    print(f"filled {made:,} claims in {time.perf_counter() - started:,.0f} s")
