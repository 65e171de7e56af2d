"""Claims that are priced alike: one is priced for all, and every line comes out as if each had been priced."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.pricing import alike_claims
from cleanclaim.pricing.alike_claims import Standing, standing_claims
from cleanclaim.pricing.line_prices import ACROSS_CLAIMS, LINE_COLUMNS, SETTING_COLUMNS, price_table, prices_by_kind
from cleanclaim.pricing.schedule import Schedule, changes_of, published
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer
from tests.pricing.tables import claims_of, lines_of, pack
from tests.pricing.test_against_brute_force import as_tables, random_claims

Tables = tuple[pl.DataFrame, pl.DataFrame]


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> list[Payer]:
    folder: Path = tmp_path_factory.mktemp("packs")
    table = '[{ code = "97110", amount = "31.00" }, { code = "97140", amount = "28.50" }]'
    bases = {
        "plan": '{ kind = "percent_of_medicare", percent = "137.50" }',
        "daily": '{ kind = "per_diem", amount = "80.00" }',
        "capped": '{ kind = "percent_of_medicare", percent = "100.00", cap = "75.00" }',
    }
    reduction = {"multiple_procedure_reduction": "true", "multiple_procedure_reduction_scope": '"tax_id"'}
    found = [pack(folder, name, "commercial", {"price_basis": basis, **reduction}) for name, basis in bases.items()]
    listed = {"price_basis": '{ kind = "fee_table" }', "fee_table": table, "multiple_procedure_reduction": "false"}
    return [*found, pack(folder, "listed", "commercial", listed)]


def _kinds(frame: pl.DataFrame, names: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.integer[Any]]]:
    return frame.select(pl.struct(names).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()


def _standing(claims: pl.DataFrame, lines: pl.DataFrame, schedule: Schedule, fees: pl.DataFrame) -> Standing | None:
    of_lines = tuple(name for name in LINE_COLUMNS if name != "claim_id")
    # Lists are compared by their text, which no modifier here can confuse.
    told = lines.with_columns(pl.col("modifiers").list.join(" "))
    changes = np.union1d(schedule.changes, changes_of(fees))
    kinds = _kinds(claims, SETTING_COLUMNS), _kinds(told, of_lines)
    return standing_claims(claims.select(ACROSS_CLAIMS), lines["claim_id"].to_numpy(), *kinds, changes)


def by_kind(claims: pl.DataFrame, lines: pl.DataFrame, plans: list[Payer]) -> tuple[pl.DataFrame, int]:
    """The priced lines, and how many claims were priced."""
    schedule, fees = published(), payers.fees(plans)
    standing = _standing(claims, lines, schedule, fees)
    assert standing is not None
    owner = np.searchsorted(standing.claims, standing.owner[standing.lines])
    few_lines = lines[standing.lines].with_columns(pl.Series("claim_id", owner))
    answers, of_line = prices_by_kind(
        claims.select(ACROSS_CLAIMS), standing, claims[standing.claims], few_lines, fees=fees, schedule=schedule
    )
    return answers[of_line], len(standing.claims)


def _same(tables: Tables, plans: list[Payer]) -> int:
    claims, lines = tables
    found, priced = by_kind(claims, lines, plans)
    expected = price_table(claims, lines, fees=payers.fees(plans))
    assert found.equals(expected)
    return priced


def _repeated(chance: random.Random, visits: int, plans: list[Payer]) -> Tables:
    """Random visits, each of which comes again for other patients, on other days and with other blanks."""
    first = random_claims(chance, 3, min(visits // 4 + 1, 40))
    again = []
    for _ in range(visits):
        claim = chance.choice(first)
        other = replace(claim, patient=chance.randrange(visits), npi=chance.choice(["1", "2", ""]))
        if chance.random() < 0.3:
            other = replace(other, day=chance.choice(first).day)
        again.append(replace(other, payer=chance.choice(["medicare_b", *(plan.id for plan in plans)])))
    claims, lines = as_tables(again, plans[0])
    rows = claims.select(*ACROSS_CLAIMS, "payer", "place_of_service", "locality").to_dicts()
    for row in rows:
        for name in ("patient_id", "billing_npi", "billing_tax_id", "date_of_service"):
            if chance.random() < 0.05:
                row[name] = None
    return claims_of(rows, plans), lines


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), visits=st.integers(1, 30))
def test_few_visits(plans: list[Payer], seed: int, visits: int) -> None:
    _same(_repeated(random.Random(seed), visits, plans), plans)


def test_many_visits(plans: list[Payer]) -> None:
    tables = _repeated(random.Random(5), 4_000, plans)
    priced = _same(tables, plans)
    assert 0 < priced < tables[0].height / 2


def test_numbers_that_many_share_cost_time_and_no_price(plans: list[Payer], monkeypatch: pytest.MonkeyPatch) -> None:
    tables = _repeated(random.Random(6), 400, plans)
    before = _same(tables, plans)
    monkeypatch.setattr(alike_claims, "_BITS", 2)
    assert _same(tables, plans) > before


def test_claims_that_are_alike_are_priced_once() -> None:
    claims = claims_of([{"patient_id": patient} for patient in range(5)])
    lines = lines_of(*["97110x2 97140"] * 4, "97140 97110x2")
    _, priced = by_kind(claims, lines, [])
    assert priced == 2, "the order of the lines may decide which unit is paid in full"


def test_claims_of_one_patient_and_day_stand_for_themselves() -> None:
    claims = claims_of([{"patient_id": patient} for patient in (1, 1, 2, 3)])
    _, priced = by_kind(claims, lines_of(*["97110"] * 4), [])
    assert priced == 3


@pytest.mark.parametrize("blank", ["patient_id", "billing_npi", "billing_tax_id"])
def test_a_claim_with_a_blank_does_not_stand_for_one_without(blank: str) -> None:
    claims = claims_of([{"patient_id": 1}, {"patient_id": 2, blank: None}])
    _, priced = by_kind(claims, lines_of("97110", "97110"), [])
    assert priced == 2


def test_days_with_the_same_rates_are_alike_and_others_are_not() -> None:
    days = ["2025-03-04", "2025-03-05", "2026-03-04", "2026-03-05"]
    rows = [{"patient_id": 1, "date_of_service": day} for day in pl.Series(days).str.to_date().to_list()]
    found, priced = by_kind(claims_of(rows), lines_of(*["97110"] * 4), [])
    assert priced == 2
    assert found["allowed_cents"].n_unique() == 2


def test_a_claim_without_lines_is_not_priced() -> None:
    claims = claims_of([{"patient_id": patient} for patient in range(3)])
    found, priced = by_kind(claims, lines_of("97110", "", "97110"), [])
    assert (found.height, priced) == (2, 1)


def test_lines_in_any_order_are_left_to_be_priced_one_by_one() -> None:
    claims = claims_of([{"patient_id": patient} for patient in range(2)])
    lines = lines_of("97110", "97140").reverse()
    assert _standing(claims, lines, published(), payers.fees([])) is None
