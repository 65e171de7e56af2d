"""Codes and modifiers that other people's claims bring: physicians', ended ones, both sides, several blocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from cleanclaim.records import BilledLine
from tests.generator.clean import Case
from tests.generator.code_tables import edits, excluded, valid_on
from tests.generator.defects.modifiers import change_modifiers
from tests.generator.defects.planting import (
    ANY,
    CODED,
    LARKSPUR,
    MEDICARE,
    PAIRED_QUARTER,
    PRAIRIE,
    THERAPIST,
    Spot,
    also,
    change_diagnoses,
    change_line,
    change_lines,
    change_visit,
    defect,
    done_at,
    last_day,
    lines_of,
)
from tests.generator.terms import CHARGES, TERMS
from tests.generator.wording import LEVELS


@defect("physicians-visit-billed", "A therapist bills an office visit of a physician.",
        *(replace(wish, codes=("97110",), evaluation=False, mode="pt") for wish in (MEDICARE, replace(MEDICARE, payer="uhc_commercial"))))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    code = rng.choice(("99213", "99203"))
    line = lines_of(case)[0].model_copy(update={"code": code, "units": 1, "charge_cents": 15000})
    return change_lines(case, (line, *lines_of(case)[1:]), code)


@defect(
    "functional-reporting-billed",
    "A functional G-code is billed years after its end.",
    replace(THERAPIST, codes=("97110",), evaluation=False),
)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("G8978", "G8979"))
    line = BilledLine(code=code, modifiers=("GP", rng.choice(("CJ", "CK"))), units=1, charge_cents=1)
    return change_lines(case, (*lines_of(case), line), code)


@defect("chiropractors-modifier", "A therapist's line carries AT, which only chiropractors use.", THERAPIST)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, "AT")


@defect("both-sides-on-one-line", "One line names the right and the left side.", MEDICARE, LARKSPUR)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, "RT", "LT")


@defect("modifier-on-forbidden-pair", "59 stands on a pair that no modifier opens.",
        replace(PAIRED_QUARTER, codes=("97140",), evaluation=False, mode="pt", region="hip", least=15))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    assert edits()["97140", "97124"] == 0
    return also(case, "97124", 15, "massage, effleurage", modifiers=("GP", "59"))


@defect("code-on-two-lines", "One code of one day stands on two lines with the same modifiers.",
        replace(MEDICARE, codes=("97110",), least=38, evaluation=False, mode="pt"), replace(LARKSPUR, codes=("97110",), least=38, evaluation=False, mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    line = lines_of(case)[0]
    if (line.units or 0) < 3:
        return None
    one = line.model_copy(update={"units": 1, "charge_cents": CHARGES[line.code]})
    rest = line.model_copy(
        update={"units": (line.units or 0) - 1, "charge_cents": CHARGES[line.code] * ((line.units or 0) - 1)}
    )
    return change_lines(case, (rest, one, *lines_of(case)[1:]), line.code)


@defect("two-evaluations-in-a-day", "Two evaluations of one patient are billed on one day.",
        replace(MEDICARE, evaluation=True, visits=1), replace(LARKSPUR, evaluation=True, visits=1))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    other = next(code for code in LEVELS if code != lines_of(case)[0].code)
    return also(case, other, 30, "physical therapy evaluation")


@defect(
    "evaluation-and-reevaluation",
    "An evaluation and a re-evaluation are billed on one day.",
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, _rng: Random) -> Spot:
    return also(case, "97164", 20, "re-evaluation, plan revised")


@defect(
    "monitoring-supplies-clash",
    "Two supplies of remote monitoring are billed for the same thirty days.",
    replace(THERAPIST, period="2026q1", codes=("97110",), evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    return _monitored(case, "98977", "98985")


@defect(
    "monitoring-months-clash",
    "The first ten and the first twenty minutes of monitoring are billed in one month.",
    replace(THERAPIST, period="2026q1", codes=("97110",), evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    return _monitored(case, "98979", "98980")


def _monitored(case: Case, *codes: str) -> Spot:
    assert last_day(case) >= date(2026, 1, 1)
    more = tuple(BilledLine(code=code, modifiers=("GP",), units=1, charge_cents=14000) for code in codes)
    return change_lines(case, (*lines_of(case), *more), codes[-1])


@defect(
    "sometimes-therapy-without-modifier",
    "Canalith repositioning under a plan of care lacks GP.",
    replace(MEDICARE, special="vertigo", evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(lines_of(case)) if line.code == "95992" and line.modifiers == ("GP",)]
    return change_modifiers(case, places[0]) if places else None


@defect("charge-not-whole-units", "A line's charge cannot be divided by its units.",
        *(replace(wish, codes=("97110",), least=30, evaluation=False) for wish in (MEDICARE, LARKSPUR, PRAIRIE)))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    line = lines_of(case)[0]
    if (line.units or 0) < 2:
        return None
    return change_line(case, 0, charge_cents=(line.charge_cents or 0) + 1)


@defect(
    "two-prices-for-one-code",
    "One code has two prices a unit on one claim.",
    replace(MEDICARE, codes=("97110",), least=36, evaluation=False, mode="split"),
    replace(MEDICARE, payer="medicare_advantage", codes=("97110",), least=36, evaluation=False, mode="split"),
)
def _(case: Case, _rng: Random) -> Spot | None:
    lines = lines_of(case)
    if len(lines) < 2 or lines[0].code != lines[1].code:
        return None
    return change_line(case, 0, charge_cents=(lines[0].charge_cents or 0) + 1100 * (lines[0].units or 1))


@defect("pointer-twice", "A line points at one diagnosis twice.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_line(case, rng.randrange(len(lines_of(case))), pointers=(1, 1))


@defect("line-points-at-external-cause", "A line points only at how the injury came about.", *CODED)
def _(case: Case, _rng: Random) -> Spot:
    codes = (*(case.visits[-1].diagnoses or ()), "W19.XXXD")
    assert valid_on("W19.XXXD", last_day(case))
    changed, ids, _ = change_diagnoses(case, codes, "diagnosis")
    return change_line(changed, 0, pointers=(len(codes),))[0], ids, "line 1"


@defect("organism-first", "The germ stands before the disease it causes.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    germ = rng.choice(("B95.62", "B96.20"))
    assert valid_on(germ, last_day(case))
    return change_diagnoses(case, (germ, *(case.visits[-1].diagnoses or ())), "diagnosis 1")


@defect("joint-of-aftercare-missing", "Aftercare of a joint replacement does not say which joint.", *CODED)
def _(case: Case, _rng: Random) -> Spot:
    assert valid_on("Z47.1", last_day(case))
    return change_diagnoses(case, ("Z47.1",), "diagnosis 1")


@defect("aftercare-beside-injury", "An aftercare code stands beside the injury that is still healing.", *CODED)
def _(case: Case, _rng: Random) -> Spot:
    assert valid_on("Z47.89", last_day(case))
    return change_diagnoses(case, ("S82.201D", "Z47.89"), "diagnosis 2")


@defect("symptom-beside-its-cause", "Joint pain stands beside the arthritis that explains it.", *CODED)
def _(case: Case, _rng: Random) -> Spot:
    assert not excluded("M17.11", "M25.561")
    return change_diagnoses(case, ("M17.11", "M25.561"), "diagnosis 2")


@defect("side-unspecified", "A diagnosis leaves the side open that the note names.",
        *(replace(wish, region="knee") for wish in CODED))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    assert valid_on("M25.569", last_day(case))
    return change_diagnoses(case, ("M25.569",), "diagnosis 1")


@defect("modifier-against-the-clock", "59 says that two services were apart, and the clock says they were not.",
        replace(PAIRED_QUARTER, codes=("97530",), evaluation=False, mode="pt", least=15, clocks=True))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    assert edits()["97750", "97530"] == 1
    changed, ids, place = also(case, "97750", 15, "performance test with written report", modifiers=("GP", "59"))
    visit = changed.visits[-1]
    done = done_at(visit)
    both = (*done[:-1], done[-1].model_copy(update={"starts_at": done[0].starts_at}))
    assert TERMS[case.payer].edits
    return change_visit(changed, interventions=both)[0], ids, place


@defect("minutes-counted-twice", "One therapist's minutes stand under two codes at the same time.",
        *(replace(wish, codes=("97110", "97140"), evaluation=False, mode="pt", least=15, clocks=True) for wish in (MEDICARE, LARKSPUR)))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    done = done_at(case.visits[-1])
    both = tuple(item.model_copy(update={"starts_at": done[0].starts_at}) for item in done)
    return change_visit(case, interventions=both)
