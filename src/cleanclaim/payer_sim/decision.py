"""The payer's decision on one claim: lines paid or denied, summed, remembered, and given a day of payment."""

from __future__ import annotations

from datetime import date, timedelta

from cleanclaim.money import Cents, divide
from cleanclaim.payer_sim.benefits import Price, Shares, deductible_met, prices, sequestration, shared
from cleanclaim.payer_sim.chance import WHOLE
from cleanclaim.payer_sim.coverage import discipline_of, visits_key
from cleanclaim.payer_sim.crossing_over import sent_on
from cleanclaim.payer_sim.denials import (
    Case,
    denied,
    has_exception,
    is_void,
    service_day,
    tells_prior_payment,
    told_beside,
)
from cleanclaim.payer_sim.memory import Decided, Kept, Payee, Service
from cleanclaim.payer_sim.packaging import Packaged, packaged
from cleanclaim.payer_sim.splitting import split
from cleanclaim.payer_sim.taking_back import is_reviewed, release, turned
from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.records.remittance import ClaimStatusCode, RemittedClaim, RemittedLine
from cleanclaim.x12.parsed import ParsedClaim, ParsedLine, ParsedPayer

_OCCUPATIONAL = "GO"
_SATURDAY = 5
_DAYS_OF_YEAR = 365
_LATER = {"S": ClaimStatusCode.SECONDARY, "T": ClaimStatusCode.TERTIARY}
_FORWARDED = {
    ClaimStatusCode.PRIMARY: ClaimStatusCode.PRIMARY_FORWARDED,
    ClaimStatusCode.SECONDARY: ClaimStatusCode.SECONDARY_FORWARDED,
}


def decide(case: Case, payee: Payee) -> list[Decided]:
    """What the payer decides on a claim: the reversal of the claim it replaces or takes back, if any, and the answer.

    The memory is changed: benefits are used up, services and the decision remembered.
    """
    claim, memory = case.claim, case.memory
    found: list[Decided] = []
    pay_on, interest_days = _payment_day(case)
    if case.original:
        original = memory.paid.pop(case.original)
        memory.kept.pop(case.original, None)
        release(memory, original, original.claim.lines)
        pay_on = max(pay_on, original.pay_on)
        found.append(
            original.model_copy(
                update={"claim": turned(original.claim), "pay_on": pay_on, "interest_cents": 0, "owed_cents": 0}
            )
        )
        if is_void(claim):
            return found
    return [*found, *answered(case, payee, denied(case), pay_on, interest_days)]


def answered(
    case: Case, payee: Payee, names: list[str], pay_on: date, interest_days: int, *, instead_of: Decided | None = None
) -> list[Decided]:
    """The answer to a claim whose lines are denied by these edits ("" for none), and the next payer's behind it.

    Interest is due for so many days, on what is paid beyond the answer that it stands `instead_of`. The answer is
    remembered.
    """
    decided = _decided(case, payee, names, pay_on, interest_days, instead_of)
    case.memory.paid[case.number] = decided
    _keep(case, names, pay_on)
    target = _next_payer(case, decided.claim) if decided.claim.forwarded_to else None
    if target is None:
        return [decided]
    return [decided, *decide(*sent_on(case, decided, target))]


def _keep(case: Case, names: list[str], pay_on: date) -> None:
    """Keep the claim where it may be appealed: a line is denied for what an appeal may overturn, or will be."""
    may_be_taken_back = is_reviewed(case.scenario, case.chance, case.person, case.claim.id)
    if may_be_taken_back or any(name in case.pack.edits.appeals for name in names):
        case.memory.kept[case.number] = Kept(
            claim=case.claim, names=tuple(names), received_on=case.received_on, decided_on=pay_on
        )


