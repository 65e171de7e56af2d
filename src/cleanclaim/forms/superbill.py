"""The superbill: one calm page a patient can pay from, keep, and send to a plan to be paid back.

It holds what plans ask for: who treated, with license, NPI and tax number; diagnoses; each service with code,
modifiers, units and charge; what was paid. Payments that are not known are left to be filled in by hand, never
printed as zero.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from cleanclaim.forms.lettering import phone, plain_letters, zip_code
from cleanclaim.forms.problems import FormNotPrintableError, FormProblem
from cleanclaim.money import dollars
from cleanclaim.records import Address, Claim, ClaimLine, Person, Provider

_INK = HexColor(0x1F2D37)
_QUIET = HexColor(0x66757F)
_ACCENT = HexColor(0x2F6F73)
_RULE = HexColor(0xD5DDE1)
_BAND = HexColor(0xF3F6F7)
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 558, 738, 64
_BODY, _SMALL = 9, 7.5
_ROW = 12.5
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Payment(NamedTuple):
    """Money received from the patient for these services: how much in cents, on which day, and by what means."""

    cents: int
    on: date | None = None
    means: str = ""


def _no_label(_code: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Labels:
    """Words for codes, each in plain language or `None` where there are none."""

    procedure: Callable[[str], str | None] = _no_label
    diagnosis: Callable[[str], str | None] = _no_label
    place_of_service: Callable[[str], str | None] = _no_label


def render_superbill(
    claim: Claim,
    *,
    labels: Labels | None = None,
    payments: Sequence[Payment] | None = None,
    issued_on: date | None = None,
) -> bytes:
    """The superbill of one claim as PDF; it takes as many pages as its services need.

    Args:
        claim: what was done, by whom, and what is charged.
        labels: words for codes; a code without words stands alone.
        payments: what the patient has paid; `None` where nobody has said, unless the claim states an amount. An
            empty sequence says that nothing was paid.
        issued_on: the day of issue; left out where not given.

    Raises:
        FormNotPrintableError: a text has letters that the page cannot hold.
    """
    if payments is None and claim.patient_paid_cents:
        payments = (Payment(claim.patient_paid_cents),)
    page = _Page(claim, issued_on)
    _head(page, claim)
    _parties(page, claim, labels or Labels())
    _diagnoses(page, claim, labels or Labels())
    _services(page, claim, labels or Labels())
    _totals(page, claim, payments)
    _closing(page, claim)
    return page.finished()


class _Page:
    """A canvas with a place to go on from, which turns the page when there is no room."""

    def __init__(self, claim: Claim, issued_on: date | None) -> None:
        self._stream = io.BytesIO()
        self.canvas = Canvas(self._stream, pagesize=LETTER, invariant=True)
        self.canvas.setTitle(f"Superbill {claim.id}")
        self.canvas.setAuthor(plain_letters(claim.billing.name))
        self.canvas.setCreator("CleanClaim")
        self._claim = claim
        self.issued_on = issued_on
        self.number = 1
        self.y: float = _TOP

    def text(self, x: float, text: str, font: str = _PLAIN, size: float = _BODY, color: HexColor = _INK) -> None:
        """Write from `x` to the right, on the current line."""
        self._set(font, size, color)
        self.canvas.drawString(x, self.y, self.printable(text))

    def text_right(self, x: float, text: str, font: str = _PLAIN, size: float = _BODY, color: HexColor = _INK) -> None:
        """Write so that the text ends at `x`."""
        self._set(font, size, color)
        self.canvas.drawRightString(x, self.y, self.printable(text))

    def _set(self, font: str, size: float, color: HexColor) -> None:
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(color)

    def printable(self, text: str) -> str:
        """The text in the letters of the page's font: those that it lacks lose their accents, or are refused."""
        for candidate in (text, plain_letters(text)):
            try:
                candidate.encode("cp1252")
            except UnicodeEncodeError:
                continue
            return candidate
        problem = FormProblem(self._claim.id, "superbill", "a letter that the page cannot hold", "Latin letters")
        raise FormNotPrintableError((problem,))

    def split(self, text: str, font: str, width: float, size: float = _BODY) -> list[str]:
        """The text in lines no wider than `width` points."""
        lines: list[str] = simpleSplit(self.printable(text), font, size, width)
        return lines

    def rule(self, color: HexColor = _RULE, width: float = 0.6, left: float = _LEFT, right: float = _RIGHT) -> None:
        """A line across the page, on the current line."""
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(width)
        self.canvas.line(left, self.y, right, self.y)

    def need(self, height: float) -> bool:
        """Turn the page where less than `height` is left; says whether it was turned."""
        if self.y - height >= _BOTTOM:
            return False
        self._foot()
        self.canvas.showPage()
        self.number += 1
        self.y = _TOP
        self.text(_LEFT, f"Superbill {self._claim.id}, continued", _BOLD)
        self.y -= 24
        return True

    def _foot(self) -> None:
        y, self.y = self.y, 40
        billing = self._claim.billing
        self.text(
            _LEFT,
            f"{billing.name}  ·  Tax ID {_tax_id(billing.tax_id)}  ·  NPI {billing.npi}",
            size=_SMALL,
            color=_QUIET,
        )
        self.text_right(_RIGHT, f"Superbill {self._claim.id}  ·  Page {self.number}", size=_SMALL, color=_QUIET)
        self.y = 52
        self.rule()
        self.y = y

    def finished(self) -> bytes:
        """Close the last page and the file."""
        self._foot()
        self.canvas.showPage()
        self.canvas.save()
        return self._stream.getvalue()


