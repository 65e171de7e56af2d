from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from cleanclaim.practice.models import Role


def test_the_day_of_a_clinic_opens_for_its_therapist(as_role: Callable[[Role], Client]) -> None:
    page = as_role(Role.THERAPIST).get("/c/millrace/today/")
    assert page.status_code == 200
    assert "Friday, September 25" in page.content.decode()


def test_another_clinic_is_not_there(as_role: Callable[[Role], Client]) -> None:
    assert as_role(Role.THERAPIST).get("/c/elsewhere/today/").status_code == 404
