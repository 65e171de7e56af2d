"""The pages of payers' payments: what is held and where it may belong, what payers took, whom to bill next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cleanclaim.practice.engine.claims import coordination
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import (
    AnswerState,
    Claim,
    ClaimAnswer,
    ClaimStatus,
    Clinic,
    PayerAdjustment,
    Remittance,
    Role,
    User,
)
from tests.practice.money.answers import Said, pays_well, remittance

PAGES = ("held", "adjustments", "next")


@pytest.fixture
def filed(inside: Clinic, biller: User) -> list[Claim]:
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], payer="medicare_b").order_by("number")
    release(inside, [claim.pk for claim in ready[:6]], biller)
    return list(Claim.objects.filter(status=ClaimStatus.SUBMITTED.value).order_by("number"))


def posted(clinic: Clinic, user: User, data: bytes) -> None:
    post(clinic, user, keep_file(clinic, user, data))


def lost(claim: Claim, number: str) -> Said:
    """An answer that names neither number nor member of the claim."""
    claim.record["payer"]["member_id"] = f"NOBODY{number}"
    return Said(claim, pays_well, number=number)


def test_what_is_held_is_shown_with_the_claims_that_it_may_be_of(
    inside: Clinic, biller: User, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    posted(inside, biller, remittance([lost(filed[0], "LOST1"), Said(filed[1], pays_well)]))
    client = as_role(Role.BILLER)
    page = client.get("/c/millrace/payments/held/").content.decode()
    assert "LOST1" in page
    assert "No claim has its numbers, nor its patient, day, codes and charge." in page
    assert f'name="number" value="{filed[0].number}"' in page
    held = ClaimAnswer.objects.get(state=AnswerState.HELD.value)
    answer = client.post(f"/c/millrace/payments/answers/{held.pk}/place/", {"number": filed[0].number, "back": "held"})
    assert (answer.status_code, answer["Location"]) == (302, "/c/millrace/payments/held/")
    held.refresh_from_db()
    assert (held.state, held.claim_id) == ("placed", filed[0].pk)
    assert "Nothing is held." in client.get("/c/millrace/payments/held/").content.decode()


def test_a_payment_names_the_patients_and_is_taken_back_only_after_a_question(
    inside: Clinic, biller: User, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    posted(inside, biller, remittance([Said(filed[0], pays_well)]))
    row = Remittance.objects.get()
    page = as_role(Role.BILLER).get(f"/c/millrace/payments/{row.pk}/").content.decode()
    claim = filed[0]
    assert f"{claim.number}</a><br>{claim.patient}<br>" in page
    assert f'nowrap">{claim.date_of_service:%b} {claim.date_of_service.day}, {claim.date_of_service.year}<' in page
    asked = page[page.index('<details class="ask-first">') : page.index("</details>", page.index("ask-first"))]
    assert f'action="/c/millrace/payments/{row.pk}/unpost/"' in asked
    assert "Every posting of this payment is reversed" in asked
    assert page.count(f"/payments/{row.pk}/unpost/") == 1
    assert "ask-first" not in as_role(Role.AUDITOR).get(f"/c/millrace/payments/{row.pk}/").content.decode()


def test_what_is_announced_and_taken_is_even(
    inside: Clinic, biller: User, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    """Announced with one sign, taken with the other; a balance is carried over; a refund is acknowledged."""
    number = filed[0].number
    first = f"WO:{number} PCN1*-64*FB:EFT1*-5*CS:FEE*3.1"
    posted(inside, biller, remittance([Said(filed[0], pays_well)], trace="EFT1", adjustments=first))
    client = as_role(Role.BILLER)
    page = client.get("/c/millrace/payments/adjustments/").content.decode()
    assert "-$64.00" in page
    assert "overpayment recovery: added $64.00" in page
    assert '<span class="tile-value">$69.00</span>' in page
    second = f"WO:{number} PCN1 EFT1*64*FB:EFT1*5*72:CHECK9*-10*WO:CHECK9*10"
    posted(inside, biller, remittance([Said(filed[1], pays_well)], trace="EFT2", adjustments=second))
    page = client.get("/c/millrace/payments/adjustments/").content.decode()
    assert page.count('<span class="tag tag-good">even</span>') == 3
    assert '<span class="tile-value">$0.00</span>' in page
    assert '<span class="tile-value">$3.10</span>' in page
    assert sum(PayerAdjustment.objects.values_list("cents", flat=True)) == 310
    assert PayerAdjustment.objects.filter(claim=filed[0]).count() == 2


def test_claims_to_next_payers_are_made_when_they_were_missed(
    inside: Clinic,
    biller: User,
    filed: list[Claim],
    as_role: Callable[[Role], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = next(claim for claim in filed if claim.patient.coverages.filter(order="secondary").exists())
    # The program was ended between the payment and the claims that it calls for.
    with monkeypatch.context() as cut:
        cut.setattr(coordination, "make_due", lambda *_arguments: [])
        posted(inside, biller, remittance([Said(first, pays_well)]))
    assert not Claim.objects.filter(follows=first).exists()
    client = as_role(Role.BILLER)
    page = client.get("/c/millrace/payments/next/").content.decode()
    assert "Make 1 claim" in page
    done = client.post("/c/millrace/payments/next/make/", follow=True).content.decode()
    assert "1 claim to next payers made" in done
    second = Claim.objects.get(follows=first)
    money = client.get(f"/c/millrace/claims/{first.pk}/money/").content.decode()
    assert second.number in money
    pdf = client.get(f"/c/millrace/claims/{second.pk}/earlier-answers.pdf")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert client.get(f"/c/millrace/claims/{first.pk}/earlier-answers.pdf").status_code == 409
    again = client.post(f"/c/millrace/claims/{first.pk}/next/", follow=True).content.decode()
    assert f"claim {second.number} to that payer is there already" in again


@pytest.mark.parametrize("page", PAGES)
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
def test_who_sees(page: str, role: Role, status: int, as_role: Callable[[Role], Client]) -> None:
    assert as_role(role).get(f"/c/millrace/payments/{page}/").status_code == status


def test_an_auditor_changes_nothing(filed: list[Claim], as_role: Callable[[Role], Client]) -> None:
    client = as_role(Role.AUDITOR)
    for address in ("payments/next/make/", f"claims/{filed[0].pk}/next/", f"claims/{filed[0].pk}/looked-at/"):
        assert client.post(f"/c/millrace/{address}").status_code == 403
    assert not Claim.objects.exclude(follows=None).exists()


@pytest.mark.parametrize("page", PAGES)
def test_more_rows_need_no_more_queries(
    page: str,
    inside: Clinic,
    biller: User,
    filed: list[Claim],
    as_role: Callable[[Role], Client],
    django_assert_num_queries: Any,
) -> None:
    from django.db import connection  # noqa: PLC0415 - beside what it counts
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - beside what it counts

    posted(inside, biller, remittance([lost(filed[0], "LOST1")], trace="EFT1", adjustments="WO:A*1"))
    client = as_role(Role.BILLER)
    client.get(f"/c/millrace/payments/{page}/")
    with CaptureQueriesContext(connection) as counted:
        client.get(f"/c/millrace/payments/{page}/")
    more = [lost(claim, f"LOST{number}") for number, claim in enumerate(filed[1:5], start=2)]
    posted(inside, biller, remittance(more, trace="EFT2", adjustments="WO:B*2*WO:C*3*CS:D*4"))
    with django_assert_num_queries(len(counted)):
        client.get(f"/c/millrace/payments/{page}/")
