"""What stands in which box of the CMS-1500 (02/12) for a claim.

Boxes follow the habits of paper claims: capitals, no punctuation except the commas that part a name in boxes 2, 4
and 9, numbers without hyphens. Medicare differs where a comment says so; those differences, and what box 1 marks
for which kind of payer, are from memory, as the form's current instructions were not read.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

from cleanclaim.forms.lettering import capitals, number, phone, zip_code
from cleanclaim.forms.problems import FormProblem
from cleanclaim.forms.sheet import LINES_PER_SHEET, Sheet, Typewriter
from cleanclaim.records import (
    AccidentKind,
    Address,
    Claim,
    ClaimLine,
    ClaimPayer,
    CoverageOrder,
    Frequency,
    Person,
    Relationship,
    Sex,
)

ON_FILE = "SIGNATURE ON FILE"
_LETTERS = "ABCDEFGHIJKL"
_CARRIER_LINES = 4
_MOST_POINTERS = 4
_MOST_MODIFIERS = 4
_HOME = "12"
_WORKERS_COMPENSATION = "WC"
_AUTO = "AM"
_ICD_10 = "0"
_REFERRING = "DN"
_ONSET = "431"
_INITIAL_TREATMENT = "454"
_ACCIDENT = "439"
_PROPERTY_AND_CASUALTY = "Y4"
_TAXONOMY = "ZZ"
_RELATIONSHIPS = {
    Relationship.SELF: "relation_self",
    Relationship.SPOUSE: "relation_spouse",
    Relationship.CHILD: "relation_child",
    Relationship.OTHER: "relation_other",
}


class Totals(StrEnum):
    """Where a claim of several sheets states its total; payers differ."""

    EACH_SHEET = "each sheet"
    """Each sheet totals its own lines, so that it can be keyed as a claim of its own: Medicare's habit."""
    LAST_SHEET = "last sheet"
    """The last sheet totals the claim; the others say that it is continued."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A claim on its sheets, and what keeps it from being printed; a claim with problems is not for sending."""

    claim_id: str
    sheets: tuple[Sheet, ...]
    problems: tuple[FormProblem, ...]


@dataclass(frozen=True, slots=True)
class _Insured:
    """Who holds the policy that boxes 4, 7 and 11a describe; `None` where the claim does not say."""

    name: Person | None
    birth_date: date | None
    sex: Sex
    address: Address | None
    phone: str


def fill_form(claim: Claim, *, totals: Totals | None = None, signed_on: date | None = None) -> FilledForm:
    """Fill the form for one claim: one sheet for each six service lines, each with the whole heading.

    Args:
        claim: the claim; its diagnoses keep their order, which the pointers of its lines name by letter.
        totals: where several sheets state the total; by default on each sheet for Medicare, on the last for others.
        signed_on: the day the provider signed, for box 31; it stays empty for the provider's hand otherwise.
    """
    problems: list[FormProblem] = []
    heading = Typewriter(claim.id, problems)
    is_medicare = _program(claim.payer) == "medicare"
    _payer(heading, claim)
    _patient(heading, claim)
    if is_medicare:
        _medicare_insured(heading, claim)
    else:
        _insured(heading, claim)
    _condition(heading, claim, is_medicare=is_medicare)
    _referral(heading, claim, is_medicare=is_medicare)
    _claim(heading, claim)
    _providers(heading, claim, is_medicare=is_medicare, signed_on=signed_on)
    if totals is None:
        totals = Totals.EACH_SHEET if is_medicare else Totals.LAST_SHEET
    sheets = _sheets(heading, claim, totals)
    return FilledForm(claim.id, sheets, tuple(problems))


# --- payer, patient, insured ----------------------------------------------------------------------------


