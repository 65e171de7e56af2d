"""Aggregates: an unknown row makes the result unknown unless logic decides without it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from cleanclaim.facts.kit import (
    Aggregate,
    any_row,
    count_rows,
    count_same,
    every_row,
    greatest,
    least,
    only_value,
    running,
    total,
    values_of,
)
from cleanclaim.lines.columns import col

BY = ("group",)


def collect(aggregate: Aggregate, **columns: Sequence[object]) -> list[object]:
    """The aggregate of each group, groups in order of appearance."""
    frame = pl.DataFrame(columns, schema_overrides={"n": pl.Int64, "flag": pl.Boolean})
    grouped = frame.group_by("group", maintain_order=True).agg(aggregate.expr.alias("result"))
    return grouped.get_column("result").to_list()


def test_total_is_unknown_when_one_row_is() -> None:
    assert collect(total(col.n, of="lines", by=BY), group=["a", "a", "b", "b"], n=[1, 2, 3, None]) == [3, None]


def test_total_where_counts_only_rows_that_satisfy_and_is_unknown_when_the_condition_is() -> None:
    aggregate = total(col.n, of="lines", by=BY, where=col.flag)

    assert collect(aggregate, group=["a", "a"], n=[1, None], flag=[True, False]) == [1]
    assert collect(aggregate, group=["a", "a"], n=[1, 2], flag=[True, None]) == [None]
    assert collect(aggregate, group=["a", "a"], n=[1, 2], flag=[False, False]) == [0]


@pytest.mark.parametrize(
    ("flags", "some", "all_"),
    [
        ([True, None], True, None),
        ([False, None], None, False),
        ([None, None], None, None),
        ([False, False], False, False),
        ([True, True], True, True),
        ([True, False], True, False),
    ],
)
def test_any_and_every_follow_kleene(flags: list[bool | None], some: object, all_: object) -> None:
    assert collect(any_row(col.flag, of="lines", by=BY), group=["a", "a"], flag=flags) == [some]
    assert collect(every_row(col.flag, of="lines", by=BY), group=["a", "a"], flag=flags) == [all_]


def test_counts() -> None:
    groups = ["a", "a", "b"]

    assert collect(count_rows(of="lines", by=BY, where=col.flag), group=groups, flag=[True, False, None]) == [1, None]
    assert collect(count_same(BY, of="lines"), group=groups, flag=[None, None, None]) == [2, 1]


def test_only_value_needs_all_rows_to_agree() -> None:
    aggregate = only_value(col.n, of="lines", by=BY)

    assert collect(aggregate, group=list("aabbcc"), n=[1, 1, 1, 2, 1, None]) == [1, None, None]


def test_values_are_listed_in_order_or_unknown() -> None:
    assert collect(values_of(col.n, of="lines", by=BY), group=list("aab"), n=[2, 1, None]) == [[2, 1], None]


def test_least_and_greatest_are_unknown_with_an_unknown_row() -> None:
    groups, numbers = list("aabb"), [3, 1, 2, None]

    assert collect(least(col.n, of="lines", by=BY), group=groups, n=numbers) == [1, None]
    assert collect(greatest(col.n, of="lines", by=BY), group=groups, n=numbers) == [3, None]


def test_least_where_ignores_unknown_values_of_rows_left_out() -> None:
    aggregate = least(col.n, of="lines", by=BY, where=col.flag)

    assert collect(aggregate, group=["a", "a"], n=[5, None], flag=[True, False]) == [5]
    assert collect(aggregate, group=["a", "a"], n=[5, None], flag=[True, True]) == [None]
    assert collect(aggregate, group=["a", "a"], n=[5, 4], flag=[True, None]) == [None]


def test_running_sum_is_unknown_from_the_first_unknown_row_on() -> None:
    frame = pl.DataFrame({"group": list("aaaab"), "at": [2, 1, 3, 4, 1], "n": [5, 1, None, 2, 7]})

    inclusive = frame.select(running(col.n, by=BY, order=("at",), inclusive=True)).to_series().to_list()
    before = frame.select(running(col.n, by=BY, order=("at",), inclusive=False)).to_series().to_list()

    assert inclusive == [6, 1, None, None, 7]
    assert before == [1, 0, 6, None, 0]
