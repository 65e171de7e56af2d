"""Rows → documents of the API. Amounts are left out where the token's role sees no dollars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from cleanclaim.bill.job import BilledClaim
from cleanclaim.bill.output import claim_document
from cleanclaim.client.claim_work import BatchDocument
from cleanclaim.client.claims import ClaimDocument, ClaimLineDocument, ClaimSummary, StoredFinding
from cleanclaim.client.coverage_facts import AuthorizationDocument, EligibilityDocument
from cleanclaim.client.patients import CoverageDocument, PatientDocument, PlanDocument
from cleanclaim.client.payments import ClaimAnswerDocument, RemittanceDocument
from cleanclaim.client.visits import CheckedVisit, VisitDocument
from cleanclaim.client.wire import Stored
from cleanclaim.practice.access import Access, Can
from cleanclaim.practice.engine.judging.records import (
    authorization_record,
    coverage_record,
    patient_record,
    plan_record,
    visit_record,
)
from cleanclaim.practice.models import (
    Authorization,
    Batch,
    Claim,
    ClaimAnswer,
    ClaimFinding,
    ClaimLine,
    ClinicRow,
    Coverage,
    EligibilityAnswer,
    Patient,
    PlanOfCare,
    Remittance,
    Visit,
)
from cleanclaim.records import Credential, ProgressReport


def _head(row: ClinicRow) -> dict[str, Any]:
    moments = {name: getattr(row, name).astimezone(UTC) for name in ("created_at", "changed_at")}
    return {"key": row.pk, "version": row.version, **moments}


def patient_document(patient: Patient) -> PatientDocument:
    """A patient's own data."""
    record = patient_record(patient, coverages=(), plans=(), year_to_date=None)
    fields = record.model_dump(exclude={"coverages", "plans_of_care", "year_to_date"})
    return PatientDocument(**_head(patient), **fields, is_active=patient.is_active)


def coverage_document(coverage: Coverage, access: Access) -> CoverageDocument:
    """A coverage; its authorizations were fetched with it."""
    record = coverage_record(coverage, coverage.authorizations.all())
    copay = coverage.copay_cents if access.may(Can.SEE_CLAIMS) else None
    return CoverageDocument(**_head(coverage), patient=coverage.patient_id, **record.model_dump(), copay_cents=copay)


def plan_document(plan: PlanOfCare) -> PlanDocument:
    """A plan; its certifications and progress reports were fetched with it."""
    reports = [ProgressReport(on=item.on, signed_by=Credential(item.signed_by)) for item in plan.progress_reports.all()]
    record = plan_record(plan, plan.certifications.all(), reports, ())
    before = {} if plan.treated_before is None else {"treatment_days_before": plan.treated_before}
    return PlanDocument.model_validate(
        {**_head(plan), "patient": plan.patient_id, **record.model_dump(), "treatment_days_before": None, **before}
    )


def visit_document(visit: Visit, zone: ZoneInfo) -> VisitDocument:
    """A visit with its note; its people and signatures were fetched with it."""
    record = visit_record(visit, zone)
    return VisitDocument.model_validate(
        {
            **_head(visit),
            "status": visit.status,
            "signed_at": visit.signed_at,
            "patient": visit.patient_id,
            **record.model_dump(),
        }
    )


_MONEY_OF_A_LINE = ("charge_cents", "allowed_cents", "expected_payment_cents", "patient_share_cents")


def checked_visit(item: BilledClaim, access: Access) -> CheckedVisit:
    """What the engine says of one visit."""
    document = claim_document(item)
    if not access.may(Can.SEE_CLAIMS):
        _without_money(document)
    for line in document["lines"]:
        line["origin"] = line.pop("code_origin")
    return CheckedVisit.model_validate(document)


def _without_money(document: dict[str, Any]) -> None:
    document["charge_cents"] = None
    for line in document["lines"]:
        line.update(dict.fromkeys(_MONEY_OF_A_LINE))
    document["findings"] = [_finding_without_money(item) for item in document["findings"]]
    document["mended"] = [_finding_without_money(item) for item in document["mended"]]


