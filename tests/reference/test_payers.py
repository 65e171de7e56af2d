"""Payer files: what they state on which day, what stays unknown, and how strictly they are read."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.dates import LookupStatus
from cleanclaim.reference import payers
from cleanclaim.reference.payer_settings import BY_NAME, FILING_INDICATORS
from cleanclaim.reference.payer_shapes import Codes, ShapeError
from cleanclaim.reference.payers import (
    KINDS,
    NONE,
    PAYER_COLUMNS,
    SETTINGS,
    PayerFileError,
    UnknownPayerError,
    UnknownSettingError,
)
from cleanclaim.sources import Confidence

EXAMPLES = Path(__file__).parents[2] / "examples" / "clinic-day" / "payers"
PAGE = Path(__file__).parents[2] / "docs" / "payer-packs.md"


def days(payer: str, *on: date) -> pl.DataFrame:
    return pl.DataFrame({"payer": [payer] * len(on), "date": list(on)})


def cells(payer: str, column: str, *on: date) -> list[Any]:
    frame = payers.resolve(days(payer, *on))
    assert frame["date"].to_list() == sorted(on)
    return frame[column].to_list()


# --- what is shipped -------------------------------------------------------------------------------------


def test_the_payers_that_are_shipped() -> None:
    assert payers.all_ids() == (
        "aetna", "anthem", "anthem_midwest", "auto_fl", "auto_mi", "auto_nj", "auto_ny", "auto_pa", "bcbs_mi", "bcbs_nc",
        "bcbs_nd", "bcbs_ne", "bcbs_tx", "bcbs_vt", "cash", "cigna", "florida_blue", "humana",
        "humana_medicare_advantage", "medicaid_ca", "medicaid_fl", "medicaid_id", "medicaid_ny", "medicaid_oh",
        "medicaid_pa", "medicaid_tx", "medicare_advantage", "medicare_b", "tricare", "uhc_commercial",
        "uhc_community_plan", "uhc_medicare_advantage", "va_ccn", "wc_ca", "wc_co", "wc_fl", "wc_il", "wc_ny", "wc_pa",
        "wc_tx", "wc_wa",
    )  # fmt: skip


def test_every_shipped_file_is_named_by_its_id_and_is_real() -> None:
    for payer_id in payers.all_ids():
        payer = payers.get(payer_id)
        assert (payer.id, Path(payer.path).name) == (payer_id, f"{payer_id}.toml")
        assert not payer.fictional
        assert payer.kind in KINDS
        assert payer.filing_indicator in FILING_INDICATORS


def test_every_value_has_a_source_and_the_day_it_was_read() -> None:
    decisive = doubtful = 0
    for payer in [*map(payers.get, payers.all_ids()), *payers.load_folder(EXAMPLES)]:
        for series in payer.settings.values():
            for value in series.values:
                decisive += not payer.fictional
                assert value.source.confidence is not Confidence.UNCERTAIN
                assert value.source.read_on in {date(2026, 11, 21), date(2026, 11, 22)}
                assert value.source.publisher
                assert value.source.title
                assert value.source.section
        for doubts in payer.doubtful.values():
            doubtful += len(doubts)
            assert all(doubt.source.confidence is Confidence.UNCERTAIN for doubt in doubts)
    assert (decisive, doubtful) == (511, 28)


def test_what_was_seen_names_its_page_and_not_the_trade() -> None:
    for payer in map(payers.get, payers.all_ids()):
        for series in payer.settings.values():
            for value in series.values:
                from_the_trade = value.source.publisher == "Billing practice"
                assert from_the_trade <= (value.source.confidence is Confidence.MEMORY), (payer.id, series.name)


@pytest.mark.parametrize(
    ("kind", "indicators"),
    [
        ("medicare_b", {"MB"}),
        ("medicare_advantage", {"16"}),
        ("commercial", {"CI", "BL"}),
        ("medicaid", {"MC"}),
        ("tricare", {"CH"}),
        ("veterans", {"VA"}),
        ("workers_compensation", {"WC"}),
        ("auto", {"AM"}),
        ("cash", {"09"}),
    ],
)
def test_filing_indicators_by_kind(kind: str, indicators: set[str]) -> None:
    assert {p.filing_indicator for p in map(payers.get, payers.all_ids()) if p.kind == kind} == indicators


def test_medicare_states_every_setting_that_concerns_it() -> None:
    absent = set(BY_NAME) - set(payers.get("medicare_b").settings)
    assert absent == {"fee_table", "prior_authorization_counts", "utilization_manager"}


# --- both sides of each dated change ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payer", "name", "day", "expected"),
    [
        ("medicare_b", "unit_method", date(2000, 3, 31), None),
        ("medicare_b", "unit_method", date(2000, 4, 1), "eight_minute"),
        ("medicare_b", "assistant_modifier_required", date(2019, 12, 31), False),
        ("medicare_b", "assistant_modifier_required", date(2020, 1, 1), True),
        ("medicare_b", "assistant_payment_reduction", date(2021, 12, 31), 0),
        ("medicare_b", "assistant_payment_reduction", date(2022, 1, 1), 1500),
        ("medicare_b", "assistant_supervision", date(2024, 12, 31), "direct"),
        ("medicare_b", "assistant_supervision", date(2025, 1, 1), "general"),
        ("medicare_b", "one_date_per_timed_line", date(2021, 4, 18), None),
        ("medicare_b", "one_date_per_timed_line", date(2021, 4, 19), True),
        ("medicare_b", "appeal_least_amounts", date(2025, 12, 31), {"hearing": 190_00, "court": 1_900_00}),
        ("medicare_b", "appeal_least_amounts", date(2026, 1, 1), {"hearing": 200_00, "court": 1_960_00}),
        ("medicare_b", "appeal_least_amounts", date(2026, 12, 31), {"hearing": 200_00, "court": 1_960_00}),
        ("medicare_b", "appeal_least_amounts", date(2027, 1, 1), None),
        ("uhc_commercial", "therapy_modifier", date(2020, 6, 30), "none"),
        ("uhc_commercial", "therapy_modifier", date(2020, 7, 1), "always_therapy"),
        ("aetna", "referral_required", date(2025, 6, 16), None),
        ("aetna", "referral_required", date(2025, 6, 17), False),
        ("aetna", "plan_of_care_certification_required", date(2025, 6, 16), None),
        ("aetna", "plan_of_care_certification_required", date(2025, 6, 17), False),
        ("aetna", "assistant_supervision", date(2025, 10, 28), None),
        ("aetna", "assistant_supervision", date(2025, 10, 29), "general"),
        # From 2022-10-15, but in four states from 2022-11-01, and a pack does not know the state.
        ("cigna", "line_order_matters", date(2022, 10, 31), None),
        ("cigna", "line_order_matters", date(2022, 11, 1), True),
        ("anthem", "therapy_modifier", date(2021, 10, 31), None),
        ("anthem", "therapy_modifier", date(2021, 11, 1), "always_therapy"),
        ("uhc_medicare_advantage", "prior_authorization_required", date(2024, 8, 31), None),
        ("uhc_medicare_advantage", "prior_authorization_required", date(2024, 9, 1), True),
        ("uhc_medicare_advantage", "prior_authorization_except_states", date(2026, 1, 31), ("AZ", "CA")),
        ("uhc_medicare_advantage", "prior_authorization_except_states", date(2026, 2, 1), ()),
        ("uhc_community_plan", "prior_authorization_states", date(2023, 6, 30), None),
        ("uhc_community_plan", "prior_authorization_states", date(2025, 10, 31), ("NY",)),
        ("uhc_community_plan", "prior_authorization_states", date(2025, 11, 1), ("NC", "NY", "VA")),
        ("bcbs_vt", "supervised_modalities_payable", date(2021, 3, 31), None),
        ("bcbs_vt", "supervised_modalities_payable", date(2021, 4, 1), False),
        ("tricare", "pay_assistants", date(2020, 4, 15), False),
        ("tricare", "pay_assistants", date(2020, 4, 16), True),
        ("medicaid_id", "therapy_modifier", date(2020, 9, 30), None),
        ("medicaid_id", "therapy_modifier", date(2020, 10, 1), "always_therapy"),
        ("cash", "good_faith_estimate_required", date(2021, 12, 31), False),
        ("cash", "good_faith_estimate_required", date(2022, 1, 1), True),
    ],
)  # fmt: skip
def test_a_setting_on_a_day(payer: str, name: str, day: date, expected: object) -> None:
    assert payers.setting(payer, name, day).value == expected


@pytest.mark.parametrize(
    ("day", "units"), [(date(2022, 10, 31), None), (date(2022, 11, 1), 4), (date(2026, 11, 21), 4)]
)
def test_cigna_caps_the_units_of_a_visit_since_its_change(day: date, units: int | None) -> None:
    row = payers.resolve(days("cigna", day)).row(0, named=True)
    assert row["payer_has_daily_unit_cap"] is (None if units is None else True)
    assert row["payer_daily_unit_cap_units"] == units
    assert row["payer_daily_unit_cap_applies_to"] == (None if units is None else "all")
    assert row["payer_daily_unit_cap_codes"] == (None if units is None else [])


def test_anthem_caps_in_five_states_since_its_change() -> None:
    assert cells("anthem_midwest", "payer_daily_unit_cap_units", date(2021, 3, 31), date(2021, 4, 1)) == [None, 4]
    row = payers.resolve(days("anthem_midwest", date(2021, 4, 1))).row(0, named=True)
    assert row["payer_daily_unit_cap_scope"] == "discipline"
    codes = row["payer_daily_unit_cap_codes"]
    assert len(codes) == 32
    assert (codes[0], codes[-1]) == ("97110", "97763")
    assert {"97124", "97140", "97530"} & set(codes) == {"97124", "97140"}
    assert cells("anthem", "payer_has_daily_unit_cap", date(2021, 4, 1)) == [None]


def test_new_york_caps_rvus_and_is_unknown_past_what_was_read() -> None:
    on = (date(2019, 3, 31), date(2019, 4, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert cells("wc_ny", "payer_daily_rvu_cap_treatment", *on) == [800, 1200, 1200, None]
    assert cells("wc_ny", "payer_daily_rvu_cap_with_initial_evaluation", *on) == [1350, 1800, 1800, None]
    assert cells("wc_ny", "payer_daily_rvu_cap_with_reevaluation", *on) == [1100, 1500, 1500, None]
    assert cells("wc_ny", "payer_daily_rvu_cap_scope", *on) == ["all_providers"] * 3 + [None]


def test_washington_frees_twelve_visits_and_reviews_from_the_twenty_fifth() -> None:
    row = payers.resolve(days("wc_wa", date(2026, 3, 4))).row(0, named=True)
    assert row["payer_prior_authorization_required"] is True
    assert row["payer_prior_authorization_exemptions_first_visits"] == 12
    assert row["payer_prior_authorization_exemptions_review_from_visit"] == 25
    assert row["payer_prior_authorization_exemptions_disciplines_apart"] is True
    assert row["payer_prior_authorization_exemptions_evaluation_exempt"] is None


def test_uhc_medicare_advantage_reviews_later_visits_since_2025() -> None:
    name, on = "payer_prior_authorization_exemptions_", (date(2025, 1, 12), date(2025, 1, 13))
    assert cells("uhc_medicare_advantage", name + "review_from_visit", *on) == [None, 7]
    assert cells("uhc_medicare_advantage", name + "evaluation_exempt", *on) == [True, True]


def test_michigan_pays_a_falling_percentage_of_medicare() -> None:
    on = [date(2021, 7, 1), date(2021, 7, 2), date(2022, 7, 1), date(2022, 7, 2), date(2023, 7, 1), date(2023, 7, 2)]
    percents = [None, 20_000, 20_000, 19_500, 19_500, 19_000]
    assert cells("auto_mi", "payer_price_basis_percent", *on) == percents
    assert cells("auto_mi", "payer_price_basis_kind", *on) == [None] + ["percent_of_medicare"] * 5


def test_colorado_factor_holds_for_the_year_it_was_printed_for() -> None:
    on = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    assert cells("wc_co", "payer_price_basis_conversion_factor", *on) == [None, 490_000, 490_000, None]


def test_filing_limits() -> None:
    limits = {}
    for payer in payers.all_ids():
        found = payers.setting(payer, "timely_filing_days", date(2026, 3, 4)).value
        if found not in (None, NONE):
            limits[payer] = (found.get("in_network"), found.get("out_of_network"))
    assert limits == {
        "medicare_b": (365, 365),
        "uhc_commercial": (90, 180),
        "uhc_medicare_advantage": (90, 180),
        "humana": (180, None),
        "humana_medicare_advantage": (365, None),
        "aetna": (120, 180),
        "cigna": (90, 180),
        "anthem": (90, None),
        "anthem_midwest": (90, None),
        "tricare": (365, 365),
        "va_ccn": (180, None),
        "medicaid_tx": (95, None),
        "wc_tx": (95, 95),
    }
    assert payers.setting("medicare_b", "timely_filing_months", date(2026, 3, 4)).value == 12
    assert payers.setting("tricare", "timely_filing_days", date(2024, 12, 31)).status is LookupStatus.OUTSIDE_DATES


def test_caps_and_over_whose_services_they_count() -> None:
    day = date(2026, 3, 4)
    found = {}
    for payer in payers.all_ids():
        for name in ("daily_unit_cap", "daily_minute_cap", "daily_rvu_cap", "visit_cap"):
            value = payers.setting(payer, name, day).value
            if value not in (None, NONE):
                found[payer, name] = (value.get("units") or value.get("visits"), value.get("scope") or value.get("per"))
    assert found == {
        ("anthem_midwest", "daily_unit_cap"): (4, "discipline"),
        ("bcbs_nd", "daily_unit_cap"): (4, "provider"),
        ("cigna", "daily_unit_cap"): (4, "provider"),
        ("uhc_commercial", "daily_unit_cap"): (4, "provider"),
        ("wc_ca", "visit_cap"): (24, "injury"),
    }
    doubts = {
        (payer, name): [(one.valid_from, one.valid_through) for one in items]
        for payer in payers.all_ids()
        for name, items in payers.get(payer).doubtful.items()
        if name.endswith("_cap")
    }
    assert doubts == {
        ("cigna", "daily_unit_cap"): [(date(2022, 10, 15), date(2022, 10, 31))],
        ("medicaid_ca", "visit_cap"): [(None, None)],
        ("medicaid_oh", "visit_cap"): [(None, None)],
        ("medicaid_tx", "daily_unit_cap"): [(None, None)],
        ("wc_ny", "daily_rvu_cap"): [(date(2021, 1, 1), None)],
    }


def test_every_medicaid_program_has_edits_of_its_own() -> None:
    programs = [p for p in payers.all_ids() if payers.get(p).kind == "medicaid"]
    assert len(programs) == 8
    assert {payers.setting(p, "pair_edits", date(2026, 3, 4)).value for p in programs} == {"own"}


def test_what_one_state_says_does_not_decide_for_the_others() -> None:
    plan = payers.get("uhc_community_plan")
    assert plan.setting("appeal_steps", date(2026, 3, 4)).status is LookupStatus.NOT_LISTED
    billed = plan.setting("patient_balance_billing_allowed", date(2026, 3, 4))
    assert (billed.value, billed.dated is not None and billed.dated.source.confidence) == (False, Confidence.MEMORY)
    assert plan.setting("prior_authorization_required", date(2026, 3, 4)).status is LookupStatus.NOT_LISTED


def test_visits_before_authorization_are_no_cap() -> None:
    doubts = payers.get("tricare").doubtful
    assert [(dict(one.value), one.valid_from) for one in doubts["prior_authorization_exemptions"]] == [
        ({"first_visits": 20}, date(2012, 8, 8))
    ]
    assert "visit_cap" not in doubts


def test_unit_methods_that_were_read() -> None:
    methods = {p: payers.setting(p, "unit_method", date(2026, 3, 4)).value for p in payers.all_ids()}
    assert {payer: method for payer, method in methods.items() if method} == {
        "medicare_b": "eight_minute",
        "medicare_advantage": "eight_minute",
        "uhc_medicare_advantage": "eight_minute",
        "humana_medicare_advantage": "eight_minute",
        "bcbs_ne": "eight_minute",
        "tricare": "eight_minute",
        "anthem": "hybrid",
        "anthem_midwest": "hybrid",
    }


def test_ranges_of_codes_are_written_out() -> None:
    codes = payers.setting("uhc_commercial", "not_payable_codes", date(2026, 3, 4)).value
    assert codes is not None
    assert len(codes) == 3 + 1 + 299 + 3
    assert {"98970", "98971", "98972", "99091", "99201", "99499", "G2061", "G2062", "G2063"} <= set(codes)
    assert "99200" not in codes


# --- unknown stays unknown -------------------------------------------------------------------------------


@pytest.mark.parametrize("payer", ["uhc_commercial", "humana", "aetna", "cigna", "anthem", "bcbs_ne", "bcbs_tx"])
def test_no_commercial_payer_was_read_on_stimulation_or_packs(payer: str) -> None:
    for name in ("electrical_stimulation_code", "hot_cold_pack_payable", "hot_cold_pack_chargeable_to_patient"):
        assert payers.setting(payer, name, date(2026, 3, 4)).status is LookupStatus.NOT_LISTED
        assert cells(payer, f"payer_{name}", date(2026, 3, 4)) == [None]


def test_a_doubtful_value_is_shown_and_answers_unknown() -> None:
    aetna = payers.get("aetna")
    assert [(doubt.value, doubt.valid_from) for doubt in aetna.doubtful["assistant_payment_reduction"]] == [
        (1500, date(2023, 12, 1)),
        (1500, date(2024, 3, 1)),
    ]
    assert aetna.doubtful["assistant_payment_reduction"][0].note == (
        "Announced for this day; put on hold on 2023-11-01. What holds today is unknown."
    )
    assert aetna.setting("assistant_payment_reduction", date(2026, 3, 4)).status is LookupStatus.NOT_LISTED
    assert "assistant_payment_reduction" not in aetna.known_settings()
    assert cells("aetna", "payer_assistant_payment_reduction", date(2026, 3, 4)) == [None]
    assert payers.own_pairs([payers.get("anthem")]).height == 0


def test_a_doubtful_stretch_after_a_decisive_one_is_outside_dates() -> None:
    assert payers.setting("wc_ny", "daily_rvu_cap", date(2021, 1, 1)).status is LookupStatus.OUTSIDE_DATES


def test_statuses_of_a_lookup() -> None:
    day = date(2026, 3, 4)
    assert payers.setting("medicare_b", "unit_method", day).status is LookupStatus.FOUND
    assert payers.setting("nobody", "unit_method", day).status is LookupStatus.NOT_LISTED
    assert payers.setting("../medicare_b", "unit_method", day).status is LookupStatus.NOT_LISTED
    assert payers.setting(None, "unit_method", day).status is LookupStatus.UNKNOWN_KEY
    assert payers.setting("medicare_b", "unit_method", None).status is LookupStatus.UNKNOWN_KEY
    late = payers.setting("medicare_b", "appeal_least_amounts", date(2027, 1, 1))
    assert late.status is LookupStatus.PAST_HORIZON
    with pytest.raises(UnknownSettingError, match="no setting 'unit_rule'; there are unit_method, "):
        payers.setting("medicare_b", "unit_rule", day)
    with pytest.raises(UnknownSettingError, match="no setting 'unit_rule'"):
        payers.setting("nobody", "unit_rule", day)
    with pytest.raises(UnknownPayerError, match="no payer file 'nobody'; shipped are aetna, "):
        payers.get("nobody")


def test_absent_is_a_value_and_unknown_is_null() -> None:
    medicare, aetna = (payers.resolve(days(p, date(2026, 3, 4))).row(0, named=True) for p in ("medicare_b", "aetna"))
    assert medicare["payer_has_daily_unit_cap"] is False
    assert medicare["payer_prior_authorization_states"] == []
    assert aetna["payer_has_daily_unit_cap"] is None
    assert aetna["payer_prior_authorization_states"] is None
    assert payers.setting("medicare_b", "daily_unit_cap", date(2026, 3, 4)).value == NONE


# --- the resolved table ----------------------------------------------------------------------------------


def test_the_table_has_one_sorted_row_per_distinct_payer_and_date() -> None:
    asked = pl.DataFrame(
        {
            "payer": ["uhc_commercial", "medicare_b", None, "nobody", "medicare_b", "medicare_b", None],
            "date": [date(2020, 7, 1), date(2026, 3, 4), date(2026, 3, 4), date(2026, 3, 4), None, date(2026, 3, 4), None],
            "line": range(7),
        }
    )  # fmt: skip
    frame = payers.resolve(asked)
    assert frame.schema == {"payer": pl.String, "date": pl.Date} | {c.name: c.dtype for c in PAYER_COLUMNS}
    assert frame.select("payer", "date", "payer_is_known", "payer_kind", "payer_unit_method").rows() == [
        (None, None, None, None, None),
        (None, date(2026, 3, 4), None, None, None),
        ("medicare_b", None, True, "medicare_b", None),
        ("medicare_b", date(2026, 3, 4), True, "medicare_b", "eight_minute"),
        ("nobody", date(2026, 3, 4), False, None, None),
        ("uhc_commercial", date(2020, 7, 1), True, "commercial", None),
    ]


def test_an_empty_table_keeps_its_schema() -> None:
    asked = pl.DataFrame(schema={"payer": pl.String, "date": pl.Date})
    assert payers.resolve(asked).schema == payers.resolve(days("medicare_b", date(2026, 3, 4))).schema
    assert payers.resolve(asked).height == 0


def test_the_table_agrees_with_every_single_lookup() -> None:
    on = [date(2019, 1, 1) + timedelta(days=251 * step) for step in range(12)]
    for payer in payers.all_ids():
        frame = payers.resolve(days(payer, *on))
        for row in frame.iter_rows(named=True):
            for setting in SETTINGS:
                value = payers.setting(payer, setting.name, row["date"]).value
                expected = dict(zip((c.name for c in setting.columns()), setting.cells(value), strict=True))
                assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_one_day_and_many_days_agree_at_a_boundary(asked: int) -> None:
    on = [date(2020, 6, 30), date(2020, 7, 1), date(2020, 7, 2)][:asked]
    expected = ["none", "always_therapy", "always_therapy"][:asked]
    assert cells("uhc_commercial", "payer_therapy_modifier", *on) == expected


def test_columns_are_described_and_distinct() -> None:
    names = [column.name for column in PAYER_COLUMNS]
    assert len(names) == len(set(names)) == 88
    assert all(column.meaning and name.startswith("payer_") for column, name in zip(PAYER_COLUMNS, names, strict=True))
    assert {column.unit for column in PAYER_COLUMNS} == {
        "", "minutes", "units", "visits", "weeks", "days", "months", "cents", "rate_e4", "rvu_e2", "conversion_factor_e4",
        "percent_e3",
    }  # fmt: skip
    assert len(SETTINGS) == len(BY_NAME) == 55


def test_resolving_is_fast() -> None:
    one = days("medicare_b", date(2026, 3, 4))
    on = [date(2026, 1, 1) + timedelta(days=step) for step in range(60)]
    many = pl.concat([days(payer, *on) for payer in ("medicare_b", "uhc_commercial", "cash")])
    for asked, limit in ((one, 0.002), (many, 0.02)):
        payers.resolve(asked)
        took = []
        for _ in range(50):
            start = time.perf_counter()
            payers.resolve(asked)
            took.append(time.perf_counter() - start)
        # The least of fifty, against four times what it takes: only a change of method can fail this.
        assert min(took) < limit


def test_importing_the_package_reads_no_payer_file() -> None:
    code = "import sys, cleanclaim; sys.exit('polars' in sys.modules or 'cleanclaim.reference.payers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


# --- packs of a clinic's own, and the fictional ones -----------------------------------------------------


def test_the_fictional_packs() -> None:
    packs = {pack.id: pack for pack in payers.load_folder(EXAMPLES)}
    assert list(packs) == ["larkspur_mutual", "prairie_health_plan", "stonegate_casualty"]
    assert all(pack.fictional and pack.label.endswith("(fictional)") for pack in packs.values())
    day = date(2026, 3, 4)

    def stated(payer: str, *names: str) -> list[Any]:
        return [payers.setting(payer, name, day, packs.values()).value for name in names]

    assert stated(
        "larkspur_mutual", "unit_method", "electrical_stimulation_code", "therapy_modifier", "pair_edits", "price_basis"
    ) == ["midpoint", "97014", "none", "ncci_practitioner", {"kind": "percent_of_medicare", "percent": 11_500}]
    assert stated("larkspur_mutual", "timely_filing_days") == [
        {"in_network": 180, "out_of_network": 180, "from": "date_of_service"}
    ]
    assert stated(
        "stonegate_casualty", "unit_method", "pair_edits", "claim_number_required", "accident_required",
        "prior_authorization_required", "price_basis",
    ) == ["eight_minute", "none", True, True, True, {"kind": "fee_table"}]  # fmt: skip
    assert stated("prairie_health_plan", "unit_method", "price_basis", "prior_authorization_counts") == [
        "midpoint",
        {"kind": "per_diem", "amount": 95_00, "cap": 150_00},
        "visits",
    ]
    assert stated("prairie_health_plan", "daily_unit_cap") == [
        {"units": 4, "scope": "discipline", "applies_to": "timed", "codes": (), "except_places": ()}
    ]


def test_fees_of_a_fee_table() -> None:
    frame = payers.fees(payers.load_folder(EXAMPLES))
    assert frame.schema == {
        "payer": pl.String, "code": pl.String, "modifier": pl.String, "amount": pl.Int64,
        "valid_from": pl.Date, "valid_through": pl.Date,
    }  # fmt: skip
    assert frame["payer"].unique().to_list() == ["stonegate_casualty"]
    assert dict(frame.select("code", "amount").iter_rows())["97110"] == 42_00
    assert frame["code"].is_unique().all()
    assert frame["modifier"].unique().to_list() == [""]


def test_a_pack_handed_in_comes_before_the_shipped_one(tmp_path: Path) -> None:
    own = payers.load_pack(written(tmp_path, base(id="uhc_commercial")))
    day = date(2026, 3, 4)
    assert payers.setting("uhc_commercial", "unit_method", day).value is None
    assert payers.setting("uhc_commercial", "unit_method", day, [own]).value == "midpoint"
    frame = payers.resolve(days("uhc_commercial", day), [own])
    assert frame["payer_unit_method"].to_list() == ["midpoint"]
    assert payers.resolve(days("uhc_commercial", day))["payer_unit_method"].to_list() == [None]


def test_own_pairs_carry_their_dates(tmp_path: Path) -> None:
    pairs = """
