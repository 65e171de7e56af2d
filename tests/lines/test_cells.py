"""Rows that say the same of their claim are read once, and nothing that one of them says is lost or spread."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.lines.cells import OF_CLAIM, Cells, Runs, differs_from_before, read_cells

_ROW = st.fixed_dictionaries(
    {
        "claim": st.sampled_from(["A1", "A2", " A1", "", None]),
        "patient": st.sampled_from(["P1", "", None]),
        "date": st.sampled_from(["2026-03-02", "2026-03-03", "March", "", None]),
        "payer": st.sampled_from(["medicare-part-b", None]),
        "diagnoses": st.sampled_from(["M54.50", "M54.50 M25.561", "", None]),
        "code": st.sampled_from(["97110", "97140", ""]),
        "modifiers": st.sampled_from(["GP", "GP KX", ""]),
        "minutes": st.sampled_from(["15", "ten", ""]),
    }
)


def _row_by_row(cells: Cells) -> list[dict[str, object]]:
    """What is known of each row, from its head and itself."""
    heads = cells.heads[np.repeat(np.arange(cells.heads.height), cells.runs.counts)]
    return pl.concat([heads.drop("head_rows"), cells.rows], how="horizontal").to_dicts()


@settings(max_examples=30)
@given(rows=st.lists(_ROW, min_size=1, max_size=8))
def test_a_row_says_among_others_what_it_says_alone(rows: list[dict[str, str | None]]) -> None:
    """Each row read by itself, and all of them read together: the same cells, the same refusals."""
    alone = [read_cells(pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))) for row in rows]
    together = read_cells(pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)))
    assert _row_by_row(together) == [row for one in alone for row in _row_by_row(one)]
    refused = {(place, field) for place, one in enumerate(alone) for field in one.refused.get_column("field")}
    assert {(row, field) for row, field, _ in together.refused.iter_rows()} == refused
    assert together.refused.height == len(refused)


def test_rows_of_one_claim_have_one_head_and_rows_of_none_have_their_own() -> None:
    """Two lines of a claim are one run; two lines that name neither claim nor patient are two claims."""
    frame = pl.DataFrame(
        {
            "claim": ["A1", "A1", None, None],
            "patient": [None, None, None, " "],
            "date": ["2026-03-02"] * 4,
            "code": ["97110", "97140", "97110", "97110"],
            "modifiers": ["GP"] * 4,
        }
    )
    cells = read_cells(frame)
    assert cells.runs.counts.tolist() == [2, 1, 1]
    assert set(cells.heads.columns) & set(cells.rows.columns) == set()
    assert "code" not in OF_CLAIM


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pl.Series([1, 1, None, None, 2]), [False, True, False, True]),
        (pl.Series([["a"], ["a"], ["b"], None, [], ["a", "b"], ["a", "c"]]), [False, True, True, True, True, True]),
        (pl.Series([["a", None], ["a", None], ["a", "b"]]), [False, True]),
        (pl.Series([["x", "a", "b"], ["x", "a", "b"], ["a", "b"], ["a", "b"]]), [False, True, False]),
    ],
)
def test_what_differs_from_the_row_before(column: pl.Series, expected: list[bool]) -> None:
    """Null is like null and like nothing else; lists are alike element by element."""
    assert differs_from_before(column).tolist() == expected


def test_rows_of_runs_and_runs_of_rows() -> None:
    """Runs of 2, 1 and 3 rows."""
    runs = Runs(np.array([2, 1, 3]))
    assert runs.starts.tolist() == [0, 2, 3]
    assert runs.holding(np.array([0, 1, 2, 5])).tolist() == [0, 0, 1, 2]
    assert runs.rows(np.array([2, 0])).tolist() == [3, 4, 5, 0, 1]
