"""What a statement tells a patient: which visits, why each cent is theirs, and whether one is sent at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cleanclaim.forms.statement import StatementLine, StatementVisit
from cleanclaim.ledger.accounts import Account
from cleanclaim.money import dollars
from cleanclaim.receivables.aging import Aged, Bucket, aged
from cleanclaim.receivables.allocation import Owed
from cleanclaim.receivables.lines import EARLIER, AccountLine
from cleanclaim.reference.denials import is_cost_share
from cleanclaim.reference.patient_reasons import NO_NOTICE

PROTECTED_WORDS = "You have Medicare and Medicaid (QMB). You owe nothing for this: it may not be asked of you."
"""What a statement says of Medicare's cost sharing that may not be asked of the patient."""
NOT_TOLD_WORDS = "You were not told in writing beforehand that Medicare might not pay for this. You owe nothing for it."
"""What a statement says of a service that was billed with no notice signed."""


class Sending(StrEnum):
    """Whether a statement is sent, and if not, why not."""

    SEND = "send"
    NOTHING_OWED = "nothing owed"
    SMALL = "below the small balance"
    TOO_SOON = "sent one not long ago"


@dataclass(frozen=True, slots=True)
class Balance:
    """A patient's account in figures, in cents.

    `owed_cents` is theirs to pay on lines, `credit_cents` what they have paid beyond them (also what they paid too much
    on a line), `protected_cents` what may not be asked of them, `waiting_cents` what is not asked yet, for plans are
    still asked about it.
    """

    owed_cents: int
    credit_cents: int
    protected_cents: int
    waiting_cents: int
    aging: dict[Bucket, int]

    @property
    def due_cents(self) -> int:
        """What is to be paid: what is owed less the credit; below 0, what the clinic owes them."""
        return self.owed_cents - self.credit_cents


def balance(lines: Sequence[AccountLine], credit_cents: int, on: date) -> Balance:
    """Add an account up. `credit_cents` is the patient's credit that is on no line; aging is by what is owed."""
    return Balance(
        owed_cents=sum(line.owed_cents for line in lines),
        credit_cents=credit_cents + sum(line.overpaid_cents for line in lines),
        protected_cents=sum(line.protected_cents for line in lines),
        waiting_cents=sum(line.waiting_cents for line in lines),
        aging=aged((Aged(item.cents, item.since) for item in owed(lines)), on),
    )


def owed(lines: Iterable[AccountLine]) -> list[Owed]:
    """What the patient owes, line by line."""
    return [
        Owed(line.key, line.owed_cents, line.owed_since or line.date_of_service, line.date_of_service)
        for line in lines
        if line.owed_cents
    ]


def sending(found: Balance, on: date, last_sent: date | None, *, small_cents: int, every_days: int) -> Sending:
    """Whether a statement is sent today: something is due, it is not small, and the last is long enough ago."""
    if found.due_cents <= 0:
        return Sending.NOTHING_OWED
    if found.due_cents < small_cents:
        return Sending.SMALL
    if last_sent is not None and on < last_sent + timedelta(days=every_days):
        return Sending.TOO_SOON
    return Sending.SEND


def visits(lines: Iterable[AccountLine], label: Callable[[str], str], since: date | None) -> list[StatementVisit]:
    """The days that a statement shows, oldest first: where something is open to the patient, or was paid by them.

    Args:
        lines: the account's lines.
        label: plain words of a procedure code.
        since: the day of the last statement: what the patient paid from that day on is shown once more.
    """
    by_day: dict[date, list[AccountLine]] = {}
    for line in sorted(lines, key=lambda line: (line.date_of_service, line.key)):
        if line.open_cents or _paid_since(line, since):
            by_day.setdefault(line.date_of_service, []).append(line)
    return [
        StatementVisit(day, tuple(_line(one, label) for one in found), _told(found)) for day, found in by_day.items()
    ]


def _paid_since(line: AccountLine, since: date | None) -> bool:
    paid = (move for move in line.moves if move.account in {Account.PATIENT_CASH, Account.PATIENT_CREDIT})
    return any(since is None or move.on >= since for move in paid)


def _line(line: AccountLine, label: Callable[[str], str]) -> StatementLine:
    words = f"{label(line.code)} ({line.code})" if line.code else "Balance from our earlier system"
    return StatementLine(
        words=words,
        charge_cents=line.charge_cents,
        discount_cents=line.total(Account.CONTRACTUAL, Account.WRITTEN_OFF),
        plan_paid_cents=line.total(Account.PAYER_CASH),
        you_paid_cents=line.patient_paid_cents,
        yours_cents=line.open_cents - line.protected_cents - line.waiting_cents,
    )


def _told(lines: Sequence[AccountLine]) -> tuple[tuple[str, int | None], ...]:
    """The reasons of a day's parts, each once with its sum; what is with the plan, given up, or protected besides."""
    shares: dict[str, int] = {}
    for line in lines:
        if not line.protected_cents:
            for share in line.shares:
                if share.reason != EARLIER and (not line.waiting_cents or is_cost_share(share.reason)):
                    shares[share.words] = shares.get(share.words, 0) + share.cents
    found: list[tuple[str, int | None]] = [(words, cents) for words, cents in shares.items() if cents]
    with_plans = sum(line.total(Account.PAYER_OPEN) for line in lines)
    if with_plans > 0:
        found.append((f"Your plan has still to decide about {dollars(with_plans)}; that is not asked of you.", None))
    waiting = sum(line.waiting_cents for line in lines)
    if waiting:
        found.append(
            (
                f"Plans are still asked about {dollars(waiting)} that was left to you; that is not asked of you now.",
                None,
            )
        )
    protected = [line for line in lines if line.protected_cents]
    if any(NO_NOTICE not in line.remarks for line in protected):
        found.append((PROTECTED_WORDS, None))
    if any(NO_NOTICE in line.remarks for line in protected):
        found.append((NOT_TOLD_WORDS, None))
    given_up = sum(line.total(Account.WRITTEN_OFF) for line in lines)
    if given_up:
        found.append((f"We have taken {dollars(given_up)} off this visit.", None))
    return tuple(found)
