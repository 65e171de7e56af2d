"""The queue's filters, as the address holds them, and its order: what is due soonest and worth most comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from cleanclaim.practice.engine.judging.causes import Cause
from cleanclaim.practice.keyset import By
from cleanclaim.practice.models import OPEN_STATUSES, Claim, ClaimFinding, ClaimStatus
from cleanclaim.practice.pages.claims.words import STATUS_LABELS

TO_DO = "todo"
"""The status filter that stands where none is given: every claim that somebody still has to do something about."""

EVERY = "every"

TO_DO_STATUSES = (*OPEN_STATUSES, ClaimStatus.SUPERBILL.value)
"""What `TO_DO` stands for."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days in words: from and through, counted from today; open where `None`."""

    words: str
    least: int | None = None
    most: int | None = None


DEADLINES: dict[str, Span] = {
    "past": Span("past", None, -1),
    "week": Span("within 7 days", 0, 7),
    "month": Span("within 30 days", 0, 30),
    "quarter": Span("within 90 days", 0, 90),
    "unknown": Span("not known"),
}
"""Last days of filing, by days from today."""

AGES: dict[str, Span] = {
    "30": Span("0–30 days", 0, 30),
    "60": Span("31–60 days", 31, 60),
    "90": Span("61–90 days", 61, 90),
    "older": Span("over 90 days", 91, None),
}
"""Days since the service, in the steps in which receivables are aged."""

DAY_COLUMNS = {"deadline": "due_on", "age": "date_of_service"}
"""The claim's day that a filter by days asks about."""

ORDER_STEPS = ((7, "due within 7 days, or past"), (30, "due within 30 days"), (90, "due within 90 days"))
"""The order's first steps: due within so many days, in words.

The shortest limits of payers are about as long as the last step, so an unknown last day may lie within it: claims
without one come next, behind those that are known to be near and before those that are known to be far.
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to. Texts are as the address holds them; what makes no sense there is left out."""

    status: str = TO_DO
    payer: str = ""
    cause: str = ""
    rule: str = ""
    therapist: str = ""
    deadline: str = ""
    age: str = ""
    clinic: str = ""
    text: str = ""

    def address(self, **changes: str) -> str:
        """The query string of these filters with some changed; empty ones are left out."""
        values = {name: getattr(self, name) for name in _NAMES} | changes
        kept = {name: value for name, value in values.items() if value and (name, value) != ("status", TO_DO)}
        return f"?{urlencode(kept)}" if kept else "?"

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the status is filtered."""
        return any(getattr(self, name) for name in _NAMES if name != "status")


_NAMES = ("status", "payer", "cause", "rule", "therapist", "deadline", "age", "clinic", "text")


def filters_of(values: Mapping[str, Any]) -> Filters:
    """The filters that an address, or a form, holds."""
    found = {name: str(values.get(name, "")).strip()[:40] for name in _NAMES}
    allowed: dict[str, Iterable[str]] = {
        "status": (TO_DO, EVERY, *STATUS_LABELS),
        "cause": [cause.value for cause in Cause],
        "deadline": DEADLINES,
        "age": AGES,
    }
    for name, choices in allowed.items():
        if found[name] not in choices:
            found[name] = ""
    for name in ("therapist", "clinic"):
        if found[name] and not _is_key(found[name]):
            found[name] = ""
    return Filters(**{**found, "status": found["status"] or TO_DO})


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def narrowed(filters: Filters, today: date, *, without: str = "") -> QuerySet[Claim]:
    """The claims in scope that pass the filters; `without` leaves one filter out, to count its choices."""
    rows = Claim.objects.all()
    asked = {name: "" if name == without else getattr(filters, name) for name in _NAMES}
    if asked["status"] == TO_DO:
        rows = rows.filter(status__in=TO_DO_STATUSES)
    elif asked["status"] not in {"", EVERY}:
        rows = rows.filter(status=asked["status"])
    if asked["payer"]:
        rows = rows.filter(payer=asked["payer"])
    if asked["clinic"]:
        rows = rows.filter(clinic=asked["clinic"])
    if asked["therapist"]:
        rows = rows.filter(therapist=asked["therapist"])
    if asked["cause"] or asked["rule"]:
        found = ClaimFinding.objects.filter(claim=OuterRef("pk"), ignored_at=None, was_mended=False)
        if asked["cause"]:
            found = found.filter(cause=asked["cause"])
        if asked["rule"]:
            found = found.filter(rule=asked["rule"].upper())
        rows = rows.filter(Exists(found))
    if asked["deadline"]:
        rows = rows.filter(_between(DAY_COLUMNS["deadline"], days_of("deadline", asked["deadline"], today)))
    if asked["age"]:
        rows = rows.filter(_between(DAY_COLUMNS["age"], days_of("age", asked["age"], today)))
    if asked["text"]:
        rows = rows.filter(Q(number__iexact=asked["text"]) | Q(patient__number__iexact=asked["text"]))
    return rows


def days_of(name: str, key: str, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a choice by days, both inclusive and open where `None`: of `deadline` or `age`."""
    if name == "deadline":
        span = DEADLINES[key]
        return (
            None if span.least is None else today + timedelta(days=span.least),
            None if span.most is None else today + timedelta(days=span.most),
        )
    span = AGES[key]
    return (
        None if span.most is None else today - timedelta(days=span.most),
        None if span.least is None else today - timedelta(days=span.least),
    )


def _between(column: str, days: tuple[date | None, date | None]) -> Q:
    """Claims whose day lies there; where both ends are open, those whose day is not known."""
    first, last = days
    if first is None and last is None:
        return Q(**{column: None})
    found = Q() if first is None else Q(**{f"{column}__gte": first})
    return found if last is None else found & Q(**{f"{column}__lte": last})


def without_last_day() -> Q:
    """Claims that a payer gets and whose last day is not known; a superbill has none."""
    return Q(due_on=None) & ~Q(status=ClaimStatus.SUPERBILL.value)


def worth() -> Coalesce:
    """What a claim is worth in cents: what it is allowed; where that is not known, its charge; else nothing."""
    return Coalesce("allowed_cents", "charge_cents", Value(0))


QUEUE_ORDER = (By("step"), By("worth_cents", descending=True), By("due_on", nullable=True), By("number"), By("pk"))
"""The order of the queue: by step of the deadline, and within a step the dearest first; of `with_steps`."""


def with_steps(rows: QuerySet[Claim], today: date) -> QuerySet[Claim]:
    """Claims with their step of the deadline, and with `worth_cents`, which is what counts as dollars.

    An unknown last day outranks none that is known to be near, and is not taken for one that is far.
    """
    steps = [When(due_on__lte=today + timedelta(days=days), then=Value(place)) for place, (days, _) in
             enumerate(ORDER_STEPS)]  # fmt: skip
    steps.append(When(without_last_day(), then=Value(len(ORDER_STEPS))))
    return rows.annotate(
        step=Case(*steps, default=Value(len(ORDER_STEPS) + 1), output_field=IntegerField()),
        worth_cents=worth(),
    )


def in_order(rows: QuerySet[Claim], today: date) -> QuerySet[Claim]:
    """All these claims in the order of the queue."""
    return with_steps(rows, today).order_by(*(column.order(backward=False) for column in QUEUE_ORDER))
