"""Steps between a clinic and its patients: payments, plans, credits, superbills, balances of another system."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from cleanclaim.ledger.entries import LedgerError
from cleanclaim.practice.engine.claims.filing import give_to_patient
from cleanclaim.practice.engine.ledger.ledger_rows import closed_through
from cleanclaim.practice.engine.ledger.opening_balances import EARLIER_PAYER, bring_forward, line_of, take_out
from cleanclaim.practice.engine.ledger.payment_plans import paid_cents
from cleanclaim.practice.engine.ledger.receipts import NotTakenError, Payment, take, use_credit, void
from cleanclaim.practice.models import (
    Claim,
    ClaimStatus,
    LedgerTransaction,
    Means,
    OpeningBalance,
    PaymentPlan,
    Receipt,
)
from tests.practice.accounts.any_order import Life, Step
from tests.practice.accounts.expected_money import PATIENT, Change, charged, paid_by_patient, together, turned

_EARLIER = timedelta(days=50)


def _on_lines(change: Change, owed: dict[str, int], cents: int) -> bool:
    """Whether a patient's lines got as much as they owe or as there is, none more than is owed on it."""
    paid = {whose: moved for (what, whose, who), moved in change.items() if (what, who) == ("paid", PATIENT)}
    lines = together(*(paid_by_patient(line, part) for line, part in paid.items()))
    on_lines = {amount: moved for amount, moved in change.items() if amount[0] in {"open", "paid"}}
    return (
        lines == on_lines
        and sum(paid.values()) == min(cents, sum(owed.values()))
        and all(0 < part <= owed.get(line, 0) for line, part in paid.items())
    )


def pay(life: Life) -> Step:
    """A patient pays, the oldest first or lines that they choose; the same form again changes nothing."""
    patient = life.random.choice(life.patients)
    whose = str(patient.pk)
    owed = life.money.owed_by_patient(whose)
    cents = life.random.randrange(1, 6_000)
    on = life.today - timedelta(days=life.random.choice((0, 0, 0, 3, 9, 20, -1)))
    parts = _chosen(life, owed, cents) if owed and life.random.randrange(3) == 0 else None
    plan = life.one_of([one for one in life.remember("plans") if one.patient_id == patient.pk])
    payment = Payment(uuid4(), cents, life.random.choice(list(Means)), on, parts=parts, plan=plan)
    asked_too_much = parts is not None and (
        sum(parts.values()) > cents or any(part > owed.get(line, 0) for line, part in parts.items())
    )
    closed = closed_through(life.clinic)
    is_refused = on > life.today or asked_too_much or (closed is not None and on <= closed)
    rest = {("cash", f"receipt:{payment.key}", ""): cents}

    def fits(change: Change) -> bool:
        if parts is None:
            credit = together({("credit", whose, ""): cents - min(cents, sum(owed.values()))}, rest)
            return _on_lines(change, owed, cents) and _others(change) == credit
        lines = together(*(paid_by_patient(line, part) for line, part in parts.items()))
        return change == together(lines, {("credit", whose, ""): cents - sum(parts.values())}, rest)

    def does() -> None:
        take(life.clinic, life.biller, patient, payment)
        take(life.clinic, life.biller, patient, payment)

    def done(change: Change) -> None:
        life.remember("receipts").append((payment, whose, change))
        if plan is not None:
            assert paid_cents(plan) == _by_plan(life, plan)

    return Step(does, fits=fits, is_refused=is_refused, done=done)


def _others(change: Change) -> Change:
    return {amount: cents for amount, cents in change.items() if amount[0] not in {"open", "paid"}}


def _chosen(life: Life, owed: dict[str, int], cents: int) -> dict[str, int]:
    """Lines that a patient chooses, each with a part of what is owed on it; seldom more than there is or is owed."""
    lines = life.random.sample(sorted(owed), life.random.randrange(1, len(owed) + 1))
    if life.random.randrange(5) == 0:
        return {line: owed[line] + life.random.choice((0, 1)) for line in lines}
    left, parts = cents, {}
    for line in lines:
        part = life.random.randrange(1, owed[line] + 1)
        if part <= left:
            parts[line], left = part, left - part
    return parts or {lines[0]: min(cents, owed[lines[0]])}


def _by_plan(life: Life, plan: PaymentPlan) -> int:
    return sum(one.cents for one, _whose, _change in life.remember("receipts") if one.plan == plan)


def void_receipt(life: Life) -> Step | None:
    """A receipt is voided whole; not where what was left of it has been put onto lines as credit since."""
    found = life.one_of(life.remember("receipts"))
    if found is None:
        return None
    payment, whose, change = found
    is_refused = life.money.of("credit", whose) < change.get(("credit", whose, ""), 0)

    def done(_change: Change) -> None:
        life.remember("receipts").remove(found)

    return Step(
        lambda: void(life.clinic, life.biller, payment.key, "returned"), [turned(change)], is_refused=is_refused,
        done=done,
    )  # fmt: skip


def void_again(life: Life) -> Step | None:
    """A receipt that was voided is not voided again."""
    row = Receipt.objects.exclude(voided_at=None).order_by("number").first()
    if row is None:
        return None
    return Step(lambda: void(life.clinic, life.biller, row.pk, "returned"), is_refused=True)


