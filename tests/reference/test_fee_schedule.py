"""Relative values and indices: figures of the published files, every year, and strict reading of new files."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date
from importlib import resources
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.dates import LookupStatus
from cleanclaim.reference import fee_schedule
from cleanclaim.reference.fee_schedule import (
    FeeScheduleError,
    editions,
    gpci,
    gpci_table,
    horizon,
    localities,
    read_editions,
    rvu,
    rvu_table,
)
from cleanclaim.reference.lookup import attach, table_record
from cleanclaim.reference.published.geographic_indices import read_gpci
from cleanclaim.reference.published.opening import PublishedFileError
from cleanclaim.reference.published.relative_values import read_pprrvu

# code: (work, practice expense outside a facility, malpractice) at 10⁻² in the CMS files RVU24C, RVU25D, RVU26C.
PUBLISHED = {
    "97110": ((45, 42, 1), (45, 43, 1), (45, 41, 1)),
    "97112": ((50, 50, 1), (50, 48, 1), (50, 47, 1)),
    "97113": ((48, 61, 1), (48, 64, 1), (48, 62, 1)),
    "97116": ((45, 42, 1), (45, 43, 1), (45, 41, 1)),
    "97124": ((35, 55, 1), (35, 56, 1), (35, 53, 1)),
    "97140": ((43, 37, 1), (43, 40, 1), (43, 39, 1)),
    "97150": ((29, 24, 1), (29, 24, 1), (29, 24, 1)),
    "97161": ((154, 143, 4), (154, 145, 4), (154, 138, 1)),
    "97162": ((154, 143, 4), (154, 145, 4), (154, 138, 1)),
    "97163": ((154, 143, 4), (154, 145, 4), (154, 138, 1)),
    "97164": ((96, 110, 3), (96, 111, 2), (96, 105, 1)),
    "97530": ((44, 65, 1), (44, 62, 1), (44, 60, 1)),
    "97535": ((45, 52, 1), (45, 53, 1), (45, 51, 1)),
    "97537": ((48, 46, 1), (48, 49, 1), (48, 47, 1)),
    "97542": ((48, 46, 1), (48, 46, 1), (48, 44, 1)),
    "97012": ((25, 16, 1), (25, 18, 1), (24, 18, 1)),
    "97016": ((18, 16, 1), (18, 17, 1), (18, 17, 1)),
    "97032": ((25, 17, 1), (25, 18, 1), (25, 18, 1)),
    "97035": ((21, 20, 1), (21, 21, 1), (21, 21, 1)),
    "97750": ((45, 56, 1), (45, 57, 1), (45, 55, 1)),
    "97760": ((50, 92, 1), (50, 91, 1), (50, 87, 1)),
    "97761": ((50, 74, 1), (50, 74, 1), (50, 70, 1)),
    "97763": ((48, 108, 1), (48, 106, 1), (48, 101, 1)),
    "G0283": ((18, 16, 1), (18, 19, 1), (18, 19, 1)),
}


def found(code: str, day: date, modifier: str = "") -> fee_schedule.RelativeValues:
    value = rvu(code, day, modifier).value
    assert value is not None
    return value


@pytest.mark.parametrize("code", sorted(PUBLISHED))
def test_published_relative_values(code: str) -> None:
    for day, expected in zip((date(2024, 12, 31), date(2025, 1, 1), date(2026, 1, 1)), PUBLISHED[code], strict=True):
        value = found(code, day)
        assert (value.work, value.pe_nonfacility, value.mp) == expected
        assert value.status == "A"


def test_a_year_changes_on_new_years_day() -> None:
    assert found("97161", date(2020, 12, 31)).work == 120
    assert found("97161", date(2021, 1, 1)).work == 154
    assert found("97110", date(2025, 12, 31)).pe_nonfacility == 43
    assert found("97110", date(2026, 1, 1)).pe_nonfacility == 41


def test_a_quarter_that_differs_is_kept_apart_and_equal_ones_are_one_row() -> None:
    assert found("20560", date(2020, 3, 31)).status == "N"
    assert found("20560", date(2020, 4, 1)).status == "A"
    rows = rvu_table().filter(pl.col("code") == "97110").select("edition", "valid_from", "valid_through").rows()
    assert rows == [
        ("rvu20a..rvu22d", date(2020, 1, 1), date(2022, 12, 31)),
        ("rvu23a..rvu24c", date(2023, 1, 1), date(2024, 12, 31)),
        ("rvu25d", date(2025, 1, 1), date(2025, 12, 31)),
        ("rvu26c", date(2026, 1, 1), date(2026, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("code", "last_day_without", "first_edition"),
    [
        ("G2250", date(2020, 12, 31), "rvu21a"),
        ("98975", date(2021, 12, 31), "rvu22a"),
        ("98978", date(2022, 12, 31), "rvu23a"),
        ("97550", date(2023, 12, 31), "rvu24a"),
        ("98016", date(2024, 12, 31), "rvu25d"),
        ("98979", date(2025, 12, 31), "rvu26c"),
        ("98984", date(2025, 12, 31), "rvu26c"),
        ("98985", date(2025, 12, 31), "rvu26c"),
    ],
)
def test_a_new_code_begins_on_its_first_day(code: str, last_day_without: date, first_edition: str) -> None:
    assert rvu(code, last_day_without).status is LookupStatus.OUTSIDE_DATES
    first = date(last_day_without.year + 1, 1, 1)
    assert found(code, first).edition.startswith(first_edition)


@pytest.mark.parametrize(
    ("code", "status"),
    [("97010", "B"), ("97014", "I"), ("97037", "N"), ("97026", "R"), ("97545", "R"), ("97039", "C"), ("0791T", "C")],
)
def test_medicare_status_in_2026(code: str, status: str) -> None:
    assert found(code, date(2026, 7, 1)).status == status


def test_remote_monitoring_totals_of_2026() -> None:
    totals = {}
    for code in ("98975", "98977", "98985", "98979", "98980", "98981"):
        value = found(code, date(2026, 7, 1))
        totals[code] = value.work + value.pe_nonfacility + value.mp
        assert value.multiple_procedure == "0"
    assert totals == {"98975": 65, "98977": 154, "98985": 154, "98979": 79, "98980": 162, "98981": 124}
    assert "corrected upward" in editions()["rvu26c"].note


# CMS file RVU26C, column MULT PROC; the same list in RVU25D.
ALWAYS_THERAPY = [
    "0791T",
    "92507",
    "92508",
    "92521",
    "92522",
    "92523",
    "92524",
    "92526",
    "92597",
    "92607",
    "92609",
    "96125",
    "97012",
    "97016",
    "97018",
    "97022",
    "97024",
    "97026",
    "97028",
    "97032",
    "97033",
    "97034",
    "97035",
    "97036",
    "97110",
    "97112",
    "97113",
    "97116",
    "97124",
    "97140",
    "97150",
    "97161",
    "97162",
    "97163",
    "97164",
    "97165",
    "97166",
    "97167",
    "97168",
    "97530",
    "97533",
    "97535",
    "97537",
    "97542",
    "97750",
    "97755",
    "97760",
    "97761",
    "97763",
    "G0281",
    "G0283",
    "G0329",
]


@pytest.mark.parametrize("day", [date(2025, 6, 30), date(2026, 6, 30)])
def test_the_codes_that_the_multiple_procedure_cut_meets(day: date) -> None:
    held = rvu_table().filter(pl.lit(day).is_between("valid_from", "valid_through"), multiple_procedure="5")
    assert held["code"].to_list() == ALWAYS_THERAPY
    assert held["pctc"].unique().to_list() == ["7"]


def test_size_of_the_table_and_no_overlap() -> None:
    table = rvu_table()
    assert table.schema == fee_schedule.RVU_SCHEMA
    assert table.height == 1_451
    assert table["code"].n_unique() == 462
    by_modifier = dict(table["modifier"].value_counts().iter_rows())
    assert by_modifier == {"": 1_306, "26": 75, "TC": 70}
    # Unknown only where one file a year was read without its NA indicators.
    unknown = table.filter(pl.col("na_facility").is_null())
    assert sorted(unknown["code"].unique()) == ["29581", "98966", "98967", "98968"]
    assert table.drop("na_nonfacility", "na_facility").null_count().row(0) == (0,) * 13
    # The index of attach refuses overlapping periods of a code and modifier.
    lines = pl.DataFrame({"code": ["97110"], "modifier": [""], "day": [date(2026, 3, 4)]})
    out = attach(
        lines,
        table,
        by={"code": "code", "modifier": "modifier"},
        day="day",
        take={"work": "work", "pe_nonfacility": "pe", "mp": "mp"},
        status="rvu_status",
    )
    assert out.row(0)[3:] == (45, 41, 1, "found")


def test_a_lookup_says_why_it_has_no_value_and_where_it_was_read() -> None:
    assert rvu("97110", date(2019, 12, 31)).status is LookupStatus.OUTSIDE_DATES
    assert rvu("97110", date(2027, 1, 1)).status is LookupStatus.PAST_HORIZON
    assert rvu("97762", date(2026, 1, 1)).status is LookupStatus.NOT_LISTED
    assert rvu("97110", date(2026, 1, 1), "TC").status is LookupStatus.NOT_LISTED
    assert horizon() == date(2026, 12, 31)
    dated = rvu("97110", date(2026, 1, 1)).dated
    assert dated is not None
    assert dated.source.title == (
        "Physician fee schedule relative value file 2026, July release of 2026-06-30, non-qualifying APM"
    )


def test_every_edition_of_the_tables_is_described() -> None:
    named = set()
    for table in (rvu_table(), gpci_table()):
        for edition in table["edition"].unique():
            named.update(edition.split(".."))
    assert named <= set(editions())
    assert len(editions()) == 30
    assert editions()["rvu24a"].last_day == date(2024, 3, 8)
    assert editions()["rvu24ar"].first_day == date(2024, 3, 9)
    assert editions()["rvu24c"].last_day == date(2024, 12, 31)


# locality, first day of the year, (work, practice expense, malpractice) at 10⁻³ in the CMS files.
INDICES = [
    ("10112-00", 2020, (1_000, 889, 707)),
    ("10112-00", 2021, (1_000, 888, 921)),
    ("10112-00", 2022, (1_000, 888, 921)),
    ("10112-00", 2023, (1_000, 878, 748)),
    ("10112-00", 2024, (1_000, 869, 575)),
    ("10112-00", 2025, (1_000, 869, 575)),
    ("10112-00", 2026, (1_000, 875, 566)),
    ("02102-01", 2026, (1_500, 1_065, 551)),
    ("01112-05", 2026, (1_095, 1_410, 425)),
    ("01312-00", 2026, (1_000, 1_001, 833)),
    ("03602-21", 2026, (1_000, 1_000, 740)),
    ("02402-99", 2025, (1_007, 1_040, 803)),
    ("national", 2020, (1_000, 1_000, 1_000)),
    ("national", 2026, (1_000, 1_000, 1_000)),
]


@pytest.mark.parametrize(("locality", "year", "expected"), INDICES)
def test_published_indices_hold_the_whole_year(locality: str, year: int, expected: tuple[int, int, int]) -> None:
    for day in (date(year, 1, 1), date(year, 12, 31)):
        value = gpci(locality, day).value
        assert value is not None
        assert (value.work, value.pe, value.mp) == expected


def test_size_of_the_table_of_indices_by_year() -> None:
    table = gpci_table()
    assert table.schema == fee_schedule.GPCI_SCHEMA
    by_year = table.group_by(pl.col("valid_from").dt.year()).len().sort("valid_from").rows()
    # The national row spans all years from 2020; California lost three localities in 2024.
    assert by_year == [(2020, 113), (2021, 112), (2022, 112), (2023, 112), (2024, 109), (2025, 109), (2026, 109)]
    assert table.filter(pl.col("locality") != "national")["state"].str.contains(r"^[A-Z]{2}$").all()
    assert table["work"].min() == 1_000


def test_a_locality_that_ended_or_is_unknown() -> None:
    assert gpci("01112-06", date(2023, 12, 31)).status is LookupStatus.FOUND
    assert gpci("01112-06", date(2024, 1, 1)).status is LookupStatus.OUTSIDE_DATES
    assert gpci("99999-99", date(2024, 1, 1)).status is LookupStatus.NOT_LISTED
    assert gpci("10112-00", date(2027, 1, 1)).status is LookupStatus.PAST_HORIZON
    assert gpci("10112-00", date(2019, 12, 31)).status is LookupStatus.OUTSIDE_DATES


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("alabama", ["10112-00"]),
        ("AL", ["10112-00"]),
        ("al", ["10112-00"]),
        ("01112-05", ["01112-05"]),
        ("ca francisco", ["01112-05", "01112-06", "01112-07", "01112-52"]),
        ("california san diego", ["01182-72"]),
        ("new york", ["13202-01", "13202-02", "13202-03", "13282-99", "13292-04"]),
        ("National", ["national"]),
        ("atlantis", []),
        ("NY chicago", []),
    ],
)
def test_a_locality_is_found_by_its_words(text: str, keys: list[str]) -> None:
    assert localities(text)["locality"].to_list() == keys


def test_localities_say_their_days() -> None:
    assert localities().height == 113
    assert localities("01112-06").row(0, named=True) == {
        "locality": "01112-06",
        "state": "CA",
        "name": "SAN FRANCISCO-OAKLAND-BERKELEY (SAN MATEO CNTY)",
        "valid_from": date(2020, 1, 1),
        "valid_through": date(2023, 12, 31),
    }


@pytest.mark.parametrize("name", ["fee_schedule/rvu", "fee_schedule/gpci", "ncci/pairs", "mue/mue"])
def test_a_table_is_the_one_its_record_describes(name: str) -> None:
    record = table_record(name)
    data = resources.files("cleanclaim.reference").joinpath("data", *f"{name}.csv".split("/")).read_bytes()
    assert hashlib.sha256(data).hexdigest() == record.sha256
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"))))
    assert tuple(rows[0]) == record.columns
    assert len(rows) - 1 == record.rows


# The layout of the published files with figures of our own; 2026 has the column PRIC IND more than 2025.
TITLE = (
    ",,2026 National Physician Fee Schedule Relative Value File July Release,,,,,,,,\n,,RELEASED 06/30/2026,,,,,,,,\n"
)
COLUMNS: list[tuple[str, str, str, str]] = [
    ("", "", "", "HCPCS"),
    ("", "", "", "MOD"),
    ("", "", "", "DESCRIPTION"),
    ("", "", "STATUS", "CODE"),
    ("NOT USED", "FOR", "MEDICARE ", "PAYMENT"),
    ("", "", "WORK", "RVU"),
    ("", "", "NON-FAC", "PE RVU"),
    ("", "NON-FAC", "NA", "INDICATOR"),
    ("", "", "FACILITY", "PE RVU"),
    ("", "FACILITY ", "NA", "INDICATOR"),
    ("", "", "MP", "RVU"),
    ("", "", "NON-FACILITY", "TOTAL"),
    ("", "", "PCTC", "IND"),
    ("", "", "GLOB", "DAYS"),
    ("", "", "MULT", "PROC"),
    ("", "", "CONV", "FACTOR"),
    ("DIAGNOSTIC", "IMAGING", "FAMILY", "INDICATOR"),
]
LINES = [
    ["97110", "-", "x", "A", "-", "0.45", "0.41", "-", "0.41", "NA", "0.01", "0.87", "7", "XXX", "5", "33.4009", "99"],
    ["95910", "26", "x", "A", "-", "2.00", "1.00", "-", "1.00", "-", "0.05", "3.05", "1", "XXX", "0", "33.4009", "99"],
    ["97014", "-", "x", "I", "+", "0.00", "0.00", "NA", "0.00", "-", "0.00", "0.00", "9", "XXX", "9", "33.4009", "99"],
]


def pprrvu(
    path: Path, order: list[int] | None = None, *, extra: bool = False, change: tuple[str, str] = ("", "")
) -> Path:
    order = order or list(range(len(COLUMNS)))
    headers = [[COLUMNS[place][depth] for place in order] for depth in range(4)]
    lines = [[("" if line[place] == "-" else line[place]) for place in order] for line in LINES]
    if extra:
        headers = [[*row[:3], text, *row[3:]] for row, text in zip(headers, ("", "", "PRIC", "IND"), strict=True)]
        lines = [[*row[:3], "9", *row[3:]] for row in lines]
    text = TITLE + "".join(",".join(row) + "\n" for row in [*headers, *lines])
    assert change[0] in text
    path.write_text(text.replace(*change) if change[0] else text, "utf-8")
    return path


def test_a_published_file_is_read_by_header_in_any_order_of_columns(tmp_path: Path) -> None:
    plain = read_pprrvu(pprrvu(tmp_path / "plain.csv"))
    assert plain.select("code", "modifier", "status", "work", "pe_nonfacility", "pe_facility", "mp").rows() == [
        ("97110", "", "A", 45, 41, 41, 1),
        ("95910", "26", "A", 200, 100, 100, 5),
        ("97014", "", "I", 0, 0, 0, 0),
    ]
    assert plain.select("pctc", "global", "multiple_procedure", "conversion_factor_e4").rows() == [
        ("7", "XXX", "5", 334_009),
        ("1", "XXX", "0", 334_009),
        ("9", "XXX", "9", 334_009),
    ]
    assert plain.select("na_nonfacility", "na_facility", "not_used_for_medicare").rows() == [
        (False, True, False),
        (False, False, False),
        (True, False, True),
    ]
    assert "description" not in " ".join(plain.columns)
    shuffled = [0, *reversed(range(1, len(COLUMNS)))]
    assert read_pprrvu(pprrvu(tmp_path / "a.csv", shuffled)).equals(plain)
    assert read_pprrvu(pprrvu(tmp_path / "b.csv", extra=True)).equals(plain)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("0.45", "0.4x"), "f.csv, row 7, column WORK RVU: '0.4x' is not a decimal number"),
        (("0.45", "0.455"), "f.csv, row 7, column WORK RVU: '0.455' has more than 2 decimals"),
        (("0.45", ""), "f.csv, row 7, column WORK RVU: '' is not a decimal number"),
        ((",NA,0.01", ",no,0.01"), "f.csv, row 7, column FACILITY NA INDICATOR: 'no'; expected NA or nothing"),
        (("HCPCS", "CODE"), "f.csv: no row begins with HCPCS"),
        (("MULT", "MULTI"), "f.csv: no column with the header 'MULT PROC'; expected one"),
        (("GLOB,MULT", "MULT,MULT"), "f.csv: no column with the header 'GLOB DAYS'; expected one"),
        (("95910,26", "97110,"), "f.csv, row 8: 97110 comes a second time"),
        ((",XXX,9,33.4009,99", ""), "f.csv, row 9, column MULT PROC: the row ends before it"),
    ],
)
def test_a_file_that_is_laid_out_otherwise_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(PublishedFileError) as caught:
        read_pprrvu(pprrvu(tmp_path / "f.csv", change=change))
    assert message in str(caught.value)


GPCI_FILE = """ADDENDUM E. FINAL CY 2026 GEOGRAPHIC PRACTICE COST INDICES (GPCIs) BY STATE AND MEDICARE LOCALITY,,,,,,
,,,,,,
Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,2026 PW GPCI (with 1.0 Floor)***,2026 PE GPCI,2026 MP GPCI
10112,AL,00,ALABAMA,1.000,0.875,0.566
2102,AK,1,ALASKA*,1.5,1.065,0.551
01212,HI,01,"HAWAII, GUAM",1,1.149,0.561
,,,,,,
*Work GPCI reflects a 1.5 floor in Alaska.,,,,,,
"""
EXPECTED_GPCI = [
    ("10112-00", "AL", "ALABAMA", 1_000, 875, 566),
    ("02102-01", "AK", "ALASKA", 1_500, 1_065, 551),
    ("01212-01", "HI", "HAWAII, GUAM", 1_000, 1_149, 561),
]


def test_a_published_file_of_indices_is_read_by_header(tmp_path: Path) -> None:
    path = tmp_path / "GPCI2026.csv"
    path.write_text(GPCI_FILE, "utf-8")
    assert read_gpci(path).rows() == EXPECTED_GPCI
    # A byte-order mark, and a letter that is not UTF-8.
    path.write_bytes(b"\xef\xbb\xbf" + GPCI_FILE.encode())
    assert read_gpci(path).rows() == EXPECTED_GPCI
    path.write_bytes(GPCI_FILE.replace("ALABAMA", "PE\xd1ASCO").encode("cp1252"))
    assert read_gpci(path)["name"][0] == "PE\xd1ASCO"


def test_a_floor_that_is_not_in_force_is_not_read_for_the_one_that_is(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    both = GPCI_FILE.replace("2026 PW GPCI (with", "2026 PW GPCI (without 1.0 Floor),2026 PW GPCI (with")
    both = both.replace("ALABAMA,", "ALABAMA,0.9,").replace("ALASKA*,", "ALASKA*,1.5,").replace('GUAM",', 'GUAM",0.9,')
    path.write_text(both, "utf-8")
    assert read_gpci(path).rows() == EXPECTED_GPCI


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("0.875", "0.8755"), "f.csv, row 4, column pe: '0.8755' has more than 3 decimals"),
        (("0.875", ""), "f.csv, row 4, column pe: '' is not a decimal number"),
        (("10112", "1O112"), "f.csv, row 4, column mac: '1O112'; expected 5 digits"),
        (("AL,00", "AL,000"), "f.csv, row 4, column number: '000'; expected 2 digits"),
        (("2102,AK,1", "10112,AK,0"), "f.csv, row 5: locality 10112-00 comes a second time"),
        (("Locality Number", "Number"), "f.csv: no row has a column Locality Number"),
        (("2026 MP GPCI", "2026 MP"), "f.csv, row 3: no column for mp; the header is Medicare"),
    ],
)
def test_indices_that_are_laid_out_otherwise_are_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "f.csv"
    assert GPCI_FILE.count(change[0]) == 1
    path.write_text(GPCI_FILE.replace(*change), "utf-8")
    with pytest.raises(PublishedFileError) as caught:
        read_gpci(path)
    assert message in str(caught.value)


def test_an_edition_with_a_wrong_key_is_refused() -> None:
    good = (
        '[x]\ntitle = "T"\nsection = "S"\nfrom = 2026-01-01\nthrough = 2026-12-31\n'
        'read_on = 2026-11-21\nconfidence = "seen"\n'
    )
    assert read_editions(good)["x"].note == ""
    with pytest.raises(FeeScheduleError, match=r"editions\.toml: x: unknown key 'to'"):
        read_editions(good + "to = 1\n")
    with pytest.raises(FeeScheduleError, match=r"editions\.toml: x: lacks key 'section'"):
        read_editions(good.replace('section = "S"\n', ""))
