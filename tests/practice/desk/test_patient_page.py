"""A patient's page: what each role sees of it, what is written down, how much of an approval is used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from cleanclaim.practice.engine.judging.approvals import Use, use_of
from cleanclaim.practice.models import (
    Authorization,
    Clinic,
    Coverage,
    EligibilityAnswer,
    OpeningBalance,
    Patient,
    PlanOfCare,
    Provider,
    Referral,
    Role,
    TrailEntry,
    Visit,
    VisitStatus,
)
from cleanclaim.practice.pages.patients.chart import masked


def _address(number: str, rest: str = "") -> str:
    return f"/c/millrace/patients/{Patient.objects.get(number=number).pk}/{rest}"


def _page(client: Client, number: str) -> str:
    answer = client.get(_address(number))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_front_desk_sees_what_is_missing_and_where_to_settle_it(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    del inside
    page = _page(as_role(Role.FRONT_DESK), "P101")
    coverage = Coverage.objects.get(patient__number="P101", order="primary")
    assert "19 of 21 checks passed" in page
    assert f"/c/millrace/coverages/{coverage.pk}/eligibility/new/" in page
    assert "$740.00" in page
    assert "•••• MK01" in page
    assert "1EG4TE5MK01" not in page
    assert "Somebody looked: none on file." in page


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT])
def test_who_treats_sees_no_dollars_and_changes_nothing(
    as_role: Callable[[Role], Client], inside: Clinic, role: Role
) -> None:
    one = Patient.objects.get(number="P101")
    OpeningBalance.objects.create(clinic=inside, patient=one, as_of=date(2026, 1, 1), owed_by="payer", cents=12345)
    page = _page(as_role(role), "P101")
    assert "Medicare Part B" in page
    assert "$" not in page
    for address in ("edit/", "coverages/new/", "orders/new/", "documents/new/", "/eligibility/new/", "/member-id/"):
        assert address not in page
    assert "$123.45" in _page(as_role(Role.FRONT_DESK), "P101")


def test_an_auditor_reads_dollars_and_changes_nothing(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    page = _page(as_role(Role.AUDITOR), "P101")
    assert "$740.00" in page
    assert "/edit/" not in page
    assert "eligibility/new" not in page


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.FRONT_DESK, 200), (Role.BILLER, 200), (Role.AUDITOR, 200), (Role.THERAPIST, 403), (Role.ASSISTANT, 403)],
)
def test_a_member_id_is_shown_on_request_and_written_down(
    as_role: Callable[[Role], Client], inside: Clinic, role: Role, status: int
) -> None:
    del inside
    coverage = Coverage.objects.get(patient__number="P101", order="primary")
    before = TrailEntry.objects.filter(subject="coverage").count()
    answer = as_role(role).post(f"/c/millrace/coverages/{coverage.pk}/member-id/", HTTP_HX_REQUEST="true")
    assert answer.status_code == status
    assert ("1EG4TE5MK01" in answer.content.decode()) is (status == 200)
    entries = TrailEntry.objects.filter(subject="coverage").order_by("-sequence")
    assert entries.count() - before == (status == 200)
    if status == 200:
        assert (entries[0].action, entries[0].detail) == ("read", "member_id")


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [("1EG4TE5MK01", "•••• MK01"), ("AB12", "•••• 12"), ("A1", "•••• 1"), ("A", ""), ("", "")],
)
def test_the_end_of_an_identifier_is_shown_never_all_of_it(identifier: str, shown: str) -> None:
    assert masked(identifier) == shown


def test_a_page_of_another_clinic_is_not_there(
    as_role: Callable[[Role], Client], inside: Clinic, elsewhere: Clinic
) -> None:
    del elsewhere
    key = Patient.objects.get(number="P101").pk
    assert as_role(Role.OWNER).get(f"/c/elsewhere/patients/{key}/").status_code == 404
    del inside


def test_reading_a_chart_is_written_down(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    _page(as_role(Role.THERAPIST), "P102")
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.detail) == ("read", "patient", "chart")
    assert entry.subject_id == str(Patient.objects.get(number="P102").pk)
    del inside


def test_the_queries_of_a_page_do_not_grow_with_what_hangs_on_it(
    as_role: Callable[[Role], Client],
    inside: Clinic,
    django_assert_num_queries: Callable[[int], object],
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    client = as_role(Role.FRONT_DESK)
    _page(client, "P101")
    with django_assert_max_num_queries(32) as before:  # type: ignore[attr-defined]
        _page(client, "P101")
    count = len(before.captured_queries)
    one = Patient.objects.get(number="P101")
    coverage = Coverage.objects.get(patient=one, order="primary")
    for place in range(5):
        Authorization.objects.create(clinic=inside, coverage=coverage, number=f"A{place}", visits_allowed=3)
        EligibilityAnswer.objects.create(clinic=inside, coverage=coverage, asked_on=date(2026, 8, 1), source="portal")
        Referral.objects.create(
            clinic=inside, patient=one, on=date(2026, 8, 1), by=Provider.objects.filter(treats=False).first()
        )
    _page(client, "P101")  # asks anew what the patient lacks
    with django_assert_num_queries(count):  # type: ignore[attr-defined]
        _page(client, "P101")


# --- approvals -------------------------------------------------------------------------------------------


def _use(clinic: Clinic, approvals: list[Authorization]) -> dict[str, Use]:
    one = Patient.objects.get(number="P101")
    coverage = Coverage.objects.get(patient=one, order="primary")
    for approval in approvals:
        approval.clinic, approval.coverage = clinic, coverage
        approval.save()
    visits = Visit.objects.filter(patient=one, status=VisitStatus.SIGNED.value)
    found = use_of(one, [(coverage, approvals)], visits)
    return {approval.number: found[approval.pk] for approval in approvals}


def _bill(number: str, *lines: tuple[str, int]) -> None:
    visit = Visit.objects.get(number=number)
    visit.billed = [{"code": code, "units": units} for code, units in lines]
    visit.save()


def test_signed_visits_use_an_approval_by_day_and_unit(inside: Clinic) -> None:
    days = sorted(
        Visit.objects.filter(patient__number="P101", status="signed").values_list("date_of_service", "number")
    )
    assert [day for day, _number in days] == [date(2026, 9, 21), date(2026, 9, 23)]
    _bill(days[0][1], ("97110", 2), ("97140", 1))
    _bill(days[1][1], ("97110", 1))
    whole = Authorization(number="W", visits_allowed=12, visits_used_before=5, units_allowed=20, units_used_before=0)
    assert _use(inside, [whole])["W"] == Use(7, 5, 4, 16, 0)


def test_only_codes_that_an_approval_names_use_its_units(inside: Clinic) -> None:
    numbers = list(Visit.objects.filter(patient__number="P101", status="signed").values_list("number", flat=True))
    _bill(numbers[0], ("97110", 2), ("97140", 1))
    _bill(numbers[1], ("97110", 1))
    named = Authorization(number="N", units_allowed=3, units_used_before=0, codes=["97110"])
    found = _use(inside, [named])["N"]
    assert (found.units_used, found.units_left, found.is_used_up) == (3, 0, True)


@pytest.mark.parametrize(
    ("first", "last", "used"),
    [
        (date(2026, 9, 23), None, 1),
        (date(2026, 9, 24), None, 0),
        (None, date(2026, 9, 21), 1),
        (None, date(2026, 9, 20), 0),
    ],
)
def test_an_approval_is_used_on_its_days_only(inside: Clinic, first: date | None, last: date | None, used: int) -> None:
    one = Authorization(number="D", valid_from=first, valid_through=last, visits_allowed=4, visits_used_before=0)
    found = _use(inside, [one])["D"]
    assert (found.visits_used, found.visits_left) == (used, 4 - used)


def test_what_was_used_before_is_not_taken_for_nothing(inside: Clinic) -> None:
    found = _use(inside, [Authorization(number="U", visits_allowed=12)])["U"]
    assert (found.visits_used, found.visits_left, found.is_used_up) == (2, None, False)


def test_a_visit_without_settled_units_is_counted_apart(inside: Clinic) -> None:
    Visit.objects.filter(patient__number="P101").update(billed=None)
    found = _use(inside, [Authorization(number="U", units_allowed=12, units_used_before=0)])["U"]
    assert (found.units_used, found.units_unknown) == (0, 2)


def test_the_page_says_what_is_left(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    _use(inside, [Authorization(number="AUTH7", visits_allowed=12, visits_used_before=5)])
    page = _page(as_role(Role.THERAPIST), "P101")
    assert "7 of 12 visits used, <strong>5 left</strong>" in page


# --- orders ----------------------------------------------------------------------------------------------


def _doctor() -> Provider:
    found: Provider = Provider.objects.filter(treats=False).order_by("key")[0]
    return found


def test_an_order_goes_onto_the_plan_that_waits_for_one(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    plan = PlanOfCare.objects.get(patient__number="P101")
    plan.order_on, plan.order_by, plan.has_order = None, None, None
    plan.save()
    entered = {"by": str(_doctor().pk), "on": plan.established_on.isoformat(), "diagnoses": "M25.661, z47.1"}
    assert as_role(Role.FRONT_DESK).post(_address("P101", "orders/new/"), entered).status_code == 302
    plan.refresh_from_db()
    order = Referral.objects.get()
    assert (plan.order_on, plan.order_by, plan.has_order) == (plan.established_on, _doctor(), True)
    assert (order.plan, order.diagnoses) == (plan, ["M25.661", "Z47.1"])
    del inside


def test_an_order_of_a_later_day_waits_until_it_is_put_onto_the_plan(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    plan = PlanOfCare.objects.get(patient__number="P101")
    plan.order_on, plan.order_by, plan.has_order = None, None, None
    plan.save()
    client = as_role(Role.FRONT_DESK)
    client.post(_address("P101", "orders/new/"), {"by": str(_doctor().pk), "on": "2026-09-03"})
    order = Referral.objects.get()
    assert order.plan is None
    client.post(f"/c/millrace/orders/{order.pk}/attach/")
    plan.refresh_from_db()
    order.refresh_from_db()
    assert (plan.order_on, order.plan) == (date(2026, 9, 3), plan)
    client.post(f"/c/millrace/orders/{order.pk}/attach/")
    plan.refresh_from_db()
    assert plan.version == 2
    del inside


_NEW = {"family_name": "Osei", "given_name": "Ruth", "credential": "MD", "on": "2026-09-01"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"npi": "1999000121"}, "The last digit does not fit"),
        ({"npi": "19990"}, "Expected ten digits."),
        ({"npi": "1999000122", "credential": ""}, "Expected, as nobody is chosen from the list."),
        ({"npi": "1999000122", "on": "2026-09-26"}, "Expected a day that has come."),
        ({"npi": "1999000122", "received_on": "2026-08-31"}, "Expected a day on or after the one it was signed on."),
        ({"npi": "1999000122", "diagnoses": "M25.661, X99.99"}, "X99.99 is not listed."),
    ],
)
def test_an_order_that_is_refused(
    as_role: Callable[[Role], Client], inside: Clinic, changes: dict[str, str], words: str
) -> None:
    answer = as_role(Role.FRONT_DESK).post(_address("P101", "orders/new/"), {**_NEW, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Referral.objects.count() == 0
    del inside


def test_somebody_new_is_known_by_npi_from_then_on(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.FRONT_DESK)
    before = Provider.objects.count()
    for _twice in range(2):
        client.post(_address("P101", "orders/new/"), {**_NEW, "npi": "1999000759"})
    made = Provider.objects.get(npi="1999000759")
    assert (Provider.objects.count(), made.treats, str(made)) == (before + 1, False, "Ruth Osei, MD")
    assert Referral.objects.filter(by=made).count() == 2
    del inside
