"""How many claims each choice of the queue's filters would show, and what the shown ones are worth.

A page of the queue asks about a clinic's open claims in eight ways. They are gathered once, in the database, and
counted there for every filter that is not set. A filter that is set is counted with the others as they are and itself
left out, so that its other choices tell what they would show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cleanclaim.practice import gathering, tenancy
from cleanclaim.practice.engine.judging.causes import Cause
from cleanclaim.practice.gathering import Part
from cleanclaim.practice.models import Claim, ClaimFinding, Clinic, Provider
from cleanclaim.practice.pages.claims.filters import (
    AGES,
    DAY_COLUMNS,
    DEADLINES,
    EVERY,
    TO_DO,
    TO_DO_STATUSES,
    Filters,
    days_of,
    narrowed,
    worth,
)
from cleanclaim.practice.pages.claims.words import STATUS_LABELS

_SPANS = {"deadline": DEADLINES, "age": AGES}
_LISTED = ("payer", "cause", "rule", "therapist", "deadline", "age", "clinic")
"""Filters with counted choices, beside the status."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter, with how many claims it would show."""

    value: str
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of every filter, counted with the other filters as they are."""

    statuses: list[Choice] = field(default_factory=list)
    payers: list[Choice] = field(default_factory=list)
    causes: list[Choice] = field(default_factory=list)
    rules: list[Choice] = field(default_factory=list)
    therapists: list[Choice] = field(default_factory=list)
    deadlines: list[Choice] = field(default_factory=list)
    ages: list[Choice] = field(default_factory=list)
    clinics: list[Choice] = field(default_factory=list)
    """Only where there are several in scope."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The claims that pass the filters: how many, worth what, with how much at stake in cents; and the choices.

    `without_last_day` are those without a day to file by, superbills among them.
    """

    claims: int
    worth_cents: int
    stake_cents: int
    without_last_day: int
    choices: Choices


@dataclass(slots=True)
class _Tally:
    """Counts by filter and value; of payers also the names they go by."""

    claims: int = 0
    worth_cents: int = 0
    stake_cents: int = 0
    by_value: dict[str, dict[str, int]] = field(default_factory=dict)
    payer_names: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> dict[str, int]:
        """The counts of one filter's values."""
        return self.by_value.get(name, {})


def counted(filters: Filters, today: date) -> Counted:
    """Count the claims in scope. One query, and one more for each filter that is set but the status."""
    listed = [name for name in _LISTED if name != "clinic" or len(tenancy.clinics_in_scope()) > 1]
    unset = [name for name in listed if not getattr(filters, name)]
    tally = _tallied(narrowed(filters, today), unset, narrowed(filters, today, without="status"))
    for name in listed:
        if name not in unset:
            alone = _tallied(narrowed(filters, today, without=name), [name])
            counted_as = DAY_COLUMNS.get(name, name)
            tally.by_value[counted_as] = alone.of(counted_as)
            tally.payer_names |= alone.payer_names
    without = tally.of("due_on").get("", 0) if filters.deadline in {"", "unknown"} else 0
    return Counted(tally.claims, tally.worth_cents, tally.stake_cents, without, _choices(filters, today, tally))


# --- counting in the database ------------------------------------------------------------------------------

_PAYER = "SELECT 'payer', payer, payer_name, COUNT(*), 0, 0 FROM found GROUP BY payer, payer_name"
_STANDING = Part(
    "standing",
    ("claim", "cause", "rule"),
    "SELECT one.claim, one.cause, one.rule FROM found JOIN one ON one.claim = found.claim",
)


def _key(name: str, rows: str = "found") -> str:
    return f"SELECT '{name}', CAST({name} AS TEXT), '', COUNT(*), 0, 0 FROM {rows} GROUP BY {name}"  # noqa: S608 - ours


def _finding(name: str) -> str:
    return f"SELECT '{name}', {name}, '', COUNT(DISTINCT claim), 0, 0 FROM standing GROUP BY {name}"  # noqa: S608 - ours


