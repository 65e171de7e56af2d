from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from cleanclaim.practice.engine.notes.plans import Answer, PlanState, plan_state
from cleanclaim.practice.models import Certification, Coverage, Patient, PlanOfCare, Provider, Role, TrailEntry
from tests.practice.notes.conftest import SignIn, VisitOf

DAY = date(2026, 9, 25)
NEW = {"established_on": "2026-09-25", "frequency_per_week": "2", "duration_weeks": "6", "goals": "Walk a mile\nStairs"}


def _state(patient: Patient, on: date = DAY) -> PlanState:
    return plan_state(patient.clinic, patient, Provider.objects.get(key="lindqvist"), on=on, as_of=DAY)


def test_a_certified_plan_is_counted_down(visit_of: VisitOf) -> None:
    state = _state(visit_of("V068").patient)
    assert (state.certification, state.certified_through) == ("certified", date(2026, 11, 4))
    assert (state.countdown.limit, state.countdown.is_wanted) == (10, True)
    assert (state.countdown.at_least, state.countdown.at_most) == (1, 6)
    assert (state.countdown.left_at_least, state.countdown.left_at_most) == (4, 9)
    assert state.answer is Answer.UNSURE
    assert state.against == ()


def test_the_day_after_the_certification_ends_is_not_billable(visit_of: VisitOf) -> None:
    patient = visit_of("V068").patient
    last, past = _state(patient, date(2026, 11, 4)), _state(patient, date(2026, 11, 5))
    assert "PC203" not in {one.code for one in last.against}
    assert (past.answer, past.certification) == (Answer.NO, "expired")
    assert "PC203" in {one.code for one in past.against}
    assert past.visit is None


def test_a_coverage_that_has_ended_stands_against_it(visit_of: VisitOf) -> None:
    patient = visit_of("V068").patient
    Coverage.objects.filter(patient=patient).update(valid_through=date(2026, 9, 24))
    state = _state(patient)
    assert (state.answer, [one.code for one in state.against]) == (Answer.NO, ["TF105"])
    Coverage.objects.filter(patient=patient).update(valid_through=DAY)
    assert _state(patient).against == ()


def test_without_a_plan_a_payer_that_wants_one_does_not_pay(visit_of: VisitOf) -> None:
    patient = visit_of("V068").patient
    PlanOfCare.objects.filter(patient=patient).delete()
    state = _state(patient)
    assert (state.answer, state.certification) == (Answer.NO, "no plan")
    assert "PC101" in {one.code for one in state.against}


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 403), (Role.THERAPIST, 200), (Role.ASSISTANT, 403), (Role.BILLER, 403), (Role.AUDITOR, 403)],
)
def test_a_plan_is_a_therapists_to_write(
    as_role: Callable[[Role], Client], visit_of: VisitOf, role: Role, status: int
) -> None:
    patient = visit_of("V068").patient
    plan = PlanOfCare.objects.filter(patient=patient)[0]
    client = as_role(role)
    assert client.get(f"/c/millrace/patients/{patient.pk}/plan/").status_code == 200
    assert client.get(f"/c/millrace/patients/{patient.pk}/plan/new/").status_code == status
    assert client.get(f"/c/millrace/plans/{plan.pk}/").status_code == status
    answer = client.post(f"/c/millrace/patients/{patient.pk}/plan/new/", NEW)
    assert answer.status_code == (302 if status == 200 else 403)
    assert PlanOfCare.objects.filter(patient=patient).count() == (2 if status == 200 else 1)


def test_the_front_desk_reads_no_plan(as_role: Callable[[Role], Client], visit_of: VisitOf) -> None:
    patient = visit_of("V068").patient
    assert as_role(Role.FRONT_DESK).get(f"/c/millrace/patients/{patient.pk}/plan/").status_code == 403


