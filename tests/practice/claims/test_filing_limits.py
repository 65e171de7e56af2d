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
from cleanclaim.practice.engine.judging.filing_limits import limit_words
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Claim, Clinic, ClinicPayer, Role, User
from cleanclaim.reference import payers
from tests.practice.conftest import DAY

pytestmark = pytest.mark.django_db
As = Callable[[Role], Client]
PAYERS = "/c/millrace/setup/payers"


def contract(clinic: Clinic, payer: str, days: int | None, behind: int | None = None) -> ClinicPayer:
    """The clinic's row of a payer with the limit of its contract."""
    row: ClinicPayer
    row, _made = ClinicPayer.objects.get_or_create(clinic=clinic, payer=payer, defaults={"name": payer})
    row.filing_days, row.filing_days_behind = days, behind
    row.save()
    return row


def test_a_contract_stands_before_the_file_and_says_whose_word_it_is(inside: Clinic) -> None:
    row = contract(inside, "tricare", 90, 45)
    told = packs_of(inside)["tricare"].setting("timely_filing_days", DAY).dated
    assert told is not None
    assert dict(told.value) == {
        "in_network": 90, "out_of_network": 90, "after_other_insurance": 45, "from": "date_of_service"
    }  # fmt: skip
    assert told.source.publisher == inside.name
    assert (told.source.title, told.source.read_on) == (f"contract with {row.name}", row.changed_at.date())
    shipped = payers.get("tricare")
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


def test_without_days_the_file_speaks(inside: Clinic) -> None:
    contract(inside, "aetna", None)
    assert "aetna" not in packs_of(inside)


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


def test_the_database_wants_days_from_the_service_with_those_from_a_decision(inside: Clinic) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        contract(inside, "aetna", None, 60)


@pytest.mark.parametrize(
    ("payer", "in_network", "words"),
    [
        ("cash", None, "none"),
        ("medicare_advantage", None, ""),
        ("medicare_b", None, "12 months"),
        ("cigna", True, "90 days"),
        ("cigna", False, "180 days"),
        ("cigna", None, "90 days in network, 180 days out of it"),
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


@pytest.mark.parametrize(
    ("payer", "days", "behind", "status"),
    [
        ("aetna", "90", "60", 302),
        ("aetna", "90", "", 302),
        ("aetna", "1", "", 302),
        ("aetna", "0", "", 422),
        ("aetna", "3653", "", 302),
        ("aetna", "3654", "", 422),
        ("aetna", "", "60", 422),
        ("aetna", "ninety", "60", 422),
        ("medicare_b", "90", "", 422),
        ("cash", "90", "", 422),
    ],
)
def test_a_contracts_limit_is_entered_with_the_payer(
    page: Client, payer: str, days: str, behind: str, status: int
) -> None:
    told = {
        "payer": payer,
        "name": "Somebody",
        "identifier": "60054",
        "filing_days": days,
        "filing_days_behind": behind,
    }
    assert page.post(f"{PAYERS}/add/", told).status_code == status
    kept = ClinicPayer.objects.filter(payer=payer, identifier="60054").values_list("filing_days", "filing_days_behind")
    assert list(kept) == ([(int(days), int(behind) if behind else None)] if status == 302 else [])


def test_two_rows_of_one_file_name_one_limit(page: Client, clinic: Clinic) -> None:
    contract(clinic, "aetna", 90)
    told = {"payer": "aetna", "name": "Aetna Two", "identifier": "60055"}
    refused = page.post(f"{PAYERS}/add/", {**told, "filing_days": "120"})
    assert refused.status_code == 422
    assert "whose rules are the same file" in refused.content.decode()
    assert page.post(f"{PAYERS}/add/", {**told, "filing_days": "90"}).status_code == 302


def test_the_list_of_payers_says_what_limit_holds_and_whose_it_is(page: Client, clinic: Clinic) -> None:
    contract(clinic, "larkspur_mutual", 77)
    shown = {row["payer"].payer: (row["limit"], row["is_own"]) for row in page.get(f"{PAYERS}/").context["rows"]}
    assert shown["larkspur_mutual"] == ("77 days", True)
    assert shown["medicare_b"] == ("12 months", False)
    assert page.get(f"{PAYERS}/").content.decode().count('<span class="tag tag-info">contract</span>') == 1
