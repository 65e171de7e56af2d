"""Settings that every test runs under."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A deadline per example fails on a busy machine, and says nothing of the code.
settings.register_profile("cleanclaim", deadline=None, print_blob=True)
settings.register_profile("cleanclaim-ci", settings.get_profile("cleanclaim"), derandomize=True, database=None)
settings.load_profile("cleanclaim-ci" if os.environ.get("CI") else "cleanclaim")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no core waits for another at the end.

    Tests that empty the database afterwards stay where they are, behind all that read the sample clinic in it.
    """
    items.sort(key=lambda item: 0 if "browser" in item.keywords else 1 if _is_slow(item) else 2)


def _is_slow(item: pytest.Item) -> bool:
    database = item.get_closest_marker("django_db")
    empties = database is not None and database.kwargs.get("transaction", False)
    return "slow" in item.keywords and not empties
