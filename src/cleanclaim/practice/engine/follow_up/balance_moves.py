"""Who is asked: open amounts moved from a payer to the patient, or back, by a person and for a stated reason."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from cleanclaim.denials.refused import adjusted
from cleanclaim.denials.terms import terms_of
from cleanclaim.ledger import posting
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import LedgerError, Source
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.follow_up.denials import answered_by, bring_into_step
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.known_claims import filed_claims
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.opening_balances import EARLIER_PAYER
from cleanclaim.practice.engine.ledger.patient_accounts import PatientAccount, account_of, rules_of
from cleanclaim.practice.models import AnswerState, BalanceMove, Claim, ClaimAnswer, Clinic, Coverage, Patient, User
from cleanclaim.receivables.lines import AccountLine
from cleanclaim.receivables.moving import Known, Move, Reason, Refused, askable, entries_of, objections
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference.patient_reasons import Bar
from cleanclaim.remittance.effects import Effect, effect_of

SOURCE = "balance_move"
"""The kind of source of what a move writes."""
_MEDICAID = "medicaid"
_NAMELESS = "a payer of the earlier system"


class NotMovedError(ValueError):
    """What may not be moved as asked; says why, no patient."""


@dataclass(frozen=True, slots=True)
class Movable:
    """An open amount of a line, and to whom it could go. `cents` is what may be moved; `bars` say why not all of it.

    `is_answered`: the payer that it is open to, or goes back to, has answered.
    """

    line: AccountLine
    owed_by: str
    to: str
    payer_name: str
    open_cents: int
    cents: int
    is_answered: bool
    bars: tuple[Bar, ...] = ()

    @property
    def name(self) -> str:
        """Line, from and to, as a form sends them."""
        return f"{self.line.key}|{self.owed_by}|{self.to}"


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known of an account's lines, by key, and the payers of each, by their places."""

    known: dict[str, Known]
    payers: dict[str, dict[str, str]]


def movable(clinic: Clinic, account: PatientAccount) -> list[Movable]:
    """Every open amount of an account that has somewhere to go, the earliest visit first, whether it may or not."""
    around = _around(clinic, account)
    found = []
    for line in account.lines:
        payers = around.payers.get(line.key, {})
        known = around.known.get(line.key, Known())
        for place in _open_places(line):
            asked = askable(line, place, known)
            name = payers.get(place, place)
            is_answered = place in known.refused
            found.append(Movable(line, place, PATIENT, name, line.open_to(place), asked.cents, is_answered, asked.bars))
        if line.open_cents > 0:
            found += [
                Movable(line, PATIENT, place, name, line.open_cents, line.open_cents, place in known.refused)
                for place, name in payers.items()
            ]
    return found


def move(  # noqa: PLR0913 - whose lines, why, by whom
    clinic: Clinic,
    user: User,
    patient: Patient,
    cents: Mapping[tuple[str, str, str], int],
    reason: Reason,
    because: str,
    *,
    origin: str = "",
) -> BalanceMove:
    """Move open amounts, once and for good: who moved them and why is kept, and another move takes them back.

    Args:
        clinic: the clinic, in scope.
        user: who moves them.
        patient: whose lines.
        cents: by line, who was asked, and who is asked from now on (the payer's place, or `PATIENT`).
        reason: why.
        because: the same in the person's own words.
        origin: the address that the request came from.

    Raises `NotMovedError` where the patient may not be asked, or less is open.
    """
    if not because.strip():
        raise NotMovedError("why is not said; expected a sentence")
    with transaction.atomic():
        rules_of(clinic, lock=True)
        account, on = account_of(patient.pk), today_at(clinic)
        lines, around = {line.key: line for line in account.lines}, _around(clinic, account)
        moves = [Move(line, owed_by, to, amount) for (line, owed_by, to), amount in cents.items() if amount]
        found = objections(reason, moves, lines, around.known)
        found += [
            "this payer is on no claim of the visit; expected one that is"
            for item in moves
            if item.to != PATIENT and item.to not in around.payers.get(item.line, {})
        ]
        if found:
            raise NotMovedError("; ".join(dict.fromkeys(found)))
        row: BalanceMove = BalanceMove.objects.create(
            clinic=clinic,
            patient=patient,
            lines=[[item.line, item.owed_by, item.to, item.cents] for item in moves],
            cents=sum(item.cents for item in moves),
            reason=reason.value,
            because=because.strip(),
            moved_on=on,
            moved_by=user,
        )
        source = Source(SOURCE, str(row.pk), digest_of(row))
        made = posting.transfer_lines(f"{SOURCE}:{row.pk}", on, source, entries_of(reason, moves, lines))
        try:
            ledger_rows.write(clinic, user, [made])
        except LedgerError as error:
            raise NotMovedError(str(error)) from error
        claims = {claim for item in moves if (claim := ledger_rows.claim_of(item.line)) is not None}
        later = Claim.objects.filter(follows__in=claims).values_list("pk", flat=True)
        bring_into_step(clinic, {*claims, *later}, user)
        audit_trail.record(clinic.id, user, "create", SOURCE, row.pk, detail=reason.value, origin=origin)
        return row


