"""What a check's findings and gaps come to: by claim, by what would happen, by the input that is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

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


def outcomes(findings: Iterable[Finding]) -> list[Outcome]:
    """The findings by what would happen, the worst first; a finding without a price is counted, not guessed."""
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.severity].append(finding)
    found = []
    for severity in OUTCOMES:
        own = grouped.get(severity, [])
        if own:
            priced = [item.cents for item in own if item.cents is not None]
            claims = len({item.claim_id for item in own})
            found.append(Outcome(severity, len(own), claims, sum(priced), len(own) - len(priced)))
    return found
