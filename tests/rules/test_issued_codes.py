"""Codes of findings are stable: each one ever issued is listed, and a retired one is never given to another rule."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

import cleanclaim.rules
from cleanclaim.rules import book
from tools.new_rule import ISSUED, main

FILE = Path(cleanclaim.rules.__file__).with_name(ISSUED)


def listed() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_list_has_each_code_once_in_order() -> None:
    rows = listed()
    codes = [row["code"] for row in rows]
    assert codes == sorted(set(codes))
    assert all(list(row) == ["code", "name", "retired"] for row in rows)
    assert all(re.fullmatch(r"[A-Z]{2}\d{3}", row["code"]) and row["name"] for row in rows)


def test_every_rule_is_listed_under_its_name_and_is_not_retired() -> None:
    found = {row["code"]: row for row in listed()}
    absent = [f"{rule.code},{rule.name}," for rule in book.rules() if rule.code not in found]
    assert absent == [], f"add to {FILE.name}"
    renamed = [rule.code for rule in book.rules() if found[rule.code]["name"] != rule.name]
    assert renamed == []
    assert [rule.code for rule in book.rules() if found[rule.code]["retired"]] == []


def test_a_code_without_a_rule_is_retired_since_a_day() -> None:
    held = {rule.code for rule in book.rules()}
    gone = [row for row in listed() if row["code"] not in held]
    assert [row["code"] for row in gone if not row["retired"]] == [], "write the day on which the code was given up"
    assert all(date.fromisoformat(row["retired"]) for row in gone)


def test_an_earlier_code_of_a_rule_is_a_retired_one() -> None:
    retired = {row["code"] for row in listed() if row["retired"]}
    assert {alias for rule in book.rules() for alias in rule.aliases} <= retired


def test_a_new_rule_is_listed_and_takes_no_code_that_was_ever_issued(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ISSUED).write_text("code,name,retired\nZZ100,a-first,\nZZ102,given-up,2026-01-31\n")
    assert main(["ZZ101", "a-defect", "--family", "units"], tmp_path) == 0
    assert (tmp_path / ISSUED).read_text() == (
        "code,name,retired\nZZ100,a-first,\nZZ101,a-defect,\nZZ102,given-up,2026-01-31\n"
    )
    capsys.readouterr()
    assert main(["ZZ102", "another", "--family", "units"], tmp_path) == 2
    assert capsys.readouterr().err == "rule: ZZ102 was issued before, as given-up; a code is never used again\n"
    assert not list(tmp_path.glob("*/zz102_*"))
