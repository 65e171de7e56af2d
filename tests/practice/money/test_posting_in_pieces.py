"""A payment is placed and written some answers at a time: what comes of it does not depend on how many, and is whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.payments import remitting
from cleanclaim.practice.engine.payments.answer_rows import answer_row
from cleanclaim.practice.engine.payments.remitting import keep_file, post
from cleanclaim.practice.models import (
    Claim,
    ClaimAnswer,
    ClaimEvent,
    Clinic,
    LedgerEntry,
    LedgerTransaction,
    PayerAdjustment,
    Remittance,
    User,
    WorkItem,
)
from tests.practice.money.answers import Decision, Said, denies, pays_well, remittance

SIZES = (1, 2, 3, 1000)


def little(number: int, charge: int) -> Decision:
    """Pays a tenth and takes the rest off by contract."""
    del number
    return Decision(charge // 10, [("CO", "45", charge - charge // 10)])


def everything(filed: list[Claim]) -> bytes:
    """A payment of which one answer undoes another and one is found by what it says, with money beside the claims."""
    first, second, third = filed
    said = [
        Said(second, denies),
        # By another claim's number: its charges tell that it is not meant, and patient, day and codes which one is.
        Said(first, little, number=third.number, payer_number="ICN-9"),
        Said(third, pays_well, number="NOBODY", payer_number="NOBODY", status="22", sign=-1),
        Said(first, little, status="22", sign=-1, payer_number="ICN-9"),
        Said(first, pays_well),
        Said(third, pays_well),
    ]
    return remittance(said, adjustments="WO*12.5*L6*-1")


def outcome(row: Remittance) -> dict[str, Any]:
    """All that a payment wrote, without the keys and moments that are its own."""
    own = str(row.pk)
    entries = LedgerEntry.objects.filter(transaction__source_key=own).order_by("transaction__key", "position")
    answers = ClaimAnswer.objects.filter(remittance=row).order_by("segment")
    leave = {"id", "clinic", "created_at", "changed_at", "version", "remittance", "answer"}
    columns = [field.name for field in ClaimAnswer._meta.concrete_fields if field.name not in leave]
    return {
        "payment": (row.held_cents, row.amount_cents, row.claims_count),
        "entries": [
            (key.replace(own, "payment"), *rest)
            for key, *rest in entries.values_list(
                "transaction__key", "transaction__on", "position", "account", "cents", "line", "payer", "reason"
            )
        ],
        "answers": list(answers.values(*columns)),
        "said": [one.answer for one in answers],
        "history": sorted(ClaimEvent.objects.filter(action="answered").values_list("claim", "detail")),
        "to work": sorted(WorkItem.objects.values_list("kind", "line", "cents", "route", "reason")),
        "beside": list(PayerAdjustment.objects.filter(remittance=row).values_list("reason", "cents")),
    }


def test_what_is_written_does_not_depend_on_the_pieces(
    inside: Clinic, biller: User, filed: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = everything(filed)
    found = []
    for size in SIZES:
        monkeypatch.setattr(remitting, "AT_ONCE", size)
        with transaction.atomic():
            (row,) = post(inside, biller, keep_file(inside, biller, data)).posted
            row.refresh_from_db()
            found.append(outcome(row))
            assert list(ledger_rows.faults(inside)) == []
            transaction.set_rollback(True)
        assert not ClaimAnswer.objects.exists()
    assert found == [found[0]] * len(SIZES)
    # What the third takes back was never posted.
    assert [(one["found_by"], one["state"]) for one in found[0]["answers"]] == [
        ("control number", "posted"),
        ("patient, day, codes and charge", "posted"),
        ("", "held"),
        ("control number", "posted"),
        ("control number", "posted"),
        ("control number", "posted"),
    ]
    cash = sum(cents for _key, _on, _place, account, cents, *_rest in found[0]["entries"] if account == "payer_cash")
    held, amount, claims = found[0]["payment"]
    assert (held, amount, claims) == (-Said(filed[2], pays_well).paid(), cash, 6)
    assert found[0]["beside"] == [("WO", 1_250)]


@pytest.mark.parametrize("fails_at", range(6))
def test_a_payment_that_stops_in_a_later_piece_leaves_nothing(
    inside: Clinic, biller: User, filed: list[Claim], monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    data = everything(filed)
    monkeypatch.setattr(remitting, "AT_ONCE", 1)
    count = 0

    def until(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        if count > fails_at:
            raise OSError("the machine stops")
        return answer_row(*arguments)

    before = LedgerTransaction.objects.count()
    file = keep_file(inside, biller, data)
    with monkeypatch.context() as broken:
        broken.setattr(remitting, "answer_row", until)
        with pytest.raises(OSError, match="the machine stops"):
            post(inside, biller, file)
    assert LedgerTransaction.objects.count() == before
    for model in (Remittance, ClaimAnswer, PayerAdjustment, WorkItem):
        assert not model.objects.exists()
    # What stopped is posted whole when it is asked for again, and then not once more.
    (row,) = post(inside, biller, file).posted
    assert row.answers.count() == 6
    again = post(inside, biller, file)
    assert (again.posted, len(again.known)) == ([], 1)
