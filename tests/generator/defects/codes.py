"""Procedure codes: ended, unknown, not this payer's, not beside each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from tests.generator.clean import Case, with_visit
from tests.generator.code_tables import edits
from tests.generator.defects.planting import (
    ANY,
    LARKSPUR,
    MEDICARE,
    PAIRED_QUARTER,
    PRAIRIE,
    THERAPIST,
    Spot,
    also,
    change_visit,
    defect,
    done_at,
    last_day,
    lines_of,
)
from tests.generator.terms import CHARGES


def exchange_code(case: Case, old: str, new: str, words: str, **changes: object) -> Spot | None:
    """One service of the last visit under another code, in the note and on the line."""
    visit = case.visits[-1]
    places = [index for index, line in enumerate(lines_of(case)) if line.code == old]
    if len(places) != 1:
        return None
    done = tuple(
        item.model_copy(update={"code": new, "what": words}) if item.code == old else item for item in done_at(visit)
    )
    old_line = lines_of(case)[places[0]]
    line = old_line.model_copy(update={"code": new, "charge_cents": CHARGES[new] * (old_line.units or 1), **changes})
    lines = (*lines_of(case)[: places[0]], line, *lines_of(case)[places[0] + 1 :])
    changed, ids, _ = change_visit(case, interventions=done, billed=lines)
    return changed, ids, new


@defect(
    "code-deleted",
    "A code is billed that ended years ago.",
    *(replace(wish, codes=("97110",), evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    return exchange_code(case, "97110", rng.choice(("97762", "97532", "64550")), "as before")


@defect("evaluation-code-deleted", "An evaluation is billed under the code that ended in 2016.", replace(MEDICARE, evaluation=True, visits=1),
        replace(LARKSPUR, evaluation=True, visits=1))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    return exchange_code(case, lines_of(case)[0].code, "97001", "physical therapy evaluation")


@defect(
    "code-unknown",
    "A code is billed that does not exist.",
    *(replace(wish, codes=("97110",), evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    return exchange_code(case, "97110", rng.choice(("97117", "97111")), "strength exercise")


@defect("code-not-yet-valid", "A code of 2026 is billed before 2026.", replace(PAIRED_QUARTER, codes=("97110",), evaluation=False),
        replace(MEDICARE, period="2025q3", codes=("97110",), evaluation=False))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    assert last_day(case) < date(2026, 1, 1)
    return also(case, rng.choice(("98985", "98979")), 10, "remote therapeutic monitoring of the home program")


@defect(
    "code-not-for-medicare",
    "Unattended stimulation goes to Medicare under 97014.",
    replace(THERAPIST, codes=("97110", "97140"), evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    return also(case, "97014", 12, "unattended interferential stimulation")


@defect("code-not-for-payer", "Unattended stimulation goes as G0283 to a payer that wants 97014.",
        replace(LARKSPUR, codes=("97110", "97140"), evaluation=False, mode="pt"), replace(PRAIRIE, codes=("97110",), evaluation=False, mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return also(case, "G0283", 12, "unattended interferential stimulation")


@defect("bundled-code", "A hot pack is billed, which the payer never pays for by itself.",
        *(replace(wish, codes=("97110", "97140"), evaluation=False, mode="pt") for wish in (MEDICARE, LARKSPUR, PRAIRIE)))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return also(case, "97010", 10, "hot pack")


@defect("code-not-payable", "A code is billed that the payer does not pay.", replace(PRAIRIE, codes=("97110",), evaluation=False, mode="pt"),
        replace(THERAPIST, codes=("97110",), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    if case.payer == "prairie_health_plan":
        return also(case, "97545", 120, "work hardening, first two hours")
    return also(case, "97037", 10, "low-level laser after surgery")


@defect(
    "add-on-alone",
    "An add-on code is billed without its first code.",
    replace(THERAPIST, codes=("97110",), evaluation=False, region="balance"),
)
def _(case: Case, rng: Random) -> Spot:
    code, words = rng.choice(
        (("97130", "cognitive skills, further 15 minutes"), ("97598", "further 20 square centimeters debrided"))
    )
    return also(case, code, 15, words)


@defect("services-not-to-be-billed-together", "Two codes stand together that may never, whatever the modifier.",
        replace(PAIRED_QUARTER, codes=("97110", "97140"), evaluation=False, mode="pt", region="hip", least=15))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    code, words, minutes = rng.choice(
        (("97124", "massage, effleurage", 15), ("95851", "range of motion measured, with report", 8))
    )
    if not any(edits().get((code, line.code)) == 0 for line in lines_of(case)):
        return None
    return also(case, code, minutes, words)


@defect("pair-without-modifier", "Two codes stand together that need a modifier to say they were apart, and have none.",
        replace(PAIRED_QUARTER, codes=("97140",), evaluation=False, mode="pt", least=15),
        replace(PAIRED_QUARTER, codes=("97530",), evaluation=False, mode="pt", least=15))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    if rng.random() < 0.4:
        changed, ids, _ = also(case, "97150", 25, "group exercise class, therapist guiding all members")
        visit = changed.visits[-1]
        done = tuple(
            item.model_copy(update={"group_size": 4}) if item.code == "97150" else item for item in done_at(visit)
        )
        changed = with_visit(changed, visit.model_copy(update={"interventions": done}))
        assert edits()["97150", lines_of(case)[0].code] == 1
        return changed, ids, "97150"
    assert edits()["97750", lines_of(case)[0].code] == 1
    return also(case, "97750", 15, "physical performance test with written report of the results")


@defect("evaluation-and-test-together", "A performance test is billed on the day of the evaluation, which is never paid.",
        replace(PAIRED_QUARTER, evaluation=True, visits=1, codes=()))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    assert edits()["97750", lines_of(case)[0].code] == 0
    return also(case, "97750", 15, "physical performance test with written report of the results")
