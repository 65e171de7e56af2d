"""The index of pair edits against a walk through the rows, on made-up tables with every kind of period."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.reference.published.pair_index import VOID, PairIndex, PairIndexError

CODES = ["00100", "29877", "29881", "97110", "G0283"]
FIRST = date(2020, 1, 1)
SCHEMA = {
    "column_1": pl.String,
    "column_2": pl.String,
    "begins_on": pl.Date,
    "ended_on": pl.Date,
    "modifier_indicator": pl.Int64,
}
Row = tuple[str, str, date | None, date | None, int]

days = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=number))
edits = st.lists(
    st.tuples(st.sampled_from(CODES), st.sampled_from(CODES), days, st.none() | days, st.sampled_from([0, 1, VOID])),
    max_size=25,
)


def frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def walked(rows: list[Row], first: str, second: str, day: date) -> set[int]:
    """The indicators of the edit that began last, of those that hold on the day; several where they began together."""
    held = [
        (begins or date.min, indicator)
        for one, other, begins, ends, indicator in rows
        if (one, other) == (first, second)
        and indicator != VOID
        and (begins is None or begins <= day)
        and (ends is None or day <= ends)
    ]
    last = max((begins for begins, _ in held), default=None)
    return {indicator for begins, indicator in held if begins == last}


@settings(max_examples=150)
@given(rows=edits, asked=st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES), days), min_size=1))
def test_the_index_answers_as_a_walk_through_the_rows(rows: list[Row], asked: list[tuple[str, str, date]]) -> None:
    ever = [row for row in rows if row[4] != VOID and (row[3] is None or row[2] is None or row[2] <= row[3])]
    if not ever:
        with pytest.raises(PairIndexError, match="no edit was ever in force"):
            PairIndex.of(frame(rows))
        return
    index = PairIndex.of(frame(rows))
    columns = [pl.Series([row[place] for row in asked]) for place in range(3)]
    found = index.indicators_on(*columns).to_list()
    for (first, second, day), indicator in zip(asked, found, strict=True):
        expected = walked(rows, first, second, day)
        assert (indicator in expected) if expected else indicator is None
        assert index.indicator_on(first, second, day) == indicator


def test_many_rows_answer_as_few_do() -> None:
    rows: list[Row] = [(a, b, FIRST, None, 1) for a in CODES for b in CODES if a < b]
    index = PairIndex.of(frame(rows))
    asked = [
        (a, b, FIRST + timedelta(days=offset)) for a in [*CODES, "99999"] for b in CODES for offset in (-1, 0)
    ] * 10
    columns = [pl.Series([row[place] for row in asked]) for place in range(3)]
    many = index.indicators_on(*columns).to_list()
    few = [index.indicator_on(*row) for row in asked]
    assert len(asked) == 600
    assert many == few
    assert many.count(1) == 100


def test_unknown_keys_have_no_edit() -> None:
    index = PairIndex.of(frame([("29881", "29877", None, None, 0)]))
    column_1 = pl.Series(["29881", None, "29881", "298811", "29881", "2988", "29881"])
    column_2 = pl.Series(["29877", "29877", None, "29877", "29877é", "29877", ""])
    day = pl.Series([FIRST] * 7)
    assert index.indicators_on(column_1, column_2, day).to_list() == [0, None, None, None, None, None, None]
    undated = pl.Series([None] * 7, dtype=pl.Date)
    assert index.indicators_on(column_1, column_2, undated).null_count() == 7


def test_without_first_days_an_edit_begins_when_the_one_before_it_ended() -> None:
    rows: list[Row] = [
        ("29881", "29877", None, date(2020, 1, 10), 0),
        ("29877", "29881", None, None, 1),
        ("29881", "29877", None, date(2020, 1, 5), 1),
    ]
    index = PairIndex.of(frame(rows))
    assert index.indicator_on("29881", "29877", date(2020, 1, 5)) == 1
    assert index.indicator_on("29881", "29877", date(2020, 1, 6)) == 0
    assert index.indicator_on("29881", "29877", date(2020, 1, 11)) is None
    assert index.indicator_on("29877", "29881", date(2020, 1, 10)) is None
    assert index.indicator_on("29877", "29881", date(2020, 1, 11)) == 1


def test_a_written_index_is_mapped_and_answers_the_same(tmp_path: Path) -> None:
    index = PairIndex.of(frame([("29881", "29877", FIRST, None, 0), ("97110", "G0283", FIRST, FIRST, 1)]))
    index.write(tmp_path)
    opened = PairIndex.open(tmp_path)
    assert opened.keys.tolist() == index.keys.tolist()
    assert opened.indicator_on("97110", "G0283", FIRST) == 1
    (tmp_path / "begins.npy").unlink()
    with pytest.raises(PairIndexError, match="its index cannot be read; load the edition again"):
        PairIndex.open(tmp_path)
