"""Money on its way to the bank: what was taken and is not deposited, deposits, and the bank's own list beside them.

For every document that moves cash the ledger says how much; the items of deposits say how much of that reached the
bank. The difference, document by document, is undeposited: so cash posted is deposits plus undeposited, always.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, OuterRef, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from cleanclaim.ledger.accounts import CASH_ACCOUNTS
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger.patient_accounts import rules_of
from cleanclaim.practice.models import BankFile as BankFileRow
from cleanclaim.practice.models import (
    BankLine,
    Clinic,
    Deposit,
    DepositItem,
    LedgerEntry,
    Receipt,
    Refund,
    RefundState,
    Remittance,
    User,
)
from cleanclaim.practice.models.rows import ClinicRow
from cleanclaim.receivables.bank_files import Awaited, BankFile, BankRow, Shown, shown_by

KINDS = {"receipt": "receipt", "remittance": "remittance", "refund": "refund"}
"""Kinds of documents that move cash, with the column of a deposit's item."""
_SOURCES = {"receipt": "receipt", "remittance": "remittance", "unposting": "remittance", "refund": "refund"}
"""Kinds of sources of the ledger, with the kind of the document that they are about."""


_ASKED_AT_ONCE = 2_000
"""Digests in one query: databases bound the values of a statement."""


class NotDepositedError(ValueError):
    """A deposit that cannot be made, matched or removed as asked; says why."""


@dataclass(frozen=True, slots=True)
class Undeposited:
    """Cash of one document that is on no deposit: below 0 where money is still to leave the bank."""

    kind: str
    key: UUID
    number: str
    words: str
    on: date
    cents: int

    @property
    def name(self) -> str:
        """Kind and key, as a form sends them."""
        return f"{self.kind}:{self.key}"


def cash_by_document() -> dict[tuple[str, UUID], int]:
    """The cash that each document moved by the ledger, in cents: every entry is read. Pages ask the documents."""
    rows = (
        LedgerEntry.objects.filter(account__in=[account.value for account in CASH_ACCOUNTS])
        .order_by()
        .values("transaction__source_kind", "transaction__source_key")
        .annotate(total=Sum("cents"))
    )
    found: dict[tuple[str, UUID], int] = {}
    for row in rows:
        kind = _SOURCES.get(row["transaction__source_kind"])
        if kind is not None:
            key = (kind, UUID(row["transaction__source_key"]))
            found[key] = found.get(key, 0) + row["total"]
    return found


def deposited_by_document() -> dict[tuple[str, UUID], int]:
    """What of each document is on deposits, in cents."""
    found: dict[tuple[str, UUID], int] = {}
    for kind, column in KINDS.items():
        rows = DepositItem.objects.exclude(**{column: None}).order_by().values(column).annotate(total=Sum("cents"))
        found |= {(kind, row[column]): row["total"] for row in rows}
    return found


def deposited_cents() -> int:
    """What is on deposits."""
    return int(DepositItem.objects.aggregate(total=Sum("cents"))["total"] or 0)


def undeposited() -> list[Undeposited]:
    """Cash of the clinics in scope that is on no deposit, the oldest first; three queries.

    Each document says its own cash: a receipt that is not voided, a payment that is not unposted, a refund that was
    sent. That the ledger says the same is asked where the ledger is verified.
    """
    found = [
        Undeposited("receipt", row.pk, row.number, _of_receipt(row), row.received_on, row.left)
        for row in _left(Receipt, _cash("cents", voided_at=None))
    ]
    found += [
        Undeposited(
            "remittance", row.pk, row.trace_number, f"{row.payer_name}, {_METHODS.get(row.method, 'payment')}",
            row.paid_on or row.created_at.date(), row.left,
        )
        for row in _left(Remittance, _cash("amount_cents", unposted_at=None))
    ]  # fmt: skip
    found += [
        Undeposited(
            "refund", row.pk, row.reference or "refund", f"refund by {row.means}", row.sent_on or row.identified_on,
            row.left,
        )
        for row in _left(Refund, _cash(-F("cents"), state=RefundState.SENT.value))
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.on, one.kind, one.number))


def _cash(cents: str | Combinable, **moves: object) -> Case:
    """The cash that a document moves where this holds of it, and none otherwise."""
    return Case(When(then=cents, **moves), default=0, output_field=BigIntegerField())


def _left(model: type[ClinicRow], cash: Case) -> Iterable[Any]:
    """Documents of which not all cash is on deposits, or more, each with what is left of it (`left`)."""
    items = DepositItem.objects.filter(**{model.__name__.lower(): OuterRef("pk")}).order_by()
    summed = items.values(model.__name__.lower()).annotate(total=Sum("cents")).values("total")
    deposited = Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)
    rows: Iterable[Any] = model.objects.annotate(left=cash - deposited).exclude(left=0)
    return rows


_METHODS = {"ACH": "transfer", "CHK": "check", "FWT": "wire", "BOP": "transfer", "NON": "no payment"}


def _of_receipt(row: Receipt) -> str:
    if row.voided_at is not None:
        return f"{row.means}, voided: it leaves the bank again"
    return f"{row.means} {row.check_number}".strip()


