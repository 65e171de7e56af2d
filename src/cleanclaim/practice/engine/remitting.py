"""Post payers' payments into the ledger: whole or not at all, once, and undone exactly when asked.

What goes where is decided by `remittance.plan`; here it is written down, in one database transaction a payment.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source, Transaction, reversal_of
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine import charging, ledger_rows
from cleanclaim.practice.engine.building import add_events
from cleanclaim.practice.engine.checking import today_at
from cleanclaim.practice.engine.known_claims import candidates, known, payers_in_order
from cleanclaim.practice.models import (
    AnswerState,
    Claim,
    ClaimAnswer,
    Clinic,
    LedgerTransaction,
    Remittance,
    RemittanceFile,
    User,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.records.remittance import Remittance as RemittanceRecord
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.remittance.effects import Effect, LineAnswer
from cleanclaim.remittance.matching import ClaimIndex, KnownClaim, match_lines
from cleanclaim.remittance.plan import Plan, Posted, RefusedError, Suspended, plan
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.reader_835 import read_835

REMITTANCE = "remittance"
"""The kind of source of what a payment writes."""


@dataclass(slots=True)
class Preview:
    """What a file holds and what posting it would write: plans, payments refused with why, payments posted before."""

    plans: list[Plan] = field(default_factory=list)
    refused: list[tuple[RemittanceRecord, str]] = field(default_factory=list)
    known: list[RemittanceRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class NotPostedError(ValueError):
    """A payment or answer that cannot be posted, placed or unposted as asked; says why."""


def preview(data: bytes) -> Preview:
    """Read a file of payments and decide where every cent would go; nothing is written. The clinic is in scope."""
    read = read_835(data)
    found = Preview(problems=read.problems)
    for record, left_out in zip(read.remittances, read.left_out, strict=True):
        index = ClaimIndex.of(one for claim in candidates(record.claims) for one in known(claim))
        try:
            made = plan(record, index, left_out)
        except RefusedError as error:
            found.refused.append((record, str(error)))
            continue
        if Remittance.objects.filter(key=made.key, unposted_at=None).exists():
            found.known.append(record)
        else:
            found.plans.append(made)
    return found


def keep_file(clinic: Clinic, user: User, data: bytes) -> RemittanceFile:
    """Keep a file as it came; the same bytes again are the same file."""
    digest = hashlib.sha256(data).hexdigest()
    kept: RemittanceFile | None = RemittanceFile.objects.filter(sha256=digest).first()
    if kept is None:
        kept = RemittanceFile.objects.create(
            clinic=clinic, content=Plain(data), sha256=digest, size=len(data), read_by=user
        )
    return kept


def post(clinic: Clinic, user: User, file: RemittanceFile, *, origin: str = "") -> tuple[list[Remittance], Preview]:
    """Post every payment of a file that is new and balances; the others are told by the preview.

    Each payment is one database transaction: after a crash it is posted whole or not at all, and posting the file again
    takes up where it stopped.
    """
    found = preview(file.content.data)
    posted = []
    for made in found.plans:
        with transaction.atomic():
            posted.append(_post(clinic, user, made, file, origin))
    return posted, found


def _post(clinic: Clinic, user: User, made: Plan, file: RemittanceFile, origin: str) -> Remittance:
    record = made.remittance
    row: Remittance = Remittance.objects.create(
        clinic=clinic,
        key=made.key,
        payer_name=(record.payer_name or record.payer_identifier or "unnamed payer")[:80],
        payer_identifier=record.payer_identifier[:40],
        trace_number=record.trace_number[:50],
        method=record.method[:3],
        paid_on=record.paid_on,
        amount_cents=record.amount_cents,
        claims_count=len(record.claims),
        held_cents=sum(item.cents for item in made.suspended),
        file=file,
        posted_by=user,
    )
    source = Source(REMITTANCE, str(row.pk), file.sha256)
    claims = {
        str(claim.pk): claim
        for claim in Claim.objects.select_for_update(of=("self",))
        .filter(pk__in={item.match.claim.key for item in made.posted})
        .order_by("pk")
    }
    on = ledger_rows.open_day(clinic, record.paid_on or today_at(clinic))
    transactions = list(charging.charges(clinic, list(claims.values()), source, on))
    answers = []
    for place, item in enumerate(made.posted, start=1):
        claim = claims[item.match.claim.key]
        payer, following = payers_in_order(claim)
        transactions += _of_claim(f"{row.pk}:{place}", on, source, payer, following, item.lines)
        answers.append(_answer(clinic, row, item.answer, claim=claim, lines=item.lines, by=item.match.by.value))
    parts = posting.payment_parts(
        f"{row.pk}:parts",
        on,
        source,
        record.payer_identifier or record.payer_name,
        interest_cents=made.interest_cents,
        suspense=[(f"segment {item.segment}", item.cents) for item in made.suspended],
        adjustments=[(item.reason, item.cents) for item in made.adjustments],
    )
    if parts is not None:
        transactions.append(parts)
    answers += [
        _answer(clinic, row, item.answer, because=item.reason) for item in made.suspended if item.answer is not None
    ]
    ledger_rows.write(clinic, user, transactions)
    ClaimAnswer.objects.bulk_create(answers)
    _tell(answers, user, row)
    detail = f"{len(made.posted)} claims posted, {len(made.suspended)} held"
    audit_trail.record(clinic.id, user, "create", REMITTANCE, row.pk, detail=detail, origin=origin)
    return row


def _of_claim(
    key: str, on: object, source: Source, payer: str, following: str | None, lines: Sequence[LineAnswer]
) -> list[Transaction]:
    """What an answer writes; nothing where nothing is paid and nothing moves, as in a denial of everything."""
    moves = any(
        item.paid_cents or any(cents for effect, cents, _why in item.unpaid if effect is not Effect.OPEN)
        for item in lines
    )
    if not moves:
        return []
    made = posting.remittance(key, on, source, payer, lines, next_payer=following or posting.PATIENT)  # type: ignore[arg-type]
    return [made]


def _answer(  # noqa: PLR0913 - what is known of an answer depends on whether it was matched
    clinic: Clinic,
    row: Remittance,
    answer: RemittedClaim,
    *,
    claim: Claim | None = None,
    lines: Sequence[LineAnswer] = (),
    by: str = "",
    because: str = "",
) -> ClaimAnswer:
    reasons: Counter[tuple[str, str]] = Counter()
    for item in (*answer.adjustments, *(one for line in answer.lines for one in line.adjustments)):
        reasons[item.group.value, item.reason] += item.amount_cents
    return ClaimAnswer(
        clinic=clinic,
        remittance=row,
        segment=answer.segment,
        claim=claim,
        state=AnswerState.POSTED.value if claim else AnswerState.HELD.value,
        found_by=by,
        held_because=because[:200],
        control_number=answer.control_number[:40],
        payer_control_number=answer.payer_control_number[:50],
        status_code=answer.status[:2],
        charge_cents=answer.charge_cents,
        paid_cents=answer.paid_cents,
        given_up_cents=_sum(lines, Effect.CONTRACTUAL),
        patient_cents=_sum(lines, Effect.PATIENT),
        open_cents=_sum(lines, Effect.OPEN),
        reasons=[[group, reason, cents] for (group, reason), cents in reasons.items()],
        answer=answer.model_dump(mode="json"),
    )


def _sum(lines: Iterable[LineAnswer], effect: Effect) -> int:
    return sum(cents for line in lines for what, cents, _why in line.unpaid if what is effect)


def _tell(answers: Sequence[ClaimAnswer], user: User, row: Remittance) -> None:
    """Into each claim's history, what its payer said."""
    for answer in answers:
        if answer.claim is not None:
            reasons = " ".join(sorted({f"{group}-{reason}" for group, reason, _cents in answer.reasons}))
            add_events([answer.claim], user, "answered", f"{row.trace_number}: {reasons}")


