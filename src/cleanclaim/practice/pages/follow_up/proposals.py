"""Proposals for payers' files from denials that no check foresaw: tried on past visits, decided by a person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.follow_up import proposals as engine
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.engine.follow_up.pack_trial import MOST_VISITS
from cleanclaim.practice.models import Proposal, ProposalState
from cleanclaim.practice.templatetags.practice import plural
from cleanclaim.reference.payer_settings import BY_NAME

_MOST = 200


@clinic_page(Can.SEE_CLAIMS, area="follow_up")
def proposals(request: ClinicRequest) -> HttpResponse:
    """What unforeseen denials suggest, what stands first."""
    access = request.access
    rows = Proposal.objects.select_related("decided_by").order_by("-cents", "payer", "setting", "because")
    standing = list(rows.filter(state=ProposalState.PROPOSED.value)[:_MOST])
    access.record("list", "proposal", detail=f"{len(standing)} proposals")
    context = {
        "for_files": [(row, BY_NAME[row.setting].meaning) for row in standing if row.setting],
        "words": [row for row in standing if not row.setting],
        "decided": list(rows.exclude(state=ProposalState.PROPOSED.value)[:50]),
        "may_work": access.may(Can.WORK_CLAIMS),
        "may_switch": access.may(Can.SET_UP),
        "most_visits": MOST_VISITS,
    }
    return render(request, "practice/follow_up/proposals.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def proposals_gather(request: ClinicRequest) -> HttpResponse:
    """Look through the denials that nobody foresaw."""
    access = request.access
    count = engine.gather(access.clinic)
    access.record("create", "proposal", detail=f"{count} proposals")
    messages.success(request, f"{plural(count, 'new proposal')}.")
    return redirect("proposals", access.clinic.slug)


@require_POST
@clinic_page(Can.SET_UP, area="follow_up")
def proposal_act(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Try a proposal on past visits, switch it on, or decline it."""
    access = request.access
    row = get_object_or_404(Proposal.objects, pk=key)
    action, because = request.POST.get("action", ""), request.POST.get("because", "")
    try:
        words = _act(access, row, action, because)
    except NotDoneError as error:
        messages.error(request, f"Not done: {error}.")
    else:
        access.record("change", "proposal", row.pk, detail=action)
        messages.success(request, words)
    return redirect("proposals", access.clinic.slug)


def _act(access: Access, row: Proposal, action: str, because: str) -> str:
    """Do it; says what came of it. Raises `NotDoneError`."""
    if action == "try":
        engine.tried(access.clinic, row)
        return "Tried: see what it would have caught and disturbed."
    if action == "on":
        engine.switch_on(access.clinic, row.pk, access.user, because)
        return f"Switched on in this clinic's file of {row.payer}. Open claims are checked by it from now on."
    if action == "decline":
        engine.decline(row.pk, access.user, because)
        return "Declined. It is not proposed again."
    raise NotDoneError("expected to try, switch on, or decline")
