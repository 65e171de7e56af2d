"""Rows told apart by several columns, and lines priced by their kind: what a dictionary and each patient alone say."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from cleanclaim.pricing.claim_groups import group_numbers
from cleanclaim.pricing.kinds import Kinds, from_one
from cleanclaim.pricing.line_prices import LINE_COLUMNS, price_table
from tests.pricing.tables import claims_of, pack


@pytest.mark.parametrize("most", [3, 1 << 19, 1 << 21, 1 << 40])
def test_rows_are_alike_that_have_the_same_numbers(most: int) -> None:
    chance = random.Random(most)
    pool = [0, 1, most - 1, *(chance.randrange(most) for _ in range(3))]
    columns = [np.array(chance.choices(pool, k=300), np.int64) for _ in range(3)]
    first: dict[tuple[int, ...], int] = {}
    rows = zip(*(column.tolist() for column in columns), strict=True)
    expected = [first.setdefault(row, place) for place, row in enumerate(rows)]
    kinds = Kinds.by(columns)
    assert kinds.rows[kinds.of_row].tolist() == expected
    assert sorted(set(kinds.of_row.tolist())) == list(range(len(first)))


@pytest.mark.parametrize(
    "cells",
    [["a"] * 4, ["a", "b", "a", "c"], ["a", None, "a", None], [None] * 4, [7, 5, 7, -2], [None, 0, 5, None]],
)
def test_values_are_numbered_alike_and_a_null_is_0(cells: list[Any]) -> None:
    own = from_one(pl.Series(cells, dtype=pl.String if "a" in cells else None)).tolist()
    assert [number == 0 for number in own] == [cell is None for cell in cells]
    assert len(set(own)) == len(set(cells)) == len(set(zip(own, cells, strict=True)))


def test_claims_of_a_large_table_are_grouped_as_those_of_a_small_one() -> None:
    chance = random.Random(5)
    rows = [(chance.choice([1, 2, None]), chance.choice(["a", "b", "", None])) for _ in range(400)]
    claims = pl.DataFrame(rows, schema={"patient_id": pl.Int64, "billing_npi": pl.String}, orient="row")
    keys = ("patient_id", "billing_npi")
    large, small = group_numbers(claims, keys), group_numbers(claims[:200], keys)
    assert large[:200].tolist() == small.tolist()
    assert large.tolist() == [-1 if None in row or "" in row else rows.index(row) for row in rows]
    nobody = claims.with_columns(pl.lit(None, pl.Int64).alias("patient_id"))
    assert group_numbers(nobody, keys).tolist() == [-1] * 400


CLAIMS: dict[str, list[Any]] = {
    "date_of_service": [
        date(2026, 3, 4),
        date(2026, 3, 4),
        date(2025, 12, 31),
        date(2019, 5, 5),
        date(2031, 1, 1),
        None,
    ],
    "payer": ["medicare_b", "medicare_b", "medicare_b", "fixed", "moving", "cash", "nobody", None],
    "coverage_order": ["primary", "primary", "secondary", None],
    "place_of_service": ["11", "11", "22", "no place", None],
    "locality": ["national", "national", "no locality", None],
    "billing_npi": ["1234567893", "1000000004", None],
    "billing_tax_id": ["123456789", None],
}
LINES: dict[str, list[Any]] = {
    "code": ["97110", "97110", "97530", "97161", "99999", "95992", "G0283", None],
    "modifiers": [["GP"], ["GP", "CQ"], ["26"], ["TC", "GP"], ["GZ"], [], [None], None],
    "units": [1, 2, 3, 0, None],
    "charge_cents": [5_000, 100_000, 9_000_000, None],
}


def _drawn(chance: random.Random, choices: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: chance.choice(values) for name, values in choices.items()}


def test_lines_of_every_sort_are_priced_as_those_of_each_patient_alone(tmp_path: Path) -> None:
    basis = '{{ kind = "percent_of_medicare", percent = "110"{} }}'
    plans = {"fixed": basis.format(", schedule_date = 2024-06-01"), "moving": basis.format("")}
    packs = [pack(tmp_path, name, "commercial", {"price_basis": stated}) for name, stated in plans.items()]
    chance = random.Random(20_261_122)
    rows = [{"patient_id": place // 3, **_drawn(chance, CLAIMS)} for place in range(360)]
    drawn = [{"claim_id": place, **_drawn(chance, LINES)} for place in range(360) for _ in range(3)]
    claims, lines = claims_of(rows, packs), pl.DataFrame(drawn, schema=dict(LINE_COLUMNS), orient="row")
    whole = price_table(claims, lines)
    assert whole.height > 1_000
    assert whole["price_status"].n_unique() >= 12
    for patient in range(120):
        alone = lines[9 * patient : 9 * patient + 9].with_columns(pl.col("claim_id") - 3 * patient)
        assert price_table(claims[3 * patient : 3 * patient + 3], alone).equals(whole[9 * patient : 9 * patient + 9])
