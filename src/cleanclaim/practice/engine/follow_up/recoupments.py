"""What payers announced, took back and were sent, claim by claim; and the check that goes for an announcement.

A payment tells of money beside its claims (`PayerAdjustment`), often with the number of the claim that it is about. A
check may go for what is announced so (`send_check`), or may have gone before the payer said anything (`refunds.send`).
What the payer then does is set against the checks by `receivables.recoupments`, and followed up by `refund_ties`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import LedgerError, Source
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.patient_accounts import rules_of
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import (
    Claim,
    ClaimAnswer,
    Clinic,
    LedgerEntry,
    LedgerTransaction,
    Means,
    PayerAdjustment,
    Refund,
    RefundState,
    Remittance,
    User,
)
from cleanclaim.receivables.recoupments import Check, Settled, settle
from cleanclaim.records import CoverageOrder

SOURCE = "refund"
"""The kind of source of what a refund writes."""

ANNOUNCED = "announced by the payer, not taken yet"
"""Why a refund goes that answers an announced recoupment."""

_PLACES = [one.value for one in CoverageOrder]

REASON = "refund"
"""Why a refund's entries are written."""

Place: TypeAlias = tuple[UUID, str]
"""A claim that was charged, and the place of one of its payers."""


class NotSentError(ValueError):
    """A check that cannot be written as sent for an announced recoupment; says why, no patient."""


@dataclass(slots=True)
class Standing:
    """How one claim stands with one payer: what its payments tell beside claims, and the checks that went to it.

    `claim` is the claim that was charged, `order` the payer's place among its payers; empty where the payer's reference
    names no claim. `taken` is, by line, what answers took of it since the first check for it.
    """

    claim: UUID
    order: str
    rows: list[PayerAdjustment] = field(default_factory=list)
    checks: list[Refund] = field(default_factory=list)
    taken: Mapping[str, int] = field(default_factory=dict)

    @property
    def payer(self) -> str:
        """The payer as its payments tell it, and as it was when a check went."""
        return self.rows[-1].remittance.told_by if self.rows else self.checks[-1].payer

    @property
    def reference(self) -> str:
        """The reference that was told last."""
        return self.rows[-1].reference if self.rows else ""

    @property
    def left_cents(self) -> int:
        """What payments, checks and what was put onto lines leave: below 0 announced, above 0 taken without a word."""
        return self.beside_cents + self.against_cents + sum(self.settled.placed.values())

    @property
    def beside_cents(self) -> int:
        """What payments took beside claims, less what they added."""
        return sum(row.cents for row in self.rows)

    @property
    def against_cents(self) -> int:
        """What was sent for what had been announced."""
        return sum(check.cents for check in self.checks if check.recoupment)

    @property
    def settled(self) -> Settled:
        """What was taken set against what was sent."""
        for_lines = [Check(str(check.pk), check.line, check.cents) for check in self.checks if not check.recoupment]
        return settle(self.beside_cents, self.against_cents, for_lines, self.taken)


def standings(claims: Iterable[UUID], *, with_checks_only: bool = False) -> dict[Place, Standing]:
    """How claims that were charged stand with each payer that told something beside claims, or was sent a check.

    Args:
        claims: claims that were charged, of the clinics in scope.
        with_checks_only: leave out payers that no check was sent to, and ask one query where no claim has any.
    """
    heads = set(claims)
    checks = list(_sent().filter(among("claim", heads)).order_by("created_at", "pk"))
    if with_checks_only:
        heads = {check.claim_id for check in checks}
        if not heads:
            return {}
    found: dict[Place, Standing] = {}
    for check in checks:
        _at(found, check.claim_id, check.owed_to).checks.append(check)
    # A reference that names no claim of ours was said by a person to be of one, when a check went for it.
    references = {(check.recoupment, check.payer): check for check in checks if check.recoupment}
    of_claims = Q(claim__in=heads) | Q(claim__follows__in=heads)
    by_reference = Q(claim=None, reference__in={reference for reference, _payer in references})
    for row in _told().filter(of_claims | by_reference):
        if row.claim is not None:
            place = (row.claim.charged_id, row.order)
        elif (said := references.get((row.reference, row.remittance.told_by))) is not None:
            place = (said.claim_id, said.owed_to)
        else:
            continue
        if place in found or not with_checks_only:
            _at(found, *place).rows.append(row)
    taken = _taken(checks)
    for place, one in found.items():
        one.taken = taken.get(place, {})
    return found


