"""Visits and claims through the API: drafts and signed notes, who may bring them, filters, building, findings."""

from __future__ import annotations

from typing import Any

import pytest

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Claim, ClaimFinding, ClaimStatus, Clinic, Role, Signature, TrailEntry, Visit
from tests.practice.api.conftest import As, queries_of

VISIT: dict[str, Any] = {
    "id": "A-V-1",
    "patient_id": "P101",
    "date_of_service": "2026-09-24",
    "kind": "treatment",
    "therapist": "okafor",
    "diagnoses": ["M25.561"],
    "interventions": [{"what": "Quad sets, right knee", "code": "97110", "minutes": 23, "by": "PT"}],
    "progress_report": False,
}
SIGNED = {**VISIT, "signatures": [{"credential": "PT", "on": "2026-09-24", "by": "Adaeze Okafor"}]}


def test_a_visit_without_signatures_is_a_draft_with_them_locked(as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.THERAPIST)
    draft = calls.post("/visits", VISIT).json()
    assert (draft["status"], draft["signatures"], draft["signed_at"]) == ("draft", None, None)
    signed = calls.post("/visits", {**SIGNED, "id": "A-V-2", "time_out": "10:00"}).json()
    assert (signed["status"], signed["signed_at"]) == ("signed", "2026-09-24T15:00:00Z")
    assert signed["signatures"] == [{"credential": "PT", "on": "2026-09-24", "by": "Adaeze Okafor"}]
    refused = calls.patch(f"/visits/{signed['key']}", {"diagnoses": ["M25.562"]}, 1)
    assert refused.status_code == 409
    changed = calls.patch(f"/visits/{draft['key']}", {"diagnoses": ["M25.562"], "note": {"plan": "Go on"}}, 1).json()
    assert (changed["diagnoses"], changed["note"]["plan"], changed["version"]) == (["M25.562"], "Go on", 2)
    with tenancy.scope([clinic.id]):
        assert Visit.objects.get(number="A-V-2").diagnoses == ["M25.561"]
        rows = TrailEntry.objects.filter(detail__startswith="api").order_by("sequence")
        assert [(one.action, one.subject, one.detail) for one in rows] == [
            ("create", "visit", "api"),
            ("create", "visit", "api, signatures 1"),
            ("change", "visit", "api: diagnoses, note"),
        ]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 201),
        ({"kind": "evaluation"}, 403),
        ({"kind": "discharge"}, 403),
        ({"kind": None}, 403),
        ({"progress_report": True}, 403),
        ({"progress_report": None}, 403),
        ({"kind": "evaluation", "signatures": None}, 201),
    ],
)
def test_an_assistants_token_signs_treatment_notes_only(
    as_token: As, clinic: Clinic, change: dict[str, Any], status: int
) -> None:
    signed = {
        **SIGNED,
        "assistant": "morita",
        "signatures": [{"credential": "PTA", "on": "2026-09-24", "by": "K Morita"}],
    }
    assert as_token(Role.ASSISTANT).post("/visits", {**signed, **change}).status_code == status
    with tenancy.scope([clinic.id]):
        assert Visit.objects.filter(number="A-V-1").exists() == (status == 201)
        assert Signature.objects.filter(name="K Morita").exists() == (status == 201 and not change)


@pytest.mark.parametrize(
    ("change", "place", "expected"),
    [
        ({"patient_id": "P-0"}, "body.patient_id", "the id of a registered patient"),
        ({"therapist": "nobody"}, "body.therapist", "the clinic's key of somebody who treats there"),
        ({"assistant": "nobody"}, "body.assistant", "the clinic's key of somebody who treats there"),
        ({"time_in": "09:00:00Z"}, "body.time_in", "a time by the clinic's own clock, without a time zone"),
        ({"place_of_service": "1"}, "body.place_of_service", r"text of the form ^\d{2}$"),
        ({"interventions": [{"minutes": 1441}]}, "body.interventions.0.minutes", "at most 1440"),
    ],
)
def test_a_visit_that_does_not_fit_is_refused(as_token: As, change: dict[str, Any], place: str, expected: str) -> None:
    answer = as_token().post("/visits", {**VISIT, **change})
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"place": place, "expected": expected}])


