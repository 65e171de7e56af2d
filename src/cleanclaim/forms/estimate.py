"""The good faith estimate as PDF: who, what, how often, by whom, at which expected charges, and the patient's rights.

It holds what 45 CFR 149.610(c) asks for, in our own drawing and words: the patient with birth date; the main service
and its day in plain language; every expected service with its diagnoses, code, number and expected charge, grouped by
provider; each provider's name, NPI, tax id and place; what is scheduled separately; and four disclosures (more may be
recommended; it is only an estimate; the right to dispute, where to begin, and that care does not suffer; it is no
contract). The model form of the regulator was read only where clinics post it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from cleanclaim.forms.naming import (
    address_line,
    address_lines,
    day_words,
    foot_words,
    name_words,
    phone_words,
    tax_id_words,
)
from cleanclaim.forms.page import ACCENT, BOLD, LEFT, PLAIN, QUIET, RIGHT, ROW, SMALL, Page
from cleanclaim.forms.superbill import Labels
from cleanclaim.money import dollars
from cleanclaim.records import Address, Organization, Person, Provider
from cleanclaim.sources import Source


@dataclass(frozen=True, slots=True)
class EstimatedService:
    """One row: a service over several visits at one expected charge a unit, in cents."""

    visit_kind: str
    code: str
    units: int
    visits: int
    unit_cents: int
    first_on: date
    last_on: date

    @property
    def cents(self) -> int:
        """What all of it is expected to cost."""
        return self.units * self.visits * self.unit_cents


@dataclass(frozen=True, slots=True)
class EstimateTerms:
    """What the law says of disputes on the day of the estimate; `None` where it is not known, and then not printed."""

    excess_cents: int | None
    dispute_days: int | None
    fee_cents: int | None


@dataclass(frozen=True, slots=True)
class EstimateLetter:
    """Everything that stands on an estimate. `place` is where care is given, where it is not the clinic's address."""

    number: str
    issued_on: date
    clinic: Organization
    place: Address | None
    patient: Person
    birth_date: date
    patient_address: Address
    main_service: str
    """What the patient comes for, in plain language."""
    begins_on: date
    ends_on: date
    visits: int
    frequency: str
    """How often, in words: `2 visits a week`."""
    is_scheduled: bool
    """Whether the first day is scheduled; otherwise the estimate says that it is not."""
    diagnoses: tuple[str, ...]
    services: tuple[EstimatedService, ...]
    therapists: tuple[Provider, ...]
    separate: tuple[str, ...] = ()
    """What is expected to be scheduled apart from this care, each in words."""
    replaces: str = ""
    """The number of the estimate that it takes the place of."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where patients learn how to dispute a bill, with who says so."""

    url: str
    phone: str
    source: Source


