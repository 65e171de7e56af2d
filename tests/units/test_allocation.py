"""The table of a day: flags, unknowns, untimed and own-basis codes, laws, and what is refused."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.units.allocation import allocate, day_totals, units_by_method
from cleanclaim.units.own_basis import OwnBasisUnits, own_basis_units
from cleanclaim.units.service_table import ServiceTableError
from cleanclaim.units.unit_rules import current_rules

SCHEMA = {
    "day_id": pl.Int64,
    "code": pl.String,
    "minutes": pl.Int64,
    "is_timed": pl.Boolean,
    "preference": pl.Int64,
    "order": pl.Int64,
    "first_minutes": pl.Int64,
    "each_minutes": pl.Int64,
}


def table(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Rows of day, code, minutes, timed and, at will, preference, order, first and each."""
    full = [(*row, *[None] * (len(SCHEMA) - len(row))) for row in rows]
    return pl.DataFrame(full, schema=SCHEMA, orient="row")


def units(frame: pl.DataFrame, column: str = "units_eight_minute") -> list[Any]:
    return allocate(frame)[column].to_list()


def test_rules_come_from_the_reference() -> None:
    rules = current_rules()
    assert (rules.minutes_per_unit, rules.least_pooled_minutes, rules.least_midpoint_minutes) == (15, 8, 8)
    assert rules.assistant_share_e4 == 1_000
    assert (rules.assistant_modifiers_from.isoformat(), rules.final_unit_rules_from.isoformat()) == (
        "2020-01-01",
        "2022-01-01",
    )
    assert rules.final_unit_therapist_minutes == 8
    assert (rules.shared_units_least_each, rules.shared_units_most_each) == (9, 14)
    assert (rules.shared_units_least_total, rules.shared_units_most_total) == (23, 28)


def test_flags_of_the_manual_examples() -> None:
    counted = allocate(
        table(
            (3, "97110", 33, True),
            (3, "97140", 7, True),
            (4, "97110", 18, True),
            (4, "97140", 13, True),
            (4, "97116", 10, True),
            (4, "97035", 8, True),
            (13, "97110", 22, True),
            (13, "97140", 1, True),
            (2, "97110", 20, True),
            (2, "97112", 20, True),
        )
    )
    assert counted["units_eight_minute"].to_list() == [2, 1, 1, 1, 1, 0, 2, 0, 2, 1]
    assert counted["rides_on_pool"].to_list() == [False, True, *[False] * 4, True, False, True, False]
    assert counted["not_billed_pooled"].to_list() == [*[False] * 5, True, *[False] * 4]
    assert counted["thin"].to_list() == [*[False] * 6, True, *[False] * 3]
    assert counted["tie_open"].to_list() == [*[False] * 8, True, True]
    assert counted["units_eight_minute_least"].to_list() == [2, 1, 1, 1, 1, 0, 2, 0, 1, 1]
    assert counted["units_eight_minute_most"].to_list() == [2, 1, 1, 1, 1, 0, 2, 0, 2, 2]


def test_thin_needs_a_second_unit_and_minutes_of_codes_without_one() -> None:
    # 23 minutes hold 2 units alone; a first unit that rides on the pool is the manual's own case.
    assert units(table((1, "97110", 23, True), (1, "97140", 1, True)), "thin") == [False, False]
    assert units(table((1, "97110", 7, True), (1, "97140", 1, True)), "thin") == [False, False]
    assert units(table((1, "97110", 22, True), (1, "97140", 1, True)), "thin") == [True, False]
    # The second code without a unit is not needed: 20 and 20 hold 3 units by themselves.
    assert units(table((1, "97110", 20, True), (1, "97112", 20, True), (1, "97140", 2, True)), "thin") == [False] * 3
    assert units(table((1, "97110", 19, True), (1, "97112", 18, True), (1, "97140", 1, True)), "thin") == [
        True,
        False,
        False,
    ]


def test_eight_minutes_without_a_unit_both_sides() -> None:
    rows = [(1, "97110", 18, True), (1, "97140", 13, True), (1, "97116", 10, True)]
    assert units(table(*rows, (1, "97035", 8, True)), "not_billed_pooled") == [False, False, False, True]
    assert units(table(*rows, (1, "97035", 7, True)), "not_billed_pooled") == [False, False, False, False]


