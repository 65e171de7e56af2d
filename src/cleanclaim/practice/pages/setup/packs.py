"""Payer files of the company's own, and those of one clinic: read strictly, tried on past visits, then switched on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.check.difference import by_rule
from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page, clinics_where
from cleanclaim.practice.engine.follow_up.pack_trial import MOST_VISITS, try_pack
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.form_fields import Styled
from cleanclaim.practice.models import Clinic, PackFile
from cleanclaim.practice.pages.setup.entering import done
from cleanclaim.reference import payers
from cleanclaim.reference.payer_files import PackProblem
from cleanclaim.reference.payer_wording import setting_label, shown_value
from cleanclaim.reference.payers import SETTINGS, Payer, PayerFileError

_LARGEST = 256 * 1024


class PackForm(Styled, forms.Form):
    """A payer file, typed or sent, for this clinic or for all clinics of the company."""

    file = forms.FileField(required=False, label="payer file (.toml)")
    text = forms.CharField(
        required=False,
        label="or its text",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "form-control code"}),
    )
    reach = forms.ChoiceField(label="holds for", choices=[("clinic", "this clinic alone")])

    def __init__(self, *arguments: Any, whole_company: bool, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        for name in ("file", "text"):
            self.fields[name].is_plain = True  # type: ignore[attr-defined] # one of the two is wanted
        if whole_company:
            field = self.fields["reach"]
            field.choices = [("clinic", "this clinic alone"), ("company", "all clinics of the company")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The text, from the file where one was sent."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        upload = entered.get("file")
        if upload is not None:
            if upload.size > _LARGEST:
                self.add_error("file", f"Expected at most {_LARGEST // 1024} KB.")
                return entered
            try:
                entered["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", "Expected text in UTF-8.")
        if not entered.get("text", "").strip():
            self.add_error("text", "Expected a payer file, sent or typed.")
        return entered


def reaches_company(access: Access) -> bool:
    """Whether a person may set up every clinic of the company: only they change what holds for all of them."""
    own = set(clinics_where(access.user, Can.SET_UP))
    return set(Clinic.objects.filter(company_id=access.clinic.company_id).values_list("pk", flat=True)) <= own


def held_packs(access: Access) -> QuerySet[PackFile]:
    """The company's files, and this clinic's own; never another clinic's."""
    files = PackFile.objects.filter(company_id=access.clinic.company_id)
    return files.filter(Q(clinic=None) | Q(clinic=access.clinic)).order_by("payer", "clinic")


@clinic_page(Can.SET_UP, area="setup")
def packs(request: ClinicRequest) -> HttpResponse:
    """The files that hold for this clinic, and the shipped ones they take the place of."""
    rows = []
    overridden = set(held_packs(request.access).filter(clinic=request.access.clinic).values_list("payer", flat=True))
    for file in held_packs(request.access):
        pack, problems = read(file.payer, file.text)
        rows.append(
            {
                "file": file,
                "pack": pack,
                "problems": problems,
                "replaces_shipped": file.payer in payers.all_ids(),
                "is_overridden": file.clinic_id is None and file.payer in overridden,
            }
        )
    return render(request, "practice/setup/packs.html", {"rows": rows, "shipped": len(payers.all_ids())})


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def add(request: ClinicRequest) -> HttpResponse:
    """Read a file: problems by line, or what it states and would change; a second click switches it on."""
    access = request.access
    form = PackForm(request.POST or None, request.FILES or None, whole_company=reaches_company(access))
    context: dict[str, Any] = {"form": form, "problems": (), "pack": None}
    status = 200
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        pack, problems = read("payer.toml", text)
        context |= {"problems": problems, "pack": pack, "text": text, "reach": form.cleaned_data["reach"]}
        if pack is not None and request.POST.get("apply") == "yes":
            clinic = access.clinic if form.cleaned_data["reach"] == "clinic" else None
            PackFile.objects.update_or_create(
                company_id=access.clinic.company_id, clinic=clinic, payer=pack.id, defaults={"text": text}
            )
            access.record("change", "payer_file", pack.id, detail=form.cleaned_data["reach"])
            return done(request, f"The file of {pack.label} is switched on.", "setup_packs")
        if pack is not None:
            context |= _trial(access, pack)
        status = 422 if problems else 200
    elif form.is_bound:
        status = 422
    return render(request, "practice/setup/pack_add.html", context, status=status)


def _trial(access: Access, pack: Payer) -> dict[str, Any]:
    today = today_at(access.clinic)
    trial = try_pack(access.clinic, pack, as_of=today)
    return {"trial": trial, "by_rule": by_rule(trial.difference), "most_visits": MOST_VISITS, **_stated(access, pack)}


def _stated(access: Access, pack: Payer) -> dict[str, Any]:
    """What a file states today, in words, and what it leaves unknown."""
    today = today_at(access.clinic)
    found = [(one, pack.setting(one.name, today).dated) for one in SETTINGS]
    return {
        "stated": [
            (setting_label(one.name), shown_value(one, dated.value), dated.source)
            for one, dated in found
            if dated is not None
        ],
        "unknown": [setting_label(one.name) for one, dated in found if dated is None],
        "today": today,
    }


@clinic_page(Can.SET_UP, area="setup")
def pack(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One file: its text, what it states, and what is wrong with it, where rules for files have grown stricter."""
    file = _file(request, key)
    parsed, problems = read(file.payer, file.text)
    context = {
        "file": file,
        "pack": parsed,
        "problems": problems,
        "may_remove": file.clinic_id is not None or reaches_company(request.access),
        **(_stated(request.access, parsed) if parsed else {}),
    }
    return render(request, "practice/setup/pack.html", context)


@require_POST
@clinic_page(Can.SET_UP, area="setup")
def remove(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Switch a file off; the company's, or the shipped one, holds again. The company's needs every clinic of it."""
    file = _file(request, key)
    if file.clinic_id is None and not reaches_company(request.access):
        raise Http404
    file.delete()
    request.access.record("delete", "payer_file", file.payer)
    return done(request, f"The file of {file.payer} is switched off.", "setup_packs")


def _file(request: ClinicRequest, key: UUID) -> PackFile:
    file = held_packs(request.access).filter(pk=key).first()
    if file is None:
        raise Http404
    return file


def read(name: str, text: str) -> tuple[Payer | None, Sequence[PackProblem]]:
    """A payer file's text as a payer, or every problem of it by line."""
    try:
        return payers.parse_pack(name, text), ()
    except PayerFileError as error:
        return None, error.problems
