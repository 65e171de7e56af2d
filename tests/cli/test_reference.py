"""`cleanclaim reference`: tables, and diagnoses by words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanclaim.cli.reference_status import all_tables
from cleanclaim.reference import payers, procedures
from tests.cli.running import run, run_json


def _tables(day: str) -> dict[str, dict[str, Any]]:
    code, found = run_json("reference", "status", "--date", day)
    assert code == 0
    return {item["name"]: item for item in found["tables"]}


def test_status_names_every_table_with_rows_and_horizon() -> None:
    found = _tables("2026-11-21")
    assert found["procedures"]["rows"] == len(procedures.all_codes())
    assert found["ncci/pairs"]["rows"] == 12_100
    assert found["icd10"]["horizon"] == "2027-09-30"
    assert found["fee_schedule/rvu"]["sources"] == [
        "CMS, Physician fee schedule relative value files, 2020 to 2026, editions.toml lists the releases read (read 2026-11-21)"
    ]
    assert found["values/kx_threshold_pt_slp"]["confidence"] == {"seen": 4, "secondary": 5}
    assert found["payers"]["rows"] == len(payers.all_ids())


@pytest.mark.parametrize(("day", "past"), [("2024-09-30", False), ("2024-10-01", True)])
def test_status_marks_a_table_past_its_horizon(day: str, *, past: bool) -> None:
    assert _tables(day)["ncci/pairs"]["is_past_horizon"] is past


def test_status_text_keeps_within_the_width() -> None:
    ran = run("reference", "status", "--date", "2026-11-21", width=80)
    assert ran.code == 0
    assert max(map(len, ran.lines)) <= 80
    assert [line.split() for line in ran.lines if line.startswith("ncci/pairs")] == [
        ["ncci/pairs", "12,100", "2024-07-01", "2024-09-30*", "seen"]
    ]
    assert "…" not in ran.text


def test_every_table_has_a_source() -> None:
    assert [item.name for item in all_tables() if not item.sources] == []


def test_search_by_words() -> None:
    code, found = run_json("reference", "search", "frozen", "shoulder", "left", "--date", "2026-03-04")
    assert code == 0
    assert found["found"][0] == {
        "code": "M75.02",
        "label": "Adhesive capsulitis of left shoulder",
        "side": "left",
        "state": "billable",
        "matched": "frozen shoulder",
    }


def test_search_by_code_with_headers() -> None:
    _, found = run_json("reference", "search", "M75.0", "--all", "--date", "2026-03-04")
    assert [(item["code"], item["state"]) for item in found["found"]] == [
        ("M75.0", "header"),
        ("M75.00", "billable"),
        ("M75.01", "billable"),
        ("M75.02", "billable"),
    ]


def test_search_without_a_hit_is_no_data() -> None:
    ran = run("reference", "search", "zzzzqq", "--date", "2026-03-04")
    assert (ran.code, ran.words) == (3, "No diagnosis found by these words.")


@pytest.mark.parametrize("day", ["2024-09-30", "2027-10-01"])
def test_search_outside_the_years_read(day: str) -> None:
    ran = run("reference", "search", "knee", "--date", day)
    assert ran.code == 2
    assert "expected a day from 2024-10-01 through 2027-09-30" in " ".join(ran.errors.split())


def test_each_command_has_an_example() -> None:
    for name in ("status", "search"):
        assert f"Example: cleanclaim reference {name}" in run("reference", name, "--help").words


def test_today_is_used_where_no_date_is_given() -> None:
    _, found = run_json("reference", "status")
    assert date.fromisoformat(found["date"]).year >= 2026
