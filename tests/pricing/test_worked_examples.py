"""Published and derived figures: CMS's reduction, the national amounts of 2025 and 2026, the assistant's rate."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.pricing.line_prices import price_table
from cleanclaim.pricing.quote import price_lines
from cleanclaim.pricing.schedule import ScheduleError
from tests.pricing.tables import claims_of, column, lines_of, sample_schedule

# Derived from the relative value file of July 2026 (RVU26C), conversion factor 33.4009, every index 1, by the
# rule Novitas states (content 00147106): highest practice expense in full, a tie to the highest fee.
CASES_2026 = {
    "P1": ("97530 97110x2 97140", [3507, 4442, 2121], 10_070),
    "P2": ("97537 97112", [2422, 3273], 5_695),
    "P4": ("97161 97110 97140", [9786, 2221, 2121], 14_128),
    "P5": ("G0283 97035", [952, 1436], 2_388),
    "P7": ("97116 97110", [2906, 2221], 5_127),
}


@pytest.mark.parametrize("name", CASES_2026)
def test_reduction_2026(name: str) -> None:
    words, allowed, total = CASES_2026[name]
    price = price_lines(words, date=date(2026, 3, 4))
    assert [line.allowed_cents for line in price.lines] == allowed
    assert price.allowed_cents == total


# Derived from RVU25D, conversion factor 32.3465, every index 1. A line is rounded once: 2 × 21.8338875 is 43.67.
# The evaluation visit adds up to 140.5455 before rounding, which is quoted as 140.55; its lines add up to 140.54.
CASES_2025 = {
    "treatment": ("97530 97110x2 97140", [3461, 4367, 2070], 9_898, 11_936),
    "evaluation": ("97161 97110 97140", [9801, 2183, 2070], 14_054, 15_397),
}


@pytest.mark.parametrize("name", CASES_2025)
def test_reduction_2025(name: str) -> None:
    words, allowed, total, unreduced = CASES_2025[name]
    price = price_lines(words, date=date(2025, 6, 2))
    assert [line.allowed_cents for line in price.lines] == allowed
    assert price.allowed_cents == total
    assert price.total("fee_cents") == unreduced


def test_the_evaluation_visit_before_rounding() -> None:
    """98.009895 + 21.8338875 + 20.70176 = 140.5455425 dollars; its lines, which a payer answers for, make 140.54."""
    units = [line.unit for line in price_lines("97161 97110 97140", date=date(2025, 6, 2)).lines]
    exact = [unit.exact(cut=place > 0) for place, unit in enumerate(units) if unit]
    assert len(exact) == 3
    assert sum(exact) == 1_405_455_425 * 10**6  # cents at 10⁻¹¹


def test_a_line_is_rounded_once_and_not_each_unit() -> None:
    """2025: (.45 + .43 + .01) × 32.3465 = 28.788385 and (.45 + .215 + .01) × 32.3465 = 21.8338875."""
    day = date(2025, 6, 2)
    for units, cents, fee in ((1, 2183, 2879), (2, 4367, 5758), (3, 6550, 8637), (6, 13_100, 17_273)):
        line = price_lines(f"97161 97110x{units}", date=day).lines[1]
        assert (line.full_units, line.allowed_cents, line.fee_cents) == (0, cents, fee)
    # Alone, the first of four units is whole: 28.788385 + 65.5016625. Units in cents, 28.79 + 3 × 21.83, make 94.28.
    assert price_lines("97110x4", date=day).allowed_cents == 9_429


def test_assistant_2026() -> None:
    """29.06 allowed, Medicare's 80 % 23.25, 85 % of that 19.76, less 2 % 19.37; the patient's 20 % is 5.81."""
    without = price_lines("97110", date=date(2026, 3, 4), deductible_met_cents=28_300).lines[0]
    line = price_lines("97110", date=date(2026, 3, 4), assistant=["97110"], deductible_met_cents=28_300).lines[0]
    assert line.modifiers == ("CQ",)
    assert line.allowed_cents == without.allowed_cents == 2906
    assert line.payer_share_cents == without.payer_share_cents == 2325
    assert line.patient_share_cents == without.patient_share_cents == 581
    assert without.expected_payment_cents == 2278
    assert line.expected_payment_cents == 1937
    assert [step.cents for step in line.steps if step.cents is not None] == [2906, 0, 2325, 581, 1976, 1937]
    # Before sequestration came back in April 2022, the assistant's cut alone: 34.6062 × .87 = 30.11, × .8 × .85.
    alone = price_lines("97110", date=date(2022, 3, 31), assistant=["97110"], deductible_met_cents=23_300).lines[0]
    assert (alone.allowed_cents, alone.expected_payment_cents) == (3011, 2047)


# Hand-computed: (work × index + practice expense × index + malpractice × index) × 33.4009.
LOCALITIES_2026 = {
    # .45 × 1.095 + .41 × 1.410 + .01 × .425 = 1.0751
    ("01112-05", "97110"): 3591,
    # .44 × 1.095 + .60 × 1.410 + .01 × .425 = 1.33205
    ("01112-05", "97530"): 4449,
    ("national", "97110"): 2906,
}


@pytest.mark.parametrize("place", LOCALITIES_2026)
def test_localities(place: tuple[str, str]) -> None:
    locality, code = place
    price = price_lines(code, date=date(2026, 3, 4), locality=locality)
    assert price.allowed_cents == LOCALITIES_2026[place]


def test_localities_with_reduction() -> None:
    # 97110 after 97530: .49275 + .5781 / 2 + .00425 = .78605 × 33.4009 = 26.2548
    price = price_lines("97110 97530", date=date(2026, 3, 4), locality="01112-05")
    assert [line.allowed_cents for line in price.lines] == [2625, 4449]


# --- rates that the shipped tables do not reach back to ---------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        # 18 + 16 for the two units of the first, 11 + 6.40 + 1 for the other.
        (date(2011, 1, 1), [3400, 1840]),
        (date(2013, 3, 31), [3400, 1840]),
        # 18 + 13 and 16: 47 dollars instead of 56.
        (date(2013, 4, 1), [3100, 1600]),
        (date(2026, 3, 4), [3100, 1600]),
    ],
)
def test_reduction_by_date(day: date, allowed: list[int]) -> None:
    table = price_table(claims_of([{"date_of_service": day}]), lines_of("97110x2 97530"), schedule=sample_schedule())
    assert column(table, "fee_cents") == [3600, 2000]
    assert column(table, "allowed_cents") == allowed


def test_before_the_reduction_nobody_says_whether_it_applies() -> None:
    claims = claims_of([{"date_of_service": date(2010, 12, 31)}])
    table = price_table(claims, lines_of("97110x2 99213"), schedule=sample_schedule())
    assert column(table, "price_status") == ["reduction unknown", "found"]
    assert column(table, "fee_cents") == [3600, 1100]
    alone = price_table(claims, lines_of("97110"), schedule=sample_schedule())
    assert column(alone, "allowed_cents") == [1800]


def test_rates_too_large_to_multiply_are_refused() -> None:
    # The largest parts add up to 3,200,000; four times that, times 10⁴, times the factor has to stay under 2⁶³.
    sample_schedule(factor=72_057_594)
    with pytest.raises(ScheduleError, match="3200000, times a conversion factor of 72057595: expected a product"):
        sample_schedule(factor=72_057_595)
