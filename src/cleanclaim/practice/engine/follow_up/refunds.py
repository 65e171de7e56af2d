"""Money that goes back: what was paid too much, to whom, by when, and that it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from cleanclaim.denials.terms import terms_of
from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import LedgerError, Source
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.follow_up import denials
from cleanclaim.practice.engine.follow_up.recoupments import SOURCE, digest_of, payer_of
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.protection import protected_patients
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.open_balances import credits_of, lines_below_zero
from cleanclaim.practice.engine.ledger.patient_accounts import account_of, accounts_of, rules_of
from cleanclaim.practice.engine.ledger.payer_aging import names_of
from cleanclaim.practice.models import (
    Claim,
    ClaimAnswer,
    Clinic,
    LedgerEntry,
    Means,
    OpeningBalance,
    Patient,
    Refund,
    RefundState,
    User,
)
from cleanclaim.receivables.overpayments import Clock, medicare_clock
from cleanclaim.reference.patient_reasons import protected_reasons

CREDIT = "paid ahead"
OVERPAID = "paid too much on a visit"
PROTECTED = "may not be asked of the patient (QMB)"
PAYER = "paid too much by the payer"


class NotRefundedError(ValueError):
    """A refund that cannot be noted, sent or withdrawn as asked; says why, no patient."""


@dataclass(frozen=True, slots=True)
class Found:
    """Money that the ledger shows as owed back: whose, of which line, to whom, how many cents, and why."""

    patient: UUID
    line: str
    owed_to: str
    cents: int
    reason: str
    payer_name: str = ""


def found_of_patients(patients: list[UUID] | None = None) -> list[Found]:
    """What patients paid too much, by patient: their credit, lines paid too much, and what may not be asked of them.

    What is owed back and noted as a refund already is left out.
    """
    noted = _noted()
    found = []
    for account in accounts_of(_may_be_owed() if patients is None else patients).values():
        items = [("", account.credit_cents, CREDIT)]
        for line in account.lines:
            is_overpaid = line.overpaid_cents > 0
            cents = line.overpaid_cents if is_overpaid else line.wrongly_paid_cents
            items.append((line.key, cents, OVERPAID if is_overpaid else PROTECTED))
        for key, cents, reason in items:
            left = cents - noted.pop((account.patient, key, PATIENT), 0)
            if cents > 0 and left > 0:
                found.append(Found(account.patient, key, PATIENT, left, reason))
    return found


def _may_be_owed() -> list[UUID]:
    """Patients who may be owed something: with a credit, a line paid too much, or something that protects them.

    Few of all patients: only their accounts are read.
    """
    keys = set(credits_of())
    too_much = lines_below_zero(Account.PATIENT_OPEN)
    keys.update(too_much.exclude(claim=None).values_list("claim__patient", flat=True).distinct())
    brought = [line.partition(":")[2] for line in too_much.filter(claim=None).values_list("line", flat=True)]
    keys.update(OpeningBalance.objects.filter(pk__in=brought).values_list("patient", flat=True))
    keys.update(_of_protecting_remarks())
    keys.update(protected_patients())
    order = Patient.objects.filter(pk__in=keys).order_by("family_name", "given_name", "number")
    return list(order.values_list("pk", flat=True))


def _of_protecting_remarks() -> set[UUID]:
    """Patients of claims on which a payer remarked that something may not be asked of them."""
    told = ClaimAnswer.objects.filter(remittance__unposted_at=None).exclude(Q(claim=None) | Q(remarks=[])).order_by()
    wanted = Q(pk=None)
    for remarks in told.values_list("remarks", flat=True).distinct():
        if protected_reasons(remarks):
            wanted |= Q(remarks=remarks)
    return set(told.filter(wanted).values_list("claim__patient", flat=True).distinct())


def found_of_payers() -> list[Found]:
    """Lines on which a payer's open amount is below zero: as much of it as it paid on them.

    What a contract took, or a person gave up, goes back to nobody.
    """
    noted = _noted()
    entries = LedgerEntry.objects.filter(account=Account.PAYER_OPEN.value, claim__isnull=False).order_by()
    # Grouped in the order of the index of open amounts, which is all that is read.
    below = entries.values("claim", "payer", "line").annotate(total=Sum("cents")).filter(total__lt=0)
    rows = list(below)
    if not rows:
        return []
    claims = {row["claim"] for row in rows}
    patients = dict(Claim.objects.filter(pk__in=claims).values_list("pk", "patient"))
    order = {
        key: place
        for place, key in enumerate(
            Patient.objects.filter(pk__in=set(patients.values()))
            .order_by("family_name", "given_name", "number")
            .values_list("pk", flat=True)
        )
    }
    paid, names = _paid_by_payers(claims), names_of(below.values("claim"))
    found = []
    for row in sorted(rows, key=lambda row: (order[patients[row["claim"]]], row["line"])):
        patient = patients[row["claim"]]
        most = min(-row["total"], paid.get((row["line"], row["payer"]), 0))
        left = most - noted.get((patient, row["line"], row["payer"]), 0)
        if left > 0:
            named = names.get((row["claim"], row["payer"])) or names.get((row["claim"], ""))
            name = f"{row['payer']} payer" if named is None else named[2]
            found.append(Found(patient, row["line"], row["payer"], left, PAYER, name))
    return found


def _paid_by_payers(claims: set[UUID]) -> dict[tuple[str, str], int]:
    rows = LedgerEntry.objects.filter(account=Account.PAYER_CASH.value, claim__in=claims).order_by()
    return {
        (row["line"], row["payer"]): row["total"] for row in rows.values("line", "payer").annotate(total=Sum("cents"))
    }


def _noted() -> dict[tuple[UUID, str, str], int]:
    rows = Refund.objects.filter(state=RefundState.OWED.value).order_by().values("patient", "line", "owed_to")
    return {(row["patient"], row["line"], row["owed_to"]): row["total"] for row in rows.annotate(total=Sum("cents"))}


def note(clinic: Clinic, user: User, item: Found, *, identified_on: date, origin: str = "") -> Refund:
    """Note that money is owed back, with the day by which it is to be returned where a law names one.

    Raises `NotRefundedError` where the ledger does not show as much, or a day is to come.
    """
    if identified_on > today_at(clinic):
        raise NotRefundedError("the day it was known is to come; expected today or a day before")
    with transaction.atomic():
        rules_of(clinic, lock=True)
        shown = found_of_payers() if item.owed_to != PATIENT else found_of_patients([item.patient])
        fitting = [
            one for one in shown if (one.patient, one.line, one.owed_to) == (item.patient, item.line, item.owed_to)
        ]
        if not fitting or not 0 < item.cents <= fitting[0].cents:
            raise NotRefundedError("the ledger shows no such amount as owed back")
        claim = Claim.objects.filter(pk=ledger_rows.claim_of(item.line)).first() if item.line else None
        payer = "" if claim is None or item.owed_to == PATIENT else payer_of(claim.pk, item.owed_to)
        row = Refund(
            clinic=clinic,
            patient=Patient.objects.get(pk=item.patient),
            claim=claim,
            line=item.line,
            owed_to=item.owed_to,
            payer_name=fitting[0].payer_name[:80],
            payer=payer[:80],
            cents=item.cents,
            reason=fitting[0].reason,
            identified_on=identified_on,
            identified_by=user,
        )
        clock = clock_of(row)
        row.return_by = None if clock is None else clock.return_by
        row.save()
        audit_trail.record(clinic.id, user, "create", SOURCE, row.pk, detail=row.reason, origin=origin)
        return row


def investigate(
    clinic: Clinic, user: User, row_id: UUID, begins: date | None, ends: date | None, *, origin: str = ""
) -> Refund:
    """Say from when through when related overpayments are investigated; the day to return it by follows.

    Raises `NotRefundedError` where it is not owed any more, no law names a day, or the days cannot be.
    """
    with transaction.atomic():
        rules_of(clinic, lock=True)
        row = _owed(row_id)
        if row.return_by is None:
            raise NotRefundedError("no federal day is on file for it; the investigation of Medicare's holds its clock")
        today = today_at(clinic)
        if ends is not None and (begins is None or ends < begins):
            raise NotRefundedError("the investigation ends before it began; expected its first day, and a later one")
        if any(day is not None and day > today for day in (begins, ends)):
            raise NotRefundedError("a day of the investigation is to come; expected today or a day before")
        if begins is not None and begins < row.identified_on:
            raise NotRefundedError(f"it began before the overpayment was known; expected {row.identified_on} or later")
        row.investigated_from, row.investigated_through = begins, ends
        clock = clock_of(row)
        row.return_by = None if clock is None else clock.return_by
        row.save_if_unchanged(row.version, "investigated_from", "investigated_through", "return_by")
        detail = "no investigation" if begins is None else ("investigation over" if ends else "investigation runs")
        audit_trail.record(clinic.id, user, "change", SOURCE, row.pk, detail=detail, origin=origin)
        return row


def clock_of(row: Refund) -> Clock | None:
    """Medicare's clock of a refund that is owed to it; `None` where no law names a day."""
    claim = row.claim
    if claim is None or row.owed_to == PATIENT or row.owed_to != claim.order:
        return None
    if not terms_of(claim.payer, row.identified_on, packs_of(claim.clinic).values()).is_medicare:
        return None
    return medicare_clock(row.identified_on, row.investigated_from, row.investigated_through)


