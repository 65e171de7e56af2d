"""The superbill: what a plan asks for is there, unknown payments are not zero, long ones turn the page."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.forms.superbill import Labels, Payment, render_superbill
from cleanclaim.records import Claim
from tests.forms.claims import COMMERCIAL, MEDICARE, PATIENT, claim, line
from tests.forms.pages import characters, darkest, image, page_count, words

LABELS = Labels(
    {"97110": "Exercise", "97140": "Manual therapy"}.get,
    {"Z47.1": "Aftercare of a replaced joint"}.get,
    {"11": "Office"}.get,
)
CASH = MEDICARE | {"pack": "cash", "name": "Cash", "filing_indicator": "ZZ", "member_id": ""}


def cash_claim(**changes: object) -> Claim:
    return claim(**({"payer": CASH} | changes))


def test_it_holds_what_a_plan_asks_for() -> None:
    text = words(render_superbill(cash_claim(), labels=LABELS, issued_on=date(2026, 9, 30)))

    for expected in (
        "Superbill", "No. V0014", "Issued 09/30/2026", "Millrace Physical Therapy", "(312) 555-0100",
        "40 Millrace Way, Suite 2, Chicago, IL 60616-0140", "Tax ID 00-1234567 (EIN)", "Clinic NPI 1999000007",
        "Place 11, Office", "Harriet Ann Colewood", "Born 05/02/1948", "12 N. Larch St.", "Adaeze Okafor, PT",
        "NPI 1999000015", "License IL 070990001", "Samuel Kofi O'Adeyemi, MD", "NPI 1999000122",
        "Aftercare of a replaced joint", "Z96.651", "09/14/2026", "97110", "GP KX CQ 59", "Exercise", "A B C D",
        "$120.50", "97140", "$60.00", "Total charges", "$180.50", "Signature of Adaeze Okafor, PT", "Page 1",
    ):  # fmt: skip
        assert expected in text, expected


def test_a_plan_is_named_where_there_is_one() -> None:
    plan = words(render_superbill(claim(payer=COMMERCIAL)))
    cash = words(render_superbill(cash_claim()))

    assert ("Plan: Larkspur Mutual" in plan, "Member LM 555-0101" in plan, "Group G-7788" in plan) == (True, True, True)
    assert ("Plan:" in cash, "Member" in cash) == (False, False)


def test_who_chose_that_no_plan_is_billed_is_not_told_to_bill_it() -> None:
    told = {chosen: words(render_superbill(cash_claim(), is_chosen=chosen)) for chosen in (False, True)}

    assert ["ask your plan to pay you back" in told[chosen] for chosen in (False, True)] == [True, False]
    assert "As you have chosen in writing" in told[True]


def test_a_claim_that_was_filed_is_not_to_be_sent_again() -> None:
    told = {filed: words(render_superbill(cash_claim(), is_filed=filed)) for filed in (False, True)}
    assert ["for your records" in told[filed] for filed in (False, True)] == [False, True]
    assert ["has not sent these services" in told[filed] for filed in (False, True)] == [True, False]


def test_payments_that_nobody_has_stated_are_left_open() -> None:
    text = words(render_superbill(cash_claim()))

    assert "Balance due" in text
    assert "$0.00" not in text
    assert text.count("$180.50") == 1


def test_nothing_paid_is_said_and_the_balance_is_the_whole() -> None:
    text = words(render_superbill(cash_claim(), payments=()))

    assert "$0.00" in text
    assert text.count("$180.50") == 2


def test_payments_are_taken_off_one_by_one() -> None:
    payments = (Payment(10_000, date(2026, 9, 14), "card"), Payment(5_049))
    text = words(render_superbill(cash_claim(), payments=payments))

    assert "Paid (09/14/2026, card)" in text
    assert ("$100.00" in text, "$50.49" in text, "$30.01" in text) == (True, True, True)


@pytest.mark.parametrize(
    ("cents", "words_of_it", "amount"), [(18_050, "Balance due", "$0.00"), (18_051, "Overpaid", "$0.01")]
)
def test_the_balance_turns_where_more_is_paid_than_charged(cents: int, words_of_it: str, amount: str) -> None:
    text = words(render_superbill(cash_claim(), payments=(Payment(cents),)))

    assert words_of_it in text
    assert amount in text


def test_what_the_claim_says_was_paid_is_a_payment() -> None:
    text = words(render_superbill(cash_claim(patient_paid_cents=2_000)))

    assert ("$20.00" in text, "$160.50" in text) == (True, True)


def test_many_services_turn_the_page_and_keep_their_heads() -> None:
    many = cash_claim(lines=tuple(line(number) for number in range(1, 41)))
    data = render_superbill(many, labels=LABELS)

    assert page_count(data) == 2
    pages = [words(data, page) for page in range(2)]
    assert sum(page.count("$120.50") for page in pages) == 40
    assert all("Modifiers" in page and f"Page {number}" in page for number, page in enumerate(pages, start=1))
    assert "continued" in pages[1]
    assert "$4,820.00" in pages[1]


def test_nothing_is_printed_outside_the_margins() -> None:
    long = cash_claim(
        diagnoses=tuple(f"M25.5{place:02d}" for place in range(1, 13)),
        lines=tuple(line(number, pointers=(1, 12)) for number in range(1, 13)),
    )
    wordy = Labels(lambda _code: "Word " * 60, lambda _code: "Longer words of a diagnosis " * 12)
    data = render_superbill(long, labels=wordy)

    for page in range(page_count(data)):
        boxes = [found.box for found in characters(data, page)]
        assert min(box.left for box in boxes) >= 54
        assert max(box.right for box in boxes) <= 558.5
        assert min(box.bottom for box in boxes) >= 36
        assert max(box.top for box in boxes) <= 756
        body = [box for box in boxes if box.bottom > 48]
        assert min(box.bottom for box in body) >= 55


def test_letters_beyond_the_font_lose_accents_or_are_refused() -> None:
    vietnamese = cash_claim(patient=PATIENT | {"name": {"family_name": "Nguyễn", "given_name": "Zoë"}})
    cyrillic = cash_claim(patient=PATIENT | {"name": {"family_name": "Петрова", "given_name": "Anna"}})

    assert "Zoe Nguyen" in words(render_superbill(vietnamese))
    with pytest.raises(FormNotPrintableError) as caught:
        render_superbill(cyrillic)
    assert str(caught.value) == (
        "claim V0014: box superbill: found a letter that the page cannot hold, expected Latin letters"
    )


def test_the_same_claim_gives_the_same_bytes() -> None:
    first, second = (render_superbill(cash_claim(), labels=LABELS) for _ in range(2))

    assert first == second


def test_the_page_has_ink_and_margins() -> None:
    picture = image(render_superbill(cash_claim(), labels=LABELS))

    assert darkest(picture) < 80
    assert darkest(picture.crop((0, 0, 90, picture.height))) == 255


def test_what_was_given_back_or_is_not_asked_for_stands_apart() -> None:
    payments = (Payment(10_000, date(2026, 9, 14), "card"), Payment(-2_000, date(2026, 9, 20)))
    text = words(render_superbill(cash_claim(), payments=payments, given_up_cents=3_000))

    # 180.50 less 100.00, plus 20.00, less 30.00.
    for expected in (
        "Paid (09/14/2026, card)",
        "$100.00",
        "Given back (09/20/2026)",
        "$20.00",
        "Not asked for",
        "$70.50",
    ):
        assert expected in text, expected
