"""Pair edits as CMS publishes them: parts, layouts, dates, and what is refused with its row."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.reference import ncci
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.load import load_files, read_files
from cleanclaim.reference.published.opening import PublishedFileError
from cleanclaim.reference.published.table import Asked
from tests.reference.published.files import PTP_HEAD, PTP_ROWS, ptp, ptp_zips, workbook, write, zipped

TODAY = date(2026, 11, 21)
IN_FORCE = date(2026, 8, 1)


def test_parts_of_an_edition_become_one_table(tmp_path: Path) -> None:
    [edition] = read_files(ptp_zips(tmp_path)).editions
    assert (edition.kind, edition.name, edition.version) == (Kind.PTP_PRACTITIONER, "2026-07-01", "version 32.2")
    assert (edition.valid_from, edition.valid_through) == (date(1996, 1, 1), date(2026, 9, 30))
    assert edition.frame.height == len(PTP_ROWS)
    assert edition.frame.filter(column_1="97530").rows() == [
        ("97530", "97116", date(1996, 1, 1), date(2019, 12, 31), 1, "mutually_exclusive"),
        ("97530", "97116", date(2026, 7, 1), None, 0, "mutually_exclusive"),
    ]
    assert edition.frame.filter(column_1="11042").row(0)[2:] == (date(1996, 1, 1), None, 1, "standard_of_practice")
    assert edition.frame.filter(column_1="99213")["reason"].to_list() == [""]
    assert [file.name for file in edition.files] == [
        "ccipra-v322r0-f1.zip: ccipra-v322r0-f1.TXT",
        "ccipra-v322r0-f2.zip: ccipra-v322r0-f2.TXT",
    ]


@pytest.mark.parametrize(
    "head",
    [
        (
            "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\t"
            "Modifier 0=not allowed 1=allowed 9=not applicable\tPTP Edit Rationale\r\n"
        ),
        (
            '"CPT only copyright 2025 American Medical Association."\t\t\t\t\t\t\r\n'
            'Column 1\tColumn 2\t"*=in existence\r\nprior to 1996"\tEffective Date\t"Deletion Date\r\n*=no data"\t'
            '"Modifier\r\n0=not allowed\r\n1=allowed\r\n9=not applicable"\tPTP Edit Rationale\r\n'
        ),
    ],
)
def test_headings_in_one_row_or_with_line_breaks_in_their_cells(tmp_path: Path, head: str) -> None:
    [plain] = read_files([write(tmp_path / "ccipra-v322r0-f1.txt", ptp())]).editions
    path = write(tmp_path / "ccipra-v322r0-f1.txt", ptp(head=head))
    assert read_files([path]).editions[0].frame.equals(plain.frame)
    wrong = ptp(head=head).replace("20120101", "20121301")
    row = head.count("\n") + 3
    with pytest.raises(PublishedFileError, match=f"row {row}, field begins: '20121301'"):
        read_files([write(path, wrong)])


def test_spreadsheet_gives_the_same_table(tmp_path: Path) -> None:
    head = [line.split("\t") for line in PTP_HEAD.split("\r\n")[:-1]]
    path = tmp_path / "ccipra-v322r0-f1.xlsx"
    path.write_bytes(workbook([*head, *PTP_ROWS]))
    [from_sheet] = read_files([path]).editions
    [from_text] = read_files([write(tmp_path / "ccipra-v322r0-f1.txt", ptp())]).editions
    assert from_sheet.frame.equals(from_text.frame)


def test_the_text_is_read_where_an_archive_holds_both_layouts(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"ccipra-v322r0-f1.xlsx": b"PK\x03\x04 no book", "ccipra-v322r0-f1.txt": ptp()})
    [edition] = read_files([path]).editions
    assert [file.name for file in edition.files] == ["a.zip: ccipra-v322r0-f1.txt"]


def test_extract_without_first_days_answers_for_its_quarter_only(tmp_path: Path) -> None:
    rows = [(row[0], row[1], row[4].replace("*", ""), row[5], row[6]) for row in PTP_ROWS if row[3] != "20260701"]
    header = '"column_1","column_2","deletion_date","modifier_indicator","rationale"\n'
    body = "".join(
        f'"{a}","{b}","{ends and f"{ends[:4]}-{ends[4:6]}-{ends[6:]}"}",{indicator},"{why}"\n'
        for a, b, ends, indicator, why in [*rows, ("70450", "76000", "", "1", "x")]
    )
    path = tmp_path / "ncci_ptp_practitioner_2024-07-01_v302_all.csv.gz"
    path.write_bytes(gzip.compress((header + body).encode()))
    [edition] = read_files([path]).editions
    assert (edition.valid_from, edition.valid_through) == (date(2024, 7, 1), date(2024, 9, 30))
    assert edition.frame["begins_on"].null_count() == edition.frame.height == 14


@pytest.mark.parametrize(
    ("name", "kind", "first_day"),
    [
        ("ccipra-v320r0-f1.txt", Kind.PTP_PRACTITIONER, date(2026, 1, 1)),
        ("ccioph-v323r0-f1.txt", Kind.PTP_OUTPATIENT, date(2026, 10, 1)),
        ("medicare-ncci-2026q3-hospital-ptp.txt", Kind.PTP_OUTPATIENT, date(2026, 7, 1)),
    ],
)
def test_the_name_tells_edition_and_setting(tmp_path: Path, name: str, kind: Kind, first_day: date) -> None:
    rows = [row for row in PTP_ROWS if row[3] != "20260701"] + [("70450", "76000", "", "20250101", "*", "1", "x")]
    [edition] = read_files([write(tmp_path / name, ptp(rows))]).editions
    assert (edition.kind, edition.name) == (kind, first_day.isoformat())


def test_a_name_that_tells_nothing_leaves_it_to_the_newest_edit(tmp_path: Path) -> None:
    path = write(tmp_path / "edits.txt", ptp())
    [edition] = read_files([path]).editions
    assert (edition.name, edition.note) == (
        "2026-07-01",
        "Its first day is that of its newest edit: title and name tell none.",
    )
    [said] = read_files([path], Asked(Kind.PTP_OUTPATIENT, date(2026, 10, 1))).editions
    assert (said.kind, said.name, said.note) == (Kind.PTP_OUTPATIENT, "2026-10-01", "")


def _changed(place: int, **cells: str) -> str:
    names = ("column_1", "column_2", "before_1996", "begins", "ends", "indicator", "rationale")
    rows = [list(row) for row in PTP_ROWS]
    for name, cell in cells.items():
        rows[place][names.index(name)] = cell
    return ptp(rows)


# The first edit stands in row 7.
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_changed(2, column_1="2988"), "row 9, field column_1: '2988'; expected a procedure code"),
        (_changed(2, column_2="29877X"), "row 9, field column_2: '29877X'; expected a procedure code"),
        (_changed(3, indicator="2"), "row 10, field indicator: '2'; expected 0, 1 or 9"),
        (_changed(3, begins="20101301"), "row 10, field begins: '20101301'; expected a date such as 20260701"),
        (_changed(3, begins=""), "row 10, field begins: ''; expected the edit's first day"),
        (_changed(3, ends="never"), "row 10, field ends: 'never'; expected a date, or a star for none"),
        (_changed(1, before_1996="x"), "row 8, field before_1996: 'x'; expected a star or nothing"),
        (ptp()[:-60], "row 21, field before_1996: the row ends before it; the file is cut off"),
        (ptp().replace("\t*\t0\tLaboratory panel", ""), "row 15, field indicator: ''; expected 0, 1 or 9"),
        (PTP_HEAD, "no layout that is known"),
        (ptp(PTP_ROWS[:9]), "no edit whose column 1 begins with 9, G; expected every part of the edition"),
        (ptp([*PTP_ROWS, PTP_ROWS[2]]), "the edit 29881 29877 comes twice with the same dates"),
        # Another first day stands between the two.
        (
            ptp([*PTP_ROWS, (*PTP_ROWS[2][:3], "20130101", *PTP_ROWS[2][4:]), PTP_ROWS[2]]),
            "the edit 29881 29877 comes twice with the same dates",
        ),
        (_changed(3, begins="20261001"), "an edit begins 2026-10-01, after the quarter of 2026-07-01"),
    ],
)
def test_a_wrong_file_is_refused_with_its_row_and_field(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path / "ccipra-v322r0-f1.txt", text)
    with pytest.raises(PublishedFileError) as refused:
        read_files([path])
    assert says in str(refused.value)
    assert "ccipra-v322r0-f1.txt" in str(refused.value)


def test_an_edit_may_come_with_several_first_days(tmp_path: Path) -> None:
    again = (*PTP_ROWS[2][:3], "20130101", *PTP_ROWS[2][4:])
    [edition] = read_files([write(tmp_path / "ccipra-v322r0-f1.txt", ptp([*PTP_ROWS, again]))]).editions
    assert edition.frame.height == len(PTP_ROWS) + 1


def test_columns_in_another_order_are_not_taken_for_cms(tmp_path: Path) -> None:
    head = PTP_HEAD.replace("Column 1\tColumn 2", "Column 2\tColumn 1")
    with pytest.raises(PublishedFileError, match="no layout that is known"):
        read_files([write(tmp_path / "ccipra-v322r0-f1.txt", ptp(head=head))])


def test_a_part_alone_is_refused(tmp_path: Path) -> None:
    _, second = ptp_zips(tmp_path)
    with pytest.raises(PublishedFileError, match="parts f2; expected f1, f2, … without a gap"):
        read_files([second])


def test_a_loaded_edition_answers_for_every_specialty_at_once(data: Path, tmp_path: Path) -> None:
    assert ncci.find("29881", "29877", IN_FORCE) is None
    assert not ncci.covers("29881", "29877")
    assert ncci.find("97530", "97116", IN_FORCE) is None
    load_files(ptp_zips(tmp_path), today=TODAY)
    assert data.is_dir()
    assert ncci.covers("29881", "29877")
    edit = ncci.find("29877", "29881", IN_FORCE)
    assert edit == ncci.PairEdit("29881", "29877", 0, date(2012, 1, 1), None, "mutually_exclusive", confirmed=True)
    assert ncci.edition().name == "2026-07-01"
    # What is shipped has an edit of 97012 and 97140; the edition loaded has none.
    assert ncci.find("97012", "97140", IN_FORCE) is None


@pytest.mark.parametrize(
    ("pair", "day", "indicator"),
    [
        (("66984", "66982"), date(2024, 12, 31), None),
        (("66984", "66982"), date(2025, 1, 1), 0),
        (("66984", "66982"), date(2026, 6, 30), 0),
        (("66984", "66982"), date(2026, 7, 1), None),
        (("97530", "97116"), date(2019, 12, 31), 1),
        (("97530", "97116"), date(2020, 1, 1), None),
        (("97530", "97116"), date(2026, 6, 30), None),
        (("97530", "97116"), date(2026, 7, 1), 0),
        (("97140", "97530"), date(2020, 1, 1), None),
        (("11042", "97597"), date(1996, 1, 1), 1),
    ],
)
def test_an_edit_holds_on_its_own_days(
    data: Path, tmp_path: Path, pair: tuple[str, str], day: date, indicator: int | None
) -> None:
    load_files(ptp_zips(tmp_path), today=TODAY, folder=data)
    edit = ncci.find(*pair, day)
    assert (edit and edit.modifier_indicator) == indicator
    assert edit is None or edit.confirmed


@pytest.mark.parametrize(("day", "confirmed"), [(date(2026, 9, 30), True), (date(2026, 10, 1), False)])
def test_after_its_quarter_an_edition_is_unconfirmed(data: Path, tmp_path: Path, day: date, *, confirmed: bool) -> None:
    load_files(ptp_zips(tmp_path), today=TODAY, folder=data)
    edit = ncci.find("97140", "97124", day)
    assert edit is not None
    assert edit.confirmed is confirmed


def test_an_edition_older_than_what_is_shipped_does_not_answer(data: Path, tmp_path: Path) -> None:
    rows = [row for row in PTP_ROWS if row[3] < "20240101"] + [
        ("66984", "66982", "", "20200101", "*", "0", "x"),
        ("70450", "76000", "", "20200101", "*", "0", "x"),
    ]
    load_files(ptp_zips(tmp_path, "v301r0", rows), today=TODAY, folder=data)
    assert ncci.edition().name == "2024-07-01"
    assert ncci.find("29881", "29877", IN_FORCE) is None
