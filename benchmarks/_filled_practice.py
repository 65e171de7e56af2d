"""A practice of a billing company with 200,000 claims of two years, on PostgreSQL, for measuring.

The sample clinic's patients are multiplied with all that belongs to them, sealed as it is in a practice; one claim in
twelve is still open. Filling takes minutes: `KEEP=FOLDER` keeps the practice there, and what is there already is
measured as it is, so remove the folder when the tables have changed. `CLAIMS=20000 CLINICS=2` makes a smaller one.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.postgres import Cluster

CLAIMS = int(os.environ.get("CLAIMS", "200000"))
CLINICS = int(os.environ.get("CLINICS", "8"))
KEEP = os.environ.get("KEEP", "")
FOLDER = Path(__file__).parent.parent / "examples" / "clinic-day"
_FILLED = "filled"
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
        CLEANCLAIM_HOME=home, CLEANCLAIM_DEMO="1", CLEANCLAIM_DEMO_DAY="2026-09-25",
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
