"""A payment taken back: the reversal of a decision, and the correction that stands for it.

A reversal repeats the decision with the sign of every amount turned; units are told as they were. What the decision had
used of the patient's benefits is given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cleanclaim.money import Cents
from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.coverage import discipline_of, visits_key
from cleanclaim.payer_sim.memory import Decided, Memory, Service
from cleanclaim.payer_sim.pack import Reason, Scenario, load_pack
from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.records.remittance import ClaimStatusCode, RemittedClaim, RemittedLine

_DEDUCTIBLE, _COPAY = "1", "3"


def is_reviewed(scenario: Scenario, chance: Chance, person: str, claim: str) -> bool:
    """Whether a claim is reviewed once it is paid, and a line of it taken back."""
    return chance.happens(scenario.taken_back, "review", person, claim)


def turned(claim: RemittedClaim) -> RemittedClaim:
    """The reversal of a claim."""
    update = {
        "status": ClaimStatusCode.REVERSAL.value,
        "charge_cents": -claim.charge_cents,
        "paid_cents": -claim.paid_cents,
        "patient_cents": None if claim.patient_cents is None else -claim.patient_cents,
        "interest_cents": None,
        "forwarded_to": "",
        "remarks": (),
        "adjustments": _turned(claim.adjustments),
        "lines": tuple(_turned_line(line) for line in claim.lines),
    }
    return claim.model_copy(update=update)


def _turned_line(line: RemittedLine) -> RemittedLine:
    update = {
        "charge_cents": -line.charge_cents,
        "paid_cents": -line.paid_cents,
        "allowed_cents": None,
        "adjustments": _turned(line.adjustments),
    }
    return line.model_copy(update=update)


def _turned(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(item.model_copy(update={"amount_cents": -item.amount_cents}) for item in adjustments)


def corrected(claim: RemittedClaim, reason: Reason, number: str) -> tuple[RemittedClaim, RemittedLine] | None:
    """The claim decided anew after a review: its first paid line denied. Also that line as it was.

    `None` where no line is paid. Adjustments of the claim as a whole are cut to what the lines still pay.
    """
    place = next((index for index, line in enumerate(claim.lines) if line.paid_cents > 0), None)
    if place is None:
        return None
    before = claim.lines[place]
    cut = Adjustment(group=reason.group, reason=reason.reason, amount_cents=before.charge_cents)
    denied = before.model_copy(
        update={"paid_cents": 0, "adjustments": (cut,), "allowed_cents": None, "remarks": reason.remarks}
    )
    lines = (*claim.lines[:place], denied, *claim.lines[place + 1 :])
    left = sum(line.paid_cents for line in lines)
    on_lines = left + before.paid_cents
    # The payer withholds on the claim a part of what its lines pay: the same part of what they still pay.
    on_claim = tuple(
        item.model_copy(update={"amount_cents": item.amount_cents * left // on_lines}) for item in claim.adjustments
    )
    kept = tuple(item for item in on_claim if item.amount_cents)
    patient = sum(
        item.amount_cents for line in lines for item in line.adjustments if item.group is AdjustmentGroup.PATIENT
    )
    update = {
        "payer_control_number": number,
        "paid_cents": left - sum(item.amount_cents for item in kept),
        "patient_cents": patient,
        "interest_cents": None,
        "adjustments": kept,
        "lines": lines,
    }
    return claim.model_copy(update=update), before


def release(memory: Memory, decided: Decided, lines: Iterable[RemittedLine]) -> None:
    """Give back what lines had used: deductible, the year's threshold, the day's services and copay."""
    number = decided.claim.payer_control_number
    for line in lines:
        if line.date_of_service is None:
            continue
        year = f"{decided.person}|{line.date_of_service.year}"
        if year in memory.deductibles:
            memory.deductibles[year] -= _taken(line, _DEDUCTIBLE)
        discipline = "OT" if "GO" in line.modifiers else "PT"
        key = f"{decided.person}|{discipline}|{line.date_of_service.year}"
        fee = load_pack().fees.get(line.code)
        if key in memory.allowed and line.allowed_cents and fee is not None and fee.is_therapy:
            memory.allowed[key] -= line.allowed_cents
        copay = f"{decided.person}|{line.date_of_service.isoformat()}"
        if copay in memory.copays:
            memory.copays[copay] -= _taken(line, _COPAY)
        day = services_key(decided, line.date_of_service)
        code = line.billed_code or line.code
        memory.services[day] = [
            one for one in memory.services.get(day, []) if (one.payer_claim, one.code) != (number, code)
        ]
        _release_visit(memory, decided, line, memory.services[day])


def services_key(decided: Decided, day: date) -> str:
    """Where the services of a decision's patient, payee and a day are remembered."""
    return f"{decided.person}|{decided.payee.npi}|{day.isoformat()}"


def renumber(memory: Memory, decided: Decided, number: str) -> None:
    """Keep what is remembered of a decision's services under the payer's new number of it."""
    old = decided.claim.payer_control_number
    for day in {line.date_of_service for line in decided.claim.lines if line.date_of_service is not None}:
        key = services_key(decided, day)
        memory.services[key] = [
            one.model_copy(update={"payer_claim": number}) if one.payer_claim == old else one
            for one in memory.services.get(key, [])
        ]


def _release_visit(memory: Memory, decided: Decided, line: RemittedLine, left: Iterable[Service]) -> None:
    """Give back the visit of a line's day, unless another service of the same discipline is still paid for it."""
    pack = load_pack()
    plan = next(plan for plan in pack.plans if plan.id == decided.plan)
    discipline, day = discipline_of(line.modifiers), line.date_of_service
    if day is None or not plan.visit_limit:
        return
    together = plan.counted_with(discipline)
    if any(
        one.is_paid and pack.is_therapy(plan, one.code) and discipline_of(one.modifiers) in together for one in left
    ):
        return
    key = visits_key(plan, decided.person, discipline, day.year)
    memory.visits[key] = [one for one in memory.visits.get(key, []) if one != day.isoformat()]


def _taken(line: RemittedLine, reason: str) -> Cents:
    """What a line took of a benefit of the patient, by the reason it stands under."""
    patient = AdjustmentGroup.PATIENT
    return sum(item.amount_cents for item in line.adjustments if (item.group, item.reason) == (patient, reason))
