"""Coordination of benefits: the claim to the next payer, once the payer before it has decided.

It goes into the queue like any other, judged by the same rules, with what was decided before on it. Where the payer
sent the claim on itself (Medicare to a supplement), none is made: the next payer would be billed twice. What an earlier
payer says later makes a claim of ours untrue; it is then checked anew, or marked to be looked at if it has left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.claims.asking_next import ask_next
from cleanclaim.practice.engine.claims.building import add_events, build_beside, recheck
from cleanclaim.practice.engine.claims.numbering import Mark, NumberTooLongError, number_after
from cleanclaim.practice.engine.judging.earlier_decisions import decisions_on
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import (
    OPEN_STATUSES,
    AnswerState,
    Claim,
    ClaimAnswer,
    ClaimStatus,
    Clinic,
    Coverage,
    Remittance,
    RemittanceFile,
    User,
)
from cleanclaim.records import CoverageOrder, Frequency
from cleanclaim.records.remittance import ClaimStatusCode

_PLACES = list(CoverageOrder)
_MARKS = {CoverageOrder.SECONDARY: Mark.SECONDARY, CoverageOrder.TERTIARY: Mark.TERTIARY}

_OF_A_VISIT = ("patient", "visit__patient", "visit__therapist", "visit__assistant")
"""What a visit is checked with."""

PIECE = 100
"""Claims that are made in one transaction."""


class Next(StrEnum):
    """How a claim stands with the payer after the one that it went to."""

    NOBODY = "nobody"
    """No other payer is on file for the day: what is left is the patient's."""
    WAITING = "waiting"
    """The payer billed has not decided."""
    FORWARDED = "forwarded"
    """The payer sent the claim on itself."""
    NOTHING_LEFT = "nothing left"
    """It decided, and left nothing to the next."""
    DUE = "due"
    """It decided, left something, and no claim to the next payer is made."""
    MADE = "made"
    """A claim to the next payer is there."""


@dataclass(frozen=True, slots=True)
class NextPayer:
    """What is known of the payer after the one that a claim went to.

    `forwarded_to` is whom the payer sent the claim on to; beside `Next.NOBODY`, a plan that is not on file.
    """

    state: Next
    order: CoverageOrder | None = None
    coverage: Coverage | None = None
    left_cents: int = 0
    claim: Claim | None = None
    forwarded_to: str = ""


class NotMadeError(ValueError):
    """No claim to the next payer can be made; says why."""


def next_payer(claim: Claim) -> NextPayer:
    """How a filed claim stands with the payer after its own."""
    head = claim.follows or claim
    own = _answered_by(claim)
    coverage = _coverage_after(claim, own)
    if coverage is None:
        return NextPayer(Next.NOBODY, forwarded_to=_forwarded(claim, own))
    order = CoverageOrder(coverage.order)
    # One that follows a claim which this one replaced goes on in its place (`look_again`).
    there = Claim.objects.filter(visit=claim.visit_id, order=order.value).exclude(follows=None)
    made = there.exclude(status=ClaimStatus.CLOSED.value).first()
    decided = decisions_on([head])[head.pk].before(order)
    left = decided.left_cents if decided.adjudications and decided.adjudications[-1].order is own else 0
    if made is not None:
        return NextPayer(Next.MADE, order, coverage, left, made)
    if not any(one.order is own for one in decided.adjudications):
        return NextPayer(Next.WAITING, order, coverage)
    sent_on = _forwarded(claim, own)
    if sent_on:
        return NextPayer(Next.FORWARDED, order, coverage, left, None, sent_on)
    return NextPayer(Next.DUE if left else Next.NOTHING_LEFT, order, coverage, left)


def bill_next(clinic: Clinic, claim_id: UUID, user: User | None, *, because: str = "", origin: str = "") -> Claim:
    """Make the claim to the payer after the one that has decided; it waits in the queue like any other.

    Args:
        clinic: whose claim, in scope.
        claim_id: the claim that was decided.
        user: who asks; `None` after a payment was posted.
        because: why it is made although the payer sent the claim on itself; needed then, and kept.
        origin: the address the request came from, for the audit log.

    Raises:
        NotMadeError: there is no next payer, no decision, a claim already, or it was sent on and no reason is given.
    """
    with transaction.atomic():
        rows = Claim.objects.select_for_update(of=("self",)).select_related("follows", *_OF_A_VISIT)
        claim = rows.filter(pk=claim_id).exclude(batch=None).first()
        if claim is None or claim.frequency == Frequency.VOID.value:
            raise NotMadeError("only a filed claim has a next payer")
        found = next_payer(claim)
        told = because.strip()
        if found.state is Next.NOBODY:
            raise NotMadeError("no payer after this one is on file for the day")
        if found.state is Next.WAITING:
            raise NotMadeError("the payer has not decided yet")
        if found.claim is not None:
            raise NotMadeError(f"claim {found.claim.number} to that payer is there already")
        if found.state is Next.FORWARDED and not told:
            raise NotMadeError("the payer sent the claim on itself; say why it is billed all the same")
        made = _follower(claim, found)
        build_beside(clinic, [made])
        ask_next(clinic, user, [made])
        add_events([made], user, "built", f"follows {claim.number}" + (f": {told}" if told else ""))
        add_events([claim], user, "next payer billed", made.number + (f": {told}" if told else ""))
        audit_trail.record(clinic.id, user, "create", "claim", made.pk, detail="to the next payer", origin=origin)
        return made