def _owed(row_id: UUID) -> Refund:
    """A refund that is owed, held. Raises `NotRefundedError` where there is none."""
    rows = Refund.objects.select_for_update(of=("self",)).filter(state=RefundState.OWED.value)
    row: Refund | None = rows.filter(pk=row_id).first()
    if row is None:
        raise NotRefundedError("no such refund is owed")
    return row


def send(  # noqa: PLR0913 - how it went out
    clinic: Clinic, user: User, row_id: UUID, *, sent_on: date, means: Means, reference: str, origin: str = ""
) -> Refund:
    """Write that a refund was sent. Raises `NotRefundedError` where it is not owed any more."""
    with transaction.atomic():
        rules_of(clinic, lock=True)
        row = _owed(row_id)
        _require_still_owed(row)
        row.state, row.sent_on, row.means, row.reference = RefundState.SENT.value, sent_on, means.value, reference[:40]
        row.sent_by, row.digest = user, digest_of(row)
        row.save_if_unchanged(row.version, "state", "sent_on", "means", "reference", "sent_by", "digest")
        source, key = Source(SOURCE, str(row.pk), row.digest), f"{SOURCE}:{row.pk}"
        reason = row.reason[:60]
        if row.line:
            made = posting.refund(key, sent_on, source, line=row.line, to=row.owed_to, cents=row.cents, reason=reason)
        else:
            made = posting.refund_credit(key, sent_on, source, str(row.patient_id), cents=row.cents, reason=reason)
        try:
            ledger_rows.write(clinic, user, [made])
        except LedgerError as error:
            raise NotRefundedError(str(error)) from error
        if row.claim_id is not None and row.owed_to != PATIENT:
            denials.bring_into_step(clinic, [row.claim_id], user)
        audit_trail.record(clinic.id, user, "change", SOURCE, row.pk, detail="sent", origin=origin)
        return row


