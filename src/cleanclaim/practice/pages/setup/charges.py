"""The charge master: what the clinic charges, from which day, and where that is less than a payer allows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims import charge_master
from cleanclaim.practice.engine.claims.charge_master import NewCharge
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.form_fields import DayField, MoneyField, Styled
from cleanclaim.practice.models import Charge, StaleRowError
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.practice.pages.setup.entering import done, form_page
from cleanclaim.practice.pages.versions import shown_version
from cleanclaim.reference import procedures

_LARGEST_FILE = 256 * 1024
_MOST_PERCENT = 50


class ChargeForm(Styled, forms.Form):
    """One charge from a day on."""

    code = forms.CharField(max_length=5, help_text="A procedure code, such as 97110.")
    charge = MoneyField(label="charge for one unit, in dollars")
    valid_from = DayField(label="from", help_text="The charge before it ends the day before.")

    def clean_code(self) -> str:
        """A code of the right form."""
        code: str = self.cleaned_data["code"].strip().upper()
        if not charge_master.is_code(code):
            raise forms.ValidationError("Expected a procedure code of five characters, such as 97110.")
        return code

    def clean_charge(self) -> int:
        """More than nothing: no payer takes a line that charges nothing."""
        cents: int = self.cleaned_data["charge"]
        if not cents:
            raise forms.ValidationError("Expected dollars above zero.")
        return cents


class RaiseForm(Styled, forms.Form):
    """All charges by a share, from a day on."""

    percent = forms.DecimalField(
        min_value=-_MOST_PERCENT, max_value=_MOST_PERCENT, decimal_places=1, help_text="3.5 raises by 3.5%; −2 lowers."
    )
    valid_from = DayField(label="from")
    rounding = forms.ChoiceField(choices=[("1", "to the cent"), ("100", "to whole dollars")], initial="100")

    def clean_percent(self) -> int:
        """Tenths of a percent."""
        tenths = int(self.cleaned_data["percent"] * 10)
        if not tenths:
            raise forms.ValidationError("Expected a percentage other than zero.")
        return tenths


class FileForm(Styled, forms.Form):
    """A CSV file of charges."""

    file = forms.FileField(
        help_text="CSV with the columns code, charge (dollars) and, where rows differ, from (YYYY-MM-DD)."
    )
    valid_from = DayField(label="from, for rows without a day of their own", required=False)


class EndForm(Styled, forms.Form):
    """The last day of a charge."""

    valid_through = DayField(label="through", help_text="The last day of service on which it is charged.")


@clinic_page(Can.SET_UP, area="setup")
def charges(request: ClinicRequest) -> HttpResponse:
    """The charges of a day (`?on=`), each with the most that a payer of the clinic allows."""
    clinic, on = request.access.clinic, day_asked(request)
    held = charge_master.in_force(on)
    allowed = charge_master.most_allowed(clinic, [charge.code for charge in held], on, packs_of(clinic))
    later = Charge.objects.filter(valid_from__gt=on).order_by("valid_from", "code")
    rows = []
    for charge in held:
        most = allowed.get(charge.code)
        rows.append(
            {
                "charge": charge,
                "procedure": procedures.get(charge.code),
                "most": most,
                "is_below": most is not None and charge.cents < most.cents,
                "is_ended": not procedures.on(charge.code, on).value,
            }
        )
    context = {"on": on, "rows": rows, "below": sum(row["is_below"] is True for row in rows), "later": later}
    return render(request, "practice/setup/charges.html", context)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def add(request: ClinicRequest) -> HttpResponse:
    """Set one charge from a day on."""
    initial: dict[str, Any] = {"code": request.GET.get("code", ""), "valid_from": today_at(request.access.clinic)}
    form = ChargeForm(request.POST or None, initial=initial)
    if not form.is_bound or not form.is_valid():
        return form_page(request, form, title="A charge", back="setup_charges", submit="Set the charge")
    entered = form.cleaned_data
    charge_master.set_charges(
        request.access.clinic, [NewCharge(entered["code"], entered["charge"], entered["valid_from"])]
    )
    request.access.record("change", "charge", detail=f"{entered['code']} from {entered['valid_from']}")
    return done(request, f"The charge of {entered['code']} is set from {entered['valid_from']}.", "setup_charges")


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def raise_all(request: ClinicRequest) -> HttpResponse:
    """Change all charges in force on a day by a share: shown first, then written."""
    form = RaiseForm(request.POST or None, initial={"valid_from": today_at(request.access.clinic)})
    if not form.is_bound or not form.is_valid():
        about = "Every charge in force on that day is changed. You see the new amounts before anything is written."
        return form_page(
            request, form, title="Raise all charges", back="setup_charges", submit="Show the new charges", about=about
        )
    entered = form.cleaned_data
    held = charge_master.in_force(entered["valid_from"])
    new = charge_master.raised(held, entered["percent"], entered["valid_from"], to=int(entered["rounding"]))
    if request.POST.get("apply") != "yes":
        pairs = [(old, one, procedures.get(one.code)) for old, one in zip(held, new, strict=True)]
        return render(
            request, "practice/setup/charges_raise.html", {"form": form, "pairs": pairs, "posted": request.POST}
        )
    count = charge_master.set_charges(request.access.clinic, new)
    request.access.record("change", "charge", detail=f"{count} charges from {entered['valid_from']}")
    return done(request, f"{count} charges are set from {entered['valid_from']}.", "setup_charges")


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def bring_in(request: ClinicRequest) -> HttpResponse:
    """Set charges from a CSV file: good rows go on, the others are named by row."""
    form = FileForm(request.POST or None, request.FILES or None)
    if not form.is_bound or not form.is_valid():
        return form_page(
            request, form, title="Charges from a file", back="setup_charges", submit="Read the file", has_file=True
        )
    upload = form.cleaned_data["file"]
    try:
        text = upload.read(_LARGEST_FILE + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
        form.add_error("file", "Expected a CSV file, as text in UTF-8.")
    if upload.size > _LARGEST_FILE:
        form.add_error("file", f"Expected at most {_LARGEST_FILE // 1024} KB.")
    if form.errors:
        return form_page(
            request, form, title="Charges from a file", back="setup_charges", submit="Read the file", has_file=True
        )
    found, problems = charge_master.read_charges(text, form.cleaned_data["valid_from"])
    count = charge_master.set_charges(request.access.clinic, found)
    request.access.record("change", "charge", detail=f"{count} charges from a file, {len(problems)} rows refused")
    status = 200 if count or not problems else 422
    return render(request, "practice/setup/charges_read.html", {"count": count, "problems": problems}, status=status)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def end(request: ClinicRequest, key: UUID) -> HttpResponse:
    """End a charge: nothing is charged for the code after its last day."""
    row = Charge.objects.filter(pk=key).first()
    if row is None:
        raise Http404
    form = EndForm(request.POST or None, initial={"valid_through": today_at(request.access.clinic)})
    is_stale = False
    if form.is_bound and form.is_valid():
        through = form.cleaned_data["valid_through"]
        if through < row.valid_from:
            form.add_error("valid_through", f"Expected {row.valid_from} or later, the day on which it begins.")
        else:
            row.valid_through = through
            try:
                row.save_if_unchanged(shown_version(request), "valid_through")
            except StaleRowError:
                is_stale = True
            else:
                request.access.record("change", "charge", row.pk, detail="valid_through")
                return done(request, f"The charge of {row.code} ends on {through}.", "setup_charges")
    return form_page(
        request, form, title=f"End the charge of {row.code}", back="setup_charges", row=row, is_stale=is_stale
    )
