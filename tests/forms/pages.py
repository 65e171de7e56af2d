"""Where the characters and the ink of a PDF page lie, and the boxes of the form as published."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image
from pypdfium2 import raw

LEFT, RIGHT, BOTTOM, TOP = 3.8, 2.3, 0.7, 1.2
"""How far text may stand outside a published rectangle, in points.

The rectangles are those of a fillable form (CMS-1500 02/12, 252 fields), read on 2026-11-21. They are drawn inside
the printed lines of the form, up to 5 points from them on the left and 3 on the right.
"""
TAIL = 1.8
"""How far below its line the tail of a comma or a Q reaches."""
BELOW = {
    "patient_signature": 1.8,
    "patient_signature_date": 1.8,
    "insured_signature": 1.8,
    "provider_signature": 2.8,  # drawn between the rows of print
    "provider_signature_date": 2.9,
}
ABOVE = {"carrier_1": 1.9, "carrier_2": 2.9, "carrier_3": 3.9, "carrier_4": 4.9}  # the rows there are 13 points apart
RIGHT_OF = {"carrier_1": 50, "carrier_2": 50, "carrier_3": 50, "carrier_4": 50}  # no box: the page is free to its edge


class Box(NamedTuple):
    """A rectangle in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and self.bottom <= other.bottom
            and other.right <= self.right
            and other.top <= self.top
        )

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def has(self, point: tuple[float, float]) -> bool:
        return self.left <= point[0] <= self.right and self.bottom <= point[1] <= self.top


class Character(NamedTuple):
    """One printed character and its ink."""

    sign: str
    box: Box
    size: float

    @property
    def body(self) -> Box:
        """Its ink without the tail that a comma or a Q has below the line."""
        return self.box._replace(bottom=self.box.bottom + TAIL) if self.sign in ",Q" else self.box


def published() -> dict[tuple[str, int], Box]:
    """Field and service line (0 for none) to the rectangle of the fillable form, widened by what is allowed."""
    found = {}
    with (Path(__file__).parent / "published_rectangles.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            field, line = row["field"], int(row["line"] or 0)
            found[field, line] = Box(
                float(row["left"]) - LEFT,
                float(row["bottom"]) - BELOW.get(field, BOTTOM),
                float(row["right"]) + RIGHT_OF.get(field, RIGHT),
                float(row["top"]) + ABOVE.get(field, TOP),
            )
    return found


def page_count(data: bytes) -> int:
    with pdfium.PdfDocument(data) as document:
        return len(document)


def characters(data: bytes, page: int = 0) -> list[Character]:
    """The printed characters of a page, blanks left out, in the order of the file."""
    with pdfium.PdfDocument(data) as document:
        text = document[page].get_textpage()
        return [
            Character(
                text.get_text_range(place, 1), Box(*text.get_charbox(place)), raw.FPDFText_GetFontSize(text, place)
            )
            for place in range(text.count_chars())
            if text.get_text_range(place, 1).strip()
        ]


def words(data: bytes, page: int = 0) -> str:
    with pdfium.PdfDocument(data) as document:
        whole: str = document[page].get_textpage().get_text_range()
        return whole.replace("\r\n", "\n")


def image(data: bytes, page: int = 0, scale: float = 2) -> Image.Image:
    """The page in shades of gray, `scale` pixels to the point."""
    with pdfium.PdfDocument(data) as document:
        picture: Image.Image = document[page].render(scale=scale).to_pil().convert("L")
        return picture


def darkest(picture: Image.Image) -> int:
    """The darkest shade of a gray picture: 0 is black, 255 white."""
    return next(shade for shade, count in enumerate(picture.histogram()) if count)
