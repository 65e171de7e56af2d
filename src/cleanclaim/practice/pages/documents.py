"""Stored documents: orders, cards, signed notices, explanations of benefits. Sealed, and only ever downloaded.

What a file is is told by its first bytes, not by its name or by what the browser says. No file's own name is kept in
clear or sent back: names of files are full of names of people.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Document
from cleanclaim.practice.pages.document_form import DocumentForm
from cleanclaim.practice.pages.document_kinds import BEGINS
from cleanclaim.practice.pages.patients.entering import form_page, patient_or_404
from cleanclaim.practice.sealing import Plain


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def upload(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Add a document of a patient."""
    patient = patient_or_404(key)
    initial = {"dated": today_at(request.access.clinic), "kind": request.GET.get("kind", "")}
    form = DocumentForm(request.POST or None, request.FILES or None, initial=initial)
    if not form.is_bound or not form.is_valid():
        title = f"Add a document of {patient}"
        return form_page(request, form, title=title, patient=patient, submit="Save", more={"has_file": True})
    data, media = form.cleaned_data["file"]
    document = Document.objects.create(
        clinic=request.access.clinic,
        patient=patient,
        kind=form.cleaned_data["kind"],
        dated=form.cleaned_data["dated"],
        media_type=media,
        size=len(data),
        content=Plain(data),
        title=form.cleaned_data["title"] or None,
        stored_by=request.user,
    )
    request.access.record("create", "document", document.id, detail=f"{document.kind}, {len(data)} bytes")
    messages.success(request, "The document is stored.")
    return redirect("patient", request.access.clinic.slug, patient.pk)


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
def download(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The document as a download. It is never shown inside a page: what it holds came from outside."""
    document = Document.objects.filter(pk=key).first()
    if document is None:
        raise Http404
    request.access.record("read", "document", document.id, detail=document.kind)
    ending = next(ending for _begins, media, ending in BEGINS if media == document.media_type)
    name = "-".join(part for part in (document.kind, document.dated.isoformat() if document.dated else "") if part)
    return HttpResponse(
        document.content.data,
        content_type=document.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{ending}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@require_POST
@clinic_page(Can.EDIT_PATIENTS, Can.SET_UP, area="patients")
def remove(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Remove a document that was stored by mistake, of another patient say. That it was there stays in the trail."""
    document = Document.objects.defer("content").filter(pk=key).first()
    if document is None:
        raise Http404
    patient = document.patient_id
    request.access.record("delete", "document", document.id, detail=f"{document.kind}, {document.size} bytes")
    document.delete()
    messages.success(request, "The document was removed.")
    return redirect("patient", request.access.clinic.slug, patient)


urlpatterns = [
    path("patients/<uuid:key>/documents/new/", upload, name="document_new"),
    path("documents/<uuid:key>/", download, name="document"),
    path("documents/<uuid:key>/remove/", remove, name="document_remove"),
]
