"""What is done to many claims at once: build, check again, fix, hold, set aside, release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cleanclaim.practice import tasks, tenancy
from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.building import PIECE, ask_for_build, build, recheck, visits_to_build
from cleanclaim.practice.engine.filing import release
from cleanclaim.practice.engine.fixing import apply_safe, hold, ignore, stop_holding
from cleanclaim.practice.models import Claim
from cleanclaim.practice.pages.claims.queue import accesses_of
from cleanclaim.practice.pages.claims.words import STATUS_LABELS
from cleanclaim.practice.templatetags.practice import plural

MOST = 200
"""Claims that one action takes at once."""


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claims_build(request: ClinicRequest) -> HttpResponse:
    """Build the claims of every signed visit without one: at once where they are few, else behind the page."""
    access = request.access
    waiting = visits_to_build().count()
    if waiting > PIECE:
        with transaction.atomic():
            job = ask_for_build(access.clinic, access.user)
            access.record("create", "job", job.pk, detail=f"build of {waiting} claims")
            tasks.enqueue(job)
        return redirect("job", access.clinic.slug, job.pk)
    built = build(access.clinic, visits_to_build().values_list("pk", flat=True), access.user, origin=access.origin)
    if not built.made:
        messages.info(request, "Every signed visit has its claim already.")
    else:
        counts: dict[str, int] = defaultdict(int)
        for claim in built.made:
            counts[claim.status] += 1
        told = ", ".join(f"{count} {STATUS_LABELS[status].words.lower()}" for status, count in sorted(counts.items()))
        messages.success(request, f"{plural(len(built.made), 'claim')} built: {told}.")
    return redirect("claims", access.clinic.slug)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="claims")
def claims_act(request: ClinicRequest) -> HttpResponse:
    """Do one thing to the chosen claims of a clinic, and go back to the queue as it was."""
    _act(request, [request.access])
    return redirect(_back(request, reverse("claims", args=[request.access.clinic.slug])))


@require_POST
@login_required
def queue_act(request: HttpRequest) -> HttpResponse:
    """Do one thing to chosen claims of any clinic in which the person works claims."""
    _act(request, accesses_of(request))
    return redirect(_back(request, reverse("queue")))


def _back(request: HttpRequest, otherwise: str) -> str:
    wanted = request.POST.get("back", "")
    own = wanted.startswith("?")
    is_safe = url_has_allowed_host_and_scheme(otherwise + wanted, allowed_hosts={request.get_host()})
    return otherwise + wanted if own and is_safe else otherwise


def _act(request: HttpRequest, accesses: Sequence[Access]) -> None:
    action = ACTIONS.get(request.POST.get("action", ""))
    keys = _keys(request.POST.getlist("claim"))
    reason, rule = request.POST.get("reason", "").strip(), request.POST.get("rule", "").strip().upper()
    if action is None:
        messages.error(request, "Choose what is to be done with the claims.")
        return
    if not keys:
        messages.error(request, "Choose at least one claim.")
        return
    if len(keys) > MOST:
        messages.error(request, f"{len(keys)} claims are chosen; at most {MOST} are taken at once.")
        return
    if action.needs_reason and not reason:
        messages.error(request, f"{action.words} needs a reason.")
        return
    if action.needs_rule and not rule:
        messages.error(request, f"{action.words} needs the code of the finding, such as UN201.")
        return
    by_clinic: dict[UUID, list[UUID]] = defaultdict(list)
    scope = [access.clinic.id for access in accesses]
    with tenancy.scope(scope):
        for key, clinic in Claim.objects.filter(pk__in=keys).values_list("pk", "clinic"):
            by_clinic[clinic].append(key)
    told: list[tuple[int, str]] = []
    for access in accesses:
        own = by_clinic.get(access.clinic.id, [])
        if not own:
            continue
        with tenancy.scope([access.clinic.id]):
            told += action.do(access, own, reason, rule)
            done = f"{action.words}: {len(own)} claims"
            access.record("change", "claim", detail=done)
    for level, words in told:
        messages.add_message(request, level, words)


def _keys(texts: Sequence[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


Told = list[tuple[int, str]]


class Action:
    """One thing that can be done to many claims: what it is called, what it needs, and what does it."""

    def __init__(
        self,
        words: str,
        do: Callable[[Access, list[UUID], str, str], Told],
        *,
        needs_reason: bool = False,
        needs_rule: bool = False,
    ) -> None:
        self.words = words
        self.do = do
        self.needs_reason = needs_reason
        self.needs_rule = needs_rule


def _check_again(access: Access, keys: list[UUID], reason: str, _rule: str) -> Told:
    found = recheck(access.clinic, keys, access.user, why=reason)
    moved = sum(one.status_before != one.claim.status for one in found)
    return [(messages.SUCCESS, f"{plural(len(found), 'claim')} checked again; {moved} with another status now.")]


def _safe_fixes(access: Access, keys: list[UUID], _reason: str, _rule: str) -> Told:
    outcomes = apply_safe(access.clinic, keys, access.user)
    fixes = sum(len(one.changed) for one in outcomes)
    if not outcomes:
        return [(messages.INFO, "None of these claims has a safe fix.")]
    return [
        (
            messages.SUCCESS,
            f"{plural(fixes, 'safe fix,safe fixes')} written into {plural(len(outcomes), 'visit')}.",
        )
    ]


def _hold(access: Access, keys: list[UUID], reason: str, _rule: str) -> Told:
    return [(messages.SUCCESS, f"{plural(len(hold(keys, access.user, reason)), 'claim')} put on hold.")]


def _stop_holding(access: Access, keys: list[UUID], _reason: str, _rule: str) -> Told:
    found = stop_holding(access.clinic, keys, access.user)
    return [(messages.SUCCESS, f"{plural(len(found), 'claim')} taken off hold and checked again.")]


def _ignore(access: Access, keys: list[UUID], reason: str, rule: str) -> Told:
    found = ignore(access.clinic, keys, access.user, because=reason, rule=rule)
    if not found:
        return [(messages.INFO, f"None of these claims has a standing finding of {rule}.")]
    ready = sum(one.claim.status == "ready" and one.status_before != "ready" for one in found)
    return [(messages.SUCCESS, f"{rule} set aside on {plural(len(found), 'claim')}; {ready} of them ready now.")]


def _release(access: Access, keys: list[UUID], _reason: str, _rule: str) -> Told:
    released = release(access.clinic, keys, access.user, origin=access.origin)
    told: Told = [
        (messages.SUCCESS, f"{batch.file_name}: {plural(batch.claims_count, 'claim')} to {batch.payer_name}.")
        for batch in released.batches
    ]
    if released.left_out:
        named = "; ".join(f"{claim.number}: {why}" for claim, why in released.left_out[:5])
        more = f"; and {len(released.left_out) - 5} more" if len(released.left_out) > 5 else ""  # noqa: PLR2004 - named above
        told.append((messages.WARNING, f"{plural(len(released.left_out), 'claim')} stayed. {named}{more}"))
    return told


ACTIONS: dict[str, Action] = {
    "release": Action("Release into files", _release),
    "check": Action("Check again", _check_again),
    "safe": Action("Apply safe fixes", _safe_fixes),
    "hold": Action("Put on hold", _hold, needs_reason=True),
    "unhold": Action("Take off hold", _stop_holding),
    "ignore": Action("Set a finding aside", _ignore, needs_reason=True, needs_rule=True),
}
"""By the value of the form's field."""
