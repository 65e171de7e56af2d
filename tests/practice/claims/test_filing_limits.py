"""The filing limit of a clinic's own contract: before the payer file's, and as far as it reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.claims.building import recheck
from cleanclaim.practice.engine.claims.last_days import FilingTerms, Lack
from cleanclaim.practice.engine.claims.staleness import outdated
from cleanclaim.practice.engine.judging.filing_limits import limit_words, remove_limit, set_limit
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Claim, Clinic, ClinicPayer, FilingLimit, Role, User
from cleanclaim.reference import payers
from tests.practice.conftest import DAY

pytestmark = pytest.mark.django_db
As = Callable[[Role], Client]
PAYERS = "/c/millrace/setup/payers"


def contract(
    clinic: Clinic, payer: str, days: int, behind: int | None = None, *, since: date | None = None
) -> ClinicPayer:
    """The clinic's row of a payer, with the limit of its contract from a day on."""
    row: ClinicPayer
    row, _made = ClinicPayer.objects.get_or_create(clinic=clinic, payer=payer, defaults={"name": payer})
    set_limit(clinic, payer, since, days, behind)
    return row


def limit_on(clinic: Clinic, payer: str, day: date) -> str:
    """The limit of a payer on a day in words, inside its network."""
    return limit_words(packs_of(clinic)[payer], day, in_network=True)


def test_a_contract_stands_before_the_file_and_says_whose_word_it_is(inside: Clinic) -> None:
    contract(inside, "tricare", 90, 45)
    told = packs_of(inside)["tricare"].setting("timely_filing_days", DAY).dated
    assert told is not None
    assert dict(told.value) == {
        "in_network": 90, "out_of_network": 90, "after_other_insurance": 45, "from": "date_of_service"
    }  # fmt: skip
    assert told.source.publisher == inside.name
    shipped = payers.get("tricare")
    assert told.source.title == f"contract with {shipped.label}"
    assert told.source.read_on == FilingLimit.objects.get().changed_at.date()
    assert shipped.setting("timely_filing_months", DAY).value == 12
    assert packs_of(inside)["tricare"].setting("timely_filing_months", DAY).value is None
    others = set(shipped.known_settings()) - {"timely_filing_days", "timely_filing_months"}
    assert others == set(packs_of(inside)["tricare"].known_settings()) - {"timely_filing_days"}


def test_a_contract_changes_a_file_of_the_companys_own_too_and_no_other(inside: Clinic) -> None:
    before = packs_of(inside)
    contract(inside, "larkspur_mutual", 30)
    after = packs_of(inside)
    assert limit_words(after["larkspur_mutual"], DAY, in_network=True) == "30 days"
    assert {name for name in after if after[name] is not before.get(name)} == {"larkspur_mutual"}


def test_medicares_limit_is_no_contracts(inside: Clinic) -> None:
    contract(inside, "medicare_b", 30)
    assert "medicare_b" not in packs_of(inside)


@pytest.mark.parametrize("payer", ["larkspur_mutual", "tricare"])
def test_a_limit_holds_from_its_first_day_and_the_files_before_it(inside: Clinic, payer: str) -> None:
    """Larkspur's own file counts in days, TRICARE's shipped one in months."""
    first, second = date(2026, 7, 1), date(2027, 1, 1)
    days_before = timedelta(days=1)
    stated = limit_on(inside, payer, DAY) if payer in packs_of(inside) else "12 months, 90 after another payer"
    contract(inside, payer, 77, 30, since=first)
    contract(inside, payer, 60, since=second)
    assert limit_on(inside, payer, first - days_before) == stated
    assert limit_on(inside, payer, first) == "77 days, 30 after another payer"
    assert limit_on(inside, payer, second - days_before) == "77 days, 30 after another payer"
    assert limit_on(inside, payer, second) == "60 days"


def test_a_limit_from_a_day_ends_the_one_from_the_beginning(inside: Clinic) -> None:
    contract(inside, "aetna", 120)
    contract(inside, "aetna", 90, since=date(2026, 7, 1))
    assert limit_on(inside, "aetna", date(2020, 1, 1)) == "120 days"
    assert limit_on(inside, "aetna", date(2026, 6, 30)) == "120 days"
    assert limit_on(inside, "aetna", date(2026, 7, 1)) == "90 days"
    contract(inside, "aetna", 100, since=date(2026, 7, 1))
    assert limit_on(inside, "aetna", date(2026, 7, 1)) == "100 days"
    assert FilingLimit.objects.count() == 2


