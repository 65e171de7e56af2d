"""What payers say that patients have paid (AMT F5), against the receipts that are here. Nothing is moved by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.money import dollars
from cleanclaim.practice.engine.claims.building import add_events
from cleanclaim.practice.engine.judging.known_claims import standing_answers
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import Claim, LedgerEntry, Receipt, Remittance, User
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.remittance.plan import Posted

_SAID = "the payer says that the patient paid"
_PATIENTS = (Account.PATIENT_CASH.value, Account.PATIENT_CREDIT.value)


@dataclass(frozen=True, slots=True)
class SaidPaid:
    """Of one claim, in cents: what the payer says that the patient paid, and what is known of it here.

    `on_claim` stands on the claim's lines, `credit` is the patient's and on no line, and `on_day` was taken on the day
    of service, whatever it paid.
    """

    told: int
    on_claim: int
    credit: int
    on_day: int

    @property
    def known(self) -> int:
        """What the receipts come to that may be meant."""
        return max(self.on_claim + max(self.credit, 0), self.on_day)

    @property
    def missing(self) -> int:
        """What the payer says beyond that; 0 where the receipts explain it."""
        return max(self.told - self.known, 0)


def said_paid(told: Mapping[UUID, int]) -> dict[UUID, SaidPaid]:
    """What payers say of claims in scope, by the claim's key and in cents, against the receipts; four queries."""
    columns = ("pk", "patient", "follows", "date_of_service")
    rows = Claim.objects.filter(among("pk", told)).values_list(*columns)
    claims = {key: (patient, head or key, day) for key, patient, head, day in rows}
    patients = {patient for patient, _head, _day in claims.values()}
    entries = LedgerEntry.objects.filter(account__in=_PATIENTS).order_by()
    heads = {head for _patient, head, _day in claims.values()}
    on_lines = entries.filter(among("claim", heads)).exclude(line="").values_list("claim").annotate(Sum("cents"))
    kept = entries.filter(account=Account.PATIENT_CREDIT.value, payer__in=[str(one) for one in patients])
    receipts = Receipt.objects.filter(among("patient", patients), voided_at=None).order_by()
    on_claim: dict[UUID, int] = dict(on_lines)
    credit: dict[str, int] = dict(kept.values_list("payer").annotate(Sum("cents")))
    on_day: dict[tuple[UUID, date], int] = {
        (patient, day): cents
        for patient, day, cents in receipts.values_list("patient", "received_on").annotate(Sum("cents"))
    }
    return {
        key: SaidPaid(told[key], on_claim.get(head, 0), -credit.get(str(patient), 0), on_day.get((patient, day), 0))
        for key, (patient, head, day) in claims.items()
    }


def said_of(claim: Claim) -> SaidPaid | None:
    """What the last answer to a claim that tells it says that the patient paid; `None` where none that stands does."""
    taken_back: list[tuple[int, int]] = []
    for row in reversed(standing_answers([claim.pk]).get(claim.pk, [])):
        answer = RemittedClaim.model_validate(row.answer)
        amounts = (answer.charge_cents, answer.paid_cents)
        if answer.is_reversal:
            taken_back.append((-answer.charge_cents, -answer.paid_cents))
        elif amounts in taken_back:
            taken_back.remove(amounts)
        elif answer.patient_paid_cents:
            return said_paid({claim.pk: answer.patient_paid_cents})[claim.pk]
    return None


def told_by(posted: Iterable[Posted]) -> dict[UUID, int]:
    """By claim, what a payment's answers say that the patient paid, in cents; the last answer counts."""
    return {
        UUID(item.claim): item.answer.patient_paid_cents
        for item in posted
        if item.answer.patient_paid_cents and not item.answer.is_reversal
    }


def mark(told: Mapping[UUID, int], row: Remittance, user: User | None) -> None:
    """Put claims of whose patients' money the payer says more than is here among those to be looked at.

    A claim that is to be looked at for another reason keeps that; its history tells this one too.
    """
    if not told:
        return
    missing = {key: said for key, said in said_paid(told).items() if said.missing}
    claims = Claim.objects.filter(among("pk", missing)).only("pk", "clinic", "attention")
    for claim in claims:
        said = missing[claim.pk]
        why = (
            f"{_SAID} {dollars(said.told)} ({row.trace_number}), and receipts here come to {dollars(said.known)}: "
            f"look for the other {dollars(said.missing)}"
        )
        Claim.objects.filter(pk=claim.pk, attention="").update(attention=why[:200])
        add_events([claim], user, "look at it", why)


def take_off(row: Remittance) -> None:
    """Take off the marks that a payment has made, which was taken back."""
    told = row.answers.exclude(claim=None).values("claim")
    marked = Claim.objects.filter(
        pk__in=told, attention__startswith=f"{_SAID} ", attention__contains=f"({row.trace_number})"
    )
    marked.update(attention="")
