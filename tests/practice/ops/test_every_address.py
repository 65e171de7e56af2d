"""Every address that the program knows, tried by everybody who has no business there: nothing is told, nothing moves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from cleanclaim.practice import tenancy
from cleanclaim.practice.access import CAPABILITIES
from cleanclaim.practice.models import Clinic, Membership, Role, User
from cleanclaim.practice.models.rows import ClinicRow

METHODS = ("get", "post", "put", "patch", "delete")
USED = METHODS[:2]
"""What pages answer at all; the others are tried by those who may most, and by nobody."""
REFUSALS = frozenset({401, 403, 404, 405})
NOT_THERE = frozenset({400, 403, 404, 405, 422})
NOWHERE = UUID("00000000-0000-4000-8000-000000000000")
_TABLE = re.compile(r'(?:FROM|JOIN|UPDATE) "(practice_\w+)"')
_PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Each route as it is written, with its view."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        elif isinstance(one, URLPattern):
            yield route, one.callback


def clinic_routes() -> list[tuple[str, Any]]:
    return [(route, view) for route, view in patterns() if route.startswith("c/<slug:slug>/")]


def rows_of(clinic: Clinic) -> dict[str, UUID]:
    """A key of a row of each table of the clinic: whatever an address asks for, one of them is it."""
    found = {}
    for model in clinic_models():
        row = model.everywhere.filter(clinic_id=clinic.pk).first()
        if row is not None:
            found[model._meta.db_table] = row.pk
    return found


def clinic_models() -> list[type[ClinicRow]]:
    return [model for model in apps.get_app_config("practice").get_models() if issubclass(model, ClinicRow)]


def addresses(route: str, clinic: Clinic, keys: Iterable[UUID]) -> list[str]:
    """The route filled with the clinic's slug and, where it asks for keys, with each of these."""
    places = [match for match in _PLACE.finditer(route) if match["name"] != "slug"]
    fills: list[dict[str, str]] = [{}]
    if any(match["kind"] == "uuid" for match in places):
        fills = [{match["name"]: str(key) for match in places if match["kind"] == "uuid"} for key in keys]
    found = []
    for fill in fills:
        others = {match["name"]: {"int": "1", "slug": "a"}.get(match["kind"], "1") for match in places}
        values = {**others, **fill, "slug": clinic.slug}
        found.append("/" + _PLACE.sub(lambda match, values=values: values[match["name"]], route))  # type: ignore[misc]
    return found


