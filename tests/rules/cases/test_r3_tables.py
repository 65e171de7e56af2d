"""Values and levels as columns agree with the same tables asked one by one."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import polars as pl
import pytest

from cleanclaim.coding.evaluation import evaluation_level
from cleanclaim.facts.dated_values import dated_values
from cleanclaim.facts.kit import Context
from cleanclaim.facts.plan import Planner
from cleanclaim.facts.workspace import Workspace
from cleanclaim.lines.tables import Tables
from cleanclaim.records import DecisionMaking, EvaluationFindings, Presentation
from cleanclaim.reference import values
from cleanclaim.reference.evaluation_levels import levels
from tests.facts.answered import answered


def test_levels_of_evaluation_are_those_of_the_2017_table() -> None:
    table = levels()
    assert table.codes == ("97161", "97162", "97163")
    assert table.history_factors == (0, 1, 3)
    assert table.elements_examined == (1, 3, 4)
    assert table.presentation == tuple(item.value for item in Presentation)
    assert table.decision_making == tuple(item.value for item in DecisionMaking)
    assert table.source.section == "Table 23, read in reprints"


def test_every_combination_of_components_gets_the_level_that_a_single_question_gets() -> None:
    combinations = list(
        product([None, 0, 1, 2, 3, 5], [None, 0, 1, 2, 3, 4, 6], [None, *Presentation], [None, *DecisionMaking])
    )
    claims = [
        {
            "claim_id": number,
            "is_history": False,
            "history_factors": history,
            "elements_examined": elements,
            "presentation": presentation.value if presentation else None,
            "decision_making": decision.value if decision else None,
        }
        for number, (history, elements, presentation, decision) in enumerate(combinations)
    ]
    planner = Planner()
    planner.ask("claims", ["supported_evaluation_code"])
    workspace = Workspace.of(Tables.from_rows(claims=claims, lines=[]), Context(), with_pairs=False)
    for step in planner.steps():
        workspace.apply(step)

    assert len(combinations) == 672
    assert workspace.frames["claims"].get_column("supported_evaluation_code").to_list() == [
        evaluation_level(
            EvaluationFindings(
                history_factors=history,
                elements_examined=elements,
                presentation=presentation,
                decision_making=decision,
            )
        ).code
        for history, elements, presentation, decision in combinations
    ]


@pytest.mark.parametrize("name", values.names())
def test_a_value_as_a_column_is_the_value_on_each_day(name: str) -> None:
    days = [date(1999, 12, 31) + timedelta(days=step) for step in range(0, 11_000, 13)]
    for item in values.series(name).values:
        for edge in (item.valid_from, item.valid_through):
            days += [edge - timedelta(days=1), edge, edge + timedelta(days=1)] if edge else []
    stage = dated_values("test", over="claims", series={name: "found"}, lacks="")
    frame = pl.DataFrame({"date_of_service": [*days, None]}, schema={"date_of_service": pl.Date})

    found = answered(stage, {"claims": frame})

    assert found.get_column("found").to_list() == [*(values.on(name, day).value for day in days), None]
