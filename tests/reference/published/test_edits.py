"""Unit limits and add-on codes: layouts, what is refused, and what the loaded editions answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.reference import add_ons, mue
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.load import load_files, read_files
from cleanclaim.reference.published.opening import PublishedFileError
from tests.reference.published.files import Cells, csv_text, workbook, write

TODAY = date(2026, 11, 21)
NOTICE = "CPT codes and descriptions only are copyright 2025\nAmerican Medical Association.  All rights reserved."
MUE_HEAD: tuple[Cells, ...] = (
    (NOTICE, "", "", ""),
    ("HCPCS/\nCPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"),
)
MUE_ROWS: tuple[Cells, ...] = (
    ("0001U", "1", "2 Date of Service Edit: Policy", "Code Descriptor / CPT Instruction"),
    ("29881", "1", "2 Date of Service Edit: Policy", "Anatomic Consideration"),
    ("97110", "7", "3 Date of Service Edit: Clinical", "Clinical: Data"),
    ("J1100", "120", "1 Line Edit", "A reason of next year"),
)
MUE_NAME = "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv"


def mue_file(path: Path, rows: tuple[Cells, ...] = MUE_ROWS, head: tuple[Cells, ...] = MUE_HEAD) -> Path:
    return write(path, csv_text([*head, *rows]))


def test_limits_are_read_below_a_notice_of_several_lines(tmp_path: Path) -> None:
    [edition] = read_files([mue_file(tmp_path / MUE_NAME)]).editions
    assert (edition.kind, edition.name, edition.valid_through) == (
        Kind.MUE_PRACTITIONER,
        "2026-07-01",
        date(2026, 9, 30),
    )
    assert edition.frame.rows() == [
        ("0001U", 1, 2, "code_definition"),
        ("29881", 1, 2, "anatomy"),
        ("97110", 7, 3, "clinical_data"),
        ("J1100", 120, 1, ""),
    ]


def test_the_heading_tells_whose_limits_they_are(tmp_path: Path) -> None:
    heading = ("HCPCS/CPT Code", "Outpatient Hospital Services MUE Values", *MUE_HEAD[1][2:])
    path = mue_file(tmp_path / "Eff_07-01-2026.csv", head=(MUE_HEAD[0], heading))
    assert read_files([path]).editions[0].kind is Kind.MUE_OUTPATIENT
    dme = ("HCPCS/CPT Code", "DME Supplier Services MUE Values", *MUE_HEAD[1][2:])
    with pytest.raises(PublishedFileError, match="no layout that is known"):
        read_files([mue_file(tmp_path / "dme.csv", head=(MUE_HEAD[0], dme))])


def test_limits_from_a_spreadsheet_in_another_order_of_columns(tmp_path: Path) -> None:
    rows = [[row[place] for place in (3, 0, 2, 1)] for row in (MUE_HEAD[1], *MUE_ROWS)]
    path = tmp_path / MUE_NAME.replace(".csv", ".xlsx")
    path.write_bytes(workbook([(NOTICE,), *rows]))
    [plain] = read_files([mue_file(tmp_path / MUE_NAME)]).editions
    assert read_files([path]).editions[0].frame.equals(plain.frame)


# The notice and the heading go over two lines each, so the first code stands in line 5.
@pytest.mark.parametrize(
    ("place", "row", "says"),
    [
        (0, ("2988", "1", "2 x", "x"), "row 5, field code: '2988'; expected a code of five characters"),
        (0, ("29881X", "1", "2 x", "x"), "row 5, field code: '29881X'; expected a code"),
        (1, ("29881", "one", "2 x", "x"), "row 6, field units: 'one'; expected a whole number"),
        (1, ("29881", "-1", "2 x", "x"), "row 6, field units: '-1'; expected a whole number"),
        (2, ("97110", "7", "4 x", "x"), "row 7, field mai: '4 x'; expected an indicator that begins with 1, 2 or 3"),
        (3, ("97110", "7", "3 x", "x"), "row 8, field code: 97110 comes a second time"),
        (3, ("J1100", "120"), "row 8, field mai: the row ends before it"),
    ],
)
def test_a_wrong_limit_is_refused(tmp_path: Path, place: int, row: Cells, says: str) -> None:
    rows = tuple(row if number == place else other for number, other in enumerate(MUE_ROWS))
    with pytest.raises(PublishedFileError) as refused:
        read_files([mue_file(tmp_path / MUE_NAME, rows)])
    assert says in str(refused.value)


def test_a_header_without_limits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PublishedFileError, match="a heading and no limits"):
        read_files([mue_file(tmp_path / MUE_NAME, ())])


def test_a_first_day_that_nothing_tells_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(PublishedFileError, match="say it with --from"):
        read_files([mue_file(tmp_path / "limits.csv")])


@pytest.mark.usefixtures("data")
def test_loaded_limits_answer_for_their_days(tmp_path: Path) -> None:
    assert mue.get("29881", date(2026, 8, 1)) is None
    assert not mue.would_hold("29881")
    load_files([mue_file(tmp_path / MUE_NAME)], today=TODAY)
    assert [edition.name for edition in mue.editions()] == ["2024-07-01", "2026-04-01", "2026-07-01"]
    assert mue.would_hold("29881")
    # Of a code that no other edition would list the loaded one answers for every day, unconfirmed before its quarter.
    expected = [
        ("29881", date(2020, 1, 1), (1, "2026-07-01", False)),
        ("29881", date(2026, 6, 30), (1, "2026-07-01", False)),
        ("29881", date(2026, 7, 1), (1, "2026-07-01", True)),
        ("29881", date(2026, 9, 30), (1, "2026-07-01", True)),
        ("29881", date(2026, 10, 1), (1, "2026-07-01", False)),
        # A therapist's code is answered by the edition of its day.
        ("97110", date(2024, 8, 1), (6, "2024-07-01", True)),
        ("97110", date(2026, 6, 30), (6, "2026-04-01", True)),
        ("97110", date(2026, 7, 1), (7, "2026-07-01", True)),
        # The loaded edition lists every code that has a limit, and has none for this one.
        ("97140", date(2026, 6, 30), (6, "2026-04-01", True)),
    ]
    for code, day, answer in expected:
        limit = mue.get(code, day)
        assert limit is not None
        assert (limit.units, limit.edition, limit.confirmed) == answer, (code, day)
    assert mue.get("97140", date(2026, 7, 1)) is None
    assert mue.get("99213", date(2026, 7, 1)) is None
    assert [edition.name for edition in mue.listing_editions("99283")] == ["2026-07-01", "2024-07-01"]
    assert [edition.name for edition in mue.listing_editions("29881")] == ["2026-07-01"]


@pytest.mark.usefixtures("data")
def test_a_loaded_edition_stands_before_the_shipped_one_of_its_quarter(tmp_path: Path) -> None:
    rows = (("97110", "5", "3 x", "x"),)
    load_files([mue_file(tmp_path / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", rows)], today=TODAY)
    limit = mue.get("97110", date(2024, 8, 1))
    assert limit is not None
    assert (limit.units, limit.confirmed) == (5, True)
    assert mue.get("97140", date(2024, 8, 1)) is None
    assert mue.table().filter(code="97110").select("units", "valid_from", "valid_through").rows() == [
        (5, None, date(2026, 3, 31)),
        (6, date(2026, 4, 1), None),
    ]


# --- add-on codes ----------------------------------------------------------------------------------------

AOC_HEAD = (
    "Add-on_Code",
    "Primary_Code",
    "AOC_Edit_Type",
    "AOC_Del_Dt",
    "Primary_Code_Del_Dt",
    "AOC_Edit_Eff_Dt",
    "AOC_Edit_Del_Dt",
    "Special_Instruction_Notes",
)
AOC_ROWS: tuple[Cells, ...] = (
    ("0054T", "CCCCC", "2", "0", "0", "2013091", "0", "CCCCC = Contractor Defined Primary Codes"),
    ("22853", "22551", "3", "0", "0", "2017001", "0", ""),
    ("29826", "29806", "1", "0", "0", "2013091", "0", ""),
    ("29826", "29807", "1", "0", "0", "2013091", "2026181", ""),
    ("99292", "99291", "1", "0", "0", "2013091", "0", ""),
)


def aoc(path: Path, rows: tuple[Cells, ...] = AOC_ROWS) -> Path:
    path.write_bytes(workbook([AOC_HEAD, *rows]))
    return path


def test_add_on_codes_are_read_with_days_of_the_year(tmp_path: Path) -> None:
    [edition] = read_files([aoc(tmp_path / "AOC_V2026Q3-MCR.xlsx")]).editions
    assert (edition.kind, edition.name, edition.valid_from) == (Kind.ADD_ON_CODES, "2026-07-01", date(2013, 4, 1))
    assert edition.frame.rows() == [
        ("0054T", None, 2, date(2013, 4, 1), None),
        ("22853", "22551", 3, date(2017, 1, 1), None),
        ("29826", "29806", 1, date(2013, 4, 1), None),
        ("29826", "29807", 1, date(2013, 4, 1), date(2026, 6, 30)),
        ("99292", "99291", 1, date(2013, 4, 1), None),
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("99292", "99291", "4", "0", "0", "2013091", "0", ""), "row 6, field type: '4'; expected 1, 2 or 3"),
        (("99292", "9929!", "1", "0", "0", "2013091", "0", ""), "row 6, field primary_code: '9929!'"),
        (("9", "99291", "1", "0", "0", "2013400", "0", ""), "row 6, field begins: '2013400'; expected a date"),
    ],
)
def test_a_wrong_add_on_row_is_refused(tmp_path: Path, row: Cells, says: str) -> None:
    with pytest.raises(PublishedFileError) as refused:
        read_files([aoc(tmp_path / "AOC_V2026Q3-MCR.xlsx", (*AOC_ROWS[:4], row))])
    assert says in str(refused.value)


@pytest.mark.usefixtures("data")
def test_loaded_add_ons_answer_for_every_code(tmp_path: Path) -> None:
    day = date(2026, 8, 1)
    assert add_ons.find("29826", day) is None
    load_files([aoc(tmp_path / "AOC_V2026Q3-MCR.xlsx")], today=TODAY)
    assert add_ons.find("29826", date(2026, 6, 30)) == add_ons.AddOn(
        needs_base=True, bases=("29806", "29807"), bases_are_all=True, edition="2026-07-01"
    )
    assert add_ons.find("29826", date(2026, 7, 1)) == add_ons.AddOn(
        needs_base=True, bases=("29806",), bases_are_all=True, edition="2026-07-01"
    )
    contractor, some = add_ons.find("0054T", day), add_ons.find("22853", day)
    assert contractor is not None
    assert some is not None
    assert (contractor.bases, contractor.bases_are_all) == ((), False)
    assert (some.bases, some.bases_are_all) == (("22551",), False)
    assert add_ons.find("99291", day) == add_ons.NO_ADD_ON
    # A therapy code that the loaded list lacks is answered by the listing.
    listed = add_ons.find("97546", day)
    assert listed is not None
    assert (listed.needs_base, listed.bases, listed.edition) == (True, ("97545",), "")


def test_table_of_limits_has_no_overlaps() -> None:
    table = mue.table().sort("code", "valid_from", nulls_last=False)
    later = table.with_columns(pl.col("valid_through").shift(1).over("code").alias("before"))
    assert later.filter(pl.col("valid_from") <= pl.col("before")).is_empty()
