"""What payers refused under group PR and are still asked about: it is the patient's by their word, and not asked yet.

A plan that takes somebody for no member, or another plan for the first one, leaves the whole charge to the patient. As
long as the item is followed up, no statement asks for it; whoever settles that the patient owes it ends the item.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from cleanclaim.practice.models import LIVE_STATES, WorkItem, WorkKind
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference.denials import Route

_FEW = 500


def pursued_lines(claims: Collection[UUID]) -> dict[str, int]:
    """Cents by line's key, of these claims; of many, of all in scope, for such lines are few. One query."""
    rows = WorkItem.objects.filter(
        state__in=LIVE_STATES, kind=WorkKind.DENIAL.value, group=AdjustmentGroup.PATIENT.value
    ).exclude(route=Route.PATIENT.value)
    if len(claims) <= _FEW:
        rows = rows.filter(claim__in=list(claims))
    return {
        line: sum(cents for group, _reason, _remarks, cents in reasons if group == AdjustmentGroup.PATIENT.value)
        for line, reasons in rows.order_by().values_list("line", "reasons")
    }