def _finding_without_money(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding without its dollars; words and fixes that speak of an amount are left out with it."""
    without: dict[str, Any] = {**finding, "cents": None}
    if "$" in without["message"]:
        without["message"] = f"{without['name'].replace('-', ' ')}: see the claim"
    fix = without["fix"]
    if fix is not None and any(change["field"].endswith("_cents") for change in fix["changes"]):
        without["fix"] = None
    return without


def claim_summary(claim: Claim) -> ClaimSummary:
    """A claim as a list shows it."""
    return ClaimSummary.model_validate(_claim_fields(claim))


def stored_claim(claim: Claim) -> ClaimDocument:
    """A claim whole; its lines and findings were fetched with it."""
    return ClaimDocument.model_validate(
        {
            **_claim_fields(claim),
            "lines": [_claim_line(line) for line in claim.lines.all()],
            "findings": [stored_finding(finding) for finding in claim.findings.all()],
            "questions": claim.questions or [],
            "missing": claim.missing,
            "unconfirmed": claim.unconfirmed,
        }
    )


def stored_finding(finding: ClaimFinding) -> StoredFinding:
    """A finding of a stored claim."""
    return StoredFinding.model_validate(
        {
            **_head(finding),
            "claim": finding.claim_id,
            "code": finding.rule,
            "message": finding.message,
            **{
                name: getattr(finding, name)
                for name in (
                    "name", "severity", "cause", "place", "cents", "fix_title", "fix_safety", "was_mended",
                    "ignored_at", "ignored_because",
                )
            },
        }
    )  # fmt: skip


def _claim_fields(claim: Claim) -> dict[str, Any]:
    plain = (
        "status", "frequency", "payer", "payer_name", "date_of_service", "due_on", "due_may_be_later",
        "charge_cents", "allowed_cents", "expected_cents", "patient_share_cents", "at_stake_cents", "left_cents",
        "hold_reason", "first_passed",
    )  # fmt: skip
    return {
        **_head(claim),
        "id": claim.number,
        "visit": claim.visit_id,
        "patient": claim.patient_id,
        **{name: getattr(claim, name) for name in plain},
    }


def _claim_line(line: ClaimLine) -> ClaimLineDocument:
    plain = (
        "code", "modifiers", "units", "charge_cents", "pointers", "allowed_cents", "expected_cents",
        "patient_share_cents", "price_status", "origin",
    )  # fmt: skip
    return ClaimLineDocument.model_validate({"number": line.position, **{name: getattr(line, name) for name in plain}})


# --- files, payments and facts of coverages -------------------------------------------------------------------


def batch_document(batch: Batch) -> BatchDocument:
    """A claim file, without its content."""
    return BatchDocument.model_validate(_document(batch, BatchDocument))


def remittance_document(remittance: Remittance) -> RemittanceDocument:
    """A payment as it was posted."""
    return RemittanceDocument.model_validate(_document(remittance, RemittanceDocument))


def claim_answer_document(answer: ClaimAnswer) -> ClaimAnswerDocument:
    """What a payment says about one claim."""
    links = {"remittance": answer.remittance_id, "claim": answer.claim_id}
    return ClaimAnswerDocument.model_validate({**_document(answer, ClaimAnswerDocument, but=tuple(links)), **links})


_DOLLARS = ("at_least_cents", "at_most_cents", "deductible_met_cents")


def eligibility_document(answer: EligibilityAnswer, access: Access) -> EligibilityDocument:
    """An answer on eligibility; without its dollars for roles that see none."""
    fields = _document(answer, EligibilityDocument, but=("coverage",))
    if not (access.may(Can.SEE_CLAIMS) or access.may(Can.EDIT_PATIENTS)):
        fields |= dict.fromkeys(_DOLLARS)
    return EligibilityDocument.model_validate({**fields, "coverage": answer.coverage_id})


def authorization_document(approval: Authorization) -> AuthorizationDocument:
    """A payer's approval."""
    fields = authorization_record(approval).model_dump()
    return AuthorizationDocument.model_validate({**_head(approval), **fields, "coverage": approval.coverage_id})


def _document(row: ClinicRow, shape: type[BaseModel], *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """What every stored document says, and the fields of the shape that the row has by the same name."""
    own = {name: getattr(row, name) for name in shape.model_fields if name not in {*but, *Stored.model_fields}}
    return {**_head(row), **own}
