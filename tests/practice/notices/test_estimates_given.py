"""Estimates of a clinic: who is owed one and by when, made from the charge master, given, held to the bill."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.test import Client

from cleanclaim.practice.engine.judging.checking import check
from cleanclaim.practice.engine.judging.notice_spans import spans
from cleanclaim.practice.engine.patients import notices as engine
from cleanclaim.practice.engine.patients.notices import Due, Wanted
from cleanclaim.practice.models import (
    Appointment,
    Charge,
    Claim,
    Clinic,
    Coverage,
    EstimateRequest,
    GoodFaithEstimate,
    Membership,
    Patient,
    Provider,
    Role,
    SelfPayReason,
    TrailEntry,
    Visit,
)
from cleanclaim.receivables.estimates import EstimateError, PlannedService, Standing, Trigger, deadline
from tests.forms.pages import words

DAY = date(2026, 9, 25)
ZONE = ZoneInfo("America/Chicago")
CASH = "P133"
INSURED = "P101"
SERVICES = {"evaluation": (PlannedService("97161", 1),), "treatment": (PlannedService("97110", 2),)}


def cash_patient() -> Patient:
    found: Patient = Patient.objects.get(number=CASH)
    return found


def book(clinic: Clinic, number: str, on: date, *, booked_on: date = DAY) -> Appointment:
    made: Appointment = Appointment.objects.create(
        clinic=clinic, patient=Patient.objects.get(number=number), provider=Provider.objects.filter(treats=True)[0],
        starts_at=datetime(on.year, on.month, on.day, 9, tzinfo=ZONE),
        created_at=datetime(booked_on.year, booked_on.month, booked_on.day, 8, tzinfo=ZONE),
    )  # fmt: skip
    return made


def wanted(**changes: object) -> Wanted:
    fields: dict[str, object] = {
        "reason": SelfPayReason.UNINSURED, "main_service": "Physical therapy for knee pain",
        "begins_on": date(2026, 10, 12), "per_week": 2, "treatments": 3, "services": SERVICES,
        "diagnoses": ("M25.561",),
    }  # fmt: skip
    return Wanted(**(fields | changes))  # type: ignore[arg-type]


def owed(patient: Patient, *, service_on: date | None = date(2026, 10, 12)) -> Due:
    trigger = Trigger.SCHEDULED if service_on else Trigger.REQUESTED
    return Due(patient, trigger, SelfPayReason.UNINSURED, DAY, service_on, deadline(trigger, DAY, service_on))


def made(clinic: Clinic, **changes: object) -> GoodFaithEstimate:
    user = Membership.objects.filter(clinic=clinic, role=Role.FRONT_DESK.value)[0].user
    return engine.make(clinic, user, owed(cash_patient()), wanted(**changes))


@pytest.mark.usefixtures("inside")
def test_the_charges_of_the_sample_clinic() -> None:
    # The amounts that the other tests count with.
    find = engine.charge_on({"97161", "97110"})
    assert (find("97161", DAY), find("97110", DAY), find("99999", DAY)) == (18_500, 7_800, None)
    assert find("97110", date(1999, 1, 1)) is None


@pytest.mark.parametrize(
    ("on", "due_on"),
    [
        (date(2026, 9, 29), None),  # two business days ahead
        (date(2026, 9, 30), date(2026, 9, 28)),  # three
        (date(2026, 10, 8), date(2026, 9, 28)),  # nine
        (date(2026, 10, 9), date(2026, 9, 30)),  # ten
    ],
)
def test_who_pays_alone_is_owed_one_by_how_far_ahead_care_is_booked(
    inside: Clinic, on: date, due_on: date | None
) -> None:
    book(inside, CASH, on)
    book(inside, INSURED, on)

    found = engine.due(inside, DAY)

    assert [(one.patient.number, one.deadline.due_on, one.service_on) for one in found] == (
        [(CASH, due_on, on)] if due_on else []
    )


def test_a_visit_too_soon_hides_none_that_comes_later(inside: Clinic) -> None:
    book(inside, CASH, date(2026, 9, 28))
    book(inside, CASH, date(2026, 10, 12))

    assert [one.service_on for one in engine.due(inside, DAY)] == [date(2026, 10, 12)]


def test_a_coverage_counts_on_its_days_alone_and_a_cash_payer_is_none(inside: Clinic) -> None:
    book(inside, CASH, date(2026, 10, 12))
    coverage = Coverage.objects.create(
        clinic=inside, patient=cash_patient(), payer="larkspur_mutual", valid_through=date(2026, 10, 12)
    )
    assert engine.due(inside, DAY) == []

    Coverage.objects.filter(pk=coverage.pk).update(valid_through=date(2026, 10, 11))
    assert len(engine.due(inside, DAY)) == 1

    Coverage.objects.filter(pk=coverage.pk).update(valid_through=None, payer="cash")
    assert len(engine.due(inside, DAY)) == 1
    assert engine.self_paying(inside, DAY) == ["cash"]
    assert engine.self_paying(inside, date(2021, 12, 31)) == []


def test_it_is_counted_priced_and_kept_as_it_was_made(inside: Clinic) -> None:
    row = made(inside)

    # 185.00 + 3 × 2 × 78.00; two a week from Monday 10/12: 12, 15, 19, 22.
    assert (row.cents, row.visits, row.begins_on, row.ends_on) == (65_300, 4, date(2026, 10, 12), date(2026, 10, 22))
    assert row.items == [
        ["evaluation", "97161", 1, 1, 18_500, "2026-10-12", "2026-10-12"],
        ["treatment", "97110", 2, 3, 7_800, "2026-10-15", "2026-10-22"],
    ]
    assert (row.number, row.due_on, row.made_on) == ("E-00001", date(2026, 9, 30), DAY)
    data = row.content.data
    assert row.sha256 == hashlib.sha256(data).hexdigest()
    text = " ".join(words(data).split())
    for expected in ("Felicity Warren", "Born 04/09/1996", "$653.00", "M25.561", "2 visits a week", "10/12/2026"):
        assert expected in text, expected
    assert made(inside).number == "E-00002"


def test_a_charge_that_rises_meanwhile_makes_two_rows(inside: Clinic) -> None:
    Charge.objects.filter(code="97110").update(valid_through=date(2026, 10, 18))
    Charge.objects.create(clinic=inside, code="97110", cents=8_000, valid_from=date(2026, 10, 19))

    row = made(inside)

    assert [item[1:5] for item in row.items] == [
        ["97161", 1, 1, 18_500], ["97110", 2, 1, 7_800], ["97110", 2, 2, 8_000]
    ]  # fmt: skip
    assert row.cents == 18_500 + 15_600 + 32_000


def test_what_has_no_charge_is_refused_and_takes_no_number(inside: Clinic) -> None:
    with pytest.raises(EstimateError, match="97999: no charge on 2026-10-15"):
        made(inside, services={**SERVICES, "treatment": (PlannedService("97999", 1),)})
    assert GoodFaithEstimate.objects.count() == 0
    assert made(inside).number == "E-00001"


def test_given_it_ends_what_was_due_and_answers_requests(inside: Clinic) -> None:
    book(inside, CASH, date(2026, 10, 12))
    user = Membership.objects.filter(clinic=inside, role=Role.FRONT_DESK.value)[0].user
    asked = engine.ask(
        inside, user, cash_patient(), trigger=Trigger.REQUESTED, reason=SelfPayReason.NOT_USED, on=DAY, service_on=None
    )
    row = made(inside)
    before = engine.due(inside, DAY)
    assert [(one.trigger, one.made) for one in before] == [(Trigger.SCHEDULED, row), (Trigger.REQUESTED, row)]
    assert asked.due_on == date(2026, 9, 30)

    assert engine.give(row, DAY, "hand") == 1

    assert engine.due(inside, DAY) == []
    assert EstimateRequest.objects.get().answered_by == row


def test_a_new_one_takes_the_place_of_the_last_that_covers_its_first_day(inside: Clinic) -> None:
    first = made(inside)
    assert made(inside).replaces is None  # the first was not given
    engine.give(first, DAY, "mail")

    later = made(inside, begins_on=date(2026, 10, 23))
    assert later.replaces is None
    assert made(inside, begins_on=date(2026, 10, 22)).replaces == first


def test_a_visit_knows_whether_an_estimate_covers_it(inside: Clinic) -> None:
    visit = Visit.objects.select_related("patient", "therapist").get(patient__number=CASH)
    patient = visit.patient

    def unjudged_and_found() -> tuple[bool, bool]:
        billed = check(inside, [visit], as_of=DAY).claims[0]
        return (
            any(one.code == "PY106" for one in billed.unjudged),
            any(one.code == "PY106" for one in billed.findings),
        )

    assert unjudged_and_found() == (True, False)

    row = made(inside, begins_on=visit.date_of_service)
    assert unjudged_and_found() == (True, False)  # made, and not given yet
    GoodFaithEstimate.objects.filter(pk=row.pk).update(given_on=visit.date_of_service, given_by="hand")
    assert unjudged_and_found() == (False, False)
    assert spans([patient.pk]) == {CASH: [(visit.date_of_service, row.ends_on)]}

    GoodFaithEstimate.objects.filter(pk=row.pk).update(given_on=visit.date_of_service + timedelta(days=1))
    assert unjudged_and_found() == (False, True)


def test_the_bill_is_held_against_it(inside: Clinic) -> None:
    claim = Claim.objects.get(patient__number=CASH)
    row = made(inside, begins_on=claim.date_of_service)
    assert row.cents == 65_300

    def held(cents: int) -> tuple[int, int | None, Standing]:
        Claim.objects.filter(pk=claim.pk).update(charge_cents=cents)
        told = engine.watched(row, ["cash"], DAY)
        return told.billed_cents, told.left_cents, told.standing

    # One more treatment is 2 × 78.00; the bill may be disputed from 1,053.00 on.
    assert held(89_699) == (89_699, 15_600, Standing.WITHIN)
    assert held(89_700) == (89_700, 15_599, Standing.NEAR)
    assert held(105_300) == (105_300, -1, Standing.DISPUTABLE)
    Claim.objects.filter(pk=claim.pk).update(date_of_service=row.ends_on + timedelta(days=1))
    assert engine.watched(row, ["cash"], DAY).billed_cents == 0


# --- pages -------------------------------------------------------------------------------------------------

FORM = {
    "reason": "uninsured", "main_service": "Physical therapy for knee pain", "diagnoses": "m25.561",
    "begins_on": "2026-10-12", "per_week": "2", "visits": "4", "discount": "", "separate": "",
    "evaluation_code_0": "97161", "evaluation_units_0": "1", "treatment_code_0": "97110", "treatment_units_0": "2",
}  # fmt: skip


def test_the_front_desk_makes_one_and_gives_it(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.FRONT_DESK)
    patient = cash_patient()
    book(inside, CASH, date(2026, 10, 12))
    address = f"/c/millrace/patients/{patient.pk}/estimates/new/"

    shown = client.get(address).content.decode()
    assert "To give by Wed, Sep 30, 2026" in shown
    assert 'value="2026-10-12"' in shown

    looked = client.post(address, FORM | {"preview": "1"})
    assert "It comes to $653.00" in looked.content.decode()
    assert GoodFaithEstimate.objects.count() == 0

    answer = client.post(address, FORM)
    row = GoodFaithEstimate.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/c/millrace/estimates/{row.pk}/")
    assert (row.cents, row.trigger, row.diagnoses) == (65_300, "scheduled", ["M25.561"])
    assert client.get(f"/c/millrace/estimates/{row.pk}/pdf/").content == row.content.data

    client.post(f"/c/millrace/estimates/{row.pk}/given/", {"on": "2026-09-24", "by": "hand"})
    assert GoodFaithEstimate.objects.get().given_on is None  # before it was made
    client.post(f"/c/millrace/estimates/{row.pk}/given/", {"on": "2026-09-25", "by": "hand"})
    client.post(f"/c/millrace/estimates/{row.pk}/given/", {"on": "2026-09-25", "by": "mail"})
    row = GoodFaithEstimate.objects.get()
    assert (row.given_on, row.given_by) == (DAY, "hand")
    page = client.get(f"/c/millrace/estimates/{row.pk}/").content.decode()
    assert "in time" in page
    assert "within the estimate" in page
    assert "Nobody waits for an estimate" in client.get("/c/millrace/estimates/").content.decode()
    told = TrailEntry.objects.filter(subject="estimate").values_list("action", flat=True)
    assert {"create", "change", "export", "read", "list"} <= set(told)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"diagnoses": "X99.999"}, "X99.999 is not listed"),
        ({"treatment_code_0": "971"}, "Expected a procedure code of five characters."),
        ({"treatment_units_0": ""}, "Expected the units of one visit."),
        ({"treatment_code_0": "", "treatment_units_0": ""}, "Expected what the visits after the evaluation hold."),
        ({"treatment_code_0": "97999"}, "97999: no charge on 2026-10-15"),
        ({"visits": "300"}, "expected at most through 2027-10-11"),
        ({"main_service": "治療"}, "a letter that the page cannot hold"),
    ],
)
def test_what_cannot_be_estimated_keeps_what_was_typed(
    as_role: Callable[[Role], Client], changes: dict[str, str], says: str
) -> None:
    answer = as_role(Role.FRONT_DESK).post(f"/c/millrace/patients/{cash_patient().pk}/estimates/new/", FORM | changes)

    assert answer.status_code == 422
    text = answer.content.decode()
    assert says in text
    assert 'value="97161"' in text
    assert GoodFaithEstimate.objects.count() == 0


@pytest.mark.usefixtures("inside")
def test_a_question_of_price_is_a_request(as_role: Callable[[Role], Client]) -> None:
    client = as_role(Role.FRONT_DESK)
    address = f"/c/millrace/patients/{Patient.objects.get(number=INSURED).pk}/estimates/asked/"
    asked = {"what": "requested", "reason": "not_used", "on": "2026-09-25", "service_on": ""}

    assert client.post(address, asked | {"on": "2026-09-26"}).status_code == 422
    assert client.post(address, asked | {"what": "changed"}).status_code == 422
    assert EstimateRequest.objects.count() == 0
    assert client.post(address, asked).status_code == 302
    row = EstimateRequest.objects.get()
    assert (row.due_on, row.reason, row.trigger) == (date(2026, 9, 30), "not_used", "requested")
    page = client.get("/c/millrace/estimates/").content.decode()
    assert "does not use insurance" in page
    assert "3 business days after the request" in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200), (Role.BILLER, 200), (Role.FRONT_DESK, 200), (Role.AUDITOR, 200), (Role.THERAPIST, 403),
        (Role.ASSISTANT, 403),
    ],
)  # fmt: skip
def test_who_treats_sees_no_dollars(as_role: Callable[[Role], Client], inside: Clinic, role: Role, status: int) -> None:
    row = made(inside)
    client = as_role(role)
    addresses = ["/c/millrace/estimates/", "/c/millrace/estimates/given/", f"/c/millrace/estimates/{row.pk}/",
                 f"/c/millrace/estimates/{row.pk}/pdf/"]  # fmt: skip

    assert [client.get(one).status_code for one in addresses] == [status] * 4
    chart = client.get(f"/c/millrace/patients/{cash_patient().pk}/").content.decode()
    assert ("E-00001" in chart) is (status == 200)


def test_an_auditor_changes_nothing(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    row = made(inside)
    client = as_role(Role.AUDITOR)
    assert client.post(f"/c/millrace/estimates/{row.pk}/given/", {"on": "2026-09-25", "by": "hand"}).status_code == 403
    assert client.post(f"/c/millrace/patients/{row.patient_id}/estimates/new/", FORM).status_code == 403
    assert GoodFaithEstimate.objects.filter(given_on=None).count() == 1


def test_the_list_asks_the_database_the_same_for_many(
    as_role: Callable[[Role], Client], inside: Clinic, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = as_role(Role.FRONT_DESK)
    book(inside, CASH, date(2026, 10, 12))
    client.get("/c/millrace/estimates/")
    with django_assert_num_queries(13) as first:  # type: ignore[attr-defined]
        client.get("/c/millrace/estimates/")
    Appointment.objects.exclude(patient__number=CASH).delete()
    Coverage.objects.all().delete()
    for place, person in enumerate(Patient.objects.exclude(number=CASH)[:20]):
        book(inside, person.number, date(2026, 10, 12) + timedelta(days=place % 3))
    with django_assert_num_queries(len(first.captured_queries)):  # type: ignore[attr-defined]
        page = client.get("/c/millrace/estimates/").content.decode()
    assert page.count("Make it") == 21
    assert Appointment.objects.filter(starts_at__gt=F("created_at")).exists()