def _payer(form: Typewriter, claim: Claim) -> None:
    payer = claim.payer
    lines = textwrap.wrap(capitals(payer.name), form.width("carrier_1"))
    if payer.address is not None:
        lines += [capitals(payer.address.line1), capitals(payer.address.line2), _town(payer.address)]
    lines = [text for text in lines if text]
    if len(lines) > _CARRIER_LINES:
        form.problem("carrier", f"{len(lines)} lines", f"at most {_CARRIER_LINES}")
    for place, text in enumerate(lines[:_CARRIER_LINES], start=1):
        form.type(f"carrier_{place}", text)
    form.mark(f"program_{_program(payer)}")
    if payer.member_id:
        form.type("insured_id", number(payer.member_id))
    else:
        form.problem("1a", "nothing", "the number on the insured's card")


def _patient(form: Typewriter, claim: Claim) -> None:
    patient = claim.patient
    form.type("patient_name", _last_name_first(patient.name))
    _birth_date(form, "patient_birth", patient.birth_date)
    _sex(form, "patient_sex", patient.sex)
    _address(form, "patient", patient.address)
    _phone(form, "patient_phone", patient.phone, "5")


def _medicare_insured(form: Typewriter, claim: Claim) -> None:
    if claim.payer.order is CoverageOrder.PRIMARY:
        # Medicare first: boxes 4, 6, 7, 11a-d stay empty, and box 11 says that no payer comes before.
        form.type("insured_group", "NONE")
        return
    first = next((payer for payer in claim.other_payers if payer.order is CoverageOrder.PRIMARY), None)
    if first is None:
        form.problem("11", "nothing", "the payer that comes before Medicare")
        return
    insured = _insured_of(first, claim)
    form.mark(_RELATIONSHIPS[first.relationship])
    _insured_person(form, insured)
    form.type("insured_group", number(first.group_number or first.member_id))
    form.type("insured_plan", capitals(first.plan_name or first.name))
    _other_claim_number(form, first)


def _insured(form: Typewriter, claim: Claim) -> None:
    payer = claim.payer
    if payer.filing_indicator == _WORKERS_COMPENSATION:
        # The employer is the insured; where it is known, the patient is its employee, which is "other".
        form.type("insured_name", capitals(payer.employer))
        if payer.employer:
            form.mark("relation_other")
    else:
        form.mark(_RELATIONSHIPS[payer.relationship])
        _insured_person(form, _insured_of(payer, claim))
    form.type("insured_group", number(payer.group_number))
    form.type("insured_plan", capitals(payer.plan_name))
    _other_claim_number(form, payer)
    if not claim.other_payers:
        form.mark("another_plan_no")
        return
    other = claim.other_payers[0]
    form.mark("another_plan_yes")
    insured = _insured_of(other, claim)
    if insured.name is not None:
        form.type("other_insured_name", _last_name_first(insured.name))
    form.type("other_insured_policy", number(other.group_number or other.member_id))
    form.type("other_insured_plan", capitals(other.plan_name or other.name))


def _insured_of(payer: ClaimPayer, claim: Claim) -> _Insured:
    patient, subscriber = claim.patient, payer.subscriber
    if payer.relationship is Relationship.SELF:
        return _Insured(patient.name, patient.birth_date, patient.sex, patient.address, patient.phone)
    if subscriber is None:
        return _Insured(None, None, Sex.UNKNOWN, None, "")
    return _Insured(subscriber.name, subscriber.birth_date, subscriber.sex, subscriber.address, "")


def _insured_person(form: Typewriter, insured: _Insured) -> None:
    if insured.name is None:
        form.problem("4", "nothing", "who holds the policy, as it is not the patient")
        return
    form.type("insured_name", _last_name_first(insured.name))
    if insured.address is not None:
        _address(form, "insured", insured.address)
    _phone(form, "insured_phone", insured.phone, "7")
    if insured.birth_date is not None:
        _birth_date(form, "insured_birth", insured.birth_date)
    _sex(form, "insured_sex", insured.sex)


