"""Visits as the API takes and gives them, and what a check says of them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from cleanclaim import records
from cleanclaim.client.wire import Answer, Clock, Key38, Line80, Line200, Sent, Stored
from cleanclaim.records.model import ProcedureCode

MOST_VISITS = 100
"""How many visits one check may hold."""

Part = Annotated[str, Field(max_length=20_000)]


class InterventionSent(records.Intervention):
    """One thing done."""

    what: Line200 = ""
    region: Line80 | None = None
    starts_at: Clock | None = None


class BilledLineSent(records.BilledLine):
    """A line as somebody has coded it."""

    code: ProcedureCode
    modifiers: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9A-Za-z]{2}$")], ...], Field(max_length=4)] = ()
    units: Annotated[int, Field(ge=0, le=999)] | None = None
    charge_cents: Annotated[int, Field(ge=0, le=99_999_999)] | None = None
    pointers: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Field(max_length=4)] | None = None


class SignatureSent(records.Signature):
    """Who signed the note elsewhere, as what, and when."""

    by: Annotated[str, Field(max_length=120)] = ""


class VisitFields(records.Visit):
    """A visit. `id` is the clinic's own key of it, once a clinic; `patient_id` the clinic's number of the patient.

    A visit with `signatures` was signed in the system it comes from, and is locked here. Without, it is a draft.
    """

    id: Key38
    place_of_service: Annotated[str, Field(pattern=r"^\d{2}$")] = "11"
    therapist: Key38
    assistant: Key38 | None = None
    diagnoses: Annotated[tuple[Annotated[str, Field(max_length=10)], ...], Field(max_length=12)] | None = None
    interventions: Annotated[tuple[InterventionSent, ...], Field(max_length=60)] | None = None
    billed: Annotated[tuple[BilledLineSent, ...], Field(max_length=50)] | None = None
    time_in: Clock | None = None
    time_out: Clock | None = None
    signatures: Annotated[tuple[SignatureSent, ...], Field(max_length=10)] | None = None
    unit_preference: Annotated[tuple[ProcedureCode, ...], Field(max_length=20)] = ()
    adjudications: Annotated[tuple[records.Adjudication, ...], Field(max_length=3)] = ()
    advance_notices: Annotated[tuple[records.SignedNotice, ...], Field(max_length=20)] = ()


class VisitDocument(Stored):
    """A stored visit."""

    status: Literal["draft", "signed"]
    signed_at: datetime | None
    patient: UUID
    id: str
    patient_id: str
    date_of_service: date
    kind: records.VisitKind | None
    place_of_service: str
    therapist: str
    assistant: str | None
    diagnoses: tuple[str, ...] | None
    interventions: tuple[records.Intervention, ...] | None
    billed: tuple[records.BilledLine, ...] | None
    note: records.Note | None
    total_timed_minutes: int | None
    total_treatment_minutes: int | None
    time_in: time | None
    time_out: time | None
    signatures: tuple[records.Signature, ...] | None
    evaluation: records.EvaluationFindings | None
    progress_report: bool | None
    unit_preference: tuple[str, ...]
    abn_on_file: bool | None
    advance_notices: tuple[records.SignedNotice, ...]
    insurance_not_used: bool | None
    home_health_episode: bool | None
    therapist_on_site: bool | None
    good_faith_estimate_on_file: bool | None
    outcome_measure: str | None
    reevaluation_reason: str | None
    adjudications: tuple[records.Adjudication, ...]


class CheckSent(Sent):
    """Visits to check, and the light to check them in; nothing of it is stored.

    `clinic` null: the clinic of the token, as it is set up. `history` are other visits, which decide about these but
    are not judged themselves. `as_of` null: today at the clinic.
    """

    visits: Annotated[tuple[VisitFields, ...], Field(min_length=1, max_length=MOST_VISITS)]
    patients: Annotated[tuple[records.Patient, ...], Field(min_length=1, max_length=MOST_VISITS)]
    history: Annotated[tuple[VisitFields, ...], Field(max_length=400)] = ()
    clinic: records.Clinic | None = None
    as_of: date | None = None


class ChangeDocument(Answer):
    """One change that a fix makes: a field of a row from `old` to `new`; no field: the row goes."""

    table: str
    key: int
    field: str
    old: Any
    new: Any


class FixDocument(Answer):
    """What would mend a finding. `safe` may be made at once; `attest` is for a person who answers for it."""

    title: str
    safety: str
    changes: tuple[ChangeDocument, ...]


class FindingDocument(Answer):
    """What a rule objects to. Its page in the rule guide is named by `code`."""

    code: str
    name: str
    severity: Literal["reject", "deny", "recoup", "left", "advice"]
    place: str
    message: str
    cents: int | None
    fix: FixDocument | None


class QuestionDocument(Answer):
    """What the note leaves open, and the codes between which the answer decides."""

    about: str
    question: str
    candidates: tuple[str, ...]


class UnjudgedDocument(Answer):
    """A rule that could not be judged, and the inputs that are missing."""

    code: str
    table: str
    missing: tuple[str, ...]


class CheckedLine(Answer):
    """A line as it would be filed. Amounts are null where they are not known, or not for this token's role."""

    line_number: int
    code: str | None
    modifiers: tuple[str, ...]
    units: int | None
    charge_cents: int | None
    pointers: tuple[int, ...] | None
    origin: str | None
    allowed_cents: int | None
    expected_payment_cents: int | None
    patient_share_cents: int | None
    price_status: str | None


class SuggestedLine(Answer):
    """What was done, the code suggested for it, and why."""

    what: str
    code: str
    why: str
    minutes: int | None


class NotBilled(Answer):
    """What was done and is not billed, and why."""

    what: str
    reason: str


class CheckedVisit(Answer):
    """What the engine says of one visit's claim."""

    id: str
    date_of_service: date
    payer: str | None
    state: Literal["ready", "held", "question", "not judged", "superbill"]
    charge_cents: int | None
    diagnoses: tuple[str, ...]
    lines: tuple[CheckedLine, ...]
    suggested: tuple[SuggestedLine, ...]
    not_billed: tuple[NotBilled, ...]
    questions: tuple[QuestionDocument, ...]
    mended: tuple[FindingDocument, ...]
    findings: tuple[FindingDocument, ...]
    not_judged: tuple[UnjudgedDocument, ...]
    unconfirmed: tuple[str, ...]


class CheckDocument(Answer):
    """The answer to a check: one entry for each visit, in their order. `crashed` names rules that failed and why."""

    as_of: date
    claims: tuple[CheckedVisit, ...]
    crashed: dict[str, str]
