"""Sums, counts and flags by whole columns are those that a query says of each group."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cleanclaim.facts.folds import Groups, is_foldable
from cleanclaim.facts.kit import Aggregate, Fold, any_row, count_rows, count_same, every_row, total
from cleanclaim.pricing.exact import integers

GROUPS, ROWS = 40, 60
"""Few enough rows that some groups have none."""
AGGREGATES: dict[str, Aggregate] = {
    "sum": total(pl.col("cents"), of="lines", by=("claim_id",)),
    "sum of some": total(pl.col("cents"), of="lines", by=("claim_id",), where=pl.col("flag")),
    "count": count_rows(of="lines", by=("claim_id",), where=pl.col("flag")),
    "rows": count_same(("claim_id",), of="lines"),
    "any": any_row(pl.col("flag"), of="lines", by=("claim_id",)),
    "every": every_row(pl.col("flag"), of="lines", by=("claim_id",)),
}


@pytest.mark.parametrize("aggregate", AGGREGATES.values(), ids=AGGREGATES)
@pytest.mark.parametrize("order", ["claim by claim", "mixed", "some belong to nobody"])
def test_a_group_has_the_value_that_a_query_gives_it(aggregate: Aggregate, order: str) -> None:
    random = np.random.default_rng(5)
    key = random.integers(0, GROUPS, ROWS)
    lines = pl.DataFrame(
        {
            "claim_id": np.sort(key) if order == "claim by claim" else key,
            "cents": [None if cents < 2 else int(cents) for cents in random.integers(0, 30, ROWS)],
            "flag": [[True, False, False, None][place] for place in random.integers(0, 4, ROWS)],
        }
    )
    if order == "some belong to nobody":
        lines = lines.with_columns(pl.when(pl.col("claim_id") % 7 > 0).then("claim_id"))
    shown = random.random(GROUPS) < 0.8
    queried = lines.drop_nulls("claim_id").group_by("claim_id").agg(aggregate.expr.alias("value"))
    by_group = dict(queried.rows())
    expected = [by_group.get(group, aggregate.empty) if shown[group] else None for group in range(GROUPS)]

    assert aggregate.fold is not None
    value = lines.select("claim_id", aggregate.fold.value.alias("value")).get_column("value")
    groups = Groups.of(integers(lines.get_column("claim_id")), GROUPS)

    assert is_foldable(aggregate.fold, value)
    assert (groups.runs is not None) is (order == "claim by claim")
    assert groups.folded(aggregate.fold, value, shown).to_list() == expected
    assert groups.folded(aggregate.fold, value, None).to_list() == [
        by_group.get(group, aggregate.empty) for group in range(GROUPS)
    ]
    assert len(by_group) < GROUPS
    if aggregate is not AGGREGATES["rows"]:
        assert None in by_group.values()


def test_without_rows_every_group_has_the_value_of_no_rows() -> None:
    nobody = Groups.of(integers(pl.Series([], dtype=pl.Int64)), 2)

    assert nobody.folded(Fold("total", pl.lit(1)), pl.Series([], dtype=pl.Int64), None).to_list() == [0, 0]
    assert nobody.folded(Fold("every", pl.lit(1)), pl.Series([], dtype=pl.Boolean), None).to_list() == [True, True]


def test_a_column_of_another_type_is_left_to_a_query() -> None:
    assert not is_foldable(Fold("total", pl.col("x")), pl.Series([1], dtype=pl.Int32))
    assert not is_foldable(Fold("any", pl.col("x")), pl.Series([None], dtype=pl.Null))
