"""What a payer says that the patient paid (AMT F5) is held against the receipts, and moves nothing.

The amounts were worked out beforehand: the payer always says $40.00.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cleanclaim.ledger.accounts import Account
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.receipts import Payment, take, void
from cleanclaim.practice.engine.payments.patient_said import SaidPaid, said_of
from cleanclaim.practice.engine.payments.placing import place
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import AnswerState, Claim, ClaimAnswer, ClaimEvent, Clinic, Means, Receipt, Role, User
from tests.practice.money.answers import Said, pays_well, remittance


class SaysPaid(Said):
    """An answer with what the patient is said to have paid."""

    def text(self) -> str:
        return super().text().replace("SVC*", f"AMT*F5*{self.sign * 40}~SVC*", 1)


def taken(clinic: Clinic, user: User, claim: Claim, cents: int, *, days_before: int = 0) -> Receipt:
    on = claim.date_of_service - timedelta(days=days_before)
    return take(clinic, user, claim.patient, Payment(uuid4(), cents, Means.CASH, on))


def posted(clinic: Clinic, user: User, said: Said, trace: str = "EFT1") -> None:
    assert len(post(clinic, user, keep_file(clinic, user, remittance([said], trace=trace))).posted) == 1


def attention(claim: Claim) -> str:
    found: str = Claim.objects.values_list("attention", flat=True).get(pk=claim.pk)
    return found


@pytest.mark.parametrize(
    ("receipts", "why"),
    [
        ((), "and receipts here come to $0.00: look for the other $40.00"),
        (((2_000, 0),), "and receipts here come to $20.00: look for the other $20.00"),
        (((2_000, 0), (1_999, 9)), "and receipts here come to $39.99: look for the other $0.01"),
        (((4_000, 0),), ""),
        (((2_000, 0), (2_000, 9)), ""),
        (((5_000, 9),), ""),
    ],
)
def test_a_difference_is_put_among_what_is_to_be_looked_at(
    inside: Clinic, biller: User, filed: list[Claim], receipts: tuple[tuple[int, int], ...], why: str
) -> None:
    claim = filed[0]
    for cents, days_before in receipts:
        taken(inside, biller, claim, cents, days_before=days_before)
    before = ledger_rows.totals()
    posted(inside, biller, SaysPaid(claim, pays_well))
    assert attention(claim) == (f"the payer says that the patient paid $40.00 (EFT1), {why}" if why else "")
    assert ClaimEvent.objects.filter(claim=claim, action="look at it").count() == (1 if why else 0)
    after = ledger_rows.totals()
    for account in (Account.PATIENT_CASH, Account.PATIENT_CREDIT):
        assert after.get(account, 0) == before.get(account, 0)
    assert list(ledger_rows.faults(inside)) == []


def test_what_is_to_be_looked_at_for_another_reason_keeps_that(
    inside: Clinic, biller: User, filed: list[Claim]
) -> None:
    Claim.objects.filter(pk=filed[0].pk).update(attention="another reason")
    posted(inside, biller, SaysPaid(filed[0], pays_well))
    assert attention(filed[0]) == "another reason"
    assert ClaimEvent.objects.filter(claim=filed[0], action="look at it").count() == 1


def test_a_receipt_that_was_voided_does_not_count(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    claim = filed[0]
    void(inside, biller, taken(inside, biller, claim, 4_000).pk, "the check came back")
    posted(inside, biller, SaysPaid(claim, pays_well))
    assert said_of(claim) == SaidPaid(told=4_000, on_claim=0, credit=0, on_day=0)


def test_what_the_patient_pays_afterwards_ends_it_at_the_claim(
    inside: Clinic, biller: User, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    claim = filed[0]
    posted(inside, biller, SaysPaid(claim, pays_well))
    client = as_role(Role.BILLER)
    address = reverse("claim_money", args=[inside.slug, claim.pk])
    page = client.get(address).content.decode()
    assert "Look for the other $40.00" in page
    assert claim.number in client.get(reverse("next_payers", args=[inside.slug])).content.decode()
    taken(inside, biller, claim, 4_000)
    page = client.get(address).content.decode()
    assert "The receipts here explain it" in page


def test_an_answer_that_was_taken_back_tells_nothing(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    claim = filed[0]
    posted(inside, biller, SaysPaid(claim, pays_well))
    assert said_of(claim) is not None
    posted(inside, biller, SaysPaid(claim, pays_well, status="22", sign=-1), "EFT2")
    assert said_of(claim) is None


def test_a_payment_that_is_unposted_takes_its_marks_along(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    first, second, _third = filed
    data = remittance([SaysPaid(first, pays_well), SaysPaid(second, pays_well, payer_number="PCN2")])
    (row,) = post(inside, biller, keep_file(inside, biller, data)).posted
    assert attention(first)
    Claim.objects.filter(pk=second.pk).update(attention="another reason")
    unpost(inside, biller, row.pk)
    assert (attention(first), attention(second)) == ("", "another reason")
    assert said_of(first) is None


def test_it_is_told_before_posting_and_when_a_person_places_it(
    inside: Clinic, biller: User, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    claim = filed[0]
    file = keep_file(inside, biller, remittance([SaysPaid(claim, pays_well)]))
    page = as_role(Role.BILLER).get(reverse("remittance_file", args=[inside.slug, file.pk])).content.decode()
    assert "What patients are said to have paid" in page
    assert "Look for the other $40.00" in page
    claim.record["patient"]["name"]["family_name"] = "Somebody Else"
    claim.record["payer"]["member_id"] = "OTHER"
    posted(inside, biller, SaysPaid(claim, pays_well, number="LOST"), "EFT2")
    held = ClaimAnswer.objects.get(state=AnswerState.HELD.value)
    place(inside, biller, held.pk, claim.number)
    assert attention(claim).endswith("look for the other $40.00")