def after_payment(clinic: Clinic, row: Remittance, user: User | None) -> list[Claim]:
    """What a payment that was posted or unposted means for claims to later payers; safe to repeat.

    Claims that were decided with something left get their claim to the next payer, unless the payer sent them on. A
    claim to a later payer whose earlier payer's answer has changed is checked anew, or marked if it has left. Returns
    the claims that were made.
    """
    with transaction.atomic():
        look_again(clinic, row, user)
    return [] if row.unposted_at is not None else make_due(clinic, user, _due(row.answers.all()))


def make_due_of(clinic: Clinic, user: User | None, file: RemittanceFile) -> list[Claim]:
    """Make the claims to next payers that the payments of a file call for; those of an earlier, broken off time too."""
    return make_due(clinic, user, _due(ClaimAnswer.objects.filter(remittance__file=file, remittance__unposted_at=None)))


def due_claims() -> list[UUID]:
    """Claims in scope that were decided with something left for a next payer that has no claim yet, the oldest first.

    Whether that payer's coverage was in force on the day is asked when the claim is made.
    """
    return _due(ClaimAnswer.objects.all())


def _due(answers: QuerySet[ClaimAnswer]) -> list[UUID]:
    # Only patients with a payer after the first: most have none, and nothing more is asked of them.
    later = Coverage.objects.filter(patient=OuterRef("claim__patient"), order__in=[one.value for one in _PLACES[1:]])
    followed = Claim.objects.filter(
        Q(follows=OuterRef("claim")) | Q(follows=OuterRef("claim__follows")), created_at__gt=OuterRef("created_at")
    )
    # Of a claim that is answered in parts, an earlier part may have left something, and the last one nothing.
    in_parts = Q(charge_cents__lt=F("claim__charge_cents"), charge_cents__gt=0)
    beside = _standing(ClaimAnswer.objects.filter(claim=OuterRef("claim"), patient_cents__gt=0))
    is_left = Q(patient_cents__gt=0) | (in_parts & Exists(beside))
    left = _standing(answers).filter(Exists(later), ~Exists(followed), is_left, forwarded_to="")
    found = left.order_by("claim__date_of_service", "claim__number").values_list("claim", flat=True)
    return list(dict.fromkeys(found))


def make_due(clinic: Clinic, user: User | None, claims: Sequence[UUID]) -> list[Claim]:
    """Make the claims to the next payers of those among these that are due, piece by piece; the others stay."""
    made: list[Claim] = []
    for start in range(0, len(claims), PIECE):
        with transaction.atomic():
            rows = Claim.objects.select_for_update(of=("self",)).filter(pk__in=claims[start : start + PIECE])
            fresh = []
            for claim in rows.select_related("follows", *_OF_A_VISIT).order_by("pk"):
                found = next_payer(claim)
                if found.state is Next.DUE:
                    fresh.append((claim, _follower(claim, found)))
            build_beside(clinic, [one for _claim, one in fresh])
            ask_next(clinic, user, [one for _claim, one in fresh])
            for claim, one in fresh:
                add_events([one], user, "built", f"follows {claim.number}")
                add_events([claim], user, "next payer billed", one.number)
            if fresh:
                detail = f"{len(fresh)} claims to the next payer"
                audit_trail.record(clinic.id, user, "create", "claim", detail=detail, origin="")
            made += [one for _claim, one in fresh]
    return made


def _coverage_after(claim: Claim, own: CoverageOrder) -> Coverage | None:
    """The patient's next coverage that was in force on the day."""
    day = claim.date_of_service
    later = [one.value for one in _PLACES[_PLACES.index(own) + 1 :]]
    rows = [
        row
        for row in Coverage.objects.filter(patient=claim.patient_id, order__in=later)
        if (row.valid_from is None or row.valid_from <= day) and (row.valid_through is None or day <= row.valid_through)
    ]
    return min(rows, key=lambda row: later.index(row.order), default=None)


def _standing(answers: QuerySet[ClaimAnswer]) -> QuerySet[ClaimAnswer]:
    """Of these answers, decisions that are posted on a claim; not reversals."""
    return (
        answers.filter(state__in=[AnswerState.POSTED.value, AnswerState.PLACED.value], remittance__unposted_at=None)
        .exclude(claim=None)
        .exclude(status_code=ClaimStatusCode.REVERSAL.value)
        .defer("answer")
    )


