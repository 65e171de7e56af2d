"""The table of prices: dates, reductions shared by claims, shares, contracts, and what is not known."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.kit import Context
from cleanclaim.facts.plan import Planner
from cleanclaim.facts.workspace import Workspace
from cleanclaim.pricing.line_prices import PRICE_COLUMNS, PriceTableError, price_table
from cleanclaim.pricing.quote import price_lines
from cleanclaim.reference import payers
from cleanclaim.rules.notation import parse
from tests.pricing.tables import DAY, claims_of, column, lines_of, pack, priced

# --- dates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "cents"),
    [
        # 97110: .45 + .42 + .01 in 2024, whatever the quarter; 32.7442 to 8 March, 33.2875 from the 9th.
        (date(2024, 3, 8), 2881),
        (date(2024, 3, 9), 2929),
        (date(2024, 12, 31), 2929),
        (date(2025, 1, 1), 2879),
        (date(2025, 12, 31), 2879),
        (date(2026, 1, 1), 2906),
        (date(2026, 12, 31), 2906),
    ],
)
def test_conversion_factor_by_date(day: date, cents: int) -> None:
    assert column(priced([{"date_of_service": day}], "97110"), "allowed_cents") == [cents]


def test_past_the_horizon_is_no_data() -> None:
    table = priced([{"date_of_service": date(2027, 1, 1)}], "97110 97010")
    assert column(table, "price_status") == ["past horizon", "past horizon"]
    for name in ("fee_cents", "allowed_cents", "payable_cents", "payer_share_cents", "expected_payment_cents"):
        assert column(table, name) == [None, None]


def test_before_the_first_schedule_is_no_data() -> None:
    assert column(priced([{"date_of_service": date(2019, 12, 31)}], "97110"), "price_status") == ["outside dates"]


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (date(2020, 4, 30), 9_800),
        (date(2020, 5, 1), 10_000),
        (date(2022, 3, 31), 10_000),
        (date(2022, 4, 1), 9_900),
        (date(2022, 6, 30), 9_900),
        (date(2022, 7, 1), 9_800),
    ],
)
def test_sequestration_by_date(day: date, kept: int) -> None:
    table = priced([{"date_of_service": day}], "97110@1000")
    assert column(table, "payable_cents") == [1000]
    assert column(table, "expected_payment_cents") == [800 * kept // 10_000]


@pytest.mark.parametrize(("day", "expected"), [(date(2021, 12, 31), 800), (date(2022, 1, 1), 680)])
@pytest.mark.parametrize("modifier", ["CQ", "CO"])
def test_assistant_rate_by_date(day: date, expected: int, modifier: str) -> None:
    table = priced([{"date_of_service": day}], f"97110-{modifier}@1000 97035@1000")
    assert column(table, "expected_payment_cents") == [expected, 800]
    assert column(table, "payer_share_cents") == [800, 800]
    assert column(table, "patient_share_cents") == [200, 200]


# --- the reduction ----------------------------------------------------------------------------------------------


def test_two_claims_of_a_day_share_the_reduction() -> None:
    speech = {"discipline": "SLP"}
    both = priced([{}, speech], "97110", "97530")
    assert column(both, "full_units") == [0, 1]
    assert column(both, "allowed_cents") == [2221, 3507]
    assert column(priced([{}, speech | {"patient_id": 2}], "97110", "97530"), "allowed_cents") == [2906, 3507]
    later = speech | {"date_of_service": DAY + timedelta(days=1)}
    assert column(priced([{}, later], "97110", "97530"), "allowed_cents") == [2906, 3507]
    elsewhere = speech | {"billing_npi": "1000000004"}
    assert column(priced([{}, elsewhere], "97110", "97530"), "allowed_cents") == [2906, 3507]


def test_scope_of_a_tax_id(tmp_path: Path) -> None:
    settings = {
        "price_basis": '{ kind = "percent_of_medicare", percent = "100" }',
        "multiple_procedure_reduction": "true",
        "multiple_procedure_reduction_scope": '"tax_id"',
    }
    own = pack(tmp_path, "by_tax_id", "commercial", settings)
    elsewhere = {"payer": "by_tax_id", "billing_npi": "1000000004"}
    assert column(priced([{"payer": "by_tax_id"}, elsewhere], "97110", "97530", extra=[own]), "allowed_cents") == [
        2221,
        3507,
    ]
    other = elsewhere | {"billing_tax_id": "987654321"}
    assert column(priced([{"payer": "by_tax_id"}, other], "97110", "97530", extra=[own]), "allowed_cents") == [
        2906,
        3507,
    ]
    # Which scope holds is unknown: an answer only where both give the same.
    del settings["multiple_procedure_reduction_scope"]
    vague = pack(tmp_path, "vague", "commercial", settings)
    same = priced([{"payer": "vague"}, {"payer": "vague"}], "97110", "97530", extra=[vague])
    assert column(same, "allowed_cents") == [2221, 3507]
    apart = priced(
        [{"payer": "vague"}, {"payer": "vague", "billing_npi": "1000000004"}], "97110", "97530", extra=[vague]
    )
    assert column(apart, "price_status") == ["reduction unknown", "found"]


def test_payers_are_not_ranked_together() -> None:
    table = priced([{}, {"coverage_order": "secondary"}], "97110", "97530")
    assert column(table, "allowed_cents") == [2906, 3507]
    assert column(table, "share_status") == ["found", "another payer first"]


def test_ties_go_to_the_higher_fee_then_to_the_first_line() -> None:
    # 97537 and 97112 both have a practice expense of .47; the fee of 97112 is higher.
    assert column(priced([{}], "97537 97112"), "full_units") == [0, 1]
    assert column(priced([{}], "97112 97537"), "full_units") == [1, 0]
    assert column(priced([{}], "97116 97110"), "full_units") == [1, 0]
    assert column(priced([{}], "97110 97116"), "full_units") == [1, 0]


def test_only_one_unit_of_the_highest_line_is_whole() -> None:
    table = priced([{}], "97110x4 20560x1")
    assert column(table, "full_units") == [1, 1]
    # 29.06 + 3 × 22.21
    assert column(table, "allowed_cents")[0] == 9569
    assert column(table, "fee_cents")[0] == 11624


def test_a_line_of_unknown_code_leaves_only_the_first_place_open() -> None:
    table = priced([{}], "97530 97110 ? 20560")
    assert column(table, "price_status") == ["reduction unknown", "found", "code unknown", "found"]
    assert column(table, "fee_cents")[0] == 3507
    assert column(table, "allowed_cents")[1] == 2221


def test_unknown_units_leave_the_other_lines_known() -> None:
    table = priced([{}], "97530x? 97110")
    assert column(table, "price_status") == ["units unknown", "found"]
    assert column(table, "allowed_cents") == [None, 2221]


@pytest.mark.parametrize("units", [0, -1, 100_000, 10**18])
def test_units_that_no_line_holds(units: int) -> None:
    lines = lines_of("97530 97110").with_columns(units=pl.Series([units, 1]))
    table = price_table(claims_of([{}]), lines)
    assert column(table, "price_status") == ["units unusable", "found"]
    assert column(table, "allowed_cents") == [None, 2906]


def test_the_most_units_are_exact() -> None:
    table = priced([{}], "97110x99999@999999999999")
    # 29.06 + 99,998 × 22.21
    assert column(table, "allowed_cents") == [222_098_464]
    # 99,999 × 29.06
    assert column(table, "fee_cents") == [290_597_094]


# --- status, place, locality ------------------------------------------------------------------------------------


def test_status_letters() -> None:
    table = priced([{}], "97010 97014 97039 97037 97026 00000 97001")
    assert column(table, "price_status") == [
        "bundled",
        "not valid for Medicare",
        "carrier priced",
        "not covered",
        "found",
        "no rate",
        "no rate",
    ]
    assert column(table, "allowed_cents")[:4] == [0, None, None, None]
    assert column(table, "expected_payment_cents")[0] == 0


@pytest.mark.parametrize("modifier", ["GY", "GZ"])
def test_a_line_billed_for_denial_is_allowed_nothing_and_takes_no_first_place(modifier: str) -> None:
    table = priced([{}], f"97530x2-GP-{modifier}@8000 97110@8000 97140@8000")
    assert column(table, "price_status") == ["billed for denial", "found", "found"]
    assert column(table, "allowed_cents") == [0, 2906, 2121]
    assert column(table, "fee_cents") == [0, 2906, 2772]
    for name in ("payable_cents", "payer_share_cents", "patient_share_cents", "expected_payment_cents"):
        assert column(table, name)[0] == 0
    # Neither does one of unknown units or code leave the first place open.
    assert column(priced([{}], f"97530x?-{modifier} ?-{modifier} 97110"), "allowed_cents") == [0, 0, 2906]
    quote = price_lines(f"97530-{modifier} 97110 97140", date=DAY)
    assert [(line.rank, line.ranked, line.allowed_cents) for line in quote.lines] == [
        (None, 2, 0),
        (1, 2, 2906),
        (2, 2, 2121),
    ]
    assert f"97530-{modifier} × 1  $0.00  (billed for denial)" in quote.explain()
    assert "GY or GZ: billed to be denied" in quote.explain()


@pytest.mark.parametrize("modifier", ["GA", "GX", "KX"])
def test_a_notice_given_does_not_settle_the_price(modifier: str) -> None:
    assert column(priced([{}], f"97530-GP-{modifier}"), "allowed_cents") == [3507]


def test_only_medicare_denies_by_gz() -> None:
    assert column(priced([{"payer": "cash"}], "97530-GZ@8000"), "allowed_cents") == [8000]


def test_facility_and_office() -> None:
    # 20560 in 2026: work .31; a facility has a lower practice expense than an office.
    office = column(priced([{}], "20560"), "allowed_cents")[0]
    facility = column(priced([{"place_of_service": "22"}], "20560"), "allowed_cents")[0]
    assert facility < office
    unknown = priced([{"place_of_service": None}], "20560 97110")
    assert column(unknown, "price_status") == ["place unknown", "found"]
    assert column(unknown, "allowed_cents") == [None, 2906]
    assert column(priced([{"place_of_service": "98"}], "20560"), "price_status") == ["place unknown"]


def test_locality() -> None:
    assert column(priced([{"locality": None}], "97110"), "price_status") == ["locality unknown"]
    assert column(priced([{"locality": "99999-99"}], "97110"), "price_status") == ["locality not listed"]
    assert column(priced([{"locality": "01112-05"}], "97110"), "allowed_cents") == [3591]


def test_what_else_is_not_known() -> None:
    rows: list[dict[str, Any]] = [
        {"date_of_service": None},
        {"payer": None},
        {"payer": "no_such"},
        {"payer": "uhc_commercial"},
    ]
    table = priced(rows, "97110", "97110", "97110", "97110")
    assert column(table, "price_status") == [
        "date unknown",
        "payer unknown",
        "payer unknown",
        "payer price unknown",
    ]
    assert column(table, "allowed_cents") == [None] * 4


# --- shares -----------------------------------------------------------------------------------------------------


def test_the_lesser_of_charge_and_allowed() -> None:
    table = priced([{}], "97110@2905 97035@1436 97530@?")
    assert column(table, "allowed_cents") == [2221, 1086, 3507]
    below = priced([{}], "97530@3506")
    assert (column(below, "allowed_cents"), column(below, "payable_cents")) == ([3507], [3506])
    equal = priced([{}], "97530@3507")
    assert column(equal, "payable_cents") == [3507]
    assert column(table, "share_status") == ["found", "found", "charge unknown"]
    assert column(table, "payable_cents")[2] is None
    without = priced([{}], "97530@?", limit_to_known_charges=True)
    assert column(without, "payable_cents") == [3507]


def test_deductible_is_crossed_within_a_claim() -> None:
    table = priced([{"deductible_met_cents": 23_300}], "97530 97110x2 97140")
    # 50.00 left: 35.07 of the first line, 14.93 of the second.
    assert column(table, "deductible_cents") == [3507, 1493, 0]
    assert column(table, "payer_share_cents") == [0, 2359, 1697]
    assert column(table, "patient_share_cents") == [3507, 2083, 424]
    assert column(table, "expected_payment_cents") == [0, 2312, 1663]


@pytest.mark.parametrize(("met", "taken"), [(28_300, 0), (28_299, 1), (28_301, 0), (24_793, 3507), (24_792, 3507)])
def test_the_last_cent_of_the_deductible(met: int, taken: int) -> None:
    assert column(priced([{"deductible_met_cents": met}], "97530"), "deductible_cents") == [taken]


def test_deductible_over_claims_of_the_year() -> None:
    rows = [
        {"date_of_service": date(2026, 1, 7), "deductible_met_cents": 25_000, "ytd_as_of": date(2026, 1, 7)},
        {"date_of_service": date(2026, 1, 5), "deductible_met_cents": 25_000, "ytd_as_of": date(2026, 1, 2)},
    ]
    table = priced(rows, "97110", "97110")
    # Stated on the day itself, 33.00 is left and is this claim's; stated three days before, others may have used it.
    assert column(table, "deductible_cents") == [2906, None]
    assert column(table, "share_status") == ["found", "deductible unknown"]
    assert column(table, "expected_payment_at_least_cents") == [0, 0]
    assert column(table, "expected_payment_at_most_cents") == [0, 2278]
    # Stated before both: what the earlier visit takes is gone for the later one, at most 3.94 is left.
    rows[0]["ytd_as_of"] = date(2026, 1, 2)
    table = priced(rows, "97110", "97110")
    assert column(table, "expected_payment_at_least_cents") == [(2906 - 394) * 784 // 1000, 0]
    # Another patient's visit takes nothing of it.
    rows[1]["patient_id"] = 2
    assert column(priced(rows, "97110", "97110"), "expected_payment_at_least_cents") == [0, 0]


def test_deductible_of_another_year_or_unknown() -> None:
    old = {"deductible_met_cents": 28_300, "ytd_as_of": date(2025, 12, 31)}
    table = priced([old, {"patient_id": 2, "deductible_met_cents": None}], "97110", "97110")
    assert column(table, "share_status") == ["deductible unknown"] * 2
    assert column(table, "expected_payment_cents") == [None, None]
    assert column(table, "expected_payment_at_most_cents") == [2278, 2278]


def test_cash_is_the_patients() -> None:
    table = priced([{"payer": "cash"}], "97110x2@9000 97010@1500")
    for name in ("fee_cents", "allowed_cents", "payable_cents", "patient_share_cents"):
        assert column(table, name) == [9000, 1500]
    assert column(table, "expected_payment_cents") == [0, 0]
    assert column(priced([{"payer": "cash"}], "97110@?"), "price_status") == ["charge unknown"]


# --- contracts --------------------------------------------------------------------------------------------------


def test_percent_of_medicare(tmp_path: Path) -> None:
    settings = {
        "price_basis": '{ kind = "percent_of_medicare", percent = "115" }',
        "multiple_procedure_reduction": "false",
    }
    own = pack(tmp_path, "plan_115", "commercial", settings)
    table = priced([{"payer": "plan_115"}], "97110x2 97530 97010", extra=[own])
    # 2 × 29.06 × 1.15 = 66.838, 35.07 × 1.15 = 40.3305; Medicare has no amount for a bundled code.
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
    assert column(table, "allowed_cents") == [29060 if status == "found" else None]


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
    # One unit alone is paid in full either way: 29.06 × 1.90 = 55.214.
    assert column(priced([{"payer": "auto_mi"}], "97110"), "allowed_cents") == [5521]
    assert column(priced([{"payer": "auto_mi"}], "20560x2"), "price_status") == ["found"]


@pytest.mark.parametrize(
    ("fixed", "allowed"),
    [
        # 97110: (.45 + .42 + .01) × 32.7442 = 28.81 to 8 March 2024, × 33.2875 = 29.29 from the 9th; times 1.20.
        ("2024-03-08", 3457),
        ("2024-03-09", 3515),
        # (.45 + .43 + .01) × 32.3465 = 28.79
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
    assert quote.lines[0].unit.whole_cents == {3457: 2881, 3515: 2929, 3455: 2879}[allowed]


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


# --- the frame itself -------------------------------------------------------------------------------------------


def test_no_lines() -> None:
    table = price_table(claims_of([{}]), lines_of())
    assert table.height == 0
    assert table.columns == list(PRICE_COLUMNS)


def test_columns_and_types() -> None:
    for frame in (priced([{}], "97110 ?"), priced([{}], "97110"), priced([{"payer": None}], "97110")):
        assert dict(frame.schema) == {name: dtype() for name, (dtype, _, _) in PRICE_COLUMNS.items()}


def test_what_cannot_be_priced_is_refused() -> None:
    with pytest.raises(PriceTableError, match="claims: no column 'locality'"):
        price_table(claims_of([{}]).drop("locality"), lines_of("97110"))
    with pytest.raises(PriceTableError, match="lines: claim_id must be a row number of claims, 0 to 0"):
        price_table(claims_of([{}]), lines_of("", "97110"))


def test_facts_give_the_same_as_the_table() -> None:
    tables = parse("""
        visit 2026-03-04 medicare_b discipline=PT
          97110 GP CQ x2 $90.00
          97530 GP x1 $60.00
        history 2026-03-04 medicare_b discipline=SLP
          92507 GN x1 $150.00
    """)
    planner = Planner(catalogue())
    planner.ask("lines", PRICE_COLUMNS)
    workspace = Workspace.of(tables, Context(), with_pairs=False)
    for step in planner.steps():
        workspace.apply(step)
    lines = workspace.frames["lines"]
    # 92507 has the highest practice expense of the day, so both lines of the visit are reduced.
    assert column(lines, "full_units") == [0, 0, 1]
    assert column(lines, "allowed_cents")[:2] == [4442, 2505]
    assert column(lines, "expected_payment_cents")[:2] == [2960, 1964]


def test_a_visit_is_priced_at_once() -> None:
    claims, lines = claims_of([{}]), lines_of("97530 97110x2-CQ 97140 97010")
    best = min(_seconds(claims, lines) for _ in range(40))
    assert best < 0.006


def _seconds(claims: pl.DataFrame, lines: pl.DataFrame) -> float:
    begun = time.perf_counter()
    price_table(claims, lines)
    return time.perf_counter() - begun


BLANKS: tuple[tuple[str, str], ...] = (
    ("claims", "payer_is_known"),
    ("claims", "coverage_order"),
    ("claims", "place_of_service"),
    ("claims", "locality"),
    ("claims", "deductible_met_cents"),
    ("claims", "ytd_as_of"),
    ("claims", "payer_kind"),
    ("claims", "payer_price_basis_kind"),
    ("claims", "payer_multiple_procedure_reduction"),
    ("claims", "payer_multiple_procedure_reduction_scope"),
    ("claims", "payer_assistant_payment_reduction"),
    ("claims", "payer_sequestration_applies"),
    ("lines", "code"),
    ("lines", "units"),
    ("lines", "charge_cents"),
)


@pytest.mark.parametrize(("table", "name"), BLANKS)
def test_a_blank_never_makes_another_figure(table: str, name: str) -> None:
    """Blanking an input may make a figure unknown; it may not change one."""
    rows: list[dict[str, Any]] = [
        {"deductible_met_cents": 20_000, "ytd_as_of": DAY},
        {"discipline": "SLP", "deductible_met_cents": 20_000, "ytd_as_of": DAY},
        {"date_of_service": DAY + timedelta(days=2), "deductible_met_cents": 28_300, "ytd_as_of": DAY},
        {"payer": "cash"},
    ]
    claims, lines = (
        claims_of(rows),
        lines_of("97530 97110x2-CQ@5000 20560", "92507 97129", "97161x1 97110", "97110@700"),
    )
    before = price_table(claims, lines)
    frames = {"claims": claims, "lines": lines}
    for row in range(frames[table].height):
        frame = frames[table]
        blanked = frame.with_columns(
            pl.when(pl.int_range(pl.len()) == row).then(None).otherwise(pl.col(name)).alias(name)
        )
        after = price_table(**(frames | {table: blanked}))  # type: ignore[arg-type]
        for figure in PRICE_COLUMNS:
            if figure.endswith("_status") or "_at_" in figure:
                continue
            for old, new in zip(before[figure], after[figure], strict=True):
                assert new is None or new == old, f"{name} of row {row} blanked: {figure} {old} became {new}"
        low, high = "expected_payment_at_least_cents", "expected_payment_at_most_cents"
        for least, known, most in zip(after[low], before["expected_payment_cents"], after[high], strict=True):
            assert least is None or known is None or least <= known <= most
