"""The audit log's page: who sees it, what it shows, that it counts its queries, and that it finds a break."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from cleanclaim import practice
from cleanclaim.practice import audit_trail
from cleanclaim.practice.models import Clinic, Membership, Patient, Role, TrailEntry


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200), (Role.AUDITOR, 200), (Role.BILLER, 403), (Role.THERAPIST, 403), (Role.ASSISTANT, 403),
        (Role.FRONT_DESK, 403),
    ],
)  # fmt: skip
def test_owner_and_auditor_see_it(as_role: Callable[[Role], Client], role: Role, status: int) -> None:
    client = as_role(role)
    assert client.get("/c/millrace/trail/").status_code == status
    assert client.post("/c/millrace/trail/verify/", headers={"HX-Request": "true"}).status_code == status


def test_entries_are_shown_with_the_patient_they_are_about(inside: Clinic, as_role: Callable[[Role], Client]) -> None:
    patient = Patient.objects.order_by("number").first()
    assert patient is not None
    user = Membership.objects.filter(clinic=inside, role="biller").get().user
    entry = audit_trail.record(inside.id, user, "read", "patient", patient.pk, detail="member id", origin="10.0.0.1")
    text = as_role(Role.OWNER).get("/c/millrace/trail/").content.decode()
    assert f">{entry.sequence}<" in text
    assert str(patient).replace("'", "&#x27;") in text
    assert "member id" in text
    assert "10.0.0.1" in text
    assert TrailEntry.objects.get(sequence=entry.sequence + 1).action == "list"


def test_filters_narrow_and_nonsense_finds_nothing(inside: Clinic, as_role: Callable[[Role], Client]) -> None:
    audit_trail.record(inside.id, None, "export", "charge", "abc", detail="only this")
    client = as_role(Role.OWNER)
    for query in ("?did=export&what=charge", "?key=abc", "?who=nobody&did=export"):
        assert "only this" in client.get(f"/c/millrace/trail/{query}").content.decode(), query
    for query in ("?did=export&what=visit", "?who=not-a-key", "?through=2001-01-01", "?from=2999-01-01"):
        assert "Nothing was read or changed" in client.get(f"/c/millrace/trail/{query}").content.decode(), query
    assert client.get("/c/millrace/trail/?from=nonsense&after=nonsense&at=nonsense").status_code == 200


def test_parts_of_the_log_hold_while_it_grows(inside: Clinic, as_role: Callable[[Role], Client]) -> None:
    """Looking at the log adds to it: a part begins at an entry, not at a number of entries from the end."""
    for _number in range(120):
        audit_trail.record(inside.id, None, "read", "patient")
    client = as_role(Role.OWNER)
    first = client.get("/c/millrace/trail/")
    entries = [entry.sequence for entry, _patient in first.context["rows"]]
    assert first.context["count"] == entries[0]
    last = first.context["page"].last_key
    second = client.get(f"/c/millrace/trail/?after={last}&at=50")
    after = [entry.sequence for entry, _patient in second.context["rows"]]
    assert after == list(range(entries[-1] - 1, entries[-1] - 51, -1))
    assert "51–100" in second.content.decode()
    back = client.get(f"/c/millrace/trail/?before={second.context['page'].first_key}&at=50")
    assert [entry.sequence for entry, _patient in back.context["rows"]] == entries
    assert client.get("/c/millrace/trail/?did=read").context["count"] is None


def test_what_can_be_asked_for_is_all_that_is_written(inside: Clinic, as_role: Callable[[Role], Client]) -> None:
    subjects = {one.subject for one in TrailEntry.objects.all()} | {"patient", "charge"}
    for subject in ("patient", "charge"):
        audit_trail.record(inside.id, None, "read", subject)
    assert audit_trail.subjects_of(inside.id) == sorted(subjects)
    assert audit_trail.subjects_of(Clinic.objects.get(slug="elsewhere").pk) == []
    options = as_role(Role.OWNER).get("/c/millrace/trail/").content.decode()
    assert all(f"<option>{action}</option>" in options for action in audit_trail.ACTIONS)


def test_every_action_that_the_program_writes_is_one_that_can_be_asked_for() -> None:
    """Each word that stands in a call as the action of an entry; the others hand on what they were given."""
    written = set()
    for path in Path(practice.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record":
                words = [
                    one.value for one in node.args[:3] if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
                written |= set(words[:1])
    assert written == set(audit_trail.ACTIONS)


def test_the_number_of_queries_does_not_grow(
    inside: Clinic, as_role: Callable[[Role], Client], django_assert_max_num_queries: Callable[[int], object]
) -> None:
    patients = list(Patient.objects.all()[:10])
    for number in range(60):
        audit_trail.record(inside.id, None, "read", "patient", patients[number % len(patients)].pk)
    client = as_role(Role.OWNER)
    with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
        assert client.get("/c/millrace/trail/").content.decode().count("<tr>") == 51


def test_verifying_says_that_it_is_whole_and_where_it_is_not(inside: Clinic, as_role: Callable[[Role], Client]) -> None:
    audit_trail.record(inside.id, None, "read", "patient")
    client = as_role(Role.AUDITOR)
    part = client.post("/c/millrace/trail/verify/", headers={"HX-Request": "true"}).content.decode()
    assert "are as they were written" in part
    assert client.post("/c/millrace/trail/verify/")["Location"] == "/c/millrace/trail/"
    forged = TrailEntry(clinic=inside, sequence=10**6, at=timezone.now(), action="read", subject="patient")
    forged.digest = "0" * 64
    forged.save(force_insert=True)
    part = client.post("/c/millrace/trail/verify/", headers={"HX-Request": "true"}).content.decode()
    assert "The chain is broken in" in part
    assert "entry 1000000 follows" in part
