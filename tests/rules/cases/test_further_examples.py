"""The further examples: exact verdict, place and words, and to the letter what a fix changes."""

from __future__ import annotations

from functools import cache

import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.rules import book
from cleanclaim.rules.kit import ExampleKind, Verdict
from cleanclaim.rules.notation import parse
from tests.rules.cases.further import Further, further_examples, words_of

FURTHER = tuple(further_examples())
IDS = [f"{item.rule}-{place}" for place, item in enumerate(FURTHER)]


@cache
def judge(code: str) -> Judge:
    entry = book.entry(code)
    assert entry is not None
    return Judge([entry.rule])


@pytest.mark.parametrize("item", FURTHER, ids=IDS)
def test_further_example(item: Further) -> None:
    verdicts = judge(item.rule).judge(parse(item.example.text))

    assert verdicts.crashed == {}
    findings = verdicts.findings()
    counts = verdicts.counts()[item.rule]
    if item.example.kind is ExampleKind.BAD:
        assert [(finding.place, finding.message) for finding in findings] == [(item.example.at, item.example.says)]
    else:
        assert item.example.kind is ExampleKind.GOOD
        assert (counts[Verdict.FINDING], counts[Verdict.NO_DATA]) == (0, 0)
        assert counts[Verdict.PASS] > 0
    if item.changes is not None:
        assert tuple(words_of(change) for change in findings[0].changes) == item.changes
