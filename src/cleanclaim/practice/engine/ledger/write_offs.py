"""Write-offs: asked for a stated reason, at once where the rules allow, otherwise by the owner; never by themselves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import LedgerError, Source, reversal_of
from cleanclaim.ledger.posting import PATIENT
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.patient_accounts import PatientAccount, account_of, rules_of, rules_to_give_up
from cleanclaim.practice.models import (
    Clinic,
    LedgerTransaction,
    NeedTest,
    Patient,
    Statement,
    User,
    WriteOff,
    WriteOffState,
)
from cleanclaim.receivables.giving_up import Amount, Reason, Situation, needs_owner, objections
from cleanclaim.receivables.lines import standing_since

SOURCE = "write_off"
"""The kind of source of what is written off."""


class NotWrittenOffError(ValueError):
    """What may not be given up as asked; says why, no patient."""


def ask(  # noqa: PLR0913 - whose lines, why, by whom
    clinic: Clinic,
    user: User,
    patient: Patient,
    lines: Mapping[tuple[str, str], int],
    reason: Reason,
    because: str,
    *,
    decides_alone: bool,
    origin: str = "",
) -> WriteOff:
    """Ask to give up open amounts; written at once where no owner is needed or the owner asks.

    Args:
        clinic: the clinic, in scope.
        user: who asks.
        patient: whose lines.
        lines: cents by line and who owes them (`PATIENT`, or the payer's place).
        reason: why.
        because: the same in the person's own words.
        decides_alone: whether the person may decide whatever the amount.
        origin: the address that the request came from.

    Raises `NotWrittenOffError` where the clinic's rules do not allow it.
    """
    if not because.strip():
        raise NotWrittenOffError("why is not said; expected a sentence")
    with transaction.atomic():
        rules = rules_to_give_up(rules_of(clinic, lock=True))
        account, on = account_of(patient.pk), today_at(clinic)
        test = test_in_force(patient.pk, on)
        amounts = [_amount(account, line, owed_by, cents) for (line, owed_by), cents in lines.items() if cents]
        found = objections(reason, amounts, rules, _situation(account, on, test))
        if found:
            raise NotWrittenOffError("; ".join(found))
        row: WriteOff = WriteOff.objects.create(
            clinic=clinic,
            patient=patient,
            lines=[[amount.line, amount.owed_by, amount.cents] for amount in amounts],
            cents=sum(amount.cents for amount in amounts),
            reason=reason.value,
            because=because.strip(),
            need_test=test if reason is Reason.HARDSHIP else None,
            asked_on=on,
            asked_by=user,
        )
        audit_trail.record(clinic.id, user, "create", SOURCE, row.pk, detail=reason.value, origin=origin)
        if decides_alone or not needs_owner(reason, row.cents, rules):
            _write(clinic, user, row)
        return row


def decide(clinic: Clinic, user: User, row_id: UUID, *, grant: bool, origin: str = "") -> WriteOff:
    """Grant or refuse what was asked. What is no longer open is not given up.

    Raises `NotWrittenOffError` where it was decided before, or the rules no longer allow it.
    """
    with transaction.atomic():
        rules = rules_to_give_up(rules_of(clinic, lock=True))
        row = _row(row_id, WriteOffState.ASKED)
        if grant:
            account, on = account_of(row.patient_id), today_at(clinic)
            amounts = [_amount(account, line, owed_by, cents) for line, owed_by, cents in row.lines]
            situation = _situation(account, on, test_in_force(row.patient_id, on))
            found = objections(Reason(row.reason), amounts, rules, situation)
            if found:
                raise NotWrittenOffError("; ".join(found))
            _write(clinic, user, row)
        else:
            _decided(row, user, WriteOffState.REFUSED)
        audit_trail.record(clinic.id, user, "change", SOURCE, row.pk, detail=row.state, origin=origin)
        return row


def take_back(clinic: Clinic, user: User, row_id: UUID, *, origin: str = "") -> WriteOff:
    """Take a write-off back whole: what it gave up is open again. Raises `NotWrittenOffError` where none is written."""
    with transaction.atomic():
        rules_of(clinic, lock=True)
        row = _row(row_id, WriteOffState.WRITTEN)
        written = LedgerTransaction.objects.filter(key=f"{SOURCE}:{row.pk}").select_related("reverses")
        (made,) = ledger_rows.read(written.prefetch_related("entries"))
        reversal = reversal_of(made, f"{made.key}:taken_back", today_at(clinic), made.source)
        ledger_rows.write(clinic, user, [reversal])
        _decided(row, user, WriteOffState.TAKEN_BACK)
        audit_trail.record(clinic.id, user, "change", SOURCE, row.pk, detail=row.state, origin=origin)
        return row


def test_in_force(patient: UUID, on: date) -> NeedTest | None:
    """The latest test of need that holds on a day."""
    found: NeedTest | None = NeedTest.objects.filter(patient=patient, tested_on__lte=on, valid_through__gte=on).first()
    return found


def digest_of(row: WriteOff) -> str:
    """The SHA-256 of what a write-off says."""
    told = [row.reason, row.lines, row.cents, row.asked_on.isoformat()]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def _situation(account: PatientAccount, on: date, test: NeedTest | None) -> Situation:
    return Situation(
        on=on,
        balance_cents=account.balance(on).due_cents,
        statements=Statement.objects.filter(patient=account.patient).count(),
        need_e4=None if test is None else test.part_e4,
    )


def _amount(account: PatientAccount, key: str, owed_by: str, cents: int) -> Amount:
    line = account.line(key)
    if line is None:
        return Amount(key, owed_by, cents, 0, None)
    if owed_by == PATIENT:
        return Amount(key, owed_by, cents, max(0, line.open_cents), line.owed_since, line.protected_cents)
    since = standing_since(move for move in line.moves if move.payer == owed_by)
    return Amount(key, owed_by, cents, max(0, line.open_to(owed_by)), since)


def _row(row_id: UUID, state: WriteOffState) -> WriteOff:
    row: WriteOff | None = WriteOff.objects.select_for_update(of=("self",)).filter(pk=row_id, state=state.value).first()
    if row is None:
        raise NotWrittenOffError(f"no such write-off, or it is not {state.value.replace('_', ' ')}")
    return row


def _write(clinic: Clinic, user: User, row: WriteOff) -> None:
    source = Source(SOURCE, str(row.pk), digest_of(row))
    lines = [(line, owed_by, cents) for line, owed_by, cents in row.lines]
    made = posting.write_off_lines(f"{SOURCE}:{row.pk}", today_at(clinic), source, lines, reason=row.reason)
    try:
        ledger_rows.write(clinic, user, [made])
    except LedgerError as error:
        raise NotWrittenOffError(str(error)) from error
    _decided(row, user, WriteOffState.WRITTEN)


def _decided(row: WriteOff, user: User, state: WriteOffState) -> None:
    row.state, row.decided_by, row.decided_at = state.value, user, timezone.now()
    row.save_if_unchanged(row.version, "state", "decided_by", "decided_at")
