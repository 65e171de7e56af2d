"""The queue: every claim that waits for somebody, of one clinic or of all that a person works for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cleanclaim.practice import tenancy
from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page, clinics_where, enter, works_in_several
from cleanclaim.practice.engine.claims.building import RECHECKED, visits_to_build
from cleanclaim.practice.engine.claims.last_days import FilingTerms, Lack
from cleanclaim.practice.engine.claims.staleness import outdated
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.keyset import window
from cleanclaim.practice.models import Claim, ClaimFinding, ClaimStatus, User
from cleanclaim.practice.pages.claims.counts import counted
from cleanclaim.practice.pages.claims.filters import ORDER_STEPS, QUEUE_ORDER, Filters, filters_of, narrowed, with_steps
from cleanclaim.practice.pages.claims.undated import undated
from cleanclaim.practice.pages.claims.words import FREQUENCY_WORDS, STATUS_LABELS, Label, is_blocking, worst_first
from cleanclaim.records import Frequency

PAGE = 50
"""Claims on one page."""

_SOON = ORDER_STEPS[0][0]
_LATER = ORDER_STEPS[1][0]


class Shown(NamedTuple):
    """What the queue shows of a claim: no more is read, and no row is made of it. Columns in the order of `_SHOWN`."""

    pk: UUID
    number: str
    status: str
    frequency: str
    payer: str
    payer_name: str
    date_of_service: date
    due_on: date | None
    due_may_be_later: bool
    order: str
    in_network: bool | None
    gaps: list[dict[str, str]]
    unconfirmed: list[str]
    hold_reason: str
    allowed_cents: int | None
    charge_cents: int | None
    left_cents: int
    checked_at: datetime | None
    clinic_id: UUID
    slug: str
    clinic: str
    family_name: str
    given_name: str
    therapist_given_name: str
    therapist_family_name: str

    @property
    def patient(self) -> str:
        """The patient, as lists name them."""
        return f"{self.family_name}, {self.given_name}"


_ELSEWHERE = {"in_network": "coverage__in_network"}
_SHOWN = (
    *(_ELSEWHERE.get(name, name) for name in Shown._fields[: Shown._fields.index("clinic_id") + 1]),
    *("clinic__slug", "clinic__name", "patient__family_name", "patient__given_name"),
    *("therapist__given_name", "therapist__family_name"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as the queue shows it."""

    claim: Shown
    label: Label
    kind: str
    findings: list[ClaimFinding]
    days_left: int | None
    is_outdated: bool
    """A record that its check rests on has changed since."""
    lack: Lack | None
    """Why its last day is not known; nothing where it is, or where it has none."""

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
    elsewhere = works_in_several(access.user, Can.WORK_CLAIMS)
    context = _queue(request, [access], filters, today_at(access.clinic))
    context |= {"to_build": to_build, "has_elsewhere": elsewhere, "may_work": access.may(Can.WORK_CLAIMS)}
    context["is_every_clinic"] = False
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


def _queue(request: HttpRequest, accesses: Sequence[Access], filters: Filters, today: date) -> dict[str, Any]:
    found = counted(filters, today)
    listed = with_steps(narrowed(filters, today), today).only("pk")
    # A claim beside which a part begins may have left the list since: it was released, or set right.
    every = with_steps(Claim.objects.all(), today)
    page = window(listed, QUEUE_ORDER, request.GET.dict(), PAGE, among=every)
    claims = _shown([row.pk for row in page])
    findings = _standing(claims)
    old = outdated(claim for claim in claims if claim.status in RECHECKED)
    terms = {access.clinic.pk: FilingTerms.of(access.clinic) for access in accesses} if found.without_last_day else {}
    shown = [
        _row(claim, findings[claim.pk], today, terms.get(claim.clinic_id), is_outdated=claim.pk in old)
        for claim in claims
    ]
    for access in accesses:
        own = sum(claim.clinic_id == access.clinic.id for claim in claims)
        access.record("list", "claim", detail=f"{own} claims of the queue")
    return {
        "rows": shown,
        "page": page,
        "count": found.claims,
        "pages": f"{page.first:,}–{page.last:,} of {found.claims:,}",
        "filters": filters,
        "choices": found.choices,
        "today": today,
        "worth_cents": found.worth_cents,
        "stake_cents": found.stake_cents,
        "undated": undated(filters, today, terms) if found.without_last_day else [],
        "steps": ORDER_STEPS,
    }


def _shown(keys: Sequence[UUID]) -> list[Shown]:
    """The claims of these keys in their order."""
    rows = Claim.objects.filter(pk__in=keys).order_by().values_list(*_SHOWN)
    found = {row[0]: Shown(*row) for row in rows}
    return [found[key] for key in keys if key in found]


def _standing(claims: Sequence[Shown]) -> dict[UUID, list[ClaimFinding]]:
    """The standing findings of each claim, the worst first; what one says is opened when it is shown."""
    rows = ClaimFinding.objects.filter(claim__in=[claim.pk for claim in claims], ignored_at=None, was_mended=False)
    found: dict[UUID, list[ClaimFinding]] = {claim.pk: [] for claim in claims}
    for row in rows.order_by().only("clinic", "claim", "rule", "severity", "cents", "place", "message"):
        found[row.claim_id].append(row)
    return {key: worst_first(own) for key, own in found.items()}


def _row(
    claim: Shown, findings: list[ClaimFinding], today: date, terms: FilingTerms | None, *, is_outdated: bool
) -> Row:
    return Row(
        claim=claim,
        label=STATUS_LABELS[claim.status],
        kind=FREQUENCY_WORDS[claim.frequency],
        findings=findings,
        days_left=None if claim.due_on is None else (claim.due_on - today).days,
        is_outdated=is_outdated and claim.frequency != Frequency.VOID.value,
        lack=_lack(claim, terms),
    )


def _lack(claim: Shown, terms: FilingTerms | None) -> Lack | None:
    if terms is None or claim.due_on is not None or claim.status == ClaimStatus.SUPERBILL.value:
        return None
    return terms.lack(claim.payer, claim.date_of_service, order=claim.order, in_network=claim.in_network)
