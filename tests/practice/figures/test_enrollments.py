"""Enrollments of therapists with payers: days that do not overlap, several payers at once, and how they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Clinic, ClinicPayer, Enrollment, Provider, Role, TrailEntry

As = Callable[[Role], Client]
BASE = "/c/millrace/setup"


@pytest.fixture
def biller(as_role: As, clinic: Clinic) -> Iterator[Client]:
    """A biller, with the clinic in scope for looking at what was done."""
    with tenancy.scope([clinic.pk]):
        yield as_role(Role.BILLER)


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2026-01-01", "2026-06-30", 302),
        ("2026-07-01", "2026-12-31", 422),
        ("2025-01-01", "2026-07-01", 422),
        ("", "", 422),
        ("2027-01-01", "", 302),
        ("2027-02-01", "2027-01-31", 422),
    ],
)
def test_enrollments_do_not_overlap(biller: Client, clinic: Clinic, first: str, last: str, status: int) -> None:
    provider = Provider.objects.get(key="okafor")
    payer = ClinicPayer.objects.get(payer="medicare_b")
    Enrollment.objects.create(
        clinic=clinic, provider=provider, payer=payer, valid_from=date(2026, 7, 1), valid_through=date(2026, 12, 31)
    )
    told = {"provider": provider.pk, "payer": payer.pk, "valid_from": first, "valid_through": last}
    assert biller.post(f"{BASE}/enrollments/add/", told).status_code == status


def test_a_therapist_is_enrolled_with_several_payers_at_once(biller: Client, clinic: Clinic) -> None:
    provider = Provider.objects.get(key="okafor")
    payers_of = list(ClinicPayer.objects.order_by("name")[:3])
    told = {"provider": provider.pk, "payer": [one.pk for one in payers_of], "valid_from": "2026-10-01"}
    assert biller.post(f"{BASE}/enrollments/add/", {**told, "payer_provider_number": "77"}).status_code == 422
    assert biller.post(f"{BASE}/enrollments/add/", {**told, "payer": []}).status_code == 422
    assert not Enrollment.objects.filter(provider=provider).exists()
    page = biller.post(f"{BASE}/enrollments/add/", told, follow=True).content.decode()
    assert "3 enrollments kept." in page
    rows = Enrollment.objects.filter(provider=provider, clinic=clinic)
    assert {(row.payer, row.valid_from, row.valid_through) for row in rows} == {
        (one, date(2026, 10, 1), None) for one in payers_of
    }
    assert TrailEntry.objects.filter(action="create", subject="enrollment").count() == 3
    again = biller.post(f"{BASE}/enrollments/add/", {**told, "payer": [payers_of[2].pk], "valid_from": "2026-11-01"})
    assert again.status_code == 422
    assert f"the enrollment with {payers_of[2]} that is there" in again.content.decode()


@pytest.mark.parametrize(
    ("day", "standing"),
    [("2026-06-30", "to come"), ("2026-07-01", "enrolled"), ("2026-12-31", "enrolled"), ("2027-01-01", "ended")],
)
def test_enrollments_are_shown_for_a_day(biller: Client, clinic: Clinic, day: str, standing: str) -> None:
    provider, payer = Provider.objects.get(key="okafor"), ClinicPayer.objects.get(payer="medicare_b")
    Enrollment.objects.create(
        clinic=clinic, provider=provider, payer=payer, valid_from=date(2026, 7, 1), valid_through=date(2026, 12, 31)
    )
    rows = biller.get(f"{BASE}/enrollments/?on={day}").context["rows"]
    cells = next(cells for person, cells in rows if person.pk == provider.pk)
    assert {payer.payer: standing for payer, standing, _row in cells}["medicare_b"] == standing
    assert {payer.payer: standing for payer, standing, _row in cells}["uhc_commercial"] == "not known"
