"""The figures of a small year that was added up by hand: ten claims, two payers, five payments of patients.

    claim  payer  service     out         charge  allowed  first remittance                 then
    A      one    2026-01-05  2026-01-07  200.00  150.00   01-20: 120.00, CO 50, PR 30      patient paid 30 on the day
    B      one    2026-01-12  2026-01-14  200.00  150.00   01-28: nothing, 200 denied       paid 120, CO 50, PR 30 open
    C      one    2026-02-02  2026-02-10  100.00   80.00   02-25: 40.00, CO 20, 40 denied   40 written off
    D      two    2026-02-09  2026-02-10  100.00   70.00   03-10: nothing, PR 70, CO 30     patient paid 70 later
    E      two    2026-03-02  2026-03-04  300.00  200.00   none                             300 open to the payer
    F      two    2026-03-20  2026-03-21   50.00  unknown  none                              50 open to the payer
    G      one    2026-03-25  not out     120.00   90.00   none                             nothing in the ledger
    H      one    2026-01-06  2026-01-08  150.00  100.00   01-30: nothing, 150 denied       150 open to the payer
    R      one    2026-01-12  2026-02-01  200.00  150.00   a replacement of another: in no count of originals; paid 150,
                                                           CO 50
    S      two    2026-01-08  2026-01-09   80.00   60.00   01-25: 70.00, CO 20: 10 too much, a credit of 10

The span is the quarter, looked at on 2026-04-10; from the first claim on it has 86 days.
"""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.measures.definitions import Measure, MeasureUnit, definitions
from cleanclaim.measures.facts import ClaimFact, FirstAnswer, PatientCash
from cleanclaim.measures.figures import MeasureValue, Span, aging, counts, figures, months_of, open_cents

AS_OF = date(2026, 4, 10)
SPAN = Span(date(2026, 1, 1), date(2026, 3, 31), AS_OF)


def claim(
    key: str,
    payer: str,
    service: date,
    out: date | None,
    charge: int,
    allowed: int | None,
    *,
    answer: tuple[date, int, int] | None = None,
    contractual: int = 0,
    paid: int = 0,
    written_off: int = 0,
    payer_open: int = 0,
    patient_open: int = 0,
    clean: bool | None = True,
    accepted: bool | None = None,
    original: bool = True,
) -> ClaimFact:
    told = FirstAnswer(answer[0], charge, answer[1], answer[2]) if answer else None
    made = ClaimFact(
        key, payer, service, original, out, charge, allowed, clean, accepted, told, charge if out else 0, contractual,
        paid, written_off, payer_open, patient_open,
    )  # fmt: skip
    # Every cent of the charge stands somewhere, as in the ledger.
    assert made.charged_cents == contractual + paid + written_off + payer_open + patient_open, key
    return made


