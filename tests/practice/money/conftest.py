"""What tests of money begin with: claims that have left."""

from __future__ import annotations

import pytest

from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, User


@pytest.fixture
def filed(inside: Clinic, biller: User) -> list[Claim]:
    """Three filed claims of the sample clinic, by number, of one payer."""
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], payer="medicare_b").order_by("number")
    release(inside, [claim.pk for claim in ready[:3]], biller)
    found = list(Claim.objects.filter(status=ClaimStatus.SUBMITTED.value).order_by("number"))
    assert len(found) == 3
    return found
