"""Every cent of a payment has a place; a claim that does not fit is held, not lost and not guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.records.remittance import ProviderAdjustment, Remittance, RemittedClaim, RemittedLine
from cleanclaim.remittance.effects import Effect, LineAnswer
from cleanclaim.remittance.matching import ClaimIndex, KnownClaim, KnownLine
from cleanclaim.remittance.plan import RefusedError, payment_key, plan, share, share_whole

DAY = date(2026, 9, 21)
CLAIM = KnownClaim(
    "c1",
    "V001",
    (
        KnownLine("k1", "V001-1", "97110", ("GP",), 2, 14_000, DAY),
        KnownLine("k2", "V001-2", "97140", ("GP",), 1, 7_000, DAY),
    ),
)
INDEX = ClaimIndex.of([CLAIM])


def adjusted(group: str, reason: str, cents: int) -> Adjustment:
    return Adjustment(group=AdjustmentGroup(group), reason=reason, amount_cents=cents)


def line(code: str, charge: int, paid: int, *adjustments: Adjustment) -> RemittedLine:
    return RemittedLine(
        segment=20,
        code=code,
        modifiers=("GP",),
        charge_cents=charge,
        paid_cents=paid,
        date_of_service=DAY,
        adjustments=adjustments,
    )


def claim(paid: int, *lines: RemittedLine, **more: Any) -> RemittedClaim:
    fields: dict[str, Any] = {"control_number": "V001", "status": "1", "charge_cents": 21_000, "segment": 14} | more
    return RemittedClaim(paid_cents=paid, lines=lines, **fields)


def payment(
    amount: int, *claims: RemittedClaim, adjustments: tuple[tuple[str, int], ...] = (), **more: Any
) -> Remittance:
    taken = tuple(ProviderAdjustment(segment=99, reason=reason, cents=cents) for reason, cents in adjustments)
    fields: dict[str, Any] = {"payer_name": "P", "trace_number": "T1", "paid_on": DAY} | more
    return Remittance(segment=3, amount_cents=amount, claims=claims, provider_adjustments=taken, **fields)


PAID = claim(
    9_000,
    line("97110", 14_000, 6_000, adjusted("CO", "45", 5_795), adjusted("PR", "2", 2_205)),
    line("97140", 7_000, 3_000, adjusted("CO", "97", 4_000)),
)


def test_a_claim_is_posted_line_by_line() -> None:
    made = plan(payment(9_000, PAID), INDEX)
    (posted,) = made.posted
    assert posted.lines == (
        LineAnswer("k1", 6_000, ((Effect.CONTRACTUAL, 5_795, "45"), (Effect.PATIENT, 2_205, "2"))),
        LineAnswer("k2", 3_000, ((Effect.OPEN, 4_000, "97"),)),
    )
    assert (made.suspended, made.placed_cents) == ([], 9_000)


def packed(code: str, charge: int, paid: int, *adjustments: Adjustment) -> RemittedLine:
    """A line that is paid under the code of a package."""
    update = {"code": "97799", "billed_code": code, "billed_modifiers": ("GP",)}
    return line(code, charge, paid, *adjustments).model_copy(update=update)


def test_lines_paid_as_one_share_what_the_first_of_them_got_above_its_charge() -> None:
    above = packed("97110", 14_000, 17_000, adjusted("CO", "94", -3_000))
    within = packed("97140", 7_000, 0, adjusted("CO", "97", 7_000))
    (posted,) = plan(payment(17_000, claim(17_000, above, within)), INDEX).posted
    assert posted.lines == (
        LineAnswer("k1", 14_000, ()),
        LineAnswer("k2", 3_000, ((Effect.OPEN, 4_000, "97"),)),
    )
    whole = packed("97110", 14_000, 21_000, adjusted("CO", "94", -7_000))
    (posted,) = plan(payment(21_000, claim(21_000, whole, within)), INDEX).posted
    assert posted.lines == (LineAnswer("k1", 14_000, ()), LineAnswer("k2", 7_000, ()))


@pytest.mark.parametrize(
    "within",
    [
        # Less is told as paid with the first line than that one got above its charge.
        packed("97140", 7_000, 4_500, adjusted("CO", "97", 2_500)),
        # Another code: it is in no package.
        line("97140", 7_000, 0, adjusted("CO", "97", 7_000)),
        packed("97140", 7_000, 0, adjusted("CO", "50", 7_000)),
    ],
)
def test_what_is_above_a_charge_for_no_other_line_stays_where_it_was_paid(within: RemittedLine) -> None:
    above = packed("97110", 14_000, 17_000, adjusted("CO", "94", -3_000))
    paid = 17_000 + within.paid_cents
    (posted,) = plan(payment(paid, claim(paid, above, within)), INDEX).posted
    assert posted.lines[0] == LineAnswer("k1", 17_000, ((Effect.CONTRACTUAL, -3_000, "94"),))


def test_what_is_cut_from_the_claim_as_a_whole_is_shared_by_what_its_lines_were_paid() -> None:
    cut = PAID.model_copy(update={"paid_cents": 8_820, "adjustments": (adjusted("CO", "253", 180),)})
    made = plan(payment(8_820, cut), INDEX)
    assert [(item.line, item.paid_cents, item.unpaid[-1]) for item in made.posted[0].lines] == [
        ("k1", 5_880, (Effect.CONTRACTUAL, 120, "253")),
        ("k2", 2_940, (Effect.CONTRACTUAL, 60, "253")),
    ]
    assert made.placed_cents == 8_820


def test_a_claim_decided_as_a_whole_is_shared_by_what_its_lines_were_charged() -> None:
    whole = claim(10_000, adjustments=(adjusted("CO", "45", 11_000),))
    made = plan(payment(10_000, whole), INDEX)
    assert made.posted[0].lines == (
        LineAnswer("k1", 6_667, ((Effect.CONTRACTUAL, 7_333, "45"),)),
        LineAnswer("k2", 3_333, ((Effect.CONTRACTUAL, 3_667, "45"),)),
    )


def test_a_claim_decided_as_a_whole_leaves_no_cent_open_on_one_line_and_none_too_many_on_another() -> None:
    # Two thirds of three of the amounts are a third of a cent too many: rounded each by itself, the first line would be
    # a cent short of its charge and stay open by it, and the second a cent above.
    amounts = (adjusted("CO", "45", 12_438), adjusted("CO", "253", 137), adjusted("PR", "2", 1_712))
    whole = claim(6_713, adjustments=amounts)
    (posted,) = plan(payment(6_713, whole), INDEX).posted
    first, second = (
        [(Effect.CONTRACTUAL, cut, "45"), (Effect.CONTRACTUAL, withheld, "253"), (Effect.PATIENT, theirs, "2")]
        for cut, withheld, theirs in ((8_293, 91, 1_141), (4_145, 46, 571))
    )
    assert posted.lines == (LineAnswer("k1", 4_475, tuple(first)), LineAnswer("k2", 2_238, tuple(second)))


def test_a_reversal_turns_every_place() -> None:
    turned = claim(
        -9_000,
        line("97110", -14_000, -6_000, adjusted("CO", "45", -5_795), adjusted("PR", "2", -2_205)),
        line("97140", -7_000, -3_000, adjusted("CO", "97", -4_000)),
        status="22",
        charge_cents=-21_000,
    )
    made = plan(payment(0, PAID, turned), INDEX)
    there, back = made.posted
    for one, other in zip(there.lines, back.lines, strict=True):
        assert other.paid_cents == -one.paid_cents
        assert other.unpaid == tuple((effect, -cents, reason) for effect, cents, reason in one.unpaid)
    assert made.placed_cents == 0


def test_interest_and_the_providers_adjustments_have_their_own_places() -> None:
    taken = (("L6", -125), ("WO", 2_000), ("72", -2_000), ("FB", -300))
    made = plan(payment(9_425, PAID, adjustments=taken), INDEX)
    assert made.interest_cents == 125
    assert [(item.reason, item.cents) for item in made.adjustments] == [("WO", 2_000), ("72", -2_000), ("FB", -300)]
    assert made.placed_cents == 9_425


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        ({"control_number": "X"}, "no claim has its numbers, nor its patient, day, codes and charge"),
        ({"charge_cents": 20_000}, "the lines' charges differ from the claim's by -$10.00"),
        ({"paid_cents": 8_000}, "the claim's charge is not paid and adjusted by $10.00"),
        (
            {"lines": (PAID.lines[0], line("97140", 7_000, 3_000, adjusted("CO", "97", 3_900)))},
            "segment 20: a line's charge is not paid and adjusted by $1.00",
        ),
    ],
)
def test_a_claim_that_does_not_fit_is_held_and_the_others_post(spoiled: dict[str, Any], why: str) -> None:
    odd = PAID.model_copy(update=spoiled)
    made = plan(payment(9_000 + odd.paid_cents, odd, PAID), INDEX)
    (held,) = made.suspended
    assert (held.segment, held.cents, held.reason, held.answer) == (14, odd.paid_cents, why, odd)
    assert len(made.posted) == 1
    assert made.placed_cents == made.remittance.amount_cents


def test_a_payment_whose_sum_cannot_be_explained_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"segment 3, BPR02: the payment of \$90\.01 differs by \$0\.01"):
        plan(payment(9_001, PAID), INDEX)


def test_what_was_paid_for_a_claim_that_could_not_be_read_is_held() -> None:
    made = plan(payment(9_500, PAID), INDEX, left_out=(30,))
    (held,) = made.suspended
    assert (held.segment, held.cents, held.reason, held.answer) == (30, 500, "a claim that could not be read", None)
    assert made.placed_cents == 9_500


def test_the_same_payment_is_known_again_whatever_its_file() -> None:
    one = payment(9_000, PAID, payer_identifier="1512345678")
    assert payment_key(one) == payment_key(payment(9_000, payer_identifier="1512345678", payer_name="Other"))
    others = [
        payment(9_001, payer_identifier="1512345678"),
        payment(9_000, payer_identifier="1512345679"),
        payment(9_000, payer_identifier="1512345678", trace_number="T2"),
        payment(9_000, payer_identifier="1512345678", paid_on=date(2026, 9, 22)),
    ]
    assert len({payment_key(item) for item in (one, *others)}) == 5


@given(
    st.integers(-(10**7), 10**7),
    st.dictionaries(st.text(max_size=3), st.integers(-(10**6), 10**6), min_size=1, max_size=8),
)
def test_sharing_loses_no_cent_and_is_never_a_cent_off(cents: int, weights: dict[str, int]) -> None:
    parts = share(cents, weights)
    assert sum(parts.values()) == cents
    total = sum(map(abs, weights.values()))
    for key, part in parts.items():
        fair = cents * abs(weights[key]) / total if total else cents / len(weights)
        assert abs(part - fair) < 1


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=5),
    st.sampled_from((1, -1)),
)
def test_a_claim_shared_whole_comes_out_by_amount_and_by_line(charges: list[int], cuts: list[int], sign: int) -> None:
    keyed = {str(place): cents for place, cents in enumerate(charges)}
    total = sum(charges)
    said = claim(
        sign * (total - sum(cuts)),
        adjustments=tuple(adjusted("CO", "45", sign * cents) for cents in cuts),
        charge_cents=sign * total,
    )
    paid, *parts = share_whole(said, keyed)
    assert sum(paid.values()) == said.paid_cents
    assert [sum(part.values()) for part in parts] == [sign * cents for cents in cuts]
    for key, cents in keyed.items():
        assert paid[key] + sum(part[key] for part in parts) == sign * cents
        for part, of in zip((paid, *parts), (said.paid_cents, *(sign * cut for cut in cuts)), strict=True):
            assert not total or abs(part[key] - of * cents / total) < len(cuts) + 1
