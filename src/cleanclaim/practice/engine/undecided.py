"""Claims that nobody has decided: gone out long ago without an answer, or returned before they were read."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cleanclaim.practice.engine.acknowledging import rejections
from cleanclaim.practice.engine.checking import today_at
from cleanclaim.practice.engine.work_items import lock, settle
from cleanclaim.practice.models import (
    LIVE_STATES,
    Claim,
    ClaimAnswer,
    ClaimStatus,
    Clinic,
    User,
    WorkItem,
    WorkKind,
    WorkState,
)
from cleanclaim.records import Frequency
from cleanclaim.reference import denials
from cleanclaim.reference.denials import Chance, DenialCause, Route


@transaction.atomic
def take_up(clinic: Clinic, user: User | None) -> tuple[int, int]:
    """Take up what is unanswered for too long, and what was returned; end items of claims that came back into order.

    Returns how many of each were taken up now. Safe to repeat. The clinic is in scope.
    """
    today = today_at(clinic)
    live = WorkItem.objects.filter(claim=OuterRef("pk"), state__in=LIVE_STATES)
    returned = {row.claim_id: row for row in rejections() if row.claim_id is not None}
    _end(WorkKind.REJECTION, Claim.objects.filter(pk__in=returned), user, today, "corrected, or set aside")
    fresh = Claim.objects.filter(pk__in=returned).filter(~Exists(live.filter(kind=WorkKind.REJECTION.value)))
    rejected = []
    for claim in fresh.defer("record", "questions", "evidence"):
        report = returned[claim.pk]
        item = _whole(claim, WorkKind.REJECTION, report.reported_on or report.created_at.date(), Route.CORRECT)
        item.reason, item.remarks = (report.codes or [WorkKind.REJECTION.value])[0][:12], list(report.codes)
        rejected.append(item)
    silent = _silent(today)
    _end(WorkKind.UNANSWERED, silent, user, today, "answered, or sent anew")
    unanswered = [
        _whole(claim, WorkKind.UNANSWERED, claim.batch.created_at.date() if claim.batch else today, Route.STATUS)
        for claim in silent.filter(~Exists(live)).exclude(pk__in=returned).select_related("batch").defer(
            "record", "questions", "evidence", "batch__content"
        )
    ]  # fmt: skip
    WorkItem.objects.bulk_create([*rejected, *unanswered])
    return len(unanswered), len(rejected)


def _silent(today: date) -> QuerySet[Claim]:
    """Filed claims that went out longer ago than is usual, and that no posted payment speaks of."""
    since = today - timedelta(days=denials.figures().unanswered_days)
    answered = ClaimAnswer.objects.filter(claim=OuterRef("pk"), remittance__unposted_at=None)
    filed = Claim.objects.filter(status=ClaimStatus.SUBMITTED.value, batch__created_at__date__lt=since)
    return filed.exclude(frequency=Frequency.VOID.value).filter(~Exists(answered)).order_by("pk")


def _end(kind: WorkKind, still: QuerySet[Claim], user: User | None, today: date, words: str) -> None:
    """End live items of a kind whose claim is not among those that still need it."""
    rows = WorkItem.objects.filter(kind=kind.value, state__in=LIVE_STATES).exclude(claim__in=still.values("pk"))
    for item in lock(rows.values_list("pk", flat=True)):
        settle(item, WorkState.CLOSED, None, words, user, today)


def _whole(claim: Claim, kind: WorkKind, since: date, route: Route) -> WorkItem:
    """An item of a claim as a whole, not saved yet. It is worth what we expect, or what is charged."""
    cents = claim.expected_cents or claim.allowed_cents or claim.charge_cents or 0
    return WorkItem(
        clinic_id=claim.clinic_id,
        claim=claim,
        kind=kind.value,
        reason=kind.value,
        payer=claim.payer,
        payer_name=claim.payer_name,
        cents=cents,
        first_cents=cents,
        cause=(DenialCause.FRONT_OFFICE if kind is WorkKind.REJECTION else DenialCause.PAYER).value,
        route=route.value,
        points=denials.grade(Chance.GOOD).points,
        basis="good: nothing is decided yet",
        noticed_on=since,
        due_on=claim.due_on,
    )
