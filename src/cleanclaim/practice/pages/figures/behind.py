"""One figure: its public definition, and the claims or visits behind it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cleanclaim.check.summary import OUTCOMES
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.figures import figures as engine
from cleanclaim.practice.engine.figures.definitions import Metric, definitions
from cleanclaim.practice.engine.figures.figures import Chosen, Part
from cleanclaim.practice.engine.judging.causes import Cause
from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import Provider
from cleanclaim.practice.pages.figures.choosing import choices, chosen_by, query_of
from cleanclaim.practice.pages.figures.wording import basis, shown
from cleanclaim.rules import book

PAGE = 50
_VISITS = (By("date_of_service", descending=True), By("number"), By("pk"))
_CLAIMS = (
    By("at_stake_cents", descending=True),
    By("left_cents", descending=True),
    By("date_of_service"),
    By("number"),
    By("pk"),
)


@clinic_page(Can.SEE_FIGURES, area="figures")
def figure(request: ClinicRequest, metric: str) -> HttpResponse:
    """The rows behind a figure; with `?part=others` those that are in its denominator alone."""
    try:
        asked = Metric(metric.replace("-", "_"))
    except ValueError as error:
        raise Http404 from error
    chosen = chosen_by(request)
    part = Part.OTHERS if request.GET.get("part") == Part.OTHERS.value and engine.has_others(asked) else Part.COUNTED
    narrowed = _narrowed(request) if asked is Metric.FINDINGS else {}
    is_visits = asked is Metric.VISITS
    rows: Any = (
        engine.visits_behind(chosen).select_related("patient", "therapist")
        if is_visits
        else engine.claims_behind(asked, chosen, part, **narrowed).select_related("patient", "visit__therapist")
    )
    page = window(rows, _VISITS if is_visits else _CLAIMS, request.GET.dict(), PAGE)
    count = rows.count()
    request.access.record("list", "visit" if is_visits else "claim", detail=f"figure {asked.value}: {len(page)} rows")
    value = None if asked is Metric.FINDINGS else engine.overall(chosen)[asked]
    return render(
        request,
        "practice/figures/figure.html",
        {
            "definition": definitions()[asked],
            "chosen": chosen,
            "shown": shown(value) if value else f"{count:,}",
            "basis": basis(value) if value else "",
            "part": part.value,
            "has_others": engine.has_others(asked),
            "is_visits": is_visits,
            "can_read_notes": request.access.may(Can.SEE_NOTES),
            "page": page,
            "count": count,
            "narrowed": _said(narrowed),
            "whose": _whose(chosen),
            "back": query_of(chosen),
            "counted_query": query_of(chosen, narrowed),
            "others_query": query_of(chosen, {"part": Part.OTHERS.value}),
        },
    )


def _narrowed(request: ClinicRequest) -> dict[str, str]:
    """The cause, outcome and rule that the address asks for, where there are such."""
    known = {
        "cause": {cause.value for cause in Cause},
        "severity": set(OUTCOMES),
        "rule": {rule.code for rule in book.rules()},
    }
    asked = {name: request.GET.get(name, "") for name in known}
    return {name: value for name, value in asked.items() if value in known[name]}


def _said(narrowed: dict[str, str]) -> list[tuple[str, str]]:
    """The same in words."""
    words = dict(narrowed)
    if "severity" in words:
        words["severity"] = OUTCOMES[words["severity"]]
    return [({"severity": "outcome"}.get(name, name), value) for name, value in words.items()]


def _whose(chosen: Chosen) -> list[str]:
    """The payer and the therapist whose rows these are, by name."""
    found = [label for value, label in choices()["payers"] if value == chosen.payer]
    if chosen.therapist:
        found += [str(person) for person in Provider.objects.filter(pk=chosen.therapist)]
    return found
