"""The typed client against the API: a visit's way from registration to a built claim; refusals; repeated calls."""

from __future__ import annotations

import json
import urllib.request
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from cleanclaim import records
from cleanclaim.client import Practice, RefusedError, UnreachableError
from cleanclaim.client.claims import CodeSearch, DiagnosisSearch, LineToPrice, PriceSent
from cleanclaim.client.connection import Answered, Connection
from cleanclaim.client.patients import CoverageFields, PatientRegistered, PatientSearch, PlanFields
from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Claim, Clinic, Role, Visit, VisitStatus
from tests.practice.api.conftest import PATIENT, As

VISIT = records.Visit.model_validate(
    {
        "id": "C-V-1",
        "patient_id": "P-9001",
        "date_of_service": "2026-09-24",
        "kind": "treatment",
        "therapist": "okafor",
        "diagnoses": ["M25.561"],
        "interventions": [
            {"what": "Quad sets and straight leg raises, right knee", "code": "97110", "minutes": 23, "by": "PT"},
            {"what": "Patellar mobilization, right knee", "code": "97140", "minutes": 15, "by": "PT"},
        ],
        "total_timed_minutes": 38,
    }
)


@pytest.fixture
def over_the_test_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's calls reach the API without a network."""
    client = Client()

    def once(self: Connection, request: urllib.request.Request) -> Answered:
        del self
        target = urlsplit(request.full_url)
        headers = {name.title(): value for name, value in request.header_items()}
        type_ = headers.pop("Content-Type", "application/octet-stream")
        data = request.data if isinstance(request.data, bytes) else b""
        answer: Any = client.generic(
            request.get_method(), f"{target.path}?{target.query}", data, content_type=type_, headers=headers
        )
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return Answered(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, content)

    monkeypatch.setattr(Connection, "_once", once)


@pytest.fixture
def practice(as_token: As, over_the_test_client: None) -> Practice:
    del over_the_test_client
    return Practice("http://localhost:8000", as_token().token)


def test_a_visit_goes_from_registration_to_a_claim(practice: Practice, clinic: Clinic) -> None:
    patient = practice.register(PatientRegistered.model_validate_json(json.dumps(PATIENT)), key="journey-1")
    assert practice.register(PatientRegistered.model_validate_json(json.dumps(PATIENT)), key="journey-1") == patient
    assert [one.key for one in practice.search_patients(PatientSearch(family_name="okaf"))] == [patient.key]
    patient = practice.change_patient(patient, {"phone": "3125550100"})
    assert (patient.phone, patient.version, practice.patient(patient.key)) == ("3125550100", 2, patient)
    plan = practice.add_plan(patient.key, PlanFields(id="p1", established_on=date(2026, 9, 1)))
    assert practice.change_plan(plan, {"frequency_per_week": 2}).frequency_per_week == 2
    assert [one.id for one in practice.plans(patient.key)] == ["p1"]
    second = practice.add_coverage(patient.key, CoverageFields(order=records.CoverageOrder.SECONDARY, payer="cash"))
    practice.change_coverage(second, {"valid_through": "2026-08-31"})
    assert [one.payer for one in practice.coverages(patient.key)] == ["medicare_b", "cash"]

    draft = practice.add_visit(VISIT)
    assert (draft.status, draft.interventions) == ("draft", VISIT.interventions)
    checked = practice.check_visit(draft.key).claims[0]
    assert [(line.code, line.units) for line in checked.lines] == [("97110", 2), ("97140", 1)]
    signature = {"credential": "PT", "on": "2026-09-24", "by": "Adaeze Okafor"}
    signed = practice.change_visit(draft, {"signatures": [signature]})
    assert (signed.status, signed.version) == ("signed", 2)
    with pytest.raises(RefusedError) as refused:
        practice.change_visit(signed, {"total_timed_minutes": 40})
    assert refused.value.problem.status == 409

    built = practice.build_claims([signed.key])
    assert [(one.id, one.visit) for one in built.made] == [("C-V-1", signed.key)]
    claim = practice.claim(built.made[0].key)
    assert [(line.code, line.units) for line in claim.lines] == [("97110", 2), ("97140", 1)]
    assert [one.key for one in practice.findings(claim=claim.key)] == [one.key for one in claim.findings]
    assert [one.key for one in practice.claims(visit=signed.key)] == [claim.key]
    assert practice.recheck_claim(claim.key).status == claim.status
    with tenancy.scope([clinic.id]):
        assert Visit.objects.get(pk=signed.key).status == VisitStatus.SIGNED.value
        assert Claim.objects.filter(visit=signed.key).count() == 1


