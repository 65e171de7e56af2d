"""Names and addresses longer than a line: they take more lines, and run into nothing and over no margin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cleanclaim.forms.abn import render_notice_sheet
from cleanclaim.forms.appeal_letter import render_appeal_letter
from cleanclaim.forms.day_sheet import SheetTable, render_day_sheet
from cleanclaim.forms.estimate import render_estimate
from cleanclaim.forms.receipt import ReceiptPage, render_receipt
from cleanclaim.forms.statement import StatementLine, StatementPage, StatementVisit, render_statement
from cleanclaim.forms.superbill import render_superbill
from cleanclaim.records import Address, Person
from tests.forms import test_abn, test_appeal_letter, test_estimate, test_superbill
from tests.forms.pages import Box, characters, page_count

CLINIC = test_estimate.CLINIC.model_copy(
    update={
        "name": "The Greater Metropolitan Area Center for Orthopedic, Neurological and Pelvic Physical Therapy, LLC",
        "address": Address(
            line1="12345 North Saint Bartholomew's Memorial Boulevard",
            line2="Building C, Suite 1200, North Entrance",
            city="Rancho Santa Margarita",
            state="CA",
            zip_code="92688-1234",
        ),
    }
)
PATIENT = Person(
    family_name="Featherstonehaugh-Wolfeschlegelsteinhausen", given_name="Maximiliana Alexandrina", middle_name="Q"
)


def superbill() -> bytes:
    claim = test_superbill.cash_claim()
    patient = claim.patient.model_copy(update={"name": PATIENT, "address": CLINIC.address})
    return render_superbill(claim.model_copy(update={"billing": CLINIC, "patient": patient}))


def estimate() -> bytes:
    letter = replace(test_estimate.LETTER, clinic=CLINIC, patient=PATIENT)
    return render_estimate(letter, test_estimate.TERMS, labels=test_estimate.LABELS)


def notice() -> bytes:
    return render_notice_sheet(replace(test_abn.SHEET, clinic=CLINIC, patient=PATIENT), test_abn.BLANKS)


def appeal() -> bytes:
    return render_appeal_letter(replace(test_appeal_letter.LETTER, clinic=CLINIC))


ADDRESS = ("12345 North Saint Bartholomew's Memorial Boulevard, Building C, Suite 1200, North Entrance, Upper Level",
           "Rancho Santa Margarita, CA 92688-1234")  # fmt: skip


def receipt() -> bytes:
    return render_receipt(
        ReceiptPage(
            "R000001", CLINIC.name, ADDRESS, "(312) 555-0100", f"{PATIENT.given_name} {PATIENT.family_name}" * 2, "P103",
            date(2026, 9, 24), 2_600, "a card that ends in 4242, by the processor's number " + "9" * 90,
            (("Sep 22, 2026  " + "Neuromuscular re-education and more of it " * 4, 1_900),), 700, 123_456_789,
        )
    )  # fmt: skip


def day_sheet() -> bytes:
    people = tuple((f"{PATIENT.given_name} {PATIENT.family_name}", *("$1,234,567.89",) * 5) for _ in range(40))
    tables = [
        SheetTable("By person", ("", "Charges", "From payers", "From patients", "Adjusted", "Refunded"), people),
        SheetTable("Taken", ("", "By", "Receipts", "Dollars"), (), ("Total of all " * 20, "", "40", "$1,234,567.89")),
    ]
    return render_day_sheet(CLINIC.name, "September 24, 2026", tables, foot=f"{CLINIC.name}  ·  made today, at 9:12 AM")


def statement() -> bytes:
    visit = StatementVisit(date(2026, 9, 22), (StatementLine("Therapeutic exercise", 14_000, 0, 0, 0, 14_000),), ())
    return render_statement(
        StatementPage(
            "S000007", CLINIC.name, ADDRESS, "(312) 555-0100", f"{PATIENT.given_name} {PATIENT.family_name}" * 2, ADDRESS,
            "P103", date(2026, 9, 24), date(2026, 10, 24), (visit,), 0, 14_000, (("0–30", 14_000),),
        )
    )  # fmt: skip


def overlap(one: Box, two: Box) -> bool:
    """Whether two characters share ink: more than half a point both ways."""
    wide = min(one.right, two.right) - max(one.left, two.left)
    high = min(one.top, two.top) - max(one.bottom, two.bottom)
    return wide > 1 and high > 1


@pytest.mark.parametrize(
    "document", [superbill, estimate, notice, appeal, receipt, day_sheet, statement], ids=lambda made: made.__name__
)
def test_long_names_run_into_nothing(document: object) -> None:
    assert callable(document)
    data = document()
    for page in range(page_count(data)):
        boxes = sorted((found.box for found in characters(data, page) if found.sign.strip()), key=lambda box: box.left)
        assert boxes[-1].left < 558
        assert max(box.right for box in boxes) <= 558.5
        met = [
            (one, two)
            for place, one in enumerate(boxes)
            for two in boxes[place + 1 :]
            if two.left < one.right and overlap(one, two)
        ]
        assert met == []
