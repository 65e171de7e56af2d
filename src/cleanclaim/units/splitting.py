"""Which units of one day carry the assistant modifier, with the reasons in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from cleanclaim.money import RATE_SCALE
from cleanclaim.units.allocation import allocate
from cleanclaim.units.assistants import AssistantMethod, SplitBasis, assistant_split
from cleanclaim.units.counting import Timed, UnitMethod, day_table
from cleanclaim.units.service_table import ServiceTableError
from cleanclaim.units.unit_rules import UnitRules, current_rules
from cleanclaim.units.wording import counted


class Hands(NamedTuple):
    """One service's minutes by whose hands; `None` is unknown.

    Minutes that therapist and assistant gave together are in `together` alone, and count as the therapist's.
    """

    therapist: int | None = 0
    assistant: int | None = 0
    together: int | None = 0

    @property
    def total(self) -> int | None:
        """All minutes of the service."""
        if self.therapist is None or self.assistant is None or self.together is None:
            return None
        return self.therapist + self.assistant + self.together


@dataclass(frozen=True, slots=True)
class AssistantSplit:
    """One service's units with and without the assistant modifier; `None` is unknown or undecided."""

    units: int | None
    with_modifier: int | None
    without_modifier: int | None
    undecided: bool | None
    """No rule read describes the split: a person decides."""
    basis: SplitBasis | None
    explanation: str


def split_assistant(  # noqa: PLR0913 - each is a setting of a payer, a practice or a therapist
    minutes: Mapping[str, Hands],
    *,
    on: date | None,
    method: AssistantMethod = AssistantMethod.PERCENTAGE,
    unit_method: UnitMethod = UnitMethod.EIGHT_MINUTE,
    timed: Timed = None,
    prefer: Sequence[str] = (),
    rules: UnitRules | None = None,
) -> dict[str, AssistantSplit]:
    """Count the units of one day and split each code's between therapist and assistant.

    Args:
        minutes: code → minutes by whose hands.
        on: date of service, which decides the rules that hold; `None` unknown.
        method: how an assistant's share is judged.
        unit_method: how the payer counts units.
        timed: which codes are 15-minute codes, as for `count_units`.
        prefer: the therapist's choice in a tie, first choice first.
        rules: the numbers to judge by; the published ones when absent.

    Raises:
        ServiceTableError: minutes that are not a whole number of 0 or more; names the code.

    >>> day = split_assistant({"97110": Hands(therapist=13, assistant=23), "97140": Hands(therapist=30)},
    ...                       on=date(2026, 3, 4), timed={"97110", "97140"})
    >>> [(code, split.with_modifier, split.without_modifier) for code, split in day.items()]
    [('97110', 1, 1), ('97140', 0, 2)]
    >>> print(day["97110"].explanation)
    97110: the therapist furnished 13 minutes of the final unit, at least 8, so it has no modifier: 1 with, 1 without
    """
    rules = rules or current_rules()
    for code, hands in minutes.items():
        for part, value in hands._asdict().items():
            if value is not None and (type(value) is not int or value < 0):
                raise ServiceTableError(f"{code}: {part} minutes are {value!r}; expected a whole number of 0 or more")
    counted_day = allocate(
        day_table({code: hands.total for code, hands in minutes.items()}, timed=timed, prefer=prefer), rules
    )
    parts = pl.DataFrame(
        [tuple(hands) for hands in minutes.values()],
        schema=dict.fromkeys(("pt_minutes", "pta_minutes", "together_minutes"), pl.Int64),
        orient="row",
    )
    services = counted_day.hstack(parts).with_columns(
        pl.lit(on, pl.Date).alias("date"), pl.col(f"units_{unit_method}").alias("units")
    )
    rows = assistant_split(services, method, rules).to_dicts()
    return {
        row["code"]: AssistantSplit(
            units=row["units"],
            with_modifier=row["units_with_assistant_modifier"],
            without_modifier=row["units_without"],
            undecided=row["undecided"],
            basis=SplitBasis(row["split_basis"]) if row["split_basis"] else None,
            explanation=f"{row['code']}: {_explanation(row, method, rules)}",
        )
        for row in rows
    }


def _explanation(row: Mapping[str, Any], method: AssistantMethod, rules: UnitRules) -> str:
    basis = SplitBasis(row["split_basis"]) if row["split_basis"] else None
    if basis is None:
        return "no data, because a minute, the date or the basis of the code is unknown"
    fixed = {
        SplitBasis.NO_UNITS: "it takes no unit",
        SplitBasis.BEFORE_MODIFIERS: f"assistant modifiers begin on {rules.assistant_modifiers_from}",
        SplitBasis.NOT_SUBJECT: "this code never takes the modifier",
        SplitBasis.NO_ASSISTANT: "the assistant furnished no minutes alone, so no modifier",
    }
    return fixed[basis] if basis in fixed else f"{_reason(basis, row, method, rules)}{_result(row)}"


def _reason(basis: SplitBasis, row: Mapping[str, Any], method: AssistantMethod, rules: UnitRules) -> str:
    therapist, assistant = row["pt_minutes"] + row["together_minutes"], row["pta_minutes"]
    if basis is SplitBasis.SHARE_OF_SERVICE:
        return _share(
            assistant, therapist + assistant, "", method, rules, carries=row["units_with_assistant_modifier"] > 0
        )
    per_unit = rules.minutes_per_unit
    therapist_left, assistant_left = therapist % per_unit, assistant % per_unit
    whole = assistant // per_unit
    if basis is SplitBasis.ASSISTANT_ALONE:
        return "the assistant furnished it all alone, so every unit carries the modifier"
    if basis is SplitBasis.WHOLE_UNITS:
        return f"only whole units of {per_unit} minutes, each to who furnished it"
    if basis is SplitBasis.FINAL_UNIT_THERAPIST:
        return (
            f"the therapist furnished {counted(therapist_left, 'minute')} of the final unit, at least "
            f"{rules.final_unit_therapist_minutes}, so it has no modifier"
        )
    if basis is SplitBasis.FINAL_UNIT_SHARE:
        total = therapist_left + assistant_left
        carries = row["units_with_assistant_modifier"] > whole
        return _share(assistant_left, total, " of the final unit", method, rules, carries=carries)
    if basis is SplitBasis.TWO_FINAL_UNITS:
        return (
            f"two units are left, with {counted(therapist_left, 'minute')} by the therapist and {assistant_left} "
            f"by the assistant, so one carries the modifier and one does not"
        )
    left = row["units"] - therapist // per_unit - whole
    what = f"{counted(left, 'unit')} beyond the whole ones" if left >= 0 else "fewer units than the whole ones"
    return (
        f"{what}, for {counted(therapist_left, 'minute')} by the therapist and {assistant_left} by the assistant, is a "
        f"split that no rule read describes, so a person decides"
    )


def _share(
    assistant: int, total: int, of_what: str, method: AssistantMethod, rules: UnitRules, *, carries: bool
) -> str:
    outcome = "so it carries the modifier" if carries else "so no modifier"
    part = f"the assistant furnished {assistant} of {counted(total, 'minute')}{of_what} alone"
    percent = f"{rules.assistant_share_e4 * 100 // RATE_SCALE}%"
    if method is AssistantMethod.PERCENTAGE:
        return f"{part}, {'more' if carries else 'not more'} than {percent}, {outcome}"
    return f"{part}, {'' if carries else 'not '}over {percent} by the simple method, {outcome}"


def _result(row: Mapping[str, Any]) -> str:
    carried = row["units_with_assistant_modifier"]
    return "" if carried is None else f": {carried} with, {row['units_without']} without"
