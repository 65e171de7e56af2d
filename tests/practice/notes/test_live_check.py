from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest

from cleanclaim.bill.job import the_judge
from cleanclaim.practice.engine.judging.row_hints import evaluation_help, hint_of
from cleanclaim.practice.engine.notes.live_check import LiveCheck, findings_of, live_check
from cleanclaim.practice.engine.notes.taking_over import interventions_of_note
from cleanclaim.practice.models import Clinic, Visit
from cleanclaim.records import DecisionMaking, EvaluationFindings, Intervention, Presentation
from tests.practice.notes.conftest import VisitOf

DAY = date(2026, 9, 25)


def _check(visit: Visit) -> LiveCheck:
    clinic: Clinic = visit.clinic
    return live_check(clinic, visit, as_of=DAY)


def test_lines_come_with_the_sentence_that_explains_their_units(visit_of: VisitOf) -> None:
    found = _check(visit_of("V100"))
    assert [(line.code, line.modifiers, line.units, line.is_suggested) for line in found.lines] == [
        ("97110", (), 2, True),
        ("97140", (), 1, True),
    ]
    assert found.units.sentence == "45 timed minutes support 3 units: 97110 takes 2 (30 min), 97140 takes 1 (15 min)"
    assert (found.units.over, found.units.left, found.units.method) == (0, 0, "8-minute rule")
    assert [hint.code for hint in found.hints] == ["97110", "97140"]
    assert (
        found.hints[1].why
        == "“joint mobilization”: a joint moved by hand; “soft tissue release”: soft tissue worked by hand"
    )


def test_units_above_what_minutes_support_are_told_in_units(visit_of: VisitOf) -> None:
    found = _check(visit_of("V061"))
    assert (found.units.timed_units, found.units.supported_units, found.units.over, found.units.left) == (3, 2, 1, 0)
    (told,) = [one for one in found.findings if one.code == "UN101"]
    assert told.message == "3 timed units billed, 35 minutes support 2"
    assert told.fix == "Bill the units that the documented minutes support"
    assert told.source.startswith("CMS, Pub 100-04, ch. 5 §20.2.C (read 2026-11-21")
    assert told.is_blocking


def test_units_left_unbilled_are_told_too(visit_of: VisitOf) -> None:
    visit = visit_of("V061")
    assert visit.billed is not None
    visit.billed = [line | {"units": 1} for line in visit.billed[:1]]
    found = _check(visit)
    assert (found.units.over, found.units.left) == (0, 1)


def test_rules_that_compare_therapists_say_nothing_while_a_note_is_written_as_on_its_claim() -> None:
    found = [SimpleNamespace(code=code) for code in ("TD107", "UN101", "TH106")]
    assert [one.code for one in findings_of(SimpleNamespace(findings=found))] == ["UN101"]  # type: ignore[arg-type]


def test_an_amount_never_reaches_a_therapist(visit_of: VisitOf) -> None:
    with_money = {rule.code for rule in the_judge().rules if ":money" in rule.message}
    assert {"TH101", "CH101"} <= with_money
    visit = visit_of("V061")
    for number in ("V058", "V061", "V067", "V068", "V073", "V077", "V078", "V086", "V087", "V091"):
        found = _check(visit_of(number))
        words = [word for one in (*found.findings, *found.office, *found.mended) for word in (one.message, one.about)]
        assert not [word for word in words if re.search(r"\$|\d\.\d\d\b", word)], number
    assert visit.clinic_id is not None


def test_a_row_asks_and_one_answer_settles_it(visit_of: VisitOf) -> None:
    day = visit_of("V100").date_of_service
    asked = hint_of(Intervention(what="e-stim to the quad", minutes=12), "G0283", day)
    assert asked.is_open
    assert asked.helper == "stimulation"
    assert [one.code for one in asked.candidates] == ["97032", "G0283"]
    answered = hint_of(Intervention(what="e-stim to the quad", code="97032", minutes=12), "G0283", day)
    assert (answered.is_open, answered.code, answered.is_named) == (False, "97032", True)


