"""Coverages of a patient: what stands on the card, in which order, for which days."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.protection import MEDICARE, write_down
from cleanclaim.practice.engine.patients.front_desk import secondary_reasons
from cleanclaim.practice.form_fields import AnswerField, DayField, MoneyField, StateField, Styled, ZipField
from cleanclaim.practice.models import ClinicPayer, Coverage, Patient
from cleanclaim.practice.pages.patients.entering import Groups, form_page, may_see_money, patient_or_404, save_shown
from cleanclaim.practice.pages.patients.payer_choice import PayerChoice, payer_choices, payer_kind
from cleanclaim.practice.pages.versions import shown_version
from cleanclaim.records import Relationship, Sex

_SUBSCRIBER = ("holder_family_name", "holder_given_name", "holder_birth_date", "holder_sex")
_ADDRESS = ("holder_line1", "holder_city", "holder_state", "holder_zip_code")


class CoverageForm(Styled, forms.ModelForm[Coverage]):
    """A coverage as its card states it; who holds the policy where that is not the patient."""

    chosen = forms.ChoiceField(label="payer")
    payer_identifier = forms.CharField(
        label="payer identifier",
        max_length=20,
        required=False,
        help_text="From the card or the clearinghouse's list. Left empty, the clinic's own for this payer.",
    )
    member_id = forms.CharField(
        label="member ID", max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    valid_from = DayField(label="first day", required=False)
    valid_through = DayField(label="last day", required=False)
    in_network = AnswerField(label="clinic in network")
    copay_cents = MoneyField(label="copay", required=False)
    qmb = AnswerField(
        label="Qualified Medicare Beneficiary (QMB)",
        help_text="Medicare only: Medicaid pays the patient's part, and they are never asked for it.",
    )
    qmb_seen_on = DayField(label="seen on", required=False)
    medicare_secondary_type = forms.ChoiceField(
        label="why another payer comes before Medicare",
        required=False,
        help_text="Only where Medicare is not the first.",
    )
    holder_family_name = forms.CharField(label="family name", max_length=60, required=False)
    holder_given_name = forms.CharField(label="given name", max_length=35, required=False)
    holder_birth_date = DayField(label="birth date", required=False)
    holder_sex = forms.ChoiceField(
        label="sex", required=False, choices=[("", "not known"), (Sex.FEMALE.value, "female"), (Sex.MALE.value, "male")]
    )
    holder_line1 = forms.CharField(label="street", max_length=55, required=False)
    holder_city = forms.CharField(label="city", max_length=30, required=False)
    holder_state = StateField(label="state", required=False)
    holder_zip_code = ZipField(label="ZIP", max_length=10, required=False)

    groups: ClassVar[Groups] = (
        ("payer", "Payer", ("chosen", "payer_identifier", "order", "in_network")),
        (
            "card",
            "On the card",
            ("member_id", "group_number", "plan_name", "copay_cents", "valid_from", "valid_through"),
        ),
        ("holder", "Who holds the policy", ("relationship", *_SUBSCRIBER, *_ADDRESS)),
        (
            "injury",
            "Injury carriers, and Medicare after another payer",
            ("claim_number", "employer", "medicare_secondary_type"),
        ),
        ("protected", "Medicare with Medicaid", ("qmb", "qmb_seen_on")),
    )

    class Meta:
        model = Coverage
        fields: ClassVar[list[str]] = [
            "order",
            "payer_identifier",
            "group_number",
            "plan_name",
            "relationship",
            "valid_from",
            "valid_through",
            "claim_number",
            "employer",
            "in_network",
            "medicare_secondary_type",
            "copay_cents",
        ]

    def __init__(self, *arguments: Any, patient: Patient, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.patient = patient
        own, others = payer_choices(patient.clinic)
        self.choices = {choice.key: choice for choice in (*own, *others)}
        listed: list[Any] = [("", "choose")]
        listed += [("Payers of this clinic", [(one.key, _name(one)) for one in own])] if own else []
        listed += [("Other payers", [(one.key, one.name) for one in others])]
        self.fields["chosen"].choices = listed  # type: ignore[attr-defined]
        self.fields["medicare_secondary_type"].choices = [("", "–"), *secondary_reasons().items()]  # type: ignore[attr-defined]
        held = self.instance
        if not held._state.adding:  # noqa: SLF001 - Django's public door
            self.initial["chosen"] = self._key_of(held)
            self.initial["member_id"] = held.member_id or ""
            self._show_holder(held.subscriber or {})
            self._show_protected(held)

    def _show_protected(self, held: Coverage) -> None:
        latest = held.eligibility.filter(qmb__isnull=False).order_by("asked_on", "created_at").last()
        if latest is not None:
            self.initial.update({"qmb": latest.qmb, "qmb_seen_on": latest.asked_on})

    def _key_of(self, held: Coverage) -> str:
        same = [one for one in self.choices.values() if one.payer == held.payer]
        exact = [one for one in same if one.identifier == held.payer_identifier]
        return (exact or same)[0].key if same else ""

    def _show_holder(self, subscriber: dict[str, Any]) -> None:
        name, address = subscriber.get("name") or {}, subscriber.get("address") or {}
        self.initial.update(
            {f"holder_{field}": name.get(field, "") for field in ("family_name", "given_name")}
            | {f"holder_{field}": subscriber.get(field) or "" for field in ("birth_date", "sex")}
            | {f"holder_{field}": address.get(field, "") for field in ("line1", "city", "state", "zip_code")}
        )

    def clean(self) -> dict[str, Any]:
        """Days in order, one coverage of an order at a time, and who holds the policy where it is not the patient."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = entered.get("valid_from"), entered.get("valid_through")
        if begins and ends and ends < begins:
            self.add_error("valid_through", "Expected a day on or after the first one.")
        else:
            self._check_order(entered)
        if entered.get("relationship") not in {None, Relationship.SELF.value}:
            for name in ("holder_family_name", "holder_given_name"):
                if not entered.get(name):
                    self.add_error(name, "Expected, as somebody else holds the policy.")
        self._check_protected(entered)
        given = [name for name in _ADDRESS if entered.get(name)]
        for name in _ADDRESS if given else ():
            if not entered.get(name) and name not in self.errors:
                self.add_error(name, "Expected, as part of the address is given.")
        return entered

    def _check_protected(self, entered: dict[str, Any]) -> None:
        """Whether the patient is a QMB, with the day it was seen; of Medicare's patients alone."""
        if entered.get("qmb") is None:
            return
        clinic, seen_on = self.patient.clinic, entered.get("qmb_seen_on")
        chosen = self.choices.get(entered.get("chosen", ""))
        if chosen is not None and payer_kind(clinic, chosen.payer) not in MEDICARE:
            self.add_error("qmb", "Expected of Medicare's coverage only; Medicaid is a coverage of its own.")
        if "qmb_seen_on" not in self.errors and (seen_on is None or seen_on > today_at(clinic)):
            self.add_error("qmb_seen_on", "Expected the day on which it was seen, not one to come.")

    def keep_protected(self, coverage: Coverage) -> None:
        """Keep what was read of the patient's protection, beside the payer's own answers."""
        entered = self.cleaned_data
        if entered["qmb"] is not None:
            write_down(coverage, is_protected=entered["qmb"], seen_on=entered["qmb_seen_on"])

    def _check_order(self, entered: dict[str, Any]) -> None:
        begins, ends = entered.get("valid_from"), entered.get("valid_through")
        others = Coverage.objects.filter(patient=self.patient, order=entered.get("order")).exclude(pk=self.instance.pk)
        for other in others:
            apart = (ends and other.valid_from and ends < other.valid_from) or (
                begins and other.valid_through and other.valid_through < begins
            )
            if not apart:
                self.add_error(
                    "order", f"{other} is {other.order} on the same days. End it first, or choose another place."
                )

    def filled(self) -> Coverage:
        """The row with what was entered; not written yet."""
        coverage: Coverage = self.save(commit=False)
        entered, chosen = self.cleaned_data, self.choices[self.cleaned_data["chosen"]]
        coverage.payer, coverage.payer_name = chosen.payer, chosen.name
        coverage.payer_identifier = entered["payer_identifier"] or chosen.identifier
        if coverage.in_network is None:
            coverage.in_network = chosen.in_network
        coverage.member_id = entered["member_id"] or None
        coverage.subscriber = None if coverage.relationship == Relationship.SELF.value else self._subscriber()
        return coverage

    def _subscriber(self) -> dict[str, Any]:
        entered = self.cleaned_data
        born = entered["holder_birth_date"]
        address = {name.removeprefix("holder_"): entered[name] for name in _ADDRESS}
        return {
            "name": {"family_name": entered["holder_family_name"], "given_name": entered["holder_given_name"]},
            "birth_date": born.isoformat() if born else None,
            "sex": entered["holder_sex"] or Sex.UNKNOWN.value,
            "address": address if address["line1"] else None,
        }


