"""A letter page to write on from the top: text, rules, bands, and a turn of the page where there is no more room.

Superbills, estimates, notices and invoices are drawn with it, so that they look like one house's. Nothing is cut: what
does not fit goes on to the next line or page, and letters that the font lacks are refused.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from cleanclaim.forms.lettering import plain_letters
from cleanclaim.forms.problems import FormNotPrintableError, FormProblem

INK = HexColor(0x1F2D37)
QUIET = HexColor(0x66757F)
ACCENT = HexColor(0x2F6F73)
RULE = HexColor(0xD5DDE1)
BAND = HexColor(0xF3F6F7)
LEFT, RIGHT, TOP, BOTTOM = 54, 558, 738, 64
"""The edges of what is written, in points from the lower left corner."""
BODY, SMALL = 9, 7.5
"""Sizes of letters, in points."""
ROW = 12.5
"""From one line of text to the next, in points."""
_APART = 16
"""Between what stands at the left of a line and what stands at its right, in points."""
PLAIN, BOLD = "Helvetica", "Helvetica-Bold"


def _room_beside(right: str, size: float) -> float:
    """The width that is left for what stands at the left of a line, in points."""
    return RIGHT - LEFT - (stringWidth(right, PLAIN, size) + _APART if right else 0)


def _parts(line: str, font: str, size: float, width: float) -> list[str]:
    """A line in parts that are no wider than `width`; all but over-long words are one part."""
    parts = [""]
    for letter in line:
        if parts[-1] and stringWidth(parts[-1] + letter, font, size) > width:
            parts.append("")
        parts[-1] += letter
    return parts


def lines_within(text: str, font: str, size: float, width: float) -> list[str]:
    """A text in the page's letters, in lines no wider than `width` points; a wider word goes on in the next line."""
    lines: list[str] = simpleSplit(text, font, size, width)
    return [part for line in lines for part in _parts(line, font, size, width)]


