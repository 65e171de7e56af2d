"""Which two codes may meet in an edit at all is told before the lines of an archive are paired."""

from __future__ import annotations

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
    listed = pl.DataFrame({"column_1": ["97110"], "column_2": ["97140"]})
    monkeypatch.setattr(
        payers, "own_pairs", lambda packs: listed if [one.id for one in packs] == ["cigna"] else listed.clear()
    )
    codes = ["97140", "97110"]

    assert may_be_edited(codes, pl.Series(["cigna", None]), Context()).tolist() == [[False, False], [True, False]]
    assert not may_be_edited(codes, pl.Series(["aetna"]), Context()).any()
