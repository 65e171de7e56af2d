"""Text becomes fit for a file the same way every time, and every change is reported without the text."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.x12 import CharacterSet, ControlNumbers, DelimiterError, Delimiters, Envelope, Replacement, file_837p
from cleanclaim.x12.characters import Cleaner
from tests.x12.claim_generator import SUBMITTER, claims


@pytest.mark.parametrize(
    ("text", "extended", "basic"),
    [
        ("Ashdown", "Ashdown", "ASHDOWN"),
        ("Béland", "Beland", "BELAND"),
        ("Nuñez-O'Hara", "Nunez-O'Hara", "NUNEZ-O'HARA"),
        ("Łukasik", "Lukasik", "LUKASIK"),
        ("Weiß", "Weiss", "WEISS"),
        ("Søren Æbelø", "Soren AEbelo", "SOREN AEBELO"),
        ("O’Hara – “Vik”", 'O\'Hara - "Vik"', 'O\'HARA - "VIK"'),
        ("a*b~c:d^e", "a b c d e", "A B C D E"),
        ("50% @ home", "50% @ home", "50 HOME"),
        ("  two   blanks \t\n", "two blanks", "TWO BLANKS"),
        ("株式会社", "", ""),
    ],
)
def test_text_is_folded_the_same_way_every_time(text: str, extended: str, basic: str) -> None:
    assert Cleaner(CharacterSet.EXTENDED).fold(text) == extended
    assert Cleaner(CharacterSet.BASIC).fold(text) == basic


def test_a_change_is_reported_by_claim_field_and_character() -> None:
    cleaner = Cleaner(claim_id="C1")
    assert cleaner.text("Béland*Ñ", "patient family name", 60) == "Beland N"
    assert cleaner.text("Ashdown", "patient family name", 60) == "Ashdown"
    assert cleaner.replacements == [Replacement("C1", "patient family name", "*Ñé")]


def test_a_cut_is_reported_at_the_limit_and_not_before() -> None:
    cleaner = Cleaner(claim_id="C1")
    assert cleaner.text("x" * 80, "claim note", 80) == "x" * 80
    assert cleaner.replacements == []
    assert cleaner.text("x" * 79 + " yz", "claim note", 80) == "x" * 79
    assert cleaner.replacements == [Replacement("C1", "claim note", "", 80)]


def test_a_change_met_again_is_reported_again() -> None:
    cleaner = Cleaner()
    for claim_id in ("C1", "C2"):
        cleaner.claim_id = claim_id
        assert cleaner.text("é", "city", 30) == "e"
    assert [one.claim_id for one in cleaner.replacements] == ["C1", "C2"]


def test_the_delimiters_of_the_file_are_taken_out_as_well_as_the_usual_ones() -> None:
    cleaner = Cleaner(delimiters=Delimiters("|", "<", "!", ";"))
    assert cleaner.fold("a|b<c!d;e*f~g:h^i") == "a b c d e f g h i"
    assert Cleaner().fold("a|b<c!d;e") == "a|b<c!d;e"


CLEANERS = {character_set: Cleaner(character_set) for character_set in CharacterSet}


@given(st.text(max_size=60), st.sampled_from(list(CharacterSet)))
def test_what_was_folded_is_fit_and_folds_to_itself(text: str, character_set: CharacterSet) -> None:
    cleaner = CLEANERS[character_set]
    folded = cleaner.fold(text)
    assert cleaner.is_fit(folded)
    assert cleaner.fold(folded) == folded
    assert not set("*~:^") & set(folded)
    assert folded.isascii()


def test_a_whole_file_in_the_basic_set_holds_no_small_letter() -> None:
    shouting = SUBMITTER.model_copy(update={"name": "HARBOR BILLING", "contact": "DANA POOLE"})
    made = file_837p(
        claims(40, seed=9),
        envelope=Envelope(shouting, "Example", "RECV01"),
        control=ControlNumbers(),
        created=datetime(2026, 11, 21, 9, 5),
        character_set=CharacterSet.BASIC,
    )
    assert made.data.upper() == made.data
    assert {one.field for one in made.replacements} >= {"patient family name", "patient address, city", "claim note"}


@pytest.mark.parametrize(
    "wrong",
    [
        Delimiters(element="A"),
        Delimiters(element=" "),
        Delimiters(segment="."),
        Delimiters(component="*"),
        Delimiters(repetition=""),
        Delimiters(segment="é"),
        Delimiters(line_break="\t"),
        Delimiters(segment="\n", line_break="\n"),
    ],
)
def test_delimiters_that_could_not_be_read_back_are_refused(wrong: Delimiters) -> None:
    with pytest.raises(DelimiterError):
        wrong.checked()
