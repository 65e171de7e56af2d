"""Coverages, approvals and eligibility answers as they are entered: what is kept, what is refused, two at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from cleanclaim.practice.engine.judging.checking import check
from cleanclaim.practice.models import (
    Authorization,
    Clinic,
    ClinicPayer,
    Coverage,
    EligibilityAnswer,
    Patient,
    Role,
    Visit,
)

_CARD = {
    "chosen": "aetna",
    "payer_identifier": "60054",
    "order": "tertiary",
    "member_id": "W123456789",
    "relationship": "self",
    "valid_from": "2026-01-01",
}


def _new(number: str = "P101") -> str:
    return f"/c/millrace/patients/{Patient.objects.get(number=number).pk}/coverages/new/"


def _primary(number: str = "P101") -> Coverage:
    found: Coverage = Coverage.objects.get(patient__number=number, order="primary")
    return found


def test_a_coverage_is_added_and_its_payer_is_the_clinics_from_then_on(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    del inside
    assert as_role(Role.FRONT_DESK).post(_new(), {**_CARD, "copay_cents": "25"}).status_code == 302
    made = Coverage.objects.get(payer="aetna", patient__number="P101")
    assert (made.payer_name, made.member_id, made.copay_cents) == ("Aetna, commercial", "W123456789", 2500)
    assert (made.in_network, made.subscriber, made.authorizations_known) == (None, None, False)
    assert ClinicPayer.objects.filter(payer="aetna", identifier="60054").count() == 1


def test_a_payer_of_the_clinic_brings_its_identifier_and_network(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    del inside
    payer = ClinicPayer.objects.get(payer="stonegate_casualty")
    payer.in_network = True
    payer.save()
    as_role(Role.BILLER).post(_new(), {**_CARD, "chosen": str(payer.pk), "payer_identifier": ""})
    made = Coverage.objects.get(payer="stonegate_casualty", patient__number="P101")
    assert (made.payer_identifier, made.in_network) == (payer.identifier, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chosen": "nobody"}, "Select a valid choice"),
        ({"order": "primary"}, "Medicare Part B is primary on the same days."),
        ({"valid_through": "2025-12-31"}, "Expected a day on or after the first one."),
        ({"relationship": "spouse"}, "Expected, as somebody else holds the policy."),
        (
            {
                "relationship": "child",
                "holder_family_name": "A",
                "holder_given_name": "B",
                "holder_city": "Chicago",
            },
            "Expected, as part of the address is given.",
        ),
        ({"copay_cents": "12.345"}, "Expected dollars, such as 1,250.00."),
        ({"copay_cents": "-1"}, "Expected an amount of zero or more."),
    ],
)
def test_a_coverage_that_is_refused(
    as_role: Callable[[Role], Client], inside: Clinic, changes: dict[str, str], words: str
) -> None:
    del inside
    before = Coverage.objects.count()
    answer = as_role(Role.FRONT_DESK).post(_new(), {**_CARD, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Coverage.objects.count() == before


@pytest.mark.parametrize(("begins", "status"), [("2026-07-01", 302), ("2026-06-30", 422)])
def test_one_coverage_of_an_order_follows_another(
    as_role: Callable[[Role], Client], inside: Clinic, begins: str, status: int
) -> None:
    del inside
    held = _primary()
    held.valid_through = date(2026, 6, 30)
    held.save()
    answer = as_role(Role.FRONT_DESK).post(_new(), {**_CARD, "order": "primary", "valid_from": begins})
    assert answer.status_code == status


def test_who_holds_the_policy_is_kept_and_shown_again(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    client = as_role(Role.FRONT_DESK)
    holder = {
        "relationship": "spouse",
        "holder_family_name": "Colewood",
        "holder_given_name": "Ned",
        "holder_birth_date": "1946-03-04",
        "holder_sex": "M",
    }
    client.post(_new(), {**_CARD, **holder})
    made = Coverage.objects.get(payer="aetna", patient__number="P101")
    assert made.subscriber == {
        "name": {"family_name": "Colewood", "given_name": "Ned"},
        "birth_date": "1946-03-04",
        "sex": "M",
        "address": None,
    }
    assert 'value="1946-03-04"' in client.get(f"/c/millrace/coverages/{made.pk}/").content.decode()


def test_of_two_who_change_a_coverage_the_second_is_told(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    client, held = as_role(Role.FRONT_DESK), _primary()
    address = f"/c/millrace/coverages/{held.pk}/"
    payer = ClinicPayer.objects.get(payer="medicare_b")
    entered = {"chosen": str(payer.pk), "order": "primary", "relationship": "self", "member_id": "1EG4TE5MK01"}
    assert client.post(address, {**entered, "plan_name": "First", "version": "1"}).status_code == 302
    assert client.post(address, {**entered, "plan_name": "Second", "version": "1"}).status_code == 409
    assert (_primary().plan_name, _primary().version, _primary().member_id) == ("First", 2, "1EG4TE5MK01")


def test_a_coverage_ends_on_a_day(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    client, held = as_role(Role.FRONT_DESK), _primary()
    address = f"/c/millrace/coverages/{held.pk}/end/"
    assert client.post(address, {"valid_through": "2026-09-24", "version": "1"}).status_code == 302
    assert _primary().valid_through == date(2026, 9, 24)
    page = client.get(f"/c/millrace/patients/{held.patient_id}/").content.decode()
    assert "coverage is-ended" in page
    assert client.post(address, {"valid_through": "2026-09-25", "version": "1"}).status_code == 409


def test_somebody_looked_for_approvals(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    client, held = as_role(Role.FRONT_DESK), _primary()
    client.post(f"/c/millrace/coverages/{held.pk}/looked/", {"known": "0", "version": "1"})
    assert _primary().authorizations_known is False
    client.post(f"/c/millrace/coverages/{held.pk}/looked/", {"known": "1", "version": "1"})
    assert _primary().authorizations_known is False
    client.post(f"/c/millrace/coverages/{held.pk}/looked/", {"known": "1", "version": "2"})
    assert _primary().authorizations_known is True


# --- approvals -------------------------------------------------------------------------------------------


def test_an_approval_is_kept_as_the_letter_states_it(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    client = as_role(Role.FRONT_DESK)
    entered = {
        "number": "AB-77",
        "valid_from": "2026-09-01",
        "valid_through": "2026-12-31",
        "visits_allowed": "12",
        "visits_used_before": "0",
        "codes": "97110; g0283 97110",
    }
    assert client.post(f"/c/millrace/coverages/{_primary().pk}/authorizations/new/", entered).status_code == 302
    made = Authorization.objects.get(number="AB-77")
    assert (made.visits_allowed, made.visits_used_before, made.units_allowed) == (12, 0, None)
    assert made.codes == ["97110", "G0283"]
    assert client.post(f"/c/millrace/authorizations/{made.pk}/", {**entered, "version": "9"}).status_code == 409
    changed = {**entered, "visits_allowed": "16", "version": "1"}
    assert client.post(f"/c/millrace/authorizations/{made.pk}/", changed).status_code == 302
    assert Authorization.objects.get(number="AB-77").visits_allowed == 16


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"codes": "9711"}, "Expected codes of five places"),
        ({"valid_from": "2026-09-02", "valid_through": "2026-09-01"}, "Expected a day on or after the first one."),
        ({"visits_used_before": "1"}, "Expected, as some of them were used."),
        ({"visits_allowed": "3", "visits_used_before": "4"}, "Expected no more than were authorized."),
        ({"visits_allowed": "-1"}, "greater than or equal to 0"),
        ({"number": ""}, "This field is required."),
    ],
)
def test_an_approval_that_is_refused(
    as_role: Callable[[Role], Client], inside: Clinic, changes: dict[str, str], words: str
) -> None:
    del inside
    before = Authorization.objects.count()
    address = f"/c/millrace/coverages/{_primary().pk}/authorizations/new/"
    answer = as_role(Role.FRONT_DESK).post(address, {"number": "X", **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Authorization.objects.count() == before


# --- eligibility -----------------------------------------------------------------------------------------


def test_an_answer_keeps_what_was_not_asked_unknown(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    entered = {
        "asked_on": "2026-09-25",
        "source": "portal",
        "is_active": "yes",
        "hospice": "no",
        "year": "2026",
        "at_least_cents": "1,250.50",
    }
    address = f"/c/millrace/coverages/{_primary().pk}/eligibility/new/"
    assert as_role(Role.FRONT_DESK).post(address, entered).status_code == 302
    made = EligibilityAnswer.objects.get(source="portal")
    assert (made.is_active, made.hospice, made.home_health_open, made.part_a_stay) == (True, False, None, None)
    assert (made.year, made.at_least_cents, made.at_most_cents) == (2026, 125050, None)


def test_only_medicare_is_asked_what_medicare_must_be_asked(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    client = as_role(Role.FRONT_DESK)
    asked = client.get(f"/c/millrace/coverages/{_primary('P101').pk}/eligibility/new/").content.decode()
    other = client.get(f"/c/millrace/coverages/{_primary('P122').pk}/eligibility/new/").content.decode()
    assert "Home health plan open" in asked
    assert "Home health plan open" not in other


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"asked_on": "2026-09-26"}, "Expected a day that has come."),
        ({"source": ""}, "This field is required."),
        ({"at_least_cents": "10", "at_most_cents": "9.99"}, "Expected no less than the amount before it."),
        ({"at_most_cents": "10"}, "Expected an amount; 0.00 where nothing is known to be used."),
        ({"at_least_cents": "10", "year": ""}, "Expected the year that the dollars belong to."),
        ({"year": "2024"}, "Expected the year of the question, or the one before."),
        ({"year": "2027"}, "Expected the year of the question, or the one before."),
    ],
)
def test_an_answer_that_is_refused(
    as_role: Callable[[Role], Client], inside: Clinic, changes: dict[str, str], words: str
) -> None:
    del inside
    before = EligibilityAnswer.objects.count()
    entered = {"asked_on": "2026-09-25", "source": "portal", "year": "2026", **changes}
    answer = as_role(Role.FRONT_DESK).post(f"/c/millrace/coverages/{_primary().pk}/eligibility/new/", entered)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert EligibilityAnswer.objects.count() == before


@pytest.mark.parametrize(
    ("asked_on", "is_open", "found"),
    [
        (date(2026, 9, 1), True, True),
        (date(2026, 9, 30), True, True),
        (date(2026, 8, 31), True, False),
        (date(2026, 9, 1), False, False),
    ],
)
def test_what_eligibility_says_of_a_month_decides_about_its_visits(
    inside: Clinic,
    asked_on: date,
    is_open: bool,  # noqa: FBT001 - a case
    found: bool,  # noqa: FBT001 - a case
) -> None:
    EligibilityAnswer.objects.create(
        clinic=inside, coverage=_primary(), asked_on=asked_on, source="portal", home_health_open=is_open
    )
    visits = list(Visit.objects.filter(patient__number="P101", date_of_service=date(2026, 9, 25)))
    (claim,) = check(inside, visits, as_of=date(2026, 9, 25)).claims
    assert ("PY107" in {finding.code for finding in claim.findings}) is found
    assert ("PY107" in {missed.code for missed in claim.unjudged}) is (asked_on.month != 9)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT, Role.AUDITOR])
def test_who_may_not_enter(as_role: Callable[[Role], Client], inside: Clinic, role: Role) -> None:
    del inside
    client, held = as_role(role), _primary()
    counts = [model.objects.count() for model in (Coverage, Authorization, EligibilityAnswer)]
    for address in (
        f"/c/millrace/coverages/{held.pk}/",
        f"/c/millrace/coverages/{held.pk}/end/",
        f"/c/millrace/coverages/{held.pk}/looked/",
        f"/c/millrace/coverages/{held.pk}/authorizations/new/",
        f"/c/millrace/coverages/{held.pk}/eligibility/new/",
        _new(),
    ):
        assert client.post(address, {"version": "1", "known": "0"}).status_code == 403
    assert [model.objects.count() for model in (Coverage, Authorization, EligibilityAnswer)] == counts
    assert _primary().version == 1
