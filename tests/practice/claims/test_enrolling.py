"""A claim by a therapist who is not enrolled with its payer on the day stays; where nothing is entered, nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cleanclaim.practice.engine.claims.building import recheck
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.claims.staleness import stale
from cleanclaim.practice.engine.judging.enrolling import Enrolled
from cleanclaim.practice.engine.patients.readiness import readiness_of
from cleanclaim.practice.models import ClaimStatus, Clinic, ClinicPayer, Enrollment
from tests.practice.claims.claim_rows_of import biller, claim_of
from tests.practice.conftest import DAY

DAYS = timedelta(days=1)


def _enroll(clinic: Clinic, first: date | None, last: date | None, *, identifier: str = "") -> Enrollment:
    """V001's therapist, enrolled with its payer."""
    claim = claim_of("V001")
    payer, _made = ClinicPayer.objects.get_or_create(
        clinic=clinic, payer=claim.payer, identifier=identifier, defaults={"name": claim.payer_name}
    )
    made: Enrollment = Enrollment.objects.create(
        clinic=clinic, provider=claim.visit.therapist, payer=payer, valid_from=first, valid_through=last
    )
    return made


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, True),
        (0, 0, True),
        (1, None, False),
        (None, -1, False),
        (-1, 1, True),
    ],
)
def test_both_ends_of_an_enrollment_count(
    inside: Clinic,
    first: int | None,
    last: int | None,
    expected: bool,  # noqa: FBT001 - a case
) -> None:
    claim = claim_of("V001")
    day = claim.date_of_service
    _enroll(
        inside,
        None if first is None else day + first * DAYS,
        None if last is None else day + last * DAYS,
    )
    read = Enrolled.read()
    asked = (inside.pk, claim.payer, "", day)
    assert read.on(*asked, provider=claim.visit.therapist_id) is expected
    assert read.on(*asked) is expected


def test_nothing_entered_says_nothing(inside: Clinic) -> None:
    claim = claim_of("V001")
    assert Enrolled.read().on(inside.pk, claim.payer, "", claim.date_of_service) is None
    _enroll(inside, None, None, identifier="OTHER1")
    assert Enrolled.read().on(inside.pk, claim.payer, "MINE1", claim.date_of_service) is None
    assert Enrolled.read().on(inside.pk, "nobody", "", claim.date_of_service) is None


def test_a_claim_of_a_therapist_not_enrolled_stays_until_the_days_are_mended(inside: Clinic) -> None:
    claim = claim_of("V001")
    assert (claim.status, claim.gaps) == (ClaimStatus.READY.value, [])
    enrollment = _enroll(inside, claim.date_of_service + DAYS, None)
    assert stale([claim], DAY) == {claim.pk}, "an enrollment is a record that a claim rests on"
    recheck(inside, [claim.pk], biller(claim))
    [gap] = claim_of("V001").gaps
    assert (gap["field"], gap["found"]) == (
        "enrollment",
        f"{claim.visit.therapist} not enrolled with this payer on {claim.date_of_service}",
    )
    left = release(inside, [claim.pk], biller(claim))
    assert (left.batches, [one.number for one, _why in left.left_out]) == ([], ["V001"])
    assert claim_of("V001").status == ClaimStatus.READY.value
    enrollment.valid_from = claim.date_of_service
    enrollment.save()
    assert [batch.claims_count for batch in release(inside, [claim.pk], biller(claim)).batches] == [1]


def test_readiness_says_that_nobody_is_enrolled_on_the_day(inside: Clinic) -> None:
    patient = claim_of("V001").patient
    words = "Nobody here is enrolled with"
    [before] = readiness_of(inside, [patient], on=DAY)
    assert not [one for one in before.items if one.what.startswith(words)]
    enrollment = _enroll(inside, None, DAY - DAYS)
    [found] = readiness_of(inside, [patient], on=DAY)
    [told] = [one for one in found.items if one.what.startswith(words)]
    assert (told.section, told.standing.value) == ("coverages", "problem")
    assert told.what.endswith("on September 25, 2026.")
    enrollment.valid_through = DAY
    enrollment.save()
    [after] = readiness_of(inside, [patient], on=DAY)
    assert not [one for one in after.items if one.what.startswith(words)]
