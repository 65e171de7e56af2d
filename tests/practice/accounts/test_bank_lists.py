"""The bank's list: looked at row by row before anything is made of it, and taken once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cleanclaim.practice.engine.books import bank_lists
from cleanclaim.practice.engine.ledger.receipts import Payment, take
from cleanclaim.practice.models import BankFile, BankLine, Clinic, Deposit, Means, Patient, Receipt, Role, User
from tests.practice.conftest import DAY

As = Callable[[Role], Client]
BASE = "/c/millrace/payments"


def test_the_bank_list_is_looked_at_before_anything_is_made_of_it(as_role: As, inside: Clinic, biller: User) -> None:
    patient = Patient.objects.order_by("number")[0]
    slip, loose = (take(inside, biller, patient, Payment(uuid4(), cents, Means.CASH, DAY)) for cents in (900, 700))
    client = as_role(Role.BILLER)
    client.post(
        f"{BASE}/deposits/make/", {"item": [f"receipt:{slip.pk}"], "made_on": "2026-09-25", "reference": "SLIP-77"}
    )
    text = b"Date,Amount,Description\n09/25/2026,9.00,DEPOSIT SLIP-77\n09/31/2026,1.00,x\n09/25/2026,7.00,COUNTER\n"
    page = client.post(f"{BASE}/bank/read/", {"file": SimpleUploadedFile("bank.csv", text)}, follow=True)
    shown = page.content.decode()
    assert "Take 2 new movements" in shown
    assert "same amount as receipt R000002; you decide" in shown
    assert "&#x27;09/31/2026&#x27;; expected a day such as 2026-09-25 or 09/25/2026" in shown
    assert (Deposit.objects.count(), BankLine.objects.count()) == (1, 0)

    # The same file once more is the one that is kept.
    client.post(f"{BASE}/bank/read/", {"file": SimpleUploadedFile("again.csv", text)})
    file = BankFile.objects.get()
    taken = client.post(f"{BASE}/bank/files/{file.pk}/take/", follow=True).content.decode()
    assert "2 new movements, 1 of them matched by number and amount." in taken
    assert "shown Sep 25" in taken
    assert {line.file for line in BankLine.objects.all()} == {file}
    assert Receipt.objects.get(pk=loose.pk).deposit_items.count() == 0

    after = client.get(f"{BASE}/bank/files/{file.pk}/").content.decode()
    assert after.count("deposit D000001</span>") == 1
    assert after.count("taken, not matched") == 1
    assert "Take " not in after
    refused = client.post(f"{BASE}/bank/read/", {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")}, follow=True)
    assert b"expected a heading with a date" in refused.content


def test_a_movement_of_the_same_day_and_amount_in_other_words_is_marked(inside: Clinic, biller: User) -> None:
    csv, other = b"date,amount,memo\n2026-09-24,12.50,Slip 7\n", b"date,amount,memo\n2026-09-24,12.50,SLIP NO 7\n"
    bank_lists.take(inside, biller, bank_lists.store(inside, biller, csv).pk)
    (looked,) = bank_lists.preview(bank_lists.store(inside, biller, other)).rows
    assert (looked.is_known, looked.is_alike) == (False, True)
    (same,) = bank_lists.preview(bank_lists.store(inside, biller, csv)).rows
    assert (same.is_known, same.is_alike) == (True, False)
    assert bank_lists.take(inside, biller, bank_lists.store(inside, biller, csv).pk) == (0, 0)