def make(
    clinic: Clinic, user: User, names: Iterable[str], *, made_on: date, reference: str = "", origin: str = ""
) -> Deposit:
    """Put documents onto one deposit, each with all of its cash that is on none.

    Raises `NotDepositedError` where one of them has none left, or nothing is named.
    """
    with transaction.atomic():
        rules = rules_of(clinic, lock=True)
        open_ = {one.name: one for one in undeposited()}
        wanted = list(dict.fromkeys(names))
        if not wanted or any(name not in open_ for name in wanted):
            raise NotDepositedError("nothing is chosen, or something of it is on a deposit already")
        if made_on > today_at(clinic):
            raise NotDepositedError("the day of the deposit is to come; expected today or a day before")
        items = [open_[name] for name in wanted]
        row: Deposit = Deposit.objects.create(
            clinic=clinic,
            number=f"D{rules.next_deposit:06d}",
            made_on=made_on,
            cents=sum(item.cents for item in items),
            reference=reference[:60],
            made_by=user,
        )
        rules.next_deposit += 1
        rules.save_if_unchanged(rules.version, "next_deposit")
        DepositItem.objects.bulk_create(
            DepositItem(clinic=clinic, deposit=row, cents=item.cents, **{f"{KINDS[item.kind]}_id": item.key})
            for item in items
        )
        audit_trail.record(
            clinic.id, user, "create", "deposit", row.pk, detail=f"{len(items)} documents", origin=origin
        )
        return row


def remove(clinic: Clinic, user: User, deposit_id: UUID, *, origin: str = "") -> None:
    """Take a deposit apart again. Raises `NotDepositedError` where the bank shows it."""
    with transaction.atomic():
        row = Deposit.objects.select_for_update(of=("self",)).filter(pk=deposit_id).first()
        if row is None:
            raise NotDepositedError("there is no such deposit")
        if BankLine.objects.filter(deposit=row).exists():
            raise NotDepositedError("the bank shows it; take the match back first")
        audit_trail.record(clinic.id, user, "delete", "deposit", row.pk, origin=origin)
        row.delete()


# --- the bank's list ---------------------------------------------------------------------------------------------


def keep(
    clinic: Clinic, user: User, file: BankFile, *, source: BankFileRow | None = None, origin: str = ""
) -> tuple[int, int]:
    """Keep the movements that are new, and match those whose number and amount agree. `source` is the file as kept.

    Returns how many were kept and how many of them were matched.
    """
    with transaction.atomic():
        rules_of(clinic, lock=True)
        there = known_movements(file.rows)
        fresh = [row for row in file.rows if row.digest not in there]
        for row in fresh:
            BankLine.objects.create(
                clinic=clinic, on=row.on, cents=row.cents, description=row.words, digest=row.digest, read_by=user,
                file=source,
            )  # fmt: skip
        audit_trail.record(clinic.id, user, "create", "bank_line", detail=f"{len(fresh)} movements", origin=origin)
        certain = [(line, shown) for line, shown in proposals() if shown is not None and shown.is_certain]
        for line, shown in certain:
            match(clinic, user, line.pk, shown.awaited.key, origin=origin)
        return len(fresh), len(certain)


def known_movements(rows: Iterable[BankRow]) -> dict[str, str]:
    """Those of these movements that were kept before, by digest, each with its deposit's number; empty for none."""
    wanted = [row.digest for row in rows]
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        some = BankLine.objects.filter(digest__in=wanted[start : start + _ASKED_AT_ONCE])
        found |= {digest: number or "" for digest, number in some.values_list("digest", "deposit__number")}
    return found


def awaited() -> list[Awaited]:
    """Money that the bank should show and no movement does: deposits, and documents that are on none."""
    found = [
        Awaited(f"deposit:{row.pk}", row.reference, row.made_on, row.cents)
        for row in Deposit.objects.filter(bank_line=None)
    ]
    return found + [Awaited(one.name, one.number, one.on, one.cents) for one in undeposited()]


def proposals() -> list[tuple[BankLine, Shown | None]]:
    """Movements that are not matched, the latest first, each with what it seems to show."""
    lines = list(BankLine.objects.filter(deposit=None))
    found = shown_by([(str(line.pk), line.on, line.cents, line.description or "") for line in lines], awaited())
    return [(line, found.get(str(line.pk))) for line in lines]


def match(clinic: Clinic, user: User, line_id: UUID, name: str, *, origin: str = "") -> Deposit:
    """Say that a movement shows a deposit, or a document that goes onto a deposit of its own by that.

    Raises `NotDepositedError` where it is matched already or the amounts differ.
    """
    with transaction.atomic():
        line = BankLine.objects.select_for_update(of=("self",)).filter(pk=line_id, deposit=None).first()
        if line is None:
            raise NotDepositedError("there is no such movement, or it is matched already")
        kind, _colon, key = name.partition(":")
        if kind == "deposit":
            row: Deposit | None = Deposit.objects.filter(pk=key, bank_line=None).first()
        else:
            row = make(clinic, user, [name], made_on=line.on, reference="", origin=origin)
        if row is None or row.cents != line.cents:
            raise NotDepositedError("the amounts differ, or the deposit is shown by another movement")
        line.deposit = row
        line.save_if_unchanged(line.version, "deposit")
        audit_trail.record(clinic.id, user, "change", "bank_line", line.pk, detail="matched", origin=origin)
        return row


def unmatch(clinic: Clinic, user: User, line_id: UUID, *, origin: str = "") -> None:
    """Take a match back; the deposit stays."""
    with transaction.atomic():
        line = BankLine.objects.select_for_update(of=("self",)).filter(pk=line_id).exclude(deposit=None).first()
        if line is None:
            raise NotDepositedError("there is no such match")
        line.deposit = None
        line.save_if_unchanged(line.version, "deposit")
        audit_trail.record(clinic.id, user, "change", "bank_line", line.pk, detail="match taken back", origin=origin)
