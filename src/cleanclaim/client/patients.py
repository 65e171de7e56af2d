"""Patients, their coverages and plans of care, as the API takes and gives them.

Each is the engine's own record with the lengths that the database holds.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from cleanclaim import records
from cleanclaim.client.wire import (
    MAX_NUMBER,
    Cents,
    GivenName,
    Key38,
    Line10,
    Line20,
    Line25,
    Line30,
    Line60,
    Line80,
    Line200,
    Name,
    Sent,
    Stored,
)
from cleanclaim.records.model import ProcedureCode

Line55 = Annotated[str, Field(max_length=55)]
Used = Annotated[int, Field(ge=0, le=MAX_NUMBER)]


class PersonSent(records.Person):
    """A person's name."""

    family_name: Name
    given_name: GivenName
    middle_name: Line25 = ""
    suffix: Line10 = ""


class AddressSent(records.Address):
    """A postal address."""

    line1: Annotated[str, Field(min_length=1, max_length=55)]
    line2: Line55 = ""
    city: Annotated[str, Field(min_length=1, max_length=30)]
    zip_code: Annotated[str, Field(pattern=r"^\d{5}(-?\d{4})?$")]


class ProviderSent(records.Provider):
    """Somebody who refers or certifies; found again by key, NPI or name."""

    id: Annotated[str, Field(max_length=38)] = ""
    name: PersonSent
    taxonomy: Line10 = ""
    license_number: Line20 = ""
    license_state: Annotated[str, Field(max_length=2)] = ""


class SubscriberSent(records.Subscriber):
    """Who holds the policy where that is not the patient."""

    name: PersonSent
    address: AddressSent | None = None


class AuthorizationSent(records.Authorization):
    """A payer's approval. What was used is what was used before the visits that are kept here."""

    number: Annotated[str, Field(min_length=1, max_length=50)]
    visits_allowed: Used | None = None
    visits_used: Used | None = None
    units_allowed: Used | None = None
    units_used: Used | None = None
    codes: Annotated[tuple[ProcedureCode, ...], Field(max_length=200)] = ()


class CoverageSent(records.Coverage):
    """One policy of a patient. `authorizations` null: nobody has looked; empty: there are none."""

    payer: Key38
    payer_name: Line80 = ""
    payer_identifier: Line20 = ""
    member_id: Line80 = ""
    group_number: Line30 = ""
    plan_name: Line60 = ""
    subscriber: SubscriberSent | None = None
    claim_number: Line30 = ""
    employer: Line60 = ""
    authorizations: Annotated[tuple[AuthorizationSent, ...], Field(max_length=200)] | None = None
    medicare_secondary_type: Annotated[str, Field(max_length=2)] = ""


class CoverageFields(CoverageSent):
    """A coverage as it is added or changed by itself: also what the patient pays at each visit."""

    copay_cents: Cents | None = None


class CertificationSent(records.Certification):
    """One certification or recertification."""

    by: ProviderSent | None = None
    delay_reason: Line200 = ""


class OrderSent(records.Order):
    """A signed and dated order."""

    by: ProviderSent


class PlanFields(records.PlanOfCare):
    """A plan of care. `id` is the clinic's own key of it, once a patient."""

    id: Key38
    frequency_per_week: Annotated[int, Field(ge=0, le=50)] | None = None
    duration_weeks: Annotated[int, Field(ge=0, le=520)] | None = None
    goals: Annotated[tuple[Line200, ...], Field(max_length=100)] | None = None
    diagnoses: Annotated[tuple[Line10, ...], Field(max_length=50)] = ()
    order: OrderSent | None = None
    certifications: Annotated[tuple[CertificationSent, ...], Field(max_length=100)] | None = None
    progress_reports: Annotated[tuple[records.ProgressReport, ...], Field(max_length=500)] | None = None
    treatment_days_before: Annotated[tuple[date, ...], Field(max_length=1000)] | None = None


class YearToDateSent(records.YearToDate):
    """Therapy dollars of a year by all providers, as they were found out."""

    year: Annotated[int, Field(ge=1997, le=9999)]
    at_least_cents: Cents
    at_most_cents: Cents | None = None
    source: Annotated[str, Field(min_length=1, max_length=80)]
    deductible_met_cents: Cents | None = None


class PatientFields(Sent):
    """A patient's own data. `id` is the clinic's own number of the patient, once a clinic; never a name."""

    id: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^\S(.*\S)?$")]
    name: PersonSent
    birth_date: date
    sex: records.Sex
    address: AddressSent
    phone: Line20 = ""
    accident: records.Accident | None = None
    good_faith_estimate_on_file: bool | None = None
    is_active: bool = True


class PatientRegistered(PatientFields):
    """A patient as they are registered: with everything that is known, in one call."""

    coverages: Annotated[tuple[CoverageSent, ...], Field(max_length=20)] = ()
    plans_of_care: Annotated[tuple[PlanFields, ...], Field(max_length=50)] | None = None
    year_to_date: Annotated[tuple[YearToDateSent, ...], Field(max_length=20)] | None = None


class PatientDocument(Stored):
    """A stored patient. Coverages and plans have addresses of their own."""

    id: str
    name: records.Person
    birth_date: date
    sex: records.Sex
    address: records.Address
    phone: str
    accident: records.Accident | None
    good_faith_estimate_on_file: bool | None
    is_active: bool


class PatientSearch(Sent):
    """Whom to look for; everything given must hold. Names are compared without case, from their beginning."""

    id: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    family_name: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    given_name: Annotated[str, Field(min_length=1, max_length=35)] | None = None
    birth_date: date | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CoverageDocument(Stored):
    """A stored coverage."""

    patient: UUID
    order: records.CoverageOrder
    payer: str
    payer_name: str
    payer_identifier: str
    member_id: str
    group_number: str
    plan_name: str
    relationship: records.Relationship
    subscriber: records.Subscriber | None
    valid_from: date | None
    valid_through: date | None
    claim_number: str
    employer: str
    in_network: bool | None
    authorizations: tuple[records.Authorization, ...] | None
    medicare_secondary_type: str
    copay_cents: int | None
    """Null also for roles that see no dollars."""


class PlanDocument(Stored):
    """A stored plan of care."""

    patient: UUID
    id: str
    established_on: date
    established_by: records.Credential
    first_treatment_on: date | None
    through: date | None
    frequency_per_week: int | None
    duration_weeks: int | None
    goals: tuple[str, ...] | None
    diagnoses: tuple[str, ...]
    order: records.Order | None
    has_order: bool | None
    sent_on: date | None
    certifications: tuple[records.Certification, ...] | None
    progress_reports: tuple[records.ProgressReport, ...] | None
    treatment_days_before: tuple[date, ...] | None
    onset_on: date | None
