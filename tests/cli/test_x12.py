"""`cleanclaim x12`: files judged and answered, as a user sees it."""

from __future__ import annotations

import stat
from pathlib import Path

from cleanclaim.x12.validation import Outcome, validate_file
from tests.cli.running import run, run_json

CORPUS = Path(__file__).resolve().parents[1] / "x12" / "corpus"


def test_a_sound_file_is_accepted() -> None:
    ran = run("x12", "validate", CORPUS / "good.txt")
    assert (ran.code, ran.lines) == (0, ["good.txt: accepted; 75 segments, 1 transaction"])


def test_each_fault_is_a_line_of_its_own() -> None:
    ran = run("x12", "validate", CORPUS / "amount_is_words.txt", CORPUS / "segment_count_wrong.txt")
    assert ran.code == 1
    assert ran.lines == [
        "amount_is_words.txt: rejected; 75 segments, 1 transaction",
        "  segment 41, loop 2400, SV102: found no number, expected an amount of 1 to 18 digits (invalid-character)",
        "segment_count_wrong.txt: rejected; 75 segments, 1 transaction",
        "  segment 73, SE01: found 99, expected 71 segments (segment-count-wrong)",
    ]


def test_what_has_no_guide_is_said_to_be_unjudged() -> None:
    ran = run("x12", "validate", CORPUS / "older_guide.txt")
    assert ran.code == 3
    assert ran.lines == [
        "older_guide.txt: not judged; 75 segments, 1 transaction",
        "  segment 3, ST: no guide here for this transaction: not judged",
        "  segment 2, GS08: found version 004010X098A1, expected one of the guides here (group-version-not-supported)",
    ]


def test_levels_and_limits_shorten_the_list_and_say_so() -> None:
    total = CORPUS / "total_is_not_the_sum.txt"
    assert run("x12", "validate", total).lines[1:] == [
        "  segment 21, loop 2300, CLM02: found 181.00, expected 180.00, the sum of SV102 (not-balanced)"
    ]
    assert run("x12", "validate", total, "--level", "2").lines[1:] == []
    ran = run("x12", "validate", CORPUS / "good_accents_in_utf8.txt", "--limit", "1")
    assert len(ran.lines) == 3
    assert ran.lines[2] == "  and 2 more (--limit)"


def test_json_says_the_same() -> None:
    code, document = run_json("x12", "validate", CORPUS / "amount_is_words.txt")
    assert code == 1
    (file,) = document["files"]
    assert (file["file"], file["outcome"], file["unlisted_faults"]) == ("amount_is_words.txt", "rejected", 0)
    assert file["transactions"] == [
        {
            "kind": "837",
            "control_number": "0001",
            "version": "005010X222A1",
            "guide": "005010X222A1",
            "first_segment": 3,
            "segments": 71,
            "outcome": "rejected",
            "faults": 1,
        }
    ]
    assert file["faults"] == [
        {
            "kind": "invalid-character",
            "level": 1,
            "rejects": True,
            "segment": 41,
            "segment_in_transaction": 39,
            "loop": "2400",
            "place": "SV102",
            "found": "no number",
            "expected": "an amount of 1 to 18 digits",
        }
    ]


def test_a_file_that_is_not_there_is_unusable() -> None:
    ran = run("x12", "validate", "nowhere.837")
    assert ran.code == 2
    assert "nowhere.837: cannot be read" in ran.errors


def test_an_answer_is_written_for_its_owner_with_numbers_that_go_on(tmp_path: Path) -> None:
    first, second = tmp_path / "first.999", tmp_path / "second.999"
    ran = run("x12", "acknowledge", CORPUS / "good.txt", "--out", first, width=300)
    assert (ran.code, ran.lines) == (0, [f"good.txt: accepted; answers written to {first}"])
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert validate_file(first).outcome is Outcome.ACCEPTED
    code, document = run_json("x12", "acknowledge", CORPUS / "amount_is_words.txt", "--out", second, "--line-breaks")
    assert (code, document["outcome"], document["written"]) == (1, "rejected", "second.999")
    assert second.read_text("ascii").splitlines()[-1] == "IEA*1*000000002~"


def test_a_ta1_is_written_when_told_to(tmp_path: Path) -> None:
    out = tmp_path / "answer.999"
    run("x12", "acknowledge", CORPUS / "good.txt", "--out", out, "--ta1", "--line-breaks")
    assert out.read_text("ascii").splitlines()[1] == "TA1*000000001*261121*0905*A*000~"


def test_nothing_to_answer_is_unusable_and_burns_no_number(tmp_path: Path) -> None:
    ran = run("x12", "acknowledge", CORPUS / "no_header_at_all.txt", "--out", tmp_path / "answer.999")
    assert ran.code == 2
    assert "expected an interchange that holds more than answers" in ran.errors
    assert list(tmp_path.iterdir()) == []
