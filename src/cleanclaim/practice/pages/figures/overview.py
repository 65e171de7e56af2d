"""The owner's page: how clean the claims are, where findings come from, what is left, by month, therapist and payer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from cleanclaim.check.summary import BLOCKING
from cleanclaim.practice import plots
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.figures import figures as engine
from cleanclaim.practice.engine.figures.definitions import Definition, Metric, definitions
from cleanclaim.practice.engine.figures.figures import By, Chosen, Group, Value
from cleanclaim.practice.engine.figures.finding_counts import Tally, findings
from cleanclaim.practice.engine.judging.causes import Cause
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.pages.figures.choosing import choices, chosen_by, query_of, spans
from cleanclaim.practice.pages.figures.wording import Change, basis, change, on_axis, said, shown
from cleanclaim.rules.kit import Severity

_TILES = tuple(metric for metric in Metric if metric is not Metric.FINDINGS)
_TABLE = (
    Metric.VISITS,
    Metric.CLEAN_CLAIMS,
    Metric.FIRST_SENDING,
    Metric.UNITS_PER_VISIT,
    Metric.LEFT_UNITS,
    Metric.LEFT_DOLLARS,
    Metric.HELD_BACK,
)
_WHOLE = 1_000
_MOST_MONTHS = 24
_RULES = 10
"""How many rules are listed, those of most claims first."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure as the page shows it, with where its definition and its claims are."""

    definition: Definition
    shown: str
    basis: str
    change: Change | None
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One month, therapist or payer in the table, with the address that shows its figures alone."""

    label: str
    address: str
    cells: list[tuple[str, str, str]]
    """What is shown, what it is made of, and where the rows behind it are."""


@clinic_page(Can.SEE_FIGURES)
def figures(request: ClinicRequest) -> HttpResponse:
    """Figures of a span of days, payer and therapist; `?by=` breaks them down. Nothing here names a patient."""
    clinic = request.access.clinic
    chosen = chosen_by(request)
    by = _by(request)
    months, before = engine.months_and_before(chosen)
    now = engine.added_up(months)
    found = findings(chosen)
    # Against a span with hardly a visit every change is large, and says nothing.
    compares = 2 * before[Metric.VISITS].numerator >= now[Metric.VISITS].numerator > 0
    groups = months if by is By.MONTH else engine.grouped(chosen, by)
    context: dict[str, Any] = {
        "chosen": chosen,
        "by": by.value,
        "spans": spans(chosen, today_at(clinic)),
        **choices(),
        "tiles": [_tile(now[metric], before[metric] if compares else None, clinic.slug, chosen) for metric in _TILES],
        "before": chosen.before() if compares else None,
        "has_claims": bool(now[Metric.CLEAN_CLAIMS].denominator or now[Metric.VISITS].numerator),
        "plots": _plots(engine.every_month(chosen, months)[-_MOST_MONTHS:], clinic.slug, chosen),
        "causes": _causes(found.by_cause, chosen, clinic.slug),
        "rules": [
            (tally, _address(clinic.slug, Metric.FINDINGS, chosen, rule=tally.key)) for tally in found.by_rule[:_RULES]
        ],
        "blocked": found.blocked,
        "heads": [definitions()[metric] for metric in _TABLE],
        "rows": [_row(group, by, clinic.slug, chosen) for group in groups],
        "query": query_of(chosen),
        "may_export": request.access.may(Can.EXPORT),
    }
    return render(request, "practice/figures/figures.html", context)


def _by(request: ClinicRequest) -> By:
    try:
        return By(request.GET.get("by", ""))
    except ValueError:
        return By.MONTH


def _address(slug: str, metric: Metric, chosen: Chosen, **extra: str) -> str:
    return reverse("figure", args=[slug, metric.value.replace("_", "-")]) + query_of(chosen, extra)


def _tile(now: Value, before: Value | None, slug: str, chosen: Chosen) -> Tile:
    definition = definitions()[now.metric]
    moved = change(now, before) if before else None
    return Tile(definition, shown(now), basis(now), moved, _address(slug, now.metric, chosen))


def _within(chosen: Chosen, group: Group, by: By) -> Chosen:
    """The same span, of one group alone."""
    if by is By.THERAPIST:
        return Chosen(chosen.first, chosen.last, chosen.payer, group.key)
    if by is By.PAYER:
        return Chosen(chosen.first, chosen.last, group.key, chosen.therapist)
    first, last = engine.month_of(group.key)
    return Chosen(max(first, chosen.first), min(last, chosen.last), chosen.payer, chosen.therapist)


def _row(group: Group, by: By, slug: str, chosen: Chosen) -> Row:
    own = _within(chosen, group, by)
    # A visit that has no claim has no payer, so an empty payer cannot be asked for in an address.
    is_asked = by is not By.PAYER or bool(group.key)
    cells = [
        (shown(group.values[metric]), basis(group.values[metric]), _address(slug, metric, own) if is_asked else "")
        for metric in _TABLE
    ]
    return Row(group.label, reverse("figures", args=[slug]) + query_of(own) if is_asked else "", cells)


def _plots(months: Sequence[Group], slug: str, chosen: Chosen) -> list[tuple[str, SafeString]]:
    """The plots by month, with their names."""
    return [
        (
            definitions()[metric].label,
            plots.columns(
                [_mark(group, metric, slug, chosen) for group in months],
                key=f"plot-{metric.value}",
                title=f"{definitions()[metric].label} by month",
                about=_about(months, metric),
                axis=partial(on_axis, metric),
                most=_WHOLE if metric in {Metric.CLEAN_CLAIMS, Metric.FIRST_SENDING} else None,
            ),
        )
        for metric in (Metric.CLEAN_CLAIMS, Metric.UNITS_PER_VISIT, Metric.HELD_BACK, Metric.LEFT_DOLLARS)
    ]


def _mark(group: Group, metric: Metric, slug: str, chosen: Chosen) -> plots.Mark:
    value = group.values[metric]
    told = ", ".join(filter(None, [shown(value), basis(value)]))
    own = _within(chosen, group, By.MONTH)
    return plots.Mark(group.label, value.number, f"{group.label}: {told}", _address(slug, metric, own))


def _about(months: Sequence[Group], metric: Metric) -> str:
    known = [(value.number, group.label) for group in months if (value := group.values[metric]).number is not None]
    if not known:
        return "No month has a value."
    low, high = min(known), max(known)
    return (
        f"{len(months)} months. Lowest {said(metric, low[0] or 0)} in {low[1]}, "
        f"highest {said(metric, high[0] or 0)} in {high[1]}. The table below has every value."
    )


_TONES = {
    Severity.REJECT.value: "tone-1",
    Severity.DENY.value: "tone-2",
    Severity.RECOUP.value: "tone-3",
    Severity.LEFT.value: "tone-4",
    Severity.ADVICE.value: "tone-5",
}


def _causes(counted: Mapping[Cause, Mapping[str, Tally]], chosen: Chosen, slug: str) -> dict[str, Any]:
    """Claims with a finding, by cause and outcome: as a plot and as rows of a table."""
    rows: list[tuple[str, list[tuple[Tally, str]], str]] = []
    bars = []
    for cause, outcomes in counted.items():
        cells = [
            (tally, _address(slug, Metric.FINDINGS, chosen, cause=cause.value, severity=severity))
            for severity, tally in outcomes.items()
        ]
        rows.append((cause.value, cells, _address(slug, Metric.FINDINGS, chosen, cause=cause.value)))
        segments = tuple(
            plots.Segment(_TONES[severity], tally.claims, _segment(cause.value, tally), address)
            for (severity, tally), (_tally, address) in zip(outcomes.items(), cells, strict=True)
        )
        bars.append(plots.Bar(cause.value.capitalize(), segments, f"{sum(part.value for part in segments):,}"))
    return {
        "plot": plots.bars(
            bars,
            key="plot-causes",
            title="Findings by cause",
            about="Claims with a finding, by who could have kept it from happening and by what would happen. "
            "The table below has every value.",
        ),
        "rows": rows,
        "outcomes": [
            (_TONES[severity], tally.label, severity in BLOCKING)
            for severity, tally in next(iter(counted.values())).items()
        ],
    }


def _segment(cause: str, tally: Tally) -> str:
    return f"{cause}, {tally.label}: {tally.claims:,} {'claim' if tally.claims == 1 else 'claims'}"
