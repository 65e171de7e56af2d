"""What a plan decided about each claim of a payment → ledger transactions, rows of answers, and claims' histories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source, Transaction
from cleanclaim.practice import many_rows
from cleanclaim.practice.engine.known_claims import Filed, written_lines
from cleanclaim.practice.models import AnswerState, ClaimAnswer, ClaimEvent, Clinic, Remittance, User
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.remittance.effects import Effect, LineAnswer
from cleanclaim.remittance.plan import Posted, Suspended

_MOVING = frozenset({Effect.CONTRACTUAL, Effect.PATIENT})


def transaction_of(key: str, on: date, source: Source, item: Posted) -> Transaction | None:
    """What an answer writes; `None` where nothing is paid and nothing moves, as in a denial of everything."""
    moves = any(
        line.paid_cents or any(cents and effect in _MOVING for effect, cents, _why in line.unpaid)
        for line in item.lines
    )
    if not moves:
        return None
    following = posting.PATIENT if item.next_payer is None else item.next_payer.value
    asked = item.order.value if item.is_expected else posting.PATIENT
    if not item.is_expected:
        following = posting.PATIENT
    return posting.remittance(key, on, source, item.order.value, item.lines, next_payer=following, asked=asked)


def answer_row(clinic: Clinic, row: Remittance, item: Posted | Suspended, claims: Mapping[str, Filed]) -> ClaimAnswer:
    """One claim of a payment, posted or held. Raises `ValueError` for what is held and is no claim's."""
    answer = item.answer
    if answer is None:
        raise ValueError("no claim is held at this place")
    made = ClaimAnswer(
        clinic=clinic,
        remittance=row,
        segment=answer.segment,
        control_number=answer.control_number[:40],
        payer_control_number=answer.payer_control_number[:50],
        status_code=answer.status[:2],
        charge_cents=answer.charge_cents,
        paid_cents=answer.paid_cents,
        reasons=_reasons(answer),
        remarks=sorted({*answer.remarks, *(remark for line in answer.lines for remark in line.remarks)}),
        forwarded_to=_forwarded(answer)[:60],
        answer=answer.model_dump(mode="json"),
    )
    if isinstance(item, Suspended):
        made.state, made.held_because = AnswerState.HELD.value, item.reason[:200]
        return made
    made.state = AnswerState.POSTED.value
    write_posted(made, item, claims)
    return made


def write_posted(row: ClaimAnswer, item: Posted, claims: Mapping[str, Filed]) -> None:
    """Put into a row what was posted for its claim."""
    filed = claims.get(item.claim)
    row.claim_id = UUID(item.claim)
    if filed is not None:
        row.claim = filed.claim
    row.found_by, row.order = item.match.by.value, item.order.value
    row.given_up_cents = _sum(item.lines, Effect.CONTRACTUAL)
    row.patient_cents = _sum(item.lines, Effect.PATIENT)
    row.open_cents = _sum(item.lines, Effect.OPEN)
    row.posted = written_lines(item.lines)


def _reasons(answer: RemittedClaim) -> list[list[object]]:
    reasons: Counter[tuple[str, str]] = Counter()
    for item in (*answer.adjustments, *(one for line in answer.lines for one in line.adjustments)):
        reasons[item.group.value, item.reason] += item.amount_cents
    return [[group, reason, cents] for (group, reason), cents in reasons.items()]


def _forwarded(answer: RemittedClaim) -> str:
    return (answer.forwarded_to or "another payer") if answer.is_forwarded else ""


def _sum(lines: Iterable[LineAnswer], effect: Effect) -> int:
    return sum(line.sum_of(effect) for line in lines)


def tell(answers: Sequence[ClaimAnswer], user: User, row: Remittance) -> None:
    """Into each claim's history, what its payer said."""
    many_rows.insert(
        ClaimEvent,
        row.clinic,
        ("claim_id", "user_id", "action", "detail"),
        [
            (answer.claim_id, user.pk, "answered", f"{row.trace_number}: {_told(answer)}"[:300])
            for answer in answers
            if answer.claim_id is not None
        ],
    )


def _told(answer: ClaimAnswer) -> str:
    return " ".join(sorted({f"{group}-{reason}" for group, reason, _cents in answer.reasons}))
