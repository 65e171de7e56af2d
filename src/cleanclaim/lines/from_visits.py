"""Visits with their patients become rows of the tables; what nobody said stays null.

A visit is a claim to the payer billed. What a visit file can witness depends on what it holds: a plan of care
that is not given is unknown, an empty list of plans is known to be none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from cleanclaim.lines.tables import Tables
from cleanclaim.lines.visit_parties import address_columns, bounds_columns, clinic_name, days_of_week, provider_name
from cleanclaim.records import (
    Adjudication,
    Authorization,
    By,
    Certification,
    CertificationMethod,
    Clinic,
    Coverage,
    CoverageOrder,
    Credential,
    Patient,
    PlanOfCare,
    Provider,
    Visit,
    YearToDate,
)

_ASSISTANTS = frozenset({Credential.PTA, Credential.OTA})
_OPEN_END = date(2099, 12, 31)
CASH = "cash"
"""The payer file of a patient known to have no coverage."""
_COMPONENTS = (
    ("history_factors", "history factors"),
    ("elements_examined", "elements examined"),
    ("presentation", "presentation"),
    ("decision_making", "decision making"),
)
"""The components that decide an evaluation's level: field of the record, and what to call it."""


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """One thing done at a visit, with the code that fits it, as far as known."""

    code: str | None
    minutes: int | None
    by: str | None = By.PT.value
    group_size: int | None = 1
    side: str | None = None
    region: str | None = None
    starts_at: int | None = None
    is_billable: bool | None = True
    has_purpose: bool | None = None
    has_response: bool | None = None
    has_progress: bool | None = None


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line to bill. `origin` says whether a person named the code or it was suggested from the note."""

    code: str | None
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    charge_cents: int | None = None
    pointers: tuple[int, ...] | None = None
    minutes: int | None = None
    assistant_minutes: int | None = None
    together_minutes: int | None = None
    origin: str = "named"


@dataclass(frozen=True, slots=True)
class Case:
    """A visit made ready for the tables: who, for whom, what was done, what is billed.

    `services` is `None` where nobody has listed what was done.
    """

    visit: Visit
    patient: Patient | None
    lines: tuple[LineDraft, ...]
    services: tuple[ServiceDraft, ...] | None
    is_history: bool = False
    total_timed_minutes: int | None = None
    total_treatment_minutes: int | None = None
    order: CoverageOrder = CoverageOrder.PRIMARY
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Columns of the claim that were read from the note."""
    default_payer: str | None = None
    """The payer file where nobody knows the payer, as a person has named it."""

    def coverage(self) -> Coverage | None:
        """The coverage billed."""
        if self.patient is None:
            return None
        return next((item for item in self.patient.coverages if item.order is self.order), None)

    def payer(self) -> str | None:
        """The payer file of the coverage billed; `cash` for a patient known to have none; else the default."""
        coverage = self.coverage()
        if coverage is not None:
            return coverage.payer
        return CASH if self.patient is not None and not self.patient.coverages else self.default_payer

    def earlier(self) -> tuple[Adjudication, ...]:
        """What the payers before the one billed have decided, in order."""
        before = _before(self.order)
        return tuple(sorted((one for one in self.visit.adjudications if one.order in before), key=_place_in_order))

    def plan(self) -> PlanOfCare | None:
        """The plan of care in force: the last one established by the day of the visit, else the first."""
        plans = self.patient.plans_of_care if self.patient else None
        if not plans:
            return None
        ordered = sorted(plans, key=lambda item: item.established_on)
        begun = [item for item in ordered if item.established_on <= self.visit.date_of_service]
        return begun[-1] if begun else ordered[0]

    def authorization(self) -> Authorization | None:
        """The authorization that covers the day; else the latest on file."""
        coverage = self.coverage()
        if coverage is None or not coverage.authorizations:
            return None
        day = self.visit.date_of_service
        covering = [
            item
            for item in coverage.authorizations
            if (item.valid_from is None or item.valid_from <= day)
            and (item.valid_through is None or day <= item.valid_through)
        ]
        return (covering or list(coverage.authorizations))[-1]

    def referring(self) -> Provider | None:
        """Who certified the plan, or ordered the care: the referring provider of the claim."""
        plan = self.plan()
        if plan is None:
            return None
        certification = _latest(plan, self.visit.date_of_service)
        if certification is not None and certification.by is not None:
            return certification.by
        return plan.order.by if plan.order else None


