"""Modifiers: what each says, what it may not stand beside, what it needs, and the rules that ask about it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cleanclaim.practice.access import ClinicRequest, clinic_page
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.practice.pages.guide.wording import distinct, rules_naming
from cleanclaim.reference import modifiers
from cleanclaim.reference.modifiers import Modifier, ModifierFamily

_FAMILIES = {
    ModifierFamily.THRESHOLD: "yearly threshold",
    ModifierFamily.DISTINCT: "distinct services",
    ModifierFamily.ABN: "advance notice (ABN)",
    ModifierFamily.SIDE: "side of the body",
}
"""Families whose own name says too little."""


@clinic_page(area="guide")
def guide_modifiers(request: ClinicRequest) -> HttpResponse:
    """Every modifier that is explained, by what it says."""
    grouped: dict[ModifierFamily, list[Modifier]] = {family: [] for family in ModifierFamily}
    for item in modifiers.all_modifiers():
        grouped[item.family].append(item)
    families = [
        (_FAMILIES.get(family, family.value.replace("_", " ")), found) for family, found in grouped.items() if found
    ]
    return render(
        request,
        "practice/guide/modifiers.html",
        {"families": families, "day": day_asked(request), "count": len(modifiers.all_modifiers())},
    )


@clinic_page(area="guide")
def guide_modifier(request: ClinicRequest, code: str) -> HttpResponse:
    """The page of one modifier. Raises `Http404` for one that is not explained."""
    modifier = modifiers.get(code.upper())
    if modifier is None:
        raise Http404
    day = day_asked(request)
    return render(
        request,
        "practice/guide/modifier.html",
        {
            "modifier": modifier,
            "day": day,
            "holds": modifier.holds_on(day),
            "conflicts": [(other, modifiers.get(other)) for other in modifier.conflicts],
            "requires": [(other, modifiers.get(other)) for other in modifier.requires],
            "rules": rules_naming(modifier.code),
            "sources": distinct(modifier.source, modifier.valid_from_source, modifier.valid_through_source),
        },
    )
