"""From the words of a plain note to rows of the grid: what was read, for a therapist to correct."""

from __future__ import annotations

from typing import Any

from cleanclaim.coding import NoteReading, read_note, suggest
from cleanclaim.practice.models import Visit
from cleanclaim.records import Note


def reading_of(visit: Visit, stimulation: str | None) -> NoteReading:
    """What the engine reads in a visit's note.

    Args:
        visit: the row.
        stimulation: the code for unattended stimulation that the payer takes; `None` where unknown.
    """
    note = Note.model_validate(visit.note or {})
    return read_note(note, day=visit.date_of_service, payer_stimulation_code=stimulation)


def interventions_of_note(visit: Visit, stimulation: str | None) -> list[dict[str, Any]]:
    """Each thing the note says was done today, as the grid keeps it.

    A row keeps the note's words, and its code where the note as a whole settles one that the words alone do not.
    """
    rows = []
    for mention in reading_of(visit, stimulation).mentions:
        words = mention.suggestions.text
        alone = suggest(words, payer_stimulation_code=stimulation, day=visit.date_of_service)
        settled = alone.not_billable is None and alone.must_ask is None and alone.best is not None
        own = alone.best.code if settled and alone.best is not None else None
        done = mention.to_intervention(mention.code if mention.code != own else None)
        rows.append(done.model_copy(update={"what": words}).model_dump(mode="json"))
    return rows
