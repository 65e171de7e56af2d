"""How many units a claim leaves unbilled, from what the rules said of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from cleanclaim.check.findings import Finding
from cleanclaim.rules import book
from cleanclaim.rules.kit import Severity

_NOT_BILLED = "service-not-billed"
"""The kind of defect, as the rule book names it, of a service that stands on no line."""


def left_units(findings: Iterable[Finding]) -> int:
    """The units that a claim's findings say were earned and are not billed.

    A day's timed units are told together, by however many rules: the widest gap between what the minutes support and
    what is billed counts once. A service that is not counted by minutes and is not billed at all is one unit.
    """
    timed = whole = 0
    for finding in findings:
        if finding.severity != Severity.LEFT.value:
            continue
        supported, billed = finding.arguments.get("supported_units"), finding.arguments.get("timed_units")
        if isinstance(supported, int) and isinstance(billed, int):
            timed = max(timed, supported - billed)
        elif _concept(finding.code) == _NOT_BILLED:
            whole += 1
    return timed + whole


@cache
def _concept(rule: str) -> str:
    entry = book.entry(rule)
    return entry.rule.concept if entry else ""
