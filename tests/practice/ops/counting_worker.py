"""A worker process whose jobs count slowly, for the test that kills one."""

from __future__ import annotations

import time

from cleanclaim.practice import serving

serving.set_up()

from django.db import transaction  # noqa: E402 - after the settings are there
from django.utils import timezone  # noqa: E402

from cleanclaim.practice import tenancy  # noqa: E402
from cleanclaim.practice.models import Job, JobStatus  # noqa: E402

PIECES = 30


def count(job: Job) -> None:
    """One number a piece, written down with the place."""
    while True:
        with transaction.atomic(), tenancy.scope([job.clinic_id]):
            held = Job.objects.select_for_update().get(pk=job.pk)
            counted = [*held.result.get("counted", []), held.place.get("next", 0)]
            held.result, held.place, held.done = {"counted": counted}, {"next": counted[-1] + 1}, len(counted)
            held.status = JobStatus.DONE.value if held.done == PIECES else JobStatus.RUNNING.value
            held.heartbeat_at = timezone.now()
            held.save()
        if held.status == JobStatus.DONE.value:
            return
        time.sleep(0.02)
