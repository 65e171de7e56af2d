"""A question of the note is answered with one of its codes, by a named person."""

from __future__ import annotations

import pytest

from cleanclaim.practice.engine.claims.building import recheck
from cleanclaim.practice.engine.notes.answering import answer
from cleanclaim.practice.models import Clinic, Visit
from tests.practice.claims.claim_rows_of import biller, claim_of


def _asking(clinic: Clinic, what: str, *, as_note: bool = False) -> str:
    """V001's visit, not billed yet, with one thing done whose words leave the code open; returns what is asked about."""
    claim = claim_of("V001")
    visit = Visit.objects.get(pk=claim.visit_id)
    visit.billed = None
    visit.interventions = None if as_note else [{"what": what, "minutes": 23, "by": "PT"}]
    visit.note = {"objective": f"{what} x 23 min. Patient tolerated well."} if as_note else None
    visit.save()
    recheck(clinic, [claim.pk], biller(claim))
    [asked] = [one for one in claim_of("V001").questions if one["candidates"]]
    about: str = asked["about"]
    return about


@pytest.mark.parametrize("as_note", [False, True])
def test_an_answer_settles_the_code_and_says_who_gave_it(inside: Clinic, as_note: bool) -> None:  # noqa: FBT001 - a case
    about = _asking(inside, "electrical stimulation", as_note=as_note)
    claim = claim_of("V001")
    assert claim.status == "question"
    [asked] = [one for one in claim.questions if one["about"] == about]
    code = asked["candidates"][0]
    outcome = answer(inside, claim.pk, biller(claim), about=about, code=code, because="asked the therapist")
    assert outcome.refused == ()
    visit = Visit.objects.get(pk=claim.visit_id)
    assert [done["code"] for done in visit.restated if done["code"]] == [code]
    assert (visit.interventions is None) is as_note, "the note stays as it was signed"
    assert [(line["code"], line["units"]) for line in visit.billed] == [(code, 2)]
    [added] = visit.addenda.all()
    assert (added.user, added.text) == (biller(claim), f"asked the therapist\n{about}: {code}")
    again = claim_of("V001")
    assert [row.code for row in again.lines.all()] == [code]
    assert not [one for one in again.questions if one["candidates"]]
    assert again.events.get(action="answered").detail == f"{code}; stated by Marcus Doyle: asked the therapist"


def test_only_a_candidate_answers_and_only_what_is_asked(inside: Clinic) -> None:
    about = _asking(inside, "electrical stimulation")
    claim = claim_of("V001")
    asked = "this is no longer asked: the claim was checked again meanwhile"
    for wrong in ({"about": about, "code": "97110"}, {"about": "massage", "code": "97032"}):
        assert answer(inside, claim.pk, biller(claim), because="so", **wrong).refused == (asked,)
    said = answer(inside, claim.pk, biller(claim), about=about, code="97032", because="")
    assert said.refused == ("an answer needs what it rests on",)
    assert Visit.objects.get(pk=claim.visit_id).interventions == [
        {"what": "electrical stimulation", "minutes": 23, "by": "PT"}
    ]
