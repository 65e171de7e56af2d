"""The door: tokens, scopes, roles, allowances, sizes, problems; denied calls change nothing."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cleanclaim.practice import tenancy
from cleanclaim.practice.access import CAPABILITIES, Can
from cleanclaim.practice.api.application import api
from cleanclaim.practice.api.scopes import Scope, needs_of
from cleanclaim.practice.api.tokens import revoke
from cleanclaim.practice.models import ApiToken, Clinic, Patient, Role, TrailEntry
from tests.practice.api.conftest import PATIENT, As

PROBLEM = "application/problem+json"


def _token(clinic: Clinic) -> ApiToken:
    with tenancy.scope([clinic.id]):
        found: ApiToken = ApiToken.objects.get()
    return found


@pytest.mark.django_db
def test_without_a_token_nothing_is_told(client: Client) -> None:
    answer = client.get("/api/v1/patients")
    assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    assert answer["WWW-Authenticate"] == 'Bearer realm="cleanclaim"'
    assert answer.json() == {
        "type": "urn:cleanclaim:problem:unauthorized",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Expected a header Authorization: Bearer, with a token of this practice.",
        "errors": [],
    }


def test_a_signed_in_person_is_no_token(as_role: object) -> None:
    client: Client = as_role(Role.OWNER)  # type: ignore[operator]
    assert client.get("/api/v1/patients").status_code == 401


def test_only_the_hash_of_a_token_is_kept(as_token: As, clinic: Clinic) -> None:
    text = as_token().token
    row = _token(clinic)
    assert text not in json.dumps({field.name: str(getattr(row, field.name)) for field in row._meta.fields})
    assert len(row.digest) == 64


def test_a_changed_token_opens_nothing(as_token: As) -> None:
    calls = as_token()
    assert calls.get("/patients").status_code == 200
    calls.token = calls.token[:-1] + ("A" if calls.token[-1] != "A" else "B")
    assert calls.get("/patients").status_code == 401


def test_a_token_ends_when_it_is_revoked(as_token: As, clinic: Clinic) -> None:
    calls = as_token()
    with tenancy.scope([clinic.id]):
        revoke(ApiToken.objects.get())
    assert calls.get("/patients").status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(60, 200), (-1, 401)])
def test_a_token_ends_at_its_day(as_token: As, clinic: Clinic, seconds: int, status: int) -> None:
    calls = as_token()
    with tenancy.scope([clinic.id]):
        ApiToken.objects.update(expires_at=timezone.now() + timedelta(seconds=seconds))
    assert calls.get("/patients").status_code == status


def test_a_token_ends_with_its_person(as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.BILLER)
    with tenancy.scope([clinic.id]):
        user = ApiToken.objects.get().membership.user
    user.is_active = False
    user.save()
    assert calls.get("/patients").status_code == 401


def test_scopes_bound_a_token(as_token: As, clinic: Clinic) -> None:
    reads = as_token(Role.OWNER, Scope.READ)
    assert reads.get("/patients").status_code == 200
    denied = reads.post("/patients", PATIENT)
    assert (denied.status_code, denied.json()["detail"]) == (403, "The token lacks the scope write.")
    assert reads.get("/exports").json()["detail"] == "The token lacks the scope export."
    with tenancy.scope([clinic.id]):
        assert not Patient.objects.filter(number="P-9001").exists()


def test_the_role_bounds_a_token(as_token: As) -> None:
    denied = as_token(Role.THERAPIST).get("/claims")
    assert denied.status_code == 403
    assert denied.json()["detail"] == "The token's member may not see claims and money in this clinic."


def test_every_call_asks_what_its_role_allows(as_token: As) -> None:
    """Each call, as each role: 403 exactly where the role lacks what the call needs."""
    nowhere = "00000000-0000-4000-8000-000000000000"
    for role in Role:
        calls = as_token(role)
        for router in api._get_bound_routers():
            for path, view in router.path_operations.items():
                for operation in view.operations:
                    needs = needs_of(operation.view_func)
                    address = re.sub(r"{[^}]*key}", nowhere, path).replace("{table}", "nothing")
                    method = operation.methods[0].lower()
                    if method == "get":
                        answer = calls.get(address)
                    elif method == "post":
                        answer = calls.post(address, {})
                    else:
                        answer = calls.patch(address, {}, 1)
                    allowed = all(what in CAPABILITIES[role] for what in needs.can)
                    assert (answer.status_code != 403) == allowed, (role, method, address, answer.content)
                    assert answer.status_code < 500, (role, method, address)


def test_another_clinic_is_not_there(as_token: As, clinic: Clinic, elsewhere: Clinic) -> None:
    with tenancy.scope([clinic.id]):
        patient = Patient.objects.order_by("number")[0]
    theirs = as_token(of=elsewhere)
    assert theirs.get(f"/patients/{patient.pk}").status_code == 404
    assert theirs.patch(f"/patients/{patient.pk}", {"phone": ""}, 1).status_code == 404
    assert theirs.post(f"/patients/{patient.pk}/coverages", {"payer": "medicare_b"}).status_code == 404
    assert theirs.get("/patients").json() == {"items": [], "next": None}
    with tenancy.scope([clinic.id]):
        assert Patient.objects.get(pk=patient.pk).version == patient.version
        assert not TrailEntry.objects.filter(detail__startswith="api").exists()


def test_a_token_calls_as_often_as_it_may(as_token: As, settings: Settings) -> None:
    settings.API_CALLS_PER_MINUTE = 3
    calls, other = as_token(), as_token(Role.BILLER)
    left = [calls.get("/patients?limit=1") for _ in range(4)]
    assert [answer.status_code for answer in left] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in left] == ["2", "1", "0", "0"]
    assert 1 <= int(left[3]["Retry-After"]) <= 60
    assert left[3]["Content-Type"] == PROBLEM
    assert other.get("/patients?limit=1").status_code == 200


@pytest.mark.django_db
def test_an_address_that_guesses_has_to_wait(client: Client) -> None:
    wrong = {"Authorization": f"Bearer cc1_{'A' * 22}_{'A' * 43}"}
    answers = [client.get("/api/v1/patients", headers=wrong).status_code for _ in range(31)]
    assert answers == [401] * 30 + [429]


@pytest.mark.parametrize(("over", "status"), [(0, 422), (1, 413)])
def test_a_body_has_a_largest_size(as_token: As, settings: Settings, over: int, status: int) -> None:
    settings.API_MOST_BYTES = 1000
    body = {"family_name": "x"}
    room = 1000 + over - len(json.dumps(body))
    body["family_name"] = "x" * (room + 1)
    assert len(json.dumps(body)) == 1000 + over
    assert as_token().post("/patients/search", body).status_code == status


@pytest.mark.parametrize(
    ("body", "type_", "status"),
    [
        ("{}", "text/plain", 415),
        ("{", "application/json", 422),
        ('{"id": "a", "id": "b"}', "application/json", 422),
        ('{"id": NaN}', "application/json", 422),
        ('{"id": "\\u0000"}', "application/json", 422),
        ('{"id": "\\ud800"}', "application/json", 422),
        ('{"limit": 1e400}', "application/json", 422),
        ("[" * 100_000, "application/json", 422),
        ('{"id": "P-1", "limit": 1}', "application/json; charset=utf-8", 200),
    ],
)
def test_a_body_is_json_within_bounds(as_token: As, body: str, type_: str, status: int) -> None:
    calls = as_token()
    answer = calls.client.post(
        "/api/v1/patients/search", data=body, content_type=type_, headers={"Authorization": f"Bearer {calls.token}"}
    )
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    ("query", "place", "expected"),
    [
        ("limit=0", "query.limit", "at least 1"),
        ("limit=201", "query.limit", "at most 200"),
        ("limit=ten", "query.limit", "a whole number"),
        ("limit=1&limit=2", "query.limit", "one value"),
        ("limits=1", "query.limits", "no such parameter"),
        ("cursor=abc", "query.cursor", "`next` of an earlier page, unchanged"),
    ],
)
def test_a_query_is_read_strictly(as_token: As, query: str, place: str, expected: str) -> None:
    answer = as_token().get(f"/patients?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"place": place, "expected": expected}]


def test_unknown_addresses_and_methods_are_problems_too(as_token: As) -> None:
    calls = as_token()
    missing = calls.get("/nothing")
    assert (missing.status_code, missing["Content-Type"]) == (404, PROBLEM)
    put = calls.client.put("/api/v1/patients", headers={"Authorization": f"Bearer {calls.token}"})
    assert (put.status_code, put["Content-Type"]) == (405, PROBLEM)
    assert sorted(put["Allow"].split(", ")) == ["GET", "POST"]


def test_a_failure_tells_nothing_and_takes_back(
    as_token: As, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("Ruth Okafor")

    monkeypatch.setattr("cleanclaim.practice.api.resources.patients.patient_document", fail)
    calls = as_token()
    calls.client.raise_request_exception = False
    answer = calls.post("/patients", PATIENT)
    assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM)
    assert b"Okafor" not in answer.content
    assert "RuntimeError" in caplog.text
    assert "Okafor" not in caplog.text
    with tenancy.scope([clinic.id]):
        assert not Patient.objects.filter(number="P-9001").exists()


def test_every_call_says_what_it_needs() -> None:
    operations = [
        operation
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    ]
    assert len(operations) >= 25
    for operation in operations:
        needs = needs_of(operation.view_func)
        assert isinstance(needs.scope, Scope)
        assert all(isinstance(what, Can) for what in needs.can)
