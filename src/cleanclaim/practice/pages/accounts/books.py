"""The day sheet, on the page and on paper, and the closing of the books."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import date as written_date
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from cleanclaim.forms.day_sheet import SheetTable, render_day_sheet
from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.books.before_closing import month_to_close, undone
from cleanclaim.practice.engine.books.day_sheets import DaySheet, day_sheet
from cleanclaim.practice.engine.books.periods import NotClosedError, close, reopen
from cleanclaim.practice.engine.judging.checking import now_at, today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.models import Period
from cleanclaim.practice.pages.accounts.entering import AREA, day_of, pdf, require_row, tabs, told_of
from cleanclaim.practice.pages.asked_days import read_day

_LATEST = 36


def _asked(request: ClinicRequest) -> DaySheet:
    today = today_at(request.access.clinic)
    begins = day_of(request.GET.get("from"), today)
    ends = day_of(request.GET.get("through"), begins)
    return day_sheet(min(begins, ends), max(begins, ends))


def _days(sheet: DaySheet) -> str:
    first, last = (f"{day:%B} {day.day}, {day.year}" for day in (sheet.begins_on, sheet.ends_on))
    return first if first == last else f"{first} – {last}"


@require_GET
@clinic_page(Can.SEE_ACCOUNTS, area=AREA)
def sheet(request: ClinicRequest) -> HttpResponse:
    """What moved the receivables on a day or some days. The desk sees its drawer; who sees claims, all of it."""
    access = request.access
    found = _asked(request)
    access.record("list", "ledger", detail=f"day sheet {found.begins_on} to {found.ends_on}")
    context = {
        "tabs": tabs(access, "day_sheet"),
        "sheet": found,
        "days": _days(found),
        "sees_all": access.may(Can.SEE_CLAIMS),
    }
    return render(request, "practice/accounts/day_sheet.html", context)


@require_GET
@clinic_page(Can.SEE_ACCOUNTS, Can.SEE_CLAIMS, area=AREA)
def sheet_print(request: ClinicRequest) -> HttpResponse:
    """The day sheet on paper."""
    access = request.access
    found = _asked(request)
    access.record("read", "ledger", detail=f"day sheet printed, {found.begins_on} to {found.ends_on}")
    foot = f"{access.clinic.name}  ·  made {written_date(now_at(access.clinic), 'M j, Y, g:i A')}"
    name = f"day-sheet-{found.begins_on}-{found.ends_on}"
    return pdf(render_day_sheet(access.clinic.name, _days(found), _tables(found), foot=foot), name)


def _tables(found: DaySheet) -> list[SheetTable]:
    moved = tuple((item.label, str(item.count), dollars(item.cents)) for item in found.movements)
    tie = "" if found.ties else "  (THE LEDGER DOES NOT TIE)"
    return [
        SheetTable(
            "Receivables",
            ("", "Entries", "Dollars"),
            (("At the beginning", "", dollars(found.before_cents)), *moved),
            (f"At the end{tie}", "", dollars(found.after_cents)),
        ),
        SheetTable(
            "By person",
            ("", "Charges", "From payers", "From patients", "Adjusted", "Refunded"),
            tuple(
                (one.name, *(dollars(cents) for cents in (
                    one.charges_cents, one.payer_cents, one.patient_cents, one.adjusted_cents, one.refunded_cents,
                )))
                for one in found.people
            ),
        ),
        SheetTable(
            "Adjustments and write-offs",
            ("", "Entries", "Dollars"),
            tuple((item.label, str(item.count), dollars(item.cents)) for item in found.adjustments),
        ),
        SheetTable(
            "Taken from patients",
            ("", "By", "Receipts", "Dollars"),
            tuple((one.name, one.means, str(one.count), dollars(one.cents)) for one in found.drawers),
            ("Total", "", str(sum(one.count for one in found.drawers)), dollars(found.drawer_cents)),
        ),
    ]  # fmt: skip


@require_GET
@clinic_page(Can.SEE_CLAIMS, area=AREA)
def closing(request: ClinicRequest) -> HttpResponse:
    """How far the books are closed, every closing, and what is not done of the days to close (`?through=`)."""
    access = request.access
    closed = ledger_rows.closed_through(access.clinic)
    today = today_at(access.clinic)
    through = read_day(request.GET.get("through")) or month_to_close(today, closed)
    rows = list(Period.objects.select_related("closed_by", "reopened_by")[:_LATEST])
    last = next((row.pk for row in rows if row.reopened_at is None), None)
    access.record("list", "period", detail=f"{len(rows)} closings")
    context = {
        "tabs": tabs(access, "closing"),
        "closed": closed,
        "rows": rows,
        "last": last,
        "through": through,
        "undone": undone(through) if through else (),
        "may_work": access.may(Can.WORK_CLAIMS),
        "may_approve": access.may(Can.APPROVE_MONEY),
    }
    return render(request, "practice/accounts/closing.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def period_close(request: ClinicRequest) -> HttpResponse:
    """Close the books through a day."""
    access = request.access
    ends_on = day_of(request.POST.get("ends_on"), today_at(access.clinic))

    def act() -> str:
        row = close(access.clinic, access.user, ends_on, origin=access.origin)
        return f"The books are closed through {row.ends_on:%B %d, %Y}."

    return told_of(request, act, NotClosedError, "Not closed", "closing")


@require_POST
@clinic_page(Can.APPROVE_MONEY, area=AREA)
def period_reopen(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Open the last closed days again."""
    require_row(Period, key)
    access = request.access

    def act() -> str:
        reopen(access.clinic, access.user, key, request.POST.get("because", ""), origin=access.origin)
        return "The days are open again; who opened them and why is kept."

    return told_of(request, act, NotClosedError, "Not opened", "closing")


urlpatterns = [
    path("payments/day-sheet/", sheet, name="day_sheet"),
    path("payments/day-sheet/print/", sheet_print, name="day_sheet_print"),
    path("payments/closing/", closing, name="closing"),
    path("payments/closing/close/", period_close, name="period_close"),
    path("payments/closing/<uuid:key>/reopen/", period_reopen, name="period_reopen"),
]
