"""What the database keeps of visits and their claims, however they were written: which wait, and who treated."""

from __future__ import annotations

from django.db.models import Count, F

from cleanclaim.practice.engine.claims.building import build, visits_to_build
from cleanclaim.practice.models import Claim, Clinic, Provider, Visit

_SIGNED_BEFORE = 73
_DRAFTS = 16


def _told_and_true() -> tuple[int, int]:
    """Visits that are said to have a claim, and visits whose column does not say what the claims say."""
    rows = Visit.objects.annotate(claims_count=Count("claims")).values_list("has_claim", "claims_count")
    return sum(has for has, _count in rows), sum(has != (count > 0) for has, count in rows)


def test_every_built_visit_has_its_claim(inside: Clinic) -> None:
    assert _told_and_true() == (_SIGNED_BEFORE, 0)
    assert visits_to_build().count() == 0
    Visit.objects.filter(status="draft").update(status="signed")
    assert visits_to_build().count() == _DRAFTS
    first, second = visits_to_build()[:2]
    assert len(build(inside, [first.pk, second.pk], None).made) == 2
    assert _told_and_true() == (_SIGNED_BEFORE + 2, 0)
    assert visits_to_build().count() == _DRAFTS - 2


def test_a_claim_that_is_written_beside_the_engine_counts_as_well(inside: Clinic) -> None:
    Visit.objects.filter(status="draft").update(status="signed")
    visit = visits_to_build()[0]
    Claim.objects.bulk_create(
        [
            Claim(clinic=inside, number=f"X{place}", visit=visit, patient_id=visit.patient_id, status="closed",
                  date_of_service=visit.date_of_service)
            for place in range(2)
        ]
    )  # fmt: skip
    assert _told_and_true() == (_SIGNED_BEFORE + 1, 0)
    assert visit.pk not in visits_to_build().values_list("pk", flat=True)


def test_every_claim_has_the_therapist_of_its_visit(inside: Clinic) -> None:
    assert Claim.objects.count() == Claim.objects.filter(therapist=F("visit__therapist")).count() > 0
    Visit.objects.filter(status="draft").update(status="signed")
    visit = visits_to_build()[0]
    build(inside, [visit.pk], None)
    assert Claim.objects.get(visit=visit).therapist_id == visit.therapist_id


def test_a_claims_therapist_follows_its_visits_and_nothing_else(inside: Clinic) -> None:
    claim = Claim.objects.select_related("visit").order_by("number")[0]
    before = claim.visit.therapist_id
    other = Provider.objects.filter(treats=True).exclude(pk=before)[0]
    for written in (other.pk, None):
        Claim.objects.filter(pk=claim.pk).update(therapist=written)
        claim.refresh_from_db()
        assert claim.therapist_id == before
    claim.therapist_id = None  # as in a row that was made before the database filled it in
    claim.save()
    assert Claim.objects.get(pk=claim.pk).therapist_id == before
    Visit.objects.filter(pk=claim.visit_id).update(therapist=other)
    assert Claim.objects.get(pk=claim.pk).therapist_id == other.pk
    assert Claim.objects.exclude(therapist=F("visit__therapist")).count() == 0
    assert inside.slug == "millrace"
