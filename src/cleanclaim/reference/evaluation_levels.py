"""What each component of a physical therapy evaluation must reach for each level.

Every component must be met, so the lowest governs. The usual minutes of a level are typical only and stand nowhere
here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from cleanclaim.sources import Source


@dataclass(frozen=True, slots=True)
class EvaluationLevels:
    """The levels, lowest first: their codes, and by component the least count or the word of each."""

    codes: tuple[str, ...]
    history_factors: tuple[int, ...]
    elements_examined: tuple[int, ...]
    presentation: tuple[str, ...]
    decision_making: tuple[str, ...]
    source: Source


@cache
def levels() -> EvaluationLevels:
    """The table of levels.

    Raises:
        SourceError: the table lacks what a reader needs to find its source again.
    """
    file = resources.files("cleanclaim.reference").joinpath("data", "evaluation_levels.toml")
    data = tomllib.loads(file.read_text("utf-8"))
    source = Source.from_table(data.pop("source"))
    return EvaluationLevels(source=source, **{name: tuple(values) for name, values in data.items()})