# --- parts of the page ----------------------------------------------------------------------------------


def _head(page: _Page, claim: Claim) -> None:
    billing = claim.billing
    page.text_right(_RIGHT, "Superbill", _PLAIN, 20, _ACCENT)
    for part in page.split(billing.name, _BOLD, 380, 15):
        page.text(_LEFT, part, _BOLD, 15)
        page.y -= 17
    page.y += 2
    page.text(_LEFT, _one_line(billing.address), color=_QUIET)
    page.text_right(_RIGHT, f"No. {claim.id}", color=_QUIET)
    page.y -= 12
    page.text(_LEFT, _phone(billing.phone), color=_QUIET)
    if page.issued_on is not None:
        page.text_right(_RIGHT, f"Issued {_day(page.issued_on)}", color=_QUIET)
    page.y -= 14
    page.rule(_ACCENT, 1.4)
    page.y -= 24


def _parties(page: _Page, claim: Claim, labels: Labels) -> None:
    patient, provider, billing, payer = claim.patient, claim.rendering, claim.billing, claim.payer
    who = [
        (_name(patient.name), _BOLD),
        (f"Born {_day(patient.birth_date)}", _PLAIN),
        *((text, _PLAIN) for text in _address_lines(patient.address)),
        *(((_phone(patient.phone), _PLAIN),) if patient.phone else ()),
    ]
    by = [
        (f"{_name(provider.name)}, {provider.credential.value}", _BOLD),
        (f"NPI {provider.npi or 'not stated'}", _PLAIN),
        (_license(provider), _PLAIN),
    ]
    if claim.referring is not None:
        by += [("Referred by", _PLAIN), (f"{_name(claim.referring.name)}, {claim.referring.credential.value}", _PLAIN)]
        if claim.referring.npi:
            by.append((f"NPI {claim.referring.npi}", _PLAIN))
    place = labels.place_of_service(claim.place_of_service)
    billed = [
        (f"Tax ID {_tax_id(billing.tax_id)} ({billing.tax_id_kind})", _BOLD),
        (f"Clinic NPI {billing.npi}", _PLAIN),
        (f"Place {claim.place_of_service}{f', {place}' if place else ''}", _PLAIN),
    ]
    if payer.member_id:
        billed += [(f"Plan: {payer.name}", _PLAIN), (f"Member {payer.member_id}", _PLAIN)]
        if payer.group_number:
            billed.append((f"Group {payer.group_number}", _PLAIN))
    columns = ((_LEFT, "Patient", who), (_LEFT + 176, "Provider", by), (_LEFT + 352, "Billing", billed))
    top, lowest = page.y, page.y
    for x, heading, lines in columns:
        page.y = top
        page.text(x, heading.upper(), _BOLD, 6.8, _ACCENT)
        page.y -= 14
        for text, font in lines:
            for part in page.split(text, font, 162):
                page.text(x, part, font)
                page.y -= _ROW
        lowest = min(lowest, page.y)
    page.y = lowest - 16


def _diagnoses(page: _Page, claim: Claim, labels: Labels) -> None:
    _heading(page, "Diagnoses (ICD-10-CM)")
    for position, code in enumerate(claim.diagnoses, start=1):
        words = page.split(labels.diagnosis(code) or "", _PLAIN, _RIGHT - _LEFT - 88) or [""]
        page.need(_ROW * len(words))
        page.text(_LEFT, _letter(position), _BOLD, color=_ACCENT)
        page.text(_LEFT + 20, code, _BOLD)
        for part in words:
            page.text(_LEFT + 88, part)
            page.y -= _ROW
    page.y -= 16


_COLUMNS = {
    "date": 54,
    "place": 110,
    "code": 140,
    "modifiers": 178,
    "description": 244,
    "diagnoses": 428,
    "units": 500,
    "charge": 558,
}
_DESCRIPTION_WIDTH = 176


def _services(page: _Page, claim: Claim, labels: Labels) -> None:
    _heading(page, "Services")
    _service_heads(page)
    for line in claim.lines:
        words = page.split(labels.procedure(line.code) or "", _PLAIN, _DESCRIPTION_WIDTH) or [""]
        if page.need(_ROW * len(words) + 8):
            _service_heads(page)
        _service(page, line, words)


