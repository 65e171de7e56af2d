"""The form of an estimate: what for, how often, which services, at which discount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cleanclaim.practice.engine.claims.charge_master import is_code
from cleanclaim.practice.engine.patients.notices import EVALUATION, TREATMENT, Wanted
from cleanclaim.practice.form_fields import DayField, Styled
from cleanclaim.practice.models import PlanOfCare, SelfPayReason
from cleanclaim.receivables.estimates import PlannedService
from cleanclaim.reference import icd10

ROWS: Mapping[str, int] = {EVALUATION: 3, TREATMENT: 6}
"""How many services a visit of each kind may have on the form."""
REASONS = [
    (SelfPayReason.UNINSURED.value, "has no insurance for this care"),
    (SelfPayReason.NOT_USED.value, "chooses not to use insurance"),
]
_MOST_VISITS = 400
_TENTHS = 10


class EstimateForm(Styled, forms.Form):
    """What an estimate is to hold. A row without a code is left out."""

    reason = forms.ChoiceField(label="the patient", choices=REASONS)
    main_service = forms.CharField(
        label="what for, in plain words", max_length=120,
        help_text="As the patient would say it: physical therapy for shoulder pain.",
    )  # fmt: skip
    diagnoses = forms.CharField(label="diagnoses", required=False, help_text="ICD-10 codes by commas.")
    begins_on = DayField(label="first visit")
    per_week = forms.IntegerField(label="visits a week", min_value=1, max_value=7)
    visits = forms.IntegerField(
        label="visits in all", min_value=1, max_value=_MOST_VISITS, help_text="The evaluation is one of them."
    )
    discount = forms.DecimalField(
        label="self-pay discount, %", required=False, min_value=0, max_digits=3, decimal_places=1,
        help_text="Below the charge master; leave it empty for none.",
    )  # fmt: skip
    separate = forms.CharField(
        label="scheduled separately", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Care elsewhere that is expected to go with it, one a line: imaging, a brace.",
    )  # fmt: skip

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        for kind, place in _places():
            code = forms.CharField(label=f"{kind} code {place}", max_length=5, required=False)
            units = forms.IntegerField(label=f"{kind} units {place}", min_value=1, max_value=12, required=False)
            for name, field in ((f"{kind}_code_{place}", code), (f"{kind}_units_{place}", units)):
                field.widget.attrs["class"] = "form-control"
                self.fields[name] = field

    def rows(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """The fields of the services, by kind of visit."""
        return [
            (kind, [(self[f"{kind}_code_{place}"], self[f"{kind}_units_{place}"]) for place in range(count)])
            for kind, count in ROWS.items()
        ]

    def clean_diagnoses(self) -> tuple[str, ...]:
        """ICD-10 codes, each once, each of them listed."""
        codes = tuple(dict.fromkeys(self.cleaned_data["diagnoses"].upper().replace(",", " ").split()))
        unknown = [code for code in codes if icd10.get(code) is None]
        if unknown:
            raise ValidationError(f"Expected ICD-10 codes; {', '.join(unknown)} is not listed.")
        return codes

    def clean(self) -> dict[str, Any]:
        """Each row whole: a code that has the form of one, and its units; at least one service."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        services: dict[str, list[PlannedService]] = {kind: [] for kind in ROWS}
        for kind, place in _places():
            code = str(entered.get(f"{kind}_code_{place}") or "").upper()
            units = entered.get(f"{kind}_units_{place}")
            if code and not is_code(code):
                self.add_error(f"{kind}_code_{place}", "Expected a procedure code of five characters.")
            elif code and units is None:
                self.add_error(f"{kind}_units_{place}", "Expected the units of one visit.")
            elif units is not None and not code:
                self.add_error(f"{kind}_code_{place}", "Expected a code for these units.")
            elif code:
                services[kind].append(PlannedService(code, units or 1))
        if not any(services.values()) and not self.errors:
            self.add_error(f"{TREATMENT}_code_0", "Expected at least one service.")
        if services[EVALUATION] and (entered.get("visits") or 0) > 1 and not services[TREATMENT] and not self.errors:
            self.add_error(f"{TREATMENT}_code_0", "Expected what the visits after the evaluation hold.")
        entered["services"] = services
        return entered

    def wanted(self) -> Wanted:
        """What was entered, as the engine takes it."""
        entered = self.cleaned_data
        return Wanted(
            reason=SelfPayReason(entered["reason"]),
            main_service=entered["main_service"],
            begins_on=entered["begins_on"],
            per_week=entered["per_week"],
            treatments=entered["visits"] - bool(entered["services"][EVALUATION]),
            services=entered["services"],
            discount=int((entered["discount"] or 0) * _TENTHS),
            diagnoses=entered["diagnoses"],
            separate=tuple(line.strip() for line in entered["separate"].splitlines() if line.strip()),
        )


def first_shown(
    plan: PlanOfCare | None,
    begins_on: date,
    usual: Mapping[str, Sequence[PlannedService]],
    reason: SelfPayReason,
    *,
    is_evaluated: bool,
) -> dict[str, object]:
    """What the form says at first: the plan's frequency and length, and what the patient's last visits held."""
    shown: dict[str, object] = {"reason": reason.value, "begins_on": begins_on, "main_service": "Physical therapy"}
    if plan is not None:
        shown["diagnoses"] = ", ".join(plan.diagnoses)
        shown["per_week"] = plan.frequency_per_week
        if plan.frequency_per_week and plan.duration_weeks:
            shown["visits"] = plan.frequency_per_week * plan.duration_weeks
    for kind, services in usual.items():
        if kind == EVALUATION and is_evaluated:
            continue
        for place, service in enumerate(services[: ROWS[kind]]):
            shown |= {f"{kind}_code_{place}": service.code, f"{kind}_units_{place}": service.units}
    return shown


def _places() -> Iterable[tuple[str, int]]:
    return ((kind, place) for kind, count in ROWS.items() for place in range(count))
