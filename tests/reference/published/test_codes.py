"""Code sets as published: HCPCS, therapy codes, taxonomy, denial codes, ICD-10-CM; and what look-ups say of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.reference import adjustments, hcpcs, icd10, procedure_tables, taxonomy
from cleanclaim.reference.icd10 import seventh
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.load import load_files, read_files
from cleanclaim.reference.published.opening import PublishedFileError
from cleanclaim.reference.published.table import Asked
from tests.reference.published.files import Cells, csv_text, workbook, write

TODAY = date(2026, 11, 21)


# --- HCPCS -----------------------------------------------------------------------------------------------


def record(code: str, kind: str = "3", added: str = "19850101", ended: str = "") -> str:
    """A record of the fixed-width file: code, sequence, kind, words, and the three dates from column 269."""
    return (
        f"{code:<5}00100{kind}{'Ambulance service':<80}".ljust(268)
        + f"{added:<8}{added:<8}{ended:<8}N".ljust(52)
        + "\r\n"
    )


HCPCS_TEXT = record("A0021") + record("A0021", "4") + record("G0283", ended="20261231") + record("   A1", "7")
HCPCS_NAME = "HCPC2026_JUL_ANWEB_06172026.txt"


def test_hcpcs_records_of_fixed_width(tmp_path: Path) -> None:
    [edition] = read_files([write(tmp_path / HCPCS_NAME, HCPCS_TEXT)]).editions
    assert (edition.kind, edition.name, edition.valid_through) == (Kind.HCPCS, "2026-07-01", date(2026, 9, 30))
    assert edition.frame.rows() == [
        ("A0021", date(1985, 1, 1), None),
        ("G0283", date(1985, 1, 1), date(2026, 12, 31)),
    ]


def test_hcpcs_from_a_spreadsheet(tmp_path: Path) -> None:
    rows: list[Cells] = [
        ("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "ADD DT", "ACT EFF DT", "TERM DT"),
        ("A0021", "100", "3", "words", "19850101", "19960910", ""),
        ("A0021", "200", "4", "more words", "", "", ""),
        ("A1", "100", "7", "a modifier", "19950101", "", ""),
    ]
    path = tmp_path / "HCPC2026_JUL_ANWEB.xlsx"
    path.write_bytes(workbook(rows))
    assert read_files([path]).editions[0].frame.rows() == [("A0021", date(1985, 1, 1), None)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HCPCS_TEXT + record("a0080"), "row 5, field code: 'a0080'; expected a letter and four digits"),
        (HCPCS_TEXT + record("A0080", "5"), "row 5, field record: '5'; expected 3, 4, 7 or 8"),
        (HCPCS_TEXT + record("A0080", added="19851301"), "row 5, field added: '19851301'; expected a date"),
        (HCPCS_TEXT + record("A0080")[:200] + "\r\n", "row 5, field added: the record ends before it"),
        (HCPCS_TEXT + record("A0021"), "row 5, field code: A0021 comes a second time"),
    ],
)
def test_a_wrong_hcpcs_record_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PublishedFileError) as refused:
        read_files([write(tmp_path / HCPCS_NAME, text)])
    assert says in str(refused.value)


@pytest.mark.usefixtures("data")
def test_a_loaded_hcpcs_code_is_known(tmp_path: Path) -> None:
    assert (hcpcs.loaded(), hcpcs.get("A0021")) == (None, None)
    load_files([write(tmp_path / HCPCS_NAME, HCPCS_TEXT)], today=TODAY)
    assert hcpcs.get("A0021") == hcpcs.HcpcsCode("A0021", date(1985, 1, 1), None)
    assert hcpcs.get("A0022") is None


# --- therapy codes ---------------------------------------------------------------------------------------

THERAPY: tuple[Cells, ...] = (
    ("2027 Therapy Code List and Dispositions", "", ""),
    ("CPT/HCPCS Code", "Descriptor", "Disposition"),
    ("Codes of physical medicine", "", ""),
    ("97110*", "words", "Always therapy"),
    ("97032", "words", "“Sometimes therapy”, with conditions"),
)


@pytest.mark.usefixtures("data")
def test_a_therapy_code_list_decides_over_its_year(tmp_path: Path) -> None:
    load_files([write(tmp_path / "list.csv", csv_text(THERAPY))], today=TODAY)
    table = procedure_tables.therapy_table()

    def designation(code: str, day: date) -> str | None:
        begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
        held = table.filter(begun, pl.col("valid_through").is_null() | (pl.col("valid_through") >= day), code=code)
        return held["therapy"].item() if held.height else None

    assert designation("97110", date(2027, 1, 1)) == "always"
    assert designation("97032", date(2027, 12, 31)) == "sometimes"
    assert designation("97032", date(2026, 12, 31)) == "always"
    assert designation("97140", date(2027, 6, 1)) == "none"
    assert designation("97140", date(2026, 12, 31)) == "always"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("97140", "words", "therapy"), "row 6, field disposition: 'therapy'; expected a disposition of always or"),
        (("97110", "words", "Sometimes therapy"), "97110 is sometimes therapy here and always above"),
        (("9714", "words", "Always therapy"), "row 6, field code: '9714'; expected a procedure code"),
    ],
)
def test_a_wrong_therapy_row_is_refused(tmp_path: Path, row: Cells, says: str) -> None:
    with pytest.raises(PublishedFileError) as refused:
        read_files([write(tmp_path / "list.csv", csv_text([*THERAPY, row]))])
    assert says in str(refused.value)


# --- taxonomy and denial codes ---------------------------------------------------------------------------

TAXONOMY: tuple[Cells, ...] = (
    ("Code", "Grouping", "Classification", "Specialization", "Definition", "Notes", "Display Name", "Section"),
    ("193200000X", "Group", "Multi-Specialty", "", "A, b", "[7/1/2003: new]", "Group", "Individual"),
    ("225100000X", "Therapists", "Physical Therapist", "", "x", "", "x", "Individual"),
    ("261QP2000X", "Clinics", "Clinic", "Physical Therapy", "x", "", "x", "Non-Individual"),
    ("999999999X", "New", "New", "", "x", "", "x", "Individual"),
)


@pytest.mark.usefixtures("data")
def test_a_loaded_taxonomy_stands_for_the_shipped_one(tmp_path: Path) -> None:
    assert not taxonomy.is_listed("999999999X")
    assert taxonomy.is_listed("207K00000X")
    load_files([write(tmp_path / "nucc_taxonomy_261.csv", csv_text(TAXONOMY), "cp1252")], today=TODAY)
    assert taxonomy.is_individual("999999999X") is True
    assert taxonomy.is_individual("193200000X") is False
    assert taxonomy.is_individual("261QP2000X") is False
    assert not taxonomy.is_listed("207K00000X")
    assert "edition of 2026-07-01" in taxonomy.listed_source().cite()
    described = taxonomy.get("225100000X")
    assert described is not None
    assert described.role is taxonomy.TaxonomyRole.THERAPIST


def test_a_wrong_taxonomy_row_is_refused(tmp_path: Path) -> None:
    for row, says in (
        (("22510000X", *TAXONOMY[2][1:]), "row 6, field code: '22510000X'"),
        (
            (*TAXONOMY[2][:7], "Person"),
            "row 6, field code: '225100000X'; expected a taxonomy code of ten characters, once",
        ),
        (("225100001X", *TAXONOMY[2][1:7], "Person"), "row 6, field section: 'Person'; expected Individual or"),
    ):
        with pytest.raises(PublishedFileError) as refused:
            read_files([write(tmp_path / "nucc_taxonomy_261.csv", csv_text([*TAXONOMY, row]))])
        assert says in str(refused.value)


REASONS: tuple[Cells, ...] = (
    ("Code", "Description", "Start Date", "Last Modified", "Stop Date"),
    ("97", "words, with a comma", "01/01/1995", "07/01/2017", ""),
    ("B7", "words", "01/01/1995", "", "11/01/2026"),
    ("399", "words", "11/01/2026", "", ""),
)
REMARKS: tuple[Cells, ...] = (REASONS[0], ("MA130", "x", "10/12/2001", "", ""), ("N990", "x", "11/01/2026", "", ""))


@pytest.mark.usefixtures("data")
def test_loaded_denial_codes_decide_over_codes_and_dates(tmp_path: Path) -> None:
    before = adjustments.carc("97")
    assert before is not None
    asked = Asked(begins=date(2026, 11, 1))
    load_files([write(tmp_path / "reasons.csv", csv_text(REASONS))], asked, today=TODAY)
    new, ended, explained = (adjustments.carc(code) for code in ("399", "B7", "97"))
    assert new is not None
    assert ended is not None
    assert explained is not None
    assert (new.is_described, new.started_on) == (False, date(2026, 11, 1))
    assert ended.stopped_on == date(2026, 11, 1)
    assert (explained.meaning, explained.started_on) == (before.meaning, date(1995, 1, 1))
    # A reason that is not explained here and not in the list is gone; remarks are as shipped.
    assert adjustments.carc("Y3") is None
    assert adjustments.rarc("N362") is not None
    assert adjustments.rarc("N990") is None
    load_files([write(tmp_path / "remarks.csv", csv_text(REMARKS))], asked, today=TODAY)
    assert adjustments.rarc("N990") is not None


def test_reasons_and_remarks_are_told_apart_by_their_codes(tmp_path: Path) -> None:
    asked = Asked(begins=date(2026, 11, 1))
    [reasons] = read_files([write(tmp_path / "a.csv", csv_text(REASONS))], asked).editions
    [remarks] = read_files([write(tmp_path / "b.csv", csv_text(REMARKS))], asked).editions
    assert (reasons.kind, remarks.kind) == (Kind.ADJUSTMENT_REASONS, Kind.REMITTANCE_REMARKS)
    more = [*(("97", "x", "1/1/1995", "", ""),) * 0, *[(str(n), "x", "1/1/1995", "", "") for n in range(100, 145)]]
    with pytest.raises(PublishedFileError, match="row 47, field code: 'N1'; expected a code of this list"):
        read_files([write(tmp_path / "c.csv", csv_text([REASONS[0], *more, ("N1", "x", "", "", "")]))], asked)


# --- ICD-10-CM -------------------------------------------------------------------------------------------


def ordered(*rows: tuple[str, int, str]) -> str:
    """Lines of an order file: number, code, header or billable, short and long title."""
    return "".join(
        f"{number:05d} {code:<7} {flag} {title[:60]:<60} {title}\r\n"
        for number, (code, flag, title) in enumerate(rows, 1)
    )


KNEE = (("M25", 0, "Other joint disorder"), ("M2556", 0, "Pain in knee"), ("M25561", 1, "Pain in right knee"))


def test_an_order_file_is_read_by_width(tmp_path: Path) -> None:
    [edition] = read_files([write(tmp_path / "icd10cm_order_2028.txt", ordered(*KNEE))]).editions
    assert (edition.kind, edition.name, edition.valid_through) == (
        Kind.ICD10_CODES,
        "2027-10-01",
        date(2028, 9, 30),
    )
    assert edition.frame.rows() == [
        ("M25", False, "Other joint disorder"),
        ("M2556", False, "Pain in knee"),
        ("M25561", True, "Pain in right knee"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ordered(*KNEE)[:-30], "row 3, field title: not laid out as expected"),
        (ordered(*KNEE).replace("M25561  1", "M25561  2"), "row 3, field header: not laid out as expected"),
        (ordered(*KNEE).replace("M2556 ", "2M556 "), "row 2, field code: not laid out as expected"),
        (ordered(*KNEE, KNEE[2]), "row 4, field code: M25561 comes a second time"),
        (ordered(*KNEE[1:]), "codes of M25 without that category; the file is not whole"),
    ],
)
def test_a_wrong_order_file_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PublishedFileError) as refused:
        read_files([write(tmp_path / "icd10cm_order_2028.txt", text)])
    assert says in str(refused.value)


@pytest.mark.usefixtures("data")
def test_a_loaded_order_file_answers_for_its_fiscal_year(tmp_path: Path) -> None:
    day = date(2027, 10, 1)
    assert icd10.status("M25.561", day).state is icd10.State.OUTSIDE_DATES
    rows = (*KNEE, ("M25569", 1, "Pain in unspecified knee"), ("QA99", 0, "New"), ("QA991", 1, "New of left hand"))
    load_files([write(tmp_path / "icd10cm_order_2028.txt", ordered(*rows, ("QA9", 0, "New")))], today=TODAY)
    assert icd10.known_through() == date(2028, 9, 30)
    assert icd10.status("M25.561", day).state is icd10.State.BILLABLE
    assert icd10.status("M25.562", day).state is icd10.State.ENDED
    assert icd10.status("M25.562", date(2027, 9, 30)).state is icd10.State.BILLABLE
    assert icd10.status("QA9.91", date(2027, 9, 30)).state is icd10.State.NOT_YET
    assert icd10.status("QA9.91", day).state is icd10.State.BILLABLE
    new = icd10.get("QA9.91")
    assert new is not None
    assert (new.label, new.side) == ("New of left hand", icd10.Side.LEFT)


def addenda(*rows: str) -> str:
    return "".join(f"{row}\r\n" for row in rows)


ADDENDA = (
    f"Delete:      1 M25562  {'Pain in left knee':<60} Pain in left knee",
    f"Add:         0 M25562  {'Pain in left knee':<60} Pain in left knee",
    f"Add:         1 M255621 {'Pain in left kneecap':<60} Pain in left kneecap",
)
SUMMARY = ("", "Headers", "      1 additions", "      0 deletions", "Codes", "      1 additions", "      1 deletions")


@pytest.mark.usefixtures("data")
def test_addenda_change_the_edition_before_them(tmp_path: Path) -> None:
    load_files([write(tmp_path / "icd10cm_order_addenda_2028.txt", addenda(*ADDENDA, *SUMMARY))], today=TODAY)
    day = date(2027, 10, 1)
    assert icd10.status("M25.562", day).state is icd10.State.ENDED
    assert icd10.status("M25.5621", day).state is icd10.State.BILLABLE
    assert icd10.status("M25.561", day).state is icd10.State.BILLABLE
    # One code fewer is billable, one more: as many as in fiscal year 2027.
    assert [year.billable_codes for year in icd10.fiscal_years()] == [74_260, 74_719, 74_879, 74_879]


def test_addenda_that_lack_rows_of_their_own_summary_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PublishedFileError, match="1 additions; its own summary says 2: the file is not whole"):
        read_files([write(tmp_path / "icd10cm_order_addenda_2028.txt", addenda(*ADDENDA[:2], *SUMMARY))])
    with pytest.raises(PublishedFileError, match="row 2, field action: not laid out as expected"):
        read_files([write(tmp_path / "icd10cm_order_addenda_2028.txt", addenda(ADDENDA[0], "Addition M25"))])


TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2027</version>
<chapter><name>13</name><desc>Musculoskeletal</desc>
<section id="M20-M25"><desc>Joints</desc>
<diag><name>M25</name><desc>Other joint disorder</desc>
<excludes1><note>difficulty in walking (R26.2)</note></excludes1>
<codeFirst><note>underlying disease</note></codeFirst>
<sevenChrDef><extension char="A">initial</extension><extension char="D">subsequent</extension></sevenChrDef>
<diag><name>M25.5</name><desc>Pain in joint</desc></diag></diag>
<diag><name>R26</name><desc>Gait</desc><diag><name>R26.2</name><desc>Difficulty in walking</desc></diag></diag>
</section></chapter></ICD10CM.tabular>
"""


