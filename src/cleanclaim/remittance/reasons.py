"""Why a payer did not pay: the amounts of a remittance by group, reason and remarks, the largest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cleanclaim.records.remittance import RemittedClaim, RemittedLine
from cleanclaim.reference import adjustments
from cleanclaim.reference.adjustments import AdjustmentCode
from cleanclaim.remittance.effects import Effect, effect_of


@dataclass(frozen=True, slots=True)
class ReasonTotal:
    """One reason with what it took, on how many lines and claims, and what becomes of the amount.

    `described` is our explanation of the reason (CARC), `None` where the published list does not have it; `remarks`
    are the remark codes (RARC) that stood beside it.
    """

    group: str
    reason: str
    remarks: tuple[str, ...]
    effect: Effect
    cents: int
    lines: int
    claims: int
    described: AdjustmentCode | None


def reason_totals(claims: Iterable[RemittedClaim]) -> list[ReasonTotal]:
    """What was not paid, by group, reason and remarks. A reversal takes from the totals what it takes back."""
    cents: dict[tuple[str, str, tuple[str, ...], Effect], int] = {}
    lines: dict[tuple[str, str, tuple[str, ...], Effect], int] = {}
    owners: dict[tuple[str, str, tuple[str, ...], Effect], set[int]] = {}
    for claim in claims:
        places: list[RemittedClaim | RemittedLine] = [claim, *claim.lines]
        for place in places:
            remarks = tuple(sorted({*place.remarks, *(claim.remarks if place is not claim else ())}))
            for item in place.adjustments:
                key = (item.group.value, item.reason, remarks, effect_of(item, is_reversal=claim.is_reversal))
                cents[key] = cents.get(key, 0) + item.amount_cents
                lines[key] = lines.get(key, 0) + (place is not claim)
                owners.setdefault(key, set()).add(claim.segment)
    return [
        ReasonTotal(*key, amount, lines[key], len(owners[key]), adjustments.carc(key[1]))
        for key, amount in sorted(cents.items(), key=lambda entry: (-abs(entry[1]), entry[0]))
    ]
