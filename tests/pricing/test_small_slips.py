"""Edges and words that a small slip would change and that no worked example reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from cleanclaim.dates import Dated, Series
from cleanclaim.pricing.allowed_amounts import spread
from cleanclaim.pricing.claim_groups import group_numbers
from cleanclaim.pricing.exact import LARGEST_CENTS, Known, divide, flags, has_any, integers, is_one_of, share_of
from cleanclaim.pricing.line_prices import PriceTableError, price_table
from cleanclaim.pricing.priced_visit import Step
from cleanclaim.pricing.provenance import LESSER_OF_CHARGE, MEMORY_STEPS
from cleanclaim.pricing.quote import price_lines, total_text
from cleanclaim.pricing.schedule import Steps
from cleanclaim.sources import Source
from tests.pricing.tables import DAY, claims_of, column, lines_of, pack, priced, sample_schedule

SOURCE = Source("A publisher made up for tests", "Rates", "all", DAY)


def known(*values: int | None) -> Known:
    return Known(
        np.array([value or 0 for value in values], np.int64),
        np.array([value is not None for value in values], np.bool_),
    )


def days(*values: date | None) -> Known:
    return integers(pl.Series(values, dtype=pl.Date))


def test_the_largest_amount_is_shared_exactly() -> None:
    assert LARGEST_CENTS == 9_000_000_000_000
    rate = np.array([9_999], np.int64)
    largest = np.array([LARGEST_CENTS], np.int64)
    assert share_of(largest, rate).tolist() == [8_999_100_000_000]
    assert share_of(largest, rate, rate, rate).tolist() == [8_997_300_269_991]
    assert divide(np.array([4, 5, 6], np.int64), 10).tolist() == [0, 1, 1]


@pytest.mark.parametrize("cents", [0, 1, 3_999_999, 4_000_000, 4_000_001, 4_700_000, 9_300_000])
def test_amounts_on_both_sides_of_what_is_multiplied_at_once_are_shared_exactly(cents: int) -> None:
    rates = [np.array([rate], np.int64) for rate in (10_000, 9_999, 10_000)]
    assert share_of(np.array([cents], np.int64), *rates).tolist() == [(2 * cents * 9_999 + 10_000) // 20_000]


@pytest.mark.parametrize("height", [1, 200, 201, 400])
def test_short_and_long_columns_read_alike(height: int) -> None:
    numbers = pl.Series([None, *range(1, height)], dtype=pl.Int64)
    assert integers(numbers).values.tolist() == list(range(height))
    assert integers(numbers).known.tolist() == [False] + [True] * (height - 1)
    assert integers(pl.Series([date(1970, 1, 2)] * height)).values.tolist() == [1] * height
    truths = flags(pl.Series([None] + [False] * (height - 1), dtype=pl.Boolean))
    assert (truths.yes.tolist(), truths.no.tolist()) == ([False] * height, [False] + [True] * (height - 1))
    assert is_one_of(pl.Series(["a"] + [None] * (height - 1), dtype=pl.String), ("a", "b")).tolist() == [True] + [
        False
    ] * (height - 1)
    lists = has_any(pl.Series([["KX"]] + [None] * (height - 1), dtype=pl.List(pl.String)), ("KX", "CQ"))
    assert (lists.yes.tolist(), lists.no.tolist()) == ([True] + [False] * (height - 1), [False] * height)


def test_a_dated_rate_holds_on_its_first_and_last_day_and_on_no_unknown_one() -> None:
    steps = Steps(
        Series("rate", "rate", "", (Dated(7, date(2025, 1, 1), date(2025, 12, 31), SOURCE),), date(2025, 12, 31))
    )
    held = steps.on(days(date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1), None))
    assert held.known.tolist() == [False, True, True, False, False]
    assert held.values.tolist() == [0, 7, 7, 0, 0]
    always = Steps(Series("rate", "rate", "", (Dated(7, None, None, SOURCE),)))
    assert always.on(days(date(2025, 1, 1), None)).known.tolist() == [True, False]


def test_an_absent_column_is_named_with_its_table() -> None:
    claims, lines = claims_of([{}]), lines_of("97110")
    with pytest.raises(PriceTableError, match=r"^lines: no column 'units'; expected claim_id"):
        price_table(claims, lines.drop("units"))
    with pytest.raises(PriceTableError, match=r"^claims: no column 'payer'; expected patient_id"):
        price_table(claims.drop("payer"), lines)


@pytest.mark.parametrize("claim_id", [None, -1, 1])
def test_a_line_belongs_to_a_claim_that_is_there(claim_id: int | None) -> None:
    lines = lines_of("97110 97112").with_columns(claim_id=pl.Series([0, claim_id], dtype=pl.Int64))
    with pytest.raises(PriceTableError, match=r"^lines: claim_id must be a row number of claims, 0 to 0$"):
        price_table(claims_of([{}]), lines)


def test_what_is_paid_as_charged_needs_no_units() -> None:
    table = priced([{"payer": "cash"}], "97110x?@9000 ?x2@5000 97110x0@4000 97110@?")
    assert column(table, "allowed_cents") == [9_000, 5_000, 4_000, None]
    assert column(table, "price_status") == ["found", "found", "found", "charge unknown"]


def test_an_unknown_amount_makes_those_after_it_unknown_until_the_limit_is_used_up() -> None:
    groups = np.array([0, 0, 0, 1, 1, 2, 2], np.int64)
    limit = known(100, 100, 100, 100, 100, None, None)
    given = spread(groups, limit, known(99, None, 50, 100, None, 1, 2))
    assert given.known.tolist() == [True, False, False, True, False, False, False]
    assert given.values.tolist() == [99, 0, 0, 100, 0, 0, 0]
    used_up = spread(np.array([0, 0, 0], np.int64), known(100, 100, 100), known(100, None, 50))
    assert used_up.known.tolist() == [True, False, True]
    assert used_up.values.tolist() == [100, 0, 0]


def test_a_limit_is_shared_within_each_group_alone() -> None:
    given = spread(np.array([0, 1, 1, 2, 2], np.int64), known(*[100] * 5), known(60, 60, 60, 100, 1))
    assert given.known.all()
    assert given.values.tolist() == [60, 60, 40, 100, 0]


@pytest.mark.parametrize("height", [4, 400])
def test_claims_that_lack_a_key_belong_to_no_group(height: int) -> None:
    rows = [(1, "a"), (1, "a"), (None, "a"), (1, "")] + [(2, None)] * (height - 4)
    claims = pl.DataFrame(rows, schema={"patient_id": pl.Int64, "billing_npi": pl.String}, orient="row")
    numbers = group_numbers(claims, ("patient_id", "billing_npi"))
    assert numbers.tolist() == [0, 0] + [-1] * (height - 2)


def test_a_code_that_is_not_listed_takes_no_place_whatever_stands_first_in_the_schedule() -> None:
    # The first row of this schedule is a code of the reduction.
    table = price_table(claims_of([{}]), lines_of("00000 97530"), schedule=sample_schedule())
    assert column(table, "price_status") == ["no rate", "found"]
    assert column(table, "allowed_cents") == [None, 2000]


def test_a_code_of_expense_and_malpractice_alone_has_a_rate() -> None:
    sample = sample_schedule()
    alike = replace(
        sample, rvu=sample.rvu.with_columns(pl.lit(0, pl.Int64).alias("work"), pe_nonfacility="mp", pe_facility="mp")
    )
    table = price_table(claims_of([{}]), lines_of("99213"), schedule=alike)
    assert column(table, "allowed_cents") == [200]
    nothing = replace(
        alike, rvu=alike.rvu.with_columns(pl.lit(0, pl.Int64).alias("pe_nonfacility"), pe_facility="work", mp="work")
    )
    none = price_table(claims_of([{}]), lines_of("99213"), schedule=nothing)
    assert column(none, "price_status") == ["no rate"]


def test_a_bundled_line_owes_nothing_even_without_a_charge() -> None:
    table = priced([{}], "97010@? 97110@?")
    assert column(table, "payable_cents") == [0, None]
    assert column(table, "share_status") == ["found", "charge unknown"]
    assert column(table, "expected_payment_cents") == [0, None]


def test_a_claim_of_unknown_order_may_or_may_not_share_the_first_place() -> None:
    table = priced([{"coverage_order": None}, {}], "97530 20560", "97110 97140")
    assert column(table, "price_status") == ["reduction unknown", "found", "reduction unknown", "found"]
    assert column(table, "allowed_cents")[3] == 2121


def test_a_claim_of_an_unknown_kind_takes_nothing_known_of_the_deductible() -> None:
    stated: dict[str, Any] = {"deductible_met_cents": 28_298, "ytd_as_of": date(2026, 3, 1)}
    rows = [{"date_of_service": date(2026, 3, 2)}, stated]
    claims = claims_of(rows).with_columns(payer_kind=pl.Series([None, "medicare_b"], dtype=pl.String))
    table = price_table(claims, lines_of("97110@5000", "97110@5000"))
    # Two cents are open at most: (29.06 − .02) × 80 % × 98 % = 22.767, 29.06 × 80 % × 98 % = 22.783.
    assert column(table, "expected_payment_at_least_cents")[1] == 2277
    assert column(table, "expected_payment_at_most_cents")[1] == 2278
    assert column(table, "share_status")[1] == "deductible unknown"


@pytest.mark.parametrize(("discipline", "modifier"), [("PT", "CQ"), ("OT", "CO")])
def test_each_discipline_has_its_own_assistant_modifier(discipline: str, modifier: str) -> None:
    lines = price_lines("97110 97530", date=DAY, assistant=["97110"], discipline=discipline).lines
    assert [line.modifiers for line in lines] == [(modifier,), ()]


def test_whole_and_cut_units_are_added_up_in_words() -> None:
    line = price_lines("97110x3", date=DAY).lines[0]
    step = next(step for step in line.steps if step.label == "allowed")
    assert (step.how, step.cents) == ("1 × $29.0588 + 2 × $22.2116", 7348)


def test_only_medicares_lesser_of_is_in_the_statute() -> None:
    def payable(payer: str) -> Step:
        line = price_lines("97110=20.00", date=DAY, payer=payer).lines[0]
        return next(step for step in line.steps if step.label == "payable")

    assert payable("medicare_b").source == LESSER_OF_CHARGE
    assert payable("cash").source is None


@pytest.mark.parametrize("modifier", ["CQ", "CO"])
@pytest.mark.parametrize(("day", "steps"), [(date(2021, 12, 31), 0), (date(2022, 1, 1), 1)])
def test_an_assistants_line_is_cut_from_2022(day: date, steps: int, modifier: str) -> None:
    line = price_lines(f"97110-{modifier}", date=day).lines[0]
    assert [step.label for step in line.steps].count("assistant") == steps


def test_a_quote_by_a_fee_table(tmp_path: Path) -> None:
    settings = {"price_basis": '{ kind = "fee_table" }', "fee_table": '[{ code = "97110", amount = "31.50" }]'}
    settings["multiple_procedure_reduction"] = "false"
    price = price_lines("97110x2 97140", date=DAY, payer=pack(tmp_path, "by_table", "commercial", settings))
    assert [line.allowed_cents for line in price.lines] == [6300, None]
    assert price.lines[0].steps[0].how == "2 × the payer's own fee"
    assert price.allowed_cents is None


def test_only_an_assistants_line_shows_the_assistants_rate() -> None:
    price = price_lines("97110 97112-GP-CQ 97140-GP", date=DAY, deductible_met_cents=28_300)
    labels = [[step.label for step in line.steps] for line in price.lines]
    assert ["assistant" in steps for steps in labels] == [False, True, False]


def test_an_unknown_locality_is_an_answer_not_an_error() -> None:
    price = price_lines("97110", date=DAY, locality=None)
    assert [str(line.status) for line in price.lines] == ["locality unknown"]


def test_a_known_total_is_one_amount_and_an_unknown_one_a_span() -> None:
    met = price_lines("97110", date=DAY, deductible_met_cents=28_300)
    assert total_text(met, "expected_payment_cents") == "$22.78"
    assert total_text(met, "allowed_cents") == "$29.06"
    unmet = price_lines("97110", date=DAY)
    assert total_text(unmet, "expected_payment_cents") == "$0.00 to $22.78 (by the deductible)"
    assert total_text(unmet, "patient_share_cents") == "unknown"


def test_what_is_from_memory_is_listed() -> None:
    text = price_lines("97110", date=DAY).explain()
    assert f"From memory, not read in a source: {'; '.join(MEMORY_STEPS)}." in text.splitlines()


@pytest.mark.parametrize(
    "other",
    [
        {"patient_id": 2},
        {"date_of_service": date(2026, 3, 5)},
        {"payer": "second"},
        {"coverage_order": "secondary"},
        {"billing_npi": "1003000126"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_daily_amount_and_its_cap_are_shared_by_nobody_else(tmp_path: Path, other: dict[str, Any]) -> None:
    settings = {"price_basis": '{ kind = "per_diem", amount = "95.00", cap = "120.00" }'}
    plans = [pack(tmp_path, name, "workers_compensation", settings) for name in ("first", "second")]
    apart = priced([{"payer": "first"}, {"payer": "first"} | other], "97110@20000", "97110@20000", extra=plans)
    assert column(apart, "allowed_cents") == [9_500, 9_500]
    alike = priced([{"payer": "first"}, {"payer": "first"}], "97110@20000", "97110@20000", extra=plans)
    assert column(alike, "allowed_cents") == [9_500, 0]


def test_of_equal_practice_expense_the_higher_fee_ranks_first() -> None:
    # 2026: 97112 and 97537 have a practice expense of .47 each, fees of 32.73 and 32.06.
    for text, ranks in (("97537 97112", [2, 1]), ("97112 97537", [1, 2]), ("97110 97116", [1, 2])):
        price = price_lines(text, date=DAY)
        assert [line.rank for line in price.lines] == ranks
        assert [line.full_units for line in price.lines] == [2 - rank for rank in ranks]


@pytest.mark.parametrize("payer", ["medicare_b", "cash"])
def test_without_a_locality_nothing_of_medicares_is_shown(payer: str) -> None:
    line = price_lines("97110=90.00", date=DAY, payer=payer, locality=None).lines[0]
    assert line.unit is None
    assert line.allowed_cents == (9_000 if payer == "cash" else None)


def test_a_line_of_unknown_locality_leaves_open_which_unit_is_paid_in_full() -> None:
    table = priced([{"locality": None}, {}], "97110", "97530 97140")
    assert column(table, "price_status") == ["locality unknown", "reduction unknown", "found"]
    alone = priced([{"locality": None, "patient_id": 2}, {}], "97110", "97530 97140")
    assert column(alone, "price_status") == ["locality unknown", "found", "found"]
    assert column(alone, "full_units") == [None, 1, 0]
