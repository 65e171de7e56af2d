"""One sheet of a form as a typewriter sees it: rows of characters, ten to the inch across, six rows to the inch."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal, NamedTuple

from cleanclaim.forms.problems import FormProblem

ROWS = 61
COLUMNS = 80
PITCH = 7.2
"""Points from one character to the next: ten to the inch."""
LEADING = 12
"""Points from one row to the next: six to the inch."""
LEFT = 20.9
"""Where the first column begins, in points from the left edge of the page."""
FIRST_BASELINE = 759.4
"""The baseline of the first row, in points from the lower edge of the page."""
LINES_PER_SHEET = 6


class Place(NamedTuple):
    """Where a field is printed: `row` and `column` count from 1, `width` is the most characters it holds."""

    field: str
    item: str
    row: int
    column: int
    width: int
    align: Literal["left", "right"]
    kind: Literal["text", "mark", "line"]
    label: str
    side: Literal["left", "right", "above", ""]

    @property
    def x(self) -> float:
        """The left edge of the first character, in points."""
        return column_x(self.column)

    def baseline(self, line: int = 0) -> float:
        """The baseline in points; for a field of a service line, on the line counted from 0."""
        return row_baseline(self.row + 2 * line)


def column_x(column: int) -> float:
    """The left edge of a column, in points from the left edge of the page."""
    return LEFT + PITCH * (column - 1)


def row_baseline(row: int) -> float:
    """The baseline of a row, in points from the lower edge of the page."""
    return FIRST_BASELINE - LEADING * (row - 1)


@cache
def places() -> Mapping[str, Place]:
    """Every field of the CMS-1500 (02/12) by its name, in the order of the form."""
    text = resources.files("cleanclaim.forms").joinpath("data", "cms1500_fields.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        place = Place(
            row["field"],
            row["item"],
            int(row["row"]),
            int(row["column"]),
            int(row["width"]),
            "right" if row["align"] == "right" else "left",
            "mark" if row["kind"] == "mark" else "line" if row["kind"] == "line" else "text",
            row["label"],
            row["side"] if row["side"] in {"left", "right", "above"} else "",  # type: ignore[arg-type]
        )
        found[place.field] = place
    return MappingProxyType(found)


Sheet = tuple[str, ...]
"""The rows of one sheet, without trailing blanks."""


class Typewriter:
    """Types fields onto one sheet and notes what does not fit. A field that does not fit is left empty."""

    def __init__(self, claim_id: str, problems: list[FormProblem], typed: list[list[str]] | None = None) -> None:
        self._claim_id = claim_id
        self._problems = problems
        self._rows = typed if typed is not None else [[" "] * COLUMNS for _ in range(ROWS)]
        self._places = places()

    def type(self, field: str, text: str, line: int = 0) -> None:
        """Type text into a field, on the service line counted from 0 where the field is one of a line's."""
        if not text:
            return
        place = self._places[field]
        length = len(text)
        if length > place.width:
            self.problem(place.item, f"{length} characters", f"at most {place.width}")
            return
        if not (text.isascii() and text.isprintable()):
            self.problem(place.item, "a letter that the form cannot hold", "Latin letters")
            return
        start = place.column - 1
        if place.align == "right":
            start += place.width - length
        self._rows[place.row - 1 + 2 * line][start : start + length] = text

    def width(self, field: str) -> int:
        """How many characters a field holds."""
        return self._places[field].width

    def mark(self, field: str) -> None:
        """Put an X into a mark box."""
        place = self._places[field]
        self._rows[place.row - 1][place.column - 1] = "X"

    def problem(self, box: str, found: str, expected: str) -> None:
        """Note what keeps the claim off the form."""
        self._problems.append(FormProblem(self._claim_id, box, found, expected))

    def copy(self) -> Typewriter:
        """A second sheet with what has been typed so far."""
        return Typewriter(self._claim_id, self._problems, [row.copy() for row in self._rows])

    def sheet(self) -> Sheet:
        """What has been typed, row by row."""
        return tuple("".join(row).rstrip() for row in self._rows)
