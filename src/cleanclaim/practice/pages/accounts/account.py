"""A patient's account: every line and where each of its cents stands, what was paid and sent, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from cleanclaim.ledger.accounts import Account
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger.patient_accounts import account_of, words_of
from cleanclaim.practice.engine.ledger.payment_plans import behind_cents, due_dates, next_installment, paid_cents
from cleanclaim.practice.engine.ledger.write_offs import test_in_force
from cleanclaim.practice.models import BalanceMove, PaymentPlan, Receipt, Refund, Statement, WriteOff
from cleanclaim.practice.pages.accounts.entering import patient_or_404
from cleanclaim.receivables import moving
from cleanclaim.receivables.giving_up import LABELS, Reason
from cleanclaim.receivables.lines import AccountLine
from cleanclaim.receivables.moving import LABELS as MOVED

_LATEST = 25


@dataclass(frozen=True, slots=True)
class _Shown:
    """A line in the figures of the page."""

    line: AccountLine
    words: str
    claim: str
    payer_paid_cents: int
    contractual_cents: int
    written_off_cents: int
    open_to_payers_cents: int
    told: str


def _shown(line: AccountLine) -> _Shown:
    told = ["may not be asked of them (QMB)"] if line.protected_cents else [share.label for share in line.shares]
    told += ["not asked yet: the plan is asked about it"] if line.waiting_cents else []
    return _Shown(
        line,
        words_of(line.code) if line.code else "Balance brought forward",
        line.key.partition(":")[0] if line.code else "",
        line.total(Account.PAYER_CASH),
        line.total(Account.CONTRACTUAL),
        line.total(Account.WRITTEN_OFF),
        line.total(Account.PAYER_OPEN),
        ", ".join(told),
    )


@require_GET
@clinic_page(Can.SEE_ACCOUNTS, area="patients")
def account(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The account of a patient. Lines that are settled are shown when they are asked for."""
    access = request.access
    person = patient_or_404(key)
    today, found = today_at(access.clinic), account_of(person.pk)
    figures = found.balance(today)
    shows_all = request.GET.get("all") == "1"
    lines = [line for line in found.lines if shows_all or line.open_cents or line.total(Account.PAYER_OPEN)]
    access.record("read", "patient", person.pk, detail="account")
    plan = PaymentPlan.objects.filter(patient=person, ended_on=None).first()
    context = {
        "patient": person,
        "figures": figures,
        "aging": [(bucket.label, cents) for bucket, cents in figures.aging.items()],
        "with_plans_cents": found.with_plans_cents,
        "lines": [_shown(line) for line in reversed(lines)],
        # A column that says nothing takes the room in which a service is named.
        "has_written_off": any(line.total(Account.WRITTEN_OFF) for line in lines),
        "has_patient_paid": any(line.patient_paid_cents for line in lines),
        "settled": len(found.lines) - len(lines),
        "shows_all": shows_all,
        "receipts": Receipt.objects.filter(patient=person).select_related("taken_by")[:_LATEST],
        "statements": Statement.objects.filter(patient=person).defer("content")[:_LATEST],
        "write_offs": [
            (row, LABELS[Reason(row.reason)])
            for row in WriteOff.objects.filter(patient=person).defer("because")[:_LATEST]
        ],
        "refunds": Refund.objects.filter(patient=person)[:_LATEST],
        "moves": [
            (row, MOVED[moving.Reason(row.reason)])
            for row in BalanceMove.objects.filter(patient=person).select_related("moved_by")[:_LATEST]
        ],
        "plan": _plan(plan, today) if plan is not None else None,
        "need": test_in_force(person.pk, today),
        "may_take": access.may(Can.TAKE_PAYMENTS),
        "may_work": access.may(Can.WORK_CLAIMS),
        "sees_claims": access.may(Can.SEE_CLAIMS),
    }
    return render(request, "practice/accounts/account.html", context)


def _plan(plan: PaymentPlan, today: object) -> dict[str, object]:
    coming = next_installment(plan, today)  # type: ignore[arg-type]
    return {
        "row": plan,
        "paid_cents": paid_cents(plan),
        "count": len(due_dates(plan)),
        "next": coming,
        "behind_cents": behind_cents(plan, today),  # type: ignore[arg-type]
    }


urlpatterns = [path("patients/<uuid:key>/account/", account, name="patient_account")]
