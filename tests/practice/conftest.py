"""A practice with the sample clinic in it, a second clinic beside it, and people of every role."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler

from cleanclaim.practice import keys, row_security, tenancy
from cleanclaim.practice.demo import load_folder
from cleanclaim.practice.models import Clinic, Company, Membership, Role, User
from tests import postgres
from tests.practice.served import serving_demo

DAY = date(2026, 9, 25)
FOLDER = Path(__file__).parents[2] / "examples" / "clinic-day"


@pytest.fixture(scope="session", autouse=True)
def field_keys() -> None:
    """The keys that seal fields, for tests that need no database as well."""
    keys.make_field_keys()


@pytest.fixture(scope="session", autouse=True)
def one_chain_of_middleware() -> Iterator[None]:
    """Every client passes through the same middleware, as on a server: WhiteNoise looks through all static files."""
    begun_with, load = settings._wrapped, ClientHandler.load_middleware
    made: list[object] = []

    def shared(handler: Any, *, is_async: bool = False) -> None:
        if is_async or settings._wrapped is not begun_with:  # a test's own settings
            load(handler, is_async)
            return
        if not made:
            load(handler)
            made.append(handler._middleware_chain)
        handler._middleware_chain = made[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", shared)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The sample clinic is loaded once; each test's changes are rolled back."""
    keys.make_field_keys()
    del django_db_setup
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        load_folder(FOLDER, "millrace", on=DAY)
        other = Company.objects.create(name="Another company")
        Clinic.objects.create(
            company=other, slug="elsewhere", name="Elsewhere Therapy", npi="1999000163", tax_id="009876543",
            line1="1 Far Rd", city="Reno", state="NV", zip_code="89501", phone="7755550100", contact="Nobody",
        )  # fmt: skip
        act_as_the_app()
    yield
    act_as_the_owner()


def act_as_the_app() -> None:
    """On PostgreSQL: from now on the role that owns no table, as a deployment's app."""
    if connection.vendor == "postgresql":
        row_security.grant(connection, postgres.APP)
        with connection.cursor() as cursor:
            # What tests of transactions begin and end with.
            cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {postgres.APP}")
        connection.settings_dict["OPTIONS"]["assume_role"] = postgres.APP
        connection.close()


def act_as_the_owner() -> None:
    """On PostgreSQL: the role again that may remove the database."""
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"].pop("assume_role", None)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the demo was served once, so that its clinics are loaded: for all workers, who serve copies."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    home = shared / "demo-home"
    with (shared / "demo-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            loaded = tmp_path_factory.mktemp("demo") / "home"
            loaded.mkdir(mode=0o700)
            with serving_demo(loaded) as served:
                assert served.interrupt() == 0
            loaded.rename(home)
    return home


@pytest.fixture
def clinic(db: None) -> Clinic:
    del db
    return Clinic.objects.get(slug="millrace")


@pytest.fixture
def elsewhere(db: None) -> Clinic:
    del db
    return Clinic.objects.get(slug="elsewhere")


@pytest.fixture
def inside(clinic: Clinic) -> Iterator[Clinic]:
    """The sample clinic, in scope."""
    with tenancy.scope([clinic.id]):
        yield clinic


def person(clinic: Clinic, role: Role) -> User:
    """Somebody of that role in the clinic; the first by address."""
    found = Membership.objects.filter(clinic=clinic, role=role.value).select_related("user").order_by("user__email")
    return found[0].user


@pytest.fixture
def biller(inside: Clinic) -> User:
    """Who bills in the sample clinic, which is in scope."""
    return person(inside, Role.BILLER)


@pytest.fixture
def as_role(clinic: Clinic, client: Client) -> object:
    """A function that signs the test client in as somebody of a role, and returns the client."""

    def be(role: Role) -> Client:
        client.force_login(person(clinic, role), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return be
