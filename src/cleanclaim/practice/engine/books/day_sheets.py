"""The day sheet: what moved the receivables on a day or some days, by kind and by person, tied to the ledger.

Receivables are what payers and patients have open, less what is owed to patients and what is held unplaced. What they
were before, and everything that moved them, is what they are after; the ledger adds both up apart from each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.practice.engine.books.periods import sums_between
from cleanclaim.practice.models import LedgerEntry, Receipt, User
from cleanclaim.receivables.giving_up import LABELS, Reason
from cleanclaim.reference import contractual_adjustments

RECEIVABLES = frozenset({Account.PAYER_OPEN, Account.PATIENT_OPEN, Account.PATIENT_CREDIT, Account.SUSPENSE})
"""Accounts that together are the receivables."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One kind of movement: what it is, how many transactions, and its cents as they move the receivables."""

    label: str
    count: int
    cents: int


@dataclass(slots=True)
class ByPerson:
    """What one person wrote, in cents: charges, payers' and patients' payments, adjustments and write-offs, refunds."""

    name: str
    charges_cents: int = 0
    payer_cents: int = 0
    patient_cents: int = 0
    adjusted_cents: int = 0
    refunded_cents: int = 0


@dataclass(frozen=True, slots=True)
class Drawer:
    """What one person took of patients by one means: receipts that stand, and their cents."""

    name: str
    means: str
    count: int
    cents: int


@dataclass(slots=True)
class DaySheet:
    """The sheet. `before_cents` and `after_cents` are the receivables at the beginning of the first day and the end."""

    begins_on: date
    ends_on: date
    before_cents: int
    after_cents: int
    movements: list[Movement] = field(default_factory=list)
    adjustments: list[Movement] = field(default_factory=list)
    people: list[ByPerson] = field(default_factory=list)
    drawers: list[Drawer] = field(default_factory=list)

    @property
    def moved_cents(self) -> int:
        """What the movements come to."""
        return sum(item.cents for item in self.movements)

    @property
    def ties(self) -> bool:
        """Whether the receivables before and the movements are the receivables after."""
        return self.before_cents + self.moved_cents == self.after_cents

    @property
    def drawer_cents(self) -> int:
        """What was taken of patients."""
        return sum(item.cents for item in self.drawers)


_LABELS = {
    "charges": "Charges",
    "brought_forward": "Balances brought forward",
    "payer": "Payments of payers",
    "patient": "Payments of patients",
    "refund": "Refunds",
    "contractual": "Contractual adjustments",
    "written_off": "Write-offs",
    "interest": "Interest",
    "provider_adjustment": "Payers' other adjustments",
}


def _kind_of(account: Account, kind: Kind) -> str:
    """Which movement an entry belongs to; empty for those of the receivables themselves."""
    if account in RECEIVABLES:
        return ""
    if account in {Account.PAYER_CASH, Account.PATIENT_CASH}:
        if kind is Kind.REFUND:
            return "refund"
        return "payer" if account is Account.PAYER_CASH else "patient"
    return account.value


def day_sheet(begins_on: date, ends_on: date) -> DaySheet:
    """The sheet of these days of the clinics in scope; five queries, however much was written."""
    before = sums_between(None, begins_on - timedelta(days=1))
    after = sums_between(None, ends_on)
    made = DaySheet(
        begins_on,
        ends_on,
        sum(cents for account, cents in before.items() if account in RECEIVABLES),
        sum(cents for account, cents in after.items() if account in RECEIVABLES),
    )
    sums: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    people: dict[object, ByPerson] = {}
    for row in _rows(begins_on, ends_on):
        what = _kind_of(Account(row["account"]), Kind(row["kind"]))
        if not what:
            continue
        sums[what] -= row["cents"]
        counts[what] += row["count"]
        person = people.setdefault(row["transaction__by"], ByPerson(""))
        _add(person, what, -row["cents"])
    made.movements = [Movement(label, counts[what], sums[what]) for what, label in _LABELS.items() if what in sums]
    made.adjustments = _adjustments(begins_on, ends_on)
    names = dict(User.objects.filter(pk__in=[key for key in people if key is not None]).values_list("pk", "name"))
    for key, person in people.items():
        person.name = names.get(key, "") or "nobody by name"  # type: ignore[call-overload]
    made.people = sorted(people.values(), key=lambda person: person.name)
    made.drawers = _drawers(begins_on, ends_on)
    return made


def _rows(begins_on: date, ends_on: date) -> list[dict[str, Any]]:
    rows = LedgerEntry.objects.filter(transaction__on__gte=begins_on, transaction__on__lte=ends_on)
    found: list[dict[str, Any]] = list(
        rows.annotate(kind=Coalesce("transaction__reverses__kind", "transaction__kind"))
        .order_by()
        .values("account", "kind", "transaction__by")
        .annotate(cents=Sum(F("cents")), count=Count("transaction", distinct=True))
    )
    return found


def _add(person: ByPerson, what: str, cents: int) -> None:
    if what in {"charges", "brought_forward"}:
        person.charges_cents += cents
    elif what in {"payer", "interest", "provider_adjustment"}:
        person.payer_cents += cents
    elif what == "patient":
        person.patient_cents += cents
    elif what == "refund":
        person.refunded_cents += cents
    else:
        person.adjusted_cents += cents


def _adjustments(begins_on: date, ends_on: date) -> list[Movement]:
    """Contractual adjustments and write-offs by reason, the largest first."""
    rows = LedgerEntry.objects.filter(
        transaction__on__gte=begins_on,
        transaction__on__lte=ends_on,
        account__in=[Account.CONTRACTUAL.value, Account.WRITTEN_OFF.value],
    )
    found = [
        Movement(_why(row["account"], row["reason"]), row["count"], -row["total"])
        for row in rows.order_by()
        .values("account", "reason")
        .annotate(total=Sum("cents"), count=Count("transaction", distinct=True))
    ]
    return sorted(found, key=lambda item: (item.cents, item.label))


def _why(account: str, reason: str) -> str:
    if account == Account.WRITTEN_OFF.value:
        known = {item.value for item in Reason}
        return f"written off: {LABELS[Reason(reason)] if reason in known else reason.replace('_', ' ')}"
    told = contractual_adjustments.find(reason)
    return f"contract: {told.label}" if told is not None else f"contract: reason {reason}"


def _drawers(begins_on: date, ends_on: date) -> list[Drawer]:
    rows = Receipt.objects.filter(received_on__gte=begins_on, received_on__lte=ends_on, voided_at=None).order_by()
    return [
        Drawer(row["taken_by__name"], row["means"], row["count"], row["total"])
        for row in rows.values("taken_by__name", "means")
        .annotate(total=Sum("cents"), count=Count("pk"))
        .order_by("taken_by__name", "means")
    ]
