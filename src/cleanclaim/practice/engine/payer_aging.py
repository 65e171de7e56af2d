"""What payers have open, claim by claim: how much, and since when it has been with them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Sum

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
    """All claims in scope of which a payer has something open, by number; three queries."""
    entries = LedgerEntry.objects.filter(account=Account.PAYER_OPEN.value).order_by()
    open_ = {
        (row["claim"], row["payer"])
        for row in entries.values("claim", "payer").annotate(total=Sum("cents")).exclude(total=0)
    }
    moves: dict[tuple[UUID | None, str], list[Move]] = defaultdict(list)
    rows = entries.filter(claim__in=[claim for claim, _payer in open_ if claim is not None]) | entries.filter(
        claim=None
    )
    for claim, payer, cents, on in rows.order_by("transaction__created_at", "transaction__key", "position").values_list(
        "claim", "payer", "cents", "transaction__on"
    ):
        if (claim, payer) in open_:
            moves[claim, payer].append(Move(on, Kind.CHARGE, Account.PAYER_OPEN, cents, payer))
    names = _names({claim for claim, _payer in open_ if claim is not None})
    found = []
    for (claim, payer), some in moves.items():
        sent = names.get((claim, payer)) or names.get((claim, "")) or (None, "", BROUGHT_FORWARD)
        cents = sum(move.cents for move in some)
        # Below zero the payer is owed: since its last movement.
        since = standing_since(some) or some[-1].on
        found.append(OpenClaim(sent[0], sent[1], sent[2], cents, since))
    return sorted(found, key=lambda one: (one.number, one.payer))


def _names(claims: set[UUID]) -> dict[tuple[UUID | None, str], tuple[UUID, str, str]]:
    """By claim and the payer's place: the claim that was sent there, its number, and the payer's name."""
    found: dict[tuple[UUID | None, str], tuple[UUID, str, str]] = {}
    columns = ("pk", "follows", "order", "number", "payer_name")
    rows = Claim.objects.filter(pk__in=claims) | Claim.objects.filter(follows__in=claims)
    for pk, follows, order, number, name in rows.order_by("created_at").values_list(*columns):
        found[follows or pk, order] = (pk, number, name or CoverageOrder(order).value)
        if follows is None:
            found[pk, ""] = (pk, number, f"{name}, next payer")
    return found
