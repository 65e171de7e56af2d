"""Plans and workspaces: only what is asked for, in the right order, whatever the size; crashes stay apart."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from cleanclaim.facts.catalogue import Catalogue, catalogue
from cleanclaim.facts.kit import Context, Fact, Stage, total
from cleanclaim.facts.plan import CircleError, Planner, outputs
from cleanclaim.facts.workspace import Workspace
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, Column
from cleanclaim.rules.notation import parse

TWO_CLAIMS = """
visit 2026-03-04 medicare_b
  97110 GP x2 30min
  97140 GP x1 15min
visit 2026-03-04 medicare_b
  97110 GP x1 15min
visit 2026-03-04 medicare_b patient_id=2
  97110 GP x1 15min
"""


def computed(table: str, names: list[str], text: str = TWO_CLAIMS) -> pl.DataFrame:
    planner = Planner()
    planner.ask(table, names)
    workspace = Workspace.of(parse(text), Context(), with_pairs=False)
    for step in planner.steps():
        workspace.apply(step)
    return workspace.frames[table].select(names)


def fact(name: str, expr: pl.Expr) -> Fact:
    return Fact(name=name, over="lines", dtype=pl.Int64, unit="", meaning="", lacks="", expr=expr)


def with_facts(*facts: Fact | Stage) -> Catalogue:
    known = catalogue()
    added = {(item.over, item.name): item for item in facts if isinstance(item, Fact)}
    stages = {(item.over, column.name): item for item in facts if isinstance(item, Stage) for column in item.adds}
    return Catalogue({**known.facts, **added}, {**known.stages, **stages}, known.inputs)


def test_visits_of_one_patient_and_day_share_a_day() -> None:
    frame = computed("claims", ["claim_id", "day_id"])

    assert frame.rows() == [(0, 0), (1, 0), (2, 1)]


def test_a_code_billed_on_two_claims_is_one_code_of_the_day() -> None:
    frame = computed("day_codes", ["day_id", "day_code", "billed_units", "code_minutes"])

    assert frame.rows() == [(0, "97110", 3, 45), (0, "97140", 1, 15), (1, "97110", 1, 15)]


def test_lines_read_their_claim_their_day_and_their_code_of_the_day() -> None:
    frame = computed("lines", ["code", "patient_id", "timed_units", "billed_units"])

    assert frame.rows() == [("97110", 1, 4, 3), ("97140", 1, 4, 1), ("97110", 1, 4, 3), ("97110", 2, 1, 1)]


def test_only_what_is_asked_for_is_computed() -> None:
    planner = Planner()
    planner.ask("days", ["timed_units"])

    names = {name for step in planner.steps() for _, name in outputs(step)}

    assert "timed_units" in names
    assert "units_eight_minute" not in names
    assert "payer_unit_method" not in names


def test_an_unknown_column_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="lines has no column or fact 'unheard_of'"):
        Planner().ask("lines", ["unheard_of"])


def test_facts_in_a_circle_are_an_error_that_shows_it() -> None:
    known = with_facts(fact("hen", col.egg + 1), fact("egg", col.hen + 1))

    with pytest.raises(CircleError, match=r"lines\.hen → lines\.egg → lines\.hen"):
        Planner(known).ask("lines", ["hen"])


def test_a_service_of_an_unknown_code_leaves_the_days_minutes_unknown() -> None:
    frame = computed("days", ["timed_minutes"], "visit 2026-03-04 medicare_b\n 97110 GP x1 15min\n did ? 10min")

    assert frame.rows() == [(None,)]


def test_services_that_nobody_listed_are_unknown_not_absent() -> None:
    text = "visit 2026-03-04 medicare_b\n 97110 GP x1 15min\n did nothing\n set knows_services = false"

    assert computed("day_codes", ["code_minutes"], text).rows() == [(None,)]
    assert computed("day_codes", ["code_minutes"], text.replace("false", "true")).rows() == [(0,)]


def test_a_stage_that_returns_other_columns_than_it_declares_is_refused() -> None:
    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        return frames["lines"].select(pl.lit(1).alias("other"))

    stage = Stage("bad", "lines", ("line_id",), (Column("declared", COUNT, "", ""),), compute, "")
    planner = Planner(with_facts(stage))
    planner.ask("lines", ["declared"])
    workspace = Workspace.of(parse(TWO_CLAIMS), Context(), with_pairs=False)
    *before, last = planner.steps()
    for step in before:
        workspace.apply(step)

    with pytest.raises(
        ValueError, match=r"stage bad returned 1 rows of \['other'\]; expected 4 rows of \['declared'\]"
    ):
        workspace.apply(last)


def test_an_aggregate_over_an_unknown_key_is_unknown() -> None:
    known = with_facts(
        Fact("npi_units", "claims", pl.Int64, "", "", "", aggregate=total(col.units, of="lines", by=("billing_npi",)))
    )
    planner = Planner(known)
    planner.ask("claims", ["npi_units"])
    workspace = Workspace.of(
        parse("visit 2026-03-04 medicare_b\n 97110 x2\nvisit 2026-03-05 medicare_b billing_npi=?\n 97110 x1"),
        Context(),
        with_pairs=False,
    )
    for step in planner.steps():
        workspace.apply(step)

    assert workspace.frames["claims"].get_column("npi_units").to_list() == [2, None]


def test_keys_that_are_not_row_numbers_are_refused() -> None:
    tables = parse(TWO_CLAIMS)
    object.__setattr__(tables, "lines", tables.lines.with_columns(pl.col("line_id") + 1))

    with pytest.raises(ValueError, match="table lines: keys must be the row numbers 0 to 3"):
        Workspace.of(tables, Context(), with_pairs=False)
