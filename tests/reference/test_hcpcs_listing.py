"""HCPCS Level II codes: the quarter that is shipped, and what a loaded edition answers in its place."""

from __future__ import annotations

import hashlib
from datetime import date
from importlib import resources
from types import SimpleNamespace

import pytest

from cleanclaim.reference import hcpcs, hcpcs_listing
from cleanclaim.reference.reading import read_toml

QUARTER = (date(2024, 7, 1), date(2024, 9, 30))


def test_the_file_shipped_is_the_one_described() -> None:
    about = read_toml("hcpcs_listed.toml")
    data = (resources.files("cleanclaim.reference") / "data/hcpcs_listed.csv").read_bytes()
    assert hashlib.sha256(data).hexdigest() == about["sha256"]
    assert len(hcpcs_listing.shipped().codes) == about["rows"] == 8033
    assert (hcpcs_listing.shipped().covers_from, hcpcs_listing.shipped().covers_through) == QUARTER
    assert {"G0283", "L1833", "Q4001"} <= hcpcs_listing.shipped().codes
    assert {code[0] for code in hcpcs_listing.shipped().codes} == set("ABCEGHJKLMPQRSTUV")


@pytest.mark.parametrize(
    ("code", "day", "answer"),
    [
        ("G0283", date(1999, 1, 1), True),
        ("G0283", date(2030, 1, 1), True),
        ("G0283", None, True),
        ("G0284", date(2024, 6, 30), None),
        ("G0284", QUARTER[0], False),
        ("G0284", QUARTER[1], False),
        ("G0284", date(2024, 10, 1), None),
        ("G0284", None, None),
    ],
)
def test_a_code_that_is_not_listed_is_none_within_the_quarter_only(
    code: str, day: date | None, *, answer: bool | None
) -> None:
    assert hcpcs_listing.is_listed(code, day) is answer


def test_a_loaded_edition_stands_in_the_place_of_the_one_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = SimpleNamespace(valid_from=date(2026, 7, 1), valid_through=date(2026, 9, 30))
    monkeypatch.setattr(hcpcs, "loaded", lambda: edition)
    monkeypatch.setattr(hcpcs, "get", lambda code: code if code == "G0284" else None)
    assert hcpcs_listing.is_listed("G0284", date(2026, 8, 1)) is True
    assert hcpcs_listing.is_listed("G0283", date(2026, 8, 1)) is False
    assert hcpcs_listing.is_listed("G0283", date(2024, 8, 1)) is None
    assert hcpcs_listing.is_listed("G0283", date(2026, 10, 1)) is None
