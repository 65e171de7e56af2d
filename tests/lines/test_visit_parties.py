"""Addresses, names, bounds of the clinic and earlier payers, as a visit's claim has them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanclaim.lines.cases import Case, LineDraft
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.lines.visit_parties import days_of_week
from cleanclaim.records import Clinic, CoverageOrder, Patient, Visit
from tests.lines.test_from_visits import CLINIC, COVERAGE, HOME, PATIENT, VISIT

WEDNESDAY = date(2026, 3, 4)
THERAPIST = {
    "id": "t1",
    "name": {"family_name": "Thorne ", "given_name": "Avery"},
    "credential": "PT",
    "npi": "1245319599",
}
BOUNDS = {"visit_minutes": (30, 75), "units": (2, 5), "open_minutes": (480, 480, 420, 480, 360, 0, 0)}


def rows(
    *,
    order: CoverageOrder = CoverageOrder.PRIMARY,
    visit: dict[str, Any] | None = None,
    patient: dict[str, Any] | None = None,
    clinic: dict[str, Any] | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The claim's row and its line's."""
    case = Case(
        visit=Visit.model_validate(VISIT | (visit or {})),
        patient=Patient.model_validate(PATIENT | (patient or {})),
        lines=(LineDraft("97110", ("GP",), 2, 24_000),),
        services=None,
        order=order,
    )
    tables = tables_of([case], Clinic.model_validate(CLINIC | (clinic or {})), WEDNESDAY)
    return tables.claims.row(0, named=True), tables.lines.row(0, named=True)


def test_addresses_and_names_are_those_of_the_records() -> None:
    claim, _ = rows(clinic={"therapists": (THERAPIST,)})
    address = [claim[f"patient_{part}"] for part in ("street", "city", "state", "zip", "country")]
    assert address == ["12 Alder Ave", "Chicago", "IL", "60601", ""]
    assert (claim["billing_street"], claim["billing_city"]) == ("12 Alder Ave Suite 2", "Chicago")
    named = ("billing_name", "billing_given_name", "billing_is_person")
    assert [claim[name] for name in named] == ["Millrace Physical Therapy", "", False]
    assert (claim["rendering_family_name"], claim["rendering_given_name"]) == ("Thorne", "Avery")
    assert (claim["treated_by"], claim["supervising_npi"], claim["claim_fields_absent"]) == ("t1", "", [])


def test_bounds_are_those_of_the_clinic_on_the_weekday() -> None:
    claim, _ = rows(clinic={"bounds": BOUNDS})
    assert claim["clinic_bounds_set"] == ["visit_minutes", "units", "open_minutes"]
    assert (claim["clinic_visit_minutes_least"], claim["clinic_visit_minutes_most"]) == (30, 75)
    assert (claim["clinic_units_least"], claim["clinic_units_most"], claim["clinic_open_minutes"]) == (2, 5, 420)
    friday, _ = rows(clinic={"bounds": BOUNDS}, visit={"date_of_service": date(2026, 3, 6)})
    assert friday["clinic_open_minutes"] == 360
    none, _ = rows()
    assert (none["clinic_bounds_set"], none["clinic_open_minutes"]) == ([], None)
    some, _ = rows(clinic={"bounds": {"units": (2, 5)}})
    assert (some["clinic_bounds_set"], some["clinic_units_most"]) == (["units"], 5)


def test_earlier_payers_that_a_visit_says_nothing_of_are_said_to_be_left_out() -> None:
    first, line = rows()
    assert (first["prior_payers"], first["prior_paid_cents"], first["medicare_secondary_type"]) == (0, 0, "")
    assert (first["claim_fields_absent"], line["prior_answers"]) == ([], 0)
    medicare = {"payer": "medicare_b", "member_id": "1EG4TE5MK73", "order": "secondary"}
    second, line = rows(order=CoverageOrder.SECONDARY, patient={"coverages": (COVERAGE, medicare)})
    assert (second["prior_payers"], second["prior_paid_cents"], second["medicare_secondary_type"]) == (1, None, "")
    assert (second["claim_fields_absent"], line["prior_answers"]) == (["prior_paid_cents"], 0)
    working = medicare | {"medicare_secondary_type": "12"}
    decided = {"order": "primary", "adjudicated_on": date(2026, 3, 20), "paid_cents": 7_000}
    second, _ = rows(
        order=CoverageOrder.SECONDARY,
        patient={"coverages": (COVERAGE, working)},
        visit={"adjudications": (decided, decided | {"order": "secondary", "paid_cents": 1})},
    )
    assert (second["prior_payers"], second["prior_paid_cents"], second["medicare_secondary_type"]) == (1, 7_000, "12")
    assert (second["claim_fields_absent"], second["prior_claim_adjusted_cents"]) == ([], 0)


