"""A claim as a file tells it: every field may be missing, and what a file cannot witness is `None`.

These are looser than `cleanclaim.records`: a damaged or foreign claim is shown as it is, so that it can be judged.
`""` is something the file leaves out; `None` is unknown, because the file cannot say it or could not be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

UNWITNESSED = frozenset({"minutes", "plan_of_care", "visit_note", "coverages", "year_to_date"})
"""What no professional claim file can tell: rules that need these have no data."""


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """A postal address, as written."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class ParsedParty:
    """A person or organization: `is_person` is `None` when the file does not say which.

    `npi` is "" when the party is named without one; `identifier` is any other number, and `identifier_kind` the
    file's code for what it is.
    """

    name: str
    given_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool | None = None
    npi: str = ""
    identifier: str = ""
    identifier_kind: str = ""
    tax_id: str = ""
    tax_id_kind: str = ""
    taxonomy: str = ""
    address: ParsedAddress | None = None
    birth_date: date | None = None
    states_birth_date: bool = False
    """Something stands where the birth date belongs, readable or not."""
    sex: str = ""
    phone: str = ""
    """The first telephone number of its contact, as written."""


@dataclass(frozen=True, slots=True)
class ParsedPayer:
    """A payer and the policy: `relationship` is what the patient is to the subscriber, in the file's code.

    `paid_cents` is what this payer has paid on the claim, where the file says so; `adjusted_cents` the sum of its
    adjustments of the claim as a whole, `None` when one of their amounts is missing or cannot be read;
    `remaining_cents` what it leaves to the patient, where that is stated for the claim.
    """

    name: str = ""
    identifier: str = ""
    order: str = ""
    filing_indicator: str = ""
    relationship: str = ""
    group_number: str = ""
    plan_name: str = ""
    medicare_secondary_type: str = ""
    member_id: str = ""
    claim_number: str = ""
    paid_cents: int | None = None
    adjusted_cents: int | None = 0
    remaining_cents: int | None = None
    address: ParsedAddress | None = None
    subscriber: ParsedParty | None = None


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """What another payer decided on a line; `payer` is its number on the claim.

    `adjusted_cents` is the sum of its adjustments, `None` when one of their amounts is missing or cannot be read;
    `without_amount` counts those that give a reason and no amount. `remaining_cents` is what it leaves to the patient,
    where that is stated for the line.
    """

    payer: str
    paid_cents: int | None
    adjusted_cents: int | None
    remaining_cents: int | None
    adjustments: int
    without_amount: int
    decided_on: date | None
    states_day: bool


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One service line. `segment` is the number of its SV1, for whoever wants to change it.

    `left_empty` names those of charge_cents, units and line_date that have nothing in their place.
    `units` is `None` when it is not a whole number of units; `minutes` only where the line is billed in minutes.
    `place_of_service` is the line's own or else the claim's. `rendering` is only who is named on the line itself.
    """

    segment: int
    number: int | None
    code: str
    code_kind: str
    modifiers: tuple[str, ...]
    charge_cents: int | None
    units: int | None
    unit_kind: str
    place_of_service: str
    pointers: tuple[int, ...]
    date_of_service: date | None
    date_through: date | None
    control_number: str = ""
    prior_authorization: str = ""
    rendering: ParsedParty | None = None
    minutes: int | None = None
    left_empty: tuple[str, ...] = ()
    drug_code: str = ""
    drug_unit: str = ""
    drug_quantity: str = ""
    """As written: a drug may be counted in fractions."""
    answers: tuple[ParsedAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedClaim:
    """One claim with everything that belongs to it, and to no other.

    `billing`, `subscriber`, `patient` and `payer` are `None` when the level that names them is lost. `rendering` is
    `None` when the claim names nobody: then it is the billing provider (`rendering_npi` says so). Diagnoses have their
    dot. `segment` is the number of the CLM segment (or of the first one there is). `left_empty` names those of
    total_charge_cents, birth_date, accident_on and prior_paid_cents that have nothing in their place;
    `prior_authorizations` are all authorization numbers of the claim itself.
    """

    interchange_control: str
    group_control: str
    transaction_control: str
    segment: int
    id: str
    total_charge_cents: int | None
    place_of_service: str
    frequency: str
    accepts_assignment: bool | None
    signature_on_file: bool | None
    diagnoses: tuple[str, ...]
    diagnosis_system: str
    lines: tuple[ParsedLine, ...]
    billing: ParsedParty | None
    subscriber: ParsedParty | None
    patient: ParsedParty | None
    payer: ParsedPayer | None
    other_payers: tuple[ParsedPayer, ...] = ()
    pay_to: ParsedAddress | None = None
    rendering: ParsedParty | None = None
    referring: ParsedParty | None = None
    supervising: ParsedParty | None = None
    facility: ParsedParty | None = None
    accident_kinds: tuple[str, ...] = ()
    accident_state: str = ""
    accident_on: date | None = None
    onset_on: date | None = None
    initial_treatment_on: date | None = None
    last_seen_on: date | None = None
    patient_paid_cents: int | None = None
    prior_authorization: str = ""
    prior_authorizations: tuple[str, ...] = ()
    left_empty: tuple[str, ...] = ()
    referral_number: str = ""
    original_reference: str = ""
    claim_note: str = ""
    plan_of_care: None = None
    visit_note: None = None

    @property
    def rendering_npi(self) -> str | None:
        """The NPI of who furnished the services: the rendering provider's, or else the billing provider's."""
        party = self.rendering or self.billing
        return party.npi if party is not None else None
