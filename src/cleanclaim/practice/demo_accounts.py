"""What patients of the demo's second clinic do about their balances, and what the clinic does with their money.

Some owe something from the system before, and one has paid ahead. Statements go out every four weeks. Of those who owe,
one pays in parts, one by check after the statement, one by card at the desk, one is in need, and one never pays. What
was received is deposited and found on the bank's list, and months are closed; the last fortnight is left for whoever
looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid5

from cleanclaim.money import plain
from cleanclaim.practice.engine.books import bank_lists, deposits
from cleanclaim.practice.engine.books.periods import close
from cleanclaim.practice.engine.follow_up import refunds
from cleanclaim.practice.engine.ledger import ledger_rows, write_offs
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.engine.ledger.opening_balances import bring_forward
from cleanclaim.practice.engine.ledger.patient_accounts import account_of, rules_of, rules_to_give_up
from cleanclaim.practice.engine.ledger.payment_plans import next_installment
from cleanclaim.practice.engine.ledger.receipts import Payment, take
from cleanclaim.practice.engine.patients import placing_out
from cleanclaim.practice.engine.patients.statements import candidates, make_run
from cleanclaim.practice.models import (
    Clinic,
    Coverage,
    Deposit,
    Means,
    NeedTest,
    OpeningBalance,
    Patient,
    PaymentPlan,
    Receipt,
    Remittance,
    User,
)
from cleanclaim.receivables.giving_up import Reason, part_for
from cleanclaim.receivables.statements import Sending
from cleanclaim.records import CoverageOrder

EARLIER = (8_500, 4_000, -2_500)
"""Balances from the system before, in cents: who never pays, who pays all but a little, and who has paid ahead."""
AGENCY = "North Ridge Recovery"
SCALE = [[1, 2_200_000, 10_000], [1, 3_300_000, 5_000], [4, 4_500_000, 10_000], [4, 6_600_000, 5_000]]
"""People, yearly income in cents up to which, and the part that is given up in ten-thousandths."""
_LEFT = 400
_SMALL = 500
_STATEMENT_DAYS = 28
_PAYING_FROM = 3
_PARTLY_FROM = 5
_PART = 2_500


@dataclass(frozen=True, slots=True)
class Accounts:
    """A clinic in scope, who works there, and its patients who came with a balance, in the order of `EARLIER`."""

    clinic: Clinic
    owner: User
    biller: User
    earlier: tuple[Patient, ...]

    def fortnight(self, number: int, friday: date) -> None:
        """The end of a fortnight, counted from 0; it is played (`clock.playing_on`)."""
        if number % 2:
            due = [one for one in candidates(self.clinic) if one.sending is Sending.SEND]
            # The last time only who had one before gets one: others are due on the day that the demo plays on.
            chosen = [one.patient.pk for one in due if number < _PARTLY_FROM or one.last_sent is not None]
            make_run(self.clinic, self.biller, chosen)
        if number == _PAYING_FROM:
            by_check = self.earlier[1]
            self._take(by_check, EARLIER[1] - _LEFT, Means.CHECK, friday)
        if number > _PAYING_FROM:
            for one in self._owing()[:1]:
                self._take(one, _PART, Means.CARD, friday)
        self._read_the_bank(friday)
        self._deposit(friday)
        month_end = friday.replace(day=1) - timedelta(days=1)
        closed = ledger_rows.closed_through(self.clinic)
        if number >= _PAYING_FROM and (closed is None or closed < month_end):
            close(self.clinic, self.owner, month_end)

    def last_day(self, today: date) -> None:
        """The day that the demo plays on: what came by mail and at the desk, and what waits for somebody."""
        never, by_check, ahead = self.earlier
        owing = self._owing()
        for one in owing[:1]:
            self._agree(one, today)
        for one in owing[1:2]:
            self._take(one, account_of(one.pk).balance(today).due_cents, Means.CHECK, today)
        for one in owing[2:3]:
            self._take(one, _PART, Means.CARD, today)
        for one in owing[3:4]:
            self._help(one, today)
        (small,) = [line for line in account_of(by_check.pk).lines if line.owed_cents]
        write_offs.ask(
            self.clinic, self.biller, by_check, {(small.key, "patient"): small.owed_cents}, Reason.SMALL_BALANCE,
            "Less than a letter costs.", decides_alone=False,
        )  # fmt: skip
        for found in refunds.found_of_patients([ahead.pk]):
            refunds.note(self.clinic, self.biller, found, identified_on=today)
        placing_out.place(self.clinic, self.biller, [never.pk], AGENCY, least_cents=_SMALL, statements=2)

    def _owing(self) -> list[Patient]:
        """Who owes something of visits here, by number."""
        own = {one.pk for one in self.earlier}
        keys = [key for key, account in open_accounts().items() if account.lines and key not in own]
        return list(Patient.objects.filter(pk__in=keys).order_by("number"))

    def _take(self, patient: Patient, cents: int, means: Means, on: date, plan: PaymentPlan | None = None) -> None:
        count = Receipt.objects.count() + 1
        payment = Payment(
            key=uuid5(self.clinic.pk, f"receipt {count}"),
            cents=cents,
            means=means,
            received_on=on,
            check_number=f"{1_000 + count}" if means is Means.CHECK else "",
            card_last_four=f"{4_400 + count}" if means is Means.CARD else "",
            plan=plan,
        )
        take(self.clinic, self.biller, patient, payment)

    def _agree(self, patient: Patient, on: date) -> None:
        """A payment plan, and its first installment by card."""
        due = account_of(patient.pk).balance(on).due_cents
        plan = PaymentPlan.objects.create(
            clinic=self.clinic, patient=patient, agreed_on=on, total_cents=due, installment_cents=_PART,
            first_due_on=on, agreed_by=self.biller,
        )  # fmt: skip
        coming = next_installment(plan, on)
        if coming is not None:
            self._take(patient, coming[0], Means.CARD, on, plan)

    def _help(self, patient: Patient, on: date) -> None:
        """Need is tested, and what the scale gives up is asked of the owner."""
        household, income = 1, 3_000_000
        test = NeedTest.objects.create(
            clinic=self.clinic, patient=patient, tested_on=on, valid_through=on + timedelta(days=180),
            answers={"household": household, "income_cents": income, "by": "two pay slips"},
            part_e4=part_for(rules_to_give_up(rules_of(self.clinic)).scale, household, income), tested_by=self.biller,
        )  # fmt: skip
        lines = [line for line in account_of(patient.pk).lines if line.owed_cents]
        asked = {(line.key, "patient"): line.owed_cents * test.part_e4 // 10_000 for line in lines}
        write_offs.ask(
            self.clinic, self.biller, patient, asked, Reason.HARDSHIP, "Lost work in July; two pay slips seen.",
            decides_alone=False,
        )  # fmt: skip

    # --- the bank ---

    def _deposit(self, friday: date) -> None:
        """What the drawer holds goes to the bank."""
        names = [one.name for one in deposits.undeposited() if one.kind == "receipt"]
        if names:
            deposits.make(self.clinic, self.biller, names, made_on=friday, reference=f"SLIP {friday:%m%d}")

    def _read_the_bank(self, friday: date) -> None:
        """The bank's list of the fortnight: transfers by their numbers, slips, and what nobody here knows."""
        rows = [
            (row.paid_on or friday, row.amount_cents, f"HCCLAIMPMT {row.payer_name} {row.trace_number}")
            for row in Remittance.objects.filter(paid_on__lt=friday, deposit_items=None).order_by("trace_number")
        ]
        rows += [
            (row.made_on, row.cents, f"COUNTER DEPOSIT {row.reference}")
            for row in Deposit.objects.filter(bank_line=None).order_by("number")
        ]
        if rows:
            rows.append((friday, -1_240, "MERCHANT SERVICES FEE"))
            text = "".join(f"{day},{plain(cents)},{words}\n" for day, cents, words in rows)
            file = bank_lists.store(self.clinic, self.biller, f"date,amount,description\n{text}".encode())
            bank_lists.take(self.clinic, self.biller, file.pk)


