"""Data out: every table as CSV or Parquet, and the whole clinic as one file."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from cleanclaim.practice import tasks
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.jobs import tables
from cleanclaim.practice.engine.jobs.carry_jobs import ask_to_pack
from cleanclaim.practice.engine.judging.checking import today_at

CSV, PARQUET = "csv", "parquet"


@clinic_page(Can.EXPORT, area="setup")
def exports(request: ClinicRequest) -> HttpResponse:
    """Every table with how many rows it has."""
    listed = [(table, tables.count_of(table), len(table.columns)) for table in tables.tables().values()]
    context = {"tables": listed, "may_carry": request.access.may(Can.MANAGE_PEOPLE), "left_out": tables.LEFT_OUT}
    return render(request, "practice/exports/exports.html", context)


@require_POST
@clinic_page(Can.EXPORT, area="setup")
def table(request: ClinicRequest, name: str, form: str) -> HttpResponseBase:
    """One table as a file. It is a change of the audit log, so it is posted."""
    found = tables.tables().get(name)
    if found is None or form not in {CSV, PARQUET}:
        raise Http404
    clinic = request.access.clinic
    request.access.record("export", found.name, detail=f"{tables.count_of(found)} rows as {form}")
    rows = tables.rows_of(clinic.pk, found.model)
    response: HttpResponseBase
    if form == CSV:
        response = StreamingHttpResponse(tables.csv_lines(found, rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(tables.parquet(found, rows), content_type="application/vnd.apache.parquet")
    file_name = f"{clinic.slug}-{found.name}-{today_at(clinic).isoformat()}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


@require_POST
@clinic_page(Can.EXPORT, Can.MANAGE_PEOPLE, area="setup")
def whole(request: ClinicRequest) -> HttpResponse:
    """Have the whole clinic packed into one file, for taking it elsewhere. Only its owner may."""
    access = request.access
    with transaction.atomic():
        job = ask_to_pack(access.clinic, access.user)
        access.record("create", "job", job.pk, detail="whole clinic to be packed")
        tasks.enqueue(job)
    return redirect("job", access.clinic.slug, job.pk)


urlpatterns: list[URLPattern] = [
    path("exports/", exports, name="exports"),
    path("exports/whole/", whole, name="export_whole"),
    path("exports/<slug:name>.<slug:form>", table, name="export_table"),
]
