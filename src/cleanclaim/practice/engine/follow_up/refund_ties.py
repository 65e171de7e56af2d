"""Refunds tied to what payers do afterwards: in the ledger, and on the worklist where a payer took the money as well.

What a payer turned on a line that a check had gone for, and added to a payment in its place, pays the line again: by a
transaction of the refund's, which goes back where the payment does. What it took although a check had gone is told, and
is followed up until the payer gives it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind, Source, reversal_of
from cleanclaim.practice.engine.follow_up.recoupments import REASON, SOURCE, Place, Standing, standings
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.worklist.work_items import Found
from cleanclaim.practice.models import Claim, ClaimAnswer, Clinic, LedgerTransaction, Refund, User, WorkKind
from cleanclaim.reference.denials import DenialCause, Route


def bring_refunds_into_step(clinic: Clinic, claims: Iterable[UUID], user: User | None) -> dict[Place, Standing]:
    """Put what payers added for refunds onto the lines that they turned, as the payments stand that are posted now.

    What was put there and is not shown any more goes back. Called in the transaction that posts, places or unposts.

    Args:
        clinic: the clinic, in scope.
        claims: claims that were charged.
        user: in whose name it is written.

    Returns:
        How these claims stand with each payer that was sent a check.
    """
    found = standings(claims, with_checks_only=True)
    for one in found.values():
        placed = one.settled.placed
        for check in one.checks:
            if check.line:
                _place(clinic, user, check, placed.get(str(check.pk), 0))
    return found


def _place(clinic: Clinic, user: User | None, check: Refund, wanted: int) -> None:
    """Write how much of a refund's line is paid by what its payer added; nothing where it stands so already."""
    rows = LedgerTransaction.objects.filter(source_kind=SOURCE, source_key=str(check.pk))
    met = rows.filter(kind=Kind.REFUND_MET.value)
    standing = list(
        ledger_rows.read(met.filter(reversed_by=None).select_related("reverses").prefetch_related("entries"))
    )
    there = sum(entry.cents for one in standing for entry in one.entries if entry.account is Account.PAYER_OPEN)
    if -there == wanted:
        return
    on = ledger_rows.open_day(clinic, today_at(clinic))
    source, key = Source(SOURCE, str(check.pk), check.digest), f"{SOURCE}:{check.pk}:met:{met.count() + 1}"
    written = [reversal_of(one, f"{one.key}:back", on, source) for one in standing]
    if wanted:
        written.append(
            posting.meet_refund(
                key, on, source, check.payer, line=check.line, order=check.owed_to, cents=wanted, reason=REASON
            )
        )
    ledger_rows.write(clinic, user, written)


def taken_twice(claim: Claim, around: Iterable[Standing], answers: Sequence[ClaimAnswer], today: date) -> list[Found]:
    """What the payer of a claim took back although a check had gone for it, as the worklist holds it."""
    head = claim.charged_id
    for one in around:
        cents = one.settled.twice_cents
        if one.claim != head or cents <= 0 or not _is_asked_by(claim, one.order):
            continue
        days = [row.remittance.paid_on for row in one.rows if row.cents > 0 and row.remittance.paid_on is not None]
        values = {
            "reason": WorkKind.TAKEN_TWICE.value,
            "cause": DenialCause.PAYER.value,
            "route": Route.APPEAL.value,
            "steps": [[words, amount] for words, amount in arithmetic(one)],
            "noticed_on": max(days, default=today),
        }
        return [Found(WorkKind.TAKEN_TWICE, "", cents, answers[-1] if answers else None, values)]
    return []


def _is_asked_by(claim: Claim, order: str) -> bool:
    """Whether what stands with a payer is followed up on this claim: its own, or the first where it was sent none."""
    if order == claim.order:
        return True
    return claim.follows_id is None and not Claim.objects.filter(follows=claim, order=order).exists()


def arithmetic(one: Standing) -> list[tuple[str, int]]:
    """What was taken and sent, row by row, in words and cents; the sum is what was taken twice."""
    for_lines = [check for check in one.checks if check.line]
    rows = [(f"Overpaid, as told with {check.means} {check.reference}", -check.cents) for check in for_lines]
    for row in one.rows:
        paid = row.remittance
        told = "Announced" if row.cents < 0 else "Taken"
        day = f" of {paid.paid_on:%m/%d/%Y}" if paid.paid_on else ""
        rows.append((f"{told} with payment {paid.trace_number}{day} ({row.reason})", row.cents))
    rows += [(f"Our {check.means} {check.reference} of {check.sent_on:%m/%d/%Y}", check.cents) for check in one.checks]
    sent: dict[str, int] = defaultdict(int)
    for check in for_lines:
        sent[check.line] += check.cents
    turned = sum(min(cents, max(0, one.taken.get(line, 0))) for line, cents in sent.items())
    if turned:
        rows.append(("Taken by turning what was paid", turned))
    rest = one.settled.twice_cents - sum(cents for _words, cents in rows)
    return [*rows, ("For other reasons than this", rest)] if rest else rows
