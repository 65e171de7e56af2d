"""Which lines of a claim the payer does not pay, and by which of its edits.

An edit sees what a payer sees: the claim, the plan, and what the payer decided before for the same patient and day. The
first edit that applies to a line denies it; the order here is the payer's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.money import Cents
from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.coverage import discipline_of, ended_on, visits_used
from cleanclaim.payer_sim.memory import Memory, Service
from cleanclaim.payer_sim.pack import Fee, Pack, Plan, Scenario
from cleanclaim.x12.parsed import ParsedClaim, ParsedLine

THERAPY_MODIFIERS = frozenset({"GP", "GO", "GN"})
_EXCEPTION = "KX"
_VOID, _REPLACEMENT = "8", "7"


@dataclass(slots=True)
class Case:
    """A claim on the payer's desk: who it is for, when it came, and what decides over it.

    `person` is the payer's key of the patient in the plan; `number` the payer's number of the claim. Every line has a
    code, a day, units and a charge: the front end returns claims that lack one.
    """

    claim: ParsedClaim
    plan: Plan
    person: str
    number: str
    received_on: date
    pack: Pack
    scenario: Scenario
    chance: Chance
    memory: Memory
    original: str = ""
    """The payer's number of the claim that this one replaces, where the payer has it."""
    left: tuple[Cents, ...] | None = None
    """What the payer before left to the patient on each line, where that one sent the claim on."""

    @property
    def is_secondary(self) -> bool:
        """Whether another payer comes before this one."""
        return self.claim.payer is not None and self.claim.payer.order not in {"", "P"}

    def day_key(self, day: date) -> str:
        """Where the services of the patient, the biller and the day are remembered."""
        npi = self.claim.billing.npi if self.claim.billing is not None else ""
        return f"{self.person}|{npi}|{day.isoformat()}"

    def earlier(self, line: ParsedLine) -> Sequence[Service]:
        """What was decided before for the day of a line."""
        return self.memory.services.get(self.day_key(service_day(line)), ())


def service_day(line: ParsedLine) -> date:
    """The day of a line; the front end has seen that there is one."""
    return line.date_of_service or date.min


def is_replacement(claim: ParsedClaim) -> bool:
    """Whether the claim stands for an earlier one."""
    return claim.frequency == _REPLACEMENT


def is_void(claim: ParsedClaim) -> bool:
    """Whether the claim takes an earlier one back."""
    return claim.frequency == _VOID


def denied(case: Case) -> list[str]:
    """For each line the name of the edit that denies it, or ""; the threshold is judged later, with the prices."""
    whole = _whole_claim(case)
    if whole:
        return [whole] * len(case.claim.lines)
    found: list[str] = []
    for place, line in enumerate(case.claim.lines):
        found.append(_line(case, place, line, found))
    if not all(found):
        surprise = case.chance.one_of(case.scenario.unforeseen, "unforeseen", case.person, case.claim.id)
        if surprise:
            found = [name or surprise for name in found]
    return found


def _whole_claim(case: Case) -> str:
    """The edit that denies the claim as a whole."""
    claim, plan = case.claim, case.plan
    if is_replacement(claim) or is_void(claim):
        if not plan.accepts_replacement:
            return "no_replacement"
        if not case.original:
            return "unknown_original"
    first = min(service_day(line) for line in claim.lines)
    last = max(service_day(line) for line in claim.lines)
    ended = ended_on(case.memory, case.scenario, case.chance, case.person, case.received_on)
    if ended is not None and last > ended:
        return "ended_coverage"
    if (case.received_on - first).days > plan.timely_days and not case.original:
        return "late"
    if case.is_secondary and not tells_prior_payment(claim):
        return "other_payer_first"
    return ""


def tells_prior_payment(claim: ParsedClaim) -> bool:
    """Whether the claim says what the payers before have paid."""
    on_lines = any(answer.paid_cents is not None for line in claim.lines for answer in line.answers)
    return on_lines or any(payer.paid_cents is not None for payer in claim.other_payers)


