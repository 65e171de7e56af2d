"""What a patient lacks, kept until something that the answer rests on has changed.

To ask the engine what a first claim would lack costs as much as all the rest of a patient's page. Its answer is kept in
the database, sealed, with the day it was asked for and a digest of all that it rests on: of every table that is read,
how many rows there are, when the last was changed, and the sum of their versions; the clinic itself; the program with
its rules and values; and the editions that are loaded. Another day or another digest asks anew, so that no answer is
older than a record that it rests on. A worker asks about the patients in care when a clinic's day begins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

import cleanclaim
from cleanclaim.practice import models
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.light_setting import WATCHED, counted, table_of, watched
from cleanclaim.practice.engine.judging.setting import WINDOW_DAYS
from cleanclaim.practice.engine.patients.readiness import Item, Readiness, Standing, readiness_of
from cleanclaim.practice.models import Appointment, AppointmentStatus, Clinic, Coverage, KeptReadiness, Patient, Visit
from cleanclaim.reference.payers import Payer
from cleanclaim.reference.published.editions import Editions, current

_AHEAD = timedelta(days=14)
_PIECE = 50
"""Patients that are asked about together, in one transaction: the engine takes a few at once more cheaply than one."""


def kept_readiness(
    clinic: Clinic,
    patient: Patient,
    *,
    on: date,
    packs: Mapping[str, Payer] | None = None,
    coverages: Mapping[UUID, Sequence[Coverage]] | None = None,
) -> Readiness | None:
    """How ready a patient is for a visit on that day, as `readiness_of` says it; the clinic is in scope.

    `None` where nobody treats in the clinic. `packs` and `coverages` are used where the engine is asked.
    """
    state = state_of(clinic, patient.pk)
    kept = KeptReadiness.objects.filter(pk=patient.pk, asked_on=on, state=state).first()
    if kept is not None:
        return _read(kept.answer)
    found = readiness_of(clinic, [patient], on=on, packs=packs, coverages=coverages)
    _keep(clinic, on, {patient.pk: state}, dict(zip([patient.pk], found, strict=False)))
    return found[0] if found else None


def keep_of_those_in_care(clinic: Clinic) -> int:
    """Ask about every patient in care whose answer is not of today, piece by piece; the clinic is in scope.

    Says how many were asked about. Each piece is a transaction of its own; who stops in between leaves the others to
    their pages.
    """
    on = today_at(clinic)
    keys = list(_in_care(clinic, on).values_list("pk", flat=True))
    for place in range(0, len(keys), _PIECE):
        keep_of(clinic, keys[place : place + _PIECE], on=on)
    return len(keys)


def keep_of(clinic: Clinic, keys: Sequence[UUID], *, on: date) -> None:
    """Ask about these patients together and keep the answers, in a transaction; the clinic is in scope."""
    with transaction.atomic():
        people = list(Patient.objects.filter(pk__in=keys).order_by("pk"))
        # What changes after this has another state, and makes its answer one that is asked again.
        states = {patient.pk: state_of(clinic, patient.pk) for patient in people}
        found = readiness_of(clinic, people, on=on)
        _keep(clinic, on, states, {patient.pk: one for patient, one in zip(people, found, strict=False)})


def _in_care(clinic: Clinic, on: date) -> QuerySet[Patient]:
    """Active patients who were treated lately or come soon, and were not asked about today."""
    treated = Visit.objects.filter(patient=OuterRef("pk"), date_of_service__gte=on - timedelta(days=WINDOW_DAYS))
    morning = datetime.combine(on, time(), ZoneInfo(clinic.time_zone))
    comes = Appointment.objects.filter(
        patient=OuterRef("pk"),
        starts_at__gte=morning,
        starts_at__lt=morning + _AHEAD,
        status__in=[AppointmentStatus.BOOKED.value, AppointmentStatus.ARRIVED.value],
    )
    asked = KeptReadiness.objects.filter(asked_on=on).values("pk")
    rows: QuerySet[Patient] = Patient.objects.filter(Q(Exists(treated)) | Q(Exists(comes)), is_active=True)
    return rows.exclude(pk__in=asked).order_by("family_name", "given_name", "pk")


# --- kept and read -----------------------------------------------------------------------------------------


def _keep(clinic: Clinic, on: date, states: Mapping[UUID, str], found: Mapping[UUID, Readiness]) -> None:
    """Write answers in the place of those that were kept. A row has its patient's key: what is sealed stays in it."""
    rows = [
        KeptReadiness(pk=key, clinic=clinic, patient_id=key, asked_on=on, state=states[key], answer=_written(answer))
        for key, answer in found.items()
    ]
    if rows:
        KeptReadiness.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["asked_on", "state", "answer", "changed_at"],
        )


