"""What a daily limit cuts off, against a payer who takes one line after the other, for few lines and many."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from cleanclaim.facts.charges.line_worth import stage
from tests.facts.answered import answered

CLAIM_TYPES = {
    "payer_line_order_matters": pl.Boolean,
    "payer_daily_unit_cap_units": pl.Int64,
    "claim_capped_units": pl.Int64,
}
LINE_TYPES = {
    "line_id": pl.Int64,
    "claim_id": pl.Int64,
    "line_number": pl.Int64,
    "units": pl.Int64,
    "charge_cents": pl.Int64,
    "allowed_cents": pl.Int64,
    "counts_in_daily_cap": pl.Boolean,
}
Row = dict[str, Any]


def _lines_of(chance: random.Random, claim: int) -> list[Row]:
    count = chance.randrange(1, 6)
    numbers = chance.sample(range(1, 9), count)
    return [
        {
            "claim_id": claim,
            "line_number": number,
            "units": chance.choice([1] * 9 + [2, 3] * 4 + [0, None]),
            "charge_cents": chance.choice([1000, 2500, 3000, 4000] * 5 + [None]),
            "allowed_cents": chance.choice([1001, 2501, 3001, 4001] * 5 + [None]),
            "counts_in_daily_cap": chance.choice([True] * 12 + [False] * 4 + [None]),
        }
        for number in numbers
    ]


def _worth(line: Row, lines: list[Row]) -> int | None:
    by_allowed = all(other["allowed_cents"] is not None for other in lines)
    cents = line["allowed_cents" if by_allowed else "charge_cents"]
    return cents // line["units"] if cents is not None and line["units"] else None


def _weighed(claim: Row, lines: list[Row]) -> list[tuple[int | None, int | None, bool | None]]:
    """The answers of each line, by letting lines through in their order until the limit is reached."""
    if not claim["payer_line_order_matters"]:
        return [(None, None, None)] * len(lines)
    worth = [_worth(line, lines) for line in lines]
    cap, counts = claim["payer_daily_unit_cap_units"], [line["counts_in_daily_cap"] for line in lines]
    if cap is None or None in worth or None in counts:
        return [(own, None, None) for own in worth]
    left, is_paid, cut_off = cap, [False] * len(lines), [0]
    for place in sorted(range(len(lines)), key=lambda place: lines[place]["line_number"]):
        if counts[place]:
            is_paid[place] = left > 0
            left -= lines[place]["units"]
            if left < 0:
                cut_off.append(worth[place] or 0)
    best = max(cut_off)
    return [(own, best, paid and (own or 0) < best) for own, paid in zip(worth, is_paid, strict=True)]


@pytest.mark.parametrize("count", [1, 3, 8, 30, 300])
def test_lines_are_cut_off_as_a_payer_cuts_them_off(count: int) -> None:
    chance = random.Random(count)
    found_less = 0
    for _ in range(max(1, 150 // count)):
        claims: list[Row] = [
            {
                "payer_line_order_matters": chance.choice([True, True, True, False, None]),
                "payer_daily_unit_cap_units": chance.choice([2, 3, 4, None]),
                "claim_capped_units": None,
            }
            for _ in range(count)
        ]
        by_claim = [_lines_of(chance, place) for place in range(count)]
        lines = [line for own in by_claim for line in own]
        frames = {
            "claims": pl.DataFrame(claims, schema=CLAIM_TYPES),
            "lines": pl.DataFrame([{"line_id": place, **line} for place, line in enumerate(lines)], schema=LINE_TYPES),
        }
        expected = [row for claim, own in zip(claims, by_claim, strict=True) for row in _weighed(claim, own)]
        assert answered(stage, frames).rows() == expected
        found_less += sum(row[2] is True for row in expected)
    assert found_less > 0
