"""States, and the states in which ZIP codes lie."""

from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from cleanclaim.reference import postal
from cleanclaim.reference.reading import read_toml


def test_the_prefixes_are_the_ones_described() -> None:
    about = read_toml("zip_prefixes.toml")
    data = (resources.files("cleanclaim.reference") / "data/zip_prefixes.csv").read_bytes()
    rows = data.decode().splitlines()[1:]
    assert hashlib.sha256(data).hexdigest() == about["sha256"]
    assert len(rows) == about["rows"] == 932
    assert len({row[:3] for row in rows}) == 921
    assert {row[4:] for row in rows} <= postal.states()


def test_countries_are_the_codes_of_the_list() -> None:
    known = postal.countries()
    assert len(known) == 249
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in known)
    assert {"CA", "MX", "US", "AX", "ZW"} <= known
    assert known.isdisjoint({"ZZ", "QX", "U5", "UK", "EU", "XK", "AN", "ca", ""})


@pytest.mark.parametrize(
    ("zip_code", "states"),
    [
        ("60601", {"IL"}),
        ("606011234", {"IL"}),
        ("83414", {"ID", "WY"}),
        ("06390", {"CT", "NY"}),
        ("66101", {"KS"}),
        ("64101", {"MO"}),
        ("00901", {"PR"}),
        ("09012", set()),
        ("", set()),
    ],
)
def test_a_zip_code_lies_in_its_states(zip_code: str, states: set[str]) -> None:
    assert postal.states_of_zip(zip_code) == states
