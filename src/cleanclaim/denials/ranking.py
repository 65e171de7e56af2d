"""In which order denials are worked: dollars × chance × nearness of the deadline.

The chance is a named grade of the file, or the clinic's own history with the payer and reason where that holds enough
answers. Points are for the order alone; no percentage of a grade is ever shown as a fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.money import divide
from cleanclaim.reference import denials
from cleanclaim.reference.denials import Chance

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class History:
    """What came of earlier denials of one payer for one reason, all of them settled: how many, denied and won cents."""

    answers: int
    denied_cents: int
    won_cents: int


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely the money is to come, in points of 100, and what that rests on in words."""

    points: int
    basis: str
    is_own: bool


def likelihood(chance: Chance, history: History | None) -> Likelihood:
    """The points of a grade, or of the clinic's own history where it holds enough settled denials."""
    least = denials.figures().own_answers
    if history is not None and history.answers >= least and history.denied_cents > 0:
        points = min(max(divide(history.won_cents * _WHOLE, history.denied_cents), 0), _WHOLE)
        told = f"your own {history.answers} settled denials of this payer and reason: {points} of 100 dollars came"
        return Likelihood(points, told, is_own=True)
    found = denials.grade(chance)
    return Likelihood(found.points, f"{found.label}: our grading of the trade's experience, not measured", is_own=False)


def weight(due_on: date | None, today: date) -> int:
    """How much the nearness of the deadline makes of a claim; 0 where the day is past."""
    figures = denials.figures()
    if due_on is None:
        return figures.weight_unknown
    left = (due_on - today).days
    if left < 0:
        return 0
    return next((weight for days, weight in figures.nearness if left <= days), figures.weight_later)


def rank(cents: int, points: int, due_on: date | None, today: date) -> int:
    """What comes first: the larger number."""
    return max(cents, 0) * points * weight(due_on, today)
