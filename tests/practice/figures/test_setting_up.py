"""The set-up: dated charges, providers, payers, enrollments, the clinic, balances, payer files, people, the company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.claims import charge_master
from cleanclaim.practice.engine.claims.charge_master import NewCharge, RowProblem
from cleanclaim.practice.engine.follow_up.pack_trial import try_pack
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import (
    Charge,
    Clinic,
    ClinicPayer,
    Membership,
    OpeningBalance,
    PackFile,
    Patient,
    Provider,
    Role,
    TrailEntry,
    User,
)
from cleanclaim.reference import payers

As = Callable[[Role], Client]
BASE = "/c/millrace/setup"
DAY = date(2026, 9, 25)
PACKS = Path(__file__).parents[3] / "examples" / "clinic-day" / "payers"


@pytest.fixture
def biller(as_role: As, clinic: Clinic) -> Iterator[Client]:
    """A biller, with the clinic in scope for looking at what was done."""
    with tenancy.scope([clinic.pk]):
        yield as_role(Role.BILLER)


def spans(code: str) -> list[tuple[int, str, str | None]]:
    rows = Charge.objects.filter(code=code).order_by("valid_from")
    return [(row.cents, str(row.valid_from), str(row.valid_through) if row.valid_through else None) for row in rows]


# --- who may ------------------------------------------------------------------------------------------------

PAGES = ("", "charges/", "charges/add/", "charges/raise/", "charges/import/", "providers/", "providers/add/", "payers/",
         "payers/add/", "enrollments/", "enrollments/add/", "clinic/", "balances/", "balances/add/", "packs/",
         "packs/add/")  # fmt: skip


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.BILLER, 200), (Role.AUDITOR, 403), (Role.THERAPIST, 403), (Role.FRONT_DESK, 403)],
)
def test_only_who_sets_up_sees_the_set_up(as_role: As, role: Role, status: int) -> None:
    client = as_role(role)
    for page in PAGES:
        assert client.get(f"{BASE}/{page}").status_code == status, page


def test_another_clinics_set_up_is_not_there(as_role: As) -> None:
    client = as_role(Role.OWNER)
    for page in PAGES:
        assert client.get(f"/c/elsewhere/setup/{page}").status_code == 404, page


# --- charges ------------------------------------------------------------------------------------------------


def test_a_new_charge_ends_the_one_before_the_day_before(inside: Clinic) -> None:
    charge_master.set_charges(inside, [NewCharge("97110", 9900, date(2026, 10, 1))])
    assert spans("97110") == [(7800, "2020-01-01", "2026-09-30"), (9900, "2026-10-01", None)]
    assert {one.code: one.cents for one in charge_master.in_force(date(2026, 9, 30))}["97110"] == 7800
    assert {one.code: one.cents for one in charge_master.in_force(date(2026, 10, 1))}["97110"] == 9900


def test_a_charge_before_a_later_one_ends_before_it_begins(inside: Clinic) -> None:
    charge_master.set_charges(inside, [NewCharge("97110", 9900, date(2026, 10, 1))])
    charge_master.set_charges(inside, [NewCharge("97110", 8800, date(2026, 5, 1))])
    assert spans("97110") == [
        (7800, "2020-01-01", "2026-04-30"),
        (8800, "2026-05-01", "2026-09-30"),
        (9900, "2026-10-01", None),
    ]
    charge_master.set_charges(inside, [NewCharge("97110", 8900, date(2026, 5, 1))])
    assert spans("97110")[1] == (8900, "2026-05-01", "2026-09-30")


@pytest.mark.parametrize(
    ("tenths", "to", "expected"), [(35, 1, 8073), (35, 100, 8100), (-20, 1, 7644), (-20, 100, 7600), (5, 1, 7839)]
)
def test_raising_rounds_once_half_away_from_zero(inside: Clinic, tenths: int, to: int, expected: int) -> None:
    del inside
    held = [one for one in charge_master.in_force(DAY) if one.code == "97110"]
    assert [one.cents for one in charge_master.raised(held, tenths, DAY, to=to)] == [expected]


def test_rows_of_a_file_that_cannot_be_used_are_named() -> None:
    text = "\ufeffCode,Charge,From\n97110,$95.00,2026-10-01\n9711,95,\n97140,free,\n97112,90,10/01/2026\n97110,96,2026-10-01\n\n"
    found, problems = charge_master.read_charges(text, date(2026, 11, 1))
    assert found == [NewCharge("97110", 9500, date(2026, 10, 1))]
    assert problems == [
        RowProblem(3, "code", "a procedure code of five characters"),
        RowProblem(4, "charge", "dollars above zero, such as 95.00"),
        RowProblem(5, "from", "a day as YYYY-MM-DD"),
        RowProblem(6, "code", "each code once a day"),
    ]
    assert charge_master.read_charges("code,charge\n97110,95\n", None)[1] == [
        RowProblem(1, "from", "columns code, charge, from in the heading")
    ]


def test_a_charge_below_what_a_payer_allows_is_seen_from_the_first_cent(inside: Clinic) -> None:
    most = charge_master.most_allowed(inside, ["97542"], DAY, packs_of(inside))["97542"]
    # A payer by the day allows its day whatever the code: it is not compared.
    assert (most.payer, most.cents) == ("Stonegate Casualty", 4300)
    found = charge_master.most_allowed(inside, ["00000"], DAY, packs_of(inside))
    assert "00000" not in found


def test_the_page_of_charges_marks_those_below(biller: Client, clinic: Clinic) -> None:
    allowed = charge_master.most_allowed(clinic, ["97542"], DAY, packs_of(clinic))["97542"].cents
    for cents, is_below in ((allowed - 1, True), (allowed, False)):
        charge_master.set_charges(clinic, [NewCharge("97542", cents, date(2026, 9, 1))])
        rows = biller.get(f"{BASE}/charges/").context["rows"]
        assert next(row["is_below"] for row in rows if row["charge"].code == "97542") is is_below


def test_charges_are_set_by_form_and_by_file_and_raised_after_a_look(biller: Client) -> None:
    assert biller.post(f"{BASE}/charges/add/", {"code": "x", "charge": "0", "valid_from": ""}).status_code == 422
    told = {"code": "97110", "charge": "80.50", "valid_from": "2026-10-01"}
    assert biller.post(f"{BASE}/charges/add/", told).status_code == 302
    assert spans("97110")[-1] == (8050, "2026-10-01", None)
    raising = {"percent": "10", "valid_from": "2027-01-01", "rounding": "100"}
    assert biller.post(f"{BASE}/charges/raise/", raising).status_code == 200
    assert spans("97110")[-1] == (8050, "2026-10-01", None)
    assert biller.post(f"{BASE}/charges/raise/", {**raising, "apply": "yes"}).status_code == 302
    assert spans("97110")[-1] == (8900, "2027-01-01", None)
    ending = Charge.objects.filter(code="97140").order_by("-valid_from")[0]
    address = f"{BASE}/charges/{ending.pk}/end/"
    assert biller.post(address, {"valid_through": "2019-12-31", "version": ending.version}).status_code == 422
    assert biller.post(address, {"valid_through": "2027-06-30", "version": 99}).status_code == 409
    assert biller.post(address, {"valid_through": "2027-06-30", "version": ending.version}).status_code == 302
    assert spans("97140")[-1][2] == "2027-06-30"


# --- providers, payers, enrollments, clinic, balances ---------------------------------------------------------


def test_a_provider_needs_a_good_number(biller: Client, clinic: Clinic) -> None:
    told = {
        "given_name": "Ada",
        "family_name": "Moss",
        "credential": "PT",
        "key": "moss",
        "treats": "on",
        "npi": "1234567890",
    }
    page = biller.post(f"{BASE}/providers/add/", told)
    assert page.status_code == 422
    assert "The last digit does not fit" in page.content.decode()
    assert biller.post(f"{BASE}/providers/add/", {**told, "npi": "1234567893"}).status_code == 302
    row = Provider.objects.get(key="moss")
    assert row.clinic_id == clinic.pk
    changed = {**told, "npi": "1234567893", "family_name": "Mosse"}
    assert biller.post(f"{BASE}/providers/{row.pk}/", {**changed, "version": row.version + 1}).status_code == 409
    assert Provider.objects.get(key="moss").family_name == "Moss"
    assert biller.post(f"{BASE}/providers/{row.pk}/", {**changed, "version": row.version}).status_code == 302
    assert Provider.objects.get(key="moss").family_name == "Mosse"
    assert biller.post(f"{BASE}/providers/add/", {**told, "npi": ""}).status_code == 422
    entry = TrailEntry.objects.filter(subject="provider").order_by("-sequence")[0]
    assert (entry.action, entry.detail) == ("change", "family_name")


def test_a_payer_is_one_row_for_a_file_and_an_identifier(biller: Client) -> None:
    told = {"payer": "aetna", "name": "Aetna", "identifier": "60054", "in_network": "yes"}
    assert biller.post(f"{BASE}/payers/add/", told).status_code == 302
    assert ClinicPayer.objects.get(payer="aetna").in_network is True
    assert biller.post(f"{BASE}/payers/add/", told).status_code == 422
    assert biller.post(f"{BASE}/payers/add/", {**told, "payer": "no_such_payer"}).status_code == 422


def test_the_clinics_data_are_changed_once_for_each_version(biller: Client, clinic: Clinic) -> None:
    page = biller.get(f"{BASE}/clinic/")
    told = {name: value or "" for name, value in page.context["form"].initial.items()}
    told |= {"contact": "Somebody New", "version": clinic.version}
    assert biller.post(f"{BASE}/clinic/", {**told, "locality": "00000-00"}).status_code == 422
    answer = biller.post(f"{BASE}/clinic/", told)
    assert answer.status_code == 302, answer.context["form"].errors
    assert biller.post(f"{BASE}/clinic/", {**told, "contact": "Late"}).status_code == 409
    assert Clinic.objects.get(pk=clinic.pk).contact == "Somebody New"


def test_a_balance_is_kept_in_cents_and_taken_out(biller: Client) -> None:
    number = Patient.objects.all()[0].number
    told = {"number": number, "as_of": "2026-01-01", "owed_by": "patient", "cents": "12.50"}
    assert biller.post(f"{BASE}/balances/add/", {**told, "number": "nobody"}).status_code == 422
    assert biller.post(f"{BASE}/balances/add/", told).status_code == 302
    assert biller.post(f"{BASE}/balances/add/", {**told, "is_credit": "on", "owed_by": "payer"}).status_code == 302
    assert sorted(OpeningBalance.objects.values_list("owed_by", "cents")) == [("patient", 1250), ("payer", -1250)]
    row = OpeningBalance.objects.all()[0]
    assert biller.get(f"{BASE}/balances/{row.pk}/remove/").status_code == 405
    assert biller.post(f"{BASE}/balances/{row.pk}/remove/").status_code == 302
    assert OpeningBalance.objects.count() == 1


# --- payer files ----------------------------------------------------------------------------------------------


def pack_text() -> str:
    return min(PACKS.glob("*.toml")).read_text(encoding="utf-8")


def test_a_payer_file_is_read_tried_and_switched_on_for_the_clinic(biller: Client, clinic: Clinic) -> None:
    text = pack_text()
    pack = payers.parse_pack("x.toml", text)
    assert "optional" not in biller.get(f"{BASE}/packs/add/").content.decode()
    broken = biller.post(f"{BASE}/packs/add/", {"text": f"{text}\nnonsense = 1\n", "reach": "clinic"})
    assert broken.status_code == 422
    assert broken.context["problems"]
    looked = biller.post(f"{BASE}/packs/add/", {"text": text, "reach": "clinic"})
    assert looked.status_code == 200
    assert looked.context["pack"].id == pack.id
    assert not PackFile.objects.filter(clinic=clinic).exists()
    assert biller.post(f"{BASE}/packs/add/", {"text": text, "reach": "clinic", "apply": "yes"}).status_code == 302
    file = PackFile.objects.get(clinic=clinic)
    assert (file.payer, file.company_id) == (pack.id, clinic.company_id)
    assert biller.get(f"{BASE}/packs/{file.pk}/").status_code == 200
    assert biller.post(f"{BASE}/packs/{file.pk}/remove/").status_code == 302
    assert not PackFile.objects.filter(clinic=clinic).exists()


def test_what_holds_for_all_clinics_needs_all_clinics(biller: Client, clinic: Clinic) -> None:
    Clinic.objects.create(
        company=clinic.company, slug="second", name="Second", npi="1999000163", tax_id="009876543", line1="1 Far Rd",
        city="Reno", state="NV", zip_code="89501", phone="7755550100", contact="Nobody",
    )  # fmt: skip
    told = {"text": pack_text(), "reach": "company", "apply": "yes"}
    assert biller.post(f"{BASE}/packs/add/", told).status_code == 422
    file = PackFile.objects.filter(company=clinic.company, clinic=None)[0]
    assert biller.post(f"{BASE}/packs/{file.pk}/remove/").status_code == 404
    with tenancy.scope([clinic.pk]):
        assert PackFile.objects.filter(pk=file.pk).exists()


def test_a_trial_tells_what_another_way_of_counting_changes(inside: Clinic) -> None:
    own = packs_of(inside)
    midpoint = next(pack for pack in own.values() if pack.setting("unit_method", DAY).value == "midpoint")
    same = try_pack(inside, midpoint, as_of=DAY)
    assert same.visits > 0
    assert same.difference.is_empty
    text = PackFile.objects.get(company=inside.company, payer=midpoint.id).text
    other = payers.parse_pack("x.toml", text.replace('"midpoint"', '"eight_minute"'))
    assert other.setting("unit_method", DAY).value == "eight_minute"
    assert not try_pack(inside, other, as_of=DAY).difference.is_empty


def test_another_companys_file_is_not_there(biller: Client, elsewhere: Clinic) -> None:
    with tenancy.scope([elsewhere.pk]):
        file = PackFile.objects.create(company=elsewhere.company, payer="x", text="")
    assert biller.get(f"{BASE}/packs/{file.pk}/").status_code == 404
    assert biller.post(f"{BASE}/packs/{file.pk}/remove/").status_code == 404
    with tenancy.scope([elsewhere.pk]):
        assert PackFile.objects.filter(pk=file.pk).exists()


# --- people and the company -----------------------------------------------------------------------------------


def test_only_an_owner_manages_people(as_role: As) -> None:
    for role in Role:
        assert as_role(role).get(f"{BASE}/people/").status_code == (200 if role is Role.OWNER else 403)


def test_a_person_is_added_with_a_link_and_a_role(as_role: As, clinic: Clinic) -> None:
    client = as_role(Role.OWNER)
    told = {"email": "New@Example.org", "name": "New Person", "role": "therapist"}
    assert client.post(f"{BASE}/people/add/", told).status_code == 422
    page = client.post(f"{BASE}/people/add/", {**told, "role": "biller"})
    assert page.status_code == 200
    assert "/account/password/reset/key/" in page.context["link"]
    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    assert Membership.objects.get(user=user, clinic=clinic).role == "biller"
    assert client.post(f"{BASE}/people/add/", {**told, "role": "biller"}).status_code == 422


def test_a_link_is_given_only_by_the_clinic_that_added_the_person(
    as_role: As, clinic: Clinic, elsewhere: Clinic
) -> None:
    client = as_role(Role.OWNER)
    user = User.objects.create_user("theirs@example.org", name="Theirs", invited_at=timezone.now())
    with tenancy.scope([elsewhere.pk, clinic.pk]):
        Membership.objects.create(user=user, clinic=elsewhere, role="biller")
        row = Membership.objects.create(user=user, clinic=clinic, role="biller")
    page = client.post(f"{BASE}/people/{row.pk}/link/")
    assert page.status_code == 302
    with tenancy.scope([elsewhere.pk]):
        Membership.objects.filter(user=user, clinic=elsewhere).delete()
    assert "link" in client.post(f"{BASE}/people/{row.pk}/link/").context


def test_who_was_never_invited_needs_no_link(as_role: As, clinic: Clinic) -> None:
    client = as_role(Role.OWNER)
    assert not User.objects.filter(memberships__clinic=clinic, invited_at__isnull=False).exists()
    assert "Password link" not in client.get(f"{BASE}/people/").content.decode()
    client.post(f"{BASE}/people/add/", {"email": "new@example.org", "name": "New Person", "role": "biller"})
    assert client.get(f"{BASE}/people/").content.decode().count("Password link") == 1
    user = User.objects.get(email="new@example.org")
    user.set_password("a long password of their own")
    user.save()
    assert "Password link" not in client.get(f"{BASE}/people/").content.decode()


def test_an_owner_alone_switches_files_to_production(as_role: As, clinic: Clinic, settings: Any) -> None:
    settings.IS_DEMO = False
    address = f"{BASE}/sending/"
    for role in Role:
        client = as_role(role)
        assert client.get(address).status_code == (200 if role is Role.OWNER else 403)
        if role is not Role.OWNER:
            assert client.post(address, {"version": "1", "sends_production": "True"}).status_code == 403
    assert not Clinic.objects.get(pk=clinic.pk).sends_production
    client = as_role(Role.OWNER)
    assert client.post(address, {"version": "0", "sends_production": "True"}).status_code == 409
    assert "marked as tests" in client.get("/c/millrace/files/").content.decode()
    assert client.post(address, {"version": str(clinic.version), "sends_production": "True"}).status_code == 302
    assert Clinic.objects.get(pk=clinic.pk).sends_production
    assert "marked as tests" not in client.get("/c/millrace/files/").content.decode()


def test_the_last_owner_stays(as_role: As, clinic: Clinic) -> None:
    client = as_role(Role.OWNER)
    row = Membership.objects.get(clinic=clinic, role="owner")
    assert client.post(f"{BASE}/people/{row.pk}/", {"role": "biller"}).status_code == 422
    client.post(f"{BASE}/people/{row.pk}/remove/")
    assert Membership.objects.get(pk=row.pk).role == "owner"
    other = User.objects.create_user("second@example.org", name="Second")
    with tenancy.scope([clinic.pk]):
        Membership.objects.create(user=other, clinic=clinic, role="owner")
    assert client.post(f"{BASE}/people/{row.pk}/", {"role": "biller"}).status_code == 302
    assert Membership.objects.get(pk=row.pk).role == "biller"


def test_another_clinics_members_are_not_there(as_role: As, elsewhere: Clinic) -> None:
    user = User.objects.create_user("theirs@example.org", name="Theirs")
    with tenancy.scope([elsewhere.pk]):
        row = Membership.objects.create(user=user, clinic=elsewhere, role="biller")
    client = as_role(Role.OWNER)
    assert client.post(f"{BASE}/people/{row.pk}/", {"role": "owner"}).status_code == 404
    assert client.post(f"{BASE}/people/{row.pk}/remove/").status_code == 404
    assert Membership.objects.get(pk=row.pk).role == "biller"


def test_the_company_shows_only_clinics_of_ones_own(as_role: As, clinic: Clinic, elsewhere: Clinic) -> None:
    hidden = Clinic.objects.create(
        company=clinic.company, slug="hidden", name="Hidden Clinic", npi="1999000163", tax_id="009876543",
        line1="1 Far Rd", city="Reno", state="NV", zip_code="89501", phone="7755550100", contact="Nobody",
    )  # fmt: skip
    client = as_role(Role.OWNER)
    page = client.get(f"/company/{clinic.company_id}/")
    assert page.status_code == 200
    assert hidden.name not in page.content.decode()
    assert client.get(f"/company/{elsewhere.company_id}/").status_code == 404
    therapist = as_role(Role.THERAPIST).get(f"/company/{clinic.company_id}/").content.decode()
    assert "$" not in therapist
    assert as_role(Role.BILLER).get(f"/company/{clinic.company_id}/add/").status_code == 404


def test_a_clinic_is_added_to_the_company_by_an_owner(as_role: As, clinic: Clinic) -> None:
    client = as_role(Role.OWNER)
    told = {
        "slug": "second", "name": "Second Clinic", "npi": "1234567893", "tax_id": "12-3456789", "tax_id_kind": "EIN",
        "taxonomy": "261QP2000X", "contact": "Ann Lee", "phone": "3125550101", "line1": "2 Elm", "city": "Peoria",
        "state": "IL", "zip_code": "616020001", "locality": "", "time_zone": "America/Chicago",
    }  # fmt: skip
    address = f"/company/{clinic.company_id}/add/"
    assert client.post(address, {**told, "slug": "millrace"}).status_code == 422
    assert client.post(address, {**told, "time_zone": "Mars/Base"}).status_code == 422
    answer = client.post(address, told)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Clinic.objects.get(slug="second")
    assert (made.company_id, made.tax_id, made.zip_code) == (clinic.company_id, "123456789", "61602-0001")
    assert client.get("/c/second/setup/").status_code == 200
    assert as_role(Role.BILLER).get("/c/second/setup/").status_code == 404
