"""Attaching a dated table: both paths against a plain loop, and every refusal."""

from __future__ import annotations

import gc
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.reference import lookup
from cleanclaim.reference.lookup import Edition, LookupTableError, attach, table_record

TABLE = pl.DataFrame(
    {
        "code": ["97110", "97110", "97762", "G0283"],
        "amount": [1, 2, 3, 4],
        "valid_from": [date(2024, 1, 1), date(2024, 3, 9), None, date(2020, 1, 1)],
        "valid_through": [date(2024, 3, 8), date(2024, 12, 31), date(2017, 12, 31), None],
    }
)


def run(
    codes: list[str | None], days: list[date | None], known_through: date | None = None
) -> list[tuple[int | None, str]]:
    frame = pl.DataFrame({"line_code": codes, "on": days}, schema={"line_code": pl.String, "on": pl.Date})
    out = attach(
        frame,
        TABLE,
        by={"line_code": "code"},
        day="on",
        take={"amount": "found_amount"},
        status="amount_status",
        known_through=known_through,
    )
    assert out.columns == ["line_code", "on", "found_amount", "amount_status"]
    assert out.select("line_code", "on").equals(frame)
    assert out.schema["amount_status"] == pl.String
    assert out.schema["found_amount"] == pl.Int64
    return list(out.select("found_amount", "amount_status").iter_rows())


@pytest.fixture(params=[-1, 1_000], ids=["arrays", "dictionary"])
def _path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_SMALL_HEIGHT", request.param)


@pytest.mark.usefixtures("_path")
@pytest.mark.parametrize(
    ("code", "day", "amount", "status"),
    [
        ("97110", date(2023, 12, 31), None, "outside dates"),
        ("97110", date(2024, 1, 1), 1, "found"),
        ("97110", date(2024, 3, 8), 1, "found"),
        ("97110", date(2024, 3, 9), 2, "found"),
        ("97110", date(2024, 12, 31), 2, "found"),
        ("97110", date(2025, 1, 1), None, "outside dates"),
        ("97762", date(1990, 5, 5), 3, "found"),
        ("97762", date(2017, 12, 31), 3, "found"),
        ("97762", date(2018, 1, 1), None, "outside dates"),
        ("G0283", date(2019, 12, 31), None, "outside dates"),
        ("G0283", date(9999, 12, 31), 4, "found"),
        ("97762", date(1, 1, 1), 3, "found"),
        ("97999", date(2024, 1, 1), None, "not listed"),
        ("", date(2024, 1, 1), None, "not listed"),
        (None, date(2024, 1, 1), None, "unknown key"),
        ("97110", None, None, "unknown key"),
        (None, None, None, "unknown key"),
    ],
)
def test_each_status_on_both_sides_of_each_date(
    code: str | None, day: date | None, amount: int | None, status: str
) -> None:
    assert run([code], [day]) == [(amount, status)]


@pytest.mark.usefixtures("_path")
def test_a_date_past_the_horizon_has_no_value() -> None:
    days: list[date | None] = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 1), None]
    codes: list[str | None] = ["G0283", "G0283", "97999", "G0283"]
    assert run(codes, days, known_through=date(2026, 12, 31)) == [
        (4, "found"),
        (None, "past horizon"),
        (None, "past horizon"),
        (None, "unknown key"),
    ]


@pytest.mark.usefixtures("_path")
def test_an_empty_frame_and_an_empty_table_and_a_column_of_nulls() -> None:
    assert run([], []) == []
    frame = pl.DataFrame({"c": [None, None], "d": [date(2024, 1, 1)] * 2})
    empty = TABLE.clear()
    for table in (TABLE, empty):
        out = attach(frame, table, by={"c": "code"}, day="d", take={"amount": "x"}, status="s")
        assert out["s"].to_list() == ["unknown key", "unknown key"]
    frame = pl.DataFrame({"c": ["97110"], "d": [date(2024, 1, 1)]})
    out = attach(frame, empty, by={"c": "code"}, day="d", take={}, status="s")
    assert out.rows() == [("97110", date(2024, 1, 1), "not listed")]


@pytest.mark.usefixtures("_path")
def test_a_table_without_a_key_is_chosen_by_date_alone() -> None:
    table = TABLE.filter(pl.col("code") == "97110")
    frame = pl.DataFrame({"d": [date(2024, 3, 8), date(2024, 3, 9), date(2025, 1, 1), None]})
    out = attach(frame, table, by={}, day="d", take={"amount": "a"}, status="s")
    assert out["a"].to_list() == [1, 2, None, None]
    assert out["s"].to_list() == ["found", "found", "outside dates", "unknown key"]


