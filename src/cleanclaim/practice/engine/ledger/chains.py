"""Claims of one service to several payers: one was charged, and what is asked of all of them stands on its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import Claim, ClaimAnswer


def chains_of(charged: Iterable[UUID]) -> dict[UUID, UUID]:
    """Claims that were charged, and those that follow them to later payers, each with the one charged. One query."""
    found = {claim: claim for claim in charged}
    found.update(Claim.objects.filter(among("follows", found)).values_list("pk", "follows"))
    return found


def remarks_on(chains: Mapping[UUID, UUID]) -> dict[UUID, frozenset[str]]:
    """The remarks (RARC) of all payers of each chain, by the claim that was charged. One query."""
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = ClaimAnswer.objects.filter(among("claim", chains), remittance__unposted_at=None).exclude(remarks=[])
    for claim, remarks in rows.order_by().values_list("claim", "remarks"):
        found[chains[claim]].update(remarks)
    return {claim: frozenset(remarks) for claim, remarks in found.items()}
