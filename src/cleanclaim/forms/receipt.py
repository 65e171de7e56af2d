"""A patient's receipt: half a sheet that says what was paid, how, and what it paid."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas

from cleanclaim.forms.lettering import page_letters
from cleanclaim.forms.page import BOLD, PLAIN, lines_within
from cleanclaim.money import dollars

_INK, _QUIET, _ACCENT = HexColor(0x1F2D37), HexColor(0x5F6E78), HexColor(0x2F6F73)
_LEFT, _RIGHT = 54, 558
_HEAD_WIDTH = 350
"""What the clinic's name and address may take of a line, in points, beside the title."""
_SIZE = 9
_MOST_LINES = 14


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """All that a receipt says; amounts in cents. `lines` are the days and services that it paid."""

    number: str
    clinic: str
    clinic_address: tuple[str, ...]
    clinic_phone: str
    patient: str
    patient_number: str
    received_on: date
    cents: int
    means: str
    lines: tuple[tuple[str, int], ...]
    credit_cents: int
    owed_cents: int
    is_voided: bool = False


def render_receipt(page: ReceiptPage) -> bytes:
    """The receipt as PDF: the upper half of a sheet."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=LETTER, invariant=True)
    canvas.setTitle(f"Receipt {page.number}")
    canvas.setCreator("CleanClaim")
    y = 738.0

    def put(x: float, text: str, *, bold: bool = False, size: float = _SIZE, color: HexColor = _INK) -> None:
        canvas.setFont(BOLD if bold else PLAIN, size)
        canvas.setFillColor(color)
        canvas.drawString(x, y, page_letters(text))

    def end(text: str, *, bold: bool = False, size: float = _SIZE, color: HexColor = _INK) -> None:
        canvas.setFont(BOLD if bold else PLAIN, size)
        canvas.setFillColor(color)
        canvas.drawRightString(_RIGHT, y, page_letters(text))

    end("Receipt" if not page.is_voided else "Receipt, voided", size=18, color=_ACCENT)
    for part in lines_within(page_letters(page.clinic), BOLD, 14, _HEAD_WIDTH):
        put(_LEFT, part, bold=True, size=14)
        y -= 15
    y += 2
    for text in (*page.clinic_address, page.clinic_phone):
        for part in lines_within(page_letters(text), PLAIN, _SIZE, _HEAD_WIDTH):
            put(_LEFT, part, color=_QUIET)
            y -= 13
    y -= 11
    day = f"{page.received_on:%B} {page.received_on.day}, {page.received_on.year}"
    for label, value in (
        ("Receipt", page.number), ("Received on", day), ("From", f"{page.patient}, account {page.patient_number}"),
        ("By", page.means),
    ):  # fmt: skip
        put(_LEFT, label, color=_QUIET)
        for part in lines_within(page_letters(value), PLAIN, _SIZE, _RIGHT - _LEFT - 90) or [""]:
            put(_LEFT + 90, part)
            y -= 14
    y -= 6
    put(_LEFT, "Amount", bold=True)
    put(_LEFT + 90, dollars(page.cents), bold=True, size=13, color=_ACCENT)
    y -= 24
    shown, rest = page.lines[:_MOST_LINES], page.lines[_MOST_LINES:]
    rows = [*shown, *([(f"and {len(rest)} more services", sum(cents for _text, cents in rest))] if rest else [])]
    if page.credit_cents:
        rows.append(("kept as your credit", page.credit_cents))
    for text, cents in rows:
        end(dollars(cents))
        for part in lines_within(page_letters(text), PLAIN, _SIZE, _RIGHT - _LEFT - 90):
            put(_LEFT, part)
            y -= 13
    y -= 6
    put(_LEFT, "Balance you still owe today", bold=True)
    end(dollars(page.owed_cents), bold=True)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()
