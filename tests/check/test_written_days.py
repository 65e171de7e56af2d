"""A day is told to people as they read it, and to programs as it is kept."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.check.findings import Finding
from cleanclaim.dates import with_written_days, written, written_month


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 1, 1), "Jan 1, 2026"), (date(2026, 9, 25), "Sep 25, 2026"), (date(2026, 12, 31), "Dec 31, 2026")],
)
def test_a_day_in_words(day: date, words: str) -> None:
    assert written(day) == words
    assert with_written_days(f"due on {day.isoformat()}.") == f"due on {words}."


@pytest.mark.parametrize(("day", "words"), [(date(2026, 1, 31), "Jan 2026"), (date(2025, 12, 1), "Dec 2025")])
def test_a_month_in_words(day: date, words: str) -> None:
    assert written_month(day) == words


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-13-01", "claim P7-2026-03-04", "claim 2026-03-04-1", "12026-03-04", "2026-03-041", "no day"],
)
def test_what_is_no_day_by_itself_stays(text: str) -> None:
    assert with_written_days(text) == text


def test_a_finding_tells_people_one_thing_and_programs_another() -> None:
    finding = Finding("PC201", "x", "advice", "claims", 0, 0, "claim", "not certified by 2026-03-05, (2026-03-04)")
    assert finding.said == "not certified by Mar 5, 2026, (Mar 4, 2026)"
    assert finding.message == "not certified by 2026-03-05, (2026-03-04)"
