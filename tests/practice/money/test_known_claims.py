"""Which claims are read for an answer that no number finds: those that may be alike, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cleanclaim.practice.engine.judging.claims_of_answers import claims_of
from cleanclaim.practice.models import Claim, ClaimLine
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.remittance.matching import FoundBy, Match, Unmatched
from cleanclaim.x12.reader_835 import read_835
from tests.practice.money.answers import Said, pays_well, remittance


def lost(claim: Claim) -> RemittedClaim:
    """An answer to a claim by a number that is nobody's."""
    (payment,) = read_835(remittance([Said(claim, pays_well, number="LOST", payer_number="LOST")])).remittances
    (answer,) = payment.claims
    return answer


@pytest.fixture
def wanted(filed: list[Claim]) -> Claim:
    """The first filed claim; all others are brought to its day with another charge, and known by it alone."""
    first, *others = filed
    assert first.charge_cents is not None
    for place, claim in enumerate(others, start=1):
        Claim.objects.filter(pk=claim.pk).update(
            date_of_service=first.date_of_service, charge_cents=first.charge_cents + place
        )
    return first


def read(answer: RemittedClaim) -> set[str]:
    """The numbers of the claims that are read for an answer."""
    return {one.claim.number for one in claims_of([answer]).filed.values()}


def test_a_claim_of_the_day_and_the_charge_is_read_and_found(wanted: Claim) -> None:
    answer = lost(wanted)
    found = claims_of([answer])
    assert {one.claim.number for one in found.filed.values()} == {wanted.number}
    match = found.index.find(answer)
    assert isinstance(match, Match)
    assert (match.claim.key, match.by) == (str(wanted.pk), FoundBy.CONTENT)


def test_a_claim_of_another_day_is_not_read(wanted: Claim) -> None:
    answer = lost(wanted)
    Claim.objects.filter(pk=wanted.pk).update(date_of_service=wanted.date_of_service - timedelta(days=1))
    found = claims_of([answer])
    assert found.filed == {}
    assert isinstance(found.index.find(answer), Unmatched)


def test_a_claim_whose_charge_is_not_known_is_read(wanted: Claim) -> None:
    answer = lost(wanted)
    Claim.objects.filter(pk=wanted.pk).update(charge_cents=None)
    assert read(answer) == {wanted.number}


def test_a_claim_in_parts_that_charges_less_is_not_read(wanted: Claim, filed: list[Claim]) -> None:
    smaller = filed[1]
    assert wanted.charge_cents is not None
    Claim.objects.filter(pk=smaller.pk).update(charge_cents=wanted.charge_cents - 1)
    ClaimLine.objects.create(clinic=smaller.clinic, claim=smaller, position=51, code="97110", units=1)
    assert read(lost(wanted)) == {wanted.number}


@pytest.mark.parametrize(("count", "is_read"), [(12, False), (13, True)])
def test_a_claim_with_more_diagnoses_than_one_file_holds_is_read(
    wanted: Claim, filed: list[Claim], count: int, *, is_read: bool
) -> None:
    other = filed[1]
    other.visit.diagnoses = [f"M54.{place}" for place in range(count)]
    other.visit.save(update_fields=["diagnoses"])
    assert read(lost(wanted)) == ({wanted.number, other.number} if is_read else {wanted.number})


@pytest.mark.parametrize(("position", "is_read"), [(50, False), (51, True)])
def test_a_claim_with_more_lines_than_one_file_holds_is_read(
    wanted: Claim, filed: list[Claim], position: int, *, is_read: bool
) -> None:
    other = filed[1]
    ClaimLine.objects.create(clinic=other.clinic, claim=other, position=position, code="97110", units=1)
    assert read(lost(wanted)) == ({wanted.number, other.number} if is_read else {wanted.number})
