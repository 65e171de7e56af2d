"""A patient's statement: what was charged, what the plan took and paid, what is theirs and why, and how to pay it.

One calm page, or several: visits with their lines, the reason of each part in a sentence, what is still with the plan,
how long it has been owed, and what to do who disagrees or cannot pay. It holds no diagnosis.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from cleanclaim.dates import written
from cleanclaim.forms.lettering import page_letters
from cleanclaim.forms.page import lines_within
from cleanclaim.money import dollars

_INK, _QUIET, _ACCENT = HexColor(0x1F2D37), HexColor(0x5F6E78), HexColor(0x2F6F73)
_RULE, _BAND = HexColor(0xD5DDE1), HexColor(0xF3F6F7)
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 558, 738, 64
_NAME_WIDTH = 360
"""What the clinic's name may take of a line, in points, beside the title."""
_ADDRESS_WIDTH = 270
"""What a patient's name and address may take of a line, in points, beside the box of the sum."""
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"
_BODY, _SMALL = 9.0, 7.5
_COLUMNS = (330, 388, 446, 500, 558)
"""Right edges of charge, plan's discount, plan paid, you paid, yours."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One service in words and cents: charged, taken off by contract or by us, paid by plan and patient, owed."""

    words: str
    charge_cents: int
    discount_cents: int
    plan_paid_cents: int
    you_paid_cents: int
    yours_cents: int


@dataclass(frozen=True, slots=True)
class StatementVisit:
    """The lines of one day, with a sentence for each part and its cents; a sentence alone where there is no amount."""

    on: date
    lines: tuple[StatementLine, ...]
    told: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class StatementPage:
    """All that a statement says. Addresses are lines as they are printed; amounts are cents.

    `credit_cents` is what the patient has paid beyond its lines. `aging` names each bucket with its cents.
    `installment` is what a payment plan asks for next: cents and day.
    """

    number: str
    clinic: str
    clinic_address: tuple[str, ...]
    clinic_phone: str
    patient: str
    patient_address: tuple[str, ...]
    patient_number: str
    issued_on: date
    due_on: date
    visits: tuple[StatementVisit, ...]
    credit_cents: int
    total_cents: int
    aging: tuple[tuple[str, int], ...]
    installment: tuple[int, date] | None = None
    note: str = ""


def render_statement(page: StatementPage) -> bytes:
    """One statement as PDF."""
    return render_statements([page])


