"""Money of payments that belongs to no claim of theirs, by payer and reference: what is announced, taken, and even."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.follow_up.recoupments import Standing, groups
from cleanclaim.practice.models import Claim, PayerAdjustment
from cleanclaim.practice.pages.accounts.entering import tabs
from cleanclaim.practice.pages.payments.counting import counts
from cleanclaim.practice.pages.payments.words import adjustment_words

PAGE = 50
"""References on one page."""


@dataclass(frozen=True, slots=True)
class _Group:
    """What one payer took, added and was sent for one claim or reference; `cents` is what remains of it.

    Above 0 it took more than it announced; `twice_cents` of that had gone to it by check.
    """

    payer: str
    claim: Claim | None
    rows: list[tuple[PayerAdjustment, str]]
    standing: Standing
    cents: int
    announced_cents: int
    twice_cents: int

    @classmethod
    def of(cls, one: Standing) -> _Group:
        """A group as the page shows it."""
        named = next((row.claim for row in one.rows if row.claim is not None), None)
        told = [(row, adjustment_words(row.reason)) for row in one.rows]
        settled = one.settled
        return cls(
            one.rows[-1].remittance.payer_name, named, told, one, one.left_cents, settled.announced_cents,
            settled.twice_cents,
        )  # fmt: skip


@clinic_page(Can.SEE_CLAIMS, area="remittances")
def payer_adjustments(request: ClinicRequest) -> HttpResponse:
    """What payers took and added, those first that are not even."""
    access = request.access
    found = [_Group.of(one) for one in groups()]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    access.record("list", "remittance", detail=f"{len(page)} references of payers' adjustments")
    context = {
        "tabs": tabs(access, "remittances"),
        "tab": "adjustments",
        "page": page,
        "owed_cents": -sum(group.cents for group in found if group.cents < 0),
        "taken_cents": sum(group.cents for group in found if group.cents > 0),
        "may_work": access.may(Can.WORK_CLAIMS),
        **counts(),
    }
    return render(request, "practice/remittances/adjustments.html", context)
