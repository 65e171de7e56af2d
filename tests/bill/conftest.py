"""A small clinic for the main job's tests."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanclaim.bill.job import Billed, bill
from cleanclaim.records import Clinic, Patient, Visit

CLINIC = Clinic.model_validate_json(
    """{
    "organization": {"id": "c1", "name": "Example Therapy", "npi": "1234567893", "tax_id": "12-3456789",
        "taxonomy": "261QP2000X", "phone": "3125550100", "contact": "Billing Office",
        "address": {"line1": "1 Main St", "city": "Chicago", "state": "IL", "zip_code": "606011234"}},
    "submitter": {"name": "Example Therapy", "identifier": "SUB001", "contact": "Billing", "phone": "3125550100"},
    "therapists": [{"id": "t1", "name": {"family_name": "Ruiz", "given_name": "Ana"}, "credential": "PT",
        "npi": "1245319599", "taxonomy": "225100000X"}],
    "charges": {"97110": 6000, "97140": 6000, "97112": 6500, "97530": 7000, "97161": 18000, "G0283": 3000,
        "97014": 3000, "97035": 3000},
    "locality": "national"
    }"""
)
PHYSICIAN = {"name": {"family_name": "Lee", "given_name": "Sam"}, "credential": "MD", "npi": "1003000126"}
PATIENT: dict[str, Any] = {
    "id": "P1",
    "name": {"family_name": "Doe", "given_name": "Jane"},
    "birth_date": "1950-01-01",
    "sex": "F",
    "address": {"line1": "2 Oak St", "city": "Chicago", "state": "IL", "zip_code": "60601"},
    "coverages": [
        {
            "payer": "medicare_b",
            "member_id": "1EG4TE5MK73",
            "payer_identifier": "06102",
            "payer_name": "Medicare",
            "valid_from": "2020-01-01",
            "authorizations": [],
        }
    ],
    "plans_of_care": [
        {
            "id": "POC1",
            "established_on": "2026-02-02",
            "first_treatment_on": "2026-02-02",
            "through": "2026-04-30",
            "frequency_per_week": 2,
            "duration_weeks": 12,
            "goals": ["Walk half a mile without stopping"],
            "diagnoses": ["M54.50"],
            "certifications": [{"method": "signed", "on": "2026-02-09", "by": PHYSICIAN}],
            "has_order": True,
            "order": {"on": "2026-01-30", "by": PHYSICIAN},
            "sent_on": "2026-02-03",
            "treatment_days_before": ["2026-02-02"],
            "progress_reports": [],
            "onset_on": "2026-01-10",
        }
    ],
    "year_to_date": [
        {
            "year": 2026,
            "at_least_cents": 50000,
            "at_most_cents": 50000,
            "as_of": "2026-03-01",
            "source": "eligibility answer",
            "deductible_met_cents": 28300,
        }
    ],
}
VISIT: dict[str, Any] = {
    "id": "V1",
    "patient_id": "P1",
    "date_of_service": "2026-03-04",
    "kind": "treatment",
    "therapist": "t1",
    "diagnoses": ["M54.50"],
    "signatures": [{"credential": "PT", "on": "2026-03-04"}],
}


def patient(**changes: Any) -> Patient:
    return Patient.model_validate(PATIENT | changes, strict=False)


def visit(**changes: Any) -> Visit:
    return Visit.model_validate(VISIT | changes, strict=False)


def billed(*visits: Visit, who: Patient | None = None) -> Billed:
    person = who or patient()
    return bill(CLINIC, {person.id: person}, visits, as_of=date(2026, 3, 6))


@pytest.fixture
def clinic() -> Clinic:
    return CLINIC
