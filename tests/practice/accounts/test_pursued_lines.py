"""What a plan refuses under group PR is asked of the patient once somebody has settled that it is theirs."""

from __future__ import annotations

import pytest

from cleanclaim.practice.engine.books import ledger_checks
from cleanclaim.practice.engine.follow_up.following_up import to_patient
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.patients import statements
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import Claim, Clinic, User, WorkItem
from cleanclaim.receivables.statements import Sending
from tests.practice.conftest import DAY
from tests.practice.money.answers import Decision, Said, remittance


@pytest.mark.parametrize(
    ("reason", "waits"), [("27", True), ("31", True), ("22", True), ("50", True), ("204", False), ("3", False)]
)
def test_a_refusal_waits_for_a_person_and_a_share_of_cost_does_not(
    inside: Clinic, biller: User, claim: Claim, reason: str, waits: object
) -> None:
    said = Said(claim, lambda _number, charge: Decision(0, [("PR", reason, charge)]))
    post(inside, biller, keep_file(inside, biller, remittance([said])))
    charge = claim.charge_cents
    assert charge is not None

    def owed_and_waiting() -> set[tuple[int, int]]:
        found = (account_of(claim.patient_id), open_accounts()[claim.patient_id])
        return {(figures.owed_cents, figures.waiting_cents) for figures in (one.balance(DAY) for one in found)}

    assert owed_and_waiting() == {(0, charge) if waits else (charge, 0)}
    (one,) = statements.candidates(inside, [claim.patient_id])
    assert one.sending is (Sending.NOTHING_OWED if waits else Sending.SEND)
    to_patient(inside, [item.pk for item in WorkItem.objects.filter(claim=claim)], biller)
    assert owed_and_waiting() == {(charge, 0)}
    (one,) = statements.candidates(inside, [claim.patient_id])
    assert one.sending is Sending.SEND
    assert ledger_checks.verify(inside).faults == []
