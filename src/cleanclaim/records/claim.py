"""A professional claim, ready to be written as an 837P, a CMS-1500 or a superbill.

X12 and form details stay in their own packages; here a claim says only what the trade says.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from cleanclaim.records.adjudication import Adjudication
from cleanclaim.records.coverage import Accident, CoverageOrder, Relationship
from cleanclaim.records.model import Identifier, Modifier, NonNegative, ProcedureCode, Record
from cleanclaim.records.people import Address, Organization, Person, Provider, Sex, Subscriber


class Frequency(StrEnum):
    """Original claim, replacement of a paid one, or its void."""

    ORIGINAL = "1"
    REPLACEMENT = "7"
    VOID = "8"


class ClaimPatient(Record):
    """The patient as a claim names them."""

    name: Person
    birth_date: date
    sex: Sex
    address: Address
    phone: str = ""


class ClaimPayer(Record):
    """The payer a claim goes to, and the policy it is billed under.

    `filing_indicator` is the kind of payer as claims code it (MB Medicare B, CI commercial, WC, AM, …).
    `medicare_secondary_type` says why another payer comes before Medicare (12 working aged, 14 no-fault, 15 workers'
    compensation, …); it is empty unless this payer is Medicare and not the first. `employer` is who insures the patient
    under workers' compensation; it is empty where that is not known.
    """

    pack: Identifier
    name: str
    identifier: str
    filing_indicator: str
    order: CoverageOrder
    member_id: str
    group_number: str = ""
    plan_name: str = ""
    relationship: Relationship = Relationship.SELF
    subscriber: Subscriber | None = None
    address: Address | None = None
    claim_number: str = ""
    medicare_secondary_type: str = ""
    employer: str = ""
    adjudication: Adjudication | None = None
    """What the payer has decided on this claim, where it comes before the payer billed."""


class ClaimLine(Record):
    """One service line; `pointers` are 1-based positions in the claim's diagnoses, most relevant first."""

    number: int
    date_of_service: date
    place_of_service: str
    code: ProcedureCode
    modifiers: tuple[Modifier, ...] = ()
    units: NonNegative
    charge_cents: NonNegative
    pointers: tuple[int, ...]
    control_number: str = ""


class Claim(Record):
    """One claim of one patient to one payer."""

    id: Identifier
    """The clinic's control number, returned by the payer: never a name."""
    visit_ids: tuple[Identifier, ...]
    patient: ClaimPatient
    payer: ClaimPayer
    other_payers: tuple[ClaimPayer, ...] = ()
    billing: Organization
    rendering: Provider
    referring: Provider | None = None
    facility_name: str = ""
    facility_npi: str = ""
    facility: Address | None = None
    place_of_service: str
    diagnoses: tuple[str, ...]
    """ICD-10-CM codes with their dot, principal first."""
    lines: tuple[ClaimLine, ...]
    frequency: Frequency = Frequency.ORIGINAL
    original_reference: str = ""
    prior_authorization: str = ""
    accident: Accident | None = None
    onset_on: date | None = None
    initial_treatment_on: date | None = None
    patient_paid_cents: NonNegative = 0
    accepts_assignment: bool = True
    signature_on_file: bool = True
    note: str = ""

    @property
    def total_charge_cents(self) -> int:
        """The sum of the lines' charges, in cents."""
        return sum(line.charge_cents for line in self.lines)
