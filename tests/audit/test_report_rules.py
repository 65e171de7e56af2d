"""What the report says of a rule: the words of a check, made from arguments that were written down as JSON."""

from __future__ import annotations

import pytest

from cleanclaim.audit.report_rules import _message, _told
from cleanclaim.check.columns import OF_CLAIM, findings_of
from cleanclaim.check.judge import Judge
from cleanclaim.rules import book
from cleanclaim.rules.kit import ExampleKind, Rule
from cleanclaim.rules.notation import parse


@pytest.mark.parametrize("rule", book.rules(), ids=lambda rule: rule.code)
def test_words_from_the_arguments_are_the_words_of_a_check(rule: Rule) -> None:
    judge = Judge([rule], extra={"claims": OF_CLAIM})
    for example in rule.examples:
        if example.kind is ExampleKind.BAD:
            (row,) = findings_of(judge.judge(parse(example.text))).iter_rows(named=True)
            assert (row["place"], _message(rule, row["arguments"])) == (example.at, example.says)


def test_every_rule_is_told_in_a_sentence() -> None:
    told = {entry.rule.code: _told(entry.rationale) for entry in book.entries()}
    assert [code for code, (sentence, _, _) in told.items() if not sentence.endswith(".")] == []
    marks = ("`", "\n")
    assert [code for code, (_, why, fix) in told.items() if any(mark in "".join(why) + fix for mark in marks)] == []


def test_a_docstring_is_taken_apart() -> None:
    told = """The defect.

    Why it matters,
    on two lines.

    Not flagged: this, and
    that.
    Fix: `do` so; ATTEST, because
    of that.
    """.replace("\n    ", "\n").strip()
    assert _told(told) == (
        "The defect.",
        ["Why it matters, on two lines.", "Not flagged: this, and that."],
        "do so; ATTEST, because of that.",
    )


def test_a_rule_without_more_than_its_sentence() -> None:
    assert _told("The defect.") == ("The defect.", [], "")
