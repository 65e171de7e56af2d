"""A later payer settles nothing twice, an answer is taken back as it was posted, and what is unclear is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.ledger import posting
from cleanclaim.ledger.book import Book
from cleanclaim.ledger.entries import Source
from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.records.remittance import ProviderAdjustment, Remittance, RemittedClaim, RemittedLine
from cleanclaim.remittance.effects import Effect, LineAnswer
from cleanclaim.remittance.matching import ClaimIndex, KnownClaim, KnownLine, Standing
from cleanclaim.remittance.plan import Plan, Posted, RefusedError, payment_key, plan
from cleanclaim.remittance.settling import asked_of, next_payer, order_of, settle

DAY = date(2026, 9, 21)
FIRST, SECOND, THIRD = CoverageOrder
CHARGE = 10_000
LINE = KnownLine("c1:V001:1", "V001-1", "97110", ("GP",), 2, CHARGE, DAY)
CLAIM = KnownClaim(
    "c1", "V001", (LINE,), later=(SECOND,), identifiers=((FIRST, "SYNMB01"), (SECOND, "SYNLM01")), chain="c1"
)
NEXT = KnownClaim(
    "c2", "V001S", (replace(LINE, control_number="V001S-1", asked_cents=1_600),), order=SECOND, chain="c1",
    identifiers=((SECOND, "SYNLM01"), (FIRST, "SYNMB01")),
)  # fmt: skip


def said(paid: int, *adjustments: tuple[str, str, int], **more: Any) -> RemittedClaim:
    """An answer for the one line: paid, and each amount that was not."""
    charge = more.pop("charge", CHARGE)
    line = RemittedLine(
        segment=20, code="97110", modifiers=("GP",), charge_cents=charge, paid_cents=paid, date_of_service=DAY,
        adjustments=tuple(
            Adjustment(group=AdjustmentGroup(group), reason=reason, amount_cents=cents)
            for group, reason, cents in adjustments
        ),
    )  # fmt: skip
    fields: dict[str, Any] = {"control_number": "V001", "status": "1", "segment": 14} | more
    return RemittedClaim(charge_cents=charge, paid_cents=paid, lines=(line,), **fields)


def planned(*answers: RemittedClaim, claims: tuple[KnownClaim, ...] = (CLAIM, NEXT), **more: Any) -> Plan:
    fields: dict[str, Any] = {"payer_name": "P", "trace_number": "T1", "paid_on": DAY} | more
    amount = fields.pop("amount", sum(one.paid_cents for one in answers))
    return plan(Remittance(segment=3, amount_cents=amount, claims=answers, **fields), ClaimIndex.of(claims))


def booked(*plans: Plan) -> Book:
    """A ledger in which the claim was charged and these payments posted."""
    book, source = Book(), Source("test", "1", "0" * 64)
    book.add(posting.charge("charge", DAY, source, "primary", [(LINE.key, CHARGE)]))
    for number, made in enumerate(plans):
        for place, item in enumerate(made.posted):
            if any(line.moved_cents for line in item.lines):
                following = item.next_payer.value if item.next_payer and item.is_expected else posting.PATIENT
                asked = item.order.value if item.is_expected else posting.PATIENT
                book.add(
                    posting.remittance(
                        f"{number}:{place}",
                        DAY,
                        source,
                        item.order.value,
                        item.lines,
                        next_payer=following,
                        asked=asked,
                    )
                )
    return book


PRIMARY = said(6_400, ("CO", "45", 2_000), ("PR", "2", 1_600), payer_control_number="ICN1")


def standing(*, order: CoverageOrder = FIRST, answer: RemittedClaim = PRIMARY) -> Standing:
    """What stands when an answer was posted before."""
    index = ClaimIndex.of([CLAIM])
    made = plan(Remittance(segment=3, payer_name="P", trace_number="T0", amount_cents=answer.paid_cents,
                           claims=(answer,)), index)  # fmt: skip
    return Standing("c1", order, answer.charge_cents, answer.paid_cents, made.posted[0].lines,
                    answer.payer_control_number)  # fmt: skip


ANSWERED = replace(CLAIM, standing=(standing(),))
FOLLOWED = replace(NEXT, standing=(standing(),))


# --- later payers ---


@pytest.mark.parametrize(
    ("paid", "adjustments", "patient", "contractual", "left_open"),
    [
        # As the guide has it: what the first payer settled, under its own reason.
        (1_600, [("OA", "23", 8_400)], 0, 0, 0),
        (1_100, [("OA", "23", 8_400), ("PR", "1", 500)], 500, 0, 0),
        # Its own schedule over the whole charge: what the first payer gave up is not given up once more.
        (1_000, [("CO", "45", 9_000)], 0, 600, 0),
        (1_600, [("CO", "45", 8_400)], 0, 0, 0),
        # A denial of the whole charge denies what was asked, and no more.
        (0, [("CO", "22", 10_000)], 0, 0, 1_600),
        (0, [("PR", "204", 10_000)], 1_600, 0, 0),
        (0, [("OA", "23", 8_400), ("CO", "29", 1_600)], 0, 0, 1_600),
        # It says that more was settled than was: the rest is nobody's yet.
        (1_000, [("OA", "23", 9_000)], 0, 0, 600),
    ],
)
def test_a_second_payer_settles_only_what_was_asked_of_it(
    paid: int, adjustments: list[tuple[str, str, int]], patient: int, contractual: int, left_open: int
) -> None:
    first = planned(PRIMARY)
    second = planned(said(paid, *adjustments, control_number="V001S", status="2"), claims=(FOLLOWED,))
    (posted,) = second.posted
    (line,) = posted.lines
    assert posted.order is SECOND
    assert [line.sum_of(one) for one in (Effect.PATIENT, Effect.CONTRACTUAL, Effect.OPEN)] == [
        patient, contractual, left_open,
    ]  # fmt: skip
    state = booked(first, second).line(LINE.key)
    assert (state.payer_paid, state.contractual) == (6_400 + paid, 2_000 + contractual)
    assert (state.open_to_patient, state.open_to_payers) == (patient, left_open)
    assert state.accounted == CHARGE


def test_what_asks_for_no_more_than_is_open_stays_as_it_was_said_but_for_nothing_and_for_what_is_nobodys() -> None:
    plain = LineAnswer("k", 60, ((Effect.CONTRACTUAL, 30, "45"), (Effect.PATIENT, 10, "2")))
    assert settle(plain, 100) == plain
    assert settle(plain, 99).unpaid == (
        (Effect.SETTLED, 1, "45"),
        (Effect.CONTRACTUAL, 29, "45"),
        (Effect.PATIENT, 10, "2"),
    )
    with_nothing = LineAnswer("k", 60, ((Effect.CONTRACTUAL, 0, "45"), (Effect.PATIENT, 10, "2")))
    assert settle(with_nothing, 100).unpaid == ((Effect.PATIENT, 10, "2"),)
    repeating = LineAnswer("k", 60, ((Effect.SETTLED, 40, "23"),))
    assert settle(repeating, 100).unpaid == ((Effect.OPEN, 40, "23"),)


def test_a_second_payer_that_pays_too_much_leaves_a_credit() -> None:
    second = planned(said(2_000, ("OA", "23", 8_000), control_number="V001S", status="2"), claims=(FOLLOWED,))
    assert booked(planned(PRIMARY), second).line(LINE.key).by_payer == {"secondary": -400}


def test_before_the_first_payer_is_posted_our_claim_tells_what_was_asked() -> None:
    (posted,) = planned(said(1_600, ("CO", "45", 8_400), control_number="V001S", status="2")).posted
    assert posted.lines[0].unpaid == ((Effect.SETTLED, 8_400, "45"),)


def test_a_payer_that_a_claim_was_sent_on_to_answers_by_the_first_claims_number() -> None:
    crossed = said(1_600, ("OA", "23", 8_400), status="2")
    second = planned(crossed, claims=(ANSWERED,))
    (posted,) = second.posted
    assert (posted.order, posted.next_payer, posted.is_expected, posted.claim) == (SECOND, None, True, "c1")
    assert booked(planned(PRIMARY), second).line(LINE.key).open_to_payers == 0


def test_a_payer_that_nobody_had_been_told_of_pays_what_the_patient_owed() -> None:
    alone = replace(CLAIM, later=(), identifiers=((FIRST, "SYNMB01"),))
    known = replace(alone, standing=(standing(),))
    second = planned(said(1_600, ("OA", "23", 8_400), status="2"), claims=(known,))
    (posted,) = second.posted
    assert (posted.order, posted.is_expected) == (SECOND, False)
    book = booked(planned(PRIMARY, claims=(alone,)), second)
    assert (book.line(LINE.key).open_to_patient, book.line(LINE.key).payer_paid) == (0, 8_000)


@pytest.mark.parametrize(
    ("status", "identifier", "known", "expected"),
    [
        ("1", "", CLAIM, FIRST),
        ("19", "", CLAIM, FIRST),
        ("2", "", CLAIM, SECOND),
        ("20", "", CLAIM, SECOND),
        ("4", "", CLAIM, FIRST),
        ("4", "synlm01", CLAIM, SECOND),
        ("1", "SYNLM01", CLAIM, SECOND),
        # Our claim to the second payer is answered by it, whatever it says of its place.
        ("1", "", NEXT, SECOND),
        ("4", "", NEXT, SECOND),
        # No second payer is known, and the first has not answered: it takes itself for the second.
        ("2", "", replace(CLAIM, later=(), identifiers=()), FIRST),
        ("3", "", ANSWERED, THIRD),
    ],
)
def test_which_payer_answers(status: str, identifier: str, known: KnownClaim, expected: CoverageOrder) -> None:
    answer = said(0, ("CO", "45", CHARGE), status=status)
    called = ("1512345678", identifier) if identifier else ()
    assert order_of(answer, known, called, known.standing) is expected


def test_who_comes_next() -> None:
    three = replace(CLAIM, later=(SECOND, THIRD))
    assert [next_payer(three, order) for order in CoverageOrder] == [SECOND, THIRD, None]


def test_the_third_payer_is_asked_for_what_the_second_left() -> None:
    second = said(1_000, ("OA", "23", 8_400), ("PR", "2", 600), status="2")
    three = replace(CLAIM, later=(SECOND, THIRD), standing=(standing(),))
    (posted,) = planned(second, claims=(three,)).posted
    stands = (*three.standing, Standing("c1", SECOND, CHARGE, 1_000, posted.lines))
    assert asked_of(three, THIRD, stands) == {LINE.key: 600}
    assert asked_of(three, FIRST, stands) == {LINE.key: 0}
    assert asked_of(three, SECOND, stands) == {LINE.key: 0}


@given(
    st.integers(0, 20_000),
    st.lists(st.tuples(st.sampled_from(list(Effect)), st.integers(-500, 12_000)), max_size=5),
    st.integers(0, 12_000),
)
def test_settling_moves_no_cent_and_leaves_what_was_asked(
    paid: int, unpaid: list[tuple[Effect, int]], asked: int
) -> None:
    answer = LineAnswer("a", paid, tuple((effect, cents, str(n)) for n, (effect, cents) in enumerate(unpaid) if cents))
    made = settle(answer, asked)
    assert (made.paid_cents, made.answered_cents) == (answer.paid_cents, answer.answered_cents)
    settled = made.sum_of(Effect.SETTLED)
    positive = sum(cents for _effect, cents, _why in answer.unpaid if cents > 0)
    assert settled == min(max(answer.answered_cents - asked, 0), positive)


# --- taken back, and answered again ---


def turned(answer: RemittedClaim, **more: Any) -> RemittedClaim:
    line = answer.lines[0]
    back = line.model_copy(
        update={
            "charge_cents": -line.charge_cents,
            "paid_cents": -line.paid_cents,
            "adjustments": tuple(
                one.model_copy(update={"amount_cents": -one.amount_cents}) for one in line.adjustments
            ),
        }
    )
    update = {"status": "22", "charge_cents": -answer.charge_cents, "paid_cents": -answer.paid_cents, "lines": (back,)}
    return answer.model_copy(update=update | more)


def test_a_reversal_takes_back_what_was_posted() -> None:
    made = planned(turned(PRIMARY), claims=(ANSWERED,))
    (posted,) = made.posted
    assert posted.lines == tuple(line.turned() for line in ANSWERED.standing[0].lines)
    assert booked(planned(PRIMARY), made).line(LINE.key).by_payer == {"primary": CHARGE}


def test_a_reversal_of_what_is_not_posted_is_held() -> None:
    made = planned(turned(PRIMARY))
    assert made.posted == []
    (held,) = made.suspended
    assert (held.cents, held.reason) == (-6_400, "it reverses (status 22) an answer that is not posted here")
    other = turned(said(6_401, ("CO", "45", 1_999), ("PR", "2", 1_600)))
    assert planned(other, claims=(ANSWERED,)).suspended[0].cents == -6_401


def test_an_answer_is_taken_back_once() -> None:
    made = planned(turned(PRIMARY), turned(PRIMARY), claims=(ANSWERED,))
    assert (len(made.posted), [held.cents for held in made.suspended]) == (1, [-6_400])


def test_a_correction_follows_its_reversal_in_one_payment() -> None:
    fresh = said(6_800, ("CO", "45", 1_500), ("PR", "2", 1_700))
    made = planned(turned(PRIMARY), fresh, claims=(ANSWERED,))
    assert made.suspended == []
    state = booked(planned(PRIMARY), made).line(LINE.key)
    assert (state.payer_paid, state.contractual, state.by_payer) == (6_800, 1_500, {"secondary": 1_700})


def test_a_second_payers_reversal_takes_back_its_own() -> None:
    second = said(1_600, ("CO", "45", 8_400), control_number="V001S", status="2")
    made = planned(second, turned(second), claims=(FOLLOWED,))
    assert [item.order for item in made.posted] == [SECOND, SECOND]
    assert booked(planned(PRIMARY), made).line(LINE.key).by_payer == {"secondary": 1_600}


def test_a_payer_confuses_a_replaced_claim_with_what_replaced_it() -> None:
    """It takes the first claim's answer back under the number of the claim that took its place."""
    fresh = KnownClaim("c9", "V001R1", (replace(LINE, key="c9:V001R1:1"),), chain="c9", replaced=(standing(),))
    (posted,) = planned(turned(PRIMARY, control_number="V001R1"), claims=(fresh,)).posted
    assert (posted.claim, posted.lines[0].line, posted.lines[0].paid_cents) == ("c1", LINE.key, -6_400)


