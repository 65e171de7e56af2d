"""Visits: take over from another system, read, change while they are drafts, check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Router, Status
from ninja.params.functions import Query
from pydantic import StringConstraints

from cleanclaim import records
from cleanclaim.client.visits import CheckDocument, VisitDocument, VisitFields
from cleanclaim.client.wire import Page
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import JsonBody
from cleanclaim.practice.api.changes import merged, require_version, stale, tag
from cleanclaim.practice.api.documents import checked_visit, visit_document
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.paging import Cursor, Limit, page
from cleanclaim.practice.api.problems import ApiProblemError, misfit, not_found
from cleanclaim.practice.api.resources.patients import number_taken
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.jobs.loading import visit_columns
from cleanclaim.practice.engine.judging.checking import check, today_at
from cleanclaim.practice.models import Patient, Provider, Role, Signature, StaleRowError, Visit, VisitStatus
from cleanclaim.records import VisitKind

router = Router(tags=["visits"])

DayText = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$", max_length=10)]
Day = Annotated[DayText | None, Query(None, description="A day as 2026-09-25.", example="2026-09-25")]

_CLINICIANS_ONLY = frozenset({VisitKind.EVALUATION, VisitKind.REEVALUATION, VisitKind.DISCHARGE})
_EVENING = time(18)
"""When a note counts as signed whose visit states no end."""


@router.get("/visits", response=Page[VisitDocument], operation_id="list_visits")
@needs(Scope.READ, Can.SEE_PATIENTS, Can.SEE_NOTES)
def list_visits(  # noqa: PLR0913, PLR0917 - filters
    request: ApiRequest,
    patient: UUID | None = None,
    from_day: Day = None,
    through_day: Day = None,
    status: VisitStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[VisitDocument]:
    """List visits with their notes, in the order they were written down."""
    access = request.access
    rows = visit_rows()
    if patient is not None:
        rows = rows.filter(patient_id=patient)
    if from_day is not None:
        rows = rows.filter(date_of_service__gte=day_of(from_day, "from_day"))
    if through_day is not None:
        rows = rows.filter(date_of_service__lte=day_of(through_day, "through_day"))
    if status is not None:
        rows = rows.filter(status=status.value)
    zone = ZoneInfo(access.clinic.time_zone)
    return page(
        rows,
        cursor,
        limit,
        lambda row: visit_document(row, zone),
        told=lambda found: access.record("list", "visit", detail=f"api, {len(found)} with notes"),
    )


@router.post("/visits", response={201: VisitDocument}, operation_id="add_visit")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.SEE_NOTES, Can.WRITE_NOTES)
def add_visit(
    request: ApiRequest, response: HttpResponse, visit: Annotated[VisitFields, JsonBody(...)]
) -> Status[VisitDocument]:
    """Add a visit of a registered patient.

    With `signatures` it was signed in the system it comes from, and is locked; without, it is a draft.
    """
    row = added_visit(request, visit)
    tag(response, row.version)
    response.headers["Location"] = f"/api/v1/visits/{row.pk}"
    return Status(201, _answer(request, row.pk))


@router.get("/visits/{uuid:key}", response=VisitDocument, operation_id="read_visit")
@needs(Scope.READ, Can.SEE_PATIENTS, Can.SEE_NOTES)
def read_visit(request: ApiRequest, response: HttpResponse, key: UUID) -> VisitDocument:
    """Read a visit with its note."""
    row = find_visit(key)
    request.access.record("read", "visit", row.pk, detail="api: note")
    tag(response, row.version)
    return visit_document(row, ZoneInfo(request.access.clinic.time_zone))


@router.patch("/visits/{uuid:key}", response=VisitDocument, operation_id="change_visit")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.SEE_NOTES, Can.WRITE_NOTES, change_of=VisitFields)
def change_visit(
    request: ApiRequest, response: HttpResponse, key: UUID, change: Annotated[dict[str, Any], JsonBody(...)]
) -> VisitDocument:
    """Change a draft (JSON merge patch). With `signatures` it is signed and locked; a signed visit is refused."""
    row = find_visit(key)
    version = require_version(request, row)
    if row.status == VisitStatus.SIGNED.value:
        raise ApiProblemError(HTTPStatus.CONFLICT, "The visit is signed; what is added later is an addendum.")
    zone = ZoneInfo(request.access.clinic.time_zone)
    record = merged(VisitFields, visit_document(row, zone), change)
    _may_sign(request, record)
    columns = _columns(record, zone)
    for name, value in columns.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save_if_unchanged(version, *sorted(columns))
    except StaleRowError:
        raise stale() from None
    except IntegrityError:
        raise number_taken() from None
    _sign(request, row, record, zone)
    request.access.record("change", "visit", row.pk, detail=f"api: {', '.join(sorted(change))}")
    if record.signatures:
        request.access.record("sign", "visit", row.pk, detail=f"api: signatures {len(record.signatures)}")
    tag(response, row.version)
    return _answer(request, row.pk)


@router.post("/visits/{uuid:key}/check", response=CheckDocument, operation_id="check_visit")
@needs(Scope.READ, Can.SEE_PATIENTS, Can.SEE_NOTES, computes=True)
def check_visit(request: ApiRequest, key: UUID) -> CheckDocument:
    """Check a stored visit in the light of everything the clinic knows. Nothing is stored."""
    access, row = request.access, find_visit(key)
    as_of = today_at(access.clinic)
    billed = check(access.clinic, [row], as_of=as_of)
    access.record("read", "visit", row.pk, detail="api: check")
    return CheckDocument(
        as_of=as_of,
        claims=tuple(checked_visit(item, access) for item in billed.claims),
        crashed=dict(billed.crashed),
    )


def find_visit(key: UUID) -> Visit:
    """The visit of that key with its people. Raises `ApiProblemError` where this clinic has none."""
    row = visit_rows().filter(pk=key).first()
    if row is None:
        raise not_found()
    return row


def day_of(text: str, name: str) -> date:
    """A day of the query. Raises `ApiProblemError` where there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise misfit(f"query.{name}", "a day as 2026-09-25") from None


