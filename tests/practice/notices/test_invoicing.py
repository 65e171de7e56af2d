"""Invoices of a billing company: collections by the ledger, by the rate of the day, kept as issued, owners only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source
from cleanclaim.practice.engine.books import invoicing as engine
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.models import BillingRate, Claim, Clinic, Company, Invoice, Role, User
from cleanclaim.receivables.invoices import Collected, InvoiceError
from cleanclaim.remittance.effects import Effect, LineAnswer
from tests.forms.pages import words
from tests.practice.conftest import person

AUGUST, LAST = date(2026, 8, 1), date(2026, 8, 31)


@pytest.fixture
def owner(inside: Clinic) -> User:
    return person(inside, Role.OWNER)


@pytest.fixture
def august(inside: Clinic, owner: User) -> None:
    """A payer pays 100.00 on a claim and 5.00 interest, a patient 30.00 in advance, of which 10.00 go back."""
    claim = Claim.objects.exclude(payer__in=["", "cash"])[0]
    line, source = f"{claim.pk}:{claim.number}:1", Source("test", "1", "0" * 64)
    day = date(2026, 8, 10)
    patient = str(claim.patient_id)
    apart = posting.payment_parts("i", day, source, "PAYER", interest_cents=500, suspense=[("segment 9", 7_700)])
    assert apart is not None
    ledger_rows.write(
        inside,
        owner,
        [
            posting.charge("c", AUGUST, source, "primary", [(line, 15_000)]),
            posting.remittance(
                "r", day, source, "primary", [LineAnswer(line, 10_000, ((Effect.CONTRACTUAL, 5_000, "45"),))],
                next_payer=posting.PATIENT,
            ),
            apart,
            posting.patient_payment("p", day, source, patient, 3_000),
            posting.refund_credit("b", LAST, source, patient, cents=1_000, reason="asked for it"),
            posting.patient_payment("n", date(2026, 9, 1), source, patient, 9_999),
        ],
    )  # fmt: skip


@pytest.mark.usefixtures("august")
def test_collected_is_what_was_put_onto_claims_and_accounts() -> None:
    # 100.00 + 30.00; interest and what is not placed are none; 10.00 go back on the last day.
    assert engine.collected(AUGUST, LAST) == [Collected(date(2026, 8, 10), 13_000, 0), Collected(LAST, 0, 1_000)]


@pytest.mark.usefixtures("august")
def test_a_month_is_invoiced_once_by_the_rate_of_each_day(inside: Clinic, owner: User) -> None:
    with pytest.raises(InvoiceError, match="no rate is agreed on 2026-08-01"):
        engine.issue(inside, owner, AUGUST)
    engine.agree(inside, owner, 600, date(2026, 1, 1))
    engine.agree(inside, owner, 500, date(2026, 8, 31))

    row = engine.issue(inside, owner, date(2026, 8, 20))

    # 130.00 at 6% is 7.80; −10.00 at 5% is −0.50.
    assert (row.number, row.begins_on, row.ends_on, row.collected_cents, row.fee_cents) == (
        "I-00001", AUGUST, LAST, 12_000, 730,
    )  # fmt: skip
    text = " ".join(words(row.content.data).split())
    assert ("$7.30" in text, "Millrace Physical Therapy" in text, "6%" in text) == (True, True, True)
    with pytest.raises(InvoiceError, match="was invoiced before"):
        engine.issue(inside, owner, AUGUST)
    with pytest.raises(InvoiceError, match="expected one that is over"):
        engine.issue(inside, owner, date(2026, 9, 1))
    assert Invoice.objects.count() == 1


@pytest.mark.usefixtures("august")
def test_a_rate_begins_after_the_last_and_after_what_was_invoiced(inside: Clinic, owner: User) -> None:
    engine.agree(inside, owner, 600, date(2026, 1, 1))
    with pytest.raises(InvoiceError, match="a rate begins on 2026-01-01"):
        engine.agree(inside, owner, 500, date(2026, 1, 1))
    engine.issue(inside, owner, AUGUST)
    with pytest.raises(InvoiceError, match="an invoice was issued"):
        engine.agree(inside, owner, 500, LAST)
    engine.agree(inside, owner, 500, date(2026, 9, 1))

    found = BillingRate.objects.order_by("valid_from").values_list("rate_e4", "valid_from", "valid_through")
    assert list(found) == [(600, date(2026, 1, 1), LAST), (500, date(2026, 9, 1), None)]


@pytest.mark.usefixtures("august")
def test_an_owner_agrees_and_issues_and_nobody_else_sees(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    base = f"/company/{inside.company_id}/invoices/"
    for role in (Role.BILLER, Role.AUDITOR, Role.THERAPIST):
        client = as_role(role)
        assert client.get(base).status_code == 404
        assert (
            client.post(f"{base}rate/", {"slug": "millrace", "percent": "6", "valid_from": "2026-01-01"}).status_code
            == 404
        )
    assert BillingRate.objects.count() == 0
    client = as_role(Role.OWNER)
    assert "no rate is agreed" in client.get(base).content.decode()

    client.post(f"{base}rate/", {"slug": "millrace", "percent": "6.25", "valid_from": "2026-01-01"})
    page = client.get(base).content.decode()
    assert "$120.00 collected, $7.50 to ask" in page  # 6.25% of 120.00
    client.post(f"{base}issue/", {"slug": "millrace", "month": "2026-08-01"})

    row = Invoice.objects.get()
    assert (row.fee_cents, BillingRate.objects.get().rate_e4) == (750, 625)
    assert client.get(f"{base}{row.pk}/").content == row.content.data
    assert client.get(f"{base}{uuid4()}/").status_code == 404
    other = Company.objects.exclude(pk=inside.company_id)[0]
    assert client.get(f"/company/{other.pk}/invoices/").status_code == 404
    assert client.post(f"{base}issue/", {"slug": "elsewhere", "month": "2026-08-01"}).status_code == 404