def _answered_by(claim: Claim) -> CoverageOrder:
    """The place of the last payer that has answered this claim: its own, or one that it was sent on to."""
    told = set(_standing(claim.answers.all()).values_list("order", flat=True))
    return max((CoverageOrder(one) for one in {claim.order, *told}), key=_PLACES.index)


def _forwarded(claim: Claim, order: CoverageOrder) -> str:
    """To whom the payer of this place sent a claim on, by the last of its answers that stands; else empty."""
    row = _standing(claim.answers.filter(order=order.value)).order_by("-created_at", "-segment").first()
    return "" if row is None else str(row.forwarded_to)


def _follower(claim: Claim, found: NextPayer) -> Claim:
    """The row of the claim to the next payer, not judged and not saved."""
    if found.order is None:
        raise NotMadeError("no payer after this one is on file for the day")
    try:
        number = number_after(claim.visit.number, _MARKS[found.order])
    except NumberTooLongError as error:
        raise NotMadeError(str(error)) from error
    return Claim(
        clinic_id=claim.clinic_id,
        number=number,
        visit=claim.visit,
        patient_id=claim.patient_id,
        date_of_service=claim.date_of_service,
        status="",
        frequency=Frequency.ORIGINAL.value,
        order=found.order.value,
        follows_id=claim.charged_id,
    )


def look_again(clinic: Clinic, row: Remittance, user: User | None) -> None:
    """Claims to later payers than the ones that just answered: what they tell of those payers is no longer true.

    Called in the transaction that posts a payment or takes it back, so that none is overlooked.
    """
    places = {one.value: place for place, one in enumerate(_PLACES)}
    told = row.answers.filter(state__in=[AnswerState.POSTED.value, AnswerState.PLACED.value]).exclude(claim=None)
    heads: dict[UUID, int] = {}
    for claim, head, order in told.values_list("claim", "claim__follows", "order"):
        heads[head or claim] = min(places[order], heads.get(head or claim, len(places)))
    replaced = _replaced_by(heads)
    rows = Claim.objects.filter(among("follows", {*heads, *replaced})).exclude(status=ClaimStatus.CLOSED.value)
    followers = {
        claim.pk: claim
        for claim in rows.defer("record", "questions", "evidence")
        if places[claim.order] > heads[replaced.get(claim.follows_id, claim.follows_id)]
        and claim.created_at < row.changed_at
    }
    for claim in followers.values():
        if claim.status in OPEN_STATUSES and claim.follows_id in replaced:
            Claim.objects.filter(pk=claim.pk).update(follows=replaced[claim.follows_id])
    open_ones = [claim.pk for claim in followers.values() if claim.status in OPEN_STATUSES]
    if open_ones:
        recheck(clinic, open_ones, user, why="an earlier payer answered anew")
    gone = [claim for claim in followers.values() if claim.status == ClaimStatus.SUBMITTED.value]
    if gone:
        why = f"an earlier payer changed its answer ({row.trace_number}) after this claim was filed"
        Claim.objects.filter(pk__in=[claim.pk for claim in gone]).update(attention=why[:200])
        add_events(gone, user, "look at it", why)


def mark_sent_on(claims: Iterable[UUID], row: Remittance, user: User | None) -> None:
    """Claims of a payment that their payer sent on to a plan of which they know nothing, with something left to it.

    Until somebody has looked at one, or that plan has answered, the patient is not asked for what was left.
    """
    told = row.answers.filter(among("claim", claims)).select_related("claim").defer("answer")
    by_payer: dict[str, list[Claim]] = defaultdict(list)
    for answer in told:
        if answer.claim is not None:
            by_payer[answer.forwarded_to].append(answer.claim)
    for payer, marked in by_payer.items():
        why = f"it was sent on to {payer}, a plan that it does not name: enter the plan, or take this mark off"
        Claim.objects.filter(pk__in=[claim.pk for claim in marked]).update(attention=f"{why} to ask the patient")
        add_events(marked, user, "look at it", f"sent on to {payer} ({row.trace_number})")


def _replaced_by(heads: Iterable[UUID]) -> dict[UUID, UUID]:
    """The claims that these have replaced, through however many, each with the one that stands in its place."""
    found: dict[UUID, UUID] = {}
    asked = {head: head for head in heads}
    while asked:
        rows = Claim.objects.filter(among("pk", asked)).exclude(replaces=None).values_list("pk", "replaces")
        asked = {before: asked[key] for key, before in rows if before not in found}
        found |= asked
    return found


def looked_at(claim_id: UUID, user: User) -> Claim:
    """Take the mark off a claim: a person has looked at it. Raises `NotMadeError` where it has none."""
    with transaction.atomic():
        claim = Claim.objects.select_for_update().filter(pk=claim_id).exclude(attention="").first()
        if claim is None:
            raise NotMadeError("nothing waits to be looked at")
        add_events([claim], user, "looked at", claim.attention)
        claim.attention = ""
        claim.save_if_unchanged(claim.version, "attention")
        found: Claim = claim
        return found
