"""The figures that the database counts are those that one counts by hand from the rows, whatever was done to them."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cleanclaim.check.summary import BLOCKING
from cleanclaim.practice.engine.figures import figures
from cleanclaim.practice.engine.figures.definitions import Metric
from cleanclaim.practice.engine.figures.figures import By, Chosen
from cleanclaim.practice.engine.figures.finding_counts import findings
from cleanclaim.practice.models import OPEN_STATUSES, Claim, ClaimFinding, ClaimStatus, Clinic

EVER = Chosen(date(2010, 1, 1), date(2026, 9, 25))
_STATUSES = [status.value for status in ClaimStatus]


def _change(seed: int) -> None:
    """Change claims, lines and findings of the sample clinic at random, in the columns that figures are made of."""
    chance = random.Random(seed)
    for claim in Claim.objects.order_by("number"):
        if chance.random() < 0.6:
            Claim.objects.filter(pk=claim.pk).update(
                status=chance.choice(_STATUSES), first_passed=chance.choice([True, False, None]),
                at_stake_cents=chance.choice([0, 1, 9_900]), left_cents=chance.randrange(500),
                left_units=chance.randrange(3),
            )  # fmt: skip
    for claim in Claim.objects.order_by("number"):
        if chance.random() < 0.2:
            Claim.objects.filter(pk=claim.pk).update(billed_units=chance.choice([None, 0, 1, 4]))
    for finding in ClaimFinding.objects.order_by("claim__number", "rule", "place"):
        if chance.random() < 0.4:
            ClaimFinding.objects.filter(pk=finding.pk).update(
                ignored_at=chance.choice([None, timezone.now()]), was_mended=chance.random() < 0.2,
                cents=chance.choice([None, 250]),
            )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_figures_equal_what_the_rows_say(inside: Clinic, seed: int) -> None:
    _change(seed)
    rows = list(Claim.objects.filter(frequency="1"))
    judged = [one for one in rows if one.first_passed is not None and one.status != ClaimStatus.SUPERBILL.value]
    held = [one for one in rows if one.status in OPEN_STATUSES]
    whole = {one: one.billed_units for one in rows if one.billed_units is not None}
    expected: dict[Metric, tuple[Any, ...]] = {
        Metric.CLEAN_CLAIMS: (sum(one.first_passed for one in judged), len(judged)),
        Metric.HELD_BACK: (sum(one.at_stake_cents for one in held), None),
        Metric.LEFT_DOLLARS: (sum(one.left_cents for one in rows), None),
        Metric.LEFT_UNITS: (sum(one.left_units for one in rows), None),
        Metric.UNITS_PER_VISIT: (sum(whole.values()), len({one.visit_id for one in whole})),
    }
    after = Chosen(EVER.last + timedelta(days=1), EVER.last + (EVER.last - EVER.first) + timedelta(days=1))
    months, before = figures.months_and_before(after)
    assert (months, after.before()) == ([], EVER)
    for found in (figures.overall(EVER), figures.added_up(figures.grouped(EVER, By.MONTH)), before):
        assert {name: (found[name].numerator, found[name].denominator) for name in expected} == expected
    half = Chosen(date(2026, 9, 1), EVER.last)
    months, before = figures.months_and_before(half)
    assert (months, before) == (figures.grouped(half, By.MONTH), figures.overall(half.before()))
    assert len(rows) == 73
    assert inside.slug == "millrace"


def test_the_units_of_a_claim_are_those_of_its_lines(inside: Clinic) -> None:
    told = {}
    for claim in Claim.objects.filter(clinic=inside).prefetch_related("lines"):
        units = [line.units for line in claim.lines.all()]
        told[claim] = sum(units) if units and None not in units else None
    assert {claim: claim.billed_units for claim in told} == told
    assert len(told) == 73
    assert Counter(units is None for units in told.values())[True] == 0


@pytest.mark.parametrize("seed", range(3))
def test_findings_equal_what_the_rows_say(inside: Clinic, seed: int) -> None:
    _change(seed)
    standing = [
        one
        for one in ClaimFinding.objects.filter(claim__frequency="1").select_related("claim")
        if one.ignored_at is None and not one.was_mended
    ]
    found = findings(EVER)
    by_cause = Counter((cause, severity) for cause, severity, _claim in _told(standing, "cause"))
    counted = {
        (cause.value, severity): tally.claims
        for cause, row in found.by_cause.items()
        for severity, tally in row.items()
    }
    assert {key: count for key, count in counted.items() if count} == dict(by_cause)
    assert {tally.key: tally.findings for tally in found.by_rule} == dict(Counter(one.rule for one in standing))
    assert sum(tally.cents for tally in found.by_rule) == sum(one.cents or 0 for one in standing)
    blocked = {one.claim_id for one in standing if one.severity in BLOCKING and one.claim.status in OPEN_STATUSES}
    assert found.blocked == len(blocked)
    assert inside.slug == "millrace"


def _told(standing: list[ClaimFinding], name: str) -> set[tuple[str, str, object]]:
    """Each claim once for each cause and outcome."""
    return {(getattr(one, name), one.severity, one.claim_id) for one in standing}
