"""Fee schedule files: releases, years, localities; and the prices that loaded releases make."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cleanclaim.dates import LookupStatus
from cleanclaim.pricing.quote import QuotedLine, price_lines
from cleanclaim.reference import fee_schedule, procedure_tables
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.load import load_files, read_files
from cleanclaim.reference.published.opening import PublishedFileError
from cleanclaim.reference.published.table import Asked
from tests.reference.published.files import Cells, csv_text, workbook, write

TODAY = date(2026, 11, 21)

HEAD: tuple[Cells, ...] = (
    ("", "", "", "", "NOT USED", "", "", "", "", "", "", "", "", "", "", "DIAGNOSTIC"),
    ("", "", "", "", "FOR", "", "", "NON-FAC", "", "FACILITY", "", "", "", "", "", "IMAGING"),
    (
        "",
        "",
        "",
        "STATUS",
        "MEDICARE ",
        "WORK",
        "NON-FAC",
        "NA",
        "FACILITY",
        "NA",
        "MP",
        "PCTC",
        "GLOB",
        "MULT",
        "CONV",
    ),
    (
        "HCPCS",
        "MOD",
        "DESCRIPTION",
        "CODE",
        "PAYMENT",
        "RVU",
        "PE RVU",
        "INDICATOR",
        "PE RVU",
        "INDICATOR",
        "RVU",
        "IND",
        "DAYS",
        "PROC",
        "FACTOR",
        "INDICATOR",
    ),
)
NAME = "PPRRVU2026_Oct_nonQPP.csv"


def title(release: str) -> tuple[Cells, ...]:
    return (
        ("", "", f"{release} National Physician Fee Schedule Relative Value File {{}} Release".format("October")),
        ("", "", "CPT codes and descriptions only are copyright 2026 American Medical Association."),
        ("", "", "RELEASED 09/11/2026"),
    )


def pprrvu(path: Path, *rows: str, year: str = "2026", month: str = "October") -> Path:
    """Rows of code, modifier, status, work, practice expense, malpractice and conversion factor."""
    cells = []
    for row in rows:
        code, modifier, status, work, expense, malpractice, factor = row.split(",")
        cells.append(
            (
                code,
                modifier,
                "words",
                status,
                "",
                work,
                expense,
                "",
                expense,
                "",
                malpractice,
                "0",
                "XXX",
                "0",
                factor,
                "99",
            )
        )
    head = [tuple(cell.replace("October", month) for cell in line) for line in title(year)]
    return write(path, csv_text([*head, *HEAD, *cells]))


SURGERY = "29881,,A,7.03,7.20,1.25,33.4009"
EXERCISE = "97110,,A,0.50,0.41,0.01,33.4009"


def test_a_release_is_told_by_its_title(tmp_path: Path) -> None:
    [edition] = read_files([pprrvu(tmp_path / "x.csv", SURGERY, EXERCISE)]).editions
    assert (edition.kind, edition.name, edition.valid_through) == (
        Kind.RELATIVE_VALUES,
        "2026-10-01",
        date(2026, 12, 31),
    )
    assert edition.version == "2026 National Physician Fee Schedule Relative Value File October Release"
    assert edition.frame.select("code", "work", "pe_nonfacility", "mp", "conversion_factor_e4").rows() == [
        ("29881", 703, 720, 125, 334_009),
        ("97110", 50, 41, 1, 334_009),
    ]


def test_a_release_from_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "PPRRVU2026_Oct.xlsx"
    row = ("29881", "", "words", "A", "", "7.03", "7.20", "", "7.20", "", "1.25", "0", "XXX", "0", "33.4009", "99")
    path.write_bytes(workbook([*title("2026"), *HEAD, row]))
    [edition] = read_files([path]).editions
    assert edition.frame.select("work", "pe_facility", "conversion_factor_e4").row(0) == (703, 720, 334_009)


@pytest.mark.usefixtures("data")
def test_loaded_values_hold_from_their_release_through_the_year(tmp_path: Path) -> None:
    assert fee_schedule.rvu("29881", date(2026, 11, 1)).status is LookupStatus.NOT_LISTED
    load_files([pprrvu(tmp_path / NAME, SURGERY, EXERCISE)], today=TODAY)
    # A code that is not shipped is answered for the whole year, a shipped one from the release on.
    for code, day, work in (
        ("29881", date(2026, 1, 1), 703),
        ("29881", date(2026, 12, 31), 703),
        ("97110", date(2026, 9, 30), 45),
        ("97110", date(2026, 10, 1), 50),
    ):
        found = fee_schedule.rvu(code, day)
        assert found.value is not None
        assert found.value.work == work, (code, day)
    assert fee_schedule.rvu("29881", date(2025, 12, 31)).status is LookupStatus.OUTSIDE_DATES
    # What is shipped and not in the release has ended with it.
    assert fee_schedule.rvu("97140", date(2026, 9, 30)).status is LookupStatus.FOUND
    assert fee_schedule.rvu("97140", date(2026, 10, 1)).status is LookupStatus.OUTSIDE_DATES
    dated = fee_schedule.rvu("97110", date(2026, 10, 1)).dated
    assert dated is not None
    assert "edition of 2026-10-01" in dated.source.cite()


@pytest.mark.usefixtures("data")
def test_a_later_release_of_the_year_ends_the_one_before(tmp_path: Path) -> None:
    july = pprrvu(tmp_path / "PPRRVU2026_Jul.csv", "29881,,A,7.00,7.20,1.25,33.4009", month="July")
    load_files([july, pprrvu(tmp_path / NAME, SURGERY)], today=TODAY)
    works = [
        found.work
        for day in (date(2026, 1, 1), date(2026, 9, 30), date(2026, 10, 1))
        if (found := fee_schedule.rvu("29881", day).value)
    ]
    assert works == [700, 700, 703]


@pytest.mark.usefixtures("data")
def test_a_surgeon_s_code_is_priced_at_once(tmp_path: Path) -> None:
    day = date(2026, 11, 1)
    [before] = price_lines([QuotedLine("29881")], date=day).lines
    assert before.allowed_cents is None
    load_files([pprrvu(tmp_path / NAME, SURGERY)], today=TODAY)
    [after] = price_lines([QuotedLine("29881")], date=day).lines
    # (7.03 + 7.20 + 1.25) × 33.4009 = 517.0459…
    assert after.allowed_cents == 51_705


@pytest.mark.usefixtures("data")
def test_the_next_year_brings_its_conversion_factor(tmp_path: Path) -> None:
    day = date(2027, 2, 1)
    assert fee_schedule.conversion_factor().on(day).status is LookupStatus.PAST_HORIZON
    year = pprrvu(
        tmp_path / "PPRRVU2027_Jan_nonQPP.csv", "97110,,A,0.50,0.40,0.01,33.0000", year="2027", month="January"
    )
    load_files([year], today=TODAY)
    assert fee_schedule.conversion_factor().on(day).value == 330_000
    assert fee_schedule.conversion_factor().on(date(2026, 12, 31)).value == 334_009
    assert fee_schedule.conversion_factor().on(date(2028, 1, 1)).status is LookupStatus.PAST_HORIZON
    # Without the indices of the year there is no price.
    assert fee_schedule.horizon() == date(2026, 12, 31)
    load_files([gpci(tmp_path / "GPCI2027.csv", "2027")], today=TODAY)
    assert fee_schedule.horizon() == date(2027, 12, 31)
    # (0.50 + 0.40 + 0.01) × 33.0000 = 30.03
    assert price_lines([QuotedLine("97110")], date=day).lines[0].allowed_cents == 3_003


@pytest.mark.usefixtures("data")
def test_of_two_files_of_a_release_the_factor_of_non_participants_is_used(tmp_path: Path) -> None:
    qualifying = pprrvu(
        tmp_path / "PPRRVU2027_Jan_QPP.csv", "97110,,A,0.50,0.40,0.01,33.2000", year="2027", month="January"
    )
    plain = pprrvu(
        tmp_path / "PPRRVU2027_Jan_nonQPP.csv", "97110,,A,0.50,0.40,0.01,33.0000", year="2027", month="January"
    )
    [edition] = read_files([qualifying, plain]).editions
    assert [file.name for file in edition.files] == ["PPRRVU2027_Jan_nonQPP.csv"]
    load_files([qualifying], today=TODAY)
    assert fee_schedule.conversion_factor().on(date(2027, 2, 1)).status is LookupStatus.PAST_HORIZON


@pytest.mark.usefixtures("data")
def test_a_release_gives_the_status_of_codes_that_are_not_listed(tmp_path: Path) -> None:
    before = procedure_tables.medicare_status_table()
    rows = ("99070,,B,0.00,0.00,0.00,33.4009", "29881,26,N,0.00,0.00,0.00,33.4009", "00100,,J,0.00,0.00,0.00,33.4009")
    load_files([pprrvu(tmp_path / NAME, SURGERY, EXERCISE, *rows)], today=TODAY)
    after = procedure_tables.medicare_status_table()
    assert after.head(before.height).equals(before)
    year = (date(2026, 1, 1), date(2026, 12, 31))
    # 97110 is listed here; the professional part of a code and an anesthesia code have no status of ours.
    assert after.tail(-before.height).rows() == [("29881", "active", *year), ("99070", "bundled", *year)]


def gpci(path: Path, year: str = "2026", *rows: str) -> Path:
    lines = rows or ("10112,AL,00,ALABAMA,1.000,0.880,0.570", "02102,AK,01,ALASKA*,1.5,1.065,0.551")
    head = (
        f"ADDENDUM E. FINAL CY {year} GEOGRAPHIC PRACTICE COST INDICES (GPCIs) BY STATE AND MEDICARE LOCALITY\r\n\r\n"
        "Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,"
        f"{year} PW GPCI (with 1.0 Floor)***,{year} PE GPCI,{year} MP GPCI\r\n"
    )
    return write(path, head + "".join(f"{line}\r\n" for line in lines) + "*Work GPCI reflects a 1.5 floor.,,,,,,\r\n")


@pytest.mark.usefixtures("data")
def test_loaded_indices_stand_for_their_year(tmp_path: Path) -> None:
    load_files([gpci(tmp_path / "g.csv")], today=TODAY)
    for day, expense in ((date(2025, 12, 31), 869), (date(2026, 1, 1), 880), (date(2026, 12, 31), 880)):
        found = fee_schedule.gpci("10112-00", day)
        assert found.value is not None
        assert found.value.pe == expense
    assert fee_schedule.gpci("01112-54", date(2026, 1, 1)).status is LookupStatus.OUTSIDE_DATES
    assert fee_schedule.gpci("national", date(2026, 6, 1)).value is not None


COUNTIES = (
    "COUNTIES INCLUDED IN 2025 LOCALITIES. (ALPHABETICALLY BY STATE AND LOCALITY NAME WITHIN STATE),,,,\r\n,,,,\r\n"
    "Medicare Adminstrative Contractor,Locality Number,State ,Fee Schedule Area ,Counties\r\n,,,,\r\n"
    "10112,0,ALABAMA ,STATEWIDE ,ALL COUNTIES \r\n,,,,\r\n"
    '1112,62,CALIFORNIA,RIVERSIDE-SAN BERNARDINO-ONTARIO,"SAN BERNARDINO, RIVERSIDE"\r\n'
    '1112,70,,YUBA CITY,"SUTTER, YUBA"\r\n'
)


def test_a_year_that_the_title_contradicts_is_refused(tmp_path: Path) -> None:
    path = gpci(tmp_path / "g.csv", "2025")
    with pytest.raises(PublishedFileError, match=r"g\.csv: its title says 2025; --from says 2026"):
        read_files([path], Asked(begins=date(2026, 1, 1)))
    [same] = read_files([path], Asked(begins=date(2025, 1, 1))).editions
    assert same.valid_from == date(2025, 1, 1)


def test_a_release_may_hold_from_another_day_of_its_year_only(tmp_path: Path) -> None:
    path = pprrvu(tmp_path / "PPRRVU.csv", EXERCISE, year="2024", month="January")
    [found] = read_files([path], Asked(begins=date(2024, 3, 9))).editions
    assert found.valid_from == date(2024, 3, 9)
    with pytest.raises(PublishedFileError, match="its title says 2024; --from says 2025"):
        read_files([path], Asked(begins=date(2025, 1, 1)))


def test_counties_take_the_state_from_above(tmp_path: Path) -> None:
    [edition] = read_files([write(tmp_path / "25LOCCO.csv", COUNTIES)]).editions
    assert (edition.kind, edition.name) == (Kind.LOCALITY_COUNTIES, "2025-01-01")
    assert edition.frame.rows() == [
        ("01112-62", "CALIFORNIA", "RIVERSIDE-SAN BERNARDINO-ONTARIO", "SAN BERNARDINO, RIVERSIDE"),
        ("01112-70", "CALIFORNIA", "YUBA CITY", "SUTTER, YUBA"),
        ("10112-00", "ALABAMA", "STATEWIDE", "ALL COUNTIES"),
    ]
    with pytest.raises(PublishedFileError, match="row 8, field mac: 'x112'; expected 5 digits"):
        read_files([write(tmp_path / "25LOCCO.csv", COUNTIES.replace("1112,70", "x112,70"))])


def zip_line(
    code: str, locality: str = "0000000", *, plus: str = "0", edition: str = "20254", state: str = "AK"
) -> str:
    return f"{state}{code}{locality} Z9   {plus} A".ljust(75) + edition + "\r\n"


def test_zip_codes_are_read_by_width(tmp_path: Path) -> None:
    text = zip_line("99501", "0210201") + zip_line("60601", "0610216", state="IL", plus="1")
    [edition] = read_files([write(tmp_path / "ZIP5_OCT2025.txt", text)]).editions
    assert (edition.kind, edition.name, edition.valid_through) == (
        Kind.ZIP_LOCALITIES,
        "2025-10-01",
        date(2025, 12, 31),
    )
    assert edition.frame.rows() == [
        ("60601", "IL", "06102-16", "", True),
        ("99501", "AK", "02102-01", "", False),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (zip_line("9950A", "0210201"), "row 2, field zip: not laid out as expected"),
        (zip_line("99502", "02102-1"), "row 2, field locality: not laid out as expected"),
        (zip_line("99502", "0210201")[:40] + "\r\n", "row 2, field year and quarter: not laid out as expected"),
        (zip_line("99502", "0210201")[:10] + "\r\n", "row 2, field carrier: not laid out as expected"),
        (zip_line("99502", "0210201", edition="20261"), "rows of several quarters (20254, 20261); expected one"),
        (zip_line("99501", "0210201"), "ZIP code 99501 comes twice for one locality"),
    ],
)
def test_a_wrong_zip_line_is_refused(tmp_path: Path, line: str, says: str) -> None:
    path = write(tmp_path / "ZIP5_OCT2025.txt", zip_line("99501", "0210201") + line)
    with pytest.raises(PublishedFileError) as refused:
        read_files([path])
    assert says in str(refused.value)
