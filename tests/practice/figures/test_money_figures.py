"""The figures of a clinic's money: rows become facts, figures follow the ledger, each with the claims behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from cleanclaim.measures.definitions import Measure
from cleanclaim.measures.figures import Span, aging, figures, months_of
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.figures import money_figures as engine
from cleanclaim.practice.engine.figures.figures import Chosen
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import Claim, ClaimAnswer, ClaimStatus, Clinic, Receipt, Role, User, Visit
from tests.practice.figures import money_claim_by_claim as by_claim
from tests.practice.money.answers import Decision, Said, denies, pays_well, remittance

DAY = date(2026, 9, 25)
YEAR = Chosen(date(2025, 10, 1), DAY)


@pytest.fixture
def filed(inside: Clinic, biller: User) -> list[Claim]:
    """Three filed claims to Medicare Part B, by number."""
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], payer="medicare_b").order_by("number")
    release(inside, [claim.pk for claim in ready[:3]], biller)
    return list(Claim.objects.filter(status=ClaimStatus.SUBMITTED.value).order_by("number"))


def answer(clinic: Clinic, user: User, said: list[Said]) -> None:
    post(clinic, user, keep_file(clinic, user, remittance(said)))


def charge(claim: Claim) -> int:
    return sum(line["charge_cents"] for line in claim.record["lines"])


def test_before_any_answer_rates_are_unknown_and_charges_wait(inside: Clinic, filed: list[Claim]) -> None:
    found = engine.money(inside, YEAR, DAY)

    told = found.values
    assert (told[Measure.FIRST_SENDING].denominator, told[Measure.FIRST_SENDING].number) == (0, None)
    assert (told[Measure.NET_COLLECTION].numerator, told[Measure.NET_COLLECTION].denominator) == (
        0, sum(map(charge, filed)),
    )  # fmt: skip
    assert found.aging == {"medicare_b": [sum(map(charge, filed)), 0, 0, 0, 0]}
    open_ones = Claim.objects.filter(status__in=["ready", "held", "question", "not_judged", "on_hold"])
    waiting = sum(open_ones.exclude(payer="").values_list("charge_cents", flat=True))
    first = min(by_claim.to_payers(YEAR).values_list("date_of_service", flat=True))
    assert told[Measure.UNBILLED_DAYS].numerator == waiting * ((DAY - first).days + 1)


def test_paid_and_denied_claims_count_where_they_should(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    good, bad, silent = filed
    answer(inside, biller, [Said(good, pays_well), Said(bad, denies)])

    told = engine.money(inside, YEAR, DAY).values

    assert (told[Measure.FIRST_SENDING].numerator, told[Measure.FIRST_SENDING].denominator) == (1, 2)
    assert (told[Measure.DENIED_WHOLE].numerator, told[Measure.DENIED_IN_PART].numerator) == (1, 0)
    assert (told[Measure.DENIED_DOLLARS].numerator, told[Measure.DENIED_DOLLARS].denominator) == (
        charge(bad), charge(good) + charge(bad),
    )  # fmt: skip
    assert told[Measure.DENIALS_WAITING].numerator == charge(bad)
    given_up = sum(line["charge_cents"] * 3 // 10 for line in good.record["lines"])
    assert (told[Measure.NET_COLLECTION].numerator, told[Measure.NET_COLLECTION].denominator) == (
        Said(good, pays_well).paid(), sum(map(charge, filed)) - given_up,
    )  # fmt: skip
    assert list(engine.behind(inside, Measure.FIRST_SENDING, YEAR, DAY, others=False)[1]) == [good.pk]
    assert list(engine.behind(inside, Measure.FIRST_SENDING, YEAR, DAY, others=True)[1]) == [bad.pk]
    _figures, waiting = engine.behind(inside, Measure.NET_DAYS, YEAR, DAY, others=False)
    assert set(waiting) == {good.pk, bad.pk, silent.pk}
    assert [waiting[0], waiting[-1]] == [waiting[0:1][0], waiting[2:3][0]]
    with pytest.raises(IndexError):
        waiting[3]


def test_what_is_refused_under_group_pr_is_denied_and_a_share_of_cost_is_not(
    inside: Clinic, biller: User, filed: list[Claim]
) -> None:
    none, mixed, shared = filed
    answer(inside, biller, [
        Said(none, lambda _number, cents: Decision(0, [("PR", "27", cents)])),
        Said(mixed, lambda _number, cents: Decision(cents - 300, [("PR", "204", 200), ("PR", "3", 100)])),
        Said(shared, lambda _number, cents: Decision(0, [("PR", "1", cents)])),
    ])  # fmt: skip

    told = engine.money(inside, YEAR, DAY).values
    assert (told[Measure.FIRST_SENDING].numerator, told[Measure.FIRST_SENDING].denominator) == (1, 3)
    assert (told[Measure.DENIED_WHOLE].numerator, told[Measure.DENIED_IN_PART].numerator) == (1, 1)
    assert told[Measure.DENIED_DOLLARS].numerator == charge(none) + 200 * len(mixed.record["lines"])
    rows = {row.claim_id: row for row in ClaimAnswer.objects.all()}
    assert [(rows[one.pk].patient_cents, rows[one.pk].refused_cents) for one in (none, shared)] == [
        (charge(none), charge(none)), (charge(shared), 0),
    ]  # fmt: skip


def test_a_migration_tells_the_same_of_answers_that_are_there(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    answer(inside, biller, [
        Said(filed[0], lambda _number, cents: Decision(0, [("PR", "27", cents)])),
        Said(filed[1], lambda _number, cents: Decision(0, [("PR", "2", 500), ("CO", "97", cents - 500)])),
    ])  # fmt: skip
    told = dict(ClaimAnswer.objects.values_list("pk", "refused_cents"))
    assert sorted(told.values()) == [0, charge(filed[0])]
    ClaimAnswer.objects.update(refused_cents=0)
    step = import_module("cleanclaim.practice.migrations.0005_refused_under_group_pr")
    step.tell(apps, connection.schema_editor())
    assert dict(ClaimAnswer.objects.values_list("pk", "refused_cents")) == told


def test_a_payment_taken_back_leaves_no_trace_in_the_figures(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    before = engine.money(inside, YEAR, DAY).values
    (row,) = post(
        inside, biller, keep_file(inside, biller, remittance([Said(one, denies) for one in filed[:2]]))
    ).posted
    assert engine.money(inside, YEAR, DAY).values != before

    unpost(inside, biller, row.pk)

    assert engine.money(inside, YEAR, DAY).values == before


def test_one_payer_or_one_month_alone(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    answer(inside, biller, [Said(filed[0], pays_well), Said(filed[1], denies)])
    other = Chosen(YEAR.first, YEAR.last, "larkspur_mutual")
    assert engine.money(inside, other, DAY).values[Measure.FIRST_SENDING].denominator == 0
    found = engine.money(inside, YEAR, DAY)
    (medicare,) = [group for group in found.payers if group.key == "medicare_b"]
    assert (medicare.values[Measure.FIRST_SENDING].numerator, medicare.values[Measure.FIRST_SENDING].denominator) == (
        1, 2,
    )  # fmt: skip
    assert sum(group.values[Measure.FIRST_SENDING].denominator or 0 for group in found.months) == 2
    assert len(found.months) == 12


def test_what_patients_pay_when_they_are_treated(inside: Clinic, biller: User) -> None:
    visit = Visit.objects.select_related("patient").filter(date_of_service__lt=DAY)[0]
    for number, on, cents in (("R-1", visit.date_of_service, 3_000), ("R-2", date(2026, 1, 1), 7_000)):
        Receipt.objects.create(
            clinic=inside, number=number, patient=visit.patient, received_on=on, cents=cents, means="cash",
            taken_by=biller, digest="0" * 64,
        )  # fmt: skip

    told = engine.money(inside, YEAR, DAY).values[Measure.POINT_OF_SERVICE]

    assert (told.numerator, told.denominator, told.number) == (3_000, 10_000, 300)


def test_the_forecast_says_when_it_knows_too_little(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    answer(inside, biller, [Said(filed[0], pays_well)])

    ahead, names = engine.cash_ahead(inside, DAY)

    assert [(one.payer, one.answers, one.waiting, one.weeks) for one in ahead] == [("medicare_b", 1, 2, ())]
    assert names["medicare_b"] == "Medicare Part B"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200), (Role.BILLER, 200), (Role.AUDITOR, 200), (Role.FRONT_DESK, 403), (Role.THERAPIST, 403),
        (Role.ASSISTANT, 403),
    ],
)  # fmt: skip
def test_who_sees_the_figures(as_role: Callable[[Role], Client], role: Role, status: int) -> None:
    client = as_role(role)
    assert client.get("/c/millrace/figures/money/").status_code == status
    assert client.get("/c/millrace/figures/money/aged/").status_code == status
    assert client.get("/c/millrace/figures/money/nothing-such/").status_code == (404 if status == 200 else 403)


def test_the_page_shows_each_figure_with_its_claims(
    as_role: Callable[[Role], Client], inside: Clinic, biller: User, filed: list[Claim]
) -> None:
    client = as_role(Role.OWNER)
    before = client.get("/c/millrace/figures/money/").content.decode()
    assert "No remittance has answered a claim" in before
    assert "First-pass rate, payers by month" not in before
    answer(inside, biller, [Said(filed[0], pays_well), Said(filed[1], denies)])

    page = client.get("/c/millrace/figures/money/").content.decode()
    for expected in ("50.0%", "1 of 2 claims", "First-pass rate, payers", "Net days in A/R", "Too little history"):
        assert expected in page, expected
    assert "First-pass rate, payers by month" in page
    behind = client.get("/c/millrace/figures/money/denied-whole/").content.decode()
    assert filed[1].number in behind
    assert filed[0].number not in behind
    assert "MAP Keys" in behind
    others = client.get("/c/millrace/figures/money/denied-whole/?part=others").content.decode()
    assert (filed[0].number in others, filed[1].number in others) == (True, False)
    assert "counts patients' payments" in client.get("/c/millrace/figures/money/point-of-service/").content.decode()


def test_the_page_asks_the_database_the_same_for_many(
    as_role: Callable[[Role], Client],
    inside: Clinic,
    biller: User,
    filed: list[Claim],
    django_assert_num_queries: Callable[[int], object],
) -> None:
    client = as_role(Role.OWNER)
    answer(inside, biller, [Said(filed[0], pays_well)])
    client.get("/c/millrace/figures/money/")
    with django_assert_num_queries(10) as first:  # type: ignore[attr-defined]
        client.get("/c/millrace/figures/money/")
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[])
    release(inside, [claim.pk for claim in ready], biller)
    with django_assert_num_queries(len(first.captured_queries)):  # type: ignore[attr-defined]
        client.get("/c/millrace/figures/money/")


def test_groups_of_claims_give_the_same_figures_as_the_claims(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    good, bad, _silent = filed
    answer(inside, biller, [Said(good, pays_well), Said(bad, denies)])
    old = Claim.objects.filter(status=ClaimStatus.HELD.value).order_by("number")[:4]
    for place, claim in enumerate(old):
        # One on each side of an age's end and of a month's.
        Claim.objects.filter(pk=claim.pk).update(date_of_service=DAY - timedelta(days=30 + place // 2 * 60 + place % 2))
    for chosen in (
        YEAR,
        Chosen(date(2026, 9, 1), DAY),
        Chosen(date(2026, 8, 10), date(2026, 9, 20), "medicare_b"),
        Chosen(date(2026, 1, 1), DAY, therapist=str(good.visit.therapist_id)),
        Chosen(date(2030, 1, 1), date(2030, 2, 1)),
    ):
        span = Span(chosen.first, chosen.last, DAY)
        claims, receivable, names = by_claim.read(inside, chosen)
        cash = engine.patient_cash(chosen)
        found = engine.money(inside, chosen, DAY)
        assert found.values == figures(claims, receivable, cash, span)
        assert found.aging == aging(receivable, DAY)
        assert found.names == names
        for group, (first, last) in zip(found.months, months_of(span), strict=True):
            part = Span(first, last, DAY)
            own = [claim for claim in claims if part.holds(claim.date_of_service)]
            assert group.values == figures(own, (), [one for one in cash if part.holds(one.on)], part)
        for group in found.payers:
            own = [claim for claim in claims if claim.payer == group.key]
            assert group.values == figures(own, [one for one in receivable if one.payer == group.key], (), span)
        for measure in Measure:
            for others in (False, True):
                values, behind = engine.behind(inside, measure, chosen, DAY, others=others)
                expected = by_claim.behind(inside, measure, chosen, DAY, others=others)
                assert values == found
                assert len(behind) == len(expected)
                assert behind[0 : len(behind)] == expected
                assert [key for place in range(0, len(expected), 7) for key in behind[place : place + 7]] == expected


def test_a_page_of_claims_behind_a_figure_asks_the_same_for_many(
    as_role: Callable[[Role], Client],
    inside: Clinic,
    biller: User,
    filed: list[Claim],
    django_assert_num_queries: Callable[[int], object],
) -> None:
    client = as_role(Role.OWNER)
    address = "/c/millrace/figures/money/net-days/"
    client.get(address)
    with django_assert_num_queries(12) as first:  # type: ignore[attr-defined]
        assert client.get(address).content.decode().count('<th scope="row">') == len(filed)
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[])
    release(inside, [claim.pk for claim in ready], biller)
    with django_assert_num_queries(len(first.captured_queries)):  # type: ignore[attr-defined]
        assert client.get(address).content.decode().count('<th scope="row">') > len(filed)
