"""Amounts and days out of bytes: the same as reading each text by itself."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.x12 import STANDARD
from cleanclaim.x12.columnar import tokenize
from cleanclaim.x12.columnar.values import Parsed, decimals, first_days, last_days

EPOCH = date(1970, 1, 1)


def column(texts: list[str], places: int) -> Parsed:
    tokens = tokenize("".join(f"A1*{text}~" for text in texts).encode(), STANDARD)
    return decimals(tokens, *tokens.element(np.arange(len(texts)), 1), places)


CENTS = [
    ("0", 0), ("90", 9_000), ("12.5", 1_250), (".07", 7), ("-3", -300), ("-.5", -50), ("7.", 700), ("1.500", 150),
    ("123456.78", 12_345_678), ("1234567", 123_456_700), ("12345678", 1_234_567_800), ("00012.10", 1_210),
    ("999999999999999.99", 99_999_999_999_999_999), ("-0", 0), ("0.00", 0), ("12345.67", 1_234_567), (".", 0),
]  # fmt: skip
NONE = ["1.005", "1,000", "$5", "abc", "1.2.3", "--5", "5-", "1e3", "+5", "-", "1 2", "1234567890123456", "٣", "9" * 19]


def test_amounts_in_cents() -> None:
    found = column([text for text, _ in CENTS], 2)
    assert found.values.tolist() == [cents for _, cents in CENTS]
    assert found.known.all()
    assert not found.bad.any()


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_amount_has_no_value(text: str) -> None:
    found = column(["5", text, ""], 2)
    assert (found.values.tolist(), found.known.tolist(), found.bad.tolist()) == (
        [500, 0, 0],
        [True, False, False],
        [False, True, False],
    )


@given(st.lists(st.tuples(st.integers(-(10**14), 10**14), st.integers(0, 4)), min_size=1, max_size=20))
def test_any_amount_comes_back_exactly(amounts: list[tuple[int, int]]) -> None:
    texts = []
    for cents, zeros in amounts:
        sign, whole, rest = "-" if cents < 0 else "", abs(cents) // 100, f"{abs(cents) % 100:02d}"
        texts.append(
            f"{sign}{whole}.{rest}{'0' * zeros}"[:18] if len(f"{sign}{whole}.{rest}") < 15 else f"{sign}{whole}.{rest}"
        )
    assert column(texts, 2).values.tolist() == [cents for cents, _ in amounts]


def test_thousandths_and_whole_numbers() -> None:
    assert column(["1.5", "0.125", "15"], 3).values.tolist() == [1_500, 125, 15_000]
    assert column(["15", "2.0", "2.5"], 0).values.tolist() == [15, 2, 0]
    assert column(["15", "2.0", "2.5"], 0).bad.tolist() == [False, False, True]


def days(texts: list[str], *, last: bool = False) -> list[date | None]:
    tokens = tokenize("".join(f"A1*{text}~" for text in texts).encode(), STANDARD)
    parsed = (last_days if last else first_days)(tokens, *tokens.element(np.arange(len(texts)), 1))
    return [
        EPOCH + timedelta(days=value) if known else None
        for value, known in zip(parsed.values.tolist(), parsed.known.tolist(), strict=True)
    ]


def test_days_on_both_sides_of_the_calendar() -> None:
    texts = ["20240229", "20230229", "20260430", "20260431", "20260101", "20261301", "20260100", "19000228", "19000229"]
    expected = [
        date(2024, 2, 29), None, date(2026, 4, 30), None, date(2026, 1, 1), None, None, date(1900, 2, 28), None,
    ]  # fmt: skip
    assert days(texts) == expected


def test_ranges_and_moments() -> None:
    texts = ["20260301-20260331", "202603041530", "2026030", "20260301x20260331", "2026O301"]
    assert days(texts) == [date(2026, 3, 1), date(2026, 3, 4), None, None, None]
    assert days(texts, last=True) == [date(2026, 3, 31), date(2026, 3, 4), None, None, None]
