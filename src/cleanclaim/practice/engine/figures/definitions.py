"""What each figure counts, as `figures.toml` says it: numerator, denominator, exclusions, and whose words they are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from cleanclaim.sources import Source


class Unit(StrEnum):
    """What kind of number a figure is."""

    RATE = "rate"
    CENTS = "cents"
    COUNT = "count"
    EACH = "each"


class Metric(StrEnum):
    """The figures, in the order they are shown."""

    CLEAN_CLAIMS = "clean_claims"
    FIRST_SENDING = "first_pass"
    HELD_BACK = "held_back"
    LEFT_DOLLARS = "left_dollars"
    LEFT_UNITS = "left_units"
    VISITS = "visits"
    UNITS_PER_VISIT = "units_per_visit"
    FINDINGS = "findings"


@dataclass(frozen=True, slots=True)
class Definition:
    """The public definition of one figure. `better` is `higher`, `lower`, or empty where neither is."""

    metric: Metric
    label: str
    unit: Unit
    better: str
    numerator: str
    denominator: str
    excludes: str
    source: Source


@cache
def definitions() -> dict[Metric, Definition]:
    """Every figure's definition, in the order they are shown."""
    text = resources.files("cleanclaim.practice.engine.figures").joinpath("figures.toml").read_text("utf-8")
    listed = tomllib.loads(text)
    return {
        metric: Definition(
            metric=metric,
            label=listed[metric]["label"],
            unit=Unit(listed[metric]["unit"]),
            better=listed[metric].get("better", ""),
            numerator=listed[metric]["numerator"],
            denominator=listed[metric]["denominator"],
            excludes=listed[metric]["excludes"],
            source=Source.from_table(listed[metric]["source"]),
        )
        for metric in Metric
    }
