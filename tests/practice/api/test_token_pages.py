"""The tokens page: made once, shown once, ended; one's own, or everybody's for an owner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import ApiToken, Clinic, Role, TrailEntry
from tests.practice.api.conftest import As, Calls

BeRole = Callable[[Role], Client]
FORM = {"label": "Our EMR", "scopes": ["read", "write"], "ends_on": "2099-12-31"}


@pytest.mark.parametrize("role", list(Role))
def test_who_sets_up_makes_tokens(as_role: BeRole, role: Role) -> None:
    expected = 200 if role in {Role.OWNER, Role.BILLER} else 403
    client = as_role(role)
    assert client.get("/c/millrace/setup/tokens/").status_code == expected
    assert client.get("/c/millrace/setup/tokens/add/").status_code == expected


def test_a_token_is_shown_once_and_works(as_role: BeRole, clinic: Clinic) -> None:
    client = as_role(Role.BILLER)
    made = client.post("/c/millrace/setup/tokens/add/", FORM)
    assert made.status_code == 200
    text = made.content.decode().split('value="cc1_')[1].split('"')[0]
    assert Calls(f"cc1_{text}").get("/patients").status_code == 200
    listed = client.get("/c/millrace/setup/tokens/").content.decode()
    assert "Our EMR" in listed
    assert text not in listed
    with tenancy.scope([clinic.id]):
        row = ApiToken.objects.get()
        assert (row.scopes, row.expires_at.isoformat()) == (["read", "write"], "2100-01-01T06:00:00+00:00")
        entry = TrailEntry.objects.get(subject="token")
        assert (entry.action, entry.subject_id, entry.detail) == ("create", str(row.pk), "scopes read, write")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scopes": []}, "Expected at least one."),
        ({"ends_on": "2020-01-01"}, "Expected today or a later day."),
        ({"ends_on": ""}, "This field is required."),
    ],
)
def test_a_token_says_what_it_may_and_until_when(
    as_role: BeRole, clinic: Clinic, change: dict[str, object], said: str
) -> None:
    answer = as_role(Role.OWNER).post("/c/millrace/setup/tokens/add/", {**FORM, **change})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with tenancy.scope([clinic.id]):
        assert not ApiToken.objects.exists()


def test_an_owner_ends_everybodys_a_biller_their_own(as_role: BeRole, as_token: As, clinic: Clinic) -> None:
    calls = as_token(Role.OWNER)
    with tenancy.scope([clinic.id]):
        key = ApiToken.objects.get().pk
    address = f"/c/millrace/setup/tokens/{key}/end/"
    assert as_role(Role.BILLER).post(address).status_code == 404
    assert calls.get("/patients").status_code == 200
    assert as_role(Role.OWNER).get(address).status_code == 405
    assert as_role(Role.OWNER).post(address).status_code == 302
    assert calls.get("/patients").status_code == 401
