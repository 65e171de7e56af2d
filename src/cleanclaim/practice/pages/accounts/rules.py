"""The clinic's own rules for patients' balances: thresholds, limits, and the scale of need."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from cleanclaim.money import AmountError, dollars, parse_cents
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.ledger.patient_accounts import rules_of
from cleanclaim.practice.form_fields import MoneyField, Styled
from cleanclaim.practice.models import AccountRules, StaleRowError
from cleanclaim.practice.pages.accounts.entering import form_page

_PARTS = 3
_WHOLE = 100


class ScaleField(forms.Field):
    """The scale of need, a line a step: people in the household, income in a year, percent given up."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - a row's value, or what a browser sent
        """The steps as lines."""
        if not isinstance(value, list):
            return value
        return "\n".join(f"{household}, {dollars(income)}, {part / _WHOLE:g}%" for household, income, part in value)

    def to_python(self, value: Any) -> list[list[int]]:  # noqa: ANN401 - what a browser sent
        """The steps; refuses a line that is none."""
        steps = []
        for number, line in enumerate((value or "").splitlines(), start=1):
            if line.strip():
                steps.append(_step(line, number))
        return steps


def _step(line: str, number: int) -> list[int]:
    expected = "expected people, income and percent, such as: 2, $31,000, 50%"
    cells = [cell.strip() for cell in line.replace("$", "").split(", ")]
    cells = cells if len(cells) == _PARTS else [cell.strip() for cell in line.split(";")]
    try:
        household, percent = int(cells[0]), int(cells[2].rstrip("% "))
        income = parse_cents(cells[1])
    except (ValueError, IndexError, AmountError) as error:
        raise ValidationError(f"Line {number}: {expected}.") from error
    if household < 1 or income < 0 or not 0 < percent <= _WHOLE:
        raise ValidationError(f"Line {number}: {expected}.")
    return [household, income, percent * _WHOLE]


class RulesForm(Styled, forms.ModelForm[AccountRules]):
    """The rules."""

    small_balance_cents = MoneyField(label="small balance, in dollars")
    biller_write_off_cents = MoneyField(label="a biller writes off alone up to, in dollars")
    hardship_scale = ScaleField(
        required=False, label="scale of need", widget=forms.Textarea(attrs={"rows": 5}),
        help_text="A line a step: people in the household, yearly income, percent given up. Such as: 2, $31,000, 50%",
    )  # fmt: skip

    class Meta:
        model = AccountRules
        fields = (
            "small_balance_cents", "statement_every_days", "due_in_days", "biller_write_off_cents", "hardship_scale",
            "hardship_days", "statement_note",
        )  # fmt: skip
        help_texts: ClassVar[dict[str, str]] = {
            "statement_note": "Printed at the end of each statement, such as how to pay online.",
        }


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def account_rules(request: ClinicRequest) -> HttpResponse:
    """The clinic's rules, the same for every patient."""
    access = request.access
    row = rules_of(access.clinic)
    form = RulesForm(request.POST or None, instance=row)
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                form.instance.save_if_unchanged(_version(request), *form.changed_data)
                access.record("change", "account_rules", row.pk, detail=", ".join(form.changed_data))
        except StaleRowError:
            problem = "somebody else changed the rules meanwhile, or a number was taken from them; try again"
        else:
            messages.success(request, "The rules are kept.")
            return redirect("account_rules", access.clinic.slug)
    return form_page(
        request,
        form,
        title="Rules for patients' balances",
        back=reverse("setup", args=[access.clinic.slug]),
        back_label="Set-up",
        submit="Save",
        about="The same for every patient. Nothing is given up by itself, and a copay is never waived as a habit.",
        problem=problem,
        version=row.version,
    )


def _version(request: ClinicRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() else 0


urlpatterns = [path("setup/balances/rules/", account_rules, name="account_rules")]
