"""The table of assistants' units: what decides, what is unknown, and what no rule describes."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from cleanclaim.units.assistants import AssistantMethod, SplitBasis, assistant_split
from cleanclaim.units.service_table import ServiceTableError

SCHEMA = {
    "day_id": pl.Int64,
    "code": pl.String,
    "date": pl.Date,
    "is_timed": pl.Boolean,
    "pt_minutes": pl.Int64,
    "pta_minutes": pl.Int64,
    "together_minutes": pl.Int64,
    "units": pl.Int64,
}
NOW = date(2026, 3, 4)


def table(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Rows of date, timed, minutes of PT, PTA and both together, and units."""
    full = [(place, "97110", *row) for place, row in enumerate(rows)]
    return pl.DataFrame(full, schema=SCHEMA, orient="row")


def split(*row: Any, method: AssistantMethod = AssistantMethod.PERCENTAGE) -> tuple[Any, ...]:
    columns = ("units_with_assistant_modifier", "units_without", "undecided", "split_basis")
    return assistant_split(table(row), method).select(columns).row(0)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((NOW, True, 0, 20, 0, 0), (0, 0, False, SplitBasis.NO_UNITS)),
        ((date(2019, 12, 31), True, 0, 20, 0, 1), (0, 1, False, SplitBasis.BEFORE_MODIFIERS)),
        ((date(2020, 1, 1), True, 0, 20, 0, 1), (1, 0, False, SplitBasis.WHOLE_UNITS)),
        ((date(2020, 1, 1), True, 0, 14, 0, 1), (1, 0, False, SplitBasis.FINAL_UNIT_SHARE)),
        ((NOW, True, 40, 0, 0, 3), (0, 3, False, SplitBasis.NO_ASSISTANT)),
        ((NOW, False, 27, 3, 0, 1), (0, 1, False, SplitBasis.SHARE_OF_SERVICE)),
        ((NOW, False, 26, 3, 0, 1), (1, 0, False, SplitBasis.SHARE_OF_SERVICE)),
        ((NOW, False, 0, 30, 0, 3), (3, 0, False, SplitBasis.SHARE_OF_SERVICE)),
        ((NOW, True, 30, 15, 0, 3), (1, 2, False, SplitBasis.WHOLE_UNITS)),
        ((NOW, True, 15, 22, 0, 2), (1, 1, False, SplitBasis.WHOLE_UNITS)),
        ((NOW, True, 8, 14, 0, 1), (0, 1, False, SplitBasis.FINAL_UNIT_THERAPIST)),
        ((NOW, True, 7, 14, 0, 1), (1, 0, False, SplitBasis.FINAL_UNIT_SHARE)),
        ((date(2021, 12, 31), True, 8, 14, 0, 1), (1, 0, False, SplitBasis.FINAL_UNIT_SHARE)),
        ((NOW, True, 0, 14, 8, 1), (0, 1, False, SplitBasis.FINAL_UNIT_THERAPIST)),
        ((NOW, True, 4, 14, 4, 1), (0, 1, False, SplitBasis.FINAL_UNIT_THERAPIST)),
        ((NOW, True, 9, 14, 0, 2), (1, 1, False, SplitBasis.TWO_FINAL_UNITS)),
        ((NOW, True, 24, 29, 0, 4), (2, 2, False, SplitBasis.TWO_FINAL_UNITS)),
        ((date(2021, 12, 31), True, 9, 14, 0, 2), (None, None, True, SplitBasis.UNDECIDED)),
    ],
)
def test_what_decides(row: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    assert split(*row) == expected


@pytest.mark.parametrize(
    "row",
    [
        (NOW, True, 12, 10, 0, 2),  # two pooled units on 22 minutes
        (NOW, True, 8, 14, 0, 2),  # 22 again, and only 8 by the therapist
        (NOW, True, 15, 15, 0, 1),  # fewer units than whole blocks, as after a daily cap
        (NOW, True, 15, 15, 0, 3),  # a unit for which there is not a minute
        (NOW, True, 14, 14, 0, 3),  # more units than the minutes hold
    ],
)
def test_what_no_rule_describes_is_undecided(row: tuple[Any, ...]) -> None:
    for method in AssistantMethod:
        assert split(*row, method=method) == (None, None, True, SplitBasis.UNDECIDED)


@pytest.mark.parametrize(
    "row",
    [
        (None, True, 10, 5, 0, 1),
        (NOW, None, 10, 5, 0, 1),
        (NOW, True, None, 5, 0, 1),
        (NOW, True, 10, None, 0, 1),
        (NOW, True, 10, 5, None, 1),
        (NOW, True, 10, 5, 0, None),
        (NOW, False, None, 1, 0, 1),
    ],
)
def test_unknown_input_gives_no_number(row: tuple[Any, ...]) -> None:
    assert split(*row) == (None, None, None, None)


def test_what_decides_alone_decides_whatever_else_is_unknown() -> None:
    assert split(None, None, None, 0, None, 2) == (0, 2, False, SplitBasis.NO_ASSISTANT)
    assert split(NOW, True, 10, 0, 0, None) == (0, None, False, SplitBasis.NO_ASSISTANT)
    assert split(None, None, None, None, None, 0) == (0, 0, False, SplitBasis.NO_UNITS)
    assert split(date(2019, 12, 31), None, None, None, None, 2) == (0, 2, False, SplitBasis.BEFORE_MODIFIERS)


def test_share_of_exactly_a_tenth_and_one_more() -> None:
    # 1 of 10 is not more than 10%; in a final unit of fewer minutes it is.
    assert split(NOW, False, 9, 1, 0, 1)[:2] == (0, 1)
    assert split(NOW, False, 8, 1, 0, 1)[:2] == (1, 0)
    assert split(date(2021, 12, 31), True, 9, 1, 0, 1)[:2] == (0, 1)
    assert split(date(2021, 12, 31), True, 8, 1, 0, 1)[:2] == (1, 0)


def test_simple_method_rounds_the_tenth_half_up_and_adds_one() -> None:
    def carried(total: int, assistant: int) -> int:
        found: int = split(NOW, False, total - assistant, assistant, 0, 1, method=AssistantMethod.SIMPLE)[0]
        return found

    assert [carried(14, 1), carried(14, 2)] == [0, 1]
    assert [carried(15, 2), carried(15, 3)] == [0, 1]
    assert [carried(24, 2), carried(24, 3)] == [0, 1]
    assert [carried(25, 3), carried(25, 4)] == [0, 1]
    assert [carried(4, 0), carried(4, 1)] == [0, 1]


def test_codes_that_never_take_the_modifier() -> None:
    frame = table((NOW, False, 0, 20, 0, 1), (NOW, False, 0, 20, 0, 1), (NOW, False, 0, 20, 0, 1))
    flagged = frame.with_columns(assistant_modifier_applies=pl.Series([True, False, None]))
    found = assistant_split(flagged)
    assert found["units_with_assistant_modifier"].to_list() == [1, 0, None]
    assert found["split_basis"].to_list() == [SplitBasis.SHARE_OF_SERVICE, SplitBasis.NOT_SUBJECT, None]


def test_rows_and_columns_stay_and_types_hold() -> None:
    for frame in (table((NOW, True, None, None, None, None)), table()):
        found = assistant_split(frame)
        assert found.select(frame.columns).equals(frame)
        assert found.dtypes[-4:] == [pl.Int64, pl.Int64, pl.Boolean, pl.String]


@pytest.mark.parametrize("column", ["pt_minutes", "pta_minutes", "together_minutes", "units"])
def test_negative_numbers_are_refused(column: str) -> None:
    frame = table((NOW, True, 1, 1, 1, 1)).with_columns(pl.lit(-1, pl.Int64).alias(column))
    with pytest.raises(ServiceTableError, match=f"row 0: {column} is -1; expected 0 or more"):
        assistant_split(frame)
    with pytest.raises(ServiceTableError, match=f"lack column '{column}'"):
        assistant_split(frame.drop(column))
