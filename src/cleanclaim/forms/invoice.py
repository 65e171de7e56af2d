"""A billing company's invoice to a clinic as PDF: what was collected, less refunds, and its share; no patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.forms.naming import address_line, day_words
from cleanclaim.forms.page import BOLD, LEFT, QUIET, RIGHT, SMALL, Page
from cleanclaim.money import dollars
from cleanclaim.records import Address


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """What was collected while one rate held, in cents, the rate in ten-thousandths, and the share."""

    begins_on: date
    ends_on: date
    posted_cents: int
    refunded_cents: int
    rate_e4: int
    fee_cents: int


@dataclass(frozen=True, slots=True)
class InvoiceLetter:
    """Everything that stands on an invoice."""

    number: str
    issued_on: date
    company: str
    clinic: str
    clinic_address: Address
    begins_on: date
    ends_on: date
    rows: Sequence[InvoiceRow]


def percent(rate_e4: int) -> str:
    """A rate as people write it: `5%`, `6.25%`."""
    whole, rest = divmod(rate_e4, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


_COLUMNS = {"days": LEFT, "posted": 300, "refunded": 380, "collected": 460, "rate": 505, "fee": RIGHT}


def render_invoice(letter: InvoiceLetter) -> bytes:
    """The invoice as PDF.

    Raises:
        FormNotPrintableError: a text has letters that the page cannot hold.
    """
    page = Page("Invoice", letter.number, author=letter.company, foot=letter.company)
    page.letterhead(
        letter.company, "Invoice", [("", f"No. {letter.number}"), ("", f"Issued {day_words(letter.issued_on)}")]
    )
    page.heading("For")
    page.paragraph(letter.clinic, font=BOLD, row=13)
    page.text(LEFT, address_line(letter.clinic_address))
    page.y -= 26
    page.heading(f"Billing service, {day_words(letter.begins_on)} through {day_words(letter.ends_on)}")
    page.band()
    page.text(_COLUMNS["days"], "Days", BOLD, SMALL, QUIET)
    for name, head in (
        ("posted", "Cash posted"), ("refunded", "Given back"), ("collected", "Collected"), ("rate", "Rate"),
        ("fee", "Fee"),
    ):  # fmt: skip
        page.text_right(_COLUMNS[name], head, BOLD, SMALL, QUIET)
    page.y -= 18
    for row in letter.rows:
        page.need(20)
        page.text(_COLUMNS["days"], f"{day_words(row.begins_on)} – {day_words(row.ends_on)}")
        for name, text in (
            ("posted", dollars(row.posted_cents)), ("refunded", dollars(row.refunded_cents)),
            ("collected", dollars(row.posted_cents - row.refunded_cents)), ("rate", percent(row.rate_e4)),
            ("fee", dollars(row.fee_cents)),
        ):  # fmt: skip
            page.text_right(_COLUMNS[name], text)
        page.y -= 7
        page.rule()
        page.y -= 13
    total = sum(row.fee_cents for row in letter.rows)
    page.y -= 4
    page.text_right(_COLUMNS["rate"], "To pay" if total >= 0 else "Credit to the clinic", BOLD, 11)
    page.text_right(RIGHT, dollars(abs(total)), BOLD, 11)
    page.y -= 30
    page.paragraph(
        "Collected is what payers and patients paid onto claims and accounts on these days by the clinic's ledger, "
        "less what was given back. Interest, payers' other adjustments and money that is not placed yet are not in it.",
        color=QUIET,
    )
    return page.finished()
