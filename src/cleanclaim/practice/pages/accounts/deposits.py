"""Deposits: what is not deposited, slips, and what the bank shows of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.books import deposits as engine
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import BankFile, Deposit
from cleanclaim.practice.pages.accounts.entering import AREA, day_of, require_row, tabs, told_of
from cleanclaim.receivables.bank_files import Shown

_PAGE = 50
_NEWEST_FIRST = (By("made_on", descending=True), By("number", descending=True), By("pk"))
_NAMED = 2
_LATEST_FILES = 5


@require_GET
@clinic_page(Can.SEE_CLAIMS, area=AREA)
def deposits(request: ClinicRequest) -> HttpResponse:
    """Cash posted is what is deposited and what is not: both, and what the bank shows."""
    access = request.access
    open_ = engine.undeposited()
    deposited = engine.deposited_cents()
    rows = Deposit.objects.select_related("made_by", "bank_line").prefetch_related(
        "items__receipt", "items__remittance", "items__refund"
    )
    page = window(rows, _NEWEST_FIRST, request.GET.dict(), _PAGE)
    proposals = engine.proposals()
    access.record("list", "deposit", detail=f"{len(page)} deposits, {len(open_)} documents open")
    context = {
        "tabs": tabs(access, "deposits"),
        "open": open_[:200],
        "open_cents": sum(one.cents for one in open_),
        "deposited_cents": deposited,
        "cash_cents": deposited + sum(one.cents for one in open_),
        "page": page,
        "count": Deposit.objects.count(),
        "rows": [(row, _held(row)) for row in page],
        "files": BankFile.objects.select_related("read_by").defer("content")[:_LATEST_FILES],
        "proposals": [(line, shown, words_of(shown)) for line, shown in proposals[:200] if shown or line.cents > 0],
        "fees": [line for line, shown in proposals[:200] if not shown and line.cents < 0],
        "today": today_at(access.clinic),
        "may_work": access.may(Can.WORK_CLAIMS),
    }
    return render(request, "practice/accounts/deposits.html", context)


def _held(row: Deposit) -> tuple[list[str], int]:
    """What a deposit holds, the first few by name, and how many more."""
    items = list(row.items.all())
    names = []
    for item in items[:_NAMED]:
        if item.receipt is not None:
            names.append(f"{item.receipt.means} {item.receipt.number}")
        elif item.remittance is not None:
            names.append(f"{item.remittance.payer_name} {item.remittance.trace_number}")
        elif item.refund is not None:
            names.append(f"refund {item.refund.reference}".strip())
    return names, len(items) - len(names)


def words_of(shown: Shown | None) -> str:
    """What a movement seems to show: the kind of the document and its number; empty where it shows nothing."""
    if shown is None:
        return ""
    kind = shown.awaited.key.partition(":")[0]
    return f"{kind} {shown.awaited.trace_number}".strip()


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def deposit_make(request: ClinicRequest) -> HttpResponse:
    """Put what is chosen onto one deposit."""
    access = request.access
    made_on = day_of(request.POST.get("made_on"), today_at(access.clinic))
    reference = request.POST.get("reference", "").strip()

    def act() -> str:
        row = engine.make(
            access.clinic, access.user, request.POST.getlist("item"), made_on=made_on, reference=reference,
            origin=access.origin,
        )  # fmt: skip
        return f"Deposit {row.number} of {dollars(row.cents)} is made."

    return told_of(request, act, engine.NotDepositedError, "No deposit was made", "deposits")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def deposit_remove(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take a deposit apart that the bank does not show yet."""
    require_row(Deposit, key)
    access = request.access

    def act() -> str:
        engine.remove(access.clinic, access.user, key, origin=access.origin)
        return "The deposit is taken apart; its documents are undeposited again."

    return told_of(request, act, engine.NotDepositedError, "Not taken apart", "deposits")


urlpatterns = [
    path("payments/deposits/", deposits, name="deposits"),
    path("payments/deposits/make/", deposit_make, name="deposit_make"),
    path("payments/deposits/<uuid:key>/remove/", deposit_remove, name="deposit_remove"),
]