def test_a_new_plan_is_the_therapists_who_wrote_it(sign_in: SignIn, visit_of: VisitOf) -> None:
    patient = visit_of("V068").patient
    data = NEW | {"diagnoses": "M5412, m54.50", "has_order": "true"}
    sign_in("lindqvist").post(f"/c/millrace/patients/{patient.pk}/plan/new/", data)
    plan = PlanOfCare.objects.filter(patient=patient, established_on=DAY).get()
    assert (plan.established_by, plan.frequency_per_week, plan.duration_weeks) == ("PT", 2, 6)
    assert (plan.goals, plan.diagnoses, plan.has_order) == (["Walk a mile", "Stairs"], ["M54.12", "M54.50"], True)
    assert (plan.onset_on, plan.through) == (None, None)
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.subject_id) == ("create", "plan", str(plan.pk))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("diagnoses", "M54.12, NONSENSE", "NONSENSE: expected codes of ICD-10-CM"),
        ("through", "2026-09-24", "expected a day on or after Sep 25, 2026"),
        ("established_on", "", "This field is required."),
        ("frequency_per_week", "15", "less than or equal to 14"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_shown_as_typed(
    sign_in: SignIn, visit_of: VisitOf, field: str, value: str, says: str
) -> None:
    patient = visit_of("V068").patient
    answer = sign_in("lindqvist").post(f"/c/millrace/patients/{patient.pk}/plan/new/", NEW | {field: value})
    text = answer.content.decode()
    assert (answer.status_code, says in text, "Walk a mile" in text) == (422, True, True)
    assert PlanOfCare.objects.filter(patient=patient).count() == 1


def test_of_two_who_change_a_plan_the_second_is_told(sign_in: SignIn, visit_of: VisitOf) -> None:
    plan = PlanOfCare.objects.filter(patient=visit_of("V068").patient)[0]
    client = sign_in("lindqvist")
    data = NEW | {"version": str(plan.version)}
    assert client.post(f"/c/millrace/plans/{plan.pk}/", data).status_code == 302
    assert client.post(f"/c/millrace/plans/{plan.pk}/", data | {"goals": "Lost"}).status_code == 409
    assert PlanOfCare.objects.get(pk=plan.pk).goals == ["Walk a mile", "Stairs"]


def test_a_certification_says_when(sign_in: SignIn, visit_of: VisitOf) -> None:
    plan = PlanOfCare.objects.filter(patient=visit_of("V068").patient)[0]
    client, address = sign_in("lindqvist"), f"/c/millrace/plans/{plan.pk}/certifications/"
    before = Certification.objects.filter(plan=plan).count()
    for data, says in (
        ({"method": "signed"}, "expected the day of the signature"),
        ({"method": "verbal"}, "expected the day it was given"),
    ):
        answer = client.post(address, data)
        assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert Certification.objects.filter(plan=plan).count() == before
    by = Provider.objects.filter(treats=False)[0]
    answer = client.post(address, {"method": "signed", "on": "2026-09-25", "through": "2026-12-23", "by": str(by.pk)})
    assert answer.status_code == 302
    entered = Certification.objects.get(plan=plan, on=DAY)
    assert (entered.method, entered.through, entered.by_id) == ("signed", date(2026, 12, 23), by.pk)
    assert sign_in("wilk").post(address, {"method": "signed", "on": "2026-09-25"}).status_code == 403


def test_the_page_says_why(sign_in: SignIn, visit_of: VisitOf) -> None:
    patient = visit_of("V068").patient
    client = sign_in("lindqvist")
    text = client.get(f"/c/millrace/patients/{patient.pk}/plan/?on=2026-11-05").content.decode()
    assert "A visit on this day would not be paid" in text
    assert "PC203" in text
    assert "Day 1 to 6 of 10" in client.get(f"/c/millrace/patients/{patient.pk}/plan/?on=2026-09-25").content.decode()
    assert client.get("/c/millrace/patients/00000000-0000-4000-8000-000000000000/plan/").status_code == 404
