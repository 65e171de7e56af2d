"""Control numbers survive a run, never go back, and a claim that cannot be filed is set aside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleanclaim.claims import load_control_numbers, save_control_numbers, sort_claims
from cleanclaim.x12 import ControlNumberError, ControlNumbers
from tests.x12.claim_generator import claims


def test_numbers_begin_at_one_and_go_on(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    numbers = load_control_numbers(path)
    assert numbers == ControlNumbers(1, 1, 1)
    assert (numbers.take_interchange(), numbers.take_group(), numbers.take_transaction()) == (1, 1, 1)
    assert numbers.take_transaction() == 2
    save_control_numbers(path, numbers)
    assert json.loads(path.read_text()) == {"interchange": 2, "group": 2, "transaction": 3}
    assert load_control_numbers(path) == ControlNumbers(2, 2, 3)


def test_the_file_is_the_owners_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    save_control_numbers(path, ControlNumbers(5, 5, 5))
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["numbers.json"]


def test_numbers_that_another_run_has_used_are_refused_and_nothing_moves(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    save_control_numbers(path, ControlNumbers(5, 5, 5))
    save_control_numbers(path, ControlNumbers(5, 5, 5))
    with pytest.raises(ControlNumberError, match="next group number 5: expected 4 or less"):
        save_control_numbers(path, ControlNumbers(6, 4, 6))
    assert load_control_numbers(path) == ControlNumbers(5, 5, 5)


@pytest.mark.parametrize(
    "text",
    ["", "[1, 2, 3]", "{}", '{"interchange": 1, "group": 1}', '{"interchange": 1, "group": true, "transaction": 1}',
     '{"interchange": 0, "group": 1, "transaction": 1}', '{"interchange": 1, "group": 1, "transaction": 1, "x": 1}'],
)  # fmt: skip
def test_a_damaged_file_is_refused_rather_than_started_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "numbers.json"
    path.write_text(text)
    with pytest.raises(ControlNumberError):
        load_control_numbers(path)


def test_nine_digits_are_the_last() -> None:
    numbers = ControlNumbers(999_999_999, 999_999_999, 999_999_999)
    assert numbers.take_interchange() == 999_999_999
    for take in (numbers.take_interchange,):
        with pytest.raises(ControlNumberError, match="all interchange control numbers"):
            take()
    assert numbers.take_group() == 999_999_999
    with pytest.raises(ControlNumberError):
        ControlNumbers(interchange=1_000_000_001)
    with pytest.raises(ControlNumberError):
        ControlNumbers(transaction=0)


def test_bad_claims_are_set_aside_with_what_they_need() -> None:
    first, second, third = claims(3, seed=8)
    bad = second.model_copy(update={"diagnoses": ()})
    twin = third.model_copy(update={"id": first.id})
    sorted_claims = sort_claims([first, bad, third, twin])
    assert sorted_claims.fit == (first, third)
    assert [(one.claim.id, one.gaps[0].field) for one in sorted_claims.unfit] == [
        (second.id, "diagnoses"),
        (first.id, "claim id"),
    ]
