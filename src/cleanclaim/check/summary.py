"""What a check's findings and gaps come to: by claim, by what would happen, by the input that is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from cleanclaim.check.findings import Finding, Unjudged
from cleanclaim.rules.kit import Severity

OUTCOMES = {
    Severity.REJECT.value: "rejected at the door",
    Severity.DENY.value: "denied",
    Severity.RECOUP.value: "paid, then taken back",
    Severity.LEFT.value: "money left",
    Severity.ADVICE.value: "advice",
}
"""What happens if the claim goes out as it is, in words, the worst first."""


BLOCKING = frozenset({Severity.REJECT.value, Severity.DENY.value, Severity.RECOUP.value})
"""Severities that hold a claim back: it would be turned away, denied, or paid and taken back."""


@dataclass(frozen=True, slots=True)
class MissingInput:
    """One input that is missing: the rules that wait for it, and on how many rows and claims."""

    name: str
    rules: tuple[str, ...]
    checks: int
    claims: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Findings of one severity: how many, on how many claims, and their dollars where a price is known."""

    severity: str
    findings: int
    claims: int
    cents: int
    without_price: int


def missing_inputs(unjudged: Iterable[Unjudged]) -> list[MissingInput]:
    """The inputs whose absence keeps rules from judging, the one that most rules wait for first."""
    rules: dict[str, set[str]] = defaultdict(set)
    claims: dict[str, set[int]] = defaultdict(set)
    checks: Counter[str] = Counter()
    for item in unjudged:
        for name in item.missing:
            rules[name].add(item.code)
            claims[name].add(item.claim_id)
            checks[name] += 1
    ordered = sorted(checks, key=lambda name: (-len(rules[name]), -checks[name], name))
    return [MissingInput(name, tuple(sorted(rules[name])), checks[name], len(claims[name])) for name in ordered]


def most_cents(allowed_cents: int | None, charge_cents: int | None) -> int | None:
    """What a claim can lose at most: what it is allowed, and no more than it charges; `None` where neither is known.

    Payers pay the lesser of the two, so findings that object to the same lines add up to no more.
    """
    known = [cents for cents in (allowed_cents, charge_cents) if cents is not None]
    return max(0, min(known)) if known else None


def at_most(lost: pl.Expr) -> pl.Expr:
    """`most_cents` in columns: no more of an amount than a claim can lose by `allowed_cents` and `charge_cents`."""
    return pl.min_horizontal(lost, pl.col("allowed_cents", "charge_cents").clip(0))


def at_stake_cents(findings: Iterable[Finding], most: int | None) -> int:
    """What these findings of one claim put at stake together, in cents, where a price is known.

    A claim is lost once: findings that hold it back never cost more than `most`, what the whole claim can lose (see
    `most_cents`; `None`: not known). Money left on the table comes on top of it.
    """
    lost = left = 0
    for finding in findings:
        if finding.severity in BLOCKING:
            lost += finding.cents or 0
        else:
            left += finding.cents or 0
    return left + (lost if most is None else min(lost, most))


def outcomes(findings: Iterable[Finding], most: Mapping[int, int | None]) -> list[Outcome]:
    """The findings by what would happen, the worst first; a finding without a price is counted, not guessed.

    Args:
        findings: the findings of any number of claims.
        most: what each claim can lose, by `claim_id`, where that is known; see `most_cents`.
    """
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.severity].append(finding)
    found = []
    for severity in OUTCOMES:
        own = grouped.get(severity, [])
        if own:
            by_claim: dict[int, list[Finding]] = defaultdict(list)
            for item in own:
                by_claim[item.claim_id].append(item)
            cents = sum(at_stake_cents(items, most.get(claim)) for claim, items in by_claim.items())
            unpriced = sum(item.cents is None for item in own)
            found.append(Outcome(severity, len(own), len(by_claim), cents, unpriced))
    return found
