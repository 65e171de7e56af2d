"""The ledger itself: transactions in the order they were written, where each line's cents stand, and what must hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cleanclaim.ledger.accounts import CASH_ACCOUNTS, Account
from cleanclaim.ledger.entries import Kind, LedgerError, Transaction


@dataclass(frozen=True, slots=True)
class LineState:
    """Where the cents of one line stand. `by_payer` is what is open to each payer, by its key.

    `charge` is what was charged, or brought forward from another system.
    """

    charge: int
    payer_paid: int
    patient_paid: int
    contractual: int
    written_off: int
    open_to_payers: int
    open_to_patient: int
    by_payer: dict[str, int]

    @property
    def accounted(self) -> int:
        """What of the charge is accounted for: all of it, at every moment."""
        return (
            self.payer_paid
            + self.patient_paid
            + self.contractual
            + self.written_off
            + self.open_to_payers
            + self.open_to_patient
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the ledger does not hold, and what was expected."""

    transaction: str
    problem: str


@dataclass(slots=True)
class Book:
    """Transactions by key, in order. Adding is the only way to change it; the same key again changes nothing."""

    _transactions: dict[str, Transaction] = field(default_factory=dict)
    _lines: dict[str, dict[tuple[Account, str], int]] = field(default_factory=dict)
    _totals: dict[Account, int] = field(default_factory=lambda: defaultdict(int))
    _reversed: dict[str, str] = field(default_factory=dict)

    def add(self, transaction: Transaction) -> bool:
        """Write a transaction; says whether it was new.

        Raises:
            LedgerError: another transaction has its key, or it takes back what is not there or was taken back before.
        """
        held = self._transactions.get(transaction.key)
        if held is not None:
            if held.digest != transaction.digest:
                raise LedgerError(f"{transaction.kind.value}: another transaction has this key")
            return False
        if transaction.kind is Kind.REVERSED:
            self._require_reversible(transaction)
            self._reversed[transaction.reverses] = transaction.key
        self._transactions[transaction.key] = transaction
        for entry in transaction.entries:
            self._totals[entry.account] += entry.cents
            if entry.line:
                cells = self._lines.setdefault(entry.line, defaultdict(int))
                cells[entry.account, entry.payer] += entry.cents
        return True

    def __iter__(self) -> Iterator[Transaction]:
        """The transactions in the order they were written."""
        return iter(self._transactions.values())

    def __len__(self) -> int:
        """How many transactions."""
        return len(self._transactions)

    def find(self, key: str) -> Transaction | None:
        """The transaction with a key."""
        return self._transactions.get(key)

    def is_reversed(self, key: str) -> bool:
        """Whether a transaction was taken back."""
        return key in self._reversed

    def total(self, account: Account) -> int:
        """What stands in an account."""
        return self._totals[account]

    def cash(self) -> int:
        """What was received and not given back: what deposits must add up to."""
        return sum(self._totals[account] for account in CASH_ACCOUNTS)

    def lines(self) -> Iterator[str]:
        """The keys of all lines, in the order they were charged."""
        return iter(self._lines)

    def line(self, key: str) -> LineState:
        """Where the cents of a line stand. A line that was never charged has none anywhere."""
        cells = self._lines.get(key, {})
        sums: dict[Account, int] = defaultdict(int)
        by_payer: dict[str, int] = {}
        for (account, payer), cents in cells.items():
            sums[account] += cents
            if account is Account.PAYER_OPEN and cents:
                by_payer[payer] = cents
        return LineState(
            charge=-sums[Account.CHARGES] - sums[Account.BROUGHT_FORWARD],
            payer_paid=sums[Account.PAYER_CASH],
            # A credit put onto the line was paid by the patient before.
            patient_paid=sums[Account.PATIENT_CASH] + sums[Account.PATIENT_CREDIT],
            contractual=sums[Account.CONTRACTUAL],
            written_off=sums[Account.WRITTEN_OFF],
            open_to_payers=sums[Account.PAYER_OPEN],
            open_to_patient=sums[Account.PATIENT_OPEN],
            by_payer=by_payer,
        )

    def _require_reversible(self, transaction: Transaction) -> None:
        original = self._transactions.get(transaction.reverses)
        if original is None:
            raise LedgerError("reversed: the transaction that it takes back is not in the ledger")
        if transaction.reverses in self._reversed:
            raise LedgerError("reversed: the transaction was taken back before")
        expected = sorted(
            (entry.account, -entry.cents, entry.line, entry.payer, entry.reason) for entry in original.entries
        )
        found = sorted(
            (entry.account, entry.cents, entry.line, entry.payer, entry.reason) for entry in transaction.entries
        )
        if expected != found:
            raise LedgerError("reversed: the entries are not those of the transaction with their signs turned")


def verify(transactions: Iterable[Transaction]) -> Iterator[Fault]:
    """Read a ledger anew, from its first transaction, and tell every place where it does not hold.

    That each transaction balances, over all and for each line, was asked when it was made, and is asked again here of
    what was read back. Then every line's charge is accounted for, and what was reversed was reversed once and whole.
    """
    book = Book()
    for transaction in transactions:
        try:
            book.add(transaction)
        except LedgerError as error:
            yield Fault(transaction.key, str(error))
    for key in book.lines():
        state = book.line(key)
        if state.charge != state.accounted:
            yield Fault("", f"a line's charge of {state.charge} cents is accounted for by {state.accounted}")
    if sum(book.total(account) for account in Account):
        yield Fault("", "the accounts do not add up to nothing")
