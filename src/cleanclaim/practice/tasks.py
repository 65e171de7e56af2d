"""Work behind the pages: jobs that a worker takes from the database, and that go on where a killed one stopped.

A job is asked for in the same transaction as what it is about. Its runner does it piece by piece, each in a
transaction of its own that writes down the piece, the progress and the place reached; so whoever runs the job again
goes on behind it, and two that run it at once wait for each other's pieces.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus, task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from cleanclaim.practice import audit_anchor, clock, tenancy
from cleanclaim.practice.models import Clinic, Job, JobFile, JobStatus

log = logging.getLogger(__name__)

RUNNERS: dict[str, str] = {
    "build": "cleanclaim.practice.engine.claims.building.run_build",
    "post": "cleanclaim.practice.engine.payments.posting_jobs.run_post",
    "post balanced": "cleanclaim.practice.engine.payments.posting_alone.run_post_balanced",
    "exchange": "cleanclaim.practice.engine.exchange.sending.run_exchange",
    "claims": "cleanclaim.practice.engine.claims.acting_on_many.run_act",
    "import preview": "cleanclaim.practice.engine.jobs.import_jobs.run_read",
    "import": "cleanclaim.practice.engine.jobs.import_jobs.run_bring_in",
    "clinic export": "cleanclaim.practice.engine.jobs.carry_jobs.run_pack",
    "clinic import": "cleanclaim.practice.engine.jobs.carry_jobs.run_unpack",
}
"""The function that does a kind of job. It takes the job, opens its own scope, and leaves it done or raises."""

STALE = timedelta(seconds=60)
"""A job that has said nothing for so long was left by its worker."""

FILES_KEPT = timedelta(days=7)
"""How long the files of jobs are kept."""

_PAUSE = 1.0
_LOOK_ROUND = 15.0
_DUE = (
    "cleanclaim.practice.engine.exchange.sending.due_exchanges",
    "cleanclaim.practice.engine.payments.posting_alone.due_postings",
)
"""Functions that write down the jobs that are due: exchanges with clearinghouses, and payments that need nobody."""
_IS_TO_BE_LOOKED_FOR = "cleanclaim.practice.engine.exchange.undecided.is_to_be_looked_for"
_LOOK = "cleanclaim.practice.engine.exchange.undecided.look"
"""Whether a clinic is looked through today for claims without an answer, and the look."""
_KEEP = "cleanclaim.practice.engine.patients.kept_readiness.keep_of_those_in_care"
"""What patients in care still lack, asked before anybody opens their pages."""
_ANCHOR = 3600.0


def enqueue(job: Job) -> None:
    """Have a worker do a job; in the transaction that made it. Raises `KeyError` for a kind that nobody runs."""
    if job.kind not in RUNNERS:
        raise KeyError(f"no runner for jobs of the kind {job.kind!r}")
    run_job.enqueue(str(job.clinic_id), str(job.pk))


@task()
def run_job(clinic: str, job: str) -> None:
    """Do a job from where it is. One that fails says so, with the kind of the error and none of its data."""
    scope = [UUID(clinic)]
    with transaction.atomic(), tenancy.scope(scope):
        held = Job.objects.filter(pk=job).first()
    if held is None or held.status in {JobStatus.DONE.value, JobStatus.FAILED.value}:
        return
    runner: Callable[[Job], None] = import_string(RUNNERS[held.kind])
    try:
        runner(held)
    except Exception as error:
        log.exception("job %s of the kind %s failed", job, held.kind)
        with transaction.atomic(), tenancy.scope(scope):
            Job.objects.filter(pk=job).update(
                status=JobStatus.FAILED.value, result={"problem": type(error).__name__}, changed_at=timezone.now()
            )


def recover(*, stale: timedelta = STALE, now: datetime | None = None) -> int:
    """Hand out again the jobs that a killed worker left; says how many."""
    silent_since = (now or timezone.now()) - stale
    found = 0
    for clinic in Clinic.objects.values_list("id", flat=True):
        with transaction.atomic(), tenancy.scope([clinic]):
            left = Job.objects.select_for_update(skip_locked=True).filter(
                Q(heartbeat_at__lt=silent_since) | Q(heartbeat_at=None, changed_at__lt=silent_since),
                status__in=[JobStatus.WAITING.value, JobStatus.RUNNING.value],
                kind__in=RUNNERS,
            )
            for job in left:
                of_job = DBTaskResult.objects.filter(task_path=run_job.module_path, args_kwargs__args__1=str(job.pk))
                if of_job.filter(status=TaskResultStatus.READY).exists():
                    continue
                of_job.filter(status=TaskResultStatus.RUNNING).update(
                    status=TaskResultStatus.FAILED, finished_at=timezone.now()
                )
                job.heartbeat_at = timezone.now()
                job.save(update_fields=["heartbeat_at"])
                enqueue(job)
                found += 1
    return found


def ask_for_what_is_due() -> int:
    """Hand out the jobs that come round by themselves: exchanges, and payments to post. Says how many."""
    found = 0
    for path in _DUE:
        jobs: list[Job] = import_string(path)(clock.now())
        for job in jobs:
            with transaction.atomic(), tenancy.scope([job.clinic_id]):
                enqueue(job)
        found += len(jobs)
    return found


@task()
def look_through(clinic: str) -> None:
    """The first work of a clinic's day: take up what nobody has answered, and ask what patients in care lack."""
    with tenancy.scope([UUID(clinic)]):
        for done in (_LOOK, _KEEP):
            import_string(done)(Clinic.objects.get(pk=clinic))


def look_through_clinics() -> int:
    """Have each clinic looked through once a day, from the first moment of its own day on. Says how many now."""
    found = 0
    for clinic in Clinic.objects.order_by("slug"):
        with transaction.atomic(), tenancy.scope([clinic.id]):
            if import_string(_IS_TO_BE_LOOKED_FOR)(clinic):
                look_through.enqueue(str(clinic.id))
                found += 1
    return found


def drop_old_files(*, now: datetime | None = None) -> int:
    """Remove what jobs read and made once nobody may want it any more; says how many parts."""
    before = (now or timezone.now()) - FILES_KEPT
    found = 0
    for clinic in Clinic.objects.values_list("id", flat=True):
        with transaction.atomic(), tenancy.scope([clinic]):
            found += JobFile.objects.filter(changed_at__lt=before).delete()[0]
    return found


def work(*, until_empty: bool = False, pause: float = _PAUSE) -> None:
    """Take jobs until Ctrl-C or SIGTERM, or, with `until_empty`, until there are no more."""
    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"cleanclaim-{time.time_ns()}",
        excluded_queue_names=[],
    )
    worker.configure_signals()
    looked_round = anchored = float("-inf")
    while worker.running:
        if time.monotonic() - looked_round > _LOOK_ROUND:
            recover()
            ask_for_what_is_due()
            look_through_clinics()
            looked_round = time.monotonic()
        if time.monotonic() - anchored > _ANCHOR:
            audit_anchor.append_heads(audit_anchor.anchor_path())
            drop_old_files()
            anchored = time.monotonic()
        worker.run()
        if until_empty:
            return
        time.sleep(pause)