class Page:
    """A canvas with a place to go on from (`y`, in points from below), which turns the page when there is no room."""

    def __init__(self, kind: str, reference: str, *, author: str, foot: str) -> None:
        """Begin a document.

        Args:
            kind: what it is, for people: `Superbill`.
            reference: its number.
            author: who issues it.
            foot: what stands at the foot of each page, on the left.
        """
        self._stream = io.BytesIO()
        self._kind, self._reference, self._foot_words = kind, reference, foot
        self.canvas = Canvas(self._stream, pagesize=LETTER, invariant=True)
        self.canvas.setTitle(f"{kind} {reference}")
        self.canvas.setAuthor(plain_letters(author))
        self.canvas.setCreator("CleanClaim")
        self.number = 1
        self.y: float = TOP

    def text(self, x: float, text: str, font: str = PLAIN, size: float = BODY, color: HexColor = INK) -> None:
        """Write from `x` to the right, on the current line."""
        self._set(font, size, color)
        self.canvas.drawString(x, self.y, self.printable(text))

    def text_right(self, x: float, text: str, font: str = PLAIN, size: float = BODY, color: HexColor = INK) -> None:
        """Write so that the text ends at `x`."""
        self._set(font, size, color)
        self.canvas.drawRightString(x, self.y, self.printable(text))

    def _set(self, font: str, size: float, color: HexColor) -> None:
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(color)

    def printable(self, text: str) -> str:
        """The text in the letters of the page's font: those that it lacks lose their accents, or are refused.

        Raises:
            FormNotPrintableError: it has letters without a customary plain spelling.
        """
        for candidate in (text, plain_letters(text)):
            try:
                candidate.encode("cp1252")
            except UnicodeEncodeError:
                continue
            return candidate
        problem = FormProblem(
            self._reference, self._kind.lower(), "a letter that the page cannot hold", "Latin letters"
        )
        raise FormNotPrintableError((problem,))

    def split(self, text: str, font: str, width: float, size: float = BODY) -> list[str]:
        """The text in lines no wider than `width` points; a word that is wider by itself goes on in the next line."""
        return lines_within(self.printable(text), font, size, width)

    def paragraph(  # noqa: PLR0913 - where, how wide, in which letters
        self,
        text: str,
        *,
        left: float = LEFT,
        width: float = RIGHT - LEFT,
        font: str = PLAIN,
        size: float = BODY,
        color: HexColor = INK,
        row: float = ROW,
    ) -> None:
        """Write a text over as many lines as it needs; it stays together on one page."""
        lines = self.split(text, font, width, size)
        self.need(row * len(lines))
        for line in lines:
            self.text(left, line, font, size, color)
            self.y -= row

    def letterhead(self, name: str, title: str, beneath: Sequence[tuple[str, str]]) -> None:
        """Whose page it is at the left and what it is at the right, and lines of both below, over a rule.

        A long name or address takes more lines and never runs into what stands at the right.
        """
        self.text_right(RIGHT, title, PLAIN, 20, ACCENT)
        for part in self.split(name, BOLD, _room_beside(title, 20), 15):
            self.text(LEFT, part, BOLD, 15)
            self.y -= 17
        self.y += 2
        for left, right in beneath:
            self.text_right(RIGHT, right, color=QUIET)
            for part in self.split(left, PLAIN, _room_beside(right, BODY)) or [""]:
                self.text(LEFT, part, color=QUIET)
                self.y -= 12
        self.y -= 2
        self.rule(ACCENT, 1.4)
        self.y -= 22

    def heading(self, text: str) -> None:
        """A small heading, with room for a few lines after it."""
        self.need(50)
        for part in self.split(text.upper(), BOLD, RIGHT - LEFT, 6.8):
            self.text(LEFT, part, BOLD, 6.8, ACCENT)
            self.y -= 9
        self.y -= 6

    def columns(self, columns: Iterable[tuple[float, str, Sequence[tuple[str, str]]]]) -> None:
        """Narrow columns side by side, each from its left edge: a small heading, and lines with their font.

        The next line stands below the longest.
        """
        top, lowest = self.y, self.y
        for x, heading, lines in columns:
            self.y = top
            self.text(x, heading.upper(), BOLD, 6.8, ACCENT)
            self.y -= 14
            for text, font in lines:
                for part in self.split(text, font, min(162, RIGHT - x)):
                    self.text(x, part, font)
                    self.y -= ROW
            lowest = min(lowest, self.y)
        self.y = lowest

    def rule(self, color: HexColor = RULE, width: float = 0.6, left: float = LEFT, right: float = RIGHT) -> None:
        """A line across the page, on the current line."""
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(width)
        self.canvas.line(left, self.y, right, self.y)

    def band(self) -> None:
        """A quiet band behind the current line, for the heads of a table."""
        self.canvas.setFillColor(BAND)
        self.canvas.rect(LEFT - 6, self.y - 5, RIGHT - LEFT + 12, 16, stroke=0, fill=1)

    def need(self, height: float) -> bool:
        """Turn the page where less than `height` is left; says whether it was turned."""
        if self.y - height >= BOTTOM:
            return False
        self._foot()
        self.canvas.showPage()
        self.number += 1
        self.y = TOP
        self.text(LEFT, f"{self._kind} {self._reference}, continued", BOLD)
        self.y -= 24
        return True

    def _foot(self) -> None:
        y, self.y = self.y, 40
        words = f"{self._kind} {self._reference}  ·  Page {self.number}"
        self.text_right(RIGHT, words, size=SMALL, color=QUIET)
        for part in self.split(self._foot_words, PLAIN, _room_beside(words, SMALL), SMALL):
            self.text(LEFT, part, size=SMALL, color=QUIET)
            self.y -= 9
        self.y = 52
        self.rule()
        self.y = y

    def finished(self) -> bytes:
        """Close the last page and the file."""
        self._foot()
        self.canvas.showPage()
        self.canvas.save()
        return self._stream.getvalue()
