"""Work behind the pages: how far a job is, and what became of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.models import Job, JobStatus

_DONE_STATUSES = frozenset({JobStatus.DONE.value, JobStatus.FAILED.value})


@clinic_page(Can.SEE_PATIENTS)
def job(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One job: whole page, or the part that asks for itself again while the job goes on."""
    found = get_object_or_404(Job.objects.select_related("asked_by"), pk=key)
    context = {"job": found, "is_over": found.status in _DONE_STATUSES, "tally": tally(found)}
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "practice/jobs/part.html" if is_part else "practice/jobs/job.html", context)


def tally(job: Job) -> list[tuple[str, int]]:
    """The counts among what a job tells, by their names in words."""
    counts = ((name.replace("_", " "), value) for name, value in sorted(job.result.items()))
    return [(name, value) for name, value in counts if isinstance(value, int) and not isinstance(value, bool)]


urlpatterns: list[URLPattern] = [path("jobs/<uuid:key>/", job, name="job")]
