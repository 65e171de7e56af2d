"""`cleanclaim reference load, forget, diff, locality` and `status`; and what loaded editions change in a check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.cli import main
from tests.cli.running import run, run_json
from tests.reference.published.files import PTP_ROWS, csv_text, ptp, ptp_zips, write
from tests.reference.published.test_codes import TAXONOMY
from tests.reference.published.test_edits import AOC_ROWS, MUE_NAME, aoc, mue_file
from tests.reference.published.test_fees import COUNTIES, EXERCISE, NAME, SURGERY, gpci, pprrvu, zip_line

# Two surgical codes that meet in an edit of the made-up edition of 2026-07-01, on days before and in its quarter.
HEAD = "claim,patient,date,payer,code,modifiers,units,charge,diagnoses,pointers,rendering_npi,billing_npi,locality"
LINES = "".join(
    f"C{number},P{number},{day},medicare_b,{code},,{units},900.00,M23.51,1,1245319599,1234567893,national\n"
    for number, day, rows in (
        (1, "2026-08-04", (("29881", 1), ("29877", 1))),
        (2, "2026-06-30", (("97530", 1), ("97116", 1))),
        (3, "2026-08-04", (("97530", 1), ("97116", 1))),
        (4, "2026-10-01", (("29881", 3),)),
        (5, "2026-08-04", (("29826", 1),)),
    )
    for code, units in rows
)
ON = ("--as-of", "2026-11-21")
PAIRS = ("--select", "PR101,PR102,MU102,CD120")


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(f"{HEAD}\n{LINES}")
    return path


def _found(path: Path) -> tuple[list[tuple[str, str, str]], dict[str, int]]:
    """Findings as claim, rule and message; and how many claims lack each input."""
    _, document = run_json("check", path, *ON, *PAIRS)
    findings = [(one["claim"], one["rule"], one["message"]) for one in document["findings"]]
    return sorted(findings), {one["input"]: one["claims"] for one in document["missing_inputs"]}


@pytest.mark.usefixtures("data")
def test_loaded_editions_change_the_verdicts_of_any_specialty(tmp_path: Path, lines: Path) -> None:
    findings, missing = _found(lines)
    assert findings == []
    assert any("add-on" in name for name in missing)
    code, loaded = run_json(
        "reference",
        "load",
        *ptp_zips(tmp_path),
        mue_file(tmp_path / MUE_NAME),
        aoc(tmp_path / "AOC_V2026Q3-MCR.xlsx"),
    )
    assert code == 0
    assert [(one["kind"], one["edition"], one["rows"]) for one in loaded["loaded"]] == [
        ("ptp_practitioner", "2026-07-01", 15),
        ("mue_practitioner", "2026-07-01", 4),
        ("add_on_codes", "2026-07-01", 5),
    ]
    assert loaded["passed_over"] == ["ccipra-v322r0-f1.zip: readme.txt", "ccipra-v322r0-f2.zip: readme.txt"]
    findings, _ = _found(lines)
    pairs = [(claim, rule) for claim, rule, _ in findings]
    assert pairs == [("C1", "PR101"), ("C3", "PR101"), ("C4", "MU102"), ("C5", "CD120")]
    by_claim = {claim: message for claim, _, message in findings}
    assert "the edition of 2026-07-01" in by_claim["C1"]
    assert "unconfirmed" not in by_claim["C1"]
    # A unit limit of a day after its quarter says so.
    assert "the edition of 2026-07-01 (unconfirmed for 2026-10-01)" in by_claim["C4"]
    assert by_claim["C5"] == "29826 billed without 29806 (by the edition of 2026-07-01) on the same day"


@pytest.mark.usefixtures("data")
def test_status_lists_what_was_loaded(tmp_path: Path) -> None:
    run("reference", "load", *ptp_zips(tmp_path))
    _, document = run_json("reference", "status", "--date", "2026-11-21")
    by_name = {item["name"]: item for item in document["tables"]}
    # What is shipped is told as it is, whatever is loaded beside it.
    assert by_name["ncci/pairs"]["rows"] == 12_100
    loaded = by_name["loaded/ptp_practitioner/2026-07-01"]
    assert (loaded["rows"], loaded["first_day"], loaded["horizon"], loaded["is_past_horizon"], loaded["note"]) == (
        15,
        "1996-01-01",
        "2026-09-30",
        True,
        "",
    )
    assert "loaded from ccipra-v322r0-f1.zip" in loaded["sources"][0]
    ran = run("reference", "status", "--date", "2026-11-21", width=80)
    assert max(map(len, ran.lines)) <= 80


@pytest.mark.usefixtures("data")
def test_a_code_set_stands_until_another_is_loaded(tmp_path: Path) -> None:
    run("reference", "load", write(tmp_path / "nucc_taxonomy_261.csv", csv_text(TAXONOMY)))
    _, document = run_json("reference", "status", "--date", "2150-01-01")
    [loaded] = [item for item in document["tables"] if item["name"].startswith("loaded/")]
    assert (loaded["name"], loaded["horizon"], loaded["is_past_horizon"]) == ("loaded/taxonomy/2026-07-01", None, False)


def test_status_tells_a_damaged_edition(data: Path, tmp_path: Path) -> None:
    run("reference", "load", *ptp_zips(tmp_path))
    [table] = data.rglob("table.parquet")
    table.write_bytes(table.read_bytes() + b"x")
    _, document = run_json("reference", "status", "--date", "2026-11-21")
    [loaded] = [item for item in document["tables"] if item["name"].startswith("loaded/")]
    assert loaded["note"].startswith("DAMAGED")


def test_a_damaged_manifest_ends_in_one_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.mkdir()
    (data / "editions.json").write_text("no manifest", "utf-8")
    with pytest.raises(SystemExit) as left:
        main.run(["explain", "97110"])
    assert left.value.code == 2
    assert "editions.json: cannot be read" in capsys.readouterr().err


def test_a_wrong_file_is_unusable_input(data: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "ccipra-v322r0-f1.txt", ptp().replace("\t0\tLab", "\t7\tLab"))
    ran = run("reference", "load", path, width=200)
    assert ran.code == 2
    assert "ccipra-v322r0-f1.txt, row 15, field indicator: '7'; expected 0, 1 or 9" in ran.errors
    assert not data.exists()


@pytest.mark.usefixtures("data")
def test_forget(tmp_path: Path, lines: Path) -> None:
    run("reference", "load", *ptp_zips(tmp_path))
    assert [claim for claim, _, _ in _found(lines)[0]] == ["C1", "C3"]
    assert run("reference", "forget", "ptp_practitioner", "2026-07-01").code == 0
    assert _found(lines)[0] == []
    assert run("reference", "forget", "ptp_practitioner", "2026-07-01").code == 2


def _next_quarter(folder: Path) -> list[Path]:
    rows: list[Any] = [row for row in PTP_ROWS if row[0] != "29881"]
    rows = [(*row[:4], "20260930", *row[5:]) if row[:2] == ("G0283", "97164") else row for row in rows]
    rows = [(*row[:5], "1", row[6]) if row[:2] == ("97140", "97124") else row for row in rows]
    folder.mkdir()
    more = [("29870", "29877", "", "20261001", "*", "0", "x"), ("G0281", "97032", "", "20261001", "*", "1", "x")]
    return ptp_zips(folder, "v323r0", sorted([*rows, *more]))


@pytest.mark.usefixtures("data")
def test_diff_of_two_editions(tmp_path: Path) -> None:
    run("reference", "load", *ptp_zips(tmp_path))
    _next_quarter(tmp_path / "new")
    code, found = run_json("reference", "diff", "ptp_practitioner@2026-07-01", tmp_path / "new", *ON)
    assert (code, found["claims"]) == (1, None)
    [table] = found["tables"]
    assert (table["old"], table["new"]) == (
        {"edition": "2026-07-01", "rows": 11},
        {"edition": "2026-10-01", "rows": 11},
    )
    assert table["counts"] == {"added": 2, "deleted": 2, "changed": 1}
    assert [(one["change"], one["key"], one["field"], one["old"], one["new"]) for one in table["changes"]] == [
        ("added", "29870 29877", "", None, "modifier_indicator 0"),
        ("added", "G0281 97032", "", None, "modifier_indicator 1"),
        ("deleted", "29881 29877", "", "modifier_indicator 0, reason mutually_exclusive", None),
        ("deleted", "G0283 97164", "", "modifier_indicator 1, reason standard_of_practice", None),
        ("changed", "97140 97124", "modifier_indicator", "0", "1"),
    ]


@pytest.mark.usefixtures("data")
def test_diff_tells_which_past_claims_would_be_judged_differently(tmp_path: Path, lines: Path) -> None:
    ptp_zips(tmp_path)
    old = tmp_path / "old"
    old.mkdir()
    for path in tmp_path.glob("ccipra*"):
        path.rename(old / path.name)
    _next_quarter(tmp_path / "new")
    code, found = run_json("reference", "diff", old, tmp_path / "new", "--on", lines, *ON, *PAIRS)
    assert code == 1
    assert found["claims"]["claims"] == 5
    assert [(one["claim"], one["rule"]) for one in found["claims"]["removed"]] == [("C1", "PR101")]
    assert found["claims"]["added"] == []
    # The same edit stands in both editions; the verdict names the edition it rests on.
    [changed] = found["claims"]["changed"]
    assert changed["claim"] == "C3"
    assert "edition of 2026-10-01" in changed["message"]
    assert "edition of 2026-07-01" in changed["before"]["message"]
    # Nothing was kept.
    assert run_json("reference", "status")[1]["tables"][-1]["name"].startswith("values/")


@pytest.mark.usefixtures("data")
def test_diff_tells_which_past_claims_would_be_priced_differently(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    row = "C1,P1,2026-10-05,medicare_b,97110,GP,2,180.00,M54.50,1,1245319599,1234567893,national"
    path.write_text(f"{HEAD}\n{row}\n{row.replace('C1,P1,2026-10', 'C2,P2,2026-09')}\n")
    new = pprrvu(tmp_path / NAME, SURGERY, EXERCISE)
    code, found = run_json("reference", "diff", "shipped", new, "--on", path, *ON, "--select", "CH101")
    assert (code, found["tables"]) == (1, [])
    # Before (0.45 + 0.41 + 0.01) × 33.4009 = 29.06, and 22.21 for the second unit with half its practice expense; then
    # twice (0.50 + 0.41 + 0.01) × 33.4009 = 30.73, since the made-up release marks no reduction.
    assert found["claims"]["repriced"] == [
        {"file": "lines.csv", "claim": "C1", "date": "2026-10-05", "before": 5_127, "after": 6_146}
    ]


def changes_between(old: Path, new: Path) -> list[tuple[str, str, str, str | None, str | None]]:
    code, found = run_json("reference", "diff", old, new)
    assert code == 1
    [table] = found["tables"]
    return [(one["change"], one["key"], one["field"], one["old"], one["new"]) for one in table["changes"]]


@pytest.mark.usefixtures("data")
def test_diff_tells_values_and_factors_as_they_are_published(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    old = pprrvu(tmp_path / "old" / NAME, "97110,,A,0.50,0.41,0.01,33.4009", SURGERY)
    new = pprrvu(tmp_path / "new" / NAME, "97110,,A,0.45,0.41,0.1,33.06", "97140,,A,0.43,0,0.01,33.06")
    assert changes_between(old, new) == [
        ("added", "97140", "", None, "status A, global XXX, work 0.43, mp 0.01"),
        ("deleted", "29881", "", GONE, None),
        ("changed", "97110", "mp", "0.01", "0.10"),
        ("changed", "97110", "work", "0.50", "0.45"),
        ("changed", "conversion factor", "conversion_factor", "33.4009", "33.0600"),
    ]
    shown = run("reference", "diff", old, new, width=200)
    assert "conversion_factor 33.4009 → 33.0600" in shown.text
    assert "work 0.50 → 0.45" in shown.text


GONE = "status A, global XXX, work 7.03, pe_nonfacility 7.20, pe_facility 7.20, mp 1.25"


@pytest.mark.usefixtures("data")
def test_diff_tells_indices_as_they_are_published(tmp_path: Path) -> None:
    row = "10112,AL,00,ALABAMA,{},{},{}"
    old = gpci(tmp_path / "GPCI2026.csv", "2026", row.format("1.000", "0.869", "0.575"))
    new = gpci(tmp_path / "GPCI2027.csv", "2027", row.format("1.000", "0.87", "1.575"))
    assert changes_between(old, new) == [
        ("changed", "10112-00", "mp", "0.575", "1.575"),
        ("changed", "10112-00", "pe", "0.869", "0.870"),
    ]


@pytest.mark.usefixtures("data")
def test_the_same_edition_changes_nothing(tmp_path: Path, lines: Path) -> None:
    run("reference", "load", *ptp_zips(tmp_path))
    word = "ptp_practitioner@2026-07-01"
    code, found = run_json("reference", "diff", word, word, "--on", lines, *ON, *PAIRS)
    assert (code, found["tables"][0]["changes"]) == (0, [])
    assert (found["claims"]["added"], found["claims"]["removed"], found["claims"]["changed"]) == ([], [], [])
    assert found["claims"]["same"] == 2
    text = run("reference", "diff", word, word, "--on", lines, *ON, *PAIRS)
    assert text.lines[-1] == "5 claims checked twice as of 2026-11-21: nothing differs"


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("nothing.zip", "shipped", "nothing.zip: no such file"),
        ("ptp_practitioner@2026-07-01", "shipped", "no such edition is loaded"),
        ("shipped", "shipped", "the new edition cannot be shipped"),
    ],
)
def test_what_cannot_be_compared(old: str, new: str, says: str) -> None:
    ran = run("reference", "diff", old, new, width=200)
    assert ran.code == 2
    assert says in ran.errors


@pytest.mark.usefixtures("data")
def test_editions_of_different_tables_are_not_compared(tmp_path: Path) -> None:
    add_ons, limits = aoc(tmp_path / "AOC_V2026Q3-MCR.xlsx"), mue_file(tmp_path / MUE_NAME)
    ran = run("reference", "diff", add_ons, limits, width=250)
    assert ran.code == 2
    assert "expected editions of the same tables" in ran.errors
    assert len(AOC_ROWS) == 5


@pytest.mark.usefixtures("data")
def test_localities(tmp_path: Path) -> None:
    assert run("reference", "locality", "99501", "--date", "2025-10-01").code == 3
    text = zip_line("99501", "0210201") + zip_line("60601", "0610216", state="IL", plus="1")
    text += zip_line("60601", "0610215", state="IL", plus="1")
    zip5 = write(tmp_path / "ZIP5_OCT2025.txt", text)
    assert run("reference", "load", zip5, write(tmp_path / "25LOCCO.csv", COUNTIES)).code == 0
    _, found = run_json("reference", "locality", "99501-1234", "--date", "2025-10-01")
    assert found["found"] == [
        {"locality": "02102-01", "state": "AK", "where": "ZIP 99501", "by": "edition of 2025-10-01"}
    ]
    _, later = run_json("reference", "locality", "60601", "--date", "2026-01-01")
    assert [(one["locality"], one["by"]) for one in later["found"]] == [
        ("06102-15", "edition of 2025-10-01, unconfirmed for 2026-01-01"),
        ("06102-16", "edition of 2025-10-01, unconfirmed for 2026-01-01"),
    ]
    _, counties = run_json("reference", "locality", "sutter", "--date", "2025-10-01")
    assert [(one["locality"], one["by"]) for one in counties["found"]] == [("01112-70", "counties")]
    code, price = run_json("price", "97110", "--date", "2026-03-04", "--locality", "99501")
    assert (code, price["locality"]) == (0, "02102-01")
    ran = run("price", "97110", "--date", "2026-03-04", "--locality", "60601", width=200)
    assert (ran.code, "lies in 06102-15, 06102-16; expected one of them" in ran.errors) == (2, True)
    assert run("price", "97110", "--date", "2026-03-04", "--locality", "10001").code == 2


@pytest.mark.usefixtures("data")
def test_each_command_has_an_example() -> None:
    for name in ("load", "forget", "diff", "locality"):
        assert f"Example: cleanclaim reference {name}" in run("reference", name, "--help").words


def test_the_manifest_holds_no_path_of_the_machine(data: Path, tmp_path: Path) -> None:
    run("reference", "load", *ptp_zips(tmp_path))
    text = (data / "editions.json").read_text("utf-8")
    assert str(tmp_path) not in text
    assert json.loads(text)["editions"][0]["files"][0]["name"] == "ccipra-v322r0-f1.zip: ccipra-v322r0-f1.TXT"
