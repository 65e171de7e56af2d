"""Letters to payers: proposed, read and changed by a person, seen as they will be printed, kept as they were made."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.follow_up import appeals
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.engine.follow_up.letter_words import argument_for, enclosures_for
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import LIVE_STATES, Letter, WorkKind
from cleanclaim.practice.pages.claims.papers import pdf
from cleanclaim.practice.pages.follow_up.case import find

_DISPUTED = (WorkKind.DENIAL.value, WorkKind.UNDERPAYMENT.value, WorkKind.TAKEN_TWICE.value)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_letter(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write a letter about a claim's denied or underpaid lines: a GET proposes it, a POST shows or keeps it."""
    access = request.access
    claim = find(key)
    live = claim.work_items.filter(state__in=LIVE_STATES, kind__in=_DISPUTED).select_related("answer__remittance")
    items = list(live.defer("answer__answer").order_by("line", "kind"))
    filed = appeals.filed_of(claim)
    today = today_at(access.clinic)
    wanted = request.POST.get("step") or request.GET.get("step", "")
    found = appeals.ways(claim, items, filed, today)
    way = next((one for one in found if one.step == wanted), found[0] if found else None)
    if way is None:
        raise Http404
    items = [item for item in items if appeals.is_about(way, item)]
    named = request.POST.getlist("item")
    chosen = [item for item in items if not named or str(item.pk) in named]
    made = appeals.strategy_for(claim, max(chosen, key=lambda item: item.cents), filed) if chosen else None
    approval = filed.record.prior_authorization
    is_reopening = way.step == appeals.REOPENING
    proposed = argument_for(chosen, made, is_reopening=is_reopening, approval=approval) if chosen else ""
    argument = request.POST.get("argument", proposed)[:8000]
    enclosures = request.POST.get("enclosures", "\n".join(enclosures_for(claim, chosen, way.step)))[:2000]
    context = {
        "claim": claim,
        "items": [(item, item in chosen) for item in items],
        "way": way,
        "ways": found,
        "note": appeals.terms_for(claim, items[0].noticed_on or claim.date_of_service).note,
        "argument": argument,
        "enclosures": enclosures,
        "has_address": appeals.payer_address(claim, filed.record) is not None,
        "problem": "",
    }
    if request.method == "POST":
        from cleanclaim.forms.appeal_letter import render_appeal_letter  # noqa: PLC0415 - loads slowly

        try:
            letter = appeals.compose(
                claim, chosen, filed, way, argument=argument, enclosures=enclosures.splitlines(), written_on=today
            )
            data = render_appeal_letter(letter)
            if request.POST.get("action") != "keep":
                access.record("read", "claim", claim.pk, detail="letter shown")
                return pdf(data, f"{claim.number}-letter.pdf")
            appeals.require_filled_in(argument)
            kept = appeals.keep(claim, [item.pk for item in chosen], access.user, way, data)
        except (NotDoneError, FormNotPrintableError) as error:
            context["problem"] = str(error)
        else:
            access.record("create", "letter", kept.pk, detail=way.step)
            messages.success(request, f"Kept as {way.title.lower()}. Sign it, and send it with what is enclosed.")
            return redirect("follow_up_case", access.clinic.slug, claim.pk)
    access.record("read", "claim", claim.pk, detail="letter")
    status = 409 if context["problem"] else 200
    return render(request, "practice/follow_up/letter.html", context, status=status)


@clinic_page(Can.SEE_CLAIMS, area="follow_up")
def letter_pdf(request: ClinicRequest, key: UUID) -> HttpResponse:
    """A letter as it was made, as PDF."""
    letter = get_object_or_404(Letter.objects.select_related("claim"), pk=key)
    request.access.record("export", "letter", letter.pk, detail=letter.step)
    return pdf(letter.content.data, f"{letter.claim.number}-{letter.step.replace(' ', '-')}.pdf")