def credit(life: Life) -> Step:
    """A patient's credit goes onto what they owe; what was paid too much on lines comes to it first."""
    patient = life.random.choice(life.patients)
    whose = str(patient.pk)
    owed, overpaid = life.money.owed_by_patient(whose), life.money.overpaid_by_patient(whose)
    there = life.money.of("credit", whose) + sum(overpaid.values())
    back = together(*(paid_by_patient(line, -cents) for line, cents in overpaid.items()))

    def fits(change: Change) -> bool:
        onto = together(change, turned(back))
        moved = sum(overpaid.values()) - min(there, sum(owed.values()))
        return _on_lines(onto, owed, there) and _others(onto) == together({("credit", whose, ""): moved})

    return Step(
        lambda: use_credit(life.clinic, life.biller, patient), fits=fits, is_refused=there <= 0 or not owed,
        repeats=False,
    )  # fmt: skip


def agree(life: Life) -> Step | None:
    """A patient agrees to pay in parts, or a plan is ended; neither moves any money."""
    plans = life.remember("plans")
    patient = life.random.choice(life.patients)
    there = life.one_of([one for one in plans if one.patient_id == patient.pk])

    def does() -> None:
        if there is not None:
            PaymentPlan.objects.filter(pk=there.pk).update(ended_on=life.today)
        elif not PaymentPlan.objects.filter(patient=patient, ended_on=None).exists():
            PaymentPlan.objects.create(
                clinic=life.clinic, patient=patient, agreed_on=life.today, total_cents=10_000, installment_cents=2_500,
                first_due_on=life.today, agreed_by=life.biller,
            )  # fmt: skip

    def done(_change: Change) -> None:
        if there is not None:
            plans.remove(there)
        else:
            plans.append(PaymentPlan.objects.get(patient=patient, ended_on=None))

    return Step(does, [{}], done=done)


def superbill(life: Life) -> Step | None:
    """A patient is given the superbill of a visit that no payer is asked for: all of it is theirs."""
    rows = Claim.objects.filter(status=ClaimStatus.SUPERBILL.value).order_by("number")
    claim = life.one_of(list(rows))
    if claim is None:
        return None
    lines = {
        f"{claim.pk}:{claim.number}:{position}": cents
        for position, cents in claim.lines.values_list("position", "charge_cents")
    }

    def done(_change: Change) -> None:
        life.money.patient_of.update(dict.fromkeys(lines, str(claim.patient_id)))
        for line, cents in lines.items():
            life.money.leave(line, "self", cents)

    change = together(*(charged(line, PATIENT, cents) for line, cents in lines.items()))
    return Step(lambda: give_to_patient(claim.pk, life.biller), [change], done=done)


def balance(life: Life) -> Step:
    """What was open in another system is brought forward, once however often it is asked for."""
    patient, cents = life.random.choice(life.patients), life.random.choice((-900, 450, 1_300, 2_000))
    owed_by = life.random.choice(("patient", "payer"))
    row = OpeningBalance(clinic=life.clinic, patient=patient, as_of=life.today - _EARLIER, owed_by=owed_by, cents=cents)
    line = line_of(row)
    if owed_by == PATIENT and cents < 0:
        change: Change = {("credit", str(patient.pk), ""): -cents, ("brought", "", ""): cents}
    else:
        who = PATIENT if owed_by == PATIENT else EARLIER_PAYER
        change = {("brought", line, ""): cents, ("open", line, who): cents}

    def does() -> None:
        if not OpeningBalance.objects.filter(pk=row.pk).exists():
            row.save(force_insert=True)
        bring_forward(life.clinic, life.biller, row)
        bring_forward(life.clinic, life.biller, row)

    def done(_change: Change) -> None:
        life.money.patient_of[line] = str(patient.pk)
        life.remember("balances").append((row, change))

    return Step(does, [change], done=done)


def balance_out(life: Life) -> Step | None:
    """A balance that was entered by mistake is taken out; not where something was done with it since."""
    found: tuple[Any, Change] | None = life.one_of(life.remember("balances"))
    if found is None:
        return None
    row, change = found
    line, whose = line_of(row), str(row.patient_id)
    written = LedgerTransaction.objects.filter(entries__line=line, reverses=None, reversed_by=None)
    # What was paid and voided is no matter any more; what was put on it and stands is.
    is_refused = written.exclude(source_kind="opening_balance").exists() or (
        life.money.of("credit", whose) < change.get(("credit", whose, ""), 0)
    )

    def does() -> None:
        try:
            with transaction.atomic():  # as the page's request is
                take_out(life.clinic, life.biller, row)
        except LedgerError as error:
            raise NotTakenError(str(error)) from error

    def done(_change: Change) -> None:
        life.remember("balances").remove(found)

    return Step(does, [turned(change)], is_refused=is_refused, done=done, repeats=False)


KINDS = (
    (pay, 12), (void_receipt, 3), (void_again, 1), (credit, 4), (agree, 1), (superbill, 1), (balance, 3),
    (balance_out, 1),
)  # fmt: skip
