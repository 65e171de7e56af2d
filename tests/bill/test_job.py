"""From a visit to a claim: what is proposed, what is asked, what is held, what goes out."""

from __future__ import annotations

from typing import Any

from cleanclaim.bill.job import ClaimState
from cleanclaim.bill.output import Written, claim_document, summary
from cleanclaim.bill.prepare import prepare
from cleanclaim.records import Patient
from tests.bill.conftest import PATIENT, billed, patient, visit

NOTE = (
    "S: Low back pain 4/10.\n"
    "O: Therapeutic exercise: bridges and clamshells x 24 min with cues for form. "
    "Manual therapy: grade III mobilizations L4-5 x 14 min. Unattended interferential stimulation 15 min.\n"
    "Total timed minutes 38. Total treatment time 53 min.\n"
    "A: Flexion improved 10 degrees; skilled cues needed to prevent compensation.\n"
)


def lines(result: object) -> list[tuple[object, ...]]:
    (item,) = result.claims  # type: ignore[attr-defined]
    return [(line["code"], line["units"], tuple(line["modifiers"]), line["charge_cents"]) for line in item.lines]


def test_a_note_alone_becomes_lines_with_units_modifiers_and_charges() -> None:
    result = billed(visit(note={"text": NOTE}))

    assert lines(result) == [
        ("97110", 2, ("GP",), 12000),
        ("97140", 1, ("GP",), 6000),
        ("G0283", 1, ("GP",), 3000),
    ]
    assert result.claims[0].state is ClaimState.READY


def test_stimulation_is_coded_as_the_payer_takes_it() -> None:
    done = [{"what": "unattended interferential stimulation to low back", "minutes": 15, "by": "PT"}]

    medicare = billed(visit(interventions=done))

    assert [line[0] for line in lines(medicare)] == ["G0283"]


def test_a_code_by_the_hour_takes_a_unit_for_each_hour_begun_past_its_middle() -> None:
    def units(minutes: int) -> list[object]:
        done = [{"what": "cognitive testing", "code": "96125", "minutes": minutes, "by": "PT"}]
        return [line[1] for line in lines(billed(visit(interventions=done)))]

    assert (units(31), units(90), units(91)) == ([1], [1], [2])


def test_an_assistants_unit_is_a_line_of_its_own() -> None:
    done = [
        {"what": "strengthening exercise", "code": "97110", "minutes": 15, "by": "PT"},
        {"what": "strengthening exercise", "code": "97110", "minutes": 13, "by": "PTA"},
    ]

    assert lines(billed(visit(interventions=done, assistant="a1"))) == [
        ("97110", 1, ("GP",), 6000),
        ("97110", 1, ("GP", "CQ"), 6000),
    ]


def test_minutes_that_nobody_stated_are_a_question_not_a_guess() -> None:
    result = billed(visit(interventions=[{"what": "strengthening exercise", "code": "97110", "by": "PT"}]))

    (item,) = result.claims
    assert item.state is ClaimState.QUESTION
    assert [question.question for question in item.prepared.questions] == ["How many minutes was 97110 furnished?"]
    assert item.claim is None


def test_an_unknown_unit_method_is_a_question_where_the_methods_differ() -> None:
    done = [
        {"what": "exercise", "code": "97110", "minutes": 20, "by": "PT"},
        {"what": "mobilization", "code": "97140", "minutes": 20, "by": "PT"},
    ]
    person = patient(coverages=[PATIENT["coverages"][0] | {"payer": "humana"}])

    (item,) = billed(visit(interventions=done), who=person).claims

    assert item.state is ClaimState.QUESTION
    assert "How does this payer count units? 20 minutes are 2 by the 8-minute rule and 1 by the midpoint rule." in [
        question.question for question in item.prepared.questions
    ]


def test_a_payer_named_by_a_person_counts_the_units_of_a_visit_without_one() -> None:
    done = [
        {"what": "exercise", "code": "97110", "minutes": 20, "by": "PT"},
        {"what": "mobilization", "code": "97140", "minutes": 20, "by": "PT"},
    ]
    (nobody,) = prepare([visit(interventions=done)], {}, None, {})
    (medicare,) = prepare([visit(interventions=done)], {}, None, {}, default_payer="medicare_b")
    (known,) = prepare([visit(interventions=done)], {"P1": patient()}, None, {}, default_payer="humana")

    assert [line.units for line in nobody.case.lines] == [None, 1]  # either method gives 97140 one
    assert [line.units for line in medicare.case.lines] == [2, 1]
    assert medicare.questions == ()
    assert (medicare.case.payer(), known.case.payer()) == ("medicare_b", "medicare_b")


