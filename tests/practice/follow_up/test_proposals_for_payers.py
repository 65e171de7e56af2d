"""What no check foresaw becomes a line for the payer's file: tried, then switched on by a person, or declined."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice.engine.follow_up import proposals
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.models import Claim, Clinic, PackFile, Proposal, Role, User, WorkItem
from cleanclaim.reference import payers
from tests.practice.follow_up.conftest import Answer
from tests.practice.money.answers import Said, denies

SignedIn = Callable[[Role], Client]


@pytest.fixture
def proposed(inside: Clinic, medicare: list[Claim], answer: Answer) -> Proposal:
    """Medicare refuses two claims for want of approval, which its file does not ask for."""
    answer(Said(medicare[0], denies), Said(medicare[1], denies, payer_number="PCN2"))
    assert proposals.gather(inside) == 1
    row: Proposal = Proposal.objects.get()
    return row


def own_files(clinic: Clinic) -> list[PackFile]:
    """The clinic's own files of Medicare."""
    return list(PackFile.objects.filter(clinic=clinic, payer="medicare_b"))


def test_what_is_proposed(inside: Clinic, proposed: Proposal, medicare: list[Claim]) -> None:
    lines = len(medicare[0].record["lines"]) + len(medicare[1].record["lines"])
    assert (proposed.payer, proposed.setting, proposed.value, proposed.items) == (
        "medicare_b", "prior_authorization_required", "true", lines,
    )  # fmt: skip
    assert proposed.valid_from == min(claim.date_of_service for claim in medicare[:2])
    assert proposed.cents == sum(item.first_cents for item in WorkItem.objects.all())
    assert proposals.gather(inside) == 0
    assert Proposal.objects.count() == 1


def test_what_was_foreseen_proposes_nothing(inside: Clinic, proposed: Proposal) -> None:
    proposed.delete()
    WorkItem.objects.update(foresight="foreseen")
    assert proposals.gather(inside) == 0
    assert Proposal.objects.count() == 0


def test_it_is_tried_on_past_visits_and_changes_nothing(
    inside: Clinic, proposed: Proposal, medicare: list[Claim]
) -> None:
    before = WorkItem.objects.count()
    found = proposals.tried(inside, proposed)
    trial = found.trial or {}
    assert (trial["denied"], trial["caught"]) == (2, 2)
    assert trial["visits"] > 2
    assert 0 <= trial["disturbed"] <= trial["visits"] - 2
    assert any(one["rule"].startswith("AU") and one["added"] for one in trial["rules"])
    assert not own_files(inside)
    assert WorkItem.objects.count() == before
    del medicare


def test_it_is_switched_on_in_the_clinics_own_file_by_a_named_person(
    inside: Clinic, biller: User, proposed: Proposal
) -> None:
    with pytest.raises(NotDoneError, match="a reason is expected"):
        proposals.switch_on(inside, proposed.pk, biller, " ")
    assert not own_files(inside)
    row = proposals.switch_on(inside, proposed.pk, biller, "seen twice")
    assert (row.state, row.decided_by, row.decided_because) == ("switched_on", biller, "seen twice")
    (file,) = own_files(inside)
    pack = payers.parse_pack("medicare_b", file.text)
    assert pack.setting("prior_authorization_required", proposed.valid_from).value is True
    shipped = payers.get("medicare_b")
    assert pack.setting("unit_method", proposed.valid_from) == shipped.setting("unit_method", proposed.valid_from)
    assert biller.name in file.text
    with pytest.raises(NotDoneError, match="decided already"):
        proposals.decline(proposed.pk, biller, "no")


def test_declined_it_does_not_come_back(inside: Clinic, biller: User, proposed: Proposal) -> None:
    proposals.decline(proposed.pk, biller, "the payer erred")
    assert proposals.gather(inside) == 0
    assert [row.state for row in Proposal.objects.all()] == ["declined"]
    assert not own_files(inside)


def test_the_page(as_role: SignedIn, inside: Clinic, proposed: Proposal) -> None:
    client = as_role(Role.BILLER)
    address = "/c/millrace/follow-up/proposals/"
    text = client.get(address).content.decode()
    assert "prior_authorization_required = true" in text
    assert client.post(f"{address}{proposed.pk}/", {"action": "decline", "because": "no"}).status_code == 302
    proposed.refresh_from_db()
    assert proposed.state == "declined"
    assert as_role(Role.AUDITOR).post(f"{address}{proposed.pk}/", {"action": "on", "because": "x"}).status_code == 403
    assert not own_files(inside)
