"""The page of the money: how claims are paid, what stands open, what payers will pay, each figure with its claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from cleanclaim.measures.definitions import Measure, MeasureDefinition, MeasureUnit, definitions
from cleanclaim.measures.figures import MeasureValue
from cleanclaim.measures.forecast import LEAST_ANSWERS, PayerForecast
from cleanclaim.money import dollars
from cleanclaim.practice import plots
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.figures import money_figures as engine
from cleanclaim.practice.engine.figures.figures import Chosen, month_of
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Claim
from cleanclaim.practice.pages.figures.choosing import choices, chosen_by, query_of, spans

PAGE = 50
_WHOLE = 1_000
_BY_MONTH = (Measure.FIRST_SENDING, Measure.DENIED_DOLLARS, Measure.NET_COLLECTION, Measure.FILING_LAG)
_BY_PAYER = (
    Measure.FIRST_SENDING,
    Measure.DENIED_WHOLE,
    Measure.DENIED_IN_PART,
    Measure.DENIED_DOLLARS,
    Measure.NET_COLLECTION,
    Measure.NET_DAYS,
    Measure.AGED,
)
_UNKNOWN = "–"
_AGES = ("0–30 days", "31–60", "61–90", "91–120", "over 120")


@clinic_page(Can.SEE_FIGURES, area="figures")
def money(request: ClinicRequest) -> HttpResponse:
    """The figures of the money of a span. Nothing here names a patient."""
    clinic = request.access.clinic
    chosen = chosen_by(request)
    today = today_at(clinic)
    found = engine.money(clinic, chosen, today)
    ahead, names = engine.cash_ahead(clinic, today)
    tiles = [
        (definitions()[measure], shown(value), basis(value), _address(clinic.slug, measure, chosen))
        for measure, value in found.values.items()
    ]
    rows = [
        (
            group.label,
            _query(chosen, payer=group.key),
            [(shown(group.values[one]), basis(group.values[one])) for one in _BY_PAYER],
        )
        for group in found.payers
    ]
    has_rates = any(said != _UNKNOWN for _label, _query, cells in rows for said, _basis in cells)
    ages = [(found.names.get(key, key), sums, sum(sums)) for key, sums in found.aging.items()]
    context: dict[str, Any] = {
        "chosen": chosen,
        "spans": spans(chosen, today),
        **choices(),
        "tiles": tiles,
        "plots": [
            (definitions()[one], _plot(one, found.months, clinic.slug, chosen))
            for one in _BY_MONTH
            if any(group.values[one].number is not None for group in found.months)
        ],
        "heads": [definitions()[one] for one in _BY_PAYER],
        "rows": rows if has_rates else [],
        "ages": ages,
        "age_heads": _AGES,
        "age_sums": [sum(sums[place] for _name, sums, _all in ages) for place in range(len(_AGES))],
        "age_all": sum(total for _name, _sums, total in ages),
        "ahead": [(names.get(one.payer, one.payer), one) for one in ahead],
        "ahead_plot": _ahead(ahead),
        "least": LEAST_ANSWERS,
        "has_answers": bool(found.values[Measure.FIRST_SENDING].denominator),
    }
    return render(request, "practice/figures/money.html", context)


@clinic_page(Can.SEE_FIGURES, area="figures")
def behind(request: ClinicRequest, measure: str) -> HttpResponse:
    """The claims behind a figure; with `?part=others` those that are in its denominator alone."""
    try:
        asked = Measure(measure.replace("-", "_"))
    except ValueError as error:
        raise Http404 from error
    clinic = request.access.clinic
    chosen = chosen_by(request)
    today = today_at(clinic)
    others = request.GET.get("part") == "others"
    figures, keys = engine.behind(clinic, asked, chosen, today, others=others)
    page = Paginator(keys, PAGE).get_page(request.GET.get("page"))
    held = Claim.objects.filter(pk__in=list(page)).select_related("patient", "visit__therapist")
    claims = {claim.pk: claim for claim in held.defer("record", "questions", "evidence")}
    request.access.record("list", "claim", detail=f"figure {asked.value}: {len(page)} rows")
    definition = definitions()[asked]
    context = {
        "definition": definition,
        "chosen": chosen,
        "value": shown(figures.values[asked]),
        "page": page,
        "rows": [claims[key] for key in page],
        "has_claims": engine.has_claims(asked),
        "has_others": definition.unit is MeasureUnit.RATE and engine.has_claims(asked),
        "part": "others" if others else "counted",
        "back": query_of(chosen),
        "others_query": query_of(chosen, {"part": "others"}),
    }
    return render(request, "practice/figures/money_behind.html", context)


# --- in words ----------------------------------------------------------------------------------------------


def shown(value: MeasureValue) -> str:
    """A figure in words: `91.3%`, `34.2 days`, `$1,204.50`; a dash where it is unknown."""
    return _UNKNOWN if value.number is None else said(definitions()[value.measure], value.number)


def said(definition: MeasureDefinition, number: int) -> str:
    """A number of a figure's unit in words."""
    if definition.unit is MeasureUnit.CENTS:
        return dollars(number)
    sign = "−" if number < 0 else ""
    tenths = f"{sign}{abs(number) // 10:,}.{abs(number) % 10}"
    return f"{tenths}%" if definition.unit is MeasureUnit.RATE else tenths


