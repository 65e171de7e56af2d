"""Payments as tables: each claim, line and adjustment with the payment that it is in."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cleanclaim.x12.columnar.reader import read_blocks, read_tables
from tests.x12.columnar.samples import payments


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    found = read_tables(payments())
    assert found["problems"].height == 0
    return found


def test_each_of_several_payments_is_there(tables: dict[str, pl.DataFrame]) -> None:
    shown = tables["transactions"].select("payment_cents", "trace_number", "payment_on", "produced_on", "number").rows()
    assert shown == [
        (15_000, "TRACE1", date(2026, 3, 6), date(2026, 3, 5), "0001"),
        (0, "TRACE2", date(2026, 3, 6), date(2026, 3, 5), "0002"),
    ]
    assert tables["claims"].select("claim_id", "transaction_key").rows() == [("C1", 0), ("C2", 0), ("C3", 1)]


def test_claims_with_charge_payment_and_dates(tables: dict[str, pl.DataFrame]) -> None:
    names = ("status", "charge_cents", "paid_cents", "patient_responsibility_cents", "payer_claim_number", "frequency")
    assert tables["claims"].select(names).rows() == [
        ("1", 20_000, 10_000, 2_000, "ICN1", "1"),
        ("4", 9_000, 0, 0, "ICN2", "1"),
        ("22", -5_000, -5_000, None, "ICN3", "8"),
    ]
    first = tables["claims"].row(0, named=True)
    assert (first["statement_from"], first["statement_through"]) == (date(2026, 3, 2), date(2026, 3, 4))
    assert first["coverage_amount_cents"] == 15_000


def test_a_modifier_is_not_the_code(tables: dict[str, pl.DataFrame]) -> None:
    shown = tables["lines"].select("claim_key", "code", "modifier_1", "modifier_2", "charge_cents", "paid_cents").rows()
    assert shown == [
        (0, "97110", "GP", "KX", 12_000, 6_000),
        (0, "97140", "GP", "59", 8_000, 4_000),
        (1, "97530", "", "", 9_000, 0),
        (2, "97110", "", "", -5_000, -5_000),
    ]
    second = tables["lines"].row(1, named=True)
    assert (second["submitted_code"], second["submitted_quantity_thousandths"]) == ("97530", 2_000)
    assert (second["service_on"], second["service_from"], second["service_through"]) == (
        None,
        date(2026, 3, 3),
        date(2026, 3, 4),
    )
    assert tables["lines"]["allowed_cents"].to_list() == [8_000, None, None, None]


def test_adjustments_of_claim_and_line_are_all_there(tables: dict[str, pl.DataFrame]) -> None:
    names = ("claim_key", "line_key", "loop", "group_code", "carc", "amount_cents", "quantity_thousandths", "position")
    assert tables["adjustments"].select(names).rows() == [
        (0, None, "2100", "CO", "45", 3_050, None, 1),
        (0, None, "2100", "CO", "253", 204, None, 2),
        (0, None, "2100", "PR", "1", 2_000, None, 1),
        (0, 0, "2110", "CO", "45", 6_000, None, 1),
        (0, 1, "2110", "CO", "45", 4_000, 1_000, 1),
        (1, 2, "2110", "CO", "29", 9_000, None, 1),
    ]
    assert tables["claim_remarks"].select("claim_key", "rarc").rows() == [(0, "MA01"), (0, "MA18")]
    assert tables["remarks"].select("line_key", "rarc").rows() == [(0, "N130")]


def test_adjustments_of_the_provider_belong_to_their_payment(tables: dict[str, pl.DataFrame]) -> None:
    names = ("transaction_key", "provider", "fiscal_year_end", "reason", "reference", "amount_cents")
    assert tables["provider_adjustments"].select(names).rows() == [
        (0, "1234567893", date(2026, 12, 31), "WO", "ABC123", 2_500),
        (0, "1234567893", date(2026, 12, 31), "72", "X", -350),
    ]


def test_payer_with_several_contacts_and_patients_by_claim(tables: dict[str, pl.DataFrame]) -> None:
    payer = tables["parties"].row(0, named=True)
    shown = ("loop", "entity", "name", "street_1", "zip_code", "payer_identifier", "contact", "contact_number")
    assert tuple(payer[name] for name in shown) == (
        "1000A", "PR", "EXAMPLE PAYER", "1 MAIN ST", "78701", "PAY01", "EDI DESK", "5550100101",
    )  # fmt: skip
    assert tables["contacts"].select("kind", "number").rows()[:2] == [("CX", "5550100100"), ("BL", "5550100101")]
    payee = tables["parties"].row(1, named=True)
    assert (payee["identifier_kind"], payee["identifier"], payee["tax_id"]) == ("XX", "1234567893", "123456789")
    patients = tables["parties"].filter(pl.col("entity") == "QC").select("claim_key", "name", "given_name").rows()
    assert patients == [(0, "ASHGROVE", "MAREN"), (1, "QUILL", "NOOR"), (2, "ROWAN", "ADA")]
    assert tables["claims"]["payer_party_key"].to_list() == [0, 0, 5]


def test_a_claim_in_a_later_block_keeps_its_payment_and_payer() -> None:
    found = list(read_blocks(payments(), block_size=700))
    assert len(found) > 2
    later = [block for block in found if block.tables.get("claims") is not None and block.tables["claims"].height]
    second = next(block for block in later if "C2" in block.tables["claims"]["claim_id"].to_list())
    assert (
        "transactions" not in second.tables
        or second.tables["transactions"].filter(pl.col("number") == "0001").height == 0
    )
    joined = second.tables["claims"].join(second.table("transactions"), on="transaction_key")
    joined = joined.join(
        second.table("parties").select("party_key", "name"), left_on="payer_party_key", right_on="party_key"
    )
    row = joined.filter(pl.col("claim_id") == "C2").row(0, named=True)
    assert (row["trace_number"], row["name"]) == ("TRACE1", "EXAMPLE PAYER")


@pytest.mark.parametrize("options", [{"element": "|", "component": ">", "terminator": "\n"}, {"line_break": "\r\n"}])
def test_other_delimiters_give_the_same_tables(tables: dict[str, pl.DataFrame], options: dict[str, str]) -> None:
    found = read_tables(payments(**options))
    assert found.keys() == tables.keys()
    for name, table in tables.items():
        assert found[name].equals(table), name


def test_texts_that_are_no_amount_or_day_are_named_by_place_and_not_quoted() -> None:
    data = payments().replace(b"*120*60**2~", b"*SECRET*60**2~").replace(b"DTM*232*20260302~", b"DTM*232*20261302~")
    found = read_tables(data)
    assert found["lines"]["charge_cents"].to_list() == [None, 8_000, 9_000, -5_000]
    assert found["claims"]["statement_from"].to_list() == [None, None, None]
    shown = found["problems"].unique(["segment", "element"], maintain_order=True)
    assert shown.select("interchange", "segment", "loop", "element", "found", "expected").rows() == [
        ("000000001", 22, "2100", "DTM02", "no date", "CCYYMMDD"),
        ("000000001", 25, "2110", "SVC02", "no amount", "dollars, at most two decimals"),
    ]
    assert "SECRET" not in str(found["problems"].rows())
