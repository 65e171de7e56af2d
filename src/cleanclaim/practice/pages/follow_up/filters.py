"""The worklist's filters, as the address holds them, and its order: dollars × chance × nearness of the last day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, F, IntegerField, Min, Q, QuerySet, Sum, Value, When

from cleanclaim.practice.engine.worklist.work_items import OFF_THE_LIST
from cleanclaim.practice.keyset import By, Key
from cleanclaim.practice.models import LIVE_STATES, User, WorkItem, WorkState
from cleanclaim.practice.pages.claims.counts import Choice
from cleanclaim.practice.pages.claims.filters import DEADLINES
from cleanclaim.practice.pages.follow_up.words import (
    CAUSE_WORDS,
    FORESIGHT_LABELS,
    KIND_LABELS,
    code_words,
    reason_words,
)
from cleanclaim.reference import denials

TO_DO, WAITING, SETTLED = "todo", "waiting", "settled"
STATES: dict[str, tuple[str, tuple[str, ...]]] = {
    TO_DO: ("To do", (WorkState.OPEN.value, WorkState.WORKING.value)),
    WAITING: ("Waiting for the payer", (WorkState.APPEALED.value, WorkState.RESUBMITTED.value)),
    SETTLED: ("Settled", tuple(state.value for state in WorkState if state.value not in LIVE_STATES)),
}
"""Tabs of the worklist: words, and the states in them."""

GROUPS = {"": "One by one", "reason": "By reason", "payer": "By payer", "code": "By procedure"}
"""How the worklist may be grouped."""

MINE, NOBODYS = "mine", "nobody"
DUE = "due"
"""What somebody wanted to look at again by today."""
SMALL = "small"
"""Only the lines that are short by so little that they stay off the list."""
_NAMES = (
    "state",
    "kind",
    "reason",
    "payer",
    "code",
    "cause",
    "deadline",
    "foresight",
    "who",
    "again",
    "size",
    "clinic",
    "text",
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the worklist is narrowed to. What makes no sense in the address is left out."""

    state: str = TO_DO
    kind: str = ""
    reason: str = ""
    payer: str = ""
    code: str = ""
    cause: str = ""
    deadline: str = ""
    foresight: str = ""
    who: str = ""
    again: str = ""
    size: str = ""
    clinic: str = ""
    text: str = ""
    by: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab is filtered."""
        return any(getattr(self, name) for name in _NAMES if name != "state")

    def address(self, **changes: str) -> str:
        """The query string of these filters with some changed; empty ones are left out."""
        values = {name: getattr(self, name) for name in (*_NAMES, "by")} | changes
        kept = {name: value for name, value in values.items() if value and (name, value) != ("state", TO_DO)}
        return f"?{urlencode(kept)}"


def filters_of(values: Mapping[str, Any]) -> Filters:
    """The filters that an address holds."""
    found = {name: str(values.get(name, "")).strip()[:40] for name in (*_NAMES, "by")}
    allowed: dict[str, Iterable[str]] = {
        "state": STATES,
        "kind": KIND_LABELS,
        "cause": CAUSE_WORDS,
        "deadline": DEADLINES,
        "foresight": FORESIGHT_LABELS,
        "who": (MINE, NOBODYS),
        "again": (DUE,),
        "size": (SMALL,),
        "by": GROUPS,
    }
    for name, choices in allowed.items():
        if found[name] not in choices:
            found[name] = ""
    try:
        found["clinic"] = str(UUID(found["clinic"])) if found["clinic"] else ""
    except ValueError:
        found["clinic"] = ""
    return Filters(**{**found, "state": found["state"] or TO_DO})


def narrowed(filters: Filters, today: date, user: User, *, without: str = "") -> QuerySet[WorkItem]:
    """The items in scope that pass the filters; `without` leaves one out, to count its choices."""
    asked = {name: "" if name == without else getattr(filters, name) for name in _NAMES}
    rows = WorkItem.objects.order_by()
    if asked["state"]:
        rows = rows.filter(state__in=STATES[asked["state"]][1])
    for name in ("kind", "reason", "payer", "code", "cause", "foresight", "clinic"):
        if asked[name]:
            rows = rows.filter(**{name: asked[name]})
    if without != "size":
        rows = rows.filter(OFF_THE_LIST) if asked["size"] else rows.exclude(OFF_THE_LIST)
    if asked["who"]:
        rows = rows.filter(assigned_to=user if asked["who"] == MINE else None)
    if asked["again"]:
        rows = rows.filter(follow_up_on__lte=today)
    if asked["deadline"]:
        rows = rows.filter(_due(asked["deadline"], today))
    if asked["text"]:
        rows = rows.filter(Q(claim__number__iexact=asked["text"]) | Q(claim__patient__number__iexact=asked["text"]))
    return rows


CASE = Key(("claim_id", "kind", "group", "reason"))
"""What names a case: items of one claim that are alike."""

RANKING = (
    By("rank", descending=True),
    By("total", descending=True),
    By("nearest", nullable=True),
    *(By(name) for name in CASE.names),
)
"""The order of cases: the one that is worth most comes first."""


def ranked(rows: QuerySet[WorkItem], today: date) -> QuerySet[Any, Any]:
    """Items as cases, one for each claim, kind and reason, with what `RANKING` goes by.

    `rank` is what `denials.ranking` says, added up by the database over the items of a case.
    """
    figures = denials.figures()
    steps = [When(due_on=None, then=Value(figures.weight_unknown)), When(due_on__lt=today, then=Value(0))]
    steps += [When(due_on__lte=today + timedelta(days=days), then=Value(weight)) for days, weight in figures.nearness]
    weight = Case(*steps, default=Value(figures.weight_later), output_field=IntegerField())
    cases: QuerySet[Any, Any] = rows.values(*CASE.names).annotate(
        total=Sum("cents"),
        nearest=Min("due_on"),
        rank=Sum(F("cents") * F("points") * weight, output_field=BigIntegerField()),
    )
    return cases


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are alike: the value they share, in words, how many of how many claims, and cents.

    `small_cents` are those of lines that stay off the list, by payer only.
    """

    value: str
    words: str
    code: str
    items: int
    claims: int
    cents: int
    due_on: date | None
    small_cents: int = 0


