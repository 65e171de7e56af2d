"""Every example of every rule file: exact place, exact words, exact verdict."""

from __future__ import annotations

from functools import cache

import pytest

from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import Example, ExampleKind, Rule, Verdict
from cleanclaim.rules.notation import parse

CASES = [(rule, example) for rule in rules() for example in rule.examples]
IDS = [
    f"{rule.code}-{example.kind.value}-{sum(1 for other in rule.examples[:place] if other.kind is example.kind) + 1}"
    for rule in rules()
    for place, example in enumerate(rule.examples)
]


RULES = {rule.code: rule for rule in rules()}


@cache
def judge_of(code: str) -> Judge:
    return Judge([RULES[code]])


def judged(rule: Rule, example: Example) -> Verdicts:
    verdicts = judge_of(rule.code).judge(parse(example.text))
    assert verdicts.crashed == {}
    return verdicts


@pytest.mark.parametrize(("rule", "example"), CASES, ids=IDS)
def test_example_gets_the_verdict_it_shows(rule: Rule, example: Example) -> None:
    verdicts = judged(rule, example)
    counts = verdicts.counts()[rule.code]
    findings = [(finding.place, finding.message) for finding in verdicts.findings()]

    match example.kind:
        case ExampleKind.GOOD:
            assert findings == []
            assert counts[Verdict.NO_DATA] == 0, [item.missing for item in verdicts.unjudged()]
            assert counts[Verdict.PASS] > 0, "a good example must be judged, not exempt"
        case ExampleKind.BAD:
            assert findings == [(example.at, example.says)]
        case ExampleKind.UNKNOWN:
            assert findings == []
            missing = {name for item in verdicts.unjudged() for name in item.missing}
            assert any(example.lacks in name for name in missing), missing
        case ExampleKind.EXEMPT:
            assert findings == []
            assert counts[Verdict.PASS] == 0
            assert counts[Verdict.NO_DATA] == 0
