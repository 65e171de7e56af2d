"""Every published and derived example of `worked_examples.toml`, through tables and plain Python."""

from __future__ import annotations

import itertools
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.units.assistants import AssistantMethod, assistant_split
from cleanclaim.units.counting import UnitMethod, count_units
from cleanclaim.units.splitting import Hands, split_assistant
from tests.units.brute_force import allowed_divisions

EXAMPLES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "worked_examples.toml").read_text("utf-8"))
UNTIMED = {"97161", "97165", "97150", "97012", "G0283", "98975", "98976", "98977", "98979", "98980", "98981", "98984"}


def is_timed(code: str) -> bool:
    return code not in UNTIMED


def test_all_examples_are_here() -> None:
    counts = {name: len(rows) for name, rows in EXAMPLES.items() if isinstance(rows, list)}
    assert counts == {
        "eight_minute": 13,
        "manual": 5,
        "third_party": 6,
        "untimed": 4,
        "midpoint": 4,
        "assistant_one_code": 14,
        "assistant_codes": 4,
        "assistant_untimed": 3,
        "assistant_2020_2021": 6,
        "assistant_both_periods": 17,
        "assistant_undecided": 1,
    }


@pytest.mark.parametrize("example", EXAMPLES["eight_minute"], ids=lambda row: row["id"])
def test_eight_minute_rule(example: dict[str, Any]) -> None:
    minutes = example["minutes"]
    day = count_units(minutes, timed=is_timed)
    assert (day.timed_minutes, day.supported_units) == (example["total"], example["units"])
    if "expected" in example:
        assert day.units == example["expected"]
        assert day.ties == ()
    else:
        allowed = [dict(zip(minutes, division, strict=True)) for division in allowed_divisions(tuple(minutes.values()))]
        assert day.units in allowed
        assert len(allowed) > 1
        assert [tie.is_open for tie in day.ties] == [True]
    assert count_units(minutes, UnitMethod.MIDPOINT, timed=is_timed).units == example["midpoint"]


@pytest.mark.parametrize("example", EXAMPLES["manual"], ids=lambda row: row["id"])
def test_manual_examples(example: dict[str, Any]) -> None:
    codes = list(example["minutes"])
    assert count_units(example["minutes"], timed=is_timed).units in example["expected_any_of"]
    # A stored choice reaches every answer that the manual allows, and no other.
    reached = [
        count_units(example["minutes"], timed=is_timed, prefer=prefer).units for prefer in itertools.permutations(codes)
    ]
    assert all(units in example["expected_any_of"] for units in reached)
    assert all(units in reached for units in example["expected_any_of"])
    assert count_units(example["minutes"], timed=is_timed).supported_units == example["units"]


@pytest.mark.parametrize(
    "example", EXAMPLES["third_party"], ids=lambda row: "-".join(map(str, row["minutes"].values()))
)
def test_third_party_examples_break_ties_by_code(example: dict[str, Any]) -> None:
    in_order = dict(sorted(example["minutes"].items()))
    assert count_units(in_order, timed=is_timed).units == example["expected"]


@pytest.mark.parametrize("example", EXAMPLES["untimed"], ids=lambda row: row["id"])
@pytest.mark.parametrize("method", UnitMethod)
def test_untimed_codes_beside_timed(example: dict[str, Any], method: UnitMethod) -> None:
    day = count_units({**example["untimed"], **example["timed"]}, method, timed=is_timed)
    assert day.units == example["expected"]
    assert day.timed_minutes == sum(example["timed"].values())


@pytest.mark.parametrize("example", EXAMPLES["midpoint"], ids=lambda row: "-".join(map(str, row["minutes"].values())))
def test_midpoint_rule(example: dict[str, Any]) -> None:
    assert count_units(example["minutes"], UnitMethod.MIDPOINT, timed=is_timed).units == example["expected"]


def test_chart_both_sides_of_every_step() -> None:
    for units, first in EXAMPLES["chart"]["starts_at_minute"].items():
        for method in UnitMethod:
            assert count_units({"97110": first}, method, timed=is_timed).units == {"97110": int(units)}
            assert count_units({"97110": first - 1}, method, timed=is_timed).units == {"97110": int(units) - 1}


def test_single_code() -> None:
    for minutes, units in EXAMPLES["chart"]["single_code"]:
        assert count_units({"97110": minutes}, timed=is_timed).supported_units == units


def split(minutes: dict[str, Hands], on: date, method: AssistantMethod = AssistantMethod.PERCENTAGE) -> dict[str, Any]:
    days = split_assistant(minutes, on=on, method=method, timed=is_timed)
    return {code: (part.units, part.with_modifier, part.without_modifier) for code, part in days.items()}


@pytest.mark.parametrize("example", EXAMPLES["assistant_one_code"], ids=lambda row: row["id"])
def test_assistant_one_code_from_2022(example: dict[str, Any]) -> None:
    assert example["pt"] + example["pta"] == example["total"]
    hands = Hands(therapist=example["pt"], assistant=example["pta"])
    expected = {"97110": (example["units"], example["with"], example["without"])}
    assert split({"97110": hands}, date(2022, 1, 1)) == expected
    assert split({"97110": hands}, date(2026, 11, 21)) == expected