def test_a_tall_frame_keeps_order_and_height() -> None:
    frame = pl.DataFrame({"n": range(5_000)}).with_columns(
        pl.when(pl.col("n") % 3 == 0).then(pl.lit("97110")).otherwise(pl.lit("x")).alias("c"),
        (pl.lit(date(2024, 1, 1)) + pl.duration(days=pl.col("n") % 400)).alias("d"),
    )
    out = attach(frame, TABLE, by={"c": "code"}, day="d", take={"amount": "a"}, status="s")
    assert out["n"].to_list() == list(range(5_000))
    # Of 1,667 rows of 97110 the days 0–67 have the first amount, 68–365 the second, the rest none.
    days = [n % 400 for n in range(0, 5_000, 3)]
    assert out["a"].value_counts().sort("a").rows() == [
        (None, 3_333 + sum(day > 365 for day in days)),
        (1, sum(day <= 67 for day in days)),
        (2, sum(67 < day <= 365 for day in days)),
    ]


def test_two_part_keys_do_not_run_together() -> None:
    table = pl.DataFrame(
        {
            "a": ["1", "11"],
            "b": ["11", "1"],
            "v": [1, 2],
            "valid_from": [None, None],
            "valid_through": [None, None],
        }
    )
    frame = pl.DataFrame({"x": ["1", "11", "1"], "y": ["11", "1", "1"], "d": [date(2024, 1, 1)] * 3})
    out = attach(frame, table, by={"x": "a", "y": "b"}, day="d", take={"v": "v"}, status="s")
    assert out["v"].to_list() == [1, 2, None]


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    rows: list[tuple[str, int, int | None, int | None]] = []
    for code, number in product("ab", [1, 2]):
        day = draw(st.integers(0, 5))
        periods: list[tuple[int | None, int | None]] = []
        for _ in range(draw(st.integers(0, 3))):
            length = draw(st.integers(0, 4))
            periods.append((day, day + length))
            day += length + 1 + draw(st.integers(0, 2))
        open_start, open_end = draw(st.booleans()), draw(st.booleans())
        if periods and open_start:
            periods[0] = (None, periods[0][1])
        if periods and open_end:
            periods[-1] = (periods[-1][0], None)
        rows.extend((code, number, start, end) for start, end in periods)
    shuffled = draw(st.permutations(rows))
    base = date(2024, 2, 27)
    return pl.DataFrame(
        [
            (k, n, place, *(None if x is None else base + timedelta(days=x) for x in (start, end)))
            for place, (k, n, start, end) in enumerate(shuffled)
        ],
        schema={"k": pl.String, "n": pl.Int64, "v": pl.Int64, "valid_from": pl.Date, "valid_through": pl.Date},
        orient="row",
    )


def brute(table: pl.DataFrame, key: str | None, number: int | None, day: date | None) -> tuple[int | None, str]:
    if key is None or number is None or day is None:
        return None, "unknown key"
    listed = [row for row in table.iter_rows(named=True) if row["k"] == key and row["n"] == number]
    for row in listed:
        begins, ends = row["valid_from"], row["valid_through"]
        if (begins is None or begins <= day) and (ends is None or day <= ends):
            return row["v"], "found"
    return None, "outside dates" if listed else "not listed"