def _at(found: dict[Place, Standing], claim: UUID, order: str) -> Standing:
    return found.setdefault((claim, order), Standing(claim, order))


def _taken(checks: Sequence[Refund]) -> dict[Place, dict[str, int]]:
    """By claim and payer, and by line: how much less the payer's answers come to since its first check for the line."""
    for_lines = [check for check in checks if check.line]
    if not for_lines:
        return {}
    written = LedgerTransaction.objects.filter(key__in=[f"{SOURCE}:{check.pk}" for check in for_lines])
    sent = dict(written.values_list("key", "created_at"))
    cash = LedgerEntry.objects.filter(
        among("claim", {check.claim_id for check in for_lines}),
        account=Account.PAYER_CASH.value,
        line__in={check.line for check in for_lines},
    )
    columns = ("line", "payer", "transaction__created_at", "cents")
    moved = list(cash.exclude(transaction__source_kind=SOURCE).values_list(*columns))
    found: dict[Place, dict[str, int]] = defaultdict(dict)
    for check in sorted(for_lines, key=lambda one: sent[f"{SOURCE}:{one.pk}"]):
        if check.claim_id is None:
            continue
        lines, since = found[check.claim_id, check.owed_to], sent[f"{SOURCE}:{check.pk}"]
        if check.line not in lines:
            own = (check.line, check.owed_to)
            lines[check.line] = -sum(cents for line, who, at, cents in moved if (line, who) == own and at > since)
    return found


def with_checks(claims: Iterable[UUID]) -> set[UUID]:
    """Those of these claims for whose services a check went to a payer; two queries, one where none ever went."""
    sent = _sent()
    if not sent.exists():
        return set()
    heads = sent.exclude(claim=None).values("claim")
    rows = Claim.objects.filter(Q(pk__in=heads) | Q(follows__in=heads), among("pk", set(claims)))
    return set(rows.values_list("pk", flat=True))


def groups() -> list[Standing]:
    """All that payers told beside claims, by claim, or by reference where none is known; what is not even comes first.

    Of a reference that names no claim, `claim` is the row's own key.
    """
    there = list(_told())
    checked = set(_sent().exclude(claim=None).values_list("claim", flat=True))
    found = standings({row.claim.charged_id for row in there if row.claim is not None} | checked)
    shown = {row.pk for one in found.values() for row in one.rows}
    unnamed: dict[tuple[str, str], Standing] = {}
    for row in there:
        if row.pk not in shown:
            payer = row.remittance.told_by
            unnamed.setdefault((payer, row.reference), Standing(row.pk, "")).rows.append(row)
    every = [one for one in (*found.values(), *unnamed.values()) if one.rows]
    return sorted(every, key=lambda one: (not one.left_cents, -abs(one.left_cents), one.payer, one.reference))


_NOT_SHOWN = ("claim__record", "claim__questions", "claim__evidence")


def _told() -> QuerySet[PayerAdjustment]:
    """What payments that are posted tell beside claims, in the order in which they were paid."""
    rows = PayerAdjustment.objects.filter(remittance__unposted_at=None).select_related("remittance", "claim")
    return rows.defer(*_NOT_SHOWN).order_by("remittance__paid_on", "created_at", "segment")


def _sent() -> QuerySet[Any]:
    """Refunds that were sent to payers."""
    return Refund.objects.filter(state=RefundState.SENT.value).exclude(owed_to=PATIENT)


def order_told(claim: Claim, remittance: Remittance) -> str:
    """The place, among the payers of a claim's services, of who paid: the claim's own, unless it answered elsewhere."""
    told = Q(claim=claim.charged_id) | Q(claim__follows=claim.charged_id)
    answers = ClaimAnswer.objects.filter(
        told, remittance__unposted_at=None, remittance__payer_identifier=remittance.payer_identifier,
        remittance__payer_name=remittance.payer_name,
    )  # fmt: skip
    orders = set(answers.order_by().values_list("order", flat=True).distinct())
    return claim.order if claim.order in orders else min(orders, key=_PLACES.index, default=claim.order)


def payer_of(claim: UUID, order: str) -> str:
    """Who answered at a place of a charged claim, as its payments tell it; empty where none has."""
    told = Q(claim=claim) | Q(claim__follows=claim)
    answers = ClaimAnswer.objects.filter(told, order=order, remittance__unposted_at=None).select_related("remittance")
    last = answers.defer("answer").order_by("-created_at").first()
    return "" if last is None else str(last.remittance.told_by)


