"""What is not done yet of the days that are to be closed: what would be missing from their figures, or come late.

Nothing of it keeps the books from being closed. What comes afterwards is dated on the first open day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from cleanclaim.practice.engine.books.deposits import undeposited
from cleanclaim.practice.engine.claims.building import visits_to_build
from cleanclaim.practice.models import (
    OPEN_STATUSES,
    AnswerState,
    Claim,
    ClaimAnswer,
    ClaimStatus,
    Visit,
    VisitStatus,
)


@dataclass(frozen=True, slots=True)
class Undone:
    """One kind of work that is not done: how many, their cents where they have any, and the page where it is done."""

    words: str
    count: int
    cents: int | None
    page: str


def month_to_close(today: date, closed: date | None) -> date | None:
    """The last day of the last month that is over, where the books are not closed so far already."""
    ended = today.replace(day=1) - timedelta(days=1)
    return ended if closed is None or closed < ended else None


def undone(through: date) -> list[Undone]:
    """What is not done of the days through one, in scope; kinds of which there is nothing are left out."""
    unsigned = Visit.objects.filter(status=VisitStatus.DRAFT.value, date_of_service__lte=through).count()
    unbuilt = visits_to_build().filter(date_of_service__lte=through).count()
    open_ = (*OPEN_STATUSES, ClaimStatus.SUPERBILL.value)
    claims = Claim.objects.filter(status__in=open_, date_of_service__lte=through, replaces=None)
    unfiled = claims.aggregate(count=Count("pk"), cents=Sum("charge_cents"))
    answers = ClaimAnswer.objects.filter(state=AnswerState.HELD.value, remittance__unposted_at=None)
    held = answers.filter(remittance__paid_on__lte=through).aggregate(count=Count("pk"), cents=Sum("paid_cents"))
    cash = [one.cents for one in undeposited() if one.on <= through]
    found = [
        Undone("notes are not signed", unsigned, None, "visits_unsigned"),
        Undone("signed visits have no claim", unbuilt, None, "claims"),
        Undone("claims are not filed, and not charged", unfiled["count"], unfiled["cents"] or 0, "claims"),
        Undone("payers' answers are held, on no claim", held["count"], held["cents"] or 0, "held"),
        Undone("receipts and payments are on no deposit", len(cash), sum(cash), "deposits"),
    ]
    return [one for one in found if one.count]