def begin(clinic: Clinic, owner: User, biller: User, patients: Sequence[Patient], on: date) -> Accounts:
    """Set the clinic's rules, and bring forward what patients owed in the system before; the clinic is in scope.

    Who owes has no Medicare, so that nobody has to ask whether they are protected; who paid ahead has two plans.
    """
    rules = rules_of(clinic)
    rules.small_balance_cents, rules.biller_write_off_cents = _SMALL, 2_500
    rules.statement_every_days = rules.due_in_days = _STATEMENT_DAYS
    rules.hardship_scale, rules.statement_note = SCALE, "You may also pay by telephone."
    rules.save()
    with_medicare, with_two = (
        set(Coverage.objects.filter(**which).values_list("patient", flat=True))
        for which in ({"payer__contains": "medicare"}, {"order": CoverageOrder.SECONDARY.value})
    )
    by_number = sorted(patients, key=lambda one: one.number, reverse=True)
    chosen = [one for one in by_number if one.pk not in with_medicare][:2]
    chosen += [one for one in by_number if one.pk in with_two][:1]
    for patient, cents in zip(chosen, EARLIER, strict=True):
        row = OpeningBalance.objects.create(
            clinic=clinic, patient=patient, as_of=on, owed_by="patient", cents=cents, reference="earlier system"
        )
        bring_forward(clinic, biller, row)
    return Accounts(clinic, owner, biller, tuple(chosen))
