"""Patients: register, find, read, change."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from ninja import Router, Status

from cleanclaim.client.patients import PatientDocument, PatientFields, PatientRegistered, PatientSearch
from cleanclaim.client.wire import Page
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import JsonBody
from cleanclaim.practice.api.changes import merged, require_version, stale, tag
from cleanclaim.practice.api.documents import patient_document
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.paging import Cursor, Limit, page
from cleanclaim.practice.api.problems import ApiProblemError, misfit, not_found
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.jobs.loading import load_patient
from cleanclaim.practice.models import Patient, StaleRowError
from cleanclaim.records import Patient as PatientRecord

router = Router(tags=["patients"])


@router.get("/patients", response=Page[PatientDocument], operation_id="list_patients")
@needs(Scope.READ, Can.SEE_PATIENTS)
def list_patients(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[PatientDocument]:
    """List patients, in the order they were registered."""
    access = request.access
    return page(
        Patient.objects.all(),
        cursor,
        limit,
        patient_document,
        told=lambda rows: access.record("list", "patient", detail=f"api, {len(rows)}"),
    )


@router.post("/patients", response={201: PatientDocument}, operation_id="register_patient")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.EDIT_PATIENTS)
def register_patient(
    request: ApiRequest, response: HttpResponse, patient: Annotated[PatientRegistered, JsonBody(...)]
) -> Status[PatientDocument]:
    """Register a patient, with coverages, plans of care and the year's dollars where they are known.

    `id` is the clinic's own number of the patient; a number that is taken is refused with 409.
    """
    row = registered(request, patient)
    tag(response, row.version)
    response.headers["Location"] = f"/api/v1/patients/{row.pk}"
    return Status(201, patient_document(row))


@router.post("/patients/search", response=Page[PatientDocument], operation_id="search_patients")
@needs(Scope.READ, Can.SEE_PATIENTS, computes=True)
def search_patients(request: ApiRequest, search: Annotated[PatientSearch, JsonBody(...)]) -> Page[PatientDocument]:
    """Find patients. What is looked for stands in the body, so that no address holds patient data."""
    wanted: dict[str, Any] = {
        "number": search.id,
        "family_name__istartswith": search.family_name,
        "given_name__istartswith": search.given_name,
        "birth_date": search.birth_date,
    }
    asked = {name: value for name, value in wanted.items() if value is not None}
    if not asked:
        raise misfit("body", "something to look for")
    found = list(Patient.objects.filter(**asked)[: search.limit])
    request.access.record("list", "patient", detail=f"api, search by {', '.join(sorted(asked))}: {len(found)}")
    return Page[PatientDocument](items=tuple(map(patient_document, found)))


@router.get("/patients/{uuid:key}", response=PatientDocument, operation_id="read_patient")
@needs(Scope.READ, Can.SEE_PATIENTS)
def read_patient(request: ApiRequest, response: HttpResponse, key: UUID) -> PatientDocument:
    """Read a patient."""
    row = find_patient(key)
    request.access.record("read", "patient", row.pk, detail="api")
    tag(response, row.version)
    return patient_document(row)


@router.patch("/patients/{uuid:key}", response=PatientDocument, operation_id="change_patient")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.EDIT_PATIENTS, change_of=PatientFields)
def change_patient(
    request: ApiRequest,
    response: HttpResponse,
    key: UUID,
    change: Annotated[dict[str, Any], JsonBody(...)],
) -> PatientDocument:
    """Change fields of a patient (JSON merge patch). `If-Match` names the version that is changed."""
    row = find_patient(key)
    version = require_version(request, row)
    record = merged(PatientFields, patient_document(row), change)
    accident = record.accident
    columns: dict[str, Any] = {
        "number": record.id,
        **record.name.model_dump(),
        "birth_date": record.birth_date,
        "sex": record.sex.value,
        **record.address.model_dump(),
        "phone": record.phone,
        "accident_kind": accident.kind.value if accident else "",
        "accident_on": accident.on if accident else None,
        "accident_state": (accident.state or "") if accident else "",
        "good_faith_estimate_on_file": record.good_faith_estimate_on_file,
        "is_active": record.is_active,
    }
    moved = {name for name, value in columns.items() if getattr(row, name) != value}
    if "number" in moved and Patient.objects.filter(number=record.id).exclude(pk=row.pk).exists():
        raise number_taken()
    for name in moved:
        setattr(row, name, columns[name])
    if moved:
        try:
            row.save_if_unchanged(version, *sorted(moved))
        except StaleRowError:
            raise stale() from None
        request.access.record("change", "patient", row.pk, detail=f"api: {', '.join(sorted(moved))}")
    tag(response, row.version)
    return patient_document(row)


def find_patient(key: UUID) -> Patient:
    """The patient of that key. Raises `ApiProblemError` where this clinic has none."""
    row: Patient | None = Patient.objects.filter(pk=key).first()
    if row is None:
        raise not_found()
    return row


def registered(request: ApiRequest, patient: PatientRegistered) -> Patient:
    """Write a patient down, with what hangs on them. Raises `ApiProblemError` where the number is taken."""
    record = PatientRecord.model_validate(patient.model_dump(exclude={"is_active"}))
    try:
        with transaction.atomic():
            row = load_patient(request.access.clinic, record)
    except IntegrityError:
        raise number_taken() from None
    if not patient.is_active:
        row.is_active = False
        row.save(update_fields=["is_active"])
    parts = f"coverages {len(record.coverages)}, plans {len(record.plans_of_care or ())}"
    request.access.record("create", "patient", row.pk, detail=f"api: {parts}")
    return row


def number_taken() -> ApiProblemError:
    """The refusal of a number, or a plan's key, that something else has."""
    return ApiProblemError(HTTPStatus.CONFLICT, "The clinic has a record of that id already.")
