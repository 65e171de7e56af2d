"""What a signed note left open, and the addendum that answers it: said by a named person, read by the engine.

The note stays as it was signed. The answers stand in an addendum, in words, and in the visit's `restated` list of what
was done, which the engine reads instead of the signed one. With the last answer the lines settle, as at signing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from cleanclaim import records
from cleanclaim.bill.evaluation_visits import evaluation_codes
from cleanclaim.coding import read_note
from cleanclaim.practice.engine.claims.building import RECHECKED, recheck
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.row_hints import Candidate, candidate, hint_of
from cleanclaim.practice.engine.judging.setting import with_people
from cleanclaim.practice.engine.notes.live_check import LiveCheck, live_check
from cleanclaim.practice.engine.notes.note_form import is_assistant
from cleanclaim.practice.engine.notes.signing import NotForThemError, settled_lines
from cleanclaim.practice.models import Addendum, Claim, Clinic, Provider, User, Visit, VisitStatus
from cleanclaim.records import By, Intervention
from cleanclaim.reference import procedures

EVALUATION = -1
"""The place of an evaluation that no entry of the list names."""

MOST_MINUTES = 1439
"""Minutes of a day, less one."""


@dataclass(frozen=True, slots=True)
class OpenThing:
    """One thing done that a signed note leaves open, and what is to be said of it.

    `place` is its place in the list of what was done, or `EVALUATION`. `candidates` are the codes among which one is
    chosen; without any, every code that is known may be said.
    """

    place: int
    what: str
    question: str
    code: str
    asks_code: bool
    asks_minutes: bool
    asks_by: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody states of one thing done; nothing where it stays as it was."""

    place: int
    code: str = ""
    minutes: int | None = None
    by: str = ""


