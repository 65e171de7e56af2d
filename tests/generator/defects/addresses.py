"""Names, addresses and numbers of patient, clinic and people: the rest of what a clearinghouse turns back."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from cleanclaim.records import Accident, AccidentKind, Coverage, CoverageOrder
from tests.generator.clean import Case
from tests.generator.defects.planting import (
    ANY,
    LARKSPUR,
    MEDICARE,
    STONEGATE,
    Spot,
    change_coverage,
    change_diagnoses,
    change_organization,
    change_patient,
    change_therapists,
    change_visit,
    defect,
    last_day,
    plan_of,
)


def _home(case: Case, **changes: object) -> Spot:
    return change_patient(case, "patient", address=case.patient.address.model_copy(update=changes))


def _office(case: Case, **changes: object) -> Spot:
    return change_organization(case, "clinic", address=case.clinic.organization.address.model_copy(update=changes))


@defect("patient-address-incomplete", "The patient's address lacks its street or its city.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _home(case, **{rng.choice(("line1", "city")): ""})


@defect("patient-state-unknown", "The patient's state is none of the USA.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _home(case, state=rng.choice(("XX", "ZZ", "QQ")))


@defect("patient-zip-of-other-state", "The patient's ZIP code lies in another state than the address names.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _home(case, state=rng.choice(("CA", "NY", "TX", "FL")))


@defect("billing-zip-of-other-state", "The clinic's ZIP code lies in another state than the address names.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _office(case, state=rng.choice(("CA", "NY", "TX", "FL")))


@defect("billing-zip-malformed", "The clinic's ZIP code has neither five nor nine digits.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return _office(case, zip_code=rng.choice(("6061", "60616-01", "6O616-0140")))


@defect("billing-address-incomplete", "The clinic's address lacks its street or its city.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    change = {"line1": "", "line2": ""} if rng.random() < 0.5 else {"city": ""}
    return _office(case, **change)


@defect("billing-taxonomy-not-in-set", "The clinic's taxonomy code has the form of one and is none.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_organization(case, "clinic", taxonomy=rng.choice(("999X00000X", "261ZZ2000X")))


@defect("rendering-name-incomplete", "The therapist has no given name, which a claim must state of a person.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    name = case.clinic.therapists[0].name.model_copy(update={"given_name": ""})
    return change_therapists(case, "therapist", name=name)


@defect("patient-name-too-long", "The patient's family name is longer than a claim has room for.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    name = case.patient.name.model_copy(update={"family_name": "Ashgrove" * 8})
    assert len(name.family_name) > 60  # 837P: NM103 holds 60 characters
    return change_patient(case, "patient", name=name)


@defect("payer-identifier-missing", "Nobody knows the number under which the payer is reached.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    return change_coverage(case, "coverage", payer_identifier="")


@defect(
    "accident-of-wrong-kind", "A workers' compensation claim names an accident that is not of employment.", STONEGATE
)
def _(case: Case, rng: Random) -> Spot:
    assert case.patient.accident is not None
    kind = rng.choice((AccidentKind.OTHER, AccidentKind.AUTO))
    state = "IL" if kind is AccidentKind.AUTO else None
    return change_patient(case, "accident", accident=Accident(kind=kind, on=case.patient.accident.on, state=state))


@defect("clinic-under-therapists-number", "The clinic, a company, bills under the therapist's own identifier.", *ANY)
def _(case: Case, _rng: Random) -> Spot | None:
    who = case.clinic.therapist(case.visits[-1].therapist)
    assert who is not None
    changed, _, place = change_organization(case, "clinic", npi=who.npi)
    return changed, (case.visits[-1].id,), place


@defect("work-injury-billed-to-medicare", "Medicare is billed first for an injury at work.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot | None:
    if len(case.patient.coverages) > 1:
        return None
    hurt = plan_of(case).established_on - timedelta(days=9)
    return change_patient(case, "accident", accident=Accident(kind=AccidentKind.EMPLOYMENT, on=hurt))


@defect(
    "second-payer-billed-first",
    "Only a payer that comes second is on file, without any that comes before it.",
    LARKSPUR,
)
def _(case: Case, _rng: Random) -> Spot | None:
    (coverage,) = case.patient.coverages
    second = coverage.model_copy(update={"order": CoverageOrder.SECONDARY})
    assert isinstance(second, Coverage)
    return change_patient(case, "coverage", coverages=(second,))


@defect("diagnosis-without-dot", "A diagnosis is typed without its dot.", *ANY)
def _(case: Case, _rng: Random) -> Spot | None:
    codes = case.visits[-1].diagnoses or ()
    if len(codes[0]) < 4:
        return None
    return change_diagnoses(case, (codes[0].replace(".", ""), *codes[1:]), "diagnosis 1")


@defect("diagnosis-in-words", "Words stand where a diagnosis code belongs.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_diagnoses(case, (rng.choice(("KNEE PAIN", "LBP", "UNKNOWN")),), "diagnosis 1")


@defect("diagnosis-nobody-points-at", "A diagnosis stands on the claim and no line points at it.", *ANY)
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    codes = visit.diagnoses or ()
    if len(codes) < 2 or last_day(case) != visit.date_of_service:
        return None
    lines = tuple(line.model_copy(update={"pointers": (1,)}) for line in visit.billed or ())
    return change_visit(case, billed=lines)
