"""What was read from a note: interventions with their minutes and helpers, totals, times, evaluation findings.

Every value carries its place in the note's text. What the note does not say is `None`; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from cleanclaim.coding.answers import Suggestions
from cleanclaim.coding.evaluation import EvaluationLevel, EvaluationReading
from cleanclaim.coding.found import Found
from cleanclaim.records import By, Credential, Intervention, Side, VisitKind


class WhyLeftOut(StrEnum):
    """Why words that name an intervention are not taken as done today."""

    NEGATED = "negated"
    """The note says it was not done: declined, deferred, held."""
    PLANNED = "planned"
    """It stands in the plan, or is said to come next."""
    HOME = "home program"
    """It is what the patient does at home."""
    EARLIER = "an earlier visit"
    """It is told of an earlier visit."""
    TOLD = "told with another service"
    """All minutes of the note are told elsewhere, so these words describe one of the other services."""
    DRESSING = "dressing of the wound"
    """It is the wrap over a wound that was debrided, which the debridement includes."""


class EncounterHint(StrEnum):
    """Whether the note speaks of the first encounter with a device or a later one."""

    INITIAL = "initial"
    SUBSEQUENT = "subsequent"


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing the note says was done today.

    `what` is the note's text from `start` to `end`; `heading` the label above a list it belongs to. The places in
    `suggestions` count from the start of `suggestions.text`, which is the heading, if any, and `what`; all other
    places count from the start of the note.
    """

    what: str
    start: int
    end: int
    heading: str
    suggestions: Suggestions
    minutes: Found[int] | None = None
    starts_at: Found[time] | None = None
    ends_at: Found[time] | None = None
    by: Found[By] | None = None
    one_on_one: Found[bool] | None = None
    group_size: Found[int] | None = None
    side: Found[Side] | None = None
    region: Found[str] | None = None
    attended: Found[bool] | None = None
    purpose: Found[str] | None = None
    response: Found[str] | None = None
    progress: Found[str] | None = None

    @property
    def has_purpose(self) -> bool:
        """Whether the note says what it was for."""
        return self.purpose is not None

    @property
    def has_response(self) -> bool:
        """Whether the note says how the patient responded."""
        return self.response is not None

    @property
    def has_progress(self) -> bool:
        """Whether the note says what has changed."""
        return self.progress is not None

    @property
    def code(self) -> str | None:
        """The code, when the words settle it: `None` when nothing is billed, nothing is known or a question is open."""
        settled = self.suggestions.not_billable is None and self.suggestions.must_ask is None
        return self.suggestions.best.code if settled and self.suggestions.best else None

    def to_intervention(self, code: str | None = None) -> Intervention:
        """The mention as a record, with the code that was accepted for it, if any."""
        one = 1 if self.one_on_one is not None and self.one_on_one.value else None
        return Intervention(
            what=self.what,
            code=code,
            region=self.region.value if self.region else None,
            side=self.side.value if self.side else None,
            minutes=self.minutes.value if self.minutes else None,
            by=self.by.value if self.by else None,
            attended=self.attended.value if self.attended else None,
            group_size=self.group_size.value if self.group_size else one,
            starts_at=self.starts_at.value if self.starts_at else None,
            skilled_need=self.purpose.value if self.purpose else None,
            response=self.response.value if self.response else None,
            progress=self.progress.value if self.progress else None,
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words that name an intervention which was not done today, and why it is left out."""

    what: str
    start: int
    end: int
    why: WhyLeftOut


@dataclass(frozen=True, slots=True)
class SharedMinutes:
    """One duration written for several services: how it divides is not stated, so no service takes it."""

    minutes: Found[int]
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedCode:
    """A code that the note lists for billing, with the units and minutes written beside it."""

    code: str
    units: int | None
    minutes: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NoteReading:
    """All that was read from one note."""

    text: str
    mentions: tuple[Mention, ...]
    left_out: tuple[LeftOut, ...] = ()
    shared_minutes: tuple[SharedMinutes, ...] = ()
    listed_codes: tuple[ListedCode, ...] = ()
    total_timed_minutes: Found[int] | None = None
    total_treatment_minutes: Found[int] | None = None
    time_in: Found[time] | None = None
    time_out: Found[time] | None = None
    signatures: tuple[Found[Credential], ...] = ()
    kind: Found[VisitKind] | None = None
    encounter: Found[EncounterHint] | None = None
    telehealth: Found[bool] | None = None
    evaluation: EvaluationReading | None = None
    evaluation_level: EvaluationLevel | None = None
    response: Found[str] | None = None
    progress: Found[str] | None = None
