"""Which diagnosis a code-first note puts before which."""

from __future__ import annotations

import pytest

from cleanclaim.reference import icd10


@pytest.mark.parametrize(
    ("code", "other", "place"),
    [
        ("L97421", "E11621", "L97"),  # a code
        ("L97421", "I70234", "L97"),  # the beginning of one
        ("M00011", "B9561", None),  # an organism is told elsewhere, not by a code-first note
        ("G63", "E0789", "G63"),  # the last of a range of categories, and the one behind it
        ("G63", "E0800", None),
        ("G63", "E208", "G63"),
        ("M51A0", "M5116", "M51A0"),
        ("M51A0", "M5117", None),
        ("L97421", "E1142", None),
        ("E11621", "L97421", None),
        ("R131", "I69391", None),  # named with a condition in words, which is left out
        ("M5450", "C61", None),
    ],
)
def test_a_note_puts_the_codes_in_its_brackets_first(code: str, other: str, place: str | None) -> None:
    """The place is the code under which the note stands."""
    assert icd10.puts_first(code, other) == place
