"""The pieces of a job: each in a transaction of its own, written down with its progress and the place reached.

A worker that is killed loses at most one piece; whoever runs the job again goes on behind `place`, and two that run it
at once wait for each other's pieces.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Job, JobStatus

_BEAT = 15.0
"""Seconds between signs of life of a piece that takes long."""


def run_pieces(job: Job, piece: Callable[[Job], bool]) -> None:
    """Do a job piece by piece until there is no more.

    Args:
        job: the job; its clinic need not be in scope yet.
        piece: does the next piece of the job, whose row is locked and whose clinic is in scope; changes `place`, `done`
            and `result`, which are saved with it; says whether it found anything to do.
    """
    more = True
    while more:
        with transaction.atomic(), tenancy.scope([job.clinic_id]):
            held = Job.objects.select_for_update(of=("self",)).select_related("clinic", "asked_by").get(pk=job.pk)
            if held.status in {JobStatus.DONE.value, JobStatus.FAILED.value}:
                return
            more = piece(held)
            held.status = JobStatus.RUNNING.value if more else JobStatus.DONE.value
            held.total = max(held.total, held.done)
            held.heartbeat_at = timezone.now()
            held.save()


@contextmanager
def alive(job: Job) -> Iterator[None]:
    """Give signs of life of a job while one long piece of it is done, on a connection of its own."""
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(job, over), name=f"job-{job.pk}", daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _beat(job: Job, over: threading.Event) -> None:
    while not over.wait(_BEAT):
        try:
            with transaction.atomic(), tenancy.scope([job.clinic_id]):
                Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now())
        except DatabaseError:
            # SQLite lets nobody write while the piece itself does; the next sign comes after it.
            continue
        finally:
            connection.close()
