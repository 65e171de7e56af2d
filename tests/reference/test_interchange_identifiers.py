"""Identifiers of receivers: each kind as it is written."""

from __future__ import annotations

import pytest

from cleanclaim.reference.interchange_identifiers import kinds, misfit, parse
from cleanclaim.reference.reading import TableError


def test_the_usual_kind_comes_first() -> None:
    assert list(kinds()) == ["ZZ", "30", "01", "33", "27", "28"]
    assert {one.qualifier: one.digits for one in kinds().values()} == {
        "ZZ": None, "30": 9, "01": 9, "33": 5, "27": None, "28": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("A1", ""),
        ("A", "2 to 15 capital letters and digits"),
        ("A" * 15, ""),
        ("A" * 16, "2 to 15 capital letters and digits"),
        ("CLEARING HOUSE", ""),
        ("clearing", "2 to 15 capital letters and digits"),
        ("AB*", "2 to 15 capital letters and digits"),
        ("AB~", "2 to 15 capital letters and digits"),
        (" AB", "2 to 15 capital letters and digits"),
        ("", "2 to 15 capital letters and digits"),
    ],
)
def test_what_an_envelope_can_hold(identifier: str, expected: str) -> None:
    assert misfit(identifier) == expected
    assert kinds()["ZZ"].misfit(identifier) == expected


@pytest.mark.parametrize(
    ("qualifier", "identifier", "expected"),
    [
        ("30", "330897513", ""),
        ("30", "33-0897513", "9 digits, as a federal tax id has"),
        ("30", "33089751", "9 digits, as a federal tax id has"),
        ("33", "60054", ""),
        ("33", "600540", "5 digits, as an insurer's number with the NAIC has"),
    ],
)
def test_a_number_has_its_digits(qualifier: str, identifier: str, expected: str) -> None:
    assert kinds()[qualifier].misfit(identifier) == expected


def test_a_file_that_says_something_else_is_refused() -> None:
    with pytest.raises(TableError, match="unknown key 'kinds'"):
        parse("f", {"kinds": {}})
    source = {"s": {"publisher": "P", "title": "T", "section": "S", "read_on": kinds()["ZZ"].source.read_on}}
    figures = {"least": 2, "most": 1, "source": "s"}
    with pytest.raises(TableError, match="least is 2 and most 1; expected two lengths"):
        parse("f", {"sources": source, "figures": figures})
