"""Single defects: each takes a clean case and plants one thing that is wrong for that payer on that day.

A defect is a function decorated with its label, a sentence, and the `Wish` that makes clean cases it can be planted
in. It returns where the mistake stands, or `None` when this case does not lend itself. What makes it a mistake is
asserted with the tables and terms of `clean`, never with the program's rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from cleanclaim.records import (
    BilledLine,
    By,
    Clinic,
    Credential,
    Intervention,
    Note,
    PlanOfCare,
    Side,
    Visit,
)
from tests.generator.clean import Case, Maker, Wish, with_patient, with_visit
from tests.generator.terms import CHARGES, TERMS, TIMED


@dataclass(frozen=True, slots=True)
class Planted:
    """A case with one mistake: the label, the visits it may be reported on, and where it stands."""

    label: str
    clean: Case
    defective: Case
    visit_ids: tuple[str, ...]
    place: str


Spot = tuple[Case, tuple[str, ...], str]
Plant = Callable[[Case, Random], Spot | None]


@dataclass(frozen=True, slots=True)
class Defect:
    """One kind of mistake."""

    label: str
    sentence: str
    wishes: tuple[Wish, ...]
    plant: Plant


REGISTER: dict[str, Defect] = {}


def defect(label: str, sentence: str, *wishes: Wish) -> Callable[[Plant], Plant]:
    """Register a kind of mistake; the wishes are taken in turn."""

    def keep(plant: Plant) -> Plant:
        assert label not in REGISTER, label
        REGISTER[label] = Defect(label, sentence, wishes or (Wish(billed=True),), plant)
        return plant

    return keep


def concepts() -> dict[str, str]:
    """Each label with its sentence."""
    return {label: kind.sentence for label, kind in REGISTER.items()}


def planted(count: int, seed: int) -> Iterator[Planted]:
    """`count` mistakes, spread evenly over the kinds, each planted in a clean case of its own."""
    maker = Maker(seed, "D")
    kinds = list(REGISTER.values())
    for number in range(count):
        kind = kinds[number % len(kinds)]
        wish = kind.wishes[(number // len(kinds)) % len(kind.wishes)]
        for _ in range(300):
            mark = len(maker.schedule.journal)
            clean = maker.case(wish)
            spot = kind.plant(clean, maker.rng)
            if spot is not None:
                break
            maker.schedule.undo(mark)
        else:
            raise AssertionError(f"{kind.label}: no clean case fits")
        wrong, visit_ids, place = spot
        assert wrong != clean, kind.label
        assert set(visit_ids) <= {visit.id for visit in wrong.visits}, kind.label
        yield Planted(kind.label, clean, wrong, visit_ids, place)


# --- changing a case ---------------------------------------------------------------------------------

MEDICARE = Wish(payer="medicare_b", billed=True)
PAIRED_QUARTER = Wish(payer="medicare_b", period="2024q3", billed=True)
LARKSPUR = Wish(payer="larkspur_mutual", billed=True)
PRAIRIE = Wish(payer="prairie_health_plan", billed=True)
CODED = tuple(
    Wish(payer=payer, billed=True, period=period)
    for payer, period in (
        ("medicare_b", "2025q1"),
        ("larkspur_mutual", "2026q1"),
        ("prairie_health_plan", "2025q3"),
        ("medicare_b", "2026q3"),
    )
)
"""Days on which the tables of ICD-10-CM are known: they begin on 2024-10-01."""
STONEGATE = Wish(payer="stonegate_casualty", billed=True)
TRICARE_LATER = tuple(
    Wish(payer="tricare", billed=True, period=name) for name in ("2025q1", "2025q3", "2026q1", "2026q3")
)
ANY = tuple(
    Wish(payer=payer, billed=True)
    for payer in ("medicare_b", "larkspur_mutual", "prairie_health_plan", "stonegate_casualty")
)
THERAPIST = replace(MEDICARE, mode="pt")


def change_visit(case: Case, **changes: object) -> Spot:
    """The last visit with fields changed, in place `day`."""
    visit = case.visits[-1].model_copy(update=changes)
    return with_visit(case, visit), (visit.id,), "day"


def change_lines(case: Case, lines: tuple[BilledLine, ...], place: str) -> Spot:
    spot = change_visit(case, billed=lines)
    return spot[0], spot[1], place


def change_line(case: Case, index: int, **changes: object) -> Spot:
    lines = case.visits[-1].billed
    assert lines is not None
    new = lines[index].model_copy(update=changes)
    return change_lines(case, (*lines[:index], new, *lines[index + 1 :]), f"line {index + 1} {new.code}")


def lines_of(case: Case) -> tuple[BilledLine, ...]:
    lines = case.visits[-1].billed
    assert lines, "a billed visit was wished for"
    return lines


def all_visits(case: Case) -> tuple[str, ...]:
    return tuple(visit.id for visit in case.visits)


def change_patient(case: Case, place: str, **changes: object) -> Spot:
    return with_patient(case, **changes), all_visits(case), place


def change_coverage(case: Case, place: str, **changes: object) -> Spot:
    first, *others = case.patient.coverages
    return change_patient(case, place, coverages=(first.model_copy(update=changes), *others))


def change_plan(case: Case, place: str, **changes: object) -> Spot:
    return change_patient(case, place, plans_of_care=(plan_of(case).model_copy(update=changes),))


def plan_of(case: Case) -> PlanOfCare:
    (plan,) = case.patient.plans_of_care or ()
    return plan


def change_certification(case: Case, **changes: object) -> Spot:
    (certified,) = plan_of(case).certifications or ()
    return change_plan(case, "certification", certifications=(certified.model_copy(update=changes),))


def change_authorization(case: Case, visits: tuple[str, ...], **changes: object) -> Spot:
    (approved,) = case.patient.coverages[0].authorizations or ()
    changed, _, _ = change_coverage(case, "authorization", authorizations=(approved.model_copy(update=changes),))
    return changed, visits, "authorization"


def change_clinic(case: Case, place: str, clinic: Clinic) -> Spot:
    return replace(case, clinic=clinic), all_visits(case), place


def change_organization(case: Case, place: str, **changes: object) -> Spot:
    clinic = case.clinic
    return change_clinic(
        case, place, clinic.model_copy(update={"organization": clinic.organization.model_copy(update=changes)})
    )


def change_therapists(case: Case, place: str, **changes: object) -> Spot:
    """All therapists of the clinic changed alike, so that cases share one clinic."""
    people = tuple(
        who.model_copy(update=changes) if who.credential is Credential.PT else who for who in case.clinic.therapists
    )
    return change_clinic(case, place, case.clinic.model_copy(update={"therapists": people}))


def done_at(visit: Visit) -> tuple[Intervention, ...]:
    assert visit.interventions
    return visit.interventions


def change_done(case: Case, index: int, place: str, **changes: object) -> Spot:
    done = done_at(case.visits[-1])
    spot = change_visit(case, interventions=(*done[:index], done[index].model_copy(update=changes), *done[index + 1 :]))
    return spot[0], spot[1], place


def change_diagnoses(case: Case, codes: tuple[str, ...], place: str) -> Spot:
    """Other diagnoses on the last visit, each line pointing at all that it may."""
    lines = tuple(
        line.model_copy(update={"pointers": tuple(range(1, min(4, len(codes)) + 1))}) for line in lines_of(case)
    )
    changed, ids, _ = change_visit(case, diagnoses=codes, billed=lines)
    return changed, ids, place


def timed_minutes(case: Case) -> dict[str, int]:
    """Timed minutes by code of the last visit."""
    found: dict[str, int] = {}
    for item in done_at(case.visits[-1]):
        if item.code in TIMED:
            found[str(item.code)] = found.get(str(item.code), 0) + (item.minutes or 0)
    return found


def timed_lines(case: Case) -> list[int]:
    return [index for index, line in enumerate(lines_of(case)) if line.code in TIMED]


def last_day(case: Case) -> date:
    return case.visits[-1].date_of_service


def like_first(case: Case, code: str, minutes: int, words: str, **more: object) -> Intervention:
    """An intervention in the manner of the last visit's first."""
    return done_at(case.visits[-1])[0].model_copy(
        update={"code": code, "minutes": minutes, "what": words, "side": Side.NONE, "region": None, "group_size": 1,
                "attended": True, "starts_at": None, "by": By.PT, **more}
    )  # fmt: skip


