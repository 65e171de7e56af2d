"""What a plan decided about each claim of a payment → ledger transactions, rows of answers, and claims' histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source, Transaction
from cleanclaim.practice import many_rows
from cleanclaim.practice.engine.judging.known_claims import written_lines
from cleanclaim.practice.models import AnswerState, ClaimAnswer, ClaimEvent, Clinic, Remittance, User
from cleanclaim.practice.sealing import Plain
from cleanclaim.records import AdjustmentGroup, CoverageOrder
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.reference.denials import is_cost_share
from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.plan import Posted, Suspended

Reasons = list[list[Any]]
"""Group, reason and cents of what was not paid."""

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


class AnswerRow(NamedTuple):
    """The columns of a `ClaimAnswer` as they are written for a whole payment at once, by their names."""

    remittance_id: str
    segment: int
    claim_id: str | None
    state: str
    found_by: str
    held_because: str
    control_number: str
    payer_control_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    given_up_cents: int
    patient_cents: int
    open_cents: int
    refused_cents: int
    reasons: Reasons
    remarks: list[str]
    order: str
    posted: list[list[Any]]
    forwarded_to: str
    answer: Plain


def answer_row(remittance: str, item: Posted | Suspended) -> AnswerRow:
    """One claim of a payment, by the letters of the payment's key, posted or held.

    Raises `ValueError` for what is held and is no claim's.
    """
    answer = item.answer
    if answer is None:
        raise ValueError("no claim is held at this place")
    is_posted = isinstance(item, Posted)
    columns = posted_columns(item) if isinstance(item, Posted) else _NOTHING_POSTED
    return AnswerRow(
        remittance_id=remittance,
        segment=answer.segment,
        state=AnswerState.POSTED.value if is_posted else AnswerState.HELD.value,
        held_because=item.reason[:200] if isinstance(item, Suspended) else "",
        control_number=answer.control_number[:40],
        payer_control_number=answer.payer_control_number[:50],
        status_code=answer.status[:2],
        charge_cents=answer.charge_cents,
        paid_cents=answer.paid_cents,
        reasons=_reasons(answer),
        remarks=sorted({*answer.remarks, *(remark for line in answer.lines for remark in line.remarks)}),
        forwarded_to=_forwarded(answer)[:60],
        answer=Plain(answer.model_dump_json().encode()),
        **columns,
    )


def posted_columns(item: Posted) -> dict[str, Any]:
    """What was posted for an answer's claim, by column of `ClaimAnswer`."""
    sums = dict.fromkeys(Effect, 0)
    refused = 0
    for line in item.lines:
        for effect, cents, why in line.unpaid:
            sums[effect] += cents
            if effect is Effect.PATIENT and not is_cost_share(why):
                refused += cents
    return {
        "claim_id": item.claim,
        "found_by": item.match.by.value,
        "order": item.order.value,
        "given_up_cents": sums[Effect.CONTRACTUAL],
        "patient_cents": sums[Effect.PATIENT],
        "open_cents": sums[Effect.OPEN],
        "refused_cents": refused,
        "posted": written_lines(item.lines),
    }


_NOTHING_POSTED: Mapping[str, Any] = {
    "claim_id": None,
    "found_by": "",
    "order": CoverageOrder.PRIMARY.value,
    "given_up_cents": 0,
    "patient_cents": 0,
    "open_cents": 0,
    "refused_cents": 0,
    "posted": [],
}


def write_answers(clinic: Clinic, user: User, row: Remittance, answers: Sequence[AnswerRow]) -> None:
    """Write a payment's answers, and into each claim's history what its payer said."""
    many_rows.insert(ClaimAnswer, clinic, AnswerRow._fields, answers)
    told = [(answer.claim_id, answer.reasons) for answer in answers if answer.claim_id is not None]
    tell(told, user, row)


def _reasons(answer: RemittedClaim) -> Reasons:
    reasons: dict[tuple[AdjustmentGroup, str], int] = {}
    for adjustments in (answer.adjustments, *(line.adjustments for line in answer.lines)):
        for item in adjustments:
            key = (item.group, item.reason)
            reasons[key] = reasons.get(key, 0) + item.amount_cents
    return [[group, reason, cents] for (group, reason), cents in reasons.items()]


def _forwarded(answer: RemittedClaim) -> str:
    return (answer.forwarded_to or "another payer") if answer.is_forwarded else ""


def tell(answers: Iterable[tuple[object, Reasons]], user: User, row: Remittance) -> None:
    """Into the history of each claim, what its payer said: the claim's key and the reasons of its answer."""
    by = user.pk.hex
    many_rows.insert(
        ClaimEvent,
        row.clinic,
        ("claim_id", "user_id", "action", "detail"),
        [(claim, by, "answered", f"{row.trace_number}: {_told(reasons)}"[:300]) for claim, reasons in answers],
    )


def _told(reasons: Reasons) -> str:
    return " ".join(sorted(f"{group}-{reason}" for group, reason, _cents in reasons))