def test_what_earlier_payers_adjusted_on_the_claim_as_a_whole_is_added_up() -> None:
    medicare = {"payer": "medicare_b", "member_id": "1EG4TE5MK73", "order": "secondary"}
    decided = {
        "order": "primary",
        "adjudicated_on": date(2026, 3, 20),
        "paid_cents": 7_000,
        "adjustments": (
            {"group": "CO", "reason": "45", "amount_cents": 16_000},
            {"group": "PR", "reason": "2", "amount_cents": 1_001},
        ),
        "lines": ({"line": 1, "paid_cents": 0, "adjustments": ({"group": "PR", "reason": "1", "amount_cents": 5},)},),
    }
    first, _ = rows()
    assert first["prior_claim_adjusted_cents"] == 0
    silent, _ = rows(order=CoverageOrder.SECONDARY, patient={"coverages": (COVERAGE, medicare)})
    assert silent["prior_claim_adjusted_cents"] is None
    second, line = rows(
        order=CoverageOrder.SECONDARY,
        patient={"coverages": (COVERAGE, medicare)},
        visit={"adjudications": (decided,)},
    )
    assert (second["prior_claim_adjusted_cents"], line["line_prior_adjusted_cents"]) == (17_001, 5)
    assert [claim["prior_remaining_repeated"] for claim in (first, silent, second)] == [0, 0, 0]


def test_the_group_number_is_that_of_the_policy_billed() -> None:
    claim, _ = rows(patient={"coverages": (COVERAGE | {"group_number": "G100"},)})
    assert claim["group_number"] == "G100"
    assert rows()[0]["group_number"] == ""


def test_one_authorization_is_named_of_several_on_file() -> None:
    several = [{"number": "A1", "valid_from": date(2026, 1, 1)}, {"number": "A2", "valid_from": date(2026, 3, 1)}]
    claim, _ = rows(patient={"coverages": (COVERAGE | {"authorizations": several},)})
    assert (claim["authorization_count"], claim["authorization_number"]) == (1, "A2")
    claim, _ = rows(patient={"coverages": (COVERAGE | {"authorizations": ()},)})
    assert claim["authorization_count"] == 0


def test_frequency_home_health_and_payer_number_are_those_of_the_records() -> None:
    plan = {
        "id": "c1",
        "established_on": date(2026, 2, 2),
        "established_by": "PT",
        "first_treatment_on": date(2026, 2, 2),
        "diagnoses": ("M54.50",),
        "frequency_per_week": 2,
        "treatment_days_before": (date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 27)),
    }
    claim, _ = rows(
        patient={"plans_of_care": (plan,), "coverages": (COVERAGE | {"payer_identifier": "60054"},)},
        visit={"home_health_episode": False, "therapist_on_site": True},
    )
    assert (claim["plan_visits_per_week"], claim["visits_before"], claim["visits_before_this_week"]) == (2, 3, 1)
    assert (claim["under_home_health"], claim["payer_identifier"]) == (False, "60054")
    assert claim["therapist_on_site"] is True
    assert HOME["city"] == claim["patient_city"]


@pytest.mark.parametrize(
    ("before", "day", "count"),
    [
        ((date(2026, 3, 2),), WEDNESDAY, 1),
        ((date(2026, 3, 1),), WEDNESDAY, 0),
        ((date(2026, 3, 1), date(2026, 3, 2)), WEDNESDAY, 1),
        ((date(2026, 3, 7),), date(2026, 3, 8), 0),
        ((date(2026, 3, 4), date(2026, 3, 9)), WEDNESDAY, 0),
        ((date(2026, 3, 2), date(2026, 3, 2)), WEDNESDAY, 1),
    ],
    ids=["monday", "sunday", "both", "sunday-begins-a-week", "not-before", "once-a-day"],
)
def test_days_of_the_week_count_by_the_way_that_holds_fewer(before: tuple[date, ...], day: date, count: int) -> None:
    assert days_of_week(before, day) == count
