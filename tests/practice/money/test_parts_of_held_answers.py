"""Held answers are worked from a list that gets shorter: what comes after a part of it stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from cleanclaim.practice.engine.payments.placing import place
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import AnswerState, Claim, ClaimAnswer, Clinic, Remittance, Role, User
from tests.practice.money.answers import Said, pays_well, remittance


def _many(clinic: Clinic, user: User, claims: list[Claim], count: int) -> Remittance:
    """A payment with so many answers to one claim: it is posted once, and the others are held, all alike."""
    said = [Said(claims[0], pays_well, number=f"LOST{place}", payer_number=f"PCN{place}") for place in range(count)]
    (row,) = post(clinic, user, keep_file(clinic, user, remittance(said))).posted
    assert row.answers.filter(state=AnswerState.HELD.value).count() == count - 1
    return row


def _segments(page: Any) -> list[int]:
    return [row.segment for row in page.context["page"]]


def test_placing_one_shifts_nothing(
    inside: Clinic, biller: User, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    row = _many(inside, biller, filed, 24)
    held = ClaimAnswer.objects.filter(state=AnswerState.HELD.value).order_by("segment")
    segments = list(held.values_list("segment", flat=True))
    client, address = as_role(Role.BILLER), reverse("held", args=[inside.slug])
    first = client.get(address)
    assert _segments(first) == segments[:20]
    assert "1–20 of 23 answers" in first.content.decode()
    onward = f"{address}?after={first.context['page'].last_key}&at=20"
    assert _segments(client.get(onward)) == segments[20:]
    # The last of the part is put onto the claim by a person, and has left the list.
    place(inside, biller, held.get(segment=segments[19]).pk, filed[0].number)
    assert _segments(client.get(onward)) == segments[20:]
    assert ClaimAnswer.objects.filter(remittance=row, state=AnswerState.PLACED.value).count() == 1


def test_a_payments_answers_come_in_parts_too(
    inside: Clinic, biller: User, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    row = _many(inside, biller, filed, 52)
    client, address = as_role(Role.BILLER), reverse("remittance", args=[inside.slug, row.pk])
    first = client.get(address)
    second = client.get(f"{address}?after={first.context['page'].last_key}&at=50")
    assert (len(_segments(first)), len(_segments(second))) == (50, 2)
    assert sorted(_segments(first) + _segments(second)) == sorted(row.answers.values_list("segment", flat=True))
    # Held answers come before those that are posted.
    assert [one.state for one in second.context["page"]] == [AnswerState.HELD.value, AnswerState.POSTED.value]
    assert "51–52 of 52 claims" in second.content.decode()
