"""What waits for the billers of each clinic, set beside each other on the company's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.exchange.undecided import take_up
from cleanclaim.practice.engine.worklist.what_waits import Backlog, backlog, what_waits
from cleanclaim.practice.models import Batch, Claim, Clinic, Role, User, WorkItem
from tests.practice.conftest import DAY

As = Callable[[Role], Client]


def _few(inside: Clinic) -> list[Claim]:
    """Three claims to file, all others closed: one priced, one charged alone, one of which nothing is known."""
    assert inside.slug == "millrace"
    rows = list(Claim.objects.filter(status="ready", gaps=[]).order_by("number")[:3])
    Claim.objects.exclude(pk__in=[row.pk for row in rows]).update(status="closed")
    values = [(9_500, 14_800), (None, 20_000), (None, None)]
    for row, (allowed, charge) in zip(rows, values, strict=True):
        Claim.objects.filter(pk=row.pk).update(allowed_cents=allowed, charge_cents=charge, due_on=None)
    return rows


@pytest.mark.parametrize(("days", "soon"), [(-1, 1), (7, 1), (8, 0)])
def test_claims_to_file_are_counted_with_what_they_are_worth(inside: Clinic, days: int, soon: int) -> None:
    rows = _few(inside)
    Claim.objects.filter(pk=rows[0].pk).update(due_on=DAY + timedelta(days=days))
    assert backlog(DAY) == Backlog(3, 29_500, soon, 0, 0)


def test_a_claim_to_follow_up_is_counted_once(inside: Clinic, biller: User) -> None:
    first = Claim.objects.filter(status="ready", gaps=[]).order_by("number")[0]
    release(inside, [first.pk], biller)
    Batch.objects.filter(claims=first).update(created_at=f"{DAY - timedelta(days=31)}T15:00:00Z")
    assert take_up(inside, biller) == (1, 0)
    item = WorkItem.objects.get()
    item.pk, item.kind, item.cents = None, "denial", 100
    item._state.adding = True
    item.save()
    found = backlog(DAY)
    assert (found.to_follow_up, found.to_follow_up_cents) == (1, sum(WorkItem.objects.values_list("cents", flat=True)))
    assert sum(one.claims for one in what_waits(DAY).items if one.kind != "soon") == 2


def test_an_empty_clinic_has_no_backlog(inside: Clinic) -> None:
    Claim.objects.update(status="closed")
    assert backlog(DAY) == Backlog(0, 0, 0, 0, 0)
    assert inside.slug == "millrace"


@pytest.mark.parametrize(("role", "is_told"), [(Role.OWNER, True), (Role.BILLER, True), (Role.THERAPIST, False)])
def test_the_company_tells_it_of_each_clinic(as_role: As, inside: Clinic, role: Role, is_told: bool) -> None:  # noqa: FBT001 - a case
    _few(inside)
    page = as_role(role).get(f"/company/{inside.company_id}/").content.decode()
    said = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert ("3 claims $295.00" in said) is is_told
    assert ("claims are not part of your role there" in said) is not is_told
