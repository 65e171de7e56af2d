"""The guide's first page: search by words or by a code, or leaf through families of codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from cleanclaim.check.meanings import Explained, explain
from cleanclaim.coding import CodeSuggestion, NotBillable, Suggestions, suggest
from cleanclaim.practice.access import ClinicRequest, clinic_page
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.reference import icd10, procedures
from cleanclaim.reference.procedures import Discipline, Family, Procedure

_SUGGESTED = 5
_LABELED = 12
_DIAGNOSES = 4
_LONGEST = 300

EXAMPLES = (
    "stationary bike for quad endurance",
    "sit to stand from a low chair",
    "scar massage",
    "TENS, patient set up",
    "97530",
    "KX",
)
"""Searches that show what the guide takes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the guide finds for some words."""

    meanings: list[Explained]
    suggestions: Suggestions | None
    labeled: list[Procedure]
    diagnoses: list[icd10.SearchHit]

    @property
    def refused(self) -> NotBillable | None:
        """Why what the words describe is not billed, where it is not."""
        return self.suggestions.not_billable if self.suggestions else None

    @property
    def question(self) -> str:
        """The question that decides between the codes, where one does."""
        ask = self.suggestions.must_ask if self.suggestions else None
        return ask.question if ask else ""

    @property
    def ranked(self) -> tuple[CodeSuggestion, ...]:
        """The suggested codes, best first."""
        return self.suggestions.ranked if self.suggestions else ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found at all."""
        return not (self.meanings or self.ranked or self.refused or self.labeled or self.diagnoses)


@clinic_page(area="guide")
def guide(request: ClinicRequest) -> HttpResponse:
    """Search (`?q=`), or all families of codes; an htmx request gets the results alone."""
    day = day_asked(request)
    words = " ".join(request.GET.get("q", "").split())[:_LONGEST]
    context = {
        "words": words,
        "day": day,
        "answer": find(words, day) if words else None,
        "families": _families(day) if not words else [],
        "examples": EXAMPLES,
    }
    is_part = request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    return render(request, "practice/guide/parts/results.html" if is_part else "practice/guide/guide.html", context)


def find(words: str, day: date) -> Answer:
    """Everything the guide knows about some words on a day: meanings of a code, suggested codes, codes by label."""
    meanings = [item for item in explain(words, day) if item.kind in {"procedure", "modifier", "rule", "diagnosis"}]
    if meanings:
        return Answer(meanings, None, [], [])
    found = suggest(words, payer_stimulation_code=None, day=day, limit=_SUGGESTED)
    suggested = set(found.codes)
    folded = words.casefold()
    labeled = [
        item
        for item in _listed()
        if item.code not in suggested and (folded in item.label.casefold() or item.code.startswith(words.upper()))
    ]
    return Answer([], found, labeled[:_LABELED], icd10.search(words, day, limit=_DIAGNOSES))


def _listed() -> list[Procedure]:
    return [found for code in procedures.all_codes() if (found := procedures.get(code)) is not None]


def _families(day: date) -> list[tuple[str, list[Procedure]]]:
    """The codes in force on a day, by family, in the order of the families."""
    grouped: dict[Family, list[Procedure]] = {family: [] for family in Family}
    for item in _listed():
        if item.holds_on(day):
            grouped[item.family].append(item)
    return [
        (family.value.replace("_", " "), sorted(found, key=lambda item: not _is_for_physical_therapy(item)))
        for family, found in grouped.items()
        if found
    ]


def _is_for_physical_therapy(item: Procedure) -> bool:
    """Whether a physical therapist bills the code; those of other disciplines come after."""
    return not item.disciplines or Discipline.PT in item.disciplines
