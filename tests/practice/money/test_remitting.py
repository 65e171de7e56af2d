"""A payment is posted once, whole, every cent in its place; taken back, everything is as before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.ledger.accounts import Account
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments.placing import place
from cleanclaim.practice.engine.payments.remitting import NotPostedError, keep_file, post, preview, unpost
from cleanclaim.practice.models import (
    AnswerState,
    Claim,
    ClaimAnswer,
    Clinic,
    LedgerEntry,
    LedgerTransaction,
    Remittance,
    Role,
    User,
)
from cleanclaim.x12.reader_835 import read_835
from tests.practice.money.answers import Said, denies, pays_well, remittance


def state(claim: Claim) -> tuple[int, int, int, int, int]:
    """Charged, paid by payers, given up, open to payers, open to the patient: sums of a claim's lines, in cents."""
    lines = ledger_rows.line_states([claim.pk])[claim.pk].values()
    return (
        sum(line.charge for line in lines),
        sum(line.payer_paid for line in lines),
        sum(line.contractual for line in lines),
        sum(line.open_to_payers for line in lines),
        sum(line.open_to_patient for line in lines),
    )


def services(claim: Claim) -> list[tuple[str, int]]:
    """Codes and charges of a claim's lines."""
    return sorted((line["code"], line["charge_cents"]) for line in claim.record["lines"])


def posted(clinic: Clinic, user: User, data: bytes) -> list[Remittance]:
    return post(clinic, user, keep_file(clinic, user, data)).posted


