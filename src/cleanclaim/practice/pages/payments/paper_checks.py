"""A check on paper, claim by claim: which claim comes next, and what was typed of the check so far."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.models import Claim, FileKind, Remittance
from cleanclaim.practice.pages.accounts.entering import tabs
from cleanclaim.practice.pages.payments.counting import counts

_SHOWN = 20
"""Claims that are listed of one patient, the latest first."""
_LONGEST = 50


@require_GET
@clinic_page(Can.WORK_CLAIMS, area="remittances")
def paper_check(request: ClinicRequest) -> HttpResponse:
    """Find a filed claim by its number or its patient's, to type in what a paper answer says of it."""
    access = request.access
    text, check, dated = (request.GET.get(name, "").strip()[:_LONGEST] for name in ("q", "check", "dated"))
    found: list[Claim] = []
    if text:
        filed = Claim.objects.exclude(batch=None).filter(Q(number__iexact=text) | Q(patient__number__iexact=text))
        found = list(filed.select_related("patient").defer("record").order_by("-date_of_service", "number")[:_SHOWN])
        access.record("list", "claim", detail=f"{len(found)}, for an answer on paper")
    typed = Remittance.objects.filter(unposted_at=None, file__kind=FileKind.PAPER.value, trace_number=check)
    context = {
        "tabs": tabs(access, "remittances"),
        "tab": "paper",
        "may_work": True,
        "q": text,
        "check": check,
        "dated": dated,
        "found": found,
        "query": urlencode({"check": check, "dated": dated}) if check else "",
        "so_far": typed.aggregate(count=Count("pk"), cents=Sum("amount_cents")) if check else None,
        **counts(),
    }
    return render(request, "practice/remittances/paper_check.html", context)


def address_of_check(slug: str, check: str, dated: date) -> str:
    """Where the next claim of a check is looked for."""
    return f"{reverse('paper_check', args=[slug])}?{urlencode({'check': check, 'dated': dated.isoformat()})}"