def render_statements(pages: Sequence[StatementPage]) -> bytes:
    """Statements one after the other as one PDF, each beginning on a sheet of its own."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=LETTER, invariant=True)
    canvas.setTitle("Statement" if len(pages) == 1 else f"{len(pages)} statements")
    canvas.setCreator("CleanClaim")
    for page in pages:
        sheet = _Sheet(canvas, page)
        _head(sheet)
        for visit in page.visits:
            _visit(sheet, visit)
        _sum(sheet)
        _closing(sheet)
        sheet.turn(last=True)
    canvas.save()
    return stream.getvalue()


class _Sheet:
    """A sheet of a statement with a place to go on from, which is turned when there is no room."""

    def __init__(self, canvas: Canvas, page: StatementPage) -> None:
        self.canvas, self.page = canvas, page
        self.number, self.y = 1, float(_TOP)

    def text(self, x: float, text: str, font: str = _PLAIN, size: float = _BODY, color: HexColor = _INK) -> None:
        self._set(font, size, color)
        self.canvas.drawString(x, self.y, page_letters(text))

    def text_right(self, x: float, text: str, font: str = _PLAIN, size: float = _BODY, color: HexColor = _INK) -> None:
        self._set(font, size, color)
        self.canvas.drawRightString(x, self.y, page_letters(text))

    def _set(self, font: str, size: float, color: HexColor) -> None:
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(color)

    def paragraph(self, text: str, *, left: float = _LEFT, width: float = _RIGHT - _LEFT, size: float = _BODY) -> None:
        for part in simpleSplit(page_letters(text), _PLAIN, size, width):
            self.need(size + 4)
            self.text(left, part, size=size, color=_QUIET)
            self.y -= size + 3.5

    def rule(self, color: HexColor = _RULE, width: float = 0.6) -> None:
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(width)
        self.canvas.line(_LEFT, self.y, _RIGHT, self.y)

    def band(self, height: float) -> None:
        self.canvas.setFillColor(_BAND)
        self.canvas.rect(_LEFT - 6, self.y - 5, _RIGHT - _LEFT + 12, height, stroke=0, fill=1)

    def need(self, height: float) -> None:
        """Turn the sheet where less than `height` is left."""
        if self.y - height < _BOTTOM:
            self.turn(last=False)
            self.text(_LEFT, f"Statement {self.page.number}, continued", _BOLD)
            self.y -= 24
            _columns(self)

    def turn(self, *, last: bool) -> None:
        self.y = 40
        told = f"Statement {self.page.number}  ·  page {self.number}"
        self.text_right(_RIGHT, told, size=_SMALL, color=_QUIET)
        whose = f"{self.page.clinic}  ·  {self.page.clinic_phone}"
        for part in simpleSplit(page_letters(whose), _PLAIN, _SMALL, _NAME_WIDTH):
            self.text(_LEFT, part, size=_SMALL, color=_QUIET)
            self.y -= 9
        self.y = 52
        self.rule()
        self.canvas.showPage()
        self.number += 1
        self.y = float(_TOP)
        if last:
            self.number = 1


def _head(sheet: _Sheet) -> None:
    page = sheet.page
    sheet.text_right(_RIGHT, "Statement", size=20, color=_ACCENT)
    for part in lines_within(page_letters(page.clinic), _BOLD, 14, _NAME_WIDTH):
        sheet.text(_LEFT, part, _BOLD, 14)
        sheet.y -= 15
    sheet.y += 15
    for line in (*page.clinic_address, page.clinic_phone):
        for part in lines_within(page_letters(line), _PLAIN, _BODY, _NAME_WIDTH):
            sheet.y -= 13
            sheet.text(_LEFT, part, color=_QUIET)
    # The address stands where a window envelope shows it, a third down the sheet.
    top = sheet.y = 622.0
    for line in (page.patient, *page.patient_address):
        for part in lines_within(page_letters(line), _PLAIN, 10, _ADDRESS_WIDTH):
            sheet.text(_LEFT + 18, part, size=10)
            sheet.y -= 13
    sheet.y = top + 16
    _box(sheet)
    sheet.y = 530
    sheet.paragraph(
        "This is what your visits cost, what your plan did, and what is yours to pay. Each amount of yours has its "
        "reason below it. Amounts that your plan has not decided yet are not asked of you."
    )
    sheet.y -= 12
    _columns(sheet)


def _box(sheet: _Sheet) -> None:
    page, left, height = sheet.page, 356, 92
    sheet.canvas.setFillColor(_BAND)
    sheet.canvas.roundRect(left, sheet.y - height + 16, _RIGHT - left, height, 6, stroke=0, fill=1)
    rows = [
        ("Statement", page.number),
        ("Date", written(page.issued_on)),
        ("Account", page.patient_number),
    ]
    for label, value in rows:
        sheet.text(left + 14, label, color=_QUIET)
        sheet.text_right(_RIGHT - 14, value)
        sheet.y -= 14
    sheet.y -= 8
    asked = page.installment[0] if page.installment else page.total_cents
    by = page.installment[1] if page.installment else page.due_on
    sheet.text(left + 14, f"Please pay by {written(by)}", _BOLD)
    sheet.text_right(_RIGHT - 14, dollars(asked), _BOLD, 14, _ACCENT)


def _columns(sheet: _Sheet) -> None:
    sheet.text(_LEFT, "Visit and service", _BOLD, _SMALL, _QUIET)
    for edge, label in zip(_COLUMNS, ("Charge", "Reduced", "Plan paid", "You paid", "You owe"), strict=True):
        sheet.text_right(edge, label, _BOLD, _SMALL, _QUIET)
    sheet.y -= 5
    sheet.rule(_ACCENT, 1)
    sheet.y -= 15


def _visit(sheet: _Sheet, visit: StatementVisit) -> None:
    sheet.need(15 * (1 + len(visit.lines[:2])) + 14)
    sheet.text(_LEFT, written(visit.on), _BOLD)
    sheet.y -= 14
    for line in visit.lines:
        parts = simpleSplit(page_letters(line.words), _PLAIN, _BODY, _COLUMNS[0] - _LEFT - 60)
        sheet.need(13 * len(parts))
        amounts = (
            line.charge_cents, -line.discount_cents, -line.plan_paid_cents, -line.you_paid_cents, line.yours_cents
        )  # fmt: skip
        for place, (edge, cents) in enumerate(zip(_COLUMNS, amounts, strict=True)):
            shown = "–" if not cents and place else dollars(cents)
            sheet.text_right(edge, shown, _BOLD if place == len(_COLUMNS) - 1 and cents else _PLAIN)
        for part in parts:
            sheet.text(_LEFT + 10, part)
            sheet.y -= 12.5
    for words, amount in visit.told:
        told = words if amount is None else f"{words.removesuffix('.')}: {dollars(amount)}."
        for part in simpleSplit(page_letters(told), _PLAIN, 8, _RIGHT - _LEFT - 20):
            sheet.need(12)
            sheet.text(_LEFT + 10, part, size=8, color=_QUIET)
            sheet.y -= 11
    sheet.y -= 2
    sheet.rule()
    sheet.y -= 14


def _sum(sheet: _Sheet) -> None:
    page = sheet.page
    sheet.need(120)
    if page.credit_cents:
        sheet.text_right(_COLUMNS[2], "You have paid ahead", color=_QUIET)
        sheet.text_right(_RIGHT, dollars(-page.credit_cents))
        sheet.y -= 16
    sheet.band(20)
    sheet.y += 1
    sheet.text_right(_COLUMNS[2], "Yours to pay in all", _BOLD, 10)
    sheet.text_right(_RIGHT, dollars(page.total_cents), _BOLD, 12, _ACCENT)
    sheet.y -= 34
    step = (_RIGHT - _LEFT) / max(1, len(page.aging))
    for place, (label, cents) in enumerate(page.aging):
        x = _LEFT + step * place
        sheet.text(x, f"{label} days", size=_SMALL, color=_QUIET)
        sheet.y -= 12
        sheet.text(x, dollars(cents) if cents else "–")
        sheet.y += 12
    sheet.y -= 34


def _closing(sheet: _Sheet) -> None:
    page = sheet.page
    pay_to = ", ".join((page.clinic, *page.clinic_address))
    pay = f"To pay: by card at the front desk or by telephone at {page.clinic_phone}, or by check to {pay_to}."
    ask = f"If you think that something here is not right, call us at {page.clinic_phone}: we look into it with you."
    need = "If paying this would be hard for you, tell us: we test need by one scale for all, and agree on parts."
    told = [
        f"{pay} Write {page.patient_number} on the check.",
        f"{ask} You can have a copy of the claim and of your plan's answer.",
        need,
    ]
    if page.installment:
        cents, day = page.installment
        told.insert(0, f"By your payment plan {dollars(cents)} are due on {written(day)}; the rest follows as agreed.")
    if page.note:
        told.append(page.note)
    for text in told:
        sheet.paragraph(text, size=8.5)
        sheet.y -= 4
