"""Rows of a frame become claims: which belong together, and what they say otherwise than each other."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cleanclaim.lines.from_columns import LaidLines, tables_of_lines

CLAIM = "the same in every row of a claim and day"


def laid(claims: list[str], **columns: list[object]) -> LaidLines:
    """One line a claim number, of one day."""
    height = len(claims)
    frame = {"claim": claims, "date": ["2026-03-04"] * height, "code": ["97110"] * height, "modifiers": ["GP"] * height}
    return tables_of_lines(pl.DataFrame({**frame, **columns}), as_of=date(2026, 3, 31))


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        pytest.param(["M54.50 M25.561", "M54.50 M25.561"], [], id="alike"),
        pytest.param(["M54.50 M25.561", "M54.50 M25.562"], [1], id="another code"),
        pytest.param(["M54.50 M25.561", "M25.561 M54.50"], [1], id="another order"),
        pytest.param(["M54.50 M25.561", "M54.50"], [1], id="a code fewer"),
        pytest.param(["M54.50", "M54.50 M25.561"], [1], id="a code more"),
        pytest.param([None, "M54.50"], [1], id="none, then one"),
        pytest.param(["M54.50", "M54.50", "M25.561"], [2], id="the third row"),
    ],
)
def test_diagnoses_that_rows_of_a_claim_disagree_on(said: list[object], refused: list[int]) -> None:
    found = laid(["C0", *["C1"] * len(said), "C2"], diagnoses=["M25.561", *said, "M62.81 M54.50"])
    assert found.refused.rows() == [(row + 1, "diagnoses", CLAIM) for row in refused]
    expected = ["C0", "C2"] if refused else ["C0", "C1", "C2"]
    assert found.tables.claims.get_column("claim_key").to_list() == expected


def test_rows_of_claims_that_stand_between_each_other() -> None:
    found = laid(["C1", "C2", "C1", "C3", "C2"], diagnoses=["M54.50", "M62.81", "M54.50", "M54.50", "M62.81"])
    assert found.refused.is_empty()
    assert found.tables.claims.get_column("claim_key").to_list() == ["C1", "C2", "C3"]
    assert found.tables.lines.get_column("claim_id").to_list() == [0, 0, 1, 1, 2]
    assert found.rows.tolist() == [0, 2, 1, 4, 3]
    assert found.tables.diagnoses.select("claim_id", "diagnosis").rows() == [
        (0, "M54.50"),
        (1, "M62.81"),
        (2, "M54.50"),
    ]


@pytest.mark.parametrize(
    ("modifiers", "discipline"),
    [
        (["GP", "KX GP"], "PT"),
        (["GO", None], "OT"),
        (["", "59 GN"], "SLP"),
        (["GP", "GO"], None),
        (["GP GO", "GP"], None),
        (["KX", None], None),
    ],
)
def test_the_discipline_that_the_modifiers_of_a_claim_agree_on(modifiers: list[object], discipline: str | None) -> None:
    found = laid(["C1", "C1", "C2"], modifiers=[*modifiers, "GN"])
    assert found.tables.claims.get_column("discipline").to_list() == [discipline, "SLP"]
