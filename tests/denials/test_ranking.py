"""The order of the worklist, and whether our checks saw a denial coming."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cleanclaim.denials.prediction import FiledFinding, Foresight, prediction_of
from cleanclaim.denials.ranking import History, likelihood, rank, weight
from cleanclaim.denials.refused import Denial, Reason
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference.denials import Chance
from cleanclaim.remittance.matching import KnownLine

TODAY = date(2026, 9, 25)


@pytest.mark.parametrize(("days", "expected"), [(-1, 0), (0, 4), (7, 4), (8, 2), (30, 2), (31, 1), (300, 1)])
def test_nearness(days: int, expected: int) -> None:
    assert weight(TODAY + timedelta(days=days), TODAY) == expected


def test_an_unknown_deadline_may_be_near() -> None:
    assert weight(None, TODAY) == 2


def test_dollars_times_chance_times_nearness() -> None:
    assert rank(10_000, 75, TODAY, TODAY) == 3_000_000
    assert rank(10_000, 0, TODAY, TODAY) == 0
    assert rank(-5, 75, TODAY, TODAY) == 0


def test_the_own_history_decides_from_twenty_answers_on() -> None:
    graded = likelihood(Chance.FAIR, History(19, 100_000, 100_000))
    assert (graded.points, graded.is_own) == (45, False)
    assert "not measured" in graded.basis
    own = likelihood(Chance.FAIR, History(20, 100_000, 83_333))
    assert (own.points, own.is_own) == (83, True)
    assert "20 settled denials" in own.basis
    assert likelihood(Chance.GOOD, None).points == 75
    assert likelihood(Chance.GOOD, History(20, 0, 0)).points == 75


def denial(carc: str, *remarks: str) -> Denial:
    """A refused second line."""
    line = KnownLine("c:p:2", "p-2", "97110", ("GP",), 2, 14_000, TODAY)
    return Denial(line, (Reason(AdjustmentGroup.CONTRACTUAL, carc, remarks, 14_000),))


@pytest.mark.parametrize(
    ("rule", "place", "expected"),
    [
        ("MD101", "line 2", Foresight.FORESEEN),
        ("MD101", "claim", Foresight.FORESEEN),
        ("MD101", "line 1", Foresight.UNFORESEEN),
        ("UN101", "line 2", Foresight.UNFORESEEN),
    ],
)
def test_foreseen_is_by_rule_and_place(rule: str, place: str, expected: Foresight) -> None:
    found = prediction_of(denial("4", "N822"), [FiledFinding(rule, place)], "commercial")
    assert found.foresight is expected
    assert found.rules == (("MD101",) if expected is Foresight.FORESEEN else ())


def test_some_denials_no_rule_speaks_of() -> None:
    assert prediction_of(denial("252"), [FiledFinding("MD101", "line 2")], None).foresight is Foresight.NO_RULE
