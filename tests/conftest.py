"""Settings that every test runs under."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Generator

import pytest
from hypothesis import settings

# A deadline per example fails on a busy machine, and says nothing of the code.
settings.register_profile("cleanclaim", deadline=None, print_blob=True)
settings.register_profile("cleanclaim-ci", settings.get_profile("cleanclaim"), derandomize=True, database=None)
settings.load_profile("cleanclaim-ci" if os.environ.get("CI") else "cleanclaim")


_PATIENCE = 240.0
"""Seconds that a worker waits for the first one, on a machine that checks everything beside the tests."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """In a new checkout the first worker compiles all tests; the others wait for that, rather than do it beside it."""
    cache = getattr(session.config, "cache", None)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if cache is None or worker is None:
        return (yield)
    compiled = cache.mkdir("compiled") / "tests"
    until = time.monotonic() + _PATIENCE
    while worker != "gw0" and not compiled.exists() and time.monotonic() < until:
        time.sleep(0.2)
    result = yield
    compiled.touch()
    return result


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no core waits for another at the end.

    Tests that empty the database afterwards stay where they are, behind all that read the sample clinic in it.
    """
    items.sort(key=lambda item: 0 if "browser" in item.keywords else 1 if _is_slow(item) else 2)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was collected stays until the end: garbage is looked for among what the tests make."""
    gc.collect()
    gc.freeze()


def _is_slow(item: pytest.Item) -> bool:
    database = item.get_closest_marker("django_db")
    empties = database is not None and database.kwargs.get("transaction", False)
    return "slow" in item.keywords and not empties