def _written(found: Readiness) -> dict[str, Any]:
    items = [[item.standing.value, item.section, item.what, item.why, item.rule] for item in found.items]
    return {"items": items, "passed": found.passed, "payer_unread": found.payer_unread}


def _read(answer: Mapping[str, Any]) -> Readiness:
    items = tuple(Item(Standing(standing), *words) for standing, *words in answer["items"])
    return Readiness(items, answer["passed"], answer["payer_unread"])


# --- what an answer rests on -------------------------------------------------------------------------------


def state_of(clinic: Clinic, patient: UUID) -> str:
    """A digest of what a patient's answer rests on: equal digests, equal answers on one day."""
    key = Patient._meta.pk.get_db_prep_value  # noqa: SLF001 - Django's public door
    values = {
        "clinic": key(clinic.pk, connection),
        "company": key(clinic.company_id, connection),
        "patient": key(patient, connection),
        "signed": models.VisitStatus.SIGNED.value,
        "closed": models.ClaimStatus.CLOSED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_query(), values)
        rows = cursor.fetchall()
    own = [repr(getattr(clinic, column.attname)) for column in clinic._meta.concrete_fields]  # noqa: SLF001 - the same
    return hashlib.sha256(repr((program(), _loaded(current()), own, rows)).encode()).hexdigest()


_BESIDE: tuple[tuple[type[models.ClinicRow], str], ...] = (
    (models.Referral, "patient_id = %(patient)s"),
    (models.Enrollment, "clinic_id = %(clinic)s"),
)
"""What is read of a patient's readiness beside the setting of a visit, and which of its rows."""


@cache
def _query() -> str:
    """One statement over all tables, written once."""
    visits, claims = table_of(models.Visit), table_of(models.Claim)
    parts = [counted(0, "around"), *watched(1, (*WATCHED, *_BESIDE))]
    number = len(parts)
    # Of a note that is being written only that there is one counts; and a claim may be priced or closed in passing.
    parts.append(f"{counted(number, table_of(models.PackFile), 'COUNT(*)')} WHERE company_id = %(company)s")
    one = f"SELECT id FROM {visits} WHERE patient_id = %(patient)s LIMIT 1"  # noqa: S608 - names of our own tables
    parts.append(f"SELECT {number + 1}, COUNT(*), NULL, 0 FROM ({one}) one")  # noqa: S608 - the same
    parts.append(
        f"SELECT {number + 2}, COUNT(*), NULL, SUM(allowed_cents) FROM {claims} "  # noqa: S608 - the same
        "WHERE patient_id = %(patient)s AND status <> %(closed)s"
    )
    return (
        f"WITH around AS (SELECT id, changed_at, version FROM {visits} WHERE clinic_id = %(clinic)s "  # noqa: S608 - the same
        "AND status = %(signed)s AND patient_id = %(patient)s), "
        f"people AS (SELECT id FROM {table_of(Patient)} WHERE clinic_id = %(clinic)s AND id = %(patient)s) "
        + " UNION ALL ".join(parts)
        + " ORDER BY 1"
    )


_SHOWN_ONLY = frozenset({".pyc", ".html", ".jinja", ".css", ".js", ".svg", ".woff2"})
"""Files of the package that no answer rests on."""


@cache
def program() -> str:
    """A digest of the program as this process found it: name, size and time of each of its files that decides."""
    folder = Path(cleanclaim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        if path.suffix not in _SHOWN_ONLY:
            told = path.stat()
            digest.update(f"{path.relative_to(folder)} {told.st_size} {told.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _loaded(editions: Editions) -> str:
    """The loaded editions in one word."""
    return hashlib.sha256(repr(editions.loaded).encode()).hexdigest()
