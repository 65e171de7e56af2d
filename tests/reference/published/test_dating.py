"""The first day of an edition, from titles and names as publishers write them."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.reference.published.dating import calendar_year, first_day, fiscal_year_of, last_of_quarter
from cleanclaim.reference.published.layout import parse_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ccipra-v320r0-f1.TXT", date(2026, 1, 1)),
        ("ccipra-v303r0-f4.zip", date(2024, 10, 1)),
        ("ncci_ptp_practitioner_2024-07-01_v302_all.csv", date(2024, 7, 1)),
        ("medicare-ncci-2026q2-practitioner-ptp-edits.zip", date(2026, 4, 1)),
        ("medicaid-ncci-q3-2026.zip", date(2026, 7, 1)),
        ("MCR_MUE_PractitionerServices_Eff_10-01-2025.csv", date(2025, 10, 1)),
        ("Practitioner MUE Table, effective July 1, 2026", date(2026, 7, 1)),
        ("AOC_V2025Q4_01-MCR.txt", date(2025, 10, 1)),
        ("HCPC2026_JUL_ANWEB_06172026.txt", date(2026, 7, 1)),
        ("PPRRVU2026_Jan_nonQPP.csv", date(2026, 1, 1)),
        ("2026 National Physician Fee Schedule Relative Value File July Release", date(2026, 7, 1)),
        ("icd10c-tabular-April-1-2026.xml", date(2026, 4, 1)),
        ("icd10cm_order_2027.txt", None),
        ("CPT codes are copyright 2025 American Medical Association", None),
        ("edits_2026-13-01.txt", None),
    ],
)
def test_first_day(text: str, day: date | None) -> None:
    assert first_day([text]) == day


def test_the_first_text_that_tells_decides() -> None:
    assert first_day(["no date", "Eff_10-01-2025", "2026-01-01"]) == date(2025, 10, 1)
    assert calendar_year(["no year", "icd10cm_order_2027.txt", "2026"]) == 2027
    assert calendar_year(["12026"]) is None


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2024, 3, 9), date(2024, 3, 31)),
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters(day: date, last: date) -> None:
    assert last_of_quarter(day) == last


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 9, 30), (date(2025, 10, 1), date(2026, 9, 30))),
        (date(2026, 10, 1), (date(2026, 10, 1), date(2027, 9, 30))),
        (date(2027, 4, 1), (date(2026, 10, 1), date(2027, 9, 30))),
    ],
)
def test_fiscal_years(day: date, year: tuple[date, date]) -> None:
    assert fiscal_year_of(day) == year


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260701", date(2026, 7, 1)),
        ("2026-7-1", date(2026, 7, 1)),
        ("7/1/2026", date(2026, 7, 1)),
        ("07-01-2026", date(2026, 7, 1)),
        ("2026-07-01 00:00:00", date(2026, 7, 1)),
        ("2024060", date(2024, 2, 29)),
        ("2026182", date(2026, 7, 1)),
        ("2026000", None),
        ("2024366", date(2024, 12, 31)),
        ("2026366", None),
        ("20260231", None),
        ("July", None),
    ],
)
def test_days_of_cells(text: str, day: date | None) -> None:
    assert parse_day(text) == day
