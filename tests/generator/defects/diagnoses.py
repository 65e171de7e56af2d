"""Diagnoses: which, in what order, on which day, on which side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from cleanclaim.records import (
    Side,
    VisitKind,
)
from tests.generator.clean import Case
from tests.generator.code_tables import excluded, known_diagnoses, valid_on
from tests.generator.defects.planting import (
    ANY,
    CODED,
    LARKSPUR,
    MEDICARE,
    PRAIRIE,
    Spot,
    also,
    change_diagnoses,
    change_visit,
    defect,
    done_at,
    last_day,
    lines_of,
)


@defect("diagnosis-twice", "A diagnosis stands twice.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    codes = case.visits[-1].diagnoses or ()
    return change_diagnoses(case, (*codes, codes[0]), f"diagnosis {len(codes) + 1}")


@defect("diagnoses-too-many", "A claim has more than twelve diagnoses.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    many = (
        "M54.2",
        "M62.81",
        "M25.561",
        "M25.562",
        "M25.511",
        "M25.512",
        "M25.551",
        "M25.552",
        "M25.521",
        "M25.522",
        "M25.531",
        "M25.532",
        "R26.81",
    )
    return change_diagnoses(
        case,
        (*(case.visits[-1].diagnoses or ()), *(code for code in many if code not in (case.visits[-1].diagnoses or ()))),
        "claim",
    )


@defect("diagnosis-missing", "A visit is billed without any diagnosis.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    lines = tuple(line.model_copy(update={"pointers": None}) for line in lines_of(case))
    changed, ids, _ = change_visit(case, diagnoses=(), billed=lines)
    return changed, ids, "claim"


@defect("external-cause-first", "A code for how the injury came about stands first.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    cause = rng.choice(("W19.XXXD", "W01.0XXD", "Y93.01", "V43.52XD"))
    assert valid_on(cause, last_day(case))
    return change_diagnoses(case, (cause, *(case.visits[-1].diagnoses or ())), "diagnosis 1")


@defect(
    "manifestation-first",
    "A manifestation stands first, before its cause.",
    replace(MEDICARE, region="balance", period="2025q3"),
    replace(MEDICARE, region="balance", period="2026q1"),
)
def _(case: Case, _rng: Random) -> Spot:
    assert valid_on("G63", last_day(case))
    return change_diagnoses(case, ("G63", "E03.9"), "diagnosis 1")


@defect("diagnosis-not-yet-valid", "A diagnosis is used before its first day.",
        replace(LARKSPUR, period="2024q3"), replace(MEDICARE, period="2025q1"), replace(PRAIRIE, period="2026q1"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    day = last_day(case)
    code = "M51.360" if day < date(2024, 10, 1) else "R10.21" if day < date(2025, 10, 1) else "M67.A01"
    assert day < {"M51.360": date(2024, 10, 1), "R10.21": date(2025, 10, 1), "M67.A01": date(2026, 10, 1)}[code]
    return change_diagnoses(case, (code,), "diagnosis 1")


@defect("diagnosis-ended", "A diagnosis is used after its last day.", replace(MEDICARE, period="2026q1"), replace(LARKSPUR, period="2026q3"),
        replace(MEDICARE, period="2025q1"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    code = {2025: "M51.36", 2026: "R10.2"}[last_day(case).year]
    assert not valid_on(code, last_day(case))
    return change_diagnoses(case, (code,), "diagnosis 1")


@defect("diagnosis-header", "A diagnosis is a heading that needs more characters.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("M25.56", "M17.1", "M75.1", "R26", "M54.1", "S83.24", "H81.1", "M25.61"))
    assert code.replace(".", "") in known_diagnoses()
    assert not valid_on(code, last_day(case))
    return change_diagnoses(case, (code,), "diagnosis 1")


@defect("diagnosis-unknown", "A diagnosis is no code of ICD-10-CM.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("M99.999", "Z11.999", "M54.99", "M25.969", "R26.77"))
    assert code.replace(".", "") not in known_diagnoses()
    return change_diagnoses(case, (code,), "diagnosis 1")


@defect("seventh-character-missing", "An injury code lacks its seventh character.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("S83.241", "S93.401", "S46.011", "S39.012", "S52.501"))
    assert not valid_on(code, last_day(case))
    assert valid_on(f"{code}D", last_day(case))
    return change_diagnoses(case, (code,), "diagnosis 1")


@defect("seventh-character-wrong", "An injury code has a seventh character that its category does not know.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("S83.241G", "S93.401K", "S46.011P", "S39.012B"))
    assert not valid_on(code, last_day(case))
    return change_diagnoses(case, (code,), "diagnosis 1")


@defect("diagnoses-exclude-each-other", "Two diagnoses stand together that exclude each other.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    pair = rng.choice(
        (("M54.50", "M54.41"), ("H81.11", "R42"), ("M54.50", "S39.012D"), ("R26.81", "R27.0"), ("N39.3", "N39.46"))
    )
    assert excluded(*pair)
    assert all(valid_on(code, last_day(case)) for code in pair)
    return change_diagnoses(case, pair, "diagnosis 2")


@defect("sequela-first", "A late effect stands before the condition it caused.", *CODED)
def _(case: Case, _rng: Random) -> Spot:
    assert valid_on("S83.241S", last_day(case))
    return change_diagnoses(case, ("S83.241S", "M25.561"), "diagnosis 1")


@defect("diagnosis-wrong-side", "The diagnosis names the other side than the one treated.",
        replace(MEDICARE, region="knee", mode="pt"), replace(LARKSPUR, region="shoulder"), replace(PRAIRIE, region="knee"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    codes = visit.diagnoses or ()
    if visit.kind is not VisitKind.TREATMENT or (
        len(codes) != 1 and codes[-1] != "M62.81" and not codes[-1].startswith("M25")
    ):
        return None
    if not any(item.side in {Side.LEFT, Side.RIGHT} for item in done_at(visit)):
        return None
    swap = {"1": "2", "2": "1"}
    other = tuple(
        code
        if code == "M62.81"
        else code[:-2] + swap[code[-2]] + code[-1]
        if code[-1] == "D"
        else code[:-1] + swap[code[-1]]
        for code in codes
    )
    assert all(valid_on(code, last_day(case)) for code in other)
    return change_diagnoses(case, other, "diagnosis 1")


@defect(
    "prosthetic-without-amputation",
    "Prosthetic training is billed for a patient with all limbs.",
    replace(MEDICARE, special="prosthetic"),
)
def _(case: Case, _rng: Random) -> Spot:
    return change_diagnoses(case, ("M17.11",), "97761")


@defect(
    "repositioning-without-vertigo",
    "Canalith repositioning is billed without vertigo.",
    replace(MEDICARE, special="vertigo"),
)
def _(case: Case, _rng: Random) -> Spot:
    return change_diagnoses(case, ("M54.2",), "95992")


@defect(
    "debridement-without-wound",
    "Debridement is billed without a wound.",
    replace(MEDICARE, codes=("97110",), region="knee", mode="pt", evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    return also(case, "97597", 20, "selective debridement of devitalized tissue, 12 square centimeters")
