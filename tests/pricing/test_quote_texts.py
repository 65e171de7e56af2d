"""Quotes word for word and figure for figure, as people and programs get them; sources apart, which are cited elsewhere.

The first quote is the worked example of CMS for the reduction with the rates of 2026; the others follow from its unit
fees: 34.83 = 44.42 × 80% × 98%, 13.33 = 20.00 × 80% × 85% × 98%, 35.9093 = 29.0588 at the indices of San Francisco.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.pricing.quote import Price, price_lines
from tests.pricing.tables import pack

DAY = date(2026, 3, 4)
FOLDER = Path(__file__).parent
TEXTS = (FOLDER / "quotes.txt").read_text(encoding="utf-8")
RECORDS: dict[str, Any] = json.loads((FOLDER / "quotes.json").read_text(encoding="utf-8"))


def percent_plan(folder: Path) -> Price:
    settings = {
        "price_basis": '{ kind = "percent_of_medicare", percent = "120" }',
        "multiple_procedure_reduction": "true",
        "multiple_procedure_reduction_scope": '"billing_npi"',
    }
    plan = pack(folder, "plan_120", "commercial", settings)
    return price_lines("97110x2 97530", date=DAY, payer=plan, locality="01112-05", place_of_service="22")


def daily_plan(folder: Path) -> Price:
    settings = {"price_basis": '{ kind = "per_diem", amount = "95.00", cap = "120.00" }'}
    plan = pack(folder, "by_day", "workers_compensation", settings)
    return price_lines("97110=60.00 97530=60.00", date=DAY, payer=plan)


QUOTES: dict[str, Callable[[Path], Price]] = {
    "deductible met": lambda _: price_lines(
        "97530 97110x2=50.00 97140-CQ 97010", date=DAY, deductible_met_cents=28_300
    ),
    "deductible unknown": lambda _: price_lines("97110x2 97112-CQ=20.00", date=DAY),
    "cash": lambda _: price_lines("97110=90.00", date=DAY, payer="cash"),
    "percent of Medicare": percent_plan,
    "amount of the day": daily_plan,
    "locality unknown": lambda _: price_lines("97110", date=DAY, locality=None),
}


def without_sources(record: Any) -> Any:
    if isinstance(record, dict):
        return {key: without_sources(value) for key, value in record.items() if key not in {"source", "sources"}}
    if isinstance(record, list):
        return [without_sources(item) for item in record]
    return record


@pytest.mark.parametrize("name", QUOTES)
def test_a_quote_reads(name: str, tmp_path: Path) -> None:
    wanted = TEXTS.partition(f"=== {name}\n")[2].partition("\n=== ")[0]
    text = QUOTES[name](tmp_path).explain()
    above, _, below = text.partition("\n\nSources:\n")
    assert above == wanted.rstrip("\n")
    remembered = [line for line in below.splitlines() if not line.startswith("  ")]
    by_medicare = name not in {"cash", "amount of the day", "locality unknown"}
    assert len(remembered) == by_medicare
    assert all(line.startswith("From memory, not read in a source: a line is rounded") for line in remembered)


@pytest.mark.parametrize("name", QUOTES)
def test_a_quote_is_recorded(name: str, tmp_path: Path) -> None:
    assert without_sources(QUOTES[name](tmp_path).to_dict()) == RECORDS[name]
