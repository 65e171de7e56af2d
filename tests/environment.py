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

# One worker per core already keeps the cores busy; must be set before Polars is imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
