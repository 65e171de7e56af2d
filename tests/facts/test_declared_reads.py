"""What a frame holds beyond what a stage declares hangs on who asked before: no stage may lean on it."""

from __future__ import annotations

import polars as pl
import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.facts.frames import Part
from cleanclaim.lines.schema import KEYS
from cleanclaim.rules.book import rules
from cleanclaim.rules.notation import parse
from tests.rules.stacked import Copy, stacked


def test_stages_read_only_the_columns_that_they_declare(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Part.__getitem__
    handed: set[str] = set()

    def declared(part: Part, table: str) -> pl.DataFrame:
        frame = whole(part, table)
        handed.add(table)
        names = dict.fromkeys((KEYS[table], *part._names.get(table, ())))
        return frame.select(name for name in names if name in frame.columns)

    monkeypatch.setattr(Part, "__getitem__", declared)
    examples = [parse(rule.examples[0].text) for rule in rules()]
    verdicts = Judge(rules()).judge(stacked(examples, [Copy(place) for place in range(len(examples))]).tables)

    assert verdicts.workspace.crashed == {}
    assert handed >= {"claims", "lines", "services", "diagnoses", "days", "day_codes", "pairs"}
