"""The maps that say what fills a column: whole, and agreed with the guides they stand on."""

from __future__ import annotations

import numpy as np
import pytest

from cleanclaim.x12.columnar.column_map import ColumnMap, level_starts, load_map, map_for, map_names
from cleanclaim.x12.columnar.gather import schema
from cleanclaim.x12.columnar.loop_table import loop_table
from cleanclaim.x12.columnar.tokens import tag
from cleanclaim.x12.guide import GuideError

MAPS = (
    "005010X212-276", "005010X212-277", "005010X214", "005010X221A1", "005010X222A1", "005010X223A2", "005010X231A1",
    "005010X279A1-270", "005010X279A1-271", "TA1",
)  # fmt: skip


def test_there_is_a_map_for_each_transaction() -> None:
    assert map_names() == MAPS


@pytest.mark.parametrize("name", MAPS)
def test_every_column_reads_a_segment_that_its_loops_hold(name: str) -> None:
    columns = load_map(name)
    for table in columns.tables:
        rows = [columns.loops.number(loop) for loop in table.loops] or list(range(len(columns.loops.ids)))
        for column in table.columns:
            held = [column.segment, *(segment for segment, _ in column.others)]
            stands = [_stands(columns, loop, segment) for loop in rows for segment in held]
            assert any(stands), (table.name, column.name)


def _stands(columns: ColumnMap, loop: int, segment: str) -> bool:
    table = columns.loops
    if table.openers[loop] == segment:
        return True
    number = int(table.names.find(np.array([tag(segment)], dtype=np.int32), -1)[0])
    return number >= 0 and int(table.home[loop, number]) == loop


@pytest.mark.parametrize("name", MAPS)
def test_columns_have_names_of_their_own_and_tables_of_one_name_one_shape(name: str) -> None:
    shapes: dict[str, object] = {}
    for table in load_map(name).tables:
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)), table.name
        shape = dict(schema(table))
        assert shapes.setdefault(table.name, shape) == shape


@pytest.mark.parametrize(
    ("kind", "version", "group", "expected"),
    [
        ("837", "005010X222A1", "HC", "005010X222A1"),
        ("837", "005010X222", "HC", "005010X222A1"),
        ("837", "005010X223A3", "HC", "005010X223A2"),
        ("837", "005010X224A2", "HC", None),
        ("837", "", "HC", "005010X222A1"),
        ("837", "005O10X222A1", "HC", "005010X222A1"),
        ("835", "", "HP", "005010X221A1"),
        ("", "005010X222A1", "HC", "005010X222A1"),
        ("277", "005010X214", "HN", "005010X214"),
        ("277", "005010X212", "HN", "005010X212-277"),
        ("", "", "", None),
        ("834", "005010X220A1", "BE", None),
    ],
)
def test_which_map_reads_a_transaction(kind: str, version: str, group: str, expected: str | None) -> None:
    found = map_for(kind, version, group)
    assert (None if found is None else found.id) == expected


def test_a_loop_that_is_not_declared_is_refused() -> None:
    entry = {"id": "ST", "opens": {"segment": "ST"}, "segments": [], "children": ["1000A"]}
    with pytest.raises(GuideError, match="loop ST names 1000A, which is not declared"):
        loop_table([entry])


def test_a_segment_that_opens_two_levels_is_refused() -> None:
    root = {"id": "ST", "opens": {"segment": "ST"}, "segments": [], "children": ["A", "B"]}
    levels = [{"id": name, "opens": {"segment": "LX"}, "segments": [], "level": True} for name in "AB"]
    with pytest.raises(GuideError, match="LX opens A and B: expected one"):
        loop_table([root, *levels])


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [
        ("837", "005010X222A1", {"ST": "", "HL": "20 22 23", "CLM": "", "LX": ""}),
        ("835", "", {"ST": "", "LX": "", "CLP": "", "SVC": ""}),
        ("277", "005010X214", {"ST": "", "HL": "19 20 21 PT"}),
        ("277", "005010X212", {"ST": "", "HL": "19 20 21 22 23"}),
        # Without a version all of the kind's maps are asked.
        ("277", "", {"ST": "", "HL": "19 20 21 22 23 PT"}),
        ("999", "005010X231A1", {"ST": "", "AK2": ""}),
    ],
)
def test_a_map_says_what_begins_a_level_of_its_transaction(kind: str, version: str, expected: dict[str, str]) -> None:
    assert level_starts(kind, version) == {name: frozenset(values.split()) for name, values in expected.items()}


def test_of_a_transaction_without_a_map_nobody_says_what_begins_its_levels() -> None:
    assert level_starts("834", "005010X220A1") is None
