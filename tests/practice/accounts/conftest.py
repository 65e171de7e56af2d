"""Whose money it is about: somebody who bills, and a claim that has gone out."""

from __future__ import annotations

import pytest

from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, User


@pytest.fixture
def claim(inside: Clinic, biller: User) -> Claim:
    """A filed claim of a patient with one payer, not Medicaid."""
    for ready in Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).order_by("number"):
        if not ready.record["other_payers"]:
            release(inside, [ready.pk], biller)
            found: Claim = Claim.objects.select_related("patient").get(pk=ready.pk)
            return found
    raise AssertionError("the sample clinic has no claim to one payer")
