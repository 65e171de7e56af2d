"""Coverages and plans of care of a patient."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from ninja import Router, Status

from cleanclaim.client.patients import CoverageDocument, CoverageFields, PlanDocument, PlanFields
from cleanclaim.client.wire import Page
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import JsonBody
from cleanclaim.practice.api.changes import merged, require_version, tell, write
from cleanclaim.practice.api.documents import coverage_document, plan_document
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.paging import Cursor, Limit, page
from cleanclaim.practice.api.problems import not_found
from cleanclaim.practice.api.resources.patients import find_patient, number_taken
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.jobs.loading import (
    coverage_columns,
    load_authorizations,
    load_coverage,
    load_plan,
    load_plan_parts,
    plan_columns,
)
from cleanclaim.practice.models import Certification, Coverage, PlanOfCare

router = Router(tags=["coverages and plans"])


@router.get("/patients/{uuid:key}/coverages", response=Page[CoverageDocument], operation_id="list_coverages")
@needs(Scope.READ, Can.SEE_PATIENTS)
def list_coverages(request: ApiRequest, key: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[CoverageDocument]:
    """List a patient's coverages with their authorizations."""
    patient, access = find_patient(key), request.access
    return page(
        coverage_rows().filter(patient=patient),
        cursor,
        limit,
        lambda row: coverage_document(row, access),
        told=lambda rows: access.record("read", "patient", patient.pk, detail=f"api: coverages {len(rows)}"),
    )


@router.post("/patients/{uuid:key}/coverages", response={201: CoverageDocument}, operation_id="add_coverage")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.EDIT_PATIENTS)
def add_coverage(
    request: ApiRequest, response: HttpResponse, key: UUID, coverage: Annotated[CoverageFields, JsonBody(...)]
) -> Status[CoverageDocument]:
    """Add a coverage to a patient."""
    patient = find_patient(key)
    row = load_coverage(request.access.clinic, patient, coverage)
    if coverage.copay_cents is not None:
        row.copay_cents = coverage.copay_cents
        row.save(update_fields=["copay_cents"])
    tell(request, response, "create", "coverage", row, address=f"coverages/{row.pk}")
    return Status(201, coverage_document(_find(coverage_rows(), row.pk), request.access))


@router.get("/coverages/{uuid:key}", response=CoverageDocument, operation_id="read_coverage")
@needs(Scope.READ, Can.SEE_PATIENTS)
def read_coverage(request: ApiRequest, response: HttpResponse, key: UUID) -> CoverageDocument:
    """Read a coverage with its authorizations."""
    row = _find(coverage_rows(), key)
    tell(request, response, "read", "coverage", row)
    return coverage_document(row, request.access)


@router.patch("/coverages/{uuid:key}", response=CoverageDocument, operation_id="change_coverage")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.EDIT_PATIENTS, change_of=CoverageFields)
def change_coverage(
    request: ApiRequest,
    response: HttpResponse,
    key: UUID,
    change: Annotated[dict[str, Any], JsonBody(...)],
) -> CoverageDocument:
    """Change fields of a coverage (JSON merge patch). `authorizations`, where given, are replaced as a whole."""
    row = _find(coverage_rows(), key)
    version = require_version(request, row)
    before = coverage_document(row, request.access)
    record = merged(CoverageFields, before, change)
    columns = {**coverage_columns(record), "copay_cents": record.copay_cents}
    if before.copay_cents is None and "copay_cents" not in change:
        columns.pop("copay_cents")  # the role may not see what there is, and must not blank it
    write(row, version, columns)
    if "authorizations" in change:
        row.authorizations.all().delete()
        load_authorizations(request.access.clinic, row, record)
    tell(request, response, "change", "coverage", row, detail=", ".join(sorted(change)))
    return coverage_document(_find(coverage_rows(), row.pk), request.access)


