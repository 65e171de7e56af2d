"""Random visits against exact fractions, unit by unit; and a visit alone against the same visit in a batch."""

from __future__ import annotations

import math
import os
import random
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.money import divide
from cleanclaim.pricing.exact import LARGEST_CENTS, share_of
from cleanclaim.pricing.line_prices import LINE_COLUMNS, PRICE_COLUMNS, price_table
from cleanclaim.reference import fee_schedule
from cleanclaim.reference.payers import Payer
from tests.pricing.brute_force import Answer, Claim, Line, price
from tests.pricing.tables import claims_of, pack

LONG = bool(os.environ.get("CLEANCLAIM_LONG"))
VISITS = 50_000 if LONG else 2_500
CODES = [
    "97110",
    "97112",
    "97530",
    "97140",
    "97116",
    "97124",
    "97535",
    "97150",
    "97161",
    "97164",
    "97035",
    "97012",
    "G0283",
    "92507",
    "97129",
    "20560",
    "95992",
]
FIRST, LAST = date(2021, 1, 1), date(2026, 12, 31)
PERCENT = 13_750


def random_claims(chance: random.Random, patients: int, visits: int) -> list[Claim]:
    localities = fee_schedule.gpci_table()["locality"].unique().sort().to_list()
    claims: list[Claim] = []
    while len(claims) < visits:
        day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1))
        if chance.random() < 0.6 and claims:
            day = chance.choice(claims[-3:]).day
        locality = chance.choice(localities)
        if fee_schedule.gpci(locality, day).value is None:
            continue
        claim = Claim(
            patient=chance.randrange(patients),
            day=day,
            npi=chance.choice(["1", "1", "2"]),
            tax_id=chance.choice(["8", "8", "9"]),
            locality=locality,
            place=chance.choice(["11", "11", "12", "22", "31"]),
            payer=chance.choice(["medicare_b", "medicare_b", "medicare_b", "plan"]),
            met=chance.choice([0, 5_000, 15_000, 20_000, 30_000]),
            as_of=day + timedelta(days=chance.choice([0, 0, -1, -20, -400, 30])),
        )
        for code in chance.choices(CODES, k=chance.randint(1, 5)):
            if fee_schedule.rvu(code, day).value is None:
                continue
            charge = chance.choice([1_000_000, chance.randrange(1_000, 15_000)])
            claim.lines.append(Line(code, chance.randint(1, 4), charge, chance.random() < 0.3))
        if claim.lines:
            claims.append(claim)
    return claims


def as_tables(claims: list[Claim], plan: Payer) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows: list[dict[str, Any]] = [
        {
            "patient_id": claim.patient,
            "date_of_service": claim.day,
            "payer": claim.payer,
            "locality": claim.locality,
            "place_of_service": claim.place,
            "billing_npi": claim.npi,
            "billing_tax_id": claim.tax_id,
            "deductible_met_cents": claim.met,
            "ytd_as_of": claim.as_of,
        }
        for claim in claims
    ]
    lines = [
        {
            "claim_id": place,
            "code": line.code,
            "modifiers": ["GP", "CQ"] if line.assistant else ["GP"],
            "units": line.units,
            "charge_cents": line.charge,
        }
        for place, claim in enumerate(claims)
        for line in claim.lines
    ]
    return claims_of(rows, [plan]), pl.DataFrame(lines, schema=dict(LINE_COLUMNS), orient="row")


@pytest.fixture(scope="module", params=["billing_npi", "tax_id"])
def plan(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Payer, str]:
    folder: Path = tmp_path_factory.mktemp("packs")
    scope = str(request.param)
    whole = pack(
        folder,
        "plan",
        "commercial",
        {
            "price_basis": '{ kind = "percent_of_medicare", percent = "137.50" }',
            "multiple_procedure_reduction": "true",
            "multiple_procedure_reduction_scope": f'"{scope}"',
        },
    )
    return whole, scope


