"""`cleanclaim explain`: every kind of word, dates on both sides, and near misses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanclaim.check.meanings import explain
from cleanclaim.rules import book
from tests.cli.running import run, run_json


def meanings(word: str, day: str = "2026-03-04") -> list[dict[str, Any]]:
    code, found = run_json("explain", word, "--date", day)
    assert code == 0
    for item in found["meanings"]:
        item["details"] = {detail["name"]: detail["lines"] for detail in item["details"]}
    items: list[dict[str, Any]] = found["meanings"]
    return items


@pytest.mark.parametrize("word", ["UN101", "un101", "timed-units-exceed-minutes"])
def test_rule(word: str) -> None:
    [found] = meanings(word)
    assert (found["kind"], found["code"], found["title"]) == ("rule", "UN101", "timed units exceed minutes")
    entry = book.entry("UN101")
    assert entry is not None
    assert found["details"]["about"][0] == entry.rationale.split("\n\n")[0]
    assert found["details"]["if_it_goes_out"] == ["denied"]
    assert found["details"]["dates_of_service"] == ["from 2000-04-01"]
    assert found["details"]["fix"][0].endswith("(applied only by a named person)")
    assert found["sources"] == [source.cite() for source in entry.rule.sources]
    assert '→ is found: "3 timed units billed, 37 minutes support 2" at day' in found["details"]["examples"][0]


def test_every_rule_can_be_explained() -> None:
    for entry in book.entries():
        found = explain(entry.rule.code, date(2026, 3, 4))[0]
        assert (found.kind, found.code) == ("rule", entry.rule.code)


def test_procedure() -> None:
    [found] = meanings("97110")
    assert (found["kind"], found["title"]) == ("procedure", "Therapeutic exercise")
    assert found["details"]["units"] == ["each 15 minutes, one-on-one: counted by the minutes of the day"]
    assert found["details"]["medicare"][:2] == ["fee schedule status on 2026-03-04: active", "therapy code: always"]
    assert "- minutes one-on-one" in found["details"]["document"]
    assert any(line.startswith("- 97530: ") for line in found["details"]["not_to_confuse"])


def test_price_of_a_procedure_is_dated_and_for_reference() -> None:
    # 97110 in 2026, GPCI 1, from the published relative values and conversion factor: 29.06 a unit.
    [found] = meanings("97110")
    assert found["details"]["price"] == [
        "$29.06 allowed by Medicare for one unit on 2026-03-04, national, for reference"
    ]
    assert meanings("97110", "2027-03-04")[0]["details"]["price"] == ["no Medicare price for this day"]


@pytest.mark.parametrize(("day", "said"), [("2016-12-31", "yes on 2016-12-31"), ("2017-01-01", "no on 2017-01-01")])
def test_deleted_procedure_on_both_sides_of_its_end(day: str, said: str) -> None:
    [found] = meanings("97001", day)
    assert found["details"]["in_force"][0].startswith(said)
    assert "replaced by 97161, 97162, 97163" in found["details"]["in_force"][0]


def test_unit_limit_says_whether_the_edition_holds_for_the_day() -> None:
    [inside] = meanings("97530", "2026-04-01")
    [before] = meanings("97530", "2026-03-31")
    assert inside["details"]["unit_limit"] == ["Medicare: at most 6 in a day (by the edition of 2026-04-01)"]
    assert before["details"]["unit_limit"][0].endswith("unconfirmed for this day)")


def test_modifier() -> None:
    [found] = meanings("kx")
    assert (found["kind"], found["code"]) == ("modifier", "KX")
    assert found["details"]["never_with"] == ["GA, GZ"]


def test_denial_with_its_group() -> None:
    [found] = meanings("CO-97")
    assert (found["kind"], found["code"]) == ("adjustment reason", "CO-97")
    assert found["details"]["who_bears_it"][0].startswith("CO, Contractual obligation")
    assert meanings("co97")[0]["code"] == "CO-97"


def test_remark() -> None:
    assert meanings("N362")[0]["kind"] == "remark"


def test_group_code() -> None:
    kinds = {item["kind"] for item in meanings("PR")}
    assert "group code" in kinds


def test_one_word_may_mean_several_things() -> None:
    assert [item["kind"] for item in meanings("59")] == ["modifier", "adjustment reason"]
    assert [item["kind"] for item in meanings("11")] == ["place of service", "adjustment reason"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-09-30", "2026-09-30: billable (billable through 2026-09-30)"),
        ("2026-10-01", "2026-10-01: ended (billable through 2026-09-30)"),
    ],
)
def test_diagnosis_on_both_sides_of_its_end(day: str, said: str) -> None:
    [found] = meanings("M72.2", day)
    assert found["details"]["on_the_day"] == [said]
    if day == "2026-10-01":
        assert found["details"]["look_at_instead"][0] == "- M67.A01 Plantar fasciitis, right foot"


def test_diagnosis_heading_lists_the_codes_below() -> None:
    [found] = meanings("M75.0")
    assert found["details"]["on_the_day"] == ["2026-03-04: not billable: a heading, bill one of the codes below it"]
    assert sorted(found["details"]["codes_below"]) == [
        "- M75.00 Adhesive capsulitis of unspecified shoulder",
        "- M75.01 Adhesive capsulitis of right shoulder",
        "- M75.02 Adhesive capsulitis of left shoulder",
    ]
    assert meanings("M25.561")[0]["details"]["other_sides"]


def test_diagnosis_outside_the_years_read_is_not_known() -> None:
    [found] = meanings("M54.50", "2028-01-01")
    assert found["details"]["on_the_day"][0].startswith("2028-01-01: not known: the years read are 2024-10-01")


@pytest.mark.parametrize(
    ("word", "near"), [("9753", "97530"), ("M75.0X", "M75.01"), ("UN1O1", "UN101"), ("CO-9999", "")]
)
def test_unknown_word_suggests_the_nearest(word: str, near: str) -> None:
    ran = run("explain", word, "--date", "2026-03-04")
    assert (ran.code, ran.text) == (2, "")
    assert f"'{word}' is no rule, procedure" in ran.errors
    assert near in ran.errors or "97537" in ran.errors


def test_text_keeps_within_the_width_and_its_order() -> None:
    ran = run("explain", "KX", "--date", "2026-03-04", width=80)
    assert ran.lines[0] == "KX  Medically necessary above the yearly threshold  (modifier)"
    assert [line.split("  ")[1].strip() for line in ran.lines if line.startswith("  ") and line[2] != " "] == [
        "meaning",
        "in force",
        "on therapy codes",
        "never with",
        "by",
    ]
    assert max(map(len, ran.lines)) <= 80


def test_a_preview_is_explained_as_one() -> None:
    assert (
        "standing preview: its words and reach may still change; it judges with --preview"
        in run("explain", "MD405").words
    )
    assert "standing" not in run("explain", "UN101").words


def test_a_rules_message_is_told_with_its_figures_left_open() -> None:
    assert "says … timed units billed, … minutes support …" in run("explain", "UN101").words