def test_preference_breaks_a_tie_and_order_what_is_left() -> None:
    three = [("97112", 7), ("97110", 7), ("97140", 7)]
    preferred = table(
        *((1, code, minutes, True, rank) for (code, minutes), rank in zip(three, (2, None, 1), strict=True))
    )
    assert units(preferred) == [0, 0, 1]
    assert units(preferred, "tie_open") == [False, False, False]
    ordered = table(
        *((1, code, minutes, True, None, place) for (code, minutes), place in zip(three, (5, 4, 6), strict=True))
    )
    assert units(ordered) == [0, 1, 0]
    assert units(ordered, "tie_open") == [True, True, True]
    # Two share the first choice: between them the order decides, and the third is out of it.
    shared = table(*((1, code, minutes, True, rank) for (code, minutes), rank in zip(three, (1, 1, 2), strict=True)))
    assert units(shared) == [1, 0, 0]
    assert units(shared, "tie_open") == [True, True, False]
    assert units(shared, "units_eight_minute_most") == [1, 1, 1]


def test_preference_never_beats_more_remaining_minutes() -> None:
    frame = table((1, "97110", 18, True, 1), (1, "97140", 10, True, 2))
    assert units(frame) == [1, 1]
    frame = table((1, "97110", 9, True, 1), (1, "97140", 10, True, 2))
    assert units(frame) == [0, 1]


def test_days_do_not_mix_and_rows_keep_their_place() -> None:
    frame = table((2, "97110", 7, True), (1, "97110", 8, True), (2, "97140", 1, True), (1, "97161", 30, False))
    counted = allocate(frame)
    assert counted.select(frame.columns).equals(frame)
    assert counted["units_eight_minute"].to_list() == [1, 1, 0, 1]
    totals = day_totals(frame)
    assert totals["day_id"].to_list() == [2, 1]
    assert totals["total_timed_minutes"].to_list() == [8, 8]


def test_group_minutes_never_enter_the_pool() -> None:
    for group in (0, 8, 30, None):
        frame = table((1, "97110", 15, True), (1, "97150", group, False))
        assert units(frame) == [1, 1]
        assert units(frame, "units_midpoint") == [1, 1]
        assert day_totals(frame).row(0) == (1, 15, 1, 1, 15, 1, 1)


def test_unknown_minutes_leave_every_pooled_count_of_the_day_unknown() -> None:
    frame = table((1, "97110", None, True), (1, "97140", 23, True), (1, "97161", None, False), (2, "97110", 23, True))
    counted = allocate(frame)
    assert counted["units_eight_minute"].to_list() == [None, None, 1, 2]
    assert counted["units_eight_minute_least"].to_list() == [None, None, 1, 2]
    assert counted["units_eight_minute_most"].to_list() == [None, None, 1, 2]
    assert counted["units_midpoint"].to_list() == [None, 2, 1, 2]
    for flag in ("tie_open", "rides_on_pool", "not_billed_pooled", "thin"):
        assert counted[flag].to_list() == [None, None, False, False]
    assert day_totals(frame).rows() == [(1, None, None, None, 23, 2, 2), (2, 23, 2, 2, 23, 2, 2)]


def test_unknown_basis_counts_as_perhaps_timed() -> None:
    frame = table((1, "97110", 23, True), (1, "?", 10, None), (2, "97110", 23, True), (2, "?", 0, None))
    counted = allocate(frame)
    assert counted["units_eight_minute"].to_list() == [None, None, 2, None]
    assert counted["units_midpoint"].to_list() == [2, None, 2, None]
    assert counted["thin"].to_list() == [None, None, False, None]
    # Nothing was brought, timed or not: the day's total is known.
    assert day_totals(frame)["total_timed_minutes"].to_list() == [None, 23]
    assert day_totals(table((1, "?", None, None)))["total_timed_minutes"].to_list() == [None]


def test_codes_with_their_own_basis_stay_out_of_the_pool() -> None:
    def own(minutes: int | None, first: int | None, each: int | None) -> tuple[Any, ...]:
        frame = table((1, "97110", 23, True), (1, "97545", minutes, False, None, None, first, each))
        counted = allocate(frame)
        assert counted["units_eight_minute"][0] == 2
        assert counted["units_eight_minute"][1] == counted["units_midpoint"][1]
        assert day_totals(frame)["total_timed_minutes"].to_list() == [23]
        return counted["units_midpoint"][1], counted["add_on_units"][1]

    assert [own(minutes, 120, 60) for minutes in (60, 61, 150, 151, 210, 211, None)] == [
        (0, 0),
        (1, 0),
        (1, 0),
        (1, 1),
        (1, 1),
        (1, 2),
        (None, None),
    ]
    assert [own(minutes, 120, None) for minutes in (60, 61, 500)] == [(0, 0), (1, 0), (1, 0)]
    assert [own(minutes, None, 60) for minutes in (30, 31, 90, 91)] == [(0, 0), (1, 0), (1, 0), (2, 0)]


