"""What a payer leaves to the patient while somebody else is to be asked is not asked of them until that is settled."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from cleanclaim.practice.engine.books import ledger_checks
from cleanclaim.practice.engine.claims.coordination import looked_at
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.follow_up.following_up import to_patient
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.patients import statements
from cleanclaim.practice.engine.payments.placing import place
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, User, WorkItem, WorkState
from cleanclaim.receivables.statements import Sending
from cleanclaim.records import CoverageOrder
from tests.practice.conftest import DAY
from tests.practice.money.answers import Decision, Said, pays_well, remittance

Adjustments: TypeAlias = list[tuple[str, str, int]]


def owed_and_waiting(claim: Claim) -> set[tuple[int, int]]:
    """What the claim's patient owes, and what waits: by the account, and by the open balances of all."""
    found = (account_of(claim.patient_id), open_accounts()[claim.patient_id])
    return {(figures.owed_cents, figures.waiting_cents) for figures in (one.balance(DAY) for one in found)}


def charge_of(claim: Claim) -> int:
    assert claim.charge_cents is not None
    return claim.charge_cents


def said(clinic: Clinic, biller: User, answer: Said, trace: str) -> None:
    """Post one payer's answer."""
    (row,) = post(clinic, biller, keep_file(clinic, biller, remittance([answer], trace=trace))).posted
    assert row.held_cents == 0


@pytest.fixture
def with_next(inside: Clinic, biller: User) -> Claim:
    """A filed claim of a patient who has a second plan."""
    ready = Claim.objects.filter(
        status=ClaimStatus.READY.value, gaps=[], patient__coverages__order=CoverageOrder.SECONDARY.value
    )
    chosen = ready.order_by("number")[0]
    release(inside, [chosen.pk], biller)
    found: Claim = Claim.objects.get(pk=chosen.pk)
    return found


@pytest.mark.parametrize(
    ("reason", "waits"), [("27", True), ("31", True), ("22", True), ("50", True), ("204", False), ("3", False)]
)
def test_a_refusal_waits_for_a_person_and_a_share_of_cost_does_not(
    inside: Clinic, biller: User, claim: Claim, reason: str, waits: object
) -> None:
    said(inside, biller, Said(claim, lambda _number, charge: Decision(0, [("PR", reason, charge)])), "EFT1")
    charge = charge_of(claim)
    assert owed_and_waiting(claim) == {(0, charge) if waits else (charge, 0)}
    (one,) = statements.candidates(inside, [claim.patient_id])
    assert one.sending is (Sending.NOTHING_OWED if waits else Sending.SEND)
    to_patient(inside, [item.pk for item in WorkItem.objects.filter(claim=claim)], biller)
    assert owed_and_waiting(claim) == {(charge, 0)}
    (one,) = statements.candidates(inside, [claim.patient_id])
    assert one.sending is Sending.SEND
    assert ledger_checks.verify(inside).faults == []


@pytest.mark.parametrize(
    ("beside", "owed", "waiting"),
    [
        # The plan takes them for no member: another plan is to be found.
        ([("PR", "27", 1_000)], 0, 1_000),
        ([("PR", "50", 1_000)], 0, 1_000),
        # Not a benefit of the plan, and coinsurance: the patient's, whatever else is disputed.
        ([("PR", "204", 1_000)], 1_000, 0),
        ([("PR", "2", 1_000)], 1_000, 0),
        ([("PR", "2", 600), ("PR", "27", 400)], 600, 400),
        # The benefit is used up by one payer's rules, and wants a modifier by Medicare's: looked at first.
        ([("PR", "119", 1_000)], 0, 1_000),
    ],
)
def test_what_is_refused_beside_something_larger_waits_as_its_own_reason_has_it(
    inside: Clinic, biller: User, claim: Claim, beside: Adjustments, owed: int, waiting: int
) -> None:
    def decide(_number: int, charge: int) -> Decision:
        return Decision(0, [("CO", "197", charge - 1_000), *beside])

    said(inside, biller, Said(claim, decide, status="4"), "EFT1")
    lines = len(claim.record["lines"])
    assert {item.group for item in WorkItem.objects.filter(claim=claim)} == {"CO"}
    assert owed_and_waiting(claim) == {(owed * lines, waiting * lines)}
    # What the plan still owes is dealt with: what is left is the patient's.
    WorkItem.objects.filter(claim=claim).update(state=WorkState.CLOSED.value)
    assert owed_and_waiting(claim) == {(1_000 * lines, 0)}
    assert ledger_checks.verify(inside).faults == []


