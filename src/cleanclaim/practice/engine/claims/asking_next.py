"""A plan that was entered after the payer before it had answered: what stood with the patient is asked of the plan.

What a payer leaves goes to the next payer of the claim as it was filed, or to the patient where the claim names none.
Once a claim to a further plan is made, it is that plan's to answer: the patient is not asked for it, and what the plan
pays has something to pay. It is written beside the answer that left it, and is taken back with that answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Source, Transaction
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.known_claims import Filed, filed_claims, read_lines, standing_answers
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.chains import chains_of
from cleanclaim.practice.engine.ledger.patient_accounts import accounts_of
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import Claim, ClaimAnswer, Clinic, LedgerEntry, Remittance, RemittanceFile, User
from cleanclaim.receivables.lines import AccountLine
from cleanclaim.receivables.moving import Move, Reason, entries_of
from cleanclaim.records import CoverageOrder
from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.settling import asked_of

REMITTANCE = "remittance"
"""The kind of source of what a payment writes."""

_PLACES = list(CoverageOrder)


def ask_next(clinic: Clinic, user: User | None, followers: Sequence[Claim]) -> None:
    """Ask these claims' payers for what earlier payers left to them and stands with the patient.

    In the transaction that makes the claims. What the patient has paid of it is theirs again; what was written off
    stays so.
    """
    entries = LedgerEntry.objects.filter(
        among("claim", [claim.charged_id for claim in followers]), account=Account.PATIENT_OPEN.value
    )
    with_patient = set(entries.order_by().values_list("claim", flat=True).distinct())
    followers = [claim for claim in followers if claim.charged_id in with_patient]
    if not followers:
        return
    chains = chains_of({claim.charged_id for claim in followers})
    answers = standing_answers(chains)
    by_chain: dict[UUID, list[ClaimAnswer]] = defaultdict(list)
    for claimed, head in chains.items():
        by_chain[head] += answers.get(claimed, [])
    files = {row.remittance.file_id for rows in by_chain.values() for row in rows}
    digests = dict(RemittanceFile.objects.filter(among("pk", files)).values_list("pk", "sha256"))
    heads = {one.claim.pk: one for one in filed_claims(Claim.objects.filter(among("pk", set(chains.values()))))}
    accounts = accounts_of(claim.patient_id for claim in followers)
    on = ledger_rows.open_day(clinic, today_at(clinic))
    made: list[Transaction] = []
    for claim in followers:
        lines = {line.key: line for line in accounts[claim.patient_id].lines}
        order, filed = CoverageOrder(claim.order), heads[claim.charged_id]
        left_by = _left_by(filed, by_chain[claim.charged_id], order)
        moves: dict[Remittance, list[Move]] = defaultdict(list)
        for key, cents in _with_patient(filed, order, lines).items():
            moves[left_by[key]].append(Move(key, PATIENT, order.value, cents))
        for row, some in moves.items():
            source = Source(REMITTANCE, str(row.pk), digests[row.file_id])
            told = entries_of(Reason.PLAN_FOUND, some, lines)
            made.append(posting.transfer_lines(f"{row.pk}:next:{claim.pk}", on, source, told))
    ledger_rows.write(clinic, user, made)


def _with_patient(head: Filed, order: CoverageOrder, lines: Mapping[str, AccountLine]) -> dict[str, int]:
    """By line, what a payer is to be asked for that was left to the patient, in cents."""
    found = {}
    for part in head.known:
        for key, cents in (asked_of(part, order, part.standing) or {}).items():
            line = lines.get(key)
            theirs = 0 if line is None else min(cents, line.open_cents + line.patient_paid_cents)
            if theirs > 0:
                found[key] = theirs
    return found


def _left_by(head: Filed, answers: Sequence[ClaimAnswer], order: CoverageOrder) -> dict[str, Remittance]:
    """By line, the payment of the last answer of an earlier payer that left something of it."""
    found = {}
    for row in sorted(answers, key=lambda one: (one.created_at, one.segment)):
        if _PLACES.index(CoverageOrder(row.order)) < _PLACES.index(order):
            for line in read_lines(head.claim.pk, row.posted):
                if line.sum_of(Effect.PATIENT) > 0:
                    found[line.line] = row.remittance
    return found
