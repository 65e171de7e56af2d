"""Visits with their patients become rows of the tables; what nobody said stays null.

A visit is a claim to the payer billed. What a visit file can witness depends on what it holds: a plan of care
that is not given is unknown, an empty list of plans is known to be none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from cleanclaim.lines.cases import Case, LineDraft, ServiceDraft
from cleanclaim.lines.payer_columns import coverage_columns, decided_columns, earlier_payer_columns, silent_payers
from cleanclaim.lines.plan_columns import plan_columns, year_to_date_columns
from cleanclaim.lines.tables import Tables
from cleanclaim.lines.visit_parties import address_columns, bounds_columns, clinic_name, provider_name
from cleanclaim.records import Clinic, Credential, NoticeChoice, Patient, SignedNotice, Visit
from cleanclaim.reference import advance_notice

_COMPONENTS = (
    ("history_factors", "history factors"),
    ("elements_examined", "elements examined"),
    ("presentation", "presentation"),
    ("decision_making", "decision making"),
)
"""The components that decide an evaluation's level: field of the record, and what to call it."""


def tables_of(cases: Sequence[Case], clinic: Clinic | None, as_of: date) -> Tables:
    """Lay the cases out as tables; row order is the order of the cases.

    Args:
        cases: the visits, judged ones and those given as history.
        clinic: who bills; unknown for loose visit files.
        as_of: the day on which the check is made.
    """
    patients: dict[str, int] = {}
    claims: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    services: list[dict[str, Any]] = []
    diagnoses: list[dict[str, Any]] = []
    for claim_id, case in enumerate(cases):
        patient_id = patients.setdefault(case.visit.patient_id, len(patients))
        claims.append(_claim(case, clinic, as_of) | {"claim_id": claim_id, "patient_id": patient_id})
        earlier = case.earlier()
        for number, line in enumerate(case.lines, start=1):
            row = _line(line, case.visit) | decided_columns(earlier, number)
            lines.append(row | _place("line", len(lines), claim_id, number))
        for number, service in enumerate(case.services or (), start=1):
            services.append(_service(service) | _place("service", len(services), claim_id, number))
        for number, code in enumerate(case.visit.diagnoses or (), start=1):
            diagnoses.append(
                {"diagnosis_id": len(diagnoses), "claim_id": claim_id, "position": number, "diagnosis": code}
            )
    return Tables.from_rows(claims=claims, lines=lines, services=services, diagnoses=diagnoses)


def _place(kind: str, key: int, claim_id: int, number: int) -> dict[str, int]:
    return {f"{kind}_id": key, "claim_id": claim_id, f"{kind}_number": number}


def _line(line: LineDraft, visit: Visit) -> dict[str, Any]:
    return {
        "code": line.code,
        "modifiers": list(line.modifiers),
        "units": line.units,
        "charge_cents": line.charge_cents,
        "pointers": None if line.pointers is None else list(line.pointers),
        "line_date": visit.date_of_service,
        "line_through": visit.date_of_service,
        "minutes": line.minutes,
        "assistant_minutes": line.assistant_minutes,
        "drug_code": "",
        "line_fields_absent": [],
        "together_minutes": line.together_minutes,
        "code_origin": line.origin,
        **_notice(visit.notice_for(line.code)),
    }


def _notice(notice: SignedNotice | None) -> dict[str, Any]:
    """What the signed notice that names a line's service says of the line."""
    if notice is None:
        return {"notice_choice": "", "notice_modifiers": []}
    bills = notice.choice is NoticeChoice.BILL
    return {
        "notice_choice": notice.choice.value,
        "notice_modifiers": list(advance_notice.modifiers(notice.coverage, is_signed=True)) if bills else [],
    }


def _service(service: ServiceDraft) -> dict[str, Any]:
    return {
        "service_code": service.code,
        "service_minutes": service.minutes,
        "by": service.by,
        "group_size": service.group_size,
        "side": service.side,
        "region": service.region,
        "starts_at": service.starts_at,
        "is_billable": service.is_billable,
        "has_purpose": service.has_purpose,
        "has_response": service.has_response,
        "has_progress": service.has_progress,
    }