def _decided(
    case: Case, payee: Payee, names: list[str], pay_on: date, interest_days: int, instead_of: Decided | None
) -> Decided:
    """The answer to the claim as it stands, with `names` of the edits that deny its lines."""
    plan, claim = case.plan, case.claim
    share = plan.contract_share
    if case.chance.happens(case.scenario.underpaid_claims, "underpaid", case.person, claim.id):
        share = divide(share * case.scenario.underpaid_share, WHOLE)
    priced = _within_threshold(case, names, share)
    parts = packaged(case, names)
    at_claim = case.chance.happens(case.scenario.claim_level_sequestration, "sequestration", case.person, claim.id)
    withheld: Cents = 0
    lines: list[RemittedLine] = []
    priors = _prior(case)
    for place, (line, name, fee, prior) in enumerate(zip(claim.lines, names, priced, priors, strict=True)):
        shares, deductible = Shares(line.charge_cents or 0), 0
        part = parts.get(place)
        price = fee if part is None else Price(part.rate, 0)
        if name:
            shares.take(case.pack.denial(name), shares.paid)
        elif part is not None and not part.carries:
            shares.take(case.pack.cut("in_package"), shares.paid)
        else:
            shares, deductible = shared(case, line, price, prior)
            held = sequestration(plan, shares.paid)
            if at_claim:
                withheld += held
            else:
                shares.take(case.pack.cut("sequestration"), held)
        code = _code(case, line, name, part)
        told = _told(line, shares, code=code, allowed=None if name else price.allowed)
        _remember(case, line, price, deductible, denied_by=name)
        is_split = part is None and case.chance.happens(case.scenario.split_lines, "split", told.control_number)
        lines.extend((split(told) if is_split else ()) or (told,))
    remitted = _summed(case, lines, withheld, all_denied=all(names))
    target = _next_payer(case, remitted)
    if target is not None and not all(names):
        status = _FORWARDED.get(ClaimStatusCode(remitted.status), ClaimStatusCode(remitted.status))
        remark = (case.pack.edits.forwarded_remark,)
        update = {"status": status.value, "forwarded_to": target.name, "remarks": remark}
        remitted = remitted.model_copy(update=update)
    late = max(remitted.paid_cents - (instead_of.claim.paid_cents if instead_of is not None else 0), 0)
    interest = divide(late * plan.interest_share * interest_days, WHOLE * _DAYS_OF_YEAR)
    if interest:
        remitted = remitted.model_copy(update={"interest_cents": interest})
    return Decided(
        plan=plan.id,
        payee=payee,
        pay_on=pay_on,
        claim=remitted,
        person=case.person,
        place_of_service=claim.place_of_service,
        interest_cents=interest,
        forwarded_identifier=target.identifier if target is not None and remitted.forwarded_to else "",
        replaces=instead_of.claim.payer_control_number if instead_of is not None else "",
    )


# --- prices ---------------------------------------------------------------------------------------------------


def _within_threshold(case: Case, names: list[str], share: int) -> list[Price]:
    """The price of each line, 0 where it is denied; lines over the year's threshold without KX are denied here.

    A line that is denied no longer counts for the others, so they are priced again. `names` is changed.
    """
    while True:
        kept = [place for place, name in enumerate(names) if not name]
        found = prices(case, [case.claim.lines[place] for place in kept], contract_share=share)
        over = _first_over(case, kept, found)
        if over is None:
            by_place = dict(zip(kept, found, strict=True))
            return [by_place.get(place, Price(0, 0)) for place in range(len(names))]
        names[over] = "over_threshold"


def _first_over(case: Case, kept: list[int], found: list[Price]) -> int | None:
    """The first line that brings the patient's year over the threshold and does not attest that it may."""
    limit = case.plan.threshold_cents
    if not limit:
        return None
    spent: dict[str, Cents] = {}
    for place, price in zip(kept, found, strict=True):
        line = case.claim.lines[place]
        if not case.pack.fees[case.pack.paid_as(case.plan, line.code)].is_therapy:
            continue
        key = year_key(case, line)
        spent[key] = spent.get(key, allowed_so_far(case, key)) + price.allowed
        if spent[key] > limit and not has_exception(line):
            return place
    return None


def year_key(case: Case, line: ParsedLine) -> str:
    """Whose and which threshold a line counts for: occupational therapy has its own."""
    discipline = "OT" if _OCCUPATIONAL in line.modifiers else "PT"
    return f"{case.person}|{discipline}|{service_day(line).year}"


def allowed_so_far(case: Case, key: str) -> Cents:
    """What was allowed in the year, with what the patient spent elsewhere before this payer's memory begins."""
    elsewhere = case.chance.below(case.scenario.other_spending_cents + 1, "elsewhere", key)
    return case.memory.allowed.get(key, elsewhere)


def _prior(case: Case) -> list[Cents | None]:
    """What the payers before have paid on each line; a sum for the claim alone is shared out by charges."""
    claim = case.claim
    if not case.is_secondary or not tells_prior_payment(claim):
        return [None] * len(claim.lines)
    if any(line.answers for line in claim.lines):
        return [sum(max(answer.paid_cents or 0, 0) for answer in line.answers) for line in claim.lines]
    paid = sum(max(payer.paid_cents or 0, 0) for payer in claim.other_payers)
    total = sum(line.charge_cents or 0 for line in claim.lines)
    found: list[Cents | None] = []
    left = paid
    for line in claim.lines[:-1]:
        part = divide(paid * (line.charge_cents or 0), total) if total else 0
        found.append(min(part, left))
        left -= min(part, left)
    return [*found, left]


# --- the answer -----------------------------------------------------------------------------------------------


def _code(case: Case, line: ParsedLine, name: str, part: Packaged | None) -> str:
    """The code that is answered: the one billed where the line is denied, else that of the package or the plan."""
    if name:
        return line.code
    return part.code if part is not None else case.pack.paid_as(case.plan, line.code)


