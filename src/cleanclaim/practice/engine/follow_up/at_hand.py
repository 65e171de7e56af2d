"""What whoever has just posted a payment has at hand, so that the worklist need not read, open and match it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cleanclaim.practice.engine.judging.known_claims import Filed
from cleanclaim.practice.models import ClaimAnswer
from cleanclaim.practice.sealing import closed
from cleanclaim.records.remittance import RemittedClaim


@dataclass(frozen=True, slots=True)
class AtHand:
    """One payment's claims as they were filed, by key, and its answers, by the segment at which each begins."""

    remittance: UUID | None = None
    filed: Mapping[str, Filed] = field(default_factory=dict)
    answers: Mapping[int, RemittedClaim] = field(default_factory=dict)

    def answer_of(self, row: ClaimAnswer) -> RemittedClaim:
        """What a row says: the payment's own answer, else opened and read."""
        if row.remittance_id == self.remittance and row.segment in self.answers:
            return self.answers[row.segment]
        told = closed(row, "answer")
        if told is None:
            raise ValueError(f"answer {row.pk}: it has no content; expected what the payer said")
        return RemittedClaim.model_validate_json(told)


NOTHING_AT_HAND = AtHand()
"""For whoever posts nothing."""
