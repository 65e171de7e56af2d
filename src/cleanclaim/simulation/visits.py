"""Visits of a synthetic year as they were treated and written down: prose or a grid, with minutes, signed.

What was done is known here by the code that the therapist means (`Done`), so that a person can be asked; the note
itself holds words and minutes only, unless whoever treated has keyed the lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from cleanclaim.records import (
    BilledLine,
    By,
    Credential,
    DecisionMaking,
    EvaluationFindings,
    Intervention,
    Note,
    Presentation,
    Side,
    Signature,
    Visit,
    VisitKind,
)
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import clinic, filled, phrases, population
from cleanclaim.simulation.people import Episode

_REPORT_EVERY = 10
"""On each tenth day of treatment the therapist looks back and reports."""
_BLOCK = 15
"""Minutes of a unit as whoever keys lines thinks of one; services of keyed visits take whole ones."""
_ON_THE_HOUR = 60
_LONGEST = 56
"""Minutes of a visit: the next patient comes on the hour."""
_EVALUATION_MINUTES = (30, 40)
_LEVELS = {"97161": "low", "97162": "moderate", "97163": "high"}


@dataclass(frozen=True, slots=True)
class Done:
    """One service of a visit: what it is called, the code meant, words, minutes, and when it began."""

    name: str
    code: str
    words: str
    minutes: int
    starts_at: time
    by: By


@dataclass(frozen=True, slots=True)
class Treated:
    """A visit as it was, before anybody slipped: the record, what was done, and what may be said of it truthfully.

    `says_apart`: the note has the time of each service, so that two of them may be called distinct.
    """

    visit: Visit
    number: int
    done: tuple[Done, ...]
    says_apart: bool
    is_report: bool

    @property
    def answered(self) -> Visit:
        """The visit as the therapist tells it when asked: every service by its code."""
        told = tuple(
            Intervention(
                what=one.words,
                code=one.code,
                minutes=one.minutes,
                by=one.by,
                starts_at=one.starts_at if self.says_apart else None,
            )
            for one in self.done
        )
        return self.visit.model_copy(update={"interventions": told})


@dataclass(frozen=True, slots=True)
class Slot:
    """When a visit takes place, and who treats."""

    day: date
    hour: int
    therapist: str
    assistant: str | None


def treated(care: Episode, number: int, slot: Slot, seed: int) -> Treated:
    """The visit of an episode with this number (from 1; the first is the evaluation)."""
    draw = Draws(seed, "visit", str(care.number), str(number))
    is_first = number == 1
    is_report = not is_first and number % _REPORT_EVERY == 0
    is_keyed = not is_first and draw.happens(population().keyed_share)
    by = By.PTA if slot.assistant is not None else By.PT
    done = _services(care, slot, draw, by, is_first=is_first, is_keyed=is_keyed)
    says_apart = draw.happens(7_000)
    timed = sum(one.minutes for one in done if phrases().services[one.name].is_timed)
    total = sum(one.minutes for one in done)
    visit = Visit(
        id=f"V{care.number:05d}-{number:02d}",
        patient_id=care.patient_id,
        date_of_service=slot.day,
        kind=VisitKind.EVALUATION if is_first else VisitKind.TREATMENT,
        therapist=slot.therapist,
        assistant=slot.assistant,
        diagnoses=care.diagnoses,
        total_timed_minutes=timed,
        total_treatment_minutes=total,
        time_in=time(slot.hour),
        time_out=_clock(slot.hour, total + draw.between(0, 3)),
        signatures=_signatures(slot),
        progress_report=True if is_report else None,
        therapist_on_site=True if slot.assistant is not None else None,
        good_faith_estimate_on_file=True if not care.payer.identifier else None,
    )
    if is_keyed:
        visit = visit.model_copy(update={"billed": keyed_lines(care, done)})
    is_prose = is_first or (slot.assistant is None and not is_keyed and draw.happens(population().prose_share))
    form = _prose(care, done, draw, number, says_apart=says_apart) if is_prose else _grid(care, done, draw, says_apart)
    if is_report:
        note = form.get("note") or Note()
        measure = _filled(draw.one(care.region.measures), draw)
        text = filled(phrases().notes.progress, measure=measure)
        form["note"] = note.model_copy(update={"assessment": f"{note.assessment} {text}".strip()})
    return Treated(visit.model_copy(update=form), number, done, says_apart, is_report)


def _services(care: Episode, slot: Slot, draw: Draws, by: By, *, is_first: bool, is_keyed: bool) -> tuple[Done, ...]:
    names: list[tuple[str, int]] = []
    if is_first:
        names.append(("evaluation", draw.between(*_EVALUATION_MINUTES)))
        if draw.happens(6_000):
            names.append(("strength", _BLOCK if care.payer.keeps_whole_blocks else draw.between(8, 16)))
    else:
        chosen = draw.some(care.region.timed, 2 if is_keyed else draw.one((2, 2, 3)))
        if "manual" in chosen:  # a massage beside hands-on mobilization is no service of its own
            chosen = [name for name in chosen if name != "massage"]
        in_blocks = is_keyed or care.payer.keeps_whole_blocks
        names += [(name, _BLOCK * draw.one((1, 1, 2)) if in_blocks else draw.between(9, 24)) for name in chosen]
    if not is_first and not care.payer.has_no_stimulation and draw.happens(2_500):
        names.append((draw.one(care.region.untimed), draw.between(10, 15)))
    elif not is_first and care.payer.has_no_stimulation and draw.happens(800):
        others = [name for name in care.region.untimed if name != "stimulation"]
        names += [(name, draw.between(10, 15)) for name in others[:1]]
    found: list[Done] = []
    at = 0
    for name, minutes in _within_the_hour(names):
        service = phrases().services[name]
        code = care.payer.stimulation if name == "stimulation" else service.code
        words = filled(draw.one(service.words), where=care.where)
        whose = By.NOBODY if not service.is_timed and name != "evaluation" else by
        found.append(Done(name, code, words, minutes, _clock(slot.hour, at), whose))
        at += minutes
    return tuple(found)


def _within_the_hour(names: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The services for which there is time before the next patient: a long one is shortened, a last one left out."""
    kept: list[tuple[str, int]] = []
    left = _LONGEST
    for name, minutes in names:
        fitting = minutes if minutes <= left else _BLOCK if left >= _BLOCK else 0
        if fitting:
            kept.append((name, fitting))
            left -= fitting
    return kept


