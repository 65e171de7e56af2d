"""Settings that every test runs under."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import settings

# What the developer has loaded does not reach the tests: they answer from what is shipped.
os.environ["CLEANCLAIM_DATA"] = str(Path(tempfile.gettempdir()) / "cleanclaim-tests-load-nothing-here")

# One worker per core already keeps the cores busy; must be set before Polars is imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

# A deadline per example fails on a busy machine, and says nothing of the code.
settings.register_profile("cleanclaim", deadline=None, print_blob=True)
settings.register_profile("cleanclaim-ci", settings.get_profile("cleanclaim"), derandomize=True, database=None)
settings.load_profile("cleanclaim-ci" if os.environ.get("CI") else "cleanclaim")
