"""What each thing that happens writes into the ledger.

Denials stay open: only what a contract or the patient's plan takes away leaves a payer's open amount by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Entry, Kind, LedgerError, Source, Transaction, entries_without_zero
from cleanclaim.remittance.effects import Effect, LineAnswer

PATIENT = "patient"
"""The patient as the one who is asked next."""


def charge(key: str, on: date, source: Source, payer: str, lines: Iterable[tuple[str, int]]) -> Transaction:
    """Charge lines: each opens its cents to the payer billed first, or to the patient (`PATIENT`)."""
    entries: list[Entry] = []
    for line, cents in lines:
        if cents < 0:
            raise LedgerError("charge: a negative charge; expected 0 or more")
        entries += [Entry(Account.CHARGES, -cents, line), _open(payer, cents, line)]
    return Transaction(key, Kind.CHARGE, on, source, tuple(entries))


def brought_forward(key: str, on: date, source: Source, *, line: str, owed_by: str, cents: int) -> Transaction:
    """Open what was owed in another system: on a line of its own, to a payer or to the patient (`PATIENT`).

    Negative: a payer was owed it.
    """
    entries = (Entry(Account.BROUGHT_FORWARD, -cents, line), _open(owed_by, cents, line))
    return Transaction(key, Kind.BROUGHT_FORWARD, on, source, entries)


def brought_forward_credit(key: str, on: date, source: Source, patient: str, cents: int) -> Transaction:
    """Bring forward what a patient had paid before anything was owed: it is their credit."""
    if cents <= 0:
        raise LedgerError("brought_forward: expected a credit above 0")
    entries = (
        Entry(Account.BROUGHT_FORWARD, cents, payer=patient),
        Entry(Account.PATIENT_CREDIT, -cents, payer=patient),
    )
    return Transaction(key, Kind.BROUGHT_FORWARD, on, source, entries)


def remittance(  # noqa: PLR0913 - who said what, and who is asked
    key: str,
    on: date,
    source: Source,
    payer: str,
    answers: Sequence[LineAnswer],
    *,
    next_payer: str,
    asked: str = "",
) -> Transaction:
    """Post what a payer said about a claim.

    Signs are the payer's: a reversal posts the same with every amount turned. What is the patient's goes to
    `next_payer`: another coverage, or the patient. The amounts stood open to `asked`: the payer itself, unless a payer
    answers that nobody had been told of, and pays what was the patient's.
    """
    owing = asked or payer
    entries: list[Entry] = []
    for answer in answers:
        entries.append(Entry(Account.PAYER_CASH, answer.paid_cents, answer.line, payer))
        moved = [(answer.paid_cents, "")]
        for effect, cents, reason in answer.unpaid:
            if effect in _STAYS or (effect is Effect.PATIENT and owing == next_payer):
                continue
            moved.append((cents, reason))
            if effect is Effect.CONTRACTUAL:
                entries.append(Entry(Account.CONTRACTUAL, cents, answer.line, payer, reason))
            else:
                entries.append(_open(next_payer, cents, answer.line, reason))
        entries += _no_longer_open(owing, answer.line, moved)
    kept = entries_without_zero(entries)
    if not kept:
        raise LedgerError("remittance: nothing is paid or moved; a denial is kept as an answer, not as an entry")
    return Transaction(key, Kind.REMITTANCE, on, source, kept)


def payment_parts(  # noqa: PLR0913 - each is a part of one payment
    key: str,
    on: date,
    source: Source,
    payer: str,
    *,
    interest_cents: int = 0,
    suspense: Sequence[tuple[str, int]] = (),
    adjustments: Sequence[tuple[str, int]] = (),
) -> Transaction | None:
    """Post what of a payment belongs to no line; `None` where there is nothing.

    Args:
        key: the transaction's key.
        on: the day it takes effect.
        source: the remittance.
        payer: who paid.
        interest_cents: interest to the clinic.
        suspense: amounts paid for what is not placed yet, each with its reason.
        adjustments: the provider's adjustments by reason, positive where they take from the payment.
    """
    entries = [
        Entry(Account.PAYER_CASH, interest_cents, payer=payer),
        Entry(Account.INTEREST, -interest_cents, payer=payer),
    ]
    for reason, cents in suspense:
        entries += [
            Entry(Account.PAYER_CASH, cents, payer=payer),
            Entry(Account.SUSPENSE, -cents, payer=payer, reason=reason),
        ]
    for reason, cents in adjustments:
        entries += [
            Entry(Account.PAYER_CASH, -cents, payer=payer),
            Entry(Account.PROVIDER_ADJUSTMENT, cents, payer=payer, reason=reason),
        ]
    kept = entries_without_zero(entries)
    return Transaction(key, Kind.PAYER_PAYMENT_PART, on, source, kept) if kept else None


def place_suspense(  # noqa: PLR0913 - from where to which line
    key: str, on: date, source: Source, payer: str, *, line: str, cents: int, reason: str
) -> Transaction:
    """Put money that stood in suspense onto a line: it stops being unplaced cash and pays the line."""
    entries = (
        Entry(Account.SUSPENSE, cents, payer=payer, reason=reason),
        Entry(Account.PAYER_CASH, -cents, payer=payer),
        Entry(Account.PAYER_CASH, cents, line, payer),
        Entry(Account.PAYER_OPEN, -cents, line, payer),
    )
    return Transaction(key, Kind.SUSPENSE_PLACED, on, source, entries)


def patient_payment(
    key: str, on: date, source: Source, patient: str, cents: int, lines: Iterable[tuple[str, int]] = ()
) -> Transaction:
    """Take a patient's payment: onto lines, and what is left as the patient's credit. Negative: given back.

    Args:
        key: the transaction's key.
        on: the day it takes effect.
        source: the receipt.
        patient: who paid; a credit is theirs.
        cents: what was received.
        lines: what of it pays which line.
    """
    entries: list[Entry] = []
    left = cents
    for line, part in lines:
        entries += [Entry(Account.PATIENT_CASH, part, line), Entry(Account.PATIENT_OPEN, -part, line)]
        left -= part
    if (cents >= 0) != (left >= 0) and left:
        raise LedgerError(f"patient_payment: {cents} cents pay lines with {cents - left}; expected at most as much")
    entries += [
        Entry(Account.PATIENT_CASH, left, payer=patient),
        Entry(Account.PATIENT_CREDIT, -left, payer=patient),
    ]
    return Transaction(key, Kind.PATIENT_PAYMENT, on, source, entries_without_zero(entries))


def allocate_credit(key: str, on: date, source: Source, patient: str, lines: Iterable[tuple[str, int]]) -> Transaction:
    """Put a patient's credit onto lines that they owe. Negative: what they paid too much on a line goes back."""
    entries: list[Entry] = []
    for line, part in lines:
        entries += [
            Entry(Account.PATIENT_CREDIT, part, line, patient),
            Entry(Account.PATIENT_OPEN, -part, line),
        ]
    return Transaction(key, Kind.PATIENT_ALLOCATION, on, source, entries_without_zero(entries))


