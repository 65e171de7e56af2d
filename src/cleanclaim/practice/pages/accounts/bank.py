"""The bank's list: looked at row by row, taken as a whole, and which of its movements shows what."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.books import bank_lists
from cleanclaim.practice.engine.books import deposits as engine
from cleanclaim.practice.models import BankFile, BankLine
from cleanclaim.practice.pages.accounts.deposits import words_of
from cleanclaim.practice.pages.accounts.entering import AREA, require_row, tabs, told_of
from cleanclaim.receivables.bank_files import BankFileError

_PAGE = 50
_MOST_BYTES = 2 * 1024 * 1024
_SHOWN_PROBLEMS = 50


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def bank_read(request: ClinicRequest) -> HttpResponse:
    """Keep the bank's list as it is, and show what would become of it."""
    access, upload = request.access, request.FILES.get("file")
    if upload is None or not upload.size:
        problem = "Choose the bank's list (CSV or OFX) first."
    elif upload.size > _MOST_BYTES:
        problem = f"The file has {upload.size:,} bytes; at most {_MOST_BYTES:,} are taken."
    else:
        try:
            row = bank_lists.store(access.clinic, access.user, upload.read(), origin=access.origin)
        except BankFileError as error:
            problem = f"Not read: {error}."
        else:
            return redirect("bank_file", access.clinic.slug, row.pk)
    messages.error(request, problem)
    return redirect("deposits", access.clinic.slug)


@require_GET
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def bank_file(request: ClinicRequest, key: UUID) -> HttpResponse:
    """A list row by row: what is new, what it seems to show, and what could not be read."""
    access = request.access
    row = BankFile.objects.select_related("read_by", "taken_by").filter(pk=key).first()
    if row is None:
        raise Http404
    found = bank_lists.preview(row)
    page = Paginator(found.rows, _PAGE).get_page(request.GET.get("page"))
    access.record("read", "bank_file", row.pk, detail=f"{len(found.rows)} rows, {len(found.problems)} not read")
    context = {
        "tabs": tabs(access, "deposits"),
        "file": row,
        "found": found,
        "page": page,
        "rows": [(one, words_of(one.shown)) for one in page],
        "problems": found.problems[:_SHOWN_PROBLEMS],
        "known": len(found.rows) - found.fresh,
    }
    return render(request, "practice/accounts/bank_file.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def bank_file_take(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take the rows of a list that are new."""
    require_row(BankFile, key)
    access = request.access

    def act() -> str:
        kept, matched = bank_lists.take(access.clinic, access.user, key, origin=access.origin)
        return f"{kept} new {'movement' if kept == 1 else 'movements'}, {matched} of them matched by number and amount."

    return told_of(request, act, engine.NotDepositedError, "Nothing was taken", "deposits")


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
    path("payments/bank/read/", bank_read, name="bank_read"),
    path("payments/bank/files/<uuid:key>/", bank_file, name="bank_file"),
    path("payments/bank/files/<uuid:key>/take/", bank_file_take, name="bank_file_take"),
    path("payments/bank/<uuid:key>/", bank_match, name="bank_match"),
]
