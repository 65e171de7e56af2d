"""Post payers' payments into the ledger: whole or not at all, once, and undone exactly when asked.

What goes where is decided by `remittance.plan`; here it is written down, in one database transaction a payment. Its
claims are opened, placed and written some at a time, so that PostgreSQL writes the first while the next are placed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source, Transaction, reversal_of
from cleanclaim.practice import ahead, audit_trail, collector, many_rows
from cleanclaim.practice.engine.claims import charging, coordination
from cleanclaim.practice.engine.claims.building import add_events
from cleanclaim.practice.engine.follow_up import denials, recoupments
from cleanclaim.practice.engine.follow_up.at_hand import AtHand
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.claims_of_answers import ClaimsOfAnswers, claims_of
from cleanclaim.practice.engine.judging.known_claims import Filed
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments import patient_said
from cleanclaim.practice.engine.payments.answer_rows import answer_row, transaction_of, write_answers
from cleanclaim.practice.models import (
    Claim,
    ClaimAnswer,
    Clinic,
    FileKind,
    LedgerTransaction,
    PayerAdjustment,
    Remittance,
    RemittanceFile,
    User,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.records.remittance import ClaimStatusCode
from cleanclaim.records.remittance import Remittance as RemittanceRecord
from cleanclaim.remittance.plan import Plan, Posted, RefusedError, Suspended, begin, payment_key, place
from cleanclaim.remittance.unattended import needs_person
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.reader_835 import ReadRemittances, read_835

REMITTANCE = "remittance"
"""The kind of source of what a payment writes."""

PIECE = 1000
"""Rows that are written at once."""

AT_ONCE = 250
"""Answers of a payment that are placed and written together."""


@dataclass(slots=True)
class Preview:
    """What a file holds and what posting it would write: plans, payments refused with why, payments posted before."""

    plans: list[Plan] = field(default_factory=list)
    refused: list[tuple[RemittanceRecord, str]] = field(default_factory=list)
    known: list[RemittanceRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class NotPostedError(ValueError):
    """A payment or answer that cannot be posted, placed or unposted as asked; says why."""


def read_file(file: RemittanceFile) -> ReadRemittances:
    """The payments of a file that is kept: of an 835, or the one that was typed from paper."""
    data = file.content.data
    if file.kind == FileKind.PAPER.value:
        return ReadRemittances([RemittanceRecord.model_validate_json(data)], [], [()])
    return read_835(data)


def preview(clinic: Clinic, read: ReadRemittances) -> Preview:
    """Decide where every cent of a file's payments would go; nothing is written. The clinic is in scope."""
    found = Preview(problems=read.problems)
    for record, left_out in zip(read.remittances, read.left_out, strict=True):
        if _is_posted(record):
            found.known.append(record)
            continue
        try:
            made = begin(record, left_out, payees=_payees(clinic))
        except RefusedError as error:
            found.refused.append((record, str(error)))
            continue
        place(record.claims, claims_of(record.claims).index, made)
        found.plans.append(made)
    return found


def _is_posted(record: RemittanceRecord) -> bool:
    return bool(Remittance.objects.filter(key=payment_key(record), unposted_at=None).exists())


def _payees(clinic: Clinic) -> tuple[str, ...]:
    """The numbers that a payment to this clinic names."""
    return tuple(number for number in (clinic.npi, (clinic.tax_id or "").replace("-", "")) if number)


def keep_file(clinic: Clinic, user: User, data: bytes, kind: FileKind = FileKind.REMITTANCE) -> RemittanceFile:
    """Keep a file as it came; the same bytes again are the same file."""
    digest = hashlib.sha256(data).hexdigest()
    kept: RemittanceFile | None = RemittanceFile.objects.filter(sha256=digest).first()
    if kept is None:
        kept = RemittanceFile.objects.create(
            clinic=clinic, content=Plain(data), sha256=digest, size=len(data), read_by=user, kind=kind.value
        )
    return kept


@dataclass(slots=True)
class PostedFile:
    """What posting a file came to: payments posted now, posted before, and refused with why.

    `next_claims` are the claims to next payers that were made of it; `left` the payments that a person is to look at
    first, with why.
    """

    posted: list[Remittance] = field(default_factory=list)
    next_claims: list[Claim] = field(default_factory=list)
    known: list[RemittanceRecord] = field(default_factory=list)
    refused: list[tuple[RemittanceRecord, str]] = field(default_factory=list)
    left: list[tuple[RemittanceRecord, str]] = field(default_factory=list)


