"""Diagnoses by the words that people use, for reading and for pages that need to pick one.

guide/diagnoses/?q=frozen+shoulder&on=2026-09-25             a page
the same, asked for by htmx                                   its list of codes alone
guide/diagnoses/?q=frozen+shoulder&on=2026-09-25&as=json      {"on", "results": [{"code", "dotted", "label", …}]}
"""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render

from cleanclaim.check.meanings import explain
from cleanclaim.practice.access import ClinicRequest, clinic_page
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.reference import icd10

_MOST = 20
_LONGEST = 120
EXAMPLES = ("frozen shoulder", "BPPV", "tennis elbow right", "runner's knee", "low back pain", "S83.5")
"""Searches that show what the picker takes."""


@clinic_page(area="guide")
def guide_diagnoses(request: ClinicRequest) -> HttpResponse:
    """Codes billable on a day (`?on=`) for some words (`?q=`); `?all=1` shows headers and codes of other days too."""
    words = " ".join(request.GET.get("q", "").split())[:_LONGEST]
    day = day_asked(request)
    with_others = request.GET.get("all") == "1"
    hits = icd10.search(words, day, limit=_MOST, billable_only=not with_others) if words else []
    if request.GET.get("as") == "json":
        return JsonResponse({"on": day.isoformat(), "results": [_as_json(hit) for hit in hits]})
    context = {
        "words": words,
        "day": day,
        "hits": hits,
        "with_others": with_others,
        "examples": EXAMPLES,
        "read_from": icd10.read_from(),
        "known_through": icd10.known_through(),
    }
    is_part = request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    name = "practice/guide/parts/diagnoses.html" if is_part else "practice/guide/diagnoses.html"
    return render(request, name, context)


def _as_json(hit: icd10.SearchHit) -> dict[str, object]:
    return {
        "code": hit.code,
        "dotted": hit.dotted,
        "label": hit.label,
        "side": hit.side.value if hit.side else None,
        "billable": hit.state is icd10.State.BILLABLE,
        "matched": hit.matched,
    }


@clinic_page(area="guide")
def guide_diagnosis(request: ClinicRequest, code: str) -> HttpResponse:
    """The page of one diagnosis. Raises `Http404` for a code in none of the years read."""
    diagnosis = icd10.get(code)
    if diagnosis is None:
        raise Http404
    day = day_asked(request)
    status = icd10.status(diagnosis.code, day)
    said = next(item for item in explain(diagnosis.dotted, day) if item.kind == "diagnosis")
    details = {detail.name: detail.lines for detail in said.details}
    below = icd10.billable_below(diagnosis.code, day) if status.state is icd10.State.HEADER else ()
    replacements = () if status.state is icd10.State.HEADER else status.replacements
    sides = [other for other in icd10.siblings(diagnosis.code).values() if other != diagnosis.code]
    return render(
        request,
        "practice/guide/diagnosis.html",
        {
            "diagnosis": diagnosis,
            "status": status,
            "is_billable": status.state is icd10.State.BILLABLE,
            "day": day,
            "on_the_day": " ".join(details["on_the_day"]),
            "why": details.get("why", ()),
            "first": details.get("first_on_a_claim", ()),
            "lists": [
                (title, [found for one in listed if (found := icd10.get(one)) is not None])
                for title, listed in (
                    ("Look at instead", replacements),
                    ("Billable codes below it", below),
                    ("The other sides", sides),
                )
                if listed
            ],
            "sources": [status.source] if status.source else [],
        },
    )
