"""What other claims used of an authorization is the same counted along the days as claim against claim."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from cleanclaim.facts.authorization import use
from tests.facts.answered import answered

COLUMNS = [column.name for column in use.stage.adds]


def claims(seed: int, count: int = 300) -> pl.DataFrame:
    """Claims of forty patients: some of one number or none, some of two, some of unknown day, payer or units."""
    random = np.random.default_rng(seed)
    patient = random.integers(0, 40, count)
    numbers = [None if person % 4 == 0 else f"A{int(person) % 3}" for person in patient]
    mixed = [["A1", "A2", None][place] for place in random.integers(0, 3, count)]
    return pl.DataFrame(
        {
            "claim_id": np.arange(count),
            "patient_id": [None if person == 39 else int(person) for person in patient],
            "payer": [None if person == 38 else "cigna" for person in patient],
            "date_of_service": [
                None if person == 37 else date(2026, 3, 2) + timedelta(days=int(day))
                for person, day in zip(patient, random.integers(0, 9, count), strict=True)
            ],
            "authorization_number": [
                own if person % 5 == 1 else told for person, told, own in zip(patient, numbers, mixed, strict=True)
            ],
            "authorized_units": [None if units == 4 else int(units) for units in random.integers(0, 30, count)],
        },
        schema_overrides={"patient_id": pl.Int64, "authorization_number": pl.String},
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("numbers", ["known and unknown", "unknown"])
def test_days_and_units_used_are_those_of_claim_against_claim(
    seed: int, numbers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = claims(seed)
    if numbers == "unknown":
        table = table.with_columns(pl.lit(None, pl.String).alias("authorization_number"))

    def used() -> pl.DataFrame:
        return answered(use.stage, {"claims": table}).select(COLUMNS)

    along = used()
    monkeypatch.setattr(use, "_FEW", table.height)
    against = used()

    assert along.equals(against)
    assert 0 < along.get_column(COLUMNS[3]).null_count() < table.height
    assert along.filter(pl.col(COLUMNS[1]) > pl.col(COLUMNS[0])).height > 0
    assert (along.get_column(COLUMNS[0]).max() == 0) is (numbers == "unknown")


def test_a_claim_alone_with_its_payer_used_nothing_and_one_of_unknown_payer_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(use, "_FEW", -1)
    table = pl.DataFrame(
        {
            "claim_id": [0, 1, 2, 3],
            "patient_id": [0, 1, 2, 2],
            "payer": ["cigna", None, "cigna", "cigna"],
            "date_of_service": [date(2026, 3, 2)] * 3 + [date(2026, 3, 4)],
            "authorization_number": ["A1", "A1", None, None],
            "authorized_units": [2, 2, 3, 4],
        }
    )

    assert answered(use.stage, {"claims": table}).rows() == [
        (0, 0, 0, 0),
        (None, None, None, None),
        (0, 0, 0, 0),
        (0, 1, 0, 3),
    ]
