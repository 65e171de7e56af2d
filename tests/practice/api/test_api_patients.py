"""Patients, coverages and plans through the API: registered, found, changed by version, told in the trail."""

from __future__ import annotations

from typing import Any

import pytest

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Clinic, Coverage, IdempotencyKey, Patient, PlanOfCare, Role, TrailEntry
from tests.practice.api.conftest import PATIENT, As


def _trail(clinic: Clinic) -> list[tuple[str, str, str]]:
    with tenancy.scope([clinic.id]):
        rows = TrailEntry.objects.filter(detail__startswith="api").order_by("sequence")
        rows = rows.values_list("action", "subject", "detail")
        return [(action, subject, detail) for action, subject, detail in rows]


def test_a_patient_is_registered_whole(as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.FRONT_DESK)
    answer = calls.post("/patients", PATIENT)
    assert answer.status_code == 201
    document: dict[str, Any] = answer.json()
    assert answer["Location"] == f"/api/v1/patients/{document['key']}"
    assert answer["ETag"] == '"1"'
    told = {name: document[name] for name in ("id", "name", "birth_date", "sex", "is_active", "version")}
    assert told == {
        "id": "P-9001",
        "name": {"family_name": "Okafor", "given_name": "Ruth", "middle_name": "", "suffix": ""},
        "birth_date": "1951-04-12",
        "sex": "F",
        "is_active": True,
        "version": 1,
    }
    coverages = calls.get(f"/patients/{document['key']}/coverages").json()["items"]
    assert [(one["payer"], one["member_id"], one["authorizations"]) for one in coverages] == [
        ("medicare_b", "1EG4TE5MK73", None)
    ]
    assert _trail(clinic) == [
        ("create", "patient", "api: coverages 1, plans 0"),
        ("read", "patient", "api: coverages 1"),
    ]


def test_a_number_belongs_to_one_patient(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    assert calls.post("/patients", PATIENT).status_code == 201
    again = calls.post("/patients", PATIENT)
    assert again.status_code == 409
    with tenancy.scope([clinic.id]):
        assert Patient.objects.filter(number="P-9001").count() == 1
        assert Coverage.objects.filter(patient__number="P-9001").count() == 1


@pytest.mark.parametrize(
    ("change", "place", "expected"),
    [
        ({"birth_date": "12/04/1951"}, "body.birth_date", "a day as 2026-09-25"),
        ({"birth_date": 19510412}, "body.birth_date", "a day as 2026-09-25"),
        ({"sex": "X"}, "body.sex", "one of 'F', 'M' or 'U'"),
        ({"ssn": "123456789"}, "body.ssn", "no such field"),
        ({"is_active": "yes"}, "body.is_active", "true or false"),
        ({"name": {"family_name": "x" * 61, "given_name": "A"}}, "body.name.family_name", "at most 60 characters"),
        ({"name": {"family_name": "  ", "given_name": "A"}}, "body.name.family_name", "at least 1 characters"),
        ({"coverages": [{}]}, "body.coverages.0.payer", "a value; it is required"),
    ],
)
def test_what_does_not_fit_is_named_and_not_repeated(
    as_token: As, clinic: Clinic, change: dict[str, Any], place: str, expected: str
) -> None:
    answer = as_token().post("/patients", {**PATIENT, **change})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"place": place, "expected": expected}]
    assert b"Okafor" not in answer.content
    with tenancy.scope([clinic.id]):
        assert not Patient.objects.filter(number="P-9001").exists()