@pytest.mark.parametrize(
    ("words", "codes"),
    [("fitted the new prosthesis and trained donning", {"97761", "97763"}), ("orthosis check", {"97760", "97763"})],
)
def test_a_device_has_a_helper_of_its_own(words: str, codes: set[str]) -> None:
    hint = hint_of(Intervention(what=words), "G0283", DAY)
    assert hint.helper == "device"
    assert codes <= {one.code for one in hint.candidates}


def test_what_is_not_billed_says_why() -> None:
    hint = hint_of(Intervention(what="hot pack while waiting, aide set it up"), "G0283", DAY)
    assert hint.not_billed
    assert hint.code == ""


@pytest.mark.parametrize(
    ("findings", "code", "documented"),
    [
        (EvaluationFindings(), None, 0),
        (EvaluationFindings(history_factors=1, elements_examined=3, presentation=Presentation.EVOLVING), None, 3),
        (
            EvaluationFindings(
                history_factors=1,
                elements_examined=3,
                presentation=Presentation.EVOLVING,
                decision_making=DecisionMaking.MODERATE,
            ),
            "97162",
            4,
        ),
        (
            EvaluationFindings(
                history_factors=3,
                elements_examined=4,
                presentation=Presentation.UNSTABLE,
                decision_making=DecisionMaking.LOW,
            ),
            "97161",
            4,
        ),
    ],
)
def test_the_level_of_an_evaluation_is_shown_by_component(
    findings: EvaluationFindings, code: str | None, documented: int
) -> None:
    found = evaluation_help(findings)
    assert found.level.code == code
    assert sum(part.is_documented for part in found.components) == documented


def test_the_lowest_component_is_named_as_the_one_that_holds_the_level() -> None:
    found = evaluation_help(
        EvaluationFindings(
            history_factors=3,
            elements_examined=4,
            presentation=Presentation.UNSTABLE,
            decision_making=DecisionMaking.LOW,
        )
    )
    assert [(part.name, part.allows, part.governs) for part in found.components] == [
        ("history_factors", "97163", False),
        ("elements_examined", "97163", False),
        ("presentation", "97163", False),
        ("decision_making", "97161", True),
    ]


def test_where_all_components_are_alike_none_holds_the_level() -> None:
    found = evaluation_help(EvaluationFindings(history_factors=1, elements_examined=3))
    assert [part.governs for part in found.components] == [False, False, False, False]
    assert found.level.at_most == "97162"


def test_a_plain_note_taken_over_bills_what_it_did_before(visit_of: VisitOf) -> None:
    visit = visit_of("V058")
    before = _check(visit)
    visit.interventions = interventions_of_note(visit, before.stimulation_code)
    after = _check(visit)
    assert [done["minutes"] for done in visit.interventions] == [30, 15]
    assert [(line.code, line.modifiers, line.units) for line in before.lines] == [
        ("97110", ("GP",), 2),
        ("97112", ("GP",), 1),
    ]
    assert [(line.code, line.modifiers, line.units) for line in after.lines] == [
        ("97110", ("GP",), 2),
        ("97112", ("GP",), 1),
    ]


def test_an_open_row_is_a_question_of_what_was_done_and_not_of_the_office(visit_of: VisitOf) -> None:
    visit = visit_of("V100")
    visit.interventions = [*(visit.interventions or ()), {"what": "e-stim to the quad", "minutes": 10, "by": "PT"}]
    found = _check(visit)
    assert [one.what for one in found.questions] == ["e-stim to the quad"]
    assert found.office_questions == ()
    assert "what is still in question is not counted yet" in found.units.notes


def test_a_missing_charge_is_the_offices_question(visit_of: VisitOf) -> None:
    visit = visit_of("V100")
    visit.interventions = [{"what": "ultrasound to the hamstring", "code": "97035", "minutes": 10, "by": "PT"}]
    asked = _check(visit)
    assert asked.questions == ()
    assert {one.what for one in asked.office_questions} <= {"97035"}
