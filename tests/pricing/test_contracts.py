"""What contracts pay: a percentage of Medicare, fees by code, an amount by day, a cap."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.pricing.line_prices import price_table
from cleanclaim.pricing.quote import price_lines
from cleanclaim.reference import payers
from tests.pricing.tables import DAY, claims_of, column, lines_of, pack, priced


def test_percent_of_medicare(tmp_path: Path) -> None:
    settings = {
        "price_basis": '{ kind = "percent_of_medicare", percent = "115" }',
        "multiple_procedure_reduction": "false",
    }
    own = pack(tmp_path, "plan_115", "commercial", settings)
    table = priced([{"payer": "plan_115"}], "97110x2 97530 97010", extra=[own])
    # 2 × 29.058783 × 1.15 = 66.8352, 35.070945 × 1.15 = 40.3316; Medicare has no amount for a bundled code.
    assert column(table, "allowed_cents") == [6684, 4033, None]
    assert column(table, "price_status") == ["found", "found", "no rate"]
    assert column(table, "share_status") == ["plan terms unknown", "plan terms unknown", "no price"]
    assert column(table, "expected_payment_cents") == [None, None, None]
    outside = priced([{"payer": "plan_115", "in_network": False}], "97110", extra=[own])
    assert column(outside, "price_status") == ["out of network"]
    assert column(priced([{"payer": "plan_115", "in_network": None}], "97110", extra=[own]), "allowed_cents") == [3342]


@pytest.mark.parametrize(("percent", "status"), [("1000", "found"), ("1000.01", "payer price unknown")])
def test_a_percentage_beyond_belief(tmp_path: Path, percent: str, status: str) -> None:
    settings = {"price_basis": f'{{ kind = "percent_of_medicare", percent = "{percent}" }}'}
    own = pack(tmp_path, "dear", "commercial", settings)
    table = priced([{"payer": "dear"}], "97110", extra=[own])
    assert column(table, "price_status") == [status]
    assert column(table, "allowed_cents") == [29059 if status == "found" else None]


@pytest.mark.parametrize(("fee", "allowed"), [("500000.00", 50_000_000), ("500000.01", None)])
def test_a_fee_beyond_belief(tmp_path: Path, fee: str, allowed: int | None) -> None:
    settings = {
        "price_basis": '{ kind = "fee_table" }',
        "fee_table": f'[{{ code = "97110", amount = "{fee}" }}]',
    }
    own = pack(tmp_path, "dear", "commercial", settings)
    assert column(priced([{"payer": "dear"}], "97110", extra=[own]), "allowed_cents") == [allowed]


def test_percent_with_an_unknown_reduction() -> None:
    table = priced([{"payer": "auto_mi"}], "97110x2 97140")
    assert column(table, "price_status") == ["reduction unknown"] * 2
    # One unit alone is paid in full either way: 29.058783 × 1.90.
    assert column(priced([{"payer": "auto_mi"}], "97110"), "allowed_cents") == [5521]
    assert column(priced([{"payer": "auto_mi"}], "20560x2"), "price_status") == ["found"]


@pytest.mark.parametrize(
    ("fixed", "allowed"),
    [
        # 97110: (.45 + .42 + .01) × 32.7442 = 28.8149 to 8 March 2024, × 33.2875 = 29.293 from the 9th; times 1.20.
        ("2024-03-08", 3458),
        ("2024-03-09", 3515),
        # (.45 + .43 + .01) × 32.3465 = 28.7884
        ("2025-12-31", 3455),
    ],
)
def test_a_contract_fixed_to_a_day_of_medicares_schedule(tmp_path: Path, fixed: str, allowed: int) -> None:
    settings = {
        "price_basis": f'{{ kind = "percent_of_medicare", percent = "120", schedule_date = {fixed} }}',
        "multiple_procedure_reduction": "true",
        "multiple_procedure_reduction_scope": '"billing_npi"',
    }
    own = pack(tmp_path, "fixed", "commercial", settings)
    # It reaches past Medicare's own horizon, and Medicare's claims of the day keep the day's rates.
    rows: list[dict[str, Any]] = [
        {"payer": "fixed"},
        {"payer": "fixed", "date_of_service": date(2027, 5, 3)},
        {},
        {"payer": "fixed", "date_of_service": None},
    ]
    table = priced(rows, "97110", "97110", "97110", "97110", extra=[own])
    assert column(table, "allowed_cents") == [allowed, allowed, 2906, None]
    assert column(table, "price_status")[3] == "date unknown"
    quote = price_lines("97110", date=date(2027, 5, 3), payer=own)
    assert quote.allowed_cents == allowed
    assert quote.lines[0].unit is not None
    assert quote.lines[0].unit.whole_e4 == {3458: 288_149, 3515: 292_930, 3455: 287_884}[allowed]


def test_a_contract_fixed_to_a_day_knows_no_later_code_and_no_earlier_schedule(tmp_path: Path) -> None:
    def status(fixed: str, code: str) -> str:
        basis = f'{{ kind = "percent_of_medicare", percent = "120", schedule_date = {fixed} }}'
        own = pack(tmp_path, "fixed", "commercial", {"price_basis": basis})
        return str(column(priced([{"payer": "fixed"}], code, extra=[own]), "price_status")[0])

    assert status("2025-12-31", "98985") == "outside dates"  # new in 2026
    assert status("2026-01-01", "98985") == "found"
    assert status("2019-12-31", "97110") == "outside dates"
    assert status("2027-01-01", "97110") == "past horizon"


def test_fees_by_code_and_modifier(tmp_path: Path) -> None:
    settings = {
        "price_basis": '{ kind = "fee_table" }',
        "fee_table": '[{ code = "97110", amount = "31.50" }, { code = "97110", modifier = "CQ", amount = "26.78" },'
        ' { code = "97110", modifier = "95", amount = "25.00" }, { code = "97530", modifier = "CQ", amount = "30.00" }]',
        "multiple_procedure_reduction": "false",
    }
    own = pack(tmp_path, "by_modifier", "commercial", settings)
    words = "97110x2 97110x2-CQ 97110-GP-CQ 97110-KX 97110-CQ-95 97530 97530-CQ 97140-CQ"
    table = priced([{"payer": "by_modifier"}], words, extra=[own])
    # Two fees for one line, a code without its modifier, and a code that is not in the table have none.
    assert column(table, "allowed_cents") == [6300, 5356, 2678, 3150, None, None, 3000, None]
    assert set(column(table, "price_status")) == {"found", "not in the fee table"}
    claims = claims_of([{"payer": "by_modifier"}], [own])
    lines = lines_of("97110 97140").with_columns(modifiers=pl.lit(None, pl.List(pl.String)))
    unknown = price_table(claims, lines, fees=payers.fees([own]))
    assert column(unknown, "price_status") == ["not in the fee table"] * 2


def test_fee_table(tmp_path: Path) -> None:
    settings = {
        "price_basis": '{ kind = "fee_table" }',
        "fee_table": '[{ code = "97110", amount = "31.50" }, { code = "97010", amount = "5.00" }]',
        "multiple_procedure_reduction": "false",
    }
    own = pack(tmp_path, "by_table", "commercial", settings)
    table = priced([{"payer": "by_table"}], "97110x3 97010 97140", extra=[own])
    assert column(table, "allowed_cents") == [9450, 500, None]
    assert column(table, "price_status") == ["found", "found", "not in the fee table"]
    # The fee table reaches past Medicare's horizon, and needs no locality.
    later = {"payer": "by_table", "date_of_service": date(2027, 5, 3), "locality": None}
    assert column(priced([later], "97110", extra=[own]), "allowed_cents") == [3150]
    # With a reduction, the share of practice expense in the payer's own fee is unknown.
    cut = pack(tmp_path, "cut_table", "commercial", settings | {"multiple_procedure_reduction": "true"})
    table = priced([{"payer": "cut_table"}], "97110x2 97010", extra=[cut])
    assert column(table, "price_status") == ["reduction unknown", "found"]


def test_a_fee_table_past_medicares_horizon_does_not_know_which_codes_are_reduced(tmp_path: Path) -> None:
    settings = {
        "price_basis": '{ kind = "fee_table" }',
        "fee_table": '[{ code = "97110", amount = "31.50" }]',
        "multiple_procedure_reduction": "true",
    }
    own = pack(tmp_path, "by_table", "commercial", settings)
    later = {"payer": "by_table", "date_of_service": date(2027, 5, 3)}
    assert column(priced([later], "97110", extra=[own]), "price_status") == ["reduction unknown"]
    assert column(priced([{"payer": "by_table"}], "97110", extra=[own]), "allowed_cents") == [3150]


def test_a_charge_under_nothing_takes_nothing_of_a_day(tmp_path: Path) -> None:
    own = pack(tmp_path, "daily", "workers_compensation", {"price_basis": '{ kind = "per_diem", amount = "95.00" }'})
    claims = claims_of([{"payer": "daily"}, {"payer": "cash"}], [own])
    lines = lines_of("97110 97140", "97110").with_columns(charge_cents=pl.Series([-500, 20_000, -500]))
    assert column(price_table(claims, lines), "allowed_cents") == [0, 9500, 0]


def test_a_cap_concerns_its_own_payer_alone(tmp_path: Path) -> None:
    own = pack(
        tmp_path,
        "capped",
        "commercial",
        {"price_basis": '{ kind = "percent_of_medicare", percent = "100", cap = "20.00" }'},
    )
    table = priced([{"payer": "capped"}, {"patient_id": None}], "97110", "97110 20560 00000", extra=[own])
    assert column(table, "price_status") == ["found", "reduction unknown", "found", "no rate"]
    assert column(table, "allowed_cents")[0] == 2000
    assert column(table, "allowed_cents")[3] is None


def test_per_diem(tmp_path: Path) -> None:
    own = pack(tmp_path, "daily", "workers_compensation", {"price_basis": '{ kind = "per_diem", amount = "95.00" }'})
    table = priced([{"payer": "daily"}], "97110x2@6000 97140@5000 97530@4000", extra=[own])
    assert column(table, "allowed_cents") == [6000, 3500, 0]
    rows = [{"payer": "daily"}, {"payer": "daily", "discipline": "OT"}]
    assert column(priced(rows, "97110@20000", "97530@20000", extra=[own]), "allowed_cents") == [9500, 9500]
    assert column(priced(rows, "97110@?", "97530@8000", extra=[own]), "allowed_cents") == [9500, 8000]
    capped = pack(
        tmp_path,
        "capped",
        "workers_compensation",
        {"price_basis": '{ kind = "per_diem", amount = "95.00", cap = "120.00" }'},
    )
    rows = [{"payer": "capped"}, {"payer": "capped", "discipline": "OT"}]
    assert column(priced(rows, "97110@20000", "97530@20000", extra=[capped]), "allowed_cents") == [9500, 2500]


def test_a_cap_is_used_up_line_by_line(tmp_path: Path) -> None:
    settings = {
        "price_basis": '{ kind = "fee_table", cap = "80.00" }',
        "fee_table": '[{ code = "97110", amount = "30.00" }, { code = "97140", amount = "25.00" }]',
        "multiple_procedure_reduction": "false",
    }
    own = pack(tmp_path, "day_cap", "workers_compensation", settings)
    row = {"payer": "day_cap"}
    assert column(priced([row], "97110x2 97140", extra=[own]), "allowed_cents") == [6000, 2000]
    assert column(priced([row], "97110x3 97140", extra=[own]), "allowed_cents") == [8000, 0]
    # A line of unknown amount may use some of the cap, unless the lines before it have used it up.
    unknown = priced([row], "97530 97110 97140", extra=[own])
    assert column(unknown, "price_status") == ["not in the fee table", "cap unknown", "cap unknown"]
    used_up = priced([row], "97110x3 97530 97140", extra=[own])
    assert column(used_up, "allowed_cents") == [8000, None, 0]
    assert column(used_up, "price_status") == ["found", "not in the fee table", "found"]
    # Its day is its own, and so is another patient's.
    rows: list[dict[str, Any]] = [row, row | {"date_of_service": DAY + timedelta(days=1)}, row | {"patient_id": 2}, row]
    split = priced(rows, "97110x2", "97110x2", "97110x2", "97110x2", extra=[own])
    assert column(split, "allowed_cents") == [6000, 6000, 6000, 2000]
