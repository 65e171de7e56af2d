"""Answer what the words of a note leave open: which code a thing done is, said by a named person.

The answer is written into the visit's list of what was done. A visit that is only a note gets that list from its words
first, as they were read.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from cleanclaim import records
from cleanclaim.bill.evaluation_visits import evaluation_codes
from cleanclaim.coding import read_note
from cleanclaim.practice.engine.building import add_events, lock, recheck
from cleanclaim.practice.engine.fixing import NO_LONGER_OPEN, Outcome
from cleanclaim.practice.engine.setting import packs_of
from cleanclaim.practice.models import Claim, Clinic, User, Visit
from cleanclaim.reference import payers

_NOT_ASKED = "this is no longer asked: the claim was checked again meanwhile"


def answer(clinic: Clinic, claim_id: UUID, user: User, *, about: str, code: str, because: str) -> Outcome:
    """Say which of its candidates a question's thing is, and check the claim again.

    Args:
        clinic: in scope.
        claim_id: the open claim that asks.
        user: who answers.
        about: what the question is about, as it was asked.
        code: one of its candidates.
        because: what the answer rests on; kept in the claim's history.
    """
    if not because.strip():
        return Outcome(refused=("an answer needs what it rests on",))
    with transaction.atomic():
        claims = lock([claim_id])
        if not claims:
            return Outcome(refused=(NO_LONGER_OPEN,))
        [claim] = claims
        if not any(one["about"] == about and code in one["candidates"] for one in claim.questions or ()):
            return Outcome(refused=(_NOT_ASKED,))
        visit = claim.visit
        done = visit.interventions
        if done is None:
            done = listed_by_note(visit, _stimulation(clinic, claim))
        visit.interventions = _with_code(done, about, code)
        visit.save_if_unchanged(visit.version, "interventions")
        said = f"{about}: {code}"
        add_events([claim], user, "answered", f"{code}; stated by {user.name}: {because.strip()}")
        [rechecked] = recheck(clinic, [claim_id], user, why="after an answer")
        return Outcome(changed=(said,), rechecked=rechecked)


def _stimulation(clinic: Clinic, claim: Claim) -> str | None:
    """The code for unattended stimulation that the claim's payer takes."""
    packs = tuple(packs_of(clinic).values())
    code: str | None = payers.setting(
        claim.payer or None, "electrical_stimulation_code", claim.date_of_service, packs
    ).value
    return code


def listed_by_note(visit: Visit, stimulation: str | None) -> list[dict[str, Any]]:
    """What was done, as the words of the visit's note were read; nothing where it has no note.

    Unlike rows taken over into the note's grid, each keeps the name under which the engine asks about it.
    """
    if visit.note is None:
        return []
    note = records.Note.model_validate(visit.note)
    reading = read_note(note, day=visit.date_of_service, payer_stimulation_code=stimulation)
    return [mention.to_intervention(mention.code).model_dump(mode="json") for mention in reading.mentions]


def _with_code(done: list[dict[str, Any]], about: str, code: str) -> list[dict[str, Any]]:
    """The list with the code at what was asked about; an evaluation that no entry names is put first."""
    coded = [{**item, "code": code} if item.get("what") == about and not item.get("code") else item for item in done]
    if coded != done or code not in evaluation_codes():
        return coded
    unnamed = [
        {**item, "code": code} if not item.get("code") and "evaluation" in item.get("what", "").lower() else item
        for item in done
    ]
    if unnamed != done:
        return unnamed
    return [records.Intervention(what="evaluation", code=code).model_dump(mode="json"), *done]
