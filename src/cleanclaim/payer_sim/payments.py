"""Payment days: the claims that are due, what is added to or taken from them, and the remittance of each payment.

A payment is never below zero: what is missing is carried forward (FB) and brought in with the payee's next payment.
Signs are those of the remittance: an adjustment of the provider (PLB) above zero takes from the payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cleanclaim.money import Cents
from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.decision import next_working_day
from cleanclaim.payer_sim.denials import service_day, told_beside
from cleanclaim.payer_sim.memory import Account, Decided, Kept, Memory, Payee, Recoupment, Service, Settled
from cleanclaim.payer_sim.pack import Pack, Scenario
from cleanclaim.payer_sim.taking_back import corrected, is_reviewed, release, renumber, services_key, turned
from cleanclaim.records.remittance import ProviderAdjustment, Remittance, RemittedLine

_REVIEWED = "not_necessary"
_LONGEST_REFERENCE = 50
_LONGEST_CLAIM_ID = 35


@dataclass(frozen=True, slots=True)
class Payment:
    """One remittance, for whom, and the decisions in it."""

    remittance: Remittance
    payee: Payee
    decided: tuple[Decided, ...]


def payments(
    memory: Memory, pack: Pack, scenario: Scenario, chance: Chance, *, through: date | None
) -> Iterator[Payment]:
    """Pay, day by day and payee by payee, what is due through that day; all that waits where there is none.

    A paid claim may be reviewed: its reversal and its correction then wait for a day of their own.
    """
    while True:
        due = [one for one in memory.waiting if through is None or one.pay_on <= through]
        if not due:
            return
        day = min(one.pay_on for one in due)
        key = min(one.payee.key for one in due if one.pay_on == day)
        now: list[Decided] = []
        later: list[Decided] = []
        for one in memory.waiting:
            (now if one.pay_on == day and one.payee.key == key else later).append(one)
        memory.waiting = later
        payment = _payment(memory, now, day)
        for one in now:
            if not one.claim.is_reversal:
                number = payment.remittance.trace_number
                memory.settled[one.claim.payer_control_number] = Settled(paid_on=day, trace_number=number)
        yield payment
        for one in now:
            _review(memory, pack, scenario, chance, one)


def _payment(memory: Memory, now: list[Decided], day: date) -> Payment:
    """The payment of one payee and day."""
    payee = now[0].payee
    account = memory.accounts.setdefault(payee.key, Account())
    trace = f"SIM{memory.next_payment:09d}"
    memory.next_payment += 1
    adjusted: list[tuple[str, str, Cents]] = []
    total = sum(one.claim.paid_cents for one in now)
    if account.forward_cents:
        adjusted.append(("FB", "", account.forward_cents))
    for one in now:
        if one.interest_cents:
            adjusted.append(("L6", "", -one.interest_cents))
        if one.owed_cents:
            reference = _reference(one, trace)
            adjusted.append(("WO", reference, -one.owed_cents))
            since = one.recoup_from or day
            memory.announced[reference] = payee.key
            account.recoupments.append(Recoupment(reference=reference, cents=one.owed_cents, since=since))
    account.forward_cents = 0
    adjusted.extend(_acknowledged(account, day))
    left = total - sum(cents for _reason, _reference, cents in adjusted)
    kept: list[Recoupment] = []
    for owed in account.recoupments:
        taken = min(owed.cents, max(left, 0)) if owed.since <= day else 0
        if taken:
            adjusted.append(("WO", owed.reference, taken))
            left -= taken
        if taken < owed.cents:
            kept.append(owed.model_copy(update={"cents": owed.cents - taken}))
    account.recoupments = kept
    if left < 0:
        adjusted.append(("FB", "", left))
        account.forward_cents = -left
        left = 0
    remittance = Remittance(
        segment=0,
        payer_name=payee.payer_name,
        payer_identifier=payee.payer_identifier,
        trace_number=trace,
        amount_cents=left,
        method="ACH" if left else "NON",
        paid_on=day,
        payee_npi=payee.npi,
        payee_tax_id=payee.tax_id,
        is_test=payee.is_test,
        claims=tuple(one.claim for one in now),
        provider_adjustments=tuple(
            ProviderAdjustment(segment=0, reason=reason, reference=reference, cents=cents)
            for reason, reference, cents in adjusted
        ),
    )
    return Payment(remittance, payee, tuple(now))


def _acknowledged(account: Account, day: date) -> Iterator[tuple[str, str, Cents]]:
    """The checks that have come by a day: each told as received (72), and as what it settles (WO).

    What was taken from a payment before the check came is owed no longer, and goes back with the payment.
    """
    for refund in [one for one in account.refunds if one.received_on <= day]:
        account.refunds.remove(refund)
        yield "72", refund.reference, -refund.cents
        left = refund.cents
        for place, owed in enumerate(account.recoupments):
            settled = min(owed.cents, left) if owed.reference == refund.reference else 0
            if settled:
                yield "WO", owed.reference, settled
                left -= settled
                account.recoupments[place] = owed.model_copy(update={"cents": owed.cents - settled})
    account.recoupments = [owed for owed in account.recoupments if owed.cents]


def _reference(one: Decided, trace: str) -> str:
    """How an overpayment is known: the provider's claim, the payer's claim, the payment."""
    text = one.claim.control_number[:_LONGEST_CLAIM_ID] + one.claim.payer_control_number + trace
    return text[:_LONGEST_REFERENCE]


def _review(memory: Memory, pack: Pack, scenario: Scenario, chance: Chance, one: Decided) -> None:
    """After a claim is paid: perhaps take a line of it back, once."""
    number = one.claim.payer_control_number
    if one.claim.is_reversal or one.replaces or memory.paid.get(number) != one:
        return
    if not is_reviewed(scenario, chance, one.person, one.claim.control_number):
        return
    new_number = f"{number}A"
    found = corrected(one.claim, pack.denial(_REVIEWED), new_number)
    if found is None:
        return
    claim, before = found
    day = next_working_day(one.pay_on + timedelta(days=scenario.taken_back_days))
    is_later = chance.happens(scenario.recouped_later, "recouped later", one.person, one.claim.control_number)
    reversal = one.model_copy(
        update={
            "claim": turned(one.claim),
            "pay_on": day,
            "interest_cents": 0,
            "owed_cents": one.claim.paid_cents - claim.paid_cents if is_later else 0,
            "recoup_from": day + timedelta(days=scenario.recouped_days) if is_later else None,
        }
    )
    correction = one.model_copy(update={"claim": claim, "pay_on": day, "interest_cents": 0, "replaces": number})
    release(memory, one, (before,))
    renumber(memory, one, new_number)
    memory.paid.pop(number)
    memory.paid[new_number] = correction
    kept = memory.kept.pop(number, None)
    if kept is not None:
        _deny_too(memory, kept, before, correction)
    memory.waiting.extend((reversal, correction))


def _deny_too(memory: Memory, kept: Kept, line: RemittedLine, correction: Decided) -> None:
    """Remember that a review has denied a line: as one that may be appealed, and that does not come again as it was."""
    code, number = line.billed_code or line.code, correction.claim.payer_control_number
    place = next(
        place
        for place, filed in enumerate(kept.claim.lines)
        if (filed.code, filed.control_number) == (code, line.control_number) and not kept.names[place]
    )
    names = (*kept.names[:place], _REVIEWED, *kept.names[place + 1 :])
    memory.kept[number] = kept.model_copy(update={"names": names, "decided_on": correction.pay_on})
    filed = kept.claim.lines[place]
    memory.services.setdefault(services_key(correction, service_day(filed)), []).append(
        Service(
            code=filed.code,
            modifiers=tuple(sorted(filed.modifiers)),
            units=filed.units or 0,
            charge_cents=filed.charge_cents or 0,
            is_paid=False,
            payer_claim=number,
            told=told_beside(kept.claim, filed),
        )
    )
