"""What is owed and for how long: by patients since it was theirs, by payers since filing."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger.payer_aging import OpenClaim, open_claims
from cleanclaim.practice.engine.patients.statements import candidates
from cleanclaim.practice.pages.accounts.entering import AREA, tabs
from cleanclaim.receivables.aging import Bucket, bucket_of

_PAGE = 50


@require_GET
@clinic_page(Can.SEE_CLAIMS, area=AREA)
def aging(request: ClinicRequest) -> HttpResponse:
    """Both agings; a payer and a bucket that are asked for open into claims."""
    access = request.access
    today = today_at(access.clinic)
    claims = open_claims()
    payer, bucket = request.GET.get("payer", ""), request.GET.get("bucket", "")
    people = [one for one in candidates(access.clinic) if one.balance.owed_cents or one.balance.credit_cents]
    people.sort(key=lambda one: (-one.balance.owed_cents, one.patient.family_name, one.patient.number))
    page = Paginator(people, _PAGE).get_page(request.GET.get("page"))
    access.record("list", "patient", detail=f"aging, {len(page)} patients")
    context = {
        "tabs": tabs(access, "aging"),
        "buckets": [(one.name, one.label) for one in Bucket],
        "payers": _by_payer(claims, today),
        "payers_sum": _sum_by_bucket(claims, today),
        "people": [(one, list(one.balance.aging.values())) for one in page],
        "payers_cents": sum(one.cents for one in claims),
        "owed_cents": sum(one.balance.owed_cents for one in people),
        "people_sum": [sum(one.balance.aging[bucket] for one in people) for bucket in Bucket],
        "credits_cents": sum(one.balance.credit_cents for one in people),
        "page": page,
        "payer": payer,
        "bucket": bucket,
        "drill": _drill(claims, payer, bucket, today) if payer else [],
    }
    return render(request, "practice/accounts/aging.html", context)


def _by_payer(claims: list[OpenClaim], today: date) -> list[tuple[str, list[tuple[str, int]], int]]:
    sums: dict[str, dict[Bucket, int]] = defaultdict(lambda: dict.fromkeys(Bucket, 0))
    for one in claims:
        sums[one.payer][bucket_of(one.since, today)] += one.cents
    return [
        (payer, [(bucket.name, cents) for bucket, cents in found.items()], sum(found.values()))
        for payer, found in sorted(sums.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    ]


def _sum_by_bucket(claims: list[OpenClaim], today: date) -> list[int]:
    return [sum(one.cents for one in claims if bucket_of(one.since, today) is bucket) for bucket in Bucket]


def _drill(claims: list[OpenClaim], payer: str, bucket: str, today: date) -> list[tuple[OpenClaim, int]]:
    found = [
        (one, (today - one.since).days)
        for one in claims
        if one.payer == payer and (not bucket or bucket_of(one.since, today).name == bucket)
    ]
    return sorted(found, key=lambda item: (-item[1], item[0].number))[:200]


urlpatterns = [path("payments/owed/", aging, name="aging")]
