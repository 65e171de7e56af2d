"""Whether a note is copied is told alike of few claims and of many, whatever is unknown."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest

from cleanclaim.facts.documentation import copied_note
from tests.facts.answered import answered

NOTES = (None, "", "Gait: 10 feet.", " gait:  10\tFEET.\n", "Gait: 20 feet.", "\x1cgait: 10 feet.")
BEYOND = (*NOTES, "Gait\u00a0: 10 feet.", "GAIT: \u0130.")
"""Besides, a blank and a letter that not every language folds as ASCII does."""
DAYS = (None, date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 9))


def claims(chance: random.Random, notes: tuple[str | None, ...]) -> pl.DataFrame:
    rows = [
        (
            place,
            chance.choice((1, 1, 1, 2)),
            chance.choice((None, "PT", "PT")),
            chance.choice(DAYS),
            chance.choice(notes),
            chance.choice((None, True, True, False)),
        )
        for place in range(chance.randint(2, 5))
    ]
    schema = {
        "claim_id": pl.Int64,
        "patient_id": pl.Int64,
        "discipline": pl.String,
        "date_of_service": pl.Date,
        "note_text": pl.String,
        "knows_history": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize("notes", [NOTES, BEYOND])
def test_few_claims_are_told_as_many_are(notes: tuple[str | None, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    asked = [claims(chance, notes) for _ in range(300)]
    few = [answered(copied_note.stage, {"claims": frame}).rows() for frame in asked]
    monkeypatch.setattr(copied_note, "_FEW", -1)

    assert few == [answered(copied_note.stage, {"claims": frame}).rows() for frame in asked]
    told = [answer for rows in few for answer in rows]
    assert {copied for copied, _ in told} == {True, False, None}
    assert {day for copied, day in told if copied} == {date(2026, 3, 4), date(2026, 3, 5)}
