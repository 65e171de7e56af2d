"""Payments as payers send them on a bad day, with what the books must say worked out beforehand, to the cent."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from cleanclaim.ledger.accounts import Account
from cleanclaim.practice.engine.books import ledger_checks
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.ledger.receipts import Payment, take, use_credit
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import Claim, Clinic, Means, Remittance, User
from tests.practice.conftest import DAY
from tests.practice.money.answers import Decision, Said, denies, pays_well, remittance

Post = Callable[..., Remittance]
"""Posts some answers as one payment: its number, and the provider's adjustments as `WO*20.5`."""


@pytest.fixture
def alone(filed: list[Claim]) -> Claim:
    """A filed claim of a patient with one plan."""
    return next(claim for claim in filed if not claim.record["other_payers"])


@pytest.fixture
def pay(inside: Clinic, biller: User) -> Post:
    def posted(*said: Said, trace: str = "EFT1", adjustments: str = "") -> Remittance:
        data = remittance(said, trace=trace, adjustments=adjustments)
        found = post(inside, biller, keep_file(inside, biller, data))
        assert found.refused == []
        (row,) = found.posted
        return row

    return posted


def books(claim: Claim) -> dict[str, int]:
    """Where the claim's cents stand, what of all payments is held, and what was taken or added beside; no zeros."""
    found: dict[str, int] = {}
    for line in ledger_rows.line_states([claim.pk])[claim.pk].values():
        told = {
            "paid": line.payer_paid, "contract": line.contractual, "patient": line.open_to_patient,
            "patient paid": line.patient_paid, "open": line.open_to_payers,
        }  # fmt: skip
        for name, cents in told.items():
            found[name] = found.get(name, 0) + cents
    totals = ledger_rows.totals()
    found |= {"held": -totals[Account.SUSPENSE], "beside": totals[Account.PROVIDER_ADJUSTMENT]}
    found["interest"] = -totals[Account.INTEREST]
    return {name: cents for name, cents in found.items() if cents}


def usual(claim: Claim) -> dict[str, int]:
    """What `pays_well` makes of a claim."""
    decided = [pays_well(0, line["charge_cents"]) for line in claim.record["lines"]]
    return {
        "paid": sum(one.paid for one in decided),
        "contract": sum(one.adjustments[0][2] for one in decided),
        "patient": sum(one.adjustments[1][2] for one in decided),
    }


def charge_of(claim: Claim) -> int:
    return sum(line["charge_cents"] for line in claim.record["lines"])


def whole(clinic: Clinic) -> bool:
    return ledger_checks.verify(clinic).faults == []


def back(claim: Claim) -> Said:
    return Said(claim, pays_well, status="22", sign=-1)


def test_a_reversal_that_is_itself_reversed_is_held(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well))
    pay(back(alone), trace="EFT2")
    assert books(alone) == {"open": charge_of(alone)}
    pay(Said(alone, pays_well, status="22"), trace="EFT3")
    assert books(alone) == {"open": charge_of(alone), "held": usual(alone)["paid"]}
    assert whole(inside)


def test_five_answers_that_undo_each_other_leave_the_last(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well), back(alone), Said(alone, pays_well), back(alone), Said(alone, pays_well))
    assert books(alone) == usual(alone)
    assert whole(inside)


def test_one_answer_twice_in_a_payment_is_posted_once_and_held_once(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well), Said(alone, pays_well))
    assert books(alone) == {**usual(alone), "held": usual(alone)["paid"]}
    assert whole(inside)


def test_the_same_answers_under_another_number_are_held(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well))
    pay(Said(alone, pays_well), trace="EFT1-COPY")
    assert books(alone) == {**usual(alone), "held": usual(alone)["paid"]}
    assert whole(inside)


