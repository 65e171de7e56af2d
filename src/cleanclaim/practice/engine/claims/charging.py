"""Charges enter the ledger when a claim leaves the clinic, and leave it when another claim takes its place.

A claim is charged once, by the claim as it was filed. What replaces or voids it reverses its charge: whatever was paid
on it then stands as a credit until the payer takes it back. A claim to a later payer charges nothing: it asks for what
stands open to that payer on the lines of the claim that it follows. A claim that a front end returned has no charge
until it is filed again; then it is charged anew, by the file that it goes out in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Kind, LedgerError, Source, Transaction, reversal_of
from cleanclaim.practice.engine.judging.known_claims import Filed, filed_claims
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import Batch, Claim, Clinic, LedgerTransaction
from cleanclaim.records import Frequency

BATCH = "batch"
"""The kind of source of a charge to a payer: the file that the claim went out in."""
SUPERBILL = "superbill"
"""The kind of source of a charge to the patient: the superbill that they were given."""


KEY = "charge:"
"""With what the key of every charge begins."""
RETURNED = ":returned"
"""With what the key of a charge's reversal ends where the claim was rejected."""


def charge_key(claim: Claim) -> str:
    """The key of a claim's charge in the ledger."""
    return f"{KEY}{claim.pk}"


def charges(clinic: Clinic, claims: Sequence[Filed], source: Source, on: date) -> Iterator[Transaction]:
    """The charges of filed claims that have none in the ledger yet; a void or a claim that follows charges nothing.

    What came back unread is charged anew by the file that it goes out in, and by nothing else: an answer to a claim
    that was replaced since finds it without a charge, and leaves it so.
    """
    keys = [f"{KEY}{one.known[0].key}" for one in claims]
    there = _there(clinic, keys)
    returned = _there(clinic, [f"{key}{RETURNED}" for key in keys]) if source.kind == BATCH else set()
    for one, key in zip(claims, keys, strict=True):
        claim = one.row
        follows = claim.follows_id is not None or claim.frequency == Frequency.VOID.value
        if follows:
            continue
        if key in there:
            if f"{key}{RETURNED}" not in returned or standing_charges(clinic, [claim.pk]).exists():
                continue
            yield posting.charge(f"{key}:{source.key}", on, source, one.payer.value, one.charges)
            continue
        yield posting.charge(key, on, source, one.payer.value, one.charges)


class Charges:
    """The charges that the claims of a document lack, some claims at a time; each is charged once.

    The ledger is asked once for all claims that are named at the beginning, and again only for others.
    """

    def __init__(self, clinic: Clinic, claims: Iterable[UUID], source: Source, on: date) -> None:
        self._clinic, self._source, self._on = clinic, source, on
        self._asked: set[UUID] = set()
        self._lacking: set[UUID] = set()
        self._ask(claims)

    def of(self, claims: Iterable[Filed]) -> list[Transaction]:
        """The charges of these claims that are not in the ledger yet, in the order of the claims' keys."""
        own = {one.row.pk: one for one in claims}
        if fresh := own.keys() - self._asked:
            self._ask(fresh)
        lacking = sorted(own.keys() & self._lacking)
        self._lacking.difference_update(lacking)
        return list(charges(self._clinic, [own[key] for key in lacking], self._source, self._on)) if lacking else []

    def _ask(self, claims: Iterable[UUID]) -> None:
        fresh = set(claims)
        there = _there(self._clinic, [f"{KEY}{claim}" for claim in fresh])
        self._asked |= fresh
        self._lacking.update(claim for claim in fresh if f"{KEY}{claim}" not in there)


def standing_charges(clinic: Clinic, claims: Iterable[UUID]) -> QuerySet[LedgerTransaction]:
    """The charges of these claims that were not taken back."""
    own = LedgerTransaction.objects.filter(clinic=clinic, kind=Kind.CHARGE.value, reversed_by=None)
    return own.filter(entries__claim__in=list(claims)).distinct()


def charges_of_batch(clinic: Clinic, batch: Batch, claims: Sequence[Claim], on: date) -> list[Transaction]:
    """What filing these claims in a file writes: their charges, and the reversal of the charges that they answer."""
    source = Source(BATCH, str(batch.pk), batch.sha256)
    return [*charges(clinic, filed_claims(claims), source, on), *_uncharged(clinic, claims, source, on)]


def charge_again(claim: Claim, instead: Claim, on: date) -> list[Transaction]:
    """The charge of a filed claim that stands again, since what took its place came back unread and was given up."""
    if claim.batch is None or claim.follows_id is not None or claim.frequency == Frequency.VOID.value:
        return []
    (filed,) = filed_claims([claim])
    source = Source(BATCH, str(claim.batch.pk), claim.batch.sha256)
    return [posting.charge(f"{charge_key(claim)}:{instead.pk}", on, source, filed.payer.value, filed.charges)]


def charge_to_patient(claim: Claim, on: date) -> Transaction:
    """The charge of a claim that the patient has as a superbill: every line is open to the patient.

    Raises `LedgerError` where there is no line, or the charge of one is not known.
    """
    lines = []
    for line in claim.lines.all():
        if line.charge_cents is None:
            raise LedgerError(f"charge: line {line.position} has no charge; expected one in the charge master")
        lines.append((f"{claim.pk}:{claim.number}:{line.position}", line.charge_cents))
    digest = hashlib.sha256(json.dumps(lines).encode()).hexdigest()
    key = charge_key(claim)
    if _there(claim.clinic, [key]):
        # It was filed once and came back unread, and the patient chose since that no plan is told.
        key = f"{key}:{SUPERBILL}"
    return posting.charge(key, on, Source(SUPERBILL, str(claim.pk), digest), posting.PATIENT, lines)


def _there(clinic: Clinic, keys: Sequence[str]) -> set[str]:
    """Those of these keys that stand in the ledger."""
    return set(LedgerTransaction.objects.filter(among("key", keys), clinic=clinic).values_list("key", flat=True))


def _uncharged(clinic: Clinic, claims: Iterable[Claim], source: Source, on: date) -> Iterator[Transaction]:
    """The reversals of the charges of earlier claims that these replace or void."""
    rows = standing_charges(clinic, [claim.replaces_id for claim in claims if claim.replaces_id is not None])
    for charged in ledger_rows.read(rows.select_related("reverses").prefetch_related("entries")):
        yield reversal_of(charged, f"{charged.key}:answered", on, source)
