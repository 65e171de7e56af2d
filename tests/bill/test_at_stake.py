"""What the page of a billing job puts at stake: of a held claim no more than it is allowed, nor than it charges."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cleanclaim.bill.job import ClaimState
from cleanclaim.bill.report import held_cents, rule_rows
from cleanclaim.check.findings import Finding


def held(allowed: int | None, charge: int | None, *cents: int) -> Any:
    """A held claim of one line."""
    findings = [Finding("UN101", "n", "deny", "lines", 0, 0, "line 1", "m", cents=amount) for amount in cents]
    lines = [{"allowed_cents": allowed}]
    return SimpleNamespace(state=ClaimState.HELD, lines=lines, charge_cents=charge, findings=findings)


@pytest.mark.parametrize(
    ("allowed", "charge", "held_back", "unpriced", "by_rule"),
    [
        (9_000, 12_000, 9_000, 0, "$90.00"),
        (12_000, 9_000, 9_000, 0, "$90.00"),
        (None, 9_000, 0, 1, "$90.00"),
        (None, None, 0, 1, "$120.00"),
    ],
)
def test_a_held_claim_loses_no_more_than_it_is_allowed_or_charges(
    allowed: int | None, charge: int | None, held_back: int, unpriced: int, by_rule: str
) -> None:
    claim = held(allowed, charge, 7_000, 5_000)
    assert held_cents([claim]) == (held_back, unpriced)
    assert [row.amount for row in rule_rows([claim])] == [by_rule]
