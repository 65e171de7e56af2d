"""The entries for CMS-R-131: every blank once, the edition named, nothing chosen or signed for the patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cleanclaim.forms.abn import NoticedService, NoticeSheet, render_notice_sheet
from cleanclaim.records import Person
from cleanclaim.reference import advance_notice
from tests.forms.pages import page_count, words
from tests.forms.test_estimate import CLINIC

SHEET = NoticeSheet(
    number="N-00003", form="CMS-R-131", expires=date(2029, 3, 31), clinic=CLINIC,
    patient=Person(family_name="Colewood", given_name="Harriet", middle_name="Ann"),
    services=(
        NoticedService(
            "Physical therapy once a week for 12 weeks", "Medicare does not pay to keep up what is reached", 96_000
        ),
    ),
    begins_on=date(2026, 10, 1), ends_on=date(2026, 12, 23),
)  # fmt: skip
BLANKS = advance_notice.form().blanks


def flat(data: bytes) -> str:
    return " ".join(words(data).split())


def test_it_names_the_form_its_edition_and_every_blank() -> None:
    text = flat(render_notice_sheet(SHEET, BLANKS))

    for expected in (
        "Entries for CMS-R-131", "Edition that expires 03/31/2029", "No. N-00003", "Harriet A. Colewood",
        "Millrace Physical Therapy", "40 Millrace Way, Suite 2", "(312) 555-0100",
        "Physical therapy once a week for 12 weeks", "Medicare does not pay to keep up what is reached", "$960.00",
        "10/01/2026", "12/23/2026",
    ):  # fmt: skip
        assert expected in text, expected
    assert all(label in text for label in BLANKS.values())


def test_nothing_is_chosen_or_signed_for_the_patient() -> None:
    text = flat(render_notice_sheet(SHEET, BLANKS))

    assert "Left to the patient. Nobody else marks a box." in text
    assert "This sheet is not the notice and is not signed." in text
    assert "Option 1" not in text


def test_several_services_each_have_their_reason_and_cost() -> None:
    data = render_notice_sheet(replace(SHEET, services=SHEET.services * 4, more="Ask us about a home program."), BLANKS)

    assert page_count(data) == 2
    assert "(1 of 4)" in flat(data)
    assert "home program" in words(data, 1)