def order_billed(visit: Visit) -> CoverageOrder:
    """Which payer is billed now: the first in order that has not decided yet, else the last there is."""
    decided = {one.order for one in visit.adjudications}
    return next((order for order in CoverageOrder if order not in decided), CoverageOrder.TERTIARY)


def _before(order: CoverageOrder) -> list[CoverageOrder]:
    ordered = list(CoverageOrder)
    return ordered[: ordered.index(order)]


def _place_in_order(decided: Adjudication) -> int:
    return list(CoverageOrder).index(decided.order)


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
        for number, line in enumerate(case.lines, start=1):
            row = _line(line, case.visit) | _decided(case.earlier(), number)
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
    }


def _decided(earlier: Sequence[Adjudication], number: int) -> dict[str, Any]:
    """What the payers before the one billed decided on a line, together; one that decided on the claim says nothing."""
    answers = [(decided, line) for decided in earlier for line in decided.lines if line.line == number]
    return {
        "prior_answers": len(answers),
        "line_prior_paid_cents": sum(line.paid_cents for _, line in answers),
        "line_prior_adjusted_cents": sum(line.answered_cents - line.paid_cents for _, line in answers),
        "prior_adjudicated_on": max((decided.adjudicated_on for decided, _ in answers), default=None),
        "prior_adjustments": sum(len(line.adjustments) for _, line in answers),
        "prior_adjustments_without_amount": 0,
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
        "has_abn": visit.abn_on_file,
        "under_home_health": visit.home_health_episode,
        "has_progress_report": visit.progress_report,
        "has_standardized_measure": _said(visit.outcome_measure),
        "has_reevaluation_reason": _said(visit.reevaluation_reason),
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
        **_earlier_payers(case),
    }
    row |= _totals_noted(case, row)
    row |= _signatures(visit)
    row |= _evaluation(visit)
    row |= _billing(case, clinic)
    if case.patient is not None:
        row |= _patient(case, case.patient)
        row |= _coverage(case)
        row |= _plan(case, case.patient)
        row |= _year_to_date(case.patient, visit.date_of_service)
    return row | dict(case.extra)


def _earlier_payers(case: Case) -> dict[str, Any]:
    """The payers before the one billed, and what they paid: unknown where one has not decided."""
    before = _before(case.order)
    if not before:
        return {"prior_payers": 0, "prior_paid_cents": 0, "medicare_secondary_type": ""}
    if case.patient is None:
        return {}
    coverage = case.coverage()
    return {
        "prior_payers": len(_named_before(case)),
        "prior_paid_cents": None if _silent(case) else sum(one.paid_cents for one in case.earlier()),
        "medicare_secondary_type": coverage.medicare_secondary_type if coverage is not None else None,
    }


def _named_before(case: Case) -> set[CoverageOrder]:
    """The orders before the one billed of which the patient has a coverage."""
    coverages = case.patient.coverages if case.patient is not None else ()
    return {coverage.order for coverage in coverages} & set(_before(case.order))


def _silent(case: Case) -> set[CoverageOrder]:
    """The orders before the one billed whose payer is on file, and has not decided as far as the visit says."""
    return _named_before(case) - {decided.order for decided in case.earlier()}


def _said(words: str | None) -> bool | None:
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
        "claim_fields_absent": ["prior_paid_cents"] if _silent(case) else [],
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