@pytest.mark.usefixtures("data")
def test_loaded_notes_keep_codes_apart(tmp_path: Path) -> None:
    assert seventh.allowed("M2556") is None
    load_files([write(tmp_path / "icd10c-tabular-October-1-2026.xml", TABULAR)], today=TODAY)
    edition = icd10.tabular_edition()
    assert (edition.name, edition.confirmed_from, edition.confirmed_through) == (
        "2026-10-01",
        date(2026, 10, 1),
        date(2027, 9, 30),
    )
    [conflict] = icd10.excludes1_conflicts(["M25561", "R262"])
    assert (conflict.exclusion.owner, conflict.exclusion.excluded) == ("M25", "R262")
    assert icd10.excludes1_conflicts(["M5450", "M5441"]) == []
    note = icd10.code_first("M25561")
    assert note is not None
    assert (note.kind, note.note) == (icd10.CodeFirst.REQUIRED, "underlying disease")
    assert seventh.allowed("M2556") == "AD"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TABULAR[:-60], "the XML is damaged or cut off"),
        (
            TABULAR.replace("<ICD10CM.tabular>", '<!DOCTYPE x [<!ENTITY a "aaaa">]><ICD10CM.tabular><desc>&a;</desc>'),
            "the XML is damaged or cut off",
        ),
        (TABULAR.replace("diag>", "thing>"), "no code; expected chapters of the tabular list"),
    ],
)
def test_a_wrong_tabular_list_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PublishedFileError) as refused:
        read_files([write(tmp_path / "icd10c-tabular-October-1-2026.xml", text)])
    assert says in str(refused.value)
