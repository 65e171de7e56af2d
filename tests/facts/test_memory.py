"""What lookups answered is remembered by the values they read, and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from cleanclaim.facts import memory
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.kit import Context, Stage
from cleanclaim.facts.memory import Memory
from cleanclaim.lines.schema import COUNT, Column


def counting(asked: list[list[object]]) -> Stage:
    """A lookup that answers with the length of the code, and notes what it was asked."""

    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        codes = frames["lines"].get_column("code")
        asked.append(codes.to_list())
        return pl.DataFrame([codes.str.len_bytes().cast(pl.Int64).alias("length")])

    return Stage("length", "lines", ("code",), (Column("length", COUNT, "", ""),), compute, "", is_lookup=True)


def answered(kept: Memory, *codes: str | None) -> list[object]:
    frame = pl.DataFrame({"code": codes}, schema={"code": pl.String})
    (column,) = kept.answer(frame, Context())
    return column.to_list()


def test_each_value_is_asked_once_and_answered_in_the_order_of_the_rows() -> None:
    asked: list[list[object]] = []
    kept = Memory([counting(asked)])

    assert answered(kept, "b", "aaa", "b", None) == [1, 3, 1, None]
    assert answered(kept, None, "cc", "aaa") == [None, 2, 3]
    assert answered(kept, "b") == [1]
    assert asked == [["b", "aaa", None], ["cc"]]


def test_a_full_memory_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MOST_KEPT", 1)
    asked: list[list[object]] = []
    kept = Memory([counting(asked)])

    assert answered(kept, "a", "bb") == [1, 2]
    assert answered(kept, "a") == [1]
    assert asked == [["a", "bb"], ["a"]]


def test_many_rows_are_answered_at_once() -> None:
    asked: list[list[object]] = []
    kept = Memory([counting(asked)])

    assert answered(kept, *["a"] * (memory.FEW_ROWS + 1)) == [1] * (memory.FEW_ROWS + 1)
    assert len(asked[0]) == memory.FEW_ROWS + 1


def test_no_rows_are_no_answers() -> None:
    assert answered(Memory([counting([])])) == []


def test_lookups_read_nothing_that_names_a_patient_and_no_other_table() -> None:
    lookups = {stage.name: stage for stage in catalogue().stages.values() if stage.is_lookup}
    read = {name for stage in lookups.values() for name in stage.needs}

    assert all(stage.reads == () for stage in lookups.values())
    assert read <= {
        "code",
        "day_code",
        "medicare_code",
        "date_of_service",
        "modifiers",
        "place_of_service",
        "diagnosis",
        "history_factors",
        "elements_examined",
        "presentation",
        "decision_making",
    }
