"""The next payer is billed once, with what was decided before it; what an earlier payer says later is not overlooked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.test import Client

from cleanclaim import records
from cleanclaim.practice.engine.claims.coordination import (
    Next,
    NotMadeError,
    bill_next,
    due_claims,
    looked_at,
    next_payer,
)
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import Claim, ClaimAnswer, ClaimStatus, Clinic, Remittance, Role, User
from cleanclaim.records import AdjustmentGroup, CoverageOrder
from tests.practice.money.answers import Decision, Said, denies, pays_well, remittance


@pytest.fixture
def first(inside: Clinic, biller: User) -> Claim:
    """A filed claim to the first payer of a patient who has a second one."""
    ready = Claim.objects.filter(
        status=ClaimStatus.READY.value, gaps=[], patient__coverages__order=CoverageOrder.SECONDARY.value
    ).order_by("number")
    chosen = ready.first()
    assert chosen is not None
    release(inside, [chosen.pk], biller)
    found: Claim = Claim.objects.get(pk=chosen.pk)
    assert found.status == ClaimStatus.SUBMITTED.value
    return found


def posted(clinic: Clinic, user: User, said: Sequence[Said], trace: str) -> Remittance:
    (row,) = post(clinic, user, keep_file(clinic, user, remittance(said, trace=trace))).posted
    return row


def open_amounts(head: Claim) -> dict[str, int]:
    """What is open on a claim's lines, in cents, by who is asked."""
    found: dict[str, int] = {"patient": 0}
    for line in ledger_rows.line_states([head.pk])[head.pk].values():
        found["patient"] += line.open_to_patient
        for payer, cents in line.by_payer.items():
            found[payer] = found.get(payer, 0) + cents
    return {payer: cents for payer, cents in found.items() if cents}


def charged(claim: Claim) -> int:
    return sum(line["charge_cents"] for line in claim.record["lines"])


def left_by_first(claim: Claim) -> int:
    return sum(pays_well(0, line["charge_cents"]).adjustments[1][2] for line in claim.record["lines"])


def follower(head: Claim) -> Claim:
    found: Claim = Claim.objects.get(follows=head)
    return found


def test_the_next_payer_gets_a_claim_with_what_was_decided(inside: Clinic, biller: User, first: Claim) -> None:
    assert next_payer(first).state is Next.WAITING
    posted(inside, biller, [Said(first, pays_well)], "EFT1")
    second = follower(first)
    found = next_payer(first)
    assert (found.state, found.claim, found.left_cents) == (Next.MADE, second, left_by_first(first))
    assert (second.number, second.order, second.frequency) == (f"{first.visit.number}S", "secondary", "1")
    assert second.expected_cents == left_by_first(first)
    record = records.Claim.model_validate(second.record)
    assert (record.payer.order, record.total_charge_cents) == (CoverageOrder.SECONDARY, charged(first))
    (other,) = record.other_payers
    assert other.order is CoverageOrder.PRIMARY
    told = other.adjudication
    assert told is not None
    assert (told.paid_cents, told.claim_number, told.adjudicated_on.isoformat()) == (
        Said(first, pays_well).paid(), "PCN1", "2026-10-12",
    )  # fmt: skip
    for line in record.lines:
        decided = pays_well(line.number, line.charge_cents)
        (answer,) = [one for one in told.lines if one.line == line.number]
        assert answer.paid_cents == decided.paid
        assert [(one.group.value, one.reason, one.amount_cents) for one in answer.adjustments] == list(
            decided.adjustments
        )
    # What was moved to the second payer is what it is asked for, and nothing is charged again.
    assert open_amounts(first) == {"secondary": left_by_first(first)}
    assert second.gaps == []


def test_the_second_payer_pays_the_lines_of_the_first_claim(inside: Clinic, biller: User, first: Claim) -> None:
    posted(inside, biller, [Said(first, pays_well)], "EFT1")
    second = follower(first)
    Claim.objects.filter(pk=second.pk).update(status=ClaimStatus.READY.value)
    release(inside, [second.pk], biller)
    second.refresh_from_db()
    assert second.status == ClaimStatus.SUBMITTED.value
    assert open_amounts(first) == {"secondary": left_by_first(first)}

    def decide(_number: int, charge: int) -> Decision:
        # It gives up more by its own schedule than is open to it, as payers do that come second.
        left = pays_well(0, charge).adjustments[1][2]
        return Decision(left - 100, [("CO", "45", charge - left), ("PR", "3", 100)])

    posted(inside, biller, [Said(second, decide, status="2", payer_number="S1")], "EFT2")
    lines = len(second.record["lines"])
    assert open_amounts(first) == {"patient": 100 * lines}
    answer = ClaimAnswer.objects.get(claim=second)
    assert (answer.order, answer.given_up_cents, answer.patient_cents, answer.open_cents) == (
        "secondary", 0, 100 * lines, 0,
    )  # fmt: skip
    assert list(ledger_rows.faults(inside)) == []
    assert next_payer(second).state is Next.NOBODY