_WRITTEN = [*CoverageForm.Meta.fields, "payer", "payer_name", "member_id", "subscriber"]


def _name(choice: PayerChoice) -> str:
    return f"{choice.name} ({choice.identifier})" if choice.identifier else choice.name


def coverage_or_404(key: UUID) -> Coverage:
    """The coverage with that key in the clinic in scope, with its patient. Raises `Http404`."""
    found: Coverage | None = Coverage.objects.select_related("patient", "patient__clinic").filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Add a coverage to a patient, after the ones there are."""
    patient = patient_or_404(key)
    taken = set(Coverage.objects.filter(patient=patient, valid_through=None).values_list("order", flat=True))
    order = next((one for one in ("primary", "secondary", "tertiary") if one not in taken), "primary")
    form = CoverageForm(request.POST or None, patient=patient, initial={"order": order})
    if not form.is_bound or not form.is_valid():
        return form_page(request, form, title=f"Add a coverage of {patient}", patient=patient, submit="Add")
    coverage = form.filled()
    coverage.clinic, coverage.patient = request.access.clinic, patient
    coverage.save()
    _keep_payer(coverage)
    form.keep_protected(coverage)
    request.access.record("create", "coverage", coverage.id, detail="card")
    messages.success(request, f"{coverage} was added.")
    return redirect("patient", request.access.clinic.slug, patient.pk)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def edit(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Change a coverage; refused where somebody else changed it since the form was shown."""
    coverage = coverage_or_404(key)
    patient = coverage.patient
    title = f"{coverage}, {coverage.order} coverage of {patient}"
    form = CoverageForm(request.POST or None, instance=coverage, patient=patient)
    if not form.is_bound or not form.is_valid():
        if not form.is_bound:
            request.access.record("read", "coverage", coverage.id, detail="card with member id, to edit")
        return form_page(request, form, title=title, patient=patient, row=coverage)
    if not save_shown(form.filled(), shown_version(request), _WRITTEN):
        return form_page(request, form, title=title, patient=patient, row=coverage, is_stale=True)
    _keep_payer(coverage)
    form.keep_protected(coverage)
    request.access.record("change", "coverage", coverage.id, detail=", ".join(form.changed_data))
    messages.success(request, "Saved.")
    return redirect("patient", request.access.clinic.slug, patient.pk)


