"""Units: above and below what the minutes support, and above what a payer pays in a day."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from cleanclaim.records import (
    BilledLine,
)
from tests.generator.arithmetic import by_code, pooled, pooled_total
from tests.generator.clean import Case, Wish
from tests.generator.code_tables import unlikely
from tests.generator.defects.planting import (
    ANY,
    LARKSPUR,
    MEDICARE,
    PAIRED_QUARTER,
    PRAIRIE,
    STONEGATE,
    THERAPIST,
    Spot,
    also,
    change_line,
    change_lines,
    change_visit,
    defect,
    done_at,
    lines_of,
    timed_lines,
    timed_minutes,
    with_totals,
)
from tests.generator.terms import CHARGES, TERMS, TIMED


def units_changed(case: Case, step: int, rng: Random) -> Spot | None:
    places = [index for index in timed_lines(case) if (lines_of(case)[index].units or 0) + step > 0]
    if not places:
        return None
    index = rng.choice(places)
    units = (lines_of(case)[index].units or 0) + step
    code = lines_of(case)[index].code
    whole = sum(line.units or 0 for line in lines_of(case) if line.code == code) + step
    cap = TERMS[case.payer].cap
    if whole > unlikely().get(code, 99) or (
        cap and step > 0 and sum(lines_of(case)[place].units or 0 for place in timed_lines(case)) + step > cap
    ):
        return None
    return change_line(case, index, units=units, charge_cents=CHARGES[code] * units)


@defect("units-above-pooled-minutes", "One more timed unit is billed than the pooled minutes of the day support.", MEDICARE, STONEGATE,
        replace(MEDICARE, payer="medicare_advantage"))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    spot = units_changed(case, 1, rng)
    if spot is None:
        return None
    assert (
        sum(line.units or 0 for line in lines_of(spot[0]) if line.code in TIMED)
        == pooled_total(sum(timed_minutes(case).values())) + 1
    )
    return spot


@defect("units-below-pooled-minutes", "One timed unit fewer is billed than the pooled minutes of the day support.", MEDICARE, STONEGATE,
        replace(MEDICARE, payer="medicare_advantage"))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    return units_changed(case, -1, rng)


@defect("units-above-code-minutes", "A code has one more unit than its own minutes support.", LARKSPUR, PRAIRIE)
def _(case: Case, rng: Random) -> Spot | None:
    spot = units_changed(case, 1, rng)
    if spot is None:
        return None
    own = by_code(timed_minutes(case))
    assert any((line.units or 0) > own[line.code] for line in lines_of(spot[0]) if line.code in TIMED)
    return spot


@defect("units-below-code-minutes", "A code has one unit fewer than its own minutes support.", LARKSPUR, PRAIRIE)
def _(case: Case, rng: Random) -> Spot | None:
    return units_changed(case, -1, rng)


@defect(
    "units-above-either-count",
    "More timed units are billed than either way of counting supports.",
    Wish(payer="uhc_commercial", billed=True),
)
def _(case: Case, rng: Random) -> Spot | None:
    return units_changed(case, 1, rng)


@defect("units-on-wrong-code", "The number of units is right, but one stands on the code with fewer minutes left over.",
        replace(THERAPIST, evaluation=False), replace(STONEGATE, evaluation=False, mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    minutes = timed_minutes(case)
    right = pooled(minutes)
    assert right is not None
    lines = lines_of(case)
    for giver in timed_lines(case):
        for taker in timed_lines(case):
            units, more = lines[giver].units or 0, lines[taker].units or 0
            one, other = lines[giver].code, lines[taker].code
            if giver == taker or units < 2 or minutes[one] < units * 15 or minutes[other] >= (more + 1) * 15:
                continue
            given = lines[giver].model_copy(update={"units": units - 1, "charge_cents": CHARGES[one] * (units - 1)})
            taken = lines[taker].model_copy(update={"units": more + 1, "charge_cents": CHARGES[other] * (more + 1)})
            new = [given if index == giver else taken if index == taker else line for index, line in enumerate(lines)]
            return change_lines(case, tuple(new), other)
    return None


@defect(
    "untimed-more-than-once",
    "A service that is billed once a day has two units.",
    *ANY,
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, _rng: Random) -> Spot | None:
    places = [
        index
        for index, line in enumerate(lines_of(case))
        if line.code not in TIMED and (case.payer != "stonegate_casualty" or line.code != "95992")
    ]
    if not places:
        return None
    return change_line(case, places[0], units=2, charge_cents=CHARGES[lines_of(case)[places[0]].code] * 2)


@defect("units-above-unlikely-limit", "A day has more units of a code than Medicare believes of any patient.",
        replace(PAIRED_QUARTER, codes=("97112",), region="balance", evaluation=False, mode="pt"),
        replace(PAIRED_QUARTER, codes=("97035",), region="knee", evaluation=False, mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    code = lines_of(case)[0].code
    limit = unlikely()[code]
    visit = case.visits[-1]
    minutes = (limit + 1) * 15
    assert visit.time_in is not None
    ends = visit.time_in.hour * 60 + visit.time_in.minute + minutes
    done = tuple(item.model_copy(update={"minutes": minutes}) for item in done_at(visit)[:1])
    line = lines_of(case)[0].model_copy(update={"units": limit + 1, "charge_cents": CHARGES[code] * (limit + 1)})
    changed, ids, _ = change_visit(
        case, interventions=done, billed=(line,), total_timed_minutes=minutes, total_treatment_minutes=minutes,
        time_out=visit.time_in.replace(hour=ends // 60, minute=ends % 60), note=with_totals(visit, minutes, minutes),
    )  # fmt: skip
    return changed, ids, code


@defect("daily-cap-exceeded", "More timed units of one day are billed than the plan pays.",
        replace(PRAIRIE, codes=("97110", "97140"), evaluation=False, mode="pt", least=23))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    assert TERMS[case.payer].cap == 4
    assert sum(lines_of(case)[index].units or 0 for index in timed_lines(case)) == 4
    return also(case, "97535", 15, "training in dressing and bathing at home with adapted technique")


@defect("service-not-billed", "A service was done and written down, and not billed.",
        replace(THERAPIST, codes=("97110", "97140", "G0283"), evaluation=False),
        replace(LARKSPUR, codes=("97110", "97140", "97014"), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    kept = tuple(line for line in lines_of(case) if line.code not in {"G0283", "97014"})
    return None if len(kept) == len(lines_of(case)) else change_lines(case, kept, "G0283")


@defect("timed-service-not-billed", "A timed service of a quarter hour was done and written down, and not billed.",
        replace(THERAPIST, codes=("97110", "97140"), evaluation=False, least=15), replace(LARKSPUR, codes=("97110", "97140"), evaluation=False, least=15))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return change_lines(case, tuple(line for line in lines_of(case) if line.code != "97140"), "97140")


@defect("visit-not-billed", "A signed visit has no line at all.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_lines(case, (), "claim")


@defect("service-not-documented", "A service is billed that the note does not have.", replace(THERAPIST, codes=("97110",), evaluation=False),
        replace(LARKSPUR, codes=("97110",), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    more = BilledLine(
        code="97016", modifiers=("GP",) if TERMS[case.payer].gp else (), units=1, charge_cents=CHARGES["97016"]
    )
    return change_lines(case, (*lines_of(case), more), "97016")
