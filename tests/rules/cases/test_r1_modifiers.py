"""Modifier rules over every shared-minute case that was read, and over the published list."""

from __future__ import annotations

from functools import cache

import pytest

from cleanclaim.check.fixes import apply, changes_of
from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Context
from cleanclaim.rules.book import rules
from cleanclaim.rules.notation import parse

SPLIT = ("MD201", "MD202", "MD203", "MD204", "MD205")


@cache
def judge() -> Judge:
    return Judge([rule for rule in rules() if rule.code.startswith("MD")])


def found(text: str, context: Context | None = None) -> list[tuple[str, str]]:
    verdicts = judge().judge(parse(text), context)
    assert verdicts.crashed == {}
    return [(item.code, item.place) for item in verdicts.findings()]


def shared(day: str, therapist: int, assistant: int, *lines: str) -> list[str]:
    done = [f"did 97110 {therapist}min by=PT", f"did 97110 {assistant}min by=PTA"]
    text = "\n".join([f"visit {day} medicare_b", *lines, *done])
    return [code for code, _ in found(text) if code in SPLIT]


# Minutes of 97110 by therapist and assistant, units, units with CQ in 2022 and after; the page that each was read
# on: Therapy Comply A; WebPT; a systems4pt quiz, by the rule of 2022; CMS's exception for two final units.
SINCE_2022 = [
    (5, 10, 1, 1),
    (10, 10, 1, 0),
    (8, 1, 1, 0),
    (11, 1, 1, 0),
    (20, 5, 2, 1),
    (20, 25, 3, 2),
    (12, 14, 2, 1),
    (14, 9, 2, 1),
    (9, 14, 2, 1),
    (14, 14, 2, 1),
    (8, 7, 1, 0),
    (7, 8, 1, 1),
    (6, 5, 1, 1),
    (7, 1, 1, 1),
    (0, 22, 1, 1),
    (30, 0, 2, 0),
]


@pytest.mark.parametrize(("therapist", "assistant", "units", "assisted"), SINCE_2022)
def test_shared_minutes_since_2022(therapist: int, assistant: int, units: int, assisted: int) -> None:
    plain, carried = units - assisted, assisted
    right = [f"97110 GP x{plain}"] * (plain > 0) + [f"97110 GP CQ x{carried}"] * (carried > 0)
    none = f"97110 GP x{units}"
    every = f"97110 GP CQ x{units}"

    assert shared("2022-01-01", therapist, assistant, *right) == []
    expected = [] if assisted == 0 else (["MD201"] if assisted == units else ["MD202"])
    assert shared("2022-01-01", therapist, assistant, none) == expected
    expected = [] if assisted == units else (["MD203"] if assisted == 0 else ["MD204"])
    assert shared("2022-01-01", therapist, assistant, every) == expected


@pytest.mark.parametrize(("therapist", "assistant"), [(10, 10), (8, 1), (8, 7)])
def test_before_2022_the_share_alone_decides(therapist: int, assistant: int) -> None:
    assert shared("2021-12-31", therapist, assistant, "97110 GP x1") == ["MD201"]
    assert shared("2021-12-31", therapist, assistant, "97110 GP CQ x1") == []
    assert shared("2022-01-01", therapist, assistant, "97110 GP x1") == []
    assert shared("2022-01-01", therapist, assistant, "97110 GP CQ x1") == ["MD203"]


def test_before_the_modifiers_nobody_asks_for_one() -> None:
    assert shared("2019-12-31", 0, 30, "97110 GP x2") == []
    assert shared("2020-01-01", 0, 30, "97110 GP x2") == ["MD201"]


def test_the_two_ways_of_the_tenth_differ_near_the_edge() -> None:
    text = "visit 2026-03-04 medicare_b\n 97012 GP x1\n did 97012 13min by=PT\n did 97012 2min by=PTA"

    assert found(text) == [("MD201", "97012")]
    assert found(text, Context(assistant_method="simple")) == []


