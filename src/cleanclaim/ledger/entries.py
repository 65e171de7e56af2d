"""Entries and transactions: what is written into the ledger, once, and never changed.

A transaction is what one document did: a charge, a claim of a remittance, a payment, a write-off. Its entries add up
to nothing, over all and for each line, so that no cent appears or disappears, and none moves between lines unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cleanclaim.ledger.accounts import CASH_ACCOUNTS, LINE_ACCOUNTS, Account


class LedgerError(ValueError):
    """What may not be written: names the transaction's kind and what was expected, no patient."""


class Kind(StrEnum):
    """What a transaction records."""

    CHARGE = "charge"
    BROUGHT_FORWARD = "brought_forward"
    """What was open, or paid too much, before this ledger began."""
    REMITTANCE = "remittance"
    """What a payer said about one claim."""
    PAYER_PAYMENT_PART = "payment_part"
    """Interest, provider adjustments and suspense of a payer's payment."""
    PATIENT_PAYMENT = "patient_payment"
    PATIENT_ALLOCATION = "patient_allocation"
    """A patient's credit put onto lines, or what was paid too much on a line put back among it."""
    WRITE_OFF = "write_off"
    TRANSFER = "transfer"
    """Who is asked next: from one payer to another, or to the patient, or back."""
    REFUND = "refund"
    REFUND_MET = "refund_met"
    """A payer turned a line that a refund had gone for, and added as much to a payment: that pays the line."""
    SUSPENSE_PLACED = "suspense_placed"
    REVERSED = "reversed"
    """An earlier transaction taken back whole, because it should not have been written."""


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a transaction comes from: its kind, its key, and the SHA-256 of what it said."""

    kind: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount in one account.

    `line` is the key of the claim line it speaks of, empty where it speaks of none. `payer` is the coverage, or for
    money of no claim the payer, that it concerns. `reason` says why a cent is contractual, written off or adjusted.
    """

    account: Account
    cents: int
    line: str = ""
    payer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """Entries that belong together. `on` is the day they take effect; `reverses` the key of what they take back."""

    key: str
    kind: Kind
    on: date
    source: Source
    entries: tuple[Entry, ...]
    reverses: str = ""

    def __post_init__(self) -> None:
        """Refuse what does not balance. Raises `LedgerError`."""
        if not self.entries:
            raise LedgerError(f"{self.kind.value}: no entries; expected at least two")
        by_line: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            if entry.line and entry.account not in LINE_ACCOUNTS:
                raise LedgerError(f"{self.kind.value}: an entry in {entry.account.value} names a line; expected none")
            if not entry.line and entry.account in _OF_LINES_ONLY:
                raise LedgerError(f"{self.kind.value}: an entry in {entry.account.value} names no line; expected one")
            if entry.account is Account.WRITTEN_OFF and not entry.reason:
                raise LedgerError(f"{self.kind.value}: a write-off without a reason")
            by_line[entry.line] += entry.cents
        for line, cents in by_line.items():
            if cents:
                of = "one of its lines" if line else "what speaks of no line"
                raise LedgerError(f"{self.kind.value}: the entries of {of} add up to {cents} cents; expected 0")

    @property
    def digest(self) -> str:
        """The SHA-256 of all that it says, for the chain that holds it."""
        told = [
            self.key,
            self.kind.value,
            self.on.isoformat(),
            [self.source.kind, self.source.key, self.source.digest],
            [[entry.account, entry.cents, entry.line, entry.payer, entry.reason] for entry in self.entries],
            self.reverses,
        ]
        return hashlib.sha256(_TERSE.encode(told).encode()).hexdigest()

    def cash_cents(self) -> int:
        """What was received; negative where it was given back."""
        return sum(entry.cents for entry in self.entries if entry.account in CASH_ACCOUNTS)


_TERSE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""How a transaction is written down for its digest. Made once: a payment asks for thousands."""

_OF_LINES_ONLY = frozenset(
    {Account.CHARGES, Account.PAYER_OPEN, Account.PATIENT_OPEN, Account.CONTRACTUAL, Account.WRITTEN_OFF}
)


def reversal_of(original: Transaction, key: str, on: date, source: Source) -> Transaction:
    """Take a transaction back whole: every entry with its sign turned. Nothing else undoes anything."""
    if original.kind is Kind.REVERSED:
        raise LedgerError("a reversal is not reversed; write the transaction anew")
    turned = tuple(
        Entry(entry.account, -entry.cents, entry.line, entry.payer, entry.reason) for entry in original.entries
    )
    return Transaction(key, Kind.REVERSED, on, source, turned, reverses=original.key)


def entries_without_zero(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries that move money."""
    return tuple(entry for entry in entries if entry.cents)