def _line(case: Case, place: int, line: ParsedLine, before: Sequence[str]) -> str:
    """The first edit that denies one line; `before` are the answers to the lines above it."""
    plan, pack = case.plan, case.pack
    code = pack.paid_as(plan, line.code)
    fee = pack.fees.get(code)
    if case.left is not None and case.left[place] <= 0:
        return "nothing_left"
    if _is_duplicate(case, place, line):
        return "duplicate"
    if fee is None:
        return "not_covered"
    if pack.is_bundled(plan, code):
        return "bundled"
    if plan.wants_therapy_modifier and fee.is_therapy and not THERAPY_MODIFIERS.intersection(line.modifiers):
        return "no_therapy_modifier"
    wanted = pack.edits.diagnoses.get(code)
    if wanted is not None and not any(diagnosis.startswith(wanted) for diagnosis in _diagnoses(case.claim, line)):
        return "diagnosis"
    if plan.wants_authorization and not (case.claim.prior_authorization or line.prior_authorization):
        return "no_authorization"
    return _beside_others(case, line, fee, before)


def _beside_others(case: Case, line: ParsedLine, fee: Fee, before: Sequence[str]) -> str:
    """The edit that denies a line for what else is paid: on its day, or in its year."""
    paid_above = [
        (other.code, other.modifiers, other.units or 0)
        for other, name in zip(case.claim.lines, before, strict=False)
        if not name and service_day(other) == service_day(line)
    ]
    paid_before = [(one.code, one.modifiers, one.units) for one in case.earlier(line) if one.is_paid]
    beside = [(other.code, other.modifiers, 0) for other in case.claim.lines if service_day(other) == service_day(line)]
    if _is_part_of_another(case, line, [*beside, *paid_before]):
        return "pair"
    if fee.is_therapy and _is_past_the_visits(case, line, before):
        return "visits_used_up"
    units = sum(count for other, _modifiers, count in (*paid_above, *paid_before) if other == line.code)
    return "too_many_units" if units + (line.units or 0) > fee.daily_units else ""


def _diagnoses(claim: ParsedClaim, line: ParsedLine) -> list[str]:
    """The diagnoses that a line points to; all of the claim where it points to none."""
    pointed = [claim.diagnoses[number - 1] for number in line.pointers if number <= len(claim.diagnoses)]
    return pointed or list(claim.diagnoses)


def _is_duplicate(case: Case, place: int, line: ParsedLine) -> bool:
    """Whether the same service was paid before, by another claim or a line above, or denied as it comes again.

    A denied service that comes again with something else beside it is decided anew.
    """
    same = (line.code, tuple(sorted(line.modifiers)), line.units, line.charge_cents)
    told = told_beside(case.claim, line)
    if any(
        (one.code, one.modifiers, one.units, one.charge_cents) == same and (one.is_paid or one.told == told)
        for one in case.earlier(line)
    ):
        return True
    return any(
        (above.code, tuple(sorted(above.modifiers)), above.units, above.charge_cents) == same
        and service_day(above) == service_day(line)
        for above in case.claim.lines[:place]
    )


def told_beside(claim: ParsedClaim, line: ParsedLine) -> str:
    """What else a claim tells that may decide over a line: authorization, diagnoses, what other payers have paid."""
    number = claim.prior_authorization or line.prior_authorization
    return "|".join((number, ",".join(_diagnoses(claim, line)), "after others" if tells_prior_payment(claim) else ""))


def _is_part_of_another(case: Case, line: ParsedLine, beside: Sequence[tuple[str, tuple[str, ...], int]]) -> bool:
    """Whether the line is the second code of a pair of the day, and nothing says that it stands by itself."""
    passes = frozenset(case.pack.edits.pairs.passes)
    if passes.intersection(line.modifiers):
        return False
    firsts = case.pack.firsts(case.plan, line.code)
    return any(code in firsts and not passes.intersection(modifiers) for code, modifiers, _units in beside)


def _is_past_the_visits(case: Case, line: ParsedLine, before: Sequence[str]) -> bool:
    """Whether the line's day would be one more than the plan pays in a year; `before` are the answers above it."""
    limit = case.plan.visit_limit
    if not limit:
        return False
    day, discipline = service_day(line), discipline_of(line.modifiers)
    days = set(visits_used(case.memory, case.plan, case.person, discipline, day.year))
    together = case.plan.counted_with(discipline)
    for other, name in zip(case.claim.lines, before, strict=False):
        if not name and service_day(other).year == day.year and discipline_of(other.modifiers) in together:
            days.add(service_day(other).isoformat())
    return day.isoformat() not in days and len(days) >= limit


def has_exception(line: ParsedLine) -> bool:
    """Whether the biller attests that care over the threshold was necessary."""
    return _EXCEPTION in line.modifiers