def test_a_call_with_its_key_again_is_done_once(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    first = calls.post("/patients", PATIENT, key="register-1")
    second = calls.post("/patients", PATIENT, key="register-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert (second["Idempotency-Replayed"], second["ETag"], second["Location"]) == ("true", '"1"', first["Location"])
    assert "Idempotency-Replayed" not in first
    other = calls.post("/patients", {**PATIENT, "phone": ""}, key="register-1")
    assert other.status_code == 422
    assert other.json()["errors"][0]["place"] == "header.Idempotency-Key"
    with tenancy.scope([clinic.id]):
        assert Patient.objects.filter(number="P-9001").count() == 1
        assert len(_trail(clinic)) == 1


def test_a_refused_call_leaves_its_key_free(as_token: As) -> None:
    calls = as_token()
    assert calls.post("/patients", {**PATIENT, "sex": "X"}, key="register-2").status_code == 422
    assert calls.post("/patients", PATIENT, key="register-2").status_code == 201


def test_keys_are_a_tokens_own(as_token: As) -> None:
    assert as_token().post("/patients", PATIENT, key="register-3").status_code == 201
    other = as_token(Role.BILLER).post("/patients", {**PATIENT, "id": "P-9002"}, key="register-3")
    assert other.status_code == 201


@pytest.mark.parametrize(
    ("key", "status"), [(None, 422), ("short", 422), ("eight-88", 201), ("x" * 80, 201), ("x" * 81, 422)]
)
def test_what_writes_asks_for_a_key(as_token: As, key: str | None, status: int) -> None:
    assert as_token().post("/patients", PATIENT, key=key).status_code == status


def test_kept_answers_are_sealed(as_token: As, clinic: Clinic) -> None:
    from django.db import connection  # noqa: PLC0415 - only here the bare table is read

    as_token().post("/patients", PATIENT, key="register-4")
    with tenancy.scope([clinic.id]):
        assert b"Okafor" in IdempotencyKey.objects.get().body.data
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM practice_idempotencykey")
            assert b"Okafor" not in bytes(cursor.fetchone()[0])


def test_patients_are_searched_without_an_address_that_tells(as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.AUDITOR)
    as_token().post("/patients", PATIENT)
    found = calls.post("/patients/search", {"family_name": "oka", "birth_date": "1951-04-12"}, key=None)
    assert [item["id"] for item in found.json()["items"]] == ["P-9001"]
    assert calls.post("/patients/search", {"family_name": "oka", "birth_date": "1951-04-13"}).json()["items"] == []
    assert calls.post("/patients/search", {}).status_code == 422
    assert _trail(clinic)[1] == ("list", "patient", "api, search by birth_date, family_name__istartswith: 1")


def test_every_patient_is_on_exactly_one_page(as_token: As, clinic: Clinic) -> None:
    calls, seen, cursor = as_token(), [], ""
    while True:
        answer = calls.get(f"/patients?limit=7{cursor}").json()
        seen += [item["id"] for item in answer["items"]]
        if answer["next"] is None:
            break
        assert len(answer["items"]) == 7
        cursor = f"&cursor={answer['next']}"
    with tenancy.scope([clinic.id]):
        assert sorted(seen) == sorted(Patient.objects.values_list("number", flat=True))


def test_a_change_names_its_version(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    address = f"/patients/{calls.post('/patients', PATIENT).json()['key']}"
    without = calls.patch(address, {"phone": "3125550143"}, None)
    assert without.status_code == 428
    changed = calls.patch(address, {"phone": "3125550143", "name": {"middle_name": "Ada"}}, 1)
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    document = changed.json()
    assert (document["phone"], document["name"]["middle_name"], document["name"]["family_name"]) == (
        "3125550143",
        "Ada",
        "Okafor",
    )
    stale = calls.patch(address, {"phone": ""}, 1)
    assert stale.status_code == 412
    assert calls.get(address).json()["phone"] == "3125550143"
    assert ("change", "patient", "api: middle_name, phone") in _trail(clinic)


def test_a_null_takes_a_field_back(as_token: As) -> None:
    calls = as_token()
    address = f"/patients/{calls.post('/patients', PATIENT).json()['key']}"
    accident = {"kind": "auto", "on": "2026-08-01", "state": "IL"}
    assert calls.patch(address, {"accident": accident}, 1).json()["accident"] == accident
    assert calls.patch(address, {"accident": None, "phone": None}, 2).json()["accident"] is None
    assert calls.get(address).json()["phone"] == ""
    refused = calls.patch(address, {"birth_date": None, "nickname": "R"}, 3)
    assert refused.json()["errors"] == [{"place": "body.nickname", "expected": "no such field"}]
    refused = calls.patch(address, {"birth_date": None}, 3)
    assert refused.json()["errors"] == [{"place": "body.birth_date", "expected": "a value; it is required"}]


def test_coverages_are_added_and_changed(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    patient = calls.post("/patients", PATIENT).json()["key"]
    coverage = {
        "order": "secondary",
        "payer": "uhc_commercial",
        "member_id": "905551234",
        "copay_cents": 2500,
        "authorizations": [{"number": "A-1", "visits_allowed": 12}],
    }
    added = calls.post(f"/patients/{patient}/coverages", coverage)
    assert added.status_code == 201
    key = added.json()["key"]
    changed = calls.patch(f"/coverages/{key}", {"authorizations": [{"number": "A-2", "units_allowed": 40}]}, 1)
    document = changed.json()
    assert [(one["number"], one["visits_allowed"], one["units_allowed"]) for one in document["authorizations"]] == [
        ("A-2", None, 40)
    ]
    assert (document["copay_cents"], document["member_id"], document["version"]) == (2500, "905551234", 2)
    desk = as_token(Role.FRONT_DESK)
    assert desk.get(f"/coverages/{key}").json()["copay_cents"] is None
    assert desk.patch(f"/coverages/{key}", {"group_number": "G7"}, 2).status_code == 200
    with tenancy.scope([clinic.id]):
        row = Coverage.objects.get(pk=key)
        assert (row.copay_cents, row.group_number) == (2500, "G7")


def test_plans_are_added_and_changed_by_who_writes_notes(as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.THERAPIST)
    patient = as_token().post("/patients", PATIENT).json()["key"]
    plan = {
        "id": "plan-1",
        "established_on": "2026-08-31",
        "frequency_per_week": 2,
        "goals": ["Climb a flight of stairs"],
        "certifications": [
            {
                "method": "signed",
                "on": "2026-09-08",
                "through": "2026-11-28",
                "by": {"name": {"family_name": "Haas", "given_name": "Mira"}, "credential": "MD", "npi": "1999000213"},
            }
        ],
        "progress_reports": [{"on": "2026-09-20", "signed_by": "PT"}],
        "treatment_days_before": ["2026-09-02"],
    }
    assert as_token(Role.FRONT_DESK).post(f"/patients/{patient}/plans", plan).status_code == 403
    added = calls.post(f"/patients/{patient}/plans", plan)
    assert added.status_code == 201, added.content
    assert calls.post(f"/patients/{patient}/plans", plan).status_code == 409
    key = added.json()["key"]
    changed = calls.patch(f"/plans/{key}", {"duration_weeks": 8}, 1).json()
    assert (changed["duration_weeks"], len(changed["certifications"]), len(changed["progress_reports"])) == (8, 1, 1)
    assert changed["certifications"][0]["by"]["npi"] == "1999000213"
    assert (changed["goals"], changed["treatment_days_before"]) == (["Climb a flight of stairs"], ["2026-09-02"])
    changed = calls.patch(f"/plans/{key}", {"certifications": []}, 2).json()
    assert (changed["certifications"], changed["progress_reports"]) == ([], [{"on": "2026-09-20", "signed_by": "PT"}])
    with tenancy.scope([clinic.id]):
        assert PlanOfCare.objects.filter(patient_id=patient).count() == 1
