"""The queue: every claim that waits for somebody, of one clinic or of all that a person works for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice import tenancy
from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page, clinics_where, enter
from cleanclaim.practice.engine.building import RECHECKED, visits_to_build
from cleanclaim.practice.engine.checking import today_at
from cleanclaim.practice.engine.staleness import outdated
from cleanclaim.practice.models import Claim, ClaimFinding, ClaimStatus, User
from cleanclaim.practice.pages.claims.counts import counted
from cleanclaim.practice.pages.claims.filters import ORDER_STEPS, Filters, filters_of, in_order, narrowed
from cleanclaim.practice.pages.claims.words import FREQUENCY_WORDS, STATUS_LABELS, Label, is_blocking, standing
from cleanclaim.records import Frequency

PAGE = 50
"""Claims on one page."""

_SOON = ORDER_STEPS[0][0]
_LATER = ORDER_STEPS[1][0]


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as the queue shows it."""

    claim: Claim
    label: Label
    kind: str
    findings: list[ClaimFinding]
    days_left: int | None
    is_outdated: bool
    """A record that its check rests on has changed since."""

    @property
    def worst(self) -> ClaimFinding | None:
        """The finding that hurts most."""
        return self.findings[0] if self.findings else None

    @property
    def is_blocked(self) -> bool:
        """Whether the worst finding holds the claim back."""
        return bool(self.findings) and is_blocking(self.findings[0])

    @property
    def due_tone(self) -> str:
        """The color of the deadline: none for a claim that has gone out."""
        if self.days_left is None or self.claim.status in {ClaimStatus.SUBMITTED.value, ClaimStatus.CLOSED.value}:
            return ""
        return "bad" if self.days_left <= _SOON else "warn" if self.days_left <= _LATER else ""


@clinic_page(Can.SEE_CLAIMS)
def claims(request: ClinicRequest) -> HttpResponse:
    """The queue of one clinic."""
    access = request.access
    filters = filters_of(request.GET)
    to_build = visits_to_build().count() if access.may(Can.WORK_CLAIMS) else 0
    elsewhere = len(clinics_where(access.user, Can.WORK_CLAIMS)) > 1
    context = _queue(request, [access], filters, today_at(access.clinic))
    context |= {"to_build": to_build, "has_elsewhere": elsewhere, "may_work": access.may(Can.WORK_CLAIMS)}
    return render(request, "practice/claims/queue.html", context)


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """The queue over every clinic in which the person works claims. Who works none gets 404."""
    accesses = [access.writing_at_the_end() for access in accesses_of(request)]
    filters = filters_of(request.GET)
    with tenancy.scope([access.clinic.id for access in accesses]):
        context = _queue(request, accesses, filters, max(today_at(access.clinic) for access in accesses))
        context |= {"is_every_clinic": True, "may_work": True}
        page = render(request, "practice/claims/queue.html", context)
        for access in accesses:
            access.write_down()
        return page


def accesses_of(request: HttpRequest) -> list[Access]:
    """The person's access to each clinic where they work claims. Raises `Http404` where there is none."""
    found = clinics_where(cast("User", request.user), Can.WORK_CLAIMS)
    if not found:
        raise Http404
    return [enter(request, clinic.slug) for clinic in sorted(found.values(), key=lambda one: one.name)]


class _Pages(Paginator[UUID]):
    """Pages of keys whose number is known already."""

    def __init__(self, keys: QuerySet[Claim, UUID], count: int) -> None:
        super().__init__(keys, PAGE)
        self.known = count

    @property
    def count(self) -> int:
        """How many claims there are on all pages."""
        return self.known


def _queue(request: HttpRequest, accesses: Sequence[Access], filters: Filters, today: date) -> dict[str, Any]:
    found = counted(filters, today)
    keys = in_order(narrowed(filters, today), today).values_list("pk", flat=True)
    page = _Pages(keys, found.claims).get_page(request.GET.get("page"))
    claims = _with_what_is_shown(list(page))
    old = outdated(claim for claim in claims if claim.status in RECHECKED)
    shown = [_row(claim, today, is_outdated=claim.pk in old) for claim in claims]
    for access in accesses:
        own = sum(row.claim.clinic_id == access.clinic.id for row in shown)
        access.record("list", "claim", detail=f"{own} claims of the queue")
    return {
        "rows": shown,
        "page": page,
        "pages": _words(page),
        "filters": filters,
        "choices": found.choices,
        "today": today,
        "worth_cents": found.worth_cents,
        "stake_cents": found.stake_cents,
        "steps": ORDER_STEPS,
    }


def _with_what_is_shown(keys: Sequence[UUID]) -> list[Claim]:
    """The claims of these keys in their order; what is sealed in them is not read."""
    findings = ClaimFinding.objects.filter(ignored_at=None, was_mended=False).defer("changes")
    rows = (
        Claim.objects.select_related("patient", "visit__therapist", "clinic")
        .prefetch_related(Prefetch("findings", findings))
        .only(*_SHOWN)
        .in_bulk(keys)
    )
    return [rows[key] for key in keys if key in rows]


_SHOWN = (
    *(
        "number", "status", "frequency", "payer_name", "date_of_service", "due_on", "due_may_be_later", "gaps",
        "unconfirmed", "hold_reason", "allowed_cents", "charge_cents", "left_cents", "checked_at", "clinic__slug", "clinic__name",
    ),
    *("patient__clinic", "patient__given_name", "patient__family_name"),
    *("visit__clinic", "visit__therapist__clinic", "visit__therapist__given_name", "visit__therapist__family_name"),
)  # fmt: skip
"""Columns of a row of the queue; notes, records and whatever else a claim holds stay where they are."""


def _row(claim: Claim, today: date, *, is_outdated: bool) -> Row:
    return Row(
        claim=claim,
        label=STATUS_LABELS[claim.status],
        kind=FREQUENCY_WORDS[claim.frequency],
        findings=standing(claim),
        days_left=None if claim.due_on is None else (claim.due_on - today).days,
        is_outdated=is_outdated and claim.frequency != Frequency.VOID.value,
    )


def _words(page: Page[UUID]) -> str:
    return f"{page.start_index():,}–{page.end_index():,} of {page.paginator.count:,}"
