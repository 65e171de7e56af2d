"""A clinic that is carried elsewhere brings its ledger whole: its lines are those of its claims there, and it holds."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.books import ledger_checks
from cleanclaim.practice.engine.books.periods import close
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.jobs import carrying
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.opening_balances import bring_forward
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.ledger.receipts import Payment, take, void
from cleanclaim.practice.models import (
    Claim,
    ClaimStatus,
    Clinic,
    LedgerTransaction,
    Means,
    OpeningBalance,
    Patient,
    Receipt,
    Role,
)
from tests.practice.conftest import DAY, person


def test_a_ledger_is_carried_whole_and_goes_on_elsewhere(inside: Clinic) -> None:
    biller, owner = person(inside, Role.BILLER), person(inside, Role.OWNER)
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).order_by("number")[0]
    release(inside, [ready.pk], biller)
    row = OpeningBalance.objects.create(
        clinic=inside, patient=ready.patient, as_of=date(2026, 1, 31), owed_by="patient", cents=2_000
    )
    bring_forward(inside, biller, row)
    take(inside, biller, ready.patient, Payment(uuid4(), 2_500, Means.CASH, DAY))
    wrong = take(inside, biller, ready.patient, Payment(uuid4(), 300, Means.CASH, DAY))
    void(inside, biller, wrong.pk, "typed twice")
    close(inside, owner, date(2026, 8, 31))
    before, count = ledger_rows.totals(), LedgerTransaction.objects.count()
    packed = carrying.pack(inside)

    with packed.file:
        there, counts = carrying.unpack(packed.file, inside.company, "carried", owner)

    assert counts == packed.counts
    with tenancy.scope([there.pk]):
        found = ledger_checks.verify(there)
        assert (found.faults, found.transactions, ledger_rows.totals()) == ([], count, before)
        claim = Claim.objects.get(number=ready.number)
        assert claim.pk != ready.pk
        lines = ledger_rows.line_states([claim.pk])[claim.pk]
        assert sum(state.charge for state in lines.values()) == claim.charge_cents
        assert {ledger_rows.claim_of(line) for line in lines} == {claim.pk}
        patient = Patient.objects.get(number=ready.patient.number)
        account = account_of(patient.pk)
        assert (account.balance(DAY).owed_cents, account.credit_cents) == (0, 500)
        assert ledger_rows.closed_through(there) == date(2026, 8, 31)
        # The money there is worked on as here.
        void(there, owner, Receipt.objects.get(cents=2_500).pk, "returned")
        assert account_of(patient.pk).balance(DAY).owed_cents == 2_000
        assert ledger_checks.verify(there).faults == []
