"""Rows → records: a clinic, a patient and a visit as the engine reads them.

The rows of a clinic are in scope, and what hangs on them was fetched with them (`setting.gather` does).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from cleanclaim import records
from cleanclaim.practice.models import (
    Authorization,
    Certification,
    Charge,
    Clinic,
    ClinicPayer,
    Coverage,
    EligibilityAnswer,
    Patient,
    PlanOfCare,
    Provider,
    Visit,
    VisitStatus,
)


def clinic_record(
    clinic: Clinic, providers: Iterable[Provider], charges: Iterable[Charge], payers: Iterable[ClinicPayer], on: date
) -> records.Clinic:
    """The clinic with its therapists, and its charges as they stand on a day."""
    in_force: dict[str, tuple[date, int]] = {}
    for charge in charges:
        ended = charge.valid_through is not None and charge.valid_through < on
        if charge.valid_from <= on and not ended:
            held = in_force.get(charge.code)
            if held is None or held[0] < charge.valid_from:
                in_force[charge.code] = (charge.valid_from, charge.cents)
    return records.Clinic(
        organization=records.Organization(
            id=clinic.slug,
            name=clinic.name,
            npi=clinic.npi,
            tax_id=clinic.tax_id,
            tax_id_kind=clinic.tax_id_kind,
            taxonomy=clinic.taxonomy,
            address=_address(clinic),
            pay_to=records.Address.model_validate(clinic.pay_to) if clinic.pay_to else None,
            phone=clinic.phone,
            contact=clinic.contact,
        ),
        submitter=submitter_record(clinic),
        therapists=tuple(provider_record(provider) for provider in providers if provider.treats),
        charges={code: cents for code, (_day, cents) in in_force.items()},
        locality=clinic.locality or None,
        facility=records.Address.model_validate(clinic.facility) if clinic.facility else None,
        facility_name=clinic.facility_name,
        facility_npi=clinic.facility_npi,
        in_network={payer.payer: payer.in_network for payer in payers if payer.in_network is not None},
        bounds=clinic.bounds,
    )


def submitter_record(clinic: Clinic) -> records.Submitter:
    """Who sends the clinic's files; the clinic itself where nobody else is named."""
    return records.Submitter(
        name=clinic.submitter_name or clinic.name,
        identifier=clinic.submitter_identifier or clinic.npi,
        contact=clinic.submitter_contact or clinic.contact,
        phone=clinic.submitter_phone or clinic.phone,
    )


def provider_record(provider: Provider) -> records.Provider:
    """A therapist, assistant or referring provider."""
    return records.Provider(
        id=provider.key,
        name=records.Person(family_name=provider.family_name, given_name=provider.given_name),
        credential=records.Credential(provider.credential),
        npi=provider.npi or None,
        taxonomy=provider.taxonomy,
        license_number=provider.license_number,
        license_state=provider.license_state,
    )


def patient_record(
    patient: Patient,
    *,
    coverages: Iterable[tuple[Coverage, Iterable[Authorization]]],
    plans: Iterable[tuple[PlanOfCare, Iterable[Certification], Iterable[records.ProgressReport], Iterable[date]]],
    year_to_date: tuple[records.YearToDate, ...] | None,
) -> records.Patient:
    """A patient with what hangs on them.

    Args:
        patient: the row.
        coverages: each with its authorizations, `*_used_before` already counted up to the visits at hand.
        plans: each with its certifications, progress reports and days treated before the visits at hand.
        year_to_date: therapy dollars before the visits at hand; `None` where nobody knows.
    """
    accident = None
    if patient.accident_kind and patient.accident_on is not None:
        accident = records.Accident(
            kind=records.AccidentKind(patient.accident_kind),
            on=patient.accident_on,
            state=patient.accident_state or None,
        )
    return records.Patient(
        id=patient.number,
        name=records.Person(
            family_name=patient.family_name,
            given_name=patient.given_name,
            middle_name=patient.middle_name,
            suffix=patient.suffix,
        ),
        birth_date=patient.birth_date,
        sex=records.Sex(patient.sex),
        address=_address(patient),
        phone=patient.phone,
        coverages=tuple(coverage_record(coverage, approvals) for coverage, approvals in coverages),
        accident=accident,
        plans_of_care=tuple(plan_record(*plan) for plan in plans),
        year_to_date=year_to_date,
        good_faith_estimate_on_file=patient.good_faith_estimate_on_file,
    )


def authorization_record(approval: Authorization) -> records.Authorization:
    """An approval; what was used is what its row says was used before."""
    return records.Authorization(
        number=approval.number,
        valid_from=approval.valid_from,
        valid_through=approval.valid_through,
        visits_allowed=approval.visits_allowed,
        visits_used=approval.visits_used_before,
        units_allowed=approval.units_allowed,
        units_used=approval.units_used_before,
        codes=tuple(approval.codes),
    )


