"""What is found out about coverages: answers on eligibility, and approvals of payers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Status

from cleanclaim.client.coverage_facts import (
    AuthorizationDocument,
    AuthorizationFields,
    EligibilityDocument,
    EligibilityFields,
)
from cleanclaim.client.wire import Page
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import JsonBody
from cleanclaim.practice.api.changes import merged, require_version, tell, write
from cleanclaim.practice.api.documents import authorization_document, eligibility_document
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.paging import Cursor, Limit, page
from cleanclaim.practice.api.problems import misfit, not_found
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.jobs.loading import authorization_columns
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Authorization, Coverage, EligibilityAnswer

router = Router(tags=["eligibility and approvals"])


@router.get("/coverages/{uuid:key}/eligibility", response=Page[EligibilityDocument], operation_id="list_eligibility")
@needs(Scope.READ, Can.SEE_PATIENTS)
def list_eligibility(
    request: ApiRequest, key: UUID, cursor: Cursor = None, limit: Limit = 50
) -> Page[EligibilityDocument]:
    """List what was found out about a coverage, in the order it was written down."""
    coverage, access = _coverage(key), request.access
    return page(
        EligibilityAnswer.objects.filter(coverage=coverage),
        cursor,
        limit,
        lambda row: eligibility_document(row, access),
        told=lambda rows: access.record("read", "coverage", coverage.pk, detail=f"api: eligibility {len(rows)}"),
    )


@router.post("/coverages/{uuid:key}/eligibility", response={201: EligibilityDocument}, operation_id="add_eligibility")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.EDIT_PATIENTS)
def add_eligibility(
    request: ApiRequest, response: HttpResponse, key: UUID, answer: Annotated[EligibilityFields, JsonBody(...)]
) -> Status[EligibilityDocument]:
    """Add an answer on eligibility. Answers are added, never changed: a later one counts before an earlier one."""
    coverage, access = _coverage(key), request.access
    _require_sound(answer, access)
    row = EligibilityAnswer.objects.create(clinic=access.clinic, coverage=coverage, **answer.model_dump())
    tell(
        request,
        response,
        "create",
        "eligibility",
        row,
        detail=", ".join(sorted(answer.model_fields_set)),
        address=f"coverages/{coverage.pk}/eligibility",
    )
    return Status(201, eligibility_document(row, access))


def _require_sound(answer: EligibilityFields, access: Any) -> None:  # noqa: ANN401 - the request's own
    """Raise `ApiProblemError` for a day to come, or amounts that contradict each other."""
    least, most = answer.at_least_cents, answer.at_most_cents
    if answer.asked_on > today_at(access.clinic):
        raise misfit("body.asked_on", "a day that has come")
    if most is not None and (least is None or most < least):
        raise misfit("body.at_least_cents", "an amount no more than at_most_cents; 0 where nothing is known to be used")
    if (least is not None or most is not None) and answer.year is None:
        raise misfit("body.year", "the year that the dollars belong to")
    if answer.year is not None and answer.year not in {answer.asked_on.year, answer.asked_on.year - 1}:
        raise misfit("body.year", "the year of the question, or the one before")


@router.get(
    "/coverages/{uuid:key}/authorizations", response=Page[AuthorizationDocument], operation_id="list_authorizations"
)
@needs(Scope.READ, Can.SEE_PATIENTS)
def list_authorizations(
    request: ApiRequest, key: UUID, cursor: Cursor = None, limit: Limit = 50
) -> Page[AuthorizationDocument]:
    """List a coverage's approvals."""
    coverage, access = _coverage(key), request.access
    return page(
        Authorization.objects.filter(coverage=coverage),
        cursor,
        limit,
        authorization_document,
        told=lambda rows: access.record("read", "coverage", coverage.pk, detail=f"api: authorizations {len(rows)}"),
    )


@router.post(
    "/coverages/{uuid:key}/authorizations", response={201: AuthorizationDocument}, operation_id="add_authorization"
)
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.EDIT_PATIENTS)
def add_authorization(
    request: ApiRequest, response: HttpResponse, key: UUID, sent: Annotated[AuthorizationFields, JsonBody(...)]
) -> Status[AuthorizationDocument]:
    """Add an approval to a coverage, beside those that are there."""
    coverage, access = _coverage(key), request.access
    _require_days(sent)
    row = Authorization.objects.create(clinic=access.clinic, coverage=coverage, **authorization_columns(sent))
    tell(request, response, "create", "authorization", row, address=f"authorizations/{row.pk}")
    return Status(201, authorization_document(row))


@router.get("/authorizations/{uuid:key}", response=AuthorizationDocument, operation_id="read_authorization")
@needs(Scope.READ, Can.SEE_PATIENTS)
def read_authorization(request: ApiRequest, response: HttpResponse, key: UUID) -> AuthorizationDocument:
    """Read an approval."""
    row = _authorization(key)
    tell(request, response, "read", "authorization", row)
    return authorization_document(row)


@router.patch("/authorizations/{uuid:key}", response=AuthorizationDocument, operation_id="change_authorization")
@needs(Scope.WRITE, Can.SEE_PATIENTS, Can.EDIT_PATIENTS, change_of=AuthorizationFields)
def change_authorization(
    request: ApiRequest, response: HttpResponse, key: UUID, change: Annotated[dict[str, Any], JsonBody(...)]
) -> AuthorizationDocument:
    """Change fields of an approval (JSON merge patch)."""
    row = _authorization(key)
    version = require_version(request, row)
    sent = merged(AuthorizationFields, authorization_document(row), change)
    _require_days(sent)
    write(row, version, authorization_columns(sent))
    tell(request, response, "change", "authorization", row, detail=", ".join(sorted(change)))
    return authorization_document(row)


def _require_days(sent: AuthorizationFields) -> None:
    if sent.valid_from is not None and sent.valid_through is not None and sent.valid_through < sent.valid_from:
        raise misfit("body.valid_through", "a day on or after valid_from")


def _coverage(key: UUID) -> Coverage:
    row: Coverage | None = Coverage.objects.filter(pk=key).first()
    if row is None:
        raise not_found()
    return row


def _authorization(key: UUID) -> Authorization:
    row: Authorization | None = Authorization.objects.filter(pk=key).first()
    if row is None:
        raise not_found()
    return row
