"""What a visit with its patient and clinic can witness: names, coverage, address, and what a record lacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from cleanclaim.lines.cases import Case
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.records import Clinic, Patient, Visit

DAY = date(2026, 3, 4)
HOME: dict[str, Any] = {"line1": "12 Alder Ave", "city": "Chicago", "state": "IL", "zip_code": "60601"}
COVERAGE: dict[str, Any] = {"payer": "aetna", "member_id": "W123"}
PATIENT: dict[str, Any] = {
    "id": "p1",
    "name": {"family_name": " Ashgrove ", "given_name": "Maren"},
    "birth_date": date(1980, 5, 1),
    "sex": "F",
    "address": HOME,
    "coverages": (COVERAGE,),
}
VISIT: dict[str, Any] = {"id": "v1", "patient_id": "p1", "date_of_service": DAY, "therapist": "t1"}
CLINIC: dict[str, Any] = {
    "organization": {
        "id": "c1",
        "name": "Millrace Physical Therapy",
        "npi": "1234567893",
        "tax_id": "123456789",
        "taxonomy": "261QP2000X",
        "address": HOME | {"line2": "Suite 2"},
        "phone": "(312) 555-0100",
        "contact": "Joan Ferris",
    },
    "submitter": {"name": "Millrace", "identifier": "M1", "contact": "Joan Ferris", "phone": "3125550100"},
    "therapists": (),
    "charges": {},
}


def row(
    *, visit: Mapping[str, Any] | None = None, patient: Mapping[str, Any] | None = None, clinic: bool = True
) -> dict[str, Any]:
    """The row of one visit."""
    case = Case(
        visit=Visit.model_validate(VISIT | dict(visit or {})),
        patient=None if patient is None else Patient.model_validate(PATIENT | dict(patient)),
        lines=(),
        services=None,
    )
    tables = tables_of([case], Clinic.model_validate(CLINIC) if clinic else None, DAY)
    return tables.claims.row(0, named=True)


def test_name_is_the_patients() -> None:
    claim = row(patient={})
    assert (claim["patient_family_name"], claim["patient_given_name"]) == ("Ashgrove", "Maren")
    alone = row()
    assert (alone["patient_family_name"], alone["patient_given_name"]) == (None, None)


@pytest.mark.parametrize(
    ("coverages", "payer", "has_coverage"),
    [
        ((COVERAGE,), "aetna", True),
        ((COVERAGE | {"order": "secondary"},), None, False),
        ((), "cash", True),
    ],
)
def test_a_coverage_of_another_order_is_not_the_one_billed(
    coverages: tuple[dict[str, Any], ...], payer: str | None, *, has_coverage: bool
) -> None:
    claim = row(patient={"coverages": coverages})
    assert (claim["payer"], claim["has_coverage"]) == (payer, has_coverage)


def test_coverage_of_a_visit_without_its_patient_is_unknown() -> None:
    claim = row()
    assert (claim["has_coverage"], claim["relationship"], claim["subscriber_family_name"]) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "relationship", "name"),
    [
        ({}, "self", ""),
        ({"relationship": "spouse"}, "spouse", ""),
        (
            {"relationship": "child", "subscriber": {"name": {"family_name": "Rowan", "given_name": "Lee"}}},
            "child",
            "Rowan",
        ),
    ],
)
def test_subscriber(changes: dict[str, Any], relationship: str, name: str) -> None:
    claim = row(patient={"coverages": (COVERAGE | changes,)})
    assert (claim["relationship"], claim["subscriber_family_name"]) == (relationship, name)


def test_street_and_telephone_are_the_clinics() -> None:
    claim = row()
    assert (claim["billing_street"], claim["billing_phone"]) == ("12 Alder Ave Suite 2", "(312) 555-0100")
    loose = row(clinic=False)
    assert (loose["billing_street"], loose["billing_phone"]) == (None, None)


@pytest.mark.parametrize(
    ("evaluation", "lacks"),
    [
        (None, None),
        (
            {"history_factors": 0, "elements_examined": 0, "presentation": "stable", "decision_making": "low"},
            [],
        ),
        ({"history_factors": 0, "presentation": "stable"}, ["elements examined", "decision making"]),
        ({}, ["history factors", "elements examined", "presentation", "decision making"]),
    ],
)
def test_components_that_the_record_lacks(evaluation: dict[str, Any] | None, lacks: list[str] | None) -> None:
    assert row(visit={"evaluation": evaluation})["evaluation_components_absent"] == lacks


@pytest.mark.parametrize(("interventions", "lists"), [(None, None), ((), True), (({"code": "97110"},), True)])
def test_only_listed_interventions_are_a_list(interventions: object, *, lists: bool | None) -> None:
    assert row(visit={"interventions": interventions})["lists_services"] is lists


@pytest.mark.parametrize(
    ("visit", "patient", "has_estimate"),
    [
        (None, None, None),
        (True, None, True),
        (False, None, False),
        (None, True, True),
        (None, False, False),
        (False, True, False),
        (True, False, True),
    ],
)
def test_a_visits_own_word_on_an_estimate_comes_first(
    *, visit: bool | None, patient: bool | None, has_estimate: bool | None
) -> None:
    field = "good_faith_estimate_on_file"
    claim = row(visit={field: visit}, patient={field: patient})
    assert claim["has_good_faith_estimate"] is has_estimate
    assert row(visit={field: visit})["has_good_faith_estimate"] is visit


@pytest.mark.parametrize(("words", "has"), [(None, None), ("", False), ("Oswestry 42%, 58% before", True)])
def test_a_measure_and_a_reason_are_there_where_words_are(words: str | None, *, has: bool | None) -> None:
    claim = row(visit={"outcome_measure": words})
    assert (claim["has_standardized_measure"], claim["has_reevaluation_reason"]) == (has, None)
    claim = row(visit={"reevaluation_reason": words})
    assert (claim["has_standardized_measure"], claim["has_reevaluation_reason"]) == (None, has)
