"""`cleanclaim fix`: what is changed, who stands for it, where it is written, and what is refused."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.records import Claim
from cleanclaim.x12 import ControlNumbers, Envelope, file_837p
from tests.cli.running import run, run_json, validate
from tests.x12.claim_generator import SUBMITTER, claims

HEAD = (
    "claim,patient,date,payer,code,modifiers,units,minutes,by,charge,diagnoses,pointers,rendering_npi,"
    "has_plan_of_care,rendering_credential\n"
)
FIRST = "C1,P1,2026-03-04,medicare_b,97110,GP;GP,3,23,PT,180.00,M5450;M25.561,AB,1245319599,yes,PT\n"
SECOND = "C1,P1,2026-03-04,medicare_b,97140,GP,1,15,PT,60.00,M5450;M25.561,A,1245319599,yes,PT\n"
SAFE = HEAD + (FIRST + SECOND).replace("GP;GP", "GP").replace("M5450", "M54.50")
ON = ("--as-of", "2026-03-08")
CLINIC = Path(__file__).parents[2] / "examples" / "clinic-day"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(HEAD + FIRST + SECOND)
    return path


def test_safe_fixes_are_written_beside_the_file_with_a_record(lines: Path) -> None:
    code, found = run_json("fix", lines, *ON, "--select", "DX105,MD306,UN101")
    written = lines.with_name("lines.fixed.csv")
    [file] = found["files"]
    assert code == 1
    assert written.read_text() == SAFE
    assert lines.read_text() == HEAD + FIRST + SECOND
    assert file["written"] == str(written)
    assert [(one["rule"], one["safety"], one["old"], one["new"]) for one in file["changes"]] == [
        ("DX105", "safe", "M5450", "M54.50"),
        ("MD306", "safe", ["GP", "GP"], ["GP"]),
    ]
    assert (file["findings_left"], file["fixes_waiting_for_a_name"]) == (1, 1)
    record = json.loads(Path(file["record"]).read_text())
    validate(record)
    assert (record["attested_by"], record["changes"]) == (None, file["changes"])
    assert record["os_user"]
    for path in (written, Path(file["record"])):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_attested_fixes_need_a_name_which_is_recorded(lines: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    words = ("fix", lines, *ON, "--select", "UN101", "--out", target)
    code, found = run_json(*words)
    assert (code, found["files"][0]["changes"], target.exists()) == (1, [], False)
    code, found = run_json(*words, "--attest", "Dana Poole, PT")
    assert (code, found["attested_by"], found["files"][0]["findings_left"]) == (0, "Dana Poole, PT", 0)
    assert target.read_text() == HEAD + FIRST.replace("GP;GP,3", "GP;GP,2").replace("180.00", "120.00") + SECOND
    record = json.loads(Path(found["files"][0]["record"]).read_text())
    validate(record)
    assert (record["attested_by"], record["note"]) == ("Dana Poole, PT", "The person is named, not authenticated.")
    assert [(one["place"], one["field"], one["old"], one["new"], one["title"]) for one in record["changes"]] == [
        ("day", "units", 3, 2, "Bill the units that the documented minutes support"),
        ("line 1", "charge_cents", 18_000, 12_000, "The charge follows the units"),
    ]


def test_fixing_again_changes_nothing(lines: Path) -> None:
    run("fix", lines, *ON, "--select", "DX105,MD306", "--in-place")
    assert lines.read_text() == SAFE
    code, found = run_json("fix", lines, *ON, "--select", "DX105,MD306", "--in-place")
    assert (code, found["files"][0]["changes"], found["files"][0]["written"]) == (0, [], None)
    assert len(list(lines.parent.glob("*.fixes.json"))) == 1


def test_nothing_is_written_over(lines: Path, tmp_path: Path) -> None:
    target = tmp_path / "there.csv"
    target.write_text("mine")
    ran = run("fix", lines, *ON, "--out", target)
    assert (ran.code, target.read_text()) == (2, "mine")
    assert "is there already; expected a new name with --out, or --in-place" in " ".join(ran.errors.split())


def test_dry_run_writes_nothing(lines: Path) -> None:
    ran = run("fix", lines, *ON, "--select", "DX105,MD306", "--dry-run")
    assert ran.code == 0
    assert ran.lines[0] == "lines.csv: 2 fixes would be made"
    assert sorted(path.name for path in lines.parent.iterdir()) == ["lines.csv"]


def test_text_says_what_changed_and_what_waits(lines: Path) -> None:
    ran = run("fix", lines, *ON, "--select", "DX105,UN101", width=80)
    assert ran.lines[0] == "lines.csv: 1 fix made"
    assert ran.lines[1].split() == ["C1", "DX105", "diagnosis", "1", "diagnosis", "M5450", "→", "M54.50"]
    assert "  1 finding left; 1 of them have a fix that waits for a name (--attest)" in ran.lines


def test_visits_are_fixed_where_they_name_codes(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    visit = {
        "id": "V1",
        "patient_id": "P1",
        "date_of_service": "2026-03-04",
        "therapist": "t1",
        "diagnoses": ["M5450"],
        "billed": [{"code": "97110", "modifiers": ["GP", "GP"], "units": 1}],
    }
    path.write_text(json.dumps(visit) + "\n")
    code, _ = run_json("fix", path, *ON, "--select", "DX105,MD306")
    fixed = json.loads((tmp_path / "v.fixed.jsonl").read_text())
    assert code == 0
    assert fixed == visit | {"diagnoses": ["M54.50"], "billed": [{"code": "97110", "modifiers": ["GP"], "units": 1}]}


def test_lines_in_parquet_are_written_as_parquet(lines: Path) -> None:
    frame = pl.read_csv(lines, schema_overrides={"rendering_npi": pl.String}, try_parse_dates=True)
    path = lines.with_suffix(".parquet")
    frame.write_parquet(path)
    code, found = run_json("fix", path, *ON, "--select", "MD306,UN101", "--attest", "Dana Poole, PT")
    written = pl.read_parquet(path.with_name("lines.fixed.parquet"))
    assert (code, found["files"][0]["findings_left"]) == (0, 0)
    assert written.schema == frame.schema
    assert written.select("modifiers", "units", "charge").rows() == [("GP", 2, 120.0), ("GP", 1, 60.0)]
    rest = [name for name in frame.columns if name not in {"modifiers", "units", "charge"}]
    assert written.select(rest).equals(frame.select(rest))


def test_text_says_in_dollars_what_followed(lines: Path) -> None:
    ran = run("fix", lines, *ON, "--select", "UN101", "--attest", "Dana Poole, PT", width=100)
    assert ran.lines[0] == "lines.csv: 1 fix made"
    assert "charge $180.00 → $120.00" in ran.words


def test_charge_that_does_not_divide_is_asked_for(lines: Path) -> None:
    lines.write_text(lines.read_text().replace("180.00", "200.00"))
    code, found = run_json("fix", lines, *ON, "--select", "UN101", "--attest", "Dana Poole, PT")
    assert (code, found["files"][0]["changes"], found["files"][0]["written"]) == (1, [], None)
    assert [one["why"] for one in found["files"][0]["refused"]] == [
        (
            "the line's charge, $200.00 for 3 units, does not say what one unit of 97110 is charged, and clinic.json"
            " lists none: what is charged for 2?"
        )
    ]


def test_a_clinics_own_charge_comes_first(lines: Path) -> None:
    lines.write_text(lines.read_text().replace("180.00", "200.00"))
    words = ("fix", lines, *ON, "--select", "UN101", "--attest", "Dana Poole, PT", "--clinic", CLINIC)
    _, found = run_json(*words)
    each = json.loads((CLINIC / "clinic.json").read_text())["charges"]["97110"]
    assert [(one["field"], one["new"]) for one in found["files"][0]["changes"]] == [
        ("units", 2),
        ("charge_cents", 2 * each),
    ]


def test_a_repeated_line_goes_out_of_a_claim_file(tmp_path: Path) -> None:
    model = next(one for one in claims(40, seed=2) if len(one.lines) == 2 and not one.other_payers)
    first, other = model.lines
    again = first.model_copy(update={"number": 3, "control_number": "AGAIN"})
    made = model.model_copy(update={"lines": (first, other, again)})

    def written(one: Claim) -> bytes:
        envelope = Envelope(SUBMITTER, "Receiver", "RECEIVER1")
        day = datetime(2026, 3, 6, tzinfo=UTC)
        return file_837p([one], envelope=envelope, control=ControlNumbers(), created=day).data

    path = tmp_path / "claims.837"
    path.write_bytes(written(made))
    words = ("fix", path, *ON, "--select", "DP101", "--payer", "medicare_b", "--attest", "Dana Poole, PT")
    _, found = run_json(*words)
    [file] = found["files"]
    assert [(one["field"], one["place"]) for one in file["changes"]] == [
        ("line", "line 3"),
        ("total_charge_cents", "claim"),
    ]
    assert (file["findings_left"], file["refused"]) == (0, [])
    assert path.with_name("claims.fixed.837").read_bytes() == written(model)


def test_several_files_go_into_a_folder(lines: Path, tmp_path: Path) -> None:
    other = tmp_path / "more.csv"
    other.write_text(lines.read_text())
    folder = tmp_path / "fixed"
    _, found = run_json("fix", lines, other, *ON, "--select", "MD306", "--out", folder)
    assert [one["written"] for one in found["files"]] == [str(folder / "lines.csv"), str(folder / "more.csv")]
    assert all((folder / name).exists() for name in ("lines.csv", "more.csv"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lines.csv", "--attest", " "], "--attest: expected the name of the person who states it"),
        (["lines.csv", "--in-place", "--out", "x.csv"], "--out and --in-place: expected one of them"),
        (["absent.csv"], "absent.csv: no such file"),
        (["note.txt"], "a .txt file has nothing that is fixed here"),
        (["."], "a folder; expected files"),
        (["lines.csv", "--payer", "medicareb"], "did you mean medicare_b?"),
    ],
)
def test_unusable(lines: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str) -> None:
    monkeypatch.chdir(lines.parent)
    Path("note.txt").write_text("Quad sets")
    ran = run("fix", *words, *ON)
    assert ran.code == 2
    assert said in " ".join(ran.errors.split())


def test_row_that_cannot_be_read_stays_as_it_is(lines: Path) -> None:
    odd = "C9,P9,someday,medicare_b,97110,GP;GP,1,15,PT,60.00,M5450,A,1245319599,yes,PT\n"
    lines.write_text(HEAD + FIRST + odd + SECOND)
    code, _ = run_json("fix", lines, *ON, "--select", "MD306")
    assert code == 1
    assert lines.with_name("lines.fixed.csv").read_text() == HEAD + FIRST.replace("GP;GP", "GP") + odd + SECOND
