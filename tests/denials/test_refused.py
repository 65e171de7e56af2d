"""What stands refused after all of a payer's answers: each cent once, and never more than is open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.denials.refused import Open, standing
from cleanclaim.records.remittance import Remittance
from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.matching import ClaimIndex
from cleanclaim.remittance.plan import plan
from tests.denials.answered import CLAIM, adjusted, answer, line

PAID = line(1, 6_000, adjusted("CO", "45", 5_795), adjusted("PR", "2", 2_205))
REFUSED = line(2, 0, adjusted("CO", "197", 7_000))


def test_a_contract_and_a_share_of_cost_are_no_refusals() -> None:
    found = standing([answer(PAID, line(2, 5_000, adjusted("CO", "45", 2_000)))])
    assert found == []


def test_a_refused_line() -> None:
    (found,) = standing([answer(PAID, REFUSED)])
    assert (found.line.key, found.cents, found.is_partial) == ("c1:V001:2", 7_000, False)
    assert [(one.code, one.cents) for one in found.reasons] == [("CO-197", 7_000)]


def test_a_line_refused_in_part_by_two_reasons_tells_the_larger_first() -> None:
    part = line(
        1, 1_000, adjusted("CO", "45", 2_000), adjusted("CO", "151", 3_000), adjusted("CO", "97", 8_000),
        remarks=("N362",),
    )  # fmt: skip
    (found,) = standing([answer(part, line(2, 7_000))])
    assert [(one.code, one.cents) for one in found.reasons] == [("CO-97", 8_000), ("CO-151", 3_000)]
    assert (found.main.code, found.cents, found.is_partial) == ("CO-97", 11_000, True)
    assert found.main.remarks == ("N362",)


def test_what_a_reversal_takes_back_stands_no_more() -> None:
    taken_back = answer(
        line(1, -6_000, adjusted("CO", "45", -5_795), adjusted("PR", "2", -2_205), sign=-1),
        line(2, 0, adjusted("CO", "197", -7_000), sign=-1),
        status="22",
    )
    before = answer(PAID, REFUSED)
    assert standing([before, taken_back]) == []
    corrected = answer(PAID, line(2, 0, adjusted("CO", "50", 7_000)))
    (found,) = standing([before, taken_back, corrected])
    assert (found.main.code, found.cents) == ("CO-50", 7_000)


def test_decided_anew_without_a_reversal_the_newest_reason_stands() -> None:
    before, after = answer(PAID, REFUSED), answer(PAID, line(2, 0, adjusted("CO", "50", 7_000)))
    (found,) = standing([before, after], {"c1:V001:2": Open(7_000, 0)})
    assert [(one.code, one.cents) for one in found.reasons] == [("CO-50", 7_000)]


def test_no_more_stands_than_is_open() -> None:
    said = [answer(PAID, REFUSED)]
    assert standing(said, {"c1:V001:2": Open(0, 7_000)}) == []
    (found,) = standing(said, {"c1:V001:2": Open(1, 0)})
    assert found.cents == 1
    assert standing(said, {}) == []


def test_the_patients_part_counts_where_it_is_no_share_of_cost() -> None:
    said = [answer(PAID, line(2, 0, adjusted("PR", "27", 7_000)))]
    (found,) = standing(said, {"c1:V001:2": Open(0, 7_000)})
    assert (found.main.code, found.cents) == ("PR-27", 7_000)
    assert standing(said, {"c1:V001:2": Open(7_000, 0)}) == []


def test_what_an_earlier_payer_did_is_no_refusal_but_a_cut_without_a_contract_is() -> None:
    said = answer(line(1, 6_000, adjusted("OA", "23", 8_000)), line(2, 5_000, adjusted("PI", "45", 2_000)))
    (found,) = standing([said])
    assert (found.line.key, found.main.code, found.cents) == ("c1:V001:2", "PI-45", 2_000)


def test_what_is_told_as_settled_before_and_stands_open_is_followed_up_behind_all_other_reasons() -> None:
    both = line(1, 0, adjusted("OA", "23", 8_000), adjusted("CO", "50", 6_000))
    said = [answer(both, line(2, 0, adjusted("OA", "23", 7_000)))]
    first, second = standing(said, {"c1:V001:1": Open(9_000, 0), "c1:V001:2": Open(7_000, 0)})
    assert [(one.code, one.cents) for one in first.reasons] == [("CO-50", 6_000), ("OA-23", 3_000)]
    assert [(one.code, one.cents) for one in second.reasons] == [("OA-23", 7_000)]
    # A later payer's, of which nothing else is open, is not.
    (first,) = standing(said, {"c1:V001:1": Open(6_000, 0), "c1:V001:2": Open(0, 0)})
    assert [(one.code, one.cents) for one in first.reasons] == [("CO-50", 6_000)]


@pytest.mark.parametrize("reason", ["OA-45", "OA-59", "OA-253", "CO-23", "PI-45", "PR-45"])
def test_whatever_stays_open_is_followed_up(reason: str) -> None:
    group, _, carc = reason.partition("-")
    (found,) = standing([answer(PAID, line(2, 5_000, adjusted(group, carc, 2_000)))])
    assert (found.main.code, found.cents) == (reason, 2_000)


def test_a_claim_refused_as_a_whole_is_shared_out() -> None:
    found = standing([answer(adjustments=[adjusted("CO", "29", 21_000)])])
    assert [(one.line.key, one.cents) for one in found] == [("c1:V001:1", 14_000), ("c1:V001:2", 7_000)]


def test_the_claims_remarks_stand_beside_each_of_its_reasons() -> None:
    (found,) = standing([answer(PAID, line(2, 0, adjusted("CO", "16", 7_000), remarks=("N290",)), remarks=("MA130",))])
    assert found.main.remarks == ("N290", "MA130")


@given(
    st.lists(st.sampled_from(["45", "97", "50", "197", "253", "16"]), min_size=2, max_size=2),
    st.integers(0, 14_000),
    st.integers(-3_000, 3_000),
    st.booleans(),
)
def test_what_stands_is_what_the_posting_leaves_open(
    reasons: list[str], paid: int, whole: int, by_line: object
) -> None:
    first = line(1, paid, adjusted("CO", reasons[0], 14_000 - paid))
    second = line(2, 7_000 - 2_500, adjusted("CO", reasons[1], 2_500))
    claim_wide = [adjusted("CO", "151", whole)] if whole else []
    if by_line:
        said = answer(first, second, adjustments=claim_wide)
    else:
        said = answer(adjustments=[*claim_wide, adjusted("CO", reasons[0], 9_000)])
    payment = Remittance(
        segment=3, payer_name="P", trace_number="T", amount_cents=said.answer.paid_cents, claims=(said.answer,)
    )
    (posted,) = plan(payment, ClaimIndex.of([CLAIM])).posted
    left = {
        item.line: cents
        for item in posted.lines
        if (cents := sum(amount for effect, amount, _why in item.unpaid if effect is Effect.OPEN)) > 0
    }
    found = {one.line.key: one.cents for one in standing([said])}
    if whole >= 0:
        assert found == left
    else:
        assert sum(found.values()) >= sum(left.values())
