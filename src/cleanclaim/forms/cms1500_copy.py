"""The plain form behind a copy: our own boxes, labels and watermark, drawn once and shared by all pages."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from cleanclaim.forms.sheet import Place, places

COPY_FORM = "claim-copy"
"""The name under which the drawn form is kept in the PDF."""

_INK = HexColor(0x2F4A5A)
_HAIR = HexColor(0x8FA3AE)
_SHADE = HexColor(0xEDF2F4)
_WATERMARK = HexColor(0xE3EAEE)
"""Pale rather than transparent: it lies under everything, and prints the same everywhere."""
_LABEL_SIZE = 5.6
_MARK = 8.6
"""Side of a mark box, in points."""


def add_copy_form(canvas: Canvas) -> None:
    """Draw the form into the canvas's store; `doForm(COPY_FORM)` then puts it on a page."""
    layout = _layout()
    canvas.beginForm(COPY_FORM, 0, 0, 612, 792)
    canvas.setFillColor(_SHADE)
    for left, bottom, right, top in layout["shaded"]:
        canvas.rect(left, bottom, right - left, top - bottom, stroke=0, fill=1)
    _watermark(canvas, *layout["watermark"])
    _title(canvas, layout["title"], layout["subtitle"])
    canvas.setStrokeColor(_HAIR)
    canvas.setLineWidth(0.45)
    _service_grid(canvas, layout)
    for x, bottom, top in layout["ticks"]:
        canvas.line(x, bottom, x, top)
    for cell in layout["cells"]:
        _cell(canvas, cell)
    canvas.setStrokeColor(_INK)
    canvas.setLineWidth(1.1)
    for left, y, right in layout["heavy"]:
        canvas.line(left, y, right, y)
    canvas.setFont("Helvetica", _LABEL_SIZE)
    for word in layout["words"]:
        canvas.drawString(*word["at"], word["text"])
    for place in places().values():
        if place.kind == "mark":
            _mark(canvas, place)
    canvas.endForm()


def _title(canvas: Canvas, title: str, subtitle: str) -> None:
    canvas.setFillColor(_INK)
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawString(20, 712, title)
    canvas.setFont("Helvetica", 7)
    canvas.drawString(20, 701.5, subtitle)
    canvas.setFont("Helvetica", _LABEL_SIZE)
    canvas.drawString(322.4, 770, "Payer")


def _watermark(canvas: Canvas, first: str, second: str) -> None:
    canvas.saveState()
    canvas.setFillColor(_WATERMARK)
    canvas.translate(306, 352)
    canvas.rotate(50)
    canvas.setFont("Helvetica-Bold", 120)
    _centered(canvas, 0, 0, first)
    canvas.setFont("Helvetica-Bold", 36)
    _centered(canvas, 0, -46, second)
    canvas.restoreState()


def _centered(canvas: Canvas, x: float, y: float, text: str) -> None:
    canvas.drawCentredString(x, y, text)  # spelling: off


def _service_grid(canvas: Canvas, layout: dict[str, Any]) -> None:
    lowest, header = layout["line_bottoms"][-1], 288
    canvas.line(20, 264, 590, 264)
    for x in layout["line_rules"]:
        canvas.line(x, lowest, x, header)
    for number, bottom in enumerate(layout["line_bottoms"], start=1):
        canvas.line(20, bottom, 590, bottom)
        for x in layout["line_ticks"]:
            canvas.line(x, bottom, x, bottom + 9)
        canvas.setFillColor(_INK)
        canvas.setFont("Helvetica", 8)
        _centered(canvas, 13, bottom + 8, str(number))
        canvas.setFont("Helvetica", _LABEL_SIZE)
        _centered(canvas, 489.6, bottom + 4, "NPI")


def _cell(canvas: Canvas, cell: dict[str, Any]) -> None:
    left, bottom, right, top = cell["box"]
    canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)
    x, y = left + 2.5, top - 6.4
    canvas.setFillColor(_INK)
    if cell["item"]:
        canvas.setFont("Helvetica-Bold", _LABEL_SIZE)
        canvas.drawString(x, y, cell["item"])
        x += canvas.stringWidth(cell["item"], "Helvetica-Bold", _LABEL_SIZE) + 2.5
    canvas.setFont("Helvetica", _LABEL_SIZE)
    canvas.drawString(x, y, cell["label"])


def _mark(canvas: Canvas, place: Place) -> None:
    center_x, center_y = place.x + 3.6, place.baseline() + 3.4
    canvas.setStrokeColor(_INK)
    canvas.setLineWidth(0.6)
    canvas.rect(center_x - _MARK / 2, center_y - _MARK / 2, _MARK, _MARK, stroke=1, fill=0)
    y = center_y - 2
    if place.side == "right":
        canvas.drawString(center_x + _MARK / 2 + 1.8, y, place.label)
    elif place.side == "left":
        canvas.drawRightString(center_x - _MARK / 2 - 1.8, y, place.label)
    else:
        _centered(canvas, center_x, center_y + _MARK / 2 + 1.8, place.label)


@cache
def _layout() -> dict[str, Any]:
    text = resources.files("cleanclaim.forms").joinpath("data", "cms1500_copy.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
