"""An answer finds its claim and lines by numbers or by content, and none rather than a wrong one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cleanclaim.records.remittance import RemittedClaim, RemittedLine
from cleanclaim.remittance.matching import ClaimIndex, FoundBy, KnownClaim, KnownLine, Match, Unmatched, match_lines

DAY = date(2026, 9, 21)
FIRST = KnownLine("k1", "V001-1", "97110", ("GP",), 2, 14_000, DAY)
SECOND = KnownLine("k2", "V001-2", "97140", ("GP", "59"), 1, 7_000, DAY)
CLAIM = KnownClaim("c1", "V001", (FIRST, SECOND), family_name="O'Brien-Nuñez", member_id="SYN 123")


def line(code: str = "97110", charge: int = 14_000, **more: Any) -> RemittedLine:
    fields: dict[str, Any] = {"modifiers": ("GP",), "units": 1, "date_of_service": DAY} | more
    return RemittedLine(segment=9, code=code, charge_cents=charge, paid_cents=0, **fields)


def answer(*lines: RemittedLine, **more: Any) -> RemittedClaim:
    fields: dict[str, Any] = {"control_number": "V001", "status": "1", "charge_cents": 21_000, "begins_on": DAY} | more
    return RemittedClaim(segment=5, paid_cents=0, lines=lines, **fields)


WHOLE = (line(), line("97140", 7_000, modifiers=("GP", "59")))


def found(claims: list[KnownClaim], said: RemittedClaim) -> Match | Unmatched:
    return ClaimIndex.of(claims).find(said)


def test_by_our_number() -> None:
    match = found([CLAIM], answer(*WHOLE, control_number="v001"))
    assert match == Match(CLAIM, FoundBy.CONTROL_NUMBER, ("k1", "k2"))


def test_by_the_payers_number_where_ours_was_lost() -> None:
    known = replace(CLAIM, payer_control_numbers=("PCN1",))
    match = found([known], answer(*WHOLE, control_number="0", payer_control_number="pcn1"))
    assert isinstance(match, Match)
    assert match.by is FoundBy.PAYER_CONTROL_NUMBER


def test_a_further_claim_of_a_number_is_seen_although_an_answer_was_found_before() -> None:
    index, said = ClaimIndex.of([CLAIM]), answer(*WHOLE)
    assert index.find(said) == index.find(said) == Match(CLAIM, FoundBy.CONTROL_NUMBER, ("k1", "k2"))
    index.add(replace(CLAIM, key="c2", control_number="v001"))
    assert index.find(said) == Unmatched("2 claims have its control number")


def test_answers_alike_are_found_each_for_itself() -> None:
    index = ClaimIndex.of([CLAIM])
    second = line("97140", 7_000, modifiers=("GP", "59"))
    assert index.find(answer(line(), second)) == Match(CLAIM, FoundBy.CONTROL_NUMBER, ("k1", "k2"))
    assert index.find(answer(second, line())) == Match(CLAIM, FoundBy.CONTROL_NUMBER, ("k2", "k1"))


@pytest.mark.parametrize(
    ("named", "is_found"),
    [
        ({"member_id": "syn123"}, True),
        ({"member_id": "SYN124", "family_name": "O'Brien-Nuñez"}, False),
        ({"family_name": "OBRIEN NUNEZ"}, False),
        ({"family_name": "O'BRIEN-NUÑEZ"}, True),
        ({"family_name": "OBRIEN"}, False),
        ({}, False),
    ],
)
def test_by_content_where_no_number_helps(named: dict[str, str], *, is_found: bool) -> None:
    match = found([CLAIM], answer(*WHOLE, control_number="?", **named))
    assert isinstance(match, Match) == is_found
    if isinstance(match, Match):
        assert (match.by, match.lines) == (FoundBy.CONTENT, ("k1", "k2"))


def test_twins_are_not_guessed_between() -> None:
    twin = replace(CLAIM, key="c2", control_number="V002")
    match = found([CLAIM, twin], answer(*WHOLE, control_number="?", member_id="SYN123"))
    assert match == Unmatched("2 claims have its patient, day, codes and charge")
    again = replace(CLAIM, key="c3")
    assert found([CLAIM, again], answer(*WHOLE)) == Unmatched("2 claims have its control number")


def test_a_number_alone_is_not_believed() -> None:
    assert found([CLAIM], answer(*WHOLE, charge_cents=21_001)) == Unmatched(
        "the claim with its number was charged otherwise"
    )
    other = (line("97530"), line("97140", 7_000, modifiers=("GP", "59")))
    assert found([CLAIM], answer(*other)) == Unmatched("its lines are not those of the claim with its number")
    assert found([], answer(*WHOLE)) == Unmatched("no claim has its numbers, nor its patient, day, codes and charge")


def test_a_reversal_finds_its_claim_by_its_turned_charges() -> None:
    turned = tuple(one.model_copy(update={"charge_cents": -one.charge_cents}) for one in WHOLE)
    match = found([CLAIM], answer(*turned, status="22", charge_cents=-21_000))
    assert isinstance(match, Match)
    assert match.lines == ("k1", "k2")


# --- lines ---


def keys(*lines: RemittedLine, own: tuple[KnownLine, ...] = (FIRST, SECOND)) -> tuple[str, ...] | None:
    return match_lines(replace(CLAIM, lines=own), answer(*lines))


def test_a_claim_that_is_answered_as_a_whole_has_no_lines() -> None:
    assert keys() == ()


def test_our_line_number_decides_whatever_the_payer_calls_the_service() -> None:
    changed = line("97530", 14_000, control_number="V001-1"), line("97112", 7_000, control_number="V001-2")
    assert keys(*changed) == ("k1", "k2")
    assert keys(*reversed(changed)) == ("k2", "k1")


def test_modifiers_in_another_order_or_lost_still_match() -> None:
    assert keys(line(), line("97140", 7_000, modifiers=("59", "GP"))) == ("k1", "k2")
    assert keys(line(modifiers=()), line("97140", 7_000, modifiers=())) == ("k1", "k2")


def test_modifiers_tell_two_lines_of_one_code_apart() -> None:
    """Some readers forget modifiers, and pay the assistant's line with the therapist's money."""
    own = (replace(FIRST, key="pt"), replace(FIRST, key="pta", control_number="V001-3", modifiers=("GP", "CQ")))
    said = line(modifiers=("GP", "CQ")), line(modifiers=("GP",))
    assert keys(*said, own=own) == ("pta", "pt")


def test_a_changed_code_is_found_by_what_was_billed() -> None:
    changed = line("97535", 14_000, billed_code="97110", billed_modifiers=("GP",)), WHOLE[1]
    assert keys(*changed) == ("k1", "k2")


def test_split_units_together_answer_one_line() -> None:
    halves = line(charge=7_000), line(charge=7_000)
    assert keys(*halves, WHOLE[1]) == ("k1", "k1", "k2")
    assert keys(line(charge=7_000), line(charge=6_999), WHOLE[1]) is None


def test_a_line_that_nobody_answered_or_nobody_filed_is_no_match() -> None:
    assert keys(WHOLE[0]) is None
    assert keys(*WHOLE, line("97035", 0)) is None


def test_another_day_is_another_line() -> None:
    later = date(2026, 9, 23)
    own = (replace(FIRST, key="mon"), replace(FIRST, key="wed", date_of_service=later))
    assert keys(line(date_of_service=later), line(), own=own) == ("wed", "mon")
    assert keys(line(date_of_service=None), line(date_of_service=later), own=own) == ("mon", "wed")
