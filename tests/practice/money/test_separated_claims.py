"""A claim that its payer separated (MA15): both parts on its lines, the next payer asked once, the rest waited for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cleanclaim.practice.engine.claims.coordination import Next, next_payer
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.exchange.undecided import wait_of
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.placing import place
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import (
    AnswerState,
    Batch,
    Claim,
    ClaimAnswer,
    ClaimStatus,
    Clinic,
    Role,
    User,
    WorkItem,
    WorkKind,
)
from cleanclaim.records import CoverageOrder
from tests.practice.money.answers import Decision, Said, denies, pays_well, remittance


@dataclass
class Part(Said):
    """What a payer says about some of a claim's lines."""

    numbers: tuple[int, ...] = field(default=(1,))
    remark: str = "MOA***MA15~"

    def lines(self) -> list[dict[str, Any]]:
        return [line for line in super().lines() if line["number"] in self.numbers]

    def text(self) -> str:
        return super().text().replace("DTM*232", f"{self.remark}DTM*232", 1)


def parts(claim: Claim, **more: Any) -> tuple[Part, Part]:
    """The first line of a claim on one notice, the others on another."""
    others = tuple(line["number"] for line in claim.record["lines"][1:])
    return (
        Part(claim, pays_well, payer_number="PCN1", numbers=(1,), **more),
        Part(claim, pays_well, payer_number="PCN2", numbers=others, **more),
    )


def posted(clinic: Clinic, user: User, said: Said, trace: str) -> None:
    (row,) = post(clinic, user, keep_file(clinic, user, remittance([said], trace=trace))).posted
    assert row.trace_number == trace


def by_line(claim: Claim) -> list[tuple[int, int, int]]:
    """Of each line: paid by payers, given up, open to payers and the patient together; in cents."""
    lines = ledger_rows.line_states([claim.pk])[claim.pk].values()
    return [(line.payer_paid, line.contractual, line.open_to_payers + line.open_to_patient) for line in lines]


def worth(cents: int) -> tuple[int, int, int]:
    """What becomes of a line that is paid half, of which three tenths are given up."""
    return cents // 2, cents * 3 // 10, cents - cents // 2 - cents * 3 // 10


@pytest.fixture
def several(filed: list[Claim]) -> Claim:
    """A filed claim of several lines, to a payer."""
    return next(claim for claim in filed if len(claim.record["lines"]) > 1)


@pytest.fixture
def with_second(inside: Clinic, biller: User) -> Claim:
    """A filed claim of several lines to the first payer of a patient who has a second one."""
    ready = Claim.objects.filter(
        status=ClaimStatus.READY.value, gaps=[], patient__coverages__order=CoverageOrder.SECONDARY.value
    ).order_by("number")
    chosen = next(claim for claim in ready if len(claim.record["lines"]) > 1)
    release(inside, [chosen.pk], biller)
    found: Claim = Claim.objects.get(pk=chosen.pk)
    return found


def test_two_notices_make_one_claim(inside: Clinic, biller: User, several: Claim) -> None:
    charges = [line["charge_cents"] for line in several.record["lines"]]
    first, second = parts(several)
    posted(inside, biller, first, "EFT1")
    assert by_line(several) == [worth(charges[0]), *((0, 0, cents) for cents in charges[1:])]
    posted(inside, biller, second, "EFT2")
    assert by_line(several) == [worth(cents) for cents in charges]
    assert list(ledger_rows.faults(inside)) == []
    # Taken back, the other part stays.
    unpost(inside, biller, ClaimAnswer.objects.get(payer_control_number="PCN1").remittance_id)
    assert by_line(several) == [(0, 0, charges[0]), *(worth(cents) for cents in charges[1:])]
    assert list(ledger_rows.faults(inside)) == []


