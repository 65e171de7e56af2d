"""What a visit tells of who pays: the coverage billed, its authorization, and what payers before it decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from cleanclaim.lines.cases import CASH, Case, orders_before
from cleanclaim.records import Adjudication, CoverageOrder

_OPEN_END = date(2099, 12, 31)
"""The last day of a policy or authorization that has begun and states no end."""


def earlier_payer_columns(case: Case) -> dict[str, Any]:
    """The payers before the one billed, what they paid, and what they adjusted on the claim as a whole.

    Both amounts are unknown where one of them has not decided.
    """
    before = orders_before(case.order)
    if not before:
        return {
            "prior_payers": 0,
            "prior_paid_cents": 0,
            "prior_claim_adjusted_cents": 0,
            "prior_remaining_repeated": 0,
            "medicare_secondary_type": "",
        }
    if case.patient is None:
        return {}
    coverage = case.coverage()
    decided = None if silent_payers(case) else case.earlier()
    return {
        "prior_payers": len(_named_before(case)),
        "prior_paid_cents": None if decided is None else sum(one.paid_cents for one in decided),
        "prior_claim_adjusted_cents": None
        if decided is None
        else sum(item.amount_cents for one in decided for item in one.adjustments),
        # An answer is told for the claim or for its lines, and so is what it leaves to the patient.
        "prior_remaining_repeated": 0,
        "medicare_secondary_type": coverage.medicare_secondary_type if coverage is not None else None,
    }


def _named_before(case: Case) -> set[CoverageOrder]:
    """The orders before the one billed of which the patient has a coverage."""
    coverages = case.patient.coverages if case.patient is not None else ()
    return {coverage.order for coverage in coverages} & set(orders_before(case.order))


def silent_payers(case: Case) -> set[CoverageOrder]:
    """The orders before the one billed whose payer is on file, and has not decided as far as the visit says."""
    return _named_before(case) - {decided.order for decided in case.earlier()}


def decided_columns(earlier: Sequence[Adjudication], number: int) -> dict[str, Any]:
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


def coverage_columns(case: Case) -> dict[str, Any]:
    """The policy billed and its authorization; what a patient without any policy is known not to have."""
    coverage = case.coverage()
    if coverage is None:
        if case.payer() != CASH:
            return {"has_coverage": False}
        absent = {
            "member_id": "",
            "group_number": "",
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
        "group_number": coverage.group_number,
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
