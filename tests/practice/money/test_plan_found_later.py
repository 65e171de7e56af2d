"""A plan that is entered after the first payer answered is asked for what that payer left, and not the patient."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cleanclaim.practice.engine.books import ledger_checks
from cleanclaim.practice.engine.claims.coordination import bill_next, due_claims, make_due
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.ledger.receipts import Payment, take
from cleanclaim.practice.engine.ledger.write_offs import ask
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, Coverage, Means, Remittance, User, WorkItem
from cleanclaim.receivables.giving_up import Reason
from tests.practice.conftest import DAY
from tests.practice.money.answers import Decision, Said, pays_well, remittance


@pytest.fixture
def alone(filed: list[Claim]) -> Claim:
    """A filed claim of a patient with one plan."""
    return next(claim for claim in filed if not claim.record["other_payers"])


def posted(clinic: Clinic, user: User, said: list[Said], trace: str) -> Remittance:
    (row,) = post(clinic, user, keep_file(clinic, user, remittance(said, trace=trace))).posted
    return row


def enter_plan(claim: Claim) -> None:
    """A second plan of the patient, in force on the day."""
    Coverage.objects.create(
        clinic_id=claim.clinic_id, patient_id=claim.patient_id, order="secondary", payer="larkspur_mutual",
        payer_name="Larkspur Mutual", payer_identifier="SYNLM01", member_id="SYN000001", relationship="self",
    )  # fmt: skip


def open_amounts(head: Claim) -> dict[str, int]:
    """What is open on a claim's lines, in cents, by who is asked."""
    found = {"patient": 0}
    for line in ledger_rows.line_states([head.pk])[head.pk].values():
        found["patient"] += line.open_to_patient
        for payer, cents in line.by_payer.items():
            found[payer] = found.get(payer, 0) + cents
    return {payer: cents for payer, cents in found.items() if cents}


def left_of(claim: Claim) -> dict[int, int]:
    """What `pays_well` leaves of each line."""
    return {line["number"]: pays_well(0, line["charge_cents"]).adjustments[1][2] for line in claim.record["lines"]}


def followed(clinic: Clinic, user: User, claim: Claim) -> Claim:
    """The claim to the plan that was entered: made, and filed."""
    (made,) = make_due(clinic, user, due_claims())
    assert made.follows_id == claim.pk
    Claim.objects.filter(pk=made.pk).update(status=ClaimStatus.READY.value)
    release(clinic, [made.pk], user)
    made.refresh_from_db()
    assert made.status == ClaimStatus.SUBMITTED.value
    return made


def pays_the_rest(claim: Claim) -> Said:
    """The second payer pays what the first left."""
    left = left_of(claim)
    return Said(
        claim, lambda number, charge: Decision(left[number], [("OA", "23", charge - left[number])]), status="2",
        payer_number="S1",
    )  # fmt: skip


def test_what_stood_with_the_patient_is_asked_of_the_plan(inside: Clinic, biller: User, alone: Claim) -> None:
    posted(inside, biller, [Said(alone, pays_well)], "EFT1")
    left = sum(left_of(alone).values())
    assert open_amounts(alone) == {"patient": left}
    enter_plan(alone)
    second = followed(inside, biller, alone)
    assert open_amounts(alone) == {"secondary": left}
    assert alone.patient_id not in open_accounts()
    assert [line.shares for line in account_of(alone.patient_id).lines if line.claim == alone.number] == [(), ()]
    posted(inside, biller, [pays_the_rest(second)], "EFT2")
    assert open_amounts(alone) == {}
    assert not WorkItem.objects.filter(claim__patient=alone.patient_id, kind="credit").exists()
    assert ledger_checks.verify(inside).faults == []


def test_what_the_patient_had_paid_of_it_is_theirs_again(inside: Clinic, biller: User, alone: Claim) -> None:
    posted(inside, biller, [Said(alone, pays_well)], "EFT1")
    left = sum(left_of(alone).values())
    take(inside, biller, alone.patient, Payment(uuid4(), left, Means.CHECK, DAY))
    enter_plan(alone)
    second = followed(inside, biller, alone)
    assert open_amounts(alone) == {"patient": -left, "secondary": left}
    posted(inside, biller, [pays_the_rest(second)], "EFT2")
    assert open_amounts(alone) == {"patient": -left}
    figures = account_of(alone.patient_id).balance(DAY)
    assert (figures.owed_cents, figures.credit_cents) == (0, left)
    assert ledger_checks.verify(inside).faults == []


def test_what_was_written_off_is_nobodys(inside: Clinic, biller: User, alone: Claim) -> None:
    posted(inside, biller, [Said(alone, pays_well)], "EFT1")
    left = left_of(alone)
    key = f"{alone.pk}:{alone.number}:1"
    ask(inside, biller, alone.patient, {(key, "patient"): 500}, Reason.CLINIC_ERROR, "promised", decides_alone=True)
    enter_plan(alone)
    followed(inside, biller, alone)
    assert open_amounts(alone) == {"secondary": sum(left.values()) - 500}


def test_it_is_taken_back_with_the_answer_that_left_it(inside: Clinic, biller: User, alone: Claim) -> None:
    row = posted(inside, biller, [Said(alone, pays_well)], "EFT1")
    enter_plan(alone)
    followed(inside, biller, alone)
    unpost(inside, biller, row.pk)
    charge = sum(line["charge_cents"] for line in alone.record["lines"])
    assert open_amounts(alone) == {"primary": charge}
    # Posted again, it goes to the plan at once: a claim asks it.
    posted(inside, biller, [Said(alone, pays_well)], "EFT1")
    assert open_amounts(alone) == {"secondary": sum(left_of(alone).values())}
    assert ledger_checks.verify(inside).faults == []


def test_the_first_payer_takes_its_answer_back_and_corrects_it(inside: Clinic, biller: User, alone: Claim) -> None:
    posted(inside, biller, [Said(alone, pays_well)], "EFT1")
    enter_plan(alone)
    followed(inside, biller, alone)
    left = left_of(alone)

    def corrected(number: int, charge: int) -> Decision:
        return Decision(charge // 2 - 100, [("CO", "45", charge * 3 // 10), ("PR", "2", left[number] + 100)])

    posted(inside, biller, [Said(alone, pays_well, status="22", sign=-1), Said(alone, corrected)], "EFT3")
    assert open_amounts(alone) == {"secondary": sum(left.values()) + 100 * len(left)}
    assert ledger_checks.verify(inside).faults == []


def test_a_plan_that_the_payer_sent_it_on_to_unknown_is_billed_for_a_reason(
    inside: Clinic, biller: User, alone: Claim
) -> None:
    posted(inside, biller, [Said(alone, pays_well, status="19")], "EFT1")
    enter_plan(alone)
    assert due_claims() == []
    made = bill_next(inside, alone.pk, biller, because="the plan has no record of it")
    left = sum(left_of(alone).values())
    assert (made.order, open_amounts(alone)) == ("secondary", {"secondary": left})
