"""Claim files: listed, read, and downloaded as they were made."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from cleanclaim.client.claim_work import BatchDocument
from cleanclaim.client.wire import Page
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.changes import tag
from cleanclaim.practice.api.documents import batch_document
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.paging import Cursor, Limit, page
from cleanclaim.practice.api.problems import not_found
from cleanclaim.practice.api.resources.claims import PayerFile
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.models import Batch

router = Router(tags=["claim files"])

EDI = "application/edi-x12"


@router.get("/batches", response=Page[BatchDocument], operation_id="list_batches")
@needs(Scope.READ, Can.SEE_CLAIMS)
def list_batches(
    request: ApiRequest, payer: PayerFile | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[BatchDocument]:
    """List the claim files that were made, in their order."""
    access = request.access
    rows: QuerySet[Batch] = Batch.objects.defer("content")
    if payer is not None:
        rows = rows.filter(payer=payer)
    return page(
        rows,
        cursor,
        limit,
        batch_document,
        told=lambda found: access.record("list", "batch", detail=f"api, {len(found)}"),
    )


@router.get("/batches/{uuid:key}", response=BatchDocument, operation_id="read_batch")
@needs(Scope.READ, Can.SEE_CLAIMS)
def read_batch(request: ApiRequest, response: HttpResponse, key: UUID) -> BatchDocument:
    """Read what a claim file is."""
    row = Batch.objects.defer("content").filter(pk=key).first()
    if row is None:
        raise not_found()
    request.access.record("read", "batch", row.pk, detail="api")
    tag(response, row.version)
    return batch_document(row)


@router.get("/batches/{uuid:key}/content", operation_id="download_batch")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def download_batch(request: ApiRequest, key: UUID) -> HttpResponse:
    """Download a claim file (837P) as it was made. That it was taken is written down."""
    row = Batch.objects.select_for_update().filter(pk=key).first()
    if row is None:
        raise not_found()
    if row.downloaded_at is None:
        row.downloaded_at = timezone.now()
        row.save_if_unchanged(row.version, "downloaded_at")
    request.access.record("export", "batch", row.pk, detail=f"api: {row.claims_count} claims")
    headers = {"Content-Disposition": f'attachment; filename="{row.file_name}"'}
    return HttpResponse(row.content.data, content_type=EDI, headers=headers)


download_batch.raw_answers = {  # type: ignore[attr-defined]
    "200": {"description": "The file.", "content": {EDI: {"schema": {"type": "string", "format": "binary"}}}}
}
