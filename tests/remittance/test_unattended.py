"""Which payments nobody has to look at before they are posted, and why a person looks at the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.records.remittance import Remittance
from cleanclaim.remittance.effects import LineAnswer
from cleanclaim.remittance.plan import plan
from cleanclaim.remittance.unattended import needs_person
from tests.remittance.test_plan import INDEX, PAID, adjusted, claim, line, payment

STRANGE = claim(
    9_000, line("97110", 14_000, 9_000, adjusted("CO", "45", 5_000)), control_number="V999", charge_cents=14_000
)
UNEVEN = claim(
    9_000,
    line("97110", 14_000, 6_000, adjusted("CO", "45", 7_999)),
    line("97140", 7_000, 3_000, adjusted("CO", "97", 4_000)),
)


ABOVE = claim(
    18_000,
    line("97110", 14_000, 15_000, adjusted("CO", "94", -1_000)),
    line("97140", 7_000, 3_000, adjusted("CO", "45", 4_000)),
)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (payment(9_000, PAID), ""),
        (payment(9_100, PAID, adjustments=(("L6", -100),)), ""),
        (payment(18_000, PAID, STRANGE), "segment 14: no claim has its numbers"),
        (payment(8_999, PAID.model_copy(update={"paid_cents": 8_999})), "segment 14: the claim's charge is not paid"),
        (payment(9_000, UNEVEN), "segment 20: a line's charge is not paid and adjusted by $0.01"),
        (payment(18_000, ABOVE), "segment 14: more is paid than was charged (reason 94)"),
        (
            payment(9_000, PAID.model_copy(update={"patient_paid_cents": 2_000})),
            "segment 14: the payer says that the patient paid $20.00",
        ),
        (payment(9_000, PAID.model_copy(update={"patient_paid_cents": 0})), ""),
        (payment(8_900, PAID, adjustments=(("WO", 100),)), "segment 99: a provider-level adjustment (PLB WO)"),
    ],
)
def test_what_is_found_and_adds_up_needs_nobody(told: Remittance, why: str) -> None:
    found = needs_person(plan(told, INDEX))
    assert found.startswith(why)
    assert bool(found) is bool(why)


def test_what_takes_back_comes_from_nobody_known_or_is_below_zero_is_looked_at() -> None:
    made = plan(payment(9_000, PAID), INDEX)
    (posted,) = made.posted
    back = replace(posted, answer=PAID.model_copy(update={"status": "22"}))
    made.posted[:] = [back]
    assert needs_person(made) == "segment 14: an earlier answer is taken back"
    sent_on = replace(posted, answer=PAID.model_copy(update={"status": "19"}))
    made.posted[:] = [sent_on]
    assert needs_person(made) == "segment 14: the payer sent the claim on to a plan that is not on file"
    made.posted[:] = [replace(sent_on, next_payer=CoverageOrder.SECONDARY)]
    assert needs_person(made) == ""
    # Nothing is left that the plan could pay.
    made.posted[:] = [replace(sent_on, lines=(LineAnswer("k1", 9_000),))]
    assert needs_person(made) == ""
    made.posted[:] = [replace(posted, is_expected=False)]
    assert needs_person(made) == "segment 14: the payer is none of the patient's that are on file"
    made.posted[:] = [posted]
    made.remittance = made.remittance.model_copy(update={"amount_cents": -1})
    assert needs_person(made) == "segment 3: the payment is below zero"
    made.remittance = made.remittance.model_copy(update={"amount_cents": 0})
    assert needs_person(made) == ""
