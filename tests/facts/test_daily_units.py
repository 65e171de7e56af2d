"""Units that count together towards a daily limit, against a count by hand, for few claims and many."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import polars as pl
import pytest

from cleanclaim.facts.limits.daily_units import stage
from tests.facts.answered import answered

CLAIM_TYPES = {
    "patient_id": pl.Int64,
    "date_of_service": pl.Date,
    "payer": pl.String,
    "discipline": pl.String,
    "rendering_npi": pl.String,
    "billing_npi": pl.String,
    "billing_tax_id": pl.String,
    "knows_history": pl.Boolean,
    "payer_daily_unit_cap_units": pl.Int64,
    "payer_daily_unit_cap_scope": pl.String,
}
CHOICES: dict[str, list[Any]] = {
    "date_of_service": [date(2026, 3, 4)] * 20 + [date(2026, 3, 5)] * 20 + [None],
    "payer": ["a"] * 20 + ["b"] * 10 + [None],
    "discipline": ["PT", "PT", "OT"],
    "rendering_npi": ["1", "1", "2", None],
    "billing_npi": ["8"] * 20 + ["9", None],
    "billing_tax_id": ["5", "5", "6", None],
    "knows_history": [True] * 20 + [False, None],
    "payer_daily_unit_cap_units": [4] * 20 + [None],
    "payer_daily_unit_cap_scope": [*("provider", "discipline", "tax_id") * 3, *["all_providers"] * 9, None],
}
Row = dict[str, Any]


def _drawn(chance: random.Random, count: int) -> tuple[list[Row], list[Row]]:
    claims = [
        {"patient_id": chance.randrange(1 + count // 3), **{name: chance.choice(own) for name, own in CHOICES.items()}}
        for _ in range(count)
    ]
    lines = [
        {
            "claim_id": place,
            "units": chance.choice([1] * 20 + [3] * 20 + [None]),
            "counts_in_daily_cap": chance.choice([True] * 20 + [False] * 10 + [None]),
        }
        for place in range(count)
        for _ in range(chance.randrange(4))
    ]
    return claims, lines


def _who(claim: Row) -> str | None:
    match claim["payer_daily_unit_cap_scope"]:
        case "provider":
            return str(claim["rendering_npi"]) if claim["rendering_npi"] else None
        case "discipline":
            return f"{claim['discipline']} {claim['billing_npi']}" if claim["billing_npi"] else None
        case "tax_id":
            return str(claim["billing_tax_id"]) if claim["billing_tax_id"] else None
        case "all_providers":
            return ""
    return None


def _own_units(claim: Row, lines: list[Row]) -> int | None:
    if claim["payer_daily_unit_cap_units"] is None:
        return None
    counted = [0 if line["counts_in_daily_cap"] is False else line["units"] for line in lines]
    if None in counted or any(line["counts_in_daily_cap"] is None for line in lines):
        return None
    return sum(counted)


def _day_units(claim: Row, claims: list[Row], own: list[int | None]) -> int | None:
    patients = [other for other in claims if other["patient_id"] == claim["patient_id"]]
    if any(other["date_of_service"] is None or other["payer"] is None for other in patients):
        return None
    same = ("patient_id", "date_of_service", "payer")
    day = [place for place, other in enumerate(claims) if all(other[name] == claim[name] for name in same)]
    if any(_who(claims[place]) is None for place in day):
        return None
    together = [own[place] for place in day if _who(claims[place]) == _who(claim)]
    if None in together or not claim["knows_history"]:
        return None
    return sum(units for units in together if units is not None)


@pytest.mark.parametrize("count", [*range(1, 9), 60, 300])
def test_units_of_a_day_are_those_counted_by_hand(count: int) -> None:
    chance = random.Random(count)
    shown = 0
    for _ in range(max(1, 100 // count)):
        claims, lines = _drawn(chance, count)
        own = [
            _own_units(claim, [line for line in lines if line["claim_id"] == place])
            for place, claim in enumerate(claims)
        ]
        frames = {
            "claims": pl.DataFrame(claims, schema=CLAIM_TYPES).with_row_index("claim_id"),
            "lines": pl.DataFrame(
                lines, schema={"claim_id": pl.Int64, "units": pl.Int64, "counts_in_daily_cap": pl.Boolean}
            ),
        }
        found = answered(stage, frames)
        assert found["claim_capped_units"].to_list() == own
        expected = [_day_units(claim, claims, own) for claim in claims]
        assert found["day_capped_units"].to_list() == expected
        shown += sum(units is not None for units in expected)
    assert shown > 0
