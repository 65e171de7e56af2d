"""An explanation of benefits on paper, typed in for one claim: posted through the same door as a file of payments.

What is typed becomes a remittance record; it is matched, planned, posted and unposted like any other. One check often
pays several claims: each claim is a part of it, and together the parts are the check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from cleanclaim.practice.engine.judging.known_claims import Filed, filed_claims
from cleanclaim.practice.engine.payments.remitting import NotPostedError, keep_file, post
from cleanclaim.practice.models import AnswerState, Claim, Clinic, FileKind, Remittance, User
from cleanclaim.records import Adjustment, ClaimPayer, CoverageOrder
from cleanclaim.records.remittance import ClaimStatusCode, RemittedClaim, RemittedLine
from cleanclaim.records.remittance import Remittance as RemittanceRecord
from cleanclaim.remittance.matching import KnownClaim, KnownLine

PROCESSED = {
    CoverageOrder.PRIMARY: ClaimStatusCode.PRIMARY,
    CoverageOrder.SECONDARY: ClaimStatusCode.SECONDARY,
    CoverageOrder.TERTIARY: ClaimStatusCode.TERTIARY,
}
"""How a remittance codes that a payer of this place has decided."""

SENT_ON = {
    CoverageOrder.PRIMARY: ClaimStatusCode.PRIMARY_FORWARDED,
    CoverageOrder.SECONDARY: ClaimStatusCode.SECONDARY_FORWARDED,
    CoverageOrder.TERTIARY: ClaimStatusCode.TERTIARY_FORWARDED,
}
"""The same where it sent the claim on to the next payer."""

CHECK = "CHK"
"""How it was paid."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """What the paper says of one line, in cents; `allowed_cents` is `None` where it does not say."""

    paid_cents: int
    allowed_cents: int | None
    adjustments: tuple[Adjustment, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What the paper says of one claim. `lines` are by the claim's line numbers; amounts have the payer's signs."""

    order: CoverageOrder
    status: ClaimStatusCode
    check_number: str
    paid_on: date
    lines: Mapping[int, TypedLine]
    payer_control_number: str = ""
    remarks: tuple[str, ...] = ()


def payers_of(filed: Filed) -> dict[CoverageOrder, ClaimPayer]:
    """The payers whose answer to a claim may be typed in: the one that it went to, and those after it."""
    found = {filed.record.payer.order: filed.record.payer}
    return found | {one.order: one for one in filed.record.other_payers if one.order in filed.known[0].later}


def post_paper(clinic: Clinic, user: User, claim_id: UUID, typed: Typed, *, origin: str = "") -> Remittance:
    """Post what was typed from paper for a filed claim.

    Raises `NotPostedError`, and writes nothing, where the claim is not filed, a line's charge is not paid and adjusted,
    the same was posted before, or the answer cannot be placed.
    """
    with transaction.atomic():
        claim = Claim.objects.select_for_update(of=("self",)).filter(pk=claim_id).exclude(batch=None).first()
        if claim is None:
            raise NotPostedError("only a filed claim is answered")
        (filed,) = filed_claims([claim])
        record = _record(clinic, filed, typed)
        file = keep_file(clinic, user, record.model_dump_json().encode(), FileKind.PAPER)
        found = post(clinic, user, file, origin=origin)
        if found.known:
            raise NotPostedError("this part of the check was posted before")
        if found.refused:
            raise NotPostedError(found.refused[0][1])
        (row,) = found.posted
        held = row.answers.filter(state=AnswerState.HELD.value).defer("answer").first()
        if held is not None:
            raise NotPostedError(held.held_because)
        return row


def _record(clinic: Clinic, filed: Filed, typed: Typed) -> RemittanceRecord:
    payer = payers_of(filed).get(typed.order)
    if payer is None:
        raise NotPostedError(f"the claim has no {typed.order.value} payer that could answer it")
    claims, before = [], 0
    for part in filed.known:
        claims.append(_claim(filed, part, before, payer, typed))
        before += len(part.lines)
    return RemittanceRecord(
        segment=1,
        payer_name=payer.name,
        payer_identifier=payer.identifier,
        trace_number=typed.check_number,
        amount_cents=sum(claim.paid_cents for claim in claims),
        method=CHECK,
        paid_on=typed.paid_on,
        part=filed.claim.number,
        payee_npi=clinic.npi,
        claims=tuple(claims),
    )


def _claim(filed: Filed, part: KnownClaim, before: int, payer: ClaimPayer, typed: Typed) -> RemittedClaim:
    sign = -1 if typed.status is ClaimStatusCode.REVERSAL else 1
    lines = tuple(
        _line(number, line, typed.lines.get(number), sign) for number, line in enumerate(part.lines, start=before + 1)
    )
    return RemittedClaim(
        segment=before + 1,
        control_number=part.control_number,
        status=typed.status,
        charge_cents=sum(line.charge_cents for line in lines),
        paid_cents=sum(line.paid_cents for line in lines),
        filing_indicator=payer.filing_indicator,
        payer_control_number=typed.payer_control_number,
        family_name=filed.record.patient.name.family_name,
        given_name=filed.record.patient.name.given_name,
        member_id=payer.member_id,
        begins_on=min(line.date_of_service for line in part.lines),
        ends_on=max(line.date_of_service for line in part.lines),
        remarks=typed.remarks,
        lines=lines,
    )


def _line(number: int, line: KnownLine, typed: TypedLine | None, sign: int) -> RemittedLine:
    if typed is None:
        raise NotPostedError(f"line {number}: nothing was typed; expected what was paid and what was not")
    return RemittedLine(
        segment=number,
        code=line.code,
        modifiers=line.modifiers,
        units=line.units,
        charge_cents=sign * line.charge_cents,
        paid_cents=sign * typed.paid_cents,
        date_of_service=line.date_of_service,
        control_number=line.control_number,
        allowed_cents=typed.allowed_cents,
        adjustments=tuple(
            item.model_copy(update={"amount_cents": sign * item.amount_cents}) for item in typed.adjustments
        ),
    )
