"""One day in plain Python: counts with their reasons, methods compared, billed units judged, assistants split."""

from __future__ import annotations

import doctest
import importlib
from datetime import date
from typing import Any

import pytest

from cleanclaim.units.assistants import AssistantMethod
from cleanclaim.units.counting import Tie, UnitMethod, compare_methods, count_units
from cleanclaim.units.judging import Verdict, judge_billed
from cleanclaim.units.service_table import ServiceTableError
from cleanclaim.units.splitting import Hands, split_assistant

EIGHT, MIDPOINT = UnitMethod.EIGHT_MINUTE, UnitMethod.MIDPOINT
TIMED = {"97110", "97112", "97116", "97140", "97035", "97530"}
NOW = date(2026, 3, 4)


@pytest.mark.parametrize("name", ["counting", "judging", "splitting", "own_basis", "wording"])
def test_examples_in_docstrings(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"cleanclaim.units.{name}"))
    assert result.failed == 0
    assert result.attempted > 0


def test_the_reference_says_which_codes_are_timed() -> None:
    day = count_units({"97110": 23, "97161": 30, "97150": 20})
    assert day.units == {"97110": 2, "97161": 1, "97150": 1}
    unlisted = count_units({"97110": 23, "00000": 5})
    assert unlisted.units == {"97110": None, "00000": None}
    assert unlisted.explanation == "No data on timed units: whether 00000 counts by 15 minutes is unknown"


@pytest.mark.parametrize(
    ("minutes", "method", "explanation"),
    [
        (
            {"97110": 23, "97140": 15},
            EIGHT,
            "38 timed minutes support 3 units: 97110 takes 2 (23 min), 97140 takes 1 (15 min)",
        ),
        (
            {"97110": 18, "97140": 13, "97116": 10, "97035": 8},
            EIGHT,
            (
                "49 timed minutes support 3 units: 97110 takes 1 (18 min), 97140 takes 1 (13 min), 97116 takes 1 (10 min), "
                "97035 takes none (8 min)"
            ),
        ),
        ({"97110": 1}, EIGHT, "1 timed minute supports no units: 97110 takes none (1 min)"),
        ({"97110": 8}, EIGHT, "8 timed minutes support 1 unit: 97110 takes 1 (8 min)"),
        (
            {"97112": 24, "97110": 23},
            MIDPOINT,
            "Each code counts alone: 97112 takes 2 (24 min), 97110 takes 2 (23 min), 4 units in all",
        ),
        ({"97161": 40}, EIGHT, "No 15-minute code; 97161 is untimed, 1 unit each"),
        (
            {"97110": 15, "97161": None, "97150": 30},
            EIGHT,
            "15 timed minutes support 1 unit: 97110 takes 1 (15 min); 97161 and 97150 are untimed, 1 unit each",
        ),
        (
            {"97110": None, "97140": None},
            MIDPOINT,
            "No data on timed units: the minutes of 97110 and 97140 are unknown",
        ),
        ({}, EIGHT, "No 15-minute code"),
    ],
)
def test_explanations(minutes: dict[str, int | None], method: UnitMethod, explanation: str) -> None:
    assert count_units(minutes, method, timed=TIMED).explanation == explanation


def test_own_blocks_are_explained() -> None:
    day = count_units({"97545": 121, "97110": 8})
    assert day.units == {"97545": 1, "97110": 1}
    assert day.explanation == (
        "8 timed minutes support 1 unit: 97110 takes 1 (8 min); 97545 counts by blocks of its own, 1 unit"
    )
    assert (
        count_units({"97545": None}).explanation
        == "No 15-minute code; 97545 counts by blocks of its own, units unknown"
    )


@pytest.mark.parametrize(
    ("minutes", "prefer", "notes"),
    [
        ({"97110": 24, "97112": 23}, (), ()),
        (
            {"97110": 33, "97140": 7},
            (),
            ("97140's 7 minutes ride on the pool: they are under 8, and the day's total supports the unit",),
        ),
        (
            {"97112": 20, "97110": 20},
            (),
            (
                (
                    "97112 and 97110 tie at 5 remaining minutes for 1 unit: 97112 takes it; no choice is stored, so the "
                    "order of the services decides; the therapist may choose otherwise"
                ),
                "97112's last 5 minutes ride on the pool: they are under 8, and the day's total supports the unit",
            ),
        ),
        (
            {"97140": 14, "97530": 14, "97116": 14, "97110": 9},
            (),
            ("97110's 9 minutes take no unit: other codes come first; they stay in the day's total, so document them",),
        ),
        (
            {"97110": 22, "97140": 1},
            (),
            (
                (
                    "97110 takes 2 units with 22 minutes, held up by minutes of codes that take none: a person should look "
                    "before it is billed"
                ),
            ),
        ),
        (
            {"97112": 8, "97110": 8},
            ("97110", "97112"),
            (
                "97112 and 97110 tie at 8 remaining minutes for 1 unit: 97110 takes it; the stored choice decides",
                "97112's 8 minutes take no unit: other codes come first; they stay in the day's total, so document them",
            ),
        ),
    ],
)
def test_notes(minutes: dict[str, int | None], prefer: tuple[str, ...], notes: tuple[str, ...]) -> None:
    assert count_units(minutes, timed=TIMED, prefer=prefer).notes == notes
    assert count_units(minutes, MIDPOINT, timed=TIMED, prefer=prefer).notes == ()


