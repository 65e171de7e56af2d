"""Settings that every test runs under."""

from __future__ import annotations

import os

from hypothesis import settings

# A deadline per example fails on a busy machine, and says nothing of the code.
settings.register_profile("cleanclaim", deadline=None, print_blob=True)
settings.register_profile("cleanclaim-ci", settings.get_profile("cleanclaim"), derandomize=True, database=None)
settings.load_profile("cleanclaim-ci" if os.environ.get("CI") else "cleanclaim")
