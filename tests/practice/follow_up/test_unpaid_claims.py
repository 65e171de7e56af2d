"""Why one claim is unpaid, said on its own page: it still waits, or it is on the follow-up list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from cleanclaim.practice.engine.exchange.undecided import take_up, wait_of
from cleanclaim.practice.models import Batch, Claim, Clinic, FollowUpRules, Role, User
from tests.practice.conftest import DAY
from tests.practice.follow_up.conftest import Answer
from tests.practice.money.answers import Said, denies, pays_well

SignedIn = Callable[[Role], Client]


def _went_out(claim: Claim, days: int) -> Claim:
    """A claim whose file went out so many days before the day of the tests."""
    at = datetime(DAY.year, DAY.month, DAY.day, 15, tzinfo=UTC) - timedelta(days=days)
    Batch.objects.filter(claims=claim).update(created_at=at)
    claim.refresh_from_db()
    return claim


def _words(client: Client, claim: Claim) -> str:
    page = client.get(f"/c/millrace/claims/{claim.pk}/money/").content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize(("days", "is_waiting"), [(0, False), (1, True), (28, True), (60, True)])
def test_a_claim_that_went_out_before_today_waits(medicare: list[Claim], days: int, is_waiting: bool) -> None:  # noqa: FBT001 - a case
    found = wait_of(_went_out(medicare[0], days), DAY)
    assert (found is not None) is is_waiting
    if found is not None:
        assert (found.filed_on, found.days) == (DAY - timedelta(days=days), days)
        assert found.through == found.filed_on + timedelta(days=30)


def test_the_clinics_own_number_of_days_counts(medicare: list[Claim]) -> None:
    FollowUpRules.objects.update_or_create(clinic=medicare[0].clinic, defaults={"unanswered_days": 21})
    found = wait_of(_went_out(medicare[0], 10), DAY)
    assert found is not None
    assert (found.through, found.words) == (date(2026, 10, 6), "the clinic waits 21 days for any payer")


def test_an_answered_claim_does_not_wait(medicare: list[Claim], answer: Answer) -> None:
    _went_out(medicare[0], 28)
    answer(Said(medicare[0], pays_well))
    assert wait_of(medicare[0], DAY) is None


def test_the_page_of_a_claim_says_how_long_it_waits(as_role: SignedIn, medicare: list[Claim]) -> None:
    said = _words(as_role(Role.BILLER), _went_out(medicare[0], 28))
    assert (
        "Not answered yet. It went out on Aug 28, 2026, 28 days ago; Medicare Part B is given through Sep 27, 2026"
        in said
    )
    assert "to be followed up" not in said


def test_it_leads_to_the_case_once_there_is_one(
    as_role: SignedIn, inside: Clinic, biller: User, medicare: list[Claim]
) -> None:
    claim = _went_out(medicare[0], 31)
    assert take_up(inside, biller) == (3, 0)
    client = as_role(Role.BILLER)
    assert "of this claim is to be followed up" in _words(client, claim)
    assert f"/follow-up/claims/{claim.pk}/" in client.get(f"/c/millrace/claims/{claim.pk}/money/").content.decode()


def test_what_is_denied_is_told_in_dollars(as_role: SignedIn, larkspur: list[Claim], answer: Answer) -> None:
    answer(Said(larkspur[0], denies))
    cents = larkspur[0].charge_cents or 0
    assert f"${cents / 100:.2f} of this claim is to be followed up" in _words(as_role(Role.BILLER), larkspur[0])


def test_without_a_connection_a_case_says_how_to_ask(
    as_role: SignedIn, inside: Clinic, biller: User, medicare: list[Claim]
) -> None:
    claim = _went_out(medicare[0], 31)
    take_up(inside, biller)
    page = as_role(Role.BILLER).get(f"/c/millrace/follow-up/claims/{claim.pk}/").content.decode()
    assert "Ask by phone or in the payer’s portal" in page
    assert '<a href="/c/millrace/exchange/connection/">connection</a>' in page
