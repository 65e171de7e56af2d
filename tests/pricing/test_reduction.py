"""The multiple procedure reduction over claims, disciplines, ties and what is unknown; units that no line holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.pricing.line_prices import price_table
from cleanclaim.pricing.quote import price_lines
from tests.pricing.tables import DAY, claims_of, column, lines_of, pack, priced, sample_schedule


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


def test_a_tie_is_broken_by_less_than_a_cent() -> None:
    """Practice expense 8.00 each, malpractice 1.00, work .100 and .103: 9.100 and 9.103, both of which show as 9.10."""
    sample = sample_schedule()
    work = pl.col("code").replace_strict({"97110": 100, "97530": 103, "99213": 0}, return_dtype=pl.Int64)
    expense = pl.lit(800, pl.Int64)
    close = replace(
        sample,
        rvu=sample.rvu.with_columns(work=work, pe_nonfacility=expense, pe_facility=expense),
        gpci=sample.gpci.with_columns(pl.lit(100, pl.Int64).alias("work")),
    )
    for words, full in (("97110 97530", [0, 1]), ("97530 97110", [1, 0])):
        table = price_table(claims_of([{}]), lines_of(words), schedule=close)
        assert column(table, "fee_cents") == [910, 910]
        assert column(table, "full_units") == full


def test_only_one_unit_of_the_highest_line_is_whole() -> None:
    table = priced([{}], "97110x4 20560x1")
    assert column(table, "full_units") == [1, 1]
    # 29.058783 + 3 × 22.2115985 = 95.6935785
    assert column(table, "allowed_cents")[0] == 9569
    assert column(table, "fee_cents")[0] == 11624


def test_a_line_of_unknown_code_leaves_only_the_first_place_open() -> None:
    table = priced([{}], "97530 97110 ? 20560")
    assert column(table, "price_status") == ["reduction unknown", "found", "code unknown", "found"]
    assert column(table, "fee_cents")[0] == 3507
    assert column(table, "allowed_cents")[1] == 2221


def test_a_code_that_the_contractor_prices_may_take_the_first_place() -> None:
    # 0791T is a code of the reduction without published relative values: it may have the highest practice expense.
    table = priced([{}], "97116 0791T 97110")
    assert column(table, "price_status") == ["reduction unknown", "carrier priced", "found"]
    assert column(table, "allowed_cents") == [None, None, 2221]
    ranks = [(line.rank, line.ranked) for line in price_lines("97116 0791T 97110", date=DAY).lines]
    assert ranks == [(1, 2), (None, 2), (2, 2)]
    # 97039 is priced by the contractor too, and takes no part in the reduction.
    assert column(priced([{}], "97116 97039 97110"), "allowed_cents") == [2906, None, 2221]


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
    # 29.058783 + 99,998 × 22.2115985
    assert column(table, "allowed_cents") == [222_114_449]
    # 99,999 × 29.058783
    assert column(table, "fee_cents") == [290_584_924]
