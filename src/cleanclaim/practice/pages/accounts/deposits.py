"""Deposits and the bank: what is not deposited, slips, the bank's list, and which of it shows what."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine import deposits as engine
from cleanclaim.practice.engine.checking import today_at
from cleanclaim.practice.models import BankLine, Deposit
from cleanclaim.practice.pages.accounts.entering import AREA, day_of, require_row, tabs, told_of
from cleanclaim.receivables.bank_files import BankFileError, Shown, read_bank_file

_PAGE = 50
_MOST_BYTES = 2 * 1024 * 1024
_SHOWN_PROBLEMS = 10


@require_GET
@clinic_page(Can.SEE_CLAIMS, area=AREA)
def deposits(request: ClinicRequest) -> HttpResponse:
    """Cash posted is what is deposited and what is not: both, and what the bank shows."""
    access = request.access
    open_ = engine.undeposited()
    deposited = sum(engine.deposited_by_document().values())
    rows = Deposit.objects.select_related("made_by", "bank_line").prefetch_related("items")
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    proposals = engine.proposals()
    access.record("list", "deposit", detail=f"{len(page)} deposits, {len(open_)} documents open")
    context = {
        "tabs": tabs(access, "deposits"),
        "open": open_[:200],
        "open_cents": sum(one.cents for one in open_),
        "deposited_cents": deposited,
        "cash_cents": deposited + sum(one.cents for one in open_),
        "page": page,
        "proposals": [(line, shown, _words(shown)) for line, shown in proposals[:200]],
        "today": today_at(access.clinic),
        "may_work": access.may(Can.WORK_CLAIMS),
    }
    return render(request, "practice/accounts/deposits.html", context)


def _words(shown: Shown | None) -> str:
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


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def bank_read(request: ClinicRequest) -> HttpResponse:
    """Read the bank's list. Movements whose number and amount agree with a payment are matched; others are proposed."""
    access, upload = request.access, request.FILES.get("file")
    if upload is None or not upload.size:
        messages.error(request, "Choose the bank's list (CSV) first.")
        return redirect("deposits", access.clinic.slug)
    if upload.size > _MOST_BYTES:
        messages.error(request, f"The file has {upload.size:,} bytes; at most {_MOST_BYTES:,} are taken.")
        return redirect("deposits", access.clinic.slug)
    try:
        found = read_bank_file(upload.read())
    except BankFileError as error:
        messages.error(request, f"Not read: {error}.")
        return redirect("deposits", access.clinic.slug)
    kept, matched = engine.keep(access.clinic, access.user, found, origin=access.origin)
    again = len(found.rows) - kept
    told = f"{kept} new movements, {matched} of them matched by number and amount"
    messages.success(request, f"{told}; {again} were known already." if again else f"{told}.")
    for line, problem in found.problems[:_SHOWN_PROBLEMS]:
        messages.warning(request, f"Line {line} was left out: {problem}.")
    return redirect("deposits", access.clinic.slug)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def bank_match(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Say what a movement shows, or take that back."""
    require_row(BankLine, key)
    access = request.access

    def act() -> str:
        if request.POST.get("do") == "unmatch":
            engine.unmatch(access.clinic, access.user, key, origin=access.origin)
            return "The match is taken back."
        row = engine.match(access.clinic, access.user, key, request.POST.get("name", ""), origin=access.origin)
        return f"Deposit {row.number} is at the bank."

    return told_of(request, act, engine.NotDepositedError, "Nothing was done", "deposits")


urlpatterns = [
    path("payments/deposits/", deposits, name="deposits"),
    path("payments/deposits/make/", deposit_make, name="deposit_make"),
    path("payments/deposits/<uuid:key>/remove/", deposit_remove, name="deposit_remove"),
    path("payments/bank/read/", bank_read, name="bank_read"),
    path("payments/bank/<uuid:key>/", bank_match, name="bank_match"),
]
