"""A file on its way out, and the button that has a worker send and fetch now."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice import tasks
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.outgoing import (
    NotToBeSentError,
    has_connection,
    it_arrived,
    send_by_connection,
)
from cleanclaim.practice.engine.exchange.sending import ask_for_exchange
from cleanclaim.practice.models import JobStatus, Transmission
from cleanclaim.practice.pages.exchange.wording import state_of
from cleanclaim.submission.transmission import State


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def exchange_now(request: ClinicRequest) -> HttpResponse:
    """Have a worker send what waits and fetch what is there."""
    access = request.access
    if not has_connection():
        messages.error(request, "There is no connection that is switched on.")
        return redirect("exchange", access.clinic.slug)
    job = ask_for_exchange(access.clinic, access.user)
    if job.status == JobStatus.WAITING.value and job.heartbeat_at is None:
        tasks.enqueue(job)
    access.record("create", "job", job.pk, detail="exchange")
    return redirect("job", access.clinic.slug, job.pk)


@clinic_page(Can.SEE_CLAIMS, area="batches")
def transmission(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One file: where it is, what was said of it, what can be done."""
    access = request.access
    rows = Transmission.objects.select_related("batch", "made_by").defer("content", "batch__content")
    row = get_object_or_404(rows, pk=key)
    access.record("read", "transmission", row.pk)
    waits_for_hand = row.by_hand and row.state == State.PREPARED.value
    context = {
        "row": row,
        "told": state_of(row.state, by_hand=row.by_hand),
        "answers": row.answers.select_related("file").defer("file__content").order_by("created_at", "segment"),
        "inquiries": row.inquiries.select_related("coverage__patient", "claim__patient").order_by("trace")[:200],
        "can_send": has_connection() and (waits_for_hand or row.state in {State.SENT.value, State.IN_DOUBT.value}),
        "can_settle": row.state == State.IN_DOUBT.value,
        "may_work": access.may(Can.WORK_CLAIMS),
    }
    return render(request, "practice/exchange/transmission.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def transmission_send(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Have a file sent by the connection, as it was made."""
    access = request.access
    get_object_or_404(Transmission.objects.only("pk"), pk=key)
    try:
        row = send_by_connection(key, access.user, origin=access.origin)
    except NotToBeSentError as error:
        messages.error(request, f"Not sent: {error}.")
    else:
        messages.success(request, f"{row.file_name} goes out with the next exchange, as it was made.")
    return redirect("transmission", access.clinic.slug, key)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def transmission_arrived(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Somebody knows that a file in doubt arrived."""
    access = request.access
    get_object_or_404(Transmission.objects.only("pk"), pk=key)
    try:
        row = it_arrived(key, access.user, origin=access.origin)
    except NotToBeSentError as error:
        messages.error(request, f"Not settled: {error}.")
    else:
        messages.success(request, f"{row.file_name} counts as sent.")
    return redirect("transmission", access.clinic.slug, key)
