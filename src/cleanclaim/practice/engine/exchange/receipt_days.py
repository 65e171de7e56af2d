"""On which day a payer received a claim: from that day it owes an answer, and interest where it pays late.

The strongest word decides: what a person read in the payer's portal, what the payer says with its payment (835,
DTM*050), its acknowledgment of the claim (277CA), the acceptance of the file that it was in (999), and the day of
filing where nobody has said anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min

from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.claims.building import add_events
from cleanclaim.practice.engine.follow_up.at_hand import NOTHING_AT_HAND
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import AnswerState, BatchAnswer, Claim, ClaimReport, Clinic, User
from cleanclaim.reference.claim_status import Standing
from cleanclaim.submission.transmission import State


class Word(StrEnum):
    """Whose word a day of receipt is."""

    PORTAL = "portal"
    PAYMENT = "835"
    CLAIM = "277CA"
    FILE = "999"
    FILING = "filing"

    @property
    def words(self) -> str:
        """Where the day was read."""
        return _WORDS[self]


_WORDS = {
    Word.PORTAL: "as the payer's portal says",
    Word.PAYMENT: "as the payer says with its payment (835)",
    Word.CLAIM: "as the payer's acknowledgment of the claim says (277CA)",
    Word.FILE: "the day on which the file was accepted (999)",
    Word.FILING: "the day of filing, as no acknowledgment is on file",
}

_NOT_TAKEN = (Standing.REJECTED.value, Standing.NOT_FOUND.value)


@dataclass(frozen=True, slots=True)
class Received:
    """The day, and whose word it is."""

    on: date
    by: Word


def received(claim: Claim) -> Received | None:
    """When the payer received a claim as it went out last; `None` where it has not gone out."""
    if claim.batch is None:
        return None
    if claim.received_on is not None:
        return Received(claim.received_on, Word.PORTAL)
    # What was said of it before it was sent anew is of the time before.
    filed = _day_at(claim.clinic, claim.batch.created_at)
    paid_for = [day for day in _told_with_payments(claim, claim.batch.created_at) if day >= filed]
    if paid_for:
        return Received(min(paid_for), Word.PAYMENT)
    reports = ClaimReport.objects.filter(claim=claim, kind=Word.CLAIM.value, created_at__gte=claim.batch.created_at)
    told: date | None = reports.exclude(standing__in=_NOT_TAKEN).aggregate(first=Min("reported_on"))["first"]
    if told is not None and told >= filed:
        return Received(told, Word.CLAIM)
    accepted = BatchAnswer.objects.filter(
        kind=Word.FILE.value,
        transmission__batch=claim.batch_id,
        transmission__state__in=[State.ACCEPTED.value, State.PARTLY_ACCEPTED.value],
    )
    at: datetime | None = accepted.aggregate(first=Min("file__created_at"))["first"]
    if at is not None:
        return Received(_day_at(claim.clinic, at), Word.FILE)
    return Received(filed, Word.FILING)


def _told_with_payments(claim: Claim, since: datetime) -> list[date]:
    """The days of receipt that the claim's own payer has told with its answers that stand."""
    own = claim.answers.exclude(state=AnswerState.HELD.value).filter(
        order=claim.order, remittance__unposted_at=None, created_at__gte=since
    )
    told = [NOTHING_AT_HAND.answer_of(row).received_on for row in own]
    return [day for day in told if day is not None]


def _day_at(clinic: Clinic, moment: datetime) -> date:
    """The day of a moment where the clinic is."""
    return moment.astimezone(ZoneInfo(clinic.time_zone)).date()


@transaction.atomic
def write_down(clinic: Clinic, claim: Claim, user: User, on: date | None, *, origin: str = "") -> None:
    """Keep the day on which a payer's portal says that it received a claim; `None` takes it back.

    Raises `NotDoneError` where it has not gone out, or the day is before it did or is to come.
    """
    row = Claim.objects.select_for_update(of=("self",)).select_related("batch").get(pk=claim.pk)
    if row.batch is None:
        raise NotDoneError("the claim has not gone out")
    filed = _day_at(clinic, row.batch.created_at)
    if on is not None and not filed <= on <= today_at(clinic):
        raise NotDoneError(f"the day of receipt: expected {filed} to today")
    row.received_on = on
    row.save_if_unchanged(row.version, "received_on")
    told = "not known from the portal" if on is None else f"received on {on} by the payer's portal"
    add_events([row], user, "receipt", told)
    audit_trail.record(clinic.id, user, "change", "claim", row.pk, detail="day of receipt", origin=origin)
