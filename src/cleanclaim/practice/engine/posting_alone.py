"""Payments that came in by the exchange and need nobody, posted by a worker where the clinic has switched that on.

What a person would have to decide on stays for a person; the trail says what was posted so, and for whom.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.posting_jobs import claims_in
from cleanclaim.practice.engine.remitting import post
from cleanclaim.practice.models import Clinic, FollowUpRules, Job, JobStatus, ReceivedFile, RemittanceFile
from cleanclaim.records.remittance import Remittance

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
    """Post of a job's file what needs nobody. Run twice it does no harm: a payment is posted once.

    The job's clinic need not be in scope yet.
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

        found = post(held.clinic, held.asked_by, file, advance=advance, is_alone=True)
        left = [*found.left, *found.refused]
        result: dict[str, int | str | list[list[str]]] = {
            "payments posted": len(found.posted),
            "payments posted before": len(found.known),
            "payments left to a person": len(left),
            "claims to next payers": len(found.next_claims),
            "address": reverse("remittances", args=[held.clinic.slug]),
            "label": "See the payments",
        }
        if left:
            result["stayed_because"] = [[record.trace_number, why] for record, why in left]
            result["address"] = reverse("remittance_file", args=[held.clinic.slug, file.pk])
            result["label"] = "Look at what is left"
        with transaction.atomic():
            Job.objects.filter(pk=held.pk).update(
                done=held.total,
                status=JobStatus.DONE.value,
                result=result,
                heartbeat_at=timezone.now(),
                changed_at=timezone.now(),
            )
