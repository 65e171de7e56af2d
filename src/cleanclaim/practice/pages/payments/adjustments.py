"""Money of payments that belongs to no claim of theirs, by payer and reference: what is announced, taken, and even."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.models import Claim, PayerAdjustment
from cleanclaim.practice.pages.accounts.entering import tabs
from cleanclaim.practice.pages.payments.counting import counts
from cleanclaim.practice.pages.payments.words import adjustment_words

PAGE = 50
"""References on one page."""


@dataclass(frozen=True, slots=True)
class _Group:
    """What one payer took and added under one reference; `cents` is what remains: above 0 it took more."""

    payer: str
    reference: str
    claim: Claim | None
    rows: list[PayerAdjustment]
    cents: int


@clinic_page(Can.SEE_CLAIMS, area="remittances")
def payer_adjustments(request: ClinicRequest) -> HttpResponse:
    """What payers took and added, those first that are not even."""
    access = request.access
    groups: dict[tuple[str, str], list[PayerAdjustment]] = defaultdict(list)
    rows = PayerAdjustment.objects.filter(remittance__unposted_at=None).select_related("remittance", "claim")
    for row in rows.defer("claim__record", "claim__questions", "claim__evidence").order_by(
        "remittance__paid_on", "created_at", "segment"
    ):
        row.words = adjustment_words(row.reason)
        payer = row.remittance.payer_identifier or row.remittance.payer_name
        # A claim's number is enough to tell what belongs together, whatever the payer puts behind it.
        told = str(row.claim_id) if row.claim_id else row.reference
        groups[payer, told].append(row)
    found = [
        _Group(
            own[-1].remittance.payer_name,
            own[-1].reference,
            next((row.claim for row in own if row.claim is not None), None),
            own,
            sum(row.cents for row in own),
        )
        for own in groups.values()
    ]
    found.sort(key=lambda group: (not group.cents, -abs(group.cents), group.payer, group.reference))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    access.record("list", "remittance", detail=f"{len(page)} references of payers' adjustments")
    context = {
        "tabs": tabs(access, "remittances"),
        "tab": "adjustments",
        "page": page,
        "owed_cents": -sum(group.cents for group in found if group.cents < 0),
        "taken_cents": sum(group.cents for group in found if group.cents > 0),
        **counts(),
    }
    return render(request, "practice/remittances/adjustments.html", context)
