"""Money that goes back: what the ledger shows as owed, by when, and what was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanclaim.ledger.posting import PATIENT
from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.follow_up import recoupments
from cleanclaim.practice.engine.follow_up import refunds as engine
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.form_fields import DayField, MoneyField, Styled
from cleanclaim.practice.models import Means, Patient, PayerAdjustment, Refund, RefundState
from cleanclaim.practice.pages.accounts.entering import AREA, day_of, form_page, require_row, tabs, told_of
from cleanclaim.receivables.overpayments import Clock, longest_investigation_days

_LATEST = 50


@dataclass(frozen=True, slots=True)
class _Owed:
    """A refund that is owed, as the page shows it; `days_left` is below 0 where its day is past."""

    row: Refund
    clock: Clock | None
    days_left: int | None
    is_patients: bool

    @classmethod
    def of(cls, row: Refund, clock: Clock | None, today: date) -> _Owed:
        """The refund on a day."""
        return cls(row, clock, None if clock is None else clock.days_left(today), row.owed_to == PATIENT)

    @property
    def days(self) -> int:
        """The days left, or the days that it is late."""
        return abs(self.days_left or 0)


@require_GET
@clinic_page(Can.SEE_CLAIMS, area=AREA)
def refunds(request: ClinicRequest) -> HttpResponse:
    """What is owed back by its clock, what the ledger shows besides, and what was sent."""
    access = request.access
    today = today_at(access.clinic)
    found = [*engine.found_of_patients(), *engine.found_of_payers()]
    people = Patient.objects.in_bulk([one.patient for one in found])
    sent = Refund.objects.exclude(state=RefundState.OWED.value).select_related("patient").order_by("-sent_on")
    groups = recoupments.groups()
    access.record("list", "refund", detail=f"{len(found)} found")
    context = {
        "tabs": tabs(access, "refunds"),
        "owed": [_Owed.of(row, clock, today) for row, clock in engine.clocks()],
        "found": [(one, people[one.patient], one.owed_to == PATIENT) for one in found],
        "announced": [one for one in groups if one.settled.announced_cents],
        "twice": [one for one in groups if one.settled.twice_cents],
        "sent": [(row, row.owed_to == PATIENT) for row in sent[:_LATEST]],
        "may_work": access.may(Can.WORK_CLAIMS),
        "today": today,
    }
    return render(request, "practice/accounts/refunds.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def refund_note(request: ClinicRequest) -> HttpResponse:
    """Note that an amount which the ledger shows is owed back, known since a day."""
    access, posted = request.access, request.POST
    today = today_at(access.clinic)
    try:
        item = engine.Found(
            UUID(posted.get("patient", "")), posted.get("line", ""), posted.get("owed_to", ""),
            int(posted.get("cents", "0")), "",
        )  # fmt: skip
    except ValueError as error:
        raise Http404 from error
    known = day_of(posted.get("identified_on"), today)

    def act() -> str:
        row = engine.note(access.clinic, access.user, item, identified_on=known, origin=access.origin)
        by = f" Medicare's day is {row.return_by:%B %d, %Y}." if row.return_by else ""
        return f"{dollars(row.cents)} noted as owed back.{by}"

    return told_of(request, act, engine.NotRefundedError, "Not noted", "refunds")


class SendForm(Styled, forms.Form):
    """How a refund went out."""

    sent_on = DayField(label="sent on")
    means = forms.ChoiceField(label="by", choices=[(one.value, one.value) for one in Means])
    reference = forms.CharField(max_length=40, label="number of the check, or reference")


@require_http_methods(["GET", "POST"])
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def refund_send(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write that a refund was sent."""
    access = request.access
    row = Refund.objects.select_related("patient").filter(pk=key, state=RefundState.OWED.value).first()
    if row is None:
        raise Http404
    form = SendForm(request.POST or None, initial={"sent_on": today_at(access.clinic), "means": Means.CHECK.value})

    def act(entered: dict[str, Any]) -> str:
        engine.send(
            access.clinic, access.user, row.pk, sent_on=entered["sent_on"], means=Means(entered["means"]),
            reference=entered["reference"], origin=access.origin,
        )  # fmt: skip
        return f"{dollars(row.cents)} written as sent."

    to = str(row.patient) if row.owed_to == PATIENT else row.payer_name or row.owed_to
    about = f"{dollars(row.cents)} to {to}: {row.reason}."
    return _asked(request, form, act, title="A refund goes out", submit="Mark as sent", about=about)