def place(clinic: Clinic, user: User, answer_id: UUID, claim_number: str, *, origin: str = "") -> ClaimAnswer:
    """Put an answer that is held onto the claim that a person names.

    Raises `NotPostedError` where the answer is not held, there is no such filed claim, or its lines are not those of
    the answer.
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
        fitting = [(one, lines) for one in known(claim) if (lines := match_lines(one, answer)) is not None]
        if not fitting:
            raise NotPostedError("the lines of the answer are not those of this claim")
        if any(line.gap_cents for line in answer.lines) or answer.gap_cents or answer.line_gap_cents:
            raise NotPostedError("the answer does not add up; ask the payer for a corrected one")
        part, _lines = fitting[0]
        made = _placed(answer, part, row.remittance)
        record = row.remittance
        source = Source(REMITTANCE, str(record.pk), record.file.sha256)
        on = today_at(clinic)
        payer, following = payers_in_order(claim)
        transactions = list(charging.charges(clinic, [claim], source, on))
        held_by = record.payer_identifier or record.payer_name
        taken = posting.payment_parts(
            f"{record.pk}:placed:{row.pk}", on, source, held_by,
            suspense=[(f"segment {row.segment}", -answer.paid_cents)],
        )  # fmt: skip
        if taken is not None:
            transactions.append(taken)
        transactions += _of_claim(f"{record.pk}:onto:{row.pk}", on, source, payer, following, made.lines)
        ledger_rows.write(clinic, user, transactions)
        fresh = _answer(clinic, record, answer, claim=claim, lines=made.lines, by="a person")
        for name in ("claim", "found_by", "given_up_cents", "patient_cents", "open_cents"):
            setattr(row, name, getattr(fresh, name))
        row.state, row.held_because = AnswerState.PLACED.value, ""
        row.save_if_unchanged(
            row.version, "claim", "found_by", "given_up_cents", "patient_cents", "open_cents", "state", "held_because"
        )
        record.held_cents -= answer.paid_cents
        record.save_if_unchanged(record.version, "held_cents")
        _tell([row], user, record)
        audit_trail.record(clinic.id, user, "change", "answer", row.pk, detail="placed", origin=origin)
        found: ClaimAnswer = row
        return found


def _placed(answer: RemittedClaim, part: KnownClaim, record: Remittance) -> Posted:
    """The answer posted onto one known claim, by the same arithmetic as any other."""
    # The answer keeps its amounts; only the number by which it is found is the one that a person named.
    named = answer.model_copy(update={"control_number": part.control_number})
    alone = RemittanceRecord(
        segment=0,
        payer_name=record.payer_name,
        trace_number=record.trace_number,
        amount_cents=answer.paid_cents,
        claims=(named,),
    )
    made = plan(alone, ClaimIndex.of([part]))
    held: list[Suspended] = made.suspended
    if held:
        raise NotPostedError(held[0].reason)
    return made.posted[0]


def unpost(clinic: Clinic, user: User, remittance_id: UUID, *, origin: str = "") -> Remittance:
    """Take a payment back whole: every transaction that it wrote is reversed; the charges of its claims stay.

    Raises `NotPostedError` where there is none, or it was unposted already.
    """
    with transaction.atomic():
        row = (
            Remittance.objects.select_for_update(of=("self",))
            .select_related("file")
            .filter(pk=remittance_id, unposted_at=None)
            .first()
        )
        if row is None:
            raise NotPostedError("no such payment is posted")
        written = LedgerTransaction.objects.filter(
            source_kind=REMITTANCE, source_key=str(row.pk), reverses=None, reversed_by=None
        )
        originals = list(ledger_rows.read(written.select_related("reverses").prefetch_related("entries")))
        source = Source("unposting", str(row.pk), row.file.sha256)
        on = today_at(clinic)
        ledger_rows.write(clinic, user, [reversal_of(item, f"{item.key}:unposted", on, source) for item in originals])
        row.unposted_by, row.unposted_at = user, timezone.now()
        row.save_if_unchanged(row.version, "unposted_by", "unposted_at")
        answered = [item for item in row.answers.select_related("claim") if item.claim is not None]
        for item in answered:
            add_events([item.claim], user, "answer unposted", row.trace_number)
        audit_trail.record(clinic.id, user, "change", REMITTANCE, row.pk, detail="unposted", origin=origin)
        found: Remittance = row
        return found