def test_a_person_places_what_no_remark_explains(inside: Clinic, biller: User, several: Claim) -> None:
    charges = [line["charge_cents"] for line in several.record["lines"]]
    for trace, part in zip(("EFT1", "EFT2"), parts(several, remark=""), strict=True):
        posted(inside, biller, part, trace)
    held = list(ClaimAnswer.objects.filter(state=AnswerState.HELD.value))
    assert [row.held_because for row in held] == ["the claim with its number was charged otherwise"] * 2
    for row in held:
        place(inside, biller, row.pk, several.number)
    assert by_line(several) == [worth(cents) for cents in charges]
    assert list(ledger_rows.faults(inside)) == []


def test_each_part_that_is_refused_is_worked_on_its_own_lines(inside: Clinic, biller: User, several: Claim) -> None:
    charges = [line["charge_cents"] for line in several.record["lines"]]
    first, second = parts(several)
    first.decide = denies
    posted(inside, biller, first, "EFT1")
    posted(inside, biller, second, "EFT2")
    denied = WorkItem.objects.filter(claim=several, kind=WorkKind.DENIAL.value)
    assert [(item.line.rpartition(":")[2], item.cents, item.state) for item in denied] == [("1", charges[0], "open")]


def test_a_line_paid_too_little_stays_on_the_worklist_when_the_other_part_comes(
    inside: Clinic, biller: User, several: Claim
) -> None:
    first, second = parts(several)
    # A dollar is allowed of the first line: whatever it is worth, it is more.
    first.decide = lambda _number, charge: Decision(100, [("CO", "45", charge - 100)])
    posted(inside, biller, first, "EFT1")
    short = WorkItem.objects.get(claim=several, kind=WorkKind.UNDERPAYMENT.value)
    posted(inside, biller, second, "EFT2")
    short.refresh_from_db()
    assert (short.line.rpartition(":")[2], short.state, short.allowed_cents) == ("1", "open", 100)


def test_the_rest_of_it_is_waited_for(inside: Clinic, biller: User, several: Claim) -> None:
    ago = date(2026, 10, 1)
    Batch.objects.filter(pk=several.batch_id).update(created_at=f"{ago}T12:00:00+00:00")
    today = ago + timedelta(days=10)
    first, second = parts(several)
    waits = wait_of(several, today)
    assert waits is not None
    posted(inside, biller, first, "EFT1")
    assert wait_of(several, today) == waits
    posted(inside, biller, second, "EFT2")
    assert wait_of(several, today) is None


def test_the_next_payer_is_asked_once_all_of_it_is_decided(inside: Clinic, biller: User, with_second: Claim) -> None:
    first, second = parts(with_second)
    # The second notice leaves nothing; what the first left is asked for all the same.
    second.decide = lambda _number, charge: Decision(charge)
    posted(inside, biller, first, "EFT1")
    assert next_payer(with_second).state is Next.WAITING
    assert not Claim.objects.filter(follows=with_second).exists()
    posted(inside, biller, second, "EFT2")
    (follower,) = Claim.objects.filter(follows=with_second)
    charges = [line["charge_cents"] for line in with_second.record["lines"]]
    told = follower.record["other_payers"][0]["adjudication"]
    assert [(line["line"], line["paid_cents"]) for line in told["lines"]] == [
        (1, charges[0] // 2),
        *((number, cents) for number, cents in enumerate(charges[1:], start=2)),
    ]
    assert told["paid_cents"] == charges[0] // 2 + sum(charges[1:])


def test_the_page_of_held_answers_proposes_the_claim(
    inside: Clinic, biller: User, several: Claim, as_role: Callable[[Role], Client]
) -> None:
    first, _second = parts(several, remark="")
    posted(inside, biller, first, "EFT1")
    client = as_role(Role.BILLER)
    page = client.get(reverse("held", args=[inside.slug])).content.decode()
    assert several.number in page
    assert "of a part of it" in page
    row = ClaimAnswer.objects.get(state=AnswerState.HELD.value)
    client.post(reverse("remittance_place", args=[inside.slug, row.pk]), {"number": several.number, "back": "held"})
    row.refresh_from_db()
    assert (row.state, row.claim_id) == (AnswerState.PLACED.value, several.pk)