def test_a_reversal_of_another_amount_takes_nothing_back(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well))

    def less(number: int, charge: int) -> Decision:
        told = pays_well(number, charge)
        return Decision(told.paid - 1, [*told.adjustments, ("CO", "50", 1)])

    pay(Said(alone, less, status="22", sign=-1), trace="EFT2")
    lines = len(alone.record["lines"])
    assert books(alone) == {**usual(alone), "held": -usual(alone)["paid"] + lines}
    assert whole(inside)


def test_a_reversal_alone_is_a_payment_below_zero(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well))
    row = pay(back(alone), trace="EFT2")
    assert row.amount_cents == -usual(alone)["paid"]
    assert books(alone) == {"open": charge_of(alone)}
    assert whole(inside)


def test_what_is_taken_beside_exceeds_the_check_and_is_carried_over_three(
    inside: Clinic, filed: list[Claim], pay: Post
) -> None:
    first, second, third = filed
    paid = [usual(claim)["paid"] for claim in filed]
    owed = paid[0] + paid[1] + 700
    forwarded = owed - paid[0]
    one = pay(Said(first, pays_well), adjustments=f"WO*{owed / 100:.2f}*FB*{-forwarded / 100:.2f}")
    assert one.amount_cents == 0
    rest = forwarded - paid[1]
    two = pay(Said(second, pays_well), trace="EFT2", adjustments=f"FB*{forwarded / 100:.2f}*FB*{-rest / 100:.2f}")
    assert (two.amount_cents, rest) == (0, 700)
    three = pay(Said(third, pays_well), trace="EFT3", adjustments="FB*7.00")
    assert three.amount_cents == paid[2] - 700
    # The balances that were carried are gone; what was taken for other claims is left.
    assert ledger_rows.totals()[Account.PROVIDER_ADJUSTMENT] == owed
    assert ledger_rows.totals()[Account.PAYER_CASH] == three.amount_cents
    assert whole(inside)


def test_nothing_is_paid_and_something_is_taken(inside: Clinic, alone: Claim, pay: Post) -> None:
    row = pay(Said(alone, denies), adjustments="WO*20.00*FB*-20.00")
    assert row.amount_cents == 0
    assert books(alone) == {"open": charge_of(alone)}
    assert whole(inside)


def test_interest_alone(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well))
    row = pay(trace="EFT2", adjustments="L6*-1.25")
    assert row.amount_cents == 125
    assert books(alone) == {**usual(alone), "interest": 125}
    assert whole(inside)


def test_interest_is_taken_back_with_the_payment_that_it_was_for(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well), adjustments="L6*-1.25")
    pay(back(alone), trace="EFT2", adjustments="L6*1.25")
    assert books(alone) == {"open": charge_of(alone)}
    assert whole(inside)


def test_what_a_capitation_pays_stays_open_to_the_payer(inside: Clinic, alone: Claim, pay: Post) -> None:
    def capitated(_number: int, charge: int) -> Decision:
        return Decision(2_000, [("CO", "24", charge - 2_000)])

    pay(Said(alone, capitated))
    lines = len(alone.record["lines"])
    assert books(alone) == {"paid": 2_000 * lines, "open": charge_of(alone) - 2_000 * lines}
    assert whole(inside)


def test_a_duplicate_denial_after_a_payment_moves_nothing(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well))
    pay(Said(alone, lambda _n, charge: Decision(0, [("OA", "18", charge)]), status="4"), trace="EFT2")
    assert books(alone) == usual(alone)
    assert whole(inside)


def test_a_denial_is_paid_without_a_word_of_it(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, denies, status="4"))
    pay(Said(alone, pays_well), trace="EFT2")
    assert books(alone) == usual(alone)
    assert whole(inside)


def test_a_rate_above_the_charge_leaves_nothing_open(inside: Clinic, alone: Claim, pay: Post) -> None:
    above = Said(alone, lambda _n, charge: Decision(charge + 1_000, [("CO", "94", -1_000)]))
    lines = len(alone.record["lines"])
    pay(above)
    assert books(alone) == {"paid": charge_of(alone) + 1_000 * lines, "contract": -1_000 * lines}
    assert not alone.work_items.exists()
    pay(Said(alone, above.decide, status="22", sign=-1), trace="EFT2")
    assert books(alone) == {"open": charge_of(alone)}
    assert whole(inside)


