"""Payments that need nobody are posted by a worker where a clinic wants it; the rest waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cleanclaim.practice import clock, tasks
from cleanclaim.practice.engine.exchange.acknowledging import take
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.posting_alone import POST_BALANCED, due_postings, run_post_balanced
from cleanclaim.practice.models import (
    Batch,
    Claim,
    Clinic,
    FollowUpRules,
    Job,
    ReceivedFile,
    Remittance,
    TrailEntry,
    User,
)
from tests.practice.money.answers import Decision, Said, denies, pays_well, remittance

NAMES = ("payments posted", "payments posted before", "payments left to a person")


@pytest.fixture
def filed(file_claims: Callable[..., Batch]) -> list[Claim]:
    return list(file_claims(2).claims.order_by("number"))


@pytest.fixture
def since(inside: Clinic, biller: User) -> datetime:
    """Posting by itself is switched on, from now on."""
    now = clock.now()
    FollowUpRules.objects.create(clinic=inside, posts_balanced=True, posts_since=now, posts_for=biller)
    return now


def test_what_came_in_is_posted_once_in_the_name_of_who_wanted_it(
    inside: Clinic, biller: User, filed: list[Claim], since: datetime
) -> None:
    take(inside, biller, "era.835", remittance([Said(filed[0], pays_well), Said(filed[1], denies)]))
    assert tasks.ask_for_what_is_due() == 1
    assert due_postings(since) == []
    job = Job.objects.get(kind=POST_BALANCED)
    assert (job.asked_by, job.total) == (biller, 2)
    run_post_balanced(job)
    job.refresh_from_db()
    assert (job.status, job.done, [job.result[name] for name in NAMES]) == ("done", 2, [1, 0, 0])
    assert job.result["address"] == "/c/millrace/payments/"
    row = Remittance.objects.get()
    assert (row.posted_by, row.held_cents) == (biller, 0)
    entry = TrailEntry.objects.get(subject="remittance", subject_id=str(row.pk))
    assert entry.detail == "2 claims posted, 0 held; by a worker: all matched and balanced"
    assert list(ledger_rows.faults(inside)) == []
    run_post_balanced(job)
    assert Remittance.objects.count() == 1


def test_what_does_not_add_up_is_left_with_why(
    inside: Clinic, biller: User, filed: list[Claim], since: datetime
) -> None:
    odd = Said(filed[1], lambda _number, charge: Decision(0, [("CO", "197", charge - 1)]), payer_number="P2")
    data = remittance([Said(filed[0], pays_well), odd])
    file = take(inside, biller, "era.835", data)
    (job,) = due_postings(since)
    run_post_balanced(job)
    job.refresh_from_db()
    assert [job.result[name] for name in NAMES] == [0, 0, 1]
    ((trace, why),) = job.result["stayed_because"]
    assert trace == "EFT1"
    assert why.endswith("a line's charge is not paid and adjusted by $0.01")
    assert job.result["address"] == f"/c/millrace/payments/files/{file.remittance_file_id}/"
    assert not Remittance.objects.exists()


def test_a_provider_adjustment_is_left_to_a_person(
    inside: Clinic, biller: User, filed: list[Claim], since: datetime
) -> None:
    take(inside, biller, "era.835", remittance([Said(filed[0], pays_well)], adjustments="WO:X1*5"))
    (job,) = due_postings(since)
    run_post_balanced(job)
    job.refresh_from_db()
    ((_trace, why),) = job.result["stayed_because"]
    assert why.endswith("a provider-level adjustment (PLB WO)")
    assert not Remittance.objects.exists()


def test_nothing_is_posted_by_itself_unless_it_came_in_since_that_was_wanted(
    inside: Clinic, biller: User, filed: list[Claim]
) -> None:
    take(inside, biller, "era.835", remittance([Said(filed[0], pays_well)]))
    assert due_postings(clock.now()) == []
    came = ReceivedFile.objects.get().created_at
    rules = FollowUpRules.objects.create(
        clinic=inside, posts_balanced=True, posts_since=came + timedelta(microseconds=1), posts_for=biller
    )
    assert due_postings(clock.now()) == []
    FollowUpRules.objects.filter(pk=rules.pk).update(posts_since=came, posts_balanced=False)
    assert due_postings(clock.now()) == []
    FollowUpRules.objects.filter(pk=rules.pk).update(posts_balanced=True)
    assert len(due_postings(clock.now())) == 1
