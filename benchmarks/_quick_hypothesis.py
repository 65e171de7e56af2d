"""A pytest plugin: the same Hypothesis examples every time, and no search for a smaller failing one."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile(
    "mutation", deadline=None, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
)


def pytest_collection_modifyitems() -> None:
    """After the suite's own settings are loaded, and before a test runs."""
    settings.load_profile("mutation")
