"""The owner's figures: each agrees with the rows behind it, groups add up, and only who may see them does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cleanclaim.practice import plots
from cleanclaim.practice.engine.figures import figures
from cleanclaim.practice.engine.figures.definitions import Metric, Unit, definitions
from cleanclaim.practice.engine.figures.figures import By, Chosen, Part, Value
from cleanclaim.practice.engine.figures.finding_counts import findings
from cleanclaim.practice.engine.judging.causes import Cause
from cleanclaim.practice.models import (
    Batch,
    Claim,
    ClaimFinding,
    ClaimLine,
    ClaimStatus,
    Clinic,
    Patient,
    Provider,
    Role,
    Visit,
    VisitStatus,
)
from cleanclaim.practice.pages.figures.wording import change, shown
from cleanclaim.practice.sealing import Plain

As = Callable[[Role], Client]
YEAR = Chosen(date(2026, 1, 1), date(2026, 9, 25))
MAY = Chosen(date(2031, 5, 1), date(2031, 5, 31))
"""A month without any visit of the sample clinic."""


@pytest.fixture
def may(inside: Clinic) -> Clinic:
    """Six visits in May 2031 with claims whose figures are known."""
    patient = Patient.objects.all()[0]
    first, second = Provider.objects.filter(treats=True, credential="PT").order_by("key")[:2]

    def claim(day: int, therapist: Provider, payer: str, **told: Any) -> Claim:
        visit = Visit.objects.create(
            clinic=inside, number=f"M{day}", patient=patient, date_of_service=date(2031, 5, day), therapist=therapist,
            status=VisitStatus.SIGNED.value, signed_at=timezone.now(),
        )  # fmt: skip
        made: Claim = Claim.objects.create(
            clinic=inside, number=f"M{day}", visit=visit, patient=patient, payer=payer, payer_name=payer.title(),
            date_of_service=visit.date_of_service, **told,
        )  # fmt: skip
        return made

    def lines(of: Claim, *units: int | None) -> None:
        for place, one in enumerate(units, start=1):
            ClaimLine.objects.create(clinic=inside, claim=of, position=place, code="97110", units=one)
        Claim.objects.filter(pk=of.pk).update(
            billed_units=None if None in units else sum(map(int, filter(None, units)))
        )

    ready = claim(1, first, "alpha", status=ClaimStatus.READY.value, first_passed=True)
    held = claim(
        2, first, "alpha", status=ClaimStatus.HELD.value, first_passed=False, at_stake_cents=9000, left_cents=3000,
        left_units=1,
    )  # fmt: skip
    unpriced = claim(3, second, "beta", status=ClaimStatus.HELD.value, first_passed=False)
    sent = claim(4, second, "beta", status=ClaimStatus.SUBMITTED.value, first_passed=True)
    replaced = claim(5, second, "beta", status=ClaimStatus.SUBMITTED.value, first_passed=False)
    claim(6, second, "cash", status=ClaimStatus.SUPERBILL.value, first_passed=True)
    lines(ready, 2, 1)
    lines(held, 4)
    lines(unpriced, 1, None)
    lines(sent, 3)
    lines(replaced, 2)
    batch = Batch.objects.create(
        clinic=inside, payer="beta", payer_name="Beta", interchange_control="900000001", file_name="b.837",
        content=Plain(b"ISA"), sha256="0" * 64, claims_count=2, charge_cents=1,
    )  # fmt: skip
    Claim.objects.filter(pk__in=[sent.pk, replaced.pk]).update(batch=batch)
    Claim.objects.create(
        clinic=inside, number="M5R", visit=replaced.visit, patient=patient, payer="beta", payer_name="Beta",
        date_of_service=replaced.date_of_service, status=ClaimStatus.READY.value, frequency="7", replaces=replaced,
        first_passed=True, at_stake_cents=50_000, left_cents=50_000,
    )  # fmt: skip
    for of, rule, severity, cause, cents, told in (
        (held, "UN101", "deny", "coding", 9000, {}),
        (held, "UN201", "left", "coding", 3000, {}),
        (unpriced, "ID101", "reject", "front office", None, {}),
        (ready, "DC101", "advice", "documentation", None, {"ignored_at": timezone.now()}),
        (sent, "MD101", "deny", "coding", 100, {"was_mended": True}),
    ):
        ClaimFinding.objects.create(
            clinic=inside, claim=of, rule=rule, name=f"name-of-{rule.lower()}", severity=severity, cause=cause,
            place="line 1", message="said", cents=cents, **told,
        )  # fmt: skip
    return inside


def numbers(chosen: Chosen, metric: Metric, part: Part = Part.COUNTED, **narrowed: str) -> list[str]:
    return sorted(figures.claims_behind(metric, chosen, part, **narrowed).values_list("number", flat=True))


def test_each_figure_counts_what_its_definition_says(may: Clinic) -> None:
    del may
    found = figures.overall(MAY)
    assert (found[Metric.CLEAN_CLAIMS].numerator, found[Metric.CLEAN_CLAIMS].denominator) == (2, 5)
    assert (found[Metric.FIRST_SENDING].numerator, found[Metric.FIRST_SENDING].denominator) == (1, 2)
    assert (found[Metric.HELD_BACK].numerator, found[Metric.HELD_BACK].unknown) == (9000, 1)
    assert found[Metric.LEFT_DOLLARS].numerator == 3000
    assert found[Metric.LEFT_UNITS].numerator == 1
    assert found[Metric.VISITS].numerator == 6
    # Lines of claims whose every line has its units: 3 + 4 + 3 + 2 in four visits.
    assert (found[Metric.UNITS_PER_VISIT].numerator, found[Metric.UNITS_PER_VISIT].denominator) == (12, 4)
    assert {metric: shown(value) for metric, value in found.items()} == {
        Metric.CLEAN_CLAIMS: "40.0%",
        Metric.FIRST_SENDING: "50.0%",
        Metric.HELD_BACK: "$90.00",
        Metric.LEFT_DOLLARS: "$30.00",
        Metric.LEFT_UNITS: "1",
        Metric.VISITS: "6",
        Metric.UNITS_PER_VISIT: "3.0",
    }


def test_the_rows_behind_are_those_that_count(may: Clinic) -> None:
    del may
    assert numbers(MAY, Metric.CLEAN_CLAIMS) == ["M1", "M4"]
    assert numbers(MAY, Metric.CLEAN_CLAIMS, Part.OTHERS) == ["M2", "M3", "M5"]
    assert numbers(MAY, Metric.FIRST_SENDING) == ["M4"]
    assert numbers(MAY, Metric.FIRST_SENDING, Part.OTHERS) == ["M5"]
    assert numbers(MAY, Metric.HELD_BACK) == ["M2"]
    assert numbers(MAY, Metric.HELD_BACK, Part.OTHERS) == ["M3"]
    assert numbers(MAY, Metric.LEFT_UNITS) == ["M2"]
    assert numbers(MAY, Metric.UNITS_PER_VISIT) == ["M1", "M2", "M4", "M5"]
    assert numbers(MAY, Metric.FINDINGS) == ["M2", "M3"]
    assert numbers(MAY, Metric.FINDINGS, cause="front office") == ["M3"]
    assert numbers(MAY, Metric.FINDINGS, severity="left") == ["M2"]
    assert numbers(MAY, Metric.FINDINGS, rule="MD101") == []
    assert figures.visits_behind(MAY).count() == 6


def test_findings_by_cause_leave_out_what_was_set_aside_or_mended(may: Clinic) -> None:
    del may
    counted = findings(MAY)
    found = counted.by_cause
    told = {(cause, severity): tally.claims for cause, row in found.items() for severity, tally in row.items()}
    assert {key: count for key, count in told.items() if count} == {
        (Cause.CODING, "deny"): 1,
        (Cause.CODING, "left"): 1,
        (Cause.FRONT_OFFICE, "reject"): 1,
    }
    assert len(told) == 20
    assert [(tally.key, tally.claims, tally.cents) for tally in counted.by_rule] == [
        ("ID101", 1, 0),
        ("UN101", 1, 9000),
        ("UN201", 1, 3000),
    ]
    assert counted.blocked == 2


@pytest.mark.parametrize("by", list(By))
def test_groups_add_up_to_the_whole(may: Clinic, by: By) -> None:
    del may
    whole = figures.overall(MAY)
    groups = figures.grouped(MAY, by)
    for metric in (one for one in Metric if one is not Metric.FINDINGS):
        assert sum(group.values[metric].numerator for group in groups) == whole[metric].numerator, metric
        assert sum(group.values[metric].denominator or 0 for group in groups) == (whole[metric].denominator or 0)
    assert len(groups) == {By.MONTH: 1, By.THERAPIST: 2, By.PAYER: 3}[by]
    assert figures.added_up(groups) == whole


def test_groups_of_the_sample_clinic_add_up_too(inside: Clinic) -> None:
    del inside
    whole = figures.overall(YEAR)
    assert whole[Metric.CLEAN_CLAIMS].denominator
    for by in (By.MONTH, By.THERAPIST):
        groups = figures.grouped(YEAR, by)
        for metric in (Metric.CLEAN_CLAIMS, Metric.VISITS, Metric.UNITS_PER_VISIT, Metric.HELD_BACK):
            assert sum(group.values[metric].numerator for group in groups) == whole[metric].numerator


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (Chosen(date(2031, 5, 2), date(2031, 5, 5)), 4),
        (Chosen(date(2031, 5, 1), date(2031, 5, 6)), 6),
        (Chosen(date(2031, 5, 7), date(2031, 5, 31)), 0),
        (Chosen(date(2031, 5, 1), date(2031, 5, 31), payer="beta"), 3),
        (Chosen(date(2031, 5, 1), date(2031, 5, 31), payer="nobody"), 0),
    ],
)
def test_days_and_payer_narrow_visits(may: Clinic, chosen: Chosen, count: int) -> None:
    del may
    assert figures.overall(chosen)[Metric.VISITS].numerator == count


def test_a_rate_of_nothing_is_unknown(inside: Clinic) -> None:
    del inside
    found = figures.overall(Chosen(date(2031, 6, 1), date(2031, 6, 30)))
    assert found[Metric.CLEAN_CLAIMS].number is None
    assert found[Metric.UNITS_PER_VISIT].number is None
    assert shown(found[Metric.CLEAN_CLAIMS]) == "–"
    assert found[Metric.VISITS].number == 0


def test_another_clinics_rows_are_not_counted(may: Clinic, elsewhere: Clinic) -> None:
    from cleanclaim.practice import tenancy  # noqa: PLC0415 - beside the scope it changes

    del may
    with tenancy.scope([elsewhere.pk]):
        assert figures.overall(MAY)[Metric.VISITS].numerator == 0


def test_the_span_before_is_as_long_and_ends_the_day_before() -> None:
    before = Chosen(date(2026, 9, 1), date(2026, 9, 25), payer="alpha").before()
    assert before == Chosen(date(2026, 8, 7), date(2026, 8, 31), payer="alpha")
    assert before.last + timedelta(days=1) == date(2026, 9, 1)


def test_changes_say_which_way_is_good() -> None:
    def moved(metric: Metric, now: int, before: int) -> tuple[str, bool | None]:
        of = 1000 if definitions()[metric].unit is Unit.RATE else None
        found = change(Value(metric, now, of), Value(metric, before, of))
        assert found is not None
        return found.said, found.is_good

    assert moved(Metric.CLEAN_CLAIMS, 921, 900) == ("+2.1 points", True)
    assert moved(Metric.CLEAN_CLAIMS, 900, 921) == ("−2.1 points", False)
    assert moved(Metric.HELD_BACK, 100, 12_350) == ("−$122.50", True)
    assert moved(Metric.VISITS, 5, 3) == ("+2", None)
    assert moved(Metric.VISITS, 3, 3) == ("as before", None)
    assert change(Value(Metric.CLEAN_CLAIMS, 0, 0), Value(Metric.CLEAN_CLAIMS, 1, 1)) is None


def test_every_figure_is_defined_with_a_source() -> None:
    assert list(definitions()) == list(Metric)
    for definition in definitions().values():
        assert definition.numerator
        assert definition.excludes
        assert bool(definition.denominator) == (definition.unit in {Unit.RATE, Unit.EACH})


def test_every_month_of_a_span_stands_in_the_plot() -> None:
    found = figures.every_month(Chosen(date(2025, 11, 30), date(2026, 2, 1)), [])
    assert [group.key for group in found] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert figures.month_of("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert figures.month_of("2028-12") == (date(2028, 12, 1), date(2028, 12, 31))


# --- pages -------------------------------------------------------------------------------------------------

MAY_QUERY = "from=2031-05-01&through=2031-05-31"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200),
        (Role.BILLER, 200),
        (Role.AUDITOR, 200),
        (Role.THERAPIST, 403),
        (Role.ASSISTANT, 403),
        (Role.FRONT_DESK, 403),
    ],
)
def test_only_who_may_see_figures_does(as_role: As, role: Role, status: int) -> None:
    client = as_role(role)
    assert client.get("/c/millrace/figures/").status_code == status
    assert client.get("/c/millrace/figures/clean-claims/").status_code == status


def test_another_clinics_figures_are_not_there(as_role: As) -> None:
    assert as_role(Role.OWNER).get("/c/elsewhere/figures/").status_code == 404
    assert as_role(Role.OWNER).get("/c/millrace/figures/no-such-figure/").status_code == 404


@pytest.mark.parametrize("metric", [one.value.replace("_", "-") for one in Metric])
def test_the_list_behind_has_as_many_rows_as_it_says(may: Clinic, as_role: As, metric: str) -> None:
    del may
    page = as_role(Role.OWNER).get(f"/c/millrace/figures/{metric}/?{MAY_QUERY}")
    assert page.status_code == 200
    text = page.content.decode()
    rows = len(re.findall(r'<th scope="row">', text))
    assert rows == page.context["count"]
    assert page.context["definition"].label in text


def test_the_page_survives_a_wild_address(as_role: As) -> None:
    client = as_role(Role.OWNER)
    for query in (
        "from=x&through=9999-99-99",
        "therapist=1'--&payer=%00x",
        "by=nothing",
        "from=2026-09-25&through=2026-01-01",
    ):
        assert client.get(f"/c/millrace/figures/?{query.replace('%00', '')}").status_code == 200, query
    assert client.get("/c/millrace/figures/findings/?cause=x&severity=y&rule=z&page=99").status_code == 200


def test_the_page_asks_the_database_the_same_whatever_the_number_of_rows(
    may: Clinic, as_role: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = as_role(Role.OWNER)
    with django_assert_max_num_queries(40) as few:
        client.get(f"/c/millrace/figures/?{MAY_QUERY}&by=therapist")
    patient, therapist = Patient.objects.all()[0], Provider.objects.filter(treats=True)[0]
    for number in range(40):
        visit = Visit.objects.create(
            clinic=may, number=f"X{number}", patient=patient, date_of_service=date(2031, 5, 9), therapist=therapist,
            status=VisitStatus.SIGNED.value,
        )  # fmt: skip
        Claim.objects.create(
            clinic=may, number=f"X{number}", visit=visit, patient=patient, payer="alpha", payer_name="Alpha",
            date_of_service=visit.date_of_service, status=ClaimStatus.READY.value, first_passed=True,
        )  # fmt: skip
    with django_assert_max_num_queries(40) as many:
        client.get(f"/c/millrace/figures/?{MAY_QUERY}&by=therapist")
    assert len(many.captured_queries) == len(few.captured_queries)
    with django_assert_max_num_queries(30) as listed:
        client.get(f"/c/millrace/figures/clean-claims/?{MAY_QUERY}")
    with django_assert_max_num_queries(30) as short:
        client.get("/c/millrace/figures/clean-claims/?from=2031-05-01&through=2031-05-02")
    assert len(listed.captured_queries) == len(short.captured_queries)


# --- plots -------------------------------------------------------------------------------------------------


def test_a_plot_says_its_figures_and_escapes_them() -> None:
    marks = [plots.Mark("Jan", 500, "Jan: <50 %>", "/x/?a=1&b=2"), plots.Mark("Feb", None, "Feb: unknown")]
    drawn = plots.columns(marks, key="k", title="Rate", about="Two months", axis=str, most=1000)
    assert drawn == plots.columns(marks, key="k", title="Rate", about="Two months", axis=str, most=1000)
    assert '<title id="k-title">Rate</title>' in drawn
    assert '<desc id="k-about">Two months</desc>' in drawn
    assert "Jan: &lt;50 %&gt;" in drawn
    assert 'href="/x/?a=1&amp;b=2"' in drawn
    assert "style=" not in drawn
    # Half of the axis: from the floor at 166 up half of 152.
    assert re.search(r'class="plot-mark" x="\d+" y="90" width="\d+" height="76"', drawn)
    assert drawn.count('class="plot-mark"') == 1


@pytest.mark.parametrize(("largest", "step", "top"), [(0, 1, 4), (4, 1, 4), (5, 2, 8), (6557, 2000, 8000), (9, 5, 20)])
def test_axes_end_at_round_numbers(largest: int, step: int, top: int) -> None:
    drawn = plots.columns([plots.Mark("a", largest, "a")], key="k", title="t", about="", axis=str)
    assert re.findall(r'class="plot-end"[^>]*>(\d+)<', drawn) == [str(step * place) for place in range(5)]
    assert top == 4 * step


def test_bars_show_parts_and_leave_out_empty_ones() -> None:
    bar = plots.Bar("Coding", (plots.Segment("tone-1", 3, "three"), plots.Segment("tone-2", 0, "none")), "3")
    drawn = plots.bars([bar], key="k", title="t", about="")
    assert "three" in drawn
    assert "none" not in drawn
