"""A few rows are answered by Python, many by queries: both ways say the same, column for column."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from cleanclaim.check import questions
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.facts import alike, derive, few_rows, frames, memory, numbering, pair_edits, workspace
from cleanclaim.facts.authorization import use
from cleanclaim.facts.claims import like_lines
from cleanclaim.facts.diagnoses import company, links
from cleanclaim.facts.documentation import copied_note
from cleanclaim.facts.identity import described
from cleanclaim.facts.procedures import earlier_visits, hcpcs_listing, remote_monitoring
from cleanclaim.facts.units import allocation, billed_against_furnished
from cleanclaim.pricing import claim_groups, exact
from cleanclaim.reference import lookup
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import ExampleKind
from cleanclaim.rules.notation import parse
from cleanclaim.units import service_table

THRESHOLDS = (
    (questions, "_FEW"),
    (frames, "FEW_ROWS"),
    (workspace, "FEW_ROWS"),
    (alike, "FEW_ROWS"),
    (numbering, "_KINDS_PER_ROW"),
    (numbering, "_FEWEST_REPEATS"),
    (use, "_FEW"),
    (copied_note, "_FEW"),
    (derive, "_FEW"),
    (memory, "FEW_ROWS"),
    (pair_edits, "_FEW"),
    (like_lines, "_FEW"),
    (company, "_FEW"),
    (links, "_FEW"),
    (described, "_FEW"),
    (hcpcs_listing, "_FEW"),
    (few_rows, "FEW"),
    (earlier_visits, "_FEW"),
    (remote_monitoring, "_FEW"),
    (allocation, "_FEW"),
    (billed_against_furnished, "_FEW"),
    (exact, "_FEW"),
    (claim_groups, "FEW_CLAIMS"),
    (lookup, "_SMALL_HEIGHT"),
    (service_table, "_FEW"),
)
SPREAD = 37
"""One in thirty-seven bad and unknown examples: all tables, all families of rules, a few seconds."""
TEXTS = [
    example.text
    for rule in rules()
    for example in rule.examples
    if example.kind in {ExampleKind.BAD, ExampleKind.UNKNOWN}
][::SPREAD]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(rules())


def columns(verdicts: Verdicts) -> Iterator[tuple[str, str, pl.Series]]:
    for table, frame in verdicts.workspace.frames.items():
        for name in sorted(frame.columns):
            yield table, name, frame.get_column(name)


@pytest.mark.parametrize("text", TEXTS)
def test_python_and_queries_agree_on_every_column(text: str, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = parse(text)
    few = judge.judge(tables)
    for module, name in THRESHOLDS:
        monkeypatch.setattr(module, name, -1)
    many = judge.judge(tables)

    assert few.crashed == many.crashed == {}
    assert few.counts() == many.counts()
    for (table, name, own), (_, other_name, other) in zip(columns(few), columns(many), strict=True):
        assert name == other_name
        assert own.equals(other, check_dtypes=True), f"{table}.{name}: {own.to_list()} and {other.to_list()}"