def test_what_the_second_payer_denies_stays_open_to_it_alone(inside: Clinic, biller: User, first: Claim) -> None:
    posted(inside, biller, [Said(first, pays_well)], "EFT1")
    second = follower(first)
    Claim.objects.filter(pk=second.pk).update(status=ClaimStatus.READY.value)
    release(inside, [second.pk], biller)
    second.refresh_from_db()
    posted(inside, biller, [Said(second, denies, status="4")], "EFT2")
    assert open_amounts(first) == {"secondary": left_by_first(first)}
    assert ClaimAnswer.objects.get(claim=second).open_cents == left_by_first(first)


def test_a_claim_that_was_sent_on_is_not_billed_twice(inside: Clinic, biller: User, first: Claim) -> None:
    posted(inside, biller, [Said(first, pays_well, status="19")], "EFT1")
    assert not Claim.objects.filter(follows=first).exists()
    assert due_claims() == []
    found = next_payer(first)
    assert (found.state, found.forwarded_to) == (Next.FORWARDED, "another payer")
    with pytest.raises(NotMadeError, match="say why"):
        bill_next(inside, first.pk, biller)

    def decide(_number: int, charge: int) -> Decision:
        left = pays_well(0, charge).adjustments[1][2]
        return Decision(left, [("OA", "23", charge - left)])

    # The payer that it was sent on to answers by the number of the first claim.
    posted(inside, biller, [Said(first, decide, status="2", payer_number="S1")], "EFT2")
    assert open_amounts(first) == {}
    answer = ClaimAnswer.objects.get(claim=first, order="secondary")
    assert (answer.paid_cents, answer.open_cents, answer.given_up_cents) == (left_by_first(first), 0, 0)
    assert list(ledger_rows.faults(inside)) == []


def test_a_claim_that_was_lost_on_the_way_is_billed_for_a_reason(inside: Clinic, biller: User, first: Claim) -> None:
    posted(inside, biller, [Said(first, pays_well, status="19")], "EFT1")
    made = bill_next(inside, first.pk, biller, because="the supplement has no record of it")
    assert made.follows_id == first.pk
    assert made.events.get().detail == f"follows {first.number}: the supplement has no record of it"
    with pytest.raises(NotMadeError, match="is there already"):
        bill_next(inside, first.pk, biller, because="again")


def test_a_claim_that_was_sent_on_to_a_plan_that_is_not_on_file_is_told(
    inside: Clinic, biller: User, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    alone = next(claim for claim in filed if not claim.record["other_payers"])
    posted(inside, biller, [Said(alone, pays_well, status="19")], "EFT1")
    found = next_payer(alone)
    assert (found.state, found.forwarded_to) == (Next.NOBODY, "another payer")
    page = as_role(Role.BILLER).get(f"/c/millrace/claims/{alone.pk}/money/").content.decode()
    assert "sent the claim on to another payer, and no such plan is on file" in page


def test_a_denial_leaves_nothing_to_the_next_payer(inside: Clinic, biller: User, first: Claim) -> None:
    posted(inside, biller, [Said(first, denies, status="4")], "EFT1")
    assert next_payer(first).state is Next.NOTHING_LEFT
    assert not Claim.objects.filter(follows=first).exists()
    assert open_amounts(first) == {"primary": charged(first)}


def test_a_changed_answer_is_put_into_a_claim_that_waits(inside: Clinic, biller: User, first: Claim) -> None:
    posted(inside, biller, [Said(first, pays_well)], "EFT1")

    def pays_more(number: int, charge: int) -> Decision:
        was = pays_well(number, charge)
        left = was.adjustments[1][2]
        return Decision(was.paid + 50, [was.adjustments[0], ("PR", "2", left - 50)])

    back = Said(first, pays_well, status="22", sign=-1)
    posted(inside, biller, [back, Said(first, pays_more, payer_number="PCN2")], "EFT2")
    record = records.Claim.model_validate(follower(first).record)
    told = record.other_payers[0].adjudication
    assert told is not None
    assert told.claim_number == "PCN2"
    left = [one.amount_cents for line in told.lines for one in line.adjustments if one.group is AdjustmentGroup.PATIENT]
    assert sum(left) == left_by_first(first) - 50 * len(record.lines)
    assert open_amounts(first) == {"secondary": sum(left)}
    assert list(ledger_rows.faults(inside)) == []


def test_a_changed_answer_marks_a_claim_that_has_left(inside: Clinic, biller: User, first: Claim) -> None:
    row = posted(inside, biller, [Said(first, pays_well)], "EFT1")
    second = follower(first)
    Claim.objects.filter(pk=second.pk).update(status=ClaimStatus.READY.value)
    release(inside, [second.pk], biller)
    unpost(inside, biller, row.pk)
    second.refresh_from_db()
    assert second.attention == "an earlier payer changed its answer (EFT1) after this claim was filed"
    looked_at(second.pk, biller)
    second.refresh_from_db()
    assert second.attention == ""
    with pytest.raises(NotMadeError, match="nothing waits"):
        looked_at(second.pk, biller)