def _other_claim_number(form: Typewriter, payer: ClaimPayer) -> None:
    if payer.claim_number:
        form.type("other_claim_qualifier", _PROPERTY_AND_CASUALTY)
        form.type("other_claim_number", number(payer.claim_number))


# --- condition, referral, claim -------------------------------------------------------------------------


def _condition(form: Typewriter, claim: Claim, *, is_medicare: bool) -> None:
    accident = claim.accident
    kind = accident.kind if accident is not None else None
    filing = claim.payer.filing_indicator
    work = kind is AccidentKind.EMPLOYMENT or filing == _WORKERS_COMPENSATION
    auto = kind is AccidentKind.AUTO or filing == _AUTO
    form.mark("employment_yes" if work else "employment_no")
    form.mark("auto_yes" if auto else "auto_no")
    form.mark("other_accident_yes" if kind is AccidentKind.OTHER else "other_accident_no")
    if auto and (accident is None or accident.state is None):
        form.problem("10b", "nothing", "the state of the motor-vehicle accident")
    elif auto and accident is not None and accident.state is not None:
        form.type("auto_state", accident.state)
    if claim.signature_on_file:
        form.type("patient_signature", ON_FILE)
        form.type("insured_signature", ON_FILE)
    # An injury begins with its accident where no other day of onset is stated.
    onset = claim.onset_on or (accident.on if accident is not None else None)
    if onset is not None:
        _short_date(form, "onset", onset)
        form.type("onset_qualifier", _ONSET)
    if is_medicare:
        return  # box 15 stays empty
    if accident is not None:
        _short_date(form, "other_date", accident.on)
        form.type("other_date_qualifier", _ACCIDENT)
    elif claim.initial_treatment_on is not None:
        _short_date(form, "other_date", claim.initial_treatment_on)
        form.type("other_date_qualifier", _INITIAL_TREATMENT)


def _referral(form: Typewriter, claim: Claim, *, is_medicare: bool) -> None:
    referring = claim.referring
    if referring is None:
        if is_medicare:  # the physician or practitioner who certifies the plan of care
            form.problem("17", "nothing", "who certified the plan of care")
        return
    form.type("referring_qualifier", _REFERRING)
    form.type("referring_name", f"{_first_name_first(referring.name)} {referring.credential.value.upper()}")
    if referring.npi is not None:
        form.type("referring_npi", referring.npi)
    elif is_medicare:
        form.problem("17b", "nothing", "the NPI of who certified the plan of care")


def _claim(form: Typewriter, claim: Claim) -> None:
    form.type("claim_note", capitals(claim.note))
    form.mark("outside_lab_no")
    form.type("icd_indicator", _ICD_10)
    if not 1 <= len(claim.diagnoses) <= len(_LETTERS):
        form.problem("21", f"{len(claim.diagnoses)} diagnoses", f"1 to {len(_LETTERS)}; split the claim")
    for letter, code in zip(_LETTERS.lower(), claim.diagnoses, strict=False):
        form.type(f"diagnosis_{letter}", number(code))
    if claim.frequency is not Frequency.ORIGINAL:
        form.type("resubmission_code", claim.frequency.value)
        form.type("original_reference", claim.original_reference.strip().upper())
        if not claim.original_reference.strip():
            form.problem("22", "nothing", "the payer's number of the earlier claim")
    form.type("prior_authorization", number(claim.prior_authorization))


# --- providers ------------------------------------------------------------------------------------------


def _providers(form: Typewriter, claim: Claim, *, is_medicare: bool, signed_on: date | None) -> None:
    billing = claim.billing
    form.type("tax_id", number(billing.tax_id))
    form.mark("tax_id_person" if billing.tax_id_kind == "SSN" else "tax_id_employer")
    form.type("account_number", claim.id.upper())
    form.mark("assignment_yes" if claim.accepts_assignment else "assignment_no")
    _signature(form, claim, signed_on)
    _facility(form, claim, is_medicare=is_medicare)
    _phone(form, "billing_phone", billing.phone, "33")
    form.type("billing_name", capitals(billing.name))
    form.type("billing_street", _street(billing.address))
    form.type("billing_city", _town(billing.address))
    form.type("billing_npi", billing.npi)
    if _program(claim.payer) == "medicaid":
        form.type("billing_other_id", _TAXONOMY + billing.taxonomy.upper())


