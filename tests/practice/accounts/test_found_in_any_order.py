"""What random steps over a clinic's money have found, each as the shortest story that shows it."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.ledger.accounts import Account
from cleanclaim.practice.engine.books.periods import close
from cleanclaim.practice.engine.claims import coordination
from cleanclaim.practice.engine.claims.filing import NotFiledError, drop_answer, give_to_patient, release, replace_claim
from cleanclaim.practice.engine.exchange import acknowledging
from cleanclaim.practice.engine.exchange.reopening import reopen_rejected
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, LedgerTransaction, Remittance, Role, User, WorkState
from cleanclaim.records import CoverageOrder
from tests.practice.accounts.payer_words import SaidClaim, SaidLine, SaidPayment, remittance_file, returned_file
from tests.practice.conftest import person
from tests.practice.money.answers import Said, pays_well, remittance


@pytest.fixture
def filed(inside: Clinic, biller: User) -> Claim:
    """A filed claim of a patient with one payer."""
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).order_by("number")
    first = next(claim for claim in ready if not claim.record["other_payers"])
    release(inside, [first.pk], biller)
    found: Claim = Claim.objects.get(pk=first.pk)
    return found


def _denied(claim: Claim) -> list[SaidLine]:
    """Every line of a claim, denied for want of an authorization."""
    return [
        SaidLine(
            one["code"], tuple(one["modifiers"]), one["units"], one["charge_cents"], 0,
            (("CO", "197", one["charge_cents"]),), one["control_number"],
        )
        for one in claim.record["lines"]
    ]  # fmt: skip


def test_a_payment_of_a_closed_day_is_written_on_the_first_open_one(inside: Clinic, biller: User) -> None:
    close(inside, person(inside, Role.OWNER), date(2026, 9, 20))
    for number, paid_on in enumerate((date(2026, 9, 20), date(2026, 9, 21))):
        said = SaidPayment(f"EFT{number}", paid_on, [], [("L6", "LATE", -125)])
        (row,) = post(inside, biller, keep_file(inside, biller, remittance_file([said], inside.npi))).posted
        assert row.paid_on == paid_on
    assert list(LedgerTransaction.objects.values_list("on", flat=True)) == [date(2026, 9, 21)] * 2
    assert list(ledger_rows.faults(inside)) == []


def test_a_claim_that_came_back_and_was_replaced_is_not_charged_by_a_late_answer(
    inside: Clinic, biller: User, filed: Claim
) -> None:
    acknowledging.take(inside, biller, "back.277", returned_file(filed.number, filed.record, 1))
    reopen_rejected(inside, [filed.pk], biller)
    release(inside, [filed.pk], biller)
    replacement = replace_claim(inside, filed.pk, biller, "PCN1")
    Claim.objects.filter(pk=replacement.pk).update(status=ClaimStatus.READY.value)
    release(inside, [replacement.pk], biller)
    charge = sum(line["charge_cents"] for line in filed.record["lines"])
    assert -ledger_rows.totals()[Account.CHARGES] == charge
    lines = [
        SaidLine(
            one["code"], (), 1, one["charge_cents"], 0, (("CO", "18", one["charge_cents"]),), one["control_number"]
        )
        for one in filed.record["lines"]
    ]
    said = SaidPayment("EFT1", date(2026, 9, 24), [SaidClaim(filed.number, "PCN1", filed.record, lines, "4")])
    (row,) = post(inside, biller, keep_file(inside, biller, remittance_file([said], inside.npi))).posted
    assert row.answers.get().claim_id == filed.pk
    assert -ledger_rows.totals()[Account.CHARGES] == charge


def test_a_claim_that_came_back_is_charged_to_the_patient_who_wants_no_plan_told(
    inside: Clinic, biller: User, filed: Claim
) -> None:
    acknowledging.take(inside, biller, "back.277", returned_file(filed.number, filed.record, 1))
    reopen_rejected(inside, [filed.pk], biller)
    Claim.objects.filter(pk=filed.pk).update(status=ClaimStatus.SUPERBILL.value)
    give_to_patient(filed.pk, biller)
    charge = sum(line["charge_cents"] for line in filed.record["lines"])
    totals = ledger_rows.totals()
    assert (-totals[Account.CHARGES], totals[Account.PATIENT_OPEN], totals[Account.PAYER_OPEN]) == (charge, charge, 0)
    with pytest.raises(NotFiledError, match="only a claim that the patient pays"):
        give_to_patient(filed.pk, biller)
    assert list(ledger_rows.faults(inside)) == []


def test_a_claim_whose_replacement_came_back_and_was_given_up_stands_again_and_is_charged(
    inside: Clinic, biller: User, filed: Claim
) -> None:
    charge = sum(line["charge_cents"] for line in filed.record["lines"])
    said = SaidClaim(filed.number, "PCN1", filed.record, _denied(filed), "4")
    payment = SaidPayment("EFT1", date(2026, 9, 24), [said])
    post(inside, biller, keep_file(inside, biller, remittance_file([payment], inside.npi)))
    assert {item.state for item in filed.work_items.all()} == {WorkState.OPEN.value}
    for count in (1, 2):  # as often as it happens
        replacement = replace_claim(inside, filed.pk, biller, "PCN1")
        Claim.objects.filter(pk=replacement.pk).update(status=ClaimStatus.READY.value)
        release(inside, [replacement.pk], biller)
        assert {item.state for item in filed.work_items.all()} == {WorkState.RESUBMITTED.value}
        acknowledging.take(inside, biller, "back.277", returned_file(replacement.number, filed.record, count))
        reopen_rejected(inside, [replacement.pk], biller)
        assert ledger_rows.totals()[Account.CHARGES] == 0
        assert drop_answer(replacement.pk, biller).status == ClaimStatus.SUBMITTED.value
        assert -ledger_rows.totals()[Account.CHARGES] == ledger_rows.totals()[Account.PAYER_OPEN] == charge
        assert {item.state for item in filed.work_items.all()} == {WorkState.OPEN.value}
    assert list(ledger_rows.faults(inside)) == []


def test_claims_to_next_payers_that_a_crash_left_out_are_made_when_the_file_is_posted_again(
    inside: Clinic, biller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = {"patient__coverages__order": CoverageOrder.SECONDARY.value}
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], **second).order_by("number")
    release(inside, [ready[0].pk], biller)
    first = Claim.objects.get(status=ClaimStatus.SUBMITTED.value)
    file = keep_file(inside, biller, remittance([Said(first, pays_well)]))

    def breaks(*_arguments: object) -> list[Claim]:
        raise RuntimeError("the program stops here")

    with monkeypatch.context() as patched:
        patched.setattr(coordination, "make_due", breaks)
        with pytest.raises(RuntimeError, match="stops here"):
            post(inside, biller, file)
    assert (Remittance.objects.count(), Claim.objects.filter(follows=first).count()) == (1, 0)
    again = post(inside, biller, file)
    assert (len(again.known), again.posted) == (1, [])
    assert [claim.number for claim in again.next_claims] == [f"{first.number}S"]
    assert post(inside, biller, file).next_claims == []


@pytest.mark.parametrize("was_filed", [False, True])
def test_a_claim_to_the_next_payer_goes_on_with_the_claim_that_replaced_the_first(
    inside: Clinic, biller: User, *, was_filed: bool
) -> None:
    def ready(claim: Claim) -> Claim:
        Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.READY.value)
        release(inside, [claim.pk], biller)
        found: Claim = Claim.objects.get(pk=claim.pk)
        return found

    def answered(claim: Claim, trace: str) -> None:
        post(inside, biller, keep_file(inside, biller, remittance([Said(claim, pays_well)], trace=trace)))

    second = {"patient__coverages__order": CoverageOrder.SECONDARY.value}
    waiting = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], **second).order_by("number")
    first = ready(waiting[0])
    answered(first, "EFT1")
    follower = Claim.objects.get(follows=first)
    if was_filed:
        ready(follower)
    replacement = ready(replace_claim(inside, first.pk, biller, "PCN1"))
    answered(replacement, "EFT2")
    follower.refresh_from_db()
    assert Claim.objects.exclude(follows=None).count() == 1
    assert (follower.follows_id == replacement.pk, bool(follower.attention)) == (not was_filed, was_filed)
    if was_filed:
        assert replace_claim(inside, follower.pk, biller, "S1").follows_id == replacement.pk
