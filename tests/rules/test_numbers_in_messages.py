"""A message that counts reads right where the number is one."""

from __future__ import annotations

import re
import string

import pytest

from cleanclaim.check.findings import render
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import Rule

COUNTED = "minutes|units|visits|days|patients|lines|claims|codes|diagnoses|therapists|months|modifiers|are|were"
WRONG = re.compile(rf"(?<![\d.])1 ((?!of )[a-z-]+ )?({COUNTED})\b")
NEVER_ONE = {
    "CD171": "a group has two or more patients",
    "DX303": "more pointers than the four that a line holds",
    "DX304": "more diagnoses than the twelve that a claim holds",
    "CF103": "more lines than the fifty that a claim holds",
    "ID203": "the bound is an age of more than a hundred years",
    "PC201": "the certification is due after 30 days",
    "PC204": "the interval is one of 90 days",
    "TD102": "minutes of a day that hold more than another",
    "TD103": "the bound is a working day of minutes",
    "TD105": "several therapists under one number",
    "TD106": "minutes of a day that outlast the clinic's",
    "TD108": "the bound is a day of minutes",
    "TH106": "peers are compared from many patients on",
    "TD107": "peers are compared from many visits on",
    "PR104": "its plural follows two codes",
}
"""Rules whose message writes a number or a code before a plural: why that is never one."""


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.code not in NEVER_ONE], ids=lambda rule: rule.code)
def test_one_is_singular(rule: Rule) -> None:
    names = [name for _, name, _, _ in string.Formatter().parse(rule.message) if name]
    said = render(rule.message, dict.fromkeys(names, 1))
    assert WRONG.search(said) is None, said
