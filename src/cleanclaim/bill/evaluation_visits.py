"""The level of an evaluation: what its documented components support, or a question."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from cleanclaim.bill.drafts import Draft, Question, Suggested
from cleanclaim.coding import NoteReading, evaluation_level
from cleanclaim.lines.cases import ServiceDraft
from cleanclaim.records import VisitKind
from cleanclaim.reference import procedures

OPEN_EVALUATION = "evaluation"
"""Stands for an evaluation whose level the words alone do not tell, until the visit's findings settle it."""


@cache
def evaluation_codes() -> frozenset[str]:
    """Every code of an evaluation or a re-evaluation, of any discipline."""
    listed = (procedures.get(code) for code in procedures.all_codes())
    return frozenset(item.code for item in listed if item is not None and (item.is_evaluation or item.is_reevaluation))


def settle_evaluation(draft: Draft, reading: NoteReading | None) -> None:
    """An evaluation visit is billed at the level its components support; a component not noted is a question."""
    _settle_level(draft, reading)
    for place, service in enumerate(draft.found.services or ()):
        if draft.found.services is not None and service.code == OPEN_EVALUATION:
            draft.found.services[place] = replace(service, code=None)
            question = "Which evaluation was this, and at which level?"
            draft.found.questions.append(Question("evaluation", question, ("97161", "97162", "97163")))


def _settle_level(draft: Draft, reading: NoteReading | None) -> None:
    visit = draft.visit
    kind = visit.kind or (reading.kind.value if reading is not None and reading.kind is not None else None)
    if draft.found.services is None or kind not in {VisitKind.EVALUATION, VisitKind.REEVALUATION}:
        return
    billed = [line.code for line in visit.billed or () if line.code in evaluation_codes()]
    if visit.billed is not None:
        # What was billed is judged against the findings by the rules; here the service only needs its name.
        open_ = [service for service in draft.found.services if service.code == OPEN_EVALUATION]
        draft.found.services = [
            replace(service, code=billed[0]) if service in open_ and billed else service
            for service in draft.found.services
        ]
        return
    family = evaluation_codes() | {OPEN_EVALUATION}
    rest = [service for service in draft.found.services if service.code not in family]
    evaluations = [service for service in draft.found.services if service.code in family]
    named = [item for item in visit.interventions or () if item.code in family]
    if named:
        return
    minutes = evaluations[0].minutes if evaluations else None
    base = evaluations[0] if evaluations else ServiceDraft(code=None, minutes=None, has_purpose=True)
    if kind is VisitKind.REEVALUATION:
        draft.found.services = [replace(base, code="97164", minutes=minutes), *rest]
        return
    findings = visit.evaluation or (reading.evaluation.findings if reading is not None and reading.evaluation else None)
    level = evaluation_level(findings) if findings is not None else None
    code = level.code if level is not None else None
    if code is None and not evaluations:
        text = level.explanation if level is not None else "The note states no component that decides the level."
        draft.found.questions.append(Question("evaluation", text, ("97161", "97162", "97163")))
    elif code is not None:
        draft.found.suggested = [item for item in draft.found.suggested if item.code not in family]
        why = level.explanation if level is not None else ""
        draft.found.suggested.insert(0, Suggested("evaluation", code, why, minutes))
        draft.found.questions = [item for item in draft.found.questions if not set(item.candidates) & family]
    draft.found.services = [replace(base, code=code or base.code, minutes=minutes), *rest]
