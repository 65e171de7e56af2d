"""Statements: who is due one, looked at before they are made, made as one file, and kept."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.ledger.patient_accounts import rules_of
from cleanclaim.practice.engine.patients.statements import candidates, make_run, preview
from cleanclaim.practice.models import Statement, StatementRun
from cleanclaim.practice.pages.accounts.entering import AREA, keys_of, pdf, tabs
from cleanclaim.receivables.statements import Sending

_PAGE = 50


@require_GET
@clinic_page(Can.SEE_CLAIMS, area=AREA)
def statements(request: ClinicRequest) -> HttpResponse:
    """Who would get a statement today, who would not and why, and the runs so far."""
    access = request.access
    found = candidates(access.clinic)
    due = [one for one in found if one.sending is Sending.SEND]
    others = [one for one in found if one.sending is not Sending.SEND and one.balance.due_cents > 0]
    page = Paginator(due, _PAGE).get_page(request.GET.get("page"))
    runs = StatementRun.objects.select_related("made_by").defer("content")[:20]
    access.record("list", "patient", detail=f"statements, {len(page)} patients")
    context = {
        "tabs": tabs(access, "statements"),
        "rules": rules_of(access.clinic),
        "page": page,
        "due_cents": sum(one.balance.due_cents for one in due),
        "due_count": len(due),
        "others": others[:_PAGE],
        "others_count": len(others),
        "runs": runs,
        "may_work": access.may(Can.WORK_CLAIMS),
        "may_set_up": access.may(Can.SET_UP),
    }
    return render(request, "practice/accounts/statements.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def statements_make(request: ClinicRequest) -> HttpResponse:
    """Make the statements of the patients that are chosen, or of everybody who is due one; or show them first."""
    access = request.access
    chosen = keys_of(request.POST.getlist("patient"))
    if request.POST.get("whom") == "all":
        chosen = [one.patient.pk for one in candidates(access.clinic) if one.sending is Sending.SEND]
    if not chosen:
        messages.error(request, "Choose at least one patient.")
        return redirect("statements", access.clinic.slug)
    if request.POST.get("do") == "preview":
        access.record("read", "patient", detail=f"preview of {len(chosen)} statements")
        return pdf(preview(access.clinic, chosen), "statements-preview")
    run, left = make_run(access.clinic, access.user, chosen, origin=access.origin)
    if run is not None:
        count = run.statements_count
        messages.success(request, f"{count} {'statement' if count == 1 else 'statements'} made and kept, as one file.")
    for one in left:
        messages.info(request, f"{one.patient}: none made, {one.sending.value}.")
    return redirect("statements", access.clinic.slug)


@require_GET
@clinic_page(Can.SEE_CLAIMS, area=AREA)
def statements_run(request: ClinicRequest, key: UUID) -> HttpResponse:
    """All statements of a run as one file, as they were made."""
    row = StatementRun.objects.filter(pk=key).first()
    if row is None:
        raise Http404
    request.access.record("read", "statement", row.pk, detail=f"run of {row.statements_count}")
    return pdf(row.content.data, f"statements-{row.issued_on}")


@require_GET
@clinic_page(Can.SEE_ACCOUNTS, area="patients")
def statement(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One statement as it was sent."""
    row = Statement.objects.filter(pk=key).first()
    if row is None:
        raise Http404
    request.access.record("read", "statement", row.pk)
    return pdf(row.content.data, f"statement-{row.number}")


urlpatterns = [
    path("payments/statements/", statements, name="statements"),
    path("payments/statements/make/", statements_make, name="statements_make"),
    path("payments/statements/runs/<uuid:key>/", statements_run, name="statements_run"),
    path("payments/statements/<uuid:key>/", statement, name="statement"),
]
