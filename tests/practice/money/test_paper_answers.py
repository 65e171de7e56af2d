"""An answer on paper goes through the same door as a file: checked, posted once, taken back whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.remitting import unpost
from cleanclaim.practice.models import (
    Claim,
    ClaimAnswer,
    ClaimStatus,
    Clinic,
    FileKind,
    LedgerEntry,
    Remittance,
    Role,
    User,
)


@pytest.fixture
def filed(inside: Clinic, biller: User) -> Claim:
    """A filed claim of a patient with one payer."""
    alone = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).exclude(patient__coverages__order="secondary")
    ready = alone.order_by("number").first()
    assert ready is not None
    release(inside, [ready.pk], biller)
    found: Claim = Claim.objects.get(pk=ready.pk)
    return found


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def typed(claim: Claim, **changes: str) -> dict[str, str]:
    """What a biller types: half of each line paid, three tenths contractual, the rest the patient's."""
    found = {
        "payer": "primary", "status": "processed", "check_number": "10442", "paid_on": "2026-09-24",
        "payer_control_number": "PCN9", "remarks": "MA01",
    }  # fmt: skip
    for number, line in enumerate(claim.record["lines"], start=1):
        charge = line["charge_cents"]
        paid, contract = charge // 2, charge * 3 // 10
        found |= {
            f"line{number}-paid": dollars(paid),
            f"line{number}-allowed": dollars(charge - contract),
            f"line{number}-group_1": "CO",
            f"line{number}-reason_1": "45",
            f"line{number}-amount_1": dollars(contract),
            f"line{number}-group_2": "PR",
            f"line{number}-reason_2": "2",
            f"line{number}-amount_2": dollars(charge - paid - contract),
        }
    return found | changes


def charges(claim: Claim) -> list[int]:
    return [line["charge_cents"] for line in claim.record["lines"]]


def path_of(claim: Claim) -> str:
    return f"/c/millrace/claims/{claim.pk}/paper/"


def test_what_is_typed_is_posted_and_taken_back_whole(
    inside: Clinic, biller: User, filed: Claim, as_role: Callable[[Role], Client]
) -> None:
    client = as_role(Role.BILLER)
    assert "Type in an answer on paper" in client.get(path_of(filed)).content.decode()
    before = ledger_rows.totals()
    page = client.post(path_of(filed), typed(filed), follow=True)
    row = Remittance.objects.get()
    assert page.redirect_chain == [(f"/c/millrace/payments/{row.pk}/", 302)]
    paid = sum(charge // 2 for charge in charges(filed))
    assert (row.amount_cents, row.trace_number, row.method, row.file.kind) == (
        paid,
        "10442",
        "CHK",
        FileKind.PAPER.value,
    )
    answer = ClaimAnswer.objects.get()
    contract = sum(charge * 3 // 10 for charge in charges(filed))
    assert (answer.claim_id, answer.paid_cents, answer.given_up_cents, answer.open_cents) == (
        filed.pk,
        paid,
        contract,
        0,
    )
    assert (answer.payer_control_number, answer.answer["remarks"]) == ("PCN9", ["MA01"])
    assert answer.answer["lines"][0]["allowed_cents"] == charges(filed)[0] - charges(filed)[0] * 3 // 10
    states = ledger_rows.line_states([filed.pk])[filed.pk].values()
    assert [state.payer_paid for state in states] == [charge // 2 for charge in charges(filed)]
    unpost(inside, biller, row.pk)
    after = ledger_rows.totals()
    assert {key: cents for key, cents in after.items() if cents} == {
        key: cents for key, cents in before.items() if cents
    }
    assert list(ledger_rows.faults(inside)) == []


def test_a_line_that_does_not_add_up_is_told_and_nothing_is_posted(
    filed: Claim, as_role: Callable[[Role], Client]
) -> None:
    client = as_role(Role.BILLER)
    before = LedgerEntry.objects.count()
    page = client.post(path_of(filed), typed(filed, **{"line1-paid": dollars(charges(filed)[0] // 2 - 1)}))
    text = page.content.decode()
    assert page.status_code == 200
    assert "$0.01 of the charge is not paid and not adjusted." in text
    page = client.post(path_of(filed), typed(filed, **{"line1-paid": dollars(charges(filed)[0] // 2 + 1)}))
    assert "$0.01 of the charge is paid and adjusted too much." in page.content.decode()
    assert (Remittance.objects.count(), LedgerEntry.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"line1-reason_1": "ZZ9"}, "Expected a reason on the published list (CARC)."),
        ({"line1-amount_1": ""}, "Expected group, reason and amount together."),
        ({"line1-paid": "much"}, "Expected dollars, such as 1,250.00."),
        ({"check_number": ""}, "This field is required."),
        ({"paid_on": "soon"}, "Expected a day, such as 2026-09-25."),
        ({"payer": "tertiary"}, "Select a valid choice."),
        ({"remarks": "N-1"}, "Expected codes, such as MA130 N130."),
    ],
)
def test_what_is_typed_wrong_is_told_beside_its_field(
    changes: dict[str, str], told: str, filed: Claim, as_role: Callable[[Role], Client]
) -> None:
    page = as_role(Role.BILLER).post(path_of(filed), typed(filed, **changes))
    assert told in page.content.decode()
    assert Remittance.objects.count() == 0


def test_the_same_part_of_a_check_is_posted_once(filed: Claim, as_role: Callable[[Role], Client]) -> None:
    client = as_role(Role.BILLER)
    client.post(path_of(filed), typed(filed))
    again = client.post(path_of(filed), typed(filed))
    assert (again.status_code, Remittance.objects.count()) == (409, 1)
    assert "this part of the check was posted before" in again.content.decode()
    # Another check for the same claim: the payer has not taken its first answer back.
    other = client.post(path_of(filed), typed(filed, check_number="10443"))
    assert "has not taken that answer back" in other.content.decode()
    assert (other.status_code, Remittance.objects.count()) == (409, 1)
    back = client.post(path_of(filed), typed(filed, check_number="10443", status="takes back"))
    assert (back.status_code, Remittance.objects.count()) == (302, 2)
    states = ledger_rows.line_states([filed.pk])[filed.pk].values()
    assert [(state.payer_paid, state.open_to_payers) for state in states] == [(0, charge) for charge in charges(filed)]


def test_one_check_pays_two_claims(inside: Clinic, biller: User, as_role: Callable[[Role], Client]) -> None:
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).order_by("number")
    release(inside, [claim.pk for claim in ready[:2]], biller)
    client = as_role(Role.BILLER)
    for claim in Claim.objects.filter(status=ClaimStatus.SUBMITTED.value):
        assert client.post(path_of(claim), typed(claim)).status_code == 302
    assert list(Remittance.objects.values_list("trace_number", flat=True)) == ["10442", "10442"]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200),
        (Role.BILLER, 200),
        (Role.AUDITOR, 403),
        (Role.THERAPIST, 403),
        (Role.ASSISTANT, 403),
        (Role.FRONT_DESK, 403),
    ],
)
def test_who_types(role: Role, status: int, filed: Claim, as_role: Callable[[Role], Client]) -> None:
    assert as_role(role).get(path_of(filed)).status_code == status


@pytest.mark.usefixtures("inside")
def test_a_claim_that_has_not_left_is_not_answered(as_role: Callable[[Role], Client]) -> None:
    claim = Claim.objects.filter(status=ClaimStatus.READY.value).order_by("number").first()
    assert claim is not None
    assert as_role(Role.BILLER).get(path_of(claim)).status_code == 404