def test_a_fifteen_minute_code_is_pooled_whatever_blocks_it_names() -> None:
    frame = table((1, "97129", 20, True, None, None, 15, None), (1, "97110", 20, True, None, None, None, 15))
    assert units(frame) == [2, 1]
    assert units(frame, "add_on_units") == [0, 0]
    both = table((1, "97129", 40, True, None, None, 15, 15), (2, "97129", 40, None, None, None, 15, 15))
    assert units(both) == [3, None]
    assert units(both, "add_on_units") == [0, 0]


@pytest.mark.parametrize(
    ("first", "each", "minutes", "expected"),
    [
        (15, 15, 7, (0, 0)),
        (15, 15, 8, (1, 0)),
        (15, 15, 22, (1, 0)),
        (15, 15, 23, (1, 1)),
        (30, 15, 15, (0, 0)),
        (30, 15, 16, (1, 0)),
        (30, 15, 37, (1, 0)),
        (30, 15, 38, (1, 1)),
        (120, 60, 60, (0, 0)),
        (120, 60, 61, (1, 0)),
        (120, 60, 150, (1, 0)),
        (120, 60, 151, (1, 1)),
        (60, None, 30, (0, 0)),
        (60, None, 31, (1, 0)),
        (60, None, 600, (1, 0)),
        (15, 15, None, (None, None)),
    ],
)
def test_own_basis_units(
    first: int, each: int | None, minutes: int | None, expected: tuple[int | None, int | None]
) -> None:
    assert own_basis_units(minutes, first, each) == OwnBasisUnits(*expected)


def test_own_basis_on_one_code() -> None:
    assert [own_basis_units(minutes, 60, 60, add_on=False).first for minutes in (30, 31, 90, 91)] == [0, 1, 1, 2]


@pytest.mark.parametrize(("minutes", "first", "each"), [(-1, 15, 15), (10, 0, 15), (10, 15, 0)])
def test_own_basis_refuses_what_cannot_be(minutes: int, first: int, each: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        own_basis_units(minutes, first, each)


def test_units_by_method() -> None:
    counted = allocate(
        table(*((day, "97110", 23, True) for day in range(4)), *((day, "97140", 22, True) for day in range(4)))
    )
    methods = ["eight_minute", "midpoint", None, "hybrid"] * 2
    picked = counted.with_columns(pl.Series("method", methods)).select(units_by_method(pl.col("method"))).to_series()
    # 45 minutes: pooled 2 + 1; alone 2 + 1, so every method agrees.
    assert picked.to_list() == [2, 2, 2, 2, 1, 1, 1, 1]
    differing = allocate(table((1, "97110", 24, True), (1, "97112", 23, True)))
    for method, expected in (("eight_minute", [2, 1]), ("midpoint", [2, 2]), (None, [2, None]), ("hybrid", [2, None])):
        found = differing.select(units_by_method(pl.lit(method, pl.String))).to_series().to_list()
        assert found == expected


def test_an_empty_table() -> None:
    assert allocate(table()).height == 0
    assert allocate(table()).columns[-9:] == [
        "units_eight_minute",
        "units_eight_minute_least",
        "units_eight_minute_most",
        "units_midpoint",
        "add_on_units",
        "tie_open",
        "rides_on_pool",
        "not_billed_pooled",
        "thin",
    ]
    assert day_totals(table()).height == 0


def test_types_of_the_answers_hold_when_everything_is_unknown() -> None:
    for frame in (table((1, "97110", None, True)), table((1, "97110", 8, True)), table()):
        schema = allocate(frame).schema
        for name in ("units_eight_minute", "units_eight_minute_least", "units_eight_minute_most", "units_midpoint"):
            assert schema[name] == pl.Int64
        for name in ("tie_open", "rides_on_pool", "not_billed_pooled", "thin"):
            assert schema[name] == pl.Boolean
        assert set(day_totals(frame).dtypes) == {pl.Int64}


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (table((1, "97110", 8, True)).drop("minutes"), "lack column 'minutes'"),
        (table((1, "97110", -1, True)), "row 0: minutes is -1; expected 0 or more"),
        (table((1, "97110", 8, True), (1, "97110", 9, True)), "row 0: code 97110 occurs again in its day"),
        (table((None, "97110", 8, True)), "row 0: day_id is null"),
        (table((1, "97110", 8, True), (1, None, 8, True)), "row 1: code is null"),
        (table((1, "97110", 8, True)).cast({"minutes": pl.Float64}), "column 'minutes' is Float64; expected Int64"),
        (table((1, "97110", 8, True)).cast({"is_timed": pl.Int64}), "column 'is_timed' is Int64; expected Boolean"),
        (table((1, "97545", 8, False, None, None, 0, None)), "row 0: first_minutes is 0; expected 1 or more"),
        (table((1, "97546", 8, False, None, None, None, 0)), "row 0: each_minutes is 0; expected 1 or more"),
    ],
)
def test_refused_tables(frame: pl.DataFrame, message: str) -> None:
    for counting in (allocate, day_totals):
        with pytest.raises(ServiceTableError, match=message):
            counting(frame)


