"""Claims that nobody has decided: gone out long ago without an answer, or returned before they were read.

A worker looks for them every day; how long is long is each payer's own lag, or the clinic's choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum

from cleanclaim.denials.silence import Patience, patience_of
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.exchange.acknowledging import rejections
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.worklist.follow_up_rules import chosen_rules, rules_of
from cleanclaim.practice.engine.worklist.work_items import lock, settle
from cleanclaim.practice.models import (
    LIVE_STATES,
    Claim,
    ClaimAnswer,
    ClaimStatus,
    Clinic,
    FollowUpRules,
    User,
    WorkItem,
    WorkKind,
    WorkState,
)
from cleanclaim.records import Frequency
from cleanclaim.records.remittance import ClaimStatusCode
from cleanclaim.reference import denials
from cleanclaim.reference.denials import Chance, DenialCause, Route


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a filed claim has waited for an answer, through which day it is waited for, and why so long."""

    filed_on: date
    days: int
    through: date
    words: str


def wait_of(claim: Claim, today: date) -> Wait | None:
    """How a claim waits that went out before today and is not answered, or only in part; `None` of any other."""
    filed = _filed(today).filter(pk=claim.pk).values_list("batch__created_at__date", flat=True).first()
    if filed is None:
        return None
    patience = patience_with([claim.payer], today, chosen_rules(claim.clinic).unanswered_days)[claim.payer]
    return Wait(filed, (today - filed).days, filed + timedelta(days=patience.days), patience.words)


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
    patience = patience_with(_waiting(today), today, chosen_rules(clinic).unanswered_days)
    silent = _silent(patience, today)
    _end(WorkKind.UNANSWERED, silent, user, today, "answered, or sent anew")
    unanswered = []
    for claim in silent.filter(~Exists(live)).exclude(pk__in=returned).select_related("batch").defer(
        "record", "questions", "evidence", "batch__content"
    ):  # fmt: skip
        filed_on = claim.batch.created_at.date() if claim.batch else today
        item = _whole(claim, WorkKind.UNANSWERED, filed_on, Route.STATUS)
        item.why = patience[claim.payer].words[:200]
        unanswered.append(item)
    WorkItem.objects.bulk_create([*rejected, *unanswered])
    return len(unanswered), len(rejected)


def is_to_be_looked_for(clinic: Clinic) -> bool:
    """Whether nobody has looked through a clinic in scope today; says so once a day, in a transaction of its own."""
    today = today_at(clinic)
    if FollowUpRules.objects.filter(looked_on=today).exists():
        return False
    with transaction.atomic():
        rules = rules_of(clinic, lock=True)
        is_due = rules.looked_on != today
        FollowUpRules.objects.filter(pk=rules.pk).update(looked_on=today)
    return is_due


def look(clinic: Clinic) -> None:
    """A worker's look of the day through a clinic in scope; the trail says what it took up."""
    with transaction.atomic():
        silent, returned = take_up(clinic, None)
        if silent or returned:
            detail = f"{silent} unanswered, {returned} returned"
            audit_trail.record(clinic.id, None, "create", "work item", detail=detail)


def patience_with(payers: Iterable[str], today: date, chosen: int | None) -> dict[str, Patience]:
    """How long answers of each of these payers are waited for, by the lags of its answers to claims in scope.

    Args:
        payers: payer files.
        today: claims that went out up to so long before it are counted.
        chosen: the clinic's own number of days for every payer, if any: then nothing is counted.
    """
    wanted = sorted(set(payers))
    lags: dict[str, list[int]] = defaultdict(list)
    if chosen is None:
        since = today - timedelta(days=denials.figures().lag_look_back_days)
        answered = ClaimAnswer.objects.filter(
            remittance__unposted_at=None,
            claim__payer__in=wanted,
            claim__batch__created_at__date__gte=since,
        ).exclude(status_code=ClaimStatusCode.REVERSAL.value)
        first = answered.order_by().values_list("claim", "claim__payer", "claim__batch__created_at").annotate(
            on=Min("remittance__paid_on")
        )  # fmt: skip
        for _claim, payer, filed_at, on in first:
            if on is not None:
                lags[payer].append(max((on - filed_at.date()).days, 0))
    return {payer: patience_of(lags[payer], chosen) for payer in wanted}


def _filed(today: date) -> QuerySet[Claim]:
    """Filed claims that went out before today, and that no posted payment speaks of, or of a part of them alone."""
    answered = ClaimAnswer.objects.filter(claim=OuterRef("pk"), remittance__unposted_at=None)
    whole = answered.filter(charge_cents__gte=OuterRef("charge_cents"))
    told = answered.order_by().values("claim").annotate(told=Sum("charge_cents")).values("told")
    in_part = Exists(answered) & ~Exists(whole) & Q(charge_cents__gt=Subquery(told))
    filed = Claim.objects.filter(status=ClaimStatus.SUBMITTED.value, batch__created_at__date__lt=today)
    return filed.exclude(frequency=Frequency.VOID.value).filter(~Exists(answered) | in_part)


def _waiting(today: date) -> list[str]:
    """The payers that have not answered every claim."""
    return list(_filed(today).order_by().values_list("payer", flat=True).distinct())


def _silent(patience: dict[str, Patience], today: date) -> QuerySet[Claim]:
    """Those of the unanswered claims that wait longer than is usual with their payer."""
    late = Q(pk__in=())
    for payer, one in patience.items():
        late |= Q(payer=payer, batch__created_at__date__lt=today - timedelta(days=one.days))
    return _filed(today).filter(late).order_by("pk")


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
