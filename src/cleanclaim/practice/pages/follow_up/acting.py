"""What is done in a case: calls noted, a corrected claim begun, the patient asked, amounts given up, items ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.exchange import receipt_days
from cleanclaim.practice.engine.follow_up import appeals, following_up
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError
from cleanclaim.practice.models import LIVE_STATES, Claim, WorkItem
from cleanclaim.practice.pages.follow_up.case import find
from cleanclaim.practice.templatetags.practice import plural


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_note(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Note a call, or anything else that is to be remembered."""
    claim = find(key)
    access = request.access
    values = request.POST

    def do() -> str:
        following_up.write_down(
            access.clinic,
            claim,
            access.user,
            text=values.get("text", ""),
            spoke_with=values.get("spoke_with", ""),
            reference=values.get("reference", ""),
            follow_up_on=_day(values.get("follow_up_on", ""), "the day to follow up"),
            is_call=values.get("kind") != "note",
        )
        return "Noted."

    return _done(request, claim, "note", do)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_correct(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Begin the claim that replaces this one, and go to it."""
    claim = find(key)
    access = request.access
    try:
        made = following_up.correct(access.clinic, claim, access.user, request.POST.get("reference", ""))
    except NotDoneError as error:
        messages.error(request, f"Not done: {error}.")
        return redirect("follow_up_case", access.clinic.slug, claim.pk)
    access.record("create", "claim", made.pk, detail="replacement")
    messages.success(request, f"Replacement {made.number} begun. Mend it here; it goes out when you release it.")
    return redirect("claim", access.clinic.slug, made.pk)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_give_up(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write the chosen lines off, for a stated reason; a large amount waits for the owner."""
    claim = find(key)
    access = request.access

    def do() -> str:
        return following_up.give_up(
            access.clinic,
            claim,
            _chosen(request, claim),
            access.user,
            reason=request.POST.get("reason", ""),
            because=request.POST.get("because", ""),
            decides_alone=access.may(Can.MANAGE_PEOPLE),
            origin=access.origin,
        )

    return _done(request, claim, "given up", do)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_end(request: ClinicRequest, key: UUID) -> HttpResponse:
    """End the chosen items: the patient owes them (group PR only), or for a stated reason."""
    claim = find(key)
    access = request.access
    is_patients = request.POST.get("how") == "patient"

    def do() -> str:
        keys = _chosen(request, claim)
        if is_patients:
            count = following_up.to_patient(access.clinic, keys, access.user)
            return f"{plural(count, 'item')} left to the patient; the account asks for it."
        count = following_up.close(access.clinic, keys, access.user, request.POST.get("because", ""))
        return f"{plural(count, 'item')} closed. What is open stays open in the ledger."

    return _done(request, claim, "ended", do)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_decided(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Note that the payer decided against a step of appeal: the next one counts from that day."""
    claim = find(key)
    access = request.access

    def do() -> str:
        on = _day(request.POST.get("on", ""), "the day of the decision")
        if on is None:
            raise NotDoneError("expected the day of the decision")
        count = appeals.decided(claim, _chosen(request, claim), access.user, on, request.POST.get("text", ""))
        return f"Noted. {plural(count, 'item')} can go to the next step."

    return _done(request, claim, "decision", do)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_received(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Keep the day on which the payer's portal says that it received the claim; an empty day takes it back."""
    claim = find(key)
    access = request.access

    def do() -> str:
        on = _day(request.POST.get("on", ""), "the day of receipt")
        receipt_days.write_down(access.clinic, claim, access.user, on, origin=access.origin)
        return "The day is kept." if on else "The day is no longer kept."

    return _done(request, claim, "day of receipt", do)


def _chosen(request: ClinicRequest, claim: Claim) -> Iterable[UUID]:
    """The live items of the claim that the form names; all of them where it names none."""
    own = set(WorkItem.objects.filter(claim=claim, state__in=LIVE_STATES).values_list("pk", flat=True))
    named = request.POST.getlist("item")
    return [key for key in own if not named or str(key) in named]


def _day(text: str, what: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise NotDoneError(f"{what}: expected a date such as 2026-09-25") from error


def _done(request: ClinicRequest, claim: Claim, what: str, do: Callable[[], str]) -> HttpResponse:
    """Do it, write the trail, and go back to the case with what came of it."""
    access = request.access
    try:
        words = do()
    except NotDoneError as error:
        messages.error(request, f"Not done: {error}.")
    else:
        access.record("change", "claim", claim.pk, detail=f"follow-up: {what}")
        messages.success(request, words)
    return redirect("follow_up_case", access.clinic.slug, claim.pk)