def small_of(filters: Filters, today: date, user: User) -> QuerySet[WorkItem]:
    """What the filters would show besides, if the lines that are short by little were listed."""
    return narrowed(filters, today, user, without="size").filter(OFF_THE_LIST)


def grouped(rows: QuerySet[WorkItem], by: str, small: QuerySet[WorkItem] | None = None) -> list[Group]:
    """Items by reason, payer or procedure, the dearest first; by payer with the cents of what stays off the list."""
    off: dict[tuple[str, str], int] = {}
    if by == "payer" and small is not None:
        told = small.values_list("payer", "payer_name").annotate(total=Sum("cents")).order_by("-total", "payer")
        off = {(payer, name): total for payer, name, total in told}
    names = {"reason": ("reason", "kind", "group"), "payer": ("payer", "payer_name"), "code": ("code",)}[by]
    counted = rows.values(*names).annotate(
        items=Count("pk"), claims=Count("claim", distinct=True), total=Sum("cents"), due=Min("due_on")
    )
    found = []
    for row in counted.order_by("-total", *names):
        if by == "reason":
            words, code = (
                reason_words(row["kind"], row["reason"]),
                code_words(row["group"], row["reason"]),
            )
        elif by == "payer":
            words, code = row["payer_name"] or row["payer"] or "not known", ""
        else:
            words, code = "the claim as a whole" if not row["code"] else "", row["code"]
        left = off.pop((row["payer"], row["payer_name"]), 0) if off else 0
        found.append(Group(row[names[0]], words, code, row["items"], row["claims"], row["total"], row["due"], left))
    found += [Group(payer, name or payer, "", 0, 0, 0, None, left) for (payer, name), left in off.items()]
    return found


def choices_of(filters: Filters, today: date, user: User) -> dict[str, list[Choice]]:
    """The choices of every filter with how many items each would show; one query a filter."""

    def counted(name: str, *names: str) -> list[tuple[Any, ...]]:
        rows = narrowed(filters, today, user, without=name).values_list(*(names or (name,)))
        return list(rows.annotate(n=Count("pk")).order_by(*(names or (name,))))

    by_state = dict(counted("state"))
    by_day = narrowed(filters, today, user, without="deadline").aggregate(
        **{value: Count("pk", filter=_due(value, today)) for value in DEADLINES}
    )
    reasons: dict[str, tuple[str, int]] = {}
    for reason, kind, group, count in counted("reason", "reason", "kind", "group"):
        words = f"{reason} {reason_words(kind, reason)}" if group else reason_words(kind, reason)
        reasons[reason] = (words, reasons.get(reason, ("", 0))[1] + count)
    payers: dict[str, tuple[str, int]] = {}
    for payer, name, count in counted("payer", "payer", "payer_name"):
        payers[payer] = (payers.get(payer, (name or payer or "none", 0))[0], payers.get(payer, ("", 0))[1] + count)
    return {
        "state": [
            Choice(name, words, sum(by_state.get(state, 0) for state in states), filters.state == name)
            for name, (words, states) in STATES.items()
        ],
        "kind": [Choice(kind, KIND_LABELS[kind].words, n, filters.kind == kind) for kind, n in counted("kind")],
        "reason": [Choice(one, words, n, filters.reason == one) for one, (words, n) in reasons.items()],
        "payer": [Choice(one, words, n, filters.payer == one) for one, (words, n) in payers.items()],
        "code": [Choice(code, code, n, filters.code == code) for code, n in counted("code") if code],
        "cause": [
            Choice(cause, CAUSE_WORDS[cause], n, filters.cause == cause) for cause, n in counted("cause") if cause
        ],
        "foresight": [
            Choice(one, FORESIGHT_LABELS[one].words, n, filters.foresight == one)
            for one, n in counted("foresight")
            if one
        ],
        "clinic": [
            Choice(str(key), name, n, filters.clinic == str(key)) for key, name, n in
            counted("clinic", "clinic", "clinic__name")
        ],
        "deadline": [
            Choice(value, span.words, by_day[value], filters.deadline == value) for value, span in DEADLINES.items()
        ],
    }  # fmt: skip


def _due(value: str, today: date) -> Q:
    """Items whose last day lies in a span of `DEADLINES`."""
    if value == "unknown":
        return Q(due_on=None)
    span = DEADLINES[value]
    found = Q(due_on__lte=today + timedelta(days=span.most or 0))
    return found if span.least is None else found & Q(due_on__gte=today + timedelta(days=span.least))
