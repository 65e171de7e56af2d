"""Minutes and clock times in free text: what counts, and what looks alike and does not."""

from __future__ import annotations

from datetime import time

import pytest

from cleanclaim.coding.durations import clock, durations, in_figures, minutes_between


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("x 15 min", [15]),
        ("15 minutes", [15]),
        ("15mins TE, 10 min MT", [15, 10]),
        ("(10')", [10]),
        ("TE x 15'", [15]),
        ("STM 8m", [8]),
        ("fifteen minutes", [15]),
        ("Twenty-three minutes of exercise", [23]),
        ("forty minutes, then thirteen minutes", [40, 13]),
        ("TE x25', MT x12'", [25, 12]),
        ("3x10' each", []),
        ("1005 - 1020: gait", [15]),
        ("10:05-10:20:30", []),
        ("three hours in all, 08:05 to 11:05", [180]),
        ("from 9:00 to 9:15 with glides, 15 minutes", [15]),
        ("9:00-9:15 glides, 20 minutes", [15, 20]),
        ("20 minutes walking: grass and curb", [20]),
        ("6 minute walk 280 m", []),
        ("waist depth for ten minutes today, five last time", []),
        ("sits 25 min (15 last week)", []),
        ("gait 25 min (RW)", [25]),
        ("wore the limb one hour morning and evening", []),
        ("wear one hour twice a day", []),
        ("2 cycles, 2 min each position", []),
        ("sitting an hour 3/10", []),
        ("stood without sway in 10 min", []),
        ("twenty-five minutes", [25]),
        ("1 hour", [60]),
        ("1 hr 15 min", [75]),
        ("1.5 hours", [90]),
        ("half an hour", [30]),
        ("2 x 5 min", [10]),
        ("5 min x 2", [10]),
        ("15 min x 2 units", [15]),
        ("97110 x 23 min", [23]),
        ("97110 23 min", [23]),
        ("0900-0915", [15]),
        ("9:00-9:15", [15]),
        ("9:00 am to 9:45 am", [45]),
        ("11:30-12:15", [45]),
        ("12:30-1:15 pm", [45]),
        ("US 1 MHz 1.2 w/cm2 8 min", [8]),
        ("followed by 10 min MT", [10]),
        # not a duration of treatment
        ("6 min walk test", []),
        ("6-minute walk test", []),
        ("2-minute step test", []),
        ("x2 min A", []),
        ("1 min assist", []),
        ("40 mA min", []),
        ("40 mA-min", []),
        ("8-10 min", []),
        ("8 - 10 min", []),
        ("increased from 8 to 10 min", []),
        ("every 30 min", []),
        ("within 5 minutes", []),
        ("20 min late", []),
        ("10 min ago", []),
        ("30 sec", []),
        ("amb 150'", []),
        ("amb 50' x 2", []),
        ("3x10", []),
        ("10/10", []),
        ("BP 120-130", []),
        ("400 minutes", []),
        ("0 min", []),
        ("30 minutes a day", []),
        ("ROM 0-115", []),
        ("1015-1010", []),
    ],
)
def test_durations(text: str, minutes: list[int]) -> None:
    assert [item.minutes for item in durations(text)] == minutes


def test_a_clock_range_keeps_its_times_and_place() -> None:
    (found,) = durations("seen 1:05-1:30 pm today")
    assert (found.begins, found.ends, found.minutes) == (time(13, 5), time(13, 30), 25)
    assert "seen 1:05-1:30 pm today"[found.start : found.end] == "1:05-1:30 pm"


@pytest.mark.parametrize(
    ("text", "half", "expected"),
    [
        ("9:05", None, time(9, 5)),
        ("0905", None, time(9, 5)),
        ("1:05", "pm", time(13, 5)),
        ("12:05", "am", time(0, 5)),
        ("12:05", "pm", time(12, 5)),
        ("24:00", None, None),
        ("2360", None, None),
    ],
)
def test_clock(text: str, half: str | None, expected: time | None) -> None:
    assert clock(text, half) == expected


def test_minutes_between() -> None:
    assert minutes_between(time(9, 0), time(9, 15)) == 15
    assert minutes_between(time(9, 15), time(9, 15)) is None
    assert minutes_between(time(11, 30), time(1, 15)) == 105
    assert minutes_between(time(8, 0), time(13, 0)) == 300
    assert minutes_between(time(8, 0), time(13, 1)) is None


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("total fifty five minutes", "total 55         minutes"),
        ("forty-two of it", "42        of it"),
        ("one on one", "one on one"),
        ("often two", "often 2  "),
    ],
)
def test_number_words_become_figures_and_places_stay(text: str, figures: str) -> None:
    assert in_figures(text) == figures
    assert len(figures) == len(text)
