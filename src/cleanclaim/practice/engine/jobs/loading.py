"""Records → rows: a clinic's folder, or records that came another way, into the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from cleanclaim import records
from cleanclaim.practice.models import (
    Authorization,
    Certification,
    Charge,
    Clinic,
    ClinicPayer,
    Company,
    Coverage,
    EligibilityAnswer,
    PackFile,
    Patient,
    PlanOfCare,
    ProgressReport,
    Provider,
    Signature,
    Visit,
    VisitStatus,
)

_VISIT_COLUMNS = frozenset(
    {
        "id",
        "patient_id",
        "date_of_service",
        "kind",
        "place_of_service",
        "therapist",
        "assistant",
        "diagnoses",
        "interventions",
        "billed",
        "note",
        "time_in",
        "time_out",
        "evaluation",
        "signatures",
    }
)
"""Fields of `records.Visit` that have a column; what else is stated goes into `detail`."""

_CHARGES_FROM = date(2020, 1, 1)
"""Since when the charges of a clinic's folder hold, which gives no day."""


def create_clinic(company: Company, slug: str, record: records.Clinic, *, time_zone: str) -> Clinic:
    """A clinic's own row, without people and charges; it is in nobody's scope yet."""
    organization, submitter = record.organization, record.submitter
    return Clinic.objects.create(
        company=company,
        slug=slug,
        name=organization.name,
        npi=organization.npi,
        tax_id=organization.tax_id,
        tax_id_kind=organization.tax_id_kind,
        taxonomy=organization.taxonomy,
        **organization.address.model_dump(),
        pay_to=organization.pay_to.model_dump() if organization.pay_to else None,
        facility=record.facility.model_dump() if record.facility else None,
        facility_name=record.facility_name,
        facility_npi=record.facility_npi,
        phone=organization.phone,
        contact=organization.contact,
        locality=record.locality or "",
        time_zone=time_zone,
        submitter_name=submitter.name,
        submitter_identifier=submitter.identifier,
        submitter_contact=submitter.contact,
        submitter_phone=submitter.phone,
        bounds=record.bounds.model_dump(mode="json") if record.bounds else None,
    )


def load_clinic_tables(clinic: Clinic, record: records.Clinic) -> None:
    """The clinic's therapists and charges. The clinic is in scope."""
    for therapist in record.therapists:
        find_provider(clinic, therapist, treats=True)
    Charge.objects.bulk_create(
        Charge(clinic=clinic, code=code, cents=cents, valid_from=_CHARGES_FROM)
        for code, cents in sorted(record.charges.items())
    )


def load_networks(record: records.Clinic) -> None:
    """Whose networks the clinic in scope is in, for its payers of whom nobody has said it yet."""
    for payer, is_in in sorted(record.in_network.items()):
        ClinicPayer.objects.filter(payer=payer, in_network=None).update(in_network=is_in)


def load_payer_files(company: Company, texts: Mapping[str, str], clinic: Clinic | None = None) -> None:
    """Keep payer files, each by its payer: of a clinic, or of all of a company's."""
    PackFile.objects.bulk_create(
        PackFile(company=company, clinic=clinic, payer=payer, text=text) for payer, text in sorted(texts.items())
    )


def find_provider(clinic: Clinic, record: records.Provider, *, treats: bool) -> Provider:
    """The clinic's provider with that key, or, for who has none, with that NPI or name; made where there is none."""
    key = record.id or record.npi or f"{record.name.family_name}-{record.name.given_name}".lower()[:38]
    found: Provider
    found, _made = Provider.objects.get_or_create(
        clinic=clinic,
        key=key,
        defaults={
            "family_name": record.name.family_name,
            "given_name": record.name.given_name,
            "credential": record.credential.value,
            "npi": record.npi or "",
            "taxonomy": record.taxonomy,
            "license_number": record.license_number,
            "license_state": record.license_state,
            "treats": treats,
        },
    )
    return found


def load_patient(clinic: Clinic, record: records.Patient) -> Patient:
    """A patient with coverages, authorizations, plans and what is known of the year's dollars."""
    accident = record.accident
    patient: Patient = Patient.objects.create(
        clinic=clinic,
        number=record.id,
        **record.name.model_dump(),
        birth_date=record.birth_date,
        sex=record.sex.value,
        **record.address.model_dump(),
        phone=record.phone,
        accident_kind=accident.kind.value if accident else "",
        accident_on=accident.on if accident else None,
        accident_state=(accident.state or "") if accident else "",
        good_faith_estimate_on_file=record.good_faith_estimate_on_file,
    )
    first: Coverage | None = None
    for item in record.coverages:
        coverage = load_coverage(clinic, patient, item)
        first = first or coverage
    for plan in record.plans_of_care or ():
        load_plan(clinic, patient, plan)
    for told in record.year_to_date or ():
        if first is not None:
            EligibilityAnswer.objects.create(
                clinic=clinic,
                coverage=first,
                asked_on=told.as_of,
                source=told.source[:80],
                year=told.year,
                at_least_cents=told.at_least_cents,
                at_most_cents=told.at_most_cents,
                deductible_met_cents=told.deductible_met_cents,
            )
    return patient


def coverage_columns(record: records.Coverage) -> dict[str, Any]:
    """A coverage's own columns; its authorizations are rows of their own."""
    plain = record.model_dump(
        include={
            "payer",
            "payer_name",
            "payer_identifier",
            "group_number",
            "plan_name",
            "valid_from",
            "valid_through",
            "claim_number",
            "employer",
            "in_network",
            "medicare_secondary_type",
        }
    )
    return {
        **plain,
        "order": record.order.value,
        "relationship": record.relationship.value,
        "member_id": record.member_id or None,
        "subscriber": record.subscriber.model_dump(mode="json") if record.subscriber else None,
        "authorizations_known": record.authorizations is not None,
    }