def _signature(form: Typewriter, claim: Claim, signed_on: date | None) -> None:
    name, letters = claim.rendering.name, claim.rendering.credential.value.upper()
    whole = f"{_first_name_first(name)} {letters}"
    if len(whole) <= form.width("provider_signature"):
        form.type("provider_signature", whole)
    else:
        form.type("provider_signature_first", capitals(f"{name.given_name} {name.middle_name}"))
        form.type("provider_signature", f"{capitals(f'{name.family_name} {name.suffix}')} {letters}")
    if signed_on is not None:
        form.type("provider_signature_date", f"{signed_on:%m %d %y}")


def _facility(form: Typewriter, claim: Claim, *, is_medicare: bool) -> None:
    if claim.place_of_service == _HOME:
        return  # the patient's home is not a facility, and box 5 has its address
    address, name, npi = claim.facility, claim.facility_name, claim.facility_npi
    if address is None:
        if not is_medicare:
            return
        # Medicare wants the place stated even where it is the billing provider's own.
        address, name, npi = claim.billing.address, claim.billing.name, claim.billing.npi
    form.type("facility_name", capitals(name or claim.billing.name))
    form.type("facility_street", _street(address))
    form.type("facility_city", _town(address))
    form.type("facility_npi", npi)


# --- service lines --------------------------------------------------------------------------------------


def _sheets(heading: Typewriter, claim: Claim, totals: Totals) -> tuple[Sheet, ...]:
    lines = claim.lines
    if not lines:
        heading.problem("24", "no service line", "at least one")
    if claim.rendering.npi is None:
        heading.problem("24J", "nothing", "the NPI of the treating provider")
    parts = [lines[start : start + LINES_PER_SHEET] for start in range(0, len(lines), LINES_PER_SHEET)] or [()]
    made = []
    paid = claim.patient_paid_cents
    if _program(claim.payer) != "medicare":
        # Medicare wants what the patient paid alone (Pub 100-04 ch. 26 §10.4); the form itself, other payers' too.
        paid += sum(other.adjudication.paid_cents for other in claim.other_payers if other.adjudication is not None)
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        form = heading if len(parts) == 1 else heading.copy()
        for position, line in enumerate(part):
            _line(form, claim, line, position)
        if totals is Totals.EACH_SHEET:
            charge = sum(line.charge_cents for line in part)
            share = paid if is_last else min(paid, charge)
            paid -= share
            _amount(form, "total", charge)
            _amount(form, "paid", share)
        elif is_last:
            _amount(form, "total", claim.total_charge_cents)
            _amount(form, "paid", paid)
        else:
            form.type("total_continued", "CONTINUED")
        made.append(form.sheet())
    return tuple(made)


def _line(form: Typewriter, claim: Claim, line: ClaimLine, position: int) -> None:
    served = line.date_of_service
    month, day, year = f"{served.month:02d}", f"{served.day:02d}", f"{served.year % 100:02d}"
    for span in ("from", "to"):
        form.type(f"line_{span}_month", month, position)
        form.type(f"line_{span}_day", day, position)
        form.type(f"line_{span}_year", year, position)
    form.type("line_place", line.place_of_service, position)
    form.type("line_code", line.code, position)
    if len(line.modifiers) > _MOST_MODIFIERS:
        form.problem(f"24D, line {line.number}", f"{len(line.modifiers)} modifiers", f"at most {_MOST_MODIFIERS}")
    for place, modifier in enumerate(line.modifiers[:_MOST_MODIFIERS], start=1):
        form.type(f"line_modifier_{place}", modifier, position)
    form.type("line_pointers", _pointers(form, claim, line), position)
    dollars, cents = divmod(line.charge_cents, 100)
    form.type("line_dollars", str(dollars), position)
    form.type("line_cents", f"{cents:02d}", position)
    form.type("line_units", str(line.units), position)
    form.type("line_npi", claim.rendering.npi or "", position)


