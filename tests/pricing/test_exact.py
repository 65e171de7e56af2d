"""Arrays of dated values and of lists: small and large columns answer alike, and unknown stays unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.pricing.exact import as_column, as_texts, flags, has_any, integers, is_one_of, places_in
from cleanclaim.pricing.schedule import published
from tests.pricing.tables import column, pack, priced


@pytest.mark.parametrize("times", [1, 400])
def test_small_and_large_columns_answer_alike(times: int) -> None:
    numbers = integers(pl.Series([3, None, -2] * times))
    assert (numbers.values.tolist(), numbers.known.tolist()) == ([3, 0, -2] * times, [True, False, True] * times)
    days = integers(pl.Series([date(1970, 1, 2), None, date(1969, 12, 31)] * times))
    assert (days.values.tolist(), days.known.tolist()) == ([1, 0, -1] * times, [True, False, True] * times)
    sure = flags(pl.Series([True, None, False] * times))
    assert (sure.yes.tolist(), sure.no.tolist()) == ([True, False, False] * times, [False, False, True] * times)
    words = pl.Series(["a", None, "c"] * times)
    assert is_one_of(words, ("a", "b")).tolist() == [True, False, False] * times
    assert places_in(words, ("c", "a")).tolist() == [1, -1, 0] * times
    lists = pl.Series([["GP", "CQ"], ["CO"], ["GP"], [], None] * times, dtype=pl.List(pl.String))
    found = has_any(lists, ("CQ", "CO"))
    assert found.yes.tolist() == [True, True, False, False, False] * times
    assert found.no.tolist() == [False, False, True, True, False] * times
    assert as_column("n", numbers.values, numbers.known).to_list() == [3, None, -2] * times
    assert as_texts("w", places_in(words, ("c", "a")) + 1, ("?", "c", "a")).to_list() == ["a", "?", "c"] * times


def test_a_rate_on_an_unknown_day_is_unknown() -> None:
    days = pl.Series([None, date(2024, 3, 8), date(2019, 12, 31), date(2027, 1, 1), date(2026, 12, 31)])
    found = published().steps["conversion_factor"].on(integers(days))
    assert found.known.tolist() == [False, True, False, False, True]
    assert found.values.tolist() == [0, 327_442, 0, 0, 334_009]


def test_a_daily_amount_of_an_unknown_patient(tmp_path: Path) -> None:
    own = pack(tmp_path, "daily", "workers_compensation", {"price_basis": '{ kind = "per_diem", amount = "95.00" }'})
    table = priced([{"payer": "daily", "patient_id": None}, {"payer": "daily"}], "97110", "97110", extra=[own])
    assert column(table, "price_status") == ["cap unknown", "found"]
    assert column(table, "allowed_cents") == [None, 9500]