def _service_heads(page: _Page) -> None:
    page.canvas.setFillColor(_BAND)
    page.canvas.rect(_LEFT - 6, page.y - 5, _RIGHT - _LEFT + 12, 16, stroke=0, fill=1)
    for name, text in (
        ("date", "Date"),
        ("place", "Place"),
        ("code", "Code"),
        ("modifiers", "Modifiers"),
        ("description", "Description"),
        ("diagnoses", "Diagnosis"),
    ):
        page.text(_COLUMNS[name], text, _BOLD, _SMALL, _QUIET)
    for name, text in (("units", "Units"), ("charge", "Charge")):
        page.text_right(_COLUMNS[name], text, _BOLD, _SMALL, _QUIET)
    page.y -= 18


def _service(page: _Page, line: ClaimLine, words: Sequence[str]) -> None:
    page.text(_COLUMNS["date"], _day(line.date_of_service))
    page.text(_COLUMNS["place"], line.place_of_service)
    page.text(_COLUMNS["code"], line.code, _BOLD)
    page.text(_COLUMNS["modifiers"], " ".join(line.modifiers))
    page.text(_COLUMNS["diagnoses"], " ".join(_letter(pointer) for pointer in line.pointers))
    page.text_right(_COLUMNS["units"], str(line.units))
    page.text_right(_COLUMNS["charge"], dollars(line.charge_cents))
    for part in words:
        page.text(_COLUMNS["description"], part)
        page.y -= _ROW
    page.y += 5.5
    page.rule()
    page.y -= 13.5


def _totals(page: _Page, claim: Claim, payments: Sequence[Payment] | None) -> None:
    page.need(60 + _ROW * len(payments or ()))
    page.y -= 4
    _total(page, "Total charges", dollars(claim.total_charge_cents))
    if payments is None:
        _total(page, "Paid", None)
        _total(page, "Balance due", None)
    else:
        for payment in payments or (Payment(0),):
            detail = ", ".join(part for part in (_day(payment.on) if payment.on else "", payment.means) if part)
            _total(page, f"Paid ({detail})" if detail else "Paid", dollars(payment.cents))
        balance = claim.total_charge_cents - sum(payment.cents for payment in payments)
        page.y += 4
        page.rule(_ACCENT, 1, left=_COLUMNS["diagnoses"] - 60)
        page.y -= 13
        _total(page, "Balance due" if balance >= 0 else "Overpaid", dollars(abs(balance)), _BOLD)
    page.y -= 14


def _total(page: _Page, label: str, amount: str | None, font: str = _PLAIN) -> None:
    page.text_right(_COLUMNS["units"], label, font)
    if amount is None:
        page.canvas.setStrokeColor(_QUIET)
        page.canvas.setLineWidth(0.5)
        page.canvas.line(_COLUMNS["units"] + 10, page.y - 2, _RIGHT, page.y - 2)
    else:
        page.text_right(_RIGHT, amount, font)
    page.y -= _ROW + 3.5


_ADVICE = (
    "The clinic has not sent these services to a health plan. To ask your plan to pay you back, send it this page with "
    "its own claim form; what it pays, and whether it does, is up to your plan."
)


def _closing(page: _Page, claim: Claim) -> None:
    lines = page.split(_ADVICE, _PLAIN, _RIGHT - _LEFT)
    page.need(_ROW * len(lines) + 78)
    for part in lines:
        page.text(_LEFT, part, color=_QUIET)
        page.y -= _ROW
    page.y -= 46
    page.rule(_QUIET, 0.5, _LEFT, _LEFT + 280)
    page.rule(_QUIET, 0.5, _LEFT + 320, _RIGHT)
    page.y -= 11
    provider = claim.rendering
    page.text(_LEFT, f"Signature of {_name(provider.name)}, {provider.credential.value}", size=_SMALL, color=_QUIET)
    page.text(_LEFT + 320, "Date", size=_SMALL, color=_QUIET)


def _heading(page: _Page, text: str) -> None:
    page.need(50)
    page.text(_LEFT, text.upper(), _BOLD, 6.8, _ACCENT)
    page.y -= 15


# --- words ----------------------------------------------------------------------------------------------


def _letter(position: int) -> str:
    """The letter of a diagnosis counted from 1; its number where the alphabet ends."""
    return _LETTERS[position - 1] if 1 <= position <= len(_LETTERS) else str(position)


def _day(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _name(name: Person) -> str:
    return " ".join(part for part in (name.given_name, name.middle_name, name.family_name, name.suffix) if part)


def _license(provider: Provider) -> str:
    if not provider.license_number:
        return "License not stated"
    return f"License {' '.join(part for part in (provider.license_state, provider.license_number) if part)}"


def _tax_id(text: str) -> str:
    digits = "".join(sign for sign in text if sign.isdigit())
    return f"{digits[:2]}-{digits[2:]}" if text == digits else text


def _phone(text: str) -> str:
    parts = phone(text)
    return f"({parts[0]}) {parts[1][:3]}-{parts[1][3:]}" if parts else text


def _address_lines(address: Address) -> list[str]:
    town = f"{address.city}, {address.state} {zip_code(address.zip_code)}"
    return [line for line in (address.line1, address.line2, town) if line]


def _one_line(address: Address) -> str:
    return ", ".join(_address_lines(address))
