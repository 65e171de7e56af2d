"""Numbers that name people: every check digit, every letter a Medicare number may not have, short columns and long."""

from __future__ import annotations

import polars as pl
import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.facts.identity import described
from cleanclaim.facts.identity.numbers import npi_state
from cleanclaim.lines.schema import TEXT, Column
from cleanclaim.rules.book import select
from cleanclaim.rules.notation import parse


@pytest.mark.parametrize(
    ("nine", "check"),
    [("123456789", 3), ("124531959", 9), ("100300012", 6), ("199900000", 7), ("100000000", 4), ("000000000", 6)],
)
def test_one_check_digit_of_ten_fits(nine: str, check: int) -> None:
    found = {digit: npi_state(f"{nine}{digit}")[0] for digit in range(10)}
    assert found == {digit: "well_formed" if digit == check else "check_digit" for digit in range(10)}


def test_two_neighbors_exchanged_show() -> None:
    # 1234567893 is the number that CMS prints; Luhn sees every exchange of neighbors but 0 and 9.
    number = "1234567893"
    for place in range(9):
        changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert npi_state(changed) == ("check_digit",), changed


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "absent"),
        (" ", "absent"),
        ("123456789", "malformed"),
        ("12345678930", "malformed"),
        ("123456789X", "malformed"),
        ("123 456 78", "malformed"),
        ("1234567893\n", "malformed"),
        ("١٢٣٤٥٦٧٨٩٣", "malformed"),
    ],
)
def test_what_is_no_npi_is_told_apart(text: str, state: str) -> None:
    assert npi_state(text) == (state,)


def test_a_long_column_is_described_like_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pl.Series("npi", ["1234567893", None, "", "1234567890", "12", "1234567893", None])
    column = Column("state", TEXT, "code", "state")
    short = described.described(texts, npi_state, (column,))
    monkeypatch.setattr(described, "_FEW", 0)
    long = described.described(texts, npi_state, (column,))
    assert [item.to_list() for item in long] == [item.to_list() for item in short]
    assert short[0].to_list() == ["well_formed", None, "absent", "check_digit", "malformed", "well_formed", None]


MEDICARE_NUMBER = Judge(select(["ID202"]))


def flagged(number: str) -> bool:
    return bool(MEDICARE_NUMBER.judge(parse(f"visit 2026-03-04 medicare_b member_id={number}\n 97110 GP")).findings())


@pytest.mark.parametrize("letter", "SLOIBZ")
def test_letters_that_look_like_digits_are_never_used(letter: str) -> None:
    number = "1EG4TE5MK73"
    for place in (1, 2, 4, 5, 7, 8):
        assert flagged(number[:place] + letter + number[place + 1 :]), place


def test_every_other_letter_may_stand_in_a_letters_place() -> None:
    # CMS, format of the Medicare beneficiary identifier; [M].
    for letter in "ACDEFGHJKMNPQRTUVWXY":
        for place in (1, 2, 4, 5, 7, 8):
            number = "1EG4TE5MK73"
            assert not flagged(number[:place] + letter + number[place + 1 :]), (letter, place)


def test_digits_stand_where_digits_belong() -> None:
    number = "1EG4TE5MK73"
    digits_too = {2, 5}
    for place in range(11):
        with_letter = number[:place] + "A" + number[place + 1 :]
        with_digit = number[:place] + "7" + number[place + 1 :]
        is_digit = place in {0, 3, 6, 9, 10}
        assert flagged(with_letter) is is_digit, place
        assert flagged(with_digit) is (not is_digit and place not in digits_too), place


FAMILIES = select(["ID", "CF", "DP", "CH", "PY", "PS", "TD"])


@pytest.mark.parametrize(
    "visit",
    [
        "visit 2026-03-04 medicare_b\n 97110 GP x2 30min",
        "visit 2024-08-01 medicare_b visit_kind=evaluation\n 97162 GP x1 40min\n 97110 GP x1 15min",
        "visit 2026-03-04 uhc_commercial\n 97110 GP x2 30min\n 97140 GP x2 30min",
        "visit 2026-03-04 cash member_id=none\n 97110 x2 30min",
        (
            "visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-01-02 claim_number=K1 employer=Northwind\n"
            " 97110 x2 30min"
        ),
        "visit 2026-03-04 auto_ny accident_kind=auto accident_state=NY accident_on=2026-01-02 claim_number=K1\n 97110",
    ],
)
def test_ordinary_visits_have_no_finding(visit: str) -> None:
    verdicts = Judge(FAMILIES).judge(parse(visit))
    assert verdicts.crashed == {}
    assert verdicts.findings() == []


def test_a_plain_medicare_visit_is_judged_whole() -> None:
    assert Judge(FAMILIES).judge(parse("visit 2026-03-04 medicare_b\n 97110 GP x2 30min")).unjudged() == []
