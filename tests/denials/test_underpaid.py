"""Paid less than it is worth: by the arithmetic of the remittance, never by its cuts that our price has in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cleanclaim.denials.refused import Answered
from cleanclaim.denials.underpaid import Expected, Step, in_force, is_small, underpaid
from tests.denials.answered import adjusted, answer, line

FIRST, SECOND = "c1:V001:1", "c1:V001:2"
WORTH = {FIRST: Expected(6_000, 4_704), SECOND: Expected(2_800, None)}


def said(allowed: int, *, cut: int = 0, withheld: int = 96, **more: Any) -> Answered:
    """The first line allowed so much: a fifth is the patient's, sequestration comes off; the second is paid well."""
    patient = allowed // 5
    items = [adjusted("CO", "45", 14_000 - allowed - cut), adjusted("PR", "2", patient)]
    items += [adjusted("CO", "59", cut)] if cut else []
    items += [adjusted("CO", "253", withheld)] if withheld else []
    first = line(1, allowed - patient - withheld, *items, **more)
    return answer(first, line(2, 2_800, adjusted("CO", "45", 4_200)))


# Two units: the payer may round each by itself.
@pytest.mark.parametrize(("allowed", "short"), [(6_000, 0), (5_998, 0), (5_997, 3), (5_500, 500), (7_000, 0)])
def test_allowed_less_than_it_is_worth(allowed: int, short: int) -> None:
    found = underpaid([said(allowed)], WORTH)
    assert [one.short_cents for one in found] == ([short] if short else [])


@pytest.mark.parametrize("status", ["1", "4"])
def test_a_charge_that_the_fee_schedule_takes_whole_was_allowed_nothing(status: str) -> None:
    second = line(2, 2_800, adjusted("CO", "45", 4_200))
    (found,) = underpaid([answer(line(1, 0, adjusted("CO", "45", 14_000)), second, status=status)], WORTH)
    assert (found.line.key, found.allowed_cents, found.short_cents) == (FIRST, 0, 6_000)
    assert found.steps[1:] == (
        Step("over the fee schedule or contract", -14_000), Step("allowed by the payer", 0), Step("paid", 0),
    )  # fmt: skip
    # What an earlier payer settled, and what was refused, is not short.
    for reason in (("OA", "23"), ("CO", "50")):
        assert underpaid([answer(line(1, 0, adjusted(*reason, 14_000)), second, status=status)], WORTH) == []


def test_the_arithmetic_adds_up() -> None:
    (found,) = underpaid([said(5_500, cut=300)], WORTH)
    assert found.steps == (
        Step("charge", 14_000),
        Step("multiple-procedure reduction", -300),
        Step("over the fee schedule or contract", -8_200),
        Step("allowed by the payer", 5_500),
        Step("the patient's share", -1_100),
        Step("sequestration", -96),
        Step("paid", 4_304),
    )
    assert (found.expected_cents, found.allowed_cents, found.payment_short_cents) == (6_000, 5_500, 400)


def test_what_a_federal_program_takes_or_adds_is_not_what_is_allowed() -> None:
    def with_program(allowed: int, reason: str, cents: int) -> Answered:
        patient = allowed // 5
        items = [adjusted("CO", "45", 14_000 - allowed), adjusted("CO", reason, cents), adjusted("PR", "2", patient)]
        return answer(line(1, allowed - patient - cents, *items), line(2, 2_800, adjusted("CO", "45", 4_200)))

    assert underpaid([with_program(6_000, "237", 400), with_program(6_000, "144", -90)], WORTH) == []
    (found,) = underpaid([with_program(5_500, "237", 400)], WORTH)
    assert (found.allowed_cents, found.steps[-2]) == (5_500, Step("penalty of a federal program", -400))
    # A bonus does not hide what was allowed too little.
    (found,) = underpaid([with_program(5_500, "144", -600)], WORTH)
    assert (found.allowed_cents, found.steps[-2]) == (5_500, Step("incentive", 600))


def test_the_reduction_for_several_procedures_is_in_our_price() -> None:
    assert underpaid([said(6_000, cut=700)], WORTH) == []


def test_a_payer_may_state_what_it_allows_before_the_reduction() -> None:
    assert underpaid([said(6_000, cut=700, allowed_cents=6_700)], WORTH) == []
    (found,) = underpaid([said(5_000, cut=700, allowed_cents=5_700)], WORTH)
    assert found.allowed_cents == 5_000


def test_an_assistants_line_is_judged_only_where_the_payer_states_what_it_allows() -> None:
    assert underpaid([assisted(said(5_000))], WORTH) == []
    assert underpaid([assisted(said(5_100, allowed_cents=6_000))], WORTH) == []
    (found,) = underpaid([assisted(said(4_250, allowed_cents=5_000))], WORTH)
    assert (found.allowed_cents, found.steps[-2]) == (5_000, Step("assistant's reduction", -750))


def assisted(answered: Answered) -> Answered:
    """The same with the first line filed as an assistant's."""
    first, second = answered.lines
    return replace(answered, lines=(replace(first, modifiers=("CQ", "GP")), second))


def test_nothing_is_said_of_a_line_without_a_price_a_refused_line_or_another_payers_rest() -> None:
    assert underpaid([said(5_500)], {}) == []
    assert underpaid([said(5_500)], {FIRST: Expected(None, None)}) == []
    refused = answer(
        line(1, 1_000, adjusted("CO", "45", 8_000), adjusted("CO", "151", 5_000)),
        line(2, 2_800, adjusted("CO", "45", 4_200)),
    )
    assert underpaid([refused], WORTH) == []
    second = said(5_500)
    later = replace(second, answer=second.answer.model_copy(update={"status": "2"}))
    assert underpaid([later], WORTH) == []


@pytest.mark.parametrize(
    ("short", "due", "small"),
    [(99, 1_981, True), (99, 1_980, False), (100, 90_000, False), (99, 90_000, True), (1, 20, False), (1, 21, True)],
)
def test_short_by_little_is_below_the_amount_and_below_the_percentage(short: int, due: int, small: object) -> None:
    assert is_small(short, due, below_cents=100, below_percent=5) is small


def test_a_threshold_of_nothing_lists_every_line() -> None:
    assert not is_small(1, 90_000, below_cents=0, below_percent=5)
    assert not is_small(1, 90_000, below_cents=100, below_percent=0)


def test_never_more_than_the_charge() -> None:
    assert underpaid([said(14_000, withheld=0)], {FIRST: Expected(20_000, None)}) == []


def test_the_last_answer_that_was_not_taken_back_is_in_force() -> None:
    first, second = said(5_500), said(6_000)
    back = replace(first, answer=first.answer.model_copy(update={"status": "22"}))
    assert in_force([first, back]) is None
    assert in_force([first, back, second]) is second
    assert underpaid([first, back, second], WORTH) == []
