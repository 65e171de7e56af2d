"""`cleanclaim bill` on the sample clinic: what it writes, says and answers."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import run, run_json

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-day"
DAY = ("--as-of", "2026-11-16")


def test_the_clinic_is_billed_and_the_result_is_as_its_schema_says(tmp_path: Path) -> None:
    code, document = run_json("bill", CLINIC, "--out", tmp_path, *DAY)

    assert code == 1
    assert document["visits"] == 101
    assert document["crashed"] == {}
    assert document["left_out"] == {
        "an earlier visit": 1,
        "dressing of the wound": 1,
        "negated": 1,
        "planned": 32,
        "home program": 1,
        "told with another service": 8,
    }
    assert document["rejected_records"] == 0
    assert {Path(name).name for name in document["files"]} >= {"medicare_b.837", "claims.json", "report.html"}
    assert all(Path(name).is_file() for name in document["files"])


def test_text_says_how_many_claims_are_in_which_state(tmp_path: Path) -> None:
    ran = run("bill", CLINIC, "--out", tmp_path, *DAY)

    assert ran.code == 1
    assert "101 visits billed as of Nov 16, 2026" in ran.words
    assert "ready to file, clean as far as judged" in ran.words
    assert "held: would be rejected, denied or taken back" in ran.words
    assert "Named in a note and left out (44), see report.html" in ran.words
    assert "32 planned 8 told with another service" in ran.words
    assert (tmp_path / "report.html").read_text(encoding="utf-8").count("Named in the note and left out:") == 37


def test_a_folder_that_is_none_is_one_line_and_exit_2(tmp_path: Path) -> None:
    ran = run("bill", tmp_path / "nowhere", "--out", tmp_path, width=200)

    assert ran.code == 2
    assert "no such folder; expected clinic.json, patients.json and a folder visits" in ran.errors


def test_a_bad_visit_is_set_aside_and_the_rest_is_billed(tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    (folder / "visits").mkdir(parents=True)
    for name in ("clinic.json", "patients.json"):
        (folder / name).write_bytes((CLINIC / name).read_bytes())
    (folder / "visits" / "V001.txt").write_bytes((CLINIC / "visits" / "V001.txt").read_bytes())
    (folder / "visits" / "bad.json").write_text('{"id": "X1", "patient_id": "P101"}', encoding="utf-8")

    code, document = run_json("bill", folder, "--out", tmp_path / "out", *DAY)

    assert code == 1
    assert (document["visits"], document["rejected_records"]) == (1, 2)


def test_pdfs_are_made_on_request(tmp_path: Path) -> None:
    _, plain = run_json("bill", CLINIC, "--out", tmp_path / "plain", *DAY)
    _, printed = run_json("bill", CLINIC, "--out", tmp_path / "printed", "--pdf", *DAY)

    assert not [name for name in plain["files"] if name.endswith(".pdf")]
    assert [name for name in printed["files"] if name.endswith("medicare_b.cms1500.pdf")]