def added_visit(request: ApiRequest, record: records.Visit) -> Visit:
    """Write a visit down. Raises `ApiProblemError` for an unknown patient or provider, or a key that is taken."""
    _may_sign(request, record)
    zone = ZoneInfo(request.access.clinic.time_zone)
    row = Visit(clinic=request.access.clinic, **_columns(record, zone))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise number_taken() from None
    _sign(request, row, record, zone)
    signed = f", signatures {len(record.signatures)}" if record.signatures else ""
    request.access.record("create", "visit", row.pk, detail=f"api{signed}")
    return row


def visit_rows() -> QuerySet[Visit]:
    """Visits with what their documents tell of them."""
    rows: QuerySet[Visit] = Visit.objects.select_related("patient", "therapist", "assistant").prefetch_related(
        "signatures"
    )
    return rows


def _answer(request: ApiRequest, key: UUID) -> VisitDocument:
    return visit_document(find_visit(key), ZoneInfo(request.access.clinic.time_zone))


def _columns(record: records.Visit, zone: ZoneInfo) -> dict[str, Any]:
    patient = Patient.objects.filter(number=record.patient_id).first()
    if patient is None:
        raise misfit("body.patient_id", "the id of a registered patient")
    people = {one.key: one for one in Provider.objects.filter(treats=True, key__in=_keys(record))}
    for name, key in (("therapist", record.therapist), ("assistant", record.assistant)):
        if key is not None and key not in people:
            raise misfit(f"body.{name}", "the clinic's key of somebody who treats there")
    noon = datetime.combine(record.date_of_service, record.time_out or _EVENING, zone)
    return {
        **visit_columns(record),
        "patient": patient,
        "therapist": people[record.therapist],
        "assistant": people[record.assistant] if record.assistant is not None else None,
        "status": VisitStatus.SIGNED.value if record.signatures else VisitStatus.DRAFT.value,
        "signed_at": noon if record.signatures else None,
    }


def _keys(record: records.Visit) -> Sequence[str]:
    return [key for key in (record.therapist, record.assistant) if key is not None]


def _may_sign(request: ApiRequest, record: records.Visit) -> None:
    """An assistant's token brings no signed evaluation, discharge or progress report."""
    if not record.signatures or request.access.role is not Role.ASSISTANT:
        return
    if record.kind in _CLINICIANS_ONLY or record.kind is None or record.progress_report is not False:
        raise ApiProblemError(
            HTTPStatus.FORBIDDEN,
            "An assistant's token brings signed treatment notes only; kind and progress_report say that it is one.",
        )


def _sign(request: ApiRequest, row: Visit, record: records.Visit, zone: ZoneInfo) -> None:
    Signature.objects.bulk_create(
        Signature(
            clinic=request.access.clinic,
            visit=row,
            name=item.by,
            credential=item.credential.value,
            signed_at=datetime.combine(item.on, record.time_out or _EVENING, zone),
        )
        for item in record.signatures or ()
    )