class NotStatedError(ValueError):
    """Something that cannot be stated: names the thing's place and field, and what was expected."""

    def __init__(self, place: int, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")
        self.place, self.field, self.expected = place, field, expected


def done_at(visit: Visit, stimulation: str | None) -> list[dict[str, Any]]:
    """What was done, as addenda state it, else as signed, else as the words of the note were read.

    Read from the note, each keeps the name under which the engine asks about it.

    Args:
        visit: the row.
        stimulation: the code for unattended stimulation that the payer takes; `None` where unknown.
    """
    for listed in (visit.restated, visit.interventions):
        if listed is not None:
            return list(listed)
    if visit.note is None:
        return []
    note = records.Note.model_validate(visit.note)
    reading = read_note(note, day=visit.date_of_service, payer_stimulation_code=stimulation)
    return [mention.to_intervention(mention.code).model_dump(mode="json") for mention in reading.mentions]


def open_things(visit: Visit, checked: LiveCheck) -> list[OpenThing]:
    """What a signed visit's check still asks about things done; a question that no such answer settles gives none."""
    if not checked.questions:
        return []
    asked = {one.what: one.question for one in checked.questions}
    together = {part: one.question for one in checked.questions for part in one.what.split("; ")}
    found = []
    for place, item in enumerate(done_at(visit, checked.stimulation_code)):
        done = Intervention.model_validate(item)
        hint = hint_of(done, checked.stimulation_code, visit.date_of_service)
        needs_code = not hint.code and not hint.not_billed and (hint.is_open or done.what in asked)
        about = asked.get(done.what) or asked.get(hint.code) or together.get(done.what)
        if not needs_code and about is None:
            continue
        found.append(
            OpenThing(
                place=place,
                what=done.what,
                question=about or hint.question,
                code=hint.code,
                asks_code=needs_code,
                asks_minutes=done.minutes is None,
                asks_by=done.by is None and visit.assistant_id is not None,
                candidates=hint.candidates if needs_code else (),
            )
        )
    levels = [one for one in checked.questions if one.candidates and set(one.candidates) <= evaluation_codes()]
    named = any({item.code for item in one.candidates} & evaluation_codes() for one in found)
    if levels and not named:
        choices = tuple(map(candidate, levels[0].candidates))
        found.append(OpenThing(EVALUATION, levels[0].what, levels[0].question, "", True, True, False, choices))
    return [one for one in found if one.asks_code or one.asks_minutes or one.asks_by]


def may_answer(provider: Provider | None, visit: Visit) -> bool:
    """Whether a person may state what their own signed note left open: its therapist or assistant."""
    if provider is None or visit.status != VisitStatus.SIGNED.value:
        return False
    return provider.pk in {visit.therapist_id, visit.assistant_id}


def answer_open(
    clinic: Clinic, visit_id: UUID, stated: Sequence[Stated], *, user: User, provider: Provider | None, because: str
) -> Addendum:
    """State what a signed note left open, as its therapist or assistant; its open claims are checked again.

    Args:
        clinic: in scope.
        visit_id: the signed visit.
        stated: what is said, by place.
        user: who says it.
        provider: who they are at the clinic.
        because: their own words of the addendum; may be empty, since the answers stand in it.

    Raises:
        NotForThemError: this person does not answer for the note.
        NotStatedError: nothing is said, or something that was not asked or cannot be.
    """
    with transaction.atomic():
        visit = locked_visit(visit_id)
        if visit is None or not may_answer(provider, visit):
            raise NotForThemError("The visit's therapist or assistant answers what its signed note left open.")
        things = {one.place: one for one in open_things(visit, live_check(clinic, visit, as_of=today_at(clinic)))}
        said = [one for one in stated if one.code or one.minutes is not None or one.by]
        if not said:
            raise NotStatedError(next(iter(things), 0), "code", "Expected an answer to something that is open.")
        for one in said:
            _require_asked(things.get(one.place), one)
            if one.code in evaluation_codes() and provider is not None and is_assistant(provider):
                raise NotForThemError("An assistant does not say which evaluation it was: it is the therapist's own.")
        added = restate(clinic, visit, said, user=user, because=because)
        claims = Claim.objects.filter(visit=visit, status__in=RECHECKED).values_list("pk", flat=True)
        recheck(clinic, list(claims), user, why="after an addendum")
        return added


def locked_visit(key: UUID) -> Visit | None:
    """A visit with its people and signatures, its row locked for the rest of the transaction."""
    if Visit.objects.select_for_update().filter(pk=key).values_list("pk").first() is None:
        return None
    return next(iter(with_people(Visit.objects.filter(pk=key))), None)


def restate(clinic: Clinic, visit: Visit, stated: Sequence[Stated], *, user: User, because: str) -> Addendum:
    """Write answers into a signed visit, whose row is locked, and into an addendum.

    Where nothing is open after it, the visit's lines settle. The caller has held what is stated against what is asked.
    """
    checked = live_check(clinic, visit, as_of=today_at(clinic))
    done = done_at(visit, checked.stimulation_code)
    words = []
    for one in stated:
        if one.place == EVALUATION:
            done.append(records.Intervention(what="evaluation").model_dump(mode="json"))
        item = done[one.place]
        told: dict[str, Any] = {"code": one.code or None, "minutes": one.minutes, "by": one.by or None}
        told = {name: value for name, value in told.items() if value is not None}
        done[one.place] = item | told
        words.append(f"{item.get('what') or 'what was done'}: {', '.join(_said(told))}")
    visit.restated = done
    columns = ["restated"]
    if visit.billed is None:
        lines = settled_lines(live_check(clinic, visit, as_of=today_at(clinic)))
        if lines is not None:
            visit.billed = lines
            columns.append("billed")
    visit.save_if_unchanged(visit.version, *columns)
    text = "\n".join(part for part in (because.strip(), *words) if part)
    added: Addendum = Addendum.objects.create(clinic=clinic, visit=visit, user=user, text=text)
    return added


def _require_asked(thing: OpenThing | None, stated: Stated) -> None:
    """Raise `NotStatedError` for what is not asked, or cannot be an answer."""
    if thing is None:
        raise NotStatedError(stated.place, "code", "Expected something that is still open; it was answered meanwhile.")
    if stated.code:
        listed = {one.code for one in thing.candidates}
        known = stated.code in listed if listed else procedures.get(stated.code) is not None
        if not thing.asks_code or not known:
            expected = f"one of {', '.join(sorted(listed))}" if listed else "a procedure code that is known"
            raise NotStatedError(stated.place, "code", f"Expected {expected}.")
    if stated.minutes is not None and not (thing.asks_minutes and 0 < stated.minutes <= MOST_MINUTES):
        raise NotStatedError(stated.place, "minutes", "Expected whole minutes above 0, where none were noted.")
    if stated.by and not (thing.asks_by and stated.by in set(By)):
        raise NotStatedError(stated.place, "by", "Expected who furnished it, where the note does not say.")


def _said(told: dict[str, Any]) -> list[str]:
    """What is stated of one thing, in words."""
    said = [told["code"]] if "code" in told else []
    if "minutes" in told:
        said.append(f"{told['minutes']} minutes")
    if "by" in told:
        said.append(f"by {told['by']}")
    return said
