"""Which units of a service carry the assistant modifier (CQ for physical, CO for occupational therapy).

Minutes of therapist and assistant together count as the therapist's. An assistant's independent share above the
de minimis standard puts the modifier on: of an untimed service as a whole, of a 15-minute code unit by unit. The
whole 15-minute blocks of each of the two are theirs. For what is left:

from 2022-01-01  one unit: without the modifier when the therapist furnished at least 8 of its minutes, else by
                 share; two units of the service, each party 9-14 minutes and 23-28 together: one with, one without.
2020 and 2021    one unit: by share alone. Two units: no rule for them was read.
before 2020      the modifiers did not exist.

Where units were pooled over several codes, two units can be left with fewer than 23 minutes of the service. No
rule read describes that split, so it is `undecided` and left to a person.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import polars as pl

from cleanclaim.money import RATE_SCALE
from cleanclaim.units.service_table import Column, Flags, Integers, checked, columns, series
from cleanclaim.units.unit_rules import UnitRules, current_rules


class AssistantMethod(StrEnum):
    """How a share is held against the de minimis standard; CMS names both, and near the edge they differ."""

    PERCENTAGE = "percentage"
    """The assistant's minutes are more than 10 % of the total."""
    SIMPLE = "simple"
    """The assistant's minutes reach a tenth of the total, rounded to a whole minute, plus one."""


class SplitBasis(StrEnum):
    """Why a service's units were split as they were."""

    NO_UNITS = "no units"
    BEFORE_MODIFIERS = "before the modifiers"
    NOT_SUBJECT = "not subject to the modifiers"
    NO_ASSISTANT = "no independent assistant minutes"
    ASSISTANT_ALONE = "the assistant furnished it all"
    SHARE_OF_SERVICE = "share of the untimed service"
    WHOLE_UNITS = "whole units only"
    FINAL_UNIT_THERAPIST = "final unit: the therapist's midpoint"
    FINAL_UNIT_SHARE = "final unit: share"
    TWO_FINAL_UNITS = "two final units: one each"
    UNDECIDED = "no rule describes it"


_NEEDS = {
    "day_id": pl.Int64,
    "code": pl.String,
    "date": pl.Date,
    "is_timed": pl.Boolean,
    "pt_minutes": pl.Int64,
    "pta_minutes": pl.Int64,
    "together_minutes": pl.Int64,
    "units": pl.Int64,
}
_OPTIONAL = {"assistant_modifier_applies": pl.Boolean}
_ONE, _TWO = 1, 2  # the shape of the rules themselves: one final unit, or two
_AT_LEAST = {"pt_minutes": 0, "pta_minutes": 0, "together_minutes": 0, "units": 0}


