"""A check on paper that answers several claims: claim by claim, with the sum of what was typed beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.payments.remitting import unpost
from cleanclaim.practice.models import Claim, ClaimStatus, Clinic, Remittance, Role, User
from tests.practice.money.test_paper_answers import typed

As = Callable[[Role], Client]
FIND = "/c/millrace/payments/paper/"


@pytest.fixture
def filed(inside: Clinic, biller: User) -> list[Claim]:
    """Two filed claims of patients with one payer."""
    alone = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).exclude(patient__coverages__order="secondary")
    wanted = list(alone.order_by("number").values_list("pk", flat=True)[:2])
    release(inside, wanted, biller)
    return list(Claim.objects.filter(pk__in=wanted).order_by("number"))


def test_a_filed_claim_is_found_by_its_number_or_its_patients(as_role: As, filed: list[Claim]) -> None:
    client, claim = as_role(Role.BILLER), filed[0]
    assert client.get(FIND).context["found"] == []
    for text in (claim.number, claim.number.lower(), claim.patient.number):
        assert claim in client.get(FIND, {"q": text}).context["found"]
    assert "No claim that was filed has this number" in client.get(FIND, {"q": "V999"}).content.decode()


def test_a_claim_that_was_not_filed_is_not_found(as_role: As, filed: list[Claim]) -> None:
    other = Claim.objects.filter(batch=None).exclude(patient=filed[0].patient).order_by("number")[0]
    assert as_role(Role.BILLER).get(FIND, {"q": other.number}).context["found"] == []


def test_the_next_claim_of_a_check_has_its_number_and_day(
    as_role: As, inside: Clinic, biller: User, filed: list[Claim]
) -> None:
    client = as_role(Role.BILLER)
    first, second = filed
    answer = client.post(f"/c/millrace/claims/{first.pk}/paper/", {**typed(first), "then": "next"})
    assert answer["Location"] == f"{FIND}?check=10442&dated=2026-09-24"
    paid = Remittance.objects.get().amount_cents
    page = client.get(answer["Location"])
    assert page.context["so_far"] == {"count": 1, "cents": paid}
    listed = client.get(f"{answer['Location']}&q={second.number}").content.decode()
    address = f"/c/millrace/claims/{second.pk}/paper/?check=10442&amp;dated=2026-09-24"
    assert address in listed
    form = client.get(address.replace("&amp;", "&")).context["form"]
    assert (form["check_number"].value(), str(form["paid_on"].value())) == ("10442", "2026-09-24")
    client.post(f"/c/millrace/claims/{second.pk}/paper/", {**typed(second), "then": "next"})
    both = sum(Remittance.objects.values_list("amount_cents", flat=True))
    assert client.get(answer["Location"]).context["so_far"] == {"count": 2, "cents": both}
    unpost(inside, biller, Remittance.objects.get(file__remittances__answers__claim=first).pk)
    assert client.get(answer["Location"]).context["so_far"] == {"count": 1, "cents": both - paid}


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.BILLER, 200), (Role.OWNER, 200), (Role.AUDITOR, 403), (Role.FRONT_DESK, 403), (Role.THERAPIST, 403)],
)
def test_who_types_answers(as_role: As, inside: Clinic, role: Role, status: int) -> None:
    assert inside.slug == "millrace"
    assert as_role(role).get(FIND).status_code == status
