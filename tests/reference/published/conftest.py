"""Each test of loading has a data folder of its own, and look-ups forget what another test loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanclaim.reference.published.editions import refresh


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's data folder, empty."""
    folder = tmp_path / "data"
    monkeypatch.setenv("CLEANCLAIM_DATA", str(folder))
    refresh()
    yield folder
    monkeypatch.undo()
    refresh()
