"""What the search for a code may answer: a code, "this is not billed", or a question.

Every answer carries its evidence as places in the text, so that a reader can see which words spoke.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the text that spoke, from character `start` up to `end`, and what they say."""

    start: int
    end: int
    text: str
    says: str


class Reason(StrEnum):
    """Why something that happened is not billed."""

    AIDE = "aide"
    UNSKILLED = "unskilled"
    WARM_UP = "warm_up"
    REST = "rest"
    CHARTING = "charting"
    COORDINATION = "coordination"
    SCHEDULING = "scheduling"
    WAITING = "waiting"
    PREPARATION = "preparation"
    TRANSPORT = "transport"
    HANDOUT = "handout"
    SUPPLIES = "supplies"
    NOT_DONE = "not_done"
    PLANNED = "planned"
    STUDENT = "student"
    SCREENING = "screening"
    VITALS = "vitals"


@dataclass(frozen=True, slots=True)
class CodeSuggestion:
    """One suggested code.

    `score` runs from 0 to 1 and orders suggestions of one text; it is no probability. `question` decides
    between this code and `neighbor`, the code most easily taken for it here; both are empty when there is none.
    """

    code: str
    label: str
    score: float
    evidence: tuple[Evidence, ...]
    why: str
    document: tuple[str, ...]
    question: str
    neighbor: str


@dataclass(frozen=True, slots=True)
class NotBillable:
    """What the text describes is not billed, and why."""

    reason: Reason
    explanation: str
    evidence: tuple[Evidence, ...]
    score: float


@dataclass(frozen=True, slots=True)
class MustAsk:
    """The text speaks for several codes alike: the question that decides, and the codes it decides between."""

    question: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The answer for one text.

    `ranked` holds the suggested codes, best first, whatever else is answered. `not_billable` is set when the words
    for not billing outweigh those for any code; `must_ask` when the evidence is even or a fact is missing.
    """

    text: str
    ranked: tuple[CodeSuggestion, ...]
    not_billable: NotBillable | None = None
    must_ask: MustAsk | None = None

    @property
    def answer(self) -> CodeSuggestion | NotBillable | MustAsk | None:
        """The one answer: not billable, else the question, else the best code, else `None` (nothing recognized)."""
        return self.not_billable or self.must_ask or self.best

    @property
    def best(self) -> CodeSuggestion | None:
        """The code ranked first, or `None`."""
        return self.ranked[0] if self.ranked else None

    @property
    def codes(self) -> tuple[str, ...]:
        """The ranked codes, best first."""
        return tuple(item.code for item in self.ranked)