def test_what_the_second_payer_refuses_waits_on_the_lines_of_the_first_claim(
    inside: Clinic, biller: User, with_next: Claim
) -> None:
    said(inside, biller, Said(with_next, pays_well), "EFT1")
    second = Claim.objects.get(follows=with_next)
    Claim.objects.filter(pk=second.pk).update(status=ClaimStatus.READY.value)
    release(inside, [second.pk], biller)
    second.refresh_from_db()
    refused = Said(second, lambda _number, charge: Decision(0, [("PR", "27", charge)]), status="4", payer_number="S1")
    said(inside, biller, refused, "EFT2")
    left = charge_of(with_next) - Said(with_next, pays_well).paid()
    left -= sum(line["charge_cents"] * 3 // 10 for line in with_next.record["lines"])
    assert owed_and_waiting(with_next) == {(0, left)}
    to_patient(inside, [item.pk for item in WorkItem.objects.filter(claim=second)], biller)
    assert owed_and_waiting(with_next) == {(left, 0)}


def test_what_was_sent_on_to_a_plan_that_is_not_on_file_waits_until_somebody_has_looked(
    inside: Clinic, biller: User, claim: Claim
) -> None:
    left = sum(pays_well(0, line["charge_cents"]).adjustments[1][2] for line in claim.record["lines"])
    said(inside, biller, Said(claim, pays_well, status="19"), "EFT1")
    claim.refresh_from_db()
    assert claim.attention.startswith("it was sent on to another payer, a plan that it does not name")
    assert owed_and_waiting(claim) == {(0, left)}
    (one,) = statements.candidates(inside, [claim.patient_id])
    assert one.sending is Sending.NOTHING_OWED
    looked_at(claim.pk, biller)
    assert owed_and_waiting(claim) == {(left, 0)}


def test_what_was_sent_on_is_the_patients_once_that_plan_has_answered(
    inside: Clinic, biller: User, claim: Claim
) -> None:
    left = {line["number"]: pays_well(0, line["charge_cents"]).adjustments[1][2] for line in claim.record["lines"]}
    said(inside, biller, Said(claim, pays_well, status="19"), "EFT1")

    def crossed(number: int, charge: int) -> Decision:
        return Decision(left[number] - 300, [("OA", "23", charge - left[number]), ("PR", "1", 300)])

    said(inside, biller, Said(claim, crossed, status="2", payer_number="S1"), "EFT2")
    assert owed_and_waiting(claim) == {(300 * len(left), 0)}
    assert ledger_checks.verify(inside).faults == []


def test_a_claim_that_is_sent_on_with_nothing_left_needs_nobody(inside: Clinic, biller: User, claim: Claim) -> None:
    said(
        inside, biller, Said(claim, lambda _n, charge: Decision(charge - 100, [("CO", "45", 100)]), status="19"), "EFT1"
    )
    claim.refresh_from_db()
    assert claim.attention == ""


def test_an_answer_put_onto_a_claim_by_a_person_is_marked_as_well(inside: Clinic, biller: User, claim: Claim) -> None:
    stray = Said(claim, pays_well, status="19", number="X999", payer_number="")
    text = remittance([stray]).replace(claim.record["payer"]["member_id"].encode(), b"NOBODY")
    (row,) = post(inside, biller, keep_file(inside, biller, text)).posted
    place(inside, biller, row.answers.get().pk, claim.number)
    claim.refresh_from_db()
    assert claim.attention.startswith("it was sent on to another payer")
    assert {owed for owed, _waiting in owed_and_waiting(claim)} == {0}
