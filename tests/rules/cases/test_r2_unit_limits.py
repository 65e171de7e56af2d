"""Unit limits: the figures as published, and on what edition each answer rests."""

from __future__ import annotations

import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.rules.book import select
from cleanclaim.rules.notation import parse

RULES = select(["MU"])

# CMS, medically unlikely edits, practitioner, 2024-07-01: code, limit, adjudication indicator.
LIMITS = [
    ("97012", 1, 3), ("97016", 1, 3), ("97032", 4, 3), ("97033", 4, 3), ("97034", 2, 3), ("97035", 2, 3),
    ("97036", 3, 3), ("97110", 6, 3), ("97112", 4, 3), ("97113", 6, 3), ("97116", 4, 3), ("97124", 4, 3),
    ("97129", 1, 2), ("97130", 7, 3), ("97140", 6, 3), ("97150", 1, 3), ("97161", 1, 2), ("97162", 1, 2),
    ("97163", 1, 2), ("97164", 1, 2), ("97530", 6, 3), ("97533", 4, 3), ("97535", 8, 3), ("97537", 6, 3),
    ("97542", 8, 3), ("97750", 8, 3), ("97755", 8, 3), ("97760", 6, 3), ("97761", 6, 3), ("97763", 6, 3),
    ("95992", 1, 2), ("90912", 1, 2), ("90913", 3, 3), ("G0283", 1, 3), ("97598", 8, 3),
]  # fmt: skip


@pytest.mark.parametrize(("code", "limit", "mai"), LIMITS, ids=[code for code, _, _ in LIMITS])
def test_the_limit_passes_and_one_more_does_not(code: str, limit: int, mai: int) -> None:
    rule = {2: "MU102", 3: "MU103"}[mai]
    judge = Judge(RULES)
    within = judge.judge(parse(f"visit 2024-09-30 medicare_b\n {code} GP x{limit}"))
    above = judge.judge(parse(f"visit 2024-09-30 medicare_b\n {code} GP x{limit + 1}"))
    assert within.findings() == []
    assert [(item.code, item.place) for item in above.findings()] == [(rule, code)]


def confirmed(text: str) -> bool | None:
    judge = Judge(RULES, extra={"claims": ("limits_are_confirmed",)})
    claims = judge.judge(parse(text)).workspace.frames["claims"]
    answer: bool | None = claims.get_column("limits_are_confirmed")[0]
    return answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("visit 2024-06-30 medicare_b\n 97110 GP x1", False),
        ("visit 2024-07-01 medicare_b\n 97110 GP x1", True),
        ("visit 2026-03-31 medicare_b\n 97110 GP x1", False),
        ("visit 2026-04-01 medicare_b\n 97110 GP x1", True),
        ("visit 2026-06-30 medicare_b\n 97110 GP x1", True),
        ("visit 2026-07-01 medicare_b\n 97110 GP x1", False),
        ("visit 2026-04-01 medicare_b\n 97110 GP x1\n 97161 GP x1", False),
        ("visit 2026-04-01 medicare_b\n 97110 GP x1\n L3908 x1", None),
        ("visit 2026-03-04 cash\n 97110 x1", True),
        ("visit 2026-03-04 aetna\n 97110 x1", None),
    ],
)
def test_a_claim_tells_whether_its_limits_were_in_force(text: str, expected: bool | None) -> None:  # noqa: FBT001
    assert confirmed(text) is expected


def test_a_code_outside_the_list_is_not_judged() -> None:
    verdicts = Judge(RULES).judge(parse("visit 2026-03-04 medicare_b\n L3908 x9"))
    assert verdicts.findings() == []
    assert {item.code for item in verdicts.unjudged()} == {"MU101", "MU102", "MU103", "MU104"}
