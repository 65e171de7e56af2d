"""Files that came in: read one by hand, see what it says and of whom, take it out as it came."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.exchange.acknowledging import says_of, take
from cleanclaim.practice.models import ReceivedFile
from cleanclaim.practice.pages.exchange.wording import STANDINGS
from cleanclaim.practice.templatetags.practice import plural

PAGE = 50
"""Claims of a file on one page."""

MOST_BYTES = 8 * 1024 * 1024
"""The largest file that is taken by hand."""


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def received_read(request: ClinicRequest) -> HttpResponse:
    """Read an answer by hand, as where the clinic has no connection."""
    access = request.access
    upload = request.FILES.get("file")
    if upload is None or not upload.size:
        messages.error(request, "Choose a file first.")
        return redirect("exchange", access.clinic.slug)
    if upload.size > MOST_BYTES:
        messages.error(request, f"The file has {upload.size:,} bytes; at most {MOST_BYTES:,} are taken at once.")
        return redirect("exchange", access.clinic.slug)
    known = ReceivedFile.objects.count()
    file = take(access.clinic, access.user, upload.name or "file", upload.read(), origin=access.origin)
    if ReceivedFile.objects.count() == known:
        messages.info(request, "This file was read before; nothing changed.")
    elif not file.kinds:
        messages.error(request, "Nothing that is known was found in this file. It is kept.")
    else:
        messages.success(request, f"{', '.join(file.kinds)}: {plural(file.matched, 'answer')} found what they answer.")
    return redirect("received", access.clinic.slug, file.pk)


@clinic_page(Can.SEE_CLAIMS, area="batches")
def received(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One file: what it says of files and claims of ours, and what could not be read."""
    access = request.access
    file = get_object_or_404(ReceivedFile.objects.select_related("read_by").defer("content"), pk=key)
    reports = file.claim_reports.select_related("claim__patient", "answer").defer(
        "record", "claim__record", "claim__questions", "claim__evidence"
    )
    page = Paginator(reports.order_by("segment", "control_number"), PAGE).get_page(request.GET.get("page"))
    access.record("read", "received file", file.pk, detail=f"{len(page)} claims")
    context = {
        "file": file,
        "answers": file.batch_answers.select_related("transmission").defer("transmission__content"),
        "page": page,
        "rows": [(row, STANDINGS[row.standing], says_of(row)) for row in page],
        "may_work": access.may(Can.WORK_CLAIMS),
    }
    return render(request, "practice/exchange/received.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def received_download(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The file as it came."""
    file = get_object_or_404(ReceivedFile, pk=key)
    request.access.record("export", "received file", file.pk, detail=f"{file.size} bytes")
    name = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in file.name)
    return HttpResponse(
        file.content.data,
        content_type="application/edi-x12",
        headers={"Content-Disposition": f'attachment; filename="{name[-100:]}"'},
    )
