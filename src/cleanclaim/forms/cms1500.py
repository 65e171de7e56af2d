"""The CMS-1500 (02/12) as PDF: the data alone for pre-printed sheets, or with a plain drawn form as a copy.

Payers read paper claims from the red pre-printed form only, so the copy carries a watermark that says so. The same
claims give the same bytes: a file holds no time and no random number.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from enum import StrEnum

from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas

from cleanclaim.forms.cms1500_copy import COPY_FORM, add_copy_form
from cleanclaim.forms.cms1500_filling import FilledForm, Totals, fill_form
from cleanclaim.forms.problems import FormNotPrintableError, FormProblem
from cleanclaim.forms.sheet import FIRST_BASELINE, LEADING, LEFT, Sheet
from cleanclaim.records import Claim

FONT = "Courier"
FONT_SIZE = 12
"""Courier of 12 points is ten characters to the inch."""
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\()"})


class Style(StrEnum):
    """What is printed beside the data."""

    DATA = "data"
    """Nothing: for pre-printed sheets."""
    COPY = "copy"
    """A plain form of our own drawing and a watermark: for the clinic's files and for patients."""


def render_cms1500(
    claims: Iterable[Claim], *, style: Style | str = Style.DATA, offset: tuple[float, float] = (0, 0)
) -> bytes:
    """Fill and print the form for each claim, in order, into one PDF.

    Args:
        claims: the claims; one with more than six lines takes several sheets.
        style: the data alone, or with a drawn form as a copy.
        offset: points to move the data right and up, for a printer that feeds its sheets off the mark.

    Raises:
        FormNotPrintableError: a claim has text that does not fit its box, or lacks what the form needs. To print the
            others, take `fill_form` of each claim and `render_forms` of those without problems.
    """
    forms = [fill_form(claim) for claim in claims]
    return render_forms(forms, style=style, offset=offset)


def render_forms(
    forms: Sequence[FilledForm], *, style: Style | str = Style.DATA, offset: tuple[float, float] = (0, 0)
) -> bytes:
    """Print filled forms; raises `FormNotPrintableError` as `render_cms1500` does, and `ValueError` for no form."""
    problems = tuple(problem for form in forms for problem in form.problems)
    if problems:
        raise FormNotPrintableError(problems)
    if not forms:
        raise ValueError("no claim to print: expected at least one")
    is_copy = Style(style) is Style.COPY
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=LETTER, invariant=True)
    canvas.setTitle("Claim copies" if is_copy else "Claims for pre-printed forms")
    canvas.setCreator("CleanClaim")
    if is_copy:
        add_copy_form(canvas)
    for form in forms:
        for number, sheet in enumerate(form.sheets, start=1):
            if is_copy:
                canvas.doForm(COPY_FORM)
                if len(form.sheets) > 1:
                    canvas.setFont("Helvetica", 7)
                    canvas.drawRightString(590, 24, f"Sheet {number} of {len(form.sheets)}")
            _type(canvas, sheet, offset)
            canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _type(canvas: Canvas, sheet: Sheet, offset: tuple[float, float]) -> None:
    # Written as PDF text operators: a row is plain ASCII, and one text object for each row would take twice the time.
    canvas.setFont(FONT, FONT_SIZE, LEADING)
    rows = " ".join(f"({row.translate(_ESCAPED)}) Tj T*" if row else "T*" for row in sheet)
    canvas.addLiteral(f"BT 1 0 0 1 {LEFT + offset[0]:.2f} {FIRST_BASELINE + offset[1]:.2f} Tm {rows} ET")


__all__ = [
    "FilledForm",
    "FormNotPrintableError",
    "FormProblem",
    "Style",
    "Totals",
    "fill_form",
    "render_cms1500",
    "render_forms",
]