def _claim(case: Case, clinic: Clinic | None, as_of: date) -> dict[str, Any]:
    visit = case.visit
    row: dict[str, Any] = {
        "claim_key": visit.id,
        "is_history": case.is_history,
        "date_of_service": visit.date_of_service,
        "as_of": as_of,
        "payer": case.payer(),
        "coverage_order": case.order.value,
        "discipline": "PT",
        "visit_kind": visit.kind.value if visit.kind else None,
        "place_of_service": visit.place_of_service,
        "frequency_code": "1",
        "original_reference": "",
        "total_timed_minutes_noted": _first(visit.total_timed_minutes, case.total_timed_minutes),
        "total_treatment_minutes_noted": _first(visit.total_treatment_minutes, case.total_treatment_minutes),
        "visit_minutes": _between(visit.time_in, visit.time_out),
        "visit_starts_at": None if visit.time_in is None else visit.time_in.hour * 60 + visit.time_in.minute,
        "has_abn": True if visit.advance_notices else visit.abn_on_file,
        "under_home_health": visit.home_health_episode,
        "has_progress_report": visit.progress_report,
        "has_standardized_measure": is_said(visit.outcome_measure),
        "has_reevaluation_reason": is_said(visit.reevaluation_reason),
        "has_good_faith_estimate": _estimate(case),
        "knows_services": case.services is not None,
        "lists_services": True if visit.interventions is not None else None,
        "knows_diagnoses": case.visit.diagnoses is not None,
        "knows_history": case.patient is not None,
        "note_text": visit.note.whole() if visit.note else "",
        "unit_preference": list(visit.unit_preference),
        "total_charge_cents": _sum([line.charge_cents for line in case.lines]),
        "supervising_npi": "",
        "treated_by": visit.therapist,
        "therapist_on_site": visit.therapist_on_site,
        **earlier_payer_columns(case),
    }
    row |= _totals_noted(case, row)
    row |= _signatures(visit)
    row |= _evaluation(visit)
    row |= _billing(case, clinic)
    if case.patient is not None:
        row |= _patient(case, case.patient)
        row |= coverage_columns(case)
        row |= plan_columns(case, case.patient)
        row |= year_to_date_columns(case.patient, visit.date_of_service)
    return row | dict(case.extra)


def is_said(words: str | None) -> bool | None:
    """Whether something is written; unknown where the source has no place for it."""
    return None if words is None else bool(words)


def _estimate(case: Case) -> bool | None:
    """Whether a good faith estimate covers the visit: as the visit says, else as the patient's record does."""
    if case.visit.good_faith_estimate_on_file is not None or case.patient is None:
        return case.visit.good_faith_estimate_on_file
    return case.patient.good_faith_estimate_on_file


def _totals_noted(case: Case, row: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the note states both totals; a visit without a note cannot tell."""
    if case.visit.note is None and case.visit.total_timed_minutes is None:
        return {}
    return {
        "has_total_timed_minutes": row["total_timed_minutes_noted"] is not None,
        "has_total_treatment_minutes": row["total_treatment_minutes_noted"] is not None,
    }


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _sum(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if any(value is None for value in known) else sum(value for value in known if value is not None)


def _between(start: time | None, end: time | None) -> int | None:
    if start is None or end is None:
        return None
    return (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)


def _signatures(visit: Visit) -> dict[str, Any]:
    if visit.signatures is None:
        return {}
    signed = {
        "has_signature": bool(visit.signatures),
        "signed_by": [item.credential.value for item in visit.signatures],
    }
    if visit.signatures:
        signed["signed_on"] = max(item.on for item in visit.signatures)
    if visit.progress_report is not None:
        clinicians = [item for item in visit.signatures if item.credential is not Credential.PTA]
        author = (clinicians or list(visit.signatures))[:1]
        signed["progress_report_signed_by"] = author[0].credential.value if visit.progress_report and author else ""
    return signed


def _evaluation(visit: Visit) -> dict[str, Any]:
    findings = visit.evaluation
    if findings is None:
        return {}
    return {
        "history_factors": findings.history_factors,
        "elements_examined": findings.elements_examined,
        "presentation": findings.presentation.value if findings.presentation else None,
        "decision_making": findings.decision_making.value if findings.decision_making else None,
        "evaluation_components_absent": [words for name, words in _COMPONENTS if getattr(findings, name) is None],
    }


def _billing(case: Case, clinic: Clinic | None) -> dict[str, Any]:
    if clinic is None:
        return {}
    organization = clinic.organization
    row: dict[str, Any] = {
        "billing_npi": organization.npi,
        "billing_tax_id": organization.tax_id,
        "billing_taxonomy": organization.taxonomy,
        "billing_phone": organization.phone,
        "locality": clinic.locality,
        **clinic_name(organization),
        **address_columns("billing", organization.address),
        **bounds_columns(clinic, case.visit.date_of_service),
    }
    therapist = clinic.therapist(case.visit.therapist)
    if therapist is not None:
        row |= {
            "rendering_npi": therapist.npi or "",
            "rendering_credential": therapist.credential.value,
            "rendering_taxonomy": therapist.taxonomy,
            **provider_name("rendering", therapist),
        }
    payer = case.payer()
    if payer is not None:
        row["in_network"] = clinic.in_network.get(payer)
    return row


def _patient(case: Case, patient: Patient) -> dict[str, Any]:
    accident = patient.accident
    return {
        "birth_date": patient.birth_date,
        "patient_family_name": patient.name.family_name.strip(),
        "patient_given_name": patient.name.given_name.strip(),
        "sex": patient.sex.value,
        "claim_fields_absent": ["prior_paid_cents"] if silent_payers(case) else [],
        **address_columns("patient", patient.address),
        "accident_kind": accident.kind.value if accident else "",
        "accident_on": accident.on if accident else None,
        "accident_state": (accident.state or "") if accident else "",
        **_referring(case),
    }


def _referring(case: Case) -> dict[str, Any]:
    provider = case.referring()
    if provider is not None:
        return {
            "referring_npi": provider.npi or "",
            "referring_credential": provider.credential.value,
            **provider_name("referring", provider),
        }
    known = case.patient is not None and case.patient.plans_of_care is not None
    return {"referring_npi": "", "referring_credential": "", **provider_name("referring", None)} if known else {}