def _told(line: ParsedLine, shares: Shares, *, code: str, allowed: Cents | None) -> RemittedLine:
    """One line as the remittance tells it; nothing is `allowed` on one that is denied."""
    return RemittedLine(
        segment=0,
        code=code,
        modifiers=line.modifiers,
        units=line.units,
        billed_code=line.code if code != line.code else "",
        billed_modifiers=line.modifiers if code != line.code else (),
        charge_cents=line.charge_cents or 0,
        paid_cents=shares.paid,
        date_of_service=line.date_of_service,
        through=line.date_through,
        control_number=line.control_number,
        allowed_cents=allowed,
        adjustments=shares.adjustments(),
        remarks=tuple(shares.remarks),
    )


def _remember(case: Case, line: ParsedLine, price: Price, deductible: Cents, *, denied_by: str) -> None:
    """Use up benefits, and keep the service for whoever bills the same day again."""
    memory, is_paid = case.memory, not denied_by
    is_decided = bool(denied_by) and denied_by not in case.pack.edits.not_decided
    memory.services.setdefault(case.day_key(service_day(line)), []).append(
        Service(
            code=line.code,
            modifiers=tuple(sorted(line.modifiers)),
            units=line.units or 0,
            charge_cents=line.charge_cents or 0,
            is_paid=is_paid,
            payer_claim=case.number,
            told=told_beside(case.claim, line) if is_decided else None,
        )
    )
    if not is_paid:
        return
    if deductible:
        key = f"{case.person}|{service_day(line).year}"
        memory.deductibles[key] = deductible_met(case, line) + deductible
    is_therapy = case.pack.fees[case.pack.paid_as(case.plan, line.code)].is_therapy
    if case.plan.visit_limit and is_therapy:
        day = service_day(line)
        key = visits_key(case.plan, case.person, discipline_of(line.modifiers), day.year)
        days = memory.visits.setdefault(key, [])
        if day.isoformat() not in days:
            days.append(day.isoformat())
    if case.plan.threshold_cents and is_therapy:
        key = year_key(case, line)
        memory.allowed[key] = allowed_so_far(case, key) + price.allowed


def _summed(case: Case, lines: list[RemittedLine], withheld: Cents, *, all_denied: bool) -> RemittedClaim:
    """The claim from its lines; sequestration of the claim as a whole stands on the claim."""
    claim, plan = case.claim, case.plan
    on_claim: tuple[Adjustment, ...] = ()
    if withheld:
        reason = case.pack.cut("sequestration")
        on_claim = (Adjustment(group=reason.group, reason=reason.reason, amount_cents=withheld),)
    # A later payer that denies everything still says that it comes second: by that its answer is placed.
    status = plan.denied_status if all_denied and not case.is_secondary else _status(claim).value
    patient, subscriber = claim.patient, claim.subscriber
    member = subscriber.identifier if subscriber is not None else ""
    return RemittedClaim(
        segment=0,
        control_number=claim.id,
        status=status,
        charge_cents=sum(line.charge_cents for line in lines),
        paid_cents=sum(line.paid_cents for line in lines) - withheld,
        patient_cents=patient_share(lines),
        filing_indicator=plan.remitted_as,
        payer_control_number=case.number,
        frequency=claim.frequency,
        family_name=patient.name if patient is not None else "",
        given_name=patient.given_name if patient is not None else "",
        member_id=member,
        rendering_npi=claim.rendering.npi if claim.rendering is not None else "",
        begins_on=min(service_day(line) for line in claim.lines),
        ends_on=max(line.date_through or service_day(line) for line in claim.lines),
        received_on=case.received_on,
        adjustments=on_claim,
        lines=tuple(lines),
    )


def patient_share(lines: list[RemittedLine]) -> Cents:
    """What the adjustments of lines leave to the patient."""
    patient = AdjustmentGroup.PATIENT
    return sum(item.amount_cents for line in lines for item in line.adjustments if item.group is patient)


def _status(claim: ParsedClaim) -> ClaimStatusCode:
    """In which place this payer answers."""
    order = claim.payer.order if claim.payer is not None else ""
    return _LATER.get(order, ClaimStatusCode.PRIMARY)


def _next_payer(case: Case, remitted: RemittedClaim) -> ParsedPayer | None:
    """The payer that the claim is sent on to: a plan that crosses over, and something left to the patient."""
    if not case.plan.crosses_over or case.is_secondary or not remitted.patient_cents:
        return None
    found = next((payer for payer in case.claim.other_payers if payer.order == "S" and payer.identifier), None)
    return found if case.chance.happens(case.scenario.crossover, "crossover", case.person) else None


def _payment_day(case: Case) -> tuple[date, int]:
    """The working day on which the claim is paid, and for how many days interest is due."""
    days = case.plan.pays_after_days
    if case.chance.happens(case.scenario.late_payments, "late", case.person, case.claim.id):
        days += case.scenario.late_days
    day = next_working_day(case.received_on + timedelta(days=days))
    return day, max((day - case.received_on).days - case.plan.late_after_days, 0)


def next_working_day(day: date) -> date:
    """The day, or the Monday after it on a weekend; holidays are not known here."""
    return day + timedelta(days=max(7 - day.weekday(), 0)) if day.weekday() >= _SATURDAY else day
