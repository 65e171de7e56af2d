"""What rates hold: by date, status, place, locality; and lines that no rate holds for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanclaim.pricing.quote import price_lines
from tests.pricing.tables import DAY, column, priced


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


def test_status_letters() -> None:
    table = priced([{}], "97010 97014 97039 97037 97026 00000 97001 99360")
    assert column(table, "price_status") == [
        "bundled",
        "not valid for Medicare",
        "carrier priced",
        "not covered",
        "found",
        "no rate",
        "no rate",
        "excluded",
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


@pytest.mark.parametrize(("modifier", "cents"), [("26", 3170), ("TC", 3073)])
def test_a_component_has_relative_values_of_its_own(modifier: str, cents: int) -> None:
    # 2025, ultrasound of a joint: (.69 + .25 + .04) and (.94 + .01) × 32.3465.
    day = date(2025, 6, 2)
    assert column(priced([{"date_of_service": day}], f"76882-{modifier}"), "allowed_cents") == [cents]
    assert price_lines(f"76882-{modifier}", date=day).allowed_cents == cents


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


def test_medicares_full_fee_is_a_participating_clinics() -> None:
    rows: list[dict[str, Any]] = [{"in_network": answer} for answer in (True, None, False)]
    table = priced(rows, "97110", "97110", "97110")
    # Claims of one patient and day, so only the first line's unit is whole, whoever is paid.
    assert column(table, "price_status") == ["found", "found", "out of network"]
    assert column(table, "allowed_cents") == [2906, 2221, None]


def test_a_charge_is_a_charge_in_a_network_or_out_of_it() -> None:
    table = priced([{"payer": "cash", "in_network": answer} for answer in (True, None, False)], *["97110@9000"] * 3)
    assert column(table, "allowed_cents") == [9000, 9000, 9000]


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
