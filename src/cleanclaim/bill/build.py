"""From a case and its checked lines to the claim a payer receives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cleanclaim.lines.cases import Case
from cleanclaim.records import (
    Adjudication,
    Claim,
    ClaimLine,
    ClaimPatient,
    ClaimPayer,
    Clinic,
    Coverage,
    CoverageOrder,
)
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer


def build_claim(
    case: Case, lines: Sequence[Mapping[str, Any]], clinic: Clinic, packs: Mapping[str, Payer]
) -> Claim | None:
    """The claim of one case; `None` where a line's code, units or charge is unknown, or there is no line.

    Nor is there one where the payer has no file, or a payer that has decided already cannot be named.

    Args:
        case: the visit with its patient.
        lines: rows of `code`, `modifiers`, `units`, `charge_cents`, `pointers`, in order.
        clinic: who bills and who treats.
        packs: payer files of the clinic, before the built-in ones.
    """
    visit, patient = case.visit, case.patient
    rendering = clinic.therapist(visit.therapist)
    if patient is None or rendering is None or not visit.diagnoses or not lines:
        return None
    if any(line[name] is None for line in lines for name in ("code", "units", "charge_cents")):
        return None
    if any(line["units"] < 0 or line["charge_cents"] < 0 for line in lines):
        return None
    payer, others = _payer(case, packs), _others(case, packs)
    told = {other.order for other in others if other.adjudication is not None}
    if payer is None or told != {decided.order for decided in case.earlier()}:
        return None
    plan, approval = case.plan(), case.authorization()
    return Claim(
        id=visit.id,
        visit_ids=(visit.id,),
        patient=ClaimPatient(
            name=patient.name,
            birth_date=patient.birth_date,
            sex=patient.sex,
            address=patient.address,
            phone=patient.phone,
        ),
        payer=payer,
        other_payers=others,
        billing=clinic.organization,
        rendering=rendering,
        referring=case.referring(),
        facility_name=clinic.facility_name,
        facility_npi=clinic.facility_npi,
        facility=clinic.facility,
        place_of_service=visit.place_of_service,
        diagnoses=visit.diagnoses,
        lines=tuple(
            ClaimLine(
                number=number,
                date_of_service=visit.date_of_service,
                place_of_service=visit.place_of_service,
                code=line["code"],
                modifiers=tuple(line["modifiers"]),
                units=line["units"],
                charge_cents=line["charge_cents"],
                pointers=tuple(line["pointers"] or ()),
                control_number=f"{visit.id}-{number}",
            )
            for number, line in enumerate(lines, start=1)
        ),
        prior_authorization=approval.number if approval else "",
        accident=patient.accident,
        onset_on=plan.onset_on if plan else None,
        initial_treatment_on=plan.first_treatment_on if plan else None,
    )


def _payer(case: Case, packs: Mapping[str, Payer]) -> ClaimPayer | None:
    coverage = case.coverage()
    if coverage is None:
        return _cash() if case.payer() is not None else None
    pack = _pack(coverage.payer, packs)
    if pack is None:
        return None
    return _claim_payer(coverage, pack)


def _claim_payer(coverage: Coverage, pack: Payer, decided: Adjudication | None = None) -> ClaimPayer:
    return ClaimPayer(
        pack=coverage.payer,
        name=coverage.payer_name or pack.label,
        identifier=coverage.payer_identifier,
        filing_indicator=pack.filing_indicator,
        order=coverage.order,
        member_id=coverage.member_id,
        group_number=coverage.group_number,
        plan_name=coverage.plan_name,
        relationship=coverage.relationship,
        subscriber=coverage.subscriber,
        claim_number=coverage.claim_number,
        employer=coverage.employer,
        medicare_secondary_type=coverage.medicare_secondary_type,
        adjudication=decided,
    )


def _others(case: Case, packs: Mapping[str, Payer]) -> tuple[ClaimPayer, ...]:
    """The patient's other coverages on the day, in order; one whose payer has no file is left out."""
    day = case.visit.date_of_service
    coverages = case.patient.coverages if case.patient is not None else ()
    others = [
        coverage
        for coverage in coverages
        if coverage.order is not case.order
        and (coverage.valid_from is None or coverage.valid_from <= day)
        and (coverage.valid_through is None or day <= coverage.valid_through)
    ]
    decided = {one.order: one for one in case.earlier()}
    order = list(CoverageOrder)
    found = ((one, _pack(one.payer, packs)) for one in sorted(others, key=lambda item: order.index(item.order)))
    return tuple(_claim_payer(one, pack, decided.get(one.order)) for one, pack in found if pack is not None)


def _cash() -> ClaimPayer:
    pack = payers.get("cash")
    return ClaimPayer(
        pack=pack.id,
        name=pack.label,
        identifier="",
        filing_indicator=pack.filing_indicator,
        order=CoverageOrder.PRIMARY,
        member_id="",
    )


def _pack(payer: str, packs: Mapping[str, Payer]) -> Payer | None:
    if payer in packs:
        return packs[payer]
    try:
        return payers.get(payer)
    except payers.UnknownPayerError:
        return None