def _coverage(case: Case) -> dict[str, Any]:
    coverage = case.coverage()
    if coverage is None:
        if case.payer() != CASH:
            return {"has_coverage": False}
        absent = {
            "member_id": "",
            "claim_number": "",
            "employer": "",
            "payer_identifier": "",
            "has_authorization": False,
        }
        return absent | {"has_coverage": True}
    row: dict[str, Any] = {
        "has_coverage": True,
        "relationship": coverage.relationship.value,
        "subscriber_family_name": coverage.subscriber.name.family_name.strip() if coverage.subscriber else "",
        "member_id": coverage.member_id,
        "payer_identifier": coverage.payer_identifier,
        "coverage_from": coverage.valid_from,
        "coverage_through": coverage.valid_through or (_OPEN_END if coverage.valid_from else None),
        "claim_number": coverage.claim_number,
        "employer": coverage.employer,
    }
    if coverage.in_network is not None:
        row["in_network"] = coverage.in_network
    if coverage.authorizations is None:
        return row
    row["has_authorization"] = bool(coverage.authorizations)
    # A claim names the one authorization that covers its day, whatever others are on file.
    row["authorization_count"] = min(len(coverage.authorizations), 1)
    approval = case.authorization()
    if approval is not None:
        row |= {
            "authorization_number": approval.number,
            "authorization_from": approval.valid_from,
            "authorization_through": approval.valid_through or (_OPEN_END if approval.valid_from else None),
            "authorization_visits_left": _left(approval.visits_allowed, approval.visits_used),
            "authorization_units_left": _left(approval.units_allowed, approval.units_used),
            "authorization_codes": list(approval.codes),
        }
    return row


def _left(allowed: int | None, used: int | None) -> int | None:
    return None if allowed is None or used is None else allowed - used


def _latest(plan: PlanOfCare, day: date) -> Certification | None:
    """The certification in force on the day, else the first to come: a late one still certifies."""
    certifications = sorted(plan.certifications or (), key=lambda item: item.on or item.verbal_on or date.max)
    begun = [item for item in certifications if (item.on or item.verbal_on or date.max) <= day]
    return begun[-1] if begun else (certifications[0] if certifications else None)


def _plan(case: Case, patient: Patient) -> dict[str, Any]:
    if patient.plans_of_care is None:
        return {}
    plan = case.plan()
    if plan is None:
        return {"has_plan_of_care": False, "has_order": False}
    day = case.visit.date_of_service
    row: dict[str, Any] = {
        "has_plan_of_care": True,
        "plan_established_on": plan.established_on,
        "plan_established_by": plan.established_by.value,
        "plan_first_treatment_on": plan.first_treatment_on,
        "plan_through": plan.through,
        "plan_has_goals": None if plan.goals is None else bool(plan.goals),
        "plan_has_frequency": plan.frequency_per_week is not None and plan.duration_weeks is not None,
        "plan_visits_per_week": plan.frequency_per_week,
        "plan_has_diagnoses": bool(plan.diagnoses),
        "plan_sent_on": plan.sent_on,
        "has_order": plan.has_order if plan.has_order is not None else (True if plan.order else None),
        "order_on": plan.order.on if plan.order else None,
        "onset_on": plan.onset_on,
    }
    if plan.certifications is not None:
        certification = _latest(plan, day)
        row["certification_method"] = (
            certification.method.value if certification else CertificationMethod.NOT_CERTIFIED.value
        )
        if certification is not None:
            row |= {
                "certified_on": certification.on,
                "certified_verbally_on": certification.verbal_on,
                "certified_through": certification.through or plan.through,
                "is_recertification": plan.certifications.index(certification) > 0,
            }
    if plan.treatment_days_before is not None:
        before = {treated for treated in plan.treatment_days_before if treated < day}
        row["visits_before"] = len(before)
        row["visits_before_this_year"] = sum(treated.year == day.year for treated in before)
        row["visits_before_this_week"] = days_of_week(before, day)
    if plan.treatment_days_before is not None and plan.progress_reports is not None:
        # A report that only an assistant signed is none (Pub 100-02 ch. 15 §220.3.D).
        reports = (report.on for report in plan.progress_reports if report.signed_by not in _ASSISTANTS)
        last = max((on for on in reports if on < day), default=date.min)
        since = {treated for treated in plan.treatment_days_before if last < treated < day}
        row["treatment_days_since_report"] = len(since) + 1
    return row


def _year_to_date(patient: Patient, day: date) -> dict[str, Any]:
    stated: YearToDate | None = next((item for item in patient.year_to_date or () if item.year == day.year), None)
    if stated is None:
        return {}
    return {
        "ytd_at_least_cents": stated.at_least_cents,
        "ytd_at_most_cents": stated.at_most_cents,
        "ytd_as_of": stated.as_of,
        "deductible_met_cents": stated.deductible_met_cents,
    }
