"""The rule book: what each rule looks at, who says so, an example of each kind, and what to do."""

from __future__ import annotations

import textwrap

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cleanclaim.check.summary import OUTCOMES
from cleanclaim.practice.access import ClinicRequest, clinic_page
from cleanclaim.practice.pages.guide.wording import defect_of, linked
from cleanclaim.rules import book
from cleanclaim.rules.book import BookEntry
from cleanclaim.rules.kit import ExampleKind
from cleanclaim.rules.rationale import EACH, FAMILIES, family_name, rationale_of, spoken_name

_SHOWN: dict[ExampleKind, str] = {
    ExampleKind.BAD: "is found",
    ExampleKind.GOOD: "passes",
    ExampleKind.UNKNOWN: "cannot be judged",
    ExampleKind.EXEMPT: "does not apply",
}


@clinic_page(area="guide")
def guide_rules(request: ClinicRequest) -> HttpResponse:
    """All rules by family; `?q=` keeps those whose words hold all of these, `?severity=` those that end so."""
    words = request.GET.get("q", "").casefold().split()
    severity = request.GET.get("severity", "")
    grouped: dict[str, list[tuple[BookEntry, str]]] = {family: [] for family in FAMILIES}
    count = 0
    for entry in book.entries():
        text = f"{entry.rule.code} {entry.rule.name} {entry.rationale}".casefold()
        if all(word in text for word in words) and severity in {"", entry.rule.severity.value}:
            grouped.setdefault(entry.family, []).append((entry, defect_of(entry)))
            count += 1
    return render(
        request,
        "practice/guide/rules.html",
        {
            "families": [(family, family_name(family), found) for family, found in grouped.items() if found],
            "count": count,
            "all_count": len(book.entries()),
            "words": request.GET.get("q", ""),
            "severity": severity,
            "outcomes": list(OUTCOMES.items()),
            "is_filtered": bool(words or severity),
        },
    )


@clinic_page(area="guide")
def guide_rule(request: ClinicRequest, code: str) -> HttpResponse:
    """The page of one rule, also under an earlier code of it. Raises `Http404` for a code that is none."""
    entry = book.entry(code)
    if entry is None:
        raise Http404
    rule, said, slug = entry.rule, rationale_of(entry), request.access.clinic.slug
    since, through = rule.effective.since, rule.effective.through
    return render(
        request,
        "practice/guide/rule.html",
        {
            "rule": rule,
            "family": entry.family,
            "family_name": family_name(entry.family),
            "title": spoken_name(rule.name),
            "about": [linked(block, slug) for block in said.about],
            "not_flagged": linked(said.not_flagged, slug),
            "fix_reason": linked(said.fix, slug),
            "outcome": OUTCOMES[rule.severity.value],
            "each": EACH.get(rule.over, rule.over),
            "days": " ".join(filter(None, [f"from {since}" if since else "", f"through {through}" if through else ""]))
            or "all",
            "examples": [
                (_SHOWN[kind], kind.value, [_example(one.text, one.at, one.says, one.lacks) for one in chosen])
                for kind in _SHOWN
                if (chosen := [one for one in rule.examples if one.kind is kind])
            ],
        },
    )


def _example(text: str, at: str, says: str, lacks: str) -> dict[str, str]:
    """A claim in the rule book's notation, and what is said of it."""
    return {"text": textwrap.dedent(text).strip("\n").rstrip(), "at": at, "says": says, "lacks": lacks}