def test_ties_are_listed() -> None:
    minutes = {"97112": 10, "97110": 10, "97140": 10}
    open_tie = Tie(("97112", "97110", "97140"), ("97112", "97110"), remaining_minutes=10, is_open=True)
    assert count_units(minutes, timed=TIMED).ties == (open_tie,)
    chosen = Tie(("97112", "97110", "97140"), ("97110", "97140"), remaining_minutes=10, is_open=False)
    assert count_units(minutes, timed=TIMED, prefer=["97140", "97110"]).ties == (chosen,)


def test_timed_may_be_a_function_that_does_not_know() -> None:
    day = count_units({"97110": 20, "X": 3}, timed=lambda code: True if code == "97110" else None)
    assert day.units == {"97110": None, "X": None}
    assert (day.supported_units, day.timed_minutes) == (None, None)


@pytest.mark.parametrize("value", [-1, 7.5, "8", True])
def test_minutes_that_are_no_whole_number_are_refused(value: Any) -> None:
    with pytest.raises(
        ServiceTableError, match=r"97110: minutes are .*; expected a whole number of 0 or more, or None"
    ):
        count_units({"97110": value}, timed=TIMED)
    with pytest.raises(ServiceTableError, match=r"97110: assistant minutes are"):
        split_assistant({"97110": Hands(assistant=value)}, on=NOW, timed=TIMED)
    with pytest.raises(ServiceTableError, match=r"97110: billed"):
        judge_billed({"97110": value}, {"97110": 8}, timed=TIMED)


def test_methods_compared() -> None:
    same = compare_methods({"97110": 23, "97140": 10}, timed=TIMED)
    assert (same.agree, same.larger_supported) == (False, 3)
    agree = compare_methods({"97110": 30, "97140": 10}, timed=TIMED)
    assert (agree.agree, agree.larger_supported) == (True, 3)
    assert agree.explanation == "Both methods give 97110 2, 97140 1 (3 timed in all)"
    smaller = compare_methods({"97112": 20, "97110": 20}, timed=TIMED)
    assert (smaller.eight_minute.supported_units, smaller.midpoint.supported_units) == (3, 2)
    assert (smaller.agree, smaller.larger_supported) == (False, 3)
    unknown = compare_methods({"97110": None}, timed=TIMED)
    assert (unknown.agree, unknown.larger_supported) == (None, None)
    assert unknown.explanation == "No data on timed units: the minutes of 97110 are unknown"


OVER, UNDER, FITS, NO_DATA = Verdict.OVER, Verdict.UNDER, Verdict.AS_SUPPORTED, Verdict.NO_DATA


