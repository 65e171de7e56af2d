"""A letter that disputes a payer's decision: what was decided, what the record says, by which rule, for how much.

It holds what reviewers look for first: the claim by both its numbers, the lines and amounts, the request in one
sentence, then the evidence line by line, and what is enclosed. What it says is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.forms.naming import address_line, address_lines, day_words, foot_words, name_words, phone_words
from cleanclaim.forms.page import BOLD, LEFT, PLAIN, QUIET, RIGHT, SMALL, Page
from cleanclaim.money import dollars
from cleanclaim.records import Address, Organization, Provider


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """A line of the claim: what was billed, what is disputed of it in cents, and the payer's reason as it writes it."""

    date_of_service: date
    code: str
    modifiers: tuple[str, ...]
    units: int
    charge_cents: int
    disputed_cents: int
    reason: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of the record, and where they stand."""

    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A calculation under a heading: words and cents, the last row the result."""

    heading: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AppealLetter:
    """All that a letter says. Texts are in sentences; lists may be empty.

    A letter about a claim as a whole has no lines; then `treated_on` tells the day.
    """

    title: str
    written_on: date
    clinic: Organization
    provider: Provider
    payer_name: str
    payer_address: Address | None
    patient_name: str
    member_id: str
    claim_number: str
    payer_claim_number: str
    notice_on: date | None
    trace_number: str
    file_by: date | None
    file_by_words: str
    treated_on: date
    lines: tuple[DisputedLine, ...]
    request: str
    arguments: tuple[str, ...]
    citations: tuple[Citation, ...] = ()
    plan: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    sums: tuple[Sum, ...] = ()
    enclosures: tuple[str, ...] = ()


_BODY = 10
_LEADING = 13.5
_INDENT = 14


def render_appeal_letter(letter: AppealLetter) -> bytes:
    """The letter as PDF. Raises `FormNotPrintableError` where a text has letters that the page cannot hold."""
    page = Page(letter.title, letter.claim_number, author=letter.clinic.name, foot=foot_words(letter.clinic))
    _head(page, letter)
    _about(page, letter)
    if letter.lines:
        _lines(page, letter.lines)
    for text in (letter.request, *letter.arguments):
        _paragraph(page, text)
    for found in letter.sums:
        _sum(page, found)
    _cited(page, letter.citations)
    _listed(page, "Plan of care", letter.plan)
    _listed(page, "The rules that decide", letter.rules)
    _signature(page, letter)
    if letter.enclosures:
        _paragraph(page, f"Enclosed: {'; '.join(letter.enclosures)}.")
    return page.finished()


def _paragraph(page: Page, text: str, *, left: float = LEFT) -> None:
    """A paragraph in the letter's size, with room below it; a long one goes on to the next page."""
    for part in text.splitlines():
        for line in page.split(part, PLAIN, RIGHT - left, _BODY):
            page.need(_LEADING)
            page.text(left, line, size=_BODY)
            page.y -= _LEADING
    page.y -= 6


def _head(page: Page, letter: AppealLetter) -> None:
    clinic = letter.clinic
    page.paragraph(clinic.name, font=BOLD, size=14, row=15)
    page.paragraph(f"{address_line(clinic.address)}  ·  {phone_words(clinic.phone)}", color=QUIET, row=12)
    page.rule()
    page.y -= 24
    page.text_right(RIGHT, day_words(letter.written_on), size=_BODY)
    for part in (letter.payer_name, *(address_lines(letter.payer_address) if letter.payer_address else ())):
        page.text(LEFT, part, size=_BODY)
        page.y -= _LEADING
    page.y -= 16
    page.text(LEFT, letter.title, BOLD, 13)
    page.y -= 22


def _about(page: Page, letter: AppealLetter) -> None:
    """What the letter is about, name by name."""
    provider = letter.provider
    days = {line.date_of_service for line in letter.lines} or {letter.treated_on}
    treated = " and ".join(day_words(one) for one in sorted(days))
    rows = [
        ("Patient", f"{letter.patient_name}, member {letter.member_id or 'number not told'}"),
        ("Claim", f"{letter.claim_number}; your number {letter.payer_claim_number or 'not told'}"),
        (
            "Treated",
            f"{treated} by {name_words(provider.name)}, {provider.credential.value}, NPI {provider.npi or '–'}",
        ),
    ]
    if letter.notice_on is not None:
        rows.append(("Your decision", f"remittance {letter.trace_number} of {day_words(letter.notice_on)}"))
    if letter.file_by is not None:
        rows.append(("Filed in time", f"last day {day_words(letter.file_by)}: {letter.file_by_words}"))
    for name, value in rows:
        page.text(LEFT, name, size=_BODY, color=QUIET)
        for part in page.split(value, PLAIN, RIGHT - LEFT - 92, _BODY):
            page.text(LEFT + 92, part, size=_BODY)
            page.y -= _LEADING
    page.y -= 12


