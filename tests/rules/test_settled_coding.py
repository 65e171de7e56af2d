"""Rules on coding leave a claim alone that an earlier payer has answered, unless its payer codes anew."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.reference import payers
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import Example, ExampleKind, Rule, Verdict
from cleanclaim.rules.notation import parse

HEAD = re.compile(r"^( *(?:visit|history) \S+ \S+)", re.MULTILINE)
ANSWERED = r"\1 coverage_order=secondary prior_payers=1 prior_paid_cents=0"
CODING = [
    (rule, example)
    for rule in rules()
    if rule.coding_terms
    for example in rule.examples
    if example.kind is ExampleKind.BAD and "coverage_order" not in example.text
]
IDS = [f"{rule.code}-{place}" for place, (rule, _) in enumerate(CODING)]


@cache
def judge_of(code: str) -> Judge:
    return Judge([next(rule for rule in rules() if rule.code == code)])


def anew(text: str) -> bool:
    """Whether the payer billed is known to code anew on that day: Medicare, from 2010 on."""
    heads: list[str] = HEAD.findall(text)
    _, day, payer = next(line.split() for line in heads if "visit" in line)
    return payer == "medicare_b" and day >= "2010-01-01"


@pytest.mark.parametrize(("rule", "example"), CODING, ids=IDS)
def test_an_answered_claim_keeps_its_coding_unless_the_payer_codes_anew(rule: Rule, example: Example) -> None:
    answered = HEAD.sub(ANSWERED, example.text)
    assert answered != example.text
    verdicts = judge_of(rule.code).judge(parse(answered))
    found = [finding.message for finding in verdicts.findings()]
    counts = verdicts.counts()[rule.code]
    if anew(example.text):
        assert found == [example.says]
    else:
        assert found == []
        assert (counts[Verdict.PASS], counts[Verdict.NO_DATA]) == (0, 0)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("coverage_order=secondary prior_payers=1 prior_paid_cents=0", Verdict.NOT_APPLICABLE),
        ("coverage_order=secondary prior_payers=0", Verdict.FINDING),
        (
            "coverage_order=secondary prior_payers=1 prior_paid_cents=? claim_fields_absent=prior_paid_cents",
            Verdict.FINDING,
        ),
        ("coverage_order=secondary prior_payers=1 prior_paid_cents=?", Verdict.NO_DATA),
        ("coverage_order=secondary prior_payers=?", Verdict.NO_DATA),
        ("coverage_order=primary prior_payers=? prior_paid_cents=?", Verdict.FINDING),
    ],
    ids=["answered", "nobody-before", "not-answered", "answer-unknown", "payers-unknown", "first"],
)
def test_coding_is_settled_by_an_answer_alone(said: str, verdict: Verdict) -> None:
    verdicts = judge_of("CD105").judge(parse(f"visit 2026-03-04 uhc_medicare_advantage {said}\n  97014 GP x1 15min\n"))
    assert verdicts.counts()["CD105"][verdict] == 1


def test_an_answer_on_one_line_settles_the_claim() -> None:
    text = (
        "visit 2026-03-04 uhc_medicare_advantage coverage_order=secondary prior_payers=1 prior_paid_cents=? "
        "claim_fields_absent=prior_paid_cents\n  97014 GP x1 15min\n  97110 GP x1 15min prior_answers=1\n"
    )
    assert judge_of("CD105").judge(parse(text)).counts()["CD105"][Verdict.NOT_APPLICABLE] == 2


def test_medicare_alone_is_known_to_code_anew() -> None:
    name = "codes_anew_after_another_payer"
    stated = {one: payers.setting(one, name, date(2026, 3, 4), ()).value for one in payers.all_ids()}
    assert {one for one, value in stated.items() if value is not None} == {"medicare_b"}
    assert stated["medicare_b"] is True
    assert payers.setting("medicare_b", name, date(2009, 12, 31), ()).value is None
