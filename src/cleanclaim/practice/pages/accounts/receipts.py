"""Patients' payments: taken at the desk, listed, printed, voided."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanclaim.forms.receipt import ReceiptPage, render_receipt
from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger.patient_accounts import PatientAccount, account_of, words_of
from cleanclaim.practice.engine.ledger.receipts import RECEIPT, NotTakenError, Payment, take, use_credit, void
from cleanclaim.practice.engine.patients.at_the_desk import copay_on, taken_on
from cleanclaim.practice.form_fields import DayField, MoneyField, Styled, phone_words
from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import LedgerEntry, Means, PaymentPlan, Receipt
from cleanclaim.practice.pages.accounts.entering import AREA, form_page, patient_or_404, pdf, tabs, told_of, typed_cents

_PAGE = 50
_PART = "part:"
_OF_MEANS = {Means.CHECK.value: ("check_number",), Means.CARD.value: ("card_last_four", "processor_reference")}
"""The fields of a payment that belong to one way of paying; the page hides those of the others."""


class PaymentForm(Styled, forms.Form):
    """What a patient gives, and how."""

    cents = MoneyField(label="amount, in dollars")
    means = forms.ChoiceField(label="by", choices=[(one.value, one.value) for one in Means])
    received_on = DayField(label="received on")
    check_number = forms.CharField(required=False, max_length=20)
    card_last_four = forms.RegexField(
        r"^\d{4}$", required=False, label="card, last four digits",
        error_messages={"invalid": "Expected four digits. The whole number of a card is never kept."},
    )  # fmt: skip
    processor_reference = forms.CharField(
        required=False, max_length=40, label="reference of the card processor",
        help_text="The card itself is read by the processor's terminal; only this comes here.",
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)

    hidden: ClassVar[tuple[str, ...]] = ("key",)

    def clean(self) -> dict[str, Any]:
        """Nothing is no payment; a card has its digits or a reference, and what belongs to another means is dropped."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        for means, names in _OF_MEANS.items():
            if entered.get("means") != means:
                entered |= dict.fromkeys(names, "")
                for name in names:
                    self.errors.pop(name, None)
        if not entered.get("cents") and "cents" not in self.errors:
            self.add_error("cents", "Expected dollars above zero.")
        if entered.get("means") == Means.CARD.value and not (
            entered.get("card_last_four") or entered.get("processor_reference")
        ) and "card_last_four" not in self.errors:  # fmt: skip
            self.add_error("card_last_four", "Expected the last four digits, or the processor's reference.")
        return entered


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SEE_PATIENTS, Can.TAKE_PAYMENTS, area="patients")
def pay(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take a payment: onto the lines that are chosen, or the oldest first."""
    access = request.access
    person = patient_or_404(key)
    found = account_of(person.pk)
    today = today_at(access.clinic)
    plan = PaymentPlan.objects.filter(patient=person, ended_on=None).first()
    due, copay, taken = max(0, found.balance(today).due_cents), copay_on(person.pk, today), taken_on(person.pk, today)
    proposed = due or (copay.cents if copay and not taken else 0)
    initial = {"key": uuid4(), "received_on": today, "means": Means.CARD.value, "cents": proposed or None}
    form = PaymentForm(request.POST or None, initial=initial)
    typed, problem = typed_cents(request, ((f"{_PART}{line.key}", line.date_of_service) for line in _owed(found)))
    chosen = {name.removeprefix(_PART): cents for name, cents in typed.items()}
    if form.is_bound and form.is_valid() and not problem:
        entered = form.cleaned_data
        payment = Payment(
            key=entered["key"],
            cents=entered["cents"],
            means=Means(entered["means"]),
            received_on=entered["received_on"],
            check_number=entered["check_number"],
            card_last_four=entered["card_last_four"],
            processor_reference=entered["processor_reference"],
            parts=chosen or None,
            plan=plan if request.POST.get("by_plan") else None,
        )
        try:
            row = take(access.clinic, access.user, person, payment, origin=access.origin)
        except NotTakenError as error:
            problem = str(error)
        else:
            messages.success(request, f"{dollars(row.cents)} taken. Receipt {row.number} is ready to print.")
            return redirect("patient_account", access.clinic.slug, person.pk)
    access.record("read", "patient", person.pk, detail="what is owed")
    return form_page(
        request,
        form,
        title="Take a payment",
        back=reverse("patient_account", args=[access.clinic.slug, person.pk]),
        back_label=str(person),
        submit="Take the payment",
        problem=problem,
        extra="practice/accounts/lines_to_pay.html",
        lines=[(line, words_of(line.code) if line.code else "Balance brought forward") for line in _owed(found)],
        typed={line: request.POST.get(f"{_PART}{line}", "") for line in (one.key for one in _owed(found))},
        part=_PART,
        due_cents=due,
        copay=copay,
        taken_cents=taken,
        plan=plan,
    )


def _owed(found: PatientAccount) -> list[Any]:
    return [line for line in found.lines if line.owed_cents]


@require_GET
@clinic_page(Can.SEE_ACCOUNTS, area=AREA)
def receipts(request: ClinicRequest) -> HttpResponse:
    """All receipts, the latest first."""
    rows = Receipt.objects.select_related("patient", "taken_by").prefetch_related("deposit_items__deposit")
    order = (By("received_on", descending=True), By("number", descending=True), By("pk"))
    page = window(rows, order, request.GET.dict(), _PAGE)
    request.access.record("list", "receipt", detail=f"{len(page)} rows")
    context = {
        "page": page,
        "tabs": tabs(request.access, "receipts"),
        "may_take": request.access.may(Can.TAKE_PAYMENTS),
    }
    return render(request, "practice/accounts/receipts.html", context)


@require_GET
@clinic_page(Can.SEE_ACCOUNTS, area=AREA)
def receipt_print(request: ClinicRequest, key: UUID) -> HttpResponse:
    """A receipt to print."""
    row = Receipt.objects.select_related("patient").filter(pk=key).first()
    if row is None:
        raise Http404
    clinic, found = request.access.clinic, account_of(row.patient_id)
    by_key = {line.key: line for line in found.lines}
    entries = LedgerEntry.objects.filter(transaction__key=f"{RECEIPT}:{row.pk}", account="patient_cash")
    parts = [(entry.line, entry.cents) for entry in entries.order_by("position")]
    lines = [
        (f"{by_key[line].date_of_service:%b %d, %Y}  {words_of(by_key[line].code) or 'Earlier balance'}", cents)
        for line, cents in parts
        if line in by_key
    ]
    street = f"{clinic.line1}, {clinic.line2}" if clinic.line2 else clinic.line1
    page = ReceiptPage(
        number=row.number,
        clinic=clinic.name,
        clinic_address=(street, f"{clinic.city}, {clinic.state} {clinic.zip_code}"),
        clinic_phone=phone_words(clinic.phone),
        patient=f"{row.patient.given_name} {row.patient.family_name}",
        patient_number=row.patient.number,
        received_on=row.received_on,
        cents=row.cents,
        means=_means(row),
        lines=tuple(lines),
        credit_cents=row.cents - sum(cents for _text, cents in lines),
        owed_cents=max(0, found.balance(today_at(clinic)).due_cents),
        is_voided=row.voided_at is not None,
    )
    request.access.record("read", "receipt", row.pk, detail="printed")
    return pdf(render_receipt(page), f"receipt-{row.number}")


def _means(row: Receipt) -> str:
    if row.means == Means.CHECK.value:
        return f"check {row.check_number}".strip()
    if row.means == Means.CARD.value:
        return f"card ending in {row.card_last_four}" if row.card_last_four else "card"
    return "cash"


@require_POST
@clinic_page(Can.WORK_CLAIMS, area=AREA)
def receipt_void(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take a receipt back whole."""
    access = request.access
    row = Receipt.objects.filter(pk=key).first()
    if row is None:
        raise Http404

    def act() -> str:
        void(access.clinic, access.user, key, request.POST.get("because", ""), origin=access.origin)
        return f"{row.number} is voided; what it paid is owed again."

    return told_of(request, act, NotTakenError, "Not voided", "patient_account", row.patient_id)


@require_POST
@clinic_page(Can.SEE_PATIENTS, Can.TAKE_PAYMENTS, area="patients")
def credit_use(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Put a patient's credit onto what they owe."""
    access = request.access
    person = patient_or_404(key)

    def act() -> str:
        cents = use_credit(access.clinic, access.user, person, origin=access.origin)
        return f"{dollars(cents)} of credit put onto what was owed, the oldest first."

    return told_of(request, act, NotTakenError, "Nothing was moved", "patient_account", person.pk)


urlpatterns = [
    path("patients/<uuid:key>/account/pay/", pay, name="patient_pay"),
    path("patients/<uuid:key>/account/use-credit/", credit_use, name="patient_use_credit"),
    path("payments/receipts/", receipts, name="receipts"),
    path("payments/receipts/<uuid:key>/print/", receipt_print, name="receipt_print"),
    path("payments/receipts/<uuid:key>/void/", receipt_void, name="receipt_void"),
]
