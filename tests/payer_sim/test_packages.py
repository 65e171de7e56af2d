"""Lines that are paid as one under another code, and services that come again as they were denied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanclaim.payer_sim import Memory
from tests.payer_sim.claim_files import Claim, Line, cuts, lines, run

COMPENSATION = Claim(indicator="WC", member="WC5550101", authorization="A1")
EXERCISE, BALANCE = Line("97110", charge=8_000), Line("97112", charge=8_400)


def test_two_lines_are_paid_as_one_under_another_code() -> None:
    first, second = lines(replace(COMPENSATION, lines=(EXERCISE, BALANCE)))
    assert [(line.code, line.billed_code, line.billed_modifiers) for line in (first, second)] == [
        ("97799", "97110", ("GP",)),
        ("97799", "97112", ("GP",)),
    ]
    # The rate of the visit is above the charge of the line that carries it.
    assert (first.paid_cents, cuts(first), first.allowed_cents) == (14_000, {"CO-94": -6_000}, 14_000)
    assert (second.paid_cents, cuts(second), second.remarks) == (0, {"CO-97": 8_400}, ("M15",))
    assert (first.gap_cents, second.gap_cents) == (0, 0)


@pytest.mark.parametrize(
    ("charges", "paid", "cut"),
    [
        ((14_001, 8_400), 14_000, {"CO-45": 1}),
        ((14_000, 8_400), 14_000, {}),
        ((13_999, 8_400), 14_000, {"CO-94": -1}),
        # Never more than all lines charge.
        ((6_000, 7_000), 13_000, {"CO-94": -7_000}),
    ],
)
def test_a_rate_is_told_against_the_first_charge_and_never_above_all(
    charges: tuple[int, int], paid: int, cut: dict[str, int]
) -> None:
    first, second = lines(
        replace(COMPENSATION, lines=(replace(EXERCISE, charge=charges[0]), replace(BALANCE, charge=charges[1])))
    )
    assert (first.paid_cents, cuts(first)) == (paid, cut)
    assert cuts(second) == {"CO-97": charges[1]}


@pytest.mark.parametrize(
    "claim",
    [
        replace(COMPENSATION, lines=(EXERCISE, replace(EXERCISE, units=2, charge=16_000))),
        replace(COMPENSATION, lines=(EXERCISE, Line("97530", charge=9_000))),
        replace(COMPENSATION, lines=(EXERCISE, replace(BALANCE, day=EXERCISE.day.replace(day=3)))),
        Claim(lines=(EXERCISE, BALANCE)),
    ],
)
def test_what_is_no_package_is_paid_line_by_line(claim: Claim) -> None:
    assert [line.billed_code for line in lines(claim)] == ["", ""]


def test_a_line_of_a_package_is_not_paid_again() -> None:
    memory = Memory(seed=1, scenario="none")
    run(replace(COMPENSATION, lines=(EXERCISE, BALANCE)), memory=memory)
    (again,) = lines(replace(COMPENSATION, id="C2", lines=(BALANCE,)), memory=memory, number=2)
    assert cuts(again) == {"OA-18": 8_400}


# --- the same again -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (Claim(id="C2", lines=(Line(modifiers=()),)), "OA-18"),
        # The second of a pair, and now with a modifier that says it was distinct.
        (Claim(id="C2", lines=(Line(modifiers=("GP",)),)), "PR-1"),
        (Claim(id="C2", lines=(Line(modifiers=()),), diagnosis="M25662"), "CO-4"),
    ],
)
def test_a_denied_service_that_comes_again_as_it_was_is_a_duplicate(claim: Claim, reason: str) -> None:
    memory = Memory(seed=1, scenario="none")
    (first,) = lines(Claim(lines=(Line(modifiers=()),)), memory=memory)
    assert cuts(first) == {"CO-4": 7_800}
    (again,) = lines(claim, memory=memory, number=2)
    assert reason in cuts(again)


def test_what_was_not_decided_may_come_again_as_it_was() -> None:
    memory = Memory(seed=1, scenario="none")
    (first,) = lines(Claim(frequency="7"), memory=memory)
    assert (cuts(first), first.remarks) == ({"CO-16": 7_800}, ("MA130",))
    (again,) = lines(Claim(id="C2"), memory=memory, number=2)
    assert "OA-18" not in cuts(again)
