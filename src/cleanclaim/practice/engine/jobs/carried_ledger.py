"""The ledger of a clinic that is read in: its lines and sources named by their new keys, and digested anew.

A transaction's digest covers the keys that it names, and rows that are read in get new ones. What was whole before is
whole after; what did not fit its digest before is given none that it fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from cleanclaim.ledger.entries import LedgerError, Transaction
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.models import (
    BalanceMove,
    ClinicRow,
    LedgerEntry,
    LedgerTransaction,
    Refund,
    WorkItem,
    WriteOff,
)

NAMING: Mapping[type[ClinicRow], tuple[str, ...]] = {
    BalanceMove: ("lines",),
    LedgerEntry: ("line", "payer"),
    LedgerTransaction: ("key", "source_key"),
    Refund: ("line",),
    WorkItem: ("line",),
    WriteOff: ("lines",),
}
"""Columns whose text names rows by their keys."""

_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def renamed(value: Any, new: Callable[[str], UUID]) -> Any:  # noqa: ANN401 - text, or a list of it
    """Text, or text in lists, with every key in it replaced."""
    if isinstance(value, str):
        return _KEY.sub(lambda match: str(new(match[0])), value)
    if isinstance(value, list):
        return [renamed(one, new) for one in value]
    return value


def digest_anew(rows: Sequence[LedgerTransaction], old: Mapping[UUID, str], reverses: Mapping[UUID, str]) -> None:
    """Give transactions, whose entries are written already, digests that fit their new keys.

    Args:
        rows: transactions that are not written yet, with the digests that they had.
        old: the key that a row had, by its new one.
        reverses: by a transaction's own new key, the ledger's key (new) of the one that it takes back.
    """
    entries: dict[UUID, list[LedgerEntry]] = {row.pk: [] for row in rows}
    for entry in LedgerEntry.objects.filter(transaction__in=list(entries)).order_by("position"):
        entries[entry.transaction_id].append(entry)
    for row in rows:
        try:
            made = ledger_rows.transaction_of(row, entries[row.pk], reverses.get(row.pk, ""))
        except LedgerError:
            continue  # the database refuses it by name
        if _as_before(made, old).digest == row.digest:
            row.digest = made.digest


def _as_before(made: Transaction, old: Mapping[UUID, str]) -> Transaction:
    """The transaction with the keys that it had in the clinic it comes from."""

    def back(text: str) -> str:
        return _KEY.sub(lambda match: old.get(UUID(match[0]), match[0]), text)

    return replace(
        made,
        key=back(made.key),
        source=replace(made.source, key=back(made.source.key)),
        entries=tuple(replace(entry, line=back(entry.line), payer=back(entry.payer)) for entry in made.entries),
        reverses=back(made.reverses),
    )
