"""Flat lines into tables: exact cells, what is unknown, what is absent, what is set aside."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.lines.flat_columns import known_columns
from cleanclaim.lines.flat_files import FlatRow, read_flat
from cleanclaim.lines.from_flat import FlatTables, tables_of_rows
from cleanclaim.lines.schema import CLAIMS, LINES

ON = date(2026, 3, 8)


def laid(text: str, tmp_path: Path, **given: Any) -> FlatTables:
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    return tables_of_rows(read_flat(path), as_of=ON, **given)


def test_whole_row(tmp_path: Path) -> None:
    tables = laid(
        "claim,patient,date,payer,code,modifiers,units,minutes,assistant_minutes,together_minutes,charge,diagnoses,"
        "pointers,place,referring_npi,has_abn\n"
        'C1,P1,3/4/2026,medicare_b,97110,"gp, kx",2,30,10,5,"$1,200.50",M54.50;m25561,BA,11,,no\n',
        tmp_path,
    ).tables
    claim = tables.claims.row(0, named=True)
    expected = {
        "claim_id": 0,
        "claim_key": "C1",
        "patient_id": 0,
        "is_history": False,
        "date_of_service": date(2026, 3, 4),
        "as_of": ON,
        "payer": "medicare_b",
        "coverage_order": "primary",
        "has_coverage": True,
        "discipline": "PT",
        "place_of_service": "11",
        "referring_npi": "",
        "has_abn": False,
        "knows_services": True,
        "lists_services": True,
        "knows_diagnoses": True,
        "knows_history": False,
        "unit_preference": [],
    }
    assert {name: value for name, value in claim.items() if value is not None} == expected
    line = tables.lines.row(0, named=True)
    assert {name: value for name, value in line.items() if value is not None} == {
        "line_id": 0,
        "claim_id": 0,
        "line_number": 1,
        "code": "97110",
        "modifiers": ["GP", "KX"],
        "units": 2,
        "charge_cents": 120_050,
        "pointers": [2, 1],
        "line_date": date(2026, 3, 4),
        "minutes": 30,
        "assistant_minutes": 10,
        "together_minutes": 5,
        "code_origin": "named",
    }
    assert tables.services.select("service_number", "service_code", "by", "service_minutes", "group_size").rows() == [
        (1, "97110", "PT", 15, 1),
        (2, "97110", "PTA", 10, 1),
        (3, "97110", "together", 5, 1),
    ]
    assert tables.diagnoses.select("position", "diagnosis").rows() == [(1, "M54.50"), (2, "m25561")]


def test_absent_columns_are_unknown_and_empty_cells_may_be_absent(tmp_path: Path) -> None:
    found = laid("date,code,modifiers,authorization_number,units\n2026-03-04,97110,,,\n", tmp_path)
    claim, line = found.tables.claims.row(0, named=True), found.tables.lines.row(0, named=True)
    assert claim["authorization_number"] == ""
    assert (claim["referring_npi"], claim["payer"], claim["has_abn"]) == (None, None, None)
    assert (claim["knows_services"], claim["knows_diagnoses"], claim["discipline"]) == (False, False, None)
    assert (line["modifiers"], line["units"], line["pointers"], line["charge_cents"]) == ([], None, None, None)
    assert found.tables.services.height == 0


@pytest.mark.parametrize(
    ("by", "expected"),
    [("PTA", ("PTA", True)), ("pt", ("PT", True)), ("aide", ("aide", False)), ("", (None, True))],
)
def test_who_furnished_the_minutes(tmp_path: Path, by: str, expected: tuple[object, ...]) -> None:
    tables = laid(f"date,code,modifiers,minutes,by\n2026-03-04,97110,GP,15,{by}\n", tmp_path).tables
    assert tables.services.select("by", "is_billable").row(0) == expected


def test_group_minutes_are_a_groups(tmp_path: Path) -> None:
    tables = laid("date,code,modifiers,minutes,by\n2026-03-04,97150,GP,15,PT\n", tmp_path).tables
    assert tables.services.get_column("group_size").to_list() == [2]


def test_rows_of_one_claim_and_of_two_days(tmp_path: Path) -> None:
    found = laid(
        "claim,patient,date,code,modifiers\n"
        "C1,P1,2026-03-04,97110,GP\nC2,P2,2026-03-04,97110,GP\nC1,P1,2026-03-04,97140,GP\nC1,P1,2026-03-05,97110,GP\n",
        tmp_path,
    )
    assert found.tables.claims.select("claim_key", "patient_id", "date_of_service").rows() == [
        ("C1", 0, date(2026, 3, 4)),
        ("C2", 1, date(2026, 3, 4)),
        ("C1", 0, date(2026, 3, 5)),
    ]
    assert found.tables.lines.select("claim_id", "line_number", "code").rows() == [
        (0, 1, "97110"),
        (0, 2, "97140"),
        (1, 1, "97110"),
        (2, 1, "97110"),
    ]
    assert [row.number for row in found.rows] == [1, 3, 2, 4]


def test_without_claim_numbers_the_patients_day_is_the_claim(tmp_path: Path) -> None:
    head = "patient,date,code,modifiers\n"
    found = laid(
        f"{head}P1,2026-03-04,97110,GP\nP1,2026-03-04,97140,GP\n,2026-03-04,97110,GP\n,2026-03-04,97140,GP\n", tmp_path
    )
    assert found.tables.claims.select("claim_key", "patient_id").rows() == [("row 1", 0), ("row 3", 1), ("row 4", 2)]


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("units", "1.5", "a whole number"),
        ("units", "x", "a whole number"),
        ("charge", "1.234", "dollars with at most two decimals, such as 120.00"),
        ("modifiers", "GPX", "modifiers of two letters or digits, such as GP KX"),
        ("code", "9711", "a procedure code of five letters or digits, such as 97110"),
        ("pointers", "A Z", "positions of diagnoses, such as 1 2 or A B"),
        ("has_abn", "maybe", "yes or no"),
        ("certified_on", "2026-02-30", "a day as YYYY-MM-DD or MM/DD/YYYY"),
        ("by", "nurse", "one of PT, PTA, OT, OTA, SLP, together, aide, student, unattended"),
        ("date", "", "a day as YYYY-MM-DD; the cell is empty"),
    ],
)
def test_cell_that_cannot_be_read(tmp_path: Path, column: str, cell: str, expected: str) -> None:
    cells = {"claim": "C1", "date": "2026-03-04", "code": "97110", "modifiers": "GP"} | {column: cell}
    found = laid(f"{','.join(cells)}\n{','.join(cells.values())}\n", tmp_path)
    assert found.tables.claims.height == 0
    assert [(one.file, one.row, one.key, one.field, one.expected) for one in found.rejections] == [
        ("f.csv", 1, "C1", column, expected)
    ]


def test_whole_units_written_with_a_point(tmp_path: Path) -> None:
    assert laid("date,code,modifiers,units\n2026-03-04,97110,GP,2.0\n", tmp_path).tables.lines["units"].to_list() == [2]


def test_assistant_minutes_above_the_minutes(tmp_path: Path) -> None:
    found = laid("date,code,modifiers,minutes,assistant_minutes\n2026-03-04,97110,GP,15,16\n", tmp_path)
    assert [(one.field, one.expected) for one in found.rejections] == [
        ("assistant_minutes", "at most the row's minutes")
    ]


def test_rows_of_a_claim_that_disagree(tmp_path: Path) -> None:
    found = laid(
        "claim,date,payer,code,modifiers\nC1,2026-03-04,medicare_b,97110,GP\nC1,2026-03-04,cash,97140,GP\n"
        "C2,2026-03-04,cash,97140,GP\n",
        tmp_path,
    )
    assert found.tables.claims["claim_key"].to_list() == ["C2"]
    assert [(one.row, one.field, one.expected) for one in found.rejections] == [
        (2, "payer", "the same in every row of a claim and day")
    ]


def test_delimiters_marks_and_headings_as_people_write_them(tmp_path: Path) -> None:
    text = "\ufeffClaim;Date;Code;Modifiers;Rendering NPI\nC1;2026-03-04;97110;GP KX;1245319599\n\n"
    tables = laid(text, tmp_path).tables
    assert tables.claims["rendering_npi"].to_list() == ["1245319599"]
    assert tables.lines["modifiers"].to_list() == [["GP", "KX"]]


def test_lines_of_the_file_behind_a_row(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('date,code,modifiers,note_text\n2026-03-04,97110,GP,"two\nlines"\n2026-03-04,97140,GP,one\n')
    rows: list[FlatRow] = read_flat(path)
    assert [(row.number, row.first_line, row.last_line) for row in rows] == [(1, 2, 3), (2, 4, 4)]


def test_every_column_of_the_dictionary_may_be_given() -> None:
    set_here = {"claim_id", "patient_id", "line_id", "line_number", "is_history", "as_of", "code_origin"}
    wanted = {column.name for column in (*CLAIMS, *LINES)} - set_here
    assert {name for name in wanted if not name.startswith("knows_")} <= set(known_columns())


def test_estimate_measure_and_reason_are_columns_of_a_flat_file(tmp_path: Path) -> None:
    names = ("has_good_faith_estimate", "has_standardized_measure", "has_reevaluation_reason")
    claims = laid(
        f"claim,date,code,modifiers,{','.join(names)}\n"
        "C1,2026-03-04,97164,GP,yes,no,\n"
        "C2,2026-03-04,97164,GP,,yes,no\n",
        tmp_path,
    ).tables.claims
    assert claims.select(names).rows() == [(True, False, None), (None, True, False)]
