"""Who treats at the clinic, and who refers to it: names, credentials, numbers, licenses."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cleanclaim.facts.identity.numbers import npi_state
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.form_fields import DayField, StateField, Styled
from cleanclaim.practice.models import Provider
from cleanclaim.practice.pages.setup.entering import Groups, add_page, edit_page
from cleanclaim.records import Credential
from cleanclaim.reference import taxonomy

NPI_WORDS = {
    "malformed": "Expected ten digits.",
    "check_digit": "The last digit does not fit the others: one of them is mistyped.",
}
"""What is wrong with a number, by what the engine says of it."""

_ASSISTANTS = {Credential.PTA.value, Credential.OTA.value}


def checked_npi(text: str) -> str:
    """A provider number that is empty or good. Raises `ValidationError`."""
    (state,) = npi_state(text)
    if state in NPI_WORDS:
        raise forms.ValidationError(NPI_WORDS[state])
    return text.strip()


class ProviderForm(Styled, forms.ModelForm[Provider]):
    """A therapist, an assistant, or somebody who refers."""

    license_state = StateField(required=False)
    active_from = DayField(required=False, label="works here from")
    active_through = DayField(required=False, label="works here through")

    groups: ClassVar[Groups] = (
        ("Person", ("given_name", "family_name", "credential", "key", "treats")),
        ("Numbers", ("npi", "taxonomy", "license_number", "license_state")),
        ("Time", ("active_from", "active_through")),
    )

    class Meta:
        model = Provider
        fields: ClassVar[list[str]] = [
            "given_name", "family_name", "credential", "key", "treats", "npi", "taxonomy", "license_number",
            "license_state", "active_from", "active_through",
        ]  # fmt: skip
        labels: ClassVar[dict[str, str]] = {"key": "short name", "treats": "treats at the clinic"}
        help_texts: ClassVar[dict[str, str]] = {
            "key": "As visit files name them, such as t-okafor; it stays once visits name it.",
            "taxonomy": "Ten characters, such as 225100000X for a physical therapist.",
            "npi": "An assistant bills under the therapist and needs none.",
        }

    def clean_npi(self) -> str:
        """Empty, or ten digits whose last one fits."""
        return checked_npi(self.cleaned_data["npi"])

    def clean_key(self) -> str:
        """One name for one person."""
        key: str = self.cleaned_data["key"].strip()
        if Provider.objects.filter(key=key).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Expected a short name that nobody else here has.")
        return key

    def clean_taxonomy(self) -> str:
        """Empty, or a code of the published list."""
        code: str = self.cleaned_data["taxonomy"].strip().upper()
        if code and not taxonomy.is_listed(code):
            raise forms.ValidationError("Expected a code of the provider taxonomy, such as 225100000X.")
        return code

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = entered.get("active_from"), entered.get("active_through")
        if first and last and last < first:
            self.add_error("active_through", f"Expected {first} or later.")
        return entered


@clinic_page(Can.SET_UP, area="setup")
def providers(request: ClinicRequest) -> HttpResponse:
    """Everybody who treats or refers, with what is missing."""
    today = today_at(request.access.clinic)
    rows = [
        {
            "provider": row,
            "lacks_npi": not row.npi and row.credential not in _ASSISTANTS,
            "has_left": row.active_through is not None and row.active_through < today,
        }
        for row in Provider.objects.all()
    ]
    lists = [
        ("Therapists and assistants", [row for row in rows if row["provider"].treats]),
        ("Referring and certifying providers", [row for row in rows if not row["provider"].treats]),
    ]
    return render(request, "practice/setup/providers.html", {"lists": lists})


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def add(request: ClinicRequest) -> HttpResponse:
    """Add somebody who treats (`?refers=1`: who refers)."""
    form = ProviderForm(request.POST or None, initial={"treats": "refers" not in request.GET})
    title = "Add a provider"
    return add_page(request, form, "provider", title=title, back="setup_providers", groups=ProviderForm.groups)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def edit(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Change somebody who treats or refers."""
    row = Provider.objects.filter(pk=key).first()
    if row is None:
        raise Http404
    title = str(row)
    form = ProviderForm(request.POST or None, instance=row)
    return edit_page(request, form, "provider", title=title, back="setup_providers", groups=ProviderForm.groups)