@collector.resting()
def post(
    clinic: Clinic,
    user: User,
    file: RemittanceFile,
    *,
    origin: str = "",
    advance: Callable[[RemittanceRecord], None] | None = None,
    is_alone: bool = False,
) -> PostedFile:
    """Post every payment of a file that is new and balances; the others are told.

    Each payment is one database transaction: after a crash it is posted whole or not at all, and posting the file again
    takes up where it stopped, and makes the claims to next payers that are missing.
    `advance` is told each payment that is done with, inside its transaction. With `is_alone` nobody looks: what a
    person would have to decide on is left.
    """
    read = read_file(file)
    found = PostedFile()
    for record, left_out in zip(read.remittances, read.left_out, strict=True):
        with transaction.atomic():
            # Two who post one file at once wait for each other here, and the second finds it posted.
            RemittanceFile.objects.select_for_update().only("pk").get(pk=file.pk)
            if _is_posted(record):
                found.known.append(record)
            else:
                try:
                    made = begin(record, left_out, payees=_payees(clinic))
                except RefusedError as error:
                    found.refused.append((record, str(error)))
                else:
                    row = _row(clinic, user, made, file)
                    claims = ClaimsOfAnswers(record.claims, lock=True)
                    pieces: Iterable[_Piece] = _placed(made, claims, row)
                    # Where nobody looks, all of it is placed before any of it is written.
                    pieces = list(pieces) if is_alone else pieces
                    why = needs_person(made) if is_alone else ""
                    if why:
                        found.left.append((record, why))
                    else:
                        _post(user, row, made, claims, pieces)
                        _note(user, row, made, origin, is_alone=is_alone)
                        found.posted.append(row)
            if advance is not None:
                advance(record)
    if not found.refused and not found.left:
        RemittanceFile.objects.filter(pk=file.pk).update(through_at=timezone.now())
    found.next_claims = coordination.make_due_of(clinic, user, file)
    return found


def _row(clinic: Clinic, user: User, made: Plan, file: RemittanceFile) -> Remittance:
    """The payment's row, not written yet; what is held of it is known when all of it is placed."""
    record = made.remittance
    return Remittance(
        clinic=clinic,
        key=made.key,
        payer_name=(record.payer_name or record.payer_identifier or "unnamed payer")[:80],
        payer_identifier=record.payer_identifier[:40],
        trace_number=record.trace_number[:50],
        method=record.method[:3],
        paid_on=record.paid_on,
        amount_cents=record.amount_cents,
        claims_count=len(record.claims),
        file=file,
        posted_by=user,
    )


class _Piece(NamedTuple):
    """Some of a payment's answers in their order, as they were placed."""

    posted: Sequence[Posted]
    held: Sequence[Suspended]


def _placed(made: Plan, claims: ClaimsOfAnswers, row: Remittance) -> Iterator[_Piece]:
    """Place a payment's answers, some at a time, each lot when it is asked for."""
    answers = made.remittance.claims
    for begun in range(0, len(answers), AT_ONCE):
        some = answers[begun : begun + AT_ONCE]
        posted, held = len(made.posted), len(made.suspended)
        claims.take(some, besides=row.pk)
        place(some, claims.index, made)
        yield _Piece(made.posted[posted:], made.suspended[held:])


def _post(user: User, row: Remittance, made: Plan, claims: ClaimsOfAnswers, pieces: Iterable[_Piece]) -> None:
    """Write a payment: each piece of it when it is placed, then what is of no claim, then the worklist."""
    clinic, key = row.clinic, row.pk.hex
    source = Source(REMITTANCE, str(row.pk), row.file.sha256)
    # What comes after its day was closed is written on the first day that is open.
    on = ledger_rows.open_day(clinic, made.remittance.paid_on or today_at(clinic))
    known = denials.known_before(claims.keys)
    charges = charging.Charges(clinic, claims.keys, source, on)
    changed: set[UUID] = set()
    sent_on: set[UUID] = set()
    places = count(1)
    row.save(force_insert=True)
    with ahead.sent_ahead():
        books = ledger_rows.Books(clinic, user)
        for piece in pieces:
            charged = charges.of([claims.filed[item.match.claim.key] for item in piece.posted])
            said = (transaction_of(f"{row.pk}:{next(places)}", on, source, item) for item in piece.posted)
            books.write([*charged, *(one for one in said if one is not None)])
            answers = [answer_row(key, item) for item in piece.posted]
            answers += [answer_row(key, item) for item in piece.held]
            write_answers(clinic, user, row, answers)
            changed |= denials.to_look_at(piece.posted, known)
            sent_on.update(UUID(item.claim) for item in piece.posted if item.goes_to_an_unknown_plan)
            many_rows.check_links()
        parts = _parts(row, made, source, on)
        books.write([parts] if parts is not None else [])
        row.held_cents = sum(item.cents for item in made.suspended)
        Remittance.objects.filter(pk=row.pk).update(held_cents=row.held_cents)
        beside = _adjustments(clinic, row, made, claims.filed)
        PayerAdjustment.objects.bulk_create(beside, batch_size=PIECE)
        at_hand = AtHand(row.pk, claims.filed, {item.answer.segment: item.answer for item in made.posted})
        denials.bring_into_step(clinic, changed | recoupments.claims_beside(beside), user, at_hand)
    coordination.look_again(clinic, row, user)
    if sent_on:
        coordination.mark_sent_on(sent_on, row, user)
    patient_said.mark(patient_said.told_by(made.posted), row, user)


