"""Answer on its claim what the words of a note leave open: which code a thing done is, said by a named person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from cleanclaim.bill.evaluation_visits import evaluation_codes
from cleanclaim.practice.engine.claims.building import add_events, lock, recheck
from cleanclaim.practice.engine.claims.fixing import NO_LONGER_OPEN, Outcome
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.engine.notes.restating import EVALUATION, Stated, done_at, restate
from cleanclaim.practice.models import Claim, Clinic, User
from cleanclaim.reference import payers

_NOT_ASKED = "this is no longer asked: the claim was checked again meanwhile"


def answer(clinic: Clinic, claim_id: UUID, user: User, *, about: str, code: str, because: str) -> Outcome:
    """Say which of its candidates a question's thing is, as an addendum to the note, and check the claim again.

    Args:
        clinic: in scope.
        claim_id: the open claim that asks.
        user: who answers.
        about: what the question is about, as it was asked.
        code: one of its candidates.
        because: what the answer rests on; kept in the addendum and in the claim's history.
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
        places = _places(done_at(claim.visit, _stimulation(clinic, claim)), about, code)
        restate(clinic, claim.visit, [Stated(place, code) for place in places], user=user, because=because)
        add_events([claim], user, "answered", f"{code}; stated by {user.name}: {because.strip()}")
        [rechecked] = recheck(clinic, [claim_id], user, why="after an answer")
        return Outcome(changed=(f"{about}: {code}",), rechecked=rechecked)


def _stimulation(clinic: Clinic, claim: Claim) -> str | None:
    """The code for unattended stimulation that the claim's payer takes."""
    packs = tuple(packs_of(clinic).values())
    code: str | None = payers.setting(
        claim.payer or None, "electrical_stimulation_code", claim.date_of_service, packs
    ).value
    return code


def _places(done: list[dict[str, Any]], about: str, code: str) -> list[int]:
    """Where in the list the code belongs: at what was asked about; an evaluation that no entry names has its own."""
    named = [place for place, item in enumerate(done) if item.get("what") == about and not item.get("code")]
    if named or code not in evaluation_codes():
        return named
    worded = [
        place
        for place, item in enumerate(done)
        if not item.get("code") and "evaluation" in (item.get("what") or "").lower()
    ]
    return worded or [EVALUATION]
