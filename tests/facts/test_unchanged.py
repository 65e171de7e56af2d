"""What a stage answered before is used for the same question, by the same reference tables, and for no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import polars as pl
import pytest

from cleanclaim.facts import unchanged
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.kit import Context, Stage
from cleanclaim.facts.plain_steps import run
from cleanclaim.facts.unchanged import Unchanged, counting, counts
from cleanclaim.lines.schema import COUNT, Column
from cleanclaim.reference.published.editions import Editions


def doubling(times: list[int]) -> Stage:
    """A stage that doubles the units of lines, and notes how many rows it was asked for."""

    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        times.append(frames["lines"].height)
        return pl.DataFrame([(frames["lines"].get_column("units") * 2).alias("doubled")])

    added = (Column("doubled", COUNT, "", ""),)
    return Stage("doubled", "lines", ("units", "modifiers"), added, compute, "", reads=(("claims", "payer"),))


def answered(
    stage: Stage, *units: int | None, payer: str = "P", modifiers: tuple[str, ...] = ("GP",), note: str = ""
) -> list[int | None]:
    lines = {"line_id": range(len(units)), "units": units, "modifiers": [list(modifiers)] * len(units), "note": note}
    own = Frames(
        {
            "claims": pl.DataFrame({"claim_id": [0], "payer": [payer]}),
            "lines": pl.DataFrame(lines, schema_overrides={"units": pl.Int64}),
        }
    )
    run(stage, own, Context())
    column = own["lines"].get_column("doubled")
    assert column.dtype == COUNT
    return cast("list[int | None]", column.to_list())


def test_the_same_question_is_computed_once_and_every_other_anew() -> None:
    times: list[int] = []
    stage = doubling(times)
    with counting(Unchanged()):
        for _time in range(2):
            assert answered(stage, 2, None) == [4, None]
            assert answered(stage, 2, None, note="a word more") == [4, None]
        assert times == [2]
        assert answered(stage, 2) == [4]
        assert answered(stage, 2, 3) == [4, 6]
        assert answered(stage, 2, None, payer="Q") == [4, None]
        assert answered(stage, 2, None, modifiers=("GP", "CQ")) == [4, None]
        assert times == [2, 1, 2, 2, 2]


def test_nobody_elses_check_looks_into_a_memory() -> None:
    times: list[int] = []
    stage, kept = doubling(times), Unchanged()
    with counting(kept):
        assert counts() is kept
        answered(stage, 1)
        with counting(Unchanged()):
            answered(stage, 1)
        answered(stage, 1)
    assert counts() is None
    answered(stage, 1)
    assert times == [1, 1, 1]


def test_a_few_states_of_a_note_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "_MOST_KEPT", 2)
    times: list[int] = []
    stage = doubling(times)
    with counting(Unchanged()):
        for units in (1, 2, 1, 2, 3, 3, 1):
            assert answered(stage, units) == [2 * units]
    assert len(times) == 4


def test_other_reference_tables_are_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []
    stage, kept = doubling(times), Unchanged()
    with counting(kept):
        answered(stage, 1)
        assert [kept.once("a", lambda: times.append(9)), kept.once("a", lambda: times.append(9))] == [None, None]
        monkeypatch.setattr(unchanged, "current", lambda: Editions((cast("Any", None),)))
        kept.once("a", lambda: times.append(9))
        answered(stage, 1)
    assert times == [1, 9, 9, 1]


def test_what_follows_from_words_alone_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "_MOST_ASKED", 2)
    asked: list[str] = []
    kept = Unchanged()

    def read(word: str) -> str:
        def reading() -> str:
            asked.append(word)
            return word.upper()

        return kept.once(word, reading)

    assert [read(word) for word in ("a", "b", "a", "b", "c", "c", "a")] == ["A", "B", "A", "B", "C", "C", "A"]
    assert asked == ["a", "b", "c", "a"]
