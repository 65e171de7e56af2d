"""Names and addresses longer than a line: they take more lines, and run into nothing and over no margin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanclaim.forms.abn import render_notice_sheet
from cleanclaim.forms.appeal_letter import render_appeal_letter
from cleanclaim.forms.estimate import render_estimate
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


def overlap(one: Box, two: Box) -> bool:
    """Whether two characters share ink: more than half a point both ways."""
    wide = min(one.right, two.right) - max(one.left, two.left)
    high = min(one.top, two.top) - max(one.bottom, two.bottom)
    return wide > 1 and high > 1


@pytest.mark.parametrize("document", [superbill, estimate, notice, appeal], ids=lambda made: made.__name__)
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