def test_an_answer_on_top_of_another_is_held() -> None:
    more = said(7_000, ("CO", "45", 2_000), ("PR", "2", 1_000))
    (held,) = planned(more, claims=(ANSWERED,)).suspended
    assert held.reason == "the payer answered this claim before, and has not taken that answer back"
    # A person who puts it there takes it for what it says.
    made = plan(
        Remittance(segment=3, payer_name="P", trace_number="T", amount_cents=7_000, claims=(more,)),
        ClaimIndex.of([ANSWERED]),
        by_hand=True,
    )
    assert made.posted[0].lines[0].paid_cents == 7_000


def test_a_payment_after_a_denial_needs_no_reversal() -> None:
    denied = said(0, ("CO", "197", CHARGE), status="4")
    known = replace(CLAIM, standing=(standing(answer=denied),))
    (posted,) = planned(PRIMARY, claims=(known,)).posted
    assert posted.lines[0].unpaid == ((Effect.CONTRACTUAL, 2_000, "45"), (Effect.PATIENT, 1_600, "2"))


def test_a_duplicate_denied_after_it_was_paid_opens_nothing() -> None:
    again = said(0, ("OA", "18", CHARGE), status="4")
    (posted,) = planned(again, claims=(ANSWERED,)).posted
    assert posted.lines[0].unpaid == ((Effect.SETTLED, CHARGE, "18"),)


