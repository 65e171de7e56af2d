"""`cleanclaim check`: flat lines, visits and claims, with exit codes and what could not be judged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.check.selection import Selection
from cleanclaim.rules import book
from cleanclaim.x12 import ControlNumbers, Envelope, file_837p
from tests.cli.running import run, run_json
from tests.x12.claim_generator import SUBMITTER, claims

HEAD = "claim,patient,date,payer,code,modifiers,units,minutes,by,charge,diagnoses,pointers,rendering_npi,billing_npi"
OVERBILLED = """C1,P1,2026-03-04,medicare_b,97110,GP,3,23,PT,180.00,M54.50,1,1245319599,1234567893
C1,P1,2026-03-04,medicare_b,97140,GP,1,15,PT,60.00,M54.50,1,1245319599,1234567893
"""
CLEAN = OVERBILLED.replace("GP,3,23", "GP,2,23")
ON = ("--as-of", "2026-03-08")
UNITS = ("--select", "UN101")


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(f"{HEAD}\n{OVERBILLED}")
    return path


def test_finding_in_flat_lines(lines: Path) -> None:
    code, found = run_json("check", lines, *ON, *UNITS)
    assert (code, found["claims"]) == (1, 1)
    assert [
        (one["file"], one["claim"], one["date"], one["payer"], one["rule"], one["place"], one["message"])
        for one in found["findings"]
    ] == [
        (
            "lines.csv",
            "C1",
            "2026-03-04",
            "medicare_b",
            "UN101",
            "day",
            "4 timed units billed, 38 minutes support 3",
        )
    ]
    assert found["findings"][0]["fix"]["safety"] == "attest"
    assert [one["severity"] for one in found["outcomes"]] == ["deny"]


def test_a_claim_that_several_findings_reject_is_lost_once(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    row = "C1,P1,2026-03-04,medicare_b,97110,GP,1,15,PT,180.00,M54.5;M25.56,1 2,1245319599,1234567893,national"
    path.write_text(f"{HEAD},locality\n{row}\n")
    _, found = run_json("check", path, *ON, "--select", "DX102,DX104")
    # 97110 in 2026 is $29.06 nationally: the allowed amount of the claim's one line.
    assert [(one["rule"], one["cents"]) for one in found["findings"]] == [("DX102", 2906), ("DX104", 2906)]
    assert [(one["severity"], one["findings"], one["cents"]) for one in found["outcomes"]] == [("reject", 2, 2906)]


def test_text_names_claim_place_message_and_fix(lines: Path) -> None:
    ran = run("check", lines, *ON, *UNITS, width=80)
    assert ran.code == 1
    assert ran.lines[0] == "C1  Mar 4, 2026  medicare_b  lines.csv"
    assert ran.lines[1].startswith("  UN101  day  4 timed units billed, 38 minutes support 3 (denied)")
    assert "(for a named person to decide)" in ran.words
    assert ran.lines[-2] == "1 claim checked as of 2026-03-08: 1 finding on 1"
    assert max(map(len, ran.lines)) <= 80


def test_clean_as_far_as_judged(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(f"{HEAD}\n{CLEAN}")
    code, found = run_json("check", path, *ON, *UNITS)
    assert (code, found["findings"], found["checks_not_judged"], found["missing_inputs"]) == (0, [], 0, [])
    assert run("check", path, *ON, *UNITS).lines == ["1 claim checked as of 2026-03-08: clean as far as judged"]


def test_column_that_is_absent_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    kept = [
        ",".join(cell for n, cell in enumerate(row.split(",")) if n not in {7, 8})
        for row in [HEAD, *OVERBILLED.split()]
    ]
    path.write_text("\n".join(kept))
    code, found = run_json("check", path, *ON, *UNITS)
    assert (code, found["findings"]) == (3, [])
    [missing] = found["missing_inputs"]
    assert "minutes" in missing["input"]
    assert missing["rules"] == ["UN101"]


def test_whose_minutes_they_were_is_unknown_without_a_column(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(f"{HEAD}\n{OVERBILLED}".replace(",by,", ",").replace(",PT,", ","))
    assert run_json("check", path, *ON, *UNITS)[0] == 3


def test_default_payer_holds_where_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(f"{HEAD}\n{OVERBILLED}".replace("medicare_b", ""))
    assert run_json("check", path, *ON, *UNITS)[0] == 3
    code, found = run_json("check", path, *ON, *UNITS, "--payer", "medicare_b")
    assert (code, found["findings"][0]["payer"]) == (1, "medicare_b")
    assert "the payer of 1 claim is unknown: --payer names one" in run("check", path, *ON, *UNITS).words


def test_row_that_cannot_be_read_sets_its_claim_aside_and_the_rest_go_on(lines: Path) -> None:
    with lines.open("a") as stream:
        stream.write("C2,P2,2026-13-04,medicare_b,97110,GP,1,15,PT,60,M54.50,1,1245319599,1234567893\n")
        stream.write("C2,P2,2026-03-04,medicare_b,97112,GP,1,15,PT,60,M54.50,1,1245319599,1234567893\n")
    code, found = run_json("check", lines, *ON, *UNITS)
    assert (code, found["claims"]) == (1, 1)
    assert found["rejections"] == [
        {"file": "lines.csv", "row": 3, "key": "C2", "field": "date", "expected": "a day as YYYY-MM-DD or MM/DD/YYYY"}
    ]
    ran = run("check", lines, *ON, *UNITS)
    assert "set aside: lines.csv, row 3 (C2): date: a day as YYYY-MM-DD or MM/DD/YYYY" in ran.errors


def test_nothing_readable_is_unusable(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(f"{HEAD}\n{OVERBILLED}".replace("2026-03-04", "soon"))
    code, found = run_json("check", path, *ON)
    assert (code, found["claims"], len(found["rejections"])) == (2, 0, 2)


def test_column_of_no_table_is_named_with_the_nearest(lines: Path) -> None:
    lines.write_text(lines.read_text().replace("claim,", "unit,claim,", 1).replace("C1,", "1,C1,"))
    code, found = run_json("check", lines, *ON, *UNITS)
    assert (code, found["columns_not_read"]) == (1, {"lines.csv": ["unit"]})
    assert "lines.csv: column unit (did you mean units?)" in run("check", lines, *ON, *UNITS).errors


def test_parquet_is_read_as_csv_is(lines: Path, tmp_path: Path) -> None:
    path = tmp_path / "lines.parquet"
    pl.read_csv(lines, try_parse_dates=True, schema_overrides={"rendering_npi": pl.String}).write_parquet(path)
    code, found = run_json("check", path, *ON, *UNITS)
    assert (code, found["findings"][0]["message"]) == (1, "4 timed units billed, 38 minutes support 3")


def test_select_and_ignore(lines: Path) -> None:
    rules = {one["rule"] for one in run_json("check", lines, *ON)[1]["findings"]}
    assert "UN101" in rules
    ignoring = ("--ignore", "UN", "--reason", "counted by hand", "--by", "D. Reyes")
    assert "UN101" not in {one["rule"] for one in run_json("check", lines, *ON, *ignoring)[1]["findings"]}
    ran = run("check", lines, *ON, "--select", "UN1O1")
    assert ran.code == 2
    assert "--select: no rule's code begins with 'UN1O1'; did you mean UN101" in ran.errors


def test_crashed_rule_is_loud(lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = next(one for one in book.rules() if one.code == "UN101")
    flag = pl.col("payer").str.strptime(pl.Date, "%Y") == pl.date(2026, 1, 1)
    chosen = Selection((replace(rule, flag=flag),))
    monkeypatch.setattr("cleanclaim.check.selection.chosen_by", lambda *_, **__: chosen)
    code, found = run_json("check", lines, *ON)
    assert (code, list(found["crashed"]), found["findings"]) == (4, ["UN101"], [])
    ran = run("check", lines, *ON)
    assert "rule UN101 crashed" in ran.errors
    assert "1 rule crashed, so nothing here is called clean" in ran.words


# --- visits ----------------------------------------------------------------------------------------------


def _visit(**changes: Any) -> dict[str, Any]:
    return {
        "id": "V1",
        "patient_id": "P1",
        "date_of_service": "2026-03-04",
        "therapist": "t1",
        "diagnoses": ["M54.50"],
        "interventions": [
            {"what": "quad sets", "code": "97110", "minutes": 23, "by": "PT"},
            {"what": "patellar mobilization", "code": "97140", "minutes": 15, "by": "PT"},
        ],
        "billed": [
            {"code": "97110", "modifiers": ["GP"], "units": 3},
            {"code": "97140", "modifiers": ["GP"], "units": 1},
        ],
    } | changes


def test_a_payer_that_is_named_counts_the_units_of_loose_visits(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    done = [
        {"what": "exercise", "code": "97110", "minutes": 20, "by": "PT"},
        {"what": "mobilization", "code": "97140", "minutes": 20, "by": "PT"},
    ]
    visit = {"id": "V1", "patient_id": "P1", "date_of_service": "2026-03-04", "therapist": "t1", "interventions": done}
    path.write_text(json.dumps(visit))
    _, nobody = run_json("check", path, *ON, *UNITS)
    assert [one["question"] for one in nobody["questions"]] == [
        "How does this payer count units? 20 minutes are 2 by the 8-minute rule and 1 by the midpoint rule."
    ]
    _, medicare = run_json("check", path, *ON, *UNITS, "--payer", "medicare_b")
    assert medicare["questions"] == []


def test_loose_visits_need_a_payer(tmp_path: Path) -> None:
    path = tmp_path / "visits.jsonl"
    path.write_text(json.dumps(_visit()) + "\n" + json.dumps(_visit(id="V2", date_of_service="2026-03-05")) + "\n")
    assert run_json("check", path, *ON, *UNITS)[0] == 3
    code, found = run_json("check", path, *ON, *UNITS, "--payer", "medicare_b")
    assert code == 1
    assert [(one["claim"], one["message"]) for one in found["findings"]] == [
        ("V1", "4 timed units billed, 38 minutes support 3"),
        ("V2", "4 timed units billed, 38 minutes support 3"),
    ]


def test_visit_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "visits.jsonl"
    path.write_text(json.dumps(_visit()) + "\n{\n")
    code, found = run_json("check", path, *ON, *UNITS, "--payer", "medicare_b")
    assert (code, found["claims"], len(found["rejections"])) == (1, 1, 1)
    assert found["rejections"][0]["row"] == 2


def test_note_with_an_open_question(tmp_path: Path) -> None:
    path = tmp_path / "V9.txt"
    path.write_text("Visit: V9\nPatient: P1\nDate: 2026-03-04\nTherapist: t1\nDiagnoses: M54.50\n\nE-stim 15 min\n")
    code, found = run_json("check", path, *ON, "--select", "DX101")
    assert (code, found["findings"]) == (3, [])
    assert found["questions"][0]["claim"] == "V9"
    assert "question open" in run("check", path, *ON, "--select", "DX101").words


def test_clinic_folder_gives_context() -> None:
    clinic = Path(__file__).resolve().parents[2] / "examples" / "clinic-day"
    visit = min((clinic / "visits").glob("*.txt"))
    words = (visit, "--as-of", "2026-10-20", "--select", "UN,PC")
    _, alone = run_json("check", *words)
    _, within = run_json("check", *words, "--clinic", clinic)
    assert (alone["claims"], within["claims"]) == (1, 1)
    assert within["checks_not_judged"] < alone["checks_not_judged"]


def test_clinic_folder_is_checked_whole() -> None:
    clinic = Path(__file__).resolve().parents[2] / "examples" / "clinic-day"
    code, found = run_json("check", clinic, "--as-of", "2026-10-20", "--select", "DX1")
    assert (code, found["claims"] >= 60) == (1, True)


# --- claims ----------------------------------------------------------------------------------------------


def _claim_file(tmp_path: Path) -> Path:
    made = claims(4, seed=7)
    envelope = Envelope(SUBMITTER, "Receiver", "RECEIVER1")
    data = file_837p(made, envelope=envelope, control=ControlNumbers(), created=datetime(2026, 3, 6, tzinfo=UTC)).data
    path = tmp_path / "claims.txt"
    path.write_bytes(data)
    return path


def test_claims_are_told_by_content_and_minutes_are_unknown(tmp_path: Path) -> None:
    path = _claim_file(tmp_path)
    code, found = run_json("check", path, *ON, "--select", "UN101", "--payer", "medicare_b")
    assert (code, found["findings"], found["file_problems"]) == (3, [], [])
    assert "minutes" in found["missing_inputs"][0]["input"]


def test_damaged_claim_file_says_where(tmp_path: Path) -> None:
    path = _claim_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"SE*", b"SX*", 1))
    code, found = run_json("check", path, *ON, "--select", "UN101")
    assert code == 1
    assert found["file_problems"]


# --- unusable --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "lines.csv",
            "code,modifiers\n97110,GP\n",
            "lacks the column date, and has code, modifiers; expected at least date, code, modifiers",
        ),
        ("lines.csv", "", "has no rows"),
        ("lines.csv", "date,code,code,modifiers\n", "column code comes twice"),
        ("lines.csv", "date,pos,place,code,modifiers\n2026-03-04,11,11,97110,\n", "expected place_of_service once"),
        ("lines.csv", "date,code,modifiers\n1,2,3,4\n", "row 1: 4 cells; expected 3, as in the header"),
        ("lines.parquet", "no", "cannot be read; expected a Parquet file"),
        ("visits.docx", "no", "not a kind of file that is read here"),
    ],
)
def test_file_that_cannot_be_used(tmp_path: Path, name: str, content: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    ran = run("check", path, *ON)
    assert ran.code == 2
    assert said in " ".join(ran.errors.split())


def test_no_such_file_or_payer(lines: Path) -> None:
    assert "no such file" in run("check", "absent.csv").errors
    ran = run("check", lines, "--payer", "medicareb")
    assert (ran.code, "did you mean medicare_b?" in ran.errors) == (2, True)
    assert run("check", lines, "--clinic", "absent").code == 2


def test_headers_of_other_systems_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("DOS,CPT,Mod,Units,Payer\n3/4/2026,97110,GP,0,medicare_b\n")
    code, found = run_json("check", path, *ON, "--select", "UN105")
    assert (code, found["claims"], [one["rule"] for one in found["findings"]]) == (1, 1, ["UN105"])


def test_a_missing_column_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("when,code,modifiers\n2026-03-04,97110,GP\n")
    ran = run("check", path, *ON, width=200)
    assert ran.code == 2
    assert "lacks the column date, and has code, modifiers, when; expected at least date, code" in ran.errors


def test_a_row_shorter_than_the_header_is_told_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("date,code,modifiers,units\n2026-03-04,97110,GP,1\n2026-03-04,97110\n")
    ran = run("check", path, *ON, width=200)
    assert (ran.code, "row 2: 2 cells; expected 4, as in the header" in ran.errors) == (2, True)


def test_a_payer_without_a_file_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("date,code,modifiers,payer\n2026-03-04,97110,GP,mediare_b\n")
    words = run("check", path, *ON, *UNITS).words
    assert "no payer file 'mediare_b' (1 claim): did you mean medicare_b?" in words


def test_a_record_with_several_faults_is_one_that_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "visit.json"
    path.write_text('{"id": "V1", "cpt": "97110", "date_of_service": "soon"}')
    ran = run("check", path, *ON)
    assert (ran.code, "1 set aside, because they could not be read" in ran.words) == (2, True)


def test_a_file_that_holds_nothing_says_so(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    path.write_text("[]")
    ran = run("check", path, *ON)
    assert (ran.code, "Nothing could be checked: there is no visit, line or claim" in ran.words) == (2, True)


def test_a_day_may_be_typed_as_people_write_it(lines: Path) -> None:
    assert run_json("check", lines, "--as-of", "03/06/2026", *UNITS)[1]["as_of"] == "2026-03-06"
