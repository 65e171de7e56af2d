"""From a free-text note to what was done today, with minutes, helpers, totals, and the places that say so.

The note is cut into parts (subjective, objective, interventions, …), parts into items (bullets, sentences, table
rows), items into pieces that have at most one duration each. What is declined, planned, done at home or told of an
earlier visit is left out and reported as such. One duration written for several services is given to none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from cleanclaim.coding import cutting, details, settling
from cleanclaim.coding.bare_minutes import bare_minutes
from cleanclaim.coding.billing_part import ListedMinutes
from cleanclaim.coding.evaluation import evaluation_level, read_evaluation
from cleanclaim.coding.found import Found
from cleanclaim.coding.item_reading import ItemReader
from cleanclaim.coding.loose_minutes import LooseMinutes
from cleanclaim.coding.mentions import Mentions
from cleanclaim.coding.not_today import HOME, TAUGHT
from cleanclaim.coding.note_items import Item, items
from cleanclaim.coding.note_sections import Part, Stretch, stretches, whole_text
from cleanclaim.coding.note_words import EVALUATIONS, NoteWords
from cleanclaim.coding.reading import NoteReading, WhyLeftOut
from cleanclaim.coding.totals import encounter, kind, signatures, telehealth, totals
from cleanclaim.coding.wound_dressings import leave_out_dressings
from cleanclaim.records import Note, VisitKind


def read_note(note: str | Note, *, day: date, payer_stimulation_code: str | None = None) -> NoteReading:
    """Read a note: a plain text, or a record with its SOAP parts.

    Args:
        note: The text, or the record; places refer to the text, or to `Note.whole()`.
        day: The date of service, for the codes in force.
        payer_stimulation_code: The payer's code for unattended stimulation, see `suggest`.
    """
    text = whole_text(note)
    total = totals(text)
    parts = stretches(note)
    bare = bare_minutes(
        text, parts, total.taken, [one.value for one in (total.timed, total.treatment) if one is not None]
    )
    told = Mentions(NoteWords(text, total.taken, bare), day, payer_stimulation_code)
    reader = _Reader(told)
    purpose_of_visit = kind(text)
    if purpose_of_visit is not None and purpose_of_visit.value in {VisitKind.EVALUATION, VisitKind.REEVALUATION}:
        reader.is_evaluation = True
    has_interventions = any(item.part is Part.INTERVENTIONS for item in parts)
    for stretch in parts:
        reader.read(stretch, has_interventions=has_interventions)
    reader.listed.use_listed_minutes()
    reader.loose.tell_unclaimed(total.timed)
    settling.drop_bare_evaluations(told)
    settling.settle_totals_of_services(told)
    settling.settle_program(told)
    settling.settle_with_totals(told, total.timed, total.treatment)
    leave_out_dressings(told)
    evaluation = read_evaluation(text)
    stated = evaluation if evaluation != type(evaluation)() else None
    level = evaluation_level(evaluation.findings) if stated else None
    if level is not None and level.code is not None:
        settling.settle_asked(told, EVALUATIONS, level.code, level.explanation)
    settling.fill_in_who(told, details.whole_visit_by(text))
    hint = encounter(text)
    if hint is not None:
        settling.settle_encounter(told, hint)
    return NoteReading(
        text=text,
        mentions=tuple(told.mentions),
        left_out=tuple(told.left_out),
        shared_minutes=tuple(told.shared),
        listed_codes=tuple(reader.listed.listed),
        total_timed_minutes=total.timed,
        total_treatment_minutes=total.treatment,
        time_in=total.time_in,
        time_out=total.time_out,
        signatures=signatures(text),
        kind=purpose_of_visit,
        encounter=hint,
        telehealth=telehealth(text),
        evaluation=stated,
        evaluation_level=level,
        response=_in_parts(text, parts, Part.ASSESSMENT, details.response),
        progress=_in_parts(text, parts, Part.ASSESSMENT, details.progress),
    )


def _in_parts(
    text: str, parts: Sequence[Stretch], part: Part, find: Callable[[str], Found[str] | None]
) -> Found[str] | None:
    for item in parts:
        if item.part is part:
            found = find(text[item.start : item.end])
            if found is not None:
                return found.moved(item.start)
    return None


class _Reader:
    """Reads a note part by part."""

    def __init__(self, told: Mentions) -> None:
        self.words = told.words
        self.told = told
        self.loose = LooseMinutes(told)
        self.listed = ListedMinutes(told)
        self.items = ItemReader(told, self.loose, self.listed)
        self.is_evaluation = False

    def read(self, stretch: Stretch, *, has_interventions: bool) -> None:
        """Read one part of the note."""
        if stretch.part is Part.SUBJECTIVE:
            return
        if stretch.part in {Part.ASSESSMENT, Part.PLAN, Part.HOME}:
            self._read_not_today(stretch)
            return
        if stretch.part is Part.BILLING:
            self.listed.read_billing(stretch)
            return
        needs_minutes = stretch.part is Part.OBJECTIVE and has_interventions
        self.loose.needs_act = stretch.part in {Part.OBJECTIVE, Part.OPEN} and (
            self.is_evaluation
            or any(
                not self.words.is_taken(stretch.start + one.start)
                for one in self.words.durations(stretch.start, stretch.end)
            )
        )
        for item in items(self.words, stretch):
            ahead = self.loose.minutes_ahead
            self.items.read_item(item, needs_minutes=needs_minutes)
            if ahead is not None and self.loose.minutes_ahead is ahead:
                self.loose.say_minutes_ahead()
        self.loose.say_minutes_ahead()

    # --- items -----------------------------------------------------------------------------------------------

    def _read_not_today(self, stretch: Stretch) -> None:
        why = WhyLeftOut.HOME if stretch.part is Part.HOME else WhyLeftOut.PLANNED
        if stretch.part is Part.ASSESSMENT:
            return
        for a, b in cutting.lines(self.words.text, stretch.start, stretch.end):
            bullet = cutting.BULLET.match(self.words.text[a:b])
            for sentence in cutting.sentences(self.words.text, a + (bullet.end() if bullet else 0), b):
                start, end = self.words.without_totals(*sentence)
                if end <= start:
                    continue
                if (
                    stretch.part is Part.HOME
                    and self.words.durations(start, end)
                    and TAUGHT.search(self.words.folded[start:end])
                ):
                    item = Item(stretch.part, start, end, "home exercise program", stretch.start, paragraph=start)
                    self.items.read_pieces(start, end, item, needs_minutes=True)
                    continue
                self.told.leave_out(start, end, WhyLeftOut.HOME if HOME.search(self.words.folded[start:end]) else why)
