"""The public definition of each figure, as `definitions.toml` says it: numerator, denominator, exclusions, source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from cleanclaim.sources import Source


class Measure(StrEnum):
    """The figures, in the order they are shown."""

    FIRST_SENDING = "first_pass"
    DENIED_WHOLE = "denied_whole"
    DENIED_IN_PART = "denied_in_part"
    DENIED_DOLLARS = "denied_dollars"
    NET_COLLECTION = "net_collection"
    NET_DAYS = "net_days"
    AGED = "aged"
    DENIALS_LOST = "denials_lost"
    DENIALS_WAITING = "denials_waiting"
    CLEAN_BY_TOOL = "clean_by_tool"
    CLEAN_BY_CLEARINGHOUSE = "clean_by_clearinghouse"
    POINT_OF_SERVICE = "point_of_service"
    UNBILLED_DAYS = "unbilled_days"
    FILING_LAG = "filing_lag"


class MeasureUnit(StrEnum):
    """What kind of number a figure is."""

    RATE = "rate"
    DAYS = "days"
    CENTS = "cents"


@dataclass(frozen=True, slots=True)
class MeasureDefinition:
    """One figure's definition. `better` is `higher` or `lower`."""

    measure: Measure
    label: str
    unit: MeasureUnit
    better: str
    numerator: str
    denominator: str
    excludes: str
    source: Source


@cache
def definitions() -> dict[Measure, MeasureDefinition]:
    """Every figure's definition, in the order they are shown."""
    text = resources.files("cleanclaim.measures").joinpath("definitions.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)
    return {
        measure: MeasureDefinition(
            measure=measure,
            label=listed[measure]["label"],
            unit=MeasureUnit(listed[measure]["unit"]),
            better=listed[measure]["better"],
            numerator=listed[measure]["numerator"],
            denominator=listed[measure]["denominator"],
            excludes=listed[measure]["excludes"],
            source=Source.from_table(listed[measure]["source"]),
        )
        for measure in Measure
    }
