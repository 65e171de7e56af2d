"""Regulator-set values: every figure, both sides of every date, and every refusal of a faulty file."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from cleanclaim.dates import LookupStatus
from cleanclaim.reference import values
from cleanclaim.reference.lookup import attach
from cleanclaim.reference.values import ValuesError, read_values
from cleanclaim.sources import Confidence

DAY = timedelta(days=1)

YEARLY = {
    "kx_threshold_pt_slp": {
        2018: 201_000,
        2019: 204_000,
        2020: 208_000,
        2021: 211_000,
        2022: 215_000,
        2023: 223_000,
        2024: 233_000,
        2025: 241_000,
        2026: 248_000,
    },
    "part_b_deductible": {
        2018: 18_300,
        2019: 18_500,
        2020: 19_800,
        2021: 20_300,
        2022: 23_300,
        2023: 22_600,
        2024: 24_000,
        2025: 25_700,
        2026: 28_300,
    },
}
YEARLY["kx_threshold_ot"] = YEARLY["kx_threshold_pt_slp"]


@pytest.mark.parametrize("name", sorted(YEARLY))
def test_yearly_amounts_hold_from_new_year_to_the_last_of_december(name: str) -> None:
    expected = YEARLY[name]
    assert values.series(name).unit == "cents"
    for year, cents in expected.items():
        assert values.on(name, date(year, 1, 1)).value == cents
        assert values.on(name, date(year, 12, 31)).value == cents
    assert len(values.series(name).values) == len(expected)
    before, after = values.on(name, date(2017, 12, 31)), values.on(name, date(2027, 1, 1))
    assert (before.status, before.value) == (LookupStatus.OUTSIDE_DATES, None)
    assert (after.status, after.value) == (LookupStatus.PAST_HORIZON, None)


# name, last day of the earlier value, the earlier value, the later value; None is no value.
EDGES: list[tuple[str, date, int | None, int | None]] = [
    ("conversion_factor", date(2019, 12, 31), None, 360_896),
    ("conversion_factor", date(2020, 12, 31), 360_896, 348_931),
    ("conversion_factor", date(2021, 12, 31), 348_931, 346_062),
    ("conversion_factor", date(2022, 12, 31), 346_062, 338_872),
    ("conversion_factor", date(2023, 12, 31), 338_872, 327_442),
    ("conversion_factor", date(2024, 3, 8), 327_442, 332_875),
    ("conversion_factor", date(2024, 12, 31), 332_875, 323_465),
    ("conversion_factor", date(2025, 12, 31), 323_465, 334_009),
    ("conversion_factor", date(2026, 12, 31), 334_009, None),
    ("conversion_factor_qualifying_apm", date(2025, 12, 31), None, 335_675),
    ("conversion_factor_qualifying_apm", date(2026, 12, 31), 335_675, None),
    ("medical_review_threshold", date(2017, 12, 31), None, 300_000),
    ("medical_review_threshold", date(2026, 12, 31), 300_000, 300_000),
    ("medical_review_threshold", date(2027, 12, 31), 300_000, None),
    ("sequestration", date(2013, 3, 31), None, 200),
    ("sequestration", date(2019, 12, 31), 200, 200),
    ("sequestration", date(2020, 4, 30), 200, 0),
    ("sequestration", date(2022, 3, 31), 0, 100),
    ("sequestration", date(2022, 6, 30), 100, 200),
    ("sequestration", date(2026, 12, 31), 200, None),
    ("assistant_payment_rate", date(2019, 12, 31), None, 10_000),
    ("assistant_payment_rate", date(2021, 12, 31), 10_000, 8_500),
    ("mppr_reduction_office", date(2010, 12, 31), None, 2_000),
    ("mppr_reduction_office", date(2013, 3, 31), 2_000, 5_000),
    ("mppr_reduction_institutional", date(2010, 12, 31), None, 2_500),
    ("mppr_reduction_institutional", date(2013, 3, 31), 2_500, 5_000),
    ("order_exception_transmission_days", date(2024, 12, 31), None, 30),
    ("progress_report_treatment_days", date(2012, 12, 31), None, 10),
    ("timely_filing_months", date(2009, 12, 31), None, 12),
]


@pytest.mark.parametrize(("name", "last_day", "before", "after"), EDGES)
def test_both_sides_of_each_effective_date(name: str, last_day: date, before: int | None, after: int | None) -> None:
    assert values.on(name, last_day).value == before
    assert values.on(name, last_day + DAY).value == after


def test_every_change_of_value_has_both_its_sides_tested() -> None:
    tested = {(name, last_day + DAY) for name, last_day, *_ in EDGES}
    starts = {
        (name, item.valid_from)
        for name in {name for name, *_ in EDGES}
        for item in values.series(name).values
        if item.valid_from is not None
    }
    assert starts <= tested


@pytest.mark.parametrize(
    ("name", "unit", "value"),
    [
        ("part_b_coinsurance", "rate_e4", 2_000),
        ("certification_days", "days", 30),
        ("verbal_certification_signature_days", "days", 14),
        ("recertification_days", "days", 90),
        ("order_exception_transmission_days", "days", 30),
        ("progress_report_treatment_days", "treatment days", 10),
        ("timely_filing_months", "months", 12),
        ("assistant_payment_rate", "rate_e4", 8_500),
        ("minutes_per_unit", "minutes", 15),
        ("least_pooled_minutes", "minutes", 8),
        ("least_midpoint_minutes", "minutes", 8),
        ("assistant_share", "rate_e4", 1_000),
    ],
)
def test_standing_rules_have_no_horizon(name: str, unit: str, value: int) -> None:
    assert values.series(name).known_through is None
    assert values.series(name).unit == unit
    assert values.on(name, date(2026, 3, 4)).value == value
    assert values.on(name, date(2030, 3, 4)).value == value


def test_an_amount_that_is_set_anew_has_a_horizon() -> None:
    with_horizon = {name for name in values.names() if values.series(name).known_through}
    assert with_horizon == {
        "conversion_factor",
        "conversion_factor_qualifying_apm",
        "kx_threshold_ot",
        "kx_threshold_pt_slp",
        "medical_review_threshold",
        "part_b_deductible",
        "sequestration",
    }
    for name in with_horizon:
        last = values.series(name).values[-1]
        assert last.valid_through == values.series(name).known_through, name


def test_how_sure_each_figure_is() -> None:
    def confidence(name: str, day: date) -> Confidence:
        dated = values.on(name, day).dated
        assert dated is not None
        return dated.source.confidence

    assert confidence("kx_threshold_pt_slp", date(2021, 6, 1)) is Confidence.SECONDARY
    assert confidence("kx_threshold_pt_slp", date(2022, 6, 1)) is Confidence.SEEN
    assert confidence("kx_threshold_pt_slp", date(2025, 6, 1)) is Confidence.SECONDARY
    assert confidence("kx_threshold_pt_slp", date(2026, 6, 1)) is Confidence.SEEN
    assert confidence("part_b_deductible", date(2025, 6, 1)) is Confidence.SECONDARY
    assert confidence("part_b_deductible", date(2026, 6, 1)) is Confidence.SEEN
    assert confidence("sequestration", date(2019, 6, 1)) is Confidence.MEMORY
    assert confidence("sequestration", date(2024, 6, 1)) is Confidence.SECONDARY
    assert confidence("conversion_factor", date(2024, 6, 1)) is Confidence.SEEN
    assert confidence("conversion_factor_qualifying_apm", date(2026, 6, 1)) is Confidence.SECONDARY


def test_a_day_that_is_unknown_has_no_value() -> None:
    assert values.on("conversion_factor", None).status is LookupStatus.UNKNOWN_KEY


def test_a_name_that_is_not_there_is_an_error_that_lists_the_names() -> None:
    with pytest.raises(
        KeyError, match=r"no series 'kx'; there are advance_notice_course_months, assistant_payment_rate"
    ):
        values.on("kx", date(2026, 1, 1))


def test_notes_are_kept() -> None:
    assert values.note("conversion_factor").startswith("From 2026 there are two factors")
    assert values.note("part_b_coinsurance") == ""


def test_a_series_attaches_to_lines_by_date() -> None:
    lines = pl.DataFrame({"date": [date(2024, 3, 8), date(2024, 3, 9), date(2027, 1, 1), date(2019, 1, 1), None]})
    name = "conversion_factor"
    out = attach(
        lines,
        values.table(name),
        by={},
        day="date",
        take={"value": "cf_e4", "confidence": "cf_confidence"},
        status="cf_status",
        known_through=values.series(name).known_through,
    )
    assert out.drop("date").rows() == [
        (327_442, "seen", "found"),
        (332_875, "seen", "found"),
        (None, None, "past horizon"),
        (None, None, "outside dates"),
        (None, None, "unknown key"),
    ]
    assert values.table(name)["source"][0].startswith("CMS, Physician fee schedule relative value file 2020")


GOOD = """
[limit]
label = "A limit"
unit = "cents"

