"""People and organizations: patients, subscribers, therapists, referring providers, the clinic."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from cleanclaim.records.model import Identifier, Npi, Record, StateCode


class Sex(StrEnum):
    """The sex a payer keeps on file; claims know three values."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class Credential(StrEnum):
    """Who furnished or signed: the letters after the name."""

    PT = "PT"
    PTA = "PTA"
    OT = "OT"
    OTA = "OTA"
    SLP = "SLP"
    ATC = "ATC"
    MD = "MD"
    DO = "DO"
    NP = "NP"
    PA = "PA"
    CNS = "CNS"
    DPM = "DPM"
    OD = "OD"
    DC = "DC"
    DDS = "DDS"
    AIDE = "aide"
    STUDENT = "student"


class Address(Record):
    """A postal address in the USA."""

    line1: str
    line2: str = ""
    city: str
    state: StateCode
    zip_code: str


class Person(Record):
    """A natural person as a claim names one."""

    family_name: str
    given_name: str
    middle_name: str = ""
    suffix: str = ""


class Provider(Record):
    """A therapist, assistant, or referring physician.

    `id` is the clinic's own key; a referring provider may have none. An assistant has no NPI on a claim.
    """

    id: str = ""
    name: Person
    credential: Credential
    npi: Npi | None = None
    taxonomy: str = ""
    license_number: str = ""
    license_state: str = ""


class Subscriber(Record):
    """Who holds the policy when it is not the patient."""

    name: Person
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    address: Address | None = None


class Organization(Record):
    """The clinic that bills: name, identifiers, address, and whom to call."""

    id: Identifier
    name: str
    npi: Npi
    tax_id: str
    tax_id_kind: str = "EIN"
    taxonomy: str
    address: Address
    pay_to: Address | None = None
    phone: str
    contact: str