# --- what is not decided, interest, whose payment it is ---


@pytest.mark.parametrize("status", ["23", "25"])
def test_what_is_not_decided_moves_nothing(status: str) -> None:
    (posted,) = planned(said(0, ("CO", "45", 2_000), ("PR", "2", 8_000), status=status)).posted
    assert posted.lines == ()
    (held,) = planned(said(100, ("CO", "45", 9_900), status=status)).suspended
    assert held.reason == f"it is paid, though its status ({status}) says that nothing was decided"


def test_interest_that_is_told_on_claims_alone_explains_the_payment() -> None:
    told = PRIMARY.model_copy(update={"interest_cents": 125})
    made = planned(told, amount=6_525)
    assert (made.interest_cents, made.placed_cents) == (125, 6_525)
    with pytest.raises(RefusedError):
        planned(told, amount=6_524)
    # Told on the claim, and paid as the provider's adjustment: once.
    paid = (ProviderAdjustment(segment=30, reason="L6", cents=-125),)
    made = planned(told, amount=6_525, provider_adjustments=paid)
    assert (made.interest_cents, made.placed_cents) == (125, 6_525)


@pytest.mark.parametrize(
    ("payee", "is_ours"),
    [
        ({"payee_npi": "1999000007"}, True),
        ({"payee_npi": "1999000008"}, False),
        ({"payee_tax_id": "00-9876543"}, True),
        ({"payee_npi": "1999000008", "payee_tax_id": "009876543"}, True),
        ({}, True),
    ],
)
def test_a_payment_to_somebody_else_is_refused(payee: dict[str, Any], *, is_ours: bool) -> None:
    record = Remittance(segment=3, payer_name="P", trace_number="T", amount_cents=6_400, claims=(PRIMARY,), **payee)
    ours = ("1999000007", "009876543")
    if is_ours:
        assert len(plan(record, ClaimIndex.of([CLAIM]), payees=ours).posted) == 1
    else:
        with pytest.raises(RefusedError, match="1999000008, which is not this clinic"):
            plan(record, ClaimIndex.of([CLAIM]), payees=ours)


def test_parts_of_one_check_are_payments_of_their_own() -> None:
    whole = Remittance(segment=1, payer_name="P", trace_number="C1", amount_cents=100, paid_on=DAY)
    keys = {payment_key(whole.model_copy(update={"part": part})) for part in ("", "V001", "V002")}
    assert len(keys) == 3


def test_a_posted_claim_says_whose_it_is() -> None:
    made: Posted = planned(PRIMARY).posted[0]
    assert (made.claim, made.order, made.next_payer) == ("c1", FIRST, SECOND)
