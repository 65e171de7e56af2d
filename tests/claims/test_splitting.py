"""Claims that do not fit are split without losing a cent; replacements and voids name what they answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.claims import ClaimSplitError, replacement_of, split_claim, void_of
from cleanclaim.records import (
    AdjudicatedLine,
    Adjudication,
    Adjustment,
    AdjustmentGroup,
    Claim,
    ClaimLine,
    CoverageOrder,
    Frequency,
)
from tests.x12.claim_generator import claims

MODEL = claims(1, seed=3)[0].model_copy(
    update={"frequency": Frequency.ORIGINAL, "original_reference": "", "other_payers": ()}
)
CODES = tuple(f"M54.{number}" for number in range(10, 60))


def claim(pointers: list[tuple[int, ...]], diagnoses: int, paid: int = 0) -> Claim:
    lines = tuple(
        ClaimLine(
            number=number,
            date_of_service=date(2026, 3, 4),
            place_of_service="11",
            code="97110",
            units=1,
            charge_cents=100 + number,
            pointers=each,
            control_number=f"L{number}",
        )
        for number, each in enumerate(pointers, start=1)
    )
    changes = {"id": "C1", "lines": lines, "diagnoses": CODES[:diagnoses], "patient_paid_cents": paid}
    return MODEL.model_copy(update=changes)


def test_a_claim_that_fits_is_the_same_claim() -> None:
    for lines in (1, 50):
        whole = claim([(1,)] * lines, 12)
        assert split_claim(whole) == (whole,)
        assert split_claim(whole)[0] is whole


def test_the_fifty_first_line_makes_a_second_claim() -> None:
    first, second = split_claim(claim([(1,)] * 51, 2, paid=6000))
    assert (first.id, second.id) == ("C1-1", "C1-2")
    assert (len(first.lines), len(second.lines)) == (50, 1)
    assert second.lines[0].number == 1
    assert second.lines[0].control_number == "L51"
    assert (first.total_charge_cents, second.total_charge_cents) == (6275, 151)
    assert (first.patient_paid_cents, second.patient_paid_cents) == (6000, 0)
    assert (first.diagnoses, second.diagnoses) == (CODES[:2], CODES[:1])


def test_what_the_patient_paid_runs_over_to_the_next_part() -> None:
    parts = split_claim(claim([(1,)] * 4, 1, paid=350), max_lines=2)
    assert [part.total_charge_cents for part in parts] == [203, 207]
    assert [part.patient_paid_cents for part in parts] == [203, 147]
    parts = split_claim(claim([(1,)] * 4, 1, paid=500), max_lines=2)
    assert [part.patient_paid_cents for part in parts] == [203, 297]


def test_the_thirteenth_diagnosis_splits_by_pointers() -> None:
    pointers = [(1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 1)]
    first, second = split_claim(claim(pointers, 13))
    assert first.diagnoses == CODES[:12]
    assert [line.pointers for line in first.lines] == pointers[:3]
    assert second.diagnoses == (CODES[0], CODES[12])
    assert [line.pointers for line in second.lines] == [(2, 1)]


def test_diagnoses_nobody_points_to_fill_the_room_in_their_old_order() -> None:
    (only,) = split_claim(claim([(13,), (2,)], 14))
    assert only.id == "C1"
    assert only.diagnoses == (*CODES[:11], CODES[12])
    assert [line.pointers for line in only.lines] == [(12,), (2,)]


def test_lines_keep_their_first_four_pointers() -> None:
    (only,) = split_claim(claim([(1, 2, 3, 4, 5)], 5))
    assert only.lines[0].pointers == (1, 2, 3, 4)
    assert only.id == "C1"


def decision(count: int, **changes: Any) -> Adjudication:
    """Half of each line paid, the other half adjusted."""
    answers = []
    for number in range(1, count + 1):
        charge = 100 + number
        left = Adjustment(group=AdjustmentGroup.CONTRACTUAL, reason="45", amount_cents=charge - charge // 2)
        answers.append(AdjudicatedLine(line=number, paid_cents=charge // 2, adjustments=(left,)))
    plain = Adjudication(
        order=CoverageOrder.PRIMARY,
        adjudicated_on=date(2026, 3, 20),
        paid_cents=sum(answer.paid_cents for answer in answers),
        lines=tuple(answers),
    )
    return plain.model_copy(update=changes)


def decided(lines: int, answer: Adjudication) -> Claim:
    first = MODEL.payer.model_copy(update={"order": CoverageOrder.PRIMARY, "adjudication": answer})
    whole = claim([(1,)] * lines, 1)
    second = MODEL.payer.model_copy(update={"order": CoverageOrder.SECONDARY})
    return whole.model_copy(update={"payer": second, "other_payers": (first,)})


def test_what_another_payer_decided_goes_with_its_lines() -> None:
    whole = decided(5, decision(5))
    parts = split_claim(whole, max_lines=2)
    answers = [part.other_payers[0].adjudication for part in parts]
    assert [[line.line for line in answer.lines] for answer in answers if answer] == [[1, 2], [1, 2], [1]]
    # 101 to 105 cents, of which half is paid: 50 + 51, 51 + 52, 52.
    assert [answer.paid_cents for answer in answers if answer] == [101, 103, 52]
    for part, answer in zip(parts, answers, strict=True):
        assert answer is not None
        assert answer.paid_cents + answer.adjusted_cents == part.total_charge_cents
    assert split_claim(whole, max_lines=5) == (whole,)


@pytest.mark.parametrize(
    "answer",
    [
        decision(2, lines=()),
        decision(
            2,
            adjustments=(Adjustment(group=AdjustmentGroup.PATIENT, reason="3", amount_cents=1),),
            paid_cents=100,
        ),
    ],
)
def test_a_decision_on_the_claim_as_a_whole_cannot_be_parted(answer: Adjudication) -> None:
    whole = decided(2, answer)
    assert split_claim(whole, max_lines=2) == (whole,)
    with pytest.raises(ClaimSplitError, match="primary payer: a decision on the claim as a whole"):
        split_claim(whole, max_lines=1)


def test_a_replacement_that_needs_two_claims_is_refused() -> None:
    too_long = replacement_of(claim([(1,)] * 51, 1), "ICN1")
    with pytest.raises(ClaimSplitError, match="frequency 7: expected 1, as it needs 2 claims"):
        split_claim(too_long)
    assert split_claim(replacement_of(claim([(1,)] * 50, 1), "ICN1"))[0].frequency is Frequency.REPLACEMENT


def test_a_pointer_to_nothing_is_refused() -> None:
    for pointer in (0, 3):
        with pytest.raises(ClaimSplitError, match="line 1: pointers"):
            split_claim(claim([(pointer,)], 2))


def test_limits_that_hold_no_line_are_refused() -> None:
    for limits in ({"max_lines": 0}, {"max_diagnoses": 3}):
        with pytest.raises(ClaimSplitError, match="limits of"):
            split_claim(claim([(1,)], 1), **limits)


@given(
    st.lists(st.lists(st.integers(1, 30), min_size=1, max_size=6).map(tuple), min_size=1, max_size=130),
    st.integers(1, 50),
    st.integers(4, 12),
    st.integers(0, 50_000),
)
def test_no_cent_line_or_pointed_diagnosis_is_lost(
    pointers: list[tuple[int, ...]], max_lines: int, max_diagnoses: int, paid: int
) -> None:
    whole = claim(pointers, 30, paid)
    parts = split_claim(whole, max_lines=max_lines, max_diagnoses=max_diagnoses)
    assert sum(part.total_charge_cents for part in parts) == whole.total_charge_cents
    assert sum(part.patient_paid_cents for part in parts) == paid
    lines = [line for part in parts for line in part.lines]
    assert [line.control_number for line in lines] == [line.control_number for line in whole.lines]
    assert [line.charge_cents for line in lines] == [line.charge_cents for line in whole.lines]
    meant = [[CODES[pointer - 1] for pointer in line.pointers[:4]] for line in whole.lines]
    assert [
        [part.diagnoses[pointer - 1] for pointer in line.pointers] for part in parts for line in part.lines
    ] == meant
    assert len({part.id for part in parts}) == len(parts)
    for part in parts:
        assert 1 <= len(part.lines) <= max_lines
        assert len(part.diagnoses) <= max_diagnoses
        assert list(part.diagnoses) == sorted(part.diagnoses, key=CODES.index)
        assert [line.number for line in part.lines] == list(range(1, len(part.lines) + 1))


def test_a_void_and_a_replacement_name_the_payers_claim() -> None:
    whole = claim([(1,)], 1)
    void = void_of(whole, " ICN77 ")
    assert (void.frequency, void.original_reference, void.id) == (Frequency.VOID, "ICN77", "C1")
    assert void.lines == whole.lines
    new = replacement_of(whole, "ICN77", claim_id="C2")
    assert (new.frequency, new.original_reference, new.id) == (Frequency.REPLACEMENT, "ICN77", "C2")
    for make in (void_of, replacement_of):
        with pytest.raises(ClaimSplitError, match="original reference"):
            make(whole, "  ")