@settings(max_examples=150, deadline=None)
@given(
    table=tables(),
    lines=st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", None]),
            st.sampled_from([1, 2, 3, None]),
            st.one_of(st.none(), st.integers(-2, 30).map(lambda n: date(2024, 2, 27) + timedelta(days=n))),
        ),
        max_size=12,
    ),
)
def test_both_paths_equal_a_plain_loop(
    table: pl.DataFrame, lines: list[tuple[str | None, int | None, date | None]]
) -> None:
    frame = pl.DataFrame(lines, schema={"key": pl.String, "number": pl.Int64, "day": pl.Date}, orient="row")
    expected = [brute(table, *line) for line in lines]
    by, take = {"key": "k", "number": "n"}, {"v": "v"}
    few = attach(frame, table, by=by, day="day", take=take, status="s")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup, "_SMALL_HEIGHT", -1)
        many = attach(frame, table, by=by, day="day", take=take, status="s")
    assert few.select("v", "s").rows() == expected
    assert many.equals(few)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"by": {"nope": "code"}}, "the frame has no column 'nope'; it has c, d"),
        ({"by": {"c": "nope"}}, "the table has no column 'nope'; it has code, amount, valid_from, valid_through"),
        ({"day": "nope"}, "the frame has no column 'nope'; it has c, d"),
        ({"day": "c"}, "frame column 'c' is String, expected Date"),
        ({"take": {"nope": "x"}}, "the table has no column 'nope' to take"),
        ({"take": {"amount": "c"}}, "the new column 'c' would overwrite a column of the frame"),
        ({"status": "d"}, "the new column 'd' would overwrite a column of the frame"),
        ({"take": {"amount": "s"}}, "the new column 's' would overwrite a column of the frame"),
        ({"by": {"c": "amount"}}, "frame column 'c' holds text, table column 'amount' holds whole numbers"),
    ],
)
def test_a_call_that_cannot_be_answered_is_refused(change: dict[str, object], message: str) -> None:
    frame = pl.DataFrame({"c": ["97110"], "d": [date(2024, 1, 1)]})
    arguments: dict[str, object] = {"by": {"c": "code"}, "day": "d", "take": {"amount": "a"}, "status": "s"}
    with pytest.raises(LookupTableError) as caught:
        attach(frame, TABLE, **(arguments | change))  # type: ignore[arg-type]
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"valid_through": pl.lit(date(2024, 3, 9))},
            "periods of key '97110' overlap; the later one is table row 1",
        ),
        ({"valid_through": pl.lit(date(2019, 12, 31))}, "table row 0 ends before it begins"),
        ({"code": pl.lit(None, dtype=pl.String)}, "table column 'code' has no key in row 0"),
        ({"valid_from": pl.lit("2024-01-01")}, "table column 'valid_from' is String, expected Date"),
    ],
)
def test_a_faulty_table_is_refused(change: dict[str, pl.Expr], message: str) -> None:
    table = TABLE.head(2).with_columns(**change)
    frame = pl.DataFrame({"c": ["97110"], "d": [date(2024, 1, 1)]})
    with pytest.raises(LookupTableError) as caught:
        attach(frame, table, by={"c": "code"}, day="d", take={}, status="s")
    assert message in str(caught.value)


def test_the_index_of_a_table_lives_as_long_as_the_table() -> None:
    gc.collect()
    before = len(lookup._INDEXES)
    table = TABLE.clone()
    frame = pl.DataFrame({"c": ["97110"], "d": [date(2024, 1, 1)]})
    attach(frame, table, by={"c": "code"}, day="d", take={}, status="s")
    attach(frame, table, by={"c": "code"}, day="d", take={"amount": "a"}, status="s")
    assert len(lookup._INDEXES) == before + 1
    del table
    gc.collect()
    assert len(lookup._INDEXES) == before


def test_an_edition_confirms_only_its_own_quarter() -> None:
    edition = Edition("2024-07-01", date(2024, 7, 1), date(2024, 9, 30))
    days = (date(2024, 6, 30), date(2024, 7, 1), date(2024, 9, 30), date(2024, 10, 1))
    assert [edition.confirms(day) for day in days] == [False, True, True, False]


RECORD = """
label = "A table"
license = "Public domain"
grain = "one code"
columns = ["code", "units"]
rows = 2
sha256 = "00"
covers_from = 2024-07-01

[source]
publisher = "P"
title = "T"
section = "S"
read_on = 2026-11-21
"""


def test_a_record_is_read_strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleanclaim.reference.lookup.resources.files", lambda _: tmp_path)
    file = tmp_path / "data" / "topic" / "x.toml"
    file.parent.mkdir(parents=True)
    file.write_text(RECORD, "utf-8")
    record = table_record("topic/x")
    assert (record.columns, record.rows) == (("code", "units"), 2)
    assert (record.covers_from, record.covers_through) == (date(2024, 7, 1), None)
    file.write_text(RECORD.replace("rows = 2", "row = 2"), "utf-8")
    with pytest.raises(LookupTableError, match=r"topic/x\.toml: unknown key 'row'; expected columns, grain"):
        table_record("topic/x")
    file.write_text(RECORD.replace("rows = 2\n", ""), "utf-8")
    with pytest.raises(LookupTableError, match=r"topic/x\.toml: lacks key 'rows'"):
        table_record("topic/x")