def load_coverage(clinic: Clinic, patient: Patient, record: records.Coverage) -> Coverage:
    """A coverage with its authorizations; its payer becomes one of the clinic's where it is new."""
    coverage: Coverage = Coverage.objects.create(clinic=clinic, patient=patient, **coverage_columns(record))
    ClinicPayer.objects.get_or_create(
        clinic=clinic,
        payer=record.payer,
        identifier=record.payer_identifier,
        defaults={"name": record.payer_name or record.payer, "in_network": record.in_network},
    )
    load_authorizations(clinic, coverage, record)
    return coverage


def load_authorizations(clinic: Clinic, coverage: Coverage, record: records.Coverage) -> None:
    """The authorizations of a coverage."""
    for item in record.authorizations or ():
        Authorization.objects.create(clinic=clinic, coverage=coverage, **authorization_columns(item))


def authorization_columns(record: records.Authorization) -> dict[str, Any]:
    """An approval's own columns."""
    return {
        "number": record.number,
        "valid_from": record.valid_from,
        "valid_through": record.valid_through,
        "visits_allowed": record.visits_allowed,
        "visits_used_before": record.visits_used,
        "units_allowed": record.units_allowed,
        "units_used_before": record.units_used,
        "codes": list(record.codes),
    }


def plan_columns(clinic: Clinic, record: records.PlanOfCare) -> dict[str, Any]:
    """A plan's own columns; its certifications and progress reports are rows of their own."""
    plain = record.model_dump(
        include={
            "established_on",
            "first_treatment_on",
            "through",
            "frequency_per_week",
            "duration_weeks",
            "has_order",
            "sent_on",
            "onset_on",
        }
    )
    before = record.treatment_days_before
    return {
        **plain,
        "key": record.id,
        "established_by": record.established_by.value,
        "goals": None if record.goals is None else list(record.goals),
        "diagnoses": list(record.diagnoses),
        "order_on": record.order.on if record.order else None,
        "order_by": find_provider(clinic, record.order.by, treats=False) if record.order else None,
        "certifications_known": record.certifications is not None,
        "treated_before": None if before is None else [day.isoformat() for day in before],
    }


def load_plan(clinic: Clinic, patient: Patient, record: records.PlanOfCare) -> PlanOfCare:
    """A plan of care with its certifications and progress reports."""
    plan: PlanOfCare = PlanOfCare.objects.create(clinic=clinic, patient=patient, **plan_columns(clinic, record))
    load_plan_parts(clinic, plan, record)
    return plan


def load_plan_parts(clinic: Clinic, plan: PlanOfCare, record: records.PlanOfCare) -> None:
    """The certifications and progress reports of a plan."""
    for item in record.certifications or ():
        Certification.objects.create(
            clinic=clinic,
            plan=plan,
            method=item.method.value,
            on=item.on,
            verbal_on=item.verbal_on,
            through=item.through,
            by=find_provider(clinic, item.by, treats=False) if item.by else None,
            delay_reason=item.delay_reason,
        )
    ProgressReport.objects.bulk_create(
        ProgressReport(clinic=clinic, plan=plan, on=item.on, signed_by=item.signed_by.value)
        for item in record.progress_reports or ()
    )


def visit_columns(record: records.Visit) -> dict[str, Any]:
    """A visit's own columns, without its patient, its people and how far its note is."""
    document = record.model_dump(mode="json")
    same = ("kind", "diagnoses", "note", "interventions", "evaluation", "billed")
    return {
        "number": record.id,
        "date_of_service": record.date_of_service,
        "place_of_service": record.place_of_service,
        "time_in": record.time_in,
        "time_out": record.time_out,
        **{name: document[name] for name in same},
        "detail": {
            name: value
            for name, value in document.items()
            if name not in _VISIT_COLUMNS and value not in (None, [], ())
        },
    }


def load_visits(
    clinic: Clinic, visits: Iterable[records.Visit], patients: Mapping[str, Patient], *, signed: bool
) -> list[Visit]:
    """Visits of patients that are there already. With `signed`, they are locked; a draft nobody has signed yet.

    A visit without signatures of its own, whose note holds one, is signed by what the note says when it is billed.
    """
    zone = ZoneInfo(clinic.time_zone)
    providers = {provider.key: provider for provider in Provider.objects.filter(treats=True)}
    rows: list[Visit] = []
    signatures: list[Signature] = []
    for record in visits:
        noon = datetime.combine(record.date_of_service, record.time_out or time(18), zone)
        row = Visit(
            clinic=clinic,
            patient=patients[record.patient_id],
            therapist=providers[record.therapist],
            assistant=providers.get(record.assistant or ""),
            status=VisitStatus.SIGNED.value if signed else VisitStatus.DRAFT.value,
            signed_at=noon if signed else None,
            **visit_columns(record),
        )
        rows.append(row)
        signatures += [
            Signature(
                clinic=clinic,
                visit=row,
                name=item.by,
                credential=item.credential.value,
                signed_at=datetime.combine(item.on, record.time_out or time(18), zone),
            )
            for item in (record.signatures or () if signed else ())
        ]
    Visit.objects.bulk_create(rows)
    Signature.objects.bulk_create(signatures)
    return rows