_COLUMNS = {"date": LEFT, "code": 126, "modifiers": 174, "units": 268, "charge": 352, "reason": 372, "disputed": RIGHT}


def _lines(page: Page, lines: Sequence[DisputedLine]) -> None:
    page.need(_LEADING * (min(len(lines), 6) + 3))
    page.band()
    for name, text in (("date", "Date"), ("code", "Code"), ("modifiers", "Modifiers"), ("reason", "As decided")):
        page.text(_COLUMNS[name], text, BOLD, SMALL, QUIET)
    for name, text in (("units", "Units"), ("charge", "Charge"), ("disputed", "In dispute")):
        page.text_right(_COLUMNS[name], text, BOLD, SMALL, QUIET)
    page.y -= 19
    for line in lines:
        page.need(_LEADING)
        page.text(_COLUMNS["date"], day_words(line.date_of_service), size=_BODY)
        page.text(_COLUMNS["code"], line.code, BOLD, _BODY)
        page.text(_COLUMNS["modifiers"], " ".join(line.modifiers), size=_BODY)
        page.text(_COLUMNS["reason"], line.reason, size=_BODY)
        page.text_right(_COLUMNS["units"], str(line.units), size=_BODY)
        page.text_right(_COLUMNS["charge"], dollars(line.charge_cents), size=_BODY)
        page.text_right(_COLUMNS["disputed"], dollars(line.disputed_cents), size=_BODY)
        page.y -= _LEADING
    page.y += 5
    page.rule()
    page.y -= _LEADING
    page.text_right(_COLUMNS["charge"], dollars(sum(line.charge_cents for line in lines)), size=_BODY)
    page.text_right(_COLUMNS["disputed"], dollars(sum(line.disputed_cents for line in lines)), BOLD, _BODY)
    page.y -= 26


def _sum(page: Page, found: Sum) -> None:
    page.need(_LEADING * (len(found.rows) + 2))
    page.text(LEFT, found.heading, BOLD, _BODY)
    page.y -= _LEADING
    for place, (words, cents) in enumerate(found.rows):
        font = BOLD if place == len(found.rows) - 1 else PLAIN
        if font is BOLD:
            page.y += 4
            page.rule(left=LEFT + _INDENT, right=LEFT + 320)
            page.y -= _LEADING
        page.text(LEFT + _INDENT, words, font, _BODY)
        page.text_right(LEFT + 320, dollars(cents), font, _BODY)
        page.y -= _LEADING
    page.y -= 8


def _cited(page: Page, citations: Sequence[Citation]) -> None:
    if not citations:
        return
    page.heading("What the record says")
    for citation in citations:
        page.need(_LEADING * 2)
        page.text(LEFT, citation.where, BOLD, color=QUIET)
        page.y -= 12
        _paragraph(page, f"“{citation.words}”", left=LEFT + _INDENT)
    page.y -= 4


def _listed(page: Page, heading: str, items: Sequence[str]) -> None:
    if not items:
        return
    page.heading(heading)
    for text in items:
        page.need(_LEADING)
        page.text(LEFT, "–", size=_BODY)
        _paragraph(page, text, left=LEFT + _INDENT)
        page.y += 4
    page.y -= 12


def _signature(page: Page, letter: AppealLetter) -> None:
    page.need(80)
    page.y -= 2
    page.text(LEFT, "Sincerely,", size=_BODY)
    page.y -= 32
    page.rule(QUIET, 0.5, LEFT, LEFT + 240)
    page.rule(QUIET, 0.5, LEFT + 280, LEFT + 400)
    page.y -= 11
    page.text(LEFT + 280, "Date", size=SMALL, color=QUIET)
    page.paragraph(f"Name and title, for {letter.clinic.name}", width=260, size=SMALL, color=QUIET, row=9)
    page.y -= 9
