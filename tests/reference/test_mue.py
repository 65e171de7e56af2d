"""Unit limits: figures of both editions, which of them answers, and what is confirmed."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cleanclaim.reference import mue
from cleanclaim.reference.lookup import attach

QUARTER_2024 = date(2024, 8, 15)
QUARTER_2026 = date(2026, 5, 15)

# code: (units, adjudication indicator), CMS practitioner list of 2024-07-01.
LIMITS = {
    "97010": (0, 3),
    "97014": (0, 3),
    "97012": (1, 3),
    "G0283": (1, 3),
    "97032": (4, 3),
    "97033": (4, 3),
    "97034": (2, 3),
    "97035": (2, 3),
    "97036": (3, 3),
    "97037": (1, 2),
    "97110": (6, 3),
    "97112": (4, 3),
    "97113": (6, 3),
    "97116": (4, 3),
    "97124": (4, 3),
    "97129": (1, 2),
    "97130": (7, 3),
    "97140": (6, 3),
    "97150": (1, 3),
    "97161": (1, 2),
    "97162": (1, 2),
    "97163": (1, 2),
    "97164": (1, 2),
    "97530": (6, 3),
    "97533": (4, 3),
    "97535": (8, 3),
    "97537": (6, 3),
    "97542": (8, 3),
    "97545": (1, 2),
    "97546": (2, 3),
    "97550": (1, 2),
    "97551": (2, 3),
    "97552": (1, 2),
    "97597": (1, 3),
    "97598": (8, 3),
    "97602": (0, 3),
    "97750": (8, 3),
    "97755": (8, 3),
    "97760": (6, 3),
    "97761": (6, 3),
    "97763": (6, 3),
    "95851": (3, 3),
    "95852": (1, 3),
    "95992": (1, 2),
    "96125": (2, 3),
    "90912": (1, 2),
    "90913": (3, 3),
    "20560": (1, 2),
    "98975": (1, 2),
    "98981": (3, 3),
}


@pytest.mark.parametrize("code", sorted(LIMITS))
def test_published_limits(code: str) -> None:
    limit = mue.get(code, QUARTER_2024)
    assert limit is not None
    assert (limit.units, limit.mai) == LIMITS[code]
    assert (limit.edition, limit.confirmed) == ("2024-07-01", True)
    later = mue.get(code, QUARTER_2026)
    assert later is not None
    # Of 2026 only the limits with indicator 3 were read; they had not changed. The others stay unconfirmed.
    assert (later.units, later.mai) == LIMITS[code]
    assert later.confirmed is (limit.mai == mue.PER_DAY)
    assert later.edition == ("2026-04-01" if later.confirmed else "2024-07-01")


@pytest.mark.parametrize(
    ("day", "edition", "confirmed"),
    [
        (date(2020, 1, 1), "2024-07-01", False),
        (date(2024, 6, 30), "2024-07-01", False),
        (date(2024, 7, 1), "2024-07-01", True),
        (date(2024, 9, 30), "2024-07-01", True),
        (date(2024, 10, 1), "2024-07-01", False),
        (date(2026, 3, 31), "2024-07-01", False),
        (date(2026, 4, 1), "2026-04-01", True),
        (date(2026, 6, 30), "2026-04-01", True),
        (date(2026, 7, 1), "2026-04-01", False),
    ],
)
def test_which_edition_answers_on_both_sides_of_each_quarter(day: date, edition: str, confirmed: bool) -> None:  # noqa: FBT001
    limit = mue.get("97110", day)
    assert limit is not None
    assert (limit.units, limit.edition, limit.confirmed) == (6, edition, confirmed)


def test_a_code_that_no_edition_lists_has_no_limit() -> None:
    assert mue.get("98979", QUARTER_2026) is None
    assert mue.get("", QUARTER_2024) is None


def test_size_of_the_table() -> None:
    table = mue.table()
    assert table.height == 501
    assert dict(table["edition"].value_counts().iter_rows()) == {"2024-07-01": 449, "2026-04-01": 52}
    assert dict(table.filter(edition="2024-07-01")["mai"].value_counts().iter_rows()) == {1: 1, 2: 178, 3: 270}
    assert table.filter(edition="2026-04-01")["mai"].unique().to_list() == [3]
    assert table.drop("valid_from", "valid_through").null_count().row(0) == (0,) * 7
    assert table.filter(edition="2026-04-01")["reason"].unique().to_list() == [""]
    assert table.filter(code="97161")["reason"].to_list() == ["policy"]


def test_the_table_attaches_as_get_answers() -> None:
    codes = [*LIMITS, "98979"]
    for day in (date(2020, 1, 1), QUARTER_2024, date(2026, 3, 31), QUARTER_2026, date(2027, 1, 1)):
        lines = pl.DataFrame({"code": codes}).with_columns(pl.lit(day).alias("day"))
        take = {
            "units": "units",
            "edition": "edition",
            "confirmed_from": "confirmed_from",
            "confirmed_through": "confirmed_through",
        }
        out = attach(lines, mue.table(), by={"code": "code"}, day="day", take=take, status="status").with_columns(
            pl.col("day").is_between("confirmed_from", "confirmed_through").alias("confirmed")
        )
        answers = [mue.get(code, day) for code in codes]
        assert answers[-1] is None
        assert out.select("units", "edition", "confirmed").rows() == [
            (limit.units, limit.edition, limit.confirmed) if limit else (None, None, None) for limit in answers
        ]
        assert out["status"].to_list() == ["found"] * len(LIMITS) + ["not listed"]
