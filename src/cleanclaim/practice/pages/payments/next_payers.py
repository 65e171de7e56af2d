"""Claims to next payers: those that wait to be made, one that somebody asks for, and those to be looked at."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cleanclaim import records
from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.coordination import NotMadeError, bill_next, due_claims, looked_at, make_due
from cleanclaim.practice.models import Claim
from cleanclaim.practice.pages.accounts.entering import tabs
from cleanclaim.practice.pages.claims.papers import pdf
from cleanclaim.practice.pages.payments.counting import counts

PAGE = 50
"""Claims that are listed."""

MOST = 500
"""Claims that are made at once."""


@clinic_page(Can.SEE_CLAIMS, area="remittances")
def next_payers(request: ClinicRequest) -> HttpResponse:
    """Claims whose next payer has no claim yet, and claims to be looked at."""
    access = request.access
    due = due_claims()
    rows = {claim.pk: claim for claim in _light().filter(pk__in=due[:PAGE])}
    attention = _light().exclude(attention="").order_by("date_of_service", "number")[:PAGE]
    access.record("list", "claim", detail=f"{len(rows)} to be billed to the next payer")
    context = {
        "tabs": tabs(access, "remittances"),
        "tab": "next",
        "due": [rows[key] for key in due[:PAGE] if key in rows],
        "attention": attention,
        "may_work": access.may(Can.WORK_CLAIMS),
        **counts(due),
    }
    return render(request, "practice/remittances/next_payers.html", context)


def _light() -> QuerySet[Claim]:
    """Claims for a list: without what is sealed."""
    return Claim.objects.select_related("patient").defer("record", "questions", "evidence")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="remittances")
def next_payers_make(request: ClinicRequest) -> HttpResponse:
    """Make the claims to next payers that are due, the oldest first."""
    access = request.access
    due = due_claims()[:MOST]
    made = make_due(access.clinic, access.user, due)
    left = len(due) - len(made)
    words = f"; {left} stay, as no next payer was in force on the day" if left else ""
    count = f"{len(made)} claim{'' if len(made) == 1 else 's'}"
    messages.success(request, f"{count} to next payers made, to be worked in the queue{words}.")
    return redirect("next_payers", access.clinic.slug)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_next_payer(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Make the claim to the payer after this one's, and go to it."""
    access = request.access
    get_object_or_404(Claim.objects.only("id", "clinic_id"), pk=key)
    try:
        made = bill_next(
            access.clinic, key, access.user, because=request.POST.get("because", "")[:200], origin=access.origin
        )
    except NotMadeError as error:
        messages.error(request, f"Not made: {error}.")
        return redirect("claim", access.clinic.slug, key)
    messages.success(request, f"Claim {made.number} to {made.payer_name} made. It goes out when you release it.")
    return redirect("claim", access.clinic.slug, made.pk)


@clinic_page(Can.SEE_CLAIMS, area="claims")
def claim_earlier_answers(request: ClinicRequest, key: UUID) -> HttpResponse:
    """What earlier payers decided on a claim, as PDF: goes with the paper form to the payer billed."""
    from cleanclaim.forms.earlier_answer import render_earlier_answers  # noqa: PLC0415 - loads slowly

    claim = get_object_or_404(Claim, pk=key)
    if claim.record is None:
        raise Http404
    request.access.record("export", "claim", claim.pk, detail="earlier payers' decisions")
    try:
        data = render_earlier_answers(records.Claim.model_validate(claim.record))
    except FormNotPrintableError as error:
        problems = [str(problem) for problem in error.problems]
        context = {"claim": claim, "form": "page of earlier payers' decisions", "problems": problems}
        return render(request, "practice/claims/not_printable.html", context, status=409)
    return pdf(data, f"{claim.number}-earlier-payers.pdf")


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claim_looked_at(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take the mark off a claim that was to be looked at."""
    access = request.access
    get_object_or_404(Claim.objects.only("id", "clinic_id"), pk=key)
    try:
        looked_at(key, access.user)
    except NotMadeError as error:
        messages.error(request, f"Not done: {error}.")
    else:
        access.record("change", "claim", key, detail="looked at")
        messages.success(request, "The mark is off; who took it off is in the claim's history.")
    return redirect("claim", access.clinic.slug, key)