@router.get("/patients/{uuid:key}/plans", response=Page[PlanDocument], operation_id="list_plans")
@needs(Scope.READ, Can.SEE_PATIENTS)
def list_plans(request: ApiRequest, key: UUID, cursor: Cursor = None, limit: Limit = 50) -> Page[PlanDocument]:
    """List a patient's plans of care with their certifications and progress reports."""
    patient, access = find_patient(key), request.access
    return page(
        plan_rows().filter(patient=patient),
        cursor,
        limit,
        plan_document,
        told=lambda rows: access.record("read", "patient", patient.pk, detail=f"api: plans {len(rows)}"),
    )


@router.post("/patients/{uuid:key}/plans", response={201: PlanDocument}, operation_id="add_plan")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.WRITE_NOTES)
def add_plan(
    request: ApiRequest, response: HttpResponse, key: UUID, plan: Annotated[PlanFields, JsonBody(...)]
) -> Status[PlanDocument]:
    """Add a plan of care to a patient. Its `id` is the clinic's own key, once a patient."""
    patient = find_patient(key)
    try:
        with transaction.atomic():
            row = load_plan(request.access.clinic, patient, plan)
    except IntegrityError:
        raise number_taken() from None
    tell(request, response, "create", "plan", row, address=f"plans/{row.pk}")
    return Status(201, plan_document(_find(plan_rows(), row.pk)))


@router.get("/plans/{uuid:key}", response=PlanDocument, operation_id="read_plan")
@needs(Scope.READ, Can.SEE_PATIENTS)
def read_plan(request: ApiRequest, response: HttpResponse, key: UUID) -> PlanDocument:
    """Read a plan of care."""
    row = _find(plan_rows(), key)
    tell(request, response, "read", "plan", row)
    return plan_document(row)


@router.patch("/plans/{uuid:key}", response=PlanDocument, operation_id="change_plan")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.WRITE_NOTES, change_of=PlanFields)
def change_plan(
    request: ApiRequest,
    response: HttpResponse,
    key: UUID,
    change: Annotated[dict[str, Any], JsonBody(...)],
) -> PlanDocument:
    """Change fields of a plan (JSON merge patch). Lists, where given, are replaced as a whole.

    Progress reports that were written here, with a visit, stay; only those sent from outside are replaced.
    """
    row = _find(plan_rows(), key)
    version = require_version(request, row)
    record = merged(PlanFields, plan_document(row), change)
    try:
        with transaction.atomic():
            write(row, version, plan_columns(request.access.clinic, record))
    except IntegrityError:
        raise number_taken() from None
    untouched = {name: () for name in ("certifications", "progress_reports") if name not in change}
    if "certifications" in change:
        row.certifications.all().delete()
    if "progress_reports" in change:
        row.progress_reports.filter(visit=None).delete()
    own = {item.on for item in row.progress_reports.all()}
    reports = tuple(item for item in record.progress_reports or () if item.on not in own)
    parts = record.model_copy(update={"progress_reports": reports, **untouched})
    load_plan_parts(request.access.clinic, row, parts)
    tell(request, response, "change", "plan", row, detail=", ".join(sorted(change)))
    return plan_document(_find(plan_rows(), row.pk))


def coverage_rows() -> QuerySet[Coverage]:
    """Coverages with what their documents tell of them."""
    rows: QuerySet[Coverage] = Coverage.objects.prefetch_related("authorizations")
    return rows


def plan_rows() -> QuerySet[PlanOfCare]:
    """Plans with what their documents tell of them."""
    rows: QuerySet[PlanOfCare] = PlanOfCare.objects.select_related("order_by").prefetch_related(
        Prefetch("certifications", Certification.objects.select_related("by")), "progress_reports"
    )
    return rows


def _find(rows: QuerySet[Any], key: UUID) -> Any:  # noqa: ANN401 - the row of the query
    row = rows.filter(pk=key).first()
    if row is None:
        raise not_found()
    return row