def test_a_stateless_check_says_what_a_stored_one_says(practice: Practice, clinic: Clinic) -> None:
    patient = records.Patient.model_validate({**PATIENT, "plans_of_care": [], "year_to_date": None})
    with tenancy.scope([clinic.id]):
        before = Visit.objects.count()
    answer = practice.check(visits=[VISIT], patients=[patient], as_of=date(2026, 9, 25))
    assert (answer.as_of, answer.crashed) == (date(2026, 9, 25), {})
    found = answer.claims[0]
    assert (found.id, found.payer) == ("C-V-1", "medicare_b")
    assert [(line.code, line.units, "GP" in line.modifiers) for line in found.lines] == [
        ("97110", 2, True),
        ("97140", 1, True),
    ]
    assert found.not_judged
    with tenancy.scope([clinic.id]):
        assert Visit.objects.count() == before


def test_a_therapists_token_sees_no_dollars(as_token: As, over_the_test_client: None) -> None:
    del over_the_test_client
    patient = records.Patient.model_validate(PATIENT)
    sees = Practice("http://localhost", as_token().token).check(visits=[VISIT], patients=[patient])
    without = Practice("http://localhost", as_token(Role.THERAPIST).token).check(visits=[VISIT], patients=[patient])
    assert sees.claims[0].charge_cents is not None
    assert sees.claims[0].lines[0].allowed_cents is not None
    text = without.model_dump_json()
    amounts = ("charge_cents", "allowed_cents", "expected_payment_cents", "patient_share_cents", "cents")
    assert all(f'"{name}":null' in text or f'"{name}":' not in text for name in amounts)
    assert not any(f'"{name}":{digit}' in text for name in amounts for digit in range(10))
    assert "$" not in text
    assert [item.code for item in without.claims[0].findings] == [item.code for item in sees.claims[0].findings]


def test_codes_diagnoses_and_prices(practice: Practice) -> None:
    day = date(2026, 3, 4)
    found = practice.search_codes(CodeSearch(words="stationary bike 10 min for quad endurance", day=day))
    assert found.ranked[0].code == "97110"
    diagnoses = practice.search_diagnoses(DiagnosisSearch(words="left knee pain", day=day))
    assert diagnoses.found[0].code == "M25.562"
    lines = (LineToPrice(code="97530"), LineToPrice(code="97110", units=2), LineToPrice(code="97140"))
    price = practice.price(PriceSent(lines=lines, day=day))
    assert price.totals["allowed_cents"] == sum(line.allowed_cents or 0 for line in price.lines) > 0
    with pytest.raises(RefusedError, match=r"body\.payer: expected the id of a payer file"):
        practice.price(PriceSent(lines=lines, day=day, payer="nobody"))
    with pytest.raises(RefusedError, match=r"body\.day: expected a day from"):
        practice.search_diagnoses(DiagnosisSearch(words="knee", day=date(2001, 1, 1)))


def test_tables_are_exported_whole(practice: Practice, clinic: Clinic) -> None:
    for table in practice.exports().tables:
        rows = [json.loads(line) for line in practice.export(table.name)]
        assert len(rows) == table.rows, table.name
        assert all(tuple(row) == table.columns for row in rows), table.name
    with tenancy.scope([clinic.id]):
        assert {table.name: table.rows for table in practice.exports().tables}["visits"] == Visit.objects.count()
    with pytest.raises(RefusedError) as refused:
        list(practice.export("users"))
    assert refused.value.problem.status == 404


def test_a_call_that_gets_no_answer_is_repeated_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str | None]] = []
    answers = [None, Answered(503, {"retry-after": "7"}, b""), Answered(200, {}, b'{"day":"2026-03-04","found":[]}')]

    def once(self: Connection, request: urllib.request.Request) -> Answered | None:
        del self
        sent.append((request.get_method(), request.get_header("Idempotency-key")))
        return answers[len(sent) - 1]

    monkeypatch.setattr(Connection, "_once", once)
    practice = Practice("https://practice.example", "cc1_x")
    waits: list[float] = []
    practice.connection.wait = waits.append
    assert practice.search_diagnoses(DiagnosisSearch(words="knee")).found == ()
    assert len(sent) == 3
    assert len(set(sent)) == 1
    assert waits == [1.0, 7.0]


def test_a_practice_that_never_answers_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "_once", lambda _self, _request: None)
    practice = Practice("https://practice.example", "cc1_secret")
    waits: list[float] = []
    practice.connection.wait = waits.append
    with pytest.raises(UnreachableError, match=r"^practice\.example: no answer$"):
        list(practice.patients())
    assert waits == [1.0, 2.0, 4.0]
    assert "secret" not in repr(practice.connection)


@pytest.mark.parametrize("address", ["http://practice.example", "ftp://localhost", "practice.example", ""])
def test_a_token_goes_over_https_only(address: str) -> None:
    with pytest.raises(ValueError, match="expected https"):
        Practice(address, "cc1_x")