def test_a_line_that_is_billed_is_kept_as_billed_and_judged() -> None:
    given = [{"code": "97110", "modifiers": ["GP"], "units": 3, "charge_cents": 18000}]
    done = [{"what": "exercise", "code": "97110", "minutes": 30, "by": "PT"}]

    (item,) = billed(visit(billed=given, interventions=done)).claims

    assert [line["units"] for line in item.lines] == [3]
    assert item.state is ClaimState.HELD
    assert "3 timed units billed, 30 minutes support 2" in [finding.message for finding in item.findings]


def test_a_safe_fix_is_made_at_once_and_told() -> None:
    given = [{"code": "97110", "modifiers": [], "units": 2, "charge_cents": 12000}]
    done = [{"what": "exercise", "code": "97110", "minutes": 30, "by": "PT"}]

    (item,) = billed(visit(billed=given, interventions=done)).claims

    assert [line["modifiers"] for line in item.lines] == [["GP"]]
    assert [finding.code for finding in item.mended] == ["MD101"]
    assert [(change.field, change.old, change.new) for change in item.mended[0].changes] == [("modifiers", (), ("GP",))]


def test_a_patient_without_coverage_receives_a_superbill() -> None:
    done = [{"what": "exercise", "code": "97110", "minutes": 30, "by": "PT"}]
    given = [{"code": "97110", "units": 2, "charge_cents": 12000}]

    (item,) = billed(visit(billed=given, interventions=done), who=patient(coverages=[], plans_of_care=[])).claims

    assert item.prepared.case.payer() == "cash"
    assert item.claim is not None
    assert item.state is ClaimState.SUPERBILL


def test_the_claim_names_therapist_referrer_and_dates() -> None:
    (item,) = billed(visit(note={"text": NOTE})).claims

    assert item.claim is not None
    assert item.claim.rendering.npi == "1245319599"
    assert item.claim.referring is not None
    assert item.claim.referring.npi == "1003000126"
    assert (str(item.claim.onset_on), str(item.claim.initial_treatment_on)) == ("2026-01-10", "2026-02-02")
    assert item.claim.total_charge_cents == 21000


def test_records_decide_what_rules_on_evaluations_and_estimates_ask() -> None:
    def codes(who: Patient | None = None, **changes: Any) -> set[str]:
        (item,) = billed(visit(**changes), who=who).claims
        waiting = {f"{missed.code}?" for missed in item.unjudged}
        return {code for code in ("EV103", "EV201", "PY106") if code in {one.code for one in item.findings}} | {
            code for code in waiting if code in {"EV103?", "EV201?", "PY106?"}
        }

    evaluation: dict[str, Any] = {"kind": "evaluation", "billed": [{"code": "97161", "modifiers": ["GP"], "units": 1}]}
    assert codes(**evaluation) == {"EV103?"}
    assert codes(**evaluation, outcome_measure="") == {"EV103"}
    assert codes(**evaluation, outcome_measure="Oswestry 42%") == set()
    again: dict[str, Any] = {"kind": "reevaluation", "billed": [{"code": "97164", "modifiers": ["GP"], "units": 1}]}
    assert codes(**again) == {"EV201?"}
    assert codes(**again, reevaluation_reason="") == {"EV201"}
    assert codes(**again, reevaluation_reason="new knee pain since the fall") == set()
    treatment: dict[str, Any] = {"billed": [{"code": "97110", "units": 1}]}
    cash: dict[str, Any] = {"coverages": [], "plans_of_care": []}
    assert codes(patient(**cash), **treatment) == {"PY106?"}
    assert codes(patient(**cash), **treatment, good_faith_estimate_on_file=False) == {"PY106"}
    assert codes(patient(**cash, good_faith_estimate_on_file=True), **treatment) == set()


def test_what_a_note_names_and_the_reader_leaves_out_is_told_with_its_reason() -> None:
    text = NOTE.replace("Total timed", "Ultrasound declined today. Total timed") + (
        "P: Next visit progress to gait training on stairs.\nHEP: clamshells 3 x 10 at home.\n"
    )
    item = billed(visit(note={"text": text})).claims[0]

    told = {(entry["why"], entry["what"].lower()) for entry in claim_document(item)["left_out"]}
    assert {why for why, _ in told} == {"negated", "planned", "home program"}
    assert any("ultrasound" in what for why, what in told if why == "negated")
    assert any("gait training" in what for why, what in told if why == "planned")
    assert any("clamshells" in what for why, what in told if why == "home program")
    assert summary(billed(visit(note={"text": text})), (), Written())["left_out"] == {
        why: sum(one == why for one, _ in told) for why in ("home program", "negated", "planned")
    }


def test_a_listed_intervention_leaves_nothing_of_the_note_out() -> None:
    done = [{"what": "strengthening exercise", "code": "97110", "minutes": 24, "by": "PT"}]
    text = NOTE + "P: Ultrasound declined today.\n"
    item = billed(visit(note={"text": text}, interventions=done)).claims[0]

    assert claim_document(item)["left_out"] == []
