"""What stands open now, added up by the database: only lines that have something open are read, whoever owes it.

A clinic's ledger grows for years, and nearly all of its lines are settled. The database finds the others by the indexes
of `LedgerEntry` that hold nothing but open amounts; Python then sees their entries alone. Whoever needs every line of
one patient, settled ones too, asks `patient_accounts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.practice.engine.judging.protection import NONE, lines_without_notice, marks
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.chains import chains_of, remarks_on
from cleanclaim.practice.engine.ledger.pursued import pursued_lines
from cleanclaim.practice.models import LedgerEntry, OpeningBalance
from cleanclaim.receivables.lines import AccountLine, Move
from cleanclaim.receivables.statements import Balance, balance


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """What one patient owes and is owed.

    Of their lines those that are open are here, with what the patient owes of them and nothing else: no charge, no
    payer, no code.
    """

    patient: UUID
    lines: tuple[AccountLine, ...]
    credit_cents: int

    def balance(self, on: date) -> Balance:
        """The account in figures, aged on a day."""
        return balance(self.lines, self.credit_cents, on)


def open_accounts(patients: Iterable[UUID] | None = None) -> dict[UUID, OpenAccount]:
    """Patients in scope with an open line or a credit, or these, by patient; nine queries however long it is."""
    wanted = None if patients is None else list(patients)
    open_ = open_lines(Account.PATIENT_OPEN, wanted)
    lines = _lines(open_)
    credit = credits_of(wanted)
    return {
        patient: OpenAccount(patient, tuple(lines.get(patient, ())), credit.get(patient, 0))
        for patient in dict.fromkeys([*lines, *credit] if wanted is None else wanted)
    }


def lines_below_zero(account: Account) -> QuerySet[LedgerEntry, dict[str, Any]]:
    """Claim, line and cents (`total`) of every line on which less than nothing stands in an account."""
    entries = LedgerEntry.objects.filter(account=account.value).order_by()
    summed = entries.values("claim", "line").annotate(total=Sum("cents"))
    found: QuerySet[LedgerEntry, dict[str, Any]] = summed.filter(total__lt=0)
    return found


def open_lines(account: Account, patients: list[UUID] | None = None) -> QuerySet[LedgerEntry, dict[str, Any]]:
    """Claim, line and cents (`total`) of every line on which something stands in an account, above or below 0."""
    entries = LedgerEntry.objects.filter(account=account.value).order_by()
    if patients is not None:
        entries = entries.filter(Q(claim__patient__in=patients) | Q(line__in=_brought(patients)))
    summed = entries.values("claim", "line").annotate(total=Sum("cents"))
    found: QuerySet[LedgerEntry, dict[str, Any]] = summed.exclude(total=0)
    return found


def credits_of(patients: list[UUID] | None = None) -> dict[UUID, int]:
    """What patients have paid that is on no line, in cents, where it is not 0; below 0 where too much was used."""
    entries = LedgerEntry.objects.filter(account=Account.PATIENT_CREDIT.value).order_by()
    if patients is not None:
        entries = entries.filter(payer__in=[str(patient) for patient in patients])
    rows = entries.values("payer").annotate(total=Sum("cents")).exclude(total=0)
    return {UUID(row["payer"]): -row["total"] for row in rows}


def _brought(patients: list[UUID]) -> list[str]:
    keys = OpeningBalance.objects.filter(patient__in=patients).values_list("pk", flat=True)
    return [f"{ledger_rows.BROUGHT_FORWARD}:{key}" for key in keys]


_COLUMNS = (
    "line", "cents", "reason", "claim", "claim__patient", "claim__date_of_service", "transaction__on",
    "transaction__kind", "transaction__reverses__kind",
)  # fmt: skip


def _lines(open_: QuerySet[LedgerEntry, dict[str, Any]]) -> dict[UUID, list[AccountLine]]:
    """The open lines by patient, each with what was ever moved to the patient or away."""
    entries = LedgerEntry.objects.filter(account=Account.PATIENT_OPEN.value, line__in=open_.values("line"))
    moves: dict[str, list[Move]] = defaultdict(list)
    heads: dict[str, tuple[UUID | None, UUID | None, date | None]] = {}
    rows = entries.order_by("transaction__created_at", "transaction__key", "position").values_list(*_COLUMNS)
    for line, cents, reason, claim, patient, day, on, kind, reverses in rows:
        heads.setdefault(line, (claim, patient, day))
        moves[line].append(Move(on, Kind(reverses or kind), Account.PATIENT_OPEN, cents, reason=reason))
    protected = marks({claim: (patient, day) for claim, patient, day in heads.values() if claim and patient and day})
    claims = {claim for claim, _patient, _day in heads.values() if claim}
    chains = chains_of(claims)
    remarks, unnoticed, pursued = remarks_on(chains), lines_without_notice(claims), pursued_lines(chains)
    brought = [_opening(line) for line, (claim, _patient, _day) in heads.items() if claim is None]
    earlier = OpeningBalance.objects.in_bulk(brought) if brought else {}
    found: dict[UUID, list[AccountLine]] = defaultdict(list)
    for line, (claim, patient, day) in heads.items():
        if claim is None or patient is None or day is None:
            row = earlier[_opening(line)]
            found[row.patient_id].append(AccountLine(line, row.as_of, moves=tuple(moves[line])))
        else:
            told = remarks.get(claim, NONE) | protected.get(claim, NONE) | unnoticed.get(line, NONE)
            found[patient].append(AccountLine(line, day, "", "", tuple(moves[line]), told, pursued.get(line, 0)))
    return found


def _opening(line: str) -> UUID:
    """The balance that was brought forward on a line of no claim."""
    return UUID(line.partition(":")[2])
