"""What is done to many claims at once: build, check again, fix, hold, set aside, release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cleanclaim.practice import tasks, tenancy
from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.acting_on_many import ACTIONS, Came, Wish, act, ask
from cleanclaim.practice.engine.claims.building import PIECE, ask_for_build, build, visits_to_build
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Claim, Job
from cleanclaim.practice.pages.claims.filters import filters_of, in_order, narrowed
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
    """Do one thing to the chosen claims of a clinic, or to all that pass the filters, and go back to the queue."""
    for job in _act(request, [request.access]):
        return redirect("job", request.access.clinic.slug, job.pk)
    return redirect(_back(request, reverse("claims", args=[request.access.clinic.slug])))


@require_POST
@login_required
def queue_act(request: HttpRequest) -> HttpResponse:
    """Do one thing to chosen claims, or all that pass the filters, of any clinic in which the person works claims."""
    jobs = _act(request, accesses_of(request))
    if len(jobs) == 1:
        return redirect("job", jobs[0].clinic.slug, jobs[0].pk)
    return redirect(_back(request, reverse("queue")))


def _back(request: HttpRequest, otherwise: str) -> str:
    wanted = request.POST.get("back", "")
    own = wanted.startswith("?")
    is_safe = url_has_allowed_host_and_scheme(otherwise + wanted, allowed_hosts={request.get_host()})
    return otherwise + wanted if own and is_safe else otherwise


def _act(request: HttpRequest, accesses: Sequence[Access]) -> list[Job]:
    """Do it to the chosen claims at once, or to all that pass the filters behind the page; returns the jobs."""
    wish = Wish(
        request.POST.get("action", ""),
        request.POST.get("reason", "").strip(),
        request.POST.get("rule", "").strip().upper(),
    )
    is_all = request.POST.get("which") == "all"
    keys = _keys(request.POST.getlist("claim"))
    action = ACTIONS.get(wish.action)
    if action is None:
        problem = "Choose what is to be done with the claims."
    elif not is_all and not keys:
        problem = "Choose at least one claim."
    elif not is_all and len(keys) > MOST:
        problem = f"{len(keys)} claims are chosen; at most {MOST} are taken at once."
    else:
        problem = action.lacks(wish)
    if problem:
        messages.error(request, problem)
        return []
    return _ask_for_all(request, accesses, wish) if is_all else _act_at_once(request, accesses, wish, keys)


def _act_at_once(request: HttpRequest, accesses: Sequence[Access], wish: Wish, keys: Sequence[UUID]) -> list[Job]:
    by_clinic: dict[UUID, list[UUID]] = defaultdict(list)
    with tenancy.scope([access.clinic.id for access in accesses]):
        for key, clinic in Claim.objects.filter(pk__in=keys).values_list("pk", "clinic"):
            by_clinic[clinic].append(key)
    told: list[tuple[int, str]] = []
    for access in accesses:
        own = by_clinic.get(access.clinic.id, [])
        if own:
            with tenancy.scope([access.clinic.id]):
                came = act(access.clinic, own, access.user, wish, origin=access.origin)
                told += WORDS[wish.action](came, wish)
    for level, words in told:
        messages.add_message(request, level, words)
    return []


def _ask_for_all(request: HttpRequest, accesses: Sequence[Access], wish: Wish) -> list[Job]:
    filters = filters_of(QueryDict(request.POST.get("back", "").removeprefix("?")))
    jobs = []
    for access in accesses:
        today = today_at(access.clinic)
        with transaction.atomic(), tenancy.scope([access.clinic.id]):
            keys = list(in_order(narrowed(filters, today), today).values_list("pk", flat=True))
            if not keys:
                continue
            job = ask(access.clinic, keys, access.user, wish)
            access.record("create", "job", job.pk, detail=f"{ACTIONS[wish.action].words}: {len(keys)} claims")
            tasks.enqueue(job)
            jobs.append(job)
    if not jobs:
        messages.info(request, "No claim passes these filters.")
    elif len(jobs) > 1:
        claims = plural(sum(job.total for job in jobs), "claim")
        messages.success(request, f"{ACTIONS[wish.action].words}: {claims} of {len(jobs)} clinics, behind the page.")
    return jobs


def _keys(texts: Sequence[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


Told = list[tuple[int, str]]


def _checked_again(came: Came, _wish: Wish) -> Told:
    counts = came.counts
    claims = plural(counts["checked again"], "claim")
    return [(messages.SUCCESS, f"{claims} checked again; {counts['with another status now']} with another status now.")]


def _made_safe(came: Came, _wish: Wish) -> Told:
    fixes, visits = came.counts["safe fixes made"], came.counts["visits changed"]
    if not visits:
        return [(messages.INFO, "None of these claims has a safe fix.")]
    return [(messages.SUCCESS, f"{plural(fixes, 'safe fix,safe fixes')} written into {plural(visits, 'visit')}.")]


def _held(came: Came, _wish: Wish) -> Told:
    return [(messages.SUCCESS, f"{plural(came.counts['put on hold'], 'claim')} put on hold.")]


def _off_hold(came: Came, _wish: Wish) -> Told:
    return [(messages.SUCCESS, f"{plural(came.counts['taken off hold'], 'claim')} taken off hold and checked again.")]


def _set_aside(came: Came, wish: Wish) -> Told:
    found = came.counts["finding set aside"]
    if not found:
        return [(messages.INFO, f"None of these claims has a standing finding of {wish.rule}.")]
    ready = came.counts["ready now"]
    return [(messages.SUCCESS, f"{wish.rule} set aside on {plural(found, 'claim')}; {ready} of them ready now.")]


def _released(came: Came, _wish: Wish) -> Told:
    told: Told = [
        (messages.SUCCESS, f"{batch.file_name}: {plural(batch.claims_count, 'claim')} to {batch.payer_name}.")
        for batch in came.files
    ]
    if came.stayed:
        named = "; ".join(f"{number}: {why}" for number, why in came.stayed[:5])
        more = f"; and {len(came.stayed) - 5} more" if len(came.stayed) > 5 else ""  # noqa: PLR2004 - named above
        told.append((messages.WARNING, f"{plural(len(came.stayed), 'claim')} stayed. {named}{more}"))
    return told


WORDS: dict[str, Callable[[Came, Wish], Told]] = {
    "release": _released,
    "check": _checked_again,
    "safe": _made_safe,
    "hold": _held,
    "unhold": _off_hold,
    "ignore": _set_aside,
}
"""What came of an action in words, by the action."""
