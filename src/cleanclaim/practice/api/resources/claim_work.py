"""Work on stored claims: fix, set aside, hold, release, replace, void. Each answers with the claim as it stands."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from cleanclaim.client.claim_work import (
    FixSent,
    ReasonSent,
    ReferenceSent,
    ReleasedDocument,
    ReleaseSent,
    StayedClaim,
)
from cleanclaim.client.claims import ClaimDocument
from cleanclaim.practice.access import Can
from cleanclaim.practice.api.bodies import JsonBody
from cleanclaim.practice.api.changes import tag
from cleanclaim.practice.api.documents import batch_document, stored_claim
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.problems import ApiProblemError, misfit, not_found
from cleanclaim.practice.api.resources.claims import find_claim
from cleanclaim.practice.api.scopes import Scope, needs
from cleanclaim.practice.engine.claims import fixing
from cleanclaim.practice.engine.claims.filing import NotFiledError, release, replace_claim, void_claim
from cleanclaim.practice.models import Claim, ClaimFinding

router = Router(tags=["work on claims"])


def _conflict(why: str) -> ApiProblemError:
    return ApiProblemError(HTTPStatus.CONFLICT, f"{why[:1].upper()}{why[1:]}.")


def _stands(request: ApiRequest, response: HttpResponse, key: UUID, done: str) -> ClaimDocument:
    request.access.record("change", "claim", key, detail=f"api: {done}")
    fresh = find_claim(key)
    tag(response, fresh.version)
    return stored_claim(fresh)


def _begun(
    request: ApiRequest, response: HttpResponse, key: UUID, done: str, make: Callable[[], Claim]
) -> ClaimDocument:
    """Make the claim that answers a filed one, and answer with it; 409 where it cannot be made."""
    find_claim(key)
    try:
        made = make()
    except NotFiledError as error:
        raise _conflict(str(error)) from None
    return _stands(request, response, made.pk, done)


@router.post("/claims/{uuid:key}/hold", response=ClaimDocument, operation_id="hold_claim")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def hold_claim(
    request: ApiRequest, response: HttpResponse, key: UUID, sent: Annotated[ReasonSent, JsonBody(...)]
) -> ClaimDocument:
    """Hold an open claim back, with a reason; 409 where it is filed, closed, or held already."""
    find_claim(key)
    if not fixing.hold([key], request.access.user, sent.reason):
        raise _conflict("the claim is not open, or a person holds it already")
    return _stands(request, response, key, "hold")


@router.post("/claims/{uuid:key}/unhold", response=ClaimDocument, operation_id="stop_holding_claim")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def stop_holding_claim(request: ApiRequest, response: HttpResponse, key: UUID) -> ClaimDocument:
    """Take a claim off hold; it is checked again. 409 where nobody holds it."""
    find_claim(key)
    if not fixing.stop_holding(request.access.clinic, [key], request.access.user):
        raise _conflict("no person holds the claim")
    return _stands(request, response, key, "taken off hold")


@router.post("/claims/release", response=ReleasedDocument, operation_id="release_claims")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def release_claims(request: ApiRequest, sent: Annotated[ReleaseSent, JsonBody(...)]) -> ReleasedDocument:
    """Release claims into files, one a payer. A claim that cannot go out stays, and is told with the reason."""
    access = request.access
    known = set(Claim.objects.filter(pk__in=sent.claims).values_list("pk", flat=True))
    for number, key in enumerate(sent.claims):
        if key not in known:
            raise misfit(f"body.claims.{number}", "the key of a claim")
    released = release(access.clinic, sent.claims, access.user, origin=access.origin)
    return ReleasedDocument(
        files=tuple(map(batch_document, released.batches)),
        stayed=tuple(StayedClaim(claim=claim.pk, id=claim.number, because=why) for claim, why in released.left_out),
    )


@router.post("/claims/{uuid:key}/replace", response=ClaimDocument, operation_id="replace_claim")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def replace(
    request: ApiRequest, response: HttpResponse, key: UUID, sent: Annotated[ReferenceSent, JsonBody(...)]
) -> ClaimDocument:
    """Begin the claim that replaces a filed one, from the visit as it stands now; the new claim is answered."""
    access = request.access
    return _begun(
        request,
        response,
        key,
        "replacement begun",
        lambda: replace_claim(access.clinic, key, access.user, sent.reference),
    )


@router.post("/claims/{uuid:key}/void", response=ClaimDocument, operation_id="void_claim")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def void(
    request: ApiRequest, response: HttpResponse, key: UUID, sent: Annotated[ReferenceSent, JsonBody(...)]
) -> ClaimDocument:
    """Make the claim that takes a filed one back; it is answered, and goes out when it is released."""
    user = request.access.user
    return _begun(request, response, key, "void made", lambda: void_claim(key, user, sent.reference))


@router.post("/findings/{uuid:key}/ignore", response=ClaimDocument, operation_id="ignore_finding")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def ignore_finding(
    request: ApiRequest, response: HttpResponse, key: UUID, sent: Annotated[ReasonSent, JsonBody(...)]
) -> ClaimDocument:
    """Set a finding of an open claim aside, with a reason; the claim is checked again, and answered."""
    found, access = _finding(key), request.access
    if not fixing.ignore(access.clinic, [found.claim_id], access.user, because=sent.reason, finding_id=key):
        raise _conflict("the claim is not open, or the finding is mended or set aside already")
    return _stands(request, response, found.claim_id, "finding set aside")


@router.post("/findings/{uuid:key}/stand", response=ClaimDocument, operation_id="stop_ignoring_finding")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def stop_ignoring_finding(request: ApiRequest, response: HttpResponse, key: UUID) -> ClaimDocument:
    """Let a finding that was set aside stand again; the claim is checked again, and answered."""
    found, access = _finding(key), request.access
    if not fixing.stop_ignoring(access.clinic, found.claim_id, key, access.user):
        raise _conflict("the claim is not open, or the finding is not set aside")
    return _stands(request, response, found.claim_id, "finding stands again")


@router.post("/findings/{uuid:key}/fix", response=ClaimDocument, operation_id="apply_fix")
@needs(Scope.CLAIMS, Can.SEE_CLAIMS, Can.WORK_CLAIMS)
def apply_fix(
    request: ApiRequest, response: HttpResponse, key: UUID, sent: Annotated[FixSent, JsonBody(...)]
) -> ClaimDocument:
    """Apply a finding's fix, under the member's name where it states something about the visit; 409 where it cannot be.

    What the fix would change is held against what it was when it was found, and the claim is checked again.
    """
    found, access = _finding(key), request.access
    outcome = fixing.apply_fix(access.clinic, found.claim_id, key, access.user, stated=sent.reason)
    if outcome.refused:
        raise _conflict("; ".join(outcome.refused))
    return _stands(request, response, found.claim_id, "fix")


def _finding(key: UUID) -> ClaimFinding:
    row: ClaimFinding | None = ClaimFinding.objects.only("id", "clinic_id", "claim_id").filter(pk=key).first()
    if row is None:
        raise not_found()
    return row
