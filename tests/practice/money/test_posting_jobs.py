"""A large file is posted behind the page: whole payments, once, whoever runs the job again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cleanclaim.practice import tasks
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments import posting_jobs
from cleanclaim.practice.engine.payments.posting_jobs import ask_for_posting, claims_in, run_post
from cleanclaim.practice.engine.payments.remitting import keep_file
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, Job, Remittance, Role, User
from tests.practice.money.answers import Said, denies, pays_well, remittance


@pytest.fixture
def filed(inside: Clinic, biller: User) -> list[Claim]:
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], payer="medicare_b").order_by("number")
    release(inside, [claim.pk for claim in ready[:2]], biller)
    return list(Claim.objects.filter(status=ClaimStatus.SUBMITTED.value).order_by("number"))


def test_the_runner_is_known() -> None:
    assert tasks.RUNNERS[posting_jobs.POST] == "cleanclaim.practice.engine.payments.posting_jobs.run_post"


def test_a_job_posts_its_file_and_again_changes_nothing(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    data = remittance([Said(filed[0], pays_well), Said(filed[1], denies)])
    assert claims_in(data) == 2
    job = ask_for_posting(inside, biller, keep_file(inside, biller, data))
    assert (job.total, job.done, job.status) == (2, 0, "waiting")
    run_post(job)
    job = Job.objects.get(pk=job.pk)
    assert (job.status, job.done) == ("done", 2)
    counts = ("payments posted", "payments posted before", "payments refused")
    assert [job.result[name] for name in counts] == [1, 0, 0]
    totals = ledger_rows.totals()
    # A worker that was killed after the payment was written: whoever runs the job again finds it posted.
    Job.objects.filter(pk=job.pk).update(status="running")
    run_post(job)
    job = Job.objects.get(pk=job.pk)
    assert [job.result[name] for name in counts] == [0, 1, 0]
    assert (Remittance.objects.count(), ledger_rows.totals()) == (1, totals)


def test_a_refused_payment_is_told(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    job = ask_for_posting(inside, biller, keep_file(inside, biller, remittance([Said(filed[0], pays_well)], off=1)))
    run_post(job)
    job = Job.objects.get(pk=job.pk)
    ((trace, why),) = job.result["stayed_because"]
    assert (trace, why.partition(":")[0]) == ("EFT1", "segment 4, BPR02")
    assert Remittance.objects.count() == 0


def test_the_page_hands_a_large_file_to_a_worker(
    filed: list[Claim], as_role: Callable[[Role], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleanclaim.practice.pages import remittances  # noqa: PLC0415 - where the limit is read

    data = remittance([Said(filed[0], pays_well)])
    monkeypatch.setattr(remittances, "LARGE", len(data))
    client = as_role(Role.BILLER)
    page = client.post("/c/millrace/payments/read/", {"file": SimpleUploadedFile("era.835", data)}, follow=True)
    assert "about 1 claim" in page.content.decode()
    done = client.post(page.redirect_chain[-1][0])
    job = Job.objects.get(kind="post")
    assert done["Location"] == f"/c/millrace/jobs/{job.pk}/"
    assert Remittance.objects.count() == 0
    monkeypatch.setattr(remittances, "LARGE", len(data) + 1)
    page = client.post("/c/millrace/payments/read/", {"file": SimpleUploadedFile("era.835", data)}, follow=True)
    assert "Where every cent would go" in page.content.decode()
