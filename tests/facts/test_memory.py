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


def test_of_many_rows_one_of_each_kind_is_asked_and_remembered() -> None:
    asked: list[list[object]] = []
    kept = Memory([counting(asked)])
    codes = ["a", None, "ccc", "a"] * memory.FEW_ROWS

    assert answered(kept, *codes) == [1, None, 3, 1] * memory.FEW_ROWS
    assert answered(kept, *codes, "dd") == [*([1, None, 3, 1] * memory.FEW_ROWS), 2]
    assert asked == [["a", None, "ccc"], ["dd"]]


def test_many_rows_that_are_seldom_alike_are_answered_at_once_and_not_remembered() -> None:
    asked: list[list[object]] = []
    kept = Memory([counting(asked)])
    codes = [f"{number:05}" for number in range(memory.FEW_ROWS)]

    assert answered(kept, *codes, "0") == [*([5] * memory.FEW_ROWS), 1]
    assert answered(kept, "00000") == [5]
    assert asked == [[*codes, "0"], ["00000"]]


@pytest.mark.parametrize(("different", "is_remembered"), [(600, True), (601, False)])
def test_many_rows_are_remembered_where_each_comes_twice(different: int, *, is_remembered: bool) -> None:
    asked: list[list[object]] = []
    kept = Memory([counting(asked)])
    codes = [f"{number:05}" for number in range(different)]

    answered(kept, *codes, *(["00000"] * (1_200 - different)))
    answered(kept, "00000")
    assert (len(asked) == 1) is is_remembered


def test_many_rows_are_told_apart_by_all_that_is_read_lists_among_it() -> None:
    asked: list[int] = []

    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        asked.append(frames["lines"].height)
        return frames["lines"].select(length=pl.col("modifiers").list.len().cast(pl.Int64) + pl.col("units"))

    adds = (Column("length", COUNT, "", ""),)
    stage = Stage("length", "lines", ("modifiers", "units"), adds, compute, "", is_lookup=True)
    lists = [["59"], None, [], ["59", "GP"], ["59"]] * 1_000
    units = [10, 10, 10, 10, 20] * 1_000
    frame = pl.DataFrame({"modifiers": lists, "units": units})

    (column,) = Memory([stage]).answer(frame, Context())
    assert column.to_list() == [11, None, 10, 12, 21] * 1_000
    assert asked == [5]


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