def agree(claims: list[Claim], plan: Payer, scope: str) -> int:
    """Compare every line; returns how many."""
    claim_table, line_table = as_tables(claims, plan)
    found = price_table(claim_table, line_table)
    expected = price(claims, Fraction(PERCENT, 10_000), scope)
    flat = [(claim, line) for claim, answers in zip(claims, expected, strict=True) for line in answers]
    for row, (claim, answer) in zip(found.iter_rows(named=True), flat, strict=True):
        _agree_line(row, claim, answer)
    return len(flat)


def _agree_line(row: dict[str, Any], claim: Claim, answer: Answer) -> None:
    assert row["price_status"] == "found"
    assert (row["allowed_cents"], row["payable_cents"]) == (answer.allowed, answer.payable)
    if claim.payer != "medicare_b":
        assert row["share_status"] == "plan terms unknown"
        return
    bounds = (row["expected_payment_at_least_cents"], row["expected_payment_at_most_cents"])
    assert bounds == answer.expected
    least, most = answer.deductible
    if least != most:
        assert row["share_status"] == "deductible unknown"
        assert row["payer_share_cents"] is None
        return
    assert row["share_status"] == "found"
    assert row["deductible_cents"] == most
    assert row["payer_share_cents"] == answer.payer[0]
    assert row["payer_share_cents"] + row["patient_share_cents"] == answer.payable
    assert row["expected_payment_cents"] == answer.expected[0]


@pytest.mark.slow
def test_random_visits(plan: tuple[Payer, str]) -> None:
    chance = random.Random(20_261_121)
    lines = sum(agree(random_claims(chance, 8, 50), *plan) for _ in range(VISITS // 50))
    assert lines > 2.5 * VISITS


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), patients=st.integers(1, 3), visits=st.integers(1, 9))
def test_few_visits(plan: tuple[Payer, str], seed: int, patients: int, visits: int) -> None:
    agree(random_claims(random.Random(seed), patients, visits), *plan)


def test_a_batch_gives_what_each_patient_gives_alone(plan: tuple[Payer, str]) -> None:
    """Large tables take other ways through the lookups and sorts than small ones."""
    claims = random_claims(random.Random(7), 60, 600)
    claim_table, line_table = as_tables(claims, plan[0])
    whole = price_table(claim_table, line_table)
    assert whole.height > 1_000
    for patient in range(60):
        own = [place for place, claim in enumerate(claims) if claim.patient == patient]
        chosen = line_table["claim_id"].is_in(own)
        lines = line_table.filter(chosen).with_columns(
            pl.col("claim_id").replace_strict(own, list(range(len(own))), return_dtype=pl.Int64)
        )
        assert price_table(claim_table[own], lines).equals(whole.filter(chosen))


def test_order_of_other_patients_does_not_matter(plan: tuple[Payer, str]) -> None:
    claims = random_claims(random.Random(11), 30, 120)
    mixed = sorted(claims, key=lambda claim: claim.patient)
    first = price_table(*as_tables(claims, plan[0]))
    second = price_table(*as_tables(mixed, plan[0]))
    assert sorted(first.rows(), key=repr) == sorted(second.rows(), key=repr)


@given(
    cents=st.lists(st.integers(0, LARGEST_CENTS), min_size=1, max_size=5),
    rates=st.lists(st.integers(0, 10_000), min_size=1, max_size=3),
)
def test_shares_are_exact(cents: list[int], rates: list[int]) -> None:
    amounts = pl.Series(cents, dtype=pl.Int64).to_numpy()
    columns = [pl.Series([rate] * len(cents), dtype=pl.Int64).to_numpy() for rate in rates]
    expected = [divide(amount * math.prod(rates), 10_000 ** len(rates)) for amount in cents]
    assert share_of(amounts, *columns).tolist() == expected


def test_the_columns_are_all_compared() -> None:
    compared = {"price_status", "allowed_cents", "payable_cents", "share_status", "deductible_cents"}
    compared |= {"payer_share_cents", "patient_share_cents", "expected_payment_cents"}
    compared |= {"expected_payment_at_least_cents", "expected_payment_at_most_cents"}
    assert set(PRICE_COLUMNS) - compared == {"fee_cents", "full_units"}
