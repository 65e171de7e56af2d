"""Write-offs: asked for line by line with a reason, granted or refused by the owner, taken back whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.ledger.patient_accounts import PatientAccount, account_of, rules_of, words_of
from cleanclaim.practice.engine.ledger.write_offs import NotWrittenOffError, ask, decide, take_back
from cleanclaim.practice.form_fields import Styled
from cleanclaim.practice.models import WriteOff, WriteOffState
from cleanclaim.practice.pages.accounts.entering import (
    AREA,
    form_page,
    patient_or_404,
    require_row,
    tabs,
    told_of,
    typed_cents,
)
from cleanclaim.receivables.giving_up import LABELS, Reason

_PAGE = 50
_PART = "give:"


class WriteOffForm(Styled, forms.Form):
    """Why."""

    reason = forms.ChoiceField(choices=[("", "choose"), *((one.value, LABELS[one]) for one in Reason)])
    because = forms.CharField(
        label="in your own words", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Whoever reads the books next year should understand it.",
    )  # fmt: skip


def _open(found: PatientAccount) -> list[tuple[str, str, int, Any, str]]:
    """What is open, by line and who owes it: field, who in words, cents, line, what the line is."""
    rows = []
    for line in found.lines:
        words = words_of(line.code) if line.code else "Balance brought forward"
        if line.open_cents > 0:
            rows.append((f"{_PART}{line.key}|{PATIENT}", "the patient", line.open_cents, line, words))
        payers = {move.payer for move in line.moves if move.account is Account.PAYER_OPEN}
        rows += [
            (f"{_PART}{line.key}|{payer}", f"{payer} payer", line.open_to(payer), line, words)
            for payer in sorted(payers)
            if line.open_to(payer) > 0
        ]
    return rows


@require_http_methods(["GET", "POST"])
@clinic_page(Can.WORK_CLAIMS, area="patients")
def write_off_new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Ask to give up open amounts of a patient's lines."""
    access = request.access
    person = patient_or_404(key)
    rows = _open(account_of(person.pk))
    form = WriteOffForm(request.POST or None)
    typed, problem = typed_cents(request, ((name, line.date_of_service) for name, _who, _cents, line, _words in rows))
    lines = {_of_line(name): cents for name, cents in typed.items()}
    if form.is_bound and form.is_valid() and not problem:
        entered = form.cleaned_data
        try:
            row = ask(
                access.clinic, access.user, person, lines, Reason(entered["reason"]), entered["because"],
                decides_alone=access.may(Can.APPROVE_MONEY), origin=access.origin,
            )  # fmt: skip
        except NotWrittenOffError as error:
            problem = str(error)
        else:
            if row.state == WriteOffState.WRITTEN.value:
                messages.success(request, f"{dollars(row.cents)} written off.")
            else:
                messages.info(request, f"{dollars(row.cents)} wait for the owner; nothing is written off yet.")
            return redirect("patient_account", access.clinic.slug, person.pk)
    access.record("read", "patient", person.pk, detail="open lines")
    limit = rules_of(access.clinic).biller_write_off_cents
    return form_page(
        request,
        form,
        title="Write off",
        back=reverse("patient_account", args=[access.clinic.slug, person.pk]),
        back_label=str(person),
        submit="Write off" if access.may(Can.APPROVE_MONEY) else "Ask to write off",
        about=""
        if access.may(Can.APPROVE_MONEY)
        else f"Up to {dollars(limit)} are written off at once; more waits for the owner.",
        problem=problem,
        extra="practice/accounts/lines_to_give_up.html",
        rows=[(*row, request.POST.get(row[0], "")) for row in rows],
    )


def _of_line(name: str) -> tuple[str, str]:
    """The line and who owes it, of a field's name."""
    key, _bar, owed_by = name.removeprefix(_PART).rpartition("|")
    return key, owed_by


@require_GET
@clinic_page(Can.SEE_CLAIMS, area=AREA)
def write_offs(request: ClinicRequest) -> HttpResponse:
    """What waits for the owner, and what was decided."""
    access = request.access
    rows = WriteOff.objects.select_related("patient", "asked_by", "decided_by")
    waiting = list(rows.filter(state=WriteOffState.ASKED.value).order_by("asked_on", "created_at")[:_PAGE])
    decided = rows.exclude(state=WriteOffState.ASKED.value)
    page = Paginator(decided, _PAGE).get_page(request.GET.get("page"))
    access.record("list", "write_off", detail=f"{len(waiting)} waiting, {len(page)} decided")
    context = {
        "tabs": tabs(access, "write_offs"),
        "waiting": [(row, LABELS[Reason(row.reason)]) for row in waiting],
        "decided": [(row, LABELS[Reason(row.reason)], row.state.replace("_", " ")) for row in page],
        "page": page,
        "may_approve": access.may(Can.APPROVE_MONEY),
    }
    return render(request, "practice/accounts/write_offs.html", context)


@require_POST
@clinic_page(Can.APPROVE_MONEY, area=AREA)
def write_off_decide(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Grant, refuse, or take back what was written."""
    access, does = request.access, request.POST.get("do", "")
    require_row(WriteOff, key)

    def act() -> str:
        if does == "take_back":
            row = take_back(access.clinic, access.user, key, origin=access.origin)
        else:
            row = decide(access.clinic, access.user, key, grant=does == "grant", origin=access.origin)
        return f"{dollars(row.cents)}: {row.state.replace('_', ' ')}."

    return told_of(request, act, NotWrittenOffError, "Nothing was done", "write_offs")


urlpatterns = [
    path("patients/<uuid:key>/account/write-off/", write_off_new, name="write_off_new"),
    path("payments/write-offs/", write_offs, name="write_offs"),
    path("payments/write-offs/<uuid:key>/decide/", write_off_decide, name="write_off_decide"),
]