def claims_beside(rows: Iterable[PayerAdjustment]) -> set[UUID]:
    """The claims that these adjustments are of: named by their references, or by a person who sent a check for one."""
    found = {row.claim_id for row in rows if row.claim_id is not None}
    unnamed = {row.reference for row in rows if row.claim_id is None and row.reference}
    if unnamed:
        named = _sent().filter(recoupment__in=unnamed).exclude(claim=None)
        found.update(named.values_list("claim", flat=True))
    return found


# --- a check for what was announced ---------------------------------------------------------------------------------


def send_check(  # noqa: PLR0913 - for what, how much, how it went out
    clinic: Clinic,
    user: User,
    row_id: UUID,
    *,
    cents: int,
    sent_on: date,
    means: Means,
    reference: str,
    claim_number: str = "",
    origin: str = "",
) -> Refund:
    """Write that a check went for what a payer had announced to take.

    Args:
        clinic: the clinic, in scope.
        user: who writes it.
        row_id: the announcement, or another adjustment of the same claim or reference.
        cents: what was sent; at most what is announced and not taken.
        sent_on: the day.
        means: how.
        reference: the number of the check.
        claim_number: the claim that is meant, where the payer's reference names none of ours.
        origin: the address that asked.

    Raises:
        NotSentError: there is no such announcement, it is of no claim, or less is announced than was sent.
    """
    with transaction.atomic():
        rules_of(clinic, lock=True)
        told = PayerAdjustment.objects.select_related("remittance", "claim__patient")
        row = told.filter(pk=row_id, remittance__unposted_at=None).first()
        if row is None:
            raise NotSentError("no such announcement is posted")
        claim = row.claim
        if claim is None:
            claim = Claim.objects.select_related("patient").filter(number=claim_number).exclude(batch=None).first()
        if claim is None:
            raise NotSentError("the payer's reference names no claim; expected the number of a filed one")
        order = row.order or claim.order
        if sent_on > today_at(clinic):
            raise NotSentError("the day it was sent is to come; expected today or a day before")
        if not reference.strip():
            raise NotSentError("expected the number of the check")
        most = _announced(row, claim.charged_id, order)
        if not 0 < cents <= most:
            raise NotSentError(f"{most / 100:.2f} dollars are announced and not taken; expected at most as much")
        made = Refund(
            clinic=clinic,
            patient=claim.patient,
            claim_id=claim.charged_id,
            owed_to=order,
            payer=row.remittance.told_by[:80],
            payer_name=row.remittance.payer_name[:80],
            recoupment=row.reference or "none",
            cents=cents,
            reason=ANNOUNCED,
            identified_on=min(row.remittance.paid_on or sent_on, sent_on),
            state=RefundState.SENT.value,
            sent_on=sent_on,
            means=means.value,
            reference=reference.strip()[:40],
            identified_by=user,
            sent_by=user,
        )
        made.digest = digest_of(made)
        made.save(force_insert=True)
        source, key = Source(SOURCE, str(made.pk), made.digest), f"{SOURCE}:{made.pk}"
        try:
            written = posting.refund_announced(key, sent_on, source, made.payer, cents=cents, reason=REASON)
            ledger_rows.write(clinic, user, [written])
        except LedgerError as error:
            raise NotSentError(str(error)) from error
        audit_trail.record(clinic.id, user, "create", SOURCE, made.pk, detail="for an announcement", origin=origin)
        return made


def _announced(row: PayerAdjustment, claim: UUID, order: str) -> int:
    """What is announced and not taken of the claim that an adjustment is of, in cents."""
    found = standings([claim]).get((claim, order), Standing(claim, order))
    if row.claim_id is None and row not in found.rows:
        # Said to be of this claim only now.
        alike = PayerAdjustment.objects.filter(claim=None, reference=row.reference, remittance__unposted_at=None)
        payer = row.remittance.told_by
        found.rows += [one for one in alike.select_related("remittance") if one.remittance.told_by == payer]
    return found.settled.announced_cents


def digest_of(row: Refund) -> str:
    """The SHA-256 of what a refund says."""
    told = [row.line, row.owed_to, row.cents, row.reason, row.sent_on.isoformat() if row.sent_on else "", row.reference]
    told += [row.payer, row.recoupment] if row.recoupment else []
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
