"""What was done at a visit: from its list of interventions, else from the words of its note.

A thing done is settled as a code, as not billed, or as a question; words are never stretched to a code. What the note
names and the reader did not take as done is told with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache, partial

from cleanclaim.bill.drafts import Draft, LeftOut, NotBilled, Question, Suggested
from cleanclaim.bill.evaluation_visits import OPEN_EVALUATION, evaluation_codes, settle_evaluation
from cleanclaim.coding import NoteReading, Suggestions, read_note, suggest
from cleanclaim.facts import unchanged
from cleanclaim.lines.cases import ServiceDraft
from cleanclaim.lines.from_visits import is_said
from cleanclaim.records import By, Intervention, Note
from cleanclaim.reference import procedures

_UNKNOWN = "no service that is known, and no minutes"
"""Why a mention is left out that the words do not settle and to which no time was given."""


def read_visit(draft: Draft) -> None:
    """Find out what the visit says: from its interventions, else from the words of its note."""
    visit, stimulation = draft.visit, draft.stimulation
    reading = _reading(visit.note, visit.date_of_service, stimulation) if visit.note else None
    if visit.interventions is not None:
        draft.found.services = [
            service
            for intervention in visit.interventions
            for service in _from_intervention(draft, intervention, stimulation)
        ]
    elif reading is not None and (reading.mentions or visit.billed is None):
        draft.found.services = [
            service
            for mention in reading.mentions
            for service in _from_words(
                draft, mention.to_intervention(mention.code), mention.suggestions, from_note=True
            )
        ]
        draft.found.left_out = [*_left_out(reading), *draft.found.left_out]
        for shared in reading.shared_minutes:
            draft.found.questions.append(
                Question(
                    "; ".join(shared.what), f"How do the {shared.minutes.value} minutes divide among these services?"
                )
            )
    if reading is not None:
        _take_reading(draft, reading)
    settle_evaluation(draft, reading)
    _split_add_ons(draft)


def _reading(note: Note, day: date, stimulation: str | None) -> NoteReading:
    """What the note says; read once where it is checked again and again beside another that is being written."""
    read = partial(read_note, note, payer_stimulation_code=stimulation, day=day)
    remembered = unchanged.counts()
    return read() if remembered is None else remembered.once((note, day, stimulation), read)


def _left_out(reading: NoteReading) -> list[LeftOut]:
    """What the reader of the note set aside, in the order of the note."""
    return [LeftOut(" ".join(item.what.split()), item.why.value) for item in reading.left_out]


def _from_intervention(draft: Draft, done: Intervention, stimulation: str | None) -> Iterable[ServiceDraft]:
    if done.code is not None:
        yield _service(draft, done, done.code, billable=True)
        return
    yield from _from_words(
        draft,
        done,
        suggest(done.what, payer_stimulation_code=stimulation, day=draft.visit.date_of_service),
        from_note=False,
    )


def _from_words(
    draft: Draft, done: Intervention, suggestions: Suggestions, *, from_note: bool
) -> Iterable[ServiceDraft]:
    """Settle one thing done: a code, not billed, or a question. Words that say nothing known are asked about."""
    if suggestions.not_billable is not None:
        draft.found.not_billed.append(NotBilled(done.what, suggestions.not_billable.explanation))
        yield _service(draft, done, None, billable=False)
        return
    if suggestions.must_ask is not None:
        if set(suggestions.must_ask.candidates) <= evaluation_codes():
            yield _service(draft, done, OPEN_EVALUATION, billable=True)
            return
        draft.found.questions.append(
            Question(done.what, suggestions.must_ask.question, suggestions.must_ask.candidates)
        )
        yield _service(draft, done, None, billable=True)
        return
    best = suggestions.best
    if best is None:
        if not from_note or done.minutes is not None:
            draft.found.questions.append(
                Question(done.what, "Which service was this? The words name none that is known.")
            )
            yield _service(draft, done, None, billable=True)
        else:
            draft.found.left_out.append(LeftOut(" ".join(done.what.split()), _UNKNOWN))
        return
    draft.found.suggested.append(Suggested(done.what, best.code, best.why, done.minutes))
    yield _service(draft, done, best.code, billable=True)


def _service(draft: Draft, done: Intervention, code: str | None, *, billable: bool) -> ServiceDraft:
    by = done.by
    if by is None and draft.visit.assistant is None:
        by = By.PT  # the visit names one therapist and nobody else
    return ServiceDraft(
        code=code,
        minutes=done.minutes,
        by=by.value if by else None,
        group_size=done.group_size or 1,
        side=done.side.value if done.side else None,
        region=done.region,
        starts_at=None if done.starts_at is None else done.starts_at.hour * 60 + done.starts_at.minute,
        is_billable=billable and by not in {By.AIDE, By.STUDENT} and (by is not By.NOBODY or _runs_unattended(code)),
        has_purpose=is_said(done.skilled_need),
        has_response=is_said(done.response),
        has_progress=is_said(done.progress),
    )


def _runs_unattended(code: str | None) -> bool:
    """Whether nobody need stand by: true of supervised modalities, never of a timed code."""
    procedure = procedures.get(code) if code is not None else None
    return procedure is not None and procedure.family is procedures.Family.SUPERVISED_MODALITY


def _take_reading(draft: Draft, reading: NoteReading) -> None:
    visit = draft.visit
    if reading.total_timed_minutes is not None:
        draft.found.total_timed_minutes = reading.total_timed_minutes.value
    if reading.total_treatment_minutes is not None:
        draft.found.total_treatment_minutes = reading.total_treatment_minutes.value
    if visit.signatures is None and reading.signatures:
        draft.found.extra |= {"has_signature": True, "signed_by": [found.value.value for found in reading.signatures]}
    findings = reading.evaluation.findings if reading.evaluation is not None else None
    if visit.evaluation is None and findings is not None:
        draft.found.extra |= {
            "history_factors": findings.history_factors,
            "elements_examined": findings.elements_examined,
            "presentation": findings.presentation.value if findings.presentation else None,
            "decision_making": findings.decision_making.value if findings.decision_making else None,
        }
    if visit.kind is None and reading.kind is not None:
        draft.found.extra["visit_kind"] = reading.kind.value.value


def _split_add_ons(draft: Draft) -> None:
    """Minutes beyond the first block of a code that has an add-on for further blocks are the add-on's."""
    if draft.found.services is None or draft.visit.billed is not None:
        return
    codes = {service.code for service in draft.found.services}
    split: list[ServiceDraft] = []
    for service in draft.found.services:
        first, further = _blocks(service.code) if service.code is not None else (None, None)
        if first is None or further is None or further in codes or service.minutes is None or service.minutes <= first:
            split.append(service)
            continue
        split.append(replace(service, minutes=first))
        split.append(replace(service, code=further, minutes=service.minutes - first))
    draft.found.services = split


@cache
def _blocks(code: str) -> tuple[int | None, str | None]:
    """The minutes of a code's first block, and the add-on code for what follows, where the code has both."""
    procedure = procedures.get(code)
    if procedure is None or procedure.is_timed or procedure.minutes_first is None:
        return None, None
    for other in map(procedures.get, procedures.all_codes()):
        if other is not None and code in other.add_on_to and other.minutes_each is not None:
            return procedure.minutes_first, other.code
    return procedure.minutes_first, None
