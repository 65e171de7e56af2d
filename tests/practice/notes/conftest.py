"""Visits of the demo day, and the note page's form as a browser would post it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.judging.setting import with_people
from cleanclaim.practice.engine.notes import note_form
from cleanclaim.practice.engine.notes.note_form import ROW_FIELDS, NoteForm
from cleanclaim.practice.models import Clinic, Membership, Visit

Form = dict[str, Any]
VisitOf = Callable[[str], Visit]
SignIn = Callable[[str], Client]


@pytest.fixture
def visit_of(inside: Clinic) -> VisitOf:
    """A function that reads a visit of the sample clinic by its number; the clinic is in scope."""
    del inside

    def read(number: str) -> Visit:
        return with_people(Visit.objects.filter(number=number)).get()  # type: ignore[attr-defined, no-any-return]

    return read


@pytest.fixture
def sign_in(clinic: Clinic, client: Client) -> SignIn:
    """A function that signs the test client in as a provider of the clinic, by key."""

    def be(key: str) -> Client:
        with tenancy.scope([clinic.id]):
            member = Membership.objects.select_related("user").get(clinic=clinic, provider__key=key)
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return be


@pytest.fixture
def pages(clinic: Clinic) -> Callable[..., str]:
    """A function that gives the address of a visit's page."""
    del clinic
    return lambda visit, page="": f"/c/millrace/visits/{visit.pk}/{page}"


def posted(visit: Visit, **changes: str) -> Form:
    """The form of a visit's page as a browser posts it, with some fields typed over."""
    return form_data(note_form.from_visit(visit), visit.version) | changes


def form_data(form: NoteForm, version: int) -> Form:
    """A form as a browser posts it."""
    return {
        "typed": "1",
        "version": str(version),
        **form.values,
        "diagnosis": form.diagnoses,
        "row_key": [row.key for row in form.rows],
        **{f"row_{name}": [row.values[name] for row in form.rows] for name in ROW_FIELDS},
    }
