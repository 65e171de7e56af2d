"""An explanation of benefits on paper, typed in line by line for one claim."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.known_claims import Filed, filed_claims
from cleanclaim.practice.engine.payments.paper import PROCESSED, SENT_ON, Typed, TypedLine, payers_of, post_paper
from cleanclaim.practice.engine.payments.remitting import NotPostedError
from cleanclaim.practice.form_fields import DayField, MoneyField, Styled
from cleanclaim.practice.models import Claim, ClaimAnswer
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.practice.pages.payments.paper_checks import address_of_check
from cleanclaim.records import Adjustment, AdjustmentGroup, CoverageOrder
from cleanclaim.records.remittance import ClaimStatusCode
from cleanclaim.reference import adjustments
from cleanclaim.reference.adjustments import AdjustmentKind

REASONS = 4
"""Reasons that a line of the form has room for."""

_GROUPS = [
    ("", "–"),
    (AdjustmentGroup.CONTRACTUAL.value, "CO"),
    (AdjustmentGroup.PATIENT.value, "PR"),
    (AdjustmentGroup.OTHER.value, "OA"),
    (AdjustmentGroup.PAYER.value, "PI"),
]
_PROCESSED, _SENT_ON, _DENIED, _TAKES_BACK = "processed", "sent on", "denied", "takes back"
_WHAT = [
    (_PROCESSED, "it decided the claim"),
    (_SENT_ON, "it decided, and sent the claim on to the next payer"),
    (_DENIED, "it denied the claim"),
    (_TAKES_BACK, "it takes back what it said before"),
]


class PaperForm(Styled, forms.Form):
    """What the paper says of the payment and the claim as a whole."""

    payer = forms.ChoiceField(label="payer")
    status = forms.ChoiceField(label="what it did", choices=_WHAT)
    check_number = forms.CharField(label="number of the check or transfer", max_length=50)
    paid_on = DayField(label="dated")
    payer_control_number = forms.CharField(label="payer's number of the claim", max_length=50, required=False)
    remarks = forms.CharField(
        label="remark codes",
        max_length=60,
        required=False,
        help_text="Of the claim as a whole, such as MA130 N130.",
    )

    def __init__(self, filed: Filed, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*arguments, **options)
        self.fields["payer"].choices = [  # type: ignore[attr-defined]
            (order.value, f"{payer.name} ({order.value})") for order, payer in payers_of(filed).items()
        ]

    def clean_remarks(self) -> tuple[str, ...]:
        """The codes, each of letters and digits."""
        codes = tuple(self.cleaned_data["remarks"].upper().replace(",", " ").split())
        if any(not code.isalnum() for code in codes):
            raise forms.ValidationError("Expected codes, such as MA130 N130.")
        return codes


class LineForm(Styled, forms.Form):
    """What it says of one line: what was paid, what was allowed, and why the rest was not paid."""

    paid = MoneyField(label="paid")
    allowed = MoneyField(label="allowed", required=False)

    def __init__(self, charge_cents: int, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        self.charge_cents = charge_cents
        super().__init__(*arguments, **options)
        for number in range(1, REASONS + 1):
            self.fields[f"group_{number}"] = forms.ChoiceField(choices=_GROUPS, required=False, label=f"group {number}")
            self.fields[f"reason_{number}"] = forms.CharField(max_length=5, required=False, label=f"reason {number}")
            self.fields[f"amount_{number}"] = MoneyField(required=False, label=f"amount {number}")
            for name, css in (("group", "form-select"), ("reason", "form-control"), ("amount", "form-control")):
                self.fields[f"{name}_{number}"].widget.attrs["class"] = f"{css} form-control-sm"
            self.fields[f"reason_{number}"].widget.attrs |= {"list": "reasons", "autocomplete": "off"}
        for number, group in enumerate((AdjustmentGroup.CONTRACTUAL, AdjustmentGroup.PATIENT), start=1):
            self.fields[f"group_{number}"].initial = group.value

    @property
    def reasons(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The fields of each reason, for the page."""
        return [
            (self[f"group_{number}"], self[f"reason_{number}"], self[f"amount_{number}"])
            for number in range(1, REASONS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """Reasons are whole, and the charge is paid and adjusted to the cent."""
        told: dict[str, Any] = super().clean() or {}
        found = []
        for number in range(1, REASONS + 1):
            group, reason, cents = (told.get(f"{name}_{number}") for name in ("group", "reason", "amount"))
            if not reason and cents is None:
                continue
            if not group or not reason or cents is None:
                self.add_error(f"amount_{number}", "Expected group, reason and amount together.")
                continue
            if adjustments.carc(reason.upper()) is None:
                self.add_error(f"reason_{number}", "Expected a reason on the published list (CARC).")
                continue
            found.append(Adjustment(group=AdjustmentGroup(group), reason=reason.upper(), amount_cents=cents))
        told["adjustments"] = tuple(found)
        if not self.errors:
            gap = self.charge_cents - told["paid"] - sum(one.amount_cents for one in found)
            if gap:
                more = "is not paid and not adjusted" if gap > 0 else "is paid and adjusted too much"
                raise forms.ValidationError(f"{dollars(abs(gap))} of the charge {more}.")
        return told

    def typed(self) -> TypedLine:
        """The line as the engine takes it."""
        told = self.cleaned_data
        return TypedLine(told["paid"], told["allowed"], told["adjustments"])


@clinic_page(Can.WORK_CLAIMS, area="remittances")
def paper(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Type in what a paper answer says of a claim; a POST posts it."""
    access = request.access
    claim = get_object_or_404(Claim.objects.select_related("patient").exclude(batch=None), pk=key)
    if claim.record is None:
        raise Http404
    (filed,) = filed_claims([claim])
    data = request.POST if request.method == "POST" else None
    initial = {
        "payer": filed.payer.value,
        "check_number": request.GET.get("check", "")[:50],
        "paid_on": day_asked(request, "dated"),
    }
    form = PaperForm(filed, data, initial=initial)
    lines = [
        LineForm(line.charge_cents, data, prefix=f"line{number}") for number, line in enumerate(filed.record.lines, 1)
    ]
    refused = ""
    # Every form is asked, so that all that is wrong is told at once.
    if data is not None and all([form.is_valid(), *(one.is_valid() for one in lines)]):
        try:
            row = post_paper(access.clinic, access.user, claim.pk, _typed(form, lines), origin=access.origin)
        except NotPostedError as error:
            refused = str(error)
        else:
            messages.success(request, f"{row.payer_name} {row.trace_number}: {dollars(row.amount_cents)} posted.")
            if request.POST.get("then") == "next":
                return redirect(address_of_check(access.clinic.slug, row.trace_number, form.cleaned_data["paid_on"]))
            return redirect("remittance", access.clinic.slug, row.pk)
    access.record("read", "claim", claim.pk, detail="paper answer")
    context = {
        "claim": claim,
        "form": form,
        "lines": list(zip(filed.record.lines, lines, strict=True)),
        "refused": refused,
        "reasons": [one for one in adjustments.described() if one.kind is AdjustmentKind.CARC],
        "wrong": data is not None and not refused,
        "earlier": ClaimAnswer.objects.filter(claim=claim, remittance__unposted_at=None).defer("answer").count(),
    }
    return render(request, "practice/remittances/paper.html", context, status=409 if refused else 200)


def _typed(form: PaperForm, lines: list[LineForm]) -> Typed:
    told = form.cleaned_data
    order = CoverageOrder(told["payer"])
    status = {
        _PROCESSED: PROCESSED[order],
        _SENT_ON: SENT_ON[order],
        _DENIED: ClaimStatusCode.DENIED,
        _TAKES_BACK: ClaimStatusCode.REVERSAL,
    }[told["status"]]
    return Typed(
        order=order,
        status=status,
        check_number=told["check_number"],
        paid_on=told["paid_on"],
        lines={number: line.typed() for number, line in enumerate(lines, start=1)},
        payer_control_number=told["payer_control_number"],
        remarks=told["remarks"],
    )
