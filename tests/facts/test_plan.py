"""Few steps, each after what it needs; a step that fails can be taken apart."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.catalogue import Catalogue, catalogue
from cleanclaim.facts.kit import Context, Fact, total
from cleanclaim.facts.plan import Collect, Compute, Planner, Recall, Run, apart, outputs
from cleanclaim.facts.workspace import Workspace
from cleanclaim.lines.columns import col
from cleanclaim.rules.notation import parse


def fact(name: str, expr: pl.Expr) -> Fact:
    return Fact(name=name, over="lines", dtype=pl.Int64, unit="", meaning="", lacks="", expr=expr)


def planned(*facts: Fact) -> Planner:
    known = catalogue()
    added = {(item.over, item.name): item for item in facts}
    planner = Planner(Catalogue({**known.facts, **added}, known.stages, known.inputs))
    for item in facts:
        planner.ask(item.over, [item.name])
    return planner


def test_expressions_that_build_on_each_other_are_one_step_in_layers() -> None:
    (step,) = planned(
        fact("third", col.second + 1), fact("first", col.units + 1), fact("second", col.first * 10)
    ).steps()

    assert isinstance(step, Compute)
    assert [[formula.name for formula in layer] for layer in step.layers] == [["first"], ["second"], ["third"]]

    workspace = Workspace.of(parse("visit 2026-03-04 medicare_b\n 97110 x2"), Context(), with_pairs=False)
    workspace.apply(step)
    assert workspace.frames["lines"].get_column("third").to_list() == [31]


def test_sums_of_one_kind_wait_for_each_other() -> None:
    late = Fact("late", "claims", pl.Int64, "", "", "", aggregate=total(col.doubled, of="lines", by=("claim_id",)))
    early = Fact("early", "claims", pl.Int64, "", "", "", aggregate=total(col.units, of="lines", by=("claim_id",)))

    steps = planned(early, late, fact("doubled", col.units * 2)).steps()

    assert [type(step) for step in steps] == [Compute, Collect]
    assert outputs(steps[1]) == (("claims", "early"), ("claims", "late"))


def test_lookups_by_the_same_columns_are_one_step() -> None:
    planner = Planner()
    planner.ask("lines", ["is_timed", "code_is_listed"])

    recalls = [step for step in planner.steps() if isinstance(step, Recall)]

    assert [[stage.name for stage in step.stages] for step in recalls] == [["billed-procedures", "code-standing"]]
    assert [type(part) for part in apart(recalls[0])] == [Run, Run]


def test_a_step_taken_apart_adds_the_same_columns_one_by_one() -> None:
    (step,) = planned(fact("first", col.units + 1), fact("second", col.first * 10)).steps()

    assert [outputs(part) for part in apart(step)] == [(("lines", "first"),), (("lines", "second"),)]
