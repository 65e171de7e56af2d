"""`cleanclaim check` with decisions made before: what is not shown is counted, named and never called clean."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.check.selection import Selection
from cleanclaim.records import Claim
from cleanclaim.rules import book
from cleanclaim.x12 import ControlNumbers, Envelope, file_837p
from tests.cli.running import run, run_json, validate
from tests.x12.claim_generator import SUBMITTER, claims

HEAD = "claim,patient,date,payer,code,modifiers,units,minutes,by,charge,diagnoses,pointers,rendering_npi,billing_npi"
ROWS = """C1,P1,2026-03-04,medicare_b,97110,GP,3,23,PT,180.00,M54.50,1,1245319599,1234567893
C1,P1,2026-03-04,medicare_b,97140,GP,1,15,PT,60.00,M54.50,1,1245319599,1234567893
"""
SECOND = ROWS.replace("C1,P1", "C2,P2")
ENTRY = """[[suppress]]
claim = "C1"
rule = "UN101"
reason = "minutes are in the [paper] chart {0}"
by = "D. Reyes"
on = 2026-03-07
"""
ON = ("--as-of", "2026-03-08", "--select", "UN101")


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(f"{HEAD}\n{ROWS}")
    return path


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    path = tmp_path / "suppressions.toml"
    path.write_text(ENTRY)
    return path


# --- ignored rules and previews --------------------------------------------------------------------------


def test_ignored_rules_are_named_with_reason_and_person(lines: Path) -> None:
    words = ("--as-of", "2026-03-08", "--select", "UN1", "--ignore", "UN101", "--by", "D. Reyes", "--reason", "by hand")
    code, found = run_json("check", lines, *words)
    assert "UN101" not in {one["rule"] for one in found["findings"]}
    assert found["ignored"] == [{"rules": ["UN101"], "reason": "by hand", "by": "D. Reyes"}]
    ran = run("check", lines, *words)
    assert (ran.code, "not judged: UN101 (1 rule), ignored by D. Reyes: by hand" in ran.lines) == (code, True)


def test_ignoring_without_a_reason_or_a_name_is_refused(lines: Path) -> None:
    for words in (("--reason", "by hand"), ("--by", "D. Reyes"), ()):
        ran = run("check", lines, *ON, "--ignore", "UN102", *words)
        assert (ran.code, "--ignore: expected --" in ran.errors) == (2, True)


def test_previews_run_only_when_asked_for_and_are_marked(lines: Path) -> None:
    lines.write_text(f"{HEAD},pos\n{ROWS}".replace(",GP,", ",GP 95,").replace("7893\n", "7893,11\n"))
    words = ("--as-of", "2026-03-08", "--select", "MD405,UN101")
    assert run("check", lines, *words).code == 2
    code, found = run_json("check", lines, "--as-of", "2026-03-08", "--select", "MD40,UN101")
    assert {one["preview"] for one in found["findings"]} == {False}
    assert found["previews_left_out"] == ["MD405", "MD406"]
    code, found = run_json("check", lines, *words, "--preview")
    assert {(one["rule"], one["preview"]) for one in found["findings"]} == {("MD405", True), ("UN101", False)}
    assert (code, found["previews_left_out"]) == (1, [])
    assert ", preview)" in run("check", lines, *words, "--preview").words


# --- suppressions ----------------------------------------------------------------------------------------


def test_a_suppressed_finding_does_not_fail_and_is_told_with_its_reason(lines: Path, entries: Path) -> None:
    code, found = run_json("check", lines, *ON, "--suppress", entries)
    assert (code, found["findings"], found["outcomes"], found["stale_suppressions"]) == (0, [], [], [])
    assert [(one["claim"], one["rule"], one["message"], one["suppression"]) for one in found["suppressed"]] == [
        (
            "C1",
            "UN101",
            "4 timed units billed, 38 minutes support 3",
            {
                "claim": "C1",
                "rule": "UN101",
                "place": "",
                "reason": "minutes are in the [paper] chart {0}",
                "by": "D. Reyes",
                "on": "2026-03-07",
                "until": None,
                "line": 1,
            },
        )
    ]
    ran = run("check", lines, *ON, "--suppress", entries)
    assert ran.code == 0
    assert ran.lines[0].startswith("suppressed: C1  UN101  day  4 timed units billed, 38 minutes support 3")
    assert ran.lines[1] == "    by D. Reyes on 2026-03-07: minutes are in the [paper] chart {0}"
    assert ran.lines[2].startswith("1 claim checked as of 2026-03-08: no other finding, as far as judged, beside 1 sup")
    assert "clean" not in ran.text


def test_other_claims_still_fail(lines: Path, entries: Path) -> None:
    lines.write_text(f"{HEAD}\n{ROWS}{SECOND}")
    code, found = run_json("check", lines, *ON, "--suppress", entries)
    assert (code, [one["claim"] for one in found["findings"]], len(found["suppressed"])) == (1, ["C2"], 1)
    total = run("check", lines, *ON, "--suppress", entries).lines[-2]
    assert total.startswith("2 claims checked as of 2026-03-08: 1 finding on 1, beside 1 suppressed")


def test_a_stale_suppression_is_told_and_does_not_fail(lines: Path, entries: Path) -> None:
    lines.write_text(f"{HEAD}\n{ROWS}".replace("GP,3,23", "GP,2,23"))
    code, found = run_json("check", lines, *ON, "--suppress", entries)
    assert (code, found["suppressed"]) == (0, [])
    assert [(one["claim"], one["why"], one["line"]) for one in found["stale_suppressions"]] == [
        ("C1", "no such finding", 1)
    ]
    ran = run("check", lines, *ON, "--suppress", entries)
    assert ran.lines == [
        "stale suppression (line 1): C1 UN101: the rule has judged the claim and objects to nothing there",
        "1 claim checked as of 2026-03-08: clean as far as judged",
    ]


@pytest.mark.parametrize(("until", "code"), [("2026-03-08", 0), ("2026-03-07", 1)])
def test_an_ended_suppression_hides_nothing_and_is_told(lines: Path, entries: Path, until: str, code: int) -> None:
    entries.write_text(f"{ENTRY}until = {until}\n")
    found = run_json("check", lines, *ON, "--suppress", entries)
    assert found[0] == code
    assert [one["why"] for one in found[1]["stale_suppressions"]] == ["ended"] * code
    assert (len(found[1]["findings"]), len(found[1]["suppressed"])) == (code, 1 - code)


def test_a_suppression_of_what_is_no_data_now_is_not_stale(lines: Path, entries: Path) -> None:
    lines.write_text(f"{HEAD}\n{ROWS}".replace(",23,PT", ",,PT"))
    code, found = run_json("check", lines, *ON, "--suppress", entries)
    assert (code, found["findings"], found["stale_suppressions"]) == (3, [], [])


def test_a_file_of_suppressions_that_cannot_be_used(lines: Path, entries: Path) -> None:
    entries.write_text(ENTRY.replace("UN101", "UN1O1"))
    ran = run("check", lines, *ON, "--suppress", entries, width=400)
    assert (ran.code, "line 3: suppress[0].rule has 'UN1O1'; expected the whole code" in ran.errors) == (2, True)


# --- baselines -------------------------------------------------------------------------------------------


def test_known_findings_are_counted_and_new_ones_shown(lines: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    code, found = run_json("check", lines, *ON, "--write-baseline", known)
    assert (code, found["findings"]) == (0, [])
    assert found["baseline"] == {"known": 1, "by_rule": {"UN101": 1}, "not_met": 0, "written": 1}
    assert stat.S_IMODE(known.stat().st_mode) == 0o600
    assert "C1" not in known.read_text()
    validate(json.loads(known.read_text()))

    # The same claim in another place of another file, and a new one.
    other = tmp_path / "later.csv"
    other.write_text(f"{HEAD}\n{SECOND}{''.join(reversed(ROWS.splitlines(keepends=True)))}")
    code, found = run_json("check", other, *ON, "--baseline", known)
    assert (code, [one["claim"] for one in found["findings"]]) == (1, ["C2"])
    assert found["baseline"] == {"known": 1, "by_rule": {"UN101": 1}, "not_met": 0, "written": None}
    assert (
        run("check", other, *ON, "--baseline", known)
        .lines[-2]
        .startswith("2 claims checked as of 2026-03-08: 1 finding on 1, beside 1 known")
    )

    # Mended: the known finding does not come up.
    lines.write_text(f"{HEAD}\n{ROWS}".replace("GP,3,23", "GP,2,23"))
    code, found = run_json("check", lines, *ON, "--baseline", known)
    assert (code, found["baseline"]) == (0, {"known": 0, "by_rule": {}, "not_met": 1, "written": None})

    # Billed in another wrong way: a new finding.
    lines.write_text(f"{HEAD}\n{ROWS}".replace("GP,3,23", "GP,4,23"))
    assert run_json("check", lines, *ON, "--baseline", known)[0] == 1


def test_without_a_baseline_there_is_nothing_to_say_of_one(lines: Path) -> None:
    assert run_json("check", lines, *ON)[1]["baseline"] is None


def test_written_anew_a_baseline_keeps_its_salt(lines: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    run("check", lines, *ON, "--write-baseline", known)
    before = known.read_bytes()
    ran = run("check", lines, *ON, "--write-baseline", known)
    assert (ran.code, known.read_bytes()) == (0, before)
    assert ran.lines[0].startswith("written as known: 1 findings, to ")
    lines.write_text(f"{HEAD}\n{ROWS}{SECOND}")
    run("check", lines, *ON, "--write-baseline", known)
    old, new = json.loads(before), json.loads(known.read_text())
    assert (new["salt"], set(new["known"]) > set(old["known"])) == (old["salt"], True)


def test_a_suppressed_finding_is_not_written_as_known(lines: Path, entries: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    _, found = run_json("check", lines, *ON, "--suppress", entries, "--write-baseline", known)
    assert (found["baseline"]["written"], len(found["suppressed"])) == (0, 1)


def test_no_baseline_is_written_where_a_rule_crashed(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = next(one for one in book.rules() if one.code == "UN101")
    flag = pl.col("payer").str.strptime(pl.Date, "%Y") == pl.date(2026, 1, 1)
    monkeypatch.setattr("cleanclaim.check.selection.chosen_by", lambda *_, **__: Selection((replace(rule, flag=flag),)))
    known = tmp_path / "known.json"
    ran = run("check", lines, *ON, "--write-baseline", known)
    assert (ran.code, known.exists()) == (4, False)
    assert "no baseline written: a rule crashed" in ran.words


def test_what_is_written_over_must_be_a_baseline(lines: Path) -> None:
    ran = run("check", lines, *ON, "--write-baseline", lines)
    assert (ran.code, "is not JSON; expected a baseline file" in " ".join(ran.errors.split())) == (2, True)
    assert lines.read_text().startswith(HEAD)


# --- visits and claims -----------------------------------------------------------------------------------

CLINIC = Path(__file__).resolve().parents[2] / "examples" / "clinic-day"
DAY = ("--as-of", "2026-10-20", "--select", "UN,MD")


def test_a_clinics_findings_are_known_whole_and_by_visit(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    before = run_json("check", CLINIC, *DAY)[1]["findings"]
    assert len(before) > 10
    _, found = run_json("check", CLINIC, *DAY, "--write-baseline", known)
    assert (found["findings"], found["baseline"]["known"], found["baseline"]["written"]) == (
        [],
        len(before),
        len(before),
    )
    # One visit, read by itself in the light of the clinic: its findings are known there too.
    name = before[0]["claim"]
    own = [one for one in before if one["claim"] == name]
    visit = CLINIC / "visits" / own[0]["file"]
    _, found = run_json("check", visit, "--clinic", CLINIC, *DAY, "--baseline", known)
    assert (found["findings"], found["baseline"]["known"]) == ([], len(own))
    assert found["baseline"]["not_met"] == len(before) - len(own)


def test_a_claim_file_keeps_its_known_findings_when_claims_change_places(tmp_path: Path) -> None:
    made = claims(8, seed=11)
    envelope = Envelope(SUBMITTER, "Receiver", "RECEIVER1")

    def written(name: str, some: list[Claim], first: int) -> Path:
        control = ControlNumbers(interchange=first, group=first, transaction=first)
        data = file_837p(some, envelope=envelope, control=control, created=datetime(2026, 3, 6, tzinfo=UTC)).data
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    # Of two claims for one service the later is a duplicate, so that rule does follow the order.
    ignoring = ("--ignore", "DP103", "--reason", "follows the order", "--by", "D. Reyes")
    words = ("--as-of", "2026-03-08", "--payer", "medicare_b", *ignoring)
    archive, later = written("a.837", made, 1), written("b.837", made[::-1], 7)
    known = tmp_path / "known.json"
    _, found = run_json("check", archive, *words, "--write-baseline", known)
    assert found["baseline"]["written"] > 8
    _, found = run_json("check", later, *words, "--baseline", known)
    assert (found["findings"], found["baseline"]["not_met"]) == ([], 0)