def test_a_limit_that_is_taken_out_leaves_the_file_to_speak(inside: Clinic) -> None:
    contract(inside, "aetna", 90)
    remove_limit(FilingLimit.objects.get())
    assert "aetna" not in packs_of(inside)


def test_a_claim_is_judged_by_the_limit_of_its_day(inside: Clinic, biller: User) -> None:
    claim = Claim.objects.filter(payer="larkspur_mutual", status="ready").order_by("number")[0]
    contract(inside, "larkspur_mutual", 45)
    contract(inside, "larkspur_mutual", 31, since=claim.date_of_service + timedelta(days=1))
    recheck(inside, [claim.pk], biller)
    claim.refresh_from_db()
    assert claim.due_on == claim.date_of_service + timedelta(days=45)
    contract(inside, "larkspur_mutual", 31, since=claim.date_of_service)
    assert outdated([claim]) == {claim.pk}
    recheck(inside, [claim.pk], biller)
    claim.refresh_from_db()
    assert claim.due_on == claim.date_of_service + timedelta(days=31)
    assert outdated([claim]) == set()
    remove_limit(FilingLimit.objects.get(valid_from=claim.date_of_service))
    assert outdated([claim]) == {claim.pk}


def test_a_claims_last_day_is_the_contracts_at_its_next_check(inside: Clinic, biller: User) -> None:
    claim = Claim.objects.filter(payer="larkspur_mutual", status="ready").order_by("number")[0]
    contract(inside, "larkspur_mutual", 45)
    recheck(inside, [claim.pk], biller)
    claim.refresh_from_db()
    assert claim.due_on == claim.date_of_service + timedelta(days=45)


@pytest.mark.parametrize(
    ("payer", "lack"),
    [("tricare", Lack.NOT_DECIDED), ("aetna", Lack.PAYER_BEFORE)],
)
def test_behind_another_payer_the_last_day_waits_for_its_answer(inside: Clinic, payer: str, lack: Lack) -> None:
    assert FilingTerms.of(inside).lack(payer, DAY, order="secondary", in_network=True) is lack
    contract(inside, payer, 90)
    assert FilingTerms.of(inside).lack(payer, DAY, order="secondary", in_network=True) is Lack.PAYER_BEFORE
    contract(inside, payer, 90, 60)
    assert FilingTerms.of(inside).lack(payer, DAY, order="secondary", in_network=True) is Lack.NOT_DECIDED


def test_behind_another_payer_it_may_differ_by_network(inside: Clinic) -> None:
    ClinicPayer.objects.filter(payer="cigna").update(in_network=None)
    terms = FilingTerms.of(inside)
    assert terms.lack("cigna", DAY, order="secondary", in_network=None) is Lack.NETWORK_BEHIND
    assert terms.lack("cigna", DAY, order="secondary", in_network=True) is Lack.NOT_DECIDED
    assert terms.lack("cigna", DAY, order="secondary", in_network=False) is Lack.NOT_DECIDED


@pytest.mark.parametrize("since", [None, DAY])
def test_the_database_takes_one_limit_a_payer_and_day(inside: Clinic, since: date | None) -> None:
    contract(inside, "aetna", 90, since=since)
    with pytest.raises(IntegrityError), transaction.atomic():
        FilingLimit.objects.create(clinic=inside, payer="aetna", valid_from=since, days=60)


@pytest.mark.parametrize(
    ("payer", "in_network", "words"),
    [
        ("cash", None, "none"),
        ("cigna", True, "90 days, 90 after another payer"),
        ("cigna", False, "180 days, 180 after another payer"),
        ("cigna", None, "90 days in network, 180 days out of it, 90 or 180 after another payer"),
        ("medicare_advantage", None, ""),
        ("medicare_b", None, "12 months"),
        ("tricare", None, "12 months, 90 after another payer"),
        ("medicaid_tx", False, ""),
    ],
)
def test_a_limit_in_words(payer: str, in_network: bool | None, words: str) -> None:  # noqa: FBT001 - a case
    assert limit_words(payers.get(payer), date(2026, 9, 21), in_network=in_network) == words


# --- the page of set-up -------------------------------------------------------------------------------------


@pytest.fixture
def page(as_role: As, clinic: Clinic) -> Iterator[Client]:
    """A biller's browser, with the clinic in scope for looking at what was done."""
    with tenancy.scope([clinic.pk]):
        yield as_role(Role.BILLER)


