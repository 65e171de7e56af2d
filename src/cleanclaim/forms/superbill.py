"""The superbill: one calm page a patient can pay from, keep, and send to a plan to be paid back.

It holds what plans ask for: who treated, with license, NPI and tax number; diagnoses; each service with code,
modifiers, units and charge; what was paid. Payments that are not known are left to be filled in by hand, never
printed as zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

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
from cleanclaim.money import dollars
from cleanclaim.records import Claim, ClaimLine, Provider

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Payment(NamedTuple):
    """Money received from the patient for these services: how much in cents, on which day, and by what means.

    Below zero it was given back.
    """

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


def render_superbill(  # noqa: PLR0913 - what is told of the claim
    claim: Claim,
    *,
    labels: Labels | None = None,
    payments: Sequence[Payment] | None = None,
    given_up_cents: int = 0,
    issued_on: date | None = None,
    is_chosen: bool = False,
    is_filed: bool = False,
) -> bytes:
    """The superbill of one claim as PDF; it takes as many pages as its services need.

    Args:
        claim: what was done, by whom, and what is charged.
        labels: words for codes; a code without words stands alone.
        payments: what the patient has paid; `None` where nobody has said, unless the claim states an amount. An
            empty sequence says that nothing was paid.
        given_up_cents: what of the charges the clinic does not ask for; with payments only.
        issued_on: the day of issue; left out where not given.
        is_chosen: the patient has chosen in writing that no plan is billed: then nobody tells them to bill it.
        is_filed: the claim went to the plan: then the page is for the patient's records alone.

    Raises:
        FormNotPrintableError: a text has letters that the page cannot hold.
    """
    if payments is None and claim.patient_paid_cents:
        payments = (Payment(claim.patient_paid_cents),)
    billing = claim.billing
    page = Page("Superbill", claim.id, author=billing.name, foot=foot_words(billing))
    _head(page, claim, issued_on)
    _parties(page, claim, labels or Labels())
    _diagnoses(page, claim, labels or Labels())
    _services(page, claim, labels or Labels())
    _totals(page, claim, payments, given_up_cents)
    _closing(page, claim, _FILED if is_filed else _CHOSEN if is_chosen else _ADVICE)
    return page.finished()


# --- parts of the page ----------------------------------------------------------------------------------


def _head(page: Page, claim: Claim, issued_on: date | None) -> None:
    billing = claim.billing
    issued = f"Issued {day_words(issued_on)}" if issued_on is not None else ""
    page.letterhead(
        billing.name,
        "Superbill",
        [(address_line(billing.address), f"No. {claim.id}"), (phone_words(billing.phone), issued)],
    )


def _parties(page: Page, claim: Claim, labels: Labels) -> None:
    patient, provider, billing, payer = claim.patient, claim.rendering, claim.billing, claim.payer
    who = [
        (name_words(patient.name), BOLD),
        (f"Born {day_words(patient.birth_date)}", PLAIN),
        *((text, PLAIN) for text in address_lines(patient.address)),
        *(((phone_words(patient.phone), PLAIN),) if patient.phone else ()),
    ]
    by = [
        (f"{name_words(provider.name)}, {provider.credential.value}", BOLD),
        (f"NPI {provider.npi or 'not stated'}", PLAIN),
        (_license(provider), PLAIN),
    ]
    if claim.referring is not None:
        by += [
            ("Referred by", PLAIN),
            (f"{name_words(claim.referring.name)}, {claim.referring.credential.value}", PLAIN),
        ]
        if claim.referring.npi:
            by.append((f"NPI {claim.referring.npi}", PLAIN))
    place = labels.place_of_service(claim.place_of_service)
    billed = [
        (f"Tax ID {tax_id_words(billing.tax_id)} ({billing.tax_id_kind})", BOLD),
        (f"Clinic NPI {billing.npi}", PLAIN),
        (f"Place {claim.place_of_service}{f', {place}' if place else ''}", PLAIN),
    ]
    if payer.member_id:
        billed += [(f"Plan: {payer.name}", PLAIN), (f"Member {payer.member_id}", PLAIN)]
        if payer.group_number:
            billed.append((f"Group {payer.group_number}", PLAIN))
    columns = ((LEFT, "Patient", who), (LEFT + 176, "Provider", by), (LEFT + 352, "Billing", billed))
    page.columns(columns)
    page.y -= 16


def _diagnoses(page: Page, claim: Claim, labels: Labels) -> None:
    page.heading("Diagnoses (ICD-10-CM)")
    for position, code in enumerate(claim.diagnoses, start=1):
        words = page.split(labels.diagnosis(code) or "", PLAIN, RIGHT - LEFT - 88) or [""]
        page.need(ROW * len(words))
        page.text(LEFT, _letter(position), BOLD, color=ACCENT)
        page.text(LEFT + 20, code, BOLD)
        for part in words:
            page.text(LEFT + 88, part)
            page.y -= ROW
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


def _services(page: Page, claim: Claim, labels: Labels) -> None:
    page.heading("Services")
    _service_heads(page)
    for line in claim.lines:
        words = page.split(labels.procedure(line.code) or "", PLAIN, _DESCRIPTION_WIDTH) or [""]
        if page.need(ROW * len(words) + 8):
            _service_heads(page)
        _service(page, line, words)


def _service_heads(page: Page) -> None:
    page.band()
    for name, text in (
        ("date", "Date"),
        ("place", "Place"),
        ("code", "Code"),
        ("modifiers", "Modifiers"),
        ("description", "Description"),
        ("diagnoses", "Diagnosis"),
    ):
        page.text(_COLUMNS[name], text, BOLD, SMALL, QUIET)
    for name, text in (("units", "Units"), ("charge", "Charge")):
        page.text_right(_COLUMNS[name], text, BOLD, SMALL, QUIET)
    page.y -= 18


def _service(page: Page, line: ClaimLine, words: Sequence[str]) -> None:
    page.text(_COLUMNS["date"], day_words(line.date_of_service))
    page.text(_COLUMNS["place"], line.place_of_service)
    page.text(_COLUMNS["code"], line.code, BOLD)
    page.text(_COLUMNS["modifiers"], " ".join(line.modifiers))
    page.text(_COLUMNS["diagnoses"], " ".join(_letter(pointer) for pointer in line.pointers))
    page.text_right(_COLUMNS["units"], str(line.units))
    page.text_right(_COLUMNS["charge"], dollars(line.charge_cents))
    for part in words:
        page.text(_COLUMNS["description"], part)
        page.y -= ROW
    page.y += 5.5
    page.rule()
    page.y -= 13.5


def _totals(page: Page, claim: Claim, payments: Sequence[Payment] | None, given_up_cents: int) -> None:
    page.need(76 + ROW * len(payments or ()))
    page.y -= 4
    _total(page, "Total charges", dollars(claim.total_charge_cents))
    if payments is None:
        _total(page, "Paid", None)
        _total(page, "Balance due", None)
    else:
        for payment in payments or (Payment(0),):
            detail = ", ".join(part for part in (day_words(payment.on) if payment.on else "", payment.means) if part)
            word = "Paid" if payment.cents >= 0 else "Given back"
            _total(page, f"{word} ({detail})" if detail else word, dollars(abs(payment.cents)))
        if given_up_cents:
            _total(page, "Not asked for", dollars(given_up_cents))
        balance = claim.total_charge_cents - given_up_cents - sum(payment.cents for payment in payments)
        page.y += 4
        page.rule(ACCENT, 1, left=_COLUMNS["diagnoses"] - 60)
        page.y -= 13
        _total(page, "Balance due" if balance >= 0 else "Overpaid", dollars(abs(balance)), BOLD)
    page.y -= 14


def _total(page: Page, label: str, amount: str | None, font: str = PLAIN) -> None:
    page.text_right(_COLUMNS["units"], label, font)
    if amount is None:
        page.canvas.setStrokeColor(QUIET)
        page.canvas.setLineWidth(0.5)
        page.canvas.line(_COLUMNS["units"] + 10, page.y - 2, RIGHT, page.y - 2)
    else:
        page.text_right(RIGHT, amount, font)
    page.y -= ROW + 3.5


_ADVICE = (
    "The clinic has not sent these services to a health plan. To ask your plan to pay you back, send it this page with "
    "its own claim form; what it pays, and whether it does, is up to your plan."
)

_FILED = (
    "The clinic has sent these services to your health plan, which answers first. This page is for your records: "
    "please do not send it to the plan as well."
)

_CHOSEN = "As you have chosen in writing, the clinic has not sent these services to a health plan."


def _closing(page: Page, claim: Claim, told: str) -> None:
    lines = page.split(told, PLAIN, RIGHT - LEFT)
    page.need(ROW * len(lines) + 78)
    for part in lines:
        page.text(LEFT, part, color=QUIET)
        page.y -= ROW
    page.y -= 46
    page.rule(QUIET, 0.5, LEFT, LEFT + 280)
    page.rule(QUIET, 0.5, LEFT + 320, RIGHT)
    page.y -= 11
    provider = claim.rendering
    page.text(LEFT, f"Signature of {name_words(provider.name)}, {provider.credential.value}", size=SMALL, color=QUIET)
    page.text(LEFT + 320, "Date", size=SMALL, color=QUIET)


# --- words ----------------------------------------------------------------------------------------------


def _letter(position: int) -> str:
    """The letter of a diagnosis counted from 1; its number where the alphabet ends."""
    return _LETTERS[position - 1] if 1 <= position <= len(_LETTERS) else str(position)


def _license(provider: Provider) -> str:
    if not provider.license_number:
        return "License not stated"
    return f"License {' '.join(part for part in (provider.license_state, provider.license_number) if part)}"