def _note(user: User, row: Remittance, made: Plan, origin: str, *, is_alone: bool) -> None:
    """Tell the audit trail."""
    detail = f"{len(made.posted)} claims posted, {len(made.suspended)} held"
    detail += "; by a worker: all matched and balanced" if is_alone else ""
    audit_trail.record(row.clinic_id, user, "create", REMITTANCE, row.pk, detail=detail, origin=origin)


def _parts(row: Remittance, made: Plan, source: Source, on: date) -> Transaction | None:
    """What of a payment is of no claim: interest, what is held, what was taken or added for other reasons."""
    return posting.payment_parts(
        f"{row.pk}:parts",
        on,
        source,
        made.remittance.payer_identifier or made.remittance.payer_name,
        interest_cents=made.interest_cents,
        suspense=[(f"segment {item.segment}", item.cents) for item in made.suspended],
        adjustments=[(item.reason, item.cents) for item in made.adjustments],
    )


def _adjustments(clinic: Clinic, row: Remittance, made: Plan, claims: dict[str, Filed]) -> list[PayerAdjustment]:
    """What the payment took or added for other reasons, with the claim that its reference names, if any."""
    if not made.adjustments:
        return []
    named = _named(made, claims)
    of = Claim.objects.only("order", "follows").in_bulk(set(named.values()))
    orders = {key: recoupments.order_told(claim, row) for key, claim in of.items()}
    return [
        PayerAdjustment(
            clinic=clinic,
            remittance=row,
            segment=item.segment,
            reason=item.reason[:2],
            reference=item.reference[:50],
            cents=item.cents,
            claim_id=named.get(item.reference),
            order=orders.get(named.get(item.reference), ""),
        )
        for item in made.adjustments
    ]


def _named(made: Plan, claims: dict[str, Filed]) -> dict[str, UUID]:
    """By reference, the claim that it names: by our number or by the payer's, alone or with more behind it.

    References run a claim's number, the payer's number and the payment's together, with or without a blank between.
    """
    references = {item.reference for item in made.adjustments if item.reference}
    words = {word for reference in references for word in reference.split()}
    found: dict[str, UUID] = {}
    numbers = {part.control_number: one.row.pk for one in claims.values() for part in one.known}
    numbers |= dict(Claim.objects.filter(number__in=words).exclude(batch=None).values_list("number", "pk"))
    told = ClaimAnswer.objects.filter(payer_control_number__in=words).exclude(claim=None)
    by_payer = dict(told.values_list("payer_control_number", "claim"))
    for reference in references:
        beginning = max((number for number in numbers if reference.startswith(number)), key=len, default="")
        word = next((word for word in reference.split() if word in numbers or word in by_payer), "")
        if beginning or word:
            found[reference] = numbers.get(beginning) or numbers.get(word) or by_payer[word]
    return found


def _is_taken_back_later(row: Remittance) -> bool:
    """Whether another payment that stands reversed an answer of this one."""
    turned = ClaimAnswer.objects.filter(
        status_code=ClaimStatusCode.REVERSAL.value, remittance__unposted_at=None, created_at__gt=row.created_at
    ).exclude(remittance=row)
    told = row.answers.exclude(status_code=ClaimStatusCode.REVERSAL.value).exclude(claim=None)
    mine = set(told.values_list("claim", "paid_cents"))
    return any((claim, -paid) in mine for claim, paid in turned.filter(claim__in=told.values("claim")).values_list(
        "claim", "paid_cents"
    ))  # fmt: skip


def unpost(clinic: Clinic, user: User, remittance_id: UUID, *, origin: str = "") -> Remittance:
    """Take a payment back whole: every transaction that it wrote is reversed; the charges of its claims stay.

    Raises `NotPostedError` where there is none, or it was unposted already, or a later payment takes back what it said.
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
        ).exclude(key__startswith=charging.KEY)
        if _is_taken_back_later(row):
            raise NotPostedError("a later payment takes back what this one said; take that one back first")
        originals = list(ledger_rows.read(written.select_related("reverses").prefetch_related("entries")))
        source = Source("unposting", str(row.pk), row.file.sha256)
        on = today_at(clinic)
        ledger_rows.write(clinic, user, [reversal_of(item, f"{item.key}:unposted", on, source) for item in originals])
        row.unposted_by, row.unposted_at = user, timezone.now()
        row.save_if_unchanged(row.version, "unposted_by", "unposted_at")
        RemittanceFile.objects.filter(pk=row.file_id).update(through_at=None)
        answered = [
            item.claim for item in row.answers.select_related("claim").defer("answer") if item.claim is not None
        ]
        add_events(answered, user, "answer unposted", row.trace_number)
        beside = recoupments.claims_beside(row.adjustments.all())
        denials.bring_into_step(clinic, beside.union(claim.pk for claim in answered), user)
        audit_trail.record(clinic.id, user, "change", REMITTANCE, row.pk, detail="unposted", origin=origin)
        coordination.after_payment(clinic, row, user)
        patient_said.take_off(row)
        found: Remittance = row
        return found
