"""Statements and payments of a synthetic year, and figures: who is asked for what, and who pays how much of it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import LedgerError, Source
from cleanclaim.simulation import figures
from cleanclaim.simulation.books import Books
from cleanclaim.simulation.paying import Habit, Patients, habit_of

FRIDAY = date(2026, 3, 27)
SOURCE = Source("superbill", "C1", "0" * 64)


def one_with(habit: Habit) -> str:
    """The key of a patient with that habit, under seed 1."""
    return next(f"P{number}" for number in range(10_000) if habit_of(f"P{number}", 1) is habit)


def owing(patient: str, *cents: int) -> tuple[Books, Patients]:
    """Books in which a patient owes these amounts, a line each."""
    books = Books()
    lines = [(f"C1:1:{place}", charge) for place, charge in enumerate(cents, 1)]
    books.open(patient, "C1", [(key, FRIDAY - timedelta(days=20), "97110") for key, _charge in lines])
    books.write(posting.charge("charge:C1", FRIDAY - timedelta(days=20), SOURCE, posting.PATIENT, lines))
    return books, Patients(books, 1)


def paid(books: Books, *lines: str) -> list[int]:
    return [books.book.line(line).patient_paid for line in lines]


@pytest.mark.parametrize(
    ("habit", "after_one", "after_two"),
    [
        (Habit.AT_ONCE, 9_001, 9_001),
        (Habit.FIRST, 9_001, 9_001),
        (Habit.SECOND, 0, 9_001),
        (Habit.PART, 4_500, 4_500),
        (Habit.NEVER, 0, 0),
    ],
)
def test_a_patient_pays_by_habit(habit: Habit, after_one: int, after_two: int) -> None:
    patient = one_with(habit)
    books, patients = owing(patient, 8_000, 1_001)
    for expected in (after_one, after_two):
        friday = FRIDAY + timedelta(days=28 * (patients.statements[patient] > 0))
        patients.month_end(friday)
        patients.week(friday + timedelta(days=18))
        assert patients.paid_cents == sum(paid(books, "C1:1:1", "C1:1:2")) == expected
    assert patients.statements[patient] == (1 if after_one == 9_001 else 2)


def test_a_payment_of_a_part_goes_to_the_first_line_first() -> None:
    patient = one_with(Habit.PART)
    books, patients = owing(patient, 3_000, 3_001)
    patients.month_end(FRIDAY)
    patients.week(FRIDAY + timedelta(days=18))
    assert paid(books, "C1:1:1", "C1:1:2") == [3_000, 0]


@pytest.mark.parametrize(("cents", "statements", "held"), [(499, 0, 1), (500, 1, 0)])
def test_a_small_balance_is_not_asked_for(cents: int, statements: int, held: int) -> None:
    patient = one_with(Habit.NEVER)
    _books, patients = owing(patient, cents)
    patients.month_end(FRIDAY)
    assert (patients.statements.total(), patients.held_back.total()) == (statements, held)


def test_nobody_is_asked_twice_within_four_weeks() -> None:
    patient = one_with(Habit.NEVER)
    _books, patients = owing(patient, 5_000)
    for days in (0, 27, 28):
        patients.month_end(FRIDAY + timedelta(days=days))
    assert patients.statements[patient] == 2


def test_what_is_given_up_is_what_is_open_and_has_its_reason() -> None:
    patient = one_with(Habit.NEVER)
    books, _patients = owing(patient, 5_000)
    assert books.give_up("C1:1:1", posting.PATIENT, FRIDAY, "hardship") == 5_000
    assert books.give_up("C1:1:1", posting.PATIENT, FRIDAY, "hardship") == 0
    state = books.book.line("C1:1:1")
    assert (state.written_off, state.open_to_patient) == (5_000, 0)


def test_dollars_are_those_of_the_book() -> None:
    books, _patients = owing(one_with(Habit.NEVER), 5_000, 700)
    books.pay("P1", FRIDAY, "000001", 900, [("C1:1:1", 600)])
    found = figures.dollars_of(books.book)
    assert {key: cents for key, cents in found.items() if cents} == {
        "charged": 5_700,
        "paid_by_patients": 600,
        "open_to_patients": 5_100,
        "patient_credit": 300,
        "cash": 900,
    }
    with pytest.raises(LedgerError, match="another transaction has this key"):
        books.pay("P1", FRIDAY, "000001", 901, [("C1:1:1", 600)])


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(0, 10, "0.0"), (125, 100, "1.3"), (124, 100, "1.2"), (-125, 100, "-1.3"), (7, 0, None), (300, 10, "30.0")],
)
def test_a_ratio_is_rounded_once_half_away_from_zero(numerator: int, denominator: int, expected: str | None) -> None:
    assert figures._ratio(numerator, denominator) == expected


def test_habits_have_their_shares() -> None:
    count = Counter(habit_of(f"P{number}", 1) for number in range(4_000))
    assert [
        abs(count[habit] - share) < 110 for habit, share in zip(Habit, (1_800, 1_000, 600, 320, 280), strict=True)
    ] == [True] * 5
