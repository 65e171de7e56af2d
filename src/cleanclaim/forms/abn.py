"""What stands in the blanks of an advance beneficiary notice (CMS-R-131), as PDF, to be carried onto the form itself.

The notice is a form of the government: patients sign its own edition of the day, unchanged, or it does not hold. So
this is no copy of it, has none of its words, and no place to sign; it names the form, its edition and each blank, with
what the clinic writes there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.forms.naming import address_line, day_words, foot_words, name_words, phone_words
from cleanclaim.forms.page import ACCENT, BOLD, INK, LEFT, PLAIN, QUIET, RIGHT, ROW, Page
from cleanclaim.money import dollars
from cleanclaim.records import Organization, Person


@dataclass(frozen=True, slots=True)
class NoticedService:
    """One service: what (blank D), why Medicare may not pay (blank E), and its estimated cost in cents (blank F)."""

    what: str
    why: str
    cents: int


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """What the clinic writes into the form. `expires` is the date printed on the edition that is to be signed."""

    number: str
    form: str
    expires: date
    clinic: Organization
    patient: Person
    services: tuple[NoticedService, ...]
    begins_on: date
    ends_on: date
    more: str = ""


def render_notice_sheet(sheet: NoticeSheet, blanks: Mapping[str, str]) -> bytes:
    """The sheet as PDF.

    Args:
        sheet: what the clinic writes.
        blanks: what each blank is for, by its letter.

    Raises:
        FormNotPrintableError: a text has letters that the page cannot hold.
    """
    page = Page(f"Entries for {sheet.form}", sheet.number, author=sheet.clinic.name, foot=foot_words(sheet.clinic))
    edition = f"Edition that expires {day_words(sheet.expires)}"
    page.letterhead(sheet.clinic.name, f"Entries for {sheet.form}", [(edition, f"No. {sheet.number}")])
    page.paragraph(
        f"Carry these entries onto the government's form {sheet.form}, in the edition that expires "
        f"{day_words(sheet.expires)} (its lower left corner says so). The patient signs that form, before care, and "
        "keeps a copy. This sheet is not the notice and is not signed.",
        font=BOLD,
    )
    page.y -= 10
    middle = f" {sheet.patient.middle_name[:1]}." if sheet.patient.middle_name else ""
    clinic = sheet.clinic
    _entry(page, blanks, "A", [clinic.name, address_line(clinic.address), phone_words(clinic.phone)])
    _entry(page, blanks, "B", [f"{sheet.patient.given_name}{middle} {sheet.patient.family_name}"])
    _entry(page, blanks, "C", [sheet.number])
    _services(page, blanks, sheet)
    _entry(page, blanks, "G", ["Left to the patient. Nobody else marks a box."], is_quiet=True)
    _entry(page, blanks, "H", [sheet.more or "Nothing."], is_quiet=not sheet.more)
    _entry(page, blanks, "I", ["Left to the patient, or who represents them."], is_quiet=True)
    _entry(page, blanks, "J", ["Left to who signs."], is_quiet=True)
    page.y -= 6
    page.paragraph(
        f"For the clinic: {name_words(sheet.patient)}, care from {day_words(sheet.begins_on)} through "
        f"{day_words(sheet.ends_on)}. A change of care, of the patient's condition, or of what Medicare covers needs a "
        "new notice. Store the signed form with the patient's documents.",
        color=QUIET,
    )
    return page.finished()


def _entry(page: Page, blanks: Mapping[str, str], letter: str, lines: Sequence[str], *, is_quiet: bool = False) -> None:
    written = [part for line in lines for part in page.split(line, PLAIN, RIGHT - LEFT - 30, 10)]
    page.need(ROW + 14 * len(written) + 12)
    page.text(LEFT, letter, BOLD, 13, ACCENT)
    page.text(LEFT + 30, blanks[letter], PLAIN, 7.5, QUIET)
    page.y -= ROW
    for part in written:
        page.text(LEFT + 30, part, PLAIN, 10, QUIET if is_quiet else INK)
        page.y -= 14
    page.y -= 2
    page.rule(left=LEFT + 30)
    page.y -= 14


def _services(page: Page, blanks: Mapping[str, str], sheet: NoticeSheet) -> None:
    for place, service in enumerate(sheet.services, start=1):
        count = f" ({place} of {len(sheet.services)})" if len(sheet.services) > 1 else ""
        _entry(page, {**blanks, "D": blanks["D"] + count}, "D", [service.what])
        _entry(page, blanks, "E", [service.why])
        _entry(page, blanks, "F", [dollars(service.cents)])