def _require_still_owed(row: Refund) -> None:
    account = account_of(row.patient_id)
    line = account.line(row.line) if row.line else None
    if not row.line:
        most = account.credit_cents
    elif line is None:
        most = 0
    elif row.owed_to == PATIENT:
        most = max(line.overpaid_cents, line.wrongly_paid_cents)
    else:
        paid = sum(
            move.cents for move in line.moves if move.account is Account.PAYER_CASH and move.payer == row.owed_to
        )
        most = min(-line.open_to(row.owed_to), paid)
    if row.cents > most:
        raise NotRefundedError("the ledger no longer shows as much as owed back; withdraw it and look again")


def withdraw(clinic: Clinic, user: User, row_id: UUID, *, origin: str = "") -> Refund:
    """Withdraw a refund that is not owed after all: a payer took the money back itself, or it was a mistake."""
    with transaction.atomic():
        row = _owed(row_id)
        row.state = RefundState.WITHDRAWN.value
        row.save_if_unchanged(row.version, "state")
        audit_trail.record(clinic.id, user, "change", SOURCE, row.pk, detail="withdrawn", origin=origin)
        return row


def clocks() -> Iterator[tuple[Refund, Clock | None]]:
    """Refunds that are owed, the most urgent first, each with its clock; `None` where no law names a day."""
    rows = Refund.objects.filter(state=RefundState.OWED.value).select_related("patient", "claim")
    for row in sorted(rows, key=lambda row: (row.return_by or date.max, row.identified_on)):
        known = (row.identified_on, row.investigated_from, row.investigated_through)
        yield row, None if row.return_by is None else medicare_clock(*known)
