"""Single defects: each takes a clean case and plants one thing that is wrong for that payer on that day.

A defect is a function decorated with its label, a sentence, and the `Wish` that makes clean cases it can be planted
in. It returns where the mistake stands, or `None` when this case does not lend itself. What makes it a mistake is
asserted with the tables and terms of `clean`, never with the program's rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from cleanclaim.records import (
    Accident,
    AccidentKind,
    BilledLine,
    By,
    CertificationMethod,
    Clinic,
    Coverage,
    CoverageOrder,
    Credential,
    DecisionMaking,
    Intervention,
    Note,
    PlanOfCare,
    Presentation,
    ProgressReport,
    Relationship,
    Side,
    Signature,
    Visit,
    VisitKind,
)
from tests.generator.arithmetic import by_code, luhn_holds, pooled, pooled_total
from tests.generator.clean import (
    CHARGES,
    LEVELS,
    TERMS,
    THRESHOLD,
    TIMED,
    Case,
    Maker,
    Wish,
    edits,
    excluded,
    known_diagnoses,
    unlikely,
    valid_on,
    with_patient,
    with_visit,
)


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


# --- changing a case -------------------------------------------------------------------------------------

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


def _visit(case: Case, **changes: object) -> Spot:
    """The last visit with fields changed, in place `day`."""
    visit = case.visits[-1].model_copy(update=changes)
    return with_visit(case, visit), (visit.id,), "day"


def _lines(case: Case, lines: tuple[BilledLine, ...], place: str) -> Spot:
    spot = _visit(case, billed=lines)
    return spot[0], spot[1], place


def _line(case: Case, index: int, **changes: object) -> Spot:
    lines = case.visits[-1].billed
    assert lines is not None
    new = lines[index].model_copy(update=changes)
    return _lines(case, (*lines[:index], new, *lines[index + 1 :]), f"line {index + 1} {new.code}")


def _of(case: Case) -> tuple[BilledLine, ...]:
    lines = case.visits[-1].billed
    assert lines, "a billed visit was wished for"
    return lines


def _all(case: Case) -> tuple[str, ...]:
    return tuple(visit.id for visit in case.visits)


def _patient(case: Case, place: str, **changes: object) -> Spot:
    return with_patient(case, **changes), _all(case), place


def _coverage(case: Case, place: str, **changes: object) -> Spot:
    first, *others = case.patient.coverages
    return _patient(case, place, coverages=(first.model_copy(update=changes), *others))


def _plan(case: Case, place: str, **changes: object) -> Spot:
    return _patient(case, place, plans_of_care=(_the_plan(case).model_copy(update=changes),))


def _the_plan(case: Case) -> PlanOfCare:
    (plan,) = case.patient.plans_of_care or ()
    return plan


def _certification(case: Case, **changes: object) -> Spot:
    (certified,) = _the_plan(case).certifications or ()
    return _plan(case, "certification", certifications=(certified.model_copy(update=changes),))


def _authorization(case: Case, visits: tuple[str, ...], **changes: object) -> Spot:
    (approved,) = case.patient.coverages[0].authorizations or ()
    changed, _, _ = _coverage(case, "authorization", authorizations=(approved.model_copy(update=changes),))
    return changed, visits, "authorization"


def _clinic(case: Case, place: str, clinic: Clinic) -> Spot:
    return replace(case, clinic=clinic), _all(case), place


def _organization(case: Case, place: str, **changes: object) -> Spot:
    clinic = case.clinic
    return _clinic(
        case, place, clinic.model_copy(update={"organization": clinic.organization.model_copy(update=changes)})
    )


def _therapist(case: Case, place: str, **changes: object) -> Spot:
    """All therapists of the clinic changed alike, so that cases share one clinic."""
    people = tuple(
        who.model_copy(update=changes) if who.credential is Credential.PT else who for who in case.clinic.therapists
    )
    return _clinic(case, place, case.clinic.model_copy(update={"therapists": people}))


def _interventions(visit: Visit) -> tuple[Intervention, ...]:
    assert visit.interventions
    return visit.interventions


def _intervention(case: Case, index: int, place: str, **changes: object) -> Spot:
    done = _interventions(case.visits[-1])
    spot = _visit(case, interventions=(*done[:index], done[index].model_copy(update=changes), *done[index + 1 :]))
    return spot[0], spot[1], place


def _sickness(case: Case, codes: tuple[str, ...], place: str) -> Spot:
    """Other diagnoses on the last visit, each line pointing at all that it may."""
    lines = tuple(line.model_copy(update={"pointers": tuple(range(1, min(4, len(codes)) + 1))}) for line in _of(case))
    changed, ids, _ = _visit(case, diagnoses=codes, billed=lines)
    return changed, ids, place


def _minutes(case: Case) -> dict[str, int]:
    """Timed minutes by code of the last visit."""
    found: dict[str, int] = {}
    for item in _interventions(case.visits[-1]):
        if item.code in TIMED:
            found[str(item.code)] = found.get(str(item.code), 0) + (item.minutes or 0)
    return found


def _timed_lines(case: Case) -> list[int]:
    return [index for index, line in enumerate(_of(case)) if line.code in TIMED]


def _day(case: Case) -> date:
    return case.visits[-1].date_of_service


def _done(case: Case, code: str, minutes: int, words: str, **more: object) -> Intervention:
    """An intervention in the manner of the last visit's first."""
    return _interventions(case.visits[-1])[0].model_copy(
        update={"code": code, "minutes": minutes, "what": words, "side": Side.NONE, "region": None, "group_size": 1,
                "attended": True, "starts_at": None, "by": By.PT, **more}
    )  # fmt: skip


