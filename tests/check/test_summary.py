"""What findings come to: by claim, by what would happen, and never more than a claim is allowed."""

from __future__ import annotations

import pytest

from cleanclaim.check.findings import Finding
from cleanclaim.check.summary import Outcome, at_stake_cents, outcomes


def finding(severity: str, cents: int | None, claim: int = 0) -> Finding:
    return Finding("XX101", "a-defect", severity, "lines", 0, claim, "line 1", "words", cents=cents)


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [(None, 12_000), (12_001, 12_000), (12_000, 12_000), (11_999, 11_999), (0, 0)],
)
@pytest.mark.parametrize("severity", ["reject", "deny", "recoup"])
def test_a_claim_is_lost_once(severity: str, allowed: int | None, expected: int) -> None:
    twice = [finding(severity, 7_000), finding(severity, 5_000), finding(severity, None)]
    assert at_stake_cents(twice, allowed) == expected


@pytest.mark.parametrize("severity", ["left", "advice"])
def test_money_left_is_beside_what_the_claim_is_allowed(severity: str) -> None:
    assert at_stake_cents([finding(severity, 7_000), finding("deny", 5_000)], 1_000) == 8_000


def test_outcomes_are_capped_claim_by_claim_and_severity_by_severity() -> None:
    found = [
        finding("deny", 6_000, 0),
        finding("deny", 6_000, 0),
        finding("deny", 6_000, 1),
        finding("deny", None, 2),
        finding("reject", 6_000, 0),
        finding("left", 9_000, 0),
    ]
    assert outcomes(found, {0: 10_000, 1: 5_000, 2: None}) == [
        Outcome("reject", 1, 1, 6_000, 0),
        Outcome("deny", 4, 3, 15_000, 1),
        Outcome("left", 1, 1, 9_000, 0),
    ]
