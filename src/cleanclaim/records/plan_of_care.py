"""The plan of care: who established it, for how long, and how it was certified."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from cleanclaim.records.model import NonNegative, Record
from cleanclaim.records.people import Credential, Provider


class CertificationMethod(StrEnum):
    """How a physician or nonphysician practitioner approved the plan."""

    SIGNED = "signed"
    VERBAL = "verbal"
    ORDER_EXCEPTION = "order_exception"
    """A signed, dated order is on file and the plan was sent in time: no signature needed (2025 on)."""
    NOT_CERTIFIED = "not_certified"


class Certification(Record):
    """One certification or recertification of the plan."""

    method: CertificationMethod
    on: date | None = None
    verbal_on: date | None = None
    through: date | None = None
    by: Provider | None = None
    delay_reason: str = ""


class Order(Record):
    """A signed and dated order or referral for therapy in the record."""

    on: date
    by: Provider


class ProgressReport(Record):
    """A progress report, by whom it was signed."""

    on: date
    signed_by: Credential


class PlanOfCare(Record):
    """A plan of care for one episode in one discipline. Lists are `None` when nobody has said."""

    id: str
    established_on: date
    established_by: Credential = Credential.PT
    first_treatment_on: date | None = None
    through: date | None = None
    frequency_per_week: NonNegative | None = None
    duration_weeks: NonNegative | None = None
    goals: tuple[str, ...] | None = None
    diagnoses: tuple[str, ...] = ()
    order: Order | None = None
    has_order: bool | None = None
    sent_on: date | None = None
    certifications: tuple[Certification, ...] | None = None
    progress_reports: tuple[ProgressReport, ...] | None = None
    treatment_days_before: tuple[date, ...] | None = None
    """Days treated in this episode before the visits at hand."""
    onset_on: date | None = None
