"""What is done to one claim: fixes, answers, decisions, filing. Each answers with the claim as it stands after it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims import fixing
from cleanclaim.practice.engine.claims.building import Rechecked, recheck
from cleanclaim.practice.engine.claims.filing import (
    NotFiledError,
    drop_answer,
    give_to_patient,
    release,
    replace_claim,
    void_claim,
)
from cleanclaim.practice.engine.claims.fixing import Outcome
from cleanclaim.practice.engine.notes.answering import answer
from cleanclaim.practice.models import Claim
from cleanclaim.practice.pages.claims.claim import context_of, find

_NEEDS_REASON = "Say why: it is kept with your name in the claim's history."


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_check(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Check the claim again, as the records stand now."""
    _exists(key)
    found = recheck(request.access.clinic, [key], request.access.user, why="asked for")
    return _answered(request, key, _outcome(found, "checked again"), "checked")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_safe(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write what was mended at once into the visit."""
    _exists(key)
    found = fixing.apply_safe(request.access.clinic, [key], request.access.user)
    outcome = found[0] if found else Outcome(refused=("there is no safe fix to make",))
    return _answered(request, key, outcome, "safe fixes")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_fix(request: ClinicRequest, key: UUID, finding: UUID) -> HttpResponse:
    """Apply one finding's fix; one that states something about the visit as the person who is signed in."""
    _exists(key)
    access = request.access
    outcome = fixing.apply_fix(access.clinic, key, finding, access.user, stated=request.POST.get("reason", "")[:200])
    return _answered(request, key, outcome, "fix")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_ignore(request: ClinicRequest, key: UUID, finding: UUID) -> HttpResponse:
    """Set a finding aside, with a reason."""
    _exists(key)
    because = request.POST.get("reason", "").strip()
    if not because:
        return _answered(request, key, Outcome(refused=(_NEEDS_REASON,)), "")
    found = fixing.ignore(request.access.clinic, [key], request.access.user, because=because, finding_id=finding)
    return _answered(request, key, _outcome(found, "the finding was set aside"), "finding set aside")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_stand(request: ClinicRequest, key: UUID, finding: UUID) -> HttpResponse:
    """Let a finding that was set aside stand again."""
    _exists(key)
    found = fixing.stop_ignoring(request.access.clinic, key, finding, request.access.user)
    return _answered(request, key, _outcome(found, "the finding stands again"), "finding stands again")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_answer(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Answer a question with one of its codes."""
    _exists(key)
    outcome = answer(
        request.access.clinic,
        key,
        request.access.user,
        about=request.POST.get("about", ""),
        code=request.POST.get("code", ""),
        because=request.POST.get("reason", "")[:200],
    )
    return _answered(request, key, outcome, "question answered")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_hold(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Hold the claim back, with a reason."""
    _exists(key)
    because = request.POST.get("reason", "").strip()
    if not because:
        return _answered(request, key, Outcome(refused=(_NEEDS_REASON,)), "")
    held = fixing.hold([key], request.access.user, because)
    outcome = Outcome(changed=("put on hold",)) if held else Outcome(refused=(fixing.NO_LONGER_OPEN,))
    return _answered(request, key, outcome, "hold")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_unhold(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take the claim off hold; it is checked again."""
    _exists(key)
    found = fixing.stop_holding(request.access.clinic, [key], request.access.user)
    return _answered(request, key, _outcome(found, "taken off hold"), "taken off hold")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_release(request: ClinicRequest, key: UUID) -> HttpResponse:
    """File this claim alone."""
    _exists(key)
    access = request.access
    released = release(access.clinic, [key], access.user, origin=access.origin)
    if released.batches:
        return _answered(request, key, Outcome(changed=(f"filed: {released.batches[0].file_name}",)), "filed")
    why = released.left_out[0][1] if released.left_out else fixing.NO_LONGER_OPEN
    return _answered(request, key, Outcome(refused=(why,)), "")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_patient(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Close a claim that the patient pays: they have the superbill."""
    _exists(key)
    try:
        give_to_patient(key, request.access.user)
    except NotFiledError as error:
        return _answered(request, key, Outcome(refused=(str(error),)), "")
    return _answered(request, key, Outcome(changed=("closed: the patient has the superbill",)), "closed")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_replace(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Begin a replacement of a filed claim, and go to it."""
    access = request.access
    return _answer_with(
        request,
        key,
        lambda: replace_claim(access.clinic, key, access.user, request.POST.get("reference", "")),
        lambda made: f"Replacement {made.number} begun. It goes out when you release it.",
    )


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_void(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Make the void of a filed claim, and go to it."""
    return _answer_with(
        request,
        key,
        lambda: void_claim(key, request.access.user, request.POST.get("reference", "")),
        lambda made: f"Void {made.number} made. It goes out when you release it.",
    )


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_drop(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Give up a replacement or void that has not gone out, and go back to the claim that it answered."""
    return _answer_with(
        request,
        key,
        lambda: drop_answer(key, request.access.user),
        lambda earlier: f"Given up: {earlier.number} stands as it was filed.",
    )


def _answer_with(
    request: ClinicRequest, key: UUID, make: Callable[[], Claim], words: Callable[[Claim], str]
) -> HttpResponse:
    """Do what gives another claim, and go to that one; `words` say so of it."""
    _exists(key)
    try:
        claim = make()
    except NotFiledError as error:
        return _answered(request, key, Outcome(refused=(str(error),)), "")
    return _go_to(request, claim, words(claim))


def _exists(key: UUID) -> None:
    get_object_or_404(Claim.objects.only("id", "clinic_id"), pk=key)


def _outcome(found: list[Rechecked], words: str) -> Outcome:
    if not found:
        return Outcome(refused=(fixing.NO_LONGER_OPEN,))
    return Outcome(changed=(words,), rechecked=found[0])


def _go_to(request: ClinicRequest, claim: Claim, words: str) -> HttpResponse:
    request.access.record("create", "claim", claim.pk, detail=f"frequency {claim.frequency}")
    messages.success(request, words)
    response = redirect("claim", request.access.clinic.slug, claim.pk)
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


def _answered(request: ClinicRequest, key: UUID, outcome: Outcome, done: str) -> HttpResponse:
    """The claim after an action: its body alone for a page that asked from within, else the page anew.

    What was refused answers 409, and changes nothing but what a fresh check says.
    """
    access = request.access
    if outcome.changed:
        access.record("change", "claim", key, detail=done)
    if getattr(request, "htmx", False):
        context = context_of(access, find(key), outcome)
        return render(request, "practice/claims/body.html", context, status=409 if outcome.refused else 200)
    for words in outcome.refused:
        messages.error(request, f"Not done: {words}.")
    if outcome.changed:
        messages.success(request, f"Done: {'; '.join(outcome.changed)}.")
    return redirect("claim", access.clinic.slug, key)
