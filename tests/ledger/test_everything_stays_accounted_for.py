"""Anything that can happen to a clinic's money, in any order: no cent is lost, none appears.

The model beside the ledger keeps, for each line, only what was charged and a plain count of every movement, so that it
shares nothing with the ledger's own sums.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.book import Book, verify
from cleanclaim.ledger.entries import Kind, Source, Transaction, reversal_of
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.remittance.effects import Effect, LineAnswer

DAY = date(2026, 9, 25)
PAYERS = ("primary", "secondary")
cents = st.integers(1, 30_000)
signed = st.integers(-20_000, 20_000).filter(bool)


class Money(RuleBasedStateMachine):
    """One clinic's money."""

    @initialize()
    def open(self) -> None:
        self.book = Book()
        self.charges: dict[str, int] = {}
        self.received = 0
        self.count = 0

    def add(self, transaction: Transaction) -> None:
        """Write it twice: the second time must change nothing."""
        assert self.book.add(transaction)
        held = self.book.cash()
        assert not self.book.add(transaction)
        assert self.book.cash() == held

    def key(self) -> tuple[str, date, Source]:
        self.count += 1
        return str(self.count), DAY, Source("test", str(self.count), "0" * 64)

    @rule(amounts=st.lists(cents, min_size=1, max_size=4), payer=st.sampled_from((*PAYERS, PATIENT)))
    def charge(self, amounts: list[int], payer: str) -> None:
        lines = [(f"{self.count}-{place}", amount) for place, amount in enumerate(amounts)]
        self.charges |= dict(lines)
        self.add(posting.charge(*self.key(), payer, lines))

    @precondition(lambda self: self.charges)
    @rule(
        data=st.data(), payer=st.sampled_from(PAYERS), paid=st.integers(-20_000, 20_000),
        unpaid=st.lists(st.tuples(st.sampled_from(Effect), signed, st.just("45")), max_size=3),
        to=st.sampled_from((*PAYERS, PATIENT)),
    )  # fmt: skip
    def answer(self, data: Any, payer: str, paid: int, unpaid: list[tuple[Effect, int, str]], to: str) -> None:
        moves = [(effect, amount) for effect, amount, _reason in unpaid if effect is not Effect.OPEN]
        if not paid and not moves:
            return
        line = data.draw(st.sampled_from(sorted(self.charges)))
        said = LineAnswer(line, paid, tuple(unpaid))
        made = posting.remittance(*self.key(), payer, [said], next_payer=to)
        self.received += paid
        self.add(made)

    @rule(interest=st.integers(-500, 500), held=st.integers(-9_000, 9_000), taken=st.integers(-9_000, 9_000))
    def parts(self, interest: int, held: int, taken: int) -> None:
        made = posting.payment_parts(
            *self.key(), "primary", interest_cents=interest, suspense=[("x", held)], adjustments=[("WO", taken)]
        )
        if made is not None:
            self.received += interest + held - taken
            self.add(made)

    @precondition(lambda self: self.charges)
    @rule(data=st.data(), amount=cents)
    def place(self, data: Any, amount: int) -> None:
        line = data.draw(st.sampled_from(sorted(self.charges)))
        self.add(posting.place_suspense(*self.key(), "primary", line=line, cents=amount, reason="x"))

    @precondition(lambda self: self.charges)
    @rule(data=st.data(), amount=cents, share=st.integers(0, 100))
    def pay(self, data: Any, amount: int, share: int) -> None:
        line = data.draw(st.sampled_from(sorted(self.charges)))
        self.received += amount
        self.add(posting.patient_payment(*self.key(), "P", amount, [(line, amount * share // 100)]))

    @precondition(lambda self: self.charges)
    @rule(data=st.data(), amount=cents, owed_by=st.sampled_from((*PAYERS, PATIENT)), what=st.integers(0, 3))
    def work(self, data: Any, amount: int, owed_by: str, what: int) -> None:
        line = data.draw(st.sampled_from(sorted(self.charges)))
        if what == 0:
            self.add(posting.write_off(*self.key(), line=line, owed_by=owed_by, cents=amount, reason="hardship"))
        elif what == 1:
            to = PATIENT if owed_by != PATIENT else "primary"
            self.add(posting.transfer(*self.key(), line=line, owed_by=owed_by, to=to, cents=amount, reason="27"))
        elif what == 2:
            self.received -= amount
            self.add(posting.refund(*self.key(), line=line, to=owed_by, cents=amount, reason="overpaid"))
        else:
            self.add(posting.allocate_credit(*self.key(), "P", [(line, amount)]))

    @precondition(lambda self: self.charges)
    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        live = [
            item.key
            for item in self.book
            if item.kind not in {Kind.REVERSED, Kind.CHARGE} and not self.book.is_reversed(item.key)
        ]
        if not live:
            return
        original = self.book.find(data.draw(st.sampled_from(live)))
        assert original is not None
        self.received -= original.cash_cents()
        self.add(reversal_of(original, *self.key()))

    @invariant()
    def every_cent_of_every_charge_is_somewhere(self) -> None:
        for line, charge in self.charges.items():
            state = self.book.line(line)
            assert state.charge == charge
            assert state.accounted == charge
            assert sum(state.by_payer.values()) == state.open_to_payers

    @invariant()
    def cash_is_what_was_received(self) -> None:
        assert self.book.cash() == self.received

    @invariant()
    def the_accounts_add_up_to_nothing(self) -> None:
        assert sum(self.book.total(account) for account in Account) == 0

    def teardown(self) -> None:
        if hasattr(self, "book"):
            assert list(verify(self.book)) == []


TestMoney = Money.TestCase
TestMoney.settings = settings(max_examples=60, stateful_step_count=40, suppress_health_check=list(HealthCheck))
