"""Which two codes may meet in an edit at all is told before the lines of an archive are paired."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cleanclaim.facts.kit import Context
from cleanclaim.facts.pair_edits import may_be_edited
from cleanclaim.reference import ncci, payers


def test_two_codes_may_be_edited_where_medicares_list_or_a_payers_own_has_them_in_this_order() -> None:
    rows = ncci.pairs().select("column_1", "column_2").unique().rows()
    some = sorted({code for pair in rows for code in pair})[:60]
    codes = [*some, None, "ZZZZZ"]

    found = may_be_edited(codes, pl.Series(["medicare_b", None, "nobody"]), Context())

    listed = {pair for pair in rows if pair[0] in some and pair[1] in some}
    assert len(listed) > 20
    assert {(codes[first], codes[second]) for first, second in zip(*found.nonzero(), strict=True)} == listed


def test_a_payers_own_pairs_count_for_that_payer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ncci, "stand", lambda first, _: np.zeros(len(first), np.bool_))
    every = payers.own_pairs(payers.get(payer) for payer in payers.all_ids())
    payer, first, second = every.select("payer", "column_1", "column_2").row(0)

    assert may_be_edited([second, first], pl.Series([payer]), Context()).tolist() == [[False, False], [True, False]]
    assert not may_be_edited([second, first], pl.Series(["nobody"]), Context()).any()