def _limits(payer: str) -> list[tuple[date | None, int, int | None]]:
    return list(FilingLimit.objects.filter(payer=payer).values_list("valid_from", "days", "days_behind"))


@pytest.mark.parametrize(
    ("since", "days", "behind", "status"),
    [
        ("2026-07-01", "90", "60", 302),
        ("2026-07-01", "90", "", 302),
        ("", "1", "", 302),
        ("", "0", "", 422),
        ("", "3653", "", 302),
        ("", "3654", "", 422),
        ("", "", "60", 422),
        ("", "ninety", "60", 422),
        ("the first", "90", "60", 422),
    ],
)
def test_a_contracts_limit_is_entered_from_a_day_on(
    page: Client, clinic: Clinic, since: str, days: str, behind: str, status: int
) -> None:
    row = ClinicPayer.objects.create(clinic=clinic, payer="aetna", name="Aetna")
    told = {"valid_from": since, "days": days, "days_behind": behind}
    assert page.post(f"{PAYERS}/{row.pk}/limits/", told).status_code == status
    kept = [(date(2026, 7, 1) if since else None, int(days), int(behind) if behind else None)] if status == 302 else []
    assert _limits("aetna") == kept


@pytest.mark.parametrize("payer", ["medicare_b", "cash", "nobody"])
def test_no_contract_sets_the_limit_of_the_law(page: Client, clinic: Clinic, payer: str) -> None:
    row = ClinicPayer.objects.filter(payer=payer).first()
    row = row or ClinicPayer.objects.create(clinic=clinic, payer=payer, name="Somebody")
    assert page.get(f"{PAYERS}/{row.pk}/limits/").status_code == 404
    assert page.post(f"{PAYERS}/{row.pk}/limits/", {"days": "90"}).status_code == 404
    assert _limits(payer) == []


def test_the_limits_of_a_payer_are_listed_and_taken_out(page: Client, clinic: Clinic) -> None:
    row = contract(clinic, "aetna", 90)
    contract(clinic, "aetna", 60, 45, since=date(2026, 7, 1))
    text = page.get(f"{PAYERS}/{row.pk}/limits/").content.decode()
    assert text.index("Jul 1, 2026") < text.index("the beginning")
    assert "Today: 60 days, 45 after another payer." in text
    first = FilingLimit.objects.get(valid_from=None)
    other = contract(clinic, "tricare", 30)
    assert page.post(f"{PAYERS}/{other.pk}/limits/{first.pk}/remove/").status_code == 404
    assert page.get(f"{PAYERS}/{row.pk}/limits/{first.pk}/remove/").status_code == 405
    assert page.post(f"{PAYERS}/{row.pk}/limits/{first.pk}/remove/").status_code == 302
    assert _limits("aetna") == [(date(2026, 7, 1), 60, 45)]


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.AUDITOR])
def test_who_may_not_set_up_changes_no_limit(as_role: As, inside: Clinic, role: Role) -> None:
    row = contract(inside, "aetna", 90)
    [limit] = FilingLimit.objects.all()
    client = as_role(role)
    assert client.get(f"{PAYERS}/{row.pk}/limits/").status_code == 403
    assert client.post(f"{PAYERS}/{row.pk}/limits/", {"days": "30"}).status_code == 403
    assert client.post(f"{PAYERS}/{row.pk}/limits/{limit.pk}/remove/").status_code == 403
    assert _limits("aetna") == [(None, 90, None)]


def test_a_limit_that_begins_later_is_not_todays(page: Client, clinic: Clinic) -> None:
    contract(clinic, "larkspur_mutual", 77, since=date(2999, 1, 1))
    assert '<span class="tag tag-info">contract</span>' not in page.get(f"{PAYERS}/").content.decode()


def test_the_list_of_payers_says_what_limit_holds_and_whose_it_is(page: Client, clinic: Clinic) -> None:
    contract(clinic, "larkspur_mutual", 77)
    shown = {row["payer"].payer: (row["limit"], row["is_own"]) for row in page.get(f"{PAYERS}/").context["rows"]}
    assert shown["larkspur_mutual"] == ("77 days", True)
    assert shown["medicare_b"] == ("12 months", False)
    assert page.get(f"{PAYERS}/").content.decode().count('<span class="tag tag-info">contract</span>') == 1
