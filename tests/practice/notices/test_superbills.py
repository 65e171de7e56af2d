"""A superbill shows what was paid on it by the ledger: nothing before it is given out, then each payment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from django.test import Client

from cleanclaim.forms.superbill import Payment
from cleanclaim.practice.engine.claims.filing import give_to_patient
from cleanclaim.practice.engine.ledger import receipts
from cleanclaim.practice.engine.ledger.superbills import Settled, settled
from cleanclaim.practice.models import Claim, Clinic, Means, Role, User
from tests.forms.pages import words

DAY = date(2026, 9, 25)


def test_payments_of_the_ledger_stand_on_it(as_role: Callable[[Role], Client], inside: Clinic, biller: User) -> None:
    claim = Claim.objects.select_related("patient").get(patient__number="P133")
    assert claim.charge_cents == 18_500
    address = f"/c/millrace/claims/{claim.pk}/superbill.pdf"
    client = as_role(Role.BILLER)
    assert settled(claim) == Settled(None)
    assert "$0.00" not in words(client.get(address).content)

    give_to_patient(claim.pk, biller)
    assert settled(claim) == Settled(())
    assert "$0.00" in words(client.get(address).content)

    paid = receipts.take(inside, biller, claim.patient, receipts.Payment(uuid4(), 10_000, Means.CARD, DAY))
    gone = receipts.take(inside, biller, claim.patient, receipts.Payment(uuid4(), 2_500, Means.CASH, DAY))
    receipts.void(inside, biller, gone.pk, "a mistake")

    assert settled(claim) == Settled((Payment(10_000, DAY, f"card, {paid.number}"),))
    text = words(client.get(address).content)
    for expected in (f"Paid (09/25/2026, card, {paid.number})", "$100.00", "Balance due", "$85.00"):
        assert expected in text, expected
