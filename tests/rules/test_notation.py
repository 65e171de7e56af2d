"""The claim notation says what is written in it, and leaves unknown what it is told is unknown."""

from __future__ import annotations

import pytest

from cleanclaim.check import Judge
from cleanclaim.rules import book, notation


def done(text: str) -> list[tuple[str | None, int | None]]:
    """Who furnished what the text says or implies, and for how long."""
    services = notation.parse(text).services
    return list(zip(services["by"].to_list(), services["service_minutes"].to_list(), strict=True))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("97110 GP x2 30min", [("PT", 30)]),
        ("97110 GP x2 30min pta=30", [("PTA", 30)]),
        ("97110 GP x2 30min pta=14", [("PT", 16), ("PTA", 14)]),
        ("97110 GP x2 30min pta=14 together=6", [("PT", 10), ("PTA", 14), ("together", 6)]),
        ("97110 GP x2 30min together=30", [("together", 30)]),
        ("97110 GP x2 30min pta=?", [(None, 30)]),
        ("97110 GP x2 30min together=?", [(None, 30)]),
        ("97110 GP x2 ?min", [("PT", None)]),
        ("97110 GP x2 ?min pta=10", [(None, None)]),
        ("97110 GP x1 0min", [("PT", 0)]),
    ],
)
def test_a_line_implies_a_service_for_each_who_treated(
    line: str, expected: list[tuple[str | None, int | None]]
) -> None:
    """Minutes of an assistant are not a therapist's because the visit was not listed."""
    assert done(f"visit 2026-03-04 medicare_b\n  {line}") == expected


def test_minutes_of_an_assistant_decide_the_modifier() -> None:
    """Seven of a therapist and eight of an assistant are a unit of the assistant's; eight and seven are not."""
    judge = Judge([rule for rule in book.active_rules() if rule.code == "MD201"])

    def codes(minutes: int) -> list[str]:
        text = f"visit 2026-03-04 medicare_b\n  97110 GP x1 15min pta={minutes}"
        return [finding.code for finding in judge.judge(notation.parse(text)).findings()]

    assert codes(8) == ["MD201"]
    assert codes(7) == []


def test_shares_above_the_minutes_of_the_line_are_refused() -> None:
    """The message names the line of the text and what was expected."""
    with pytest.raises(notation.NotationError, match=r"line 2.*expected no more than those"):
        notation.parse("visit 2026-03-04 medicare_b\n  97110 GP x2 30min pta=20 together=11")
    assert done("visit 2026-03-04 medicare_b\n  97110 GP x2 30min pta=20 together=10") == [
        ("PTA", 20),
        ("together", 10),
    ]


@pytest.mark.parametrize(
    "where",
    [
        "visit 2026-03-04 medicare_b {0}=?\n  97110 GP x2 30min",
        "visit 2026-03-04 medicare_b\n  97110 GP x2 30min\n  set {0} = ?",
    ],
)
@pytest.mark.parametrize("column", ["total_timed_minutes_noted", "total_treatment_minutes_noted", "total_charge_cents"])
def test_a_total_said_to_be_unknown_is_not_filled_in(where: str, column: str) -> None:
    """Said nothing of, a total is what an ordinary note states; said to be unknown, it is unknown."""
    assert notation.parse(where.format(column)).claims[column].to_list() == [None]
    ordinary = notation.parse("visit 2026-03-04 medicare_b\n  97110 GP x2 30min").claims
    assert ordinary[column].to_list() == [24_000 if column == "total_charge_cents" else 30]
