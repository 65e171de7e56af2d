"""A visit on its way to a claim: what was suggested from its words, left unbilled, and must be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from cleanclaim.lines.cases import ServiceDraft
from cleanclaim.records import CoverageOrder, Patient, Visit
from cleanclaim.reference.payers import Payer


@dataclass(frozen=True, slots=True)
class Question:
    """What must be answered before the visit can be billed, and the codes the answer decides between."""

    what: str
    question: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggested:
    """A code suggested for words of the note, with its evidence."""

    what: str
    code: str
    why: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class NotBilled:
    """Words of the note that name something not billed, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words of the note that name a service and were not taken as done at this visit, and why."""

    what: str
    why: str


@dataclass(slots=True)
class Found:
    """What reading a visit finds out, as one process hands it to another.

    `services` is `None` where nobody has listed what was done; `extra` are columns of the claim read from the note.
    """

    services: list[ServiceDraft] | None = None
    suggested: list[Suggested] = field(default_factory=list)
    not_billed: list[NotBilled] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    extra: dict[str, object] = field(default_factory=dict)
    total_timed_minutes: int | None = None
    total_treatment_minutes: int | None = None


@dataclass(slots=True)
class Draft:
    """A visit on its way to a claim: who, for whom, who pays, and what reading it found out so far."""

    visit: Visit
    patient: Patient | None
    payer: str | None
    packs: tuple[Payer, ...]
    stimulation: str | None
    """The code for unattended stimulation that the payer takes."""
    order: CoverageOrder = CoverageOrder.PRIMARY
    """Which of the patient's coverages is billed."""
    found: Found = field(default_factory=Found)