def write_off(  # noqa: PLR0913 - what, whose, why
    key: str, on: date, source: Source, *, line: str, owed_by: str, cents: int, reason: str
) -> Transaction:
    """Give up an open amount for a stated reason. Nothing does this by itself."""
    return write_off_lines(key, on, source, [(line, owed_by, cents)], reason=reason)


def write_off_lines(
    key: str, on: date, source: Source, lines: Iterable[tuple[str, str, int]], *, reason: str
) -> Transaction:
    """Give up open amounts by one decision: of each line, who owes it, and how many cents."""
    entries: list[Entry] = []
    for line, owed_by, cents in lines:
        _expect_an_amount("write_off", cents)
        entries += [Entry(Account.WRITTEN_OFF, cents, line, reason=reason), _open(owed_by, -cents, line)]
    return Transaction(key, Kind.WRITE_OFF, on, source, tuple(entries))


def transfer(  # noqa: PLR0913 - from whom to whom, why
    key: str, on: date, source: Source, *, line: str, owed_by: str, to: str, cents: int, reason: str
) -> Transaction:
    """Ask somebody else: move an open amount between payers and the patient."""
    return transfer_lines(key, on, source, [(line, owed_by, to, cents, reason)])


def transfer_lines(key: str, on: date, source: Source, moves: Iterable[tuple[str, str, str, int, str]]) -> Transaction:
    """Ask somebody else by one decision: of each line, who was asked, who is asked now, how many cents, and why."""
    entries: list[Entry] = []
    for line, owed_by, to, cents, reason in moves:
        if owed_by == to:
            raise LedgerError("transfer: from and to are the same")
        _expect_an_amount("transfer", cents)
        entries += [_open(owed_by, -cents, line, reason), _open(to, cents, line, reason)]
    return Transaction(key, Kind.TRANSFER, on, source, tuple(entries))