@pytest.mark.parametrize(
    ("billed", "minutes", "method", "day", "codes"),
    [
        ({"97110": 2}, {"97110": 22}, EIGHT, OVER, [OVER]),
        ({"97110": 1}, {"97110": 22}, EIGHT, FITS, [FITS]),
        ({"97110": 1}, {"97110": 23}, EIGHT, UNDER, [UNDER]),
        ({}, {"97110": 8}, EIGHT, UNDER, [UNDER]),
        ({}, {"97110": 7}, EIGHT, FITS, [FITS]),
        # A tie may be broken either way, but only one of the two takes the unit.
        ({"97112": 2, "97110": 1}, {"97112": 20, "97110": 20}, EIGHT, FITS, [FITS, FITS]),
        ({"97112": 1, "97110": 2}, {"97112": 20, "97110": 20}, EIGHT, FITS, [FITS, FITS]),
        ({"97112": 2, "97110": 2}, {"97112": 20, "97110": 20}, EIGHT, OVER, [FITS, FITS]),
        ({"97112": 3, "97110": 0}, {"97112": 20, "97110": 20}, EIGHT, FITS, [OVER, UNDER]),
        ({"97112": 1, "97110": 1}, {"97112": 20, "97110": 20}, EIGHT, UNDER, [FITS, FITS]),
        ({"97112": 2, "97110": 2}, {"97112": 24, "97110": 23}, MIDPOINT, FITS, [FITS, FITS]),
        ({"97112": 2, "97110": 1}, {"97112": 24, "97110": 23}, MIDPOINT, UNDER, [FITS, UNDER]),
        # Unknown method: 3 units by one, 4 by the other.
        ({"97112": 3, "97110": 2}, {"97112": 24, "97110": 23}, None, OVER, [OVER, NO_DATA]),
        ({"97112": 2, "97110": 2}, {"97112": 24, "97110": 23}, None, NO_DATA, [FITS, NO_DATA]),
        ({"97112": 2, "97110": 1}, {"97112": 24, "97110": 23}, None, NO_DATA, [FITS, NO_DATA]),
        ({"97112": 1, "97110": 1}, {"97112": 24, "97110": 23}, None, UNDER, [UNDER, NO_DATA]),
        ({"97110": 2, "97140": 1}, {"97110": 30, "97140": 10}, None, FITS, [FITS, FITS]),
        # Unknown minutes: what is known still bounds.
        ({"97110": 2}, {"97110": None}, EIGHT, NO_DATA, [NO_DATA]),
        ({"97110": 1, "97140": 1}, {"97110": 30, "97140": None}, EIGHT, NO_DATA, [UNDER, NO_DATA]),
        ({"97110": 1, "97140": 0}, {"97110": 30, "97140": None}, EIGHT, UNDER, [UNDER, NO_DATA]),
        ({"97110": 4, "97140": 0}, {"97110": 31, "97140": None}, EIGHT, NO_DATA, [OVER, NO_DATA]),
        ({"97110": 3, "97140": 0}, {"97110": 30, "97140": None}, EIGHT, NO_DATA, [OVER, NO_DATA]),
        ({"97110": 3, "97140": 0}, {"97110": 31, "97140": None}, EIGHT, NO_DATA, [NO_DATA, NO_DATA]),
        ({"97110": 1, "97140": 1}, {"97110": 15, "97140": None}, MIDPOINT, NO_DATA, [FITS, NO_DATA]),
        # A billed code without minutes has unknown minutes; unknown billed units bound nothing from above.
        ({"97110": 1, "97140": 1}, {"97110": 15}, EIGHT, NO_DATA, [FITS, NO_DATA]),
        ({"97110": None}, {"97110": 15}, EIGHT, NO_DATA, [NO_DATA]),
        ({"97110": None, "97140": 3}, {"97110": 15, "97140": 15}, EIGHT, OVER, [NO_DATA, OVER]),
        # Untimed codes count once and stay out of the day's timed units.
        ({"97161": 1, "97110": 1}, {"97161": 45, "97110": 8}, EIGHT, FITS, [FITS, FITS]),
        ({"97161": 3}, {"97161": 45}, EIGHT, FITS, [OVER]),
        ({}, {"97161": 45}, MIDPOINT, FITS, [UNDER]),
        ({}, {}, EIGHT, FITS, []),
    ],
)
def test_billed_units(
    billed: dict[str, int | None],
    minutes: dict[str, int | None],
    method: UnitMethod | None,
    day: Verdict,
    codes: list[Verdict],
) -> None:
    judged = judge_billed(billed, minutes, method, timed=TIMED)
    assert (judged.day, list(judged.codes.values())) == (day, codes)


def test_a_billed_code_of_unknown_basis_leaves_the_day_open() -> None:
    def timed(code: str) -> bool | None:
        return True if code in TIMED else None

    assert judge_billed({"97110": 1, "X": 1}, {"97110": 15, "X": 0}, EIGHT, timed=timed).day is NO_DATA
    assert judge_billed({"97110": 1, "X": 0}, {"97110": 15, "X": 0}, EIGHT, timed=timed).day is FITS
    # Two timed units are too many whatever the other code is.
    assert judge_billed({"97110": 2, "X": 1}, {"97110": 15, "X": 0}, EIGHT, timed=timed).day is OVER


