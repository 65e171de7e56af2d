"""Evaluations: the level against the record, and how often."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from cleanclaim.records import (
    BilledLine,
    Credential,
    DecisionMaking,
    Presentation,
    Signature,
    VisitKind,
)
from tests.generator.clean import Case
from tests.generator.defects.planting import (
    LARKSPUR,
    MEDICARE,
    PRAIRIE,
    Spot,
    change_visit,
    defect,
    like_first,
    lines_of,
    with_totals,
)
from tests.generator.terms import CHARGES
from tests.generator.wording import LEVELS


@defect("evaluation-level-above-record", "The evaluation is billed one level or more above what was found.", replace(MEDICARE, evaluation=True, visits=1),
        replace(LARKSPUR, evaluation=True, visits=1))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    if lines_of(case)[0].code not in {"97162", "97163"}:
        return None
    findings = case.visits[-1].evaluation
    assert findings is not None
    low = {
        "history_factors": 0,
        "elements_examined": 2,
        "presentation": Presentation.STABLE,
        "decision_making": DecisionMaking.LOW,
    }
    changed, ids, _ = change_visit(case, evaluation=findings.model_copy(update=low))
    return changed, ids, "evaluation"


@defect("evaluation-level-below-record", "The evaluation is billed below what was found.", replace(MEDICARE, evaluation=True, visits=1),
        replace(LARKSPUR, evaluation=True, visits=1))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    if lines_of(case)[0].code not in {"97161", "97162"}:
        return None
    findings = case.visits[-1].evaluation
    assert findings is not None
    high = {
        "history_factors": 3,
        "elements_examined": 5,
        "presentation": Presentation.UNSTABLE,
        "decision_making": DecisionMaking.HIGH,
    }
    changed, ids, _ = change_visit(case, evaluation=findings.model_copy(update=high))
    return changed, ids, "evaluation"


@defect(
    "evaluation-component-missing",
    "The record of an evaluation lacks one of its four components.",
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, rng: Random) -> Spot:
    findings = case.visits[-1].evaluation
    assert findings is not None
    name = rng.choice(("history_factors", "elements_examined", "presentation", "decision_making"))
    changed, ids, _ = change_visit(case, evaluation=findings.model_copy(update={name: None}))
    return changed, ids, "evaluation"


@defect(
    "evaluation-too-soon",
    "A plan that pays one evaluation in 180 days is billed two.",
    replace(PRAIRIE, evaluation=True, visits=3),
)
def _(case: Case, rng: Random) -> Spot:
    visit = case.visits[-1]
    level = rng.choice(list(LEVELS))
    first = case.visits[0]
    done = like_first(case, level, 30, "physical therapy evaluation", side=None)
    line = BilledLine(code=level, modifiers=("GP",), units=1, charge_cents=CHARGES[level])
    wrong = LEVELS[level]
    assert first.evaluation is not None
    found = first.evaluation.model_copy(
        update={
            "history_factors": wrong[0][0],
            "elements_examined": wrong[1][0],
            "presentation": wrong[2],
            "decision_making": wrong[3],
        }
    )
    assert visit.time_in is not None
    signed = (Signature(credential=Credential.PT, on=visit.date_of_service, by=visit.therapist),)
    changed, ids, _ = change_visit(
        case, interventions=(done,), billed=(line,), evaluation=found, kind=VisitKind.EVALUATION, assistant=None, signatures=signed,
        total_timed_minutes=0, total_treatment_minutes=30, note=with_totals(visit, 0, 30),
        time_out=visit.time_in.replace(hour=visit.time_in.hour + 1),
    )  # fmt: skip
    assert (visit.date_of_service - first.date_of_service).days < 180
    return changed, ids, "evaluation"
