"""A patient's page: who they are, who pays, what was approved and found out, and what a first claim still needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.outgoing import has_connection
from cleanclaim.practice.engine.judging.approvals import Use, use_of
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.protection import is_protected
from cleanclaim.practice.engine.judging.setting import coverages_of, packs_of
from cleanclaim.practice.engine.patients.eligibility import MedicareFact, answer_on, medicare_facts
from cleanclaim.practice.engine.patients.front_desk import front_desk
from cleanclaim.practice.engine.patients.kept_readiness import kept_readiness
from cleanclaim.practice.engine.patients.readiness import Item, Readiness
from cleanclaim.practice.models import (
    Appointment,
    AppointmentStatus,
    Authorization,
    Certification,
    Clinic,
    Coverage,
    Document,
    EligibilityAnswer,
    Inquiry,
    OpeningBalance,
    Patient,
    PlanOfCare,
    Referral,
    Visit,
    VisitStatus,
)
from cleanclaim.practice.pages.document_kinds import LABELS
from cleanclaim.practice.pages.notices.of_patient import of_patient
from cleanclaim.practice.pages.patients.entering import address_of, may_see_money, patient_or_404
from cleanclaim.practice.pages.patients.payer_choice import payer_kind
from cleanclaim.reference.payers import Payer

_LATEST = 12
_AHEAD = 12
"""Appointments to come that the page lists."""


@dataclass(frozen=True, slots=True)
class CoverageShown:
    """A coverage as the page shows it."""

    row: Coverage
    masked: str
    is_ended: bool
    approvals: tuple[tuple[Authorization, Use], ...]
    answer: EligibilityAnswer | None
    """The latest answer, whatever its month."""
    is_answer_current: bool
    medicare: tuple[MedicareFact, ...]


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
def patient(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The page. Dollars and identifiers are left out for who treats."""
    access = request.access
    person = patient_or_404(key)
    today = today_at(access.clinic)
    access.record("read", "patient", person.id, detail="chart")
    visits = list(
        Visit.objects.filter(patient=person)
        .select_related("therapist")
        .defer("note", "interventions")
        .order_by("-date_of_service", "-number")
    )
    packs = packs_of(access.clinic)
    coverages = coverages_of([person.pk])[person.pk]
    prefetch_related_objects(coverages, Prefetch("inquiries", Inquiry.objects.all()))
    found = kept_readiness(access.clinic, person, on=today, packs=packs, coverages={person.pk: coverages})
    ahead = list(
        Appointment.objects.filter(patient=person, starts_at__date__gte=today, status=AppointmentStatus.BOOKED.value)
        .select_related("provider")
        .order_by("starts_at")[: _AHEAD + 1]
    )
    context: dict[str, Any] = {
        "patient": person,
        "today": today,
        "age": person.age_on(today),
        "is_protected": is_protected(person.pk, today),
        "coverages": _shown(access.clinic, person, coverages, visits, packs, today),
        "can_ask_payer": has_connection(),
        "readiness": found,
        "missing": _missing(access, person, coverages, found) if found else [],
        "referrals": Referral.objects.filter(patient=person).select_related("by", "plan"),
        "plans": _plans(person),
        "plan_address": address_of("plan", access.clinic.slug, person.pk) if access.may(Can.SEE_NOTES) else "",
        "documents": [
            (row, LABELS[row.kind])
            for row in Document.objects.filter(patient=person).select_related("stored_by").defer("content")
        ],
        "visits": [(visit, _note_address(access, visit)) for visit in visits[:_LATEST]],
        "visit_count": len(visits),
        "ahead": ahead[:_AHEAD],
        "has_more_ahead": len(ahead) > _AHEAD,
        "has_ssn": Patient.objects.filter(pk=person.pk, ssn__isnull=False).exists(),
        "may_edit": access.may(Can.EDIT_PATIENTS),
        "may_remove": access.may(Can.EDIT_PATIENTS) and access.may(Can.SET_UP),
        "show_money": may_see_money(access),
        "show_account": access.may(Can.SEE_ACCOUNTS),
    }
    if context["show_money"]:
        context["balances"] = OpeningBalance.objects.filter(patient=person)
        context["notices"] = of_patient(access.clinic, person, coverages, packs, today, ahead)
    return render(request, "practice/patients/chart.html", context)


def _shown(
    clinic: Clinic, person: Patient, rows: list[Coverage], visits: list[Visit], packs: Mapping[str, Payer], today: date
) -> list[CoverageShown]:
    signed = [visit for visit in visits if visit.status == VisitStatus.SIGNED.value]
    uses = use_of(person, [(row, list(row.authorizations.all())) for row in rows], signed)
    shown = []
    for row in rows:
        answers = list(row.eligibility.all())
        is_medicare = payer_kind(clinic, row.payer, packs) == "medicare_b"
        shown.append(
            CoverageShown(
                row=row,
                masked=masked(row.member_id or ""),
                is_ended=row.valid_through is not None and row.valid_through < today,
                approvals=tuple((one, uses[one.pk]) for one in row.authorizations.all()),
                answer=answers[0] if answers else None,
                is_answer_current=answer_on(answers, today) is not None,
                medicare=tuple(medicare_facts(row, answers, today)) if is_medicare else (),
            )
        )
    return sorted(shown, key=lambda one: (one.is_ended, one.row.order, one.row.valid_from or date.min))


def masked(identifier: str) -> str:
    """The last four places of an identifier, enough to tell a card from another; of a short one, fewer."""
    kept = min(4, len(identifier) // 2)
    return f"•••• {identifier[len(identifier) - kept :]}" if kept else ""


def _missing(
    access: Access, person: Patient, coverages: list[Coverage], readiness: Readiness
) -> list[tuple[Item, str, str]]:
    """What is missing, with the name of where it is settled and its address; none for who may not settle it."""
    slug = access.clinic.slug
    edit = reverse("patient_edit", args=[slug, person.pk])
    latest_first = sorted(coverages, key=lambda row: row.valid_from or date.max, reverse=True)
    first = min(latest_first, key=lambda row: row.order, default=None)
    of_coverage = {
        "coverages": "coverage_edit",
        "authorizations": "authorization_new",
        "eligibility": "eligibility_new",
    }
    found = []
    for item in readiness.items:
        address = f"{edit}#{item.section}"
        if item.section in of_coverage:
            name = of_coverage[item.section]
            address = reverse(name, args=[slug, first.pk]) if first else reverse("coverage_new", args=[slug, person.pk])
        elif item.section == "orders":
            address = reverse("order_new", args=[slug, person.pk])
        found.append((item, front_desk().label(item.section), address if access.may(Can.EDIT_PATIENTS) else ""))
    return found


def _plans(person: Patient) -> list[PlanOfCare]:
    rows = PlanOfCare.objects.filter(patient=person).select_related("order_by").defer("goals")
    return list(rows.prefetch_related(Prefetch("certifications", Certification.objects.select_related("by"))))


def _note_address(access: Access, visit: Visit) -> str:
    return address_of("note", access.clinic.slug, visit.pk) if access.may(Can.SEE_NOTES) else ""


urlpatterns = [path("patients/<uuid:key>/", patient, name="patient")]
