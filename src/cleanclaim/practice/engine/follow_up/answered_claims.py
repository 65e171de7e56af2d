"""What is read once for many answered claims: what lines are worth, where their cents stand, what came of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Sum

from cleanclaim.denials.ranking import History
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import ClaimLine, LedgerEntry, WorkItem


def prices_of(claims: Iterable[UUID]) -> dict[UUID, list[tuple[str, int | None, int | None]]]:
    """Code, what is allowed and what the payer should pay, line by line in the claim's order."""
    found: dict[UUID, list[tuple[str, int | None, int | None]]] = defaultdict(list)
    rows = ClaimLine.objects.filter(among("claim", claims)).order_by("claim", "position")
    for claim, code, allowed, payment in rows.values_list("claim", "code", "allowed_cents", "expected_cents"):
        found[claim].append((code, allowed, payment))
    return dict(found)


def sums_of(heads: Iterable[UUID]) -> dict[str, dict[tuple[str, str], int]]:
    """What stands in each account for each payer, by line of the ledger."""
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = LedgerEntry.objects.filter(among("claim", heads)).order_by()
    for line, account, payer, cents in rows.values_list("line", "account", "payer").annotate(total=Sum("cents")):
        found[line][account, payer] = cents
    return dict(found)


def histories_of(payers: Iterable[str]) -> dict[tuple[str, str], History]:
    """What came of the clinic's settled items, by payer and reason."""
    rows = WorkItem.objects.filter(payer__in=set(payers)).exclude(settled_cents=None).order_by()
    counted = rows.values_list("payer", "reason").annotate(
        answers=Count("pk"), denied=Sum("first_cents"), lost=Sum("settled_cents")
    )
    return {
        (payer, reason): History(answers, denied, denied - lost) for payer, reason, answers, denied, lost in counted
    }
