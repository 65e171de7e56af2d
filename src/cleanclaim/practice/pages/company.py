"""The billing company: its clinics side by side with their key figures, and clinics added or read in.

What a person sees of a clinic is what their role there may see. A clinic is added by somebody who owns one of the
company's clinics, and is theirs to begin with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from cleanclaim.practice import audit_trail, tasks, tenancy
from cleanclaim.practice.access import CAPABILITIES, Can
from cleanclaim.practice.engine.figures import figures
from cleanclaim.practice.engine.figures.definitions import Definition, Metric, definitions
from cleanclaim.practice.engine.figures.figures import Chosen
from cleanclaim.practice.engine.jobs.carry_jobs import ask_to_unpack
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.worklist.what_waits import Backlog, backlog
from cleanclaim.practice.form_fields import Styled
from cleanclaim.practice.models import Clinic, Company, Membership, Role, User
from cleanclaim.practice.pages.figures.wording import basis, shown
from cleanclaim.practice.pages.home import first_page
from cleanclaim.practice.pages.setup.clinic import ClinicForm

_DAYS = 30
_SHOWN = (Metric.VISITS, Metric.CLEAN_CLAIMS, Metric.HELD_BACK, Metric.LEFT_DOLLARS)


@dataclass(frozen=True, slots=True)
class Line:
    """One clinic of the table: its figures where the person may see them."""

    membership: Membership
    first_page: str
    may_see: bool
    cells: list[tuple[str, str]]
    backlog: Backlog | None
    """What waits for the clinic's billers; nothing where the person does not see its claims."""


class NewClinicForm(ClinicForm):
    """A clinic of the company."""

    class Meta(ClinicForm.Meta):
        fields: ClassVar[list[str]] = ["slug", *ClinicForm.Meta.fields]
        help_texts: ClassVar[dict[str, str]] = {
            **ClinicForm.Meta.help_texts,
            "slug": "Part of every address of the clinic: small letters, digits and hyphens. It stays.",
        }

    groups = (("Address of its pages", ("slug",)), *ClinicForm.groups)


class CarriedForm(Styled, forms.Form):
    """A clinic's file, and the address it gets here."""

    slug = forms.SlugField(max_length=40, help_text="Small letters, digits and hyphens. It stays.")
    file = forms.FileField(label="the clinic's file (.cleanclaim.zip)")

    def clean_slug(self) -> str:
        """An address that no clinic has."""
        slug: str = self.cleaned_data["slug"].lower()
        if Clinic.objects.filter(slug=slug).exists():
            raise forms.ValidationError("Expected an address that no clinic has.")
        return slug


@login_required
def company(request: HttpRequest, key: UUID) -> HttpResponse:
    """The company's clinics in which the person works, with the figures of the last 30 days they may see."""
    found, memberships = _company(request, key)
    lines = []
    for item in memberships:
        role = Role(item.role)
        may_see = Can.SEE_FIGURES in CAPABILITIES[role]
        waits = _backlog(item.clinic) if Can.SEE_CLAIMS in CAPABILITIES[role] else None
        lines.append(Line(item, first_page(role), may_see, _cells(item.clinic) if may_see else [], waits))
    heads: list[Definition] = [definitions()[metric] for metric in _SHOWN]
    context = {"company": found, "lines": lines, "heads": heads, "days": _DAYS, "may_add": bool(_owned(memberships))}
    return render(request, "practice/company/company.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def clinic_add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Add a clinic to the company; whoever adds it owns it."""
    found, memberships = _company(request, key)
    if not _owned(memberships):
        raise Http404
    form = NewClinicForm(request.POST or None, instance=Clinic(company=found))
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            clinic = form.save()
            _begin(request, clinic, "create", "")
        messages.success(request, f"{clinic.name} is added. Set its charges, providers and payers next.")
        return redirect("setup", clinic.slug)
    parts = [(legend, [form[name] for name in names]) for legend, names in form.groups]
    context = {"company": found, "form": form, "parts": parts, "title": "A new clinic", "submit": "Add the clinic"}
    return render(request, "practice/company/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def clinic_read(request: HttpRequest, key: UUID) -> HttpResponse:
    """Have a clinic's file read in as a new clinic of the company: all of it, or nothing."""
    found, memberships = _company(request, key)
    if not _owned(memberships):
        raise Http404
    form = CarriedForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        user, owned = cast("User", request.user), _owned(memberships)[0].clinic
        with transaction.atomic(), tenancy.scope([owned.pk]):
            slug = form.cleaned_data["slug"]
            job = ask_to_unpack(owned, user, slug=slug, file=form.cleaned_data["file"].file)
            audit_trail.record(owned.pk, user, "create", "job", job.pk, detail="a clinic's file to be read in")
            tasks.enqueue(job)
        return redirect("job", owned.slug, job.pk)
    context = {
        "company": found, "form": form, "parts": [("", list(form))], "title": "A clinic from its file",
        "submit": "Read it in", "has_file": True,
    }  # fmt: skip
    return render(request, "practice/company/form.html", context, status=422 if form.errors else 200)


def _company(request: HttpRequest, key: UUID) -> tuple[Company, list[Membership]]:
    """A company and the person's roles in its clinics. Raises `Http404` for who has none."""
    own = Membership.objects.filter(user_id=cast("User", request.user).pk, clinic__company_id=key)
    memberships = list(own.select_related("clinic__company").order_by("clinic__name"))
    if not memberships:
        raise Http404
    return memberships[0].clinic.company, memberships


def _owned(memberships: list[Membership]) -> list[Membership]:
    return [item for item in memberships if item.role == Role.OWNER.value]


def _begin(request: HttpRequest, clinic: Clinic, action: str, detail: str) -> None:
    user = cast("User", request.user)
    with tenancy.scope([clinic.pk]):
        Membership.objects.create(user=user, clinic=clinic, role=Role.OWNER.value)
        audit_trail.record(clinic.pk, user, action, "clinic", clinic.pk, detail=detail)


def _backlog(clinic: Clinic) -> Backlog:
    with tenancy.scope([clinic.pk]):
        return backlog(today_at(clinic))


def _cells(clinic: Clinic) -> list[tuple[str, str]]:
    today = today_at(clinic)
    with tenancy.scope([clinic.pk]):
        values: dict[Metric, Any] = dict(figures.overall(Chosen(today - timedelta(days=_DAYS - 1), today)))
    return [(shown(values[metric]), basis(values[metric])) for metric in _SHOWN]


urlpatterns: list[URLPattern] = [
    path("company/<uuid:key>/", company, name="company"),
    path("company/<uuid:key>/add/", clinic_add, name="company_clinic_add"),
    path("company/<uuid:key>/read/", clinic_read, name="company_clinic_read"),
]