class CheckForm(SendForm):
    """How a check went out for what a payer had announced, how much, and for which claim."""

    cents = MoneyField(label="dollars")
    claim_number = forms.CharField(max_length=40, label="claim", help_text="The number with which it was filed.")
    field_order = ("cents", "claim_number", "sent_on", "means", "reference")


@require_http_methods(["GET", "POST"])
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def refund_check(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write that a check went for what a payer had announced to take."""
    access = request.access
    row = PayerAdjustment.objects.select_related("remittance", "claim").filter(pk=key).first()
    group = None if row is None else next((one for one in recoupments.groups() if row in one.rows), None)
    if row is None or group is None or not group.settled.announced_cents:
        raise Http404
    left = group.settled.announced_cents
    known = {"cents": left, "sent_on": today_at(access.clinic), "means": Means.CHECK.value}
    form = CheckForm(request.POST or None, initial=known)
    if row.claim is not None:
        del form.fields["claim_number"]

    def act(entered: dict[str, Any]) -> str:
        made = recoupments.send_check(
            access.clinic, access.user, row.pk, cents=entered["cents"], sent_on=entered["sent_on"],
            means=Means(entered["means"]), reference=entered["reference"],
            claim_number=entered.get("claim_number", ""), origin=access.origin,
        )  # fmt: skip
        return f"{dollars(made.cents)} written as sent. If {made.payer_name} takes it as well, the worklist says so."

    title = "A check goes for what a payer announced"
    about = (
        f"{row.remittance.payer_name} has announced {dollars(left)} under reference {row.reference or 'none'}"
        f"{f' for claim {row.claim.number}' if row.claim else ''}, and has not taken it yet."
    )
    return _asked(request, form, act, title=title, submit="Mark as sent", about=about)


class InvestigationForm(Styled, forms.Form):
    """From when through when related overpayments are investigated."""

    begins = DayField(label="began on", required=False)
    ends = DayField(label="ended on", required=False, help_text="Empty while it goes on.")


@require_http_methods(["GET", "POST"])
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def refund_investigate(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Say when the investigation of an overpayment began and ended; the day to return it by follows."""
    access = request.access
    row = Refund.objects.filter(pk=key, state=RefundState.OWED.value).exclude(return_by=None).first()
    if row is None:
        raise Http404
    known = {"begins": row.investigated_from, "ends": row.investigated_through}
    form = InvestigationForm(request.POST or None, initial=known)

    def act(entered: dict[str, Any]) -> str:
        held = engine.investigate(
            access.clinic, access.user, row.pk, entered["begins"], entered["ends"], origin=access.origin
        )
        return f"Kept: {dollars(held.cents)} go back by {held.return_by:%B %d, %Y}."

    about = (
        "A good-faith investigation of related overpayments holds Medicare's clock until it is over, and for "
        f"{longest_investigation_days(row.identified_on) or 'no'} days at most since the overpayment was known "
        f"({row.identified_on:%B %d, %Y}). Then the days that were left run on."
    )
    return _asked(request, form, act, title="An investigation holds the clock", submit="Save", about=about)


def _asked(
    request: ClinicRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    submit: str,
    about: str,
) -> HttpResponse:
    """Ask by a form, and do it: back to the list with what `act` tells, or the form again with why it was refused."""
    slug, problem = request.access.clinic.slug, ""
    if form.is_bound and form.is_valid():
        try:
            told = act(form.cleaned_data)
        except (engine.NotRefundedError, recoupments.NotSentError) as error:
            problem = str(error)
        else:
            messages.success(request, told)
            return redirect("refunds", slug)
    return form_page(
        request,
        form,
        title=title,
        back=reverse("refunds", args=[slug]),
        back_label="Refunds",
        submit=submit,
        about=about,
        problem=problem,
    )


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def refund_withdraw(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Withdraw a refund that is not owed after all."""
    require_row(Refund, key)
    access = request.access

    def act() -> str:
        row = engine.withdraw(access.clinic, access.user, key, origin=access.origin)
        return f"{dollars(row.cents)} are no longer noted as owed back."

    return told_of(request, act, engine.NotRefundedError, "Not withdrawn", "refunds")


urlpatterns = [
    path("payments/refunds/", refunds, name="refunds"),
    path("payments/refunds/note/", refund_note, name="refund_note"),
    path("payments/refunds/announced/<uuid:key>/", refund_check, name="refund_check"),
    path("payments/refunds/<uuid:key>/send/", refund_send, name="refund_send"),
    path("payments/refunds/<uuid:key>/investigation/", refund_investigate, name="refund_investigate"),
    path("payments/refunds/<uuid:key>/withdraw/", refund_withdraw, name="refund_withdraw"),
]
