"""A warehouse's table in the shape of Tuva's `medical_claim`: its lines, their rows, and what it says was paid."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.audit.inputs import ArchiveFile, slice_of
from cleanclaim.audit.payments import PAYMENTS, STATED, with_paid, with_stated
from tests.audit.made import CLINIC, OTHER_CLINIC, claims_frame
from tests.cli.running import run_json


def medical_claim(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Lines by row; what is not given is as of a professional line of claim V1."""
    plain = {
        "claim_id": "V1",
        "claim_line_number": 1,
        "claim_type": "professional",
        "person_id": "P1",
        "payer": "medicare_b",
        "claim_line_start_date": date(2026, 3, 4),
        "place_of_service_code": "11",
        "service_unit_quantity": 2.0,
        "hcpcs_code": "97110",
        "hcpcs_modifier_1": "GP",
        "hcpcs_modifier_2": None,
        "diagnosis_code_1": "M54.50",
        "billing_npi": CLINIC,
        "rendering_npi": "1245319599",
        "charge_amount": 100.1,
        "paid_amount": 40.25,
        "allowed_amount": 50.0,
    }
    return pl.DataFrame([{**plain, **row} for row in rows], infer_schema_length=None)


def stated(*rows: tuple[str, str | None, int | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=STATED, orient="row")


def test_lines_keep_the_rows_that_they_have_in_the_table(tmp_path: Path) -> None:
    path = tmp_path / "medical_claim.parquet"
    rows: list[dict[str, Any]] = [
        {"claim_type": "institutional"},
        {},
        {"claim_type": None},
        {"claim_id": "V2", "paid_amount": None},
    ]
    medical_claim(rows).write_parquet(path)
    found = slice_of(ArchiveFile(str(path), "parquet"), 0, is_last=True)
    assert found.numbers.to_list() == [1, 3]
    assert found.stated.rows() == [("V1", CLINIC, 4_025), ("V2", CLINIC, None)]
    assert found.lines.select("claim", "code", "units", "charge_cents", "modifiers").row(0) == (
        ("V1", "97110", 2, 10_010, "GP")
    )
    assert not [name for name in found.lines.columns if "paid" in name or "allowed" in name]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("C1", CLINIC, 4_000), ("C1", CLINIC, 25)], [4_025, None]),
        ([("C1", CLINIC, 4_000), ("C1", CLINIC, None)], [None, None]),
        ([("C1", None, 4_000), ("C2", OTHER_CLINIC, 100)], [4_000, None]),
        ([("C2", CLINIC, 0)], [None, 0]),
        ([("C1", CLINIC, 4_000), ("C1", CLINIC, -4_000)], [0, None]),
    ],
)
def test_what_a_table_says_was_paid_is_the_sum_of_all_lines(
    lines: list[tuple[str, str | None, int | None]], expected: list[int | None]
) -> None:
    assert with_stated(claims_frame([{}, {}]), stated(*lines)).get_column("paid_cents").to_list() == expected


def test_payment_files_go_before() -> None:
    paid = pl.DataFrame([("C1", CLINIC, 5_000, None, "0 0")], schema=PAYMENTS, orient="row")
    claims = with_stated(with_paid(claims_frame([{}, {}]), paid), stated(("C1", CLINIC, 1), ("C2", CLINIC, 2)))
    assert claims.get_column("paid_cents").to_list() == [5_000, 2]


def test_an_audit_of_a_warehouse_says_what_was_paid(tmp_path: Path) -> None:
    path = tmp_path / "medical_claim.parquet"
    rows: list[dict[str, Any]] = [
        {},
        {"claim_line_number": 2, "hcpcs_code": "97140"},
        {"claim_id": "V2", "person_id": "P2", "paid_amount": None},
    ]
    medical_claim(rows).write_parquet(path)
    words = ("--as-of", "2026-03-08", "--processes", 1, "--select", "MD101")
    _, document = run_json("audit", path, "--out", tmp_path / "r", *words)
    figures = document["figures"]
    assert (figures["claims"], figures["paid_cents"], figures["claims_without_paid"]) == (2, 8_050, 1)
    # What the payer allowed is no price: without a locality there is none.
    assert figures["claims_without_allowed"] == 2
    claims = pl.read_parquet(tmp_path / "r" / "claims.parquet")
    assert claims.select("claim", "row", "paid_cents").rows() == [("V1", 1, 8_050), ("V2", 3, None)]
