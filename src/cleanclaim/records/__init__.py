"""Records: what a person types or a payer sends, validated on the way in.

`Clinic`, `Patient` and `Visit` come in; `Claim` goes out. Nothing here knows a rule, a rate or a file format.
"""

from cleanclaim.records.adjudication import AdjudicatedLine, Adjudication, Adjustment, AdjustmentGroup
from cleanclaim.records.claim import Claim, ClaimLine, ClaimPatient, ClaimPayer, Frequency
from cleanclaim.records.clinic import Clinic, Submitter
from cleanclaim.records.coverage import (
    Accident,
    AccidentKind,
    Authorization,
    Coverage,
    CoverageOrder,
    Relationship,
    YearToDate,
)
from cleanclaim.records.notices import NoticeChoice, NoticeCoverage, SignedNotice
from cleanclaim.records.patient import Patient
from cleanclaim.records.people import Address, Credential, Organization, Person, Provider, Sex, Subscriber
from cleanclaim.records.plan_of_care import (
    Certification,
    CertificationMethod,
    Order,
    PlanOfCare,
    ProgressReport,
)
from cleanclaim.records.visit import (
    BilledLine,
    By,
    DecisionMaking,
    EvaluationFindings,
    Intervention,
    Note,
    Presentation,
    Side,
    Signature,
    Visit,
    VisitKind,
)

__all__ = [
    "Accident",
    "AccidentKind",
    "Address",
    "AdjudicatedLine",
    "Adjudication",
    "Adjustment",
    "AdjustmentGroup",
    "Authorization",
    "BilledLine",
    "By",
    "Certification",
    "CertificationMethod",
    "Claim",
    "ClaimLine",
    "ClaimPatient",
    "ClaimPayer",
    "Clinic",
    "Coverage",
    "CoverageOrder",
    "Credential",
    "DecisionMaking",
    "EvaluationFindings",
    "Frequency",
    "Intervention",
    "Note",
    "NoticeChoice",
    "NoticeCoverage",
    "Order",
    "Organization",
    "Patient",
    "Person",
    "PlanOfCare",
    "Presentation",
    "ProgressReport",
    "Provider",
    "Relationship",
    "Sex",
    "Side",
    "Signature",
    "SignedNotice",
    "Submitter",
    "Subscriber",
    "Visit",
    "VisitKind",
    "YearToDate",
]
