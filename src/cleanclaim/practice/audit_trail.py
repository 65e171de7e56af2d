"""Write down every read and change of patient data, chained by hash for each clinic.

An entry's digest covers the digest before it and all of its own columns. The chain's head is locked only while an
entry is added. Whoever changes, removes or reorders an entry breaks the chain from there on; whoever cuts its end is
found by the anchor, a file outside the database that remembers how long each chain was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from cleanclaim.practice.models import TrailEntry, TrailHead, User
from cleanclaim.practice.tenancy import clinics_in_scope

ACTIONS = ("change", "check", "create", "delete", "export", "import", "list", "read", "release", "sign")
"""What is done to rows, as entries name it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain does not hold, and what was expected."""

    clinic: UUID
    sequence: int
    problem: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry tells: what was done, to which kind of row and which row, and names and counts, never values."""

    action: str
    subject: str
    subject_id: str = ""
    detail: str = ""


def record(  # noqa: PLR0913 - who, what, to which row, from where
    clinic: UUID,
    user: User | None,
    action: str,
    subject: str,
    subject_id: object = "",
    *,
    detail: str = "",
    origin: str = "",
) -> TrailEntry:
    """Add an entry to a clinic's chain, in the transaction of what it tells about.

    Args:
        clinic: whose chain; must be in scope.
        user: who did it; `None` for work that nobody asked for by name.
        action: one of `ACTIONS`.
        subject: the kind of row: patient, visit, claim, …
        subject_id: the row's key.
        detail: field names and counts; never a value of a patient's.
        origin: the address that the request came from.
    """
    [entry] = record_all(clinic, user, [Told(action, subject, str(subject_id), detail)], origin=origin)
    return entry


def record_all(clinic: UUID, user: User | None, told: Sequence[Told], *, origin: str = "") -> list[TrailEntry]:
    """Add several entries of one person to a clinic's chain, in their order, as `record` does.

    The chain's end stays locked until the transaction ends: whoever can adds what there is to tell as the last thing.
    """
    with transaction.atomic(savepoint=False):
        head, _made = TrailHead.objects.select_for_update().get_or_create(clinic_id=clinic)
        entries = []
        for one in told:
            entry = TrailEntry(
                clinic_id=clinic,
                sequence=head.sequence + 1,
                at=timezone.now(),
                user=user,
                action=one.action,
                subject=one.subject,
                subject_id=one.subject_id,
                detail=one.detail[:200],
                origin=origin,
            )
            entry.digest = digest_of(entry, head.digest)
            head.sequence, head.digest = entry.sequence, entry.digest
            entries.append(entry)
        TrailEntry.objects.bulk_create(entries)
        TrailHead.objects.filter(pk=clinic).update(sequence=head.sequence, digest=head.digest)
    return entries


def digest_of(entry: TrailEntry, before: str) -> str:
    """The SHA-256 of an entry after the one with the digest `before`."""
    told = [
        before,
        str(entry.clinic_id),
        entry.sequence,
        _moment(entry.at),
        str(entry.user_id or ""),
        entry.action,
        entry.subject,
        entry.subject_id,
        entry.detail,
        entry.origin,
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def subjects_of(clinic: UUID) -> list[str]:
    """The kinds of rows that a clinic's entries are about, sorted; found by the index, however many there are."""
    if clinic not in clinics_in_scope():
        return []
    table = TrailEntry._meta.db_table  # noqa: SLF001 - its public name
    key = TrailEntry._meta.pk.get_db_prep_value(clinic, connection)  # noqa: SLF001 - Django's public door
    next_one = f"SELECT MIN(subject) FROM {table} WHERE clinic_id = %s"  # noqa: S608 - our own name
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE kinds(kind) AS ({next_one} UNION ALL "  # noqa: S608 - our own words
            f"SELECT ({next_one} AND subject > kinds.kind) FROM kinds WHERE kinds.kind IS NOT NULL) "
            "SELECT kind FROM kinds WHERE kind IS NOT NULL ORDER BY kind",
            [key, key],
        )
        return [kind for (kind,) in cursor.fetchall()]


def verify(clinic: UUID) -> Iterator[Broken]:
    """Every place where a clinic's chain does not hold; nothing where it does. The clinic must be in scope."""
    before, expected = "", 1
    for entry in TrailEntry.objects.filter(clinic_id=clinic).order_by("sequence").iterator(chunk_size=2000):
        if entry.sequence != expected:
            yield Broken(clinic, expected, f"entry {expected} is missing; entry {entry.sequence} follows")
        if entry.digest != digest_of(entry, before):
            yield Broken(clinic, entry.sequence, "the entry, or one before it, was changed")
        before, expected = entry.digest, entry.sequence + 1
    head = TrailHead.objects.filter(clinic_id=clinic).first()
    if head is not None and (head.sequence != expected - 1 or head.digest != before):
        yield Broken(clinic, head.sequence, "entries at the end of the chain are missing")


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
