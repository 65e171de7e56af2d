"""Patients' accounts as the ledger has them: each line with all that was written about it, and the credit beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.practice.engine.judging.known_claims import filed_claims
from cleanclaim.practice.engine.judging.protection import NONE, lines_without_notice, marks
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.chains import chains_of, remarks_on
from cleanclaim.practice.engine.ledger.pursued import pursued_lines
from cleanclaim.practice.models import (
    AccountRules,
    Claim,
    ClaimLine,
    Clinic,
    LedgerEntry,
    OpeningBalance,
)
from cleanclaim.receivables.giving_up import Rules, Step
from cleanclaim.receivables.lines import AccountLine, Move
from cleanclaim.receivables.statements import Balance, balance
from cleanclaim.reference import procedures

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PatientAccount:
    """A patient's lines, the earliest visit first, and what they have paid that is on no line."""

    patient: UUID
    lines: tuple[AccountLine, ...]
    credit_cents: int

    def balance(self, on: date) -> Balance:
        """The account in figures, aged on a day."""
        return balance(self.lines, self.credit_cents, on)

    @property
    def with_plans_cents(self) -> int:
        """What plans have still to answer."""
        return sum(line.total(Account.PAYER_OPEN) for line in self.lines)

    def line(self, key: str) -> AccountLine | None:
        """The line with a key."""
        return next((line for line in self.lines if line.key == key), None)


def rules_of(clinic: Clinic, *, lock: bool = False) -> AccountRules:
    """The clinic's rules for balances, made where there are none yet. `lock` holds them to take a number from them."""
    AccountRules.objects.get_or_create(clinic=clinic)
    rows = AccountRules.objects.select_for_update(of=("self",)) if lock else AccountRules.objects
    found: AccountRules = rows.get(clinic=clinic)
    return found


def rules_to_give_up(rules: AccountRules) -> Rules:
    """The clinic's rules as the engine reads them."""
    return Rules(
        small_balance_cents=rules.small_balance_cents,
        due_in_days=rules.due_in_days,
        alone_cents=rules.biller_write_off_cents,
        scale=tuple(Step(household, income, part) for household, income, part in rules.hardship_scale),
    )


def account_of(patient: UUID) -> PatientAccount:
    """One patient's account."""
    return accounts_of([patient])[patient]


def accounts_of(patients: Iterable[UUID]) -> dict[UUID, PatientAccount]:
    """The accounts of these patients, in their order; ten queries for each five hundred of them."""
    wanted = list(dict.fromkeys(patients))
    found: dict[UUID, PatientAccount] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        lines, credit = _lines(some), _credit(some)
        for patient in some:
            ordered = sorted(lines[patient], key=lambda line: (line.date_of_service, line.key))
            found[patient] = PatientAccount(patient, tuple(ordered), credit.get(str(patient), 0))
    return found


def words_of(code: str) -> str:
    """A procedure code in our plain words; the code where there are none."""
    known = procedures.get(code)
    return known.label if known is not None else code


# --- reading -----------------------------------------------------------------------------------------------------

_COLUMNS = (
    "line", "account", "cents", "payer", "reason", "claim", "claim__patient", "claim__number", "claim__date_of_service",
    "transaction__on", "transaction__kind", "transaction__reverses__kind",
)  # fmt: skip


def _lines(patients: Sequence[UUID]) -> dict[UUID, list[AccountLine]]:
    balances = {str(row.pk): row for row in OpeningBalance.objects.filter(patient__in=patients)}
    brought = [f"{ledger_rows.BROUGHT_FORWARD}:{key}" for key in balances]
    entries = LedgerEntry.objects.exclude(line="").order_by("transaction__created_at", "transaction__key", "position")
    rows = list(entries.filter(claim__patient__in=patients).values(*_COLUMNS))
    if brought:
        rows += entries.filter(line__in=brought).values(*_COLUMNS)
    moves: dict[str, list[Move]] = defaultdict(list)
    heads: dict[str, dict[str, Any]] = {}
    for row in rows:
        heads.setdefault(row["line"], row)
        moves[row["line"]].append(_move(row))
    claims = {row["claim"] for row in heads.values() if row["claim"] is not None}
    chains = chains_of(claims)
    codes, remarks = _codes(heads, claims), remarks_on(chains)
    of_claims = {
        head["claim"]: (head["claim__patient"], head["claim__date_of_service"])
        for head in heads.values()
        if head["claim"] is not None
    }
    protected, unnoticed, pursued = marks(of_claims), lines_without_notice(claims), pursued_lines(chains)
    found: dict[UUID, list[AccountLine]] = defaultdict(list)
    for key, head in heads.items():
        if head["claim"] is None:
            row = balances[key.partition(":")[2]]
            found[row.patient_id].append(AccountLine(key, row.as_of, moves=tuple(moves[key])))
            continue
        line = AccountLine(
            key=key,
            date_of_service=head["claim__date_of_service"],
            code=codes.get(key, ""),
            claim=head["claim__number"],
            moves=tuple(moves[key]),
            remarks=remarks.get(head["claim"], NONE) | protected.get(head["claim"], NONE) | unnoticed.get(key, NONE),
            pursued_cents=pursued.get(key, 0),
        )
        found[head["claim__patient"]].append(line)
    return found


def _move(row: dict[str, Any]) -> Move:
    return Move(
        row["transaction__on"],
        Kind(row["transaction__reverses__kind"] or row["transaction__kind"]),
        Account(row["account"]),
        row["cents"],
        row["payer"],
        row["reason"],
    )


def _codes(heads: dict[str, dict[str, Any]], claims: set[UUID]) -> dict[str, str]:
    """The procedure code of each line. Lines of a claim that was filed in parts are numbered anew in each part."""
    by_place = {
        (claim, position): code
        for claim, position, code in ClaimLine.objects.filter(claim__in=claims).values_list("claim", "position", "code")
    }
    found, parted = {}, set()
    for key, head in heads.items():
        if head["claim"] is None:
            continue
        _claim, part, number = key.split(":")
        if part == head["claim__number"]:
            found[key] = by_place.get((head["claim"], int(number)), "")
        else:
            parted.add(head["claim"])
    if parted:
        for filed in filed_claims(Claim.objects.filter(pk__in=parted)):
            found |= {line.key: line.code for part in filed.known for line in part.lines}
    return found


def _credit(patients: Sequence[UUID]) -> dict[str, int]:
    rows = LedgerEntry.objects.filter(
        account=Account.PATIENT_CREDIT.value, payer__in=[str(patient) for patient in patients]
    )
    return {row["payer"]: -row["total"] for row in rows.order_by().values("payer").annotate(total=Sum("cents"))}