def assistant_split(
    services: pl.DataFrame,
    method: AssistantMethod = AssistantMethod.PERCENTAGE,
    rules: UnitRules | None = None,
) -> pl.DataFrame:
    """Add to each service how many of its units carry the assistant modifier.

    Args:
        services: one row per `day_id` (Int64) and `code` (String), with `date` (Date of service), `is_timed`
            (Boolean), `pt_minutes`, `pta_minutes` (each alone) and `together_minutes` (Int64, null unknown), and
            `units` (Int64, as allocated). Optional: `assistant_modifier_applies` (Boolean; false for codes that
            never take it, such as remote monitoring supplies; true when the column is absent).
        method: how shares are judged.
        rules: the numbers to judge by; the published ones when absent.

    Returns:
        The same rows in the same order, with `units_with_assistant_modifier`, `units_without` (Int64; null when
        unknown or undecided), `undecided` (Boolean; true when no rule read describes the split, null when unknown)
        and `split_basis` (String, a `SplitBasis`; null when unknown).

    Raises:
        ServiceTableError: a column is absent or of another type, a key is null or repeated, a number is negative.
    """
    rules = rules or current_rules()
    frame = checked(services, needs=_NEEDS, optional=_OPTIONAL, at_least=_AT_LEAST)
    table = columns(frame, (*_NEEDS.keys() - {"day_id", "code"}, *_OPTIONAL))
    applies = table["assistant_modifier_applies"]
    if "assistant_modifier_applies" not in frame.columns:
        applies = Column(np.ones(frame.height, np.bool_), np.ones(frame.height, np.bool_))
    therapist = table["pt_minutes"].values + table["together_minutes"].values
    assistant, assistant_known = table["pta_minutes"]
    units, units_known = table["units"]
    date, date_known = table["date"]
    timed = table["is_timed"].values
    all_known = (
        table["pt_minutes"].known & table["together_minutes"].known & assistant_known & units_known & date_known
    ) & (table["is_timed"].known & applies.known)

    per_unit = rules.minutes_per_unit
    whole = assistant // per_unit
    left = units - therapist // per_unit - whole
    therapist_left, assistant_left = therapist % per_unit, assistant % per_unit
    both_left = therapist_left + assistant_left
    final_rules = date >= np.datetime64(rules.final_unit_rules_from)
    least, most = rules.shared_units_least_each, rules.shared_units_most_each
    shared = (
        ((least <= therapist_left) & (therapist_left <= most))
        & ((least <= assistant_left) & (assistant_left <= most))
        & ((rules.shared_units_least_total <= both_left) & (both_left <= rules.shared_units_most_total))
    )
    of_service = exceeds_share(assistant, therapist + assistant, method, rules)
    of_unit = exceeds_share(assistant_left, both_left, method, rules)

    # The first four decide whatever else is unknown; all the rest need every input.
    cases: list[tuple[Flags, SplitBasis | None, Integers | int]] = [
        (units_known & (units == 0), SplitBasis.NO_UNITS, 0),
        (date_known & (date < np.datetime64(rules.assistant_modifiers_from)), SplitBasis.BEFORE_MODIFIERS, 0),
        (applies.known & ~applies.values, SplitBasis.NOT_SUBJECT, 0),
        (assistant_known & (assistant == 0), SplitBasis.NO_ASSISTANT, 0),
        (~all_known, None, 0),
        (~timed, SplitBasis.SHARE_OF_SERVICE, units * of_service),
        # Fewer units than whole blocks, as after a cap: whose they are is plain only if the assistant did all.
        ((left < 0) & (therapist == 0), SplitBasis.ASSISTANT_ALONE, units),
        (left == 0, SplitBasis.WHOLE_UNITS, whole),
        (
            (left == _ONE) & final_rules & (therapist_left >= rules.final_unit_therapist_minutes),
            SplitBasis.FINAL_UNIT_THERAPIST,
            whole,
        ),
        ((left == _ONE) & (both_left > 0), SplitBasis.FINAL_UNIT_SHARE, whole + of_unit),
        ((left == _TWO) & final_rules & shared, SplitBasis.TWO_FINAL_UNITS, whole + 1),
    ]
    bases = [basis for _, basis, _ in cases] + [SplitBasis.UNDECIDED]
    case, carried = np.full(frame.height, len(cases)), np.zeros(frame.height, np.int64)
    for place, (condition, _, count) in reversed(list(enumerate(cases))):
        case[condition] = place
        carried = np.where(condition, count, carried)
    unknown = case == bases.index(None)
    undecided = case == len(cases)
    no_count = unknown | undecided
    names = pl.Series("split_basis", bases, pl.String)
    return services.hstack(
        [
            series("units_with_assistant_modifier", carried, no_count),
            series("units_without", units - carried, no_count | ~units_known),
            series("undecided", undecided, unknown),
            names[case],
        ]
    )


def exceeds_share(assistant: Integers, total: Integers, method: AssistantMethod, rules: UnitRules) -> Flags:
    """Whether an assistant's independent minutes exceed the de minimis share of the total minutes."""
    share = total * rules.assistant_share_e4
    if method is AssistantMethod.PERCENTAGE:
        return assistant * RATE_SCALE > share
    rounded_tenth = (2 * share + RATE_SCALE) // (2 * RATE_SCALE)
    return assistant >= rounded_tenth + 1
