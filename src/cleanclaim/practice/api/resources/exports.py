"""Whole tables, as JSON Lines: one document a line, in the shape that the single calls answer with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from ninja import Router
from ninja.params.functions import Path
from pydantic import BaseModel

from cleanclaim.client.claims import ClaimDocument, Exports, ExportTable
from cleanclaim.client.patients import CoverageDocument, PatientDocument, PlanDocument
from cleanclaim.client.visits import VisitDocument
from cleanclaim.practice import tenancy
from cleanclaim.practice.access import Access, Can
from cleanclaim.practice.api.documents import (
    coverage_document,
    patient_document,
    plan_document,
    stored_claim,
    visit_document,
)
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.problems import not_found
from cleanclaim.practice.api.resources.coverages import coverage_rows, plan_rows
from cleanclaim.practice.api.resources.visits import visit_rows
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.models import Claim, ClinicRow, Patient

router = Router(tags=["exports"])

_PIECE = 200
"""Rows that are read at a time, each piece in a transaction and a scope of its own."""


@dataclass(frozen=True, slots=True)
class _Table:
    rows: Callable[[], QuerySet[Any]]
    shape: type[BaseModel]
    write: Callable[[Any, Access], BaseModel]


def _visit(row: Any, access: Access) -> BaseModel:  # noqa: ANN401 - the row of its table
    return visit_document(row, ZoneInfo(access.clinic.time_zone))


_TABLES: dict[str, _Table] = {
    "claims": _Table(
        lambda: Claim.objects.prefetch_related("lines", "findings"), ClaimDocument, lambda row, _: stored_claim(row)
    ),
    "coverages": _Table(coverage_rows, CoverageDocument, coverage_document),
    "patients": _Table(Patient.objects.all, PatientDocument, lambda row, _: patient_document(row)),
    "plans": _Table(plan_rows, PlanDocument, lambda row, _: plan_document(row)),
    "visits": _Table(visit_rows, VisitDocument, _visit),
}


@router.get("/exports", response=Exports, operation_id="list_exports")
@needs(Scope.EXPORT, Can.EXPORT)
def list_exports(request: ApiRequest) -> Exports:
    """List the tables that can be exported, with their columns and how many rows they have."""
    del request
    return Exports(
        tables=tuple(
            ExportTable(name=name, columns=tuple(table.shape.model_fields), rows=table.rows().count())
            for name, table in _TABLES.items()
        )
    )


@router.get("/exports/{table}", operation_id="export_table")
@needs(Scope.EXPORT, Can.EXPORT, Can.SEE_PATIENTS, Can.SEE_NOTES, Can.SEE_CLAIMS)
def export_table(
    request: ApiRequest, table: Annotated[str, Path(..., pattern=r"^[a-z]{1,20}$")]
) -> StreamingHttpResponse:
    """Export a table whole, as JSON Lines."""
    if table not in _TABLES:
        raise not_found()
    access = request.access
    access.record("export", table, detail="api: JSON Lines")
    lines = _lines(access, _TABLES[table])
    return StreamingHttpResponse(lines, content_type="application/x-ndjson")


def _lines(access: Access, table: _Table) -> Iterator[str]:
    """The documents of a table, a line each. The request's own scope is over when these are asked for."""
    last: UUID | None = None
    while True:
        with transaction.atomic(), tenancy.scope([access.clinic.id]):
            piece = _piece(table, last)
            written = [table.write(row, access).model_dump_json() + "\n" for row in piece]
        yield from written
        if len(piece) < _PIECE:
            return
        last = piece[-1].pk


def _piece(table: _Table, last: UUID | None) -> list[ClinicRow]:
    rows = table.rows().order_by("pk")
    return list((rows if last is None else rows.filter(pk__gt=last))[:_PIECE])
