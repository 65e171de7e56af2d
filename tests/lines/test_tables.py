"""Tables from rows of plain values: lists one by one or laid out together, unknown cells, unknown columns."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from cleanclaim.lines import tables
from cleanclaim.lines.schema import dtypes
from cleanclaim.lines.tables import Tables

LISTS: list[dict[str, Any]] = [
    {"line_id": 0, "modifiers": ["GP", "KX"], "pointers": [1, 2]},
    {"line_id": 1, "modifiers": [], "pointers": None},
    {"line_id": 2, "modifiers": ("GP",)},
    {"line_id": 3, "modifiers": ["59", None], "pointers": []},
]


def lines(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return Tables.from_rows(claims=[], lines=rows).lines


@pytest.mark.parametrize("few", [4, 3])
def test_lists_are_the_same_one_by_one_and_together(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_FEW", few)

    frame = lines(LISTS)

    assert frame.get_column("modifiers").to_list() == [["GP", "KX"], [], ["GP"], ["59", None]]
    assert frame.get_column("pointers").to_list() == [[1, 2], None, None, []]
    assert frame.get_column("line_fields_absent").to_list() == [None] * 4
    assert frame.schema == pl.Schema(dtypes("lines"))


@pytest.mark.parametrize("few", [100, -1])
def test_a_table_without_rows_has_all_columns(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_FEW", few)

    assert lines([]).schema == pl.Schema(dtypes("lines"))
    assert lines([]).height == 0


def test_a_column_that_the_table_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError, match="table lines has no column 'mileage'"):
        lines([{"line_id": 0}, {"line_id": 1, "mileage": 12, "weight": 3}])