def test_a_visits_id_is_taken_once(as_token: As) -> None:
    calls = as_token()
    assert calls.post("/visits", VISIT).status_code == 201
    assert calls.post("/visits", VISIT).status_code == 409
    other = calls.post("/visits", {**VISIT, "id": "A-V-2"}).json()
    assert calls.patch(f"/visits/{other['key']}", {"id": "A-V-1"}, 1).status_code == 409
    assert calls.get(f"/visits/{other['key']}").json()["id"] == "A-V-2"


def test_visits_are_filtered(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    with tenancy.scope([clinic.id]):
        expected = set(Visit.objects.filter(date_of_service="2026-09-25").values_list("number", flat=True))
    found = calls.get("/visits?from_day=2026-09-25&through_day=2026-09-25&limit=200").json()["items"]
    assert {one["id"] for one in found} == expected
    assert len(expected) == 16
    drafts = calls.get("/visits?status=draft&limit=200").json()["items"]
    assert {one["id"] for one in drafts} == expected
    assert calls.get("/visits?from_day=2026-02-30").json()["errors"][0]["place"] == "query.from_day"


@pytest.mark.parametrize(
    ("address", "queries"), [("/patients", 11), ("/visits", 12), ("/claims", 11), ("/findings", 11)]
)
def test_lists_ask_the_database_as_often_for_many_as_for_few(as_token: As, address: str, queries: int) -> None:
    calls = as_token()
    calls.get(f"{address}?limit=1")
    assert [queries_of(calls, f"{address}?limit={limit}") for limit in (4, 40)] == [queries, queries]


def test_claims_are_built_of_signed_visits_once(as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.OWNER)
    draft = calls.post("/visits", VISIT).json()["key"]
    signed = calls.post("/visits", {**SIGNED, "id": "A-V-2"}).json()["key"]
    refused = calls.post("/claims", {"visits": [signed, draft]})
    assert refused.json()["errors"] == [{"place": "body.visits.1", "expected": "the key of a signed visit"}]
    first = calls.post("/claims", {"visits": [signed]}).json()
    second = calls.post("/claims", {"visits": [signed]}).json()
    assert ([one["id"] for one in first["made"]], first["found"]) == (["A-V-2"], [])
    assert (second["made"], [one["id"] for one in second["found"]]) == ([], ["A-V-2"])
    assert as_token(Role.AUDITOR).post("/claims", {"visits": [signed]}).status_code == 403
    with tenancy.scope([clinic.id]):
        assert Claim.objects.filter(visit_id=signed).count() == 1


def test_claims_and_findings_are_filtered(as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.AUDITOR)
    with tenancy.scope([clinic.id]):
        held = set(Claim.objects.filter(status=ClaimStatus.HELD.value).values_list("number", flat=True))
        rule = ClaimFinding.objects.order_by("rule").values_list("rule", flat=True)[0]
        of_rule = ClaimFinding.objects.filter(rule=rule).count()
        due = Claim.objects.filter(due_on__lte="2026-12-31").count()
    assert held
    assert {one["id"] for one in calls.get("/claims?status=held&limit=200").json()["items"]} == held
    assert len(calls.get(f"/findings?rule={rule}&limit=200").json()["items"]) == of_rule
    assert len(calls.get("/claims?due_through=2026-12-31&limit=200").json()["items"]) == due
    assert calls.get("/findings?rule=nonsense").status_code == 422
    one = calls.get("/claims?status=held&limit=1").json()["items"][0]
    whole = calls.get(f"/claims/{one['key']}")
    assert whole["ETag"] == f'"{one["version"]}"'
    assert whole.json()["findings"]


def test_a_claim_that_left_the_clinic_is_not_checked_again(as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.BILLER)
    with tenancy.scope([clinic.id]):
        claim = Claim.objects.filter(status=ClaimStatus.READY.value).order_by("number")[0]
        Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.SUBMITTED.value)
    refused = calls.post(f"/claims/{claim.pk}/check")
    assert refused.status_code == 409
    with tenancy.scope([clinic.id]):
        assert Claim.objects.get(pk=claim.pk).version == claim.version