def also(
    case: Case, code: str, minutes: int, words: str, *, units: int = 1, modifiers: tuple[str, ...] | None = None
) -> Spot:
    """The last visit with one more service, done by the therapist, written down and billed."""
    visit = case.visits[-1]
    terms = TERMS[case.payer]
    timed = minutes if code in TIMED else 0
    assert visit.total_timed_minutes is not None
    assert visit.total_treatment_minutes is not None
    assert visit.time_out is not None
    ends = visit.time_out.hour * 60 + visit.time_out.minute + minutes
    line = BilledLine(
        code=code,
        modifiers=modifiers if modifiers is not None else (("GP",) if terms.gp else ()),
        units=units,
        charge_cents=CHARGES[code] * units,
    )
    timed_total, total = visit.total_timed_minutes + timed, visit.total_treatment_minutes + minutes
    changed, ids, _ = change_visit(
        case,
        interventions=(*done_at(visit), like_first(case, code, minutes, words)),
        billed=(*lines_of(case), line),
        total_timed_minutes=timed_total,
        total_treatment_minutes=total,
        time_out=visit.time_out.replace(hour=ends // 60, minute=ends % 60),
        note=with_totals(visit, timed_total, total),
    )
    return changed, ids, code


def with_totals(visit: Visit, timed: int, total: int) -> Note:
    assert visit.note is not None
    objective = visit.note.objective.split(" Timed minutes")[0]
    return visit.note.model_copy(
        update={"objective": f"{objective} Timed minutes {timed}, total treatment minutes {total}."}
    )