def coverage_record(coverage: Coverage, approvals: Iterable[Authorization]) -> records.Coverage:
    """A coverage with its authorizations."""
    listed = tuple(map(authorization_record, approvals))
    return records.Coverage(
        order=records.CoverageOrder(coverage.order),
        payer=coverage.payer,
        payer_name=coverage.payer_name,
        payer_identifier=coverage.payer_identifier,
        member_id=coverage.member_id or "",
        group_number=coverage.group_number,
        plan_name=coverage.plan_name,
        relationship=records.Relationship(coverage.relationship),
        subscriber=records.Subscriber.model_validate(coverage.subscriber) if coverage.subscriber else None,
        valid_from=coverage.valid_from,
        valid_through=coverage.valid_through,
        claim_number=coverage.claim_number,
        employer=coverage.employer,
        in_network=coverage.in_network,
        authorizations=listed if listed or coverage.authorizations_known else None,
        medicare_secondary_type=coverage.medicare_secondary_type,
    )


def plan_record(
    plan: PlanOfCare,
    certifications: Iterable[Certification],
    reports: Iterable[records.ProgressReport],
    treated: Iterable[date],
) -> records.PlanOfCare:
    """A plan of care with its certifications, progress reports and days treated before the visits at hand."""
    certified = tuple(
        records.Certification(
            method=records.CertificationMethod(item.method),
            on=item.on,
            verbal_on=item.verbal_on,
            through=item.through,
            by=provider_record(item.by) if item.by else None,
            delay_reason=item.delay_reason,
        )
        for item in certifications
    )
    days = tuple(sorted(set(treated)))
    return records.PlanOfCare(
        id=plan.key,
        established_on=plan.established_on,
        established_by=records.Credential(plan.established_by),
        first_treatment_on=plan.first_treatment_on,
        through=plan.through,
        frequency_per_week=plan.frequency_per_week,
        duration_weeks=plan.duration_weeks,
        goals=None if plan.goals is None else tuple(plan.goals),
        diagnoses=tuple(plan.diagnoses),
        order=records.Order(on=plan.order_on, by=provider_record(plan.order_by))
        if plan.order_on and plan.order_by
        else None,
        has_order=plan.has_order,
        sent_on=plan.sent_on,
        certifications=certified if certified or plan.certifications_known else None,
        progress_reports=tuple(reports),
        treatment_days_before=None if plan.treated_before is None and not days else days,
        onset_on=plan.onset_on,
    )


def year_to_date_record(answer: EligibilityAnswer) -> records.YearToDate | None:
    """What an eligibility answer says of a year's therapy dollars; `None` where it says nothing of them."""
    if answer.year is None or answer.at_least_cents is None:
        return None
    return records.YearToDate(
        year=answer.year,
        at_least_cents=answer.at_least_cents,
        at_most_cents=answer.at_most_cents,
        as_of=answer.asked_on,
        source=answer.source,
        deductible_met_cents=answer.deductible_met_cents,
    )


def visit_record(visit: Visit, zone: ZoneInfo, *, with_note: bool = True) -> records.Visit:
    """A visit. A past visit whose lines and services are known is judged without its note (`with_note=False`).

    While a note is a draft nobody has said who will sign it, so its signatures are unknown. What addenda state of what
    was done holds before what was signed.
    """
    signed = [
        {"credential": item.credential, "on": item.signed_at.astimezone(zone).date(), "by": item.name}
        for item in visit.signatures.all()
    ]
    stated: dict[str, Any] = {
        "kind": visit.kind,
        "assistant": visit.assistant.key if visit.assistant else None,
        "diagnoses": visit.diagnoses,
        "interventions": visit.interventions if visit.restated is None else visit.restated,
        "billed": visit.billed,
        "note": visit.note if with_note else None,
        "time_in": visit.time_in,
        "time_out": visit.time_out,
        "evaluation": visit.evaluation,
    }
    return records.Visit.model_validate(
        {
            **visit.detail,
            **{name: value for name, value in stated.items() if value is not None},
            "id": visit.number,
            "patient_id": visit.patient.number,
            "date_of_service": visit.date_of_service,
            "place_of_service": visit.place_of_service,
            "therapist": visit.therapist.key,
            "signatures": signed if visit.status == VisitStatus.SIGNED.value else None,
        }
    )


def _address(row: Clinic | Patient) -> records.Address:
    return records.Address(line1=row.line1, line2=row.line2, city=row.city, state=row.state, zip_code=row.zip_code)
