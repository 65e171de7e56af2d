"""Edges and words that a small slip would change and that no worked example reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from cleanclaim.dates import Dated, Series
from cleanclaim.reference import values
from cleanclaim.sources import Source
from cleanclaim.units import splitting
from cleanclaim.units.allocation import allocate, day_totals
from cleanclaim.units.assistants import AssistantMethod, SplitBasis, assistant_split
from cleanclaim.units.counting import UnitMethod, compare_methods, count_units, day_table
from cleanclaim.units.judging import Verdict, judge_billed
from cleanclaim.units.own_basis import OwnBasisUnits, own_basis_units
from cleanclaim.units.service_table import ServiceTableError
from cleanclaim.units.splitting import Hands, split_assistant
from cleanclaim.units.unit_rules import current_rules
from cleanclaim.units.wording import joined

NOW = date(2026, 3, 4)


def split(units: int, *, therapist: int, assistant: int, **changed: Any) -> tuple[int | None, SplitBasis | None]:
    row = {
        "day_id": 0,
        "code": "97110",
        "date": NOW,
        "is_timed": True,
        "pt_minutes": therapist,
        "pta_minutes": assistant,
        "together_minutes": 0,
        "units": units,
    }
    done = assistant_split(pl.DataFrame([row]), rules=replace(current_rules(), **changed)).to_dicts()[0]
    return done["units_with_assistant_modifier"], done["split_basis"]


@pytest.mark.parametrize(
    ("minutes", "first", "each", "expected"),
    [
        (0, 30, 15, OwnBasisUnits(0, 0)),
        (0, 30, None, OwnBasisUnits(0, 0)),
        (15, 30, 15, OwnBasisUnits(0, 0)),
        (16, 30, 15, OwnBasisUnits(1, 0)),
        (30, 30, 1, OwnBasisUnits(1, 0)),
        (31, 30, 1, OwnBasisUnits(1, 1)),
        (10, 30, 1, OwnBasisUnits(0, 0)),
    ],
)
def test_blocks_of_a_minute_and_no_minutes(minutes: int, first: int, each: int | None, expected: OwnBasisUnits) -> None:
    assert own_basis_units(minutes, first=first, each=each) == expected


@pytest.mark.parametrize(("minutes", "first", "each"), [(-1, 30, 15), (10, 0, 15), (10, 30, 0)])
def test_blocks_that_cannot_be(minutes: int, first: int, each: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        own_basis_units(minutes, first=first, each=each)


def test_one_unit_fewer_than_whole_ones_is_the_assistants_only_if_nobody_else_was_there() -> None:
    assert split(1, therapist=0, assistant=30) == (1, SplitBasis.ASSISTANT_ALONE)
    assert split(1, therapist=1, assistant=30) == (None, SplitBasis.UNDECIDED)
    assert split(1, therapist=15, assistant=15) == (None, SplitBasis.UNDECIDED)


def test_a_last_unit_of_one_minute_belongs_to_who_furnished_the_minute() -> None:
    # Granted from the day's pool: 16 minutes are a whole unit and a minute that rides.
    assert split(2, therapist=15, assistant=1) == (1, SplitBasis.FINAL_UNIT_SHARE)
    assert split(2, therapist=16, assistant=0) == (0, SplitBasis.NO_ASSISTANT)
    assert split(2, therapist=1, assistant=15) == (1, SplitBasis.FINAL_UNIT_SHARE)
    # A unit more than the minutes can hold is nobody's to decide.
    assert split(2, therapist=0, assistant=15) == (None, SplitBasis.UNDECIDED)


def test_the_rules_are_those_of_the_last_value(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("A publisher made up for tests", "Rules", "all", NOW)
    both = (Dated(1_000, date(2020, 1, 1), date(2026, 12, 31), source), Dated(2_000, date(2027, 1, 1), None, source))
    published = values.series

    def series(name: str) -> Series[int]:
        return replace(published(name), values=both) if name == "assistant_share" else published(name)

    monkeypatch.setattr(values, "series", series)
    rules = current_rules.__wrapped__()
    assert (rules.assistant_share_e4, rules.assistant_modifiers_from) == (2_000, date(2027, 1, 1))
    assert (rules.minutes_per_unit, rules.final_unit_therapist_minutes) == (15, 8)


@pytest.mark.parametrize(
    ("code", "minutes", "notes"),
    [
        # Caregiver training: 30 minutes, then 15 each, of which more than half must have passed.
        ("97550", 37, ()),
        ("97550", 38, ("97550's minutes also hold 1 unit of its add-on code",)),
        ("97550", 60, ("97550's minutes also hold 2 units of its add-on code",)),
        # Work hardening: two hours, then an hour each.
        ("97545", 150, ()),
        ("97545", 151, ("97545's minutes also hold 1 unit of its add-on code",)),
    ],
)
def test_minutes_beyond_a_first_block_are_named(code: str, minutes: int, notes: tuple[str, ...]) -> None:
    day = count_units({code: minutes})
    assert day.units == {code: 1}
    assert day.notes == notes
    # The add-on code itself, and a code that is billed once whatever its minutes, hold no other code's units.
    assert count_units({"97551": 60, "97012": 60}).notes == ()


def test_both_parts_of_two_shared_units_must_be_long_enough() -> None:
    assert split(2, therapist=12, assistant=12) == (1, SplitBasis.TWO_FINAL_UNITS)
    assert split(2, therapist=14, assistant=9) == (1, SplitBasis.TWO_FINAL_UNITS)
    # With other numbers than the published ones, of which the sum alone would not tell.
    assert split(2, therapist=14, assistant=9, shared_units_least_each=10) == (None, SplitBasis.UNDECIDED)
    assert split(2, therapist=9, assistant=14, shared_units_least_each=10) == (None, SplitBasis.UNDECIDED)
    assert split(2, therapist=14, assistant=12, shared_units_most_each=13) == (None, SplitBasis.UNDECIDED)
    assert split(2, therapist=12, assistant=14, shared_units_most_each=13) == (None, SplitBasis.UNDECIDED)


def test_words_of_each_reason_for_a_split() -> None:
    assert [basis.value for basis in SplitBasis] == [
        "no units",
        "before the modifiers",
        "not subject to the modifiers",
        "no independent assistant minutes",
        "the assistant furnished it all",
        "share of the untimed service",
        "whole units only",
        "final unit: the therapist's midpoint",
        "final unit: share",
        "two final units: one each",
        "no rule describes it",
    ]


@pytest.mark.parametrize(
    ("hands", "on", "code", "words"),
    [
        (Hands(therapist=5), NOW, "97110", "it takes no unit"),
        (Hands(assistant=15), date(2019, 12, 31), "97110", "assistant modifiers begin on 2020-01-01"),
        (Hands(therapist=15), NOW, "97110", "the assistant furnished no minutes alone, so no modifier"),
        (Hands(therapist=15, assistant=None), NOW, "97110", "no data, because a minute, the date or the basis"),
        (
            Hands(therapist=26, assistant=3),
            NOW,
            "97012",
            "the assistant furnished 3 of 29 minutes alone, more than 10%, so it carries the modifier: 1 with, 0 without",
        ),
        (Hands(therapist=15, assistant=30), NOW, "97110", "only whole units of 15 minutes, each to who furnished it"),
    ],
)
def test_words_of_a_split(hands: Hands, on: date, code: str, words: str) -> None:
    day = split_assistant({code: hands}, on=on, timed={"97110"})
    assert day[code].explanation.startswith(f"{code}: {words}")


def test_a_code_that_never_takes_the_modifier_says_so() -> None:
    row = {"split_basis": SplitBasis.NOT_SUBJECT.value}
    words = splitting._explanation(row, AssistantMethod.PERCENTAGE, current_rules())
    assert words == "this code never takes the modifier"


def test_units_that_are_all_the_assistants_say_so() -> None:
    minutes = {"pt_minutes": 0, "pta_minutes": 30, "together_minutes": 0, "units": 1}
    carried = {"units_with_assistant_modifier": 1, "units_without": 0}
    row = {"split_basis": SplitBasis.ASSISTANT_ALONE.value, **minutes, **carried}
    words = splitting._explanation(row, AssistantMethod.PERCENTAGE, current_rules())
    assert words == "the assistant furnished it all alone, so every unit carries the modifier: 1 with, 0 without"


@pytest.mark.parametrize(
    ("units", "beyond"),
    [
        (3, "2 units beyond the whole ones"),
        (4, "3 units beyond the whole ones"),
        (1, "fewer units than the whole ones"),
    ],
)
def test_a_split_that_no_rule_describes_says_how_many_units_are_left(units: int, beyond: str) -> None:
    # 20 minutes by the therapist are a whole unit and 5 minutes, 50 are three; the assistant's 7 are none.
    therapist = 20 if units > 1 else 50
    minutes = {"pt_minutes": therapist, "pta_minutes": 7, "together_minutes": 0, "units": units}
    row = {"split_basis": SplitBasis.UNDECIDED.value, **minutes, "units_with_assistant_modifier": None}
    words = splitting._explanation(row, AssistantMethod.PERCENTAGE, current_rules())
    assert words == (
        f"{beyond}, for 5 minutes by the therapist and 7 by the assistant, is a split that no rule read describes, "
        "so a person decides"
    )


def test_a_code_without_minutes_and_without_a_basis_is_no_reason() -> None:
    day = count_units({"97110": None, "00000": 0}, UnitMethod.EIGHT_MINUTE)
    assert day.explanation == "No data on timed units: the minutes of 97110 are unknown"


def test_a_day_without_services() -> None:
    empty = judge_billed({}, {})
    assert empty.day is Verdict.AS_SUPPORTED
    assert empty.billed_units == 0
    assert empty.supported_units == {UnitMethod.EIGHT_MINUTE: 0, UnitMethod.MIDPOINT: 0}
    assert empty.explanation == (
        "No timed units billed; no timed minutes support none by the 8-minute rule, none by the midpoint rule"
    )


def test_one_minute_rides_and_several_ride() -> None:
    codes = ["97110", "97112", "97113", "97116", "97140", "97530", "97535", "97542"]
    day = count_units(dict.fromkeys(codes, 1))
    assert sum(units or 0 for units in day.units.values()) == 1
    assert any(
        note.startswith("97110's 1 minute rides on the pool: it is under 8, and the day's total supports the unit")
        for note in day.notes
    )
    pair = count_units({"97110": 7, "97140": 6})
    assert any(note.startswith("97110's 7 minutes ride on the pool: they are under 8") for note in pair.notes)


def test_a_code_of_unknown_basis_is_neither_over_nor_under() -> None:
    day = judge_billed({"00000": 0, "97110": 1}, {"00000": 40, "97110": 15}, UnitMethod.EIGHT_MINUTE)
    assert day.codes["00000"] is Verdict.NO_DATA
    assert judge_billed({"00000": 9}, {"00000": 40}, UnitMethod.MIDPOINT).codes["00000"] is Verdict.NO_DATA


def test_a_rider_that_leans_on_billed_minutes_alone_is_not_thin() -> None:
    # 72 minutes are 5 units: 3 whole ones, one for the 14 minutes of 97140, and 97110's 7 ride on minutes all billed.
    day = day_table({"97110": 22, "97112": 36, "97140": 14}, timed={"97110", "97112", "97140"})
    assert day["day_id"].to_list() == [1, 1, 1]
    counted = allocate(day)
    assert counted["units_eight_minute"].to_list() == [2, 2, 1]
    assert counted["rides_on_pool"].to_list() == [True, False, False]
    assert counted["thin"].to_list() == [False, False, False]
    # 22 and 1: the second unit of 97110 stands on a minute that is billed with no code.
    thin = allocate(day_table({"97110": 22, "97140": 1}, timed={"97110", "97140"}))
    assert thin["units_eight_minute"].to_list() == [2, 0]
    assert thin["thin"].to_list() == [True, False]


def test_a_day_is_judged_by_the_rules_handed_in() -> None:
    strict = replace(current_rules(), least_pooled_minutes=15)
    assert judge_billed({"97110": 1}, {"97110": 14}, UnitMethod.EIGHT_MINUTE).day is Verdict.AS_SUPPORTED
    assert judge_billed({"97110": 1}, {"97110": 14}, UnitMethod.EIGHT_MINUTE, rules=strict).day is Verdict.OVER


@pytest.mark.parametrize("dtype", [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32])
def test_minutes_may_be_whole_numbers_of_any_width(dtype: type[pl.DataType]) -> None:
    day = day_table({"97110": 23}, timed={"97110"}).with_columns(pl.col("minutes").cast(dtype))
    assert allocate(day)["units_eight_minute"].to_list() == [2]


@pytest.mark.parametrize("dtype", [pl.Float64, pl.String, pl.UInt64])
def test_minutes_of_another_type_are_refused(dtype: type[pl.DataType]) -> None:
    day = day_table({"97110": 23}, timed={"97110"}).with_columns(pl.col("minutes").cast(dtype))
    with pytest.raises(ServiceTableError, match=f"^services column 'minutes' is {dtype()}; expected Int64$"):
        allocate(day)


def test_totals_are_by_the_rules_handed_in() -> None:
    day = day_table({"97110": 14}, timed={"97110"})
    assert day_totals(day)["supported_units_eight_minute"].to_list() == [1]
    strict = replace(current_rules(), least_pooled_minutes=15)
    assert day_totals(day, strict)["supported_units_eight_minute"].to_list() == [0]


def test_a_code_that_is_not_billed_and_supports_nothing_is_right() -> None:
    day = judge_billed({"97110": 1}, {"97110": 15, "97140": 5}, UnitMethod.EIGHT_MINUTE)
    assert day.codes == {"97110": Verdict.AS_SUPPORTED, "97140": Verdict.AS_SUPPORTED}
    assert day.day is Verdict.AS_SUPPORTED
    billed = judge_billed({"97110": 1, "97140": 0}, {"97110": 15, "97140": 5}, UnitMethod.EIGHT_MINUTE)
    assert billed.codes == day.codes
    unbilled = judge_billed({"97110": 1}, {"97110": 15, "97140": 8}, UnitMethod.EIGHT_MINUTE)
    assert unbilled.codes["97140"] is Verdict.UNDER


def test_an_add_on_code_counts_by_blocks_of_its_own() -> None:
    assert count_units({"97551": 30}).explanation == "No 15-minute code; 97551 counts by blocks of its own, 2 units"
    assert count_units({"97012": 30}).explanation == "No 15-minute code; 97012 is untimed, 1 unit each"


def test_words_in_a_list() -> None:
    assert [joined(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_a_day_without_services_supports_nothing() -> None:
    for method in UnitMethod:
        day = count_units({}, method)
        assert (day.supported_units, day.timed_minutes, day.units) == (0, 0, {})


def test_methods_compared_on_a_day_without_services() -> None:
    both = compare_methods({})
    assert both.agree is True
    assert both.larger_supported == 0
    assert "no units" in both.explanation