def test_a_payment_goes_onto_its_claims(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    good, bad, _other = filed
    data = remittance([Said(good, pays_well), Said(bad, denies)], adjustments="L6*-1.25*WO*20.5")
    (row,) = posted(inside, biller, data)
    charge = sum(line["charge_cents"] for line in good.record["lines"])
    paid = Said(good, pays_well).paid()
    found = state(good)
    assert found[:2] == (charge, paid)
    assert found[1] + found[2] + found[3] + found[4] == charge
    # A secondary payer comes next where there is one; what the first left is not lost either way.
    assert found[3] + found[4] == charge - paid - found[2]
    # A denial is never given up: all of it is still open to the payer.
    denied = sum(line["charge_cents"] for line in bad.record["lines"])
    assert state(bad) == (denied, 0, 0, denied, 0)
    totals = ledger_rows.totals()
    assert totals[Account.PAYER_CASH] == row.amount_cents == paid + 125 - 2_050
    assert (totals[Account.INTEREST], totals[Account.PROVIDER_ADJUSTMENT]) == (-125, 2_050)
    assert totals.get(Account.WRITTEN_OFF, 0) == 0
    assert list(ledger_rows.faults(inside)) == []
    answer = ClaimAnswer.objects.get(claim=bad)
    assert (answer.state, answer.open_cents, answer.reasons) == ("posted", denied, [["CO", "197", denied]])


def test_the_same_payment_again_changes_nothing(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    said = [Said(filed[0], pays_well)]
    posted(inside, biller, remittance(said))
    before = LedgerTransaction.objects.count()
    # The payer sends it again, in another file with another denial beside it.
    assert posted(inside, biller, remittance(said) + b"\n") == []
    assert LedgerTransaction.objects.count() == before
    assert [record.trace_number for record in preview(inside, read_835(remittance(said))).known] == ["EFT1"]


def test_taken_back_everything_stands_as_before(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    (first,) = posted(inside, biller, remittance([Said(filed[0], denies)], trace="EFT0"))
    before = (state(filed[0]), ledger_rows.totals())
    (row,) = posted(inside, biller, remittance([Said(filed[0], pays_well), Said(filed[1], denies)]))
    assert state(filed[0]) != before[0]
    unpost(inside, biller, row.pk)
    assert state(filed[0]) == before[0]
    assert {account: cents for account, cents in ledger_rows.totals().items() if cents} == {
        account: cents for account, cents in before[1].items() if cents
    }
    assert list(ledger_rows.faults(inside)) == []
    with pytest.raises(NotPostedError, match="no such payment is posted"):
        unpost(inside, biller, row.pk)
    # It may be posted again, and again only once.
    (again,) = posted(inside, biller, remittance([Said(filed[0], pays_well), Said(filed[1], denies)]))
    assert again.pk != row.pk
    assert first.unposted_at is None
    assert list(ledger_rows.faults(inside)) == []


def test_a_payer_takes_back_and_corrects(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    claim = filed[0]
    posted(inside, biller, remittance([Said(claim, pays_well)], trace="EFT1"))
    was = state(claim)
    corrected = [Said(claim, pays_well, status="22", sign=-1), Said(claim, denies, status="4")]
    (row,) = posted(inside, biller, remittance(corrected, trace="EFT2"))
    assert row.amount_cents == -was[1]
    charge = was[0]
    assert state(claim) == (charge, 0, 0, charge, 0)
    assert list(ledger_rows.faults(inside)) == []


def test_what_has_no_claim_is_held_and_placed_by_hand(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    claim = filed[0]
    claim.record["patient"]["name"]["family_name"] = "Somebody Else"
    claim.record["payer"]["member_id"] = "OTHER"
    unknown = Said(claim, pays_well, number="LOST")
    (row,) = posted(inside, biller, remittance([unknown, Said(filed[1], pays_well)]))
    held = ClaimAnswer.objects.get(state=AnswerState.HELD.value)
    assert (held.paid_cents, row.held_cents) == (unknown.paid(), unknown.paid())
    assert held.held_because == "no claim has its numbers, nor its patient, day, codes and charge"
    assert ledger_rows.totals()[Account.SUSPENSE] == -unknown.paid()
    with pytest.raises(NotPostedError, match="no filed claim has this number"):
        place(inside, biller, held.pk, "nowhere")
    with pytest.raises(NotPostedError, match="are not those of this claim"):
        place(inside, biller, held.pk, next(one.number for one in filed if services(one) != services(claim)))
    place(inside, biller, held.pk, claim.number)
    assert state(claim)[1] == unknown.paid()
    assert ledger_rows.totals()[Account.SUSPENSE] == 0
    row.refresh_from_db()
    assert row.held_cents == 0
    assert list(ledger_rows.faults(inside)) == []
    with pytest.raises(NotPostedError, match="only an answer that is held"):
        place(inside, biller, held.pk, claim.number)
    unpost(inside, biller, row.pk)
    assert state(claim)[1] == 0
    assert ledger_rows.totals()[Account.PAYER_CASH] == 0


def test_a_payment_whose_sum_cannot_be_explained_is_refused_whole(
    inside: Clinic, biller: User, filed: list[Claim]
) -> None:
    data = remittance([Said(filed[0], pays_well)], off=1)
    found = preview(inside, read_835(data))
    assert [why.partition(":")[0] for _record, why in found.refused] == ["segment 4, BPR02"]
    before = LedgerEntry.objects.count()
    assert posted(inside, biller, data) == []
    assert LedgerEntry.objects.count() == before


def test_a_change_of_the_ledger_is_found(inside: Clinic, biller: User, filed: list[Claim]) -> None:
    posted(inside, biller, remittance([Said(filed[0], pays_well)]))
    assert list(ledger_rows.faults(inside)) == []
    row = LedgerTransaction.objects.get(key=f"charge:{filed[0].pk}")
    rows = list(LedgerEntry.objects.filter(transaction=row).order_by("position"))
    from cleanclaim.ledger.entries import Entry, Kind, Source, Transaction  # noqa: PLC0415 - beside what it forges

    forged = Transaction(
        row.key, Kind.CHARGE, row.on, Source(row.source_kind, row.source_key, row.source_digest),
        tuple(Entry(Account(one.account), one.cents * 2, one.line, one.payer, one.reason) for one in rows),
    )  # fmt: skip
    assert forged.digest != row.digest


# --- the pages ---


def test_the_biller_reads_looks_and_posts(
    inside: Clinic, filed: list[Claim], as_role: Callable[[Role], Client]
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415 - beside what it uploads

    client = as_role(Role.BILLER)
    data = remittance([Said(filed[0], pays_well), Said(filed[1], denies)])
    assert "No payment yet" in client.get("/c/millrace/payments/").content.decode()
    answer = client.post("/c/millrace/payments/read/", {"file": SimpleUploadedFile("era.835", data)}, follow=True)
    page = answer.content.decode()
    assert "Where every cent would go" in page
    assert "denied or reduced: stays open" in page
    assert Remittance.objects.count() == 0
    done = client.post(answer.redirect_chain[-1][0], follow=True)
    assert "posted." in done.content.decode()
    assert "CO-197" in done.content.decode()
    row = Remittance.objects.get()
    money = client.get(f"/c/millrace/claims/{filed[1].pk}/money/").content.decode()
    assert "Open to payers" in money
    back = client.post(f"/c/millrace/payments/{row.pk}/unpost/", follow=True).content.decode()
    assert "is taken back" in back
    assert inside.slug == "millrace"


def test_what_is_no_remittance_is_not_kept(clinic: Clinic, as_role: Callable[[Role], Client]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415 - beside what it uploads

    client = as_role(Role.BILLER)
    for data in (b"no file of ours", b""):
        page = client.post("/c/millrace/payments/read/", {"file": SimpleUploadedFile("x", data)}, follow=True)
        assert "Expected is a remittance" in page.content.decode() or "Choose a remittance" in page.content.decode()
    assert clinic.slug == "millrace"


@pytest.mark.parametrize(
    ("role", "sees", "works"),
    [
        (Role.OWNER, 200, 302),
        (Role.BILLER, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.THERAPIST, 403, 403),
        (Role.ASSISTANT, 403, 403),
        (Role.FRONT_DESK, 403, 403),
    ],
)
def test_who_sees_and_who_posts(role: Role, sees: int, works: int, as_role: Callable[[Role], Client]) -> None:
    client = as_role(role)
    assert client.get("/c/millrace/payments/").status_code == sees
    assert client.post("/c/millrace/payments/read/").status_code == works
