"""The pages of patients' money: who sees them, what they do, and that they ask no more for more rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.follow_up import refunds
from cleanclaim.practice.engine.ledger.opening_balances import bring_forward
from cleanclaim.practice.engine.ledger.patient_accounts import account_of, rules_of
from cleanclaim.practice.engine.ledger.receipts import Payment, take
from cleanclaim.practice.models import (
    AccountRules,
    Claim,
    Clinic,
    LedgerTransaction,
    Means,
    NeedTest,
    OpeningBalance,
    Patient,
    PaymentPlan,
    Period,
    Receipt,
    Refund,
    Role,
    Statement,
    TrailEntry,
    User,
    WriteOff,
    WriteOffState,
)
from tests.practice.conftest import DAY

As = Callable[[Role], Client]
BASE = "/c/millrace/payments"
NOBODYS = "00000000-0000-4000-8000-000000000000"
"""The key of no row."""


def owing(clinic: Clinic, user: User, count: int, cents: int = 2_500) -> list[Patient]:
    """So many patients who owe an earlier balance."""
    found = list(Patient.objects.order_by("number")[:count])
    for patient in found:
        row = OpeningBalance.objects.create(
            clinic=clinic, patient=patient, as_of=DAY - timedelta(days=40), owed_by="patient", cents=cents
        )
        bring_forward(clinic, user, row)
    return found


@pytest.fixture
def patient(inside: Clinic, biller: User) -> Patient:
    """A patient who owes $25.00."""
    return owing(inside, biller, 1)[0]


SEES = {
    "account": {Role.OWNER, Role.FRONT_DESK, Role.BILLER, Role.AUDITOR},
    "takes": {Role.OWNER, Role.FRONT_DESK, Role.BILLER},
    "claims": {Role.OWNER, Role.BILLER, Role.AUDITOR},
    "works": {Role.OWNER, Role.BILLER},
    "owns": {Role.OWNER},
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/c/millrace/patients/{patient}/account/", "account"),
        ("/c/millrace/patients/{patient}/account/pay/", "takes"),
        ("/c/millrace/patients/{patient}/account/plan/", "takes"),
        ("/c/millrace/patients/{patient}/account/write-off/", "works"),
        ("/c/millrace/patients/{patient}/account/need/", "works"),
        (f"{BASE}/receipts/", "account"),
        (f"{BASE}/day-sheet/", "account"),
        (f"{BASE}/day-sheet/print/", "claims"),
        (f"{BASE}/owed/", "claims"),
        (f"{BASE}/statements/", "claims"),
        (f"{BASE}/write-offs/", "claims"),
        (f"{BASE}/refunds/", "claims"),
        (f"{BASE}/deposits/", "claims"),
        (f"{BASE}/closing/", "claims"),
        ("/c/millrace/setup/balances/rules/", "works"),
    ],
)
def test_each_role_sees_what_it_works_with(as_role: As, patient: Patient, role: Role, path: str, who: str) -> None:
    expected = 200 if role in SEES[who] else 403
    # A page says what is wrong with a scale that is not there yet.
    shown = as_role(role).get(path.format(patient=patient.pk)).status_code
    assert (200 if shown == 422 else shown) == expected


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT])
def test_therapists_see_no_dollars(as_role: As, patient: Patient, role: Role) -> None:
    page = as_role(role).get(f"/c/millrace/patients/{patient.pk}/")
    assert f"/patients/{patient.pk}/account/" not in page.content.decode()
    assert b"25.00" not in page.content


def test_the_desk_sees_what_is_owed_and_no_claim(as_role: As, patient: Patient) -> None:
    page = as_role(Role.FRONT_DESK).get(f"/c/millrace/patients/{patient.pk}/account/")
    assert b"$25.00" in page.content
    assert b"/claims/" not in page.content
    sheet = as_role(Role.FRONT_DESK).get(f"{BASE}/day-sheet/")
    assert b"Taken from patients" in sheet.content
    assert b"Receivables" not in sheet.content


@pytest.mark.parametrize(
    ("path", "who"),
    [
        (f"{BASE}/statements/make/", "works"), (f"{BASE}/deposits/make/", "works"), (f"{BASE}/closing/close/", "works"),
        (f"{BASE}/bank/read/", "works"), (f"{BASE}/bank/files/{NOBODYS}/take/", "works"),
        (f"{BASE}/write-offs/{NOBODYS}/decide/", "owns"),
        (f"{BASE}/closing/{NOBODYS}/reopen/", "owns"),
    ],
)  # fmt: skip
def test_who_may_not_moves_nothing(as_role: As, patient: Patient, path: str, who: str) -> None:
    before = LedgerTransaction.objects.count()
    for role in Role:
        client = as_role(role)
        assert client.get(path).status_code == 405
        status = client.post(path, {"patient": [str(patient.pk)], "ends_on": "2026-08-31"}).status_code
        # Who may finds no row of that key.
        assert status == ((404 if NOBODYS in path else 302) if role in SEES[who] else 403)
    assert LedgerTransaction.objects.count() == before


# --- taking a payment --------------------------------------------------------------------------------------------


def posted(**changes: object) -> dict[str, object]:
    return {
        "key": str(uuid4()), "cents": "25.00", "means": "cash", "received_on": "2026-09-25", "check_number": "",
        "card_last_four": "", "processor_reference": "", **changes,
    }  # fmt: skip


def test_the_desk_takes_a_payment_once_and_prints_its_receipt(as_role: As, patient: Patient) -> None:
    desk, form = as_role(Role.FRONT_DESK), posted()
    path = f"/c/millrace/patients/{patient.pk}/account/pay/"
    assert desk.post(path, form).status_code == 302
    assert desk.post(path, form).status_code == 302
    row = Receipt.objects.get()
    assert (row.cents, row.means, row.taken_by.name) == (2_500, "cash", "Priya Raman")
    assert account_of(patient.pk).balance(DAY).due_cents == 0
    paper = desk.get(f"{BASE}/receipts/{row.pk}/print/")
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert "R000001" in paper["Content-Disposition"]
    details = TrailEntry.objects.filter(subject="receipt").values_list("action", "detail")
    assert list(details) == [("create", "cash"), ("read", "printed")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cents": "0"}, "Expected dollars above zero."),
        ({"cents": "ten"}, "Expected dollars, such as 1,250.00."),
        ({"means": "card"}, "Expected the last four digits, or the processor"),
        ({"means": "card", "card_last_four": "4111111111111111"}, "The whole number of a card is never kept."),
        ({"received_on": "2026-09-26"}, "the day of the payment is to come"),
        ({"received_on": "soon"}, "Expected a day"),
    ],
)
def test_what_is_typed_wrong_is_told_and_kept(
    as_role: As, patient: Patient, changes: dict[str, object], expected: str
) -> None:
    page = as_role(Role.FRONT_DESK).post(f"/c/millrace/patients/{patient.pk}/account/pay/", posted(**changes))
    assert page.status_code == 422
    assert expected in page.content.decode()
    assert not Receipt.objects.exists()


def test_a_payment_goes_onto_the_line_that_is_chosen(as_role: As, patient: Patient) -> None:
    (line,) = account_of(patient.pk).lines
    path, desk = f"/c/millrace/patients/{patient.pk}/account/pay/", as_role(Role.FRONT_DESK)
    page = desk.post(path, posted(**{f"part:{line.key}": "25.01"}))
    assert page.status_code == 422
    assert "at most the $25.00 owed on it" in page.content.decode()
    assert desk.post(path, posted(**{f"part:{line.key}": "10.00"})).status_code == 302
    found = account_of(patient.pk)
    assert (found.lines[0].owed_cents, found.credit_cents) == (1_500, 1_500)
    assert desk.post(f"/c/millrace/patients/{patient.pk}/account/use-credit/").status_code == 302
    assert account_of(patient.pk).balance(DAY).due_cents == 0


def test_a_biller_voids_and_the_desk_does_not(as_role: As, patient: Patient) -> None:
    as_role(Role.FRONT_DESK).post(f"/c/millrace/patients/{patient.pk}/account/pay/", posted())
    path = f"{BASE}/receipts/{Receipt.objects.get().pk}/void/"
    assert as_role(Role.FRONT_DESK).post(path, {"because": "x"}).status_code == 403
    as_role(Role.BILLER).post(path, {"because": ""})
    assert Receipt.objects.get().voided_at is None
    as_role(Role.BILLER).post(path, {"because": "returned"})
    assert Receipt.objects.get().voided_because == "returned"
    assert account_of(patient.pk).balance(DAY).due_cents == 2_500


# --- the others --------------------------------------------------------------------------------------------------


def test_a_column_is_shown_where_a_line_has_something_in_it(
    as_role: As, inside: Clinic, biller: User, patient: Patient
) -> None:
    client = as_role(Role.BILLER)
    address = f"/c/millrace/patients/{patient.pk}/account/"
    heads = re.compile(r'<th scope="col"[^>]*>([^<]+)</th>')
    before = heads.findall(client.get(address).content.decode())
    assert "Insurance paid" in before
    assert "Patient paid" not in before
    with tenancy.scope([inside.pk]):
        take(inside, biller, patient, Payment(uuid4(), 100, Means.CASH, DAY))
    after = heads.findall(client.get(f"{address}?all=1").content.decode())
    assert [head for head in after if head not in before] == [
        "Patient paid",
        "Receipt",
        "On",
        "By",
        "Taken by",
        "Dollars",
    ]


def test_a_write_off_waits_for_the_owner_and_is_taken_back(as_role: As, patient: Patient) -> None:
    (line,) = account_of(patient.pk).lines
    path = f"/c/millrace/patients/{patient.pk}/account/write-off/"
    form = {"reason": "clinic_error", "because": "Typed twice.", f"give:{line.key}|patient": "25.00"}
    assert as_role(Role.BILLER).post(path, {**form, "because": ""}).status_code == 422
    assert as_role(Role.BILLER).post(path, form).status_code == 302
    row = WriteOff.objects.get()
    assert (row.state, row.cents) == (WriteOffState.ASKED.value, 2_500)
    decide = f"{BASE}/write-offs/{row.pk}/decide/"
    assert as_role(Role.BILLER).post(decide, {"do": "grant"}).status_code == 403
    assert account_of(patient.pk).balance(DAY).due_cents == 2_500
    as_role(Role.OWNER).post(decide, {"do": "grant"})
    assert account_of(patient.pk).balance(DAY).due_cents == 0
    as_role(Role.OWNER).post(decide, {"do": "take_back"})
    assert WriteOff.objects.get().state == WriteOffState.TAKEN_BACK.value
    assert account_of(patient.pk).balance(DAY).due_cents == 2_500


def test_a_run_makes_one_file_and_each_patient_keeps_theirs(as_role: As, inside: Clinic, biller: User) -> None:
    patients = owing(inside, biller, 3)
    client = as_role(Role.BILLER)
    assert b"3 patients, $75.00" in client.get(f"{BASE}/statements/").content
    chosen = {"patient": [str(one.pk) for one in patients[:2]]}
    paper = client.post(f"{BASE}/statements/make/", {**chosen, "do": "preview"})
    assert paper.content.startswith(b"%PDF")
    assert not Statement.objects.exists()
    client.post(f"{BASE}/statements/make/", {**chosen, "do": "make"})
    assert list(Statement.objects.order_by("number").values_list("number", "total_cents")) == [
        ("S000001", 2_500), ("S000002", 2_500)
    ]  # fmt: skip
    run = Statement.objects.all()[0].run
    assert client.get(f"{BASE}/statements/runs/{run.pk}/").content == run.content.data
    client.post(f"{BASE}/statements/make/", {"whom": "all"})
    assert Statement.objects.count() == 3


def test_a_refund_is_noted_and_sent(as_role: As, inside: Clinic, biller: User) -> None:
    patient = Patient.objects.order_by("number")[0]
    take(inside, biller, patient, Payment(uuid4(), 900, Means.CASH, DAY))
    client = as_role(Role.BILLER)
    assert b"paid ahead" in client.get(f"{BASE}/refunds/").content
    form = {"patient": patient.pk, "line": "", "owed_to": "patient", "cents": 901, "identified_on": "2026-09-25"}
    client.post(f"{BASE}/refunds/note/", form)
    assert not Refund.objects.exists()
    client.post(f"{BASE}/refunds/note/", {**form, "cents": 900})
    row = Refund.objects.get()
    send = {"sent_on": "2026-09-25", "means": "check", "reference": "2201"}
    assert client.post(f"{BASE}/refunds/{row.pk}/send/", send).status_code == 302
    assert account_of(patient.pk).credit_cents == 0
    assert client.get(f"{BASE}/refunds/{row.pk}/send/").status_code == 404


def test_an_investigation_holds_medicares_clock(as_role: As, inside: Clinic, biller: User, patient: Patient) -> None:
    claim = Claim.objects.filter(payer="medicare_b", order="primary").order_by("number")[0]
    row = Refund.objects.create(
        clinic=inside, patient=claim.patient, claim=claim, line=f"{claim.pk}:1:1", owed_to="primary", cents=900,
        reason="paid too much by the payer", identified_on=date(2026, 9, 1), return_by=date(2026, 10, 31),
        identified_by=biller,
    )  # fmt: skip
    client, path = as_role(Role.BILLER), f"{BASE}/refunds/{row.pk}/investigation/"
    assert (
        "for 180 days at most since the overpayment was known (September 01, 2026)" in client.get(path).content.decode()
    )
    wrong = [
        ({"begins": "2026-08-31"}, "before the overpayment was known"), ({"ends": "2026-09-20"}, "ends before it began"),
        ({"begins": "2026-09-10", "ends": "2026-09-09"}, "ends before it began"), ({"begins": "2026-09-26"}, "is to come"),
    ]  # fmt: skip
    for form, why in wrong:
        page = client.post(path, form)
        assert (page.status_code, why in page.content.decode()) == (422, True)
    days = []
    for form in (
        {"begins": "2026-09-11"},  # it goes on: until 180 days after September 1 at the latest
        {"begins": "2026-09-11", "ends": "2026-09-21"},
        {"begins": "2026-09-11", "ends": "2026-09-11"},
        {"begins": ""},
    ):
        assert client.post(path, form).status_code == 302
        days.append(Refund.objects.get(pk=row.pk).return_by)
    assert days == [date(2027, 4, 19), date(2026, 11, 10), date(2026, 10, 31), date(2026, 10, 31)]
    client.post(path, {"begins": "2026-09-11", "ends": "2026-09-21"})
    shown = client.get(f"{BASE}/refunds/").content.decode()
    assert "Investigated since Sep 11, 2026 through Sep 21, 2026: the clock stood 10 days" in shown
    assert "Nov 10, 2026" in shown
    other = refunds.note(inside, biller, _credit(inside, biller, patient), identified_on=DAY)
    assert client.get(f"{BASE}/refunds/{other.pk}/investigation/").status_code == 404


def _credit(clinic: Clinic, biller: User, patient: Patient) -> refunds.Found:
    take(clinic, biller, patient, Payment(uuid4(), 9_900, Means.CASH, DAY))
    return refunds.found_of_patients([patient.pk])[0]


def test_a_plan_is_agreed_and_only_one_at_a_time(as_role: As, patient: Patient) -> None:
    client, path = as_role(Role.FRONT_DESK), f"/c/millrace/patients/{patient.pk}/account/plan/"
    form = {"total_cents": "25.00", "installment_cents": "10.00", "every": "month", "first_due_on": "2026-10-31"}
    assert client.post(path, {**form, "installment_cents": "25.01"}).status_code == 422
    assert client.post(path, form).status_code == 302
    assert client.post(path, form).status_code == 422
    plan = PaymentPlan.objects.get()
    assert b"$10.00 by Oct 31, 2026" in client.get(f"/c/millrace/patients/{patient.pk}/account/").content
    client.post(f"{BASE}/plans/{plan.pk}/end/", {"because": "kept"})
    assert PaymentPlan.objects.get().ended_on == DAY


def test_need_is_tested_by_the_scale(as_role: As, inside: Clinic, patient: Patient) -> None:
    client, path = as_role(Role.BILLER), f"/c/millrace/patients/{patient.pk}/account/need/"
    form = {"household": "2", "income": "31,000", "read_off": "two pay slips", "evidence": ""}
    assert client.post(path, form).status_code == 422
    rules = rules_of(inside)
    rules.hardship_scale = [[2, 3_100_000, 5_000]]
    rules.save()
    assert client.post(path, form).status_code == 302
    row = NeedTest.objects.get()
    assert (row.part_e4, row.valid_through) == (5_000, DAY + timedelta(days=180))
    client.post(path, {**form, "income": "31,000.01"})
    assert NeedTest.objects.first() is not None
    assert sorted(NeedTest.objects.values_list("part_e4", flat=True)) == [0, 5_000]


@pytest.mark.usefixtures("patient")
def test_the_books_are_closed_and_only_the_owner_opens_them(as_role: As) -> None:
    as_role(Role.BILLER).post(f"{BASE}/closing/close/", {"ends_on": "2026-08-31"})
    row = Period.objects.get()
    path = f"{BASE}/closing/{row.pk}/reopen/"
    assert as_role(Role.BILLER).post(path, {"because": "x"}).status_code == 403
    as_role(Role.OWNER).post(path, {"because": "A payment was missed."})
    assert Period.objects.get().reopened_because == "A payment was missed."


def test_rules_are_kept_and_a_bad_scale_is_told(as_role: As, inside: Clinic) -> None:
    rules = rules_of(inside)
    form = {
        "version": rules.version, "small_balance_cents": "5.00", "statement_every_days": "28", "due_in_days": "30",
        "biller_write_off_cents": "25", "hardship_scale": "1, $20,000, 100 %\n2, 31000, 50%", "hardship_days": "90",
        "statement_note": "",
    }  # fmt: skip
    client = as_role(Role.BILLER)
    page = client.post("/c/millrace/setup/balances/rules/", {**form, "hardship_scale": "one person, poor"})
    assert page.status_code == 422
    assert b"Line 1: expected people, income and percent" in page.content
    assert client.post("/c/millrace/setup/balances/rules/", form).status_code == 302
    kept = AccountRules.objects.get()
    assert kept.hardship_scale == [[1, 2_000_000, 10_000], [2, 3_100_000, 5_000]]
    assert (kept.small_balance_cents, kept.biller_write_off_cents) == (500, 2_500)
    # Somebody else's older form changes nothing.
    assert client.post("/c/millrace/setup/balances/rules/", {**form, "due_in_days": "60"}).status_code == 422
    assert AccountRules.objects.get().due_in_days == 30


@pytest.mark.parametrize("path", ["statements", "owed", "receipts", "deposits", "write-offs"])
def test_more_rows_ask_no_more(as_role: As, inside: Clinic, biller: User, path: str) -> None:
    client = as_role(Role.BILLER)
    patients = owing(inside, biller, 2)
    for one in patients:
        take(inside, biller, one, Payment(uuid4(), 100, Means.CASH, DAY))
    counts = []
    for _round in range(2):
        client.get(f"{BASE}/{path}/")
        with tenancy.scope([inside.pk]):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"{BASE}/{path}/").status_code == 200
            counts.append(len(asked))
            rows = Patient.objects.exclude(pk__in=[one.pk for one in patients]).order_by("number")[:9]
            for one in rows:
                take(inside, biller, one, Payment(uuid4(), 100, Means.CASH, DAY))
                row = OpeningBalance.objects.create(clinic=inside, patient=one, as_of=DAY, owed_by="patient", cents=900)
                bring_forward(inside, biller, row)
    assert counts[0] == counts[1]
