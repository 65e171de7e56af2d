"""The page that goes with a paper claim to the next payer says what the payer before decided, and of no other claim."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.forms.earlier_answer import render_earlier_answers
from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.records import AdjudicatedLine, Adjudication, Adjustment, AdjustmentGroup, Claim, CoverageOrder
from tests.forms.claims import MEDICARE, SECOND, claim
from tests.forms.pages import page_count, words


def adjusted(group: str, reason: str, cents: int) -> Adjustment:
    return Adjustment(group=AdjustmentGroup(group), reason=reason, amount_cents=cents)


def to_the_second(answer: Adjudication | None) -> Claim:
    return claim(payer=SECOND, other_payers=[{**MEDICARE, "adjudication": answer and answer.model_dump()}])


def decided(bare: Claim, *, on_claim: tuple[Adjustment, ...] = ()) -> Adjudication:
    """Half of each line paid, three tenths contractual, the rest the patient's."""
    lines = []
    for line in bare.lines:
        paid, contract = line.charge_cents // 2, line.charge_cents * 3 // 10
        rest = line.charge_cents - paid - contract
        lines.append(
            AdjudicatedLine(
                line=line.number,
                paid_cents=paid,
                adjustments=(adjusted("CO", "45", contract), adjusted("PR", "2", rest)),
            )
        )
    paid = sum(line.paid_cents for line in lines) - sum(item.amount_cents for item in on_claim)
    return Adjudication(
        order=CoverageOrder.PRIMARY, adjudicated_on=date(2026, 10, 5), paid_cents=paid, claim_number="ICN77",
        adjustments=on_claim, lines=tuple(lines),
    )  # fmt: skip


def test_it_says_what_was_paid_and_why_the_rest_was_not() -> None:
    bare = to_the_second(None)
    second = to_the_second(decided(bare))
    data = render_earlier_answers(second)
    text = " ".join(words(data).split())
    charge = second.lines[0].charge_cents
    expected = [
        "What earlier payers decided", f"Claim {second.id} to Stonegate Health", "Medicare Part B, primary payer",
        "Harriet Colewood, born 05/02/1948", "1EG4-TE5-MK73", "the payer's number ICN77", "10/05/2026",
        f"CO-45 ${charge * 3 // 10 / 100:,.2f}", "45: Above the fee schedule.", "2: Coinsurance.",
    ]  # fmt: skip
    left = sum(line.charge_cents - line.charge_cents // 2 - line.charge_cents * 3 // 10 for line in second.lines)
    expected.append(f"left to the patient or the next payer: ${left / 100:,.2f}")
    for words_of_it in expected:
        assert words_of_it in text, words_of_it
    assert page_count(data) == 1
    assert data == render_earlier_answers(second)


def test_what_was_cut_from_the_whole_claim_stands_with_the_total() -> None:
    bare = to_the_second(None)
    second = to_the_second(decided(bare, on_claim=(adjusted("CO", "253", 100),)))
    text = " ".join(words(render_earlier_answers(second)).split())
    assert "CO-253 $1.00 on the whole claim" in text


def test_without_a_decision_there_is_no_page() -> None:
    with pytest.raises(FormNotPrintableError, match="no decision"):
        render_earlier_answers(to_the_second(None))
