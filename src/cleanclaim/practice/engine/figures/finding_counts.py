"""Standing findings of a span, counted by who could have kept them from happening, by outcome, and by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper

from cleanclaim.check.summary import BLOCKING, OUTCOMES
from cleanclaim.practice.engine.figures.figures import OPEN, Chosen, claims, standing
from cleanclaim.practice.engine.judging.causes import Cause
from cleanclaim.practice.gathering import Part, counted
from cleanclaim.rules.rationale import spoken_name

_FINDING = ("claim", "cause", "severity", "rule", "name", "cents")
_STANDING = (
    "SELECT one.claim, one.cause, one.severity, one.rule, one.name, one.cents, chosen.is_open "
    "FROM chosen JOIN one ON one.claim = chosen.claim"
)


def _counts(kind: str, first: str, second: str, which: str = "") -> str:
    """Claims, findings and cents by two columns. Claims are made one each first: that is quicker than distinct ones."""
    return (
        f"SELECT '{kind}', {first}, {second}, COUNT(*), SUM(findings), SUM(cents) FROM "  # noqa: S608 - our own words
        f"(SELECT claim, {first}, {second}, COUNT(*) AS findings, SUM(cents) AS cents FROM standing {which} "
        f"GROUP BY claim, {first}, {second}) AS own GROUP BY {first}, {second}"
    )


_BY_CAUSE = _counts("cause", "cause", "severity")
_BY_RULE = _counts("rule", "rule", "name")
_BLOCKED = (
    f"SELECT 'blocked', '', '', COUNT(DISTINCT claim), 0, 0 FROM standing WHERE is_open "  # noqa: S608 - our own words
    f"AND severity IN ({', '.join(['%s'] * len(BLOCKING))})"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many claims have a finding of a kind, and the dollars known to be at stake in those findings."""

    key: str
    label: str
    claims: int
    findings: int
    cents: int


@dataclass(frozen=True, slots=True)
class Findings:
    """Standing findings of a span; every cause and every outcome of the rule book is listed."""

    by_cause: Mapping[Cause, Mapping[str, Tally]]
    by_rule: Sequence[Tally]
    """Those of most claims first."""
    blocked: int
    """Open claims that a standing finding holds back."""


def findings(chosen: Chosen) -> Findings:
    """Count the standing findings of a span's claims."""
    of_claims = claims(chosen).order_by().annotate(is_open=ExpressionWrapper(OPEN, output_field=BooleanField()))
    rows = counted(
        [
            Part("chosen", ("claim", "is_open"), of_claims.values_list("pk", "is_open"), is_gathered=False),
            Part("one", _FINDING, standing().order_by().values_list(*_FINDING), is_gathered=False),
            Part("standing", (*_FINDING, "is_open"), _STANDING),
        ],
        [_BY_CAUSE, _BY_RULE, _BLOCKED],
        sorted(BLOCKING),
    )
    told: dict[str, dict[tuple[str, str], tuple[int, int, int]]] = {"cause": {}, "rule": {}, "blocked": {}}
    for kind, first, second, of, found, cents in rows:
        told[kind][first, second] = (of, int(found), int(cents or 0))
    none = (0, 0, 0)
    by_cause = {
        cause: {
            severity: Tally(f"{cause.value}/{severity}", said, *told["cause"].get((cause.value, severity), none))
            for severity, said in OUTCOMES.items()
        }
        for cause in Cause
    }
    by_rule = [Tally(rule, spoken_name(name), *counts) for (rule, name), counts in told["rule"].items()]
    by_rule.sort(key=lambda tally: (-tally.claims, tally.key, tally.label))
    return Findings(by_cause, by_rule, told["blocked"]["", ""][0])