@pytest.mark.parametrize(
    ("billed", "minutes", "method", "explanation"),
    [
        ({"97110": 2}, {"97110": 22}, EIGHT, "2 timed units billed; 22 timed minutes support 1 by the 8-minute rule"),
        (
            {"97110": 5},
            {"97110": 24, "97112": 23},
            None,
            "5 timed units billed; 47 timed minutes support 3 by the 8-minute rule, 4 by the midpoint rule",
        ),
        ({}, {"97110": 1}, MIDPOINT, "No timed units billed; 1 timed minute supports none by the midpoint rule"),
        ({"97110": 1}, {}, EIGHT, "1 timed unit billed; timed minutes are unknown"),
        (
            {"97110": None},
            {"97110": 8},
            EIGHT,
            "Timed units billed are unknown; 8 timed minutes support 1 by the 8-minute rule",
        ),
    ],
)
def test_judgments_are_explained(
    billed: dict[str, int | None], minutes: dict[str, int | None], method: UnitMethod | None, explanation: str
) -> None:
    assert judge_billed(billed, minutes, method, timed=TIMED).explanation == explanation


@pytest.mark.parametrize(
    ("hands", "day", "explanation"),
    [
        (
            Hands(5, 10),
            NOW,
            (
                "97110: the assistant furnished 10 of 15 minutes of the final unit alone, more than 10%, so it carries the "
                "modifier: 1 with, 0 without"
            ),
        ),
        (
            Hands(26, 1),
            date(2021, 12, 31),
            (
                "97110: the assistant furnished 1 of 12 minutes of the final unit alone, not more than 10%, so no modifier: "
                "0 with, 2 without"
            ),
        ),
        (
            Hands(8, 7),
            NOW,
            (
                "97110: the therapist furnished 8 minutes of the final unit, at least 8, so it has no modifier: 0 with, 1 "
                "without"
            ),
        ),
        (
            Hands(12, 14),
            NOW,
            (
                "97110: two units are left, with 12 minutes by the therapist and 14 by the assistant, so one carries the "
                "modifier and one does not: 1 with, 1 without"
            ),
        ),
        (
            Hands(15, 15),
            NOW,
            "97110: only whole units of 15 minutes, each to who furnished it: 1 with, 1 without",
        ),
        (
            Hands(12, 14),
            date(2021, 12, 31),
            (
                "97110: 2 units beyond the whole ones, for 12 minutes by the therapist and 14 by the assistant, is a split "
                "that no rule read describes, so a person decides"
            ),
        ),
        (
            Hands(5, 7, 4),
            NOW,
            (
                "97110: the therapist furnished 9 minutes of the final unit, at least 8, so it has no modifier: 0 with, "
                "1 without"
            ),
        ),
        (Hands(10, 0, 5), NOW, "97110: the assistant furnished no minutes alone, so no modifier"),
        (Hands(0, 5), NOW, "97110: it takes no unit"),
        (Hands(0, 15), date(2019, 12, 31), "97110: assistant modifiers begin on 2020-01-01"),
        (Hands(None, 3), NOW, "97110: no data, because a minute, the date or the basis of the code is unknown"),
        (Hands(9, 9), None, "97110: no data, because a minute, the date or the basis of the code is unknown"),
    ],
)
def test_splits_are_explained(hands: Hands, day: date | None, explanation: str) -> None:
    assert split_assistant({"97110": hands}, on=day, timed=TIMED)["97110"].explanation == explanation


def test_untimed_splits_are_explained_by_either_method() -> None:
    found = [
        split_assistant({"G0283": Hands(13, 2)}, on=NOW, method=method, timed=TIMED)["G0283"].explanation
        for method in AssistantMethod
    ]
    assert found == [
        "G0283: the assistant furnished 2 of 15 minutes alone, more than 10%, so it carries the modifier: 1 with, 0 without",
        (
            "G0283: the assistant furnished 2 of 15 minutes alone, not over 10% by the simple method, so no modifier: 0 with, "
            "1 without"
        ),
    ]


def test_the_split_counts_by_the_payers_method() -> None:
    minutes = {"97110": Hands(0, 24), "97112": Hands(23, 0)}
    pooled = split_assistant(minutes, on=NOW, timed=TIMED)
    alone = split_assistant(minutes, on=NOW, unit_method=MIDPOINT, timed=TIMED)
    assert [(part.units, part.with_modifier) for part in pooled.values()] == [(2, 2), (1, 0)]
    assert [(part.units, part.with_modifier) for part in alone.values()] == [(2, 2), (2, 0)]


def test_a_stored_choice_moves_the_unit_and_its_modifier() -> None:
    minutes = {"97110": Hands(0, 7), "97140": Hands(7, 0)}
    first = split_assistant(minutes, on=NOW, timed=TIMED)
    chosen = split_assistant(minutes, on=NOW, timed=TIMED, prefer=["97140"])
    assert [part.with_modifier for part in first.values()] == [1, 0]
    assert [part.with_modifier for part in chosen.values()] == [0, 0]
    assert [part.units for part in chosen.values()] == [0, 1]