def _tallied(found: QuerySet[Claim], names: Iterable[str], every: QuerySet[Claim] | None = None) -> _Tally:
    """Count these claims, gathered once, for each of these filters; and those of `every` by their status.

    Days are counted one by one, for spans of days overlap: each choice adds its own days up.
    """
    wanted = set(names)
    days = tuple(DAY_COLUMNS.values())
    gathered = (
        found.order_by()
        .annotate(worth_cents=worth())
        .values_list("pk", "clinic", "payer", "payer_name", "therapist", "worth_cents", "at_stake_cents", *days)
    )
    columns = ("claim", "clinic", "payer", "payer_name", "therapist", "worth", "stake", *days)
    asked = ["SELECT 'all', '', '', COUNT(*), SUM(worth), SUM(stake) FROM found"]
    asked += [_key(DAY_COLUMNS[name]) for name in _SPANS if name in wanted]
    asked += [_key(name) for name in ("therapist", "clinic") if name in wanted]
    asked += [_PAYER] if "payer" in wanted else []
    asked += [_finding(name) for name in ("cause", "rule") if name in wanted]
    parts = [Part("found", columns, gathered)]
    if wanted & {"cause", "rule"}:
        rows = ClaimFinding.objects.filter(ignored_at=None, was_mended=False).order_by()
        parts += [
            Part("one", ("claim", "cause", "rule"), rows.values_list("claim", "cause", "rule"), is_gathered=False),
            _STANDING,
        ]
    if every is not None:
        parts.append(Part("every", ("status",), every.order_by().values_list("status"), is_gathered=False))
        asked.append(_key("status", "every"))
    tally = _Tally()
    for name, value, words, count, worth_cents, stake_cents in gathering.counted(parts, asked):
        if name == "all":
            tally.claims, tally.worth_cents, tally.stake_cents = count, int(worth_cents or 0), int(stake_cents or 0)
        else:
            counts = tally.by_value.setdefault(name, {})
            counts[value or ""] = counts.get(value or "", 0) + count
        if name == "payer":
            tally.payer_names.setdefault(value, words)
    return tally


# --- what is offered -----------------------------------------------------------------------------------------


def _choices(filters: Filters, today: date, tally: _Tally) -> Choices:
    return Choices(
        statuses=_statuses(filters, tally),
        payers=[
            _choice(filters, "payer", payer, tally.payer_names[payer] or payer, count)
            for payer, count in sorted(tally.of("payer").items(), key=lambda item: tally.payer_names[item[0]])
            if payer
        ],
        causes=[
            _choice(filters, "cause", cause.value, cause.value, tally.of("cause")[cause.value])
            for cause in Cause
            if cause.value in tally.of("cause")
        ],
        rules=[_choice(filters, "rule", rule, rule, count) for rule, count in sorted(tally.of("rule").items())],
        therapists=_of_rows(
            filters,
            "therapist",
            tally,
            Provider.objects.order_by("family_name", "given_name"),
            "given_name",
            "family_name",
        ),
        deadlines=_spans(filters, "deadline", tally, today),
        ages=_spans(filters, "age", tally, today),
        clinics=_of_rows(filters, "clinic", tally, Clinic.objects.all(), "name"),
    )


def _choice(filters: Filters, name: str, value: str, words: str, count: int) -> Choice:
    return Choice(value, words, count, value.upper() == getattr(filters, name).upper())


def _statuses(filters: Filters, tally: _Tally) -> list[Choice]:
    by_status = tally.of("status")
    to_do = sum(by_status.get(status, 0) for status in TO_DO_STATUSES)
    labeled = [(status, label.words, by_status.get(status, 0)) for status, label in STATUS_LABELS.items()]
    offered = [(TO_DO, "To do", to_do), *labeled, (EVERY, "All", sum(by_status.values()))]
    return [_choice(filters, "status", status, words, count) for status, words, count in offered]


def _spans(filters: Filters, name: str, tally: _Tally, today: date) -> list[Choice]:
    counts = [(date.fromisoformat(day) if day else None, count) for day, count in tally.of(DAY_COLUMNS[name]).items()]
    found = []
    for key, span in _SPANS[name].items():
        first, last = days_of(name, key, today)
        found.append(_choice(filters, name, key, span.words, sum(n for day, n in counts if _lies_in(day, first, last))))
    return found


def _lies_in(day: date | None, first: date | None, last: date | None) -> bool:
    """Whether a day lies in a span; a span without ends is that of days nobody knows."""
    if first is None and last is None:
        return day is None
    return day is not None and (first is None or first <= day) and (last is None or day <= last)


def _of_rows(filters: Filters, name: str, tally: _Tally, rows: QuerySet[Any], *words: str) -> list[Choice]:
    """One choice for each counted row, called by these columns and sorted by the last of them."""
    counts = {UUID(key): count for key, count in tally.of(name).items()}
    if not counts:
        return []
    found = rows.filter(pk__in=counts).order_by(*reversed(words), "pk").values_list("pk", *words)
    return [_choice(filters, name, str(key), " ".join(said), counts[key]) for key, *said in found]
