"""Fixes are the engine's, made by a named person where they state something; refused where what they change moved."""

from __future__ import annotations

import pytest

from cleanclaim.practice.engine.claims import fixing
from cleanclaim.practice.engine.claims.building import recheck
from cleanclaim.practice.engine.claims.fixing import apply_fix, apply_safe, hold, ignore, stop_holding, stop_ignoring
from cleanclaim.practice.models import Claim, ClaimFinding, Clinic, Visit
from tests.practice.claims.claim_rows_of import biller, claim_of, finding_of, standing


def _fix(clinic: Clinic, number: str, rule: str, reason: str = "the note's log shows it") -> fixing.Outcome:
    claim = claim_of(number)
    return apply_fix(clinic, claim.pk, finding_of(number, rule).pk, biller(claim), stated=reason)


@pytest.mark.parametrize(
    ("number", "rule", "words", "lines"),
    [
        ("V082", "DP101", ("line 2 removed",), [("97140", ["GP"], 1)]),
        ("V069", "TH101", ("line 2: modifiers GP → GP KX",), None),
        ("V074", "PR102", ("line 2: modifiers GP → GP 59",), None),
        ("V081", "EV101", ("line 1: code 97163 → 97162",), [("97162", ["GP"], 1)]),
        ("V065", "UN104", ("line 2: units 2 → 1", "line 2: charge $72.00 → $36.00"), None),
    ],
)
def test_a_fix_removes_its_finding_and_is_kept_with_who_stated_it(
    inside: Clinic, number: str, rule: str, words: tuple[str, ...], lines: list[tuple[str, list[str], int]] | None
) -> None:
    before = finding_of(number, rule)
    outcome = _fix(inside, number, rule)
    assert outcome.refused == ()
    assert outcome.changed == words
    assert outcome.rechecked is not None
    assert (rule, before.place) in outcome.rechecked.gone
    assert rule not in {code for code, _place in standing(number)}
    claim = claim_of(number)
    fixed = claim.events.get(action="fixed")
    assert fixed.user == biller(claim)
    assert fixed.detail.endswith("; stated by Marcus Doyle: the note's log shows it")
    if lines is not None:
        assert [(row.code, row.modifiers, row.units) for row in claim.lines.all()] == lines
    billed = Visit.objects.get(pk=claim.visit_id).billed
    assert [line["code"] for line in billed] == [row.code for row in claim.lines.all()]


def test_a_fix_of_units_takes_the_charge_along(inside: Clinic) -> None:
    before = claim_of("V084").lines.get(position=1)
    outcome = _fix(inside, "V084", "UN101")
    after = claim_of("V084").lines.get(position=1)
    assert (before.units, after.units) == (2, 1)
    assert (before.charge_cents, after.charge_cents) == (15600, 7800)
    assert outcome.changed[0] == "line 1: units 2 → 1"


def test_a_fix_that_states_something_needs_a_reason_and_moves_nothing_without(inside: Clinic) -> None:
    claim = claim_of("V082")
    outcome = _fix(inside, "V082", "DP101", reason="   ")
    assert outcome.refused == (fixing.NEEDS_REASON,)
    again = claim_of("V082")
    assert (again.version, again.lines.count(), again.events.count()) == (claim.version, 2, 1)
    assert Visit.objects.get(pk=claim.visit_id).version == claim.visit.version


def test_a_fix_is_refused_where_its_old_value_has_moved(inside: Clinic) -> None:
    claim = claim_of("V065")
    visit = Visit.objects.get(pk=claim.visit_id)
    visit.billed = [line | {"units": 3} if line["code"] == "G0283" else line for line in visit.billed]
    visit.save()
    outcome = _fix(inside, "V065", "UN104")
    assert outcome.refused == (fixing.MOVED,)
    assert [line["units"] for line in Visit.objects.get(pk=visit.pk).billed if line["code"] == "G0283"] == [3]
    fresh = finding_of("V065", "UN104")
    assert (fresh.changes[0]["old"], fresh.changes[0]["new"]) == (3, 1)


def test_a_finding_that_was_checked_away_meanwhile_is_not_fixed(inside: Clinic) -> None:
    claim = claim_of("V082")
    gone = finding_of("V082", "DP101").pk
    _fix(inside, "V082", "DP101")
    outcome = apply_fix(inside, claim.pk, gone, biller(claim), stated="twice")
    assert outcome.refused == ("the finding is no longer there: the claim was checked again meanwhile",)
    assert claim_of("V082").lines.count() == 1


