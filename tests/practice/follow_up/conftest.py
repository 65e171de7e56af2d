"""Filed claims of the sample clinic, and payers' answers to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, Remittance, User
from tests.practice.money.answers import Said, remittance

Answer = Callable[..., Remittance]


@pytest.fixture
def medicare(inside: Clinic, biller: User) -> list[Claim]:
    """Three filed claims to Medicare, by number, each of two lines or more."""
    return file(inside, biller, "medicare_b", 3)


@pytest.fixture
def larkspur(inside: Clinic, biller: User) -> list[Claim]:
    """Two filed claims to a commercial payer that takes replacements."""
    return file(inside, biller, "larkspur_mutual", 2)


@pytest.fixture
def answer(inside: Clinic, biller: User) -> Answer:
    """A function that posts one payment for what is said."""

    def make(*said: Said, trace: str = "EFT1") -> Remittance:
        (row,) = post(inside, biller, keep_file(inside, biller, remittance(said, trace=trace))).posted
        assert row.held_cents == 0
        return row

    return make


def file(clinic: Clinic, user: User, payer: str, count: int) -> list[Claim]:
    """File ready claims of a payer that have two lines or more."""
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], payer=payer).order_by("number")
    wanted = [claim.pk for claim in ready if claim.record and len(claim.record["lines"]) > 1][:count]
    release(clinic, wanted, user)
    found = list(Claim.objects.filter(pk__in=wanted, status=ClaimStatus.SUBMITTED.value).order_by("number"))
    assert len(found) == count
    return found
