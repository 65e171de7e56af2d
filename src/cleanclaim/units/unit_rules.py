"""The numbers behind unit counting, from the reference values, where each has its dates and sources.

Nothing here is a number: 15, 8 and 10% are read from `unit_counting.toml`. The counting itself takes a `UnitRules`,
so a payer that counts by other numbers passes its own.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date

from cleanclaim.dates import Dated
from cleanclaim.reference import values


@dataclass(frozen=True, slots=True)
class UnitRules:
    """How minutes become units, and when an assistant's minutes put CQ or CO on them.

    Minutes are whole minutes; `assistant_share_e4` is a rate at 10⁻⁴. The field names are those of the series.
    """

    minutes_per_unit: int
    """Minutes in one unit."""
    least_pooled_minutes: int
    """Minutes beyond the whole units of the day that earn one more unit, all timed codes together."""
    least_midpoint_minutes: int
    """Minutes beyond the whole units of one code that earn it one more, each code alone."""
    assistant_share_e4: int
    """An assistant's independent share above this puts the modifier on."""
    assistant_modifiers_from: date
    """First date of service of the assistant modifiers."""
    final_unit_therapist_minutes: int
    """From `final_unit_rules_from`: with these minutes of a final unit by the therapist, no modifier."""
    final_unit_rules_from: date
    """First date of service of the two rules for final units."""
    shared_units_least_each: int
    """Two final units of a service are shared when therapist and assistant each have at least these minutes,"""
    shared_units_most_each: int
    """at most these,"""
    shared_units_least_total: int
    """together at least these"""
    shared_units_most_total: int
    """and at most these."""


@functools.cache
def current_rules() -> UnitRules:
    """The rules as last published, with the days from which the assistant rules hold."""
    return UnitRules(
        minutes_per_unit=_last("minutes_per_unit").value,
        least_pooled_minutes=_last("least_pooled_minutes").value,
        least_midpoint_minutes=_last("least_midpoint_minutes").value,
        assistant_share_e4=_last("assistant_share").value,
        assistant_modifiers_from=_begins("assistant_share"),
        final_unit_therapist_minutes=_last("final_unit_therapist_minutes").value,
        final_unit_rules_from=_begins("final_unit_therapist_minutes"),
        shared_units_least_each=_last("shared_units_least_each").value,
        shared_units_most_each=_last("shared_units_most_each").value,
        shared_units_least_total=_last("shared_units_least_total").value,
        shared_units_most_total=_last("shared_units_most_total").value,
    )


def _last(name: str) -> Dated[int]:
    return values.series(name).values[-1]


def _begins(name: str) -> date:
    start = _last(name).valid_from
    if start is None:
        raise values.ValuesError(f"unit_counting.toml: {name} lacks its first date of service, key 'from'")
    return start