@cache
def dispute_contact() -> Contact:
    """Where patients learn how to dispute a bill."""
    text = resources.files("cleanclaim.forms").joinpath("data", "patient_rights.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)["dispute"]
    source = Source.from_table({**table["source"], "confidence": table["confidence"]})
    return Contact(table["url"], table["phone"], source)


def render_estimate(letter: EstimateLetter, terms: EstimateTerms, *, labels: Labels | None = None) -> bytes:
    """The estimate as PDF; it takes as many pages as it needs.

    Raises:
        FormNotPrintableError: a text has letters that the page cannot hold.
    """
    words = labels or Labels()
    page = Page("Good faith estimate", letter.number, author=letter.clinic.name, foot=foot_words(letter.clinic))
    _head(page, letter)
    _parties(page, letter)
    _care(page, letter, words)
    _services(page, letter, words)
    _separate(page, letter)
    _rights(page, letter, terms)
    return page.finished()


def _head(page: Page, letter: EstimateLetter) -> None:
    clinic = letter.clinic
    page.letterhead(
        clinic.name,
        "Good faith estimate",
        [
            (address_line(clinic.address), f"No. {letter.number}"),
            (phone_words(clinic.phone), f"Made {day_words(letter.issued_on)}"),
        ],
    )
    if letter.replaces:
        page.paragraph(f"This estimate takes the place of estimate {letter.replaces}.", font=BOLD)
        page.y -= 4


def _parties(page: Page, letter: EstimateLetter) -> None:
    clinic = letter.clinic
    who = [
        (name_words(letter.patient), BOLD),
        (f"Born {day_words(letter.birth_date)}", PLAIN),
        *((text, PLAIN) for text in address_lines(letter.patient_address)),
    ]
    by = [
        (clinic.name, BOLD),
        (f"NPI {clinic.npi}", PLAIN),
        (f"Tax ID {tax_id_words(clinic.tax_id)} ({clinic.tax_id_kind})", PLAIN),
    ]
    by += [
        (f"{name_words(one.name)}, {one.credential.value}{f', NPI {one.npi}' if one.npi else ''}", PLAIN)
        for one in letter.therapists
    ]
    place = letter.place or clinic.address
    where = [(line, PLAIN) for line in address_lines(place)]
    columns = ((LEFT, "Patient", who), (LEFT + 176, "Provider", by), (LEFT + 352, "Where care is given", where))
    page.columns(columns)
    page.y -= 14


def _care(page: Page, letter: EstimateLetter, words: Labels) -> None:
    page.heading("What this estimate is for")
    page.paragraph(letter.main_service, font=BOLD, size=11, row=14)
    when = "first visit scheduled for" if letter.is_scheduled else "first visit not scheduled yet; expected from"
    visits = f"{letter.visits} visit{'' if letter.visits == 1 else 's'}"
    often = f", {letter.frequency}" if letter.frequency else ""
    page.paragraph(f"{visits}{often}; {when} {day_words(letter.begins_on)}, through {day_words(letter.ends_on)}.")
    page.y -= 4
    for code in letter.diagnoses:
        label = words.diagnosis(code) or ""
        page.need(ROW)
        page.text(LEFT, code, BOLD)
        for part in page.split(label, PLAIN, RIGHT - LEFT - 70) or [""]:
            page.text(LEFT + 70, part)
            page.y -= ROW
    if letter.diagnoses:
        page.paragraph("Every service below is for these diagnoses.", color=QUIET)
    else:
        page.paragraph("No diagnosis is known yet; the evaluation comes first.", color=QUIET)
    page.y -= 12


_COLUMNS = {"code": LEFT, "what": LEFT + 46, "days": LEFT + 222, "units": 404, "visits": 448, "each": 502, "all": RIGHT}
_WHAT_WIDTH = 170


def _services(page: Page, letter: EstimateLetter, words: Labels) -> None:
    page.heading(f"Expected charges of {letter.clinic.name}")
    _heads(page)
    kind = ""
    for row in letter.services:
        label = page.split(words.procedure(row.code) or "", PLAIN, _WHAT_WIDTH) or [""]
        if page.need(ROW * len(label) + 24):
            _heads(page)
        if row.visit_kind != kind:
            kind = row.visit_kind
            page.text(LEFT, kind.capitalize(), BOLD, SMALL, QUIET)
            page.y -= ROW
        _row(page, row, label)
    total = sum(row.cents for row in letter.services)
    page.need(30)
    page.y -= 2
    page.rule(ACCENT, 1, left=_COLUMNS["units"] - 60)
    page.y -= 14
    page.text_right(_COLUMNS["each"], "Total of expected charges", BOLD, 10)
    page.text_right(RIGHT, dollars(total), BOLD, 10)
    page.y -= 24


def _heads(page: Page) -> None:
    page.band()
    for name, text in (("code", "Code"), ("what", "Service"), ("days", "Expected")):
        page.text(_COLUMNS[name], text, BOLD, SMALL, QUIET)
    for name, text in (("units", "Units"), ("visits", "Visits"), ("each", "Each unit"), ("all", "Total")):
        page.text_right(_COLUMNS[name], text, BOLD, SMALL, QUIET)
    page.y -= 18


def _row(page: Page, row: EstimatedService, label: Sequence[str]) -> None:
    days = day_words(row.first_on)
    if row.last_on != row.first_on:
        days += f" – {day_words(row.last_on)}"
    page.text(_COLUMNS["code"], row.code, BOLD)
    page.text(_COLUMNS["days"], days)
    for name, text in (
        ("units", str(row.units)), ("visits", str(row.visits)), ("each", dollars(row.unit_cents)),
        ("all", dollars(row.cents)),
    ):  # fmt: skip
        page.text_right(_COLUMNS[name], text)
    for part in label:
        page.text(_COLUMNS["what"], part)
        page.y -= ROW
    page.y += 5.5
    page.rule()
    page.y -= 13.5


def _separate(page: Page, letter: EstimateLetter) -> None:
    page.heading("Scheduled separately")
    if letter.separate:
        for one in letter.separate:
            page.paragraph(f"•  {one}")
        page.paragraph(
            "These are not in the charges above. You may ask for a separate estimate of each: when it is scheduled, or "
            "before, from whoever gives it."
        )
    else:
        page.paragraph("Nothing is expected to be scheduled separately before or after this care.")
    page.y -= 10


def _rights(page: Page, letter: EstimateLetter, terms: EstimateTerms) -> None:
    page.heading("What you should know")
    for text in disclosures(letter.clinic.name, phone_words(letter.clinic.phone), terms):
        page.paragraph(text, size=8.5, row=11.5)
        page.y -= 4


def disclosures(clinic: str, phone: str, terms: EstimateTerms) -> list[str]:
    """What every estimate tells the patient, a paragraph each."""
    contact = dispute_contact()
    excess = "by a substantial amount" if terms.excess_cents is None else f"by {_short(terms.excess_cents)} or more"
    within = "" if terms.dispute_days is None else f" within {terms.dispute_days} calendar days of the date of the bill"
    fee = "" if terms.fee_cents is None else f" There is a fee of {_short(terms.fee_cents)} to begin."
    return [
        (
            "This is only an estimate of the care that is reasonably expected today. What is done, and what it costs, "
            "may turn out differently."
        ),
        (
            f"{clinic} may recommend more care in the course of treatment. It would be scheduled or asked for "
            "separately, and is not in this estimate."
        ),
        (
            f"If the bill of a provider is above that provider's total here {excess}, you have the right to dispute "
            f"it. You can ask {clinic}, {phone}, to bring the bill in line with the estimate, to agree on another "
            "amount, or whether there is help with paying. You can also begin the patient-provider dispute resolution "
            f"of the U.S. Department of Health and Human Services{within}. Keep this estimate for it.{fee}"
        ),
        (
            f"How to begin: {contact.url}, or {contact.phone}. To begin a dispute will not make the care that you "
            "receive any worse."
        ),
        "This estimate is not a contract. You are not obliged to receive this care from any provider named here.",
    ]


def _short(cents: int) -> str:
    return dollars(cents).removesuffix(".00")
