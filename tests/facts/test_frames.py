"""Frames of few rows keep what Python made as values, and make columns of it when they are asked for."""

from __future__ import annotations

import polars as pl
import pytest

from cleanclaim.facts import frames, plain_steps
from cleanclaim.facts.frames import Frames, Part
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.plan import Compute

KINDS = {"units": "Int64", "doubled": "Int64", "text": "String", "lowered": "String"}


def lines() -> Frames:
    return Frames({"lines": pl.DataFrame({"line_id": [0, 1], "units": [3, None]})})


def test_a_noted_column_is_made_when_the_frame_is_asked_for() -> None:
    own = lines()
    own.note("lines", "doubled", pl.Int64, [6, None])
    own.note("lines", "codes", pl.List(pl.String), [["97110"], []])

    assert own.rows("lines", frozenset({"doubled", "units"}))[0] == {
        "line_id": 0, "units": 3, "doubled": 6, "codes": ["97110"]
    }  # fmt: skip
    assert own.holding("lines", ["units", "doubled", "of_nobody"]).columns == ["line_id", "units", "doubled"]
    assert own.holding("lines", []).columns == ["line_id"]
    assert own["lines"].columns == ["line_id", "units", "doubled", "codes"]
    assert own["lines"].schema["codes"] == pl.List(pl.String)
    assert own["lines"].get_column("doubled").to_list() == [6, None]


def test_a_part_of_the_frames_has_what_a_stage_reads() -> None:
    own = lines()
    own.note("lines", "doubled", pl.Int64, [6, None])
    own.note("lines", "tripled", pl.Int64, [9, None])

    assert Part(own, {"lines": ["tripled"]})["lines"].columns == ["line_id", "tripled"]
    assert list(Part(own, {})) == ["lines"]


def test_columns_that_a_stage_added_are_read_as_values() -> None:
    own = lines()
    own.rows("lines", frozenset({"units"}))
    own.add("lines", [pl.Series("price", [100, 200])])

    assert [row["price"] for row in own.rows("lines", frozenset({"price"}))] == [100, 200]
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        own.rows("lines", frozenset({"of_nobody"}))


def test_many_rows_are_no_values() -> None:
    few = Frames({"lines": pl.DataFrame({"line_id": range(frames.FEW_ROWS)})})
    many = Frames(
        {"claims": pl.DataFrame({"claim_id": [0]}), "lines": pl.DataFrame({"line_id": range(frames.FEW_ROWS + 1)})}
    )

    assert few.are_few
    assert not many.are_few


def test_what_python_leaves_is_asked_of_a_query_within_the_same_step() -> None:
    doubled = Formula("doubled", (pl.col("units") * 2).alias("doubled"), pl.Int64, KINDS.__getitem__)
    summed = Formula("summed", pl.col("doubled").cum_sum().alias("summed"), pl.Int64, KINDS.__getitem__)
    own = Frames({"lines": pl.DataFrame({"line_id": [0, 1], "units": [3, 1 << 61]})})

    plain_steps.compute(Compute("lines", ((doubled,), (summed,))), own)

    assert own["lines"].get_column("summed").to_list() == [6, 6 + (1 << 62)]


def test_a_value_that_python_leaves_is_asked_of_a_query() -> None:
    lowered = Formula("lowered", pl.col("text").str.to_lowercase().alias("lowered"), pl.String, KINDS.__getitem__)
    own = Frames({"lines": pl.DataFrame({"line_id": [0, 1], "text": ["KNEE", "ÜBER"]})})

    plain_steps.compute(Compute("lines", ((lowered,),)), own)

    assert own["lines"].get_column("lowered").to_list() == ["knee", "über"]
