"""Pair edits: whose list holds, in which edition, and when no list was read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Context
from cleanclaim.facts.pair_edits import edits_for
from cleanclaim.facts.pairs.editions import EDITION_COLUMNS
from cleanclaim.reference import payers
from cleanclaim.rules.book import select
from cleanclaim.rules.notation import parse

if TYPE_CHECKING:
    from cleanclaim.rules.kit import Rule

PACK = """
id = "{id}"
label = "A plan made up for tests"
kind = "commercial"
filing_indicator = "CI"
filing_indicator_confidence = "memory"
fictional = true

[sources.handbook]
publisher = "A plan made up for tests"
title = "Handbook"
section = "pairs"
read_on = 2026-11-21

[[settings.pair_edits.values]]
value = "{pair_edits}"
source = "handbook"
"""
OWN = """
[[settings.own_pairs.values]]
value = [{ column_1 = "97530", column_2 = "97140", bypass_allowed = true }]
from = 2024-08-01
source = "handbook"
"""
SUMMER = date(2024, 8, 15)


def pack(folder: Path, pair_edits: str, *, own: bool) -> Context:
    file = folder / "made_up.toml"
    file.write_text(PACK.format(id="made_up", pair_edits=pair_edits) + (OWN if own else ""), encoding="utf-8")
    return Context(payers={"made_up": payers.load_pack(file)})


def answer(*asked: tuple[str, date | None, str, str], context: Context | None = None) -> list[tuple[object, ...]]:
    schema = {"payer": pl.String, "date_of_service": pl.Date, "column_1": pl.String, "column_2": pl.String}
    return edits_for(pl.DataFrame(asked, schema=schema, orient="row"), context or Context()).rows()


NOTHING = (None, None, None)


def test_a_pair_stands_in_one_order_only() -> None:
    assert answer(
        ("medicare_b", SUMMER, "97140", "97124"),
        ("medicare_b", SUMMER, "97124", "97140"),
        ("medicare_b", SUMMER, "97150", "97110"),
        ("medicare_b", SUMMER, "97530", "97140"),
    ) == [(False, True, "2024-07-01"), NOTHING, (True, True, "2024-07-01"), NOTHING]


@pytest.mark.parametrize(
    ("day", "confirmed"),
    [
        (date(2024, 6, 30), False),
        (date(2024, 7, 1), True),
        (date(2024, 9, 30), True),
        (date(2024, 10, 1), False),
    ],
)
def test_only_the_quarter_of_the_edition_is_confirmed(day: date, *, confirmed: bool) -> None:
    assert answer(("medicare_b", day, "97012", "97140")) == [(True, confirmed, "2024-07-01")]


def test_an_edit_ended_on_its_last_day() -> None:
    # 97530 with 97116 ended on 2019-12-31 (NCCI practitioner edits, version 30.2, deletion date).
    assert answer(
        ("medicare_b", date(2019, 12, 31), "97530", "97116"), ("medicare_b", date(2020, 1, 1), "97530", "97116")
    ) == [(True, False, "2024-07-01"), NOTHING]


def test_no_rows_get_no_rows() -> None:
    assert answer() == []


def test_a_payer_without_edits_has_none() -> None:
    assert answer(("cash", SUMMER, "97140", "97124")) == [NOTHING]


@pytest.mark.parametrize("payer", ["uhc_commercial", "wc_ny", "auto_mi", "medicaid_tx", "nobody_knows"])
def test_a_pair_of_a_payer_whose_list_was_not_read_is_kept_to_be_told(payer: str) -> None:
    assert answer((payer, SUMMER, "97140", "97124")) == [(False, True, "2024-07-01")]
    verdicts = Judge(select(["PR"])).judge(parse(f"visit 2024-08-15 {payer}\n 97140 GP x1\n 97124 GP x1"))
    assert verdicts.findings() == []
    assert {item.code for item in verdicts.unjudged()} == {"PR101"}


def test_the_own_list_of_a_payer_stands_alone(tmp_path: Path) -> None:
    context = pack(tmp_path, "own", own=True)
    assert answer(
        ("made_up", date(2024, 7, 31), "97530", "97140"),
        ("made_up", date(2024, 8, 1), "97530", "97140"),
        ("made_up", date(2024, 8, 1), "97140", "97530"),
        ("made_up", date(2024, 8, 1), "97140", "97124"),
        context=context,
    ) == [NOTHING, (True, True, "own"), NOTHING, NOTHING]


def test_the_own_list_of_a_payer_is_added_to_medicares(tmp_path: Path) -> None:
    context = pack(tmp_path, "ncci_practitioner", own=True)
    assert answer(
        ("made_up", date(2026, 3, 4), "97530", "97140"),
        ("made_up", date(2026, 3, 4), "97140", "97124"),
        context=context,
    ) == [(True, True, "own"), (False, False, "2024-07-01")]


def test_a_finding_names_the_payers_own_list(tmp_path: Path) -> None:
    context = pack(tmp_path, "own", own=True)
    tables = parse("visit 2026-03-04 made_up\n 97530 GP x1\n 97140 GP x1")
    (finding,) = Judge(select(["PR"])).judge(tables, context).findings()
    assert (finding.code, finding.place) == ("PR102", "lines 1 and 2")
    assert finding.message == (
        "97530 and 97140 on one day without 59 or an X modifier; by the payer's own list 97140 is paid only at a "
        "separate time (no times noted)"
    )


def confirmation(text: str, context: Context | None = None) -> tuple[object, ...]:
    judge = Judge(select(["PR101"]), extra={"claims": EDITION_COLUMNS[:2]})
    claims = judge.judge(parse(text), context).workspace.frames["claims"]
    return claims.select(EDITION_COLUMNS[:2]).row(0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("visit 2024-08-15 medicare_b\n 97110 GP x1\n 97140 GP x1", (True, "2024-07-01")),
        ("visit 2026-03-04 medicare_b\n 97110 GP x1\n 97140 GP x1", (False, "2024-07-01")),
        ("visit 2026-03-04 medicare_b\n 97110 GP x1", (True, "2024-07-01")),
        ("visit 2026-03-04 medicare_b knows_history=false\n 97110 GP x1", (False, "2024-07-01")),
        (
            "visit 2026-03-04 medicare_b\n 97110 GP x1\nhistory 2026-03-04 medicare_b\n 97140 GP x1",
            (False, "2024-07-01"),
        ),
        ("visit 2024-08-15 medicare_b\n 97110 GP x1\n 97140 code=? x1", (None, "2024-07-01")),
        ("visit 2024-08-15 medicare_b\n 97110 GP x1\n L3908 x1", (None, "2024-07-01")),
        ("visit 2024-08-15 medicare_b rendering_npi=?\n 97110 GP x1\n 97140 GP x1", (None, "2024-07-01")),
        ("visit 2026-03-04 cash\n 97110 x1\n 97140 x1", (True, "")),
        ("visit 2026-03-04 wc_ny\n 97110 x1\n 97140 x1", (None, None)),
        ("visit 2026-03-04 medicaid_tx\n 97110 x1\n 97140 x1", (None, "")),
    ],
)
def test_a_claim_tells_what_its_pair_verdicts_rest_on(text: str, expected: tuple[object, ...]) -> None:
    assert confirmation(text) == expected


RULES: tuple[Rule, ...] = select(["PR"])


def test_an_unknown_code_forms_no_pair() -> None:
    verdicts = Judge(RULES).judge(parse("visit 2024-08-15 medicare_b\n 97140 GP x1\n 97124 code=? x1"))
    assert verdicts.workspace.frames["pairs"].height == 0
