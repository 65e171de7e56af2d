"""Code rules over the ends and beginnings that were read, add-ons, payers' own codes and earlier visits."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Context
from cleanclaim.reference import payers
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import Verdict
from cleanclaim.rules.notation import parse

PACK = """
id = "made_up"
label = "A plan made up for tests"
kind = "commercial"
filing_indicator = "CI"
filing_indicator_confidence = "memory"
fictional = true

[sources.handbook]
publisher = "A plan made up for tests"
title = "Handbook"
section = "codes"
read_on = 2026-11-21

[[settings.electrical_stimulation_code.values]]
value = "97014"
source = "handbook"

[[settings.hot_cold_pack_payable.values]]
value = true
source = "handbook"

[[settings.evaluation_frequency_days.values]]
value = 30
source = "handbook"
"""


@cache
def judge() -> Judge:
    return Judge([rule for rule in rules() if rule.code.startswith("CD")])


def found(text: str, context: Context | None = None) -> list[tuple[str, str]]:
    verdicts = judge().judge(parse(text), context)
    assert verdicts.crashed == {}
    return [(item.code, item.place) for item in verdicts.findings()]


@pytest.fixture
def made_up(tmp_path: Path) -> Context:
    file = tmp_path / "made_up.toml"
    file.write_text(PACK, encoding="utf-8")
    return Context(payers={"made_up": payers.load_pack(file)})


# Last day of each code: CMS, NCCI practitioner edits of 2024-07-01, latest deletion date over all its pairs.
ENDED = [
    *((code, date(2016, 12, 31)) for code in ("97001", "97002", "97003", "97004", "97005", "97006")),
    *((code, date(2017, 12, 31)) for code in ("97762", "97532")),
    ("64550", date(2018, 12, 31)),
    *((code, date(2019, 12, 31)) for code in ("97127", "G0515", "90911", "95831", "95832", "95833", "95834")),
    *((code, date(2005, 12, 31)) for code in ("97504", "97520", "97703")),
]


@pytest.mark.parametrize(("code", "last"), ENDED)
def test_an_ended_code_is_told_from_the_day_after_its_last(code: str, last: date) -> None:
    text = f"visit {{}} medicare_b\n {code} GP x1"

    assert ("CD101", "line 1") not in found(text.format(last))
    assert ("CD101", "line 1") in found(text.format(last + timedelta(days=1)))
    assert ("CD101", "line 1") in found(text.format("2027-06-01")), "ended is ended, whatever year was read"


BEGUN = [
    *((code, date(2017, 1, 1)) for code in ("97161", "97162", "97163", "97164")),
    ("97763", date(2018, 1, 1)),
    *((code, date(2020, 1, 1)) for code in ("97129", "97130", "90912", "90913", "20560", "20561")),
    *((code, date(2024, 1, 1)) for code in ("97037", "97550", "97551", "97552")),
    *((code, date(2026, 1, 1)) for code in ("98979", "98984", "98985", "98986")),
]


@pytest.mark.parametrize(("code", "first"), BEGUN)
def test_a_new_code_is_told_until_the_day_before_its_first(code: str, first: date) -> None:
    text = f"visit {{}} medicare_b\n {code} GP x1"

    assert ("CD102", "line 1") not in found(text.format(first))
    assert ("CD102", "line 1") in found(text.format(first - timedelta(days=1)))


@pytest.mark.parametrize("code", ["99213", "L1833", "A4595", "11042", "73030", "0591T", "1101F"])
def test_a_code_that_is_not_listed_is_never_called_no_code(code: str) -> None:
    counts = judge().judge(parse(f"visit 2026-03-04 humana\n {code} x1")).counts()

    assert counts["CD103"][Verdict.PASS] == 1
    assert counts["CD101"][Verdict.NO_DATA] == 1, "whether it has ended was not read"


@pytest.mark.parametrize("code", ["9711O", "97 10", "9711", "971100", "G028E", "AB123", "00000"])
def test_a_text_that_can_be_no_code(code: str) -> None:
    text = f"visit 2026-03-04 medicare_b\n 97110 GP code={code.replace(' ', '')} x1"

    assert ("CD103", "line 1") in found(text)


ADD_ONS = [
    ("97546", "97545"),
    ("97598", "97597"),
    ("97130", "97129"),
    ("90913", "90912"),
    ("97551", "97550"),
    ("0791T", "97116"),
]


@pytest.mark.parametrize(("add_on", "base"), ADD_ONS)
def test_an_add_on_needs_its_base_code_that_day(add_on: str, base: str) -> None:
    alone = f"visit 2026-03-04 medicare_b\n {add_on} GP x1"

    assert ("CD120", "line 1") in found(alone)
    assert ("CD120", "line 1") not in found(f"{alone}\n {base} GP x1")
    assert ("CD120", "line 1") not in found(f"{alone}\nhistory 2026-03-04 medicare_b\n {base} GP x1")
    assert ("CD120", "line 1") in found(f"{alone}\nhistory 2026-03-04 medicare_b patient_id=2\n {base} GP x1")


def test_each_payer_has_its_own_code_for_unattended_stimulation(made_up: Context) -> None:
    text = "visit 2026-03-04 {}\n {} GP x1"

    assert found(text.format("medicare_b", "G0283")) == []
    assert found(text.format("medicare_b", "97014")) == [("CD105", "line 1")]
    assert found(text.format("made_up", "97014"), made_up) == []
    assert found(text.format("made_up", "G0283"), made_up) == [("CD105", "line 1")]


def test_a_payer_that_pays_hot_packs_is_left_alone(made_up: Context) -> None:
    assert found("visit 2026-03-04 made_up\n 97010 GP x1", made_up) == []
    assert found("visit 2026-03-04 medicare_b\n 97010 GP x1") == [("CD106", "line 1")]


def test_an_evaluation_counts_from_the_last_one_of_the_discipline(made_up: Context) -> None:
    text = "visit 2026-03-31 made_up\n 97161 GP x1\nhistory {} made_up{}\n {} x1"

    assert found(text.format("2026-03-01", "", "97161 GP"), made_up) == []
    assert found(text.format("2026-03-02", "", "97161 GP"), made_up) == [("CD160", "line 1")]
    assert found(text.format("2026-03-02", "", "97110 GP"), made_up) == []
    assert found(text.format("2026-03-02", " discipline=OT", "97165 GO"), made_up) == []
    assert found(text.format("2026-03-02", " patient_id=2", "97161 GP"), made_up) == []
    assert found(text.format("2026-04-02", "", "97161 GP"), made_up) == []


def test_two_visits_of_one_day_make_two_evaluations() -> None:
    text = "visit 2026-03-04 medicare_b\n 97161 GP x1\nvisit 2026-03-04 medicare_b\n 97163 GP x1"

    assert found(text) == [("CD130", "day")]
    assert found(text.replace("97163", "97164")) == [("CD131", "day")]
    assert found(text.replace("97163", "97110")) == []


def test_a_device_is_met_first_once_in_an_episode() -> None:
    text = "visit 2026-03-04 medicare_b\n 97761 GP x1\nvisit 2026-03-09 medicare_b\n 97761 GP x1"

    assert [code for code, _ in found(text)] == ["CD140"]
    assert found(text.replace("2026-03-09 medicare_b\n 97761", "2026-03-09 medicare_b\n 97763")) == []
    assert found(text.replace("2026-03-09 medicare_b\n", "2026-03-04 medicare_b\n")) == []


def test_no_evaluation_is_missed_beside_a_code_that_is_not_listed() -> None:
    text = "visit 2026-03-04 medicare_b\n 97161 GP x1\n 97162 GP x1\n {} x1"

    assert ("CD130", "day") in found(text.format("73030"))
    assert judge().judge(parse(text.format("L1833"))).counts()["CD130"][Verdict.NO_DATA] == 1
