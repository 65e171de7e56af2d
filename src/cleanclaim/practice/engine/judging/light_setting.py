"""The setting of one visit, kept between keystrokes and gathered anew as soon as a row that it was made of changes.

What a setting was made of is told by one query: of every table it reads, how many rows there are, when the last was
changed, and the sum of their versions. A row added, removed or changed shows in one of the three.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from functools import cache
from threading import Lock
from uuid import UUID

from django.db import connection
from django.db.models import Model

from cleanclaim.practice import models
from cleanclaim.practice.engine.judging.setting import Setting, gather

_KEPT = 64
"""How many settings a process keeps: a clinic's therapists write a few notes at a time."""

_held: OrderedDict[tuple[UUID, date], tuple[object, Setting]] = OrderedDict()
_lock = Lock()


def setting_of(clinic: models.Clinic, visit: models.Visit, *, as_of: date) -> Setting:
    """The setting of a visit; the clinic is in scope."""
    key = (visit.pk, as_of)
    state = state_of(clinic, visit)
    with _lock:
        found = _held.get(key)
        if found is not None and found[0] == state:
            _held.move_to_end(key)
            return found[1]
    setting = gather(clinic, [visit], as_of=as_of)
    with _lock:
        _held[key] = (state, setting)
        _held.move_to_end(key)
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return setting


def state_of(clinic: models.Clinic, visit: models.Visit) -> object:
    """What a visit's setting depends on: equal states, equal settings."""
    key = models.Visit._meta.pk.get_db_prep_value  # noqa: SLF001 - Django's public door
    values = {
        "clinic": key(clinic.pk, connection),
        "company": key(clinic.company_id, connection),
        "visit": key(visit.pk, connection),
        "patient": key(visit.patient_id, connection),
        "therapist": key(visit.therapist_id, connection),
        "day": connection.ops.adapt_datefield_value(visit.date_of_service),
        "signed": models.VisitStatus.SIGNED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_query(), values)
        counted = tuple(cursor.fetchall())
    own = tuple(repr(getattr(clinic, column.attname)) for column in clinic._meta.concrete_fields)  # noqa: SLF001 - the same
    return own, (visit.patient_id, visit.therapist_id, visit.date_of_service), counted


_OF_PEOPLE = "patient_id IN (SELECT id FROM people)"
_OF_PLANS = "plan_id IN (SELECT id FROM {plan} WHERE patient_id IN (SELECT id FROM people))"
_OF_COVERAGES = "coverage_id IN (SELECT id FROM {coverage} WHERE patient_id IN (SELECT id FROM people))"
_OF_CLINIC = "clinic_id = %(clinic)s"

WATCHED: tuple[tuple[type[Model], str], ...] = (
    (models.Patient, "id IN (SELECT id FROM people)"),
    (models.Signature, "visit_id IN (SELECT id FROM around)"),
    (models.Coverage, _OF_PEOPLE),
    (models.Authorization, _OF_COVERAGES),
    (models.EligibilityAnswer, _OF_COVERAGES),
    (models.PlanOfCare, _OF_PEOPLE),
    (models.Certification, _OF_PLANS),
    (models.ProgressReport, _OF_PLANS),
    (models.Claim, _OF_PEOPLE),
    (models.GoodFaithEstimate, _OF_PEOPLE),
    (models.AdvanceNotice, _OF_PEOPLE),
    (models.SelfPayChoice, _OF_PEOPLE),
    (models.Provider, _OF_CLINIC),
    (models.Charge, _OF_CLINIC),
    (models.ClinicPayer, _OF_CLINIC),
    (models.FilingLimit, _OF_CLINIC),
)
"""Tables that a setting reads, and which of their rows; `around` are the signed visits beside the one at hand."""


def counted(place: int | str, table: str, versions: str = "SUM(version)") -> str:
    """The statement that counts a table's rows: how many, when the last was changed, and the sum of their versions."""
    return f"SELECT {place}, COUNT(*), MAX(changed_at), {versions} FROM {table}"  # noqa: S608 - names of our own tables


def watched(place: int, rows: Sequence[tuple[type[Model], str]]) -> list[str]:
    """The statements that count these rows, numbered from `place` on."""
    plans, coverages = table_of(models.PlanOfCare), table_of(models.Coverage)
    return [
        f"{counted(number, table_of(model))} WHERE {which.replace('{plan}', plans).replace('{coverage}', coverages)}"
        for number, (model, which) in enumerate(rows, place)
    ]


@cache
def _query() -> str:
    """One statement over all tables, written once: to build it anew costs more than to run it."""
    parts = [counted(0, "around"), *watched(1, WATCHED)]
    packs = f"{counted(-1, table_of(models.PackFile), 'COUNT(*)')} WHERE company_id = %(company)s"
    visits, patients = table_of(models.Visit), table_of(models.Patient)
    beside = "therapist_id = %(therapist)s AND date_of_service = %(day)s"
    return (
        f"WITH around AS (SELECT id, patient_id, changed_at, version FROM {visits} WHERE clinic_id = %(clinic)s "  # noqa: S608 - names of our own tables
        f"AND status = %(signed)s AND id <> %(visit)s AND (patient_id = %(patient)s OR ({beside}))), "
        f"people AS (SELECT id FROM {patients} WHERE clinic_id = %(clinic)s "
        "AND (id = %(patient)s OR id IN (SELECT patient_id FROM around))) "
        + " UNION ALL ".join((*parts, packs))
        + " ORDER BY 1"
    )


def table_of(model: type[Model]) -> str:
    """A model's table."""
    return model._meta.db_table  # noqa: SLF001 - Django's public door
