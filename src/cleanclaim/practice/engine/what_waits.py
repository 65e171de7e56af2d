"""What waits for a person to follow it up, over the whole clinic: for the pages with which people begin their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from cleanclaim.practice.engine.work_items import OFF_THE_LIST
from cleanclaim.practice.gathering import Part, counted
from cleanclaim.practice.models import AnswerState, ClaimAnswer, RemittanceFile, WorkItem, WorkKind, WorkState
from cleanclaim.reference import denials


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be worked: of which kind (`soon`: of any, due within the nearest step), claims, and cents."""

    kind: str
    claims: int
    cents: int


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits: items by kind, and of any kind soon; what was promised for today, held answers, files of payments."""

    items: list[Waiting]
    promised: Waiting
    held: Waiting
    files: int


_CLAIMS = "COUNT(DISTINCT claim), SUM(cents) FROM item"
_ASKED = (
    f"SELECT kind, {_CLAIMS} GROUP BY kind",
    f"SELECT 'soon', {_CLAIMS} WHERE due_on BETWEEN %s AND %s",
    f"SELECT 'promised', {_CLAIMS} WHERE follow_up_on <= %s",
    "SELECT 'held', COUNT(*), SUM(cents) FROM answer",
    "SELECT 'files', COUNT(*), 0 FROM file",
)


def what_waits(today: date) -> Waits:
    """What waits in scope; one statement, whatever there is."""
    to_do = WorkItem.objects.filter(state__in=[WorkState.OPEN.value, WorkState.WORKING.value]).exclude(OFF_THE_LIST)
    held = ClaimAnswer.objects.filter(state=AnswerState.HELD.value, remittance__unposted_at=None)
    files = RemittanceFile.objects.filter(~Q(received_as=None), through_at=None)
    item, nearest = ("kind", "claim", "cents", "due_on", "follow_up_on"), denials.figures().nearness[0][0]
    parts = [
        Part("item", item, to_do.order_by().values_list(*item)),
        Part("answer", ("cents",), held.order_by().values_list("paid_cents"), is_gathered=False),
        Part("file", ("key",), files.order_by().values_list("pk"), is_gathered=False),
    ]
    days = [today, today + timedelta(days=nearest), today]
    rows = counted(parts, _ASKED, [connection.ops.adapt_datefield_value(day) for day in days])
    told: dict[str, Any] = {kind: Waiting(kind, count, int(cents or 0)) for kind, count, cents in rows}
    kinds = [told.get(kind.value, Waiting(kind.value, 0, 0)) for kind in WorkKind]
    return Waits([*kinds, told["soon"]], told["promised"], told["held"], told["files"].claims)
