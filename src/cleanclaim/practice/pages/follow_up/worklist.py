"""The worklist: everything that is to be followed up, of one clinic or of all that a person works for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cleanclaim.practice import tenancy
from cleanclaim.practice.access import CAPABILITIES, Access, Can, ClinicRequest, clinic_page, clinics_where
from cleanclaim.practice.engine.exchange.undecided import take_up
from cleanclaim.practice.engine.follow_up.following_up import NotDoneError, assign, close
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.worklist.follow_up_rules import chosen_rules, threshold_of
from cleanclaim.practice.engine.worklist.what_waits import Waiting, what_waits
from cleanclaim.practice.engine.worklist.work_items import OFF_THE_LIST
from cleanclaim.practice.keyset import window
from cleanclaim.practice.models import Claim, Membership, Proposal, ProposalState, Role, User, WorkItem
from cleanclaim.practice.pages.claims.queue import accesses_of
from cleanclaim.practice.pages.claims.words import Label
from cleanclaim.practice.pages.follow_up.filters import (
    CASE,
    GROUPS,
    RANKING,
    SMALL,
    TO_DO,
    Filters,
    choices_of,
    filters_of,
    grouped,
    narrowed,
    ranked,
    small_of,
)
from cleanclaim.practice.pages.follow_up.words import (
    CAUSE_WORDS,
    FORESIGHT_LABELS,
    KIND_LABELS,
    ROUTE_WORDS,
    STATE_LABELS,
    code_words,
    item_words,
)
from cleanclaim.practice.templatetags.practice import plural

PAGE = 50
"""Cases on one page."""
MOST = 200
"""Cases that one action takes at once."""
_SOON, _LATER = 7, 30


@dataclass(frozen=True, slots=True)
class Case:
    """Items of one claim that are alike, as the worklist shows them."""

    claim: Claim
    items: list[WorkItem]
    cents: int
    due_on: date | None
    days_left: int | None

    @property
    def first(self) -> WorkItem:
        """The dearest item, which speaks for the case."""
        return self.items[0]

    @property
    def value(self) -> str:
        """What names the case in a form."""
        return CASE.of(self.first)

    @property
    def kind(self) -> Label:
        """What kind it is."""
        return KIND_LABELS[self.first.kind]

    @property
    def code(self) -> str:
        """Group and reason as the payer writes them."""
        return code_words(self.first.group, self.first.reason)

    @property
    def words(self) -> str:
        """Why, in a few words."""
        return item_words(self.first)

    @property
    def route(self) -> str:
        """What is done next."""
        return ROUTE_WORDS.get(self.first.route, "")

    @property
    def cause(self) -> str:
        """Whose doing it was."""
        return CAUSE_WORDS.get(self.first.cause, "")

    @property
    def foresight(self) -> Label | None:
        """Whether our checks objected."""
        return FORESIGHT_LABELS.get(self.first.foresight)

    @property
    def state(self) -> Label:
        """How far it is."""
        return STATE_LABELS[self.first.state]

    @property
    def tone(self) -> str:
        """The color of the last day."""
        if self.days_left is None or self.first.settled_on is not None:
            return ""
        return "bad" if self.days_left <= _SOON else "warn" if self.days_left <= _LATER else ""


@clinic_page(Can.SEE_CLAIMS)
def follow_up(request: ClinicRequest) -> HttpResponse:
    """The worklist of one clinic."""
    access = request.access
    filters = filters_of(request.GET)
    context = _worklist(request, [access], filters, today_at(access.clinic), access.user)
    context |= {
        "may_work": access.may(Can.WORK_CLAIMS),
        "has_elsewhere": len(clinics_where(access.user, Can.WORK_CLAIMS)) > 1,
        "people": people_of(access),
        "proposals": Proposal.objects.filter(state=ProposalState.PROPOSED.value).count(),
        "may_set_up": access.may(Can.SET_UP),
    }
    if context.get("small", {}).get("items"):
        context["threshold"] = threshold_of(chosen_rules(access.clinic))
    return render(request, "practice/follow_up/worklist.html", context)


@login_required
def follow_up_everywhere(request: HttpRequest) -> HttpResponse:
    """The worklist over every clinic in which the person works claims. Who works none gets 404."""
    accesses = accesses_of(request)
    filters = filters_of(request.GET)
    user = cast("User", request.user)
    with tenancy.scope([access.clinic.id for access in accesses]):
        context = _worklist(request, accesses, filters, max(today_at(access.clinic) for access in accesses), user)
        context |= {"is_every_clinic": True, "may_work": True, "people": [(user.pk, f"{user.name} (me)")]}
        return render(request, "practice/follow_up/worklist.html", context)


def people_of(access: Access) -> list[tuple[UUID, str]]:
    """Those of the clinic who work claims, by name; who asks comes first."""
    roles = [role.value for role in Role if Can.WORK_CLAIMS in CAPABILITIES[role]]
    rows = Membership.objects.filter(clinic=access.clinic, role__in=roles).select_related("user")
    found = sorted({(row.user_id, row.user.name) for row in rows}, key=lambda one: (one[0] != access.user.pk, one[1]))
    return [(key, f"{name} (me)" if key == access.user.pk else name) for key, name in found]


def _worklist(
    request: HttpRequest, accesses: Sequence[Access], filters: Filters, today: date, user: User
) -> dict[str, Any]:
    rows = narrowed(filters, today, user)
    totals = rows.aggregate(cents=Sum("cents"), items=Count("pk"))
    context: dict[str, Any] = {
        "filters": filters,
        "choices": choices_of(filters, today, user),
        "today": today,
        "total_cents": totals["cents"] or 0,
        "items": totals["items"],
        "tiles": _tiles(today) if filters.state == TO_DO and not filters.is_narrowed and not filters.by else [],
        "groups_by": [(words, filters.address(by=by), filters.by == by) for by, words in GROUPS.items()],
    }
    if filters.by:
        found = grouped(rows, filters.by, None if filters.size else small_of(filters, today, user))
        context["groups"] = [(one, filters.address(by="", **{filters.by: one.value})) for one in found]
        context["count"] = sum(one.items for one in found)
        context["has_small"] = any(one.small_cents for one in found)
        shown = 0
    else:
        # A case beside which a part begins may have left the list since: it was settled, or given to somebody else.
        every = ranked(WorkItem.objects.order_by(), today)
        page = window(ranked(rows, today), RANKING, request.GET.dict(), PAGE, among=every, key=CASE)
        cases = _cases(page.rows, rows, today)
        context |= {"page": page, "cases": cases, "count": rows.values(*CASE.names).distinct().count()}
        if filters.state == TO_DO and not filters.size:
            off = small_of(filters, today, user).aggregate(items=Count("pk"), cents=Sum("cents"))
            context["small"] = off | {"address": filters.address(size=SMALL)}
        shown = len(cases)
    for access in accesses:
        access.record("list", "work item", detail=f"{shown} cases of the worklist")
    return context


def _tiles(today: date) -> list[tuple[str, str, Waiting]]:
    """What waits, by kind and by nearness: words and the filter that shows it; kinds without any are left out."""
    *kinds, soon = what_waits(today).items
    found = [(KIND_LABELS[one.kind].words, f"?kind={one.kind}", one) for one in kinds]
    return [one for one in (*found, ("Due within 7 days", "?deadline=week", soon)) if one[2].claims]


def _cases(values: Sequence[dict[str, Any]], rows: Any, today: date) -> list[Case]:  # noqa: ANN401 - items to choose of
    """The cases of a page with their claims and items: two queries, whatever their number."""
    keys = {value["claim_id"] for value in values}
    claims = {
        claim.pk: claim
        for claim in Claim.objects.filter(pk__in=keys)
        .select_related("patient", "clinic")
        .defer("record", "questions", "evidence")
    }
    items: dict[tuple[Any, ...], list[WorkItem]] = defaultdict(list)
    for item in rows.filter(claim__in=keys).select_related("assigned_to").order_by("-cents", "line"):
        items[item.claim_id, item.kind, item.group, item.reason].append(item)
    return [
        Case(
            claim=claims[value["claim_id"]],
            items=items[value["claim_id"], value["kind"], value["group"], value["reason"]],
            cents=value["total"],
            due_on=value["nearest"],
            days_left=None if value["nearest"] is None else (value["nearest"] - today).days,
        )
        for value in values
    ]


# --- with many at once ----------------------------------------------------------------------------------------


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_look(request: ClinicRequest) -> HttpResponse:
    """Take up claims without an answer, and those that were returned."""
    access = request.access
    silent, returned = take_up(access.clinic, access.user)
    access.record("create", "work item", detail=f"{silent} unanswered, {returned} returned")
    if silent or returned:
        messages.success(request, f"Taken up: {silent} without an answer, {returned} rejected.")
    else:
        messages.info(request, "Nothing new: every claim is answered, or went out lately.")
    return redirect("follow_up", access.clinic.slug)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="follow_up")
def follow_up_act(request: ClinicRequest) -> HttpResponse:
    """Do one thing to the chosen cases of a clinic, and go back to the worklist as it was."""
    _act(request, [request.access])
    return redirect(_back(request, reverse("follow_up", args=[request.access.clinic.slug])))


@require_POST
@login_required
def follow_up_everywhere_act(request: HttpRequest) -> HttpResponse:
    """Do one thing to chosen cases of any clinic in which the person works claims."""
    _act(request, accesses_of(request))
    return redirect(_back(request, reverse("follow_up_everywhere")))


def _back(request: HttpRequest, otherwise: str) -> str:
    wanted = request.POST.get("back", "")
    is_safe = url_has_allowed_host_and_scheme(otherwise + wanted, allowed_hosts={request.get_host()})
    return otherwise + wanted if wanted.startswith("?") and is_safe else otherwise


def _act(request: HttpRequest, accesses: Sequence[Access]) -> None:
    """Assign or close the chosen cases, clinic by clinic."""
    chosen = [text.split("|") for text in request.POST.getlist("claim")[:MOST]]
    action, _, person = request.POST.get("action", "").partition(":")
    if action not in {"assign", "close"} or not chosen:
        messages.error(request, "Choose cases, and what is to be done with them.")
        return
    done = 0
    try:
        to = UUID(person) if person else None
        wanted = {(UUID(claim), kind, group, reason) for claim, kind, group, reason in chosen}
    except ValueError:
        messages.error(request, "Choose cases of this list.")
        return
    for access in accesses:
        with tenancy.scope([access.clinic.id]):
            rows = WorkItem.objects.filter(claim__in={one[0] for one in wanted})
            rows = rows.filter(OFF_THE_LIST) if request.POST.get("size") == SMALL else rows.exclude(OFF_THE_LIST)
            keys = [
                pk for pk, *told in rows.values_list("pk", "claim", "kind", "group", "reason") if tuple(told) in wanted
            ]
            if not keys:
                continue
            try:
                if action == "assign":
                    count = assign(access.clinic, keys, access.user, to)
                else:
                    count = close(access.clinic, keys, access.user, request.POST.get("reason", ""))
            except NotDoneError as error:
                messages.error(request, f"Not done: {error}.")
                return
            access.record("change", "work item", detail=f"{action}: {count} items")
            done += count
    messages.success(request, f"{plural(done, 'item')} {'given out' if action == 'assign' else 'closed'}.")
