"""Answers that are held: put by a person onto the claim that they name, by the same arithmetic as any other."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.claims import charging, coordination
from cleanclaim.practice.engine.follow_up import denials
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.known_claims import filed_claims
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments import patient_said
from cleanclaim.practice.engine.payments.answer_rows import posted_columns, tell, transaction_of
from cleanclaim.practice.engine.payments.remitting import REMITTANCE, NotPostedError
from cleanclaim.practice.models import AnswerState, Claim, ClaimAnswer, Clinic, Remittance, User
from cleanclaim.records.remittance import Remittance as RemittanceRecord
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.remittance.matching import ClaimIndex, KnownClaim, is_part_of, match_lines, match_part
from cleanclaim.remittance.plan import Posted, plan

_OF_A_PLACE = (
    "claim",
    "found_by",
    "order",
    "posted",
    "given_up_cents",
    "patient_cents",
    "open_cents",
    "refused_cents",
    "state",
    "held_because",
)
"""Columns that change when an answer gets its claim."""

BY_HAND = "a person"
"""How a claim was found that a person named."""


def place(clinic: Clinic, user: User, answer_id: UUID, claim_number: str, *, origin: str = "") -> ClaimAnswer:
    """Put an answer that is held onto the claim that a person names.

    It may be of a part of the claim, whose other lines another answer is of. Raises `NotPostedError` where the answer
    is not held or does not add up, there is no such filed claim, or its lines are not those of the answer.
    """
    with transaction.atomic():
        row = (
            ClaimAnswer.objects.select_for_update(of=("self",))
            .select_related("remittance__file")
            .filter(pk=answer_id)
            .first()
        )
        if row is None or row.state != AnswerState.HELD.value or row.remittance.unposted_at is not None:
            raise NotPostedError("only an answer that is held can be put onto a claim")
        answer = RemittedClaim.model_validate(row.answer)
        claim = Claim.objects.select_for_update(of=("self",)).filter(number=claim_number).exclude(batch=None).first()
        if claim is None:
            raise NotPostedError("no filed claim has this number")
        (filed,) = filed_claims([claim])
        fitting = [one for one in filed.known if _fits(one, answer)]
        if not fitting:
            raise NotPostedError("the lines of the answer are not those of this claim")
        if any(line.gap_cents for line in answer.lines) or answer.gap_cents or answer.line_gap_cents:
            raise NotPostedError("the answer does not add up; ask the payer for a corrected one")
        made = _placed(answer, fitting[0], row.remittance)
        record = row.remittance
        source = Source(REMITTANCE, str(record.pk), record.file.sha256)
        on = today_at(clinic)
        transactions = list(charging.charges(clinic, [filed], source, on))
        taken = posting.payment_parts(
            f"{record.pk}:placed:{row.pk}", on, source, record.payer_identifier or record.payer_name,
            suspense=[(f"segment {row.segment}", -answer.paid_cents)],
        )  # fmt: skip
        posted = transaction_of(f"{record.pk}:onto:{row.pk}", on, source, made)
        transactions += [one for one in (taken, posted) if one is not None]
        ledger_rows.write(clinic, user, transactions)
        for name, value in posted_columns(made).items():
            setattr(row, name, value)
        row.claim = claim
        row.state, row.held_because, row.found_by = AnswerState.PLACED.value, "", BY_HAND
        row.save_if_unchanged(row.version, *_OF_A_PLACE)
        record.held_cents -= answer.paid_cents
        record.save_if_unchanged(record.version, "held_cents")
        tell([(claim.pk, row.reasons)], user, record)
        denials.bring_into_step(clinic, [claim.pk], user)
        if made.goes_to_an_unknown_plan:
            coordination.mark_sent_on([claim.pk], record, user)
        patient_said.mark(patient_said.told_by([made]), record, user)
        audit_trail.record(clinic.id, user, "change", "answer", row.pk, detail="placed", origin=origin)
    coordination.after_payment(clinic, record, user)
    found: ClaimAnswer = row
    return found


def _fits(part: KnownClaim, answer: RemittedClaim) -> bool:
    """Whether an answer's lines are those of a claim that was filed, or some of them where it is of a part."""
    if is_part_of(part, answer):
        return match_part(part, answer, by_hand=True) is not None
    return match_lines(part, answer) is not None


def _placed(answer: RemittedClaim, part: KnownClaim, record: Remittance) -> Posted:
    """The answer posted onto one known claim. Raises `NotPostedError` where it would be held even so."""
    # The answer keeps its amounts; only the number by which it is found is the one that a person named.
    named = answer.model_copy(update={"control_number": part.control_number})
    alone = RemittanceRecord(
        segment=0,
        payer_name=record.payer_name,
        payer_identifier=record.payer_identifier,
        trace_number=record.trace_number,
        amount_cents=answer.paid_cents,
        claims=(named,),
    )
    made = plan(alone, ClaimIndex.of([part]), by_hand=True)
    if made.suspended:
        raise NotPostedError(made.suspended[0].reason)
    return made.posted[0]
