"""`cleanclaim code`: phrases, notes, questions and what is not billed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import run, run_json

ON = ("--date", "2026-03-04")
NOTE = """S: pain 4/10
O: Therapeutic exercise: quad sets 3x10 x 23 min
Manual therapy: patellar mobs grade III 15 min
E-stim 15 min
bike warm up unattended 5 min
A: tolerated well
P: continue next visit add balance
Total timed 38 min
"""


def test_phrase_gives_ranked_codes_with_evidence() -> None:
    code, found = run_json("code", "stationary bike 10 min for quad endurance", *ON)
    [item] = found["items"]
    assert (code, found["kind"], item["answer"]) == (0, "phrase", "code")
    assert item["ranked"][0]["code"] == "97110"
    assert {"start": 0, "end": 15, "text": "stationary bike", "says": "a machine for endurance"} in item["ranked"][0][
        "evidence"
    ]
    assert "minutes one-on-one" in item["ranked"][0]["document"]


def test_phrase_of_several_words_is_one_text() -> None:
    _, found = run_json("code", "quad", "sets", "3x10", *ON)
    assert found["items"][0]["text"] == "quad sets 3x10"


def test_phrase_text() -> None:
    ran = run("code", "stationary bike 10 min for quad endurance", *ON, width=80)
    assert ran.code == 0
    assert ran.lines[:3] == ["stationary bike 10 min for quad endurance", "", "97110  Therapeutic exercise"]
    assert ran.lines[-1] == "Codes in force on 2026-03-04. The words suggest; whoever treated decides."
    assert max(map(len, ran.lines)) <= 80


def test_limit() -> None:
    assert len(run_json("code", "stationary bike for endurance", *ON, "--limit", "1")[1]["items"][0]["ranked"]) == 1


def test_stimulation_is_asked_about_and_the_payer_narrows_it() -> None:
    code, found = run_json("code", "e-stim to low back 15 min", *ON)
    assert (code, found["items"][0]["answer"]) == (3, "must_ask")
    code, found = run_json("code", "unattended e-stim to low back 15 min", *ON, "--payer", "medicare_b")
    assert (code, found["items"][0]["ranked"][0]["code"]) == (0, "G0283")


def test_not_billed() -> None:
    code, found = run_json("code", "patient rode bike unattended warm-up 8 min", *ON)
    assert (code, found["items"][0]["answer"]) == (0, "not_billable")
    assert found["items"][0]["not_billable"]["reason"] == "warm_up"
    assert "Not billed." in run("code", "patient rode bike unattended warm-up 8 min", *ON).words


def test_nothing_recognized() -> None:
    code, found = run_json("code", "qwerty zxcv", *ON)
    assert (code, found["items"][0]["answer"]) == (3, "nothing_recognized")
    assert "Nothing is recognized." in run("code", "qwerty zxcv", *ON).words


def _answers(found: dict[str, Any]) -> list[tuple[str, str | None, int | None]]:
    return [
        (item["answer"], item["ranked"][0]["code"] if item["answer"] == "code" else None, item["minutes"])
        for item in found["items"]
    ]


def test_note_from_standard_input_and_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(NOTE)
    code, found = run_json("code", "-", *ON, given=NOTE)
    assert (code, found["kind"], found["total_timed_minutes"]) == (3, "note", 38)
    assert _answers(found) == [
        ("code", "97110", 23),
        ("code", "97140", 15),
        ("must_ask", None, 15),
        ("not_billable", None, 5),
    ]
    assert found["left_out"] == [{"text": "continue next visit add balance", "why": "planned"}]
    assert run_json("code", path, *ON) == (code, found)


def test_note_text_asks_at_the_end() -> None:
    ran = run("code", "-", *ON, given=NOTE)
    assert "To be answered first" in ran.lines
    assert "The note states 38 timed minutes in all." in ran.lines


def test_heading_of_a_visit_file_is_not_read_as_note(tmp_path: Path) -> None:
    path = tmp_path / "v1.txt"
    path.write_text("Visit: V1\nPatient: P1\nDate: 2026-03-04\nTherapist: t\n\nQuad sets 3x10 for strength 15 min\n")
    code, found = run_json("code", path, *ON)
    assert code == 0
    assert _answers(found) == [("code", "97110", 15)]


def test_evaluation_components_settle_the_level() -> None:
    note = (
        "Initial evaluation 45 min. 2 comorbidities affecting plan of care. 3 elements examined. "
        "Presentation: evolving. Decision making: moderate."
    )
    _, found = run_json("code", "-", *ON, given=note)
    assert found["evaluation_level"]["code"] == "97162"
    assert "97162" in run("code", "-", *ON, given=note).text


@pytest.mark.parametrize("given", ["", "  \n"])
def test_empty_input_is_unusable(given: str) -> None:
    ran = run("code", "-", *ON, given=given)
    assert (ran.code, ran.text) == (2, "")
    assert "nothing to read" in ran.errors


def test_file_that_is_no_text_is_unusable(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(b"\xff\xfe\x00")
    assert run("code", path, *ON).code == 2
