"""The rows of the practice. Money is integer cents; null is unknown; what identifies a patient further is sealed."""

from cleanclaim.practice.models.access import ApiToken, IdempotencyKey, Job, JobFile, JobStatus
from cleanclaim.practice.models.claims import (
    OPEN_STATUSES,
    Batch,
    Claim,
    ClaimEvent,
    ClaimFinding,
    ClaimLine,
    ClaimStatus,
    ControlNumbers,
)
from cleanclaim.practice.models.clinics import Clinic, Company, Membership, Provider, Role, User
from cleanclaim.practice.models.money import (
    AnswerState,
    ClaimAnswer,
    LedgerEntry,
    LedgerTransaction,
    Remittance,
    RemittanceFile,
)
from cleanclaim.practice.models.patients import (
    Authorization,
    Coverage,
    Document,
    DocumentKind,
    EligibilityAnswer,
    OpeningBalance,
    Patient,
)
from cleanclaim.practice.models.payers import Charge, ClinicPayer, Enrollment, PackFile
from cleanclaim.practice.models.plans import Certification, PlanOfCare, ProgressReport, Referral
from cleanclaim.practice.models.rows import ClinicRow, StaleRowError
from cleanclaim.practice.models.trail import TrailEntry, TrailHead
from cleanclaim.practice.models.visits import (
    Addendum,
    Appointment,
    AppointmentStatus,
    Signature,
    Visit,
    VisitStatus,
)

__all__ = [
    "OPEN_STATUSES",
    "Addendum",
    "AnswerState",
    "ApiToken",
    "Appointment",
    "AppointmentStatus",
    "Authorization",
    "Batch",
    "Certification",
    "Charge",
    "Claim",
    "ClaimAnswer",
    "ClaimEvent",
    "ClaimFinding",
    "ClaimLine",
    "ClaimStatus",
    "Clinic",
    "ClinicPayer",
    "ClinicRow",
    "Company",
    "ControlNumbers",
    "Coverage",
    "Document",
    "DocumentKind",
    "EligibilityAnswer",
    "Enrollment",
    "IdempotencyKey",
    "Job",
    "JobFile",
    "JobStatus",
    "LedgerEntry",
    "LedgerTransaction",
    "Membership",
    "OpeningBalance",
    "PackFile",
    "Patient",
    "PlanOfCare",
    "ProgressReport",
    "Provider",
    "Referral",
    "Remittance",
    "RemittanceFile",
    "Role",
    "Signature",
    "StaleRowError",
    "TrailEntry",
    "TrailHead",
    "User",
    "Visit",
    "VisitStatus",
]
