"""A column lasts until its last reader, and what it lives on as long as itself."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.catalogue import Catalogue, catalogue
from cleanclaim.facts.kit import Fact
from cleanclaim.facts.last_reads import unread_after
from cleanclaim.facts.plan import Cell, Gather, Planner, outputs
from cleanclaim.lines.columns import col


def fact(name: str, expr: pl.Expr, over: str = "lines") -> Fact:
    return Fact(name=name, over=over, dtype=pl.Int64, unit="", meaning="", lacks="", expr=expr)


def last_readers(asked: Cell, kept: list[Cell], *facts: Fact) -> dict[Cell, list[str]]:
    """By column, what the step adds after which it is let go of."""
    known = catalogue()
    added = {(item.over, item.name): item for item in facts}
    planner = Planner(Catalogue({**known.facts, **added}, known.stages, known.inputs))
    planner.ask(asked[0], [asked[1]])
    steps = planner.steps()
    unread = unread_after(steps, planner.needs, kept)
    return {
        cell: [name for _, name in outputs(step)] for step, cells in zip(steps, unread, strict=True) for cell in cells
    }


def test_a_column_is_let_go_of_after_the_last_step_that_reads_it() -> None:
    of_claim = fact("doubled", col.frequency_code.cast(pl.Int64) * 2, "claims")
    own = fact("summed", col.doubled + col.units)

    assert last_readers(("lines", "summed"), [("lines", "summed")], of_claim, own) == {
        ("claims", "frequency_code"): ["doubled"],
        # What a line reads of its claim lives on the claim's column.
        ("claims", "doubled"): ["summed"],
        ("lines", "doubled"): ["summed"],
        ("lines", "units"): ["summed"],
    }


def test_what_is_read_after_the_plan_lasts_with_the_column_that_it_lives_on() -> None:
    of_claim = fact("doubled", col.frequency_code.cast(pl.Int64) * 2, "claims")

    assert last_readers(("lines", "doubled"), [("lines", "doubled")], of_claim) == {
        ("claims", "frequency_code"): ["doubled"]
    }


def test_what_nobody_reads_is_let_go_of_at_once() -> None:
    own = fact("doubled", col.units * 2)

    assert last_readers(("lines", "doubled"), [("lines", "units")], own) == {("lines", "doubled"): ["doubled"]}


def test_a_key_lasts_as_long_as_what_is_read_by_it() -> None:
    planner = Planner()
    planner.ask("pairs", ["first_line_number"])
    (step,) = planner.steps()
    assert isinstance(step, Gather)

    kept = unread_after([step], planner.needs, [("pairs", "first_line_number")])
    let_go = unread_after([step], planner.needs, [])

    assert ("pairs", step.key) not in kept[0]
    assert ("pairs", step.key) in let_go[0]
