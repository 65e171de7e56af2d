"""How much waits behind the tabs of payers' payments."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from cleanclaim.practice.engine.claims.coordination import due_claims
from cleanclaim.practice.models import AnswerState, ClaimAnswer


def counts(due: Sequence[UUID] | None = None) -> dict[str, int]:
    """Answers that are held, and claims to be billed to the next payer; `due` where they were asked for already."""
    held = ClaimAnswer.objects.filter(state=AnswerState.HELD.value, remittance__unposted_at=None).count()
    return {"held_count": held, "due_count": len(due_claims() if due is None else due)}
