"""What waits for a person to follow it up, over the whole clinic: for the pages with which people begin their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from cleanclaim.practice.engine.work_items import OFF_THE_LIST, Waiting, waiting
from cleanclaim.practice.models import AnswerState, ClaimAnswer, RemittanceFile, WorkItem, WorkState


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits: items by kind and by nearness, what was promised for today, held answers, files of payments."""

    items: list[Waiting]
    promised: Waiting
    held: Waiting
    files: int


def what_waits(today: date) -> Waits:
    """What waits in scope. Five queries, whatever there is."""
    to_do = WorkItem.objects.filter(state__in=[WorkState.OPEN.value, WorkState.WORKING.value], follow_up_on__lte=today)
    promised = to_do.exclude(OFF_THE_LIST).aggregate(claims=Count("claim", distinct=True), cents=Sum("cents"))
    held = ClaimAnswer.objects.filter(state=AnswerState.HELD.value, remittance__unposted_at=None).aggregate(
        claims=Count("pk"), cents=Sum("paid_cents")
    )
    return Waits(
        waiting(today),
        Waiting("promised", promised["claims"], promised["cents"] or 0),
        Waiting("held", held["claims"], held["cents"] or 0),
        RemittanceFile.objects.filter(~Q(received_as=None), through_at=None).count(),
    )
