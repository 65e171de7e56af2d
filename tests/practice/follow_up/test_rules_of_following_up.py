"""A clinic's rules of following up: who changes them, how long silence lasts, what is too little to be listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from cleanclaim.denials.silence import Patience
from cleanclaim.practice import tasks
from cleanclaim.practice.clock import DEMO_ZONE
from cleanclaim.practice.engine.exchange.undecided import look, patience_with, take_up
from cleanclaim.practice.engine.worklist.follow_up_rules import chosen_rules, sort_anew
from cleanclaim.practice.engine.worklist.what_waits import what_waits
from cleanclaim.practice.models import (
    Batch,
    Claim,
    ClaimLine,
    Clinic,
    ExchangeConnection,
    FollowUpRules,
    Role,
    TrailEntry,
    User,
    WorkItem,
)
from tests.practice.conftest import DAY
from tests.practice.follow_up.conftest import Answer
from tests.practice.money.answers import Decision, Said, denies, pays_well

SignedIn = Callable[[Role], Client]
LIST = "/c/millrace/follow-up/"
RULES = "/c/millrace/setup/follow-up/"


def filed_before(claim: Claim, days: int, number: int) -> None:
    """Let a claim have gone out so many days before today."""
    batch = Batch.objects.get(pk=claim.batch_id)
    batch.pk, batch.interchange_control, batch.file_name = None, f"8{number:08d}", f"y{number}.837"
    batch._state.adding = True
    batch.created_at = datetime(2026, 9, 25, 12, tzinfo=UTC) - timedelta(days=days)
    batch.save(force_insert=True)
    Claim.objects.filter(pk=claim.pk).update(batch=batch)


# --- silence --------------------------------------------------------------------------------------------------


def test_the_payers_own_lag_is_counted_from_filing_to_its_first_answer(
    medicare: list[Claim], answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(Said(medicare[0], pays_well))  # of 2026-10-12
    answer(Said(medicare[1], pays_well, payer_number="PCN2"), trace="EFT2")
    filed_before(medicare[0], 3, 1)  # twenty days before it was paid
    filed_before(medicare[1], 400, 2)  # too long ago to say anything
    counted: list[list[int]] = []

    def count(lags: list[int], chosen: int | None) -> Patience:
        counted.append(sorted(lags))
        return Patience(chosen or 30, "")

    monkeypatch.setattr("cleanclaim.practice.engine.exchange.undecided.patience_of", count)
    patience_with(["medicare_b", "larkspur_mutual"], DAY, None)
    assert counted == [[], [20]]
    counted.clear()
    patience_with(["medicare_b"], DAY, 21)
    assert counted == [[]]


@pytest.mark.parametrize(("days", "found"), [(21, 0), (22, 1)])
def test_the_clinics_own_number_of_days_holds(
    inside: Clinic, biller: User, medicare: list[Claim], days: int, found: int
) -> None:
    FollowUpRules.objects.create(clinic=inside, unanswered_days=21)
    filed_before(medicare[0], days, 1)
    assert take_up(inside, biller) == (found, 0)
    for item in WorkItem.objects.filter(kind="unanswered"):
        assert (item.noticed_on, item.why) == (DAY - timedelta(days=days), "the clinic waits 21 days for any payer")


def test_a_worker_looks_once_a_day(inside: Clinic, elsewhere: Clinic, medicare: list[Claim]) -> None:
    filed_before(medicare[0], 31, 1)
    assert tasks.look_through_clinics() == 2
    assert tasks.look_through_clinics() == 0
    asked = DBTaskResult.objects.filter(task_path=tasks.look_through.module_path)
    assert {row.args_kwargs["args"][0] for row in asked} == {str(inside.pk), str(elsewhere.pk)}
    assert asked.count() == 2
    rules = FollowUpRules.objects.get()
    assert (rules.looked_on, rules.version) == (DAY, 1)
    FollowUpRules.objects.update(looked_on=DAY - timedelta(days=1))
    assert tasks.look_through_clinics() == 1


def test_a_look_of_the_day_takes_up_and_says_so_in_nobodys_name(inside: Clinic, medicare: list[Claim]) -> None:
    filed_before(medicare[0], 31, 1)
    before = TrailEntry.objects.count()
    tasks.look_through.call(str(inside.pk))
    (item,) = WorkItem.objects.filter(kind="unanswered")
    assert (item.noticed_on, item.why) == (date(2026, 8, 25), "30 days, as fewer than 20 of its answers are known")
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.user, entry.action, entry.detail) == (None, "create", "1 unanswered, 0 returned")
    look(inside)
    assert TrailEntry.objects.count() == before + 1


def test_a_silent_claim_is_asked_about_from_its_case_where_there_is_a_way(
    inside: Clinic, biller: User, medicare: list[Claim], as_role: SignedIn
) -> None:
    filed_before(medicare[0], 31, 1)
    take_up(inside, biller)
    client, address = as_role(Role.BILLER), f"{LIST}claims/{medicare[0].pk}/"
    text = client.get(address).content.decode()
    assert "Filed on Aug 25, 2026, and not answered since. Waited for: 30 days, as fewer than 20" in text
    assert "Ask the payer where it stands</button>" not in text
    ExchangeConnection.objects.create(clinic=inside, kind="folder", name="Plains", set_up_by=biller)
    assert "Ask the payer where it stands</button>" in client.get(address).content.decode()


# --- small amounts ----------------------------------------------------------------------------------------------


@pytest.fixture
def short(medicare: list[Claim], answer: Answer) -> Claim:
    """A claim whose lines are allowed five cents less than they are worth."""
    claim = medicare[0]
    worth = dict(ClaimLine.objects.filter(claim=claim).values_list("position", "allowed_cents"))

    def decide(number: int, charge: int) -> Decision:
        allowed = worth[number] - 5
        return Decision(allowed, [("CO", "45", charge - allowed)])

    answer(Said(claim, decide))
    return claim


def test_a_few_cents_stay_off_the_list_and_in_the_sums(as_role: SignedIn, short: Claim) -> None:
    lines = WorkItem.objects.filter(kind="underpayment", cents=5, is_small=True)
    count = lines.count()
    assert count == len(short.record["lines"])
    assert [one.claims for one in what_waits(DAY).items if one.kind == "underpayment"] == [0]
    client = as_role(Role.BILLER)
    page = client.get(LIST)
    assert page.context["count"] == 0
    text = page.content.decode()
    assert f"Not listed: {count} lines short by little, ${count * 5 / 100:.2f} together." in text
    assert client.get(f"{LIST}?size=small").context["count"] == 1
    ((group, _address),) = client.get(f"{LIST}?by=payer").context["groups"]
    assert (group.value, group.items, group.cents, group.small_cents) == ("medicare_b", 0, 0, count * 5)


def test_beside_other_cases_the_threshold_is_told(
    as_role: SignedIn, short: Claim, medicare: list[Claim], answer: Answer
) -> None:
    answer(Said(medicare[1], denies, payer_number="PCN2"), trace="EFT2")
    count = len(short.record["lines"])
    text = as_role(Role.BILLER).get(LIST).content.decode()
    words = f"Not listed: {count} lines paid too little by less than $1.00 and 5%, ${count * 5 / 100:.2f} together."
    assert words in text
    assert "/c/millrace/setup/follow-up/" in text


def test_who_takes_a_small_one_up_brings_it_back(inside: Clinic, as_role: SignedIn, short: Claim, biller: User) -> None:
    case = f"{short.pk}|underpayment||underpayment"
    client = as_role(Role.BILLER)
    client.post(f"{LIST}act/", {"claim": case, "action": f"assign:{biller.pk}"})
    assert not WorkItem.objects.exclude(assigned_to=None).exists()  # not among what the list shows
    client.post(f"{LIST}act/", {"claim": case, "action": f"assign:{biller.pk}", "size": "small"})
    assert WorkItem.objects.filter(assigned_to=biller).count() == len(short.record["lines"])
    client.post(f"{LIST}claims/{short.pk}/note/", {"text": "They round down.", "kind": "call"})
    assert client.get(LIST).context["count"] == 1
    assert inside.slug == "millrace"


def test_a_lower_threshold_brings_them_onto_the_list(inside: Clinic, as_role: SignedIn, short: Claim) -> None:
    client = as_role(Role.BILLER)
    form = {"unanswered_days": "", "small_cents": "0.05", "small_percent": "", "version": "1"}
    assert client.post(RULES, form).status_code == 302
    assert client.get(LIST).context["count"] == 1
    assert not WorkItem.objects.filter(is_small=True).exists()
    rules = chosen_rules(inside)
    assert (rules.small_cents, rules.small_percent, rules.unanswered_days, rules.version) == (5, None, None, 2)
    rules.small_cents = 6
    assert sort_anew(rules) == len(short.record["lines"])
    assert sort_anew(rules) == 0


# --- the page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200), (Role.BILLER, 200), (Role.AUDITOR, 403),
        (Role.THERAPIST, 403), (Role.ASSISTANT, 403), (Role.FRONT_DESK, 403),
    ],
)  # fmt: skip
def test_who_sets_the_rules(inside: Clinic, as_role: SignedIn, role: Role, status: int) -> None:
    client = as_role(role)
    assert client.get(RULES).status_code == status
    assert client.post(RULES, {"version": "1", "unanswered_days": "40"}).status_code == (302 if status == 200 else 403)
    assert chosen_rules(inside).unanswered_days == (40 if status == 200 else None)


def test_rules_are_not_written_over_somebody_elses(inside: Clinic, as_role: SignedIn) -> None:
    client = as_role(Role.OWNER)
    assert not FollowUpRules.objects.exists()
    client.post(RULES, {"version": "1", "unanswered_days": "40"})
    assert client.post(RULES, {"version": "1", "unanswered_days": "50"}).status_code == 409
    assert client.post(RULES, {"version": "2", "unanswered_days": "4"}).status_code == 422
    assert client.post(RULES, {"version": "2", "small_percent": "101"}).status_code == 422
    assert chosen_rules(inside).unanswered_days == 40


def test_posting_by_itself_is_switched_on_by_somebody_from_now_on(inside: Clinic, as_role: SignedIn) -> None:
    client = as_role(Role.OWNER)
    assert chosen_rules(inside).posts_balanced is False
    client.post(RULES, {"version": "1", "posts_balanced": "on"})
    rules = chosen_rules(inside)
    assert rules.posts_for is not None
    assert (rules.posts_balanced, rules.posts_for.name) == (True, "Joan Ferris")
    assert rules.posts_since is not None
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.subject, entry.detail) == ("follow-up rules", "posts_balanced")
    assert rules.posts_since.astimezone(ZoneInfo(DEMO_ZONE)).date() == DAY