def state_of(clinic: Clinic) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the clinic but for its audit log, with its version and moment of change."""
    with tenancy.scope([clinic.pk]):
        return {
            model._meta.db_table: list(
                model.everywhere.filter(clinic_id=clinic.pk).order_by("pk").values_list("pk", "version", "changed_at")
            )
            for model in clinic_models()
            if model._meta.db_table != "practice_trailentry"
        }


@pytest.fixture
def stranger(db: None) -> User:
    del db
    return User.objects.create_user("stranger@elsewhere.example", name="Stranger")


def signed_in(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def asked_for(client: Client, method: str, address: str) -> tuple[int, set[str]]:
    """How an address with the key `NOWHERE` is answered, and the tables in which its row was looked for."""
    with CaptureQueriesContext(connection) as queries:
        status = int(getattr(client, method)(address).status_code)
    told = [query["sql"] for query in queries.captured_queries]
    asking = [sql for sql in told if str(NOWHERE) in sql or NOWHERE.hex in sql]
    return status, {table for sql in asking for table in _TABLE.findall(sql)}


def routes_of_each_need() -> list[str]:
    """One route of each set of capabilities that a page may need."""
    return list({frozenset(view.needs): route for route, view in clinic_routes()}.values())


def test_there_are_addresses_to_try() -> None:
    routes = [route for route, _view in clinic_routes()]
    assert len(routes) >= 30
    assert all(hasattr(view, "needs") for _route, view in clinic_routes()), [
        route for route, view in clinic_routes() if not hasattr(view, "needs")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("role", [*Role, None])
def test_a_stranger_finds_nothing_and_moves_nothing(
    clinic: Clinic, elsewhere: Clinic, stranger: User, role: Role | None
) -> None:
    """An owner of another clinic, who may most, and somebody of none try everything; others a page of each need."""
    if role is not None:
        with tenancy.scope([elsewhere.pk]):
            Membership.objects.create(user=stranger, clinic=elsewhere, role=role.value)
    with tenancy.scope([clinic.pk]):
        keys = list(rows_of(clinic).values())
    before = state_of(clinic)
    client = signed_in(stranger)
    tries_everything = role in {Role.OWNER, None}
    for route in [route for route, _view in clinic_routes()] if tries_everything else routes_of_each_need():
        for address in addresses(route, clinic, keys[:1]):
            for method in METHODS if tries_everything else USED:
                found = getattr(client, method)(address).status_code
                assert found in {404, 405}, (method, route, found)
    assert state_of(clinic) == before


@pytest.mark.slow
def test_in_ones_own_clinic_anothers_rows_are_not_there(clinic: Clinic, elsewhere: Clinic, stranger: User) -> None:
    """Each address is tried with rows of the tables in which it looks for its key."""
    with tenancy.scope([elsewhere.pk]):
        Membership.objects.create(user=stranger, clinic=elsewhere, role=Role.OWNER.value)
    with tenancy.scope([clinic.pk]):
        rows = rows_of(clinic)
    assert len(rows) >= 12
    before = state_of(clinic)
    client = signed_in(stranger)
    looked_in: set[str] = set()
    with_keys = [route for route, _view in clinic_routes() if "<uuid:" in route]
    assert with_keys
    for route in with_keys:
        [nowhere] = addresses(route, elsewhere, [NOWHERE])
        for method in USED:
            status, tables = asked_for(client, method, nowhere)
            assert status in NOT_THERE, (method, route, status)
            assert tables or status == 405, (method, route)
            looked_in |= tables
            for address in addresses(route, elsewhere, [rows[table] for table in sorted(tables & rows.keys())]):
                found = getattr(client, method)(address).status_code
                assert found in NOT_THERE, (method, route, found)
    assert len(looked_in & rows.keys()) >= 10
    assert state_of(clinic) == before


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_may_not_is_refused_in_its_own_clinic(clinic: Clinic, role: Role) -> None:
    user = Membership.objects.filter(clinic=clinic, role=role.value).select_related("user").first()
    assert user is not None
    client = signed_in(user.user)
    before = state_of(clinic)
    for route, view in clinic_routes():
        if all(what in CAPABILITIES[role] for what in view.needs):
            continue
        (address, *_others) = addresses(route, clinic, [NOWHERE])
        for method in USED:
            found = getattr(client, method)(address).status_code
            assert found in {403, 405}, (method, route, found)
    assert state_of(clinic) == before


def test_nobody_is_sent_to_sign_in(clinic: Clinic) -> None:
    client = signed_in(None)
    for route, _view in clinic_routes():
        (address, *_others) = addresses(route, clinic, [NOWHERE])
        answer = client.get(address)
        assert answer.status_code in {302, 405}, (route, answer.status_code)
        if answer.status_code == 302:
            assert answer["Location"].startswith("/account/login/?next=")


def test_every_api_route_asks_for_a_token(clinic: Clinic) -> None:
    del clinic
    routes = [route for route, _view in patterns() if route.startswith("api/v1/")]
    assert len(routes) >= 10
    client = signed_in(None)
    open_ones = set()
    for route in routes:
        address = "/" + _PLACE.sub(lambda match: str(NOWHERE) if match["kind"] == "uuid" else "1", route)
        for method in METHODS:
            found = getattr(client, method)(address, data={}, content_type="application/json").status_code
            if found not in REFUSALS:
                open_ones.add((route, found))
    assert all("openapi" in route or "docs" in route or route == "api/v1/" for route, _found in open_ones), open_ones


def test_a_page_that_forgets_the_scope_fails() -> None:
    for model in clinic_models():
        with pytest.raises(tenancy.NoScopeError):
            model.objects.count()
    assert connection.vendor in {"sqlite", "postgresql"}
