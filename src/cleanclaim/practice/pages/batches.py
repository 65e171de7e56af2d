"""Claim files: what was released, by payer; each with its claims, its content and its forms."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim import records
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.claim_file_view import segments_of
from cleanclaim.practice.engine.claims.filing import is_production, release
from cleanclaim.practice.engine.claims.outgoing import taken_by_hand
from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import Batch, Claim, ClaimStatus
from cleanclaim.practice.pages.claims.papers import pdf
from cleanclaim.practice.pages.claims.words import FREQUENCY_WORDS, STATUS_LABELS
from cleanclaim.practice.templatetags.practice import plural

PAGE = 50
"""Files, or claims of a file, on one page."""

_NEWEST_FIRST = (By("created_at", descending=True), By("pk"))

MOST = 1000
"""Claims of one payer that are released at once; a file may hold more, and the next release takes the rest."""

_SHOWN_SEGMENTS = 400


@clinic_page(Can.SEE_CLAIMS)
def batches(request: ClinicRequest) -> HttpResponse:
    """Files made so far, and what waits to be released, by payer."""
    access = request.access
    files = Batch.objects.select_related("made_by").defer("content")
    page = window(files, _NEWEST_FIRST, request.GET.dict(), PAGE)
    waiting = (
        Claim.objects.filter(status=ClaimStatus.READY.value)
        .order_by()
        .values("payer")
        .annotate(
            claims=Count("pk"),
            lacking=Count("pk", filter=~Q(gaps=[])),
            charge_cents=Sum(Coalesce("charge_cents", 0)),
            payer_name=Min("payer_name"),
        )
        .order_by("payer_name")
    )
    access.record("list", "batch", detail=f"{len(page)} files")
    context = {
        "page": page,
        "count": Batch.objects.count(),
        "waiting": list(waiting),
        "may_work": access.may(Can.WORK_CLAIMS),
        "is_production": is_production(access.clinic),
        "may_switch": access.may(Can.MANAGE_PEOPLE),
    }
    return render(request, "practice/batches/batches.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def batches_release(request: ClinicRequest) -> HttpResponse:
    """Release every ready claim of one payer, or of all."""
    access = request.access
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[])
    payer = request.POST.get("payer", "")
    if payer:
        ready = ready.filter(payer=payer)
    released = release(
        access.clinic, ready.order_by("due_on", "pk").values_list("pk", flat=True)[:MOST], access.user,
        origin=access.origin,
    )  # fmt: skip
    if len(released.batches) == 1:
        [batch] = released.batches
        messages.success(request, f"{batch.file_name}: {plural(batch.claims_count, 'claim')} to {batch.payer_name}.")
    elif released.batches:
        claims = plural(sum(batch.claims_count for batch in released.batches), "claim")
        messages.success(request, f"{plural(len(released.batches), 'file')} made of {claims}.")
    for claim, why in released.left_out[:10]:
        messages.warning(request, f"{claim.number} stayed: {why}.")
    if len(released.left_out) > 10:  # noqa: PLR2004 - named above
        messages.warning(request, f"{plural(len(released.left_out) - 10, 'claim')} more stayed.")
    if not released.batches and not released.left_out:
        messages.info(request, "No claim is ready to be released.")
    return redirect("batches", access.clinic.slug)


@clinic_page(Can.SEE_CLAIMS, area="batches")
def batch(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One file: what it holds, and its claims."""
    found = get_object_or_404(Batch.objects.select_related("made_by").defer("content"), pk=key)
    claims = found.claims.select_related("patient", "visit__therapist").defer("record", "questions", "evidence")
    page = window(claims, (By("number"), By("pk")), request.GET.dict(), PAGE)
    request.access.record("read", "batch", found.pk, detail=f"{len(page)} of {found.claims_count} claims")
    rows = [(claim, STATUS_LABELS[claim.status], FREQUENCY_WORDS[claim.frequency]) for claim in page]
    context = {
        "batch": found,
        "page": page,
        "count": found.claims_count,
        "rows": rows,
        "may_work": request.access.may(Can.WORK_CLAIMS),
    }
    return render(request, "practice/batches/batch.html", context)


@clinic_page(Can.SEE_CLAIMS, area="batches")
def batch_content(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The file's segments with their words; the first ones of a long file."""
    found = get_object_or_404(Batch, pk=key)
    segments = segments_of(found.content.data)
    request.access.record("read", "batch", found.pk, detail="content")
    context = {"batch": found, "segments": segments[:_SHOWN_SEGMENTS], "more": max(0, len(segments) - _SHOWN_SEGMENTS)}
    return render(request, "practice/batches/content.html", context)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def batch_download(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The file as it was made; that it was taken is written down."""
    found = get_object_or_404(Batch, pk=key)
    if found.downloaded_at is None:
        found.downloaded_at = timezone.now()
        found.save_if_unchanged(found.version, "downloaded_at")
        taken_by_hand(found, request.access.user)
    request.access.record("export", "batch", found.pk, detail=f"{found.claims_count} claims")
    return HttpResponse(
        found.content.data,
        content_type="application/edi-x12",
        headers={"Content-Disposition": f'attachment; filename="{found.file_name}"'},
    )


@clinic_page(Can.SEE_CLAIMS, area="batches")
def batch_forms(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The claims of a file on CMS-1500 forms, as one PDF: copies, or with `?style=data` for pre-printed sheets."""
    from cleanclaim.forms.cms1500 import Style, fill_form, render_forms  # noqa: PLC0415 - PDFs load slowly

    found = get_object_or_404(Batch.objects.defer("content"), pk=key)
    style = Style.DATA if request.GET.get("style") == Style.DATA.value else Style.COPY
    rows = found.claims.exclude(record=None).order_by("number")
    forms = [fill_form(records.Claim.model_validate(claim.record)) for claim in rows]
    printable = [form for form in forms if not form.problems]
    request.access.record("export", "batch", found.pk, detail=f"CMS-1500 of {len(printable)} claims")
    if len(printable) < len(forms):
        left = [str(problem) for form in forms for problem in form.problems]
        messages.warning(request, f"Not on the forms: {'; '.join(left[:5])}.")
    if not printable:
        return redirect("batch", request.access.clinic.slug, found.pk)
    return pdf(render_forms(printable, style=style), f"{found.file_name.removesuffix('.837')}-cms1500.pdf")


urlpatterns: list[URLPattern] = [
    path("files/", batches, name="batches"),
    path("files/release/", batches_release, name="batches_release"),
    path("files/<uuid:key>/", batch, name="batch"),
    path("files/<uuid:key>/content/", batch_content, name="batch_content"),
    path("files/<uuid:key>/download/", batch_download, name="batch_download"),
    path("files/<uuid:key>/forms.pdf", batch_forms, name="batch_forms"),
]