[[limit.values]]
value = "10.50"
from = 2024-01-01
through = 2024-12-31
confidence = "seen"
source = { publisher = "P", title = "T", section = "S", read_on = 2026-11-21 }
"""


def test_a_good_file_reads() -> None:
    series, note = read_values("x.toml", GOOD)["limit"]
    assert series.on(date(2024, 12, 31)).value == 1_050
    assert note == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[limit]", "[limit", "x.toml: not TOML: "),
        ('label = "A limit"', 'label = "A limit"\nlable = "x"', "x.toml: limit: unknown key 'lable'; expected label"),
        ('unit = "cents"\n', "", "x.toml: limit: lacks key 'unit'"),
        ('unit = "cents"', 'unit = "dollars"', "x.toml: limit: unit is 'dollars'; expected one of cents,"),
        ('label = "A limit"', 'label = " "', "x.toml: limit: label is ' '; expected text in quotes"),
        ('value = "10.50"', "value = 10.50", "x.toml: limit.values[0]: value is 10.5; expected text in quotes"),
        ('value = "10.50"', 'value = "10.505"', "x.toml: limit.values[0]: value: '10.505' has more than 2 decimals"),
        ('value = "10.50"', 'value = "ten"', "x.toml: limit.values[0]: value: 'ten' is not a decimal number"),
        ('value = "10.50"\n', "", "x.toml: limit.values[0]: lacks key 'value'"),
        ('confidence = "seen"\n', "", "x.toml: limit.values[0]: lacks key 'confidence'"),
        ('confidence = "seen"', 'confidence = "sure"', "x.toml: limit.values[0]: source: 'sure' is not a valid"),
        ("source = {", "sources = {", "x.toml: limit.values[0]: unknown key 'sources'"),
        ('title = "T", ', "", "x.toml: limit.values[0]: source: source lacks key 'title'"),
        ('section = "S"', 'section = ""', "x.toml: limit.values[0]: source: source lacks its section"),
        ('section = "S"', 'section = "S", page = 3', "x.toml: limit.values[0]: source: source has unknown key 'page'"),
        ('section = "S"', 'section = "S", confidence = "seen"', "source has key 'confidence'; it stands beside"),
        (", read_on = 2026-11-21", "", "x.toml: limit.values[0]: source: source lacks key 'read_on'"),
        ("read_on = 2026-11-21", 'read_on = "2026"', "x.toml: limit.values[0]: read_on is '2026'; expected a day"),
        ("from = 2024-01-01", 'from = "2024"', "x.toml: limit.values[0]: from is '2024'; expected a day"),
        ("from = 2024-01-01", "from = 2024-01-01T00:00:00", "x.toml: limit.values[0]: from is datetime"),
        ("from = 2024-01-01", "from = 2025-01-01", "x.toml: limit: limit: a value ends 2024-12-31 before"),
    ],
)
def test_a_faulty_file_is_refused_by_file_series_and_key(old: str, new: str, message: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(ValuesError) as caught:
        read_values("x.toml", GOOD.replace(old, new))
    assert message in str(caught.value)


def test_values_that_overlap_are_refused() -> None:
    second = GOOD[GOOD.index("[[limit.values]]") :].replace("from = 2024-01-01", "from = 2024-12-31")
    with pytest.raises(ValuesError, match=r"x\.toml: limit: limit: values from 2024-01-01 and 2024-12-31 overlap"):
        read_values("x.toml", GOOD + second)


def test_a_series_without_values_is_refused() -> None:
    text = GOOD[: GOOD.index("[[limit.values]]")] + "values = []\n"
    with pytest.raises(ValuesError, match=r"x\.toml: limit: values is empty"):
        read_values("x.toml", text)
