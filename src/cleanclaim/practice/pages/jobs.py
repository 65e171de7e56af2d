"""Work behind the pages: how far a job is, what became of it, and the file that it made."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.acting_on_many import ACT
from cleanclaim.practice.engine.claims.building import BUILD
from cleanclaim.practice.engine.jobs.carry_jobs import PACK
from cleanclaim.practice.engine.jobs.import_jobs import BRING_IN, READ, rejections_of
from cleanclaim.practice.engine.jobs.job_files import name_of, parts_of
from cleanclaim.practice.models import Job, JobStatus

_DOWNLOADED = (PACK,)
"""Kinds of jobs whose file is downloaded."""

_GOES_ON = {
    ACT: ("claims", "To the claims"),
    BUILD: ("claims", "To the claims"),
    BRING_IN: ("patients", "To the patients"),
    PACK: ("exports", "To the data taken out"),
}
"""Where a person goes from a job that is over: the page's name, and the button's words."""

_SHOWN = 200
"""Rows that cannot be used, of a file that was read."""

_DONE_STATUSES = frozenset({JobStatus.DONE.value, JobStatus.FAILED.value})


@clinic_page(Can.SEE_PATIENTS)
def job(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One job: whole page, or the part that asks for itself again while the job goes on."""
    found = get_object_or_404(Job.objects.select_related("asked_by"), pk=key)
    is_over = found.status in _DONE_STATUSES
    context = {
        "job": found,
        "is_over": is_over,
        "tally": tally(found),
        "file": name_of(found, is_result=True)
        if is_over and found.kind in _DOWNLOADED and _own(request, found)
        else None,
        "said": found.result.get("said", ""),
        "stayed": found.result.get("stayed_because", ()),
        "goes_on": _GOES_ON.get(found.kind),
    }
    if is_over and found.kind in {READ, BRING_IN} and request.access.may(Can.EDIT_PATIENTS):
        request.access.record("read", "job", found.pk, detail="rows that cannot be used")
        context |= {
            "rejections": rejections_of(found)[:_SHOWN],
            "may_bring_in": found.kind == READ
            and bool(found.result.get("rows that can come in"))
            and name_of(found, is_result=False) is not None,
        }
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "practice/jobs/part.html" if is_part else "practice/jobs/job.html", context)


@require_POST
@clinic_page(Can.EXPORT, Can.MANAGE_PEOPLE)
def job_file(request: ClinicRequest, key: UUID) -> HttpResponseBase:
    """The file that a job made, to who asked for it; the download is written into the audit log."""
    found = get_object_or_404(Job, pk=key, status=JobStatus.DONE.value, kind__in=_DOWNLOADED)
    name = name_of(found, is_result=True)
    if name is None or not _own(request, found):
        raise Http404
    request.access.record("export", "job", found.pk, detail=f"{found.kind}: {found.result.get('rows', 0)} rows")
    return StreamingHttpResponse(
        parts_of(found, is_result=True),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(found.result["bytes"])},
    )


def _own(request: ClinicRequest, job: Job) -> bool:
    return job.asked_by_id == request.user.pk


def tally(job: Job) -> list[tuple[str, int]]:
    """The counts among what a job tells, by their names in words."""
    counts = ((name.replace("_", " "), value) for name, value in sorted(job.result.items()))
    return [(name, value) for name, value in counts if isinstance(value, int) and not isinstance(value, bool)]


urlpatterns: list[URLPattern] = [
    path("jobs/<uuid:key>/", job, name="job"),
    path("jobs/<uuid:key>/file/", job_file, name="job_file"),
]
