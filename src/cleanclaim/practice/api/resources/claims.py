"""Claims and findings: list, read, build, check again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query
from pydantic import StringConstraints

from cleanclaim.client.claims import BuildSent, BuiltDocument, ClaimDocument, ClaimSummary, StoredFinding
from cleanclaim.client.wire import Page
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import JsonBody
from cleanclaim.practice.api.changes import tag
from cleanclaim.practice.api.documents import claim_summary, stored_claim, stored_finding
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.paging import Cursor, Limit, page
from cleanclaim.practice.api.problems import ApiProblemError, misfit, not_found
from cleanclaim.practice.api.resources.visits import Day, day_of
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.claims.building import build, recheck
from cleanclaim.practice.interchange.fhir_claims import claim_bundle
from cleanclaim.practice.models import Claim, ClaimFinding, ClaimStatus, Visit, VisitStatus
from cleanclaim.records import Claim as ClaimRecord

router = Router(tags=["claims"])

RuleCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\d{3}$", max_length=8)]
SeverityName = Literal["reject", "deny", "recoup", "left", "advice"]
PayerFile = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,38}$", max_length=38)]


@router.get("/claims", response=Page[ClaimSummary], operation_id="list_claims")
@needs(Scope.READ, Can.SEE_CLAIMS)
def list_claims(  # noqa: PLR0913, PLR0917 - filters
    request: ApiRequest,
    status: ClaimStatus | None = None,
    payer: Annotated[PayerFile | None, Query(None, description="A payer file, as medicare_b.")] = None,
    patient: UUID | None = None,
    visit: UUID | None = None,
    due_through: Day = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ClaimSummary]:
    """List claims, in the order they were built."""
    access = request.access
    asked = {"status": status.value if status else None, "payer": payer, "patient_id": patient, "visit_id": visit}
    rows: QuerySet[Claim] = Claim.objects.filter(**{name: value for name, value in asked.items() if value is not None})
    if due_through is not None:
        rows = rows.filter(due_on__lte=day_of(due_through, "due_through"))
    return page(
        rows,
        cursor,
        limit,
        claim_summary,
        told=lambda found: access.record("list", "claim", detail=f"api, {len(found)}"),
    )


@router.post("/claims", response={200: BuiltDocument}, operation_id="build_claims")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def build_claims(request: ApiRequest, sent: Annotated[BuildSent, JsonBody(...)]) -> BuiltDocument:
    """Build the claims of signed visits. A visit that has an open claim keeps it, and the claim is answered too."""
    access = request.access
    known = dict(Visit.objects.filter(pk__in=sent.visits).values_list("pk", "status"))
    for number, key in enumerate(sent.visits):
        if key not in known:
            raise misfit(f"body.visits.{number}", "the key of a visit")
        if known[key] != VisitStatus.SIGNED.value:
            raise misfit(f"body.visits.{number}", "the key of a signed visit")
    built = build(access.clinic, sent.visits, access.user, origin=access.origin)
    return BuiltDocument(made=tuple(map(claim_summary, built.made)), found=tuple(map(claim_summary, built.found)))


@router.get("/claims/{uuid:key}", response=ClaimDocument, operation_id="read_claim")
@needs(Scope.READ, Can.SEE_CLAIMS)
def read_claim(request: ApiRequest, response: HttpResponse, key: UUID) -> ClaimDocument:
    """Read a claim with its lines and findings."""
    row = find_claim(key)
    request.access.record("read", "claim", row.pk, detail="api")
    tag(response, row.version)
    return stored_claim(row)


@router.post("/claims/{uuid:key}/check", response=ClaimDocument, operation_id="recheck_claim")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def recheck_claim(request: ApiRequest, response: HttpResponse, key: UUID) -> ClaimDocument:
    """Check an open claim again, as the clinic's records stand now; 409 where it has left the clinic."""
    access, row = request.access, find_claim(key)
    if not recheck(access.clinic, [row.pk], access.user, why="asked for through the API"):
        raise ApiProblemError(HTTPStatus.CONFLICT, "The claim is not open any more; it stays as it was filed.")
    access.record("change", "claim", row.pk, detail="api: checked again")
    fresh = find_claim(key)
    tag(response, fresh.version)
    return stored_claim(fresh)


@router.get("/claims/{uuid:key}/fhir", operation_id="read_claim_as_fhir")
@needs(Scope.READ, Can.SEE_CLAIMS, Can.SEE_PATIENTS)
def read_claim_as_fhir(request: ApiRequest, key: UUID) -> HttpResponse:
    """Read a claim as FHIR R4: a Bundle of its Claim and what it refers to; 409 where no claim could be made of it."""
    row = find_claim(key)
    if not row.record:
        raise ApiProblemError(HTTPStatus.CONFLICT, "Nothing could be billed yet, so there is no claim to give.")
    request.access.record("export", "claim", row.pk, detail="api: FHIR")
    record = ClaimRecord.model_validate(row.record)
    return HttpResponse(claim_bundle(record, created=row.changed_at), content_type="application/fhir+json")


@router.get("/findings", response=Page[StoredFinding], operation_id="list_findings")
@needs(Scope.READ, Can.SEE_CLAIMS)
def list_findings(
    request: ApiRequest,
    claim: UUID | None = None,
    rule: RuleCode | None = None,
    severity: Annotated[
        SeverityName | None, Query(None, description="What happens if the claim goes out as it is.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[StoredFinding]:
    """List the findings of stored claims, those that were mended or ignored among them."""
    access = request.access
    asked = {"claim_id": claim, "rule": rule, "severity": severity}
    rows: QuerySet[ClaimFinding] = ClaimFinding.objects.filter(
        **{name: value for name, value in asked.items() if value is not None}
    )
    return page(
        rows,
        cursor,
        limit,
        stored_finding,
        told=lambda found: access.record("list", "finding", detail=f"api, {len(found)}"),
    )


def find_claim(key: UUID) -> Claim:
    """A claim with its lines and findings. Raises `ApiProblemError` where the scope has none."""
    row: Claim | None = (
        Claim.objects.prefetch_related("lines", Prefetch("findings", ClaimFinding.objects.all())).filter(pk=key).first()
    )
    if row is None:
        raise not_found()
    return row
