"""What a page has to tell the audit log is written when the page is made, all of it, or nothing where the page fails."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from cleanclaim.practice import audit_trail
from cleanclaim.practice.access import Access, ClinicRequest, clinic_page
from cleanclaim.practice.models import Clinic, Role, TrailEntry
from tests.practice.conftest import person


def _last(clinic: Clinic, count: int) -> list[tuple[str, str, str]]:
    rows = TrailEntry.objects.filter(clinic=clinic).order_by("-sequence")[:count]
    return [(row.action, row.subject, row.detail) for row in reversed(rows)]


def test_entries_wait_for_the_end_and_keep_their_order(inside: Clinic) -> None:
    before = TrailEntry.objects.count()
    access = Access(person(inside, Role.BILLER), inside, Role.BILLER, None, "10.0.0.1").writing_at_the_end()
    access.record("list", "claim", detail="50 claims")
    access.record("read", "patient", "one", detail="chart")
    assert TrailEntry.objects.count() == before
    access.write_down()
    assert _last(inside, 2) == [("list", "claim", "50 claims"), ("read", "patient", "chart")]
    access.write_down()
    assert TrailEntry.objects.count() == before + 2
    assert list(audit_trail.verify(inside.id)) == []


@clinic_page()
def _told_then(request: ClinicRequest, *, fails: bool) -> HttpResponse:
    request.access.record("read", "patient", "two", detail="chart")
    if fails:
        raise RuntimeError("the page cannot be made")
    return HttpResponse(str(TrailEntry.objects.count()))


def test_a_page_writes_its_entries_when_it_is_made(inside: Clinic, rf: RequestFactory) -> None:
    before = TrailEntry.objects.count()
    request = rf.get("/")
    request.user = person(inside, Role.BILLER)
    answered = _told_then(request, slug=inside.slug, fails=False)
    assert isinstance(answered, HttpResponse)
    assert answered.content == str(before).encode()
    assert TrailEntry.objects.count() == before + 1
    assert _last(inside, 1) == [("read", "patient", "chart")]


def test_a_page_that_fails_tells_nothing(inside: Clinic, rf: RequestFactory) -> None:
    before = TrailEntry.objects.count()
    request = rf.get("/")
    request.user = person(inside, Role.BILLER)
    with pytest.raises(RuntimeError):
        _told_then(request, slug=inside.slug, fails=True)
    assert TrailEntry.objects.count() == before
