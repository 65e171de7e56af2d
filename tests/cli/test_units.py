"""`cleanclaim units`: counts, sentences and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import run, run_json

MIDPOINT = """
id = "hill"
label = "Hillside Mutual"
kind = "commercial"
filing_indicator = "CI"
filing_indicator_confidence = "memory"
fictional = true

[settings.unit_method]
[[settings.unit_method.values]]
value = "midpoint"
from = 2026-01-01
source = { publisher = "Hillside Mutual", title = "Manual", section = "4", read_on = 2026-11-21 }
"""


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    (tmp_path / "hill.toml").write_text(MIDPOINT)
    return tmp_path


def test_text_for_people() -> None:
    ran = run(
        "units", "97110=24", "97112=23", "--payer", "medicare_b", "--date", "2026-03-04", "--assistant", "97110=10"
    )
    assert ran.code == 0
    assert ran.lines[:8] == [
        "Counted by the 8-minute rule (Medicare Part B on 2026-03-04)",
        "",
        "code   minutes  units  with CQ/CO  without",
        "97110       24      2           1        1  Therapeutic exercise",
        "97112       23      1           0        1  Neuromuscular re-education",
        "",
        "47 timed minutes support 3 units: 97110 takes 2 (24 min), 97112 takes 1 (23 min).",
        "97110: two units are left, with 14 minutes by the therapist and 10 by the assistant, so one carries",
    ]
    assert "confidence: secondary" in ran.words


def test_no_payer_counts_by_both_and_differs() -> None:
    code, found = run_json("units", "97110=24", "97112=23", "--date", "2026-03-04")
    assert code == 3
    assert found["method"] is None
    assert found["methods_agree"] is False
    assert found["supported_units"] is None
    assert [(one["units"], one["units_eight_minute"], one["units_midpoint"]) for one in found["codes"]] == [
        (None, 2, 2),
        (None, 1, 2),
    ]


def test_no_payer_counts_by_both_and_agrees() -> None:
    code, found = run_json("units", "97110=23", "97140=15", "--date", "2026-03-04")
    assert (code, found["method"], found["methods_agree"], found["supported_units"]) == (0, None, True, 3)
    assert found["explanation"] == "Both methods give 97110 2, 97140 1 (3 timed in all)."


def test_own_payer_counts_by_midpoint_from_its_first_day(packs: Path) -> None:
    words = ("units", "97110=24", "97112=23", "--payer", "hill", "--payers", packs, "--date")
    code, found = run_json(*words, "2026-01-01")
    assert (code, found["method"], found["supported_units"]) == (0, "midpoint", 4)
    code, found = run_json(*words, "2025-12-31")
    assert (code, found["method"], found["method_said_by"]) == (
        3,
        None,
        "how Hillside Mutual counted units on 2025-12-31 was not read",
    )


def test_mixed_method_is_no_method() -> None:
    code, found = run_json("units", "97110=33", "97140=7", "--payer", "anthem", "--date", "2026-03-04")
    assert (code, found["method"]) == (3, None)
    assert found["method_said_by"] == "Anthem Blue Cross and Blue Shield mixes the methods"


def test_method_as_asked() -> None:
    code, found = run_json("units", "97110=33", "97140=7", "--method", "midpoint", "--date", "2026-03-04")
    assert (code, found["method"], found["supported_units"]) == (0, "midpoint", 2)


@pytest.mark.parametrize(
    ("billed", "code", "verdict", "codes"),
    [
        (["97110=2", "97140=1"], 0, "as supported", ["as supported", "as supported"]),
        (["97110=3", "97140=1"], 1, "over", ["over", "as supported"]),
        (["97110=2"], 1, "under", ["as supported", "under"]),
        (["97110=?", "97140=1"], 3, "no data", ["no data", "as supported"]),
    ],
)
def test_billed_units_are_judged(billed: list[str], code: int, verdict: str, codes: list[str]) -> None:
    options = [word for item in billed for word in ("--billed", item)]
    ended, found = run_json("units", "97110=33", "97140=7", "--payer", "medicare_b", "--date", "2026-03-04", *options)
    assert (ended, found["billed"]["verdict"]) == (code, verdict)
    assert [one["billed_verdict"] for one in found["codes"]] == codes


def test_tie_goes_to_the_preferred_code() -> None:
    words = ("units", "97112=20", "97110=20", "--payer", "medicare_b", "--date", "2026-03-04")
    assert [one["units"] for one in run_json(*words)[1]["codes"]] == [2, 1]
    assert [one["units"] for one in run_json(*words, "--prefer", "97110")[1]["codes"]] == [1, 2]


def test_assistant_together_counts_for_the_therapist() -> None:
    _, found = run_json("units", "97110=15", "--payer", "medicare_b", "--date", "2026-03-04", "--together", "97110=15")
    assert found["codes"][0]["units_with_assistant_modifier"] == 0
    assert found["assistant_modifier_wanted"] is True


def test_assistant_waits_for_the_method() -> None:
    code, found = run_json("units", "97110=24", "97112=23", "--date", "2026-03-04", "--assistant", "97110=10")
    assert code == 3
    assert found["notes"] == ["which units carry the assistant modifier waits for the payer's method"]


def test_unknown_minutes_are_no_data() -> None:
    code, found = run_json("units", "97110=?", "--payer", "medicare_b", "--date", "2026-03-04")
    assert (code, found["codes"][0]["units"]) == (3, None)
    assert found["explanation"] == "No data on timed units: the minutes of 97110 are unknown."


def test_code_outside_its_dates_is_told() -> None:
    _, found = run_json("units", "97001=30", "--payer", "medicare_b", "--date", "2017-01-01")
    assert found["notes"] == ["97001 ended on 2016-12-31; replaced by 97161, 97162, 97163"]
    _, found = run_json("units", "97001=30", "--payer", "medicare_b", "--date", "2016-12-31")
    assert found["notes"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["97110"], "'97110'; expected a code and its minutes, such as 97110=24"),
        (["97110=1441"], "expected whole minutes after =, at most 1440, or ? for unknown"),
        (["97110=-1"], "expected whole minutes"),
        (["97110=8", "97110=9"], "97110 comes twice"),
        (["97110=8", "--assistant", "97112=3"], "--assistant: 97112 has no minutes here"),
        (["97110=8", "--assistant", "97110=5", "--together", "97110=4"], "97110: 9 minutes of the assistant"),
        (["97110=8", "--prefer", "97112"], "--prefer: '97112' has no minutes here"),
        (["97110=8", "--payer", "medicareb"], "no payer file 'medicareb'; did you mean medicare_b?"),
        (["97110=8", "--payer", "zzz"], "no payer file 'zzz'; see `cleanclaim payer list`"),
        (["97110=8", "--payers", "no-such-folder"], "no-such-folder: is no folder; expected a folder of payer files"),
    ],
)
def test_unusable_input(words: list[str], said: str) -> None:
    ran = run("units", *words)
    assert ran.code == 2
    assert said in " ".join(ran.errors.split())
    assert ran.text == ""


def test_help_has_an_example() -> None:
    ran = run("units", "--help")
    assert ran.code == 0
    assert "cleanclaim units 97110=24 97112=23 --payer medicare_b" in ran.words
