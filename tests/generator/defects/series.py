"""What only a series of visits shows: the same bill every time, and more visits than the plan of care sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tests.generator.clean import Case
from tests.generator.defects.plans import treatments
from tests.generator.defects.planting import (
    LARKSPUR,
    MEDICARE,
    PRAIRIE,
    STONEGATE,
    Spot,
    change_authorization,
    change_plan,
    defect,
    done_at,
    plan_of,
    with_totals,
)

SERIES = tuple(
    replace(
        wish,
        visits=12,
        codes=("97110", "97140", "97530"),
        evaluation=False,
        mode="pt",
        least=15,
        clocks=False,
        period=period,
    )
    for wish, period in ((MEDICARE, "2025q3"), (MEDICARE, "2026q3"), (LARKSPUR, "2025q3"), (LARKSPUR, "2026q3"))
)


@defect("every-visit-billed-alike", "Twelve visits in a row have the same codes, units and minutes.", *SERIES)
def _(case: Case, _rng: Random) -> Spot | None:
    first = case.visits[0]
    last = case.visits[-1].date_of_service
    (certified,) = plan_of(case).certifications or ()
    if certified.through is None or certified.through < last or first.time_in is None:
        return None
    if len({tuple(line.units for line in visit.billed or ()) for visit in case.visits}) < 3:
        return None  # the clean series must itself vary
    pattern = {item.code: item.minutes for item in done_at(first)}
    total = first.total_treatment_minutes or 0
    visits = []
    for visit in case.visits:
        done = tuple(item.model_copy(update={"minutes": pattern[item.code]}) for item in done_at(visit))
        assert visit.time_in is not None
        ends = visit.time_in.hour * 60 + visit.time_in.minute + total + 2
        visits.append(
            visit.model_copy(
                update={
                    "interventions": done, "billed": first.billed, "total_timed_minutes": total, "total_treatment_minutes": total,
                    "note": with_totals(visit, total, total), "time_out": visit.time_in.replace(hour=ends // 60, minute=ends % 60),
                }
            )
        )  # fmt: skip
    return replace(case, visits=tuple(visits)), tuple(visit.id for visit in visits), "claim"


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


@defect("more-visits-than-planned", "The plan of care sets one visit a week and three were made in one.",
        *(replace(wish, visits=4, evaluation=False, period=period) for wish, period in ((MEDICARE, "2025q1"), (MEDICARE, "2026q3"), (LARKSPUR, "2025q3"))))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    weeks = [_week(visit.date_of_service) for visit in case.visits]
    full = next((week for week in weeks if weeks.count(week) == 3), None)
    if full is None:
        return None
    changed, _, place = change_plan(case, "plan of care", frequency_per_week=1)
    ids = tuple(visit.id for visit, week in zip(case.visits, weeks, strict=True) if week == full)
    return changed, ids, place


AUTHORIZED = (replace(PRAIRIE, evaluation=False), replace(STONEGATE, evaluation=False))


@defect("authorization-units-used-up", "All authorized units were used before this visit.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return change_authorization(case, treatments(case), units_allowed=40, units_used=40)


@defect("authorization-units-exceeded", "The visit has more units than are left of the authorization.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot | None:
    (first, *others) = case.visits
    if others or sum(line.units or 0 for line in first.billed or ()) < 2:
        return None
    return change_authorization(case, treatments(case), units_allowed=40, units_used=39)


@defect("authorization-without-number", "The authorization has no number that a claim could tell.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return change_authorization(case, treatments(case), number="")
