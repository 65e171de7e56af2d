"""No page is a dead end: what is not open, or not there, says so and leads on, and nothing leads where one may not go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice.models import Clinic, PlanOfCare, Role
from cleanclaim.practice.templatetags.practice import logged

As = Callable[[Role], Client]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/c/millrace/today/", 403, "Your role does not open this page"),
        ("/c/elsewhere/calendar/", 404, "There is no such page"),
        ("/no/such/address/", 404, "There is no such page"),
    ],
)
def test_a_page_that_is_not_open_or_not_there_leads_on(as_role: As, path: str, status: int, words: str) -> None:
    answer = as_role(Role.FRONT_DESK).get(path)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert b'href="/"' in answer.content


@pytest.mark.parametrize(("role", "leads"), [(Role.BILLER, True), (Role.THERAPIST, False)])
def test_pages_of_no_clinic_lead_to_the_work_over_all_clinics(
    as_role: As, clinic: Clinic, role: Role, *, leads: bool
) -> None:
    page = as_role(role).get(f"/company/{clinic.company_id}/").content.decode()
    assert ('href="/follow-up/"' in page, 'href="/queue/"' in page) == (leads, leads)


@pytest.mark.parametrize(("role", "leads"), [(Role.THERAPIST, True), (Role.FRONT_DESK, False)])
def test_only_who_reads_notes_is_led_to_the_plan_of_care(
    as_role: As, inside: Clinic, role: Role, *, leads: bool
) -> None:
    patient = PlanOfCare.objects.order_by("pk")[0].patient_id
    page = as_role(role).get(f"/c/{inside.slug}/patients/{patient}/").content.decode()
    assert "Plan of " in page
    assert (f"/patients/{patient}/plan/" in page) == leads


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("write_off", "write off"),
        ("1 documents", "1 document"),
        ("11 documents", "11 documents"),
        ("closed through 2026-08-31", "closed through Aug 31, 2026"),
        ("1 is", "1 is"),
        ("file 2026-13-01", "file 2026-13-01"),
    ],
)
def test_the_log_is_told_in_words(kept: str, shown: str) -> None:
    assert logged(kept) == shown
