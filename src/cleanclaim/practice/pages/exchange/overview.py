"""What goes out, what comes in, and what of it somebody must look after."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render

from cleanclaim.practice import clock
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.outgoing import overdue
from cleanclaim.practice.engine.exchange.acknowledging import rejections, unmatched
from cleanclaim.practice.engine.exchange.inquiring import unanswered
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import ExchangeConnection, ReceivedFile, Transmission
from cleanclaim.practice.pages.exchange.wording import state_of
from cleanclaim.submission.transmission import TO_SEND, State

PAGE = 50
"""Files on one page."""

_SHOWN = 10
"""Files to be looked after that the overview shows."""


@clinic_page(Can.SEE_CLAIMS, area="batches")
def exchange(request: ClinicRequest) -> HttpResponse:
    """The overview: the connection, what needs somebody, what went out, what came in."""
    access = request.access
    sent = Transmission.objects.select_related("batch").defer("content", "batch__content")
    page = Paginator(sent, PAGE).get_page(request.GET.get("page"))
    received = ReceivedFile.objects.select_related("remittance_file").defer("content", "remittance_file__content")
    came = Paginator(received, PAGE).get_page(request.GET.get("came"))
    late = list(overdue(clock.now()).select_related("batch").defer("content", "batch__content")[: _SHOWN + 1])
    counts = Transmission.objects.aggregate(
        waits=Count("pk", filter=Q(state__in=[state.value for state in TO_SEND])),
        silent=Count("pk", filter=Q(state=State.SENT.value)),
    )
    access.record("list", "transmission", detail=f"{len(page)} sent, {len(came)} received")
    context = {
        "connection": ExchangeConnection.objects.defer("password", "private_key").first(),
        "page": page,
        "rows": [(row, state_of(row.state, by_hand=row.by_hand)) for row in page],
        "came": came,
        "late": [(row, state_of(row.state, by_hand=row.by_hand)) for row in late[:_SHOWN]],
        "more_late": len(late) > _SHOWN,
        "counts": counts,
        "returned_count": rejections().values("claim").distinct().count(),
        "unmatched_count": unmatched().count(),
        "silent_count": unanswered(today_at(access.clinic)).count(),
        "may_work": access.may(Can.WORK_CLAIMS),
        "may_set_up": access.may(Can.SET_UP),
    }
    return render(request, "practice/exchange/exchange.html", context)
