"""Payments that came in by the exchange and need nobody, posted by a worker where the clinic has switched that on.

What a person would have to decide on stays for a person; the trail says what was posted so, and for whom.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.payments.posting_jobs import claims_in, post_behind
from cleanclaim.practice.models import Clinic, FollowUpRules, Job, ReceivedFile, RemittanceFile

POST_BALANCED = "post balanced"
"""The kind of a job that posts of a file what needs nobody."""

_AT_ONCE = 50


def due_postings(now: datetime) -> list[Job]:
    """The jobs for files that came in since their clinic switched this on, written down now; a worker takes them."""
    made: list[Job] = []
    for clinic in Clinic.objects.order_by("slug"):
        with transaction.atomic(), tenancy.scope([clinic.id]):
            rules = FollowUpRules.objects.select_related("posts_for").filter(posts_balanced=True).first()
            if rules is not None:
                made += _asked(clinic, rules, now)
    return made


def _asked(clinic: Clinic, rules: FollowUpRules, now: datetime) -> list[Job]:
    """A job for each file that no worker was given yet, the oldest first."""
    waiting = ReceivedFile.objects.select_for_update(of=("self",)).filter(
        posting_tried_at=None, created_at__gte=rules.posts_since
    )
    made = []
    for file in waiting.exclude(remittance_file=None).defer("content").order_by("created_at")[:_AT_ONCE]:
        total = claims_in(RemittanceFile.objects.get(pk=file.remittance_file_id).content.data)
        job: Job = Job.objects.create(
            clinic=clinic,
            kind=POST_BALANCED,
            total=total,
            asked_by=rules.posts_for,
            place={"file": str(file.remittance_file_id)},
            result={},
        )
        file.posting_tried_at = now
        file.save_if_unchanged(file.version, "posting_tried_at")
        made.append(job)
    return made


def run_post_balanced(job: Job) -> None:
    """Post of a job's file what needs nobody. The job's clinic need not be in scope yet."""
    post_behind(job, is_alone=True)