def test_minutes_together_are_the_therapists() -> None:
    text = "visit 2026-03-04 medicare_b\n 97112 GP x2\n did 97112 30min by={}"

    assert found(text.format("together")) == []
    assert found(text.format("PTA")) == [("MD201", "97112")]


def test_an_assistants_group_carries_the_modifier() -> None:
    text = "visit 2026-03-04 medicare_b\n 97150 GP x1\n did 97150 30min by=PTA group_size=3"

    assert found(text) == [("MD201", "97150")]
    assert found(text.replace("97150 GP x1", "97150 GP CQ x1")) == []


def test_an_occupational_assistant_carries_co() -> None:
    text = "visit 2026-03-04 medicare_b discipline=OT rendering_credential=OT\n 97530 GO x2\n did 97530 30min by=OTA"
    tables = parse(text)
    verdicts = judge().judge(tables)
    fixed = apply(tables, changes_of(verdicts.findings(), safe_only=False))

    assert [item.code for item in verdicts.findings()] == ["MD201"]
    assert fixed.tables.lines.get_column("modifiers").to_list() == [["GO", "CO"]]


def test_gp_is_safe_only_for_a_physical_therapist_under_a_plan() -> None:
    base = "visit 2026-03-04 medicare_b {}\n 97110 x2"
    changes = {}
    for setting in ("", "has_plan_of_care=false", "has_plan_of_care=?", "rendering_credential=PTA", "discipline=OT"):
        findings = judge().judge(parse(base.format(setting))).findings()
        assert [item.code for item in findings] == ["MD101"], setting
        changes[setting] = [change.new for change in changes_of(findings, safe_only=True)]

    assert changes == {
        "": [("GP",)],
        "has_plan_of_care=false": [],
        "has_plan_of_care=?": [],
        "rendering_credential=PTA": [],
        "discipline=OT": [],
    }


def test_gp_is_not_added_where_four_modifiers_stand() -> None:
    findings = judge().judge(parse("visit 2026-03-04 medicare_b\n 97110 59 76 KX 97 x2")).findings()

    assert [item.changes for item in findings if item.code == "MD101"] == [()]


@pytest.mark.parametrize(
    "code",
    [
        "97012",
        "97016",
        "97018",
        "97022",
        "97032",
        "97035",
        "97110",
        "97112",
        "97113",
        "97116",
        "97124",
        "97140",
        "97150",
        "97161",
        "97164",
        "97530",
        "97535",
        "97542",
        "97750",
        "97760",
        "97761",
        "97763",
        "G0283",
    ],
)
def test_every_always_therapy_code_needs_the_modifier(code: str) -> None:
    assert ("MD101", "line 1") in found(f"visit 2026-03-04 medicare_b\n {code} x1")
    assert found(f"visit 2026-03-04 medicare_b\n {code} GP x1") == []


@pytest.mark.parametrize("modifier", ["CH", "CI", "CJ", "CK", "CL", "CM", "CN"])
def test_severity_modifiers_ended_with_2019(modifier: str) -> None:
    text = f"visit {{}} medicare_b\n 97110 GP {modifier} x1"

    assert ("MD303", "line 1") not in found(text.format("2019-12-31"))
    assert ("MD303", "line 1") in found(text.format("2020-01-01"))


# 97530 with 97116 or 97140, and an evaluation with 97140, are no Medicare edits as of the edition of 2024-07-01.
@pytest.mark.parametrize("pair", [("97530", "97116"), ("97140", "97530"), ("97140", "97161")])
def test_59_says_nothing_where_no_edit_stands(pair: tuple[str, str]) -> None:
    text = f"visit 2024-07-01 medicare_b\n {pair[0]} GP 59 x1\n {pair[1]} GP x1"

    assert found(text) == [("MD407", "line 1")]
    assert found(text.replace(" 59", "")) == []