[[settings.own_pairs.values]]
value = [{ column_1 = "97530", column_2 = "97140", bypass_allowed = false }]
from = 2024-01-01
through = 2024-12-31
source = "contract"

[[settings.own_pairs.values]]
value = []
from = 2025-01-01
source = "contract"
"""
    pack = payers.load_pack(written(tmp_path, base() + pairs))
    assert payers.own_pairs([pack]).rows() == [
        ("example_plan", "97530", "97140", False, date(2024, 1, 1), date(2024, 12, 31))
    ]


def test_a_source_may_stand_beside_its_value(tmp_path: Path) -> None:
    text = base().replace(
        'source = "contract"',
        'source = { publisher = "Example Plan", title = "Contract", section = "4", read_on = 2026-01-02 }\nnote = "As signed."',
    )
    found = payers.load_pack(written(tmp_path, text)).settings["unit_method"].values[0]
    assert found.source.cite() == "Example Plan, Contract, 4 (read 2026-01-02)"
    assert isinstance(found, payers.Stated)
    assert found.note == "As signed."


# --- strictness ------------------------------------------------------------------------------------------


def base(**changed: str) -> str:
    top = {
        "id": "example_plan",
        "label": "Example Plan",
        "kind": "commercial",
        "filing_indicator": "CI",
        "filing_indicator_confidence": "seen",
    } | changed
    lines = [f'{key} = "{value}"' for key, value in top.items()]
    return "\n".join(
        [
            *lines,
            "fictional = true",
            "[sources.contract]",
            'publisher = "Example Plan"',
            'title = "Contract"',
            'section = "exhibit B"',
            "read_on = 2026-01-02",
            "[[settings.unit_method.values]]",
            'value = "midpoint"',
            'source = "contract"',
            "",
        ]
    )


def written(folder: Path, text: str, name: str = "plan.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def one(name: str, value: str, more: str = "") -> str:
    return base() + f'[[settings.{name}.values]]\nvalue = {value}\nsource = "contract"\n{more}'


CAP = 'units = 4, scope = "provider", applies_to = '
FILE_PROBLEMS = [
    (base(id="Example Plan"), "id has 'Example Plan'; expected 2 to 38 lower-case letters, digits and underscores"),
    (base(kind="hmo"), "kind has 'hmo'; expected one of medicare_b, medicare_advantage, commercial, "),
    (base(filing_indicator="XX"), "filing_indicator has 'XX'; expected one of MB, 16, CI, "),
    (base(filing_indicator_confidence="sure"), "filing_indicator_confidence has 'sure'; expected one of seen, "),
    (base(label=" "), "label has ' '; expected text of 1 to 300 characters"),
    (base().replace('label = "Example Plan"\n', ""), "label is missing; expected text of 1 to 300 characters"),
    (base().replace("fictional = true\n", ""), "fictional is missing; expected true or false"),
    (base().replace("fictional = true", 'fictional = "no"'), "fictional has 'no'; expected true or false"),
    (base(inherits="medicare_b"), "inherits has 'inherits'; expected one of the keys id, label, kind, "),
    (base().replace("fictional = true", "fictional = true\nsettings = 1").split("[sources")[0], "settings has 1; expected a table [settings]"),
    (base().replace('section = "exhibit B"\n', ""), "sources.contract.section is missing; expected text"),
    (base().replace("read_on = 2026-01-02\n", ""), "sources.contract.read_on is missing; expected a date"),
    (base().replace("read_on = 2026-01-02", 'read_on = "2026-01-02"'), "sources.contract.read_on has '2026-01-02'; expected a date such as 2026-01-31, without quotes"),
    (base().replace('title = "Contract"', 'title = "Contract"\npage = "4"'), "sources.contract.page has 'page'; expected one of the keys publisher, title, "),
    (base().replace('source = "contract"', 'source = "letter"'), "settings.unit_method.values[0].source has 'letter'; expected the name of a table under [sources]"),
    (base().replace('source = "contract"', ""), "settings.unit_method.values[0].source is missing; expected a table with publisher, title, section, url, read_on"),
    (base().replace('value = "midpoint"', ""), "settings.unit_method.values[0].value is missing; expected a value; a setting that is unknown is left out"),
    (one("unit_rule", '"midpoint"'), "settings.unit_rule has 'unit_rule'; expected one of the settings unit_method, "),
    (one("mue_applies", "true", "since = 2024-01-01"), "settings.mue_applies.values[0].since has 'since'; expected one of the keys value, from, "),
    (one("mue_applies", "true", 'from = "2024-01-01"'), "settings.mue_applies.values[0].from has '2024-01-01'; expected a date such as 2026-01-31, without quotes"),
    (one("mue_applies", "true", "from = 2024-01-01T00:00:00"), "settings.mue_applies.values[0].from has datetime.datetime(2024, 1, 1, 0, 0); expected a date"),
    (one("mue_applies", "true", 'confidence = "sure"'), "settings.mue_applies.values[0].confidence has 'sure'; expected one of seen, secondary, memory, uncertain"),
    (one("mue_applies", "true", 'note = ""'), "settings.mue_applies.values[0].note has ''; expected text of 1 to 300 characters"),
    (base() + "[settings.mue_applies]\n", "settings.mue_applies.values is missing; expected one or more values"),
    (base() + "[settings.mue_applies]\nvalue = true\n", "settings.mue_applies.value has 'value'; expected one of the keys values, known_through"),
    (base() + "[settings]\nmue_applies = true\n", "settings.mue_applies has True; expected a table with [[settings.mue_applies.values]]"),
    (base() + "[settings.mue_applies]\nvalues = [true]\n", "settings.mue_applies.values[0] has True; expected a table with value and source"),
    (one("mue_applies", "1"), "settings.mue_applies.values[0].value has 1; expected true or false"),
    (one("therapy_modifier", '"GP"'), "settings.therapy_modifier.values[0].value has 'GP'; expected one of always_therapy, every_line, none"),
    (one("evaluation_frequency_days", "0"), "settings.evaluation_frequency_days.values[0].value has 0; expected a whole number, 1 or more, or 'none'"),
    (one("evaluation_frequency_days", "true"), "evaluation_frequency_days.values[0].value has True; expected a whole number"),
    (one("mue_applies", '"none"'), "settings.mue_applies.values[0].value has 'none'; expected true or false"),
    (one("assistant_payment_reduction", "15"), 'assistant_payment_reduction.values[0].value has 15; expected a decimal number in quotes, such as "15"'),
    (one("assistant_payment_reduction", '"15.001"'), "has '15.001'; expected a decimal number in quotes, such as \"15\""),
    (one("assistant_payment_reduction", '"-15"'), "has '-15'; expected a decimal number in quotes, such as \"15\", not negative"),
    (one("not_payable_codes", '"97110"'), "not_payable_codes.values[0].value has '97110'; expected a list, each item a procedure code"),
    (one("not_payable_codes", '["9711"]'), "has '9711'; expected a procedure code such as \"97110\" or a range such as \"98970-98972\""),
    (one("not_payable_codes", '["97112-97110"]'), "has '97112-97110'; expected a range that rises and holds at most 400 codes"),
    (one("not_payable_codes", '["97110", "97109-97111"]'), "has '97110'; expected each item once"),
    (one("prior_authorization_states", '["ne"]'), "has 'ne'; expected a state such as \"NE\""),
    (one("accepts_frequency_codes", '["1", "6"]'), "has '6'; expected \"1\", \"7\" or \"8\""),
    (one("accepts_frequency_codes", '["1", "1"]'), "has '1'; expected each item once"),
    (one("daily_unit_cap", "4"), "settings.daily_unit_cap.values[0].value has 4; expected a table with units, scope, applies_to, codes, except_places, or 'none'"),
    (one("daily_unit_cap", "{ most = 4 }"), "daily_unit_cap.values[0].value has 'most'; expected one of the fields units, "),
    (one("daily_unit_cap", '{ units = 4, scope = "provider" }'), "daily_unit_cap.values[0].value.applies_to is missing; expected a value in every such table"),
    (one("daily_unit_cap", f'{{ {CAP} "listed" }}'), "value.codes is missing; expected a value where applies_to is listed"),
    (one("daily_unit_cap", f'{{ {CAP} "all", except_places = ["home"] }}'), "value.except_places has 'home'; expected a place of service such as \"12\""),
    (one("price_basis", '{ kind = "percent_of_medicare" }'), "value.percent is missing; expected a value where kind is percent_of_medicare"),
    (one("price_basis", '{ kind = "per_diem", cap = "9" }'), "value.amount is missing; expected a value where kind is per_diem"),
    (one("price_basis", '{ kind = "per_diem", amount = 95.0 }'), 'value.amount has 95.0; expected a decimal number in quotes, such as "95.00"'),
    (one("own_pairs", "{}"), "settings.own_pairs.values[0].value has {}; expected a list of tables"),
    (one("own_pairs", '[{ column_1 = "97530", column_2 = "x", bypass_allowed = true }]'), "settings.own_pairs.values[0].value[0].column_2 has 'x'; expected a procedure code"),
    (one("own_pairs", '["97530"]'), "settings.own_pairs.values[0].value[0] has '97530'; expected a table with column_1, column_2, bypass_allowed"),
]  # fmt: skip


def test_the_base_of_the_problems_is_itself_a_good_file(tmp_path: Path) -> None:
    pack = payers.load_pack(written(tmp_path, base()))
    assert (pack.label, pack.known_settings()) == ("Example Plan", ("unit_method",))


@pytest.mark.parametrize(("text", "problem"), FILE_PROBLEMS)
def test_a_problem_names_file_key_and_expectation(tmp_path: Path, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PayerFileError) as caught:
        payers.load_pack(path)
    message = str(caught.value)
    assert re.match(rf"{re.escape(str(path))}, line \d+: ", message)
    assert problem in message


def test_values_may_not_overlap_nor_a_doubt_overlap_what_is_certain(tmp_path: Path) -> None:
    def two(first: str, second: str) -> Path:
        text = base()
        for more in (first, second):
            text += f'[[settings.mue_applies.values]]\nvalue = true\nsource = "contract"\n{more}\n'
        return written(tmp_path, text)

    with pytest.raises(
        PayerFileError,
        match=r"plan\.toml, line 15: settings\.mue_applies: values from .* overlap; expected values that",
    ):
        payers.load_pack(two("through = 2024-01-01", "from = 2024-01-01"))
    assert len(payers.load_pack(two("through = 2023-12-31", "from = 2024-01-01")).settings["mue_applies"].values) == 2
    with pytest.raises(PayerFileError, match="overlap"):
        payers.load_pack(two("", 'from = 2024-01-01\nconfidence = "uncertain"'))
    doubts = payers.load_pack(two('confidence = "uncertain"', 'from = 2024-01-01\nconfidence = "uncertain"'))
    assert len(doubts.doubtful["mue_applies"]) == 2
    with pytest.raises(PayerFileError, match="ends 2023-12-31 before it begins 2024-01-01"):
        payers.load_pack(written(tmp_path, one("mue_applies", "true", "from = 2024-01-01\nthrough = 2023-12-31")))


def test_past_its_horizon_a_value_is_no_data(tmp_path: Path) -> None:
    text = base() + "[settings.mue_applies]\nknown_through = 2025-12-31\n"
    text += '[[settings.mue_applies.values]]\nvalue = true\nsource = "contract"\n'
    pack = payers.load_pack(written(tmp_path, text))
    frame = payers.resolve(days("example_plan", date(2025, 12, 31), date(2026, 1, 1)), [pack])
    assert frame["payer_mue_applies"].to_list() == [True, None]


def test_the_ends_of_the_calendar_are_open_bounds(tmp_path: Path) -> None:
    pack = payers.load_pack(written(tmp_path, one("mue_applies", "true", "from = 0001-01-01\nthrough = 9999-12-31")))
    frame = payers.resolve(days("example_plan", date(1990, 1, 1), date(9999, 12, 31)), [pack])
    assert frame["payer_mue_applies"].to_list() == [True, True]


def test_files_that_are_no_payer_files(tmp_path: Path) -> None:
    with pytest.raises(PayerFileError, match=r"gone\.toml: cannot be read: .*; expected a TOML file"):
        payers.load_pack(tmp_path / "gone.toml")
    with pytest.raises(PayerFileError, match=r"plan\.toml, line 1: is not TOML: "):
        payers.load_pack(written(tmp_path, "id = nothing"))
    path = tmp_path / "latin.toml"
    path.write_bytes(b'label = "Caf\xe9"')
    with pytest.raises(PayerFileError, match=r"latin\.toml: is not UTF-8 at byte 12; expected a TOML file"):
        payers.load_pack(path)


def test_a_folder_holds_each_id_once(tmp_path: Path) -> None:
    written(tmp_path, base(), "a.toml")
    assert [pack.id for pack in payers.load_folder(tmp_path)] == ["example_plan"]
    written(tmp_path, base(), "b.toml")
    with pytest.raises(PayerFileError, match=r"b\.toml: id: 'example_plan' is also the id of .*a\.toml; expected one"):
        payers.load_folder(tmp_path)
    with pytest.raises(PayerFileError, match="nowhere: is no folder; expected a folder of payer files"):
        payers.load_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["G2061-98970", "97110-7112", "A0001-A0999", "97110-", "ABCDE", 97110])
def test_odd_ranges_are_refused(text: object) -> None:
    with pytest.raises(ShapeError):
        Codes().read([text])


def test_a_value_once_read_does_not_change() -> None:
    cap: Any = payers.setting("cigna", "daily_unit_cap", date(2026, 3, 4)).value
    with pytest.raises(TypeError):
        cap["units"] = 5
    with pytest.raises(TypeError):
        payers.get("cigna").settings["unit_method"] = None  # type: ignore[index]


# --- the page that describes the format ------------------------------------------------------------------


def test_the_format_page_names_every_setting_and_its_example_loads(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in BY_NAME if f"| `{name}` |" not in page] == []
    example = page.split("```toml\n")[1].split("```")[0]
    pack = payers.load_pack(written(tmp_path, example))
    on = (date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 1))
    frame = payers.resolve(days("heron_health", *on), [pack])
    assert frame["payer_unit_method"].to_list() == ["eight_minute", "midpoint", "midpoint"]
    assert frame["payer_price_basis_percent"].to_list() == [None, 11_500, None]
    assert frame["payer_has_daily_rvu_cap"].to_list() == [False] * 3


# --- every problem of a file at once ---------------------------------------------------------------------


def test_every_problem_of_a_file_is_told_by_line(tmp_path: Path) -> None:
    text = base(kind="hmo").replace('value = "midpoint"', 'value = "8 minute"\nconfidance = "seen"')
    text += '[[settings.mue_applies.values]]\nvalue = 1\nsource = "letter"\n'
    text += '[[settings.mue_aplies.values]]\nvalue = true\nsource = "contract"\n'
    text += '[[settings.appeal_steps.values]]\nvalue = [\n    { name = "first", days = 30 },\n    { name = "second", days = 0 },\n]\nsource = "contract"\n'
    with pytest.raises(PayerFileError) as caught:
        payers.load_pack(written(tmp_path, text))
    assert [(one.line, one.key, one.found) for one in caught.value.problems] == [
        (3, "kind", "'hmo'"),
        (13, "settings.unit_method.values[0].value", "'8 minute'"),
        (14, "settings.unit_method.values[0].confidance", "'confidance'"),
        (17, "settings.mue_applies.values[0].value", "1"),
        (19, "settings.mue_aplies", "'mue_aplies'"),
        (25, "settings.appeal_steps.values[0].value[1].days", "0"),
    ]


def test_a_source_that_is_refused_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(PayerFileError) as caught:
        payers.load_pack(written(tmp_path, base().replace('section = "exhibit B"\n', "")))
    assert [(one.line, one.key, one.found) for one in caught.value.problems] == [(7, "sources.contract.section", "")]


def test_a_long_text_is_cut_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(PayerFileError) as caught:
        payers.load_pack(written(tmp_path, base(label="x" * 301)))
    assert (len(caught.value.problems[0].found), caught.value.problems[0].found[-2:]) == (120, "x…")


@pytest.mark.parametrize("payer", ["medicare_b", "wc_wa", "of_nobody", None])
@pytest.mark.parametrize("day", [date(2009, 12, 31), date(2026, 3, 4), None])
def test_the_columns_of_one_payer_on_one_day_are_those_of_many(payer: str | None, day: date | None) -> None:
    asked = pl.DataFrame({"payer": [payer], "date": [day]}, schema={"payer": pl.String, "date": pl.Date})

    assert payers.columns_on(payer, day).equals(payers.resolve(asked).drop("payer", "date"))
