"""What of a line is the patient's, why, since when, and what may never be asked of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.receivables.lines import EARLIER, NOT_BILLED, AccountLine, Move, Share, standing_since

VISIT, FILED, ANSWERED, LATER = date(2026, 9, 1), date(2026, 9, 3), date(2026, 9, 20), date(2026, 10, 5)


def charged(cents: int = 10_000) -> tuple[Move, ...]:
    return (
        Move(FILED, Kind.CHARGE, Account.CHARGES, -cents),
        Move(FILED, Kind.CHARGE, Account.PAYER_OPEN, cents, "primary"),
    )


def answered(reason: str, cents: int, on: date = ANSWERED, kind: Kind = Kind.REMITTANCE) -> tuple[Move, ...]:
    """A part that a payer leaves to the patient; negative takes it back."""
    return (
        Move(on, kind, Account.PAYER_OPEN, -cents, "primary", reason),
        Move(on, kind, Account.PATIENT_OPEN, cents, reason=reason),
    )


def paid(cents: int, on: date = LATER) -> tuple[Move, ...]:
    return (
        Move(on, Kind.PATIENT_PAYMENT, Account.PATIENT_CASH, cents),
        Move(on, Kind.PATIENT_PAYMENT, Account.PATIENT_OPEN, -cents),
    )


def line(*moves: tuple[Move, ...], remarks: frozenset[str] = frozenset()) -> AccountLine:
    return AccountLine("c:1:1", VISIT, "97110", "1", tuple(move for some in moves for move in some), remarks)


def test_a_charge_with_a_payer_is_not_owed() -> None:
    found = line(charged())
    assert (found.charge_cents, found.open_cents, found.owed_cents, found.owed_since) == (10_000, 0, 0, None)
    assert found.open_to("primary") == 10_000
    assert found.shares == ()


def test_what_a_payer_leaves_is_owed_with_its_reasons() -> None:
    found = line(charged(), answered("2", 1_500), answered("1", 4_000))
    assert found.owed_cents == 5_500
    assert found.owed_since == ANSWERED
    assert [(share.label, share.cents) for share in found.shares] == [("deductible", 4_000), ("coinsurance", 1_500)]
    assert found.open_to("primary") == 4_500


@pytest.mark.parametrize(("pursued", "waiting", "owed"), [(0, 0, 5_000), (3_000, 3_000, 2_000), (9_000, 5_000, 0)])
def test_what_the_plan_is_still_asked_about_waits(pursued: int, waiting: int, owed: int) -> None:
    found = replace(line(charged(), answered("27", 3_000), answered("2", 2_000)), pursued_cents=pursued)
    assert (found.open_cents, found.waiting_cents, found.owed_cents) == (5_000, waiting, owed)
    # What was paid of it in the meantime waits no more.
    assert replace(found, moves=(*found.moves, *paid(5_000))).waiting_cents == 0
    # What may not be asked at all is not counted twice.
    protected = replace(found, remarks=frozenset({"N782"}))
    assert protected.protected_cents + protected.waiting_cents + protected.owed_cents == 5_000


def test_contract_and_denial_are_never_owed() -> None:
    contract = (
        Move(ANSWERED, Kind.REMITTANCE, Account.PAYER_OPEN, -3_000, "primary", "45"),
        Move(ANSWERED, Kind.REMITTANCE, Account.CONTRACTUAL, 3_000, "primary", "45"),
    )
    # 7,000 are denied: they stay open to the payer.
    assert line(charged(), contract).owed_cents == 0


def test_what_was_taken_back_and_decided_anew_is_owed_since_then() -> None:
    found = line(
        charged(), answered("2", 2_000), answered("2", -2_000, LATER), answered("3", 1_000, LATER),
    )  # fmt: skip
    assert (found.owed_cents, found.owed_since) == (1_000, LATER)
    assert found.shares == (Share("3", 1_000),)


@pytest.mark.parametrize(("payment", "owed", "overpaid"), [(1_999, 1, 0), (2_000, 0, 0), (2_001, 0, 1)])
def test_paid_short_exactly_and_too_much(payment: int, owed: int, overpaid: int) -> None:
    found = line(charged(), answered("2", 2_000), paid(payment))
    assert (found.owed_cents, found.overpaid_cents, found.patient_paid_cents) == (owed, overpaid, payment)


def test_no_plan_and_an_earlier_balance_say_so() -> None:
    own = line((Move(FILED, Kind.CHARGE, Account.CHARGES, -900), Move(FILED, Kind.CHARGE, Account.PATIENT_OPEN, 900)))
    earlier = line(
        (
            Move(FILED, Kind.BROUGHT_FORWARD, Account.BROUGHT_FORWARD, -700),
            Move(FILED, Kind.BROUGHT_FORWARD, Account.PATIENT_OPEN, 700),
        )
    )
    assert own.shares == (Share(NOT_BILLED, 900),)
    assert earlier.shares == (Share(EARLIER, 700),)
    assert (earlier.charge_cents, earlier.owed_cents) == (700, 700)


@pytest.mark.parametrize("remark", ["N781", "N782", "N783", "n782"])
def test_a_protected_patient_owes_no_cost_sharing(remark: str) -> None:
    found = line(charged(), answered("2", 2_000), answered("1", 500), remarks=frozenset({remark}))
    assert (found.open_cents, found.protected_cents, found.owed_cents) == (2_500, 2_500, 0)


def test_other_remarks_and_other_reasons_protect_nothing() -> None:
    assert line(charged(), answered("2", 2_000), remarks=frozenset({"MA13", "N780"})).protected_cents == 0
    not_covered = line(charged(), answered("96", 2_000), remarks=frozenset({"N782"}))
    assert (not_covered.protected_cents, not_covered.owed_cents) == (0, 2_000)


def test_what_a_protected_patient_paid_goes_back() -> None:
    remarks = frozenset({"N782"})
    assert line(charged(), answered("2", 2_000), paid(1_200), remarks=remarks).wrongly_paid_cents == 1_200
    both = line(charged(), answered("2", 2_000), answered("96", 500), paid(700), remarks=remarks)
    assert both.wrongly_paid_cents == 200
    assert line(charged(), answered("2", 2_000), paid(1_200)).wrongly_paid_cents == 0


def test_an_unlisted_reason_is_told_by_its_code() -> None:
    assert Share("9999", 1).words == "Your plan says that this part is yours (reason 9999)."
    assert "(reason 58)" in Share("58", 1).words
    assert Share("275", 1).label == "your first plan's part"


def test_since_when_of_nothing_and_of_a_balance_that_came_back() -> None:
    assert standing_since([]) is None
    moves = [
        Move(FILED, Kind.TRANSFER, Account.PATIENT_OPEN, 100),
        Move(ANSWERED, Kind.PATIENT_PAYMENT, Account.PATIENT_OPEN, -100),
        Move(LATER, Kind.TRANSFER, Account.PATIENT_OPEN, 1),
    ]
    assert standing_since(moves[:1]) == FILED
    assert standing_since(moves[:2]) is None
    assert standing_since(moves) == LATER
