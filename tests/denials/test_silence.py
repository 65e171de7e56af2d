"""How long an answer is waited for: the payer's own lag, within bounds, or what the clinic has chosen."""

from __future__ import annotations

import pytest

from cleanclaim.denials.silence import Patience, patience_of
from cleanclaim.reference import denials


def test_until_enough_answers_are_known_the_figure_holds() -> None:
    assert patience_of([3] * 19) == Patience(30, "30 days, as fewer than 20 of its answers are known")
    assert patience_of([]) == patience_of([50] * 19)


@pytest.mark.parametrize(
    ("lags", "days", "words"),
    [
        # 95 of 100 of twenty answers are nineteen: the one that came last does not count.
        ([18] * 19 + [80], 18, "19 of its 20 answers came within 18 days"),
        ([18] * 18 + [25, 80], 25, "19 of its 20 answers came within 25 days"),
        (list(range(40, 0, -1)), 38, "38 of its 40 answers came within 38 days"),
        # Twenty-one times 95 of 100 are 19.95: twenty answers have to have come.
        ([14] * 19 + [33, 90], 33, "20 of its 21 answers came within 33 days"),
        ([14] * 20, 14, "19 of its 20 answers came within 14 days"),
        ([13] * 20, 14, "19 of its 20 answers came within 13 days, and nobody is asked before 14"),
        ([60] * 20, 60, "19 of its 20 answers came within 60 days"),
        ([61] * 20, 60, "19 of its 20 answers came within 61 days, and nobody is waited for longer than 60"),
    ],
)
def test_the_payers_own_lag_decides(lags: list[int], days: int, words: str) -> None:
    assert patience_of(lags) == Patience(days, words)


def test_what_the_clinic_has_chosen_holds_for_any_payer() -> None:
    assert patience_of([3] * 40, 21) == patience_of([], 21) == Patience(21, "the clinic waits 21 days for any payer")


def test_the_figures_are_in_order() -> None:
    figures = denials.figures()
    assert figures.lag_least_days <= figures.unanswered_days <= figures.lag_most_days