def test_a_filed_claim_is_not_fixed(inside: Clinic) -> None:
    Claim.objects.filter(number="V082").update(status="submitted")
    assert _fix(inside, "V082", "DP101").refused == (fixing.NO_LONGER_OPEN,)


def test_a_fix_of_proposed_lines_writes_them_into_the_visit(inside: Clinic) -> None:
    claim = claim_of("V069")
    Visit.objects.filter(pk=claim.visit_id).update(billed=None)
    recheck(inside, [claim.pk], biller(claim))
    proposed = [(row.code, row.modifiers, row.units, row.charge_cents) for row in claim_of("V069").lines.all()]
    assert {row.origin for row in claim_of("V069").lines.all()} == {"suggested"}
    outcome = _fix(inside, "V069", "TH101")
    assert outcome.refused == ()
    billed = Visit.objects.get(pk=claim.visit_id).billed
    stored = [(line["code"], line["modifiers"], line["units"], line["charge_cents"]) for line in billed]
    changed = [now for before, now in zip(proposed, stored, strict=True) if before != now]
    assert [(code, modifiers) for code, modifiers, _units, _cents in changed] == [(changed[0][0], ["GP", "KX"])]


def test_safe_fixes_are_written_into_the_visit(inside: Clinic) -> None:
    claim = claim_of("V081")
    [outcome] = apply_safe(inside, [claim.pk], biller(claim))
    assert outcome.changed[0].startswith("line 1: ")
    assert Visit.objects.get(pk=claim.visit_id).billed[0]["modifiers"] == ["GP"]
    assert not ClaimFinding.objects.filter(claim=claim, rule="MD101").exists()
    assert claim_of("V081").lines.get(position=1).modifiers == ["GP"]
    assert apply_safe(inside, [claim.pk, claim_of("V001").pk], biller(claim)) == []


# --- setting aside ----------------------------------------------------------------------------------------


def test_a_finding_that_is_set_aside_holds_its_claim_back_no_more(inside: Clinic) -> None:
    claim = claim_of("V050")
    assert claim.status == "held"
    [found] = ignore(inside, [claim.pk], biller(claim), because="the payer takes both", rule="DX205")
    assert (found.status_before, found.claim.status) == ("held", "ready")
    row = finding_of("V050", "DX205")
    assert (row.ignored_by, row.ignored_because) == (biller(claim), "the payer takes both")
    assert claim_of("V050").at_stake_cents == 0
    assert claim_of("V050").events.get(action="ignored").detail == f"DX205 {row.place}: the payer takes both"
    [back] = stop_ignoring(inside, claim.pk, row.pk, biller(claim))
    assert (back.status_before, back.claim.status) == ("ready", "held")
    assert finding_of("V050", "DX205").ignored_at is None


def test_what_was_set_aside_comes_back_when_the_rule_says_something_else(inside: Clinic) -> None:
    claim = claim_of("V065")
    ignore(inside, [claim.pk], biller(claim), because="asked the therapist", rule="UN104")
    assert finding_of("V065", "UN104").ignored_at is not None
    recheck(inside, [claim.pk], biller(claim))
    assert finding_of("V065", "UN104").ignored_at is not None
    visit = Visit.objects.get(pk=claim.visit_id)
    visit.billed = [line | {"units": 3} if line["code"] == "G0283" else line for line in visit.billed]
    visit.save()
    recheck(inside, [claim.pk], biller(claim))
    assert finding_of("V065", "UN104").ignored_at is None
    assert claim_of("V065").events.filter(action="not ignored").count() == 1


def test_setting_aside_and_holding_need_a_reason(inside: Clinic) -> None:
    claim = claim_of("V050")
    with pytest.raises(ValueError, match="reason"):
        ignore(inside, [claim.pk], biller(claim), because=" ", rule="DX205")
    with pytest.raises(ValueError, match="reason"):
        hold([claim.pk], biller(claim), "")


# --- holding --------------------------------------------------------------------------------------------------


def test_a_hold_stays_through_a_check_until_it_is_taken_off(inside: Clinic) -> None:
    claim = claim_of("V001")
    assert claim.status == "ready"
    assert [one.pk for one in hold([claim.pk], biller(claim), "waits for the card")] == [claim.pk]
    assert hold([claim.pk], biller(claim), "again") == []
    recheck(inside, [claim.pk], biller(claim))
    held = claim_of("V001")
    assert (held.status, held.hold_reason) == ("on_hold", "waits for the card")
    [off] = stop_holding(inside, [claim.pk], biller(claim))
    assert (off.claim.status, off.claim.hold_reason) == ("ready", "")
    assert [event.action for event in claim_of("V001").events.all()] == ["built", "held", "checked", "checked"]
