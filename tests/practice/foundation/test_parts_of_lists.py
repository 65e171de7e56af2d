"""Lists of what was made, newest first: the next part begins where it began, whatever is made meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from cleanclaim.practice import clock
from cleanclaim.practice.models import Batch, Clinic, Deposit, Role, User
from tests.practice.conftest import DAY

Make = Callable[[Clinic, User, int], Deposit | Batch]


def _deposit(clinic: Clinic, user: User, number: int) -> Deposit:
    """Two deposits a day: their numbers decide."""
    made = DAY + timedelta(days=number // 2)
    row: Deposit = Deposit.objects.create(clinic=clinic, number=f"D{number:06d}", made_on=made, cents=100, made_by=user)
    return row


def _file(clinic: Clinic, user: User, number: int) -> Batch:
    """Files of one moment in twos: their keys decide."""
    made: Batch = Batch.objects.create(
        clinic=clinic, payer="medicare_b", payer_name="Medicare Part B", interchange_control=f"{number:09d}",
        file_name=f"{number:09d}.837", content=b"x", sha256="0" * 64, claims_count=1, charge_cents=100, made_by=user,
    )  # fmt: skip
    Batch.objects.filter(pk=made.pk).update(created_at=clock.now() + timedelta(minutes=number // 2))
    return made


def _keys(page: Any) -> list[UUID]:
    return [row.pk for row in page.context["page"]]


LISTS = [("/c/millrace/payments/deposits/", _deposit, "deposit"), ("/c/millrace/files/", _file, "file")]


@pytest.mark.parametrize(("address", "make", "word"), LISTS)
def test_what_is_made_meanwhile_shifts_nothing(
    as_role: Callable[[Role], Client], inside: Clinic, biller: User, address: str, make: Make, word: str
) -> None:
    client = as_role(Role.BILLER)
    made = [make(inside, biller, number).pk for number in range(1, 73)]
    first = client.get(address)
    onward = f"{address}?after={first.context['page'].last_key}&at=50"
    second = client.get(onward)
    assert (len(_keys(first)), len(_keys(second))) == (50, 22)
    assert sorted(_keys(first) + _keys(second)) == sorted(made)
    assert _keys(first)[0] in made[-2:]
    assert f"51–72 of 72 {word}s" in second.content.decode()
    make(inside, biller, 99)
    assert _keys(client.get(onward)) == _keys(second)
    back = client.get(f"{address}?before={second.context['page'].first_key}&at=50")
    assert _keys(back) == _keys(first)
    assert f"2–51 of 73 {word}s" in back.content.decode()


@pytest.mark.parametrize(("address", "make"), [one[:2] for one in LISTS])
def test_a_later_part_asks_no_more_than_its_beginning(
    as_role: Callable[[Role], Client],
    inside: Clinic,
    biller: User,
    address: str,
    make: Make,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_role(Role.BILLER)
    for number in range(1, 53):
        make(inside, biller, number)
    first = client.get(address)
    with CaptureQueriesContext(connection) as beginning:
        client.get(address)
    # One more: what the row has beside which the part begins.
    with django_assert_num_queries(len(beginning) + 1):
        client.get(f"{address}?after={first.context['page'].last_key}&at=50")
