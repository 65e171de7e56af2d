"""Large files of payments, posted behind the page: payment by payment, each whole, going on where a worker stopped."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.payments.remitting import PostedFile, post
from cleanclaim.practice.models import Clinic, Job, JobStatus, RemittanceFile, User
from cleanclaim.records.remittance import Remittance

POST = "post"
"""The kind of a job that posts a file of payments."""

LARGE = 1024 * 1024
"""Bytes of a file that is posted behind the page: some three thousand claims."""


def claims_in(data: bytes) -> int:
    """About how many claims a file of payments holds, without reading it."""
    separator = data[3:4] if data.startswith(b"ISA") else b"*"
    return data.count(b"CLP" + separator)


def ask_for_posting(clinic: Clinic, user: User, file: RemittanceFile) -> Job:
    """Write down that a file is to be posted. `run_post` does it."""
    total = claims_in(file.content.data)
    job: Job = Job.objects.create(
        clinic=clinic, kind=POST, total=total, asked_by=user, place={"file": str(file.pk)}, result={}
    )
    return job


def run_post(job: Job) -> None:
    """Post a job's file, as a person has asked. The job's clinic need not be in scope yet."""
    post_behind(job, is_alone=False)


def post_behind(job: Job, *, is_alone: bool) -> None:
    """Post a job's file; where nobody looks (`is_alone`), only what needs nobody.

    Payments that were posted before, by anybody, are passed over, so that a job may run twice; each counts when it is
    done. The job's clinic need not be in scope yet.
    """
    with tenancy.scope([job.clinic_id]):
        held = Job.objects.select_related("clinic", "asked_by").get(pk=job.pk)
        file = RemittanceFile.objects.get(pk=UUID(held.place["file"]))
        Job.objects.filter(pk=held.pk).update(
            status=JobStatus.RUNNING.value, done=0, heartbeat_at=timezone.now(), changed_at=timezone.now()
        )

        def advance(record: Remittance) -> None:
            row = Job.objects.select_for_update().get(pk=held.pk)
            row.done = min(row.done + len(record.claims), row.total)
            row.heartbeat_at = timezone.now()
            row.save(update_fields=["done", "heartbeat_at", "changed_at"])

        found = post(held.clinic, held.asked_by, file, advance=advance, is_alone=is_alone)
        with transaction.atomic():
            row = Job.objects.select_for_update().get(pk=held.pk)
            row.done, row.status, row.result = row.total, JobStatus.DONE.value, _result(found, file, is_alone=is_alone)
            row.heartbeat_at = timezone.now()
            row.save()


def _result(found: PostedFile, file: RemittanceFile, *, is_alone: bool) -> dict[str, int | str | list[list[str]]]:
    """What became of the payments, and where to go on: to them, or to what is left for a person."""
    left = [*found.left, *found.refused]
    result: dict[str, int | str | list[list[str]]] = {
        "payments posted": len(found.posted),
        "payments posted before": len(found.known),
        "payments left to a person" if is_alone else "payments refused": len(left),
        "claims to next payers": len(found.next_claims),
        "address": reverse("remittances", args=[file.clinic.slug]),
        "label": "See the payments",
    }
    if left:
        result["stayed_because"] = [[record.trace_number, why] for record, why in left]
    if left and is_alone:
        result["address"] = reverse("remittance_file", args=[file.clinic.slug, file.pk])
        result["label"] = "Look at what is left"
    return result
