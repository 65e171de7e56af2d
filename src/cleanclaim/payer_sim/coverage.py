"""What a member has with the payer: the plan, the day on which coverage ended, and the visits of a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.memory import Memory
from cleanclaim.payer_sim.pack import Discipline, Pack, Plan, Scenario

_MANY = 366 * 3
_BY_MODIFIER: dict[str, Discipline] = {"GO": "OT", "GN": "ST"}


def person_key(plan: Plan, member: str, born: date | None, given_name: str) -> str:
    """The payer's key of a patient: plan, member number, birth date and given name."""
    return f"{plan.id}|{member}|{born.isoformat() if born is not None else ''}|{given_name.upper()}"


def plan_of_member(memory: Memory, pack: Pack, payer_identifier: str, member: str) -> Plan | None:
    """The plan that a member number belongs to.

    It is the plan of the claims of that member and payer where there were some; else the plan of the payer's other
    claims, where the number has that plan's shape; else the first plan whose shape it has, the most demanding shape
    first. `None` where no plan has such numbers.
    """
    by_id = {plan.id: plan for plan in pack.plans}
    known = memory.members.get(f"{payer_identifier}|{member}")
    if known is not None:
        return by_id[known]
    of_payer = {plan for key, plan in memory.members.items() if key.rpartition("|")[0] == payer_identifier}
    candidates = [by_id[name] for name in sorted(of_payer)] or sorted(pack.plans, key=lambda plan: -len(plan.member_id))
    return next((plan for plan in candidates if plan.fits(member)), None)


def ended_on(memory: Memory, scenario: Scenario, chance: Chance, person: str, asked_on: date) -> date | None:
    """The last day of a person's coverage, where it has ended, within three years before it was first asked for.

    A service on that day is still covered. The day is remembered, so that claims and inquiries are told the same.
    """
    if not chance.happens(scenario.ended_coverage, "ended", person):
        return None
    if person not in memory.ended:
        memory.ended[person] = asked_on - timedelta(days=chance.below(_MANY, "ended on", person))
    return memory.ended[person]


def discipline_of(modifiers: Iterable[str]) -> Discipline:
    """Whose line it is: occupational and speech therapy say so, all else is physical therapy."""
    return next((_BY_MODIFIER[modifier] for modifier in modifiers if modifier in _BY_MODIFIER), "PT")


def visits_key(plan: Plan, person: str, discipline: Discipline, year: int) -> str:
    """Where the days of a counted benefit are remembered."""
    return f"{person}|{'+'.join(plan.counted_with(discipline))}|{year}"


def visits_used(memory: Memory, plan: Plan, person: str, discipline: Discipline, year: int) -> Sequence[str]:
    """The days of a year that were paid."""
    return memory.visits.get(visits_key(plan, person, discipline, year), ())
