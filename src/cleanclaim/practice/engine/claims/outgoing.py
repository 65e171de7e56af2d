"""Files on their way out: how each goes, which are to be sent, which nobody acknowledged, what a person decides.

Every claim file has its way out from the moment it is made. Where the clinic has a connection, a worker sends it; where
not, a person takes it out by hand, and the answers are matched all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from cleanclaim.practice import audit_trail, clock
from cleanclaim.practice.engine.judging.records import submitter_record
from cleanclaim.practice.models import Batch, Clinic, ExchangeConnection, OutgoingKind, Transmission, User
from cleanclaim.submission.answers import sent_of
from cleanclaim.submission.transmission import TO_SEND, State
from cleanclaim.x12 import Clearinghouse, Envelope

OVERDUE = timedelta(hours=24)
"""After how long a file without an acknowledgment is to be looked after; most come within minutes."""

_AT_ONCE = 200


class NotToBeSentError(ValueError):
    """A file that cannot be sent, or settled, as asked; says why."""


def prepare(batch: Batch, user: User | None, *, data: bytes | None = None) -> Transmission:
    """The way out of a claim file, made in the transaction that makes the file; the one that is there already.

    Args:
        batch: the file; its clinic is in scope.
        user: who released it.
        data: its bytes, where they are at hand.
    """
    found: Transmission | None = Transmission.objects.filter(batch=batch).first()
    if found is not None:
        return found
    sent = sent_of(batch.content.data if data is None else data)
    was_taken = batch.downloaded_at is not None
    made: Transmission = Transmission.objects.create(
        clinic_id=batch.clinic_id,
        kind=OutgoingKind.CLAIMS.value,
        batch=batch,
        file_name=batch.file_name,
        interchange_control=sent.interchange_control,
        group_control=sent.group_control,
        transaction_controls=list(sent.transaction_controls),
        state=(State.SENT if was_taken else State.PREPARED).value,
        by_hand=was_taken or not has_connection(),
        sent_at=batch.downloaded_at,
        made_by=user,
    )
    return made


def ways_out(user: User | None) -> None:
    """Give each claim file in scope that came from another system its way out; files made here have theirs."""
    for batch in Batch.objects.filter(transmission=None).order_by("created_at")[:_AT_ONCE]:
        prepare(batch, user)


def has_connection() -> bool:
    """Whether the clinic in scope has a connection that is switched on."""
    return bool(ExchangeConnection.objects.filter(is_active=True).exists())


def envelope_to(clinic: Clinic, payer: str, name: str, identifier: str) -> Envelope:
    """The envelope of a file to a payer: to the clearinghouse that the clinic in scope sends by, if it has one.

    Args:
        clinic: who sends.
        payer: the payer file, which names a payer without an identifier.
        name: the payer's name.
        identifier: as claim files name the payer.
    """
    row = ExchangeConnection.objects.filter(is_active=True).exclude(receiver_id="").first()
    by = None
    if row is not None:
        by = Clearinghouse(row.name, row.receiver_id, row.receiver_code, row.receiver_qualifier)
    return Envelope(submitter_record(clinic), name, identifier or payer.upper()[:15], clearinghouse=by)


def taken_by_hand(batch: Batch, user: User) -> None:
    """Somebody downloads a claim file. One that no worker is to send counts as sent by that."""
    row = Transmission.objects.select_for_update().filter(batch=batch, by_hand=True, state=State.PREPARED.value).first()
    if row is not None:
        row.state, row.sent_at = State.SENT.value, clock.now()
        row.save_if_unchanged(row.version, "state", "sent_at")
        audit_trail.record(row.clinic_id, user, "release", "transmission", row.pk, detail="taken out by hand")


def to_send() -> QuerySet[Transmission]:
    """Files in scope that are to be brought out without anybody's word, the oldest first."""
    return (
        Transmission.objects.filter(state__in=[state.value for state in TO_SEND], by_hand=False)
        .order_by("created_at", "interchange_control")
        .select_related("batch")
    )


def overdue(now: datetime) -> QuerySet[Transmission]:
    """Files in scope that were sent long ago and never acknowledged, or of which it is not known whether they went."""
    silent = Q(state=State.SENT.value, sent_at__lt=now - OVERDUE)
    return Transmission.objects.filter(silent | Q(state=State.IN_DOUBT.value)).order_by("created_at")


def send_by_connection(key: UUID, user: User, *, origin: str = "") -> Transmission:
    """A person has a file sent by the connection: one that waits to be taken by hand, or one never acknowledged.

    It goes out as it was made: the same bytes, name and numbers, so that a receiver who has it can tell. Raises
    `NotToBeSentError` where a receiver has answered it, it is on its way, or there is no connection.
    """
    with transaction.atomic():
        row: Transmission = Transmission.objects.select_for_update().get(pk=key)
        if not has_connection():
            raise NotToBeSentError("there is no connection to send it by")
        waits = row.by_hand and row.state == State.PREPARED.value
        if not waits and row.state not in {State.SENT.value, State.IN_DOUBT.value}:
            raise NotToBeSentError("only a file that was never acknowledged can be sent again")
        row.state, row.problem, row.by_hand = State.PREPARED.value, "", False
        row.save_if_unchanged(row.version, "state", "problem", "by_hand")
        audit_trail.record(row.clinic_id, user, "release", "transmission", row.pk, detail="to be sent", origin=origin)
        return row


def it_arrived(key: UUID, user: User, *, origin: str = "") -> Transmission:
    """A person knows that a file in doubt arrived, as by telephone. Raises `NotToBeSentError` for any other file."""
    with transaction.atomic():
        row: Transmission = Transmission.objects.select_for_update().get(pk=key)
        if row.state != State.IN_DOUBT.value:
            raise NotToBeSentError("only a file in doubt can be settled by a person's word")
        row.state, row.problem, row.sent_at = State.SENT.value, "", row.sent_at or clock.now()
        row.save_if_unchanged(row.version, "state", "problem", "sent_at")
        audit_trail.record(row.clinic_id, user, "change", "transmission", row.pk, detail="it arrived", origin=origin)
        return row
