"""A whole clinic packed, or read in from its file, behind the page: all of it, or nothing.

Either is one piece of work on one state of the database, so a worker that was killed has left nothing behind, and
whoever runs the job again begins anew.
"""

from __future__ import annotations

from typing import IO

from django.db import transaction
from django.utils import timezone

from cleanclaim.practice import audit_trail, tenancy
from cleanclaim.practice.engine.jobs import carrying
from cleanclaim.practice.engine.jobs.job_files import keep_file, open_file
from cleanclaim.practice.engine.jobs.job_steps import alive
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Clinic, Job, JobFile, JobStatus, User

PACK = "clinic export"
UNPACK = "clinic import"


def ask_to_pack(clinic: Clinic, user: User) -> Job:
    """Write down that a clinic in scope is to be packed into one file. `run_pack` does it."""
    job: Job = Job.objects.create(clinic=clinic, kind=PACK, total=1, asked_by=user, place={}, result={})
    return job


def ask_to_unpack(owned: Clinic, user: User, *, slug: str, file: IO[bytes]) -> Job:
    """Keep a clinic's file, and write down that it is to be read in. `run_unpack` does it.

    Args:
        owned: a clinic in scope that the person owns, in whose company the new one will be.
        user: who reads it in, and will own it.
        slug: the new clinic's address.
        file: the file, at its beginning.
    """
    job: Job = Job.objects.create(clinic=owned, kind=UNPACK, total=1, asked_by=user, place={"slug": slug}, result={})
    keep_file(job, f"{slug}.cleanclaim.zip", file, is_result=False)
    return job


def run_pack(job: Job) -> None:
    """Pack the job's clinic as it stands at one moment; the file is the job's."""
    _begin(job)
    with alive(job), tenancy.scope([job.clinic_id]):
        packed = carrying.pack(job.clinic)
    with packed.file, transaction.atomic(), tenancy.scope([job.clinic_id]):
        name = f"{job.clinic.slug}-{today_at(job.clinic).isoformat()}.cleanclaim.zip"
        size = keep_file(job, name, packed.file, is_result=True)
        _finish(job, {"rows": sum(packed.counts.values()), "bytes": size})


def run_unpack(job: Job) -> None:
    """Read the job's file in as a new clinic, in one transaction with what the job tells of it."""
    _begin(job)
    with alive(job), open_file(job, is_result=False) as file:
        try:
            with transaction.atomic():
                clinic, counts = carrying.unpack(file, job.clinic.company, job.place["slug"], job.asked_by)
                rows = sum(counts.values())
                with tenancy.scope([clinic.pk]):
                    detail = f"{rows} rows from a clinic's file"
                    audit_trail.record(clinic.pk, job.asked_by, "create", "clinic", clinic.pk, detail=detail)
                with tenancy.scope([job.clinic_id]):
                    _finish(job, {"rows": rows, "tables": sum(bool(count) for count in counts.values()),
                                  "address": f"/c/{clinic.slug}/setup/", "label": f"Open {clinic.name}"})  # fmt: skip
        except carrying.CarriedFileError as error:
            with transaction.atomic(), tenancy.scope([job.clinic_id]):
                _finish(job, {"said": f"{error}."}, status=JobStatus.FAILED)


def _begin(job: Job) -> None:
    with transaction.atomic(), tenancy.scope([job.clinic_id]):
        Job.objects.filter(pk=job.pk).update(status=JobStatus.RUNNING.value, heartbeat_at=timezone.now())


def _finish(job: Job, result: dict[str, object], status: JobStatus = JobStatus.DONE) -> None:
    """Tell what came of it; the file that the job read is needed no more. The job's clinic is in scope."""
    JobFile.objects.filter(job=job, is_result=False).delete()
    Job.objects.filter(pk=job.pk).update(
        status=status.value, done=1, total=1, result=result, heartbeat_at=timezone.now()
    )
