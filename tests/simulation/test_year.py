"""The synthetic year as it is entered: who is treated when, what the notes hold, and what goes wrong."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from cleanclaim.records import By, Visit
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import clinic, doctors, packs, phrases, population, slips
from cleanclaim.simulation.people import member_number
from cleanclaim.simulation.slipping import Slipped
from cleanclaim.simulation.year import Year, make_year, of_month

VISITS = 2_500
SHAPE = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y]{2}\d\d"
)


@pytest.fixture(scope="module")
def year() -> Year:
    return make_year(VISITS, 7)


def found(year: Year, name: str) -> list[Slipped]:
    return [one for group in year.slips.values() for one in group if one.name == name]


def test_as_many_visits_are_treated_as_were_asked_for(year: Year) -> None:
    assert len(year.visits) - len(year.gone) == VISITS
    assert len({visit.id for visit in year.visits}) == len(year.visits)
    assert {visit.date_of_service.year for visit in year.visits} == {population().year}
    assert {visit.date_of_service.weekday() for visit in year.visits} <= {0, 1, 2, 3, 4}
    assert sum(len(of_month(year, month)) for month in range(1, 13)) == len(year.visits)


def test_the_same_seed_tells_the_same_year_and_another_another() -> None:
    first, again = make_year(200, 7), make_year(200, 7)
    assert (again.visits, again.patients, again.slips) == (first.visits, first.patients, first.slips)
    assert make_year(60, 8).visits != make_year(60, 7).visits


def test_nobody_treats_two_patients_in_one_hour(year: Year) -> None:
    hours = Counter(
        (visit.date_of_service, visit.time_in.hour, visit.assistant or visit.therapist)
        for visit in year.visits
        if visit.id not in year.gone and visit.time_in is not None
    )
    assert max(hours.values()) == 1


def test_notes_hold_words_and_minutes_and_no_codes(year: Year) -> None:
    known = {service.code for service in phrases().services.values()} | {"97014", "97161", "97163"}
    for visit in year.visits:
        text = visit.note.whole() if visit.note is not None else ""
        assert not [code for code in known if re.search(rf"\b{code}\b", text)]
        assert all(done.code is None for done in visit.interventions or ())


def test_lines_are_keyed_for_some_treatments_and_no_evaluation(year: Year) -> None:
    keyed = [visit for visit in year.visits if visit.billed is not None]
    assert 250 < len(keyed) < 500
    assert not [visit for visit in keyed if visit.id.endswith("-01")]
    charges = clinic().charges
    right = [one for one in keyed if one.id not in year.slips]
    for line in (line for visit in right for line in visit.billed or ()):
        assert line.charge_cents == charges[line.code] * (line.units or 0)


def test_the_totals_of_a_note_are_those_of_its_services(year: Year) -> None:
    for visit in year.visits:
        _care, told = year.care[visit.id]
        assert told.visit.total_treatment_minutes == sum(one.minutes for one in told.done)
        assert all(one.minutes >= 8 for one in told.done)


def test_every_code_that_is_meant_has_a_charge() -> None:
    codes = {service.code for service in phrases().services.values()} | {one.stimulation for one in population().payers}
    assert codes <= set(clinic().charges)


def test_the_material_is_whole() -> None:
    assert sum(one.share for one in population().payers) == 10_000
    assert sum(one.credential.value == "PT" for one in clinic().therapists) == 8
    assert sum(one.credential.value == "PTA" for one in clinic().therapists) == 4
    assert len(doctors()) == 8
    assert set(packs()) == {"cedar_mutual", "willow_plan", "harbor_casualty"}
    assert {one.pack for one in population().payers} >= set(packs())
    for region in phrases().regions:
        assert set(region.timed) | set(region.untimed) <= set(phrases().services)


def test_medicare_numbers_have_their_shape_and_are_different() -> None:
    numbers = [member_number("medicare", number) for number in range(3_000)]
    assert len(set(numbers)) == 3_000
    assert [one for one in numbers if not SHAPE.fullmatch(one)] == []


# --- what goes wrong ------------------------------------------------------------------------------------------


def entered(year: Year, key: str) -> Visit:
    return next(visit for visit in year.visits if visit.id == key)


def test_every_kind_of_slip_happens_in_a_year(year: Year) -> None:
    assert {one.name for group in year.slips.values() for one in group} == set(slips())


def test_a_slip_is_told_in_its_own_words_and_of_visits_there_are(year: Year) -> None:
    keys = {visit.id for visit in year.visits}
    for one in (one for group in year.slips.values() for one in group):
        assert (one.what, one.who) == (slips()[one.name].what, slips()[one.name].who)
        assert set(one.visits) <= keys


def test_a_visit_entered_twice_is_gone_once_found(year: Year) -> None:
    twice = found(year, "entered_twice")
    assert len(twice) == len(year.gone) > 0
    for one in twice:
        first, second = entered(year, one.key), entered(year, f"{one.key}B")
        assert second == first.model_copy(update={"id": second.id})


def test_a_visit_in_a_drawer_comes_in_seven_months_late(year: Year) -> None:
    late = found(year, "found_in_a_drawer")
    assert late
    for one in late:
        visit = entered(year, one.key)
        assert (year.entered[visit.id] - visit.date_of_service).days == 210


def test_slips_in_keyed_lines_change_what_they_say(year: Year) -> None:
    for one in found(year, "unit_too_many"):
        wrong, right = entered(year, one.key).billed or (), year.mended_visits[one.key].billed or ()
        assert (wrong[0].units or 0) - (right[0].units or 0) == 1
        assert wrong[1:] == right[1:]
    for one in found(year, "service_left_out"):
        assert entered(year, one.key).billed == (year.mended_visits[one.key].billed or ())[:-1]
    for one in found(year, "keyed_twice"):
        lines = entered(year, one.key).billed or ()
        assert lines[-1] == lines[0]
    for one in found(year, "assistant_not_told"):
        assert any(done.by is By.PTA for done in year.care[one.key][1].done)
        assert not any("CQ" in line.modifiers for line in entered(year, one.key).billed or ())


def test_slips_of_patients_change_what_is_on_file(year: Year) -> None:
    for one in found(year, "member_number_mistyped"):
        wrong, right = year.patients[one.key].coverages[0], year.mended_patients[one.key].coverages[0]
        assert sorted(wrong.member_id) == sorted(right.member_id)
        assert wrong.member_id != right.member_id
        assert [SHAPE.fullmatch(one.member_id) is not None for one in (wrong, right)] == [False, True]
    for one in found(year, "approval_not_typed_in"):
        assert year.patients[one.key].coverages[0].authorizations == ()
        assert len(year.mended_patients[one.key].coverages[0].authorizations or ()) == 1
    for one in found(year, "plan_not_certified"):
        plans = year.patients[one.key].plans_of_care or ()
        assert [plan.certifications for plan in plans] == [()]


@pytest.mark.parametrize(("share", "least", "most"), [(0, 0, 0), (10_000, 2_000, 2_000), (2_500, 430, 570)])
def test_a_chance_is_what_its_share_says(share: int, least: int, most: int) -> None:
    assert least <= sum(Draws(1, "draw", str(number)).happens(share) for number in range(2_000)) <= most
