"""The plan-of-care page: can the day be billed, and why; the plan, its certifications and reports."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.notes.plans import plan_state
from cleanclaim.practice.models import Clinic, Patient, PlanOfCare, Provider, Visit
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.practice.pages.plans.changing import CertificationForm, may_certify, may_change_plan


@clinic_page(Can.SEE_NOTES, area="patients")
def plan(request: ClinicRequest, patient: UUID) -> HttpResponse:
    """The state of a patient's plan on a day (`?on=`), by default today."""
    found = Patient.objects.filter(pk=patient).first()
    if found is None:
        raise Http404
    on = day_asked(request)
    plans = list(
        PlanOfCare.objects.filter(patient=found)
        .select_related("order_by")
        .prefetch_related("certifications__by", "progress_reports")
    )
    therapist = _therapist(request, found)
    state = None
    if therapist is not None:
        clinic: Clinic = request.access.clinic
        state = plan_state(clinic, found, therapist, on=on, as_of=today_at(clinic))
    request.access.record("read", "plan", found.pk, detail=f"day {on.isoformat()}")
    context = {
        "patient": found,
        "on": on,
        "plans": plans,
        "state": state,
        "may_change": may_change_plan(request),
        "may_certify": may_certify(request),
        "certification_form": CertificationForm(),
    }
    return render(request, "practice/plans/plan.html", context)


def _therapist(request: ClinicRequest, patient: Patient) -> Provider | None:
    """Who would treat: the person, where they are a therapist; else the patient's last, else the clinic's first."""
    own = request.access.provider
    if own is not None and own.credential in {"PT", "OT", "SLP"}:
        return own
    last = Visit.objects.filter(patient=patient).select_related("therapist").first()
    if last is not None:
        treated: Provider = last.therapist
        return treated
    first: Provider | None = Provider.objects.filter(treats=True, credential="PT").first()
    return first