CLAIMS = (
    claim("A", "one", date(2026, 1, 5), date(2026, 1, 7), 20_000, 15_000, answer=(date(2026, 1, 20), 12_000, 0),
          contractual=5_000, paid=15_000, accepted=True),
    claim("B", "one", date(2026, 1, 12), date(2026, 1, 14), 20_000, 15_000, answer=(date(2026, 1, 28), 0, 20_000),
          contractual=5_000, paid=12_000, patient_open=3_000, accepted=True, clean=False),
    claim("C", "one", date(2026, 2, 2), date(2026, 2, 10), 10_000, 8_000, answer=(date(2026, 2, 25), 4_000, 4_000),
          contractual=2_000, paid=4_000, written_off=4_000, accepted=False, clean=False),
    claim("D", "two", date(2026, 2, 9), date(2026, 2, 10), 10_000, 7_000, answer=(date(2026, 3, 10), 0, 0),
          contractual=3_000, paid=7_000),
    claim("E", "two", date(2026, 3, 2), date(2026, 3, 4), 30_000, 20_000, payer_open=30_000),
    claim("F", "two", date(2026, 3, 20), date(2026, 3, 21), 5_000, None, payer_open=5_000, clean=None),
    claim("G", "one", date(2026, 3, 25), None, 12_000, 9_000, clean=False),
    claim("H", "one", date(2026, 1, 6), date(2026, 1, 8), 15_000, 10_000, answer=(date(2026, 1, 30), 0, 15_000),
          payer_open=15_000, accepted=True),
    claim("R", "one", date(2026, 1, 12), date(2026, 2, 1), 20_000, 15_000, answer=(date(2026, 2, 20), 15_000, 0),
          contractual=5_000, paid=15_000, original=False, clean=None),
    claim("S", "two", date(2026, 1, 8), date(2026, 1, 9), 8_000, 6_000, answer=(date(2026, 1, 25), 7_000, 0),
          contractual=2_000, paid=7_000, payer_open=-1_000),
)  # fmt: skip
RECEIVABLE = tuple(one for one in CLAIMS if open_cents(one) or one.filed_on is None)
CASH = (
    PatientCash(date(2026, 1, 5), 3_000, was_treated=True),
    PatientCash(date(2026, 3, 1), 4_000, was_treated=False),
    PatientCash(date(2026, 3, 15), 3_000, was_treated=False),
    PatientCash(date(2026, 3, 16), -1_000, was_treated=True),
    PatientCash(date(2026, 3, 17), -500, was_treated=False),
)

BY_HAND: dict[Measure, tuple[int, int | None, int | None]] = {
    # Originals answered: A B C D H S. Nothing denied on A, D, S.
    Measure.FIRST_SENDING: (3, 6, 500),
    # B and H were paid nothing and denied; D was paid nothing, but by the patient's share.
    Measure.DENIED_WHOLE: (2, 6, 333),
    # C.
    Measure.DENIED_IN_PART: (1, 6, 167),
    # 200 + 40 + 150 of 200 + 200 + 100 + 100 + 150 + 80.
    Measure.DENIED_DOLLARS: (39_000, 83_000, 470),
    # Paid: 150 + 120 + 40 + 70 + 150 (R) + 70 = 600. Charges in the ledger 1,380 less contractual 220 = 1,160.
    Measure.NET_COLLECTION: (60_000, 116_000, 517),
    # Open: B 30, E 300, F 50, H 150, S −10 = 520, less E's expected 100 = 420. Revenue: 1,380 − 220 − 100 = 1,060.
    # 420 × 86 days ÷ 1,060 = 34.1 days.
    Measure.NET_DAYS: (42_000 * 86, 106_000, 341),
    # On 04-10 more than 90 days lie behind 01-10: H (94 days) is aged, B (88) is not; S is a credit and in neither.
    Measure.AGED: (15_000, 53_000, 283),
    # C's 40.
    Measure.DENIALS_LOST: (4_000, None, 4_000),
    # H's 150; B is paid, and what is open of it is the patient's.
    Measure.DENIALS_WAITING: (15_000, None, 15_000),
    # Judged originals: A D E H S clean; B C G not.
    Measure.CLEAN_BY_TOOL: (5, 8, 625),
    # Acknowledged: A B H accepted, C not.
    Measure.CLEAN_BY_CLEARINGHOUSE: (3, 4, 750),
    # 30 of 30 + 40 + 30; what was given back is left out.
    Measure.POINT_OF_SERVICE: (3_000, 10_000, 300),
    # G's 120 over originals' 200+200+100+100+300+50+120+150+80 = 1,300 in 86 days: 120 × 86 ÷ 1,300 = 7.9 days.
    Measure.UNBILLED_DAYS: (12_000 * 86, 130_000, 79),
    # 2 + 2 + 8 + 1 + 2 + 1 + 2 + 1 = 19 days over eight claims.
    Measure.FILING_LAG: (19, 8, 24),
}


