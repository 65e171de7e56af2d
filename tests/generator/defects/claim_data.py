"""What a claim must carry: amounts, units, dates, people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from cleanclaim.records import (
    Accident,
    AccidentKind,
    CertificationMethod,
    CoverageOrder,
    Relationship,
)
from tests.generator.arithmetic import luhn_holds
from tests.generator.clean import Case
from tests.generator.defects.planting import (
    ANY,
    CODED,
    LARKSPUR,
    MEDICARE,
    PRAIRIE,
    STONEGATE,
    Spot,
    all_visits,
    change_coverage,
    change_line,
    change_lines,
    change_organization,
    change_patient,
    change_plan,
    change_therapists,
    change_visit,
    defect,
    last_day,
    lines_of,
    plan_of,
)


@defect("zero-charge", "A line is charged nothing.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_line(case, rng.randrange(len(lines_of(case))), charge_cents=0)


@defect("charge-missing", "A service has neither a charge on its line nor one in the clinic's list.", *ANY)
def _(case: Case, _rng: Random) -> Spot | None:
    places = [index for index, line in enumerate(lines_of(case)) if line.code == "97110"]
    if not places or any(line.code == "97110" for visit in case.visits[:-1] for line in visit.billed or ()):
        return None
    changed, ids, place = change_line(case, places[0], charge_cents=None)
    charges = {code: amount for code, amount in case.clinic.charges.items() if code != "97110"}
    return replace(changed, clinic=case.clinic.model_copy(update={"charges": charges})), ids, place


@defect("negative-charge", "A line has a negative charge.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    index = rng.randrange(len(lines_of(case)))
    return change_line(case, index, charge_cents=-(lines_of(case)[index].charge_cents or 1))


@defect("units-zero", "A line has no units.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_line(case, rng.randrange(len(lines_of(case))), units=0)


@defect("units-negative", "A line has fewer units than none.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_line(case, rng.randrange(len(lines_of(case))), units=-1)


@defect(
    "charge-below-allowed",
    "A line is charged less than Medicare would allow.",
    replace(MEDICARE, codes=("97110", "97140")),
)
def _(case: Case, _rng: Random) -> Spot:
    return change_line(case, 0, charge_cents=1000 * (lines_of(case)[0].units or 1))


@defect("born-after-service", "The patient is born after the day of service.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(case, "patient", birth_date=last_day(case) + timedelta(days=3))


@defect("birth-date-impossible", "The patient would be more than 130 years old.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(case, "patient", birth_date=date(1878, 5, 4))


@defect("service-in-future", "The day of service has not come yet.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return replace(case, as_of=case.as_of - timedelta(days=140)), (case.visits[-1].id,), "day"


@defect("primary-payer-missing", "The patient has a second coverage but no first.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return change_coverage(case, "coverage", order=CoverageOrder.SECONDARY) if len(case.patient.coverages) == 1 else change_patient(
        case, "coverage", coverages=case.patient.coverages[1:]
    )  # fmt: skip


@defect("coverage-ended", "The coverage ended before the day of service.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    ends = case.visits[0].date_of_service - timedelta(days=20)
    return change_coverage(case, "coverage", valid_from=ends - timedelta(days=300), valid_through=ends)


@defect("coverage-not-begun", "The coverage begins after the day of service.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_coverage(case, "coverage", valid_from=last_day(case) + timedelta(days=2))


@defect("member-number-missing", "The policy has no member number.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_coverage(case, "coverage", member_id="")


@defect("medicare-number-malformed", "The Medicare number has not the form of one.", MEDICARE)
def _(case: Case, rng: Random) -> Spot:
    number = rng.choice(("123456789A", "1EG4TE5MK7", "0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MKK3", "1EG4TEAMK73"))
    return change_coverage(case, "coverage", member_id=number)


@defect("subscriber-missing", "The patient is insured through a spouse who is not named.", LARKSPUR, PRAIRIE)
def _(case: Case, _rng: Random) -> Spot:
    return change_coverage(case, "coverage", relationship=Relationship.SPOUSE, subscriber=None)


@defect("patient-name-missing", "The patient has no family name.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(case, "patient", name=case.patient.name.model_copy(update={"family_name": ""}))


@defect("patient-name-with-digits", "The patient's name holds digits.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(case, "patient", name=case.patient.name.model_copy(update={"family_name": "Ash9rove"}))


@defect("patient-zip-malformed", "The patient's ZIP code has neither five nor nine digits.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_patient(
        case,
        "patient",
        address=case.patient.address.model_copy(update={"zip_code": rng.choice(("6061", "60616-01", "6O616"))}),
    )


@defect("billing-zip-short", "The clinic's address lacks the last four digits of its ZIP code.", MEDICARE, PRAIRIE)
def _(case: Case, _rng: Random) -> Spot:
    return change_organization(
        case, "clinic", address=case.clinic.organization.address.model_copy(update={"zip_code": "60616"})
    )


@defect("billing-address-box", "The clinic's billing address is a post office box.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    address = case.clinic.organization.address.model_copy(update={"line1": "PO Box 555", "line2": ""})
    return change_organization(case, "clinic", address=address)


@defect("billing-npi-wrong", "The clinic's identifier fails its check digit.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    npi = case.clinic.organization.npi
    wrong = npi[:-1] + str((int(npi[-1]) + 1) % 10)
    assert not luhn_holds("80840" + wrong)
    return change_organization(case, "clinic", npi=wrong)


@defect("tax-id-malformed", "The clinic's tax number has not nine digits.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_organization(case, "clinic", tax_id="00123")


@defect("tax-id-missing", "The clinic has no tax number.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_organization(case, "clinic", tax_id="")


@defect("billing-taxonomy-malformed", "The clinic's taxonomy code is not ten characters.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_organization(case, "clinic", taxonomy="261QP2")


@defect("billing-phone-malformed", "The clinic's telephone number has not ten digits.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_organization(case, "clinic", phone="5550100")


@defect("rendering-npi-wrong", "The therapist's identifier fails its check digit.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    assert not luhn_holds("808401999001001")
    return change_therapists(case, "therapist", npi="1999001001")


@defect("rendering-npi-missing", "The therapist has no identifier.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_therapists(case, "therapist", npi=None)


@defect("rendering-taxonomy-wrong", "The therapist's taxonomy code is that of an orthopedic surgeon.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_therapists(case, "therapist", taxonomy="207X00000X")


@defect("rendering-taxonomy-malformed", "The therapist's taxonomy code is not ten characters.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_therapists(case, "therapist", taxonomy="2251")


@defect("assistant-as-rendering", "The claim would go out under an assistant's name.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    changed, ids, _ = change_visit(case, therapist=f"t{rng.randrange(10, 14)}")
    return changed, ids, "therapist"


@defect("therapist-unknown", "The visit names a therapist whom the clinic does not list.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    changed, ids, _ = change_visit(case, therapist="t99")
    return changed, ids, "therapist"


@defect("referring-npi-wrong", "The certifying physician's identifier fails its check digit.", MEDICARE, STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    plan = plan_of(case)
    assert plan.order is not None
    assert plan.certifications
    who = plan.order.by.model_copy(update={"npi": "1999007001"})
    assert not luhn_holds("808401999007001")
    certified = plan.certifications[0].model_copy(update={"by": who})
    return change_plan(case, "referring", order=plan.order.model_copy(update={"by": who}), certifications=(certified,))


@defect(
    "referring-missing",
    "Nobody is named who ordered or certified the care, and the payer wants one on the claim.",
    MEDICARE,
    STONEGATE,
)
def _(case: Case, _rng: Random) -> Spot:
    plan = plan_of(case)
    assert plan.certifications
    certified = plan.certifications[0].model_copy(update={"by": None, "method": CertificationMethod.SIGNED})
    return change_plan(case, "referring", order=None, has_order=False, certifications=(certified,))


@defect("place-unknown", "The place of service is not a place of the list.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    changed, ids, _ = change_visit(case, place_of_service=rng.choice(("98", "00", "1", "A1")))
    return changed, ids, "place of service"


@defect("accident-state-missing", "An auto accident is named without the state it happened in.", LARKSPUR, PRAIRIE)
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(
        case,
        "accident",
        accident=Accident(kind=AccidentKind.AUTO, on=plan_of(case).established_on - timedelta(days=9)),
    )


@defect("accident-after-service", "The accident lies after the day of service.", STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(
        case, "accident", accident=Accident(kind=AccidentKind.EMPLOYMENT, on=last_day(case) + timedelta(days=1))
    )


@defect("accident-missing", "A workers' compensation claim names no accident.", STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(case, "accident", accident=None)


@defect("claim-number-missing", "A workers' compensation claim lacks the insurer's claim number.", STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    return change_coverage(case, "coverage", claim_number="")


@defect("employer-missing", "A workers' compensation claim names no employer.", STONEGATE)
def _(case: Case, _rng: Random) -> Spot:
    return change_coverage(case, "coverage", employer="")


@defect("onset-after-service", "The onset lies after the day of service.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_plan(case, "plan of care", onset_on=last_day(case) + timedelta(days=2))


@defect("duplicate-visit", "The same visit is billed twice.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    again = case.visits[-1].model_copy(update={"id": f"{case.visits[-1].id}-again"})
    return replace(case, visits=(*case.visits, again)), (case.visits[-1].id, again.id), "claim"


@defect("line-twice", "A line stands twice on a claim.", *(replace(wish, mode="pt", least=15) for wish in ANY))
def _(case: Case, rng: Random) -> Spot:
    lines = lines_of(case)
    again = rng.choice(lines)
    return change_lines(case, (*lines, again), again.code)


@defect("filed-too-late", "The payer's filing limit has passed.", LARKSPUR, PRAIRIE, STONEGATE, MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return replace(case, as_of=case.as_of + timedelta(days=500)), all_visits(case), "claim"


@defect("pointer-out-of-range", "A line points at a diagnosis that the claim has not.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_line(case, rng.randrange(len(lines_of(case))), pointers=(1, len(case.visits[-1].diagnoses or ()) + 1))


@defect("pointer-missing", "A line points at no diagnosis.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_line(case, rng.randrange(len(lines_of(case))), pointers=())


@defect("pointers-too-many", "A line points at more than four diagnoses.", *CODED)
def _(case: Case, _rng: Random) -> Spot:
    codes = ("M54.2", "M62.81", "M25.561", "M25.511", "R26.81")
    lines = tuple(line.model_copy(update={"pointers": (1, 2, 3, 4, 5)}) for line in lines_of(case))
    changed, ids, _ = change_visit(case, diagnoses=codes, billed=lines)
    return changed, ids, "line 1"
