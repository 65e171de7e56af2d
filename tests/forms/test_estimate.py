"""The good faith estimate on paper: every element that the law asks for, the arithmetic, and long ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cleanclaim.forms.estimate import (
    EstimatedService,
    EstimateLetter,
    EstimateTerms,
    disclosures,
    dispute_contact,
    render_estimate,
)
from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.forms.superbill import Labels
from cleanclaim.records import Address, Credential, Organization, Person, Provider
from cleanclaim.sources import Confidence
from tests.forms.pages import page_count, words

LABELS = Labels({"97110": "Therapeutic exercise", "97161": "Evaluation"}.get, {"M25.511": "Pain in right shoulder"}.get)
TERMS = EstimateTerms(40_000, 120, 2_500)
CLINIC = Organization(
    id="millrace", name="Millrace Physical Therapy", npi="1999000007", tax_id="001234567", taxonomy="261QP2000X",
    address=Address(line1="40 Millrace Way", line2="Suite 2", city="Chicago", state="IL", zip_code="60616-0140"),
    phone="3125550100", contact="Joan Ferris",
)  # fmt: skip
EVALUATION = EstimatedService("evaluation", "97161", 1, 1, 15_000, date(2026, 9, 28), date(2026, 9, 28))
TREATMENT = EstimatedService("treatment", "97110", 2, 11, 6_000, date(2026, 9, 30), date(2026, 11, 4))
LETTER = EstimateLetter(
    number="E-000012", issued_on=date(2026, 9, 25), clinic=CLINIC, place=None,
    patient=Person(family_name="Brightwater", given_name="Odell"), birth_date=date(1990, 2, 3),
    patient_address=Address(line1="9 Elm St", city="Chicago", state="IL", zip_code="60616"),
    main_service="Physical therapy for pain in the right shoulder", begins_on=date(2026, 9, 28),
    ends_on=date(2026, 11, 4), visits=12, frequency="2 visits a week", is_scheduled=True, diagnoses=("M25.511",),
    services=(EVALUATION, TREATMENT),
    therapists=(
        Provider(name=Person(family_name="Okafor", given_name="Adaeze"), credential=Credential.PT, npi="1999000015"),
    ),
)  # fmt: skip


def flat(data: bytes, page: int = 0) -> str:
    return " ".join(words(data, page).split())


def test_it_holds_what_the_law_asks_for() -> None:
    text = flat(render_estimate(LETTER, TERMS, labels=LABELS))

    for expected in (
        "Good faith estimate", "No. E-000012", "Made 09/25/2026",
        "Odell Brightwater", "Born 02/03/1990", "9 Elm St", "Chicago, IL 60616",
        "Millrace Physical Therapy", "NPI 1999000007", "Tax ID 00-1234567 (EIN)", "Adaeze Okafor, PT, NPI",
        "40 Millrace Way", "Suite 2", "(312) 555-0100",
        "Physical therapy for pain in the right shoulder",
        "12 visits, 2 visits a week; first visit scheduled for 09/28/2026, through 11/04/2026.",
        "M25.511", "Pain in right shoulder",
        "97161", "Evaluation", "$150.00", "97110", "Therapeutic exercise", "09/30/2026", "11/04/2026", "$60.00",
        "$1,320.00", "Every service below is for these diagnoses.", "Total of expected charges", "$1,470.00",
        "Nothing is expected to be scheduled separately",
        "only an estimate", "may recommend more care", "by $400 or more", "within 120 calendar days",
        "There is a fee of $25 to begin", "www.cms.gov/nosurprises/consumers", "1-800-985-3059",
        "will not make the care that you receive any worse", "not a contract", "Page 1",
    ):  # fmt: skip
        assert expected in text, expected
    assert page_count(render_estimate(LETTER, TERMS, labels=LABELS)) == 1


def test_what_is_not_known_is_not_claimed() -> None:
    letter = replace(LETTER, is_scheduled=False, diagnoses=(), therapists=(), separate=("Imaging of the shoulder",))
    text = flat(render_estimate(letter, EstimateTerms(None, None, None)))

    assert "first visit not scheduled yet; expected from 09/28/2026" in text
    assert "No diagnosis is known yet" in text
    assert "Imaging of the shoulder" in text
    assert "by a substantial amount" in text
    assert ("$400" in text, "calendar days" in text, "There is a fee" in text) == (False, False, False)
    assert "Nothing is expected to be scheduled separately" not in text


def test_one_that_takes_anothers_place_says_so() -> None:
    assert "takes the place of estimate E-000007" in flat(render_estimate(replace(LETTER, replaces="E-000007"), TERMS))
    assert "takes the place" not in flat(render_estimate(LETTER, TERMS))


def test_a_long_one_turns_the_page_and_keeps_its_heads() -> None:
    services = tuple(replace(TREATMENT, unit_cents=6_000 + place) for place in range(40))
    data = render_estimate(replace(LETTER, services=services), TERMS, labels=LABELS)

    assert page_count(data) == 3
    assert "Good faith estimate E-000012, continued" in flat(data, 1)
    assert "Code Service Expected" in flat(data, 1)
    # Σ 22 × (6000 + n) for n in 0..39 = 22 × (240,000 + 780)
    assert "$52,971.60" in flat(data, 1) + flat(data, 2)


def test_the_same_estimate_is_the_same_bytes() -> None:
    assert render_estimate(LETTER, TERMS) == render_estimate(LETTER, TERMS)


def test_letters_that_no_page_has_are_refused_without_the_text() -> None:
    with pytest.raises(FormNotPrintableError, match="E-000012: box good faith estimate: found a letter") as refused:
        render_estimate(replace(LETTER, main_service="治療"), TERMS)
    assert "治" not in str(refused.value)


def test_every_disclosure_stands_once() -> None:
    assert len(disclosures("Clinic", "phone", TERMS)) == 5

    assert dispute_contact().source.confidence is Confidence.SECONDARY
