"""What an acknowledgment makes of the file it answers, and what benefits come to."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.records.acknowledgments import GroupAnswer, InterchangeAnswer, TransactionAnswer
from cleanclaim.records.benefits import Benefit, BenefitAmount, BenefitAnswer, BenefitDates, BenefitEntity
from cleanclaim.records.claim_status import StatusCode
from cleanclaim.reference.acknowledgment_codes import Place, codes, meaning
from cleanclaim.reference.claim_status import Standing, categories, explain, standing, statuses
from cleanclaim.reference.eligibility_codes import load_eligibility_codes
from cleanclaim.submission.answers import Sent, after_group, after_interchange, read_answers, refused_transactions
from cleanclaim.submission.therapy_benefits import TherapyBenefits, therapy_benefits
from cleanclaim.submission.transmission import State

SENT = Sent("000000017", "9", ("0001", "0002"))


def interchange(outcome: str, note: str = "000") -> InterchangeAnswer:
    return InterchangeAnswer(segment=2, control_number="000000017", outcome=outcome, note=note)


def group(outcome: str, **transactions: str) -> GroupAnswer:
    return GroupAnswer(
        segment=3,
        function="HC",
        control_number="9",
        outcome=outcome,
        transactions=tuple(
            TransactionAnswer(segment=4, kind="837", control_number=number.removeprefix("n"), outcome=told)
            for number, told in transactions.items()
        ),
    )


@pytest.mark.parametrize(
    ("state", "answer", "expected"),
    [
        (State.SENT, interchange("A"), State.SENT),
        (State.SENDING, interchange("A"), State.SENT),
        (State.IN_DOUBT, interchange("E"), State.SENT),
        (State.SENT, interchange("R", "021"), State.REJECTED),
        (State.SENT, interchange("R", "025"), State.IN_DOUBT),
        (State.ACCEPTED, interchange("R", "025"), State.ACCEPTED),
        (State.REJECTED, interchange("A"), State.REJECTED),
    ],
)
def test_a_ta1_settles_what_no_999_has_settled(state: State, answer: InterchangeAnswer, expected: State) -> None:
    assert after_interchange(state, answer) is expected


@pytest.mark.parametrize(
    ("state", "answer", "expected"),
    [
        (State.SENT, group("A"), State.ACCEPTED),
        (State.IN_DOUBT, group("E"), State.ACCEPTED),
        (State.SENT, group("P"), State.PARTLY_ACCEPTED),
        (State.SENT, group("R"), State.REJECTED),
        (State.SENT, group("X"), State.REJECTED),
        (State.ACCEPTED, group("R"), State.ACCEPTED),
        (State.REJECTED, group("A"), State.ACCEPTED),
    ],
)
def test_a_999_settles_a_file(state: State, answer: GroupAnswer, expected: State) -> None:
    assert after_group(state, answer) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (group("A", n0001="A", n0002="E"), ()),
        (group("P", n0001="A", n0002="R"), ("0002",)),
        (group("P", n0002="R"), ("0002",)),
        (group("R", n0001="R", n0002="R"), ("0001", "0002")),
        (group("R"), ("0001", "0002")),
    ],
)
def test_the_refused_transactions_are_known(answer: GroupAnswer, expected: tuple[str, ...]) -> None:
    assert refused_transactions(answer, SENT) == expected


def test_references_of_our_transactions_are_interchange_and_transaction() -> None:
    assert SENT.references == ("0000000170001", "0000000170002")


def test_a_file_of_nothing_holds_no_answer() -> None:
    found = read_answers(b"not an answer at all")
    assert (found.kinds, found.others, len(found.problems)) == ([], [], 1)


# --- statuses in plain words ---------------------------------------------------------------------------------


def code(text: str) -> StatusCode:
    category, status, *entity = text.split(":")
    return StatusCode(category=category, status=status, entity=entity[0] if entity else "")


@pytest.mark.parametrize(
    ("text", "stands", "says"),
    [
        ("A7:562:85", Standing.REJECTED, "The NPI of the billing provider is not valid."),
        ("A6:252", Standing.REJECTED, "The authorization number is missing."),
        ("A8:255", Standing.REJECTED, "The diagnosis does not agree with something else on the claim."),
        ("A3:562:82", Standing.REJECTED, "Returned: the NPI of the rendering provider is missing or not valid."),
        ("A3:33", Standing.REJECTED, "The payer knows no subscriber with this member id."),
        ("A2:20:PR", Standing.ACCEPTED, "Accepted for a decision."),
        ("A1:20", Standing.RECEIVED, "Received; whether it is accepted is told later."),
        ("P3:294", Standing.ASKED_OF_PROVIDER, "At issue: the supporting documentation."),
        ("F2:104", Standing.DENIED, "Decided by the rules of the plan."),
        ("A7:9999", Standing.REJECTED, "Rejected: something is not valid. Status 9999 is not explained here."),
        ("Z1:9999", Standing.UNKNOWN, "Category Z1 is not explained here. Status 9999 is not explained here."),
    ],
)
def test_a_status_says_what_is_wrong(text: str, stands: Standing, says: str) -> None:
    told = explain(code(text))
    assert (told.standing, told.says) == (stands, says)


def test_a_rejection_among_statuses_decides() -> None:
    assert standing([code("A2:20"), code("A7:562:85")]) is Standing.REJECTED
    assert standing([code("A2:20")]) is Standing.ACCEPTED
    assert standing([code("Z9:1")], refuses=True) is Standing.REJECTED
    assert standing([code("Z9:1")]) is Standing.UNKNOWN
    assert standing([]) is Standing.UNKNOWN


def test_the_categories_that_reject_are_the_five() -> None:
    assert [item.code for item in categories() if item.standing is Standing.REJECTED] == ["A3", "A4", "A6", "A7", "A8"]
    assert len(statuses()) == 106


def test_every_code_that_we_send_back_ourselves_is_explained() -> None:
    assert meaning(Place.INTERCHANGE, "025") == "this control number was used before: they have the file already"
    assert meaning(Place.ELEMENT, "99") == "code 99, which is not explained here"
    assert [len(codes(place)) for place in Place] == [32, 10, 13, 13, 18]


# --- benefits ------------------------------------------------------------------------------------------------


def benefit(text: str, **more: object) -> Benefit:
    """`F PT,AD 23` is a limit for two kinds of care of a calendar year."""
    told, types, period = [*text.split(), "", ""][:3]
    kinds = tuple(part for part in types.split(",") if part and part != "-")
    return Benefit(segment=1, code=told, service_types=kinds, period=period, **more)  # type: ignore[arg-type]


def answered(*benefits: Benefit) -> BenefitAnswer:
    return BenefitAnswer(segment=1, benefits=benefits)


def test_the_most_particular_kind_of_care_decides() -> None:
    told = therapy_benefits(answered(benefit("B 30 27", cents=6000), benefit("B AE 27", cents=4000)))
    assert told.copay_cents == 4000
    told = therapy_benefits(
        answered(benefit("B 30 27", cents=6000), benefit("B AE 27", cents=4000), benefit("B PT 27", cents=2500))
    )
    assert told.copay_cents == 2500
    assert therapy_benefits(answered(benefit("B 98 27", cents=6000))).copay_cents is None


def test_two_amounts_of_one_thing_are_unknown_and_told() -> None:
    told = therapy_benefits(answered(benefit("B PT 27", cents=2500), benefit("B PT 27", cents=4000)))
    assert (told.copay_cents, told.unclear) == (None, ("copay",))


def test_the_network_of_the_clinic_decides_between_two_amounts() -> None:
    inside = benefit("B PT 27", cents=2500, in_network="Y")
    outside = benefit("B PT 27", cents=7500, in_network="N")
    assert therapy_benefits(answered(inside, outside)).copay_cents == 2500
    assert therapy_benefits(answered(inside, outside), in_network=False).copay_cents == 7500
    assert therapy_benefits(answered(outside), in_network=True).copay_cents is None


def test_a_familys_deductible_is_never_the_patients() -> None:
    family = benefit("C 30 23", cents=300000, level="FAM")
    assert therapy_benefits(answered(family)).deductible_cents is None
    own = replace_level(family, "IND", 150000)
    left = benefit("C 30 29", cents=122550, level="IND")
    told = therapy_benefits(answered(family, own, left))
    assert (told.deductible_cents, told.deductible_left_cents, told.deductible_met_cents) == (150000, 122550, 27450)


def replace_level(one: Benefit, level: str, cents: int) -> Benefit:
    return one.model_copy(update={"level": level, "cents": cents})


def test_visits_stand_in_the_benefit_or_beneath_it_and_are_shared() -> None:
    limit = benefit("F PT,AD,AF 23", counts=(BenefitAmount(unit="VS", count=30, period="23"),))
    rest = benefit("F PT,AD,AF", counts=(BenefitAmount(unit="VS", count=0, period="29"),))
    told = therapy_benefits(answered(limit, rest))
    assert (told.visits_allowed, told.visits_remaining, told.visits_period) == (30, 0, "calendar year")
    assert told.visits_shared_with == ("occupational therapy", "speech therapy")
    alone = benefit("F PT 23", counts=(BenefitAmount(unit="VS", count=20, period="23"),))
    assert therapy_benefits(answered(alone)).visits_shared_with == ()


def test_days_are_no_visits() -> None:
    days = benefit("F PT 23", counts=(BenefitAmount(unit="DY", count=60, period="23"),))
    assert therapy_benefits(answered(days)).visits_allowed is None


@pytest.mark.parametrize(
    ("benefits", "expected"),
    [
        (("1 30",), True),
        (("6 30",), False),
        (("1 30", "6 PT"), False),
        (("1 PT", "6 PT"), None),
        (("B PT",), None),
        (("5 30",), None),
    ],
)
def test_coverage_is_in_force_by_the_most_particular_word(benefits: tuple[str, ...], expected: bool | None) -> None:  # noqa: FBT001
    assert therapy_benefits(answered(*(benefit(one) for one in benefits))).is_active is expected


@pytest.mark.parametrize(
    ("benefits", "expected"),
    [
        ((("1 30", "MB"),), None),  # an answer that does not speak of it says nothing
        ((("1 30", "MB"), ("1 30", "QM")), True),
        ((("C AL", "QM"),), True),  # whatever the kind of care
        ((("6 30", "QM"),), False),
        ((("1 30", "QM"), ("6 PT", "QM")), None),
    ],
)
def test_a_protected_patient_is_told_by_the_type_of_insurance(
    benefits: tuple[tuple[str, str], ...],
    expected: bool | None,  # noqa: FBT001 - three answers
) -> None:
    told = therapy_benefits(answered(*(benefit(one, insurance_type=kind) for one, kind in benefits)))

    assert told.is_protected is expected
    assert ("Qualified Medicare Beneficiary" in told.unclear) == (len(benefits) == 2 and expected is None)


def test_another_payer_is_named_and_first_only_where_that_is_said() -> None:
    def other(kind: str) -> TherapyBenefits:
        return therapy_benefits(answered(benefit("R 30", entities=(BenefitEntity(kind=kind, name="OTHER"),))))

    assert (other("PRP").other_payer_name, other("PRP").other_payer_first) == ("OTHER", True)
    assert (other("SEP").other_payer_name, other("SEP").other_payer_first) == ("OTHER", None)
    assert (other("P3").other_payer_name, other("P3").other_payer_first) == ("", None)


def test_dollars_used_are_the_limit_less_the_rest() -> None:
    told = therapy_benefits(answered(benefit("F AE 23", cents=241000), benefit("F AE 29", cents=100000)))
    assert told.used_cents == 141000
    assert therapy_benefits(answered(benefit("F AE 29", cents=100000))).used_cents is None


def test_what_is_asked_follows_the_payer() -> None:
    known = load_eligibility_codes()
    assert (known.asked_of("medicare_b"), known.asked_of("larkspur")) == (("30", "42", "45"), ("30", "PT"))


def test_a_benefit_that_ended_before_the_day_is_passed_over() -> None:
    spent = benefit("B PT 27", cents=2500).model_copy(
        update={"dates": (BenefitDates(kind="292", begins_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)),)}
    )
    assert therapy_benefits(answered(spent), on=date(2026, 6, 30)).copay_cents == 2500
    assert therapy_benefits(answered(spent), on=date(2026, 7, 1)).copay_cents is None
