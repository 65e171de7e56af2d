"""Cuts that are not worked out leave a price unknown: other multiple procedure rules, and modifiers that change pay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.pricing.schedule import Schedule
from cleanclaim.reference.fee_schedule import RVU_SCHEMA
from tests.pricing.tables import DAY, column, pack, priced, sample_schedule

INDICATORS = {
    "11042": "2",
    "29125": "2",
    "45380": "3",
    "45385": "3",
    "70551": "4",
    "93306": "6",
    "92083": "7",
    "99999": "8",
    "99214": "9",
    "97110": "5",
}


def schedule() -> Schedule:
    """Codes that cost 7 + 10 + 1 dollars each, and differ in their indicator alone."""
    sample = sample_schedule()
    own = sample.rvu.filter(pl.col("code") == "97110")
    rows = [own.with_columns(code=pl.lit(code), multiple_procedure=pl.lit(mark)) for code, mark in INDICATORS.items()]
    return replace(sample, rvu=pl.concat(rows).select(RVU_SCHEMA.names()))


def statuses(*claims: str, says: tuple[dict[str, Any], ...] = ({}, {}), **options: Any) -> list[str]:
    return column(priced(says[: len(claims)], *claims, schedule=schedule(), **options), "price_status")


OPEN = "reduction unknown"
UNPRICED = "modifier not priced"


@pytest.mark.parametrize(
    "codes", ["45385 45380", "11042 29125", "11042 45380", "70551 70551", "93306x2", "92083 92083", "99999 99999"]
)
def test_units_that_meet_in_a_day_have_no_certain_price(codes: str) -> None:
    assert statuses(codes) == [OPEN] * len(codes.split())
    if " " in codes:
        assert statuses(*codes.split()) == [OPEN] * 2
    assert statuses(codes.replace(" ", "-59 ") + "-51") == [OPEN] * len(codes.split())


@pytest.mark.parametrize("code", sorted(INDICATORS))
def test_a_unit_alone_is_paid_in_full(code: str) -> None:
    table = priced([{}], code, schedule=schedule())
    assert column(table, "allowed_cents") == [1800]
    assert statuses(f"{code}-59") == ["found"]


def test_units_of_different_rules_do_not_meet() -> None:
    assert statuses("11042 70551 93306 92083 97110 99214 99214") == ["found"] * 7


def test_other_days_patients_and_clinics_do_not_meet() -> None:
    for other in (
        {"patient_id": 2},
        {"date_of_service": DAY + timedelta(days=1)},
        {"billing_npi": "1000000004"},
        {"coverage_order": "secondary"},
    ):
        assert statuses("11042", "29125", says=({}, other)) == ["found"] * 2


def test_what_is_unknown_may_meet_them() -> None:
    assert statuses("11042 ?") == [OPEN, "code unknown"]
    assert statuses("11042 29125x?") == [OPEN, "units unknown"]
    assert statuses("11042", "29125", says=({}, {"patient_id": None})) == ["found", OPEN]


def test_a_line_billed_for_denial_meets_nothing() -> None:
    assert statuses("11042 29125-GY") == ["found", "billed for denial"]


def test_a_share_of_medicares_fee_is_as_open_and_charges_are_not(tmp_path: Path) -> None:
    share = pack(
        tmp_path,
        "share",
        "commercial",
        {
            "price_basis": '{ kind = "percent_of_medicare", percent = "100" }',
            "multiple_procedure_reduction": "false",
        },
    )
    charges = pack(tmp_path, "charges", "commercial", {"price_basis": '{ kind = "charges" }'})
    both = (share, charges)
    assert statuses("11042 29125", says=({"payer": "share"},), extra=both) == [OPEN] * 2
    assert statuses("11042-50 29125", says=({"payer": "charges"},), extra=both) == ["found"] * 2
    assert statuses("11042-50", says=({"payer": "share"},), extra=both) == [UNPRICED]


@pytest.mark.parametrize(
    "modifier", ["22", "50", "52", "53", "54", "55", "56", "62", "66", "73", "74", "78", "80", "81", "82", "AS"]
)
def test_a_modifier_that_changes_what_is_paid_leaves_no_certain_price(modifier: str) -> None:
    assert statuses(f"11042-{modifier}") == [UNPRICED]
    assert statuses(f"99214-{modifier} 99214") == [UNPRICED, "found"]


@pytest.mark.parametrize("modifier", ["25", "51", "59", "79", "LT", "RT", "XS", "KX"])
def test_other_modifiers_change_no_price(modifier: str) -> None:
    assert statuses(f"11042-{modifier}") == ["found"]


def test_a_long_table_is_priced_as_a_short_one() -> None:
    says = tuple({"patient_id": number} for number in range(300))
    claims = ["11042 29125", "11042", "97110 97110", "99214-52"] * 75
    expected = [OPEN, OPEN, "found", "found", "found", UNPRICED] * 75
    assert statuses(*claims, says=says) == expected


def test_a_changed_service_leaves_open_which_unit_leads() -> None:
    assert statuses("97110 97110-52") == [OPEN, UNPRICED]
