"""How words and numbers are written on paper claims."""

from __future__ import annotations

import pytest

from cleanclaim.forms.lettering import capitals, number, phone, plain_letters, zip_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123 N. Main St., #4", "123 N MAIN ST 4"),
        ("O'Brien-Núñez", "OBRIEN-NUNEZ"),
        ("Smith & Sons (PT)", "SMITH & SONS PT"),
        ("  two   blanks ", "TWO BLANKS"),
        ("c/o Ann", "C O ANN"),
        ("Strauß", "STRAUSS"),
    ],
)
def test_capitals(text: str, expected: str) -> None:
    assert capitals(text) == expected


def test_numbers_lose_what_they_are_written_with() -> None:
    assert number("1eg4-te5 mk73") == "1EG4TE5MK73"
    assert number("M25.561") == "M25561"


@pytest.mark.parametrize(
    ("text", "expected"), [("606160140", "60616-0140"), ("60616-0140", "60616-0140"), ("60616", "60616")]
)
def test_zip_codes(text: str, expected: str) -> None:
    assert zip_code(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(312) 555-0100", ("312", "5550100")),
        ("+1 312 555 0100", ("312", "5550100")),
        ("555-0100", None),
        ("312555010012", None),
    ],
)
def test_telephone_numbers(text: str, expected: tuple[str, str] | None) -> None:
    assert phone(text) == expected


def test_letters_without_a_plain_spelling_stay() -> None:
    assert plain_letters("Ж") == "Ж"
    assert plain_letters("Łódź") == "Lodz"
