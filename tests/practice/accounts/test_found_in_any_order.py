"""What random steps over a clinic's money have found, each as the shortest story that shows it."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.practice.engine import ledger_rows
from cleanclaim.practice.engine.periods import close
from cleanclaim.practice.engine.remitting import keep_file, post
from cleanclaim.practice.models import Clinic, LedgerTransaction, Role, User
from tests.practice.accounts.payer_words import SaidPayment, remittance_file
from tests.practice.conftest import person


@pytest.fixture
def biller(inside: Clinic) -> User:
    return person(inside, Role.BILLER)


def test_a_payment_of_a_closed_day_is_written_on_the_first_open_one(inside: Clinic, biller: User) -> None:
    close(inside, person(inside, Role.OWNER), date(2026, 9, 20))
    for number, paid_on in enumerate((date(2026, 9, 20), date(2026, 9, 21))):
        said = SaidPayment(f"EFT{number}", paid_on, [], [("L6", "LATE", -125)])
        (row,) = post(inside, biller, keep_file(inside, biller, remittance_file([said], inside.npi))).posted
        assert row.paid_on == paid_on
    assert list(LedgerTransaction.objects.values_list("on", flat=True)) == [date(2026, 9, 21)] * 2
    assert list(ledger_rows.faults(inside)) == []