def _keep_payer(coverage: Coverage) -> None:
    """A payer that is billed is one of the clinic's payers from then on."""
    ClinicPayer.objects.get_or_create(
        clinic=coverage.clinic,
        payer=coverage.payer,
        identifier=coverage.payer_identifier,
        defaults={"name": coverage.payer_name, "in_network": coverage.in_network},
    )


class EndForm(Styled, forms.Form):
    """The last day of a coverage."""

    valid_through = DayField(label="last day")


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def end(request: ClinicRequest, key: UUID) -> HttpResponse:
    """End a coverage on a day: it is kept, and bills visits through that day."""
    coverage = coverage_or_404(key)
    today = today_at(request.access.clinic)
    form = EndForm(request.POST or None, initial={"valid_through": coverage.valid_through or today})
    title = f"End {coverage} of {coverage.patient}"
    options: dict[str, Any] = {"title": title, "patient": coverage.patient, "row": coverage, "submit": "End it"}
    if not form.is_bound or not form.is_valid():
        return form_page(request, form, **options)
    coverage.valid_through = form.cleaned_data["valid_through"]
    if coverage.valid_from and coverage.valid_through < coverage.valid_from:
        form.add_error("valid_through", "Expected a day on or after the first one.")
        return form_page(request, form, **options)
    if not save_shown(coverage, shown_version(request), ["valid_through"]):
        return form_page(request, form, is_stale=True, **options)
    request.access.record("change", "coverage", coverage.id, detail="valid_through")
    messages.success(request, f"{coverage} ends on {coverage.valid_through:%B %-d, %Y}.")
    return redirect("patient", request.access.clinic.slug, coverage.patient_id)


@require_POST
@clinic_page(Can.SEE_PATIENTS, area="patients")
def member_id(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Show a member id in full; who looked is written down. Therapists have no need of it."""
    if not may_see_money(request.access):
        raise PermissionDenied("needs: see coverage numbers")
    coverage = coverage_or_404(key)
    request.access.record("read", "coverage", coverage.id, detail="member_id")
    partial = bool(request.htmx)  # type: ignore[attr-defined]
    name = "member_id_shown" if partial else "member_id_page"
    return render(request, f"practice/patients/{name}.html", {"coverage": coverage, "patient": coverage.patient})


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def looked(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Say that somebody has looked for approvals, and that what is on file is all there is (or take that back)."""
    coverage = coverage_or_404(key)
    coverage.authorizations_known = request.POST.get("known") == "1"
    if save_shown(coverage, shown_version(request), ["authorizations_known"]):
        request.access.record("change", "coverage", coverage.id, detail="authorizations_known")
    else:
        messages.warning(request, "Somebody else changed this coverage meanwhile; nothing was done.")
    return redirect("patient", request.access.clinic.slug, coverage.patient_id)


urlpatterns = [
    path("patients/<uuid:key>/coverages/new/", new, name="coverage_new"),
    path("coverages/<uuid:key>/", edit, name="coverage_edit"),
    path("coverages/<uuid:key>/end/", end, name="coverage_end"),
    path("coverages/<uuid:key>/member-id/", member_id, name="coverage_member_id"),
    path("coverages/<uuid:key>/looked/", looked, name="coverage_looked"),
]
