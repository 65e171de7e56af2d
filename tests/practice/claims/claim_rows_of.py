"""Finding claims of the sample clinic by their number, and people to act as."""

from __future__ import annotations

from cleanclaim.practice.models import Claim, ClaimFinding, Role, User
from tests.practice.conftest import person


def claim_of(number: str) -> Claim:
    """The claim with that number, of the clinic in scope."""
    found: Claim = Claim.objects.get(number=number)
    return found


def standing(number: str) -> list[tuple[str, str]]:
    """Rule and place of the findings of a claim that stand."""
    rows = ClaimFinding.objects.filter(claim__number=number, ignored_at=None, was_mended=False)
    return list(rows.order_by("rule", "place").values_list("rule", "place"))


def finding_of(number: str, rule: str) -> ClaimFinding:
    """The claim's finding of a rule."""
    found: ClaimFinding = ClaimFinding.objects.get(claim__number=number, rule=rule)
    return found


def biller(claim: Claim) -> User:
    """The clinic's biller."""
    return person(claim.clinic, Role.BILLER)
