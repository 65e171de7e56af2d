"""The lists of what others check: each rule they name is there, each rule is named, and no row is left without an answer."""

from __future__ import annotations

import pytest

from cleanclaim.docs.coverage_page import page
from cleanclaim.rules import book
from cleanclaim.rules.coverage import CoverageError, Standing, coverage, read
from cleanclaim.sources import SourceError

SOURCES = """
[sources.one]
publisher = "A clearinghouse"
title = "Its edits"
section = "all"
read_on = 2026-11-21
"""
ROW = """
[[lists]]
id = "edi"
title = "Edits"
[[lists.rows]]
says = "A line for nothing"
source = "one"
"""


def test_every_rule_that_is_named_exists_and_every_rule_is_named() -> None:
    assert coverage().named() == {rule.code for rule in book.rules()}


def test_no_rule_is_beyond_the_lists_and_on_one() -> None:
    listed = {code for one in coverage().lists for row in one.rows for code in row.rules}
    beyond = [code for group in coverage().beyond for code in group.rules]
    assert sorted(set(beyond)) == sorted(beyond)
    assert listed.isdisjoint(beyond)


def test_no_row_is_said_twice() -> None:
    said = [row.says for one in coverage().lists for row in one.rows]
    assert sorted(set(said)) == sorted(said)


def test_the_three_lists_are_answered_but_for_what_needs_data_that_nobody_ships() -> None:
    assert [one.id for one in coverage().lists] == ["edi", "alerts", "audit"]
    open_rows = {row.says for one in coverage().lists for row in one.rows if row.standing is Standing.NOT_YET}
    assert open_rows == {
        "One patient with several clinics",
        "Allowed dollars of a patient far from peers",
    }


def test_the_page_counts_its_rows_and_links_its_rules() -> None:
    text = page()
    first = coverage().lists[0]
    counts = [sum(row.standing is standing for row in first.rows) for standing in Standing]
    cells = " | ".join(str(count) for count in (len(first.rows), *counts))
    assert f"| [{first.title}](#edi) | {cells} |" in text
    assert "| A line with a negative charge | ours | [CF105](rules/CF105.md) | [" in text
    assert "| One patient with several clinics | **not yet** | Needs the claims of other clinics" in text
    assert text.count("\n| ") == sum(len(one.rows) + 2 for one in coverage().lists) + len(coverage().beyond) + 2 + 5
    numbers = [line.partition("]")[0] for line in text.splitlines() if line.startswith("- [")]
    assert numbers == [f"- [{number}" for number in range(1, len(numbers) + 1)]


def test_a_row_is_read_with_its_answer_and_source() -> None:
    row = read(SOURCES + ROW + 'rules = ["CF104"]\nmore = "Lines only."').lists[0].rows[0]
    assert (row.standing, row.rules, row.words) == (Standing.OURS, ("CF104",), "Lines only.")
    assert row.source.publisher == "A clearinghouse"
    later = read(SOURCES + ROW + 'not_yet = "Needs a table."').lists[0].rows[0]
    assert (later.standing, later.rules, later.words) == (Standing.NOT_YET, (), "Needs a table.")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("", "list 'edi', row 1: expected one of rules, elsewhere, not_applicable, not_yet; found 0"),
        ('rules = ["CF104"]\nnot_yet = "x"', "found 2"),
        ("rules = []", "found none"),
        ('rules = ["CF104", "CF104"]', "each once; found CF104, CF104"),
        ('rules = ["zero"]', "expected codes of rules, each once; found zero"),
        ('not_yet = ""', "not_yet needs its words"),
        ('not_yet = "x"\nmore = "y"', "not_yet needs its words, and no more beside them"),
        ('rules = ["CF104"]\nnote = "x"', "key 'note' is not known"),
    ],
    ids=[
        "no-answer",
        "two-answers",
        "no-rule",
        "a-rule-twice",
        "no-code",
        "no-words",
        "more-of-nothing",
        "unknown-key",
    ],
)
def test_a_row_that_is_not_whole_is_refused(answer: str, says: str) -> None:
    with pytest.raises(CoverageError) as caught:
        read(SOURCES + ROW + answer)
    assert says in str(caught.value)


def test_sources_are_whole_known_and_cited() -> None:
    with pytest.raises(CoverageError, match="source 'two' is not among the sources"):
        read(SOURCES + ROW.replace('"one"', '"two"') + 'rules = ["CF104"]')
    with pytest.raises(CoverageError, match="source 'two' is cited by no row"):
        read(SOURCES + SOURCES.replace("[sources.one]", "[sources.two]").replace("all", "some") + ROW + 'not_yet = "x"')
    with pytest.raises(SourceError, match="read_on"):
        read(SOURCES.replace("read_on = 2026-11-21", "") + ROW + 'not_yet = "x"')