def test_a_repeated_code_is_found_in_a_large_table() -> None:
    frame = pl.concat([table(*((day, "97110", 8, True) for day in range(150))), table((149, "97110", 8, True))])
    with pytest.raises(ServiceTableError, match="row 149: code 97110"):
        allocate(frame)


def test_small_integers_and_columns_of_null_are_read() -> None:
    frame = table((1, "97110", 23, True)).cast({"minutes": pl.UInt8, "day_id": pl.UInt32, "preference": pl.Null})
    assert units(frame) == [2]


days = st.lists(st.integers(0, 60), min_size=1, max_size=6)


def one_day(minutes: list[int]) -> pl.DataFrame:
    return table(*((1, f"971{place:02}", value, True) for place, value in enumerate(minutes)))


@settings(max_examples=150, deadline=None)
@given(days)
def test_units_add_up_to_what_the_day_supports(minutes: list[int]) -> None:
    supported = day_totals(one_day(minutes))["supported_units_eight_minute"][0]
    assert sum(units(one_day(minutes))) == supported
    assert supported == (sum(minutes) + 7) // 15


@settings(max_examples=150, deadline=None)
@given(days, st.data())
def test_a_minute_more_never_takes_a_unit_away(minutes: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(minutes) - 1))
    more = [value + (index == place) for index, value in enumerate(minutes)]
    for column in ("units_eight_minute", "units_midpoint"):
        before, after = units(one_day(minutes), column), units(one_day(more), column)
        assert before[place] <= after[place] <= before[place] + 1
        assert sum(before) <= sum(after) <= sum(before) + 1


@settings(max_examples=150, deadline=None)
@given(days, st.data())
def test_unknown_minutes_never_yield_a_number(minutes: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(minutes) - 1))
    frame = one_day(minutes).with_columns(minutes=pl.when(pl.int_range(pl.len()) != place).then("minutes"))
    counted = allocate(frame)
    assert counted["units_eight_minute"].null_count() == len(minutes)
    assert counted["units_midpoint"].is_null().to_list() == [index == place for index in range(len(minutes))]
    total = day_totals(frame).to_dicts()[0]
    assert total["total_timed_minutes"] is None
    assert total["timed_minutes_at_least"] == sum(minutes) - minutes[place]
    # What is certain holds whatever the unknown minutes turn out to be.
    assert total["units_eight_minute_at_least"] <= (sum(minutes) + 7) // 15


@settings(max_examples=100, deadline=None)
@given(days, st.integers(0, 200))
def test_untimed_minutes_change_nothing(minutes: list[int], group: int) -> None:
    beside = pl.concat([one_day(minutes), table((1, "97150", group, False))])
    assert units(beside)[:-1] == units(one_day(minutes))
    assert units(beside)[-1] == 1


@settings(max_examples=100, deadline=None)
@given(days, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(minutes: list[int], random: Any) -> None:
    frame = one_day(minutes).with_columns(order=pl.int_range(pl.len()))
    places = list(range(len(minutes)))
    random.shuffle(places)
    assert allocate(frame[places]).sort("order").equals(allocate(frame))


@pytest.mark.slow
def test_speed() -> None:
    """A ceiling far above what is measured, so that only a change of kind fails it."""
    visit = one_day([24, 23, 8, 7])
    times = []
    for _ in range(40):
        start = time.perf_counter()
        allocate(visit)
        times.append(time.perf_counter() - start)
    assert sorted(times)[20] < 0.010

    rng = np.random.default_rng(3)
    rows = 1_000_000
    many = pl.DataFrame({"day_id": np.sort(rng.integers(0, rows // 4, rows))}).with_columns(
        code=pl.format("97{}", pl.int_range(pl.len()) % 997),
        minutes=pl.Series(rng.integers(0, 40, rows)),
        is_timed=pl.Series(rng.random(rows) < 0.9),
    )
    start = time.perf_counter()
    assert allocate(many).height == rows
    assert time.perf_counter() - start < 8
