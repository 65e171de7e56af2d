"""Tokens of every role, and calls with them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cleanclaim.practice import tenancy
from cleanclaim.practice.api.scopes import Scope
from cleanclaim.practice.api.tokens import make_token
from cleanclaim.practice.models import Clinic, Membership, Role, User

_KEYS = itertools.count(1)


@dataclass
class Calls:
    """Calls with one token; `post` makes up an idempotency key unless one is given."""

    token: str
    client: Client = field(default_factory=Client)

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{address}", headers=self._headers(headers))

    def post(self, address: str, body: Any = None, *, key: str | None = "", **headers: str) -> Any:
        found = self._headers(headers)
        if key is not None:
            found["Idempotency-Key"] = key or f"test-key-{next(_KEYS)}"
        if body is None:
            return self.client.post(f"/api/v1{address}", headers=found)
        return self.client.post(
            f"/api/v1{address}", data=json.dumps(body), content_type="application/json", headers=found
        )

    def patch(self, address: str, body: Any, version: int | None, **headers: str) -> Any:
        found = self._headers(headers)
        if version is not None:
            found["If-Match"] = f'"{version}"'
        return self.client.patch(
            f"/api/v1{address}", data=json.dumps(body), content_type="application/json", headers=found
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            **{name.replace("_", "-"): text for name, text in more.items()},
        }


As = Callable[..., Calls]


@pytest.fixture
def as_token(clinic: Clinic) -> As:
    """A function that makes a token of somebody of a role, with every scope unless some are named."""

    def make(role: Role = Role.OWNER, *scopes: Scope, of: Clinic = clinic) -> Calls:
        with tenancy.scope([of.id]):
            membership = Membership.objects.filter(clinic=of, role=role.value).order_by("user__email").first()
            if membership is None:
                user = User.objects.create_user(f"{role.value}@{of.slug}.example", name="Somebody Else")
                membership = Membership.objects.create(user=user, clinic=of, role=role.value)
            _row, text = make_token(of, membership, "tests", scopes or tuple(Scope))
        return Calls(text)

    return make


PATIENT: dict[str, Any] = {
    "id": "P-9001",
    "name": {"family_name": "Okafor", "given_name": "Ruth"},
    "birth_date": "1951-04-12",
    "sex": "F",
    "address": {"line1": "14 Larch St", "city": "Chicago", "state": "IL", "zip_code": "60614"},
    "phone": "3125550142",
    "coverages": [{"payer": "medicare_b", "payer_name": "Medicare Part B", "member_id": "1EG4TE5MK73"}],
}
"""A synthetic patient."""


def queries_of(calls: Calls, address: str) -> int:
    """How often a call asks the database, without telling PostgreSQL the scope."""
    with CaptureQueriesContext(connection) as queries:
        assert calls.get(address).status_code == 200
    return sum("set_config" not in one["sql"] for one in queries.captured_queries)