def test_every_figure_is_what_the_hand_says() -> None:
    found = figures(CLAIMS, RECEIVABLE, CASH, SPAN)

    told = {measure: (value.numerator, value.denominator, value.number) for measure, value in found.items()}
    assert told == BY_HAND
    assert list(found) == list(Measure)


def test_a_claim_without_a_price_counts_whole_and_is_told() -> None:
    assert figures(CLAIMS, RECEIVABLE, CASH, SPAN)[Measure.NET_DAYS].unknown == 1


def test_of_nothing_nothing_is_known() -> None:
    found = figures((), (), (), SPAN)

    cents = {Measure.DENIALS_LOST, Measure.DENIALS_WAITING}
    assert {measure: value.number for measure, value in found.items()} == {
        measure: 0 if measure in cents else None for measure in Measure
    }


@pytest.mark.parametrize(
    ("measure", "inside", "outside"),
    [
        (Measure.FIRST_SENDING, "ADS", "BCH"),
        (Measure.DENIED_WHOLE, "BH", "ACDS"),
        (Measure.DENIED_IN_PART, "C", "ABDHS"),
        (Measure.CLEAN_BY_TOOL, "ADEHS", "BCG"),
        (Measure.CLEAN_BY_CLEARINGHOUSE, "ABH", "C"),
        (Measure.AGED, "H", "BEF"),
        (Measure.DENIALS_LOST, "C", ""),
        (Measure.DENIALS_WAITING, "H", ""),
        (Measure.UNBILLED_DAYS, "G", ""),
        (Measure.POINT_OF_SERVICE, "", ""),
    ],
)
def test_the_claims_behind_a_figure_are_those_it_counts(measure: Measure, inside: str, outside: str) -> None:
    told = {one.key: counts(measure, one, AS_OF) for one in CLAIMS}

    assert "".join(sorted(key for key, answer in told.items() if answer is True)) == inside
    assert "".join(sorted(key for key, answer in told.items() if answer is False)) == outside


def test_ninety_days_are_not_over_ninety() -> None:
    (old,) = [one for one in CLAIMS if one.key == "H"]

    # 2026-01-06 + 90 days is 2026-04-06.
    assert counts(Measure.AGED, old, date(2026, 4, 6)) is False
    assert counts(Measure.AGED, old, date(2026, 4, 7)) is True


def test_aging_by_payer() -> None:
    # On 2026-04-10: E is 39 days old, F 21, H 94, S (a credit) 92; B is open to the patient alone.
    assert aging(RECEIVABLE, AS_OF) == {"one": [0, 0, 0, 15_000, 0], "two": [5_000, 30_000, 0, -1_000, 0]}
    # Both sides of 30 days: F, served on 2026-03-20.
    assert aging(RECEIVABLE, date(2026, 4, 19))["two"][:2] == [5_000, 30_000]
    assert aging(RECEIVABLE, date(2026, 4, 20))["two"][:2] == [0, 35_000]


def test_a_span_that_is_not_over_counts_its_days_so_far() -> None:
    month = Span(date(2026, 4, 1), date(2026, 4, 30), AS_OF)
    assert [month.days_since(day) for day in (None, date(2026, 3, 1), date(2026, 4, 8), date(2026, 4, 11))] == [
        10, 10, 3, 0
    ]  # fmt: skip


def test_months_are_cut_to_the_span() -> None:
    assert months_of(Span(date(2026, 1, 15), date(2026, 3, 2), AS_OF)) == [
        (date(2026, 1, 15), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 2)),
    ]


def test_a_rate_of_a_credit_is_unknown() -> None:
    assert MeasureValue(Measure.NET_COLLECTION, 100, -5).number is None


def test_every_definition_says_what_it_counts_and_who_says_so() -> None:
    for measure, told in definitions().items():
        assert told.measure is measure
        assert (bool(told.numerator), bool(told.excludes), bool(told.source.section)) == (True, True, True), measure
        assert bool(told.denominator) is (told.unit is not MeasureUnit.CENTS), measure
        assert told.better in {"higher", "lower"}, measure
