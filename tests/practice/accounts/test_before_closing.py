"""Before the books are closed: which month is next, and what of its days is not done yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from cleanclaim.practice.engine.books.before_closing import month_to_close, undone
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, Role, User, Visit
from tests.practice.conftest import DAY

As = Callable[[Role], Client]
CLOSING = "/c/millrace/payments/closing/"


@pytest.mark.parametrize(
    ("today", "closed", "month"),
    [
        (date(2026, 9, 25), None, date(2026, 8, 31)),
        (date(2026, 9, 25), date(2026, 7, 31), date(2026, 8, 31)),
        (date(2026, 9, 25), date(2026, 8, 30), date(2026, 8, 31)),
        (date(2026, 9, 25), date(2026, 8, 31), None),
        (date(2026, 10, 1), date(2026, 8, 31), date(2026, 9, 30)),
        (date(2027, 1, 1), date(2026, 11, 30), date(2026, 12, 31)),
    ],
)
def test_the_next_month_is_the_last_that_is_over(today: date, closed: date | None, month: date | None) -> None:
    assert month_to_close(today, closed) == month


def _told(through: date) -> dict[str, tuple[int, int | None]]:
    return {one.page + " " + one.words: (one.count, one.cents) for one in undone(through)}


def test_what_is_not_done_of_the_days(inside: Clinic, biller: User) -> None:
    before = date(2020, 1, 1)
    assert undone(before) == []
    drafts = Visit.objects.filter(status="draft", date_of_service=DAY).count()
    day = date(2026, 9, 24)
    unsigned = "visits_unsigned notes are not signed"
    assert drafts > 0
    assert (unsigned in _told(day), _told(DAY)[unsigned]) == (False, (drafts, None))
    unfiled = "claims claims are not filed, and not charged"
    waiting = Claim.objects.filter(date_of_service__lte=day)
    count, cents = _told(day)[unfiled]
    assert cents is not None
    assert count == waiting.count()
    assert cents == sum(one or 0 for one in waiting.values_list("charge_cents", flat=True))
    first = waiting.filter(status=ClaimStatus.READY.value, gaps=[])[0]
    release(inside, [first.pk], biller)
    assert _told(day)[unfiled] == (count - 1, cents - (first.charge_cents or 0))
    Visit.objects.filter(pk=first.visit_id).update(has_claim=False)
    assert _told(day)["claims signed visits have no claim"] == (1, None)


def test_cash_of_the_days_that_no_deposit_holds(as_role: As, inside: Clinic) -> None:
    patient = Visit.objects.order_by("number")[0].patient_id
    client = as_role(Role.FRONT_DESK)
    told = {"key": "6a0f3f1c-3f1b-4a39-9d42-0c7d6f4b8a11", "cents": "25.00", "means": "cash", "received_on": str(DAY)}
    assert client.post(f"/c/millrace/patients/{patient}/account/pay/", told).status_code == 302
    waits = "deposits receipts and payments are on no deposit"
    assert waits not in _told(date(2026, 9, 24))
    assert _told(DAY)[waits] == (1, 2500)
    assert inside.slug == "millrace"


def test_the_page_of_closing_tells_it_for_the_day_that_is_asked(as_role: As, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    page = client.get(CLOSING)
    assert page.context["through"] == date(2026, 8, 31)
    asked = client.get(f"{CLOSING}?through=2020-01-01").content.decode()
    assert "everything is signed, filed, placed and deposited" in asked
    assert "Close through Jan 1, 2020" in asked
    asked = client.get(f"{CLOSING}?through=2026-09-24").content.decode()
    assert "claims are not filed, and not charged</a>" in asked
    client.post(f"{CLOSING}close/", {"ends_on": "2026-08-31"})
    assert "No month is over since" in client.get(CLOSING).content.decode()
    assert inside.slug == "millrace"
