"""Settings that every test runs under."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A deadline per example fails on a busy machine, and says nothing of the code.
settings.register_profile("cleanclaim", deadline=None, print_blob=True)
settings.register_profile("cleanclaim-ci", settings.get_profile("cleanclaim"), derandomize=True, database=None)
settings.load_profile("cleanclaim-ci" if os.environ.get("CI") else "cleanclaim")


@pytest.fixture(scope="module")
def no_running_loop() -> Iterator[None]:
    """No event loop runs in this thread, though a browser that an earlier test opened here has left one running."""
    held = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(held)