def test_what_the_patient_paid_is_theirs_while_the_payer_decides_anew(
    inside: Clinic, biller: User, alone: Claim, pay: Post
) -> None:
    pay(Said(alone, pays_well))
    share = usual(alone)["patient"]
    take(inside, biller, alone.patient, Payment(uuid4(), share + 500, Means.CHECK, DAY))
    assert account_of(alone.patient_id).balance(DAY).due_cents == -500
    pay(back(alone), trace="EFT2")
    figures = account_of(alone.patient_id).balance(DAY)
    assert (figures.owed_cents, figures.credit_cents) == (0, share + 500)

    def more(number: int, charge: int) -> Decision:
        told = pays_well(number, charge)
        return Decision(told.paid - 400, [told.adjustments[0], ("PR", "2", told.adjustments[1][2] + 400)])

    pay(Said(alone, more), trace="EFT3")
    extra = 400 * len(alone.record["lines"])
    figures = account_of(alone.patient_id).balance(DAY)
    assert (figures.owed_cents, figures.credit_cents, figures.due_cents) == (extra, 500, extra - 500)
    assert use_credit(inside, biller, alone.patient) == 500
    figures = account_of(alone.patient_id).balance(DAY)
    assert (figures.owed_cents, figures.credit_cents) == (extra - 500, 0)
    assert whole(inside)


def test_a_payment_is_posted_undone_and_posted_again(inside: Clinic, biller: User, alone: Claim, pay: Post) -> None:
    for _time in range(3):
        row = pay(Said(alone, pays_well), adjustments="WO*3.00*L6*-1.00")
        assert books(alone) == {**usual(alone), "beside": 300, "interest": 100}
        unpost(inside, biller, row.pk)
        assert books(alone) == {"open": charge_of(alone)}
    assert whole(inside)


def test_the_first_of_two_payments_is_undone_and_the_second_stands(
    inside: Clinic, biller: User, alone: Claim, pay: Post
) -> None:
    denied = pay(Said(alone, denies, status="4"))
    pay(Said(alone, pays_well), trace="EFT2")
    unpost(inside, biller, denied.pk)
    assert books(alone) == usual(alone)
    assert whole(inside)


def test_what_is_cut_from_the_claim_as_a_whole_is_cut_from_its_lines(
    inside: Clinic, biller: User, alone: Claim
) -> None:
    data = remittance([Said(alone, pays_well)]).decode()
    paid = usual(alone)["paid"]
    head = "**MB*PCN1~"
    assert data.count(head) == 1
    told = f"*{paid / 100:g}{head}"
    data = data.replace(told, f"*{(paid - 301) / 100:g}{head}CAS*PR*1*3.01~")
    data = data.replace(f"BPR*I*{paid / 100:g}*", f"BPR*I*{(paid - 301) / 100:g}*").replace("SE*", "SE*", 1)
    body = data.split("ST*835")[1].split("SE*")[0]
    count = body.count("~") + 1
    data = data.replace(f"SE*{count - 1}*", f"SE*{count}*")
    (row,) = post(inside, biller, keep_file(inside, biller, data.encode())).posted
    assert row.held_cents == 0
    told_usual = usual(alone)
    assert books(alone) == {**told_usual, "paid": paid - 301, "patient": told_usual["patient"] + 301}
    assert whole(inside)


def test_a_correction_under_another_code_is_the_same_line(inside: Clinic, alone: Claim, pay: Post) -> None:
    pay(Said(alone, pays_well))

    class Other(Said):
        """The same claim, decided under other codes than were billed."""

        def text(self) -> str:
            return super().text().replace("SVC*HC:97", "SVC*HC:99")

    pay(back(alone), Other(alone, pays_well), trace="EFT2")
    assert books(alone) == usual(alone)
    assert whole(inside)
