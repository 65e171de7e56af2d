"""What the payer says of a member's coverage and therapy benefits, from its plans and from what it remembers.

Everything said is what the payer would decide a claim by: the same deductible met, the same visits used, the same day
on which coverage ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.money import Cents
from cleanclaim.payer_sim.benefits import met_of
from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.coverage import ended_on, person_key, plan_of_member, visits_used
from cleanclaim.payer_sim.inquiries import EligibilityInquiry
from cleanclaim.payer_sim.memory import Memory
from cleanclaim.payer_sim.pack import Discipline, Pack, Plan, Scenario

SERVICE_TYPES: dict[str, Discipline] = {"PT": "PT", "AE": "PT", "AD": "OT", "AF": "ST"}
"""Kinds of care that are therapy, by discipline: physical therapy, physical medicine, occupational, speech."""
TOLD_AS: dict[Discipline, str] = {"PT": "PT", "OT": "AD", "ST": "AF"}
GENERAL = "30"
"""Health benefits in general: all therapy is told with it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Therapy benefits that are counted together, as they stand: money in cents, `visits` paid so far."""

    disciplines: tuple[Discipline, ...]
    visits: int
    threshold_used: Cents


@dataclass(frozen=True, slots=True)
class Benefits:
    """A member's answer. `ended` is the last day of coverage where it lies before the day asked about."""

    plan: Plan
    day: date
    ended: date | None
    deductible_met: Cents
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing is said of a member: a reason code of eligibility answers, and whether to ask again corrected."""

    reason: str
    follow_up: str = "C"


NO_NUMBER_OF_OURS = Refused("72")
NOT_FOUND = Refused("75")
NO_BIRTH_DATE = Refused("58")
NO_NAME = Refused("73")


@dataclass(frozen=True, slots=True)
class Desk:
    """What an inquiry is answered by."""

    memory: Memory
    pack: Pack
    scenario: Scenario
    chance: Chance
    today: date


def benefits(asked: EligibilityInquiry, desk: Desk) -> Benefits | Refused:
    """The answer to one question."""
    who, memory = asked.who, desk.memory
    member = who.subscriber.number
    plan = plan_of_member(memory, desk.pack, who.payer.number, member)
    if plan is None or not member:
        return NO_NUMBER_OF_OURS
    if not who.given_name:
        return NO_NAME
    if who.born is None:
        return NO_BIRTH_DATE
    if desk.chance.happens(desk.scenario.unknown_subscribers, "unknown", plan.id, member):
        return NOT_FOUND
    person = person_key(plan, member, who.born, who.given_name)
    day = who.day or desk.today
    ended = ended_on(memory, desk.scenario, desk.chance, person, desk.today)
    met = met_of(memory, desk.scenario, desk.chance, plan, f"{person}|{day.year}")
    return Benefits(
        plan=plan,
        day=day,
        ended=ended if ended is not None and day > ended else None,
        deductible_met=min(met, plan.deductible_cents),
        groups=tuple(_group(desk, plan, person, day, together) for together in _wanted(plan, asked.service_types)),
    )


def _wanted(plan: Plan, service_types: tuple[str, ...]) -> list[tuple[Discipline, ...]]:
    """The groups of disciplines asked about, each once."""
    if GENERAL in service_types or not service_types:
        disciplines: list[Discipline] = ["PT", "OT", "ST"]
    else:
        disciplines = [SERVICE_TYPES[one] for one in service_types if one in SERVICE_TYPES]
    return list(dict.fromkeys(plan.counted_with(one) for one in disciplines))


def _group(desk: Desk, plan: Plan, person: str, day: date, together: tuple[Discipline, ...]) -> Group:
    threshold = "OT" if together == ("OT",) else "PT"
    key = f"{person}|{threshold}|{day.year}"
    elsewhere = desk.chance.below(desk.scenario.other_spending_cents + 1, "elsewhere", key)
    return Group(
        disciplines=together,
        visits=len(visits_used(desk.memory, plan, person, together[0], day.year)),
        threshold_used=desk.memory.allowed.get(key, elsewhere),
    )
