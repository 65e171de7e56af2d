"""An appeal letter says the claim by both its numbers, the lines, the amounts, the record and who says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cleanclaim.forms.appeal_letter import AppealLetter, Citation, DisputedLine, Sum, render_appeal_letter
from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.records import Address, Credential, Organization, Person, Provider

pdfium = pytest.importorskip("pypdfium2")

HOME = Address(line1="40 Millrace Way", line2="Suite 2", city="Chicago", state="IL", zip_code="606160140")
CLINIC = Organization(
    id="millrace", name="Millrace Physical Therapy", npi="1999000007", tax_id="001234567", taxonomy="261QP2000X",
    address=HOME, phone="3125550100", contact="Marcus Doyle",
)  # fmt: skip
THERAPIST = Provider(
    id="pt1", name=Person(given_name="Beatriz", family_name="Salcedo"), credential=Credential.PT, npi="1999000031"
)
LETTER = AppealLetter(
    title="Redetermination request",
    written_on=date(2026, 9, 25),
    clinic=CLINIC,
    provider=THERAPIST,
    payer_name="Medicare Part B",
    payer_address=HOME,
    patient_name="Otis Grandison",
    member_id="1EG4TE5MK06",
    claim_number="V009",
    payer_claim_number="PCN22",
    notice_on=date(2026, 9, 1),
    trace_number="EFT1",
    file_by=date(2027, 1, 4),
    file_by_words="120 days from receipt",
    treated_on=date(2026, 8, 3),
    lines=(
        DisputedLine(date(2026, 8, 3), "97110", ("GP", "KX"), 2, 14_000, 14_000, "CO-50"),
        DisputedLine(date(2026, 8, 3), "97140", ("59", "GP"), 1, 7_000, 2_500, "CO-97"),
    ),
    request="We ask you to pay $165.00 for the lines above.",
    arguments=("The record shows the skilled service.",),
    citations=(Citation("Note of 08/03/2026, for 97110", "closed-chain strengthening, 25 minutes"),),
    plan=("Established 07/20/2026",),
    rules=("Centers for Medicare, Manual, section 220",),
    sums=(Sum("97140: what is due", (("due", 5_000), ("allowed by you", -2_500), ("allowed too little", 2_500))),),
    enclosures=("Treatment note of 08/03/2026, signed",),
)


def pages(letter: AppealLetter) -> list[str]:
    """The text of each page, blanks made one."""
    document = pdfium.PdfDocument(render_appeal_letter(letter))
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_everything_that_is_said_is_printed() -> None:
    (text,) = pages(LETTER)
    for part in (
        "Redetermination request",
        "Otis Grandison, member 1EG4TE5MK06",
        "V009; your number PCN22",
        "remittance EFT1 of 09/01/2026",
        "last day 01/04/2027: 120 days from receipt",
        "Beatriz Salcedo, PT, NPI 1999000031",
        "We ask you to pay $165.00",
        "closed-chain strengthening, 25 minutes",
        "Established 07/20/2026",
        "Manual, section 220",
        "Treatment note of 08/03/2026, signed",
        "allowed too little $25.00",
    ):
        assert part in text, part


def test_the_amounts_add_up() -> None:
    (text,) = pages(LETTER)
    assert "$210.00" in text
    assert "$165.00" in text


def test_what_is_not_known_is_not_made_up() -> None:
    (text,) = pages(replace(LETTER, payer_claim_number="", notice_on=None, file_by=None))
    assert "V009; your number not told" in text
    assert "Your decision" not in text
    assert "Filed in time" not in text


def test_a_letter_about_a_claim_as_a_whole_has_no_lines() -> None:
    told = Sum(
        "What was announced, sent and taken", (("Our check 1042 of 08/20/2026", 2_500), ("recovered twice", 2_500))
    )
    (text,) = pages(replace(LETTER, lines=(), sums=(told,)))
    assert "Treated 08/03/2026 by Beatriz Salcedo, PT" in text
    assert "Our check 1042 of 08/20/2026 $25.00 recovered twice $25.00" in text
    assert "In dispute" not in text


def test_a_long_letter_goes_on_to_the_next_page_whole() -> None:
    many = tuple(Citation(f"Note {number}", f"passage {number} of the record") for number in range(60))
    found = pages(replace(LETTER, citations=many))
    assert len(found) == 4
    assert sum(text.count("passage 59 of the record") for text in found) == 1
    assert all(f"passage {number} of" in " ".join(found) for number in range(60))


def test_the_same_letter_is_the_same_file() -> None:
    assert render_appeal_letter(LETTER) == render_appeal_letter(LETTER)


def test_letters_that_the_page_cannot_hold_are_refused() -> None:
    with pytest.raises(FormNotPrintableError):
        render_appeal_letter(replace(LETTER, patient_name="王小明"))