def _also(
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
    changed, ids, _ = _visit(
        case,
        interventions=(*_interventions(visit), _done(case, code, minutes, words)),
        billed=(*_of(case), line),
        total_timed_minutes=timed_total,
        total_treatment_minutes=total,
        time_out=visit.time_out.replace(hour=ends // 60, minute=ends % 60),
        note=_note(visit, timed_total, total),
    )
    return changed, ids, code


def _note(visit: Visit, timed: int, total: int) -> Note:
    assert visit.note is not None
    objective = visit.note.objective.split(" Timed minutes")[0]
    return visit.note.model_copy(
        update={"objective": f"{objective} Timed minutes {timed}, total treatment minutes {total}."}
    )


# --- what a claim must carry: amounts, units, dates, people ----------------------------------------------


@defect("zero-charge", "A line is charged nothing.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _line(case, rng.randrange(len(_of(case))), charge_cents=0)


@defect("charge-missing", "A service has neither a charge on its line nor one in the clinic's list.", *ANY)
def _(case: Case, _rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(_of(case)) if line.code == "97110"]
    if not places or any(line.code == "97110" for visit in case.visits[:-1] for line in visit.billed or ()):
        return None
    changed, ids, place = _line(case, places[0], charge_cents=None)
    charges = {code: amount for code, amount in case.clinic.charges.items() if code != "97110"}
    return replace(changed, clinic=case.clinic.model_copy(update={"charges": charges})), ids, place


@defect("negative-charge", "A line has a negative charge.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(_of(case)))
    return _line(case, index, charge_cents=-(_of(case)[index].charge_cents or 1))


@defect("units-zero", "A line has no units.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _line(case, rng.randrange(len(_of(case))), units=0)


@defect("units-negative", "A line has fewer units than none.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _line(case, rng.randrange(len(_of(case))), units=-1)


@defect(
    "charge-below-allowed",
    "A line is charged less than Medicare would allow.",
    replace(MEDICARE, codes=("97110", "97140")),
)
def _(case: Case, _rng: Random) -> Spot:
    return _line(case, 0, charge_cents=1000 * (_of(case)[0].units or 1))


@defect("born-after-service", "The patient is born after the day of service.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _patient(case, "patient", birth_date=_day(case) + timedelta(days=3))


@defect("birth-date-impossible", "The patient would be more than 130 years old.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _patient(case, "patient", birth_date=date(1878, 5, 4))


@defect("service-in-future", "The day of service has not come yet.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return replace(case, as_of=case.as_of - timedelta(days=140)), (case.visits[-1].id,), "day"


@defect("primary-payer-missing", "The patient has a second coverage but no first.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return _coverage(case, "coverage", order=CoverageOrder.SECONDARY) if len(case.patient.coverages) == 1 else _patient(
        case, "coverage", coverages=case.patient.coverages[1:]
    )  # fmt: skip


@defect("coverage-ended", "The coverage ended before the day of service.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    ends = case.visits[0].date_of_service - timedelta(days=20)
    return _coverage(case, "coverage", valid_from=ends - timedelta(days=300), valid_through=ends)


@defect("coverage-not-begun", "The coverage begins after the day of service.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _coverage(case, "coverage", valid_from=_day(case) + timedelta(days=2))


@defect("member-number-missing", "The policy has no member number.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _coverage(case, "coverage", member_id="")


@defect("medicare-number-malformed", "The Medicare number has not the form of one.", MEDICARE)
def _(case: Case, rng: Random) -> Spot:
    number = rng.choice(("123456789A", "1EG4TE5MK7", "0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MKK3", "1EG4TEAMK73"))
    return _coverage(case, "coverage", member_id=number)


@defect("subscriber-missing", "The patient is insured through a spouse who is not named.", LARKSPUR, PRAIRIE)
def _(case: Case, _rng: Random) -> Spot:
    return _coverage(case, "coverage", relationship=Relationship.SPOUSE, subscriber=None)


@defect("patient-name-missing", "The patient has no family name.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _patient(case, "patient", name=case.patient.name.model_copy(update={"family_name": ""}))


@defect("patient-name-with-digits", "The patient's name holds digits.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _patient(case, "patient", name=case.patient.name.model_copy(update={"family_name": "Ash9rove"}))


@defect("patient-zip-malformed", "The patient's ZIP code has neither five nor nine digits.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _patient(
        case,
        "patient",
        address=case.patient.address.model_copy(update={"zip_code": rng.choice(("6061", "60616-01", "6O616"))}),
    )


@defect("billing-zip-short", "The clinic's address lacks the last four digits of its ZIP code.", MEDICARE, PRAIRIE)
def _(case: Case, _rng: Random) -> Spot:
    return _organization(
        case, "clinic", address=case.clinic.organization.address.model_copy(update={"zip_code": "60616"})
    )


@defect("billing-address-box", "The clinic's billing address is a post office box.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    address = case.clinic.organization.address.model_copy(update={"line1": "PO Box 555", "line2": ""})
    return _organization(case, "clinic", address=address)


@defect("billing-npi-wrong", "The clinic's identifier fails its check digit.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    npi = case.clinic.organization.npi
    wrong = npi[:-1] + str((int(npi[-1]) + 1) % 10)
    assert not luhn_holds("80840" + wrong)
    return _organization(case, "clinic", npi=wrong)


@defect("tax-id-malformed", "The clinic's tax number has not nine digits.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _organization(case, "clinic", tax_id="00123")


@defect("tax-id-missing", "The clinic has no tax number.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _organization(case, "clinic", tax_id="")


@defect("billing-taxonomy-malformed", "The clinic's taxonomy code is not ten characters.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _organization(case, "clinic", taxonomy="261QP2")


@defect("billing-phone-malformed", "The clinic's telephone number has not ten digits.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _organization(case, "clinic", phone="5550100")


@defect("rendering-npi-wrong", "The therapist's identifier fails its check digit.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    assert not luhn_holds("808401999001001")
    return _therapist(case, "therapist", npi="1999001001")


@defect("rendering-npi-missing", "The therapist has no identifier.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _therapist(case, "therapist", npi=None)


@defect("rendering-taxonomy-wrong", "The therapist's taxonomy code is that of an orthopedic surgeon.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _therapist(case, "therapist", taxonomy="207X00000X")


@defect("rendering-taxonomy-malformed", "The therapist's taxonomy code is not ten characters.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _therapist(case, "therapist", taxonomy="2251")


@defect("assistant-as-rendering", "The claim would go out under an assistant's name.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    changed, ids, _ = _visit(case, therapist=f"t{rng.randrange(10, 14)}")
    return changed, ids, "therapist"


@defect("therapist-unknown", "The visit names a therapist whom the clinic does not list.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    changed, ids, _ = _visit(case, therapist="t99")
    return changed, ids, "therapist"


@defect("referring-npi-wrong", "The certifying physician's identifier fails its check digit.", MEDICARE, STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    plan = _the_plan(case)
    assert plan.order is not None
    assert plan.certifications
    who = plan.order.by.model_copy(update={"npi": "1999007001"})
    assert not luhn_holds("808401999007001")
    certified = plan.certifications[0].model_copy(update={"by": who})
    return _plan(case, "referring", order=plan.order.model_copy(update={"by": who}), certifications=(certified,))


@defect(
    "referring-missing",
    "Nobody is named who ordered or certified the care, and the payer wants one on the claim.",
    MEDICARE,
    STONEGATE,
)
def _(case: Case, _rng: Random) -> Spot:
    plan = _the_plan(case)
    assert plan.certifications
    certified = plan.certifications[0].model_copy(update={"by": None, "method": CertificationMethod.SIGNED})
    return _plan(case, "referring", order=None, has_order=False, certifications=(certified,))


@defect("place-unknown", "The place of service is not a place of the list.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    changed, ids, _ = _visit(case, place_of_service=rng.choice(("98", "00", "1", "A1")))
    return changed, ids, "place of service"


@defect("accident-state-missing", "An auto accident is named without the state it happened in.", LARKSPUR, PRAIRIE)
def _(case: Case, _rng: Random) -> Spot:
    return _patient(
        case,
        "accident",
        accident=Accident(kind=AccidentKind.AUTO, on=_the_plan(case).established_on - timedelta(days=9)),
    )


@defect("accident-after-service", "The accident lies after the day of service.", STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    return _patient(
        case, "accident", accident=Accident(kind=AccidentKind.EMPLOYMENT, on=_day(case) + timedelta(days=1))
    )


@defect("accident-missing", "A workers' compensation claim names no accident.", STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    return _patient(case, "accident", accident=None)


@defect("claim-number-missing", "A workers' compensation claim lacks the insurer's claim number.", STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    return _coverage(case, "coverage", claim_number="")


@defect("employer-missing", "A workers' compensation claim names no employer.", STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    return _coverage(case, "coverage", employer="")


@defect("onset-after-service", "The onset lies after the day of service.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _plan(case, "plan of care", onset_on=_day(case) + timedelta(days=2))


@defect("duplicate-visit", "The same visit is billed twice.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    again = case.visits[-1].model_copy(update={"id": f"{case.visits[-1].id}-again"})
    return replace(case, visits=(*case.visits, again)), (case.visits[-1].id, again.id), "claim"


@defect("line-twice", "A line stands twice on a claim.", *(replace(wish, mode="pt", least=15) for wish in ANY))
def _(case: Case, rng: Random) -> Spot:
    lines = _of(case)
    again = rng.choice(lines)
    return _lines(case, (*lines, again), again.code)


@defect("filed-too-late", "The payer's filing limit has passed.", LARKSPUR, PRAIRIE, STONEGATE, MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return replace(case, as_of=case.as_of + timedelta(days=500)), _all(case), "claim"


@defect("pointer-out-of-range", "A line points at a diagnosis that the claim has not.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _line(case, rng.randrange(len(_of(case))), pointers=(1, len(case.visits[-1].diagnoses or ()) + 1))


@defect("pointer-missing", "A line points at no diagnosis.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _line(case, rng.randrange(len(_of(case))), pointers=())


@defect("pointers-too-many", "A line points at more than four diagnoses.", *CODED)
def _(case: Case, _rng: Random) -> Spot:
    codes = ("M54.2", "M62.81", "M25.561", "M25.511", "R26.81")
    lines = tuple(line.model_copy(update={"pointers": (1, 2, 3, 4, 5)}) for line in _of(case))
    changed, ids, _ = _visit(case, diagnoses=codes, billed=lines)
    return changed, ids, "line 1"


# --- diagnoses -------------------------------------------------------------------------------------------


@defect("diagnosis-twice", "A diagnosis stands twice.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    codes = case.visits[-1].diagnoses or ()
    return _sickness(case, (*codes, codes[0]), f"diagnosis {len(codes) + 1}")


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
    return _sickness(
        case,
        (*(case.visits[-1].diagnoses or ()), *(code for code in many if code not in (case.visits[-1].diagnoses or ()))),
        "claim",
    )


@defect("diagnosis-missing", "A visit is billed without any diagnosis.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    lines = tuple(line.model_copy(update={"pointers": None}) for line in _of(case))
    changed, ids, _ = _visit(case, diagnoses=(), billed=lines)
    return changed, ids, "claim"


@defect("external-cause-first", "A code for how the injury came about stands first.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    cause = rng.choice(("W19.XXXD", "W01.0XXD", "Y93.01", "V43.52XD"))
    assert valid_on(cause, _day(case))
    return _sickness(case, (cause, *(case.visits[-1].diagnoses or ())), "diagnosis 1")


@defect(
    "manifestation-first",
    "A manifestation stands first, before its cause.",
    replace(MEDICARE, region="balance", period="2025q3"),
    replace(MEDICARE, region="balance", period="2026q1"),
)
def _(case: Case, _rng: Random) -> Spot:
    assert valid_on("G63", _day(case))
    return _sickness(case, ("G63", "E03.9"), "diagnosis 1")


@defect("diagnosis-not-yet-valid", "A diagnosis is used before its first day.",
        replace(LARKSPUR, period="2024q3"), replace(MEDICARE, period="2025q1"), replace(PRAIRIE, period="2026q1"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    day = _day(case)
    code = "M51.360" if day < date(2024, 10, 1) else "R10.21" if day < date(2025, 10, 1) else "M67.A01"
    assert day < {"M51.360": date(2024, 10, 1), "R10.21": date(2025, 10, 1), "M67.A01": date(2026, 10, 1)}[code]
    return _sickness(case, (code,), "diagnosis 1")


@defect("diagnosis-ended", "A diagnosis is used after its last day.", replace(MEDICARE, period="2026q1"), replace(LARKSPUR, period="2026q3"),
        replace(MEDICARE, period="2025q1"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    code = {2025: "M51.36", 2026: "R10.2"}[_day(case).year]
    assert not valid_on(code, _day(case))
    return _sickness(case, (code,), "diagnosis 1")


@defect("diagnosis-header", "A diagnosis is a heading that needs more characters.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("M25.56", "M17.1", "M75.1", "R26", "M54.1", "S83.24", "H81.1", "M25.61"))
    assert code.replace(".", "") in known_diagnoses()
    assert not valid_on(code, _day(case))
    return _sickness(case, (code,), "diagnosis 1")


@defect("diagnosis-unknown", "A diagnosis is no code of ICD-10-CM.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("M99.999", "Z11.999", "M54.99", "M25.969", "R26.77"))
    assert code.replace(".", "") not in known_diagnoses()
    return _sickness(case, (code,), "diagnosis 1")


@defect("seventh-character-missing", "An injury code lacks its seventh character.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("S83.241", "S93.401", "S46.011", "S39.012", "S52.501"))
    assert not valid_on(code, _day(case))
    assert valid_on(f"{code}D", _day(case))
    return _sickness(case, (code,), "diagnosis 1")


@defect("seventh-character-wrong", "An injury code has a seventh character that its category does not know.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    code = rng.choice(("S83.241G", "S93.401K", "S46.011P", "S39.012B"))
    assert not valid_on(code, _day(case))
    return _sickness(case, (code,), "diagnosis 1")


@defect("diagnoses-exclude-each-other", "Two diagnoses stand together that exclude each other.", *CODED)
def _(case: Case, rng: Random) -> Spot:
    pair = rng.choice(
        (("M54.50", "M54.41"), ("H81.11", "R42"), ("M54.50", "S39.012D"), ("R26.81", "R27.0"), ("N39.3", "N39.46"))
    )
    assert excluded(*pair)
    assert all(valid_on(code, _day(case)) for code in pair)
    return _sickness(case, pair, "diagnosis 2")


@defect("sequela-first", "A late effect stands before the condition it caused.", *CODED)
def _(case: Case, _rng: Random) -> Spot:
    assert valid_on("S83.241S", _day(case))
    return _sickness(case, ("S83.241S", "M25.561"), "diagnosis 1")


@defect("diagnosis-wrong-side", "The diagnosis names the other side than the one treated.",
        replace(MEDICARE, region="knee", mode="pt"), replace(LARKSPUR, region="shoulder"), replace(PRAIRIE, region="knee"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    codes = visit.diagnoses or ()
    if visit.kind is not VisitKind.TREATMENT or (
        len(codes) != 1 and codes[-1] != "M62.81" and not codes[-1].startswith("M25")
    ):
        return None
    if not any(item.side in {Side.LEFT, Side.RIGHT} for item in _interventions(visit)):
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
    assert all(valid_on(code, _day(case)) for code in other)
    return _sickness(case, other, "diagnosis 1")


@defect(
    "prosthetic-without-amputation",
    "Prosthetic training is billed for a patient with all limbs.",
    replace(MEDICARE, special="prosthetic"),
)
def _(case: Case, _rng: Random) -> Spot:
    return _sickness(case, ("M17.11",), "97761")


@defect(
    "repositioning-without-vertigo",
    "Canalith repositioning is billed without vertigo.",
    replace(MEDICARE, special="vertigo"),
)
def _(case: Case, _rng: Random) -> Spot:
    return _sickness(case, ("M54.2",), "95992")


@defect(
    "debridement-without-wound",
    "Debridement is billed without a wound.",
    replace(MEDICARE, codes=("97110",), region="knee", mode="pt", evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    return _also(case, "97597", 20, "selective debridement of devitalized tissue, 12 square centimeters")


# --- codes -----------------------------------------------------------------------------------------------


def _exchange(case: Case, old: str, new: str, words: str, **changes: object) -> Spot | None:
    """One service of the last visit under another code, in the note and on the line."""
    visit = case.visits[-1]
    places = [index for index, line in enumerate(_of(case)) if line.code == old]
    if len(places) != 1:
        return None
    done = tuple(
        item.model_copy(update={"code": new, "what": words}) if item.code == old else item
        for item in _interventions(visit)
    )
    old_line = _of(case)[places[0]]
    line = old_line.model_copy(update={"code": new, "charge_cents": CHARGES[new] * (old_line.units or 1), **changes})
    lines = (*_of(case)[: places[0]], line, *_of(case)[places[0] + 1 :])
    changed, ids, _ = _visit(case, interventions=done, billed=lines)
    return changed, ids, new


@defect(
    "code-deleted",
    "A code is billed that ended years ago.",
    *(replace(wish, codes=("97110",), evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    return _exchange(case, "97110", rng.choice(("97762", "97532", "64550")), "as before")


@defect("evaluation-code-deleted", "An evaluation is billed under the code that ended in 2016.", replace(MEDICARE, evaluation=True, visits=1),
        replace(LARKSPUR, evaluation=True, visits=1))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    return _exchange(case, _of(case)[0].code, "97001", "physical therapy evaluation")


@defect(
    "code-unknown",
    "A code is billed that does not exist.",
    *(replace(wish, codes=("97110",), evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    return _exchange(case, "97110", rng.choice(("97117", "97111")), "strength exercise")


@defect("code-not-yet-valid", "A code of 2026 is billed before 2026.", replace(PAIRED_QUARTER, codes=("97110",), evaluation=False),
        replace(MEDICARE, period="2025q3", codes=("97110",), evaluation=False))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    assert _day(case) < date(2026, 1, 1)
    return _also(case, rng.choice(("98985", "98979")), 10, "remote therapeutic monitoring of the home program")


@defect(
    "code-not-for-medicare",
    "Unattended stimulation goes to Medicare under 97014.",
    replace(THERAPIST, codes=("97110", "97140"), evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    return _also(case, "97014", 12, "unattended interferential stimulation")


@defect("code-not-for-payer", "Unattended stimulation goes as G0283 to a payer that wants 97014.",
        replace(LARKSPUR, codes=("97110", "97140"), evaluation=False, mode="pt"), replace(PRAIRIE, codes=("97110",), evaluation=False, mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return _also(case, "G0283", 12, "unattended interferential stimulation")


@defect("bundled-code", "A hot pack is billed, which the payer never pays for by itself.",
        *(replace(wish, codes=("97110", "97140"), evaluation=False, mode="pt") for wish in (MEDICARE, LARKSPUR, PRAIRIE)))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return _also(case, "97010", 10, "hot pack")


@defect("code-not-payable", "A code is billed that the payer does not pay.", replace(PRAIRIE, codes=("97110",), evaluation=False, mode="pt"),
        replace(THERAPIST, codes=("97110",), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    if case.payer == "prairie_health_plan":
        return _also(case, "97545", 120, "work hardening, first two hours")
    return _also(case, "97037", 10, "low-level laser after surgery")


@defect(
    "add-on-alone",
    "An add-on code is billed without its first code.",
    replace(THERAPIST, codes=("97110",), evaluation=False, region="balance"),
)
def _(case: Case, rng: Random) -> Spot:
    code, words = rng.choice(
        (("97130", "cognitive skills, further 15 minutes"), ("97598", "further 20 square centimeters debrided"))
    )
    return _also(case, code, 15, words)


@defect("services-not-to-be-billed-together", "Two codes stand together that may never, whatever the modifier.",
        replace(PAIRED_QUARTER, codes=("97110", "97140"), evaluation=False, mode="pt", region="hip", least=15))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    code, words, minutes = rng.choice(
        (("97124", "massage, effleurage", 15), ("95851", "range of motion measured, with report", 8))
    )
    if not any(edits().get((code, line.code)) == 0 for line in _of(case)):
        return None
    return _also(case, code, minutes, words)


@defect("pair-without-modifier", "Two codes stand together that need a modifier to say they were apart, and have none.",
        replace(PAIRED_QUARTER, codes=("97140",), evaluation=False, mode="pt", least=15),
        replace(PAIRED_QUARTER, codes=("97530",), evaluation=False, mode="pt", least=15))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    if rng.random() < 0.4:
        changed, ids, _ = _also(case, "97150", 25, "group exercise class, therapist guiding all members")
        visit = changed.visits[-1]
        done = tuple(
            item.model_copy(update={"group_size": 4}) if item.code == "97150" else item
            for item in _interventions(visit)
        )
        changed = with_visit(changed, visit.model_copy(update={"interventions": done}))
        assert edits()["97150", _of(case)[0].code] == 1
        return changed, ids, "97150"
    assert edits()["97750", _of(case)[0].code] == 1
    return _also(case, "97750", 15, "physical performance test with written report of the results")


@defect("evaluation-and-test-together", "A performance test is billed on the day of the evaluation, which is never paid.",
        replace(PAIRED_QUARTER, evaluation=True, visits=1, codes=()))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    assert edits()["97750", _of(case)[0].code] == 0
    return _also(case, "97750", 15, "physical performance test with written report of the results")


# --- units -----------------------------------------------------------------------------------------------


def _units_changed(case: Case, step: int, rng: Random) -> Spot | None:
    places = [index for index in _timed_lines(case) if (_of(case)[index].units or 0) + step > 0]
    if not places:
        return None
    index = rng.choice(places)
    units = (_of(case)[index].units or 0) + step
    code = _of(case)[index].code
    whole = sum(line.units or 0 for line in _of(case) if line.code == code) + step
    cap = TERMS[case.payer].cap
    if whole > unlikely().get(code, 99) or (
        cap and step > 0 and sum(_of(case)[place].units or 0 for place in _timed_lines(case)) + step > cap
    ):
        return None
    return _line(case, index, units=units, charge_cents=CHARGES[code] * units)


@defect("units-above-pooled-minutes", "One more timed unit is billed than the pooled minutes of the day support.", MEDICARE, STONEGATE,
        replace(MEDICARE, payer="medicare_advantage"))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    spot = _units_changed(case, 1, rng)
    if spot is None:
        return None
    assert (
        sum(line.units or 0 for line in _of(spot[0]) if line.code in TIMED)
        == pooled_total(sum(_minutes(case).values())) + 1
    )
    return spot


@defect("units-below-pooled-minutes", "One timed unit fewer is billed than the pooled minutes of the day support.", MEDICARE, STONEGATE,
        replace(MEDICARE, payer="medicare_advantage"))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    return _units_changed(case, -1, rng)


@defect("units-above-code-minutes", "A code has one more unit than its own minutes support.", LARKSPUR, PRAIRIE)
def _(case: Case, rng: Random) -> Spot | None:
    spot = _units_changed(case, 1, rng)
    if spot is None:
        return None
    own = by_code(_minutes(case))
    assert any((line.units or 0) > own[line.code] for line in _of(spot[0]) if line.code in TIMED)
    return spot


@defect("units-below-code-minutes", "A code has one unit fewer than its own minutes support.", LARKSPUR, PRAIRIE)
def _(case: Case, rng: Random) -> Spot | None:
    return _units_changed(case, -1, rng)


@defect(
    "units-above-either-count",
    "More timed units are billed than either way of counting supports.",
    Wish(payer="uhc_commercial", billed=True),
)
def _(case: Case, rng: Random) -> Spot | None:
    return _units_changed(case, 1, rng)


@defect("units-on-wrong-code", "The number of units is right, but one stands on the code with fewer minutes left over.",
        replace(THERAPIST, evaluation=False), replace(STONEGATE, evaluation=False, mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    minutes = _minutes(case)
    right = pooled(minutes)
    assert right is not None
    lines = _of(case)
    for giver in _timed_lines(case):
        for taker in _timed_lines(case):
            units, more = lines[giver].units or 0, lines[taker].units or 0
            one, other = lines[giver].code, lines[taker].code
            if giver == taker or units < 2 or minutes[one] < units * 15 or minutes[other] >= (more + 1) * 15:
                continue
            given = lines[giver].model_copy(update={"units": units - 1, "charge_cents": CHARGES[one] * (units - 1)})
            taken = lines[taker].model_copy(update={"units": more + 1, "charge_cents": CHARGES[other] * (more + 1)})
            new = [given if index == giver else taken if index == taker else line for index, line in enumerate(lines)]
            return _lines(case, tuple(new), other)
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
        for index, line in enumerate(_of(case))
        if line.code not in TIMED and (case.payer != "stonegate_casualty" or line.code != "95992")
    ]
    if not places:
        return None
    return _line(case, places[0], units=2, charge_cents=CHARGES[_of(case)[places[0]].code] * 2)


@defect("units-above-unlikely-limit", "A day has more units of a code than Medicare believes of any patient.",
        replace(PAIRED_QUARTER, codes=("97112",), region="balance", evaluation=False, mode="pt"),
        replace(PAIRED_QUARTER, codes=("97035",), region="knee", evaluation=False, mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    code = _of(case)[0].code
    limit = unlikely()[code]
    visit = case.visits[-1]
    minutes = (limit + 1) * 15
    assert visit.time_in is not None
    ends = visit.time_in.hour * 60 + visit.time_in.minute + minutes
    done = tuple(item.model_copy(update={"minutes": minutes}) for item in _interventions(visit)[:1])
    line = _of(case)[0].model_copy(update={"units": limit + 1, "charge_cents": CHARGES[code] * (limit + 1)})
    changed, ids, _ = _visit(
        case, interventions=done, billed=(line,), total_timed_minutes=minutes, total_treatment_minutes=minutes,
        time_out=visit.time_in.replace(hour=ends // 60, minute=ends % 60), note=_note(visit, minutes, minutes),
    )  # fmt: skip
    return changed, ids, code


@defect("daily-cap-exceeded", "More timed units of one day are billed than the plan pays.",
        replace(PRAIRIE, codes=("97110", "97140"), evaluation=False, mode="pt", least=23))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    assert TERMS[case.payer].cap == 4
    assert sum(_of(case)[index].units or 0 for index in _timed_lines(case)) == 4
    return _also(case, "97535", 15, "training in dressing and bathing at home with adapted technique")


@defect("service-not-billed", "A service was done and written down, and not billed.",
        replace(THERAPIST, codes=("97110", "97140", "G0283"), evaluation=False),
        replace(LARKSPUR, codes=("97110", "97140", "97014"), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    kept = tuple(line for line in _of(case) if line.code not in {"G0283", "97014"})
    return None if len(kept) == len(_of(case)) else _lines(case, kept, "G0283")


@defect("timed-service-not-billed", "A timed service of a quarter hour was done and written down, and not billed.",
        replace(THERAPIST, codes=("97110", "97140"), evaluation=False, least=15), replace(LARKSPUR, codes=("97110", "97140"), evaluation=False, least=15))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return _lines(case, tuple(line for line in _of(case) if line.code != "97140"), "97140")


@defect("visit-not-billed", "A signed visit has no line at all.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return _lines(case, (), "claim")


@defect("service-not-documented", "A service is billed that the note does not have.", replace(THERAPIST, codes=("97110",), evaluation=False),
        replace(LARKSPUR, codes=("97110",), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    more = BilledLine(
        code="97016", modifiers=("GP",) if TERMS[case.payer].gp else (), units=1, charge_cents=CHARGES["97016"]
    )
    return _lines(case, (*_of(case), more), "97016")


# --- modifiers -------------------------------------------------------------------------------------------


def _modifiers(case: Case, index: int, *modifiers: str) -> Spot:
    return _line(case, index, modifiers=modifiers)


@defect("therapy-modifier-missing", "A line of therapy lacks GP, and the payer wants it.", MEDICARE, PRAIRIE, replace(MEDICARE, payer="uhc_commercial"),
        replace(MEDICARE, payer="medicare_advantage"))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(_of(case)) if line.modifiers == ("GP",) and line.code != "95992"]
    return _modifiers(case, rng.choice(places)) if places else None


@defect("therapy-modifiers-conflict", "A line carries the modifiers of two disciplines.", MEDICARE, PRAIRIE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(_of(case)))
    return _modifiers(case, index, *_of(case)[index].modifiers, rng.choice(("GO", "GN")))


@defect(
    "therapy-modifier-of-other-discipline",
    "A physical therapist's line carries another discipline's modifier.",
    THERAPIST,
    replace(PRAIRIE, mode="pt"),
)
def _(case: Case, rng: Random) -> Spot:
    return _modifiers(case, rng.randrange(len(_of(case))), rng.choice(("GO", "GN")))


@defect("assistant-modifier-missing", "An assistant furnished the service and CQ is not there.", replace(MEDICARE, mode="pta"), replace(PRAIRIE, mode="pta"),
        replace(MEDICARE, payer="medicare_advantage", mode="pta"))  # fmt: skip
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(_of(case)) if line.modifiers == ("GP", "CQ")]
    return _modifiers(case, rng.choice(places), "GP") if places else None


@defect(
    "assistant-modifier-unneeded",
    "A therapist furnished the service and CQ cuts the pay.",
    THERAPIST,
    replace(PRAIRIE, mode="pt"),
)
def _(case: Case, rng: Random) -> Spot:
    return _modifiers(case, rng.randrange(len(_of(case))), "GP", "CQ")


@defect("assistant-modifier-without-therapy-modifier", "CQ stands without GP.", replace(MEDICARE, mode="pta"))
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(_of(case)) if line.modifiers == ("GP", "CQ")]
    return _modifiers(case, rng.choice(places), "CQ") if places else None


@defect(
    "assistant-modifier-of-other-discipline",
    "A physical therapy line carries the occupational assistant's modifier.",
    replace(MEDICARE, mode="pta"),
)
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(_of(case)) if line.modifiers == ("GP", "CQ")]
    return _modifiers(case, rng.choice(places), "GP", "CO") if places else None


@defect("evaluation-by-assistant", "An assistant furnished the evaluation.", replace(MEDICARE, evaluation=True, visits=1),
        replace(PRAIRIE, evaluation=True, visits=1), replace(MEDICARE, payer="uhc_commercial", evaluation=True, visits=1))  # fmt: skip
def _(case: Case, rng: Random) -> Spot:
    helper = f"t{rng.randrange(10, 14)}"
    visit = case.visits[-1]
    done = tuple(
        item.model_copy(update={"by": By.PTA}) if item.code in LEVELS else item for item in _interventions(visit)
    )
    lines = tuple(
        line.model_copy(update={"modifiers": (*line.modifiers, "CQ")}) if line.code in LEVELS else line
        for line in _of(case)
    )
    signatures = (*(visit.signatures or ()), Signature(credential=Credential.PTA, on=visit.date_of_service, by=helper))
    changed, ids, _ = _visit(case, interventions=done, billed=lines, assistant=helper, signatures=signatures)
    return changed, ids, "evaluation"


@defect("modifier-twice", "A modifier stands twice on a line.", MEDICARE, PRAIRIE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(_of(case)))
    return _modifiers(case, index, *_of(case)[index].modifiers, "GP")


@defect("modifier-unknown", "A modifier does not exist.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(_of(case)))
    return _modifiers(case, index, *_of(case)[index].modifiers, rng.choice(("Y7", "0Z", "I9")))


@defect(
    "modifiers-too-many", "A line has more than the four modifiers a claim can carry.", replace(MEDICARE, mode="pta")
)
def _(case: Case, _rng: Random) -> Spot:
    return _modifiers(case, 0, "GP", "CQ", "59", "76", "52")


@defect("distinct-service-twice-said", "A line carries both 59 and its closer form.", PAIRED_QUARTER, PRAIRIE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(_of(case)))
    return _modifiers(case, index, *_of(case)[index].modifiers, "59", rng.choice(("XE", "XS", "XP", "XU")))


@defect(
    "distinct-service-unneeded",
    "59 stands on a line that meets no edit.",
    replace(PAIRED_QUARTER, codes=("97110", "97140"), evaluation=False),
)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(_of(case)))
    return _modifiers(case, index, *_of(case)[index].modifiers, rng.choice(("59", "XU")))


@defect("modifier-of-surgeons", "A line of therapy carries 51, which is for several operations.", MEDICARE, PRAIRIE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(_of(case)))
    return _modifiers(case, index, *_of(case)[index].modifiers, "51")


@defect(
    "modifier-of-physicians",
    "An evaluation by a therapist carries 25, which is for a physician's visit.",
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, _rng: Random) -> Spot:
    return _modifiers(case, 0, *_of(case)[0].modifiers, "25")


@defect(
    "exception-and-waiver-together", "A line says that care is needed and that it is not.", replace(MEDICARE, kx=True)
)
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(_of(case)) if len(line.modifiers) < 4]
    index = rng.choice(places)
    return _modifiers(case, index, *_of(case)[index].modifiers, rng.choice(("GA", "GZ")))


@defect("waivers-conflict", "A line says both that a notice was given and that none was.", MEDICARE)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(_of(case)))
    changed, ids, place = _modifiers(case, index, *_of(case)[index].modifiers, "GA", "GZ")
    return changed, ids, place


@defect(
    "threshold-modifier-missing",
    "The year's dollars are above Medicare's threshold and KX is missing.",
    replace(MEDICARE, kx=True),
)
def _(case: Case, rng: Random) -> Spot:
    (amount,) = case.patient.year_to_date or ()
    assert amount.at_least_cents > THRESHOLD[_day(case).year]
    index = rng.randrange(len(_of(case)))
    return _modifiers(case, index, *(modifier for modifier in _of(case)[index].modifiers if modifier != "KX"))


@defect("threshold-modifier-unneeded", "KX is used far below Medicare's threshold.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    (amount,) = case.patient.year_to_date or ()
    assert amount.at_most_cents is not None
    assert amount.at_most_cents + 4 * 30000 < THRESHOLD[_day(case).year]
    lines = tuple(line.model_copy(update={"modifiers": (*line.modifiers, "KX")}) for line in _of(case))
    return _lines(case, lines, "claim")


# --- the note --------------------------------------------------------------------------------------------


@defect("timed-total-differs", "The total of timed minutes is not their sum.", THERAPIST)
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    if not _minutes(case):
        return None
    assert visit.total_timed_minutes is not None
    assert visit.total_treatment_minutes is not None
    new = visit.total_timed_minutes + 9
    if new > visit.total_treatment_minutes:
        new = visit.total_timed_minutes - 6
    return _visit(case, total_timed_minutes=new, note=_note(visit, new, visit.total_treatment_minutes))


@defect("treatment-total-below-timed", "The total treatment time is shorter than the timed minutes in it.", THERAPIST)
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    if not visit.total_timed_minutes:
        return None
    new = visit.total_timed_minutes - 5
    return _visit(case, total_treatment_minutes=new, note=_note(visit, visit.total_timed_minutes, new))


@defect("visit-shorter-than-minutes", "The minutes of the note do not fit between arrival and departure.", *ANY)
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    assert visit.time_in is not None
    assert visit.total_treatment_minutes is not None
    if visit.total_treatment_minutes < 25:
        return None
    ends = visit.time_in.hour * 60 + visit.time_in.minute + visit.total_treatment_minutes - 12
    return _visit(case, time_out=visit.time_in.replace(hour=ends // 60, minute=ends % 60))


@defect("left-before-arrival", "The patient left before arriving.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    visit = case.visits[-1]
    assert visit.time_in is not None
    return _visit(case, time_out=visit.time_in.replace(hour=visit.time_in.hour - 1))


@defect("minutes-absent", "A timed service has zero minutes.", THERAPIST, LARKSPUR)
def _(case: Case, _rng: Random) -> Spot | None:
    places = [index for index, item in enumerate(_interventions(case.visits[-1])) if item.code in TIMED]
    if not places:
        return None
    changed, ids, place = _intervention(case, places[-1], "day", minutes=0)
    visit = changed.visits[-1]
    timed = sum(_minutes(changed).values())
    total = sum(item.minutes or 0 for item in _interventions(visit))
    visit = visit.model_copy(
        update={"total_timed_minutes": timed, "total_treatment_minutes": total, "note": _note(visit, timed, total)}
    )
    return with_visit(changed, visit), ids, place


@defect("note-unsigned", "Nobody signed the note.", MEDICARE, PRAIRIE)
def _(case: Case, _rng: Random) -> Spot:
    return _visit(case, signatures=())


@defect("note-signed-before-visit", "The note was signed before the visit.", MEDICARE, LARKSPUR)
def _(case: Case, _rng: Random) -> Spot:
    signed = tuple(
        item.model_copy(update={"on": _day(case) - timedelta(days=1)}) for item in case.visits[-1].signatures or ()
    )
    return _visit(case, signatures=signed)


@defect(
    "evaluation-signed-by-assistant",
    "Only an assistant signed the evaluation.",
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, rng: Random) -> Spot:
    return _visit(
        case, signatures=(Signature(credential=Credential.PTA, on=_day(case), by=f"t{rng.randrange(10, 14)}"),)
    )


@defect("need-for-skill-absent", "The note does not say why a service took a therapist.", MEDICARE)
def _(case: Case, rng: Random) -> Spot | None:
    return _word_absent(case, rng, "skilled_need")


@defect("response-absent", "The note does not say how the patient responded to a service.", MEDICARE)
def _(case: Case, rng: Random) -> Spot | None:
    return _word_absent(case, rng, "response")


@defect("progress-absent", "The note does not say what changed.", MEDICARE)
def _(case: Case, rng: Random) -> Spot | None:
    return _word_absent(case, rng, "progress")


def _word_absent(case: Case, rng: Random, name: str) -> Spot | None:
    done = _interventions(case.visits[-1])
    codes = sorted({str(item.code) for item in done if item.code in TIMED})
    if not codes:
        return None
    code = rng.choice(codes)
    changed, ids, _ = _visit(
        case, interventions=tuple(item.model_copy(update={name: ""}) if item.code == code else item for item in done)
    )
    return changed, ids, code


@defect(
    "note-copied",
    "The note is word for word that of the visit before.",
    replace(MEDICARE, visits=3, evaluation=False),
    replace(PRAIRIE, visits=3, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    return _visit(case, note=case.visits[-2].note)


@defect(
    "aide-minutes-billed",
    "An aide's minutes are billed.",
    *(replace(wish, mode="pt", evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    return _by_others(case, rng, By.AIDE)


@defect("student-minutes-billed", "A student's minutes are billed to Medicare.", replace(THERAPIST, evaluation=False))
def _(case: Case, rng: Random) -> Spot | None:
    return _by_others(case, rng, By.STUDENT)


def _by_others(case: Case, rng: Random, who: By) -> Spot | None:
    places = [index for index, item in enumerate(_interventions(case.visits[-1])) if item.code in TIMED]
    if not places:
        return None
    index = rng.choice(places)
    return _intervention(case, index, str(_interventions(case.visits[-1])[index].code), by=who)


@defect(
    "unattended-minutes-billed",
    "A timed service is billed though nobody attended the patient.",
    *(replace(wish, mode="pt", evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, item in enumerate(_interventions(case.visits[-1])) if item.code in TIMED]
    if not places:
        return None
    index = rng.choice(places)
    return _intervention(case, index, str(_interventions(case.visits[-1])[index].code), by=By.NOBODY, attended=False)


@defect(
    "group-billed-one-on-one",
    "Minutes of a group are billed as one-on-one.",
    *(replace(wish, mode="pt", evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, item in enumerate(_interventions(case.visits[-1])) if item.code in TIMED]
    if not places:
        return None
    index = rng.choice(places)
    return _intervention(case, index, str(_interventions(case.visits[-1])[index].code), group_size=rng.randint(2, 5))


@defect("group-of-one", "A group is billed for a patient treated alone.", replace(MEDICARE, codes=("97150",), evaluation=False),
        replace(LARKSPUR, codes=("97150",), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return _intervention(case, 0, "97150", group_size=1)


@defect(
    "therapist-in-two-places",
    "A therapist treats two patients one-on-one at the same time.",
    replace(THERAPIST, visits=1, evaluation=False, codes=("97110", "97140")),
)
def _(case: Case, _rng: Random) -> Spot:
    first = case.visits[0]
    assert first.time_in is not None
    now = first.time_in.hour * 60 + first.time_in.minute
    done = []
    for item in _interventions(first):
        done.append(item.model_copy(update={"starts_at": first.time_in.replace(hour=now // 60, minute=now % 60)}))
        now += item.minutes or 0
    first = first.model_copy(update={"interventions": tuple(done)})
    key = f"{case.patient.id}X"
    member = case.patient.coverages[0].member_id
    other = case.patient.model_copy(
        update={"id": key, "birth_date": case.patient.birth_date - timedelta(days=400),
                "coverages": (case.patient.coverages[0].model_copy(update={"member_id": f"2{member[1:]}"}),)}
    )  # fmt: skip
    assert first.note is not None
    note = first.note.model_copy(
        update={
            "subjective": "Sore after raking leaves, better by noon.",
            "assessment": "Tolerates more load than planned.",
        }
    )
    second = first.model_copy(update={"id": f"{first.id}X", "patient_id": key, "note": note})
    return replace(case, patients=(case.patient, other), visits=(first, second)), (first.id, second.id), "day"


@defect(
    "prosthetic-training-first-twice",
    "The first prosthetic encounter is billed a second time.",
    replace(MEDICARE, special="prosthetic", visits=2),
)
def _(case: Case, _rng: Random) -> Spot | None:
    assert [line.code for line in case.visits[0].billed or ()] == ["97761"] * len(case.visits[0].billed or ())
    return _exchange(case, "97763", "97761", "prosthetic training, first encounter: donning and weight bearing")


# --- evaluations -----------------------------------------------------------------------------------------


@defect("evaluation-level-above-record", "The evaluation is billed one level or more above what was found.", replace(MEDICARE, evaluation=True, visits=1),
        replace(LARKSPUR, evaluation=True, visits=1))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    if _of(case)[0].code not in {"97162", "97163"}:
        return None
    findings = case.visits[-1].evaluation
    assert findings is not None
    low = {
        "history_factors": 0,
        "elements_examined": 2,
        "presentation": Presentation.STABLE,
        "decision_making": DecisionMaking.LOW,
    }
    changed, ids, _ = _visit(case, evaluation=findings.model_copy(update=low))
    return changed, ids, "evaluation"


@defect("evaluation-level-below-record", "The evaluation is billed below what was found.", replace(MEDICARE, evaluation=True, visits=1),
        replace(LARKSPUR, evaluation=True, visits=1))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    if _of(case)[0].code not in {"97161", "97162"}:
        return None
    findings = case.visits[-1].evaluation
    assert findings is not None
    high = {
        "history_factors": 3,
        "elements_examined": 5,
        "presentation": Presentation.UNSTABLE,
        "decision_making": DecisionMaking.HIGH,
    }
    changed, ids, _ = _visit(case, evaluation=findings.model_copy(update=high))
    return changed, ids, "evaluation"


@defect(
    "evaluation-component-missing",
    "The record of an evaluation lacks one of its four components.",
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, rng: Random) -> Spot:
    findings = case.visits[-1].evaluation
    assert findings is not None
    name = rng.choice(("history_factors", "elements_examined", "presentation", "decision_making"))
    changed, ids, _ = _visit(case, evaluation=findings.model_copy(update={name: None}))
    return changed, ids, "evaluation"


@defect(
    "evaluation-too-soon",
    "A plan that pays one evaluation in 180 days is billed two.",
    replace(PRAIRIE, evaluation=True, visits=3),
)
def _(case: Case, rng: Random) -> Spot:
    visit = case.visits[-1]
    level = rng.choice(list(LEVELS))
    first = case.visits[0]
    done = _done(case, level, 30, "physical therapy evaluation", side=None)
    line = BilledLine(code=level, modifiers=("GP",), units=1, charge_cents=CHARGES[level])
    wrong = LEVELS[level]
    assert first.evaluation is not None
    found = first.evaluation.model_copy(
        update={
            "history_factors": wrong[0][0],
            "elements_examined": wrong[1][0],
            "presentation": wrong[2],
            "decision_making": wrong[3],
        }
    )
    assert visit.time_in is not None
    signed = (Signature(credential=Credential.PT, on=visit.date_of_service, by=visit.therapist),)
    changed, ids, _ = _visit(
        case, interventions=(done,), billed=(line,), evaluation=found, kind=VisitKind.EVALUATION, assistant=None, signatures=signed,
        total_timed_minutes=0, total_treatment_minutes=30, note=_note(visit, 0, 30),
        time_out=visit.time_in.replace(hour=visit.time_in.hour + 1),
    )  # fmt: skip
    assert (visit.date_of_service - first.date_of_service).days < 180
    return changed, ids, "evaluation"


# --- plan of care, orders, authorization -----------------------------------------------------------------


@defect("plan-missing", "There is no plan of care.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return _patient(case, "plan of care", plans_of_care=())


@defect(
    "plan-not-certified",
    "Nobody certified the plan, and its thirty days are over.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot | None:
    if (case.as_of - _the_plan(case).established_on).days < 45:
        return None
    return _plan(case, "certification", certifications=(), has_order=False, order=None, sent_on=None)


@defect("plan-refused", "The plan is marked as not certified.", replace(MEDICARE, evaluation=False))
def _(case: Case, _rng: Random) -> Spot | None:
    if (case.as_of - _the_plan(case).established_on).days < 45:
        return None
    return _certification(case, method=CertificationMethod.NOT_CERTIFIED, on=None, verbal_on=None, by=None)


@defect("plan-ended", "The day of service lies after the last day of the plan.", replace(MEDICARE, evaluation=False))
def _(case: Case, _rng: Random) -> Spot:
    (certified,) = _the_plan(case).certifications or ()
    ends = case.visits[0].date_of_service - timedelta(days=2)
    changed, ids, _ = _plan(
        case, "plan of care", through=ends, certifications=(certified.model_copy(update={"through": ends}),)
    )
    return changed, ids, "plan of care"


@defect(
    "recertification-overdue",
    "More than ninety days have passed since the first treatment and nobody certified anew.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    plan = _the_plan(case)
    back = timedelta(days=100)
    begun = plan.established_on - back
    (certified,) = plan.certifications or ()
    assert plan.order is not None
    certified = certified.model_copy(
        update={
            "method": CertificationMethod.SIGNED,
            "on": begun + timedelta(days=3),
            "verbal_on": None,
            "through": begun + timedelta(days=89),
        }
    )
    changed, ids, _ = _plan(
        case, "certification", established_on=begun, first_treatment_on=begun, through=_day(case) + timedelta(days=10), certifications=(certified,),
        sent_on=begun, order=plan.order.model_copy(update={"on": begun - timedelta(days=2)}), onset_on=begun - timedelta(days=20),
    )  # fmt: skip
    assert case.visits[0].date_of_service > begun + timedelta(days=90)
    return changed, ids, "certification"


@defect("plan-by-assistant", "An assistant established the plan.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return _plan(case, "plan of care", established_by=Credential.PTA)


@defect(
    "verbal-certification-unsigned", "A verbal certification was never signed.", replace(MEDICARE, evaluation=False)
)
def _(case: Case, _rng: Random) -> Spot | None:
    plan = _the_plan(case)
    if (case.as_of - plan.established_on).days < 45:
        return None
    return _certification(
        case, method=CertificationMethod.VERBAL, verbal_on=plan.established_on + timedelta(days=1), on=None
    )


@defect(
    "order-exception-too-early",
    "A signed order stands in for the signature before 2025.",
    replace(MEDICARE, period="2024q3"),
)
def _(case: Case, _rng: Random) -> Spot | None:
    if (case.as_of - _the_plan(case).established_on).days < 45:
        return None
    assert _the_plan(case).established_on < date(2025, 1, 1)
    return _certification(case, method=CertificationMethod.ORDER_EXCEPTION, verbal_on=None)


@defect("order-exception-without-order", "The plan counts as certified by an order that is not on file.",
        *(replace(MEDICARE, period=name, evaluation=False) for name in ("2025q3", "2026q1", "2026q3")))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    plan = _the_plan(case)
    if plan.established_on < date(2025, 2, 1) or (case.as_of - plan.established_on).days < 45:
        return None
    (certified,) = plan.certifications or ()
    certified = certified.model_copy(update={"method": CertificationMethod.ORDER_EXCEPTION, "verbal_on": None})
    return _plan(case, "certification", order=None, has_order=False, certifications=(certified,))


@defect("certified-by-chiropractor", "A chiropractor certified the plan, who may not.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    (certified,) = _the_plan(case).certifications or ()
    assert certified.by is not None
    who = certified.by.model_copy(update={"credential": Credential.DC})
    return _certification(case, by=who, method=CertificationMethod.SIGNED)


@defect("certified-by-the-therapist", "The therapist certified the plan.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    (certified,) = _the_plan(case).certifications or ()
    therapist = case.clinic.therapist(case.visits[0].therapist)
    assert certified.by is not None
    assert therapist is not None
    return _certification(case, by=therapist, method=CertificationMethod.SIGNED)


@defect("plan-without-goals", "The plan has no goals.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return _plan(case, "plan of care", goals=())


@defect(
    "treated-before-plan",
    "The patient was treated before there was a plan.",
    replace(MEDICARE, evaluation=False, visits=1),
)
def _(case: Case, _rng: Random) -> Spot:
    plan = _the_plan(case)
    begun = _day(case) + timedelta(days=2)
    (certified,) = plan.certifications or ()
    certified = certified.model_copy(
        update={
            "method": CertificationMethod.SIGNED,
            "on": begun,
            "verbal_on": None,
            "through": begun + timedelta(days=60),
        }
    )
    return _plan(case, "plan of care", established_on=begun, through=begun + timedelta(days=60), sent_on=begun, certifications=(certified,),
                 first_treatment_on=begun, treatment_days_before=())  # fmt: skip


def _long_episode(case: Case) -> tuple[date, ...] | None:
    """Eleven treatment days before the first visit, none with a report."""
    plan = _the_plan(case)
    first = case.visits[0].date_of_service
    days = tuple(first - timedelta(days=2 * n) for n in range(11, 0, -1))
    return days if plan.established_on <= days[0] else None


@defect(
    "progress-report-overdue",
    "More than ten treatment days have passed without a progress report.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot | None:
    days = _long_episode(case)
    if days is None:
        return None
    changed, _, place = _plan(
        case, "day", treatment_days_before=days, progress_reports=(), established_on=days[0], first_treatment_on=days[0]
    )
    visits = tuple(visit.model_copy(update={"progress_report": False}) for visit in changed.visits)
    return replace(changed, visits=visits), _all(case), place


@defect(
    "progress-report-by-assistant",
    "The only progress report was signed by an assistant.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot | None:
    days = _long_episode(case)
    if days is None:
        return None
    report = ProgressReport(on=days[9], signed_by=Credential.PTA)
    changed, _, place = _plan(
        case,
        "day",
        treatment_days_before=days,
        progress_reports=(report,),
        established_on=days[0],
        first_treatment_on=days[0],
    )
    visits = tuple(visit.model_copy(update={"progress_report": False}) for visit in changed.visits)
    return replace(changed, visits=visits), _all(case), place


@defect("referral-missing", "The payer wants an order and there is none.", STONEGATE, *TRICARE_LATER)
def _(case: Case, _rng: Random) -> Spot:
    plan = _the_plan(case)
    assert plan.certifications
    return _plan(case, "referral", order=None, has_order=False)


def _treatments(case: Case) -> tuple[str, ...]:
    """Visits that need approval: all but the evaluation alone."""
    return tuple(visit.id for visit in case.visits if visit.kind is VisitKind.TREATMENT)


AUTHORIZED = (replace(PRAIRIE, evaluation=False), replace(STONEGATE, evaluation=False))


@defect("authorization-missing", "The plan wants an authorization and there is none.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    changed, _, place = _coverage(case, "authorization", authorizations=())
    return changed, _treatments(case), place


@defect("authorization-expired", "The authorization ended before the visit.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return _authorization(case, _treatments(case), valid_through=case.visits[0].date_of_service - timedelta(days=1))


@defect("authorization-not-begun", "The authorization begins after the visit.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return _authorization(case, _treatments(case), valid_from=_day(case) + timedelta(days=1))


@defect("authorization-visits-used-up", "All authorized visits were used before this one.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return _authorization(case, _treatments(case), visits_allowed=8, visits_used=8)


@defect(
    "authorization-exceeded-by-last-visit",
    "The visits at hand use more than are left of the authorization.",
    *(replace(wish, visits=3) for wish in AUTHORIZED),
)
def _(case: Case, _rng: Random) -> Spot:
    return _authorization(case, (case.visits[-1].id,), visits_allowed=8, visits_used=6)


@defect("authorization-of-other-codes", "The authorization does not cover a code that is billed.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return _authorization(case, _treatments(case), codes=("97760", "97542"))


@defect("visits-above-benefit", "The plan's visits of the year or injury are used up.", replace(STONEGATE, evaluation=False),
        *(replace(PRAIRIE, evaluation=False, period=name) for name in ("2025q3", "2026q3")))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    plan = _the_plan(case)
    first = case.visits[0].date_of_service
    benefit = 24 if case.payer == "stonegate_casualty" else 30
    days = tuple(first - timedelta(days=2 * n) for n in range(benefit, 0, -1))
    begun = days[0]
    assert begun.year == first.year or case.payer == "stonegate_casualty"
    (certified,) = plan.certifications or ()
    assert plan.order is not None
    injured = begun - timedelta(days=10)
    (approved,) = case.patient.coverages[0].authorizations or ()
    approved = approved.model_copy(update={"valid_from": begun, "visits_allowed": 60, "visits_used": benefit})
    changed, _, _ = _coverage(case, "coverage", authorizations=(approved,))
    if case.patient.accident is not None:
        changed = with_patient(changed, accident=Accident(kind=AccidentKind.EMPLOYMENT, on=injured))
    through = _day(case) + timedelta(days=20)
    certified = certified.model_copy(
        update={
            "method": CertificationMethod.SIGNED,
            "on": begun + timedelta(days=2),
            "verbal_on": None,
            "through": through,
        }
    )
    return _plan(
        changed, "coverage", established_on=begun, first_treatment_on=begun, treatment_days_before=days, onset_on=injured, through=through,
        certifications=(certified,), sent_on=begun, order=plan.order.model_copy(update={"on": begun - timedelta(days=2)}),
        progress_reports=tuple(ProgressReport(on=days[n], signed_by=Credential.PT) for n in range(8, benefit, 7)),
    )  # fmt: skip


__all__ = ["Coverage", "Defect", "Planted", "concepts", "planted"]
