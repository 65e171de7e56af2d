"""A visit as a therapist records it: a note, what was done, and sometimes what was billed."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cleanclaim.records.adjudication import Adjudication
from cleanclaim.records.model import Identifier, Minutes, Modifier, NonNegative, ProcedureCode, Record
from cleanclaim.records.notices import SignedNotice
from cleanclaim.records.people import Credential


class VisitKind(StrEnum):
    """What the visit was for."""

    EVALUATION = "evaluation"
    TREATMENT = "treatment"
    REEVALUATION = "reevaluation"
    DISCHARGE = "discharge"


class By(StrEnum):
    """Whose minutes these are. Therapist and assistant treating together count as the therapist's."""

    PT = "PT"
    PTA = "PTA"
    TOGETHER = "together"
    AIDE = "aide"
    STUDENT = "student"
    NOBODY = "unattended"


class Side(StrEnum):
    """Side of the body treated."""

    RIGHT = "right"
    LEFT = "left"
    BILATERAL = "bilateral"
    NONE = "none"


class Presentation(StrEnum):
    """How the patient's condition presents at an evaluation."""

    STABLE = "stable"
    EVOLVING = "evolving"
    UNSTABLE = "unstable"


class DecisionMaking(StrEnum):
    """Complexity of the clinical decisions at an evaluation."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class EvaluationFindings(Record):
    """The four components that decide an evaluation's level; `None` is not documented."""

    history_factors: NonNegative | None = None
    elements_examined: NonNegative | None = None
    presentation: Presentation | None = None
    decision_making: DecisionMaking | None = None


class Intervention(Record):
    """One thing done: in words, by code, or both.

    Minutes shared between therapist and assistant are two interventions. `group_size` above one means the
    minutes were furnished to several patients at once. `skilled_need`, `response` and `progress` are the
    note's words for why it took a therapist, how the patient responded, and what changed.
    """

    what: str = ""
    code: ProcedureCode | None = None
    region: str | None = None
    side: Side | None = None
    minutes: Minutes | None = None
    by: By | None = None
    attended: bool | None = None
    group_size: Annotated[int, Field(ge=1, le=50)] | None = None
    starts_at: time | None = None
    skilled_need: str | None = None
    response: str | None = None
    progress: str | None = None


class BilledLine(Record):
    """A line as somebody has already coded it. The charge is for the line, in cents."""

    code: str
    modifiers: tuple[Modifier, ...] = ()
    units: int | None = None
    charge_cents: int | None = None
    pointers: tuple[int, ...] | None = None


class Signature(Record):
    """Who signed the note, with which credential, and when."""

    credential: Credential
    on: date
    by: str = ""


class Note(Record):
    """A SOAP note. A plain text without headings goes into `text`."""

    subjective: str = ""
    objective: str = ""
    assessment: str = ""
    plan: str = ""
    text: str = ""

    def whole(self) -> str:
        """All parts as one text, headings kept."""
        parts = (
            ("S", self.subjective),
            ("O", self.objective),
            ("A", self.assessment),
            ("P", self.plan),
        )
        body = "\n".join(f"{letter}: {text}" for letter, text in parts if text)
        return "\n".join(text for text in (body, self.text) if text)


class Visit(Record):
    """One patient, one day, one discipline, one clinic.

    A visit may name codes (`billed`), describe what was done (`interventions`), or be only a note. `None` is
    unknown: `interventions=None` says nobody listed them; `()` says nothing was done.
    """

    id: Identifier
    patient_id: Identifier
    date_of_service: date
    kind: VisitKind | None = None
    place_of_service: str = "11"
    therapist: str
    """The clinic's key of the therapist under whose name the claim goes: a PT, never an assistant."""
    assistant: str | None = None
    diagnoses: tuple[str, ...] | None = None
    interventions: tuple[Intervention, ...] | None = None
    billed: tuple[BilledLine, ...] | None = None
    note: Note | None = None
    total_timed_minutes: Minutes | None = None
    total_treatment_minutes: Minutes | None = None
    time_in: time | None = None
    time_out: time | None = None
    signatures: tuple[Signature, ...] | None = None
    evaluation: EvaluationFindings | None = None
    progress_report: bool | None = None
    unit_preference: tuple[ProcedureCode, ...] = ()
    """The therapist's choice where two codes tie for the last unit, first choice first."""
    abn_on_file: bool | None = None
    advance_notices: tuple[SignedNotice, ...] = ()
    """Notices of Original Medicare that hold for the day, as far as they are told; the one signed last stands first."""
    insurance_not_used: bool | None = None
    """The patient has chosen in writing to pay for this visit alone: no plan is billed."""
    home_health_episode: bool | None = None
    """A home health agency's episode of the patient covers the day, as eligibility was read."""
    therapist_on_site: bool | None = None
    """A therapist was in the clinic while an assistant treated."""
    good_faith_estimate_on_file: bool | None = None
    """Whether the patient has an estimate that covers this visit; where unknown, the patient's record may say."""
    outcome_measure: str | None = None
    """The standardized instrument or measured function recorded at the visit, in words; `""`: none."""
    reevaluation_reason: str | None = None
    """What changed and called for a re-evaluation, in the note's words; `""`: the note gives no reason."""
    adjudications: tuple[Adjudication, ...] = ()
    """What payers have decided on the visit's claim so far, the first payer first: the next in order is billed now.

    Line numbers are those of `billed`, which a visit with decisions states as it was filed.
    """

    def notice_for(self, code: str | None) -> SignedNotice | None:
        """The notice that names a service by its procedure code: the one signed last; `None` where none does."""
        return next((notice for notice in self.advance_notices if code in notice.codes), None)
