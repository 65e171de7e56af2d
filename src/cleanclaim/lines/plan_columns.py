"""What a patient's record tells of the plan of care in force, its certification and reports, and the year's dollars."""

from __future__ import annotations

from datetime import date
from typing import Any

from cleanclaim.lines.cases import Case, latest_certification
from cleanclaim.lines.visit_parties import days_of_week
from cleanclaim.records import CertificationMethod, Credential, Patient, YearToDate

_ASSISTANTS = frozenset({Credential.PTA, Credential.OTA})


def plan_columns(case: Case, patient: Patient) -> dict[str, Any]:
    """The plan of care in force on the day; an empty list of plans is known to be none, an absent one is unknown."""
    if patient.plans_of_care is None:
        return {}
    plan = case.plan()
    if plan is None:
        return {"has_plan_of_care": False, "has_order": False}
    day = case.visit.date_of_service
    row: dict[str, Any] = {
        "has_plan_of_care": True,
        "plan_established_on": plan.established_on,
        "plan_established_by": plan.established_by.value,
        "plan_first_treatment_on": plan.first_treatment_on,
        "plan_through": plan.through,
        "plan_has_goals": None if plan.goals is None else bool(plan.goals),
        "plan_has_frequency": plan.frequency_per_week is not None and plan.duration_weeks is not None,
        "plan_visits_per_week": plan.frequency_per_week,
        "plan_has_diagnoses": bool(plan.diagnoses),
        "plan_sent_on": plan.sent_on,
        "has_order": plan.has_order if plan.has_order is not None else (True if plan.order else None),
        "order_on": plan.order.on if plan.order else None,
        "onset_on": plan.onset_on,
    }
    if plan.certifications is not None:
        certification = latest_certification(plan, day)
        row["certification_method"] = (
            certification.method.value if certification else CertificationMethod.NOT_CERTIFIED.value
        )
        if certification is not None:
            row |= {
                "certified_on": certification.on,
                "certified_verbally_on": certification.verbal_on,
                "certified_through": certification.through or plan.through,
                "is_recertification": plan.certifications.index(certification) > 0,
            }
    if plan.treatment_days_before is not None:
        before = {treated for treated in plan.treatment_days_before if treated < day}
        row["visits_before"] = len(before)
        row["visits_before_this_year"] = sum(treated.year == day.year for treated in before)
        row["visits_before_this_week"] = days_of_week(before, day)
    if plan.treatment_days_before is not None and plan.progress_reports is not None:
        # A report that only an assistant signed is none (Pub 100-02 ch. 15 §220.3.D).
        reports = (report.on for report in plan.progress_reports if report.signed_by not in _ASSISTANTS)
        last = max((on for on in reports if on < day), default=date.min)
        since = {treated for treated in plan.treatment_days_before if last < treated < day}
        row["treatment_days_since_report"] = len(since) + 1
    return row


def year_to_date_columns(patient: Patient, day: date) -> dict[str, Any]:
    """The therapy dollars of the day's calendar year, at least and at most, in cents, as far as anyone has read."""
    stated: YearToDate | None = next((item for item in patient.year_to_date or () if item.year == day.year), None)
    if stated is None:
        return {}
    return {
        "ytd_at_least_cents": stated.at_least_cents,
        "ytd_at_most_cents": stated.at_most_cents,
        "ytd_as_of": stated.as_of,
        "deductible_met_cents": stated.deductible_met_cents,
    }
