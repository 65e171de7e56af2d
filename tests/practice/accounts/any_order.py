"""Random steps over a clinic's money in the database, with a plain count of every cent beside it.

The model keeps, by line, what was charged, and in all what was received; it shares nothing with the ledger's sums. A
step may crash after any statement it sends to the database: then nothing of it may be there, and the same step again
must do what it did not do, once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from cleanclaim.ledger.accounts import CASH_ACCOUNTS, Account
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.practice.engine import deposits, ledger_checks, ledger_rows, refunds, write_offs
from cleanclaim.practice.engine.checking import today_at
from cleanclaim.practice.engine.filing import NotFiledError, release, replace_claim, void_claim
from cleanclaim.practice.engine.opening_balances import bring_forward
from cleanclaim.practice.engine.patient_accounts import account_of
from cleanclaim.practice.engine.receipts import NotTakenError, Payment, take, use_credit, void
from cleanclaim.practice.engine.remitting import keep_file, post, unpost
from cleanclaim.practice.models import (
    Claim,
    ClaimStatus,
    Clinic,
    LedgerEntry,
    LedgerTransaction,
    Means,
    OpeningBalance,
    Patient,
    Receipt,
    Refund,
    RefundState,
    Remittance,
    Role,
    WriteOff,
    WriteOffState,
)
from cleanclaim.receivables.giving_up import Reason
from tests.practice.conftest import person
from tests.practice.money.answers import Decision, Said, remittance

_REFUSALS = (
    NotTakenError, NotFiledError, write_offs.NotWrittenOffError, refunds.NotRefundedError, deposits.NotDepositedError,
)  # fmt: skip


class CrashError(RuntimeError):
    """The program stopped here."""


@contextmanager
def crash_after(statements: int) -> Iterator[None]:
    """Stop the program after so many statements to the database."""
    left = [statements]

    def run(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if left[0] <= 0:
            raise CrashError
        left[0] -= 1
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(run):
        yield


class Steps:
    """One clinic's money, step by step."""

    def __init__(self, clinic: Clinic, seed: int, *, crash_one_in: int = 4) -> None:
        self.clinic, self.random = clinic, random.Random(seed)
        self.biller, self.owner = person(clinic, Role.BILLER), person(clinic, Role.OWNER)
        self.crash_one_in = crash_one_in
        self.done = self.refused = self.crashed = self.count = 0
        self.received = 0
        self.patients = list(Patient.objects.order_by("number"))
        self.steps: tuple[Callable[[], Callable[[], int] | None], ...] = (
            self.file, self.answer, self.answer, self.pay, self.pay, self.void, self.credit, self.write_off,
            self.take_back, self.refund, self.unpost, self.replace, self.void_claim, self.balance, self.deposit,
        )  # fmt: skip

    def step(self) -> None:
        """One step, perhaps with a crash in it first. Each step says how the cash that was received changes."""
        does = self.random.choice(self.steps)()
        if does is None:
            return
        if self.random.randrange(self.crash_one_in) == 0 and not self._crash(does):
            return  # it was over before it could crash
        try:
            with transaction.atomic():
                received = does()
        except _REFUSALS:
            self.refused += 1
        else:
            self.received += received
            self.done += 1
        self.check()

    def _crash(self, does: Callable[[], int]) -> bool:
        """Crash in the midst of a step; says whether it did, and the step is still to be done."""
        before = self._state()
        try:
            with transaction.atomic(), crash_after(self.random.randrange(1, 40)):
                received = does()
        except CrashError:
            self.crashed += 1
            assert self._state() == before
            return True
        except _REFUSALS:
            self.refused += 1
            assert self._state() == before
        else:
            self.received += received
            self.done += 1
        self.check()
        return False

    def _state(self) -> tuple[int, int, int, int, int]:
        return (
            LedgerTransaction.objects.count(), LedgerEntry.objects.count(), Receipt.objects.count(),
            Remittance.objects.count(), Claim.objects.filter(status=ClaimStatus.SUBMITTED.value).count(),
        )  # fmt: skip

    # --- what may happen ---------------------------------------------------------------------------------

    def file(self) -> Callable[[], int] | None:
        """File a claim."""
        claim = self._one(Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]))
        return None if claim is None else self._of(release, self.clinic, [claim.pk], self.biller)

    def answer(self) -> Callable[[], int] | None:
        """A payer answers a filed claim; the same answer again changes nothing."""
        claim = self._one(Claim.objects.filter(status=ClaimStatus.SUBMITTED.value).exclude(frequency="8"))
        if claim is None:
            return None
        self.count += 1
        paid, contract, share = (self.random.randrange(0, 40) for _part in range(3))

        def decide(number: int, charge: int) -> Decision:
            del number
            first, second, third = (charge * part // 120 for part in (paid, contract, share))
            unpaid = [("CO", "45", second), ("PR", "2", third), ("CO", "197", charge - first - second - third)]
            return Decision(first, [one for one in unpaid if one[2]])

        said = Said(claim, decide, payer_number=f"PCN{self.count}")
        data = remittance([said], trace=f"EFT{self.count}")

        def does() -> int:
            first = post(self.clinic, self.biller, keep_file(self.clinic, self.biller, data))
            again = post(self.clinic, self.biller, keep_file(self.clinic, self.biller, data))
            assert again.posted == []
            return sum(row.amount_cents for row in first.posted)

        return does

    def unpost(self) -> Callable[[], int] | None:
        """A payment is taken back whole."""
        row = self._one(Remittance.objects.filter(unposted_at=None))
        if row is None:
            return None
        return self._of(unpost, self.clinic, self.biller, row.pk, received=-row.amount_cents)

    def pay(self) -> Callable[[], int]:
        """A patient pays; the same form again changes nothing."""
        patient = self.random.choice(self.patients)
        payment = Payment(
            uuid4(), self.random.randrange(1, 6_000), self.random.choice(list(Means)), today_at(self.clinic)
        )

        def does() -> int:
            take(self.clinic, self.biller, patient, payment)
            take(self.clinic, self.biller, patient, payment)
            return payment.cents

        return does

    def void(self) -> Callable[[], int] | None:
        """A receipt is voided."""
        row = self._one(Receipt.objects.filter(voided_at=None))
        return (
            None if row is None else self._of(void, self.clinic, self.biller, row.pk, "returned", received=-row.cents)
        )

    def credit(self) -> Callable[[], int]:
        """A patient's credit is used."""
        return self._of(use_credit, self.clinic, self.biller, self.random.choice(self.patients))

    def write_off(self) -> Callable[[], int] | None:
        """An open amount is given up, whole or in part."""
        line = self._one(LedgerEntry.objects.exclude(claim=None))
        if line is None:
            return None
        found = account_of(line.claim.patient_id).line(line.line)
        if found is None:
            return None
        owed_by = self.random.choice((PATIENT, "primary"))
        most = found.open_cents if owed_by == PATIENT else found.open_to(owed_by)
        cents = self.random.randrange(1, max(2, most + 1))
        return self._of(
            write_offs.ask, self.clinic, self.owner, line.claim.patient, {(line.line, owed_by): cents},
            Reason.CLINIC_ERROR, "Random.", decides_alone=True,
        )  # fmt: skip

    def take_back(self) -> Callable[[], int] | None:
        """A write-off is taken back."""
        row = self._one(WriteOff.objects.filter(state=WriteOffState.WRITTEN.value))
        return None if row is None else self._of(write_offs.take_back, self.clinic, self.owner, row.pk)

    def refund(self) -> Callable[[], int] | None:
        """Money that is shown as owed back is noted, or what is noted is sent."""
        row = self._one(Refund.objects.filter(state=RefundState.OWED.value))
        today = today_at(self.clinic)
        if row is not None:
            return self._of(
                refunds.send, self.clinic, self.biller, row.pk, sent_on=today, means=Means.CHECK, reference="1",
                received=-row.cents,
            )  # fmt: skip
        found = [*refunds.found_of_patients(), *refunds.found_of_payers()]
        if not found:
            return None
        return self._of(refunds.note, self.clinic, self.biller, self.random.choice(found), identified_on=today)

    def replace(self) -> Callable[[], int] | None:
        """A filed claim is replaced, and the replacement filed."""
        claim = self._one(Claim.objects.filter(status=ClaimStatus.SUBMITTED.value).exclude(frequency="8"))
        return (
            None if claim is None else self._answered(lambda: replace_claim(self.clinic, claim.pk, self.biller, "P1"))
        )

    def void_claim(self) -> Callable[[], int] | None:
        """A filed claim is voided, and the void filed."""
        claim = self._one(Claim.objects.filter(status=ClaimStatus.SUBMITTED.value).exclude(frequency="8"))
        return None if claim is None else self._answered(lambda: void_claim(claim.pk, self.biller, "P1"))

    def _answered(self, begin: Callable[[], Claim]) -> Callable[[], int]:
        def does() -> int:
            made = begin()
            Claim.objects.filter(pk=made.pk).update(status=ClaimStatus.READY.value)
            release(self.clinic, [made.pk], self.biller)
            return 0

        return does

    def balance(self) -> Callable[[], int]:
        """A balance is brought forward, once however often it is asked for."""
        patient, cents = self.random.choice(self.patients), self.random.choice((-900, 450, 2_000))
        owed_by = self.random.choice(("patient", "payer"))

        def does() -> int:
            row = OpeningBalance.objects.create(
                clinic=self.clinic, patient=patient, as_of=today_at(self.clinic) - timedelta(days=50), owed_by=owed_by,
                cents=cents,
            )  # fmt: skip
            bring_forward(self.clinic, self.biller, row)
            bring_forward(self.clinic, self.biller, row)
            return 0

        return does

    def deposit(self) -> Callable[[], int] | None:
        """Some of what is undeposited goes to the bank."""
        open_ = deposits.undeposited()
        if not open_:
            return None
        some = self.random.sample(open_, self.random.randrange(1, len(open_) + 1))
        names = [one.name for one in some]
        return self._of(deposits.make, self.clinic, self.biller, names, made_on=today_at(self.clinic))

    # --- what must hold ----------------------------------------------------------------------------------

    def check(self) -> None:
        """After every step: the accounts come to nothing, and cash is what was received."""
        totals = ledger_rows.totals()
        assert sum(totals.values()) == 0
        assert sum(totals.get(account, 0) for account in CASH_ACCOUNTS) == self.received

    def check_all(self) -> None:
        """Everything that `cleanclaim ledger verify` asks, and every line's charge by the claims that stand."""
        found = ledger_checks.verify(self.clinic)
        assert found.faults == []
        assert found.cash_cents == self.received == found.deposited_cents + found.undeposited_cents
        charged = -ledger_rows.totals().get(Account.CHARGES, 0)
        standing = Claim.objects.filter(status=ClaimStatus.SUBMITTED.value, follows=None).exclude(frequency="8")
        assert charged == sum(line["charge_cents"] for claim in standing for line in claim.record["lines"])

    def _one(self, rows: Any) -> Any:
        count = rows.count()
        return rows.order_by("created_at", "pk")[self.random.randrange(count)] if count else None

    def _of(self, does: Callable[..., object], *arguments: Any, received: int = 0, **options: Any) -> Callable[[], int]:
        def run() -> int:
            does(*arguments, **options)
            return received

        return run
