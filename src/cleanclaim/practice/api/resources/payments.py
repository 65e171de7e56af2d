"""Payments of payers: post a remittance (835), list what was posted, and read what payers said of each claim."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from django.db.models import QuerySet
from ninja import Router
from ninja.params.functions import Query

from cleanclaim.client.payments import ClaimAnswerDocument, PostedDocument, RefusedPayment, RemittanceDocument
from cleanclaim.client.wire import Page
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.documents import claim_answer_document, remittance_document
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.paging import Cursor, Limit, page
from cleanclaim.practice.api.problems import ApiProblemError, misfit
from cleanclaim.practice.api.resources.batches import EDI
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import ClaimAnswer, Remittance
from cleanclaim.x12.reader_835 import read_835

router = Router(tags=["payments"])


@router.post("/remittances", response=PostedDocument, operation_id="post_remittance")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def post_remittance(request: ApiRequest) -> PostedDocument:
    """Post every payment of a remittance file (835) that is new and balances.

    What cannot be matched or does not balance is held in suspense, to the cent. A payment that was posted before stays
    as it is, whatever file it came in.
    """
    access = request.access
    if request.content_type != EDI:
        raise ApiProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Expected a body of {EDI}.")
    if not read_835(request.body).remittances:
        raise misfit("body", "a remittance file (835) with at least one payment")
    file = keep_file(access.clinic, access.user, request.body)
    access.record("create", "remittance file", file.pk, detail=f"api: {file.size} bytes")
    found = post(access.clinic, access.user, file, origin=access.origin)
    return PostedDocument(
        posted=tuple(map(remittance_document, found.posted)),
        posted_before=tuple(record.trace_number for record in found.known),
        refused=tuple(RefusedPayment(trace_number=record.trace_number, because=why) for record, why in found.refused),
    )


post_remittance.raw_body = {EDI: {"schema": {"type": "string", "format": "binary"}}}  # type: ignore[attr-defined]


@router.get("/remittances", response=Page[RemittanceDocument], operation_id="list_remittances")
@needs(Scope.READ, Can.SEE_CLAIMS)
def list_remittances(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[RemittanceDocument]:
    """List the payments that were posted, those that were taken back among them."""
    access = request.access
    return page(
        Remittance.objects.all(),
        cursor,
        limit,
        remittance_document,
        told=lambda found: access.record("list", "remittance", detail=f"api, {len(found)}"),
    )


@router.get("/answers", response=Page[ClaimAnswerDocument], operation_id="list_claim_answers")
@needs(Scope.READ, Can.SEE_CLAIMS)
def list_claim_answers(
    request: ApiRequest,
    claim: UUID | None = None,
    remittance: Annotated[UUID | None, Query(None, description="The payment that they came with.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ClaimAnswerDocument]:
    """List what payers said of claims, with the payments that stand."""
    access = request.access
    asked = {"claim_id": claim, "remittance_id": remittance}
    rows: QuerySet[ClaimAnswer] = ClaimAnswer.objects.filter(
        remittance__unposted_at=None, **{name: value for name, value in asked.items() if value is not None}
    ).defer("answer", "posted")
    return page(
        rows,
        cursor,
        limit,
        claim_answer_document,
        told=lambda found: access.record("list", "claim answer", detail=f"api, {len(found)}"),
    )