def digest_of(row: BalanceMove) -> str:
    """The SHA-256 of what a move says, but for the keys of its lines."""
    told = [row.reason, [line[1:] for line in row.lines], row.cents, row.moved_on.isoformat()]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


# --- what is known of the lines ----------------------------------------------------------------------------------


def _open_places(line: AccountLine) -> list[str]:
    """The places of the payers that have something open of a line."""
    places = sorted({item.payer for item in line.moves if item.account is Account.PAYER_OPEN})
    return [place for place in places if line.open_to(place) > 0]


def _around(clinic: Clinic, account: PatientAccount) -> _Around:
    """What is known of the lines that have something open; a fixed number of queries, however many there are."""
    open_lines = [line for line in account.lines if line.open_cents > 0 or _open_places(line)]
    heads = {claim for line in open_lines if (claim := ledger_rows.claim_of(line.key)) is not None}
    rows = list(Claim.objects.filter(Q(pk__in=heads) | Q(follows__in=heads)).exclude(batch=None).order_by("created_at"))
    answers = _answers([row.pk for row in rows])
    payers: dict[str, dict[str, str]] = defaultdict(dict)
    refused: dict[str, dict[str, dict[tuple[AdjustmentGroup, str], int]]] = defaultdict(dict)
    for filed in filed_claims(rows):
        place = filed.payer.value
        own = {payer.order.value: payer.name for payer in (filed.record.payer, *filed.record.other_payers)}
        told = [one for row in answers[filed.claim.pk] if (one := answered_by(filed, row)) is not None]
        for key in (known.key for part in filed.known for known in part.lines):
            payers[key] |= own
            if told:
                refused[key][place] = defaultdict(int)
        for key, item, _remarks in (one for answered in told for one in adjusted(answered)):
            if effect_of(item) is Effect.OPEN:
                refused[key][place][item.group, item.reason] += item.amount_cents
    covered = _days_with_medicaid(clinic, account.patient)
    found = {}
    for line in open_lines:
        said = {
            place: tuple(Refused(group, carc, cents) for (group, carc), cents in sums.items())
            for place, sums in refused.get(line.key, {}).items()
        }
        found[line.key] = Known(said, any(begins <= line.date_of_service <= ends for begins, ends in covered))
        if ledger_rows.claim_of(line.key) is None:
            payers[line.key] = {EARLIER_PAYER: _NAMELESS}
    return _Around(found, dict(payers))


def _answers(claims: list[UUID]) -> dict[UUID, list[ClaimAnswer]]:
    found: dict[UUID, list[ClaimAnswer]] = defaultdict(list)
    states = [AnswerState.POSTED.value, AnswerState.PLACED.value]
    told = ClaimAnswer.objects.filter(claim__in=claims, state__in=states, remittance__unposted_at=None)
    for row in told.order_by("created_at", "segment"):
        found[row.claim_id].append(row)
    return found


def _days_with_medicaid(clinic: Clinic, patient: UUID) -> list[tuple[date, date]]:
    """From when through when a patient has had Medicaid, as their coverages tell."""
    packs = packs_of(clinic).values()
    return [
        (row.valid_from or date.min, row.valid_through or date.max)
        for row in Coverage.objects.filter(patient=patient)
        if terms_of(row.payer, row.valid_from or today_at(clinic), packs).kind == _MEDICAID
    ]