def basis(value: MeasureValue) -> str:
    """What a figure is made of: `42 of 70 claims`, `$40.00 of $830.00`; empty where it is one number."""
    if not value.denominator:
        return ""
    if value.measure in {Measure.NET_DAYS, Measure.UNBILLED_DAYS}:
        return f"{value.unknown:,} claims without a known price" if value.unknown else ""
    if value.measure is Measure.FILING_LAG:
        return f"{value.denominator:,} claims"
    if value.measure in _IN_DOLLARS:
        return f"{dollars(value.numerator)} of {dollars(value.denominator)}"
    return f"{value.numerator:,} of {value.denominator:,} claims"


_IN_DOLLARS = {Measure.DENIED_DOLLARS, Measure.NET_COLLECTION, Measure.AGED, Measure.POINT_OF_SERVICE}


def _address(slug: str, measure: Measure, chosen: Chosen) -> str:
    return reverse("figures_behind", args=[slug, measure.value.replace("_", "-")]) + query_of(chosen)


def _query(chosen: Chosen, *, payer: str) -> str:
    return query_of(Chosen(chosen.first, chosen.last, payer, chosen.therapist))


def _plot(measure: Measure, months: Sequence[engine.Group], slug: str, chosen: Chosen) -> SafeString:
    definition = definitions()[measure]
    marks = []
    for group in months:
        value = group.values[measure]
        first, last = month_of(group.key)
        own = Chosen(max(first, chosen.first), min(last, chosen.last), chosen.payer, chosen.therapist)
        told = ", ".join(filter(None, [shown(value), basis(value)]))
        marks.append(plots.Mark(group.label, value.number, f"{group.label}: {told}", _address(slug, measure, own)))
    known = [(mark.value, mark.label) for mark in marks if mark.value is not None]
    about = (
        f"{len(marks)} months. Lowest {said(definition, min(known)[0])} in {min(known)[1]}, highest "
        f"{said(definition, max(known)[0])} in {max(known)[1]}."
        if known
        else "No month has a value."
    )
    return plots.columns(
        marks,
        key=f"plot-{measure.value}",
        title=f"{definition.label} by month",
        about=about,
        axis=lambda number: f"{number // 10}%" if definition.unit is MeasureUnit.RATE else f"{number // 10}",
        most=_WHOLE if definition.unit is MeasureUnit.RATE else None,
    )


def _ahead(payers: Sequence[PayerForecast]) -> SafeString | None:
    """All payers' weeks added up, as columns; nothing where no payer has enough history."""
    told = [one.weeks for one in payers if one.weeks]
    if not told:
        return None
    sums = [(weeks[0].begins_on, sum(week.cents for week in weeks)) for weeks in zip(*told, strict=True)]
    marks = [
        plots.Mark(f"{on:%b} {on.day}", cents, f"week of {on:%b} {on.day}: {dollars(cents)}") for on, cents in sums
    ]
    return plots.columns(
        marks,
        key="plot-ahead",
        title="Payments expected from payers by week",
        about=f"{len(marks)} weeks, {dollars(sum(cents for _on, cents in sums))} in all. The table has every value.",
        axis=lambda cents: f"${cents // 100:,}",
    )
