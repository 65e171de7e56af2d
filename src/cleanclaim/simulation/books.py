"""The books of one desk's year: the ledger in memory, and what each patient owes by it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from cleanclaim.ledger import posting
from cleanclaim.ledger.book import Book
from cleanclaim.ledger.entries import Source, Transaction
from cleanclaim.receivables.lines import AccountLine, Move

REFUNDED = "72"
"""The reason of a provider's adjustment that acknowledges a refund."""


@dataclass(slots=True)
class _Line:
    """A line of a patient's account as it grows."""

    date_of_service: date
    code: str
    claim: str
    moves: list[Move] = field(default_factory=list)
    remarks: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Books:
    """The ledger, and beside it what was written about each line, by patient."""

    book: Book = field(default_factory=Book)
    _lines: dict[str, _Line] = field(default_factory=dict)
    _of_patient: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _patient_of: dict[str, str] = field(default_factory=dict)
    """Whose a line is, by its key."""
    credit: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """What patients have paid that is on no line, in cents."""
    changed: set[str] = field(default_factory=set)
    """Patients about whose lines something was written since this was last cleared."""

    def open(self, patient: str, claim: str, lines: Iterable[tuple[str, date, str]]) -> None:
        """Begin lines of a patient's account: key, day of service, code."""
        for key, day, code in lines:
            self._lines[key] = _Line(day, code, claim)
            self._of_patient[patient].append(key)
            self._patient_of[key] = patient

    def write(self, transaction: Transaction | None) -> None:
        """Write a transaction; nothing for nothing."""
        if transaction is None or not self.book.add(transaction):
            return
        for entry in transaction.entries:
            if entry.line:
                move = Move(transaction.on, transaction.kind, entry.account, entry.cents, entry.payer, entry.reason)
                self._lines[entry.line].moves.append(move)
                self.changed.add(self._patient_of[entry.line])

    def remark(self, line: str, remarks: Iterable[str]) -> None:
        """Keep what a payer remarked on a line."""
        self._lines[line].remarks.update(remarks)
        self.changed.add(self._patient_of[line])

    def patients(self) -> Iterator[str]:
        """The patients who have lines."""
        return iter(self._of_patient)

    def account(self, patient: str) -> list[AccountLine]:
        """The lines of a patient."""
        return [
            AccountLine(key, line.date_of_service, line.code, line.claim, tuple(line.moves), frozenset(line.remarks))
            for key in self._of_patient.get(patient, ())
            for line in (self._lines[key],)
        ]

    def pay(self, patient: str, on: date, receipt: str, cents: int, lines: Iterable[tuple[str, int]]) -> None:
        """A patient's payment onto lines; what is left of it is their credit."""
        parts = list(lines)
        told = json.dumps([receipt, on.isoformat(), cents, parts], separators=(",", ":"))
        source = Source("receipt", receipt, hashlib.sha256(told.encode()).hexdigest())
        self.write(posting.patient_payment(f"receipt:{receipt}", on, source, patient, cents, parts))
        self.changed.add(patient)
        self.credit[patient] += cents - sum(part for _line, part in parts)

    def repay(self, payer: str, reference: str, on: date, cents: int) -> None:
        """A check to a payer for what it announced as paid too much; the payer acknowledges it by reason 72."""
        told = json.dumps([payer, reference, on.isoformat(), cents], separators=(",", ":"))
        source = Source("refund", reference, hashlib.sha256(told.encode()).hexdigest())
        key = f"refund:{payer}:{reference}"
        self.write(posting.payment_parts(key, on, source, payer, adjustments=[(REFUNDED, cents)]))

    def give_up(self, line: str, owed_by: str, on: date, reason: str) -> int:
        """Write off what stands open of a line to somebody, for a stated reason; returns how much that was."""
        state = self.book.line(line)
        cents = state.open_to_patient if owed_by == posting.PATIENT else state.by_payer.get(owed_by, 0)
        if cents <= 0:
            return 0
        key = f"{reason}:{line}:{owed_by}:{on.isoformat()}"
        source = Source("write-off", key, hashlib.sha256(f"{key}|{cents}".encode()).hexdigest())
        self.write(
            posting.write_off(f"written off:{key}", on, source, line=line, owed_by=owed_by, cents=cents, reason=reason)
        )
        return cents


def as_json(transaction: Transaction) -> str:
    """A transaction as one line of `ledger.jsonl`."""
    document = {
        "key": transaction.key,
        "kind": transaction.kind.value,
        "on": transaction.on.isoformat(),
        "source": [transaction.source.kind, transaction.source.key, transaction.source.digest],
        "entries": [[one.account.value, one.cents, one.line, one.payer, one.reason] for one in transaction.entries],
        "reverses": transaction.reverses,
        "digest": transaction.digest,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
