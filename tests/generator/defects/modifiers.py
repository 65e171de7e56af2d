"""Modifiers: missing, unneeded, of another trade, against each other."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from cleanclaim.records import (
    By,
    Credential,
    Signature,
)
from tests.generator.clean import Case
from tests.generator.defects.planting import (
    ANY,
    MEDICARE,
    PAIRED_QUARTER,
    PRAIRIE,
    THERAPIST,
    Spot,
    change_line,
    change_lines,
    change_visit,
    defect,
    done_at,
    last_day,
    lines_of,
)
from tests.generator.terms import THRESHOLD
from tests.generator.wording import LEVELS


def change_modifiers(case: Case, index: int, *modifiers: str) -> Spot:
    return change_line(case, index, modifiers=modifiers)


@defect("therapy-modifier-missing", "A line of therapy lacks GP, and the payer wants it.", MEDICARE, PRAIRIE, replace(MEDICARE, payer="uhc_commercial"),
        replace(MEDICARE, payer="medicare_advantage"))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(lines_of(case)) if line.modifiers == ("GP",) and line.code != "95992"]
    return change_modifiers(case, rng.choice(places)) if places else None


@defect("therapy-modifiers-conflict", "A line carries the modifiers of two disciplines.", MEDICARE, PRAIRIE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, rng.choice(("GO", "GN")))


@defect(
    "therapy-modifier-of-other-discipline",
    "A physical therapist's line carries another discipline's modifier.",
    THERAPIST,
    replace(PRAIRIE, mode="pt"),
)
def _(case: Case, rng: Random) -> Spot:
    return change_modifiers(case, rng.randrange(len(lines_of(case))), rng.choice(("GO", "GN")))


@defect("assistant-modifier-missing", "An assistant furnished the service and CQ is not there.", replace(MEDICARE, mode="pta"), replace(PRAIRIE, mode="pta"),
        replace(MEDICARE, payer="medicare_advantage", mode="pta"))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(lines_of(case)) if line.modifiers == ("GP", "CQ")]
    return change_modifiers(case, rng.choice(places), "GP") if places else None


@defect(
    "assistant-modifier-unneeded",
    "A therapist furnished the service and CQ cuts the pay.",
    THERAPIST,
    replace(PRAIRIE, mode="pt"),
)
def _(case: Case, rng: Random) -> Spot:
    return change_modifiers(case, rng.randrange(len(lines_of(case))), "GP", "CQ")


@defect("assistant-modifier-without-therapy-modifier", "CQ stands without GP.", replace(MEDICARE, mode="pta"))
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(lines_of(case)) if line.modifiers == ("GP", "CQ")]
    return change_modifiers(case, rng.choice(places), "CQ") if places else None


@defect(
    "assistant-modifier-of-other-discipline",
    "A physical therapy line carries the occupational assistant's modifier.",
    replace(MEDICARE, mode="pta"),
)
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(lines_of(case)) if line.modifiers == ("GP", "CQ")]
    return change_modifiers(case, rng.choice(places), "GP", "CO") if places else None


@defect("evaluation-by-assistant", "An assistant furnished the evaluation.", replace(MEDICARE, evaluation=True, visits=1),
        replace(PRAIRIE, evaluation=True, visits=1), replace(MEDICARE, payer="uhc_commercial", evaluation=True, visits=1))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    helper = f"t{rng.randrange(10, 14)}"
    visit = case.visits[-1]
    done = tuple(item.model_copy(update={"by": By.PTA}) if item.code in LEVELS else item for item in done_at(visit))
    lines = tuple(
        line.model_copy(update={"modifiers": (*line.modifiers, "CQ")}) if line.code in LEVELS else line
        for line in lines_of(case)
    )
    signatures = (*(visit.signatures or ()), Signature(credential=Credential.PTA, on=visit.date_of_service, by=helper))
    changed, ids, _ = change_visit(case, interventions=done, billed=lines, assistant=helper, signatures=signatures)
    return changed, ids, "evaluation"


@defect("modifier-twice", "A modifier stands twice on a line.", MEDICARE, PRAIRIE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, "GP")


@defect("modifier-unknown", "A modifier does not exist.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, rng.choice(("Y7", "0Z", "I9")))


@defect(
    "modifiers-too-many", "A line has more than the four modifiers a claim can carry.", replace(MEDICARE, mode="pta")
)
def _(case: Case, _rng: Random) -> Spot:
    return change_modifiers(case, 0, "GP", "CQ", "59", "76", "52")


@defect("distinct-service-twice-said", "A line carries both 59 and its closer form.", PAIRED_QUARTER, PRAIRIE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, "59", rng.choice(("XE", "XS", "XP", "XU")))


@defect(
    "distinct-service-unneeded",
    "59 stands on a line that meets no edit.",
    replace(PAIRED_QUARTER, codes=("97110", "97140"), evaluation=False),
)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, rng.choice(("59", "XU")))


@defect("modifier-of-surgeons", "A line of therapy carries 51, which is for several operations.", MEDICARE, PRAIRIE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, "51")


@defect(
    "modifier-of-physicians",
    "An evaluation by a therapist carries 25, which is for a physician's visit.",
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, _rng: Random) -> Spot:
    return change_modifiers(case, 0, *lines_of(case)[0].modifiers, "25")


@defect(
    "exception-and-waiver-together", "A line says that care is needed and that it is not.", replace(MEDICARE, kx=True)
)
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(lines_of(case)) if len(line.modifiers) < 4]
    index = rng.choice(places)
    return change_modifiers(case, index, *lines_of(case)[index].modifiers, rng.choice(("GA", "GZ")))


@defect("waivers-conflict", "A line says both that a notice was given and that none was.", MEDICARE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    changed, ids, place = change_modifiers(case, index, *lines_of(case)[index].modifiers, "GA", "GZ")
    return changed, ids, place


@defect(
    "threshold-modifier-missing",
    "The year's dollars are above Medicare's threshold and KX is missing.",
    replace(MEDICARE, kx=True),
)
def _(case: Case, rng: Random) -> Spot:
    (amount,) = case.patient.year_to_date or ()
    assert amount.at_least_cents > THRESHOLD[last_day(case).year]
    index = rng.randrange(len(lines_of(case)))
    return change_modifiers(
        case, index, *(modifier for modifier in lines_of(case)[index].modifiers if modifier != "KX")
    )


@defect("threshold-modifier-unneeded", "KX is used far below Medicare's threshold.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    (amount,) = case.patient.year_to_date or ()
    assert amount.at_most_cents is not None
    assert amount.at_most_cents + 4 * 30000 < THRESHOLD[last_day(case).year]
    lines = tuple(line.model_copy(update={"modifiers": (*line.modifiers, "KX")}) for line in lines_of(case))
    return change_lines(case, lines, "claim")
