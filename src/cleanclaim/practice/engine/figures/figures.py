"""The owner's figures: counted in the database by month, therapist or payer, and the rows behind each.

Every figure and the list behind it come from the same query, so that they cannot tell different numbers. Nothing of
billing is decided here: a claim's findings, prices and what it leaves unbilled were written down when it was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from cleanclaim.money import divide
from cleanclaim.practice.engine.figures.definitions import Metric, Unit, definitions
from cleanclaim.practice.models import (
    OPEN_STATUSES,
    Claim,
    ClaimFinding,
    ClaimStatus,
    Provider,
    Visit,
    VisitStatus,
)
from cleanclaim.records import Frequency

_TENTHS_OF_A_PERCENT = 1_000
_TENTHS = 10
_RATES = (Metric.CLEAN_CLAIMS, Metric.FIRST_SENDING, Metric.UNITS_PER_VISIT)
"""Figures with a denominator."""


class By(StrEnum):
    """What figures are broken down by."""

    MONTH = "month"
    THERAPIST = "therapist"
    PAYER = "payer"


class Part(StrEnum):
    """Which of the rows behind a figure: those that count in it, and those that are only in its denominator."""

    COUNTED = "counted"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which visits and claims: dates of service, both inclusive, one payer file, one therapist (its key as text)."""

    first: date
    last: date
    payer: str = ""
    therapist: str = ""

    def before(self) -> Chosen:
        """The span of as many days that ends the day before."""
        days = (self.last - self.first).days + 1
        return replace(self, first=self.first - timedelta(days=days), last=self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Value:
    """One figure: what counts, of how many. A rate or an average of nothing is unknown."""

    metric: Metric
    numerator: int
    denominator: int | None = None
    unknown: int = 0
    """Rows that belong to it and could not be counted: claims without a price."""

    @property
    def number(self) -> int | None:
        """Tenths of a percent, tenths of a unit, cents or a count; `None` where it is unknown."""
        if self.denominator is None:
            return self.numerator
        if not self.denominator:
            return None
        scale = _TENTHS_OF_A_PERCENT if definitions()[self.metric].unit is Unit.RATE else _TENTHS
        return divide(self.numerator * scale, self.denominator)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one month, therapist or payer."""

    key: str
    label: str
    values: Mapping[Metric, Value]


# --- the rows behind the figures ---------------------------------------------------------------------------


def claims(chosen: Chosen) -> QuerySet[Claim]:
    """The original claims of the span to first payers, in scope: replacements, voids and later payers bill it again."""
    found = Claim.objects.filter(
        date_of_service__range=(chosen.first, chosen.last), frequency=Frequency.ORIGINAL.value, follows=None
    )
    if chosen.payer:
        found = found.filter(payer=chosen.payer)
    if chosen.therapist:
        found = found.filter(therapist=chosen.therapist)
    return found


def visits(chosen: Chosen) -> QuerySet[Visit]:
    """The signed visits of the span, in scope; of one payer, those that were billed to it."""
    found = Visit.objects.filter(date_of_service__range=(chosen.first, chosen.last), status=VisitStatus.SIGNED.value)
    if chosen.payer:
        billed = Claim.objects.filter(visit=OuterRef("pk"), payer=chosen.payer, frequency=Frequency.ORIGINAL.value)
        found = found.filter(Exists(billed))
    if chosen.therapist:
        found = found.filter(therapist=chosen.therapist)
    return found


_TO_A_PAYER = ~Q(status=ClaimStatus.SUPERBILL.value)
_JUDGED = Q(first_passed__isnull=False) & _TO_A_PAYER
_SENT = Q(batch__isnull=False)
_FOLLOWED = Q(is_followed=True)
OPEN = Q(status__in=OPEN_STATUSES)
_HELD = OPEN & Q(at_stake_cents__gt=0)
_UNPRICED = OPEN & Q(status=ClaimStatus.HELD.value, at_stake_cents=0)

_COUNTED: Mapping[Metric, Q] = {
    Metric.CLEAN_CLAIMS: _JUDGED & Q(first_passed=True),
    Metric.FIRST_SENDING: _SENT & ~_FOLLOWED,
    Metric.HELD_BACK: _HELD,
    Metric.LEFT_DOLLARS: Q(left_cents__gt=0),
    Metric.LEFT_UNITS: Q(left_units__gt=0),
    Metric.UNITS_PER_VISIT: Q(billed_units__isnull=False),
}
_OTHERS: Mapping[Metric, Q] = {
    Metric.CLEAN_CLAIMS: _JUDGED & Q(first_passed=False),
    Metric.FIRST_SENDING: _SENT & _FOLLOWED,
    Metric.HELD_BACK: _UNPRICED,
}


def has_others(metric: Metric) -> bool:
    """Whether a figure has rows that are only in its denominator, or could not be counted."""
    return metric in _OTHERS


def claims_behind(
    metric: Metric, chosen: Chosen, part: Part = Part.COUNTED, *, cause: str = "", severity: str = "", rule: str = ""
) -> QuerySet[Claim]:
    """The claims behind a figure; of findings, those with a standing finding of this cause, outcome or rule.

    Raises `KeyError` for a figure that has no claims behind it, but visits (`visits_behind`).
    """
    found = _with_followers(claims(chosen))
    if metric is Metric.FINDINGS:
        named = {"cause": cause, "severity": severity, "rule": rule}
        found_here = standing().filter(claim=OuterRef("pk"), **{name: value for name, value in named.items() if value})
        return found.filter(Exists(found_here))
    return found.filter((_COUNTED if part is Part.COUNTED else _OTHERS)[metric])


def visits_behind(chosen: Chosen) -> QuerySet[Visit]:
    """The visits that `Metric.VISITS` counts."""
    return visits(chosen)


def _with_followers(found: QuerySet[Claim]) -> QuerySet[Claim]:
    # The few claims that answer an earlier one are looked up once, not once for each claim that may be answered.
    answered = Claim.objects.filter(replaces__isnull=False).values("replaces")
    return found.annotate(is_followed=ExpressionWrapper(Q(pk__in=answered), output_field=BooleanField()))


def standing() -> QuerySet[ClaimFinding]:
    """The findings in scope that nobody has set aside and nothing has mended."""
    return ClaimFinding.objects.filter(ignored_at__isnull=True, was_mended=False)


# --- the figures -------------------------------------------------------------------------------------------

_SUMS: Mapping[str, Any] = {
    "clean": Count("pk", filter=_COUNTED[Metric.CLEAN_CLAIMS]),
    "judged": Count("pk", filter=_JUDGED),
    "passed": Count("pk", filter=_COUNTED[Metric.FIRST_SENDING]),
    "sent": Count("pk", filter=_SENT),
    "held": Sum("at_stake_cents", filter=_HELD),
    "unpriced": Count("pk", filter=_UNPRICED),
    "left": Sum("left_cents"),
    "units_left": Sum("left_units"),
    "units": Sum("billed_units"),
    "visits_of_units": Count("visit", filter=_COUNTED[Metric.UNITS_PER_VISIT], distinct=True),
}


def overall(chosen: Chosen) -> dict[Metric, Value]:
    """Every figure of the span, but the findings (`finding_counts`)."""
    return _values(_with_followers(claims(chosen)).aggregate(**_SUMS), visits(chosen).count())


def added_up(groups: Iterable[Group]) -> dict[Metric, Value]:
    """The figures of all groups of a span together, as `overall` counts them; of months or therapists."""
    found = [group.values for group in groups]

    def total(metric: Metric) -> Value:
        values = [one[metric] for one in found]
        of = sum(value.denominator or 0 for value in values) if metric in _RATES else None
        return Value(metric, sum(value.numerator for value in values), of, sum(value.unknown for value in values))

    return {metric: total(metric) for metric in _values({}, 0)}


def grouped(chosen: Chosen, by: By) -> list[Group]:
    """The same figures for each month, therapist or payer of the span that has a visit or a claim.

    Months come in their order, therapists and payers by name. A visit that has no claim yet has no payer.
    """
    told = _told(chosen, by, _month if by is By.MONTH else lambda key: key)
    names = _names(by, told)
    keys = sorted(told, key=lambda key: (by is not By.MONTH and names[key].casefold(), str(key)))
    return [Group(_text(key), names[key], _values(*told[key])) for key in keys]


def months_and_before(chosen: Chosen) -> tuple[list[Group], dict[Metric, Value]]:
    """The months of a span, and the figures of the span before it; the rows of both are gone through once."""
    both = replace(chosen, first=chosen.before().first)
    told = _told(both, By.MONTH, lambda day: _month(day) if day >= chosen.first else None)
    before = _values(*told.pop(None, ({}, 0)))
    names = _names(By.MONTH, told)
    return [Group(_text(key), names[key], _values(*told[key])) for key in sorted(told)], before


def _told(chosen: Chosen, by: By, key_of: Callable[[Any], Any]) -> dict[Any, tuple[dict[str, Any], int]]:
    """The sums of claims and the count of visits of each group, by its key."""
    of_claims: Any = _with_followers(_keyed(claims(chosen), by))
    named = {"name": Max("payer_name")} if by is By.PAYER else {}
    sums = _folded(of_claims.values("key").annotate(**named, **_SUMS).order_by(), key_of)
    if by is By.PAYER:
        billed = claims(chosen).filter(visit__status=VisitStatus.SIGNED.value).values(key=F("payer"))
        rows: Any = billed.annotate(count=Count("visit", distinct=True)).order_by()
    else:
        rows = _keyed(visits(chosen), by).values("key").annotate(count=Count("*")).order_by()
    counts = _folded(rows, key_of)
    return {key: (sums.get(key, {}), counts.get(key, {}).get("count", 0)) for key in {*sums, *counts}}


def _values(sums: Mapping[str, Any], visit_count: int) -> dict[Metric, Value]:
    def of(name: str) -> int:
        return int(sums.get(name) or 0)

    return {
        Metric.CLEAN_CLAIMS: Value(Metric.CLEAN_CLAIMS, of("clean"), of("judged")),
        Metric.FIRST_SENDING: Value(Metric.FIRST_SENDING, of("passed"), of("sent")),
        Metric.HELD_BACK: Value(Metric.HELD_BACK, of("held"), unknown=of("unpriced")),
        Metric.LEFT_DOLLARS: Value(Metric.LEFT_DOLLARS, of("left")),
        Metric.LEFT_UNITS: Value(Metric.LEFT_UNITS, of("units_left")),
        Metric.VISITS: Value(Metric.VISITS, visit_count),
        Metric.UNITS_PER_VISIT: Value(Metric.UNITS_PER_VISIT, of("units"), of("visits_of_units")),
    }


def _keyed(found: Any, by: By) -> Any:  # noqa: ANN401 - claims or visits
    """Rows with the key of their group; for months, with their day."""
    return found.annotate(key=F({By.MONTH: "date_of_service", By.THERAPIST: "therapist", By.PAYER: "payer"}[by]))


def _folded(rows: Iterable[Mapping[str, Any]], key_of: Callable[[Any], Any]) -> dict[Any, dict[str, Any]]:
    """The sums of each group. Days are put into months here: the database takes its time to."""
    found: dict[Any, dict[str, Any]] = {}
    for row in rows:
        held = found.setdefault(key_of(row["key"]), {"name": row.get("name")})
        for name in row.keys() - {"key", "name"}:
            held[name] = held.get(name, 0) + (row[name] or 0)
    return found


def _month(day: date) -> date:
    return day.replace(day=1)


def _names(by: By, told: Mapping[Any, tuple[Mapping[str, Any], int]]) -> dict[Any, str]:
    """What each group is called."""
    if by is By.MONTH:
        return {month: f"{month:%b %Y}" for month in told}
    if by is By.PAYER:
        return {key: sums.get("name") or key or "no payer" for key, (sums, _count) in told.items()}
    people = Provider.objects.filter(pk__in=told).values_list("pk", "given_name", "family_name")
    return {key: f"{family}, {given}" for key, given, family in people}


def _text(key: Any) -> str:  # noqa: ANN401 - a month, a key or a payer
    return key.isoformat()[:7] if isinstance(key, date) else str(key)


def month_of(key: str) -> tuple[date, date]:
    """The first and the last day of a month, from its key as `grouped` gives it."""
    first = date.fromisoformat(f"{key}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def every_month(chosen: Chosen, months: Sequence[Group]) -> list[Group]:
    """The months of a span in their order, those without a visit or claim among them, with nothing in them."""
    known = {group.key: group for group in months}
    found, day = [], chosen.first.replace(day=1)
    while day <= chosen.last:
        key = _text(day)
        found.append(known.get(key) or Group(key, f"{day:%b %Y}", _values({}, 0)))
        day = (day + timedelta(days=31)).replace(day=1)
    return found
