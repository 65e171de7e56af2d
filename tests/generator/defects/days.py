"""Days that cannot have been: one therapist with more minutes than the clinic was open, one patient treated all day.

Several patients of one therapist stand in one case. The clinic's own bounds are part of its record.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from random import Random

from cleanclaim.records import BilledLine, Credential, Signature
from cleanclaim.records.clinic import VisitBounds
from tests.generator.clean import Case, Wish
from tests.generator.defects.planting import (
    LARKSPUR,
    MEDICARE,
    THERAPIST,
    Spot,
    change_visit,
    defect,
    done_at,
    like_first,
    lines_of,
    with_totals,
)
from tests.generator.terms import CHARGES

OPEN = 600
"""Minutes that the clinic is open on a day."""


def bounded(case: Case, **bounds: object) -> Case:
    """The case in a clinic that sets itself bounds."""
    return replace(case, clinic=case.clinic.model_copy(update={"bounds": VisitBounds.model_validate(bounds)}))


def company(case: Case, rng: Random, count: int, minutes: int) -> Case:
    """The first visit, and `count` patients more of the same therapist on that day, each with `minutes` one-on-one.

    No clock is noted, so that only the sum can tell. Notes differ in every sentence.
    """
    first = case.visits[0]
    visits, patients = [], []
    units = minutes // 15
    line = lines_of(replace(case, visits=(first,)))[0]
    for number in range(count):
        key = f"{case.patient.id}N{number:02}"
        member = f"{case.patient.coverages[0].member_id[:-2]}{number:02}"
        policy = case.patient.coverages[0].model_copy(update={"member_id": member})
        patients.append(
            case.patient.model_copy(
                update={
                    "id": key,
                    "coverages": (policy,),
                    "birth_date": case.patient.birth_date.replace(day=1 + number % 28),
                }
            )
        )
        texts = {
            part: f"{part} {rng.randint(10, 99)} {rng.choice('abcdefgh')}{number} noted in words of its own, {rng.random()}"
            for part in ("subjective", "assessment", "plan")
        }
        visit = first.model_copy(
            update={
                "id": f"{first.id}N{number:02}",
                "patient_id": key,
                "interventions": (
                    done_at(first)[0].model_copy(
                        update={"minutes": minutes, "starts_at": None, "progress": f"{number} more"}
                    ),
                ),
                "billed": (line.model_copy(update={"units": units, "charge_cents": CHARGES[line.code] * units}),),
                "total_timed_minutes": minutes,
                "total_treatment_minutes": minutes,
                "time_in": None,
                "time_out": None,
            }
        )
        note = with_totals(first, minutes, minutes).model_copy(update=texts)
        visits.append(visit.model_copy(update={"note": note}))
    return replace(case, patients=tuple(patients), visits=tuple(visits), alone=True)


@defect("therapists-share-one-number", "Eight therapists treat on one day under one identifier.",
        *(replace(wish, visits=1, evaluation=False, codes=("97110",), least=23) for wish in (THERAPIST, replace(LARKSPUR, mode="pt"))))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    crowd = company(case, rng, 8, 30)
    people = crowd.clinic.therapists
    shared = tuple(who.model_copy(update={"npi": people[0].npi}) if who.npi else who for who in people)
    visits = tuple(
        visit.model_copy(
            update={
                "therapist": f"t{number:02}",
                "signatures": (Signature(credential=Credential.PT, on=visit.date_of_service, by=f"t{number:02}"),),
            }
        )
        for number, visit in enumerate(crowd.visits)
    )
    clinic = crowd.clinic.model_copy(update={"therapists": shared})
    return replace(crowd, clinic=clinic, visits=visits), tuple(visit.id for visit in visits), "therapist"


@defect("therapist-day-too-long", "One therapist's one-on-one minutes of a day add up to more than the clinic was open.",
        *(replace(wish, visits=1, evaluation=False, codes=("97110",)) for wish in (THERAPIST, replace(LARKSPUR, mode="pt"))))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    crowd = bounded(company(case, rng, 14, 45), open_minutes=(OPEN,) * 7)
    assert OPEN < 14 * 45
    return crowd, tuple(visit.id for visit in crowd.visits), "day"


@defect("therapist-day-of-twenty-hours", "One therapist's one-on-one minutes of a day add up to twenty hours.",
        *(replace(wish, visits=1, evaluation=False, codes=("97110",)) for wish in (THERAPIST, replace(LARKSPUR, mode="pt"))))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    crowd = company(case, rng, 20, 60)
    return crowd, tuple(visit.id for visit in crowd.visits), "day"


@defect("patient-treated-all-day", "One patient has ten hours of one-on-one treatment on one day.",
        replace(MEDICARE, visits=1, evaluation=False, codes=("97110",), mode="pt"), replace(LARKSPUR, visits=1, evaluation=False, codes=("97110",), mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    visit = case.visits[-1]
    codes = ("97110", "97112", "97140", "97530", "97535", "97116", "97542")
    done = tuple(like_first(case, code, 90, "as planned", side=None) for code in codes)
    gp = lines_of(case)[0].modifiers
    lines = tuple(BilledLine(code=code, modifiers=gp, units=6, charge_cents=CHARGES[code] * 6) for code in codes)
    total = 90 * len(codes)
    return change_visit(
        case, interventions=done, billed=lines, total_timed_minutes=total, total_treatment_minutes=total,
        note=with_totals(visit, total, total), time_in=time(7, 0), time_out=time(18, 0),
    )  # fmt: skip


BOUNDED = tuple(
    Wish(payer=name, billed=True, evaluation=False, least=15, mode="pt") for name in ("medicare_b", "larkspur_mutual")
)


@defect("visit-longer-than-expected", "A visit lasts longer than the clinic's visits do.", *BOUNDED)
def _(case: Case, _rng: Random) -> Spot:
    visit = case.visits[-1]
    assert visit.time_in is not None
    late = visit.time_in.replace(hour=visit.time_in.hour + 3)
    changed, ids, place = change_visit(case, time_out=late)
    return bounded(changed, visit_minutes=(10, 120)), ids, place


@defect("visit-shorter-than-expected", "A visit is over sooner than the clinic's visits are.", *BOUNDED)
def _(case: Case, _rng: Random) -> Spot | None:
    return bounded(case, visit_minutes=(100, 120)), (case.visits[-1].id,), "day"


@defect("more-units-than-expected", "A visit has more units than the clinic ever bills.", *BOUNDED)
def _(case: Case, _rng: Random) -> Spot | None:
    if sum(line.units or 0 for line in lines_of(case)) < 3:
        return None
    return bounded(case, units=(1, 2)), (case.visits[-1].id,), "day"


@defect("fewer-units-than-expected", "A visit has fewer units than the clinic expects of one.", *BOUNDED)
def _(case: Case, _rng: Random) -> Spot | None:
    if sum(line.units or 0 for line in lines_of(case)) > 3:
        return None
    return bounded(case, units=(4, 8)), (case.visits[-1].id,), "day"
