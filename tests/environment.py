"""What every test process is told before anything is imported: loaded by pytest with `-p`, ahead of Django's settings."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# What the developer has loaded does not reach the tests: they answer from what is shipped.
os.environ["CLEANCLAIM_DATA"] = str(Path(tempfile.gettempdir()) / "cleanclaim-tests-load-nothing-here")

# The practice has a home of its own for each process, and plays on the sample clinic's day.
os.environ["CLEANCLAIM_HOME"] = tempfile.mkdtemp(prefix="cleanclaim-practice-")
os.environ["CLEANCLAIM_SECRET_KEY"] = "no secret: " + "tests" * 10
os.environ["CLEANCLAIM_DEMO"] = "1"
os.environ["CLEANCLAIM_DEMO_DAY"] = "2026-09-25"

# `./dev test --postgres`: the first process starts a server, and the workers beside it find its address here.
if os.environ.get("CLEANCLAIM_TEST_POSTGRES") == "1":
    from tests import postgres

    os.environ["CLEANCLAIM_TEST_POSTGRES"] = postgres.start().address()
if os.environ.get("CLEANCLAIM_TEST_POSTGRES"):
    os.environ["CLEANCLAIM_DATABASE"] = os.environ["CLEANCLAIM_TEST_POSTGRES"]
else:
    os.environ.pop("CLEANCLAIM_DATABASE", None)

# One worker per core already keeps the cores busy; must be set before Polars is imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