def keyed_lines(care: Episode, done: tuple[Done, ...]) -> tuple[BilledLine, ...]:
    """The lines as whoever treated keys them: a unit for each quarter of an hour, and the modifiers by habit."""
    charges = clinic().charges
    lines = []
    for one in done:
        units = one.minutes // _BLOCK if phrases().services[one.name].is_timed else 1
        modifiers = ("GP",) if care.payer.wants_gp else ()
        if care.payer.wants_cq and one.by is By.PTA:
            modifiers = (*modifiers, "CQ")
        lines.append(
            BilledLine(code=one.code, modifiers=modifiers, units=units, charge_cents=charges[one.code] * units)
        )
    return tuple(lines)


def _signatures(slot: Slot) -> tuple[Signature, ...]:
    signed = [Signature(credential=Credential.PT, on=slot.day, by=slot.therapist)]
    if slot.assistant is not None:
        signed.append(Signature(credential=Credential.PTA, on=slot.day, by=slot.assistant))
    return tuple(signed)


# --- how it is written down -----------------------------------------------------------------------------------


def _grid(care: Episode, done: tuple[Done, ...], draw: Draws, says_apart: bool) -> dict[str, Any]:  # noqa: FBT001 - a form of the note
    side = {0: None, 1: Side.RIGHT, 2: Side.LEFT}[care.side]
    sentences = phrases().notes
    rows = tuple(
        Intervention(
            what=one.words,
            region=care.region.name,
            side=side,
            minutes=one.minutes,
            by=one.by,
            attended=one.by is not By.NOBODY,
            starts_at=one.starts_at if says_apart else None,
            skilled_need=_filled(draw.one(sentences.assessment), draw),
            response=_filled(draw.one(sentences.response), draw),
            progress=_filled(draw.one(care.region.measures), draw),
        )
        for one in done
    )
    note = Note(
        subjective=_filled(draw.one(sentences.subjective), draw),
        objective=_filled(f"{care.where}: {draw.one(care.region.measures)}, pulse {{n}} at rest.".capitalize(), draw),
        assessment=_filled(f"{draw.one(sentences.assessment)} {draw.one(sentences.response).capitalize()}.", draw),
        plan=_filled(draw.one(sentences.plan), draw),
    )
    return {"interventions": rows, "note": note}


