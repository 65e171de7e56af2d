"""A claim is charged when it leaves the clinic, once; what takes its place takes its charge away."""

from __future__ import annotations

import pytest

from cleanclaim.ledger.accounts import Account
from cleanclaim.practice.engine.claims.filing import give_to_patient, release, replace_claim, void_claim
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import Batch, Claim, ClaimStatus, Clinic, LedgerEntry, LedgerTransaction, User
from tests.practice.conftest import DAY
from tests.practice.money.answers import Said, pays_well, remittance


@pytest.fixture
def filed(inside: Clinic, biller: User) -> Claim:
    """A filed claim of the sample clinic."""
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], payer="medicare_b").order_by("number").first()
    assert ready is not None
    release(inside, [ready.pk], biller)
    found: Claim = Claim.objects.get(pk=ready.pk)
    return found


def charged(claim: Claim) -> int:
    """What the claim's record charges, in cents."""
    return sum(line["charge_cents"] for line in claim.record["lines"])


def balances() -> dict[Account, int]:
    """The accounts that are not at nothing."""
    return {account: cents for account, cents in ledger_rows.totals().items() if cents}


def test_filing_charges_each_line_to_the_payer(inside: Clinic, filed: Claim) -> None:
    row = LedgerTransaction.objects.get()
    batch = Batch.objects.get()
    assert (row.key, row.kind, row.on) == (f"charge:{filed.pk}", "charge", DAY)
    assert (row.source_kind, row.source_key, row.source_digest) == ("batch", str(batch.pk), batch.sha256)
    assert balances() == {Account.CHARGES: -charged(filed), Account.PAYER_OPEN: charged(filed)}
    lines = ledger_rows.line_states([filed.pk])[filed.pk]
    assert {key.rpartition(":")[2]: state.by_payer for key, state in lines.items()} == {
        str(line["number"]): {"primary": line["charge_cents"]} for line in filed.record["lines"]
    }
    assert list(ledger_rows.faults(inside)) == []


def test_an_answer_charges_nothing_again(inside: Clinic, biller: User, filed: Claim) -> None:
    post(inside, biller, keep_file(inside, biller, remittance([Said(filed, pays_well)])))
    assert ledger_rows.totals()[Account.CHARGES] == -charged(filed)


def test_a_replacement_takes_the_charge_over(inside: Clinic, biller: User, filed: Claim) -> None:
    replacement = replace_claim(inside, filed.pk, biller, "PAYER1")
    # Begun, and not filed yet: the first claim still stands.
    assert balances() == {Account.CHARGES: -charged(filed), Account.PAYER_OPEN: charged(filed)}
    Claim.objects.filter(pk=replacement.pk).update(status=ClaimStatus.READY.value)
    release(inside, [replacement.pk], biller)
    replacement = Claim.objects.get(pk=replacement.pk)
    assert replacement.status == ClaimStatus.SUBMITTED.value
    assert balances() == {Account.CHARGES: -charged(replacement), Account.PAYER_OPEN: charged(replacement)}
    assert {state.charge for state in ledger_rows.line_states([filed.pk])[filed.pk].values()} == {0}
    assert list(ledger_rows.faults(inside)) == []


def test_a_void_of_a_paid_claim_leaves_what_was_paid_as_a_credit(inside: Clinic, biller: User, filed: Claim) -> None:
    post(inside, biller, keep_file(inside, biller, remittance([Said(filed, pays_well)])))
    before = balances()
    void = void_claim(filed.pk, biller, "PAYER1")
    release(inside, [void.pk], biller)
    found = balances()
    # What was charged is gone; what the payer and its contract covered is owed back, until the payer takes it.
    assert Account.CHARGES not in found
    assert found[Account.PAYER_CASH] == before[Account.PAYER_CASH]
    assert sum(found.values()) == 0
    assert (
        found.get(Account.PAYER_OPEN, 0) + found.get(Account.PATIENT_OPEN, 0)
        == -before[Account.PAYER_CASH] - before[Account.CONTRACTUAL]
    )
    assert not LedgerTransaction.objects.filter(key=f"charge:{void.pk}").exists()
    assert list(ledger_rows.faults(inside)) == []


@pytest.mark.usefixtures("inside")
def test_a_superbill_is_owed_by_the_patient(biller: User) -> None:
    claim = Claim.objects.filter(status=ClaimStatus.SUPERBILL.value).order_by("number").first()
    assert claim is not None
    give_to_patient(claim.pk, biller)
    total = sum(line.charge_cents for line in claim.lines.all())
    assert balances() == {Account.CHARGES: -total, Account.PATIENT_OPEN: total}
    assert set(LedgerEntry.objects.values_list("claim", flat=True)) == {claim.pk}
