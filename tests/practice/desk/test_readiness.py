"""What a patient lacks before a claim: the engine's words, counted exactly, settled by this month's answers only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cleanclaim.bill.job import the_judge
from cleanclaim.facts.kit import Reach
from cleanclaim.practice.engine.judging.setting import gather
from cleanclaim.practice.engine.patients.eligibility import Answered, answer_on, medicare_facts
from cleanclaim.practice.engine.patients.front_desk import front_desk, medicare_questions, secondary_reasons
from cleanclaim.practice.engine.patients.readiness import Readiness, readiness_of
from cleanclaim.practice.models import Clinic, Coverage, EligibilityAnswer, Patient, Provider, Referral, Visit
from cleanclaim.rules.book import entry
from cleanclaim.x12.guide import load_guide

DAY = date(2026, 9, 25)


def _of(clinic: Clinic, number: str, on: date = DAY) -> Readiness:
    (found,) = readiness_of(clinic, [Patient.objects.get(number=number)], on=on)
    return found


def _said(found: Readiness) -> list[tuple[str, str, str]]:
    return [(item.standing.value, item.section, item.rule) for item in found.items]


def _answer(clinic: Clinic, number: str, asked_on: date = DAY, **told: object) -> EligibilityAnswer:
    coverage = Coverage.objects.get(patient__number=number, order="primary")
    made: EligibilityAnswer = EligibilityAnswer.objects.create(
        clinic=clinic, coverage=coverage, asked_on=asked_on, source="portal", **told
    )
    return made


def _bare(clinic: Clinic, **given: object) -> Patient:
    values = {"birth_date": date(1950, 1, 1), "sex": "F", "line1": "", "city": "", "state": "IL", "zip_code": "6061"}
    made: Patient = Patient.objects.create(
        clinic=clinic, number="PX", family_name="Newman", given_name="Ann", **{**values, **given}
    )
    return made


def test_every_rule_and_code_of_the_front_desk_is_one_of_the_engine() -> None:
    assert [rule for rule in front_desk().section_of if entry(rule) is None] == []
    assert {rule for rules in front_desk().told_by.values() for rule in rules} <= set(front_desk().section_of)
    assert set(front_desk().in_words) <= set(front_desk().section_of)
    assert sorted(secondary_reasons()) == sorted(load_guide().codes["medicare_secondary_type"])


def test_no_rule_of_the_front_desk_looks_at_other_patients_so_only_the_patients_own_visits_are_read(
    inside: Clinic,
) -> None:
    assert {the_judge().reach(rule) for rule in the_judge().rules if rule.code in front_desk().section_of} == {
        Reach.PATIENT
    }
    visit = Visit.objects.get(number="V001")
    assert visit.status == "signed"
    day = visit.date_of_service
    numbers = [
        {one.patient_id for one in gather(inside, [visit], as_of=day, reach=reach).history}
        for reach in (Reach.PATIENT, Reach.THERAPIST)
    ]
    assert numbers[0] <= {visit.patient.number}
    assert numbers[1] > numbers[0]


def test_a_known_patient_lacks_only_what_nobody_asked(inside: Clinic) -> None:
    found = _of(inside, "P101")
    assert _said(found) == [("open", "eligibility", "PY107"), ("open", "eligibility", "TF104")]
    assert (found.passed, found.asked, found.score, found.is_ready) == (19, 21, 90, False)
    assert found.items[0].what == "Nobody has asked Medicare this month whether a home health plan is open."


def test_answers_of_the_month_make_the_patient_ready(inside: Clinic) -> None:
    _answer(inside, "P101", home_health_open=False, is_active=True)
    found = _of(inside, "P101")
    assert (_said(found), found.passed, found.score, found.is_ready) == ([], 22, 100, True)


@pytest.mark.parametrize(("asked_on", "count"), [(date(2026, 9, 1), 0), (date(2026, 8, 31), 2)])
def test_an_answer_holds_for_its_month(inside: Clinic, asked_on: date, count: int) -> None:
    _answer(inside, "P101", asked_on, home_health_open=False, is_active=True)
    assert len(_of(inside, "P101").items) == count


def test_an_open_home_health_plan_is_a_problem_of_the_engine(inside: Clinic) -> None:
    _answer(inside, "P101", home_health_open=True, is_active=True)
    (item,) = _of(inside, "P101").items
    assert (item.standing.value, item.section, item.rule) == ("problem", "eligibility", "PY107")
    assert item.what == "A home health episode covers Sep 25, 2026, Medicare pays its therapy to the agency."


def test_coverage_that_is_not_in_force_is_a_problem(inside: Clinic) -> None:
    _answer(inside, "P101", home_health_open=False, is_active=False)
    assert ("problem", "coverages", "TF104") in _said(_of(inside, "P101"))


@pytest.mark.parametrize(("left", "said"), [(1, []), (0, [("problem", "eligibility", "PY103")])])
def test_visits_that_the_payer_still_pays(inside: Clinic, left: int, said: list[tuple[str, str, str]]) -> None:
    _answer(inside, "P122", is_active=True, visits_remaining=left)
    assert _said(_of(inside, "P122")) == said


@pytest.mark.parametrize(
    ("number", "said", "words"),
    [
        (
            "P141",
            ("problem", "coverages", "ID202"),
            "The Medicare number has not the form of a beneficiary identifier.",
        ),
        ("P116", ("problem", "orders", "ID109"), "No certifying provider on the claim, the payer wants one."),
        ("P131", ("problem", "coverages", "ID212"), "No claim number of the carrier."),
        ("P129", ("problem", "authorizations", "AU104"), "Treated on Sep 25, 2026, authorization PHP2607129 ended on"),
        ("P119", ("open", "authorizations", "AU106"), "How many of the authorized units are left is not known"),
        ("P133", ("open", "coverages", ""), "No coverage is on file."),
        ("P133", ("open", "estimate", "PY106"), "Whether the patient has a good faith estimate is not known."),
    ],
)
def test_what_the_sample_patients_lack(inside: Clinic, number: str, said: tuple[str, str, str], words: str) -> None:
    found = _of(inside, number)
    (item,) = [one for one in found.items if (one.standing.value, one.section, one.rule) == said]
    assert item.what.startswith(words)


def test_a_bare_patient_lacks_an_address_and_a_card_each_told_once(inside: Clinic) -> None:
    one = _bare(inside)
    Coverage.objects.create(clinic=inside, patient=one, payer="stonegate_casualty")
    found = _of(inside, "PX")
    assert [item for item in _said(found) if item[0] == "problem"] == [
        ("problem", "identity", "ID205"),
        ("problem", "identity", "ID225"),
        ("problem", "coverages", "ID201"),
        ("problem", "coverages", "ID212"),
        ("problem", "coverages", "ID213"),
        ("problem", "coverages", "ID233"),
        ("problem", "accident", "ID211"),
        ("problem", "orders", "ID109"),
        ("problem", "orders", "PY105"),
    ]
    assert (
        next(item.what for item in found.items if item.rule == "ID225") == "The patient's address lacks street, city."
    )


def test_a_gap_of_the_claim_file_alone_is_told_too(inside: Clinic) -> None:
    one = _bare(inside, line1="4 Elm St", city="Chicago", zip_code="60616")
    Coverage.objects.create(
        clinic=inside, patient=one, payer="larkspur_mutual", member_id="M1", payer_identifier="SYNLM01"
    )
    Coverage.objects.create(clinic=inside, patient=one, payer="aetna", order="secondary", payer_identifier="60054")
    problems = [item.what for item in _of(inside, "PX").items if item.standing.value == "problem"]
    assert problems == ["Other payer member id: expected an identifier."]


def test_an_order_counts_before_there_is_a_plan(inside: Clinic) -> None:
    one = _bare(inside)
    Coverage.objects.create(clinic=inside, patient=one, payer="medicare_b", member_id="1EG4TE5MK99")
    assert ("problem", "orders", "ID109") in _said(_of(inside, "PX"))
    doctor = Provider.objects.filter(treats=False).first()
    Referral.objects.create(clinic=inside, patient=one, by=doctor, on=DAY + timedelta(days=1))
    assert ("problem", "orders", "ID109") in _said(_of(inside, "PX"))
    Referral.objects.create(clinic=inside, patient=one, by=doctor, on=DAY)
    assert ("problem", "orders", "ID109") not in _said(_of(inside, "PX"))


def test_a_patient_known_to_pay_lacks_no_card(inside: Clinic) -> None:
    one = _bare(inside, line1="4 Elm St", city="Chicago", zip_code="60616", good_faith_estimate_on_file=True)
    Coverage.objects.create(clinic=inside, patient=one, payer="cash", payer_name="Cash", authorizations_known=True)
    assert [item for item in _of(inside, "PX").items if item.standing.value == "problem"] == []


def test_without_a_therapist_nothing_can_be_asked(inside: Clinic) -> None:
    Provider.objects.filter(credential="PT").update(treats=False)
    assert readiness_of(inside, [Patient.objects.get(number="P101")], on=DAY) == []


def test_patients_asked_together_are_answered_as_alone(inside: Clinic) -> None:
    people = list(Patient.objects.filter(number__in=["P101", "P116", "P128", "P133", "P141"]))
    together = readiness_of(inside, people, on=DAY)
    assert [_said(one) for one in together] == [_said(_of(inside, one.number)) for one in people]


def test_medicares_questions_stand_good_bad_or_not_known(inside: Clinic) -> None:
    coverage = Coverage.objects.get(patient__number="P101", order="primary")
    first = _answer(inside, "P101", date(2026, 9, 2), hospice=True, part_a_stay=False, other_payer_first=True)
    later = _answer(inside, "P101", date(2026, 9, 20), hospice=False)
    facts = {fact.name: fact for fact in medicare_facts(coverage, [first, later], DAY)}
    assert {name: fact.standing.value for name, fact in facts.items()} == {
        "home_health_open": "unknown",
        "part_a_stay": "good",
        "hospice": "good",
        "other_payer_first": "problem",
    }
    assert facts["home_health_open"].fix == ""
    assert facts["other_payer_first"].fix.startswith("Put the other coverage first")
    coverage.order = "secondary"
    again = {fact.name: fact.standing for fact in medicare_facts(coverage, [first, later], DAY)}
    assert again["other_payer_first"] is Answered.GOOD
    october = medicare_facts(coverage, [first, later], date(2026, 10, 1))
    assert {fact.standing for fact in october} == {Answered.UNKNOWN}


def test_each_of_medicares_questions_names_its_source() -> None:
    assert [(one.name, bool(one.source.section)) for one in medicare_questions()] == [
        ("home_health_open", True),
        ("part_a_stay", True),
        ("hospice", True),
        ("other_payer_first", True),
    ]


def test_the_latest_answer_of_the_month_counts(inside: Clinic) -> None:
    early, late = _answer(inside, "P101", date(2026, 9, 1)), _answer(inside, "P101", date(2026, 9, 30))
    before = _answer(inside, "P101", date(2026, 8, 31))
    assert answer_on([early, before, late], DAY) == late
    assert answer_on([before], DAY) is None
    assert answer_on([before], date(2026, 8, 1)) == before
