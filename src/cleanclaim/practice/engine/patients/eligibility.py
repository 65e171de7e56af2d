"""What eligibility answers say: which holds on a day, and what Medicare's answers mean for a clinic.

An answer holds for the month it was given in. Coverage is asked about anew each month; what was true in another month
is not known to be true still, and counts as not asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cleanclaim.practice.engine.patients.front_desk import medicare_questions
from cleanclaim.practice.models import Coverage, EligibilityAnswer
from cleanclaim.records import CoverageOrder
from cleanclaim.sources import Source


class Answered(StrEnum):
    """How one of Medicare's questions stands."""

    GOOD = "good"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MedicareFact:
    """One thing that Medicare must be asked: how it stands, what it means, what to do, and who says so."""

    name: str
    label: str
    standing: Answered
    meaning: str
    fix: str
    source: Source


def answer_on(answers: Iterable[EligibilityAnswer], day: date) -> EligibilityAnswer | None:
    """The latest answer given in the month of that day; `None` where nobody asked in it."""
    own = [one for one in answers if (one.asked_on.year, one.asked_on.month) == (day.year, day.month)]
    return max(own, key=lambda one: (one.asked_on, one.created_at), default=None)


def told_on(answers: Iterable[EligibilityAnswer], field: str, day: date) -> Any:  # noqa: ANN401 - the field's own
    """What the latest answer of the month that says anything of a field says of it; `None` where none does."""
    own = answer_on((one for one in answers if getattr(one, field) is not None), day)
    return None if own is None else getattr(own, field)


def medicare_facts(coverage: Coverage, answers: Iterable[EligibilityAnswer], day: date) -> list[MedicareFact]:
    """What is known on that day of a patient's standing with Medicare, in the order in which it is asked.

    Each question is answered by the latest answer of the month that says something of it.
    """
    told = list(answers)
    found = []
    for question in medicare_questions():
        is_bad = told_on(told, question.name, day)
        standing, meaning = Answered.UNKNOWN, "Nobody has asked this month."
        if is_bad is False:
            standing, meaning = Answered.GOOD, question.good
        elif is_bad and question.settled and coverage.order != CoverageOrder.PRIMARY.value:
            standing, meaning = Answered.GOOD, question.settled
        elif is_bad:
            standing, meaning = Answered.PROBLEM, question.bad
        fix = question.fix if standing is Answered.PROBLEM else ""
        found.append(MedicareFact(question.name, question.label, standing, meaning, fix, question.source))
    return found