def _pointers(form: Typewriter, claim: Claim, line: ClaimLine) -> str:
    most = min(len(claim.diagnoses), len(_LETTERS))
    if not 1 <= len(line.pointers) <= _MOST_POINTERS:
        form.problem(f"24E, line {line.number}", f"{len(line.pointers)} pointers", f"1 to {_MOST_POINTERS}")
        return ""
    if any(not 1 <= pointer <= most for pointer in line.pointers):
        form.problem(f"24E, line {line.number}", "a pointer to no diagnosis", f"1 to {most}")
        return ""
    return "".join(_LETTERS[pointer - 1] for pointer in line.pointers)


def _amount(form: Typewriter, name: str, cents: int) -> None:
    whole, rest = divmod(cents, 100)
    form.type(f"{name}_dollars", str(whole))
    form.type(f"{name}_cents", f"{rest:02d}")


# --- parts of many boxes --------------------------------------------------------------------------------


def _last_name_first(name: Person) -> str:
    family = capitals(f"{name.family_name} {name.suffix}")
    return ", ".join(part for part in (family, capitals(name.given_name), capitals(name.middle_name[:1])) if part)


def _first_name_first(name: Person) -> str:
    return capitals(f"{name.given_name} {name.middle_name[:1]} {name.family_name} {name.suffix}")


def _street(address: Address) -> str:
    return capitals(f"{address.line1} {address.line2}")


def _town(address: Address) -> str:
    return f"{capitals(address.city)} {address.state} {zip_code(address.zip_code)}"


def _address(form: Typewriter, who: str, address: Address) -> None:
    form.type(f"{who}_street", _street(address))
    form.type(f"{who}_city", capitals(address.city))
    form.type(f"{who}_state", address.state)
    form.type(f"{who}_zip", zip_code(address.zip_code))


def _phone(form: Typewriter, field: str, text: str, box: str) -> None:
    if not text:
        return
    parts = phone(text)
    if parts is None:
        form.problem(box, "a telephone number of other than ten digits", "ten digits")
        return
    form.type(f"{field}_area", parts[0])
    form.type(field, parts[1])


def _birth_date(form: Typewriter, field: str, day: date) -> None:
    form.type(f"{field}_month", f"{day:%m}")
    form.type(f"{field}_day", f"{day:%d}")
    form.type(f"{field}_year", f"{day.year:04d}")


def _short_date(form: Typewriter, field: str, day: date) -> None:
    form.type(f"{field}_month", f"{day:%m}")
    form.type(f"{field}_day", f"{day:%d}")
    form.type(f"{field}_year", f"{day:%y}")


def _sex(form: Typewriter, field: str, sex: Sex) -> None:
    if sex is not Sex.UNKNOWN:
        form.mark(f"{field}_{sex.value.lower()}")


# --- kinds of payer -------------------------------------------------------------------------------------


def _program(payer: ClaimPayer) -> str:
    """The mark of box 1 for a payer."""
    kind = payer.filing_indicator
    program = _programs().get(kind, "other")
    return "other" if program == "group" and not payer.group_number else program


@cache
def _programs() -> Mapping[str, str]:
    text = resources.files("cleanclaim.forms").joinpath("data", "cms1500_programs.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    marks = {"medicare": "medicare", "medicaid": "medicaid", "tricare": "tricare", "group_if_numbered": "group"}
    return {kind: mark for name, mark in marks.items() for kind in table[name]}
