"""How long an answer is waited for before somebody asks: as long as the payer usually takes, by its own answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleanclaim.reference import denials

_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many days after filing nobody asks, and in words why so many."""

    days: int
    words: str


def patience_of(lags: Sequence[int], chosen: int | None = None) -> Patience:
    """How long the answers of one payer are waited for.

    Args:
        lags: days from filing to the first answer, of each of its answered claims.
        chosen: the clinic's own number of days for every payer; `None` where each payer's lag decides.
    """
    figures = denials.figures()
    if chosen is not None:
        return Patience(chosen, f"the clinic waits {chosen} days for any payer")
    if len(lags) < figures.lag_answers:
        words = f"{figures.unanswered_days} days, as fewer than {figures.lag_answers} of its answers are known"
        return Patience(figures.unanswered_days, words)
    # The nearest rank: the smallest lag within which so many of a hundred answers had come.
    place = -(-len(lags) * figures.lag_percent // _HUNDRED)
    usual = sorted(lags)[place - 1]
    words = f"{place} of its {len(lags)} answers came within {usual} days"
    days = min(max(usual, figures.lag_least_days), figures.lag_most_days)
    if days > usual:
        words += f", and nobody is asked before {days}"
    elif days < usual:
        words += f", and nobody is waited for longer than {days}"
    return Patience(days, words)
