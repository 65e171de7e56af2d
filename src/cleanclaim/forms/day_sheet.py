"""The day sheet on paper: receivables before, what moved them, receivables after; by person, by reason, by drawer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas

from cleanclaim.forms.lettering import page_letters
from cleanclaim.forms.page import lines_within

_INK, _QUIET, _ACCENT = HexColor(0x1F2D37), HexColor(0x5F6E78), HexColor(0x2F6F73)
_RULE = HexColor(0xD5DDE1)
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 558, 738, 64
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"
_WIDTH = 74.0
"""The width of each column after the first, in points."""
_LINE = 11.0
"""From one line of a long name to the next, in points; rows stand 14 apart."""


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One table: its title, its columns, its rows of text, and a last row that is set apart, if there is one.

    The first column begins at the left; the others end at even places, the last at the right.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    last: tuple[str, ...] = ()


def render_day_sheet(clinic: str, days: str, tables: Sequence[SheetTable], *, foot: str) -> bytes:
    """The sheet as PDF; it takes as many pages as its tables need."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=LETTER, invariant=True)
    canvas.setTitle(f"Day sheet {days}")
    canvas.setCreator("CleanClaim")
    page = _Page(canvas, foot)
    page.text_right(_RIGHT, "Day sheet", size=20, color=_ACCENT)
    page.lines(_LEFT, clinic, _BOLD, 14, width=380, row=16)
    page.text(_LEFT, days, color=_QUIET)
    page.y -= 12
    page.rule(_ACCENT, 1.2)
    page.y -= 26
    for table in tables:
        _table(page, table)
    page.turn()
    canvas.save()
    return stream.getvalue()


class _Page:
    """A page with a place to go on from."""

    def __init__(self, canvas: Canvas, foot: str) -> None:
        self.canvas, self.foot, self.number, self.y = canvas, foot, 1, float(_TOP)

    def text(self, x: float, text: str, font: str = _PLAIN, size: float = 9, color: HexColor = _INK) -> None:
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(color)
        self.canvas.drawString(x, self.y, page_letters(text))

    def lines(  # noqa: PLR0913 - where, how wide, in which letters
        self,
        x: float,
        text: str,
        font: str = _PLAIN,
        size: float = 9,
        color: HexColor = _INK,
        *,
        width: float,
        row: float,
    ) -> None:
        """Write over as many lines as the text needs, at least one, and go on below them."""
        for part in lines_within(page_letters(text), font, size, width) or [""]:
            self.text(x, part, font, size, color)
            self.y -= row

    def text_right(self, x: float, text: str, font: str = _PLAIN, size: float = 9, color: HexColor = _INK) -> None:
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(color)
        self.canvas.drawRightString(x, self.y, page_letters(text))

    def rule(self, color: HexColor = _RULE, width: float = 0.6) -> None:
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(width)
        self.canvas.line(_LEFT, self.y, _RIGHT, self.y)

    def need(self, height: float) -> None:
        if self.y - height < _BOTTOM:
            self.turn()

    def turn(self) -> None:
        self.y = 40
        self.text_right(_RIGHT, f"page {self.number}", size=7.5, color=_QUIET)
        self.lines(_LEFT, self.foot, size=7.5, color=_QUIET, width=430, row=9)
        self.canvas.showPage()
        self.number += 1
        self.y = float(_TOP)


def _table(page: _Page, table: SheetTable) -> None:
    page.need(60)
    page.text(_LEFT, table.title, _BOLD, 10.5)
    page.y -= 16
    edges = _edges(len(table.columns))
    page.text(_LEFT, table.columns[0], _BOLD, 7.5, _QUIET)
    for edge, label in zip(edges, table.columns[1:], strict=True):
        page.text_right(edge, label, _BOLD, 7.5, _QUIET)
    page.y -= 5
    page.rule()
    page.y -= 13
    for row in table.rows:
        _row(page, edges, row, _PLAIN)
    if not table.rows:
        page.text(_LEFT, "Nothing.", color=_QUIET)
        page.y -= 14
    if table.last:
        page.y += 8
        page.rule()
        page.y -= 13
        _row(page, edges, table.last, _BOLD)
    page.y -= 18


def _row(page: _Page, edges: Sequence[float], row: Sequence[str], font: str) -> None:
    width = (edges[0] - _WIDTH if edges else _RIGHT) - _LEFT
    parts = lines_within(page_letters(row[0]), font, 9, width) or [""]
    page.need(14 + _LINE * (len(parts) - 1))
    for edge, text in zip(edges, row[1:], strict=True):
        page.text_right(edge, text, font)
    for part in parts:
        page.text(_LEFT, part, font)
        page.y -= _LINE
    page.y -= 14 - _LINE


def _edges(columns: int) -> list[float]:
    """Right edges of the columns after the first, which has the width of what they leave."""
    return [_RIGHT - _WIDTH * place for place in reversed(range(columns - 1))]