def refund(  # noqa: PLR0913 - to whom, of which line
    key: str, on: date, source: Source, *, line: str, to: str, cents: int, reason: str
) -> Transaction:
    """Give money of a line back to who paid too much: their open amount, which was below 0, rises."""
    _expect_an_amount("refund", cents)
    cash = Account.PATIENT_CASH if to == PATIENT else Account.PAYER_CASH
    payer = "" if to == PATIENT else to
    entries = (Entry(cash, -cents, line, payer, reason), _open(to, cents, line, reason))
    return Transaction(key, Kind.REFUND, on, source, entries)


def refund_credit(key: str, on: date, source: Source, patient: str, *, cents: int, reason: str) -> Transaction:
    """Give a patient's credit back."""
    _expect_an_amount("refund", cents)
    entries = (
        Entry(Account.PATIENT_CASH, -cents, payer=patient, reason=reason),
        Entry(Account.PATIENT_CREDIT, cents, payer=patient, reason=reason),
    )
    return Transaction(key, Kind.REFUND, on, source, entries)


def refund_announced(key: str, on: date, source: Source, payer: str, *, cents: int, reason: str) -> Transaction:
    """Send a payer what it had announced to take: its answers have turned already, and no line is touched."""
    _expect_an_amount("refund", cents)
    entries = (
        Entry(Account.PAYER_CASH, -cents, payer=payer, reason=reason),
        Entry(Account.PROVIDER_ADJUSTMENT, cents, payer=payer, reason=reason),
    )
    return Transaction(key, Kind.REFUND, on, source, entries)


def meet_refund(  # noqa: PLR0913 - whose money, onto which line
    key: str, on: date, source: Source, payer: str, *, line: str, order: str, cents: int, reason: str
) -> Transaction:
    """Put what a payer added for a refund onto the line that it has turned: together they undo the turning.

    `payer` is who paid, `order` its place, to which the line stands open.
    """
    _expect_an_amount("refund_met", cents)
    entries = (
        Entry(Account.PROVIDER_ADJUSTMENT, cents, payer=payer, reason=reason),
        Entry(Account.PAYER_CASH, -cents, payer=payer, reason=reason),
        Entry(Account.PAYER_CASH, cents, line, order, reason),
        Entry(Account.PAYER_OPEN, -cents, line, order, reason),
    )
    return Transaction(key, Kind.REFUND_MET, on, source, entries)


_STAYS = frozenset({Effect.OPEN, Effect.SETTLED})
"""What moves nothing: it stays open, or was settled before."""


def _expect_an_amount(kind: str, cents: int) -> None:
    """Refuse nothing and less than nothing: what goes the other way has a kind of its own."""
    if cents <= 0:
        raise LedgerError(f"{kind}: expected an amount above 0")


def _no_longer_open(owing: str, line: str, moved: Sequence[tuple[int, str]]) -> list[Entry]:
    """What leaves the open amount of a line: of a payer one sum, for where it went says why; of a patient each part.

    A patient's statement tells why each part of what they owe came and went.
    """
    if owing == PATIENT:
        return [_open(owing, -cents, line, reason) for cents, reason in moved]
    return [_open(owing, -sum(cents for cents, _reason in moved), line)]


def _open(owed_by: str, cents: int, line: str, reason: str = "") -> Entry:
    if owed_by == PATIENT:
        return Entry(Account.PATIENT_OPEN, cents, line, reason=reason)
    return Entry(Account.PAYER_OPEN, cents, line, owed_by, reason)
