"""What waits for a person, on the pages with which the day begins: dollars for nobody who may not see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from cleanclaim.practice.access import Access
from cleanclaim.practice.engine.exchange.acknowledging import take
from cleanclaim.practice.engine.payments.remitting import post, unpost
from cleanclaim.practice.engine.worklist.what_waits import what_waits
from cleanclaim.practice.models import Claim, Clinic, Role, User, WorkItem
from cleanclaim.practice.templatetags.follow_up import tiles_of
from tests.practice.conftest import DAY
from tests.practice.follow_up.conftest import Answer
from tests.practice.money.answers import Said, denies, pays_well, remittance

PAGES = ("/c/millrace/today/", "/c/millrace/figures/")


@pytest.fixture
def access(inside: Clinic, biller: User) -> Access:
    return Access(biller, inside, Role.BILLER, None)


def test_nothing_waits_and_nothing_is_shown(access: Access, as_role: Callable[[Role], Client]) -> None:
    assert tiles_of(access) == []
    assert "Waits for somebody" not in as_role(Role.OWNER).get(PAGES[0]).content.decode()


def test_what_waits_is_told_with_dollars_to_those_who_see_them(
    access: Access, medicare: list[Claim], answer: Answer, as_role: Callable[[Role], Client]
) -> None:
    one, two, _three = medicare
    answer(Said(one, denies), Said(two, denies, payer_number="PCN2"))
    cents = sum(item.cents for item in WorkItem.objects.all())
    assert cents == (one.charge_cents or 0) + (two.charge_cents or 0)
    told = [(tile.count, tile.words, tile.cents, tile.address) for tile in tiles_of(access)]
    assert told == [("2 claims", "denied", cents, "/c/millrace/follow-up/?kind=denial")]
    for address in PAGES:
        text = as_role(Role.OWNER).get(address).content.decode()
        assert "<strong>2 claims</strong> denied" in text
        assert f"${cents // 100:,}.{cents % 100:02d}" in text
    for role in (Role.THERAPIST, Role.ASSISTANT):
        text = as_role(role).get(PAGES[0]).content.decode()
        assert "Waits for somebody" not in text
        assert "$" not in text


def test_what_was_promised_for_today_comes_up_today(
    access: Access, medicare: list[Claim], answer: Answer, as_role: Callable[[Role], Client]
) -> None:
    answer(Said(medicare[0], denies))
    (first, *_others) = WorkItem.objects.order_by("-cents")
    WorkItem.objects.filter(pk=first.pk).update(follow_up_on=DAY + timedelta(days=1))
    assert what_waits(DAY).promised.claims == 0
    assert what_waits(DAY + timedelta(days=1)).promised.claims == 1
    client = as_role(Role.BILLER)
    assert client.get("/c/millrace/follow-up/?again=due").context["count"] == 0
    WorkItem.objects.filter(pk=first.pk).update(follow_up_on=DAY)
    assert [tile.words for tile in tiles_of(access)] == ["to be looked at again by today", "denied"]
    assert client.get("/c/millrace/follow-up/?again=due").context["count"] == 1


def test_a_remittance_that_came_in_waits_until_all_of_it_is_posted(
    inside: Clinic, access: Access, biller: User, medicare: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    exchange = "/c/millrace/exchange/"
    file = take(inside, biller, "era.835", remittance([Said(medicare[0], pays_well)])).remittance_file
    assert file is not None
    assert [(tile.count, tile.address) for tile in tiles_of(access)] == [
        ("1 remittance file", "/c/millrace/exchange/#in-head")
    ]
    assert "look and post" in as_role(Role.BILLER).get(exchange).content.decode()
    (row,) = post(inside, biller, file).posted
    assert tiles_of(access) == []
    text = as_role(Role.BILLER).get(exchange).content.decode()
    assert ("look and post" in text, '<span class="tag tag-good">posted</span>' in text) == (False, True)
    # The same payment in another file of the clearinghouse: nothing of it waits once somebody has had it posted.
    again = take(inside, biller, "again.835", remittance([Said(medicare[0], pays_well)]) + b"\n").remittance_file
    assert again is not None
    assert what_waits(DAY).files == 1
    assert post(inside, biller, again).posted == []
    assert what_waits(DAY).files == 0
    unpost(inside, biller, row.pk)
    assert what_waits(DAY).files == 1


def test_a_file_that_does_not_add_up_goes_on_waiting(inside: Clinic, biller: User, medicare: list[Claim]) -> None:
    file = take(inside, biller, "era.835", remittance([Said(medicare[0], pays_well)], off=1)).remittance_file
    assert file is not None
    assert post(inside, biller, file).posted == []
    assert what_waits(DAY).files == 1
