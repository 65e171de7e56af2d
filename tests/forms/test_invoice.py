"""The invoice on paper: the arithmetic of each rate, the total, and no patient."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.forms.invoice import InvoiceLetter, InvoiceRow, percent, render_invoice
from cleanclaim.records import Address
from tests.forms.pages import page_count, words

LETTER = InvoiceLetter(
    number="I-00001", issued_on=date(2026, 10, 1), company="Prairie Billing", clinic="Millrace Physical Therapy",
    clinic_address=Address(line1="40 Millrace Way", city="Chicago", state="IL", zip_code="60616"),
    begins_on=date(2026, 9, 1), ends_on=date(2026, 9, 30),
    rows=(
        InvoiceRow(date(2026, 9, 1), date(2026, 9, 15), 100_000, 0, 600, 6_000),
        InvoiceRow(date(2026, 9, 16), date(2026, 9, 30), 50_000, 10_000, 525, 2_100),
    ),
)  # fmt: skip


def test_it_says_what_was_collected_and_what_is_asked() -> None:
    data = render_invoice(LETTER)
    text = " ".join(words(data).split())

    for expected in (
        "Invoice", "No. I-00001", "Issued 10/01/2026", "Prairie Billing", "Millrace Physical Therapy",
        "09/01/2026 THROUGH 09/30/2026", "09/01/2026 – 09/15/2026", "$1,000.00", "6%", "$60.00", "$500.00",
        "$100.00", "$400.00", "5.25%", "$21.00", "To pay", "$81.00",
    ):  # fmt: skip
        assert expected in text, expected
    assert page_count(data) == 1


@pytest.mark.parametrize(("rate", "said"), [(500, "5%"), (525, "5.25%"), (550, "5.5%"), (5, "0.05%"), (0, "0%")])
def test_rates_in_words(rate: int, said: str) -> None:
    assert percent(rate) == said
