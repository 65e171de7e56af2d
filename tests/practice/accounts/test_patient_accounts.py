"""A patient's money from the remittance to the bank: owed with its reason, paid, given up, given back, deposited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.practice.engine.books import deposits, ledger_checks
from cleanclaim.practice.engine.books.periods import NotClosedError, close, reopen
from cleanclaim.practice.engine.claims.filing import release, void_claim
from cleanclaim.practice.engine.follow_up import refunds
from cleanclaim.practice.engine.ledger import ledger_rows, write_offs
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.engine.ledger.opening_balances import bring_forward, take_out
from cleanclaim.practice.engine.ledger.patient_accounts import PatientAccount, account_of, rules_of
from cleanclaim.practice.engine.ledger.receipts import NotTakenError, Payment, take, use_credit, void
from cleanclaim.practice.engine.patients import statements
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import (
    Claim,
    ClaimAnswer,
    Clinic,
    LedgerTransaction,
    Means,
    NeedTest,
    OpeningBalance,
    Patient,
    Receipt,
    Refund,
    Role,
    Statement,
    User,
    WriteOff,
    WriteOffState,
)
from cleanclaim.receivables.bank_files import read_bank_file
from cleanclaim.receivables.giving_up import Reason
from cleanclaim.receivables.statements import Sending
from tests.practice.conftest import DAY, person
from tests.practice.money.answers import Decision, Said, remittance


def leaves(number: int, charge: int) -> Decision:
    """Pays half, gives up thirty percent by contract, leaves the rest to the patient as coinsurance."""
    del number
    half, contract = charge // 2, charge * 3 // 10
    return Decision(half, [("CO", "45", contract), ("PR", "2", charge - half - contract)])


@pytest.fixture
def owner(inside: Clinic) -> User:
    return person(inside, Role.OWNER)


Answer = Callable[..., int]


@pytest.fixture
def answered(inside: Clinic, biller: User, claim: Claim) -> Answer:
    """A function that has the payer answer the claim; returns what it leaves to the patient."""

    def answer(trace: str = "EFT1") -> int:
        post(inside, biller, keep_file(inside, biller, remittance([Said(claim, leaves)], trace=trace)))
        return share_of(claim)

    return answer


def share_of(claim: Claim) -> int:
    """What `leaves` leaves to the patient of a claim."""
    charges = [line["charge_cents"] for line in claim.record["lines"]]
    return sum(cents - cents // 2 - cents * 3 // 10 for cents in charges)


def pay(cents: int, *, parts: dict[str, int] | None = None, on: date = DAY) -> Payment:
    return Payment(uuid4(), cents, Means.CHECK, on, check_number="1042", parts=parts)


def holds(clinic: Clinic) -> ledger_checks.Verified:
    """The ledger holds, and its cash is deposits and undeposited."""
    found = ledger_checks.verify(clinic)
    assert found.faults == []
    assert found.cash_cents == found.deposited_cents + found.undeposited_cents
    return found


def account(claim: Claim) -> PatientAccount:
    return account_of(claim.patient_id)


# --- owed and paid -----------------------------------------------------------------------------------------------


def test_nothing_is_owed_before_a_payer_said_so(inside: Clinic, claim: Claim) -> None:
    figures = account(claim).balance(DAY)
    assert (figures.owed_cents, account(claim).with_plans_cents) == (0, claim.charge_cents)
    assert open_accounts() == {}
    assert holds(inside).transactions == 1


def test_what_the_payer_leaves_is_owed_and_aged_from_then(claim: Claim, answered: Answer) -> None:
    share = answered()
    found = account(claim)
    assert found.balance(date(2026, 11, 12)).owed_cents == share
    assert {line.owed_since for line in found.lines} == {date(2026, 10, 12)}
    assert list(found.balance(date(2026, 11, 11)).aging.values()) == [share, 0, 0, 0, 0]
    assert list(found.balance(date(2026, 11, 12)).aging.values()) == [0, share, 0, 0, 0]
    assert {share.label for line in found.lines for share in line.shares} == {"coinsurance"}
    assert sorted(line.code for line in found.lines) == sorted(line["code"] for line in claim.record["lines"])
    assert list(open_accounts()) == [claim.patient_id]


def test_a_payment_is_taken_once_and_pays_the_oldest(
    inside: Clinic, biller: User, claim: Claim, answered: Answer
) -> None:
    share = answered()
    payment = pay(share + 500)
    row = take(inside, biller, claim.patient, payment)
    assert take(inside, biller, claim.patient, payment).pk == row.pk
    assert Receipt.objects.count() == 1
    found = account(claim)
    assert (found.balance(DAY).owed_cents, found.credit_cents) == (0, 500)
    assert sum(line.patient_paid_cents for line in found.lines) == share
    assert (row.number, rules_of(inside).next_receipt) == ("R000001", 2)
    assert holds(inside).cash_cents == share + 500 + Said(claim, leaves).paid()


def test_a_form_is_not_sent_for_another_payment(inside: Clinic, biller: User, claim: Claim) -> None:
    payment = pay(500)
    take(inside, biller, claim.patient, payment)
    with pytest.raises(NotTakenError, match="another payment was taken by this form"):
        take(inside, biller, claim.patient, Payment(payment.key, 501, Means.CASH, DAY))


def test_a_payment_goes_where_it_was_asked_for_or_nowhere(
    inside: Clinic, biller: User, claim: Claim, answered: Answer
) -> None:
    answered()
    line = account(claim).lines[-1]
    with pytest.raises(NotTakenError, match="expected at most"):
        take(inside, biller, claim.patient, pay(90_000, parts={line.key: line.owed_cents + 1}))
    assert not Receipt.objects.exists()
    take(inside, biller, claim.patient, pay(line.owed_cents, parts={line.key: line.owed_cents}))
    found = account(claim).line(line.key)
    assert found is not None
    assert found.owed_cents == 0
    with pytest.raises(NotTakenError, match="to come"):
        take(inside, biller, claim.patient, pay(1, on=DAY + timedelta(days=1)))


def test_a_check_that_comes_back_is_voided_whole(inside: Clinic, biller: User, claim: Claim, answered: Answer) -> None:
    share = answered()
    row = take(inside, biller, claim.patient, pay(share))
    with pytest.raises(NotTakenError, match="why is not said"):
        void(inside, biller, row.pk, " ")
    void(inside, biller, row.pk, "returned by the bank")
    assert account(claim).balance(DAY).owed_cents == share
    with pytest.raises(NotTakenError, match="voided already"):
        void(inside, biller, row.pk, "again")
    assert holds(inside).undeposited_cents == Said(claim, leaves).paid()


def test_credit_is_used_and_then_its_receipt_cannot_be_voided(
    inside: Clinic, biller: User, claim: Claim, answered: Answer
) -> None:
    row = take(inside, biller, claim.patient, pay(700))
    assert account(claim).credit_cents == 700
    share = answered()
    assert use_credit(inside, biller, claim.patient) == 700
    found = account(claim)
    assert (found.credit_cents, found.balance(DAY).owed_cents) == (0, share - 700)
    with pytest.raises(NotTakenError, match=r"\$7\.00 of it were put onto lines"):
        void(inside, biller, row.pk, "mistake")
    assert Receipt.objects.get(pk=row.pk).voided_at is None
    with pytest.raises(NotTakenError, match="there is no credit"):
        use_credit(inside, biller, claim.patient)
    holds(inside)


def test_what_is_paid_too_much_on_a_line_is_used_elsewhere(
    inside: Clinic, biller: User, claim: Claim, answered: Answer
) -> None:
    share = answered()
    take(inside, biller, claim.patient, pay(share))
    # The payer takes its payment back: nothing is the patient's any more, and what they paid is theirs.
    row = Receipt.objects.get()
    remit = LedgerTransaction.objects.filter(source_kind="remittance").first()
    assert remit is not None
    unpost(inside, biller, remit.source_key)
    figures = account(claim).balance(DAY)
    assert (figures.owed_cents, figures.credit_cents, figures.due_cents) == (0, share, -share)
    assert row.voided_at is None
    balance = OpeningBalance.objects.create(
        clinic=inside, patient=claim.patient, as_of=date(2026, 1, 31), owed_by="patient", cents=share - 100
    )
    bring_forward(inside, biller, balance)
    assert use_credit(inside, biller, claim.patient) == share - 100
    found = account(claim)
    assert (found.credit_cents, found.balance(DAY).owed_cents, found.balance(DAY).due_cents) == (100, 0, -100)
    holds(inside)


# --- opening balances --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owed_by", "cents", "owed", "credit", "payers"),
    [("patient", 1_250, 1_250, 0, 0), ("patient", -1_250, 0, 1_250, 0), ("payer", 900, 0, 0, 900), ("payer", -900, 0, 0, -900)],
)  # fmt: skip
def test_an_opening_balance_stands_in_the_ledger_once(  # noqa: PLR0917 - a case
    inside: Clinic, biller: User, owed_by: str, cents: int, owed: int, credit: int, payers: int
) -> None:
    patient = Patient.objects.order_by("number")[0]
    row = OpeningBalance.objects.create(
        clinic=inside, patient=patient, as_of=date(2026, 1, 31), owed_by=owed_by, cents=cents
    )
    bring_forward(inside, biller, row)
    bring_forward(inside, biller, row)
    found = account_of(patient.pk)
    figures = found.balance(DAY)
    assert (figures.owed_cents, figures.credit_cents, found.with_plans_cents) == (owed, credit, payers)
    assert ledger_rows.totals().get(Account.CHARGES, 0) == 0
    assert LedgerTransaction.objects.count() == 1
    holds(inside)
    take_out(inside, biller, row)
    assert set(ledger_rows.totals().values()) == {0}
    holds(inside)


# --- write-offs --------------------------------------------------------------------------------------------------


def test_a_small_one_is_written_at_once_and_a_larger_waits_for_the_owner(
    inside: Clinic, biller: User, owner: User, claim: Claim, answered: Answer
) -> None:
    share = answered()
    rules = rules_of(inside)
    line = account(claim).lines[0]
    rules.biller_write_off_cents = line.owed_cents - 1
    rules.save()
    asked = write_offs.ask(
        inside, biller, claim.patient, {(line.key, PATIENT): line.owed_cents}, Reason.CLINIC_ERROR, "Typed twice.",
        decides_alone=False,
    )  # fmt: skip
    assert asked.state == WriteOffState.ASKED.value
    assert account(claim).balance(DAY).owed_cents == share
    small = write_offs.ask(
        inside, biller, claim.patient, {(account(claim).lines[1].key, PATIENT): 1}, Reason.CLINIC_ERROR, "A cent.",
        decides_alone=False,
    )  # fmt: skip
    assert small.state == WriteOffState.WRITTEN.value
    granted = write_offs.decide(inside, owner, asked.pk, grant=True)
    assert (granted.state, granted.decided_by) == (WriteOffState.WRITTEN.value, owner)
    assert account(claim).balance(DAY).owed_cents == share - line.owed_cents - 1
    assert ledger_rows.totals()[Account.WRITTEN_OFF] == line.owed_cents + 1
    with pytest.raises(write_offs.NotWrittenOffError, match="not asked"):
        write_offs.decide(inside, owner, asked.pk, grant=False)
    write_offs.take_back(inside, owner, asked.pk)
    assert account(claim).balance(DAY).owed_cents == share - 1
    holds(inside)


def test_what_was_paid_meanwhile_is_not_given_up(
    inside: Clinic, biller: User, owner: User, claim: Claim, answered: Answer
) -> None:
    share = answered()
    lines = {(line.key, PATIENT): line.owed_cents for line in account(claim).lines}
    asked = write_offs.ask(inside, biller, claim.patient, lines, Reason.CLINIC_ERROR, "Ours.", decides_alone=False)
    take(inside, biller, claim.patient, pay(share))
    with pytest.raises(write_offs.NotWrittenOffError, match=r"expected at most the \$0\.00 open"):
        write_offs.decide(inside, owner, asked.pk, grant=True)
    assert write_offs.decide(inside, owner, asked.pk, grant=False).state == WriteOffState.REFUSED.value
    assert ledger_rows.totals().get(Account.WRITTEN_OFF, 0) == 0


def test_need_is_given_up_by_its_test_alone(inside: Clinic, owner: User, claim: Claim, answered: Answer) -> None:
    answered()
    line = account(claim).lines[0]
    half = {(line.key, PATIENT): line.owed_cents // 2}
    with pytest.raises(write_offs.NotWrittenOffError, match="no test of need holds today"):
        write_offs.ask(inside, owner, claim.patient, half, Reason.HARDSHIP, "Lost work.", decides_alone=True)
    assert not WriteOff.objects.exists()
    test = NeedTest.objects.create(
        clinic=inside, patient=claim.patient, tested_on=DAY, valid_through=DAY, answers={"household": 2},
        part_e4=5_000, tested_by=owner,
    )  # fmt: skip
    made = write_offs.ask(inside, owner, claim.patient, half, Reason.HARDSHIP, "Lost work.", decides_alone=True)
    assert (made.state, made.need_test) == (WriteOffState.WRITTEN.value, test)


def test_a_denial_is_given_up_only_as_a_payers(inside: Clinic, owner: User, claim: Claim) -> None:
    line = account(claim).lines[0]
    with pytest.raises(write_offs.NotWrittenOffError, match="what a payer owes"):
        write_offs.ask(
            inside, owner, claim.patient, {(line.key, "primary"): 100}, Reason.BAD_DEBT, "No.", decides_alone=True
        )
    write_offs.ask(
        inside, owner, claim.patient, {(line.key, "primary"): 100}, Reason.TIMELY_FILING, "Late.", decides_alone=True
    )
    assert account(claim).lines[0].open_to("primary") == line.charge_cents - 100
    holds(inside)


# --- refunds -----------------------------------------------------------------------------------------------------


def test_a_credit_goes_back_to_the_patient(inside: Clinic, biller: User, claim: Claim) -> None:
    take(inside, biller, claim.patient, pay(2_000))
    (item,) = refunds.found_of_patients()
    assert (item.cents, item.reason, item.line) == (2_000, refunds.CREDIT, "")
    row = refunds.note(inside, biller, item, identified_on=DAY)
    assert row.return_by is None
    assert refunds.found_of_patients() == []
    refunds.send(inside, biller, row.pk, sent_on=DAY, means=Means.CHECK, reference="2201")
    assert account(claim).credit_cents == 0
    found = holds(inside)
    assert (found.cash_cents, found.undeposited_cents) == (0, 0)
    assert [one.cents for one in deposits.undeposited()] == [2_000, -2_000]
    with pytest.raises(refunds.NotRefundedError, match="no such refund is owed"):
        refunds.send(inside, biller, row.pk, sent_on=DAY, means=Means.CHECK, reference="2202")


def test_a_refund_whose_credit_is_gone_is_not_sent(
    inside: Clinic, biller: User, claim: Claim, answered: Answer
) -> None:
    take(inside, biller, claim.patient, pay(300))
    (item,) = refunds.found_of_patients()
    row = refunds.note(inside, biller, item, identified_on=DAY)
    answered()
    use_credit(inside, biller, claim.patient)
    with pytest.raises(refunds.NotRefundedError, match="no longer shows"):
        refunds.send(inside, biller, row.pk, sent_on=DAY, means=Means.CHECK, reference="2201")
    assert refunds.withdraw(inside, biller, row.pk).state == "withdrawn"
    holds(inside)


def test_a_protected_patient_who_paid_all_is_found(
    inside: Clinic, biller: User, claim: Claim, answered: Answer
) -> None:
    share = answered()
    take(inside, biller, claim.patient, pay(share))
    assert (open_accounts(), refunds.found_of_patients()) == ({}, [])
    ClaimAnswer.objects.update(remarks=["MA01", "N782"])
    # Nothing is open, and yet the money is not the clinic's.
    items = refunds.found_of_patients()
    assert (sum(item.cents for item in items), {item.reason for item in items}) == (share, {refunds.PROTECTED})
    # What is noted is found no more; what is not, still is.
    refunds.note(inside, biller, items[0], identified_on=DAY)
    assert refunds.found_of_patients() == items[1:]
    Refund.objects.all().delete()
    ClaimAnswer.objects.update(remarks=["MA01"])
    assert refunds.found_of_patients() == []


def test_a_payer_of_a_voided_claim_is_owed_and_medicares_clock_runs(
    inside: Clinic, biller: User, claim: Claim, answered: Answer
) -> None:
    answered()
    assert refunds.found_of_payers() == []
    void = void_claim(claim.pk, biller, "PCN1")
    release(inside, [void.pk], biller)
    items = refunds.found_of_payers()
    # What the payer paid goes back; what its contract took was never paid.
    assert sum(item.cents for item in items) == Said(claim, leaves).paid()
    row = refunds.note(inside, biller, items[0], identified_on=DAY)
    is_medicare = claim.payer == "medicare_b"
    assert row.return_by == (date(2026, 11, 24) if is_medicare else None)
    assert Refund.objects.get().payer_name == claim.payer_name
    refunds.send(inside, biller, row.pk, sent_on=DAY, means=Means.CHECK, reference="88")
    assert items[0] not in refunds.found_of_payers()
    holds(inside)


# --- statements --------------------------------------------------------------------------------------------------


def test_a_statement_is_sent_once_in_thirty_days(inside: Clinic, biller: User, claim: Claim, answered: Answer) -> None:
    share = answered()
    run, left = statements.make_run(inside, biller, [claim.patient_id])
    assert run is not None
    assert (run.statements_count, run.total_cents, left) == (1, share, [])
    made = Statement.objects.get(run=run)
    assert (made.total_cents, made.number) == (share, "S000001")
    assert made.content.data.startswith(b"%PDF")
    again, left = statements.make_run(inside, biller, [claim.patient_id])
    assert (again, [one.sending for one in left]) == (None, [Sending.TOO_SOON])
    assert Statement.objects.count() == 1
    rules = rules_of(inside)
    rules.statement_every_days = 0
    rules.small_balance_cents = share + 1
    rules.save()
    again, left = statements.make_run(inside, biller, [claim.patient_id])
    assert (again, [one.sending for one in left]) == (None, [Sending.SMALL])


def test_nobody_without_a_balance_gets_a_statement(inside: Clinic, biller: User, claim: Claim) -> None:
    run, left = statements.make_run(inside, biller, [claim.patient_id])
    assert (run, [one.sending for one in left]) == (None, [Sending.NOTHING_OWED])


# --- bank --------------------------------------------------------------------------------------------------------


def test_the_bank_is_matched_by_number_and_amount(inside: Clinic, biller: User, claim: Claim, answered: Answer) -> None:
    share = answered("EFT77")
    take(inside, biller, claim.patient, pay(share))
    paid = Said(claim, leaves).paid()
    text = (
        "Date,Description,Amount\n"
        f"10/13/2026,HCCLAIMPMT TRN*1*EFT77*1512345678,{paid / 100:.2f}\n"
        f"10/14/2026,COUNTER DEPOSIT,{share / 100:.2f}\n"
        "10/15/2026,RENT,-900.00\n"
    )
    # The list is of days to come in the demo; matching makes deposits of today or before.
    early = text.replace("10/13/2026", "09/25/2026").replace("10/14/2026", "09/25/2026")
    file = read_bank_file(early.encode())
    assert deposits.keep(inside, biller, file) == (3, 1)
    assert deposits.keep(inside, biller, file) == (0, 0)
    found = holds(inside)
    assert (found.deposited_cents, found.undeposited_cents) == (paid, share)
    by_words = {line.description: shown for line, shown in deposits.proposals()}
    assert by_words["RENT"] is None
    shown = by_words["COUNTER DEPOSIT"]
    assert shown is not None
    assert not shown.is_certain
    counter = next(line for line, one in deposits.proposals() if one is not None)
    deposits.match(inside, biller, counter.pk, shown.awaited.key)
    found = holds(inside)
    assert (found.deposited_cents, found.undeposited_cents) == (paid + share, 0)


def test_a_deposit_is_taken_apart_only_before_the_bank_shows_it(inside: Clinic, biller: User, claim: Claim) -> None:
    row = take(inside, biller, claim.patient, pay(400))
    slip = deposits.make(inside, biller, [f"receipt:{row.pk}"], made_on=DAY)
    with pytest.raises(deposits.NotDepositedError, match="on a deposit already"):
        deposits.make(inside, biller, [f"receipt:{row.pk}"], made_on=DAY)
    deposits.keep(inside, biller, read_bank_file(b"date,amount,memo\n2026-09-25,4.00,slip\n"))
    ((line, shown),) = deposits.proposals()
    assert shown is not None
    assert shown.awaited.key == f"deposit:{slip.pk}"
    deposits.match(inside, biller, line.pk, f"deposit:{slip.pk}")
    with pytest.raises(deposits.NotDepositedError, match="the bank shows it"):
        deposits.remove(inside, biller, slip.pk)
    deposits.unmatch(inside, biller, line.pk)
    deposits.remove(inside, biller, slip.pk)
    assert holds(inside).undeposited_cents == 400
    # Voided after it went to the bank: the money has still to leave it again.
    deposits.make(inside, biller, [f"receipt:{row.pk}"], made_on=DAY)
    void(inside, biller, row.pk, "returned by the bank")
    assert [one.cents for one in deposits.undeposited()] == [-400]
    holds(inside)


# --- closed days -------------------------------------------------------------------------------------------------


def test_a_closed_day_takes_nothing_and_what_comes_late_is_dated_late(
    inside: Clinic, biller: User, owner: User, claim: Claim
) -> None:
    yesterday = DAY - timedelta(days=1)
    with pytest.raises(NotClosedError, match="is not over"):
        close(inside, owner, DAY)
    period = close(inside, owner, yesterday)
    with pytest.raises(NotClosedError, match="closed through 2026-09-24 already"):
        close(inside, owner, yesterday)
    with pytest.raises(NotTakenError, match="2026-09-24 is in a closed period"):
        take(inside, biller, claim.patient, pay(100, on=yesterday))
    assert not Receipt.objects.exists()
    take(inside, biller, claim.patient, pay(100))
    balance = OpeningBalance.objects.create(
        clinic=inside, patient=claim.patient, as_of=date(2026, 1, 31), owed_by="patient", cents=500
    )
    bring_forward(inside, biller, balance)
    assert LedgerTransaction.objects.get(kind="brought_forward").on == DAY
    with pytest.raises(NotClosedError, match="why is not said"):
        reopen(inside, owner, period.pk, "")
    reopen(inside, owner, period.pk, "A payment was missed.")
    take(inside, biller, claim.patient, pay(100, on=yesterday))
    assert close(inside, owner, yesterday).figures["patient_cash"] == 100
    holds(inside)
