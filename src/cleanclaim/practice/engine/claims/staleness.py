"""Which claims were checked before something they rest on has changed: a record, a charge, the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Protocol
from uuid import UUID

from cleanclaim.practice.gathering import Part, counted
from cleanclaim.practice.models import (
    AdvanceNotice,
    Authorization,
    Certification,
    Charge,
    Claim,
    ClinicPayer,
    ClinicRow,
    Coverage,
    EligibilityAnswer,
    Enrollment,
    Patient,
    PlanOfCare,
    ProgressReport,
    Provider,
    SelfPayChoice,
    Visit,
)

_OF_PATIENT: tuple[tuple[type[ClinicRow], str, type[ClinicRow] | None], ...] = (
    (Patient, "id", None),
    (Coverage, "patient_id", None),
    (Authorization, "coverage_id", Coverage),
    (EligibilityAnswer, "coverage_id", Coverage),
    (PlanOfCare, "patient_id", None),
    (Certification, "plan_id", PlanOfCare),
    (ProgressReport, "plan_id", PlanOfCare),
    (Visit, "patient_id", None),
    (AdvanceNotice, "patient_id", None),
    (SelfPayChoice, "patient_id", None),
)
"""Rows that a claim's check rests on, their column that names the patient, or the patient's row that they belong to."""

_OF_CLINIC: tuple[type[ClinicRow], ...] = (Charge, ClinicPayer, Enrollment, Provider)
"""Rows of the clinic that it rests on."""


def stale(claims: Iterable[Claim], today: date) -> set[UUID]:
    """The claims whose check is out of date: of an earlier day, or older than a record that it rests on. One query."""
    rows = list(claims)
    return {claim.pk for claim in rows if claim.checked_on != today} | outdated(rows)


class Checked(Protocol):
    """A claim, or what a list shows of one: its key and when it was last checked."""

    @property
    def pk(self) -> UUID:
        """The claim's key."""

    @property
    def checked_at(self) -> datetime | None:
        """When it was last checked."""


def outdated(claims: Iterable[Checked]) -> set[UUID]:
    """The claims that were checked before a record that they rest on was changed. One query."""
    rows = list(claims)
    found = {claim.pk for claim in rows if claim.checked_at is None}
    if len(found) < len(rows):
        asked = Claim.objects.filter(pk__in=[claim.pk for claim in rows if claim.checked_at is not None])
        told = asked.order_by().values_list("pk", "patient", "clinic", "checked_at")
        newer = counted([Part("told", ("claim", "patient", "clinic", "checked_at"), told)], _newer())
        found |= {key if isinstance(key, UUID) else UUID(key) for (key,) in newer}
    return found


@cache
def _newer() -> tuple[str, ...]:
    """For each table, the claims that were checked before a row of it was changed."""
    asked = []
    for model, column, owner in _OF_PATIENT:
        if owner is None:
            joined = f"{_table(model)} r ON r.{column} = told.patient"
        else:
            owned = f"{_table(owner)} o ON o.patient_id = told.patient"
            joined = f"{owned} JOIN {_table(model)} r ON r.{column} = o.id"
        asked.append(_joined(joined))
    for model in _OF_CLINIC:
        # A clinic's rows are many and have one latest change, which is looked for once.
        latest = f"SELECT clinic_id, MAX(changed_at) AS changed_at FROM {_table(model)}"  # noqa: S608 - our own names
        own = "WHERE clinic_id IN (SELECT clinic FROM told) GROUP BY clinic_id"
        asked.append(_joined(f"({latest} {own}) r ON r.clinic_id = told.clinic"))
    return tuple(asked)


def _joined(rows: str) -> str:
    """The claims to which rows belong that were changed after the check."""
    return f"SELECT told.claim FROM told JOIN {rows} WHERE r.changed_at > told.checked_at"  # noqa: S608 - our own names


def _table(model: type[ClinicRow]) -> str:
    return model._meta.db_table  # noqa: SLF001 - its public name
