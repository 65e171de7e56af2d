"""A patient with coverages, plans of care and history: everything a visit is judged in the light of."""

from __future__ import annotations

from datetime import date

from cleanclaim.records.coverage import Accident, Coverage, YearToDate
from cleanclaim.records.model import Identifier, Record
from cleanclaim.records.people import Address, Person, Sex
from cleanclaim.records.plan_of_care import PlanOfCare


class Patient(Record):
    """A synthetic or real person under care. `None` in a list means nobody has looked."""

    id: Identifier
    name: Person
    birth_date: date
    sex: Sex
    address: Address
    phone: str = ""
    coverages: tuple[Coverage, ...] = ()
    accident: Accident | None = None
    plans_of_care: tuple[PlanOfCare, ...] | None = None
    year_to_date: tuple[YearToDate, ...] | None = None
    good_faith_estimate_on_file: bool | None = None
    """Whether a patient who pays has an estimate of the care under way; a visit that says so itself comes first."""
