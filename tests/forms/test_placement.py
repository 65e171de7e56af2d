"""Where the fields stand: on the grid, apart from each other, and inside the boxes of the published form."""

from __future__ import annotations

import tomllib
from importlib import resources
from itertools import combinations

from cleanclaim.forms.sheet import COLUMNS, ROWS, places
from tests.forms.pages import Box, published

FONT_TOP = 7.0
SIDE_BEARING = 0.7
"""Ink of a Courier character stands this far inside its cell of 7.2 points."""


def spans() -> dict[tuple[str, int], Box]:
    """Where a field's ink lies when it is full, for each service line."""
    found = {}
    for field, place in places().items():
        for line in range(6) if place.kind == "line" else [0]:
            found[field, line + 1 if place.kind == "line" else 0] = Box(
                place.x + SIDE_BEARING,
                place.baseline(line),
                place.x + 7.2 * place.width - SIDE_BEARING,
                place.baseline(line) + FONT_TOP,
            )
    return found


def test_every_field_lies_inside_the_published_rectangle() -> None:
    boxes = published()
    outside = [key for key, span in spans().items() if key in boxes and not boxes[key].holds(span)]

    assert len(boxes) == 217
    assert outside == []


def test_only_the_first_signature_row_has_no_published_rectangle() -> None:
    assert {field for field, _ in spans().keys() - published().keys()} == {"provider_signature_first"}


def test_no_two_fields_share_a_place() -> None:
    alternatives = {"total_continued"}
    shared = [
        (one, other)
        for (one, first), (other, second) in combinations(spans().items(), 2)
        if first.left < second.right
        and second.left < first.right
        and first.bottom < second.top
        and second.bottom < first.top
        and not alternatives & {one[0], other[0]}
    ]

    assert shared == []


def test_fields_stay_on_the_sheet() -> None:
    for place in places().values():
        last_row = place.row + (10 if place.kind == "line" else 0)
        assert 1 <= place.row <= last_row <= ROWS, place.field
        assert 1 <= place.column <= place.column + place.width - 1 <= COLUMNS, place.field


def test_the_grid_is_ten_to_the_inch_and_six_to_the_inch() -> None:
    first, second = places()["line_from_month"], places()["line_from_day"]

    assert round(second.x - first.x, 6) == round(3 * 72 / 10, 6)
    assert first.baseline(0) - first.baseline(1) == 2 * 72 / 6


def test_the_copys_rule_above_box_33_keeps_clear_of_the_rows_on_both_sides() -> None:
    layout = tomllib.loads(
        resources.files("cleanclaim.forms").joinpath("data", "cms1500_copy.toml").read_text(encoding="utf-8")
    )
    cells = {cell["item"]: cell["box"] for cell in layout["cells"]}
    phone, total = spans()["billing_phone", 0], spans()["total_dollars", 0]

    assert cells["33"][3] == cells["28"][1]
    assert cells["33"][3] - phone.top >= 2.5
    assert total.bottom - cells["28"][1] >= 1.5
