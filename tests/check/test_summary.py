"""What findings come to: by claim, by what would happen, and never more than a claim can lose."""

from __future__ import annotations

import polars as pl
import pytest

from cleanclaim.check.findings import Finding
from cleanclaim.check.summary import Outcome, at_most, at_stake_cents, most_cents, outcomes


def finding(severity: str, cents: int | None, claim: int = 0) -> Finding:
    return Finding("XX101", "a-defect", severity, "lines", 0, claim, "line 1", "words", cents=cents)


@pytest.mark.parametrize(
    ("most", "expected"),
    [(None, 12_000), (12_001, 12_000), (12_000, 12_000), (11_999, 11_999), (0, 0)],
)
@pytest.mark.parametrize("severity", ["reject", "deny", "recoup"])
def test_a_claim_is_lost_once(severity: str, most: int | None, expected: int) -> None:
    twice = [finding(severity, 7_000), finding(severity, 5_000), finding(severity, None)]
    assert at_stake_cents(twice, most) == expected


@pytest.mark.parametrize("severity", ["left", "advice"])
def test_money_left_is_beside_what_the_claim_can_lose(severity: str) -> None:
    assert at_stake_cents([finding(severity, 7_000), finding("deny", 5_000)], 1_000) == 8_000


@pytest.mark.parametrize(
    ("allowed", "charged", "most"),
    [
        (None, None, None),
        (9_000, None, 9_000),
        (None, 12_000, 12_000),
        (9_000, 12_000, 9_000),
        (12_000, 9_000, 9_000),
        (0, 12_000, 0),
        (9_000, 0, 0),
        (None, -500, 0),
        (9_000, -500, 0),
    ],
)
def test_a_claim_loses_no_more_than_it_is_allowed_or_charges(
    allowed: int | None, charged: int | None, most: int | None
) -> None:
    assert most_cents(allowed, charged) == most
    for lost in (0, 8_999, 9_001, 12_001):
        claim = pl.DataFrame(
            {"lost": [lost], "allowed_cents": [allowed], "charge_cents": [charged]}, schema_overrides=_AMOUNTS
        )
        assert claim.select(at_most(pl.col("lost"))).item() == at_stake_cents([finding("deny", lost)], most)


_AMOUNTS = dict.fromkeys(("lost", "allowed_cents", "charge_cents"), pl.Int64)


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
