"""What a denial suggests for a payer's file, and how a value gets into one without disturbing the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.denials.proposals import Seen, Suggested, suggestion_for
from cleanclaim.reference import payers
from cleanclaim.reference.payer_editing import NotEditableError, with_value
from cleanclaim.sources import Confidence, Source

DAY = date(2026, 9, 1)
SOURCE = Source("larkspur", "Remittances", "2 refused lines", date(2026, 9, 25), "", Confidence.MEMORY)
FILE = """id = "larkspur"
label = "Larkspur"
kind = "commercial"
filing_indicator = "CI"
filing_indicator_confidence = "seen"
fictional = true

[sources.contract]
publisher = "Larkspur"
title = "Agreement"
section = "exhibit B"
read_on = 2026-01-15

# what it wants before care
[[settings.prior_authorization_required.values]]
value = false # says the contract
source = "contract"

[[settings.unit_method.values]]
value = "midpoint"
from = 2026-10-01
source = "contract"

[settings.mue_applies]
known_through = 2026-06-30

[[settings.mue_applies.values]]
value = true
source = "contract"
"""


def suggested(carc: str, *remarks: str, stated: dict[str, Any] | None = None, **more: Any) -> Suggested:
    fields: dict[str, Any] = {"code": "97110", "modifiers": ("GP",), "units": 3, "beside": ()} | more
    return suggestion_for(Seen(carc, remarks, **fields), (stated or {}).get)


@pytest.mark.parametrize("carc", ["197", "284", "243"])
def test_an_approval_is_wanted(carc: str) -> None:
    found = suggested(carc)
    assert (found.setting, found.value) == ("prior_authorization_required", True)
    told = suggested(carc, stated={"prior_authorization_required": True})
    assert told.setting == ""
    assert "says so already" in told.because


def test_a_therapy_modifier_is_wanted() -> None:
    assert suggested("4", "N822", modifiers=()).value == "always_therapy"
    assert suggested("4", modifiers=("59",), stated={"therapy_modifier": "always_therapy"}).value == "every_line"
    assert suggested("4", modifiers=(), stated={"therapy_modifier": "every_line"}).setting == ""
    assert suggested("4", modifiers=("GP",)).setting == ""


def test_a_code_is_not_paid() -> None:
    found = suggested("204", "N130", code="97010", stated={"not_payable_codes": ("97014",)})
    assert (found.setting, found.value) == ("not_payable_codes", ["97014", "97010"])
    assert suggested("204", code="97010", stated={"not_payable_codes": ("97010",)}).setting == ""


def test_units_are_capped_where_nothing_is_known_of_a_cap() -> None:
    found = suggested("151", "N362")
    assert found.setting == "daily_unit_cap"
    assert found.value == {"units": 2, "scope": "discipline", "applies_to": "listed", "codes": ["97110"]}
    assert suggested("151", units=1).setting == ""
    assert suggested("151", stated={"daily_unit_cap": "none"}).setting == ""


def test_two_codes_are_paired_where_only_one_other_was_paid() -> None:
    found = suggested("97", code="97140", beside=("97530",))
    assert found.setting == "own_pairs"
    assert found.value == [{"column_1": "97530", "column_2": "97140", "bypass_allowed": True}]
    assert suggested("97", code="97140", beside=("97530", "97110")).setting == ""
    held = {"own_pairs": ({"column_1": "97530", "column_2": "97140", "bypass_allowed": False},)}
    assert suggested("97", code="97140", beside=("97530",), stated=held).setting == ""


def test_the_certifying_provider_must_be_named() -> None:
    assert suggested("16", "N286").setting == "certifying_provider_required"


def test_the_rest_is_told_in_words() -> None:
    found = suggested("252", "M127")
    assert (found.setting, found.value) == ("", None)
    assert found.because.startswith("Refused with 252 M127. A payer's file cannot say this.")


# --- into the file ------------------------------------------------------------------------------------------------


def edited(name: str, value: object, day: date = DAY) -> payers.Payer:
    return payers.parse_pack("larkspur", with_value(FILE, name, value, valid_from=day, source=SOURCE, note="Inferred."))


def test_the_earlier_value_ends_the_day_before() -> None:
    pack = edited("prior_authorization_required", True)
    assert pack.setting("prior_authorization_required", date(2026, 8, 31)).value is False
    found = pack.setting("prior_authorization_required", DAY)
    assert found.value is True
    assert found.dated is not None
    assert (found.dated.source.section, found.dated.source.confidence) == ("2 refused lines", Confidence.MEMORY)


def test_the_rest_of_the_file_stays_as_it_stands() -> None:
    text = with_value(FILE, "prior_authorization_required", value=True, valid_from=DAY, source=SOURCE)
    kept = text.replace("through = 2026-08-31\n", "", 1)
    assert kept.startswith(FILE.rstrip("\n"))
    assert "value = false # says the contract" in text


def test_a_setting_that_was_not_there_is_added() -> None:
    codes = edited("not_payable_codes", ["97010", "97014"])
    assert codes.setting("not_payable_codes", date(2026, 8, 31)).value is None
    assert tuple(codes.setting("not_payable_codes", DAY).value or ()) == ("97010", "97014")
    cap = {"units": 2, "scope": "discipline", "applies_to": "listed", "codes": ["97110"]}
    found = edited("daily_unit_cap", cap).setting("daily_unit_cap", DAY).value
    assert found is not None
    assert (found["units"], found["scope"], found["applies_to"], tuple(found["codes"])) == (
        2, "discipline", "listed", ("97110",),
    )  # fmt: skip
    pair = {"column_1": "97530", "column_2": "97140", "bypass_allowed": True}
    rows = edited("own_pairs", [pair]).setting("own_pairs", DAY).value
    assert [dict(row) for row in rows or ()] == [pair]
    assert edited("therapy_modifier", "every_line").setting("therapy_modifier", DAY).value == "every_line"


def test_a_later_value_or_a_horizon_is_not_overruled() -> None:
    with pytest.raises(NotEditableError, match="unit_method has a value from 2026-10-01 already"):
        edited("unit_method", "eight_minute")
    with pytest.raises(NotEditableError, match="known through 2026-06-30 only"):
        edited("mue_applies", value=False)


def test_every_shipped_file_takes_a_value() -> None:
    for payer in payers.all_ids():
        text = Path(payers.get(payer).path).read_text(encoding="utf-8")
        if payers.get(payer).setting("prior_authorization_required", DAY).value is not None:
            continue
        found = with_value(text, "prior_authorization_required", value=True, valid_from=DAY, source=SOURCE)
        assert payers.parse_pack(payer, found).setting("prior_authorization_required", DAY).value is True
