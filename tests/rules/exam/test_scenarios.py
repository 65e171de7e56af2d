"""An examination of the rule book: claims of a biller's day, with what a biller or an auditor expects of each.

The scenarios and what is expected of them were written from the trade and its sources, before the rules were read and
without them. Where the rule book said otherwise, the sources decided, and the one that was wrong was mended.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.facts.kit import Reach
from cleanclaim.lines.tables import Tables
from cleanclaim.rules import book, notation
from tests.rules.stacked import Copy, stacked

FILE = Path(__file__).with_name("scenarios.toml")
CONCEPTS = {rule.code: rule.concept for rule in book.active_rules()}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Claims in the notation, and the concepts of what is found in them and of what they leave open."""

    title: str
    claims: str
    finds: frozenset[str]
    beside: frozenset[str]
    """What else is said of the same lines, such as a limit that units break which minutes do not support either."""
    leaves_open: frozenset[str]


def _read() -> list[Scenario]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["scenario"]
    known = {"title", "claims", "finds", "beside", "leaves_open"}
    assert {key for row in rows for key in row} <= known
    return [
        Scenario(
            row["title"], row["claims"], *(frozenset(row.get(key, ())) for key in ("finds", "beside", "leaves_open"))
        )
        for row in rows
    ]


SCENARIOS = _read()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rule book says of one scenario, by concept."""

    found: frozenset[str]
    unjudged: frozenset[str]


@cache
def _judge(*, beyond_the_patient: bool) -> Judge:
    whole = Judge(book.active_rules())
    near = {rule.code for rule in whole.rules if whole.reach(rule) is Reach.PATIENT}
    return Judge([rule for rule in whole.rules if (rule.code not in near) == beyond_the_patient])


@cache
def _answers() -> list[Answer]:
    """All scenarios in one call; rules that look beyond the patient judge those of several patients one by one."""
    parts = [notation.parse(scenario.claims) for scenario in SCENARIOS]
    stack = stacked(parts, [Copy(place) for place in range(len(parts))])
    verdicts = _judge(beyond_the_patient=False).judge(stack.tables)
    assert verdicts.crashed == {}
    found: list[set[str]] = [set() for _ in parts]
    unjudged: list[set[str]] = [set() for _ in parts]
    for finding in verdicts.findings():
        found[int(stack.copy_of_claim[finding.claim_id])].add(CONCEPTS[finding.code])
    for item in verdicts.unjudged():
        unjudged[int(stack.copy_of_claim[item.claim_id])].add(CONCEPTS[item.code])
    for place, part in enumerate(parts):
        if part.claims["patient_id"].n_unique() > 1:
            found[place] |= {CONCEPTS[finding.code] for finding in _beyond(part).findings()}
    return [Answer(frozenset(one), frozenset(other)) for one, other in zip(found, unjudged, strict=True)]


def _beyond(part: Tables) -> Verdicts:
    verdicts = _judge(beyond_the_patient=True).judge(part)
    assert verdicts.crashed == {}
    return verdicts


def test_every_concept_is_one_of_the_rule_book_and_no_title_stands_twice() -> None:
    named = {concept for one in SCENARIOS for concept in one.finds | one.beside | one.leaves_open}
    assert named - set(CONCEPTS.values()) == set()
    titles = [scenario.title for scenario in SCENARIOS]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("place", range(len(SCENARIOS)), ids=[scenario.title for scenario in SCENARIOS])
def test_scenario(place: int) -> None:
    scenario, answer = SCENARIOS[place], _answers()[place]
    assert answer.found == scenario.finds | scenario.beside
    assert scenario.leaves_open <= answer.unjudged
