"""What waits for a person to follow it up, over the whole clinic: for the pages with which people begin their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from cleanclaim.practice.engine.worklist.work_items import OFF_THE_LIST
from cleanclaim.practice.gathering import Part, counted
from cleanclaim.practice.models import (
    OPEN_STATUSES,
    AnswerState,
    Claim,
    ClaimAnswer,
    ClaimStatus,
    RemittanceFile,
    WorkItem,
    WorkKind,
    WorkState,
)
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
    held = ClaimAnswer.objects.filter(state=AnswerState.HELD.value, remittance__unposted_at=None)
    files = RemittanceFile.objects.filter(~Q(received_as=None), through_at=None)
    item, nearest = ("kind", "claim", "cents", "due_on", "follow_up_on"), denials.figures().nearness[0][0]
    parts = [
        Part("item", item, _to_do().order_by().values_list(*item)),
        Part("answer", ("cents",), held.order_by().values_list("paid_cents"), is_gathered=False),
        Part("file", ("key",), files.order_by().values_list("pk"), is_gathered=False),
    ]
    days = [today, today + timedelta(days=nearest), today]
    rows = counted(parts, _ASKED, [connection.ops.adapt_datefield_value(day) for day in days])
    told: dict[str, Any] = {kind: Waiting(kind, count, int(cents or 0)) for kind, count, cents in rows}
    kinds = [told.get(kind.value, Waiting(kind.value, 0, 0)) for kind in WorkKind]
    return Waits([*kinds, told["soon"]], told["promised"], told["held"], told["files"].claims)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a clinic's billers have before them: claims to file, those due soon or past, and claims to follow up."""

    to_file: int
    to_file_cents: int
    due_soon: int
    to_follow_up: int
    to_follow_up_cents: int


def backlog(today: date) -> Backlog:
    """The backlog in scope, for pages that set clinics beside each other; two statements.

    A claim to file is worth what it is allowed, and its charge where that is not known. Soon is within the nearest step
    by which denials are ranked, or past.
    """
    nearest = today + timedelta(days=denials.figures().nearness[0][0])
    claims = Claim.objects.filter(status__in=[*OPEN_STATUSES, ClaimStatus.SUPERBILL.value]).aggregate(
        count=Count("pk"),
        cents=Sum(Coalesce("allowed_cents", "charge_cents")),
        soon=Count("pk", filter=Q(due_on__lte=nearest)),
    )
    items = _to_do().aggregate(count=Count("claim", distinct=True), cents=Sum("cents"))
    return Backlog(claims["count"], claims["cents"] or 0, claims["soon"], items["count"], items["cents"] or 0)


def _to_do() -> QuerySet[WorkItem]:
    """The items that a person has still to work, but those that are too small to be listed."""
    found: QuerySet[WorkItem] = WorkItem.objects.filter(state__in=[WorkState.OPEN.value, WorkState.WORKING.value])
    return found.exclude(OFF_THE_LIST)
