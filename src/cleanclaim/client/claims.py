"""Claims and findings as they are stored, code search, prices and exports, as the API gives them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from cleanclaim.client.wire import Answer, Cents, Key38, Sent, Stored
from cleanclaim.records.model import Modifier, ProcedureCode

ClaimStatusName = Literal["ready", "held", "question", "not_judged", "superbill", "on_hold", "submitted", "closed"]


class ClaimSummary(Stored):
    """A claim in a list. Amounts are cents; null is unknown."""

    id: str
    """The claim's number, as the payer returns it."""
    status: ClaimStatusName
    frequency: Literal["1", "7", "8"]
    visit: UUID
    patient: UUID
    payer: str
    payer_name: str
    date_of_service: date
    due_on: date | None
    due_may_be_later: bool
    """Whether `due_on` is the shorter of two limits because nobody said whether the clinic is in the network."""
    charge_cents: int | None
    allowed_cents: int | None
    expected_cents: int | None
    patient_share_cents: int | None
    at_stake_cents: int
    left_cents: int
    hold_reason: str
    first_passed: bool | None


class ClaimLineDocument(Answer):
    """A line as it is filed."""

    number: int
    code: str
    modifiers: tuple[str, ...]
    units: int | None
    charge_cents: int | None
    pointers: tuple[int, ...]
    allowed_cents: int | None
    expected_cents: int | None
    patient_share_cents: int | None
    price_status: str
    origin: str


class StoredFinding(Stored):
    """A finding of a stored claim."""

    claim: UUID
    code: str
    name: str
    severity: str
    cause: str
    place: str
    message: str
    cents: int | None
    fix_title: str
    fix_safety: str
    was_mended: bool
    ignored_at: datetime | None
    ignored_because: str


class ClaimDocument(ClaimSummary):
    """A claim whole: lines, findings, what was asked and what could not be judged."""

    lines: tuple[ClaimLineDocument, ...]
    findings: tuple[StoredFinding, ...]
    questions: tuple[Any, ...]
    missing: tuple[Any, ...]
    unconfirmed: tuple[str, ...]


class BuildSent(Sent):
    """Signed visits whose claims are to be built."""

    visits: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]


class BuiltDocument(Answer):
    """Claims made now, and claims that were there already."""

    made: tuple[ClaimSummary, ...]
    found: tuple[ClaimSummary, ...]


class CodeSearch(Sent):
    """What was done, in a therapist's words; codes are those in force on `day` (null: today at the clinic).

    `payer` decides where payers take different codes for one thing.
    """

    words: Annotated[str, Field(min_length=1, max_length=2000)]
    day: date | None = None
    payer: Key38 | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class CodeFound(Answer):
    """A code that the words speak for, and when to use it."""

    code: str
    label: str
    score: float
    why: str
    document: tuple[str, ...]
    question: str
    neighbor: str


class NotBillableFound(Answer):
    """What the words describe is not billed, and why."""

    reason: str
    explanation: str


class QuestionFound(Answer):
    """The question that decides between the candidates."""

    question: str
    candidates: tuple[str, ...]


class CodeAnswer(Answer):
    """The answer to a search: codes best first; `not_billable` or `must_ask` come before the first code."""

    day: date
    ranked: tuple[CodeFound, ...]
    not_billable: NotBillableFound | None
    must_ask: QuestionFound | None


class DiagnosisSearch(Sent):
    """Words, or the beginning of a code."""

    words: Annotated[str, Field(min_length=1, max_length=200)]
    day: date | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class DiagnosisFound(Answer):
    """A diagnosis that may be billed on the day."""

    code: str
    label: str
    side: str | None
    matched: str


class DiagnosisAnswer(Answer):
    """Diagnoses, the likeliest first."""

    day: date
    found: tuple[DiagnosisFound, ...]


class LineToPrice(Sent):
    """A line to price. `charge_cents` is the charge of the whole line; a payer never pays more than it."""

    code: ProcedureCode
    units: Annotated[int, Field(ge=1, le=99)] = 1
    modifiers: Annotated[tuple[Modifier, ...], Field(max_length=4)] = ()
    charge_cents: Cents | None = None


class PriceSent(Sent):
    """One visit's lines to price. `locality` is Medicare's, as 01112-05, or national."""

    lines: Annotated[tuple[LineToPrice, ...], Field(min_length=1, max_length=50)]
    day: date
    payer: Key38 = "medicare_b"
    locality: Annotated[str, Field(pattern=r"^(national|\d{5}-\d{2})$")] = "national"
    place_of_service: Annotated[str, Field(pattern=r"^\d{2}$")] = "11"
    discipline: Literal["PT", "OT", "SLP"] = "PT"
    deductible_met_cents: Cents | None = None


class PricedLineDocument(Answer):
    """A line with its figures in cents; null is unknown, and `status` says why."""

    code: str
    units: int
    modifiers: tuple[str, ...]
    status: str
    fee_cents: int | None
    allowed_cents: int | None
    patient_share_cents: int | None
    expected_payment_cents: int | None
    expected_payment_at_least_cents: int | None
    expected_payment_at_most_cents: int | None


class PriceDocument(Answer):
    """What the visit is worth with the payer. A total is null where any line's figure is unknown."""

    payer: str
    day: date
    locality: str
    place_of_service: str
    lines: tuple[PricedLineDocument, ...]
    totals: dict[str, int | None]
    sources: tuple[str, ...]
    from_memory: tuple[str, ...]


class ExportTable(Answer):
    """A table that can be exported, and its columns."""

    name: str
    columns: tuple[str, ...]
    rows: int


class Exports(Answer):
    """What can be exported."""

    tables: tuple[ExportTable, ...]
