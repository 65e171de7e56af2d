"""Who pays: the lesser of charge and allowed amount, the deductible, cash."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from cleanclaim.pricing.line_prices import price_table
from cleanclaim.pricing.schedule import published
from tests.pricing.tables import claims_of, column, lines_of, priced


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


@pytest.mark.parametrize("unknown", ["payer_kind", "coverage_order"])
def test_a_line_that_may_be_medicares_leaves_open_what_is_left_of_the_deductible(unknown: str) -> None:
    rows: list[dict[str, Any]] = [{}, {"deductible_met_cents": 28_000}]
    lines = lines_of("20560", "20560")  # which share no reduction
    claims = claims_of(rows)
    assert column(price_table(claims, lines), "share_status") == ["found", "found"]
    blank = pl.when(pl.int_range(pl.len()) == 0).then(None).otherwise(pl.col(unknown)).alias(unknown)
    table = price_table(claims.with_columns(blank), lines)
    assert column(table, "share_status")[1] == "deductible unknown"


def test_deductible_of_another_year_or_unknown() -> None:
    old = {"deductible_met_cents": 28_300, "ytd_as_of": date(2025, 12, 31)}
    table = priced([old, {"patient_id": 2, "deductible_met_cents": None}], "97110", "97110")
    assert column(table, "share_status") == ["deductible unknown"] * 2
    assert column(table, "expected_payment_cents") == [None, None]
    assert column(table, "expected_payment_at_most_cents") == [2278, 2278]


@pytest.mark.parametrize("charge", [-500, 0])
def test_a_charge_of_nothing_or_less_pays_nothing(charge: int) -> None:
    lines = lines_of("97530").with_columns(charge_cents=pl.lit(charge, pl.Int64))
    table = price_table(claims_of([{}]), lines)
    assert column(table, "allowed_cents") == [3507]
    for name in ("payable_cents", "payer_share_cents", "patient_share_cents", "expected_payment_cents"):
        assert column(table, name) == [0]


def test_a_coinsurance_that_is_not_known_leaves_the_shares_open() -> None:
    ended = replace(published(), coinsurance=replace(published().coinsurance, known_through=date(2025, 12, 31)))
    table = price_table(claims_of([{}]), lines_of("97530"), schedule=ended)
    assert column(table, "allowed_cents") == [3507]
    assert column(table, "share_status") == ["rate unknown"]
    assert column(table, "expected_payment_at_most_cents") == [None]


def test_cash_is_the_patients() -> None:
    table = priced([{"payer": "cash"}], "97110x2@9000 97010@1500")
    for name in ("fee_cents", "allowed_cents", "payable_cents", "patient_share_cents"):
        assert column(table, name) == [9000, 1500]
    assert column(table, "expected_payment_cents") == [0, 0]
    assert column(priced([{"payer": "cash"}], "97110@?"), "price_status") == ["charge unknown"]


def blanked(name: str, value: object = None) -> pl.DataFrame:
    claims = claims_of([{}])
    return claims.with_columns(pl.lit(value, claims.schema[name]).alias(name))


def test_an_unknown_cut_for_assistants_matters_to_their_lines_alone() -> None:
    table = price_table(blanked("payer_assistant_payment_reduction"), lines_of("97530 97110-CQ 97140-CO"))
    assert column(table, "share_status") == ["found", "rate unknown", "rate unknown"]
    assert column(table, "expected_payment_cents") == [2749, None, None]
    for bound in ("expected_payment_at_least_cents", "expected_payment_at_most_cents"):
        assert column(table, bound) == [2749, None, None]


def test_sequestration_that_may_apply_leaves_the_payment_open() -> None:
    unknown = price_table(blanked("payer_sequestration_applies"), lines_of("97530"))
    assert column(unknown, "share_status") == ["rate unknown"]
    assert column(unknown, "expected_payment_cents") == [None]
    # 35.07 × 80 %, with nothing taken off.
    spared = price_table(blanked("payer_sequestration_applies", value=False), lines_of("97530"))
    assert column(spared, "expected_payment_cents") == [2806]


@pytest.mark.parametrize(
    ("line", "payable", "share", "paid"),
    [
        # × .80 × .98 = 27.49488: cents taken off one after the other, 28.06 less .56, would leave 27.50.
        ("97530", 3507, 2806, 2749),
        # × .80 × .98 = 22.78304
        ("97110", 2906, 2325, 2278),
        # × .80 × .85 × .98 = 23.370648
        ("97530-CQ", 3507, 2806, 2337),
        # × .80 × .85 = 19.7608, × .98 = 19.365584: 19.76 less .40 would leave 19.36.
        ("97110-CQ", 2906, 2325, 1937),
        # × .80 × .85 × .98 = 4.165, half a cent away from zero; a cent less of the charge is 4.158336.
        ("97110-CQ@625", 625, 500, 417),
        ("97110-CQ@624", 624, 499, 416),
    ],
)
def test_all_rates_are_multiplied_and_rounded_once(line: str, payable: int, share: int, paid: int) -> None:
    table = priced([{}], line)
    assert column(table, "payable_cents") == [payable]
    assert column(table, "payer_share_cents") == [share]
    assert column(table, "expected_payment_cents") == [paid]