def _prose(care: Episode, done: tuple[Done, ...], draw: Draws, number: int, *, says_apart: bool) -> dict[str, Any]:
    sentences = phrases().notes
    if number == 1:
        return _evaluation(care, done, draw)
    timed = sum(one.minutes for one in done if phrases().services[one.name].is_timed)
    total = sum(one.minutes for one in done)
    parts = []
    for one in done:
        clock = f" ({one.starts_at:%H:%M} to {_clock_after(one):%H:%M})" if says_apart else ""
        response = _filled(draw.one(sentences.response), draw)
        parts.append(f"{one.words}, {one.minutes} minutes{clock}; {response}.")
    note = Note(
        subjective=_filled(draw.one(sentences.subjective), draw),
        objective="\n".join([f"Before: {_filled(draw.one(care.region.measures), draw)}.", *parts]),
        assessment=_filled(f"{draw.one(sentences.assessment)} {draw.one(care.region.measures).capitalize()}.", draw),
        plan=f"{_filled(draw.one(sentences.plan), draw)}\nTimed minutes {timed}, total treatment minutes {total}.",
    )
    return {"note": note}


def _evaluation(care: Episode, done: tuple[Done, ...], draw: Draws) -> dict[str, Any]:
    """An evaluation in prose, with what decides its level."""
    code = draw.weighted(tuple(_LEVELS), (30, 55, 15))
    factors = {"97161": 0, "97162": draw.between(1, 2), "97163": draw.between(3, 4)}[code]
    elements = {"97161": draw.between(1, 2), "97162": draw.between(3, 4), "97163": draw.between(4, 6)}[code]
    presentation = {"97161": Presentation.STABLE, "97162": Presentation.EVOLVING, "97163": Presentation.UNSTABLE}[code]
    decision = {"97161": DecisionMaking.LOW, "97162": DecisionMaking.MODERATE, "97163": DecisionMaking.HIGH}[code]
    sentences, evaluated, more = phrases().notes, done[0], done[1:]
    timed = sum(one.minutes for one in more)
    total = sum(one.minutes for one in done)
    after = "".join(f"\n{one.words}, {one.minutes} minutes." for one in more)
    note = Note(
        subjective=_filled(draw.one(sentences.subjective), draw),
        objective=f"{evaluated.words} of the {care.where}, {evaluated.minutes} minutes. "
        f"{_filled(draw.one(care.region.measures), draw).capitalize()}.{after}",
        assessment=f"{_LEVELS[code].capitalize()} complexity. {draw.one(sentences.assessment)}",
        plan=f"Goals: {draw.one(sentences.goals)}.\nTimed minutes {timed}, total treatment minutes {total}.",
    )
    findings = EvaluationFindings(
        history_factors=factors, elements_examined=elements, presentation=presentation, decision_making=decision
    )
    return {"note": note, "evaluation": findings}


def _filled(text: str, draw: Draws) -> str:
    """A sentence with its figures."""
    best = draw.between(1, 5)
    return filled(text, a=best, b=best + draw.between(1, 3), m=draw.between(6, 20), n=draw.between(35, 120))


def _clock(hour: int, minutes: int) -> time:
    whole = hour * _ON_THE_HOUR + minutes
    return time(whole // _ON_THE_HOUR, whole % _ON_THE_HOUR)


def _clock_after(one: Done) -> time:
    return _clock(one.starts_at.hour, one.starts_at.minute + one.minutes)
