"""Clean visits that stand just inside a limit: the last day, the last visit, the most units, the smallest amount.

Each kind takes a clean case to the edge of one limit of facts.md or facts_checked.md; a rule that flags it is wrong
by a day, a visit, a minute or a cent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from cleanclaim.records import CertificationMethod
from tests.generator.clean import Case, Maker, Wish
from tests.generator.code_tables import unlikely
from tests.generator.defects.days import bounded, company
from tests.generator.defects.planting import (
    ANY,
    LARKSPUR,
    MEDICARE,
    PAIRED_QUARTER,
    PRAIRIE,
    STONEGATE,
    change_authorization,
    change_coverage,
    change_diagnoses,
    change_organization,
    change_patient,
    change_plan,
    change_visit,
    done_at,
    last_day,
    lines_of,
    plan_of,
    with_totals,
)
from tests.generator.defects.second_payers import answered
from tests.generator.terms import CHARGES, THRESHOLD, UNATTENDED

Edge = Callable[[Case, Random], Case | None]


@dataclass(frozen=True, slots=True)
class Near:
    """One kind of near miss."""

    label: str
    sentence: str
    wishes: tuple[Wish, ...]
    edge: Edge


NEAR: dict[str, Near] = {}


def near(label: str, sentence: str, *wishes: Wish) -> Callable[[Edge], Edge]:
    """Register a kind of near miss; the wishes are taken in turn."""

    def keep(edge: Edge) -> Edge:
        assert label not in NEAR, label
        NEAR[label] = Near(label, sentence, wishes or ANY, edge)
        return edge

    return keep


def near_misses(count: int, seed: int) -> Iterator[tuple[str, Case]]:
    """`count` clean cases at the edge of a limit, spread evenly over the kinds."""
    maker = Maker(seed, "N")
    kinds = list(NEAR.values())
    for number in range(count):
        kind = kinds[number % len(kinds)]
        wish = kind.wishes[(number // len(kinds)) % len(kind.wishes)]
        for _ in range(300):
            mark = len(maker.schedule.journal)
            case = kind.edge(maker.case(wish), maker.rng)
            if case is not None:
                break
            maker.schedule.undo(mark)
        else:
            raise AssertionError(f"{kind.label}: no clean case fits")
        yield kind.label, case


ONE = (
    replace(MEDICARE, codes=("97110",), evaluation=False, mode="pt", visits=1),
    replace(LARKSPUR, codes=("97110",), evaluation=False, mode="pt", visits=1),
)


def _timed(case: Case, minutes: int, units: int) -> Case:
    """The one timed service of the last visit with these minutes and units."""
    visit = case.visits[-1]
    assert visit.time_in is not None
    ends = visit.time_in.hour * 60 + visit.time_in.minute + minutes
    line = lines_of(case)[0]
    return change_visit(
        case, interventions=(done_at(visit)[0].model_copy(update={"minutes": minutes}),),
        billed=(line.model_copy(update={"units": units, "charge_cents": CHARGES[line.code] * units}),),
        total_timed_minutes=minutes, total_treatment_minutes=minutes, note=with_totals(visit, minutes, minutes),
        time_out=visit.time_in.replace(hour=ends // 60, minute=ends % 60),
    )[0]  # fmt: skip


@near("minutes-at-the-edge", "Eight minutes are one unit, twenty-two still one, twenty-three two.", *ONE)
def _(case: Case, rng: Random) -> Case:
    return _timed(case, *rng.choice(((8, 1), (22, 1), (23, 2), (37, 2), (38, 3))))


@near(
    "units-at-the-limit",
    "A day has as many units of a code as Medicare believes.",
    replace(PAIRED_QUARTER, codes=("97110",), evaluation=False, mode="pt", visits=1),
)
def _(case: Case, _rng: Random) -> Case:
    most = unlikely()["97110"]
    return _timed(case, 15 * most, most)


@near(
    "last-day-of-the-plan",
    "The visit is on the last day of the plan and of its certification.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Case:
    (certified,) = plan_of(case).certifications or ()
    ends = last_day(case)
    return change_plan(case, "", through=ends, certifications=(certified.model_copy(update={"through": ends}),))[0]


@near("ninetieth-day", "The visit is on the ninetieth day after the first treatment, the first one counted.",
      replace(MEDICARE, evaluation=False, visits=1))  # fmt: skip
def _(case: Case, _rng: Random) -> Case:
    plan = plan_of(case)
    (certified,) = plan.certifications or ()
    ends = last_day(case)
    begun = ends - timedelta(days=89)
    assert plan.order is not None
    first = certified.model_copy(
        update={
            "method": CertificationMethod.SIGNED,
            "on": begun + timedelta(days=4),
            "verbal_on": None,
            "through": ends,
        }
    )
    return change_plan(
        case, "", established_on=begun, first_treatment_on=begun, through=ends, certifications=(first,), sent_on=begun, duration_weeks=13,
        order=plan.order.model_copy(update={"on": begun - timedelta(days=2)}), onset_on=begun - timedelta(days=20),
        treatment_days_before=(begun, ends - timedelta(days=4)), progress_reports=(),
    )[0]  # fmt: skip


@near(
    "signed-on-the-thirtieth-day",
    "The plan was certified thirty days after the first treatment.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Case | None:
    (certified,) = plan_of(case).certifications or ()
    on = plan_of(case).established_on + timedelta(days=30)
    if on > case.as_of:
        return None
    late = certified.model_copy(update={"method": CertificationMethod.SIGNED, "on": on, "verbal_on": None})
    return change_plan(case, "", certifications=(late,))[0]


AUTHORIZED = (replace(PRAIRIE, evaluation=False, visits=2), replace(STONEGATE, evaluation=False, visits=2))


@near("last-authorized-visit", "The visits at hand use up the authorization.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Case:
    return change_authorization(case, (), visits_allowed=10, visits_used=10 - len(case.visits))[0]


@near("last-authorized-day", "The authorization holds from the first visit through the last.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Case:
    first = case.visits[0].date_of_service
    return change_authorization(case, (), valid_from=first, valid_through=last_day(case))[0]


@near("covered-to-the-day", "The coverage begins on the day of the first visit and ends on that of the last.")
def _(case: Case, _rng: Random) -> Case:
    first = case.visits[0].date_of_service
    return change_coverage(case, "", valid_from=first, valid_through=last_day(case))[0]


@near(
    "under-the-threshold", "The year's dollars stay a little below Medicare's threshold, and KX is not used.", MEDICARE
)
def _(case: Case, _rng: Random) -> Case:
    (amount,) = case.patient.year_to_date or ()
    # Four visits of at most four units come to less than 600 dollars allowed.
    low = THRESHOLD[amount.year] - 60_000
    known = amount.model_copy(update={"at_least_cents": low, "at_most_cents": low})
    return change_patient(case, "", year_to_date=(known,))[0]


@near(
    "twelve-diagnoses",
    "A claim has twelve diagnoses, the most it can carry, and a line points at four.",
    MEDICARE,
    LARKSPUR,
    PRAIRIE,
)
def _(case: Case, _rng: Random) -> Case:
    own = case.visits[-1].diagnoses or ()
    many = (
        "M54.2", "M62.81", "M25.511", "M25.512", "M25.551", "M25.552", "M25.521", "M25.522", "M25.531", "M25.532", "R26.81", "M25.571",
        "M25.572", "M25.561", "M25.562",
    )  # fmt: skip
    wished = (*own, *(code for code in many if code not in own))[:12]
    # A symptom beside its cause is advice at most; sides and regions beyond the one treated are ordinary comorbidities.
    return change_diagnoses(case, wished, "")[0]


@near("signed-two-days-later", "The note was signed two days after the visit.")
def _(case: Case, _rng: Random) -> Case:
    signed = tuple(
        item.model_copy(update={"on": item.on + timedelta(days=2)}) for item in case.visits[-1].signatures or ()
    )
    return change_visit(case, signatures=signed)[0]


@near("nine-digits-of-zip", "ZIP codes of nine digits stand without their dash.")
def _(case: Case, _rng: Random) -> Case:
    office = case.clinic.organization.address
    plain = change_organization(
        case, "", address=office.model_copy(update={"zip_code": office.zip_code.replace("-", "")})
    )[0]
    house = plain.patient.address
    return change_patient(plain, "", address=house.model_copy(update={"zip_code": house.zip_code[:5]}))[0]


@near("name-of-sixty-letters", "The patient's family name takes all the room that a claim has.")
def _(case: Case, _rng: Random) -> Case:
    return change_patient(case, "", name=case.patient.name.model_copy(update={"family_name": "Ashgr" * 12}))[0]


@near("name-of-several-words", "Names have apostrophes, hyphens and blanks.")
def _(case: Case, _rng: Random) -> Case:
    name = case.patient.name.model_copy(
        update={"family_name": "O'Dell-van der Berg", "given_name": "Mary Ann", "suffix": "Jr"}
    )
    return change_patient(case, "", name=name)[0]


@near(
    "onset-on-the-day",
    "The onset is on the day of the visit.",
    replace(MEDICARE, evaluation=True, visits=1),
    replace(LARKSPUR, evaluation=True, visits=1),
)
def _(case: Case, _rng: Random) -> Case:
    return change_plan(case, "", onset_on=last_day(case))[0]


@near("day-of-the-clinic-filled", "A therapist's minutes of a day are exactly as many as the clinic is open.",
      *(replace(wish, visits=1, evaluation=False, codes=("97110",), mode="pt") for wish in (MEDICARE, LARKSPUR)))  # fmt: skip
def _(case: Case, rng: Random) -> Case:
    return bounded(company(case, rng, 8, 45), open_minutes=(8 * 45,) * 7)


@near("within-the-clinics-bounds", "Minutes and units of a visit are exactly the most that the clinic expects.",
      *(replace(wish, visits=1, evaluation=False) for wish in (MEDICARE, LARKSPUR)))  # fmt: skip
def _(case: Case, _rng: Random) -> Case:
    visit = case.visits[-1]
    assert visit.time_in is not None
    assert visit.time_out is not None
    minutes = (visit.time_out.hour - visit.time_in.hour) * 60 + visit.time_out.minute - visit.time_in.minute
    units = sum(line.units or 0 for line in lines_of(case))
    return bounded(case, visit_minutes=(minutes, minutes), units=(units, units))


@near("modality-beside-exercise", "A modality that needs nobody runs while the therapist works with the patient.",
      replace(MEDICARE, codes=("97110", "G0283"), evaluation=False),
      replace(LARKSPUR, codes=("97140", "97014"), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Case:
    visit = case.visits[-1]
    assert visit.time_in is not None
    items = done_at(visit)
    begun = tuple(
        item.model_copy(update={"starts_at": visit.time_in}) if item.starts_at and item.code in UNATTENDED else item
        for item in items
    )
    alone = max(item.minutes or 0 for item in items if item.code in UNATTENDED)
    attended = sum(item.minutes or 0 for item in items if item.code not in UNATTENDED)
    ends = visit.time_in.hour * 60 + visit.time_in.minute + max(alone, attended)
    return change_visit(case, interventions=begun, time_out=visit.time_in.replace(hour=ends // 60, minute=ends % 60))[0]


@near(
    "answered-to-the-cent",
    "The first payer's answer is told to the second, every cent of it.",
    *(replace(MEDICARE, period=name) for name in ("2025q3", "2026q1", "2026q3")),
)
def _(case: Case, rng: Random) -> Case | None:
    return answered(case, rng)


@near("three-visits-a-week", "As many visits stand in a week as the plan of care sets.",
      *(replace(wish, visits=4, evaluation=False) for wish in (MEDICARE, LARKSPUR)))  # fmt: skip
def _(case: Case, _rng: Random) -> Case:
    weeks = [visit.date_of_service - timedelta(days=visit.date_of_service.weekday()) for visit in case.visits]
    most = max(weeks.count(week) for week in weeks)
    sundays = [
        day - timedelta(days=(day.weekday() + 1) % 7) for day in (visit.date_of_service for visit in case.visits)
    ]
    return change_plan(case, "", frequency_per_week=max(most, *(sundays.count(day) for day in sundays)))[0]