@pytest.mark.parametrize("example", EXAMPLES["assistant_codes"], ids=lambda row: row["id"])
def test_assistant_several_codes_from_2022(example: dict[str, Any]) -> None:
    minutes = {code: Hands(therapist=part["pt"], assistant=part["pta"]) for code, part in example["minutes"].items()}
    found = split(minutes, date(2022, 1, 1))
    expected = {
        code: (
            sum(units for listed, units, _ in example["expected"] if listed == code),
            sum(units for listed, units, carries in example["expected"] if listed == code and carries),
            sum(units for listed, units, carries in example["expected"] if listed == code and not carries),
        )
        for code in minutes
    }
    assert found == expected
    assert sum(units for units, _, _ in found.values()) == example["units"]


@pytest.mark.parametrize("example", EXAMPLES["assistant_untimed"], ids=lambda row: row["id"])
def test_assistant_share_of_untimed_service(example: dict[str, Any]) -> None:
    hands = Hands(therapist=example["minutes"] - example["pta"], assistant=example["pta"])
    carried = 1 if example["with"] else 0
    for day in (date(2020, 1, 1), date(2021, 12, 31), date(2022, 1, 1)):
        assert split({example["code"]: hands}, day) == {example["code"]: (1, carried, 1 - carried)}


def test_the_two_methods_differ_near_the_edge() -> None:
    hands = {"G0283": Hands(therapist=13, assistant=2)}
    assert split(hands, date(2026, 3, 4), AssistantMethod.PERCENTAGE) == {"G0283": (1, 1, 0)}
    assert split(hands, date(2026, 3, 4), AssistantMethod.SIMPLE) == {"G0283": (1, 0, 1)}
    hands = {"G0283": Hands(therapist=12, assistant=3)}
    assert split(hands, date(2026, 3, 4), AssistantMethod.SIMPLE) == {"G0283": (1, 1, 0)}


@pytest.mark.parametrize("example", EXAMPLES["assistant_2020_2021"], ids=str)
@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2021, 12, 31)], ids=str)
def test_assistant_2020_and_2021(example: dict[str, Any], day: date) -> None:
    hands = Hands(therapist=example["pt"], assistant=example["pta"], together=example["together"])
    units = example["with"] + example["without"]
    assert split({"97110": hands}, day) == {"97110": (units, example["with"], example["without"])}


@pytest.mark.parametrize("example", EXAMPLES["assistant_both_periods"], ids=lambda row: f"{row['pt']}-{row['pta']}")
def test_assistant_both_sides_of_2020_and_2022(example: dict[str, Any]) -> None:
    hands = {"97110": Hands(therapist=example["pt"], assistant=example["pta"], together=example["together"])}
    units = example["units"]
    assert split(hands, date(2019, 12, 31)) == {"97110": (units, 0, units)}
    for day in (date(2020, 1, 1), date(2021, 12, 31)):
        carried = example.get("with_2020")
        expected = (units, carried, None if carried is None else units - carried)
        assert split(hands, day) == {"97110": expected}
    for day in (date(2022, 1, 1), date(2026, 11, 21)):
        assert split(hands, day) == {"97110": (units, example["with_2022"], units - example["with_2022"])}


@pytest.mark.parametrize("example", EXAMPLES["assistant_undecided"], ids=lambda row: row["undecided"])
def test_open_edge_is_not_decided(example: dict[str, Any]) -> None:
    minutes = {code: Hands(therapist=part["pt"], assistant=part["pta"]) for code, part in example["minutes"].items()}
    found = split_assistant(minutes, on=date(2026, 3, 4), timed=is_timed)
    undecided = found[example["undecided"]]
    assert (undecided.undecided, undecided.units) == (True, 2)
    assert (undecided.with_modifier, undecided.without_modifier) == (None, None)
    assert [split.undecided for code, split in found.items() if code != example["undecided"]] == [False]


def test_remote_monitoring_supplies_never_take_the_modifier() -> None:
    both = EXAMPLES["assistant_remote_monitoring"]
    codes = both["takes_modifier"] + both["never"]
    frame = pl.DataFrame({"code": codes}).with_columns(
        pl.lit(1, pl.Int64).alias("day_id"),
        pl.lit(date(2026, 3, 4)).alias("date"),
        pl.lit(value=False).alias("is_timed"),
        pl.lit(0, pl.Int64).alias("pt_minutes"),
        pl.lit(20, pl.Int64).alias("pta_minutes"),
        pl.lit(0, pl.Int64).alias("together_minutes"),
        pl.lit(1, pl.Int64).alias("units"),
        pl.col("code").is_in(both["takes_modifier"]).alias("assistant_modifier_applies"),
    )
    carried = assistant_split(frame)["units_with_assistant_modifier"].to_list()
    assert carried == [1, 1, 1, 1, 0, 0, 0, 0]
