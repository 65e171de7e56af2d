"""Examples for the description of the API. Everybody in them is invented."""

from __future__ import annotations

from typing import Any

_PATIENT: dict[str, Any] = {
    "id": "P-0412",
    "name": {"family_name": "Okafor", "given_name": "Ruth"},
    "birth_date": "1951-04-12",
    "sex": "F",
    "address": {"line1": "14 Larch St", "city": "Chicago", "state": "IL", "zip_code": "60614"},
    "phone": "3125550142",
    "coverages": [{"payer": "medicare_b", "payer_name": "Medicare Part B", "member_id": "1EG4TE5MK73"}],
}
_VISIT: dict[str, Any] = {
    "id": "V-20260925-07",
    "patient_id": "P-0412",
    "date_of_service": "2026-09-25",
    "kind": "treatment",
    "therapist": "reyes",
    "diagnoses": ["M25.561"],
    "interventions": [
        {"what": "Quad sets and straight leg raises, right knee", "code": "97110", "minutes": 23, "by": "PT"},
        {"what": "Patellar mobilization, right knee", "code": "97140", "minutes": 15, "by": "PT"},
    ],
    "total_timed_minutes": 38,
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "PatientRegistered": _PATIENT,
    "PatientSearch": {"family_name": "Oka", "birth_date": "1951-04-12"},
    "PatientChange": {"phone": "3125550143"},
    "CoverageFields": {"payer": "medicare_b", "member_id": "1EG4TE5MK73", "authorizations": []},
    "CoverageChange": {"valid_through": "2026-12-31"},
    "PlanFields": {"id": "plan-1", "established_on": "2026-08-31", "frequency_per_week": 2, "duration_weeks": 8},
    "PlanChange": {"certifications": [{"method": "signed", "on": "2026-09-08"}]},
    "VisitFields": _VISIT,
    "VisitChange": {"total_timed_minutes": 40},
    "CheckSent": {
        "visits": [_VISIT],
        "patients": [{name: value for name, value in _PATIENT.items() if name != "is_active"}],
        "as_of": "2026-09-25",
    },
    "BuildSent": {"visits": ["5b0ad9f0-6d2c-4d70-8d2b-3cf6f2b7b6a1"]},
    "ReasonSent": {"reason": "Waits for the corrected referral."},
    "FixSent": {"reason": "Separate regions, 15 minutes each, as noted."},
    "ReferenceSent": {"reference": "2026270123456"},
    "ReleaseSent": {"claims": ["5b0ad9f0-6d2c-4d70-8d2b-3cf6f2b7b6a1"]},
    "EligibilityFields": {"asked_on": "2026-09-25", "source": "payer portal", "is_active": True},
    "AuthorizationFields": {"number": "A-7731", "valid_from": "2026-09-01", "visits_allowed": 12},
    "AuthorizationChange": {"visits_allowed": 18},
    "CodeSearch": {"words": "stationary bike 10 min for quad endurance", "day": "2026-09-25"},
    "DiagnosisSearch": {"words": "frozen shoulder left", "day": "2026-09-25"},
    "PriceSent": {
        "lines": [{"code": "97110", "units": 2}, {"code": "97140", "modifiers": ["59"]}],
        "day": "2026-03-04",
        "locality": "01112-05",
    },
    "Problem": {
        "type": "urn:cleanclaim:problem:unprocessable-entity",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "A value does not fit.",
        "errors": [{"place": "body.birth_date", "expected": "a day as 2026-09-25"}],
    },
}
"""An example of each document that is sent, by the name of its schema."""
