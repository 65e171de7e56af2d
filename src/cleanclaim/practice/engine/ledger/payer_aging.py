"""What payers have open, claim by claim: how much, and since when it has been with them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.practice.models import Claim, LedgerEntry
from cleanclaim.receivables.lines import Move, standing_since
from cleanclaim.records import CoverageOrder

BROUGHT_FORWARD = "Brought forward"
"""The payer of balances that came from another system, which does not name one."""


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """What one payer has open of one claim, in cents. `claim` is the claim that it was sent, where there is one."""

    claim: UUID | None
    number: str
    payer: str
    cents: int
    since: date


def open_claims() -> list[OpenClaim]:
    """All claims in scope of which a payer has something open, by number; three queries.

    What moved on one day is added up by the database, so that a balance counts as open since the end of a day.
    """
    entries = LedgerEntry.objects.filter(account=Account.PAYER_OPEN.value).order_by()
    open_ = entries.values("claim", "payer").annotate(total=Sum("cents")).exclude(total=0)
    standing = {(row["claim"], row["payer"]): row["total"] for row in open_}
    of_open = entries.filter(Q(claim__in=open_.exclude(claim=None).values("claim")) | Q(claim=None))
    by_day = of_open.values_list("claim", "payer", "transaction__on").annotate(total=Sum("cents"))
    moves: dict[tuple[UUID | None, str], list[Move]] = defaultdict(list)
    for claim, payer, on, cents in by_day.order_by("transaction__on"):
        if (claim, payer) in standing:
            moves[claim, payer].append(Move(on, Kind.CHARGE, Account.PAYER_OPEN, cents, payer))
    names = names_of(open_.exclude(claim=None).values("claim"))
    found = []
    for (claim, payer), some in moves.items():
        sent = names.get((claim, payer)) or names.get((claim, "")) or (None, "", BROUGHT_FORWARD)
        # Below zero the payer is owed: since its last movement.
        since = standing_since(some) or some[-1].on
        found.append(OpenClaim(sent[0], sent[1], sent[2], standing[claim, payer], since))
    return sorted(found, key=lambda one: (one.number, one.payer))


def names_of(claims: QuerySet[LedgerEntry, Any]) -> dict[tuple[UUID | None, str], tuple[UUID, str, str]]:
    """By claim and the payer's place: the claim that was sent there, its number, and the payer's name."""
    found: dict[tuple[UUID | None, str], tuple[UUID, str, str]] = {}
    columns = ("pk", "follows", "order", "number", "payer_name")
    rows = Claim.objects.filter(Q(pk__in=claims) | Q(follows__in=claims))
    for pk, follows, order, number, name in rows.order_by("created_at").values_list(*columns):
        found[follows or pk, order] = (pk, number, name or CoverageOrder(order).value)
        if follows is None:
            found[pk, ""] = (pk, number, f"{name}, next payer")
    return found
