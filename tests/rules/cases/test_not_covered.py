"""A code that Medicare excludes takes GY from a named person; one that it does not know takes no modifier at all."""

from __future__ import annotations

import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.rules.book import rules
from cleanclaim.rules.notation import parse


@pytest.mark.parametrize(
    ("line", "says", "new"),
    [
        ("97037 GP x1", "97037 billed, its status on the Medicare fee schedule is noncovered", [["GP", "GY"]]),
        ("S8990 GP x1", "S8990 billed, its status on the Medicare fee schedule is invalid", []),
        ("97037 GP GY x1", "", None),
    ],
)
def test_only_what_the_law_excludes_is_said_to_be_excluded(line: str, says: str, new: list[list[str]] | None) -> None:
    tables = parse(f"""
        visit 2026-03-04 medicare_b
          {line}
    """)
    own = [rule for rule in rules() if rule.code == "CD108"]
    found = list(Judge(own).judge(tables).findings())
    assert [one.message for one in found] == ([says] if says else [])
    assert [[list(change.new) for change in one.changes] for one in found] == ([] if new is None else [new])
    assert {one.fix_safety for one in found if one.changes} <= {"attest"}
