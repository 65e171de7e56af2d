"""The payers that the clinic bills: names, identifiers, networks, and whose rules hold for each."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.filing_limits import has_contracts, limit_words
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.form_fields import AnswerField, PhoneField, StateField, Styled, ZipField
from cleanclaim.practice.models import Clinic, ClinicPayer, FilingLimit
from cleanclaim.practice.pages.setup.entering import Groups, add_page, edit_page
from cleanclaim.practice.pages.setup.packs import held_packs
from cleanclaim.reference import payers
from cleanclaim.reference.payers import SETTINGS, Payer


def known_payers(clinic: Clinic) -> dict[str, Payer]:
    """The payer files that hold for a clinic, its company's own before the shipped ones, by id."""
    return {name: payers.get(name) for name in payers.all_ids()} | packs_of(clinic)


class PayerForm(Styled, forms.ModelForm[ClinicPayer]):
    """A payer: whose rules hold, what it is called and how files name it."""

    in_network = AnswerField(label="in its network")
    phone = PhoneField(required=False)
    state = StateField(required=False)
    zip_code = ZipField(required=False, label="ZIP")

    groups: ClassVar[Groups] = (
        ("Payer", ("payer", "name", "identifier", "in_network")),
        ("Where paper claims go", ("line1", "city", "state", "zip_code", "phone")),
    )

    class Meta:
        model = ClinicPayer
        fields: ClassVar[list[str]] = [
            "payer", "name", "identifier", "in_network", "line1", "city", "state", "zip_code", "phone",
        ]  # fmt: skip
        labels: ClassVar[dict[str, str]] = {"line1": "street"}
        help_texts: ClassVar[dict[str, str]] = {
            "identifier": "As your clearinghouse names the payer in claim files.",
            "name": "As cards and claim files write it.",
        }

    def __init__(self, *arguments: Any, known: dict[str, Payer], **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        ordered = sorted(known.items(), key=lambda item: item[1].label.casefold())
        choices = [(name, pack.label) for name, pack in ordered]
        held = self.instance.payer
        if held and held not in known:
            choices.append((held, f"{held} (no file)"))
        self.fields["payer"] = forms.ChoiceField(
            label="whose rules hold",
            choices=[("", "choose"), *choices],
            widget=forms.Select(attrs={"class": "form-select"}),
            help_text="The payer file. What it does not state is unknown, and rules that need it say so.",
        )

    def clean(self) -> dict[str, Any]:
        """One row for one payer and identifier."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        same = ClinicPayer.objects.filter(payer=entered.get("payer"), identifier=entered.get("identifier") or "")
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("identifier", "Expected an identifier that no other row of this payer has.")
        return entered


@clinic_page(Can.SET_UP, area="setup")
def clinic_payers(request: ClinicRequest) -> HttpResponse:
    """The clinic's payers, with what their files state today."""
    clinic = request.access.clinic
    today, known = today_at(clinic), known_payers(clinic)
    own = set(held_packs(request.access).values_list("payer", flat=True))
    agreed = set(
        FilingLimit.objects.filter(Q(valid_from=None) | Q(valid_from__lte=today)).values_list("payer", flat=True)
    )
    rows = []
    for row in ClinicPayer.objects.annotate(enrolled=Count("enrollments__provider", distinct=True)):
        pack = known.get(row.payer)
        rows.append(
            {
                "payer": row,
                "pack": pack,
                "is_own": row.payer in own,
                "method": str(pack.setting("unit_method", today).value or "").replace("_", " ") if pack else "",
                "limit": limit_words(pack, today, in_network=row.in_network) if pack else "",
                "is_agreed": row.payer in agreed,
                "has_contracts": pack is not None and has_contracts(pack),
                "stated": sum(pack.setting(one.name, today).dated is not None for one in SETTINGS) if pack else 0,
            }
        )
    return render(request, "practice/setup/payers.html", {"rows": rows, "settings": len(SETTINGS)})


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def add(request: ClinicRequest) -> HttpResponse:
    """Add a payer."""
    form = PayerForm(request.POST or None, known=known_payers(request.access.clinic))
    return add_page(request, form, "payer", title="Add a payer", back="setup_payers", groups=PayerForm.groups)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def edit(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Change a payer."""
    row = ClinicPayer.objects.filter(pk=key).first()
    if row is None:
        raise Http404
    title = str(row)
    form = PayerForm(request.POST or None, instance=row, known=known_payers(request.access.clinic))
    return edit_page(request, form, "payer", title=title, back="setup_payers", groups=PayerForm.groups)
